// A thread that answers questions: started with the first one, ended when nobody asked for minutes, so that a station where nobody
// asks does not pay for it. A thread that dies fails its questions; the next question starts another.
import type { Worker } from 'node:worker_threads'
import type { StatusCodeName } from '../shared/status-code.ts'
import type { Clock, Timer } from './clock.ts'

/** What the thread posts for each question. */
export type ThreadAnswer =
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'refusal'; readonly id: number; readonly code: StatusCodeName; readonly message: string }

/** How the one who asks is told what went wrong. */
export interface ThreadErrors {
  closed(): Error
  cancelled(): Error
  /** `count` questions wait already. */
  tooMany(count: number): Error
  /** The thread ended before it answered. */
  ended(): Error
  /** The thread's own refusal. */
  refused(code: StatusCodeName, message: string): Error
}

export interface ThreadOnDemandOptions {
  /** Starts the thread; it listens for questions from then on. */
  readonly start: () => Worker
  readonly errors: ThreadErrors
  /** The thread failed; its questions are told already. */
  readonly onFailure: (error: unknown) => void
  readonly clock: Clock
  /** Without a question for so long the thread ends; ms. */
  readonly idleMs?: number | undefined
}

/** Long enough that paging never waits for a start, short enough to give the memory back within a shift. */
const defaultIdleMs = 5 * 60_000
/** Questions that wait or run; more are refused. */
const largestPendingCount = 256

interface Pending {
  readonly worker: Worker
  /** Nobody waits any more. */
  readonly settled: () => void
  resolve(value: unknown): void
  reject(error: Error): void
}

export class ThreadOnDemand {
  readonly #options: ThreadOnDemandOptions
  readonly #pending = new Map<number, Pending>()
  #worker: Worker | null = null
  #nextId = 1
  #idleTimer: Timer | null = null
  #isClosed = false

  constructor(options: ThreadOnDemandOptions) {
    this.#options = options
  }

  /** null while it does not run. */
  get worker(): Worker | null {
    return this.#worker
  }

  /**
   * Posts `question(id)` and resolves with the value of its answer. `onCancel`: the signal aborted, the thread may stop working on it.
   * Rejects with one of the errors.
   */
  ask(
    question: (id: number) => unknown,
    signal: AbortSignal | undefined,
    onCancel: (worker: Worker, id: number) => void,
  ): Promise<unknown> {
    const { errors } = this.#options
    if (this.#isClosed) return Promise.reject(errors.closed())
    if (signal?.aborted) return Promise.reject(errors.cancelled())
    if (this.#pending.size >= largestPendingCount) return Promise.reject(errors.tooMany(largestPendingCount))
    const id = this.#nextId++
    const worker = this.#started()
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        onCancel(worker, id)
        this.#settle(id)?.reject(errors.cancelled())
      }
      const settled = () => signal?.removeEventListener('abort', onAbort)
      this.#pending.set(id, { worker, settled, resolve, reject })
      signal?.addEventListener('abort', onAbort, { once: true })
      worker.postMessage(question(id))
    })
  }

  /** Ends the thread. What it was asked is failed by its exit; what is asked from now on starts another. */
  async restart(): Promise<void> {
    this.#idleTimer?.cancel()
    this.#idleTimer = null
    const worker = this.#worker
    this.#worker = null
    await worker?.terminate()
  }

  /** Nothing is answered any more. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.restart()
  }

  #started(): Worker {
    this.#idleTimer?.cancel()
    this.#idleTimer = null
    if (this.#worker) return this.#worker
    const worker = this.#options.start()
    this.#worker = worker
    worker.on('message', (message: ThreadAnswer) => this.#take(message))
    worker.on('error', (error) => this.#options.onFailure(error))
    worker.on('exit', () => this.#gone(worker))
    return worker
  }

  #take(message: ThreadAnswer): void {
    const pending = this.#settle(message.id)
    if (message.type === 'answer') pending?.resolve(message.value)
    else pending?.reject(this.#options.errors.refused(message.code, message.message))
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id)
    const isLast = this.#pending.delete(id) && this.#pending.size === 0
    pending?.settled()
    const { clock, idleMs = defaultIdleMs } = this.#options
    if (isLast && this.#worker && !this.#isClosed) this.#idleTimer = clock.after(idleMs, () => void this.restart())
    return pending
  }

  #gone(worker: Worker): void {
    if (this.#worker === worker) this.#worker = null
    const { errors } = this.#options
    for (const [id, pending] of [...this.#pending])
      if (pending.worker === worker) this.#settle(id)?.reject(this.#isClosed ? errors.closed() : errors.ended())
  }
}
