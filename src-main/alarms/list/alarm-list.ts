// Every alarm that is not normal, as lists show them: sorted and filtered windows over a hundred thousand rows in some milliseconds.
// Nothing is computed while nobody looks, and what was computed is used again until a row changes.
import * as v from 'valibot'
import {
  type AlarmGroup,
  type AlarmGrouping,
  type AlarmListFilter,
  type AlarmOrder,
  type AlarmRow,
  alarmOrders,
  alarmPriorities,
  alarmStates,
} from '../../shared/alarm.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { type AlarmPlace, compareAlarms, compareTexts } from '../alarm-order.ts'
import { AlarmColumns, unlistedUrgency } from './alarm-columns.ts'
import { alarmFilter, searchedTextOf } from './alarm-filter.ts'
import { mostRanks, sortByBucket, sortByNumber, sortByTime } from './alarm-sorting.ts'
import { AlarmTally } from './alarm-tally.ts'
import { UrgentAlarms } from './urgent-alarms.ts'

/** Sorted selections that are kept for the next window or page of the same question. */
const keptSelectionCount = 8

export interface AlarmWindow {
  /** Rows that fit the filter. */
  readonly total: number
  readonly alarms: readonly AlarmRow[]
}

export interface AlarmPage extends AlarmWindow {
  /** Of the next page; absent on the last one. */
  readonly cursor?: string
}

/** A row that changed: as it was and as it is; undefined = not listed. */
export interface AlarmRowChange {
  readonly before: AlarmRow | undefined
  readonly after: AlarmRow | undefined
}

interface Selection {
  readonly version: number
  readonly slots: Uint32Array
}

export class AlarmList {
  #columns = new AlarmColumns()
  #urgent = this.#urgentOf(this.#columns)
  /** By slot. */
  #rows: (AlarmRow | undefined)[] = []
  /** By slot: searched text of the present row, once it was searched. */
  #texts: (string | undefined)[] = []
  #size = 0
  /** Grows with every change. */
  #version = 0
  readonly #selections = new Map<string, Selection>()

  /** Alarms listed. */
  get size(): number {
    return this.#size
  }

  /** The alarms of the plant: they are ranked before they ever occur. What is listed stays, whether it is among them or not. */
  configure(definitions: Iterable<{ readonly id: string; readonly tag: string }>): void {
    const listed = this.#rows.filter((row) => row !== undefined)
    this.#columns = new AlarmColumns()
    this.#urgent = this.#urgentOf(this.#columns)
    for (const { id, tag } of definitions) this.#columns.add(id, tag)
    for (const { id, tag } of listed) this.#columns.add(id, tag)
    this.#columns.rankAll()
    this.#rows = new Array(this.#columns.size)
    this.#texts = new Array(this.#columns.size)
    this.#size = 0
    this.#version++
    for (const row of listed) this.put(row.id, row)
  }

  /** Takes an alarm as it is now; null or a normal one = it leaves the list. */
  put(id: string, row: AlarmRow | null): AlarmRowChange {
    const after = row === null || row.state === 'normal' ? undefined : row
    const slot = after === undefined ? this.#columns.slotOf(id) : this.#columns.add(id, after.tag)
    const before = slot === undefined ? undefined : this.#rows[slot]
    if (slot === undefined || (before === undefined && after === undefined)) return { before, after }
    this.#version++
    this.#size += (after === undefined ? 0 : 1) - (before === undefined ? 0 : 1)
    this.#rows[slot] = after
    this.#texts[slot] = undefined
    if (after === undefined) this.#columns.unset(slot)
    else this.#columns.set(slot, after)
    this.#urgent.changed(slot)
    return { before, after }
  }

  /** The alarm as it is listed; undefined = it is normal, or there is none. */
  row(id: string): AlarmRow | undefined {
    const slot = this.#columns.slotOf(id)
    return slot === undefined ? undefined : this.#rows[slot]
  }

  /** `count` rows from `offset` on. */
  window(filter: AlarmListFilter, order: AlarmOrder, offset: number, count: number): AlarmWindow {
    const slots = this.#select(filter, order)
    return { total: slots.length, alarms: this.#rowsOf(slots.subarray(offset, offset + count)) }
  }

  /** The first `limit` rows, or those behind the cursor's place. Throws RuntimeError BadInvalidArgument for a foreign cursor. */
  page(filter: AlarmListFilter, order: AlarmOrder, limit: number, cursor?: string): AlarmPage {
    const slots = this.#select(filter, order)
    const start = cursor === undefined ? 0 : this.#firstBehind(slots, order, placeOf(cursor, order))
    const alarms = this.#rowsOf(slots.subarray(start, start + limit))
    const page = { total: slots.length, alarms }
    return start + limit >= slots.length ? page : { ...page, cursor: cursorOf(alarms.at(-1)!, order) }
  }

  /** The rows that fit the filter by area or equipment, in order of their names. */
  groups(filter: AlarmListFilter, by: AlarmGrouping): readonly AlarmGroup[] {
    const tallies = new Map<string, AlarmTally>()
    for (const slot of this.#filtered(filter)) {
      const row = this.#rows[slot]!
      const name = row[by] ?? ''
      const tally = tallies.get(name) ?? new AlarmTally()
      tallies.set(name, tally)
      tally.add(row, 1)
    }
    return [...tallies]
      .sort(([a], [b]) => compareTexts(a, b))
      .map(([name, { size, counts }]) => ({ name, total: size, counts }))
  }

  /** The most urgent unacknowledged ones, in the order `priority`; up to 64. */
  mostUrgent(count: number): readonly AlarmRow[] {
    return this.#urgent.first(count).map((slot) => this.#rows[slot]!)
  }

  #urgentOf(columns: AlarmColumns): UrgentAlarms {
    return new UrgentAlarms(columns, (slot) => this.#rows[slot]!.id)
  }

  #rowsOf(slots: Uint32Array): readonly AlarmRow[] {
    return Array.from(slots, (slot) => this.#rows[slot]!)
  }

  #select(filter: AlarmListFilter, order: AlarmOrder): Uint32Array {
    const question = JSON.stringify([order, filter])
    const kept = this.#selections.get(question)
    if (kept?.version === this.#version) return kept.slots
    this.#selections.delete(question)
    const slots = this.#sorted(this.#filtered(filter), order)
    if (this.#selections.size >= keptSelectionCount) this.#selections.delete(this.#selections.keys().next().value!)
    this.#selections.set(question, { version: this.#version, slots })
    return slots
  }

  #filtered(filter: AlarmListFilter): Uint32Array {
    const fits = alarmFilter(filter)
    const wanted = filter.text?.toLowerCase() ?? ''
    const slots = new Uint32Array(this.#size)
    let count = 0
    const { urgency, size } = this.#columns
    for (let slot = 0; slot < size; slot++) {
      if (urgency[slot] === unlistedUrgency) continue
      const row = this.#rows[slot]!
      if (fits !== null && !fits(row)) continue
      if (wanted === '' || this.#textOf(slot, row).includes(wanted)) slots[count++] = slot
    }
    return slots.subarray(0, count)
  }

  #textOf(slot: number, row: AlarmRow): string {
    const text = this.#texts[slot] ?? searchedTextOf(row)
    this.#texts[slot] = text
    return text
  }

  #sorted(slots: Uint32Array, order: AlarmOrder): Uint32Array {
    const columns = this.#columns
    columns.rankAll()
    return this.#sortedByRank(slots, order) ?? this.#sortedByComparison(slots, order)
  }

  /** Null when the numbers do not suffice: a million alarms, or times many years apart. */
  #sortedByRank(slots: Uint32Array, order: AlarmOrder): Uint32Array | null {
    const columns = this.#columns
    if (columns.size > mostRanks) return null
    if (order === 'tag') return sortByNumber(slots, columns, columns.tagRank)
    if (order === 'newest' || order === 'oldest')
      return sortByTime(slots, columns, { byUrgency: false, isNewestFirst: order === 'newest' })
    const urgent = sortByTime(slots, columns, { byUrgency: true, isNewestFirst: true })
    if (urgent === null || order === 'priority') return urgent
    return order === 'area'
      ? sortByBucket(urgent, columns.areaCount, (slot) => columns.areaRankOf(slot))
      : sortByBucket(urgent, alarmStates.length, (slot) => columns.state[slot]!)
  }

  #sortedByComparison(slots: Uint32Array, order: AlarmOrder): Uint32Array {
    return slots.toSorted((a, b) => compareAlarms(order, this.#rows[a]!, this.#rows[b]!))
  }

  #firstBehind(slots: Uint32Array, order: AlarmOrder, place: AlarmPlace): number {
    let low = 0
    let high = slots.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compareAlarms(order, this.#rows[slots[middle]!]!, place) > 0) high = middle
      else low = middle + 1
    }
    return low
  }
}

const placeSchema = v.strictTuple([
  v.picklist(alarmOrders),
  v.string(),
  v.string(),
  v.picklist(alarmStates),
  v.picklist(alarmPriorities),
  v.nullable(v.number()),
  v.string(),
  v.boolean(),
])

/** The place of a page's last row, not its number: rows may come and go between two pages. */
function cursorOf(row: AlarmRow, order: AlarmOrder): string {
  const { id, tag, state, priority, activeTimestamp, area, isTest = false } = row
  return Buffer.from(JSON.stringify([order, id, tag, state, priority, activeTimestamp, area, isTest])).toString(
    'base64url',
  )
}

function placeOf(cursor: string, order: AlarmOrder): AlarmPlace {
  const parsed = v.safeParse(placeSchema, parsedJson(Buffer.from(cursor, 'base64url').toString()))
  if (!parsed.success || parsed.output[0] !== order)
    throw new RuntimeError('BadInvalidArgument', 'the cursor is not one of a list in this order')
  const [, id, tag, state, priority, activeTimestamp, area, isTest] = parsed.output
  return { id, tag, state, priority, activeTimestamp, area, isTest }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
