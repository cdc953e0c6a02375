// What the historian keeps on disk, from the writer's side: series, sealed chunks in partitions of time, commit points.
import type { SealTarget } from './seal.ts'

/** Partitions begin at 00:00 UTC: each day, each Monday, each first of a month. */
export type PartitionLength = 'day' | 'week' | 'month'

export interface HistoryFilesOptions {
  /** `<data>/history`; made when missing. */
  readonly folder: string
  /** Time one partition spans; default week. Existing partitions keep theirs. */
  readonly partitionLength?: PartitionLength
}

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

/** The one writer of a history folder, beside the seals: housekeeping and figures. Not for several threads. */
export interface HistoryFilesWriter extends SealTarget {
  size(): HistoryFilesSize
  /**
   * Index merges, compaction of closed partitions and retention, as far as they are due; in slices of at most 5 ms between which
   * appends and commits go on. Once a minute is often enough; a call while one is running joins it. Never rejects for want of room: what
   * could not be done is tried again the next time.
   */
  housekeep(now: number, retention: RetentionSettings): Promise<void>
}
