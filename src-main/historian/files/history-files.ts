// What the historian keeps on disk, from the writer's side: series, sealed chunks in partitions of time, commit points.
import type { Logger } from '../../base/logger.ts'
import type { ChunkSummary } from '../codec/chunk-summary.ts'
import type { SeriesAttributes, SeriesKind, SeriesRow } from './history-catalog.ts'

/** Time stamps as bytes, stored once however many chunks of one append refer to the same object. */
export interface TimestampColumn {
  /** As `encodeTimestamps` gives them. */
  readonly bytes: Uint8Array
  readonly count: number
}

/** 1 to 4096 samples of one series, in order of time, within one partition (see {@link HistoryFiles.partitionEnd}). */
export interface SealedChunk {
  readonly series: number
  /** Values and status codes as `encodeChunk` gives them. */
  readonly bytes: Uint8Array
  readonly summary: ChunkSummary
  readonly timestamps: TimestampColumn
  /** null: the chunk has a sample at every time stamp of the column. Otherwise which ones, as `encodeTimestampSubset` gives it. */
  readonly selection: Uint8Array | null
  /**
   * True: written afterwards (`history.write`). Its samples replace those with the same time stamp in every chunk with a
   * lower seal number. The caller takes replaced samples out of its heads itself.
   */
  readonly isBackFill: boolean
  /** With the batch's journal position: which live samples are stored with this chunk, see {@link Coverage}. 0: says nothing. */
  readonly coveredBefore: number
}

/** Chunks that get one seal number. After a crash each is there or not. */
export interface SealedBatch {
  readonly chunks: readonly SealedChunk[]
  /** Greatest journal position whose samples were looked at for these chunks; 0 to 2⁴⁸ − 1. */
  readonly journalPosition: number
}

/**
 * What is stored already, so that a replay of the journal does not store it twice: of the live samples of `series`, all those
 * that came with journal positions ≤ `journalPosition` and have a time stamp in [from, before). A sample is stored when one of the
 * series' rows says so.
 */
export interface Coverage {
  readonly series: number
  readonly journalPosition: number
  /** ms since 1970-01-01 UTC: where the chunk's partition begins. */
  readonly from: number
  readonly before: number
}

export interface HistoryFilesOptions {
  /** `<data>/history`; made when missing. */
  readonly folder: string
  /** Time a new partition spans; without it a week, and a day where more than 10,000 series are recorded. */
  readonly partitionLength?: PartitionLength
  readonly logger?: Logger
}

/** Partitions begin at 00:00 UTC: each day, each Monday, each first of a month. */
export type PartitionLength = 'day' | 'week' | 'month'

/** What may be kept. */
export interface RetentionSettings {
  /** Age at which samples of series without an own setting go; ms; null = never by age. */
  readonly retentionMs: number | null
  /** Total size from which the oldest partitions go; bytes; null = no limit. */
  readonly maximumByteCount: number | null
}

/** Figures for health. Bytes on disk. */
export interface HistoryFilesSize {
  readonly partitionCount: number
  readonly chunkByteCount: number
  readonly indexByteCount: number
  readonly catalogByteCount: number
  /** Handed to the operating system since the start. */
  readonly writtenByteCount: number
}

/**
 * The one writer of a history folder. Not for several threads. All methods that are not `async` take a few ms at most and never
 * wait for the disk to have synced. Throws HistoryFilesError; after kind `diskFull` nothing of the call is stored and it can be
 * tried again with the same arguments.
 */
export interface HistoryFilesWriter {
  /**
   * The series of this name and kind, made when it is new; its attributes are brought up to date. Give all of a start in one
   * call: it is one transaction. Ids are 1 to 2³² − 1, never reused. Durable with the next {@link commit}.
   */
  defineSeries(definitions: readonly SeriesDefinition[]): readonly SeriesRow[]
  /** All series, by id. */
  series(): readonly SeriesRow[]
  /** First ms that does not belong to the partition of this instant any more: a chunk must end before it. */
  partitionEnd(timestamp: number): number
  /**
   * Writes the batch (into the system's cache; {@link commit} makes it durable). From its return on readers see it. Answers the seal
   * number: greater than every earlier one, also than those of earlier starts; all chunks of the batch have it.
   */
  append(batch: SealedBatch): number
  /** Of the last append; 0 when there never was one. Readers are told it together with the rows of the heads. */
  readonly sealNumber: number
  /**
   * A commit point: resolves when everything appended and defined before the call survives a power cut. Only then may journal
   * segments be dropped whose samples it covers. Appending goes on meanwhile. Calls that overlap share one sync.
   */
  commit(): Promise<void>
  /** The chunk coverage with positions from `sincePosition` on, for the replay of the journal. */
  coverage(sincePosition: number): readonly Coverage[]
  /** Coverage with journal positions below this is forgotten with time: the journal does not have them any more. */
  forgetCoverage(beforePosition: number): void
  size(): HistoryFilesSize
  /**
   * Index merges, compaction of closed partitions and retention, as far as they are due; in slices of at most 5 ms between which appends
   * and commits go on. Once a minute is often enough; a call while one is running joins it. Does not reject for want of room: what could not
   * be done is tried again the next time.
   */
  housekeep(now: number, retention: RetentionSettings): Promise<void>
  /** Removes the oldest partition at once, to make room; views that read in it are outdated. False when only the newest is left. */
  dropOldest(): boolean
  /** Syncs and closes. */
  close(): Promise<void>
}

export interface SeriesDefinition {
  readonly name: string
  readonly kind: SeriesKind
  readonly attributes: SeriesAttributes
}
