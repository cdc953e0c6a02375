// More alarms than an operator can answer (ISA-18.2 clause 16.5.3): counted in a window of ten minutes that moves with time.

/** Span in which annunciated alarms are counted; ms. */
export const floodWindowMs = 600_000

/** A change of the flood; `timestamp` in the time of the caller. */
export interface FloodLimits {
  /** So many begin it … */
  readonly floodStartCount: number
  /** … and fewer than so many end it. */
  readonly floodEndCount: number
}

/** Monotonic times go in; wall times are only kept to be shown. */
export class AlarmFlood {
  /** Moments and how many were annunciated then; the first `#begin` are forgotten. */
  #times: number[] = []
  #counts: number[] = []
  #begin = 0
  #rate = 0
  #since: number | null = null
  limits: FloodLimits

  constructor(limits: FloodLimits) {
    this.limits = limits
  }

  /** Annunciated in the last ten minutes before the last call. */
  get rate(): number {
    return this.#rate
  }

  /** Wall time at which the flood began; null = there is none. */
  get since(): number | null {
    return this.#since
  }

  /** When the next annunciation leaves the window; Infinity when there is none in it. */
  get nextTime(): number {
    const oldest = this.#times[this.#begin]
    return oldest === undefined ? Number.POSITIVE_INFINITY : oldest + floodWindowMs
  }

  /** An alarm is annunciated. */
  add(monotonic: number, now: number): void {
    this.#forget(monotonic)
    if (this.#times.at(-1) === monotonic && this.#begin < this.#times.length) this.#counts[this.#counts.length - 1]!++
    else {
      this.#times.push(monotonic)
      this.#counts.push(1)
    }
    this.#rate++
    if (this.#since === null && this.#rate >= this.limits.floodStartCount) this.#since = now
  }

  /** Time has passed; true when a flood ended with it. */
  pass(monotonic: number): boolean {
    const before = this.#since
    this.#forget(monotonic)
    return before !== null && this.#since === null
  }

  #forget(monotonic: number): void {
    while (this.#begin < this.#times.length && this.#times[this.#begin]! + floodWindowMs <= monotonic) {
      this.#rate -= this.#counts[this.#begin]!
      this.#begin++
    }
    if (this.#since !== null && this.#rate < this.limits.floodEndCount) this.#since = null
    if (this.#begin < 1024 || this.#begin * 2 < this.#times.length) return
    this.#times = this.#times.slice(this.#begin)
    this.#counts = this.#counts.slice(this.#begin)
    this.#begin = 0
  }
}
