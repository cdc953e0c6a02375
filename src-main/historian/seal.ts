// What the writer asks of the files: to take over samples that leave its memory, and to say what they hold.
import { RuntimeError } from '../shared/runtime-error.ts'
import type { SeriesDefinition } from './history-settings.ts'
import type { Samples } from './samples.ts'

/** There is no room: the disk, a quota or the set limit of total size. Caught by the writer, which makes room or stops. */
export class HistoryFullError extends RuntimeError {
  constructor(message: string, cause?: unknown) {
    super('BadResourceUnavailable', message, cause)
  }
}

/** Codes of the operating system that mean "no room". */
const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'SQLITE_FULL'])

/** True when a write failed for want of room. */
export function isFullError(error: unknown): boolean {
  if (error instanceof HistoryFullError) return true
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && fullCodes.has(code)
}

/** A run of samples of one series that leaves the writer's memory and becomes one chunk. */
export interface Seal {
  readonly seriesId: number
  /** 1, 2, 3 … in each series; the writer counts, and hands a lost one over again with the same number. */
  readonly sealNumber: number
  /** Ordered by time, 1 to 4096 rows, within one partition. The columns are the receiver's during the call only. */
  readonly samples: Samples
  /** Back-fill: each of its samples takes the place of all with the same time stamp in seals with a smaller number. */
  readonly replaces: boolean
}

/** What is left to know of a seal once it is in the files. */
export interface SealMark {
  readonly sealNumber: number
  /** Of its last sample. */
  readonly lastTimestamp: number
  readonly replaces: boolean
}

/**
 * Where seals go: history-files.ts. All calls from the writer's thread. Whatever cannot be written throws a
 * {@link HistoryFullError} (no room) or a RuntimeError, and leaves everything as it was.
 */
export interface SealTarget {
  /** Number of the series with this name and kind, made when it is new, its other properties brought up to date. Durable at return. */
  seriesId(series: SeriesDefinition): number
  /** The same of many at once: one transaction. In the order given. */
  seriesIds(series: readonly SeriesDefinition[]): readonly number[]
  /** What is known of a series; undefined when there is none with this number. */
  series(seriesId: number): SeriesDefinition | undefined
  /** These are recorded from now on, and no others. */
  setRecorded(seriesIds: readonly number[]): void
  /** First ms that does not belong to the partition of `timestamp` any more. */
  partitionEnd(timestamp: number): number
  /**
   * Encodes and appends one chunk; readers see it at once. At most about 1 ms. Series of one scan follow each other, so that
   * a time stamp column that equals the one before is stored once.
   */
  append(seal: Seal): void
  /** True when this seal was appended and is still whole: what recovery need not seal again. */
  isSealed(seriesId: number, sealNumber: number): boolean
  /**
   * The seal with the highest number of the series; null = there is none. After a power cut it may be one the journal knows
   * nothing of: then its samples are taken out of the head by its last time stamp.
   */
  lastSeal(seriesId: number): SealMark | null
  /**
   * Everything appended before the call is on the disk when this resolves: after it the journal of these samples may go.
   * Never blocks the thread for more than a few ms; the writer appends nothing in the meantime.
   */
  commit(): Promise<void>
  /** Removes the oldest partition to make room. False when only the newest is left. */
  dropOldest(): boolean
  close(): Promise<void>
}
