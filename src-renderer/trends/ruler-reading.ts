// What the ruler reads: of each pen the sample that counts at an instant, with its quality and its own time.
import type { TagValue } from '../../src-main/shared/data-value.ts'
import { StatusCodes } from '../../src-main/shared/status-code.ts'
import { type PenTrace, rowKinds, rowQualities } from './pen-trace.ts'

export interface RulerReading {
  /** The number, the average of a bucket, NaN where there is none. */
  readonly value: number
  readonly other: TagValue | undefined
  readonly statusCode: number
  /** Of the sample, or where the bucket begins; ms. */
  readonly timestamp: number
  /** Lowest and highest of a bucket with several samples; null of a sample. */
  readonly extremes: {
    readonly low: number
    readonly high: number
    readonly count: number
    readonly endTimestamp: number
  } | null
}

/** The reading at an instant; null where nothing is known: before the first sample, while loading, beyond knowledge. */
export function readingAt(trace: PenTrace | undefined, time: number, until: number): RulerReading | null {
  if (!trace || time > Math.max(until, trace.knownUntil)) return null
  const row = trace.rowAt(time)
  if (row < 0 || trace.kind[row] === rowKinds.hole) return null
  const isBucket = trace.kind[row] === rowKinds.bucket
  if (isBucket && time < trace.endOf(row) && trace.sampleCount[row]! > 1) {
    return {
      value: trace.value[row]!,
      other: undefined,
      statusCode: trace.statusCode[row]!,
      timestamp: trace.time[row]!,
      extremes: {
        low: trace.low[row]!,
        high: trace.high[row]!,
        count: trace.sampleCount[row]!,
        endTimestamp: trace.endOf(row),
      },
    }
  }
  const isAfterBad = isBucket && trace.quality[row] === rowQualities.bad && time >= trace.endOf(row)
  return {
    value: isAfterBad ? Number.NaN : isBucket ? trace.last[row]! : trace.value[row]!,
    other: trace.others[row],
    statusCode: isAfterBad ? StatusCodes.BadNoData : trace.statusCode[row]!,
    timestamp: trace.time[row]!,
    extremes: null,
  }
}

/** Time of the next (1) or former (-1) row from an instant; null when there is none. */
export function neighbourTime(trace: PenTrace | undefined, time: number, direction: 1 | -1): number | null {
  if (!trace) return null
  let row = trace.rowAt(time)
  if (direction === 1) row++
  else if (row >= 0 && trace.time[row]! >= time) row--
  for (; row >= 0 && row < trace.count; row += direction) if (trace.kind[row] !== rowKinds.hole) return trace.time[row]!
  return null
}
