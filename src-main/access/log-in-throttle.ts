// Slows down guessing of passwords without locking the plant out (IEC 62443-4-2 CR 1.11). Failures are counted for each pair
// of user and source, so a stranger elsewhere locks only themselves; a source that guesses many names is slowed as a whole;
// many sources guessing one name lock it for a minute for those sources only from which it never logged in.
import type { Clock } from '../base/clock.ts'

/** Wrong passwords in a row before a pair of user and source is locked. */
export const failuresBeforeLock = 5
const firstLockMs = 30_000
const longestLockMs = 15 * 60_000
/** A source that failed this often in {@link windowMs}, whatever the names, waits. */
export const failuresOfSource = 60
/** All sources together that never succeeded for a user. */
const failuresOfUser = 50
const windowMs = 5 * 60_000
const shortLockMs = 60_000
/** Counters kept; beyond it the oldest are forgotten, so that made-up names cost no memory. */
const mostCounters = 20_000

interface Counter {
  failureCount: number
  lockCount: number
  firstTimestamp: number
  lockedUntil: number
}

/** What the throttle says before a password is looked at. */
export type Verdict = 'allowed' | 'locked' | 'tooMany'

export class LogInThrottle {
  readonly #clock: Clock
  readonly #counters = new Map<string, Counter>()
  readonly #known = new Set<string>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** `user` is the account key; unknown users are treated alike. Gives how long to wait when refused, ms. */
  verdict(user: string, source: string): { readonly verdict: Verdict; readonly waitMs: number } {
    const pair = this.#waitOf(`pair\n${user}\n${source}`)
    if (pair > 0) return { verdict: 'locked', waitMs: pair }
    if (!this.#known.has(`${user}\n${source}`)) {
      const name = this.#waitOf(`user\n${user}`)
      if (name > 0) return { verdict: 'locked', waitMs: name }
    }
    const all = this.#waitOf(`source\n${source}`)
    return all > 0 ? { verdict: 'tooMany', waitMs: all } : { verdict: 'allowed', waitMs: 0 }
  }

  /**
   * Counts an attempt as failed before its password is checked, so that many at the same time are no way around the lock;
   * `succeeded` takes it back.
   */
  attempt(user: string, source: string): void {
    this.#count(`source\n${source}`, failuresOfSource, () => shortLockMs)
    if (!this.#known.has(`${user}\n${source}`)) this.#count(`user\n${user}`, failuresOfUser, () => shortLockMs)
    this.#count(`pair\n${user}\n${source}`, failuresBeforeLock, (locks) =>
      Math.min(firstLockMs * 2 ** locks, longestLockMs),
    )
  }

  succeeded(user: string, source: string): void {
    this.#counters.delete(`pair\n${user}\n${source}`)
    this.#uncount(`source\n${source}`)
    this.#uncount(`user\n${user}`)
    this.#known.add(`${user}\n${source}`)
    if (this.#known.size > mostCounters) this.#known.delete(this.#known.values().next().value!)
  }

  #waitOf(key: string): number {
    const counter = this.#counters.get(key)
    return counter ? Math.max(0, counter.lockedUntil - this.#clock.monotonic()) : 0
  }

  #uncount(key: string): void {
    const counter = this.#counters.get(key)
    if (counter && counter.failureCount > 0) counter.failureCount--
  }

  #count(key: string, most: number, lockMs: (lockCount: number) => number): void {
    const now = this.#clock.monotonic()
    let counter = this.#counters.get(key)
    const isStale = counter && now > counter.lockedUntil && now - counter.firstTimestamp > windowMs
    if (!counter || isStale) {
      // A pair that was locked before and comes back within the longest lock is remembered: its next lock is longer.
      const lockCount = counter && now - counter.lockedUntil < longestLockMs ? counter.lockCount : 0
      counter = { failureCount: 0, lockCount, firstTimestamp: now, lockedUntil: 0 }
    }
    this.#counters.delete(key)
    this.#counters.set(key, counter)
    if (this.#counters.size > mostCounters) this.#counters.delete(this.#counters.keys().next().value!)
    counter.failureCount++
    if (counter.failureCount < most) return
    counter.lockedUntil = now + lockMs(counter.lockCount)
    counter.lockCount++
    counter.failureCount = 0
    counter.firstTimestamp = now
  }
}
