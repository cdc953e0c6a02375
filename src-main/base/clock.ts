// Time as an argument: the system clock here, a fake one in test/fakes.

/** Ends what a clock started. */
export interface Timer {
  cancel(): void
}

export interface Clock {
  /** Milliseconds since 1970-01-01 UTC; may jump when the machine's clock is set. */
  now(): number
  /** Milliseconds that never jump; only differences mean something. */
  monotonic(): number
  after(delayMs: number, run: () => void): Timer
  every(intervalMs: number, run: () => void): Timer
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, run) {
    const handle = setTimeout(run, delayMs)
    return { cancel: () => clearTimeout(handle) }
  },
  every(intervalMs, run) {
    const handle = setInterval(run, intervalMs)
    return { cancel: () => clearInterval(handle) }
  },
}

/** Resolves after the delay, or at once when the signal aborts (it does not reject: look at `signal.aborted`). */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const finish = () => {
      timer.cancel()
      signal?.removeEventListener('abort', finish)
      resolve()
    }
    const timer = clock.after(delayMs, finish)
    signal?.addEventListener('abort', finish)
  })
}
