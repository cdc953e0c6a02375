// What a trend draws: of each bucket its extremes, first, last and average, so that no peak is lost however wide the bucket.
import type { PlotColumns } from '../../shared/history.ts'
import type { BlockSummaries } from '../codec/chunk-codec.ts'
import { severity } from '../codec/chunk-summary.ts'
import type { ChunkRows } from '../files/chunk-rows.ts'
import type { Samples } from '../samples.ts'
import { type Buckets, bucketOf } from './aggregate-buckets.ts'
import { codeBadNoData } from './aggregate-status.ts'
import type { BucketGatherer } from './aggregate-walk.ts'
import type { Pace } from './query-pace.ts'
import type { SampleTimeline, Segment } from './sample-timeline.ts'

/** Rows of a plot. */
export interface PlotResult {
  /** Average of the samples that are not Bad. */
  readonly values: Float64Array
  /** The worst of each bucket; Bad_NoData where it is empty. */
  readonly statusCodes: Uint32Array
  readonly plot: PlotColumns
}

/** Gathers the plot of one tag. */
export class PlotGatherer implements BucketGatherer {
  readonly ignoresTime = true
  readonly #minimum: Float64Array
  readonly #maximum: Float64Array
  readonly #first: Float64Array
  readonly #last: Float64Array
  readonly #sum: Float64Array
  readonly #usable: Float64Array
  readonly #count: Uint32Array
  readonly #hasBad: Uint8Array
  readonly #worst: Uint32Array

  constructor(bucketCount: number) {
    const column = () => new Float64Array(bucketCount).fill(Number.NaN)
    this.#minimum = column()
    this.#maximum = column()
    this.#first = column()
    this.#last = column()
    this.#sum = new Float64Array(bucketCount)
    this.#usable = new Float64Array(bucketCount)
    this.#count = new Uint32Array(bucketCount)
    this.#hasBad = new Uint8Array(bucketCount)
    this.#worst = new Uint32Array(bucketCount).fill(codeBadNoData)
  }

  takeChunk(bucket: number, rows: ChunkRows, row: number): boolean {
    this.roughChunk(bucket, rows, row)
    return true
  }

  takeBlock(bucket: number, blocks: BlockSummaries, block: number, _first: number, isFollowed: boolean): boolean {
    // Whether the bucket ends in a gap only the samples of its last block tell.
    if (!isFollowed && blocks.worstStatusCode[block]! >>> 31 === 1) return false
    this.roughBlock(bucket, blocks, block)
    return true
  }

  takeRows(bucket: number, { value, statusCode }: Samples, begin: number, end: number): void {
    let minimum = Number.POSITIVE_INFINITY
    let maximum = Number.NEGATIVE_INFINITY
    let sum = 0
    let usable = 0
    let first = Number.NaN
    let last = Number.NaN
    let worst = statusCode[begin]!
    for (let row = begin; row < end; row++) {
      const code = statusCode[row]!
      if (code !== worst && severity(code) > severity(worst)) worst = code
      const number = value[row]!
      if (code >>> 31 === 1 || Number.isNaN(number)) continue
      if (usable === 0) first = number
      last = number
      usable++
      sum += number
      if (number < minimum) minimum = number
      if (number > maximum) maximum = number
    }
    this.#summary(bucket, end - begin, usable, worst, minimum, maximum, first, last, sum)
    const isLastBad = statusCode[end - 1]! >>> 31 === 1
    if (isLastBad) this.#hasBad[bucket] = 2
  }

  /** Takes a chunk or page although it may reach into neighbouring buckets. */
  roughChunk(bucket: number, rows: ChunkRows, row: number): void {
    this.#summary(
      bucket,
      rows.sampleCount(row),
      rows.usableCount(row),
      rows.worstStatusCode(row),
      rows.minimum(row),
      rows.maximum(row),
      rows.first(row),
      rows.last(row),
      rows.sum(row),
    )
    if (rows.lastStatusCode(row) >>> 31 === 1) this.#hasBad[bucket] = 2
  }

  /** The same of one block. */
  roughBlock(bucket: number, blocks: BlockSummaries, block: number): void {
    this.#summary(
      bucket,
      blocks.count[block]!,
      blocks.usableCount[block]!,
      blocks.worstStatusCode[block]!,
      blocks.minimum[block]!,
      blocks.maximum[block]!,
      blocks.first[block]!,
      blocks.last[block]!,
      blocks.sum[block]!,
    )
  }

  result(): PlotResult {
    const values = new Float64Array(this.#sum.length)
    for (let bucket = 0; bucket < values.length; bucket++) values[bucket] = this.#sum[bucket]! / this.#usable[bucket]!
    return {
      values,
      statusCodes: this.#worst,
      plot: {
        minimum: this.#minimum,
        maximum: this.#maximum,
        first: this.#first,
        last: this.#last,
        count: this.#count,
        hasBad: this.#hasBad,
      },
    }
  }

  #summary(
    bucket: number,
    count: number,
    usable: number,
    worst: number,
    minimum: number,
    maximum: number,
    first: number,
    last: number,
    sum: number,
  ): void {
    if (this.#count[bucket] === 0 || severity(worst) > severity(this.#worst[bucket]!)) this.#worst[bucket] = worst
    this.#count[bucket]! += count
    // What follows a Bad sample within the bucket ends the gap; takeRows says when it does not.
    this.#hasBad[bucket] = worst >>> 31 === 1 || this.#hasBad[bucket] !== 0 ? 1 : 0
    if (usable === 0) return
    if (this.#usable[bucket] === 0) {
      this.#first[bucket] = first
      this.#minimum[bucket] = minimum
      this.#maximum[bucket] = maximum
    } else {
      if (minimum < this.#minimum[bucket]!) this.#minimum[bucket] = minimum
      if (maximum > this.#maximum[bucket]!) this.#maximum[bucket] = maximum
    }
    this.#last[bucket] = last
    this.#usable[bucket]! += usable
    this.#sum[bucket]! += sum
  }
}

/**
 * First paint: summaries alone, each given whole to the bucket its middle is in. Blocks where chunks are wider than a bucket; where blocks
 * are so too, few samples are asked for and the exact way is as fast: then false, and nothing was gathered.
 */
export function* plotRoughly(
  timeline: SampleTimeline,
  segments: readonly Segment[],
  buckets: Buckets,
  gatherer: PlotGatherer,
  pace: Pace,
): Generator<void, void> {
  for (const segment of segments) {
    if (pace.isDue()) yield
    if (segment.rows) {
      yield* roughRows(timeline, segment.rows, segment.begin, segment.end, buckets, gatherer, pace)
      continue
    }
    const samples = segment.read()
    roughSamples(samples, buckets, gatherer)
  }
}

function* roughRows(
  timeline: SampleTimeline,
  rows: ChunkRows,
  begin: number,
  end: number,
  buckets: Buckets,
  gatherer: PlotGatherer,
  pace: Pace,
): Generator<void, void> {
  for (let row = begin; row < end; row++) {
    const first = rows.firstTimestamp(row)
    const last = rows.lastTimestamp(row)
    if (last < buckets.from || first >= buckets.to) continue
    if (last - first <= buckets.widthMs) {
      gatherer.roughChunk(middleBucket(buckets, first, last), rows, row)
      continue
    }
    if (pace.isDue()) yield
    if (rows.isPage(row)) {
      const chunks = timeline.view.expand(rows, row)
      yield* roughRows(timeline, chunks, 0, chunks.count, buckets, gatherer, pace)
      continue
    }
    const chunk = timeline.open(rows, row)
    for (let block = 0; block < chunk.blockCount; block++) {
      const blockFirst = chunk.blockFirstTimestamp[block]!
      const blockLast = block + 1 < chunk.blockCount ? chunk.blockFirstTimestamp[block + 1]! : last
      if (blockLast < buckets.from || blockFirst >= buckets.to) continue
      gatherer.roughBlock(middleBucket(buckets, blockFirst, blockLast), chunk.blocks, block)
    }
  }
}

function roughSamples(samples: Samples, buckets: Buckets, gatherer: PlotGatherer): void {
  const { timestamp, count } = samples
  for (let row = 0; row < count; ) {
    const at = timestamp[row]!
    if (at >= buckets.to) return
    const bucket = bucketOf(buckets, at)
    let end = row + 1
    while (end < count && timestamp[end]! < buckets.edges[bucket + 1]!) end++
    if (at >= buckets.from) gatherer.takeRows(bucket, samples, row, end)
    row = end
  }
}

function middleBucket(buckets: Buckets, first: number, last: number): number {
  return bucketOf(buckets, Math.min(Math.max((first + last) / 2, buckets.from), buckets.to))
}
