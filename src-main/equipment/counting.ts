// How wear is counted from values and their source times: running time, starts, distance. A value that is not known counts nothing, nor
// does the time until it is known again.

/** Row that was reported: the condition or value from `timestamp` on. */
export interface CountedMoment {
  /** ms since 1970-01-01 UTC, by the source's clock. */
  readonly timestamp: number
  /** The source's time went back: its clock was set. */
  readonly isStepBack: boolean
  /** Station's clock when it came, ms since 1970-01-01 UTC. */
  readonly now: number
  /** Station's monotonic clock when it came, ms. */
  readonly monotonic: number
}

/** A row this much older than the station's time was on its way or waited; one older still has a clock of its own. ms. */
const usualLagMs = 5000

/**
 * Milliseconds during which a condition is true. Between two reported moments the source's clock counts, so that a batch that comes late
 * or all at once counts exactly; but never more than has passed at the station since the condition is known, so that neither a clock
 * that is set, nor the age of a value that comes back, nor a standstill of the station counts.
 */
export class RunningTime {
  #isTrue: boolean | null = null
  /** Source's time up to which it is counted. */
  #countedUntil = 0
  /** Monotonic time of that. */
  #countedAt = 0
  /** Station's time less the source's when the last moment came. */
  #lag = 0
  #total = 0
  /** Counted since the condition is known, and how much of it the start may add to what has passed. */
  #known = 0
  #knownSince = 0
  #knownLag = 0
  #shown = 0

  /** `monotonic`: now; nothing counts before. */
  constructor(monotonic: number) {
    this.#countedAt = monotonic
  }

  get isTrue(): boolean | null {
    return this.#isTrue
  }

  /** The condition is true, false or not known (null) from this moment on. */
  turn(isTrue: boolean | null, moment: CountedMoment): void {
    const { timestamp, monotonic, now } = moment
    if (this.#isTrue === true) this.#add(this.#passed(isTrue, moment), monotonic)
    if (this.#isTrue === null && isTrue !== null) this.#begin(moment)
    this.#countedUntil = moment.isStepBack ? timestamp : Math.max(timestamp, this.#countedUntil)
    this.#countedAt = monotonic
    this.#lag = now - timestamp
    this.#isTrue = isTrue
  }

  /** Counted so far, what runs now included; never less than it was. */
  total(monotonic: number): number {
    const running = this.#isTrue === true ? this.#allowed(Math.max(0, monotonic - this.#countedAt), monotonic) : 0
    this.#shown = Math.max(this.#shown, this.#total + running)
    return this.#shown
  }

  /** Begins at zero again; what runs goes on from now. */
  reset(monotonic: number): void {
    const passed = Math.max(0, monotonic - this.#countedAt)
    this.#countedUntil += passed
    this.#countedAt = monotonic
    this.#knownSince = monotonic
    this.#knownLag = 0
    this.#known = 0
    this.#total = 0
    this.#shown = 0
  }

  /** The station stood still for so long. */
  standstill(durationMs: number): void {
    this.#countedUntil += durationMs
    this.#countedAt += durationMs
    this.#knownSince += durationMs
  }

  #begin({ timestamp, monotonic, now }: CountedMoment): void {
    const lag = now - timestamp
    this.#knownSince = monotonic
    // What it says of the time before it came counts, but not back into the time when nothing was known.
    this.#knownLag = lag >= 0 && lag <= usualLagMs ? Math.min(lag, monotonic - this.#countedAt) : 0
    this.#known = 0
    this.#countedUntil = timestamp
  }

  #passed(isTrue: boolean | null, { timestamp, isStepBack, now, monotonic }: CountedMoment): number {
    // The station itself says that a device was lost, by its own clock; a device with another clock was counted by this one too.
    const isOwnWord = isTrue === null && Math.abs(now - timestamp) <= usualLagMs && Math.abs(this.#lag) > usualLagMs
    if (isOwnWord) return Math.max(0, monotonic - this.#countedAt)
    if (isStepBack) return 0
    // What the source says has passed can be more than has passed here only by how late the last moment came.
    const most = monotonic - this.#countedAt + Math.max(0, this.#lag)
    return Math.max(0, Math.min(timestamp - this.#countedUntil, most))
  }

  #add(passedMs: number, monotonic: number): void {
    const counted = this.#allowed(passedMs, monotonic)
    this.#known += counted
    this.#total += counted
  }

  #allowed(passedMs: number, monotonic: number): number {
    return Math.max(0, Math.min(passedMs, monotonic - this.#knownSince + this.#knownLag - this.#known))
  }
}

/** How often a condition became true. From not known to true it may have been so all the time. */
export class Occurrences {
  #isTrue: boolean | null = null
  #total = 0

  turn(isTrue: boolean | null): void {
    if (this.#isTrue === false && isTrue === true) this.#total++
    this.#isTrue = isTrue
  }

  total(): number {
    return this.#total
  }

  reset(): void {
    this.#total = 0
  }
}

/** Distance a value has moved, to and fro; in its unit. */
export class Travel {
  #value: number | null = null
  #total = 0

  /** null = not known. */
  move(value: number | null): void {
    if (this.#value !== null && value !== null) this.#total += Math.abs(value - this.#value)
    this.#value = value
  }

  total(): number {
    return this.#total
  }

  reset(): void {
    this.#total = 0
  }
}
