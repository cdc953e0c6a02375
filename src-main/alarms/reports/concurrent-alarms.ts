// How many alarms were in one state at a time: the average over a span, and the most at the start of any of its 10-minute periods.
// Intervals may come in any order; memory is four bytes for each period.
import { type AlarmPeak, alarmPeriodsMs } from '../../shared/alarm-report.ts'

export class ConcurrentAlarms {
  readonly #from: number
  readonly #to: number
  /** Change of the count at the start of each period. */
  readonly #changes: Int32Array
  #totalMs = 0
  #longestMs = 0

  /** Of [from, to); ms since 1970-01-01 UTC. */
  constructor(from: number, to: number) {
    this.#from = from
    this.#to = to
    this.#changes = new Int32Array(Math.ceil((to - from) / alarmPeriodsMs.tenMinutes) + 1)
  }

  /** One alarm was in the state in [start, end); gives how much of it lies in the span, ms. */
  add(start: number, end: number): number {
    const first = Math.max(start, this.#from)
    const last = Math.min(end, this.#to)
    if (last <= first) return 0
    this.#totalMs += last - first
    this.#longestMs = Math.max(this.#longestMs, last - first)
    this.#changes[this.#periodFrom(first)]!++
    this.#changes[this.#periodFrom(last)]!--
    return last - first
  }

  /** ms. */
  get totalMs(): number {
    return this.#totalMs
  }

  /** Longest single one within the span; ms. */
  get longestMs(): number {
    return this.#longestMs
  }

  get averageCount(): number {
    return this.#totalMs / (this.#to - this.#from)
  }

  /** null = at no start of a period there was one. */
  peak(): AlarmPeak | null {
    let best: AlarmPeak | null = null
    let count = 0
    for (const [period, change] of this.#changes.entries()) {
      count += change
      const timestamp = this.#from + period * alarmPeriodsMs.tenMinutes
      if (count > (best?.count ?? 0)) best = { count, timestamp }
    }
    return best
  }

  /** First period that starts at or after an instant. */
  #periodFrom(timestamp: number): number {
    return Math.ceil((timestamp - this.#from) / alarmPeriodsMs.tenMinutes)
  }
}
