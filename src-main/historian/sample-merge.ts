// Runs of samples that overlap in time become one: late samples find their place, back-filled ones take that of older ones.
import type { TagValue } from '../shared/data-value.ts'
import type { Samples } from './samples.ts'

/** A run that takes part in a merge. */
export interface MergeInput {
  readonly samples: Samples
  /** Its samples take the place of all samples with the same time stamp in earlier inputs. */
  readonly replaces: boolean
}

export const noSamples: Samples = {
  count: 0,
  timestamp: new Float64Array(0),
  value: new Float64Array(0),
  statusCode: new Uint32Array(0),
  others: null,
}

/**
 * One run in order of time. `inputs` in order of arrival, each in order of time: samples with the same time stamp keep that order.
 * The result may share columns with an input.
 */
export function mergeSamples(inputs: readonly MergeInput[]): Samples {
  let merged = noSamples
  for (const { samples, replaces } of inputs) merged = mergeTwo(merged, samples, replaces)
  return merged
}

/** Rows [begin, end) of a run; the columns are views, not copies. */
export function sliceSamples(samples: Samples, begin: number, end: number): Samples {
  if (begin === 0 && end === samples.count) return samples
  return {
    count: end - begin,
    timestamp: samples.timestamp.subarray(begin, end),
    value: samples.value.subarray(begin, end),
    statusCode: samples.statusCode.subarray(begin, end),
    others: samples.others?.slice(begin, end) ?? null,
  }
}

/** First row with a time stamp ≥ `at`; `count` when there is none. */
export function firstRowFrom(timestamp: Float64Array, count: number, at: number): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (timestamp[middle]! < at) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * Rows of a head that a question about [from, to] can need: those of the span, before it as far back as the second Good time stamp (the bound
 * and the slope to it), and after it as far as the first Good one. No question looks past a Good sample for another.
 */
function neededRows(
  { count, timestamp, value, statusCode, others }: Samples,
  from: number,
  to: number,
): { readonly begin: number; readonly end: number } {
  const isGood = (row: number) => {
    const other = others?.[row]
    return statusCode[row]! >>> 30 === 0 && (!Number.isNaN(value[row]!) || (other !== undefined && other !== null))
  }
  let begin = firstRowFrom(timestamp, count, from)
  let last = Number.NaN
  for (let goodCount = 0; begin > 0 && goodCount < 2; ) {
    begin--
    if (isGood(begin) && timestamp[begin] !== last) {
      goodCount++
      last = timestamp[begin]!
    }
  }
  let end = firstRowFrom(timestamp, count, to)
  while (end < count && !isGood(end)) end++
  const goodTime = timestamp[end]!
  while (end < count && timestamp[end] === goodTime) end++
  return { begin, end }
}

/** A copy of these rows alone. */
export function neededSamples(head: Samples, from: number, to: number): Samples {
  const { begin, end } = neededRows(head, from, to)
  if (begin === 0 && end === head.count) return head
  return {
    count: end - begin,
    timestamp: head.timestamp.slice(begin, end),
    value: head.value.slice(begin, end),
    statusCode: head.statusCode.slice(begin, end),
    others: head.others?.slice(begin, end) ?? null,
  }
}

function mergeTwo(older: Samples, newer: Samples, replaces: boolean): Samples {
  if (older.count === 0) return newer
  if (newer.count === 0) return older
  const room = older.count + newer.count
  const timestamp = new Float64Array(room)
  const value = new Float64Array(room)
  const statusCode = new Uint32Array(room)
  const others: (TagValue | undefined)[] | null = older.others || newer.others ? [] : null
  let count = 0
  const take = (from: Samples, row: number) => {
    timestamp[count] = from.timestamp[row]!
    value[count] = from.value[row]!
    statusCode[count] = from.statusCode[row]!
    if (others) others[count] = from.others?.[row]
    count++
  }
  let old = 0
  let fresh = 0
  while (old < older.count || fresh < newer.count) {
    const oldTime = old < older.count ? older.timestamp[old]! : Number.POSITIVE_INFINITY
    const freshTime = fresh < newer.count ? newer.timestamp[fresh]! : Number.POSITIVE_INFINITY
    if (oldTime < freshTime) take(older, old++)
    else if (freshTime < oldTime) take(newer, fresh++)
    else {
      for (; old < older.count && older.timestamp[old] === oldTime; old++) if (!replaces) take(older, old)
      for (; fresh < newer.count && newer.timestamp[fresh] === oldTime; fresh++) take(newer, fresh)
    }
  }
  return { count, timestamp, value, statusCode, others }
}
