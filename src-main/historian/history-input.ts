// What is recorded beside the tags' batches, and what is told of times in which nothing was.
import type { TagValue } from '../shared/data-value.ts'
import type { DataType, StateWords } from '../shared/tag.ts'
import type { SeriesDefinition } from './files/history-files.ts'

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

/** A time in which nothing or not everything was recorded. */
export interface HistorianGap {
  readonly from: number
  /** null while it lasts. */
  readonly to: number | null
  /** Samples that were offered and not kept; 0 when that is not known (the runtime was down). */
  readonly lostCount: number
  readonly reason: string
}
