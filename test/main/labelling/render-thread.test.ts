// The thread that draws labels from its user's side: one that dies or hangs costs the label it worked on, and no other.
import { EventEmitter } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { silentLogger } from '../../../src-main/base/logger.ts'
import type { ToRenderWorker } from '../../../src-main/labelling/render-message.ts'
import { RenderThread } from '../../../src-main/labelling/render-thread.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'

/** A thread of which a test decides what it does. */
class FakeWorker extends EventEmitter {
  readonly asked: ToRenderWorker[] = []

  postMessage(message: ToRenderWorker): void {
    this.asked.push(message)
  }

  answer(index: number, value: unknown): void {
    this.emit('message', { type: 'answer', id: this.asked[index]!.id, value })
  }

  terminate(): Promise<number> {
    this.emit('exit', 1)
    return Promise.resolve(1)
  }
}

const image = { width: 8, height: 1, bitmap: new Uint8Array(1), hash: '' }
const options = { language: 'zpl', copies: 1, dpi: 203 } as const
const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

describe('the thread that draws labels', () => {
  const started = () => {
    const workers: FakeWorker[] = []
    const clock = new FakeClock()
    const thread = new RenderThread({
      clock,
      logger: silentLogger,
      tagTypes: () => ({}),
      start: () => {
        workers.push(new FakeWorker())
        return workers.at(-1) as unknown as Worker
      },
    })
    const outcomes: string[] = []
    const draw = (name: string) =>
      void thread.emit(image, options).then(
        (value) => outcomes.push(`${name} ${String(value)}`),
        (error: Error) => outcomes.push(`${name} failed: ${error.message}`),
      )
    return { workers, clock, thread, outcomes, draw }
  }

  test('dies over a label: that one fails, those behind it are drawn by another one', async () => {
    const { workers, outcomes, draw } = started()
    for (const name of ['A', 'B', 'C']) draw(name)
    expect(workers[0]!.asked).toHaveLength(2)
    workers[0]!.emit('exit', 1)
    await turn()
    expect(outcomes).toEqual(['A failed: The thread that draws labels ended over this one'])
    expect(workers).toHaveLength(2)
    workers[1]!.answer(0, 'drawn')
    await turn()
    workers[1]!.answer(1, 'drawn')
    await turn()
    expect(outcomes.slice(1)).toEqual(['B drawn', 'C drawn'])
  })

  test('hangs over a label: after its time that one fails, the next is drawn', async () => {
    const { workers, clock, outcomes, draw } = started()
    draw('A')
    draw('B')
    clock.advance(40_000)
    await turn()
    expect(outcomes).toEqual(['A failed: The thread that draws labels ended over this one'])
    workers.at(-1)!.answer(0, 'drawn')
    await turn()
    expect(outcomes.at(-1)).toBe('B drawn')
  })
})
