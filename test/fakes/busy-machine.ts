// Limits of time on a machine that others use as well. A limit of a test is that of a machine which keeps up with its work; where
// twice as much wants to run as there are processors, everything takes twice as long, and the limit is twice as far away.
import { availableParallelism, loadavg } from 'node:os'

/** A limit in ms as it is on this machine now: never less than `limitMs`. */
export function limitHere(limitMs: number): number {
  return Math.round(limitMs * Math.max(1, loadavg()[0]! / availableParallelism()))
}

/** For `vi.waitFor` and `expect.poll`: what comes by itself is waited for, however busy the machine is. */
export const patience = { timeout: 30_000, interval: 20 } as const
