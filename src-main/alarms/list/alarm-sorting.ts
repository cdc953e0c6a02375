// Sorting of a hundred thousand alarms without a comparison in JavaScript: the place of each becomes one 64-bit number (urgency, time,
// rank of its id), the numbers are sorted natively, and the rank says which alarm it was. alarm-order.ts says what the order means.

/** Bits of the rank; there may be more alarms than that, then compareAlarms sorts them. */
const rankBits = 20
/** Bits of a time relative to the others: 69 years. */
const timeBits = 41
const timeLowBits = 32 - rankBits

export const mostRanks = 2 ** rankBits

/** Columns by slot: what sorting needs of each alarm. */
export interface SortColumns {
  /** Place of the id among all ids; different for each slot and below `mostRanks`. */
  readonly rank: Uint32Array
  readonly slotOfRank: Uint32Array
  /** 0 to 7, see urgencyOf. */
  readonly urgency: Uint8Array
  /** Whole ms; NaN = never. */
  readonly time: Float64Array
}

/**
 * The slots sorted by urgency where asked, then by time (never = last), then by rank. Null when the times lie too far apart for
 * one number.
 */
export function sortByTime(
  slots: Uint32Array,
  { rank, slotOfRank, urgency, time }: SortColumns,
  { byUrgency, isNewestFirst }: { readonly byUrgency: boolean; readonly isNewestFirst: boolean },
): Uint32Array | null {
  const { earliest, latest } = extentOf(slots, time)
  const never = latest - earliest + 1
  if (never >= 2 ** timeBits) return null
  const keys = new SortKeys(slots.length)
  for (let at = 0; at < slots.length; at++) {
    const slot = slots[at]!
    const active = time[slot]!
    const after = Number.isNaN(active) ? never : isNewestFirst ? latest - active : active - earliest
    const high = Math.floor(after / 2 ** timeLowBits)
    const low = after - high * 2 ** timeLowBits
    keys.set(at, (byUrgency ? urgency[slot]! << 29 : 0) | high, (low << rankBits) | rank[slot]!)
  }
  return keys.sorted(slotOfRank)
}

/** The slots sorted by a number of each (rank of its tag), then by rank. */
export function sortByNumber(slots: Uint32Array, { rank, slotOfRank }: SortColumns, number: Uint32Array): Uint32Array {
  const keys = new SortKeys(slots.length)
  for (let at = 0; at < slots.length; at++) keys.set(at, number[slots[at]!]!, rank[slots[at]!]!)
  return keys.sorted(slotOfRank)
}

/** The slots by a bucket of each (0 to `bucketCount` - 1); within a bucket they stay as they were. */
export function sortByBucket(slots: Uint32Array, bucketCount: number, bucketOf: (slot: number) => number): Uint32Array {
  const starts = new Uint32Array(bucketCount + 1)
  for (const slot of slots) starts[bucketOf(slot) + 1]!++
  for (let bucket = 0; bucket < bucketCount; bucket++) starts[bucket + 1]! += starts[bucket]!
  const sorted = new Uint32Array(slots.length)
  for (const slot of slots) sorted[starts[bucketOf(slot)]!++] = slot
  return sorted
}

/** 64-bit keys written as two words each; every machine Lineside runs on is little-endian. */
class SortKeys {
  readonly #keys: BigUint64Array
  readonly #words: Uint32Array

  constructor(count: number) {
    this.#keys = new BigUint64Array(count)
    this.#words = new Uint32Array(this.#keys.buffer)
  }

  set(at: number, high: number, low: number): void {
    this.#words[2 * at + 1] = high
    this.#words[2 * at] = low
  }

  sorted(slotOfRank: Uint32Array): Uint32Array {
    this.#keys.sort()
    const slots = new Uint32Array(this.#keys.length)
    for (let at = 0; at < slots.length; at++) slots[at] = slotOfRank[this.#words[2 * at]! & (mostRanks - 1)]!
    return slots
  }
}

function extentOf(slots: Uint32Array, time: Float64Array): { earliest: number; latest: number } {
  let earliest = Number.POSITIVE_INFINITY
  let latest = Number.NEGATIVE_INFINITY
  for (const slot of slots) {
    const active = time[slot]!
    if (active < earliest) earliest = active
    if (active > latest) latest = active
  }
  return earliest === Number.POSITIVE_INFINITY ? { earliest: 0, latest: 0 } : { earliest, latest }
}
