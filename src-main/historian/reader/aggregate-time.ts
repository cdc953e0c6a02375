// Aggregates over time: time average with interpolated bounds, and durations of Good quality with simple bounds
// (OPC 10000-13 sections 5.4.3.6, .31, .33). Samples arrive in order; what lies between two of them is laid over the buckets.
import type { AggregateConfiguration } from '../../shared/history.ts'
import type { BlockSummaries } from '../codec/chunk-codec.ts'
import type { ChunkRows } from '../files/chunk-rows.ts'
import type { Samples } from '../samples.ts'
import { type Buckets, bucketOf } from './aggregate-buckets.ts'
import {
  codeBadNoData,
  codeGood,
  codeUncertainDataSubNormal,
  infoBits,
  sampleGood,
  sampleQuality,
  sampleUncertain,
} from './aggregate-status.ts'
import type { AggregateColumns } from './aggregate-values.ts'
import type { BucketGatherer } from './aggregate-walk.ts'
import type { Found, Sample } from './sample-cursor.ts'

/** What lies around the span. `before`: earlier than it; `after`: at its end or later. */
export interface TimeBounds {
  /** The nearest sample that may be used, and whether others lie between it and the span. */
  readonly usableBefore: Found | null
  readonly usableAfter: Found | null
  /** The usable one before `usableBefore`: for extrapolation along the slope. */
  readonly secondBefore: Sample | null
  /** The nearest of any quality. */
  readonly anyBefore: Sample | null
  readonly anyAfter: Sample | null
}

/** Time average: the area under the values divided by the time that has values. */
export class TimeAverageGatherer implements BucketGatherer {
  readonly #buckets: Buckets
  readonly #isStepped: boolean
  readonly #uncertainIsBad: boolean
  readonly #slopes: boolean
  readonly #integral: Float64Array
  readonly #duration: Float64Array
  readonly #isUncertain: Uint8Array
  /** The last usable sample. */
  #time = Number.NaN
  #value = Number.NaN
  #isDoubtful = false
  /** The usable one before it, with another time stamp. */
  #timeBefore = Number.NaN
  #valueBefore = Number.NaN
  /** Time stamp of the first unusable sample since; NaN when there is none. */
  #gapFrom = Number.NaN
  /** Time stamp of the last sample of any quality. */
  #lastTime = Number.NEGATIVE_INFINITY

  constructor(
    buckets: Buckets,
    isStepped: boolean,
    configuration: AggregateConfiguration,
    before: Pick<TimeBounds, 'usableBefore' | 'secondBefore'>,
  ) {
    this.#buckets = buckets
    this.#isStepped = isStepped
    this.#uncertainIsBad = configuration.treatUncertainAsBad
    this.#slopes = configuration.useSlopedExtrapolation
    this.#integral = new Float64Array(buckets.count)
    this.#duration = new Float64Array(buckets.count)
    this.#isUncertain = new Uint8Array(buckets.count)
    if (before.secondBefore) this.#usable(before.secondBefore.timestamp, before.secondBefore.value, false)
    const found = before.usableBefore
    if (!found) return
    this.#usable(found.sample.timestamp, found.sample.value, found.sample.statusCode >>> 30 !== 0)
    // Where exactly the gap began does not matter: before the span.
    if (found.passedOthers) this.#gapFrom = found.sample.timestamp
  }

  takeChunk(bucket: number, rows: ChunkRows, row: number): boolean {
    // Beyond the end the last two samples count, which no summary has.
    if (this.#slopes || rows.isPage(row) || rows.goodCount(row) !== rows.sampleCount(row)) return false
    const first = rows.firstTimestamp(row)
    const last = rows.lastTimestamp(row)
    this.#usable(first, rows.first(row), false)
    this.#integral[bucket]! += this.#isStepped ? rows.steppedIntegral(row) : rows.slopedIntegral(row)
    this.#duration[bucket]! += last - first
    this.#timeBefore = Number.NaN
    this.#time = last
    this.#value = rows.last(row)
    this.#lastTime = last
    return true
  }

  takeBlock(_bucket: number, _blocks: BlockSummaries, _block: number): boolean {
    return false
  }

  takeRows(bucket: number, { timestamp, value, statusCode }: Samples, begin: number, end: number): void {
    const start = this.#buckets.edges[bucket]!
    let integral = 0
    let duration = 0
    for (let row = begin; row < end; row++) {
      const time = timestamp[row]!
      const number = value[row]!
      const code = statusCode[row]!
      if (
        code === 0 &&
        !Number.isNaN(number) &&
        this.#time >= start &&
        !this.#isDoubtful &&
        Number.isNaN(this.#gapFrom)
      ) {
        const width = time - this.#time
        integral += (this.#isStepped ? this.#value : (this.#value + number) / 2) * width
        duration += width
        if (width > 0) {
          this.#timeBefore = this.#time
          this.#valueBefore = this.#value
        }
        this.#time = time
        this.#value = number
      } else this.#take(time, number, code)
    }
    this.#lastTime = timestamp[end - 1]!
    this.#integral[bucket]! += integral
    this.#duration[bucket]! += duration
  }

  /** After the last sample of the span. */
  finish(after: Pick<TimeBounds, 'usableAfter' | 'anyAfter'>): void {
    const { to } = this.#buckets
    if (Number.isNaN(this.#time)) return
    if (this.#isStepped) {
      const doubtFrom = after.anyAfter ? Number.POSITIVE_INFINITY : this.#lastKnownTime()
      this.#held(
        Math.max(to, this.#time),
        Math.min(doubtFrom, !Number.isNaN(this.#gapFrom) ? this.#gapFrom : doubtFrom),
      )
      return
    }
    const found = after.usableAfter
    if (found) {
      if (found.passedOthers && Number.isNaN(this.#gapFrom)) this.#gapFrom = to
      this.#usable(found.sample.timestamp, found.sample.value, found.sample.statusCode >>> 30 !== 0)
      return
    }
    const canSlope = this.#slopes && this.#time > this.#timeBefore
    const slope = canSlope ? (this.#value - this.#valueBefore) / (this.#time - this.#timeBefore) : 0
    this.#lay(this.#time, this.#value, to, this.#value + slope * (to - this.#time), true)
  }

  result(): AggregateColumns {
    const { count, edges } = this.#buckets
    const values = new Float64Array(count).fill(Number.NaN)
    const statusCodes = new Uint32Array(count).fill(codeBadNoData)
    for (let bucket = 0; bucket < count; bucket++) {
      const duration = this.#duration[bucket]!
      if (duration <= 0) continue
      values[bucket] = this.#integral[bucket]! / duration
      // A bucket in which the tag's history begins has less than its width.
      const isWhole = duration > (edges[bucket + 1]! - edges[bucket]!) * (1 - 1e-9)
      const status = isWhole && this.#isUncertain[bucket] === 0 ? codeGood : codeUncertainDataSubNormal
      statusCodes[bucket] = (status | infoBits.calculated) >>> 0
    }
    return { values, statusCodes }
  }

  /** The last sample that was seen; when none of the span, the last usable one. */
  #lastKnownTime(): number {
    return Math.max(this.#lastTime, this.#time)
  }

  #take(time: number, number: number, code: number): void {
    const quality = sampleQuality(code, !Number.isNaN(number))
    if (quality === sampleGood) this.#usable(time, number, false)
    else if (quality === sampleUncertain && !this.#uncertainIsBad) this.#usable(time, number, true)
    else if (Number.isNaN(this.#gapFrom)) this.#gapFrom = time
  }

  /** The next usable sample: what lies between it and the last one is known now. */
  #usable(time: number, value: number, isDoubtful: boolean): void {
    if (!Number.isNaN(this.#time)) {
      if (this.#isStepped) this.#held(time, !Number.isNaN(this.#gapFrom) ? this.#gapFrom : Number.POSITIVE_INFINITY)
      else
        this.#lay(this.#time, this.#value, time, value, this.#isDoubtful || isDoubtful || !Number.isNaN(this.#gapFrom))
    }
    if (time !== this.#time) {
      this.#timeBefore = this.#time
      this.#valueBefore = this.#value
    }
    this.#time = time
    this.#value = value
    this.#isDoubtful = isDoubtful
    this.#gapFrom = Number.NaN
  }

  /** The last usable value holds until `end`; from `doubtFrom` on only perhaps. */
  #held(end: number, doubtFrom: number): void {
    const middle = Math.min(end, Math.max(this.#time, doubtFrom))
    this.#lay(this.#time, this.#value, middle, this.#value, this.#isDoubtful)
    this.#lay(middle, this.#value, end, this.#value, true)
  }

  /** Lays a line over the buckets. */
  #lay(begin: number, beginValue: number, end: number, endValue: number, isUncertain: boolean): void {
    const { from, to, edges } = this.#buckets
    let at = Math.max(begin, from)
    const stop = Math.min(end, to)
    if (at >= stop) return
    const slope = (endValue - beginValue) / (end - begin)
    let bucket = bucketOf(this.#buckets, at)
    while (at < stop) {
      const next = Math.min(stop, edges[bucket + 1]!)
      const middleValue = beginValue + slope * ((at + next) / 2 - begin)
      this.#integral[bucket]! += middleValue * (next - at)
      this.#duration[bucket]! += next - at
      if (isUncertain) this.#isUncertain[bucket] = 1
      at = next
      bucket++
    }
  }
}

/** Time of Good quality. A sample reigns until the next; at the start of a bucket the simple bounding value does. */
export class DurationGoodGatherer implements BucketGatherer {
  readonly #buckets: Buckets
  readonly #isStepped: boolean
  readonly #dataBegin: number
  readonly #duration: Float64Array
  #time = Number.NaN
  #isGood = false
  #firstTime = Number.POSITIVE_INFINITY
  #endTime = Number.NEGATIVE_INFINITY

  /** `dataBegin`: what is older are marks that there is no data yet. */
  constructor(buckets: Buckets, isStepped: boolean, before: Sample | null, dataBegin: number) {
    this.#buckets = buckets
    this.#isStepped = isStepped
    this.#dataBegin = dataBegin
    this.#duration = new Float64Array(buckets.count)
    if (before && before.timestamp >= dataBegin) this.#take(before.timestamp, isGoodSample(before))
  }

  takeChunk(bucket: number, rows: ChunkRows, row: number): boolean {
    const first = rows.firstTimestamp(row)
    // Of a sample without a number the summary does not say whether it has another value.
    if (rows.usableCount(row) + rows.badCount(row) !== rows.sampleCount(row) || first < this.#dataBegin) return false
    this.#take(first, rows.firstStatusCode(row) >>> 30 === 0)
    this.#duration[bucket]! += rows.goodDurationMs(row)
    this.#time = rows.lastTimestamp(row)
    this.#isGood = rows.lastStatusCode(row) >>> 30 === 0
    return true
  }

  takeBlock(_bucket: number, blocks: BlockSummaries, block: number, first: number): boolean {
    if (blocks.goodCount[block] !== blocks.count[block] || first < this.#dataBegin) return false
    // All of it is Good: it reigns as one sample would.
    this.#take(first, true)
    return true
  }

  takeRows(_bucket: number, { timestamp, value, statusCode, others }: Samples, begin: number, end: number): void {
    let row = begin
    while (row < end && timestamp[row]! < this.#dataBegin) row++
    for (; row < end; row++) {
      const other = others?.[row]
      const hasValue = !Number.isNaN(value[row]!) || (other !== undefined && other !== null)
      this.#take(timestamp[row]!, sampleQuality(statusCode[row]!, hasValue) === sampleGood)
    }
  }

  finish(after: Sample | null): void {
    if (Number.isNaN(this.#time)) return
    this.#endTime = after ? Number.POSITIVE_INFINITY : this.#time
    // Nothing follows: the reign of the last sample goes to the end of its bucket; later buckets are after the end of data.
    this.#region(
      this.#time,
      this.#buckets.to,
      this.#isGood,
      this.#isGood && (this.#isStepped || !after || isGoodSample(after)),
    )
  }

  /** `asPercent`: of the width of the bucket, else ms. */
  result(asPercent: boolean): AggregateColumns {
    const { count, edges } = this.#buckets
    const values = new Float64Array(count).fill(Number.NaN)
    const statusCodes = new Uint32Array(count).fill(codeBadNoData)
    for (let bucket = 0; bucket < count; bucket++) {
      if (edges[bucket + 1]! <= this.#firstTime || edges[bucket]! > this.#endTime) continue
      const duration = this.#duration[bucket]!
      values[bucket] = asPercent ? (duration / (edges[bucket + 1]! - edges[bucket]!)) * 100 : duration
      statusCodes[bucket] = infoBits.calculated
    }
    return { values, statusCodes }
  }

  #take(time: number, isGood: boolean): void {
    if (Number.isNaN(this.#time)) this.#firstTime = time
    else this.#region(this.#time, time, this.#isGood, this.#isGood && (this.#isStepped || isGood))
    this.#time = time
    this.#isGood = isGood
  }

  /** The reign of one sample: in the bucket where it begins, and in later ones, whose start it bounds. */
  #region(begin: number, end: number, isGoodHere: boolean, isGoodLater: boolean): void {
    const { from, to, edges } = this.#buckets
    let at = Math.max(begin, from)
    const stop = Math.min(end, to)
    if (at >= stop || (!isGoodHere && !isGoodLater)) return
    let bucket = bucketOf(this.#buckets, at)
    while (at < stop) {
      const next = Math.min(stop, edges[bucket + 1]!)
      if (begin >= edges[bucket]! ? isGoodHere : isGoodLater) this.#duration[bucket]! += next - at
      at = next
      bucket++
    }
  }
}

function isGoodSample({ statusCode, value, other }: Sample): boolean {
  return sampleQuality(statusCode, !Number.isNaN(value) || (other !== undefined && other !== null)) === sampleGood
}
