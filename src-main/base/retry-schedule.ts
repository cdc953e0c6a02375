// Waits between attempts: doubling up to a ceiling, spread by jitter so that forty stations do not knock at once.

export interface RetrySchedule {
  readonly firstMs: number
  readonly ceilingMs: number
  /** Share of each wait that is random, 0 … 1. */
  readonly jitter: number
}

/** A device that went away is asked again after 0.5 s, 1 s, 2 s … at most every 15 s. */
export const deviceRetries: RetrySchedule = { firstMs: 500, ceilingMs: 15_000, jitter: 0.3 }

/** Endless waits in ms. `random` gives [0, 1). */
export function* retryWaits(schedule: RetrySchedule, random: () => number = Math.random): Generator<number, never> {
  let wait = schedule.firstMs
  for (;;) {
    yield Math.round(wait * (1 - schedule.jitter * random()))
    wait = Math.min(wait * 2, schedule.ceilingMs)
  }
}
