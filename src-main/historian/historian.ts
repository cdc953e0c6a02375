// The historian as the runtime sees it: takes batches of changes, back-fill and questions, and says how it is.
import type { Worker } from 'node:worker_threads'
import type { Clock, Timer } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import type { HistoryRequest, HistoryResult, HistoryStatistics } from '../shared/history.ts'
import { RuntimeError } from '../shared/runtime-error.ts'
import type { ValueBatch } from '../shared/value-batch.ts'
import { ValueBatchBuilder } from '../shared/value-batch.ts'
import type { HistorianWriterStart, RecordItem } from './historian-message.ts'
import type { BackfillSeries, HistorianGap, OwnSample } from './history-input.ts'
import type { HistorySettings, RecordedTag } from './history-settings.ts'
import type { HistoryReading, SeriesPage } from './reader/history-reader.ts'
import { ReaderThread } from './reader/reader-thread.ts'
import { withExactNumbers } from './sample-admission.ts'
import { HistorianWriterProcess } from './writer/historian-writer-process.ts'

export interface HistorianOptions {
  /** `<data>/history`; made when it does not exist. */
  readonly folder: string
  readonly settings: HistorySettings
  readonly clock: Clock
  readonly logger: Logger
  /**
   * Samples of these tags (handles; null = of all) were lost and recording goes on: their present values are to be recorded, so that
   * what does not change soon is known again.
   */
  readonly onResumed?: (handles: readonly number[] | null) => void
  /** Starts the writer's thread; tests put a faulty one in its place. */
  readonly startWorker?: (start: HistorianWriterStart) => Worker
}

/** `recording`; `full`: there is no room, nothing is kept until there is; `down`: the writer thread is being restarted. */
export type HistorianState = 'starting' | 'recording' | 'full' | 'down' | 'closed'

/** Counters since the start of the runtime. offered = stored + filtered + lost + waiting. */
export interface HistorianHealth {
  readonly state: HistorianState
  /** Why it does not record; '' while it does. */
  readonly message: string
  readonly offeredCount: number
  /** Journaled, and in a head or a chunk. */
  readonly storedCount: number
  /** Left out by deadband and swinging door. */
  readonly filteredCount: number
  /** Handed over, not yet acknowledged. */
  readonly waitingCount: number
  /** Not kept and marked as a gap: no room, or the writer did not keep up. */
  readonly lostCount: number
  readonly backfilledCount: number
  /** Samples whose source time stamp was not believed and replaced by the clock's. */
  readonly replacedTimestampCount: number
  /** Values too large to be kept; a sample without value and BadEncodingLimitsExceeded stands in place of each. */
  readonly refusedValueCount: number
  readonly seriesCount: number
  /** In memory, not yet in a chunk. */
  readonly headSampleCount: number
  readonly journalByteCount: number
  /** Of chunk files, indexes and catalog. */
  readonly storedByteCount: number
  /** Bytes handed to the operating system since the start, all files. */
  readonly writtenByteCount: number
  readonly restartCount: number
  /** Longest time the writer did not turn to its messages, since the last look; ms. */
  readonly longestStallMs: number
  /** What recovery could not read at the last start, in words; empty = everything was read. */
  readonly recoveryFaults: readonly string[]
  /** Times in which samples were lost; newest last, at most 100. */
  readonly gaps: readonly HistorianGap[]
}

/**
 * Keeps every change. Reading as {@link HistoryReading}, answered by a thread of its own. Nothing here throws on the value path:
 * what cannot be kept is counted, marked in the series as a sample without value, and shown in {@link Historian.health}.
 */
export interface Historian extends HistoryReading {
  /** Exactly these tags are recorded from now on; one that is not any more gets a last sample without value. */
  configure(tags: readonly RecordedTag[], settings: HistorySettings): void
  /** Takes a batch of changes; its columns are given away and empty afterwards. Handles that are not recorded are passed over. */
  record(batch: ValueBatch): void
  /** Records one sample of one of the runtime's own series. */
  recordOwn(sample: OwnSample): void
  /**
   * Back-fills: a sample takes the place of all stored ones with its time stamp. Resolves with the number of samples when they are
   * safe from a power cut and can be read. RuntimeError BadInvalidArgument (columns of unequal length, no whole ms),
   * BadResourceUnavailable (no room), BadNoCommunication (the writer is being restarted; what was written is known to nobody).
   */
  write(series: readonly BackfillSeries[]): Promise<number>
  health(): HistorianHealth
  /** Everything taken is on the disk when this resolves. */
  close(): Promise<void>
}

/** Batches of fewer rows are put together for a while: a message for each would cost more than the rows. */
const tinyRowCount = 64
const gatherMs = 20
/** Gathered rows from which on they are handed over at once. */
const gatheredRowLimit = 32_768
const gapLimit = 100

/** Opens the historian: its writer's thread is started, the reader's with the first question. What is recorded meanwhile waits. */
export function openHistorian(options: HistorianOptions): Historian {
  return new ThreadedHistorian(options)
}

class ThreadedHistorian implements Historian {
  readonly #clock: Clock
  readonly #writer: HistorianWriterProcess
  readonly #reader: ReaderThread
  #gathered = new ValueBatchBuilder(tinyRowCount)
  #items: RecordItem[] = []
  #rowCount = 0
  #firstTimestamp = 0
  #timer: Timer | null = null
  #isClosed = false

  constructor({ folder, settings, clock, logger, onResumed, startWorker }: HistorianOptions) {
    this.#clock = clock
    this.#writer = new HistorianWriterProcess(
      {
        folder,
        clock,
        logger,
        startWorker,
        onConnected: () => this.#reader.reconnectHeads(),
        onResumed: (handles) => onResumed?.(handles),
      },
      settings,
    )
    this.#reader = new ReaderThread({ folder, clock, logger, connectHeads: () => this.#writer.connectHeads() })
  }

  configure(tags: readonly RecordedTag[], settings: HistorySettings): void {
    this.#flush()
    this.#writer.configure(tags, settings)
  }

  record(given: ValueBatch): void {
    if (given.count === 0 || this.#isClosed) return
    // Exact integers in the number column travel to the writer's thread without being copied one by one.
    const batch = withExactNumbers(given)
    const serverTimestamp = this.#clock.now()
    this.#begin(serverTimestamp, batch.count)
    if (batch.count < tinyRowCount) this.#gather(batch)
    else {
      this.#closeGathered(serverTimestamp)
      this.#items.push({ batch, serverTimestamp })
    }
    if (this.#rowCount >= gatheredRowLimit) this.#flush()
  }

  recordOwn(own: OwnSample): void {
    if (this.#isClosed) return
    if (!own.name.includes(':'))
      throw new RuntimeError('BadInvalidArgument', `The name of the runtime's own series "${own.name}" has no colon`)
    const serverTimestamp = this.#clock.now()
    this.#begin(serverTimestamp, 1)
    this.#closeGathered(serverTimestamp)
    this.#items.push({ own, serverTimestamp })
  }

  async write(series: readonly BackfillSeries[]): Promise<number> {
    this.#flush()
    return this.#writer.write(series)
  }

  read(request: HistoryRequest, signal?: AbortSignal): Promise<HistoryResult> {
    this.#flush()
    return this.#reader.read(request, signal)
  }

  statistics(
    tags: readonly string[],
    from: number,
    to: number,
    signal?: AbortSignal,
  ): Promise<readonly HistoryStatistics[]> {
    this.#flush()
    return this.#reader.statistics(tags, from, to, signal)
  }

  seriesRows(prefix: string, limit: number, cursor?: string): Promise<SeriesPage> {
    return this.#reader.seriesRows(prefix, limit, cursor)
  }

  health(): HistorianHealth {
    const { figures, totals } = this.#writer
    const waitingCount = totals.waitingCount + this.#rowCount
    return {
      ...this.#condition(),
      offeredCount: totals.storedCount + totals.filteredCount + totals.lostCount + waitingCount,
      storedCount: totals.storedCount,
      filteredCount: totals.filteredCount,
      waitingCount,
      lostCount: totals.lostCount,
      backfilledCount: totals.backfilledCount,
      replacedTimestampCount: totals.replacedTimestampCount,
      refusedValueCount: totals.refusedValueCount,
      seriesCount: figures?.seriesCount ?? 0,
      headSampleCount: figures?.headSampleCount ?? 0,
      journalByteCount: figures?.journalByteCount ?? 0,
      storedByteCount: figures
        ? figures.size.chunkByteCount + figures.size.indexByteCount + figures.size.catalogByteCount
        : 0,
      writtenByteCount: totals.writtenByteCount,
      restartCount: this.#writer.restartCount,
      longestStallMs: this.#writer.takeLongestStallMs(),
      recoveryFaults: this.#writer.faults,
      gaps: [...(figures?.gaps ?? []), ...this.#writer.losses].sort((a, b) => a.from - b.from).slice(-gapLimit),
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#flush()
    this.#isClosed = true
    await this.#reader.close()
    await this.#writer.close()
  }

  #condition(): Pick<HistorianHealth, 'state' | 'message'> {
    if (this.#isClosed) return { state: 'closed', message: '' }
    const { figures } = this.#writer
    if (!this.#writer.isRunning)
      return { state: this.#writer.restartCount > 0 ? 'down' : 'starting', message: this.#writer.message }
    if (figures?.fullMessage) return { state: 'full', message: figures.fullMessage }
    return { state: 'recording', message: figures?.sealMessage ?? '' }
  }

  #begin(timestamp: number, rowCount: number): void {
    if (this.#rowCount === 0) this.#firstTimestamp = timestamp
    this.#rowCount += rowCount
    this.#timer ??= this.#clock.after(gatherMs, () => this.#flush())
  }

  #gather({ count, handle, value, statusCode, sourceTimestamp, others }: ValueBatch): void {
    for (let row = 0; row < count; row++) {
      const other = others?.[row]
      if (other === undefined)
        this.#gathered.addNumber(handle[row]!, value[row]!, statusCode[row]!, sourceTimestamp[row]!)
      else this.#gathered.add(handle[row]!, other, statusCode[row]!, sourceTimestamp[row]!)
    }
  }

  #closeGathered(serverTimestamp: number): void {
    if (this.#gathered.count > 0) this.#items.push({ batch: this.#gathered.take(), serverTimestamp })
  }

  #flush(): void {
    this.#timer?.cancel()
    this.#timer = null
    this.#closeGathered(this.#clock.now())
    if (this.#items.length === 0) return
    const items = this.#items
    const rowCount = this.#rowCount
    this.#items = []
    this.#rowCount = 0
    this.#writer.record(items, rowCount, this.#firstTimestamp)
  }
}
