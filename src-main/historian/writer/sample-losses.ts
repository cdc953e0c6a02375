// What was offered and could not be kept, as spans of time: for health, and for those who look at a trend.
import type { HistorianGap } from '../history-input.ts'

/** Gaps that are remembered. */
const gapLimit = 100

export class SampleLosses {
  /** Samples that were lost. */
  count = 0
  #gaps: HistorianGap[] = []

  get gaps(): readonly HistorianGap[] {
    return this.#gaps
  }

  /** `count` samples from `timestamp` on are lost: a gap begins, or the open one goes on. */
  add(count: number, timestamp: number, reason: string): void {
    this.count += count
    const open = this.#gaps.at(-1)
    if (open && open.to === null) this.#gaps[this.#gaps.length - 1] = { ...open, lostCount: open.lostCount + count }
    else this.#gaps = [...this.#gaps, { from: timestamp, to: null, lostCount: count, reason }].slice(-gapLimit)
  }

  /** Recording goes on: the open gap ends. */
  end(timestamp: number): void {
    const open = this.#gaps.at(-1)
    if (open?.to === null) this.#gaps = [...this.#gaps.slice(0, -1), { ...open, to: timestamp }]
  }

  /** A time in which there was nobody who could have lost anything. */
  addAbsence(from: number, to: number, reason: string): void {
    this.#gaps = [...this.#gaps, { from, to, lostCount: 0, reason }].slice(-gapLimit)
  }
}
