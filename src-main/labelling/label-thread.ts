// The label thread from the runtime's side: started while the plant has something to label or scan, else for those who ask. One
// that dies or hangs is started again; what it had acknowledged is on the disk, what it had not is asked again where that is safe.
import type { Worker } from 'node:worker_threads'
import type { Clock, Timer } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import { type RetrySchedule, retryWaits } from '../base/retry-schedule.ts'
import { startWorkerThread } from '../base/worker-thread.ts'
import { messageOf, RuntimeError } from '../shared/runtime-error.ts'
import type {
  FromLabelWorker,
  LabelNews,
  LabelQuestionName,
  LabelQuestions,
  LabelSettings,
  LabelWorkerStart,
  ToLabelWorker,
} from './label-message.ts'

const restarts: RetrySchedule = { firstMs: 250, ceilingMs: 15_000, jitter: 0.3 }
/** A thread that ran for so long did not die of its start: the next one is started at once again. */
const soundMs = 60_000
/** Questions that wait for a thread that cannot be started are refused after so long. */
const longestWaitMs = 10_000
/** Without a printer, scheme or scanner in the plant the thread ends so long after the last question. */
const idleMs = 2 * 60_000
const pingIntervalMs = 5_000
/** A transaction of ten thousand labels takes seconds. */
const silenceLimitMs = 60_000
const closeLimitMs = 5_000
const largestPendingCount = 4096
/** What is new is short-lived: V8 would keep 32 MB for it after a thousand labels. */
const resourceLimits = { maxYoungGenerationSizeMb: 4 }

export interface LabelThreadOptions {
  readonly dataFolder: string
  readonly clock: Clock
  readonly logger: Logger
  readonly onNews: (news: LabelNews) => void
  /** The thread runs (again), ended, or cannot be started. */
  readonly onState: () => void
  /** Tests put a faulty one in its place. */
  readonly startWorker?: (start: LabelWorkerStart) => Worker
}

/** `failed`: it died or cannot open its database; it is tried again. */
export type LabelThreadState = 'ended' | 'starting' | 'running' | 'failed'

interface Pending {
  readonly name: LabelQuestionName
  readonly input: unknown
  readonly user: string
  readonly timer: Timer | null
  isSent: boolean
  resolve(value: unknown): void
  reject(error: Error): void
}

/** Questions that may be asked twice: they only read, or are kept from being done twice. */
function isRepeatable(name: LabelQuestionName, input: unknown): boolean {
  if (name === 'order') return (input as LabelQuestions['order']['input']).requestId !== null
  if (name === 'allocate') return (input as LabelQuestions['allocate']['input']).request.requestId !== undefined
  return repeatable.has(name)
}

const repeatable: ReadonlySet<LabelQuestionName> = new Set([
  'labels.jobs',
  'labels.picture',
  'labels.ledger',
  'labels.verifyLedger',
  'labels.output',
  'labels.pause',
  'labels.resume',
  'labels.approve',
  'identifiers.pools',
  'identifiers.gaps',
  'identifiers.resolve',
  'identifiers.search',
  'identifiers.place',
  'scans.list',
  'preview',
  'printerStatus',
  'templateStandings',
  'marks',
  'keepMarks',
  'part',
  'affected',
  'workedOn',
] as const)

export class LabelThread {
  readonly #options: LabelThreadOptions
  #settings: LabelSettings
  #worker: Worker | null = null
  #isReady = false
  #isWanted = false
  #isClosed = false
  #failure = ''
  #waits = retryWaits(restarts)
  #startedMonotonic = 0
  #heardMonotonic = 0
  #restartTimer: Timer | null = null
  #idleTimer: Timer | null = null
  readonly #pingTimer: Timer
  readonly #pending = new Map<number, Pending>()
  #nextId = 1
  #restartCount = 0

  constructor(options: LabelThreadOptions, settings: LabelSettings) {
    this.#options = options
    this.#settings = settings
    this.#pingTimer = options.clock.every(pingIntervalMs, () => this.#ping())
  }

  get state(): LabelThreadState {
    if (this.#failure !== '' && !this.#isReady) return 'failed'
    if (this.#worker === null) return 'ended'
    return this.#isReady ? 'running' : 'starting'
  }

  /** Why it is `failed`, as a sentence; '' otherwise. */
  get failure(): string {
    return this.#failure
  }

  /** How often a thread that died was replaced. */
  get restartCount(): number {
    return this.#restartCount
  }

  /** A plant with something to label or scan keeps the thread running; without, it ends when nobody asks any more. */
  configure(settings: LabelSettings): void {
    this.#settings = settings
    this.#isWanted = isLabelling(settings)
    if (this.#isReady) this.#post({ type: 'ask', id: 0, name: 'configure', input: settings, user: '' })
    if (this.#isWanted) this.#start()
    this.#watchIdle()
  }

  /**
   * Rejects with the thread's own RuntimeError; BadResourceUnavailable while the thread cannot run; BadNoCommunication when it died over
   * something that cannot be asked twice: whether it was done has to be looked up.
   */
  ask<N extends LabelQuestionName>(
    name: N,
    input: LabelQuestions[N]['input'],
    user = '',
  ): Promise<LabelQuestions[N]['result']> {
    if (this.#isClosed) return Promise.reject(new RuntimeError('BadShutdown', 'The station is stopping'))
    if (this.#pending.size >= largestPendingCount)
      return Promise.reject(
        new RuntimeError('BadTooManyOperations', `${largestPendingCount} requests about labels wait already`),
      )
    const id = this.#nextId++
    return new Promise<unknown>((resolve, reject) => {
      const timer = this.#isReady ? null : this.#options.clock.after(longestWaitMs, () => this.#giveUp(id))
      this.#pending.set(id, { name, input, user, timer, isSent: false, resolve, reject })
      this.#start()
      this.#send(id)
    }) as Promise<LabelQuestions[N]['result']>
  }

  /** The label under way is ended or in doubt; nothing is answered any more. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#pingTimer.cancel()
    this.#restartTimer?.cancel()
    this.#idleTimer?.cancel()
    await this.#end()
    for (const id of [...this.#pending.keys()])
      this.#settle(id)?.reject(new RuntimeError('BadShutdown', 'The station is stopping'))
  }

  /** Asks the thread to end in order, and ends it when it does not. */
  async #end(): Promise<void> {
    const worker = this.#worker
    if (worker === null) return
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    worker.postMessage({ type: 'close' } satisfies ToLabelWorker)
    const timer = this.#options.clock.after(closeLimitMs, () => void worker.terminate())
    await ended
    timer.cancel()
  }

  #start(): void {
    if (this.#worker !== null || this.#restartTimer !== null || this.#isClosed) return
    const { clock, dataFolder, startWorker = startLabelWorker } = this.#options
    const worker = startWorker({ dataFolder, settings: this.#settings })
    this.#worker = worker
    this.#isReady = false
    this.#startedMonotonic = clock.monotonic()
    this.#heardMonotonic = clock.monotonic()
    worker.on('message', (message: FromLabelWorker) => this.#take(message))
    worker.on('error', (error) => {
      this.#failure = `The label thread failed: ${messageOf(error)}`
      this.#options.logger.error(this.#failure)
    })
    worker.on('exit', () => this.#gone(worker))
  }

  #take(message: FromLabelWorker): void {
    this.#heardMonotonic = this.#options.clock.monotonic()
    switch (message.type) {
      case 'ready':
        this.#isReady = true
        this.#failure = ''
        // It began with the settings of its start.
        this.#post({ type: 'ask', id: 0, name: 'configure', input: this.#settings, user: '' })
        for (const id of this.#pending.keys()) this.#send(id)
        this.#options.onState()
        break
      case 'failed':
        this.#failure = message.message
        this.#options.logger.error(`labels cannot be made: ${message.message}`)
        break
      case 'answer':
        this.#settle(message.id)?.resolve(message.value)
        break
      case 'refusal':
        if (message.id === 0) this.#options.logger.error(`the label thread refuses the plant: ${message.message}`)
        else this.#settle(message.id)?.reject(new RuntimeError(message.code, message.message))
        break
      case 'news':
        this.#options.onNews(message.news)
        break
      case 'pong':
        break
    }
  }

  #gone(worker: Worker): void {
    if (this.#worker !== worker) return
    const { clock } = this.#options
    const wasReady = this.#isReady
    this.#worker = null
    this.#isReady = false
    this.#loseSent()
    if (this.#isClosed) return
    if (this.#isWanted || this.#pending.size > 0) {
      if (this.#failure === '') this.#failure = 'The label thread ended'
      this.#restartCount++
      if (wasReady && clock.monotonic() - this.#startedMonotonic > soundMs) this.#waits = retryWaits(restarts)
      this.#restartTimer = clock.after(this.#waits.next().value, () => {
        this.#restartTimer = null
        if (this.#isWanted || this.#pending.size > 0) this.#start()
      })
    }
    this.#options.onState()
  }

  /** Of a thread that died: what is safe to ask again waits for the next one. */
  #loseSent(): void {
    for (const [id, pending] of [...this.#pending]) {
      if (!pending.isSent) continue
      if (isRepeatable(pending.name, pending.input)) {
        const timer = this.#options.clock.after(longestWaitMs, () => this.#giveUp(id))
        this.#pending.set(id, { ...pending, timer, isSent: false })
        continue
      }
      this.#settle(id)?.reject(
        new RuntimeError(
          'BadNoCommunication',
          'The label thread ended before it answered: look whether it was done before you ask again',
        ),
      )
    }
  }

  #giveUp(id: number): void {
    const pending = this.#pending.get(id)
    // A trigger's order waits as long as it takes: the event is over, and nobody would ask again.
    if (pending === undefined || pending.isSent || isEvent(pending)) return
    const why = this.#failure === '' ? 'its thread does not start' : this.#failure
    this.#settle(id)?.reject(new RuntimeError('BadResourceUnavailable', `Labels cannot be worked on now: ${why}`))
  }

  #send(id: number): void {
    const pending = this.#pending.get(id)
    if (!this.#isReady || pending === undefined || pending.isSent) return
    pending.isSent = true
    pending.timer?.cancel()
    this.#post({ type: 'ask', id, name: pending.name, input: pending.input, user: pending.user })
  }

  #post(message: ToLabelWorker): void {
    this.#worker?.postMessage(message)
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    pending?.timer?.cancel()
    this.#watchIdle()
    return pending
  }

  #watchIdle(): void {
    this.#idleTimer?.cancel()
    this.#idleTimer = null
    if (this.#isWanted || this.#isClosed || this.#pending.size > 0 || this.#worker === null) return
    this.#idleTimer = this.#options.clock.after(idleMs, () => void this.#end())
  }

  #ping(): void {
    if (this.#worker === null || !this.#isReady) return
    const silentMs = this.#options.clock.monotonic() - this.#heardMonotonic
    if (silentMs < silenceLimitMs) return this.#post({ type: 'ping', id: 0 })
    this.#failure = `The label thread did not answer for ${Math.round(silentMs / 1000)} s and was ended`
    this.#options.logger.error(this.#failure)
    void this.#worker.terminate()
  }
}

function isEvent({ name, input }: Pick<Pending, 'name' | 'input'>): boolean {
  return name === 'keepMarks' || (name === 'order' && (input as LabelQuestions['order']['input']).mark !== null)
}

/** Has the plant something to label or scan? Name plates are only looked up: for whoever asks. */
export function isLabelling({ labels }: LabelSettings): boolean {
  const { printers, schemes, scanners } = labels
  return printers.length + schemes.length + scanners.length > 0
}

function startLabelWorker(workerData: LabelWorkerStart): Worker {
  return startWorkerThread(import.meta.url, './label-worker', { workerData, resourceLimits })
}
