// Bursts of one alarm: how often it came within a window, in bursts, and the chatter index of its run lengths (conformance A48).
import type { AlarmPeak } from '../../shared/alarm-report.ts'

/** Takes the activations of one alarm in order of time. Memory: the activations of one window. */
export class ActivationBursts {
  readonly #count: number
  readonly #windowMs: number
  /** Activations of the window (t − window, t]. */
  #recent: number[] = []
  /** How many of `recent`, from its end, do not belong to a burst yet. */
  #uncountedCount = 0
  #isBurst = false
  #lastTimestamp = Number.NaN
  #runCount = 0
  #inverseRunSum = 0
  activationCount = 0
  episodeCount = 0
  /** Activations that belong to a burst. */
  burstActivationCount = 0
  worst: AlarmPeak | null = null

  constructor(count: number, windowMs: number) {
    this.#count = count
    this.#windowMs = windowMs
  }

  /** ms since 1970-01-01 UTC, not before the one before. */
  activated(timestamp: number): void {
    this.activationCount++
    this.#addRun(timestamp)
    let expired = 0
    while (expired < this.#recent.length && this.#recent[expired]! <= timestamp - this.#windowMs) expired++
    if (expired > 0) this.#recent = this.#recent.slice(expired)
    this.#recent.push(timestamp)
    this.#uncountedCount = Math.min(this.#uncountedCount + 1, this.#recent.length)
    if (this.#recent.length > (this.worst?.count ?? 0))
      this.worst = { count: this.#recent.length, timestamp: this.#recent[0]! }
    const isBurst = this.#recent.length >= this.#count
    if (isBurst) {
      if (!this.#isBurst) this.episodeCount++
      this.burstActivationCount += this.#uncountedCount
      this.#uncountedCount = 0
    }
    this.#isBurst = isBurst
  }

  /** Ψ = Σ n(r)/r / Σ n(r), r in whole seconds, at least 1; 0 with fewer than two activations. */
  get chatterIndex(): number {
    return this.#runCount === 0 ? 0 : this.#inverseRunSum / this.#runCount
  }

  #addRun(timestamp: number): void {
    if (!Number.isNaN(this.#lastTimestamp)) {
      this.#runCount++
      this.#inverseRunSum += 1 / Math.max(1, Math.round((timestamp - this.#lastTimestamp) / 1000))
    }
    this.#lastTimestamp = timestamp
  }
}
