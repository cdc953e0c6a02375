// Reading history from the runtime's thread: questions are answered by a thread of their own.
import type { MessagePort, Worker } from 'node:worker_threads'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import { type ThreadErrors, ThreadOnDemand } from '../../base/thread-on-demand.ts'
import { startWorkerThread } from '../../base/worker-thread.ts'
import type { HistoryRequest, HistoryResult, HistoryStatistics } from '../../shared/history.ts'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import { checkRequest, checkSpan } from './history-query.ts'
import type { HistoryReading, SeriesPage } from './history-reader.ts'
import type { ReaderQuestion, ReaderThreadStart, ToReaderThread } from './reader-message.ts'

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

const errors: ThreadErrors = {
  closed: () => new RuntimeError('BadShutdown', 'The historian is closed'),
  cancelled: () => new RuntimeError('BadRequestInterrupted', 'The question about history was cancelled'),
  tooMany: (count) => new RuntimeError('BadTooManyOperations', `${count} questions about history wait already`),
  ended: () =>
    new RuntimeError('BadNoCommunication', 'The reader thread of the historian ended before it answered; ask again'),
  refused: (code, message) => new RuntimeError(code, message),
}

/** {@link HistoryReading} by a thread of its own. */
export class ReaderThread implements HistoryReading {
  readonly #connect: () => MessagePort | null
  readonly #thread: ThreadOnDemand

  constructor({ folder, connectHeads, clock, logger, idleMs }: ReaderThreadOptions) {
    this.#connect = connectHeads
    this.#thread = new ThreadOnDemand({
      start: () => {
        const worker = startWorkerThread(import.meta.url, './historian-reader-worker', {
          workerData: { folder } satisfies ReaderThreadStart,
        })
        this.#connectHeads(worker)
        return worker
      },
      errors,
      onFailure: (error) => logger.error(`The reader thread of the historian failed: ${messageOf(error)}`),
      clock,
      idleMs,
    })
  }

  /** True while the thread runs. */
  get isRunning(): boolean {
    return this.#thread.worker !== null
  }

  async read(request: HistoryRequest, signal?: AbortSignal): Promise<HistoryResult> {
    checkRequest(request)
    return (await this.#ask((id) => ({ type: 'read', id, request }), signal)) as HistoryResult
  }

  async statistics(
    tags: readonly string[],
    from: number,
    to: number,
    signal?: AbortSignal,
  ): Promise<readonly HistoryStatistics[]> {
    checkSpan(from, to)
    const answer = await this.#ask((id) => ({ type: 'statistics', id, tags, from, to }), signal)
    return answer as readonly HistoryStatistics[]
  }

  async seriesRows(prefix: string, limit: number, cursor?: string): Promise<SeriesPage> {
    return (await this.#ask((id) => ({ type: 'series', id, prefix, limit, cursor }))) as SeriesPage
  }

  /** The writer was started anew, or is gone: heads are asked for at a new port from now on. */
  reconnectHeads(): void {
    if (this.#thread.worker) this.#connectHeads(this.#thread.worker)
  }

  close(): Promise<void> {
    return this.#thread.close()
  }

  #ask(question: (id: number) => ReaderQuestion, signal?: AbortSignal): Promise<unknown> {
    return this.#thread.ask(question, signal, (worker, id) =>
      worker.postMessage({ type: 'cancel', id } satisfies ToReaderThread),
    )
  }

  #connectHeads(worker: Worker): void {
    const port = this.#connect()
    worker.postMessage({ type: 'heads', port } satisfies ToReaderThread, port ? [port] : [])
  }
}
