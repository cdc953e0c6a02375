// The most urgent unacknowledged alarms, for the banner of every screen: kept with each change, so that a summary costs the same with
// ten alarms and with a hundred thousand.
import { compareTexts } from '../alarm-order.ts'

/** Kept in order; when acknowledgements have used them up, all alarms are looked at once for the next so many. */
const mostKept = 64
/** From here on urgencyOf means acknowledged. */
const acknowledgedUrgency = 4

/** Columns by slot, see alarm-columns.ts. */
export interface UrgencyColumns {
  readonly size: number
  readonly urgency: Uint8Array
  readonly time: Float64Array
}

export class UrgentAlarms {
  readonly #columns: UrgencyColumns
  readonly #idOf: (slot: number) => string
  /** Slots, the most urgent first. */
  #kept: number[] = []
  /** There are no others. */
  #isWhole = true

  /** `idOf` is asked for listed slots only. */
  constructor(columns: UrgencyColumns, idOf: (slot: number) => string) {
    this.#columns = columns
    this.#idOf = idOf
  }

  /** The columns of this slot are others now. */
  changed(slot: number): void {
    const place = this.#kept.indexOf(slot)
    if (place >= 0) this.#kept.splice(place, 1)
    if (this.#columns.urgency[slot]! < acknowledgedUrgency) this.#take(slot)
  }

  /** Slots of the first `count` in the order `priority`; `count` up to 64. */
  first(count: number): readonly number[] {
    if (this.#kept.length < count && !this.#isWhole) this.#findAll()
    return this.#kept.slice(0, count)
  }

  #findAll(): void {
    this.#kept = []
    this.#isWhole = true
    const { urgency, size } = this.#columns
    for (let slot = 0; slot < size; slot++) if (urgency[slot]! < acknowledgedUrgency) this.#take(slot)
  }

  #take(slot: number): void {
    const kept = this.#kept
    const last = kept.at(-1)
    const isBehind = last === undefined || this.#isBefore(last, slot)
    // Behind the last one there may be others that are not kept.
    if (isBehind && !this.#isWhole) return
    let place = kept.length
    while (place > 0 && this.#isBefore(slot, kept[place - 1]!)) place--
    kept.splice(place, 0, slot)
    if (kept.length <= mostKept) return
    kept.pop()
    this.#isWhole = false
  }

  /** As compareAlarms orders by `priority`; NaN = never active, which comes last. */
  #isBefore(a: number, b: number): boolean {
    const { urgency, time } = this.#columns
    if (urgency[a] !== urgency[b]) return urgency[a]! < urgency[b]!
    const [timeA, timeB] = [time[a]!, time[b]!]
    if (timeA > timeB) return true
    if (timeA < timeB) return false
    if (Number.isNaN(timeA) !== Number.isNaN(timeB)) return Number.isNaN(timeB)
    return compareTexts(this.#idOf(a), this.#idOf(b)) < 0
  }
}
