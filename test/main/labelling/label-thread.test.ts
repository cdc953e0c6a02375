// The label thread from the runtime's side: one that dies is started again; what it had not answered is asked again where that is safe.
import { EventEmitter } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { silentLogger } from '../../../src-main/base/logger.ts'
import type { LabelQuestions, LabelSettings, ToLabelWorker } from '../../../src-main/labelling/label-message.ts'
import { LabelThread } from '../../../src-main/labelling/label-thread.ts'
import { noLabels } from '../../../src-main/shared/label.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'

const printing: LabelSettings = {
  labels: {
    ...noLabels,
    printers: [
      {
        name: 'tray',
        description: '',
        language: 'png',
        connection: 'virtual:',
        dpi: 203,
        failover: null,
        timeoutMs: 5000,
        statusIntervalMs: 0,
        verify: null,
      },
    ],
  },
  images: new Map(),
  timeZone: 'UTC',
  namePlates: [],
  tagTypes: {},
}

/** A thread of which a test decides what it does. */
class FakeThread extends EventEmitter {
  readonly asked: Extract<ToLabelWorker, { type: 'ask' }>[] = []
  isClosed = false
  hangs = false

  postMessage(message: ToLabelWorker): void {
    if (message.type === 'ask') this.asked.push(message)
    if (message.type === 'ping' && !this.hangs) this.emit('message', { type: 'pong', id: message.id })
    if (message.type === 'close') {
      this.isClosed = true
      this.emit('exit', 0)
    }
  }

  ready(): void {
    this.emit('message', { type: 'ready' })
  }

  answer(name: string, value: unknown): void {
    const found = this.asked.find((message) => message.name === name)!
    this.emit('message', { type: 'answer', id: found.id, value })
  }

  die(): void {
    this.emit('exit', 1)
  }

  async terminate(): Promise<number> {
    this.emit('exit', 1)
    return 1
  }
}

function started(settings: LabelSettings = printing) {
  const clock = new FakeClock()
  const threads: FakeThread[] = []
  const thread = new LabelThread(
    {
      dataFolder: '/nowhere',
      clock,
      logger: silentLogger,
      onNews: () => undefined,
      onState: () => undefined,
      startWorker: () => {
        const next = new FakeThread()
        threads.push(next)
        return next as unknown as Worker
      },
    },
    settings,
  )
  thread.configure(settings)
  return { clock, thread, threads, newest: () => threads.at(-1)! }
}

const order = (over: Partial<LabelQuestions['order']['input']>) =>
  ({ requestId: null, mark: null, ...over }) as LabelQuestions['order']['input']

describe('the label thread', () => {
  test('runs while the plant has something to print, else (also with name plates) for whoever asks, and then ends', async () => {
    const { threads } = started()
    expect(threads).toHaveLength(1)
    const idle = started({
      ...printing,
      labels: noLabels,
      namePlates: [{ identifier: 'https://example.com/m/1', equipment: 'Mixer' }],
    })
    expect(idle.threads).toHaveLength(0)
    const asked = idle.thread.ask('labels.jobs', {})
    idle.newest().ready()
    idle.newest().answer('labels.jobs', { jobs: [] })
    await expect(asked).resolves.toEqual({ jobs: [] })
    await idle.clock.advance(10 * 60_000)
    expect(idle.newest().isClosed).toBe(true)
  })

  test('one that dies is started again with longer and longer waits, and what only reads is asked again', async () => {
    const { clock, thread, threads, newest } = started()
    newest().ready()
    const jobs = thread.ask('labels.jobs', {})
    newest().die()
    expect(thread.state).toBe('failed')
    await clock.advance(300)
    expect(threads).toHaveLength(2)
    newest().die()
    await clock.advance(300)
    expect(threads).toHaveLength(2)
    await clock.advance(300)
    expect(threads).toHaveLength(3)
    newest().ready()
    expect(thread.state).toBe('running')
    newest().answer('labels.jobs', { jobs: [] })
    await expect(jobs).resolves.toEqual({ jobs: [] })
    expect(thread.restartCount).toBe(2)
  })

  test('an order that cannot be asked twice is not; one with a requestId, and one of a trigger, is', async () => {
    const { clock, thread, newest } = started()
    newest().ready()
    const plain = thread.ask('order', order({ requestId: null }))
    const named = thread.ask('order', order({ requestId: 'r1' }))
    const plainRefused = expect(plain).rejects.toThrow(/look whether it was done/)
    newest().die()
    await plainRefused
    await clock.advance(300)
    newest().ready()
    expect(newest().asked.filter(({ name }) => name === 'order')).toHaveLength(1)
    newest().answer('order', [])
    await expect(named).resolves.toEqual([])
  })

  test('while it cannot be started people are told so after ten seconds; the event of a trigger waits as long as it takes', async () => {
    const { clock, thread, newest } = started()
    newest().emit('message', { type: 'failed', code: 'BadResourceUnavailable', message: 'the disk is gone' })
    newest().die()
    const asked = expect(thread.ask('identifiers.pools', {})).rejects.toThrow(/the disk is gone/)
    const event = thread.ask('order', order({ requestId: 'trigger:a:1', mark: { trigger: 'a', mark: null } }))
    await clock.advance(11_000)
    await asked
    await clock.advance(60_000)
    newest().ready()
    newest().answer('order', [])
    await expect(event).resolves.toEqual([])
  })

  test('one that hangs is ended and replaced', async () => {
    const { clock, threads, newest } = started()
    newest().ready()
    await clock.advance(600_000)
    expect(threads).toHaveLength(1)
    newest().hangs = true
    await clock.advance(70_000)
    expect(threads).toHaveLength(2)
  })

  test('closing ends it in order and refuses what waits', async () => {
    const { thread, newest } = started()
    newest().ready()
    const waiting = expect(thread.ask('labels.jobs', {})).rejects.toThrow(/stopping/)
    await thread.close()
    await waiting
    expect(newest().isClosed).toBe(true)
  })
})
