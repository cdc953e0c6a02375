// Figures of a brushed span of a trend: every sample of it is looked at.
import type { AggregateConfiguration, HistoryStatistics } from '../../shared/history.ts'
import type { Samples } from '../samples.ts'
import type { Buckets } from './aggregate-buckets.ts'
import { sampleGood, sampleQuality, sampleUncertain } from './aggregate-status.ts'
import { TimeAverageGatherer, type TimeBounds } from './aggregate-time.ts'
import type { BucketGatherer } from './aggregate-walk.ts'

/** Gathers the statistics of one tag over one bucket: the span. */
export class StatisticsGatherer implements BucketGatherer {
  readonly #buckets: Buckets
  readonly #timeAverage: TimeAverageGatherer
  readonly #stateDurations: Map<number, number> | null
  #count = 0
  #goodCount = 0
  #minimum = Number.POSITIVE_INFINITY
  #minimumTimestamp = Number.NaN
  #maximum = Number.NEGATIVE_INFINITY
  #maximumTimestamp = Number.NaN
  #first = Number.NaN
  #last = Number.NaN
  /** Sums of the distances from the first value: squares of great values would lose the small differences. */
  #sum = 0
  #sumOfSquares = 0
  #durationGood = 0
  /** The sample that reigns. */
  #time = Number.NaN
  #isGood = false
  #state = Number.NaN

  constructor(
    buckets: Buckets,
    isStepped: boolean,
    hasStates: boolean,
    configuration: AggregateConfiguration,
    bounds: TimeBounds,
  ) {
    this.#buckets = buckets
    this.#timeAverage = new TimeAverageGatherer(buckets, isStepped, configuration, bounds)
    this.#stateDurations = hasStates ? new Map() : null
    const before = bounds.anyBefore
    if (before)
      this.#reign(buckets.from, before.value, before.statusCode, before.other !== undefined && before.other !== null)
  }

  takeChunk(): boolean {
    return false
  }

  takeBlock(): boolean {
    return false
  }

  takeRows(bucket: number, samples: Samples, begin: number, end: number): void {
    const { timestamp, value, statusCode, others } = samples
    this.#timeAverage.takeRows(bucket, samples, begin, end)
    this.#count += end - begin
    for (let row = begin; row < end; row++) {
      const number = value[row]!
      const code = statusCode[row]!
      const other = others?.[row]
      this.#reign(timestamp[row]!, number, code, other !== undefined && other !== null)
      if (!this.#isGood) continue
      this.#goodCount++
      if (Number.isNaN(number)) continue
      if (Number.isNaN(this.#first)) this.#first = number
      this.#last = number
      const distance = number - this.#first
      this.#sum += distance
      this.#sumOfSquares += distance * distance
      if (number < this.#minimum) {
        this.#minimum = number
        this.#minimumTimestamp = timestamp[row]!
      }
      if (number > this.#maximum) {
        this.#maximum = number
        this.#maximumTimestamp = timestamp[row]!
      }
    }
  }

  /** `numberCount` of the good samples have a number when the series holds numbers. */
  result(tag: string, bounds: TimeBounds): HistoryStatistics {
    const { to } = this.#buckets
    if (!Number.isNaN(this.#time)) this.#lay(to)
    this.#timeAverage.finish(bounds)
    const timeAverage = this.#timeAverage.result().values[0]!
    const isNumeric = !Number.isNaN(this.#first)
    const n = this.#goodCount
    const variance = n > 1 ? Math.max(0, (this.#sumOfSquares - (this.#sum * this.#sum) / n) / (n - 1)) : 0
    return {
      tag,
      count: this.#count,
      goodCount: n,
      minimum: isNumeric ? this.#minimum : null,
      minimumTimestamp: isNumeric ? this.#minimumTimestamp : null,
      maximum: isNumeric ? this.#maximum : null,
      maximumTimestamp: isNumeric ? this.#maximumTimestamp : null,
      average: isNumeric ? this.#first + this.#sum / n : null,
      timeAverage: Number.isNaN(timeAverage) ? null : timeAverage,
      standardDeviation: isNumeric ? Math.sqrt(variance) : null,
      first: isNumeric ? this.#first : null,
      last: isNumeric ? this.#last : null,
      durationGoodMs: this.#durationGood,
      stateDurations: this.#stateDurations
        ? Object.fromEntries([...this.#stateDurations].map(([state, ms]) => [String(state), ms]))
        : null,
    }
  }

  #reign(time: number, number: number, code: number, hasOther: boolean): void {
    if (!Number.isNaN(this.#time)) this.#lay(time)
    this.#time = time
    const quality = sampleQuality(code, !Number.isNaN(number) || hasOther)
    this.#isGood = quality === sampleGood
    this.#state = quality === sampleGood || quality === sampleUncertain ? number : Number.NaN
  }

  #lay(end: number): void {
    const ms = end - this.#time
    if (this.#isGood) this.#durationGood += ms
    if (this.#stateDurations && ms > 0 && !Number.isNaN(this.#state))
      this.#stateDurations.set(this.#state, (this.#stateDurations.get(this.#state) ?? 0) + ms)
  }
}
