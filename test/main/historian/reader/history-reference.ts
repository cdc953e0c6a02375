// The rules of reading history said as plainly as they can be, by looking at every sample for every row: what the fast way is held against.
import {
  type AggregateConfiguration,
  defaultAggregateConfiguration,
  type HistoryMode,
} from '../../../../src-main/shared/history.ts'

/** One sample; NaN = no value. */
export interface PlainSample {
  readonly timestamp: number
  readonly value: number
  readonly statusCode: number
}

/** What arrived together; `isBackFill`: takes the place of everything older with the same time stamp. */
export interface Arrival {
  readonly samples: readonly PlainSample[]
  readonly isBackFill: boolean
}

export interface PlainRow {
  readonly value: number | null
  readonly statusCode: number
}

const noData: PlainRow = { value: null, statusCode: 0x809b0000 }
const good = 0
const uncertain = 0x40a40000
const calculated = 0x401
const interpolated = 0x402
const partial = 0x404
const multiple = 0x410

/** Arrivals in order → samples in order of time, those of one ms in order of arrival. */
export function arranged(arrivals: readonly Arrival[]): PlainSample[] {
  let all: PlainSample[] = []
  for (const { samples, isBackFill } of arrivals) {
    const replaced = new Set(isBackFill ? samples.map(({ timestamp }) => timestamp) : [])
    all = [...all.filter(({ timestamp }) => !replaced.has(timestamp)), ...samples]
  }
  return all.sort((a, b) => a.timestamp - b.timestamp)
}

type Quality = 'good' | 'uncertain' | 'bad'

export function plainQuality({ value, statusCode }: PlainSample): Quality {
  if (statusCode >>> 31 === 1 || Number.isNaN(value)) return 'bad'
  return statusCode >>> 30 === 0 ? 'good' : 'uncertain'
}

export class Reference {
  readonly #stored: readonly PlainSample[]
  /** Without the marks at the beginning that there is no data yet. */
  readonly #all: readonly PlainSample[]
  readonly #stepped: boolean
  readonly #configuration: AggregateConfiguration

  constructor(all: readonly PlainSample[], stepped: boolean, configuration: Partial<AggregateConfiguration> = {}) {
    this.#stored = all
    const first = all.find(({ statusCode }) => statusCode >>> 16 !== 0x809b)
    this.#all = first ? all.filter(({ timestamp }) => timestamp >= first.timestamp) : []
    this.#stepped = stepped
    this.#configuration = { ...defaultAggregateConfiguration, ...configuration }
  }

  /** Rows of [from, to) in buckets of `width`. */
  buckets(mode: HistoryMode, from: number, to: number, width: number): PlainRow[] {
    const rows: PlainRow[] = []
    for (let index = 0; from + index * width < to; index++) {
      const begin = from + index * width
      rows.push(this.bucket(mode, begin, Math.min(to, begin + width), to, begin + width > to))
    }
    return rows
  }

  bucket(mode: HistoryMode, begin: number, end: number, to: number, isCut: boolean): PlainRow {
    if (mode === 'interpolative') return this.at(begin)
    const row =
      mode === 'timeAverage'
        ? this.#timeAverage(begin, end)
        : mode === 'durationGood' || mode === 'percentGood'
          ? this.#durationGood(begin, end, mode === 'percentGood')
          : this.#ofValues(mode, begin, end)
    if (row.value === null || mode === 'average') return row
    const first = this.#all[0]?.timestamp ?? Number.POSITIVE_INFINITY
    const last = this.#all.at(-1)?.timestamp ?? Number.NEGATIVE_INFINITY
    const isEnd =
      mode !== 'timeAverage' && last >= begin && last < end && !this.#all.some(({ timestamp }) => timestamp >= to)
    const isPartial = (first > begin && first < end) || isEnd || isCut
    return isPartial ? { ...row, statusCode: (row.statusCode | partial) >>> 0 } : row
  }

  /** Interpolated bounding value (section 3.1.8). */
  at(instant: number): PlainRow {
    const exact = this.#all.findLast((sample) => sample.timestamp === instant && this.#isUsable(sample))
    if (exact) return { value: exact.value, statusCode: exact.statusCode }
    const earlyIndex = this.#all.findLastIndex((sample) => sample.timestamp < instant && this.#isUsable(sample))
    if (earlyIndex < 0) return noData
    const early = this.#all[earlyIndex]!
    const lateIndex = this.#all.findIndex((sample) => sample.timestamp > instant && this.#isUsable(sample))
    const late = this.#all[lateIndex]
    const row = (value: number, isUncertain: boolean) => ({
      value,
      statusCode: ((isUncertain ? uncertain : good) | interpolated) >>> 0,
    })
    const isDoubtful = (sample: PlainSample) => plainQuality(sample) !== 'good'
    const passed = this.#all.slice(earlyIndex + 1, late ? lateIndex : undefined)
    if (this.#stepped) {
      const hasGap = passed.some(({ timestamp }) => timestamp <= instant)
      const isEnd = !this.#all.some(({ timestamp }) => timestamp > instant)
      return row(early.value, isDoubtful(early) || hasGap || isEnd)
    }
    const line = (a: PlainSample, b: PlainSample) =>
      a.value + ((instant - a.timestamp) / (b.timestamp - a.timestamp)) * (b.value - a.value)
    if (late) return row(line(early, late), isDoubtful(early) || isDoubtful(late) || passed.length > 0)
    const second = this.#all.findLast((sample) => sample.timestamp < early.timestamp && this.#isUsable(sample))
    if (this.#configuration.useSlopedExtrapolation && second) return row(line(second, early), true)
    return row(early.value, true)
  }

  raw(from: number, to: number, bounds: boolean): PlainSample[] {
    const inside = this.#stored.filter(({ timestamp }) => timestamp >= from && timestamp < to)
    if (!bounds) return inside
    const before = this.#stored.findLast(({ timestamp }) => timestamp < from)
    const after = this.#stored.find(({ timestamp }) => timestamp >= to)
    return [...(before ? [before] : []), ...inside, ...(after ? [after] : [])]
  }

  #isUsable(sample: PlainSample): boolean {
    const quality = plainQuality(sample)
    return quality === 'good' || (quality === 'uncertain' && !this.#configuration.treatUncertainAsBad)
  }

  #ofValues(mode: HistoryMode, begin: number, end: number): PlainRow {
    const inside = this.#all.filter((sample) => sample.timestamp >= begin && sample.timestamp < end)
    if (inside.length === 0) return noData
    const goods = inside.filter((sample) => plainQuality(sample) === 'good')
    const uncertains = inside.filter((sample) => plainQuality(sample) === 'uncertain')
    const bads = inside.filter((sample) => plainQuality(sample) === 'bad')
    const values = goods.map(({ value }) => value)
    if (mode === 'count') return this.#byCount(goods.length, goods.length, bads.length, inside.length)
    if (mode === 'delta') {
      const isWhole = plainQuality(inside[0]!) === 'good' && plainQuality(inside.at(-1)!) === 'good'
      const value = goods.length === 0 ? 0 : values.at(-1)! - values[0]!
      return { value, statusCode: ((isWhole ? good : uncertain) | calculated) >>> 0 }
    }
    if (goods.length === 0) return noData
    if (mode === 'average') {
      const average = values.reduce((sum, value) => sum + value, 0) / values.length
      return this.#byCount(average, goods.length, bads.length, inside.length)
    }
    const least = Math.min(...values)
    const most = Math.max(...values)
    const isBelow = uncertains.some(({ value }) => value < least)
    const isAbove = uncertains.some(({ value }) => value > most)
    const isDoubtful =
      bads.length > 0 ||
      (this.#configuration.treatUncertainAsBad && uncertains.length > 0) ||
      (isBelow && mode !== 'maximum') ||
      (isAbove && mode !== 'minimum')
    const severity = isDoubtful ? uncertain : good
    if (mode === 'range') return { value: most - least, statusCode: (severity | calculated) >>> 0 }
    const extreme = mode === 'minimum' ? least : most
    const times = [...new Set(goods.filter(({ value }) => value === extreme).map(({ timestamp }) => timestamp))]
    const isRaw = !isDoubtful && times[0] === begin
    return {
      value: extreme,
      statusCode: (severity | (isRaw ? 0 : calculated) | (times.length > 1 ? multiple : 0)) >>> 0,
    }
  }

  #byCount(value: number, goods: number, bads: number, all: number): PlainRow {
    const { percentDataBad, percentDataGood } = this.#configuration
    if (bads > 0 && (bads / all) * 100 >= percentDataBad) return { value: null, statusCode: 0x80000000 }
    const severity = (goods / all) * 100 >= percentDataGood ? good : uncertain
    return { value, statusCode: (severity | calculated) >>> 0 }
  }

  /** Area under the curve of {@link at}, cut at every sample; exact because the curve is straight between them. */
  #timeAverage(begin: number, end: number): PlainRow {
    const first = this.#all.find((sample) => this.#isUsable(sample))
    if (!first || first.timestamp >= end) return noData
    const start = Math.max(begin, first.timestamp)
    const cuts = this.#all.map(({ timestamp }) => timestamp).filter((timestamp) => timestamp > start && timestamp < end)
    const edges = [...new Set([start, ...cuts, end])].sort((a, b) => a - b)
    let area = 0
    let isDoubtful = start > begin
    for (let index = 0; index + 1 < edges.length; index++) {
      const a = edges[index]!
      const b = edges[index + 1]!
      // Nothing lies between a and b: the value and the status in the middle are those of the whole piece.
      const middle = this.at((a + b) / 2)
      area += middle.value! * (b - a)
      if (middle.statusCode >>> 30 !== 0) isDoubtful = true
    }
    return { value: area / (end - start), statusCode: ((isDoubtful ? uncertain : good) | calculated) >>> 0 }
  }

  #durationGood(begin: number, end: number, asPercent: boolean): PlainRow {
    const first = this.#all[0]
    const last = this.#all.at(-1)
    if (!first || first.timestamp >= end || last!.timestamp < begin) return noData
    let duration = 0
    const inside = this.#all.filter(({ timestamp }) => timestamp >= begin && timestamp < end)
    const before = this.#all.findLast(({ timestamp }) => timestamp < begin)
    const after = this.#all.find(({ timestamp }) => timestamp >= begin)
    const isStartGood =
      before !== undefined &&
      plainQuality(before) === 'good' &&
      (this.#stepped || after === undefined || plainQuality(after) === 'good')
    if (isStartGood) duration += (inside[0]?.timestamp ?? end) - begin
    for (const [index, sample] of inside.entries())
      if (plainQuality(sample) === 'good') duration += (inside[index + 1]?.timestamp ?? end) - sample.timestamp
    return { value: asPercent ? (duration / (end - begin)) * 100 : duration, statusCode: calculated }
  }
}
