// The writer's thread as the runtime sees it: started, fed without being flooded, watched, and started again when it ends or hangs.
import { mkdirSync } from 'node:fs'
import { MessageChannel, type MessagePort, type Transferable, type Worker } from 'node:worker_threads'
import type { Clock, Timer } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import { deviceRetries, retryWaits } from '../../base/retry-schedule.ts'
import { startWorkerThread } from '../../base/worker-thread.ts'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import type {
  FromHistorianWriter,
  HistorianWriterFigures,
  HistorianWriterStart,
  RecordItem,
  SampleCounts,
  ToHistorianWriter,
} from '../historian-message.ts'
import type { BackfillSeries } from '../history-input.ts'
import type { HistorySettings, RecordedTag } from '../history-settings.ts'

const heartbeatMs = 1000
/** Reading a journal of many segments back blocks the thread for seconds. */
const hungAfterMs = 30_000
const closeTimeoutMs = 10_000
/** Rows on their way to the writer; more wait here. */
const inFlightRowLimit = 2_000_000
/** Rows that wait for the writer; more are lost, counted and marked. About 100 MB. */
const waitingRowLimit = 4_000_000

const noCounts: SampleCounts = { storedCount: 0, filteredCount: 0, lostCount: 0 }

export interface WriterProcessOptions {
  readonly folder: string
  readonly clock: Clock
  readonly logger: Logger
  /** Starts the thread; tests put a faulty one in its place. */
  readonly startWorker?: ((start: HistorianWriterStart) => Worker) | undefined
  /** Another writer answers for the heads from now on. */
  readonly onConnected: () => void
  /** Samples of these tags were lost, and recording goes on: their present values are wanted. null = of all. */
  readonly onResumed: (handles: readonly number[] | null) => void
}

/** One message of items on its way. */
interface InFlight {
  readonly sequence: number
  readonly rowCount: number
  readonly timestamp: number
}

interface PendingWrite {
  readonly resolve: (count: number) => void
  readonly reject: (error: RuntimeError) => void
}

interface WaitingItems {
  readonly items: readonly RecordItem[]
  readonly rowCount: number
  readonly timestamp: number
}

/** A time in which samples never reached a writer. */
export interface ProcessLoss {
  readonly from: number
  readonly to: number | null
  readonly lostCount: number
  readonly reason: string
}

export class HistorianWriterProcess {
  readonly #options: WriterProcessOptions
  #settings: HistorySettings
  #tags: readonly RecordedTag[] | null = null
  #worker: Worker | null = null
  #isReady = false
  #inFlight: InFlight[] = []
  #inFlightRowCount = 0
  #waiting: WaitingItems[] = []
  #waitingRowCount = 0
  readonly #writes = new Map<number, PendingWrite>()
  #waitingWrites: { readonly id: number; readonly series: readonly BackfillSeries[] }[] = []
  #nextSequence = 1
  #lastSign = 0
  #heartbeat: Timer | null = null
  #restart: Timer | null = null
  #waits = retryWaits(deviceRetries)
  #isClosing = false
  #message = ''
  #faults: readonly string[] = []
  #figures: HistorianWriterFigures | null = null
  #counts: SampleCounts = noCounts
  /** Figures of writers that are gone. */
  #before = { stored: 0, filtered: 0, lost: 0, backfilled: 0, replaced: 0, refused: 0, written: 0 }
  #losses: ProcessLoss[] = []
  #longestStallMs = 0
  restartCount = 0
  lostCount = 0

  constructor(options: WriterProcessOptions, settings: HistorySettings) {
    this.#options = options
    this.#settings = settings
    this.#start()
  }

  get isRunning(): boolean {
    return this.#worker !== null && this.#isReady
  }

  /** Why there is no writer; '' while there is one. */
  get message(): string {
    return this.#message
  }

  get faults(): readonly string[] {
    return this.#faults
  }

  get figures(): HistorianWriterFigures | null {
    return this.#figures
  }

  /** Figures of all writers of this runtime. */
  get totals() {
    const now = this.#figures
    return {
      storedCount: this.#before.stored + this.#counts.storedCount,
      filteredCount: this.#before.filtered + this.#counts.filteredCount,
      lostCount: this.#before.lost + this.#counts.lostCount + this.lostCount,
      backfilledCount: this.#before.backfilled + (now?.backfilledCount ?? 0),
      replacedTimestampCount: this.#before.replaced + (now?.replacedTimestampCount ?? 0),
      refusedValueCount: this.#before.refused + (now?.refusedValueCount ?? 0),
      writtenByteCount: this.#before.written + (now ? now.journalByteCount + now.size.writtenByteCount : 0),
      waitingCount: this.#inFlightRowCount + this.#waitingRowCount,
    }
  }

  /** Longest time a writer did not turn to its messages since the last call; ms. */
  takeLongestStallMs(): number {
    const stallMs = this.#longestStallMs
    this.#longestStallMs = 0
    return stallMs
  }

  get losses(): readonly ProcessLoss[] {
    return this.#losses
  }

  configure(tags: readonly RecordedTag[], settings: HistorySettings): void {
    this.#tags = tags
    this.#settings = settings
    if (this.#isReady) this.#send({ type: 'configure', tags, settings })
  }

  /** Hands items over; their columns are given away, now or as soon as the writer can take them. */
  record(items: readonly RecordItem[], rowCount: number, timestamp: number): void {
    if (this.#waiting.length === 0 && this.#isReady && this.#inFlightRowCount < inFlightRowLimit)
      return this.#post({ items, rowCount, timestamp })
    if (this.#waitingRowCount + rowCount > waitingRowLimit) return this.#lose(items, rowCount, timestamp)
    this.#waiting.push({ items, rowCount, timestamp })
    this.#waitingRowCount += rowCount
  }

  write(series: readonly BackfillSeries[]): Promise<number> {
    return new Promise((resolve, reject) => {
      if (!this.#worker) return reject(new RuntimeError('BadNoCommunication', 'The historian is being restarted'))
      const id = this.#nextSequence++
      this.#writes.set(id, { resolve, reject })
      if (this.#isReady) this.#send({ type: 'write', id, series })
      // A writer that is still reading its journal back takes it right after.
      else this.#waitingWrites.push({ id, series })
    })
  }

  /** A port on which the writer answers for its heads; null while there is none. */
  connectHeads(): MessagePort | null {
    if (!this.#isReady) return null
    const { port1, port2 } = new MessageChannel()
    this.#send({ type: 'heads', port: port2 }, [port2])
    return port1
  }

  /** Lets the writer take what waits, mark the end and close its files. */
  async close(): Promise<void> {
    this.#heartbeat?.cancel()
    this.#restart?.cancel()
    this.#drain(Number.POSITIVE_INFINITY)
    this.#isClosing = true
    const worker = this.#worker
    if (!worker) return
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    this.#send({ type: 'close' })
    const timer = this.#options.clock.after(closeTimeoutMs, () => void worker.terminate())
    await ended
    timer.cancel()
  }

  #start(): void {
    const { folder, clock } = this.#options
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const worker = (this.#options.startWorker ?? startWriter)({ folder, settings: this.#settings })
    this.#worker = worker
    this.#lastSign = clock.monotonic()
    worker.on('message', (message: FromHistorianWriter) => this.#receive(worker, message))
    worker.on('error', (error) => this.#down(worker, `The historian's writer failed: ${messageOf(error)}`))
    worker.on('exit', (code) => this.#down(worker, `The historian's writer ended with code ${code}`))
    this.#heartbeat = clock.every(heartbeatMs, () => this.#beat(worker))
  }

  #beat(worker: Worker): void {
    if (this.#options.clock.monotonic() - this.#lastSign > hungAfterMs) {
      this.#down(worker, `The historian's writer did not answer for ${hungAfterMs / 1000} s`)
      void worker.terminate()
    } else this.#send({ type: 'ping' })
  }

  #receive(worker: Worker, message: FromHistorianWriter): void {
    if (worker !== this.#worker) return
    this.#lastSign = this.#options.clock.monotonic()
    switch (message.type) {
      case 'ready':
        return this.#ready(message.faults)
      case 'taken':
        this.#counts = message.counts
        return this.#taken(message.sequence)
      case 'figures':
      case 'closed':
        return this.#keep(message.figures)
      case 'resumed':
        return this.#options.onResumed(message.handles)
      case 'written':
        this.#writes.get(message.id)?.resolve(message.count)
        this.#writes.delete(message.id)
        return
      case 'refusal':
        this.#writes.get(message.id)?.reject(new RuntimeError(message.code, message.message))
        this.#writes.delete(message.id)
        return
    }
  }

  #keep(figures: HistorianWriterFigures): void {
    this.#figures = figures
    this.#counts = figures
    this.#longestStallMs = Math.max(this.#longestStallMs, figures.longestStallMs)
  }

  #ready(faults: readonly string[]): void {
    this.#isReady = true
    this.#message = ''
    this.#faults = faults
    this.#waits = retryWaits(deviceRetries)
    if (this.#tags) this.#send({ type: 'configure', tags: this.#tags, settings: this.#settings })
    this.#options.onConnected()
    const wasDown = this.restartCount > 0
    this.#closeLoss()
    this.#drain(inFlightRowLimit)
    for (const { id, series } of this.#waitingWrites) this.#send({ type: 'write', id, series })
    this.#waitingWrites = []
    // The new writer ended every series where the old one was last alive.
    if (wasDown) this.#options.onResumed(null)
  }

  #taken(sequence: number): void {
    while (this.#inFlight.length > 0 && this.#inFlight[0]!.sequence <= sequence)
      this.#inFlightRowCount -= this.#inFlight.shift()!.rowCount
    this.#drain(inFlightRowLimit)
  }

  #drain(limit: number): void {
    while (this.#isReady && this.#inFlightRowCount < limit) {
      const next = this.#waiting.shift()
      if (!next) return
      this.#waitingRowCount -= next.rowCount
      this.#post(next)
    }
  }

  #post({ items, rowCount, timestamp }: WaitingItems): void {
    const sequence = this.#nextSequence++
    this.#inFlight.push({ sequence, rowCount, timestamp })
    this.#inFlightRowCount += rowCount
    this.#send({ type: 'record', sequence, items }, buffersOf(items))
  }

  /** Too much waits: the newest is not kept, and the writer is told so that it can mark the series. */
  #lose(items: readonly RecordItem[], rowCount: number, timestamp: number): void {
    const handles = new Set<number>()
    for (const item of items)
      if ('batch' in item) for (let row = 0; row < item.batch.count; row++) handles.add(item.batch.handle[row]!)
    const reason = this.#isReady ? 'The historian did not keep up' : this.#message
    const lost = { lost: Uint32Array.from(handles), timestamp, count: rowCount, reason }
    const last = this.#waiting.at(-1)?.items[0]
    // One note for a whole loss, not one for each batch.
    if (last !== undefined && 'lost' in last) {
      for (const handle of last.lost) handles.add(handle)
      const joined = { ...last, lost: Uint32Array.from(handles), count: last.count + rowCount }
      this.#waiting[this.#waiting.length - 1] = { items: [joined], rowCount: 0, timestamp: last.timestamp }
    } else this.#waiting.push({ items: [lost], rowCount: 0, timestamp })
  }

  #down(worker: Worker, message: string): void {
    if (worker !== this.#worker) return
    this.#worker = null
    this.#isReady = false
    this.#heartbeat?.cancel()
    this.#forgetWriter(message)
    if (this.#isClosing) return
    this.#message = message
    this.restartCount++
    this.#options.logger.error(message)
    this.#options.onConnected()
    this.#restart = this.#options.clock.after(this.#waits.next().value, () => this.#start())
  }

  /** What it had not acknowledged is counted as lost: its columns were given away. */
  #forgetWriter(message: string): void {
    for (const { reject } of this.#writes.values())
      reject(new RuntimeError('BadNoCommunication', `${message}; what of the back-fill is stored is not known`))
    this.#writes.clear()
    this.#waitingWrites = []
    const figures = this.#figures
    this.#before.stored += this.#counts.storedCount
    this.#before.filtered += this.#counts.filteredCount
    this.#before.lost += this.#counts.lostCount
    this.#counts = noCounts
    if (figures) {
      this.#before.backfilled += figures.backfilledCount
      this.#before.replaced += figures.replacedTimestampCount
      this.#before.refused += figures.refusedValueCount
      this.#before.written += figures.journalByteCount + figures.size.writtenByteCount
    }
    this.#figures = null
    if (this.#isClosing && this.#inFlight.length === 0) return
    const from = this.#inFlight[0]?.timestamp ?? this.#options.clock.now()
    this.#losses = [...this.#losses, { from, to: null, lostCount: this.#inFlightRowCount, reason: message }].slice(-100)
    this.lostCount += this.#inFlightRowCount
    this.#inFlight = []
    this.#inFlightRowCount = 0
  }

  #closeLoss(): void {
    const open = this.#losses.at(-1)
    if (open?.to === null) this.#losses = [...this.#losses.slice(0, -1), { ...open, to: this.#options.clock.now() }]
  }

  #send(message: ToHistorianWriter, transfer: readonly Transferable[] = []): void {
    this.#worker?.postMessage(message, transfer)
  }
}

/** Each buffer once: columns may share one. */
function buffersOf(items: readonly RecordItem[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>()
  for (const item of items) {
    if (!('batch' in item)) continue
    const { handle, value, statusCode, sourceTimestamp } = item.batch
    for (const column of [handle, value, statusCode, sourceTimestamp]) buffers.add(column.buffer as ArrayBuffer)
  }
  return [...buffers]
}

function startWriter(workerData: HistorianWriterStart): Worker {
  return startWorkerThread(import.meta.url, './historian-writer-worker', { workerData })
}
