// Aggregates of the values in a bucket, without bounds: average, minimum, maximum, range, count, delta
// (OPC 10000-13 sections 5.4.3.5, .10, .11, .14, .21, .27). Only Good samples make the figure; the others its status.
import type { AggregateConfiguration, HistoryMode } from '../../shared/history.ts'
import type { BlockSummaries } from '../codec/chunk-codec.ts'
import type { ChunkRows } from '../files/chunk-rows.ts'
import type { Samples } from '../samples.ts'
import type { Buckets } from './aggregate-buckets.ts'
import {
  codeBad,
  codeBadNoData,
  codeGood,
  codeUncertainDataSubNormal,
  infoBits,
  sampleBad,
  sampleGood,
  sampleQuality,
  statusByCount,
} from './aggregate-status.ts'
import type { BucketGatherer } from './aggregate-walk.ts'

export const valueAggregates = ['average', 'minimum', 'maximum', 'range', 'count', 'delta'] as const
export type ValueAggregate = (typeof valueAggregates)[number]

export function isValueAggregate(mode: HistoryMode): mode is ValueAggregate {
  return (valueAggregates as readonly string[]).includes(mode)
}

/** Values and status codes of each bucket; NaN where there is no value. */
export interface AggregateColumns {
  readonly values: Float64Array
  readonly statusCodes: Uint32Array
}

/** Stands for a quality where there is no sample. */
const noSample = 3

/** Gathers all that any of these aggregates needs. */
export class ValueGatherer implements BucketGatherer {
  readonly #buckets: Buckets
  readonly #dataBegin: number
  readonly #good: Float64Array
  /** Of the Good samples: those with a number. */
  readonly #numbers: Float64Array
  readonly #uncertain: Float64Array
  readonly #bad: Float64Array
  readonly #sum: Float64Array
  readonly #minimum: Float64Array
  readonly #maximum: Float64Array
  readonly #uncertainMinimum: Float64Array
  readonly #uncertainMaximum: Float64Array
  readonly #first: Float64Array
  readonly #last: Float64Array
  /** Of the first and of the last sample. */
  readonly #firstQuality: Uint8Array
  readonly #lastQuality: Uint8Array

  /** `dataBegin`: what is older are marks that there is no data yet. */
  constructor(buckets: Buckets, dataBegin: number) {
    this.#buckets = buckets
    this.#dataBegin = dataBegin
    const column = () => new Float64Array(buckets.count)
    this.#good = column()
    this.#numbers = column()
    this.#uncertain = column()
    this.#bad = column()
    this.#sum = column()
    this.#minimum = column().fill(Number.POSITIVE_INFINITY)
    this.#maximum = column().fill(Number.NEGATIVE_INFINITY)
    this.#uncertainMinimum = column().fill(Number.POSITIVE_INFINITY)
    this.#uncertainMaximum = column().fill(Number.NEGATIVE_INFINITY)
    this.#first = column().fill(Number.NaN)
    this.#last = column().fill(Number.NaN)
    this.#firstQuality = new Uint8Array(buckets.count).fill(noSample)
    this.#lastQuality = new Uint8Array(buckets.count).fill(noSample)
  }

  /** Smallest or greatest Good value of a bucket. */
  extreme(which: 'minimum' | 'maximum', bucket: number): number {
    return which === 'minimum' ? this.#minimum[bucket]! : this.#maximum[bucket]!
  }

  takeChunk(bucket: number, rows: ChunkRows, row: number): boolean {
    const good = rows.goodCount(row)
    const bad = rows.badCount(row)
    // Uncertain samples are among the extremes and the sum; one without a number is in no count.
    if (good + bad !== rows.sampleCount(row) || rows.usableCount(row) !== good) return false
    if (bad > 0 && rows.firstTimestamp(row) < this.#dataBegin) return false
    this.#quality(bucket, rows.firstStatusCode(row), rows.lastStatusCode(row))
    this.#bad[bucket]! += bad
    if (good === 0) return true
    this.#figures(bucket, good, rows.sum(row), rows.minimum(row), rows.maximum(row), rows.first(row), rows.last(row))
    return true
  }

  takeBlock(bucket: number, blocks: BlockSummaries, block: number): boolean {
    const count = blocks.count[block]!
    if (blocks.goodCount[block] !== count) return false
    this.#quality(bucket, codeGood, codeGood)
    this.#figures(
      bucket,
      count,
      blocks.sum[block]!,
      blocks.minimum[block]!,
      blocks.maximum[block]!,
      blocks.first[block]!,
      blocks.last[block]!,
    )
    return true
  }

  takeRows(bucket: number, samples: Samples, begin: number, end: number): void {
    const { timestamp, value, statusCode, others } = samples
    let good = 0
    let numbers = 0
    let sum = 0
    let minimum = this.#minimum[bucket]!
    let maximum = this.#maximum[bucket]!
    let first = this.#first[bucket]!
    let last = this.#last[bucket]!
    let firstQuality = this.#firstQuality[bucket]!
    let lastQuality = this.#lastQuality[bucket]!
    let row = begin
    while (row < end && timestamp[row]! < this.#dataBegin) row++
    for (; row < end; row++) {
      const number = value[row]!
      const code = statusCode[row]!
      let quality: number = sampleGood
      if (code >>> 30 === 0 && !Number.isNaN(number)) {
        sum += number
        numbers++
        if (number < minimum) minimum = number
        if (number > maximum) maximum = number
        if (Number.isNaN(first)) first = number
        last = number
      } else {
        const other = others?.[row]
        quality = sampleQuality(code, !Number.isNaN(number) || (other !== undefined && other !== null))
      }
      if (firstQuality === noSample) firstQuality = quality
      lastQuality = quality
      if (quality === sampleGood) good++
      else if (quality === sampleBad) this.#bad[bucket]!++
      else {
        this.#uncertain[bucket]!++
        if (number < this.#uncertainMinimum[bucket]!) this.#uncertainMinimum[bucket] = number
        if (number > this.#uncertainMaximum[bucket]!) this.#uncertainMaximum[bucket] = number
      }
    }
    this.#firstQuality[bucket] = firstQuality
    this.#lastQuality[bucket] = lastQuality
    this.#good[bucket]! += good
    this.#numbers[bucket]! += numbers
    this.#sum[bucket]! += sum
    this.#minimum[bucket] = minimum
    this.#maximum[bucket] = maximum
    this.#first[bucket] = first
    this.#last[bucket] = last
  }

  /** The aggregate of every bucket, without the partial bit, and without what {@link ExtremeTimes} finds for extremes. */
  result(mode: ValueAggregate, configuration: AggregateConfiguration): AggregateColumns {
    const { count } = this.#buckets
    const values = new Float64Array(count).fill(Number.NaN)
    const statusCodes = new Uint32Array(count).fill(codeBadNoData)
    for (let bucket = 0; bucket < count; bucket++) {
      if (this.#good[bucket]! + this.#uncertain[bucket]! + this.#bad[bucket]! === 0) continue
      const status = this.#status(mode, bucket, configuration)
      if (status === codeBadNoData) continue
      if (status === codeBad) {
        statusCodes[bucket] = codeBad
        continue
      }
      values[bucket] = this.#value(mode, bucket)
      statusCodes[bucket] = (status | infoBits.calculated) >>> 0
    }
    return { values, statusCodes }
  }

  #value(mode: ValueAggregate, bucket: number): number {
    switch (mode) {
      case 'average':
        return this.#sum[bucket]! / this.#numbers[bucket]!
      case 'minimum':
        return this.#minimum[bucket]!
      case 'maximum':
        return this.#maximum[bucket]!
      case 'range':
        return this.#maximum[bucket]! - this.#minimum[bucket]!
      case 'count':
        return this.#good[bucket]!
      case 'delta':
        return this.#numbers[bucket] === 0 ? 0 : this.#last[bucket]! - this.#first[bucket]!
    }
  }

  #status(mode: ValueAggregate, bucket: number, configuration: AggregateConfiguration): number {
    const good = this.#good[bucket]!
    const uncertain = this.#uncertain[bucket]!
    const bad = this.#bad[bucket]!
    if (mode === 'count') return statusByCount(good, bad, good + uncertain + bad, configuration)
    if (mode === 'delta') {
      const isWhole = this.#firstQuality[bucket] === sampleGood && this.#lastQuality[bucket] === sampleGood
      return isWhole ? codeGood : codeUncertainDataSubNormal
    }
    if (this.#numbers[bucket] === 0) return codeBadNoData
    if (mode === 'average') return statusByCount(good, bad, good + uncertain + bad, configuration)
    if (bad > 0 || (configuration.treatUncertainAsBad && uncertain > 0)) return codeUncertainDataSubNormal
    const isBelow = mode !== 'maximum' && this.#uncertainMinimum[bucket]! < this.#minimum[bucket]!
    const isAbove = mode !== 'minimum' && this.#uncertainMaximum[bucket]! > this.#maximum[bucket]!
    return isBelow || isAbove ? codeUncertainDataSubNormal : codeGood
  }

  #quality(bucket: number, firstCode: number, lastCode: number): void {
    if (this.#firstQuality[bucket] === noSample) this.#firstQuality[bucket] = sampleQuality(firstCode, true)
    this.#lastQuality[bucket] = sampleQuality(lastCode, true)
  }

  #figures(
    bucket: number,
    good: number,
    sum: number,
    minimum: number,
    maximum: number,
    first: number,
    last: number,
  ): void {
    if (Number.isNaN(this.#first[bucket]!)) this.#first[bucket] = first
    this.#last[bucket] = last
    this.#good[bucket]! += good
    this.#numbers[bucket]! += good
    this.#sum[bucket]! += sum
    if (minimum < this.#minimum[bucket]!) this.#minimum[bucket] = minimum
    if (maximum > this.#maximum[bucket]!) this.#maximum[bucket] = maximum
  }
}

/**
 * When an extreme occurs, for the bits of minimum and maximum: at the start of its bucket (then it is raw, not calculated), and at more
 * than one time stamp. A second walk; only blocks whose own extreme is that of the bucket are read.
 */
export class ExtremeTimes implements BucketGatherer {
  readonly #which: 'minimum' | 'maximum'
  readonly #values: ValueGatherer
  readonly #timestamp: Float64Array
  readonly #isMultiple: Uint8Array

  constructor(which: 'minimum' | 'maximum', values: ValueGatherer, count: number) {
    this.#which = which
    this.#values = values
    this.#timestamp = new Float64Array(count).fill(Number.NaN)
    this.#isMultiple = new Uint8Array(count)
  }

  takeChunk(bucket: number, rows: ChunkRows, row: number): boolean {
    return this.skips(bucket, bucket, rows.minimum(row), rows.maximum(row))
  }

  takeBlock(bucket: number, blocks: BlockSummaries, block: number): boolean {
    return this.skips(bucket, bucket, blocks.minimum[block]!, blocks.maximum[block]!)
  }

  /** The extremes of a run are over Uncertain samples too: what they do not reach, its Good ones do not. */
  skips(firstBucket: number, lastBucket: number, minimum: number, maximum: number): boolean {
    for (let bucket = firstBucket; bucket <= lastBucket; bucket++) {
      const extreme = this.#values.extreme(this.#which, bucket)
      const isReached = this.#which === 'minimum' ? minimum <= extreme : maximum >= extreme
      if (isReached && this.#isMultiple[bucket] === 0) return false
    }
    return true
  }

  takeRows(bucket: number, { timestamp, value, statusCode }: Samples, begin: number, end: number): void {
    if (this.#isMultiple[bucket] === 1) return
    const extreme = this.#values.extreme(this.#which, bucket)
    for (let row = begin; row < end; row++) {
      if (value[row] !== extreme || statusCode[row]! >>> 30 !== 0) continue
      if (Number.isNaN(this.#timestamp[bucket]!)) this.#timestamp[bucket] = timestamp[row]!
      else if (this.#timestamp[bucket] !== timestamp[row]) {
        this.#isMultiple[bucket] = 1
        return
      }
    }
  }

  /** Puts the bits to the codes. */
  apply({ statusCodes }: AggregateColumns, edges: Float64Array): void {
    for (let bucket = 0; bucket < statusCodes.length; bucket++) {
      const code = statusCodes[bucket]!
      if (code >>> 31 === 1) continue
      const isRaw = code >>> 30 === 0 && this.#timestamp[bucket] === edges[bucket]
      const bits = this.#isMultiple[bucket] === 1 ? infoBits.multipleValues : 0
      statusCodes[bucket] = ((isRaw ? (code & 0xffff0000) >>> 0 : code) | bits) >>> 0
    }
  }
}
