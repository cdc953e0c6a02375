// What a chunk says of itself without being read: the summary of its samples plus what a time average needs.
import { RuntimeError } from '../../shared/runtime-error.ts'
import { isBad, isGood, isUncertain } from '../../shared/status-code.ts'
import type { SampleSummary, Samples } from '../samples.ts'

/**
 * Summary of one chunk with its integrals over time. A sample reigns from its time stamp to that of the next sample; the last
 * one of the chunk reigns over nothing here: whoever joins two chunks adds the piece between them, for which `first`, `last`,
 * the status codes of both ends and {@link startsUsable} / {@link endsUsable} are given.
 */
export interface ChunkSummary extends SampleSummary {
  /** Rows with a Bad status code. */
  readonly badCount: number
  /** Rows with an Uncertain status code. */
  readonly uncertainCount: number
  readonly firstStatusCode: number
  readonly lastStatusCode: number
  /** The first row is usable: then `first` is its value. */
  readonly startsUsable: boolean
  /** The last row is usable: then `last` is its value. */
  readonly endsUsable: boolean
  /** Value × ms, each usable sample held until the next sample. */
  readonly steppedIntegral: number
  /** Value × ms on straight lines between neighbours that are both usable; before an unusable one the value is held. */
  readonly slopedIntegral: number
  /** ms under usable samples: what the integrals are to be divided by. */
  readonly usableDurationMs: number
  /** ms under samples with a Good status code, with or without a number. */
  readonly goodDurationMs: number
}

/** Not Bad and with a number: what extremes, sums and averages are made of. */
export function isUsable(value: number, statusCode: number): boolean {
  return !isBad(statusCode) && !Number.isNaN(value)
}

/** The values, NaN where another stands in their place. */
function countingValues({ count, value, others }: Samples): Float64Array {
  if (others === null) return value
  const counting = value.slice(0, count)
  for (let row = 0; row < count; row++) if (others[row] !== undefined) counting[row] = Number.NaN
  return counting
}

/** The summary of these samples by looking at each. RuntimeError BadNothingToDo when there are none. */
export function summarize(samples: Samples): ChunkSummary {
  const { count, timestamp, statusCode } = samples
  const value = countingValues(samples)
  if (count === 0) throw new RuntimeError('BadNothingToDo', 'A summary of no samples was asked for')
  let usableCount = 0
  let goodCount = 0
  let badCount = 0
  let uncertainCount = 0
  let minimum = Number.NaN
  let maximum = Number.NaN
  let first = Number.NaN
  let last = Number.NaN
  let sum = 0
  let worst = statusCode[0]!
  let steppedIntegral = 0
  let slopedIntegral = 0
  let usableDurationMs = 0
  let goodDurationMs = 0
  for (let row = 0; row < count; row++) {
    const code = statusCode[row]!
    const number = value[row]!
    const duration = row + 1 < count ? timestamp[row + 1]! - timestamp[row]! : 0
    if (isBad(code)) badCount++
    else if (isUncertain(code)) uncertainCount++
    if (isGood(code)) goodDurationMs += duration
    if (severity(code) > severity(worst)) worst = code
    if (!isUsable(number, code)) continue
    if (usableCount === 0) {
      first = number
      minimum = number
      maximum = number
    } else if (number < minimum) minimum = number
    else if (number > maximum) maximum = number
    last = number
    sum += number
    usableCount++
    if (isGood(code)) goodCount++
    if (duration === 0) continue
    const next = isUsable(value[row + 1]!, statusCode[row + 1]!) ? value[row + 1]! : number
    usableDurationMs += duration
    steppedIntegral += number * duration
    slopedIntegral += ((number + next) / 2) * duration
  }
  return {
    count,
    usableCount,
    goodCount,
    badCount,
    uncertainCount,
    firstTimestamp: timestamp[0]!,
    lastTimestamp: timestamp[count - 1]!,
    minimum,
    maximum,
    sum: usableCount === 0 ? Number.NaN : sum,
    first,
    last,
    worstStatusCode: worst,
    firstStatusCode: statusCode[0]!,
    lastStatusCode: statusCode[count - 1]!,
    startsUsable: isUsable(value[0]!, statusCode[0]!),
    endsUsable: isUsable(value[count - 1]!, statusCode[count - 1]!),
    steppedIntegral,
    slopedIntegral,
    usableDurationMs,
    goodDurationMs,
  }
}

/** The same of samples that are all Good numbers. */
export function summarizeGood(samples: Samples): ChunkSummary {
  const { count, timestamp, value } = samples
  if (count === 0) throw new RuntimeError('BadNothingToDo', 'A summary of no samples was asked for')
  const first = value[0]!
  let minimum = first
  let maximum = first
  let sum = first
  let steppedIntegral = 0
  let slopedIntegral = 0
  let before = first
  let since = timestamp[0]!
  for (let row = 1; row < count; row++) {
    const number = value[row]!
    const instant = timestamp[row]!
    if (number < minimum) minimum = number
    if (number > maximum) maximum = number
    sum += number
    steppedIntegral += before * (instant - since)
    slopedIntegral += ((before + number) / 2) * (instant - since)
    before = number
    since = instant
  }
  const durationMs = since - timestamp[0]!
  return {
    count,
    usableCount: count,
    goodCount: count,
    badCount: 0,
    uncertainCount: 0,
    firstTimestamp: timestamp[0]!,
    lastTimestamp: since,
    minimum,
    maximum,
    sum,
    first,
    last: before,
    worstStatusCode: 0,
    firstStatusCode: 0,
    lastStatusCode: 0,
    startsUsable: true,
    endsUsable: true,
    steppedIntegral,
    slopedIntegral,
    usableDurationMs: durationMs,
    goodDurationMs: durationMs,
  }
}

/** 0 Good, 1 Uncertain, 2 Bad (both codes with the top bit). */
export function severity(statusCode: number): number {
  return statusCode >>> 31 === 1 ? 2 : statusCode >>> 30
}
