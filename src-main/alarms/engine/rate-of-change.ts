// How fast a value changes: it is a step function, held from one sample to the next, seen through a window that moves on.

/** Steps that are closer to each other than this part of the window become one: memory stays bounded at any sampling rate. */
const finestPart = 1 / 512

export class RateOfChange {
  /** Source times, rising, and the values from there on. */
  readonly #times: number[] = []
  readonly #values: number[] = []
  #windowMs: number

  /** `windowMs`: span over which the change is taken, > 0. */
  constructor(windowMs: number) {
    this.#windowMs = windowMs
  }

  set windowMs(windowMs: number) {
    this.#windowMs = windowMs
  }

  /** Source time of the newest step; NaN before the first. */
  get newestTime(): number {
    return this.#times.at(-1) ?? Number.NaN
  }

  /** Value of the newest step; NaN before the first. */
  get newestValue(): number {
    return this.#values.at(-1) ?? Number.NaN
  }

  get stepCount(): number {
    return this.#times.length
  }

  /**
   * A new sample. A source clock that goes back by less than the window counts as standing still; one that was set back
   * further makes what was known useless.
   */
  add(time: number, value: number): void {
    const last = this.#times.length - 1
    const newest = this.#times[last]
    if (newest !== undefined && time < newest - this.#windowMs) {
      this.#times.length = 0
      this.#values.length = 0
    } else if (newest !== undefined && time - newest < this.#windowMs * finestPart) {
      this.#values[last] = value
      return
    }
    this.#times.push(time)
    this.#values.push(value)
    this.#forget(time - this.#windowMs)
  }

  /** Engineering units per second at `time`, which is not before the newest sample. What was before the first sample was the same. */
  rateAt(time: number): number {
    const before = this.#valueAt(time - this.#windowMs)
    const present = this.#values.at(-1)
    return before === undefined || present === undefined ? 0 : ((present - before) / this.#windowMs) * 1000
  }

  /** When the rate changes by itself, because the window has passed a step; Infinity when all steps lie behind. */
  nextTimeAfter(time: number): number {
    for (const step of this.#times) if (step + this.#windowMs > time) return step + this.#windowMs
    return Number.POSITIVE_INFINITY
  }

  #valueAt(time: number): number | undefined {
    let value = this.#values[0]
    for (let at = 0; at < this.#times.length && this.#times[at]! <= time; at++) value = this.#values[at]
    return value
  }

  /** Of the steps that the window has passed only the last one counts. */
  #forget(windowStart: number): void {
    let passed = 0
    while (passed + 1 < this.#times.length && this.#times[passed + 1]! <= windowStart) passed++
    if (passed === 0) return
    this.#times.splice(0, passed)
    this.#values.splice(0, passed)
  }
}
