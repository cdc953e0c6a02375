// What sorting needs of each alarm, as columns by slot. Ids and tags have ranks (their place among all), worked out when the plant
// changes and not when an alarm occurs.
import { type AlarmRow, alarmStates } from '../../shared/alarm.ts'
import { urgencyOf } from '../alarm-order.ts'
import type { SortColumns } from './alarm-sorting.ts'

/** Urgency of a slot whose alarm is not listed. */
export const unlistedUrgency = 255

export class AlarmColumns implements SortColumns {
  readonly #slots = new Map<string, number>()
  readonly #tags = new Map<string, number>()
  readonly #areas = new Map<string, number>()
  #areIdsRanked = true
  #areAreasRanked = true
  #tagOfSlot = new Uint32Array(64)
  #areaOfSlot = new Uint32Array(64)
  urgency = new Uint8Array(64).fill(unlistedUrgency)
  /** Place of the state in alarmStates. */
  state = new Uint8Array(64)
  time = new Float64Array(64)
  rank = new Uint32Array(0)
  slotOfRank = new Uint32Array(0)
  /** By slot: place of its tag among all tags. */
  tagRank = new Uint32Array(0)
  #areaRank = new Uint32Array(0)

  /** Slots are 0 to size - 1. */
  get size(): number {
    return this.#slots.size
  }

  get areaCount(): number {
    return this.#areas.size
  }

  slotOf(id: string): number | undefined {
    return this.#slots.get(id)
  }

  /** The slot of an alarm; one that was not known gets one. */
  add(id: string, tag: string): number {
    const present = this.#slots.get(id)
    if (present !== undefined) return present
    const slot = this.#slots.size
    if (slot === this.urgency.length) this.#grow(slot * 2)
    this.#slots.set(id, slot)
    this.#tagOfSlot[slot] = numberOf(this.#tags, tag)
    this.#areIdsRanked = false
    return slot
  }

  /** Takes what places an alarm. */
  set(slot: number, row: AlarmRow): void {
    this.urgency[slot] = urgencyOf(row)
    this.state[slot] = alarmStates.indexOf(row.state)
    this.time[slot] = row.activeTimestamp === null ? Number.NaN : Math.floor(row.activeTimestamp)
    const known = this.#areas.size
    this.#areaOfSlot[slot] = numberOf(this.#areas, row.area)
    if (this.#areas.size !== known) this.#areAreasRanked = false
  }

  /** The alarm is not listed any more. */
  unset(slot: number): void {
    this.urgency[slot] = unlistedUrgency
  }

  /** Place of its area among all areas; after {@link rankAll}. */
  areaRankOf(slot: number): number {
    return this.#areaRank[this.#areaOfSlot[slot]!]!
  }

  /** Works out the ranks where something is new; 100,000 new ids take some hundredths of a second. */
  rankAll(): void {
    if (!this.#areIdsRanked) this.#rankIds()
    if (!this.#areAreasRanked) this.#areaRank = ranksOf(this.#areas)
    this.#areAreasRanked = true
  }

  #rankIds(): void {
    this.rank = ranksOf(this.#slots)
    this.slotOfRank = new Uint32Array(this.size)
    const tagRanks = ranksOf(this.#tags)
    this.tagRank = new Uint32Array(this.size)
    for (let slot = 0; slot < this.size; slot++) {
      this.slotOfRank[this.rank[slot]!] = slot
      this.tagRank[slot] = tagRanks[this.#tagOfSlot[slot]!]!
    }
    this.#areIdsRanked = true
  }

  #grow(capacity: number): void {
    this.urgency = grown(this.urgency, new Uint8Array(capacity).fill(unlistedUrgency))
    this.state = grown(this.state, new Uint8Array(capacity))
    this.time = grown(this.time, new Float64Array(capacity))
    this.#tagOfSlot = grown(this.#tagOfSlot, new Uint32Array(capacity))
    this.#areaOfSlot = grown(this.#areaOfSlot, new Uint32Array(capacity))
  }
}

/** The number of a text; a new one gets the next. */
function numberOf(numbers: Map<string, number>, text: string): number {
  const present = numbers.get(text)
  if (present !== undefined) return present
  numbers.set(text, numbers.size)
  return numbers.size - 1
}

/** By number: the place of its text in order of code units. */
function ranksOf(numbers: ReadonlyMap<string, number>): Uint32Array<ArrayBuffer> {
  const ranks = new Uint32Array(numbers.size)
  for (const [rank, text] of [...numbers.keys()].sort().entries()) ranks[numbers.get(text)!] = rank
  return ranks
}

function grown<Column extends { set(column: Column): void }>(before: Column, after: Column): Column {
  after.set(before)
  return after
}
