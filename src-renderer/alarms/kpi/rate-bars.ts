// The course of the alarm rate as bars: one for each 10 minutes, or for several where there is no room; the worst one stands for them.
import { alarmPeriodsMs } from '../../../src-main/shared/alarm-report.ts'

const periodMs = alarmPeriodsMs.tenMinutes

/** One bar. `from` and `to` in ms; `count`: the greatest of its periods; `total`: of all of them. */
export interface RateBar {
  readonly from: number
  readonly to: number
  readonly count: number
  readonly total: number
  /** 10-minute periods it stands for. */
  readonly periodCount: number
}

/** Bars of the counts from `from` on, at most `most` of them, all of one width. */
export function rateBars(counts: readonly number[], from: number, to: number, most: number): readonly RateBar[] {
  const each = Math.max(1, Math.ceil(counts.length / Math.max(1, most)))
  const bars: RateBar[] = []
  for (let first = 0; first < counts.length; first += each) {
    let count = 0
    let total = 0
    const last = Math.min(first + each, counts.length)
    for (let at = first; at < last; at++) {
      count = Math.max(count, counts[at]!)
      total += counts[at]!
    }
    bars.push({
      from: from + first * periodMs,
      to: Math.min(from + last * periodMs, to),
      count,
      total,
      periodCount: last - first,
    })
  }
  return bars
}

/** Top of the scale: the next of 1, 2, 5 · 10ⁿ that holds the count, and never less than shows the flood line. */
export function scaleTop(count: number, least: number): number {
  const wanted = Math.max(count, least)
  const power = 10 ** Math.floor(Math.log10(wanted))
  return [1, 2, 5, 10].map((step) => step * power).find((top) => top >= wanted)!
}
