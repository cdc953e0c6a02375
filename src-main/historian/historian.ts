// The historian as the runtime sees it: takes batches of changes, back-fill and questions, and says how it is.
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import type { TagValue } from '../shared/data-value.ts'
import type { DataType, StateWords } from '../shared/tag.ts'
import type { ValueBatch } from '../shared/value-batch.ts'
import type { SeriesDefinition } from './history-files.ts'
import type { HistoryReading } from './history-reader.ts'
import type { HistorySettings, RecordedTag } from './history-settings.ts'

export interface HistorianOptions {
  /** `<data>/history`; made when it does not exist. */
  readonly folder: string
  readonly settings: HistorySettings
  readonly clock: Clock
  readonly logger: Logger
}

/** A sample of a series the runtime itself writes. */
export interface OwnSample {
  /** With a colon, so that it is never a tag's: `device:PLC1:state`. */
  readonly name: string
  /** Shown in lists of what is recorded. */
  readonly description: string
  readonly dataType: DataType
  readonly unit?: string
  readonly states?: Readonly<Record<string, StateWords>>
  readonly value: TagValue
  readonly statusCode: number
  /** ms since 1970-01-01 UTC. */
  readonly timestamp: number
}

/** Samples to back-fill, in any order; the receiver owns the columns. */
export interface BackfillSeries {
  /** Used when there is no series of this name and kind yet. */
  readonly series: SeriesDefinition
  /** Whole ms since 1970-01-01 UTC. */
  readonly timestamp: Float64Array
  /** NaN where the value stands in `others`. */
  readonly value: Float64Array
  readonly statusCode: Uint32Array
  readonly others: readonly (TagValue | undefined)[] | null
}

/** `recording`; `full`: there is no room, nothing is kept until there is; `down`: the writer thread is being restarted. */
export type HistorianState = 'starting' | 'recording' | 'full' | 'failed' | 'down' | 'closed'

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
  readonly seriesCount: number
  /** In memory, not yet in a chunk. */
  readonly headSampleCount: number
  readonly journalByteCount: number
  readonly byteCount: number
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

/** A time in which nothing or not everything was recorded. */
export interface HistorianGap {
  readonly from: number
  /** null while it lasts. */
  readonly to: number | null
  /** Samples that were offered and not kept; 0 when that is not known (the runtime was down). */
  readonly lostCount: number
  readonly reason: string
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
