// The newest samples, not yet in any chunk, as the reader asks the writer for them: one message there, one back.
import type { MessagePort } from 'node:worker_threads'
import { RuntimeError } from '../shared/runtime-error.ts'
import type { Samples } from './samples.ts'

/** What the writer holds of one series in memory. */
export interface HeadRows {
  readonly series: number
  /** Ordered by time; a copy. Newer arrivals than anything in chunks. */
  readonly samples: Samples
}

/** What the writer holds, at one moment. */
export interface Heads {
  /** Open the view with this limit: chunks with a greater seal number hold samples that are also among these rows. */
  readonly sealNumber: number
  /** Of those asked for that have any. */
  readonly rows: readonly HeadRows[]
}

/** What a question is about; ms. Of heads, rows it cannot need may be left out (`neededSamples` in sample-merge.ts says which it can). */
export interface HeadSpan {
  readonly from: number
  readonly to: number
}

/** The writer, as a reader sees it. */
export interface HeadSource {
  /** `series`: numbers of the catalog; `span` undefined: all rows. RuntimeError BadNoCommunication or BadTimeout when the writer is away. */
  heads(series: readonly number[], span?: HeadSpan): Promise<Heads>
}

/** Question and answer on the port between reader and writer thread. */
export interface HeadQuestion {
  readonly id: number
  readonly series: readonly number[]
  readonly span: HeadSpan | undefined
}
export interface HeadAnswer {
  readonly id: number
  readonly heads: Heads
}

/** Longer than any stall of the writer; then the writer is taken for dead. */
const answerTimeoutMs = 5000

/** Answers questions that arrive on the port. Called in the writer's thread. */
export function serveHeads(
  port: MessagePort,
  headsOf: (series: readonly number[], span: HeadSpan | undefined) => Heads,
): void {
  port.on('message', ({ id, series, span }: HeadQuestion) => {
    const heads = headsOf(series, span)
    const buffers = heads.rows.flatMap(({ samples }) => [
      samples.timestamp.buffer,
      samples.value.buffer,
      samples.statusCode.buffer,
    ])
    port.postMessage({ id, heads } satisfies HeadAnswer, buffers as ArrayBuffer[])
  })
}

/** The reader's end of the port. */
export class HeadPort implements HeadSource {
  readonly #port: MessagePort
  #nextId = 1
  readonly #pending = new Map<
    number,
    { resolve(heads: Heads): void; reject(error: RuntimeError): void; timer: NodeJS.Timeout }
  >()

  constructor(port: MessagePort) {
    this.#port = port
    port.on('message', ({ id, heads }: HeadAnswer) => {
      const pending = this.#settle(id)
      pending?.resolve(heads)
    })
    port.on('close', () => this.#fail('The historian is being restarted'))
  }

  heads(series: readonly number[], span?: HeadSpan): Promise<Heads> {
    return new Promise((resolve, reject) => {
      const id = this.#nextId++
      const timer = setTimeout(() => {
        this.#settle(id)
        reject(new RuntimeError('BadTimeout', `The historian's writer did not answer within ${answerTimeoutMs} ms`))
      }, answerTimeoutMs)
      this.#pending.set(id, { resolve, reject, timer })
      this.#port.postMessage({ id, series, span } satisfies HeadQuestion)
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
