// Samples of one series as columns: what the heads hold, chunks keep and queries read.
import type { TagValue } from '../shared/data-value.ts'

/**
 * `count` samples; rows beyond it are unused room. Ordered by time, samples with the same time stamp in order of arrival,
 * unless a function says that it takes them unordered.
 *
 * - `timestamp[i]`: whole ms since 1970-01-01 UTC
 * - `value[i]`: the number, bit by bit (-0 and float32 values included); booleans 0 or 1; NaN: no value, or it is in `others`
 * - `statusCode[i]`: OPC UA status code, all 32 bits
 * - `others[i]`: text, bigint, bytes, array, structure, or null for "no value"; undefined where `value[i]` counts
 */
export interface Samples {
  readonly count: number
  readonly timestamp: Float64Array
  readonly value: Float64Array
  readonly statusCode: Uint32Array
  readonly others: readonly (TagValue | undefined)[] | null
}

/**
 * What is known of a run of samples without reading them. Extremes, sum, first and last are over the samples that are not Bad
 * and have a number; NaN where there is none.
 */
export interface SampleSummary {
  /** All samples. */
  readonly count: number
  /** Not Bad and with a number: what the figures below are made of. */
  readonly usableCount: number
  /** Of the usable ones: those that are Good. Equal to `usableCount` when no usable sample is Uncertain. */
  readonly goodCount: number
  readonly firstTimestamp: number
  readonly lastTimestamp: number
  readonly minimum: number
  readonly maximum: number
  readonly sum: number
  readonly first: number
  readonly last: number
  /** The worst quality's code: the first sample's among those of the worst severity. */
  readonly worstStatusCode: number
}

/** These rows of the samples, in this order. */
export function picked(samples: Samples, rows: ArrayLike<number>): Samples {
  const count = rows.length
  const timestamp = new Float64Array(count)
  const value = new Float64Array(count)
  const statusCode = new Uint32Array(count)
  const others: (TagValue | undefined)[] | null = samples.others ? [] : null
  for (let i = 0; i < count; i++) {
    const row = rows[i]!
    timestamp[i] = samples.timestamp[row]!
    value[i] = samples.value[row]!
    statusCode[i] = samples.statusCode[row]!
    const other = samples.others?.[row]
    if (other !== undefined) others![i] = other
  }
  return { count, timestamp, value, statusCode, others }
}
