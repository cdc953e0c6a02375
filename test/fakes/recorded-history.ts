// Recorded samples in memory, read raw with bounds, as the historian answers.
import type { ReadHistory } from '../../src-main/alarms/reports/recorded-samples.ts'
import type { TagValue } from '../../src-main/shared/data-value.ts'
import { RuntimeError } from '../../src-main/shared/runtime-error.ts'

/** Time stamp, value, status code (Good when left out); in order of time. */
export type RecordedSample = readonly [timestamp: number, value: TagValue, statusCode?: number]

/** Tags that are not named were never recorded. */
export function recordedHistory(recorded: Readonly<Record<string, readonly RecordedSample[]>>): ReadHistory {
  return async ({ tags, from, to, limit = Number.POSITIVE_INFINITY }, signal) => {
    if (signal?.aborted) throw new RuntimeError('BadRequestInterrupted', 'The question about history was cancelled')
    let left = limit
    let isCut = false
    const series = tags.map((tag) => {
      const samples = recorded[tag]
      if (samples === undefined) throw new RuntimeError('BadNotFound', `"${tag}" has no history: it was never recorded`)
      const first = samples.findLastIndex(([timestamp]) => timestamp < from)
      const after = samples.findIndex(([timestamp]) => timestamp >= to)
      const found = samples.slice(Math.max(0, first), after < 0 ? undefined : after + 1)
      const rows = found.slice(0, left)
      isCut ||= rows.length < found.length
      left -= rows.length
      const isNumber = (value: TagValue) => typeof value === 'number' || typeof value === 'boolean'
      return {
        tag,
        mode: 'raw' as const,
        timestamps: Float64Array.from(rows, ([timestamp]) => timestamp),
        values: Float64Array.from(rows, ([, value]) => (isNumber(value) ? Number(value) : Number.NaN)),
        others: rows.every(([, value]) => isNumber(value) || value === null)
          ? null
          : rows.map(([, value]) => (isNumber(value) ? undefined : value)),
        statusCodes: Uint32Array.from(rows, ([, , statusCode = 0]) => statusCode),
        plot: null,
      }
    })
    return isCut ? { series, cursor: 'more' } : { series }
  }
}
