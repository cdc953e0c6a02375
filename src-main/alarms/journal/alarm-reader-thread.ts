// Reading the alarm journal from the runtime's thread: the reader thread is started with the first question and ended when nothing
// was asked for minutes.
import type { Worker } from 'node:worker_threads'
import type { Clock, Timer } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import { startWorkerThread } from '../../base/worker-thread.ts'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import type { AlarmQuestion, AlarmReaderStart, FromAlarmReader, ToAlarmReader } from './alarm-reader-message.ts'

export interface AlarmReaderOptions extends AlarmReaderStart {
  readonly clock: Clock
  readonly logger: Logger
  /** Without a question for so long the thread ends; ms. */
  readonly idleMs?: number
}

const defaultIdleMs = 5 * 60_000
/** Questions that wait or run; more are refused. */
const largestPendingCount = 256

interface Pending {
  readonly worker: Worker
  readonly settled: () => void
  resolve(value: unknown): void
  reject(error: RuntimeError): void
}

/** A thread that dies fails its questions; the next question starts another. */
export class AlarmReaderThread {
  readonly #options: AlarmReaderOptions
  readonly #pending = new Map<number, Pending>()
  #worker: Worker | null = null
  #nextId = 1
  #idleTimer: Timer | null = null
  #isClosed = false

  constructor(options: AlarmReaderOptions) {
    this.#options = options
  }

  /** True while the thread runs. */
  get isRunning(): boolean {
    return this.#worker !== null
  }

  /** Rejects with a RuntimeError; BadRequestInterrupted when the signal aborts. */
  ask(question: AlarmQuestion, signal?: AbortSignal): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(new RuntimeError('BadShutdown', 'The alarm journal is closed'))
    if (signal?.aborted) return Promise.reject(interrupted())
    if (this.#pending.size >= largestPendingCount)
      return Promise.reject(
        new RuntimeError('BadTooManyOperations', `${largestPendingCount} questions to the alarm journal wait already`),
      )
    const id = this.#nextId++
    const cancelled = new SharedArrayBuffer(4)
    const worker = this.#start()
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        Atomics.store(new Int32Array(cancelled), 0, 1)
        this.#settle(id)?.reject(interrupted())
      }
      const settled = () => signal?.removeEventListener('abort', onAbort)
      this.#pending.set(id, { worker, settled, resolve, reject })
      signal?.addEventListener('abort', onAbort, { once: true })
      worker.postMessage({ id, question, cancelled } satisfies ToAlarmReader)
    })
  }

  /** The file is another one now: what is asked from now on is answered from it. */
  async restart(): Promise<void> {
    await this.#end()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#end()
  }

  #start(): Worker {
    this.#idleTimer?.cancel()
    this.#idleTimer = null
    if (this.#worker) return this.#worker
    const { file, archiveFolder, logger } = this.#options
    const worker = startWorkerThread(import.meta.url, './alarm-reader-worker', {
      workerData: { file, archiveFolder } satisfies AlarmReaderStart,
    })
    this.#worker = worker
    worker.on('message', (message: FromAlarmReader) => this.#take(message))
    worker.on('error', (error) => logger.error(`The reader thread of the alarm journal failed: ${messageOf(error)}`))
    worker.on('exit', () => this.#gone(worker))
    return worker
  }

  #take(message: FromAlarmReader): void {
    const pending = this.#settle(message.id)
    if (message.type === 'answer') pending?.resolve(message.value)
    else pending?.reject(new RuntimeError(message.code, message.message))
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id)
    const isLast = this.#pending.delete(id) && this.#pending.size === 0
    pending?.settled()
    if (isLast && this.#worker && !this.#isClosed)
      this.#idleTimer = this.#options.clock.after(this.#options.idleMs ?? defaultIdleMs, () => void this.#end())
    return pending
  }

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
      ? new RuntimeError('BadShutdown', 'The alarm journal is closed')
      : new RuntimeError(
          'BadNoCommunication',
          'The reader thread of the alarm journal ended before it answered; ask again',
        )
    for (const [id, pending] of [...this.#pending]) if (pending.worker === worker) this.#settle(id)?.reject(why)
  }
}

function interrupted(): RuntimeError {
  return new RuntimeError('BadRequestInterrupted', 'The question to the alarm journal was cancelled')
}
