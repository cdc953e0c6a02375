// What a screen reader is told of new alarms: the most important one in words, and how many; at most every few seconds, so that
// a flood does not talk over itself (WCAG 4.1.3, ISA-101 checklist H43).
import type { AlarmRow, AlarmSummary } from '../../../src-main/shared/alarm.ts'

/** Least time between two announcements; ms. */
export const announcementIntervalMs = 5000

/** New alarms since the last announcement; `first` is the most important unacknowledged one. */
export interface Announcement {
  readonly count: number
  readonly first: AlarmRow
}

export class AlarmAnnouncer {
  readonly #now: () => number
  /** Annunciations that were told or were there before; null before the first summary. */
  #toldCount: number | null = null
  #toldTimestamp = Number.NEGATIVE_INFINITY

  /** @param now ms, monotonic */
  constructor(now: () => number) {
    this.#now = now
  }

  /** What is to be said of this summary now; null = nothing, or not yet: ask again after {@link waitMs}. */
  take(summary: AlarmSummary): Announcement | null {
    const { annunciationCount } = summary
    // The first summary is what was there already; a smaller count is a station that began anew.
    if (this.#toldCount === null || annunciationCount < this.#toldCount) this.#toldCount = annunciationCount
    const count = annunciationCount - this.#toldCount
    const first = summary.top[0]
    if (count === 0 || !first || this.waitMs > 0) return null
    this.#toldCount = annunciationCount
    this.#toldTimestamp = this.#now()
    return { count, first }
  }

  /** Until the next announcement may be made; ms. */
  get waitMs(): number {
    return Math.max(0, this.#toldTimestamp + announcementIntervalMs - this.#now())
  }
}
