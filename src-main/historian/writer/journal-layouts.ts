// Scans give the same tags in the same order again and again: which series a column of handles means is worked out once.
import type { HeadSeries } from './head-series.ts'
import { RowPlan } from './row-plan.ts'

/** Columns of handles that are remembered; beyond it all are forgotten and worked out again. */
const layoutLimit = 512
/** Shorter columns say their series in every frame. */
const shortestNumbered = 16
/** A numbered layout says its series again after so many frames: damage to one frame then costs little. */
const framesPerDefinition = 64

/** What a column of handles means. */
export interface Layout {
  readonly handle: Uint32Array
  /** Rows that are recorded; null = all. */
  readonly rows: Uint32Array | null
  /** By recorded row. */
  readonly slots: Int32Array
  readonly series: Uint32Array
  readonly hasFilter: boolean
  /** How its batches are taken in whole columns; null where they are not. */
  plan: RowPlan | null
  /** Number in its journal segment; 0 = none. */
  number: number
  /** Segment in which all series are explained and `number` holds. */
  segment: number
  frameCount: number
}

/** Layouts by their handles; forgotten when tags change. */
export class JournalLayouts {
  readonly #series: HeadSeries
  #slotOfHandle: Int32Array = new Int32Array(0)
  #known = new Map<number, Layout[]>()
  #knownCount = 0
  #nextNumber = 1
  #segment = 0
  #last: Layout | null = null

  constructor(series: HeadSeries) {
    this.#series = series
  }

  /** −1 in the table: not recorded. */
  configure(slotOfHandle: Int32Array): void {
    this.#slotOfHandle = slotOfHandle
    this.forget()
  }

  forget(): void {
    this.#known.clear()
    this.#knownCount = 0
    this.#last = null
  }

  slotOfHandle(handle: number): number {
    return this.#slotOfHandle[handle] ?? -1
  }

  /** What the first `count` handles mean. */
  of(handle: Uint32Array, count: number): Layout {
    const last = this.#last
    if (last !== null && isSame(last.handle, handle, count)) return last
    const key = count * 0x9e37 + handle[0]! * 31 + handle[count - 1]! * 17 + handle[count >> 1]!
    const candidates = this.#known.get(key)
    for (const layout of candidates ?? [])
      if (isSame(layout.handle, handle, count)) {
        this.#last = layout
        return layout
      }
    const layout = this.#make(handle, count)
    if (count < shortestNumbered) return layout
    if (this.#knownCount >= layoutLimit) this.forget()
    this.#knownCount++
    const list = this.#known.get(key)
    if (list) list.push(layout)
    else this.#known.set(key, [layout])
    this.#last = layout
    return layout
  }

  /** A layout of slots that no batch has: samples of the runtime itself, marks. */
  ofSlots(slots: readonly number[]): Layout {
    return this.#layout(new Uint32Array(0), null, Int32Array.from(slots), false)
  }

  /** Number to write into the frame, and whether the frame has to say the series. */
  place(layout: Layout, segment: number): { readonly number: number; readonly saysSeries: boolean } {
    if (segment !== this.#segment) {
      this.#segment = segment
      this.#nextNumber = 1
    }
    if (layout.slots.length < shortestNumbered || layout.handle.length === 0) return { number: 0, saysSeries: true }
    if (layout.segment !== segment) {
      layout.segment = segment
      layout.frameCount = 0
      layout.number = 0
    }
    layout.frameCount++
    // The first frame of a layout that may never come again is not worth a number.
    if (layout.frameCount === 1) return { number: 0, saysSeries: true }
    if (layout.number === 0) layout.number = this.#nextNumber++
    return { number: layout.number, saysSeries: layout.frameCount % framesPerDefinition === 2 }
  }

  #make(handle: Uint32Array, count: number): Layout {
    let recordedCount = 0
    for (let row = 0; row < count; row++) if ((this.#slotOfHandle[handle[row]!] ?? -1) >= 0) recordedCount++
    const slots = new Int32Array(recordedCount)
    const rows = recordedCount === count ? null : new Uint32Array(recordedCount)
    for (let row = 0, at = 0; row < count; row++) {
      const slot = this.#slotOfHandle[handle[row]!] ?? -1
      if (slot < 0) continue
      if (rows) rows[at] = row
      slots[at++] = slot
    }
    return this.#layout(handle.slice(0, count), rows, slots, count >= shortestNumbered)
  }

  #layout(handle: Uint32Array, rows: Uint32Array | null, slots: Int32Array, isRemembered: boolean): Layout {
    const series = new Uint32Array(slots.length)
    let hasFilter = false
    for (let row = 0; row < slots.length; row++) {
      series[row] = this.#series.id(slots[row]!)
      if (this.#series.filter(slots[row]!) !== null) hasFilter = true
    }
    const plan = isRemembered && !hasFilter ? new RowPlan(slots) : null
    return { handle, rows, slots, series, hasFilter, plan, number: 0, segment: 0, frameCount: 0 }
  }
}

function isSame(known: Uint32Array, handle: Uint32Array, count: number): boolean {
  if (known.length !== count) return false
  for (let row = 0; row < count; row++) if (known[row] !== handle[row]) return false
  return true
}
