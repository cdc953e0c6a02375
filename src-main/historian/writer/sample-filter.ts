// Thins out the samples of one series before they are kept, where the plant asks for it: deadband and swinging door.
// Both are exact about what they promise: nothing that is left out is further than the set distance from what is kept.
import type { TagValue } from '../../shared/data-value.ts'
import { isBad } from '../../shared/status-code.ts'
import type { SampleFilterSettings } from '../history-settings.ts'

/** Where kept samples go. */
export type KeepSample = (timestamp: number, value: number, statusCode: number, other: TagValue | undefined) => void

/** Everything a filter remembers, as the journal carries it from segment to segment, in JSON. */
export interface SampleFilterState {
  /** Last sample that passed the deadband: time stamp, value (null = none), status code; null = none yet. */
  readonly passed: readonly [number, number | null, number] | null
  /** Door: last kept sample it hangs on: time stamp, value, status code. */
  readonly anchor: readonly [number, number, number] | null
  /** Door: lowest and highest slope, units per ms; null = any. */
  readonly slopes: readonly [number, number] | null
  /** Door: newest sample, not yet decided on. */
  readonly pending: readonly [number, number, number] | null
}

/**
 * - Deadband: a sample is kept when its value is at least `deadband` away from the last one that passed, or its status code differs.
 * - Swinging door: of samples with the same status code, in rising order of time, only as many are kept that each other one lies
 *   within `compression` of the straight line between its kept neighbours. The newest one is pending until the next decides on it.
 * - Texts and samples without a value always pass.
 *
 * The same samples in the same order give the same result: the journal is read back through it.
 */
export class SampleFilter {
  readonly settings: SampleFilterSettings
  #hasPassed = false
  #passedTimestamp = 0
  #passedValue = 0
  #passedCode = 0
  #hasAnchor = false
  #anchorTimestamp = 0
  #anchorValue = 0
  #lowestSlope = Number.NEGATIVE_INFINITY
  #highestSlope = Number.POSITIVE_INFINITY
  #isPending = false
  #pendingTimestamp = 0
  #pendingValue = 0
  #pendingCode = 0

  constructor(settings: SampleFilterSettings, state: SampleFilterState | null = null) {
    this.settings = settings
    if (state === null) return
    if (state.passed) {
      const [timestamp, value, statusCode] = state.passed
      this.#remember(timestamp, value ?? Number.NaN, statusCode)
    }
    if (state.anchor) {
      this.#hasAnchor = true
      ;[this.#anchorTimestamp, this.#anchorValue, this.#pendingCode] = state.anchor
    }
    if (state.slopes) [this.#lowestSlope, this.#highestSlope] = state.slopes
    if (state.pending) {
      this.#isPending = true
      ;[this.#pendingTimestamp, this.#pendingValue, this.#pendingCode] = state.pending
    }
  }

  /** Offers the next sample; `keep` is called for those that are kept by it, none to two. */
  offer(timestamp: number, value: number, statusCode: number, other: TagValue | undefined, keep: KeepSample): void {
    const isNumber = !Number.isNaN(value) && other === undefined && !isBad(statusCode)
    if (!isNumber) {
      this.#flush(keep)
      this.#hasAnchor = false
      this.#remember(timestamp, Number.NaN, statusCode)
      return keep(timestamp, value, statusCode, other)
    }
    if (this.#isWithinDeadband(value, statusCode)) return
    this.#remember(timestamp, value, statusCode)
    if (this.settings.compression <= 0) return keep(timestamp, value, statusCode, undefined)
    this.#swing(timestamp, value, statusCode, keep)
  }

  /** The newest sample while the door has not decided on it; readers see it like a kept one. */
  get pending(): { readonly timestamp: number; readonly value: number; readonly statusCode: number } | null {
    if (!this.#isPending) return null
    return { timestamp: this.#pendingTimestamp, value: this.#pendingValue, statusCode: this.#pendingCode }
  }

  /** The pending sample is kept after all: the series ends here, or a mark follows. */
  flush(keep: KeepSample): void {
    this.#flush(keep)
    this.#hasAnchor = false
  }

  get state(): SampleFilterState {
    const passedValue = Number.isNaN(this.#passedValue) ? null : this.#passedValue
    const hasSlopes = this.#hasAnchor && Number.isFinite(this.#lowestSlope)
    return {
      passed: this.#hasPassed ? [this.#passedTimestamp, passedValue, this.#passedCode] : null,
      anchor: this.#hasAnchor ? [this.#anchorTimestamp, this.#anchorValue, this.#pendingCode] : null,
      slopes: hasSlopes ? [this.#lowestSlope, this.#highestSlope] : null,
      pending: this.#isPending ? [this.#pendingTimestamp, this.#pendingValue, this.#pendingCode] : null,
    }
  }

  #isWithinDeadband(value: number, statusCode: number): boolean {
    return (
      this.settings.deadband > 0 &&
      this.#hasPassed &&
      this.#passedCode === statusCode &&
      Math.abs(value - this.#passedValue) < this.settings.deadband
    )
  }

  #remember(timestamp: number, value: number, statusCode: number): void {
    this.#hasPassed = true
    this.#passedTimestamp = timestamp
    this.#passedValue = value
    this.#passedCode = statusCode
  }

  #swing(timestamp: number, value: number, statusCode: number, keep: KeepSample): void {
    const newest = this.#isPending ? this.#pendingTimestamp : this.#anchorTimestamp
    const code = this.#pendingCode
    if (!this.#hasAnchor || timestamp <= newest || statusCode !== code) {
      this.#flush(keep)
      this.#hang(timestamp, value)
      this.#pendingCode = statusCode
      return keep(timestamp, value, statusCode, undefined)
    }
    if (this.#isPending) {
      const slope = (value - this.#anchorValue) / (timestamp - this.#anchorTimestamp)
      // Every sample since the anchor, the pending one included, has to lie near the line to the new one.
      this.#narrow(this.#pendingTimestamp, this.#pendingValue)
      if (slope < this.#lowestSlope || slope > this.#highestSlope) {
        const pendingTimestamp = this.#pendingTimestamp
        const pendingValue = this.#pendingValue
        this.#flush(keep)
        this.#hang(pendingTimestamp, pendingValue)
      }
    }
    this.#isPending = true
    this.#pendingTimestamp = timestamp
    this.#pendingValue = value
    this.#pendingCode = statusCode
  }

  /** Slopes from the anchor that pass this sample within the set distance. */
  #narrow(timestamp: number, value: number): void {
    const { compression } = this.settings
    const duration = timestamp - this.#anchorTimestamp
    const lowest = (value - compression - this.#anchorValue) / duration
    const highest = (value + compression - this.#anchorValue) / duration
    if (lowest > this.#lowestSlope) this.#lowestSlope = lowest
    if (highest < this.#highestSlope) this.#highestSlope = highest
  }

  #hang(timestamp: number, value: number): void {
    this.#hasAnchor = true
    this.#anchorTimestamp = timestamp
    this.#anchorValue = value
    this.#lowestSlope = Number.NEGATIVE_INFINITY
    this.#highestSlope = Number.POSITIVE_INFINITY
  }

  #flush(keep: KeepSample): void {
    if (!this.#isPending) return
    this.#isPending = false
    keep(this.#pendingTimestamp, this.#pendingValue, this.#pendingCode, undefined)
  }
}
