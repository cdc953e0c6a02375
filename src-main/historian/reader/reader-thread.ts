// Reading history from the runtime's thread: the reader thread is started with the first question and ended when nothing was asked
// for minutes, so that a station whose operators look at no trends does not pay for it.
import type { MessagePort, Worker } from 'node:worker_threads'
import type { Clock, Timer } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import { startWorkerThread } from '../../base/worker-thread.ts'
import type { HistoryRequest, HistoryResult, HistoryStatistics } from '../../shared/history.ts'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import { checkRequest, checkSpan } from './history-query.ts'
import type { HistoryReading, SeriesPage } from './history-reader.ts'
import type { FromReaderThread, ReaderQuestion, ReaderThreadStart, ToReaderThread } from './reader-message.ts'

export interface ReaderThreadOptions {
  /** `<data>/history`. */
  readonly folder: string
  /** A new port whose other end the writer answers on (serveHeads); null while there is no writer. Called at each start of the thread. */
  readonly connectHeads: () => MessagePort | null
  readonly clock: Clock
  readonly logger: Logger
  /** Without a question for so long the thread ends; ms. */
  readonly idleMs?: number
}

/** Long enough that paging through trends never waits for a start, short enough to give the memory back within a shift. */
const defaultIdleMs = 5 * 60_000
/** Questions that wait or run; more are refused. */
const largestPendingCount = 256

interface Pending {
  readonly worker: Worker
  resolve(value: unknown): void
  reject(error: RuntimeError): void
}

/** {@link HistoryReading} by a thread of its own. A thread that dies fails its questions; the next question starts another. */
export class ReaderThread implements HistoryReading {
  readonly #options: ReaderThreadOptions
  readonly #pending = new Map<number, Pending>()
  #worker: Worker | null = null
  #nextId = 1
  #idleTimer: Timer | null = null
  #isClosed = false

  constructor(options: ReaderThreadOptions) {
    this.#options = options
  }

  /** True while the thread runs. */
  get isRunning(): boolean {
    return this.#worker !== null
  }

  async read(request: HistoryRequest, signal?: AbortSignal): Promise<HistoryResult> {
    checkRequest(request)
    return (await this.#ask({ type: 'read', id: this.#nextId++, request }, signal)) as HistoryResult
  }

  async statistics(
    tags: readonly string[],
    from: number,
    to: number,
    signal?: AbortSignal,
  ): Promise<readonly HistoryStatistics[]> {
    checkSpan(from, to)
    const question: ReaderQuestion = { type: 'statistics', id: this.#nextId++, tags, from, to }
    return (await this.#ask(question, signal)) as readonly HistoryStatistics[]
  }

  async seriesRows(prefix: string, limit: number, cursor?: string): Promise<SeriesPage> {
    return (await this.#ask({ type: 'series', id: this.#nextId++, prefix, limit, cursor })) as SeriesPage
  }

  /** The writer was started anew, or is gone: heads are asked for at a new port from now on. */
  reconnectHeads(): void {
    if (this.#worker) this.#connectHeads(this.#worker)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#end()
  }

  #ask(question: ReaderQuestion, signal?: AbortSignal): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(new RuntimeError('BadShutdown', 'The historian is closed'))
    if (signal?.aborted) return Promise.reject(cancelled())
    if (this.#pending.size >= largestPendingCount)
      return Promise.reject(
        new RuntimeError('BadTooManyOperations', `${largestPendingCount} questions about history wait already`),
      )
    const { id } = question
    const worker = this.#start()
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        worker.postMessage({ type: 'cancel', id } satisfies ToReaderThread)
        this.#settle(id)?.reject(cancelled())
      }
      const settled = () => signal?.removeEventListener('abort', onAbort)
      this.#pending.set(id, {
        worker,
        resolve: (value) => {
          settled()
          resolve(value)
        },
        reject: (error) => {
          settled()
          reject(error)
        },
      })
      signal?.addEventListener('abort', onAbort, { once: true })
      worker.postMessage(question)
    })
  }

  #start(): Worker {
    this.#idleTimer?.cancel()
    this.#idleTimer = null
    if (this.#worker) return this.#worker
    const { folder, logger } = this.#options
    const worker = startWorkerThread(import.meta.url, './historian-reader-worker', {
      workerData: { folder } satisfies ReaderThreadStart,
    })
    this.#worker = worker
    worker.on('message', (message: FromReaderThread) => this.#take(message))
    worker.on('error', (error) => logger.error(`The reader thread of the historian failed: ${messageOf(error)}`))
    worker.on('exit', () => this.#gone(worker))
    this.#connectHeads(worker)
    return worker
  }

  #connectHeads(worker: Worker): void {
    const port = this.#options.connectHeads()
    worker.postMessage({ type: 'heads', port } satisfies ToReaderThread, port ? [port] : [])
  }

  #take(message: FromReaderThread): void {
    const pending = this.#settle(message.id)
    if (message.type === 'answer') pending?.resolve(message.value)
    else pending?.reject(new RuntimeError(message.code, message.message))
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id)
    const isLast = this.#pending.delete(id) && this.#pending.size === 0
    if (isLast && this.#worker && !this.#isClosed)
      this.#idleTimer = this.#options.clock.after(this.#options.idleMs ?? defaultIdleMs, () => void this.#end())
    return pending
  }

  /** Ends the thread. What it was asked is failed by its exit; what is asked from now on starts another. */
  async #end(): Promise<void> {
    this.#idleTimer?.cancel()
    this.#idleTimer = null
    const worker = this.#worker
    this.#worker = null
    await worker?.terminate()
  }

  #gone(worker: Worker): void {
    if (this.#worker === worker) this.#worker = null
    const why = this.#isClosed
      ? new RuntimeError('BadShutdown', 'The historian is closed')
      : new RuntimeError('BadNoCommunication', 'The reader thread of the historian ended before it answered; ask again')
    for (const [id, pending] of [...this.#pending]) if (pending.worker === worker) this.#settle(id)?.reject(why)
  }
}

function cancelled(): RuntimeError {
  return new RuntimeError('BadRequestInterrupted', 'The question about history was cancelled')
}
