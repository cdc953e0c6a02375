// The warning before shelvings end: what comes back by itself must not come as a surprise (ISA-18.2 clause 12.3).

/** An alarm that is shelved for no longer than this ends soon; ms. */
export const endsSoonMs = 5 * 60_000

/** Whether a shelving until then ends soon. Times in ms, of the runtime's clock. */
export function endsSoon(until: number, now: number): boolean {
  return until - now <= endsSoonMs
}

/** How many shelvings end soon, of the ends that the summary tells. */
export function endingSoonCount(ends: readonly number[], now: number): number {
  return ends.filter((until) => endsSoon(until, now)).length
}
