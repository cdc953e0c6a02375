// Time that moves only when a test says so.
import type { Clock, Timer } from '../../src-main/base/clock.ts'

interface Pending {
  at: number
  readonly everyMs: number | null
  readonly run: () => void
}

export class FakeClock implements Clock {
  #now: number
  #elapsed = 0
  readonly #pending = new Set<Pending>()

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#elapsed
  }

  after(delayMs: number, run: () => void): Timer {
    return this.#add({ at: this.#elapsed + delayMs, everyMs: null, run })
  }

  every(intervalMs: number, run: () => void): Timer {
    return this.#add({ at: this.#elapsed + intervalMs, everyMs: intervalMs, run })
  }

  /** Timers still waiting; a closed part leaves none. */
  get pendingCount(): number {
    return this.#pending.size
  }

  /** Sets the machine's clock without time passing. */
  jump(byMs: number): void {
    this.#now += byMs
  }

  /** Lets time pass, running due timers in order and letting promises settle after each. */
  async advance(byMs: number): Promise<void> {
    const end = this.#elapsed + byMs
    await settle()
    for (;;) {
      const next = this.#earliest(end)
      if (!next) break
      this.#moveTo(next.at)
      if (next.everyMs === null) this.#pending.delete(next)
      else next.at += next.everyMs
      next.run()
      await settle()
    }
    this.#moveTo(end)
    await settle()
  }

  #earliest(end: number): Pending | null {
    let earliest: Pending | null = null
    for (const pending of this.#pending)
      if (pending.at <= end && (earliest === null || pending.at < earliest.at)) earliest = pending
    return earliest
  }

  #moveTo(elapsed: number): void {
    this.#now += elapsed - this.#elapsed
    this.#elapsed = elapsed
  }

  #add(pending: Pending): Timer {
    this.#pending.add(pending)
    return { cancel: () => this.#pending.delete(pending) }
  }
}

/** Lets everything that waits on settled promises go on. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
