// The newest samples, not yet in any chunk, as the reader asks the writer for them: one message there, one back.
import type { MessagePort } from 'node:worker_threads'
import { RuntimeError } from '../shared/runtime-error.ts'
import type { Samples } from './samples.ts'

/** What the writer holds of one series in memory. */
export interface HeadRows {
  readonly seriesId: number
  /** Chunks with a higher seal number hold samples that are also among these rows: leave them out. */
  readonly sealNumber: number
  /** Ordered by time; a copy. */
  readonly samples: Samples
}

/** The writer, as a reader sees it. */
export interface HeadSource {
  /** In the order asked; no rows of a series the writer does not hold. RuntimeError BadNoCommunication when it is away. */
  heads(seriesIds: readonly number[]): Promise<readonly HeadRows[]>
}

/** Question and answer on the port between reader and writer thread. */
export interface HeadQuestion {
  readonly id: number
  readonly seriesIds: readonly number[]
}
export interface HeadAnswer {
  readonly id: number
  readonly rows: readonly HeadRows[]
}

/** Longer than any stall of the writer; then the writer is taken for dead. */
const answerTimeoutMs = 5000

/** Answers questions that arrive on the port. Called in the writer's thread. */
export function serveHeads(port: MessagePort, headsOf: (seriesIds: readonly number[]) => readonly HeadRows[]): void {
  port.on('message', ({ id, seriesIds }: HeadQuestion) => {
    const rows = headsOf(seriesIds)
    const buffers = rows.flatMap(({ samples }) => [
      samples.timestamp.buffer,
      samples.value.buffer,
      samples.statusCode.buffer,
    ])
    port.postMessage({ id, rows } satisfies HeadAnswer, buffers as ArrayBuffer[])
  })
}

/** The reader's end of the port. */
export class HeadPort implements HeadSource {
  readonly #port: MessagePort
  #nextId = 1
  readonly #pending = new Map<
    number,
    { resolve(rows: readonly HeadRows[]): void; reject(error: RuntimeError): void; timer: NodeJS.Timeout }
  >()

  constructor(port: MessagePort) {
    this.#port = port
    port.on('message', ({ id, rows }: HeadAnswer) => {
      const pending = this.#settle(id)
      pending?.resolve(rows)
    })
    port.on('close', () => this.#fail('The historian is being restarted'))
  }

  heads(seriesIds: readonly number[]): Promise<readonly HeadRows[]> {
    return new Promise((resolve, reject) => {
      const id = this.#nextId++
      const timer = setTimeout(() => {
        this.#settle(id)
        reject(new RuntimeError('BadTimeout', `The historian's writer did not answer within ${answerTimeoutMs} ms`))
      }, answerTimeoutMs)
      this.#pending.set(id, { resolve, reject, timer })
      this.#port.postMessage({ id, seriesIds } satisfies HeadQuestion)
    })
  }

  close(): void {
    this.#port.close()
  }

  #settle(id: number) {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    clearTimeout(pending?.timer)
    return pending
  }

  #fail(message: string): void {
    for (const id of [...this.#pending.keys()])
      this.#settle(id)?.reject(new RuntimeError('BadNoCommunication', message))
  }
}
