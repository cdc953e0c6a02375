// How a span is divided into buckets: [from + i·w, from + (i + 1)·w), the last one cut at the end of the span.
import type { HistoryRequest } from '../../shared/history.ts'

/** Buckets of one request. */
export interface Buckets {
  readonly count: number
  /** `count + 1` instants: bucket i is [edges[i], edges[i + 1]). */
  readonly edges: Float64Array
  readonly from: number
  readonly to: number
  readonly widthMs: number
}

/** The buckets of a checked request; `count` 1 to 100,000. */
export function bucketsOf(request: HistoryRequest): Buckets {
  const { from, to } = request
  const widthMs = request.intervalMs ?? (to - from) / request.buckets!
  const count = bucketCount(request)
  const edges = new Float64Array(count + 1)
  for (let index = 0; index < count; index++) edges[index] = from + index * widthMs
  edges[count] = to
  return { count, edges, from, to, widthMs }
}

/** How many buckets a request with a width or a number of buckets has. */
export function bucketCount({ from, to, intervalMs, buckets }: HistoryRequest): number {
  if (intervalMs === undefined) return buckets!
  let count = Math.ceil((to - from) / intervalMs)
  // Rounding of a quotient near a whole number must not leave an empty last bucket or lose one.
  while (count > 1 && from + (count - 1) * intervalMs >= to) count--
  while (from + count * intervalMs < to) count++
  return count
}

/** The bucket an instant of the span is in. */
export function bucketOf({ edges, from, widthMs, count }: Buckets, timestamp: number): number {
  let index = Math.min(count - 1, Math.max(0, Math.floor((timestamp - from) / widthMs)))
  while (index > 0 && edges[index]! > timestamp) index--
  while (index < count - 1 && edges[index + 1]! <= timestamp) index++
  return index
}
