// The life of a serial number: states and events of OPEN-SCS (OPC 30260 clause 4.1.4, table 1 and figure 4).
import type { SerialState } from '../../shared/identifier.ts'

/**
 * What may follow each state. `scrapped` is the standard's LabelScrapped, `invalidated` its SN Invalid. What was returned as
 * `unallocated` is not given out again by itself: a person allocates it, or nobody does.
 */
const following: Readonly<Record<SerialState, readonly SerialState[]>> = {
  unassigned: ['unallocated', 'invalidated'],
  unallocated: ['allocated', 'invalidated'],
  allocated: ['encoded', 'unallocated', 'scrapped', 'invalidated'],
  encoded: ['commissioned', 'sampled', 'scrapped'],
  commissioned: ['sampled', 'scrapped', 'destroyed'],
  sampled: ['destroyed'],
  scrapped: ['destroyed'],
  destroyed: [],
  invalidated: [],
}

/** The state may follow the other. A state does not follow itself: nothing happens then. */
export function mayFollow(from: SerialState, to: SerialState): boolean {
  return following[from].includes(to)
}

/** The states that may follow, in words: `encoded, unallocated`; 'none' at the end of its life. */
export function followingInWords(from: SerialState): string {
  return following[from].join(', ') || 'none'
}
