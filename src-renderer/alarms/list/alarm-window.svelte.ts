// The list of alarms as far as it is looked at: one window of the runtime's sorted list around what is in view, kept up to date.
// While somebody works in it the rows keep their places: what is new waits, what is gone stays readable, and only then a
// place is given to another row when it is asked for (no row ever moves away under a finger).
import type { AlarmOrder, AlarmRow } from '../../../src-main/shared/alarm.ts'
import type { InputOf } from '../../../src-main/shared/contract.ts'
import type { CallError } from '../../connection/call-error.ts'
import type { RuntimeClient } from '../../connection/runtime-client.ts'
import { emptyHold, type HeldRows, heldRows, indexAt, type PlacedRow } from './held-rows.ts'

/** What of the client is needed here. */
export type WindowClient = Pick<RuntimeClient, 'watch'>

/** What a list is narrowed to, as the runtime is asked. */
export type ListFilterInput = Omit<InputOf<'alarms.groups'>, 'by'>
/** Which list, in which order. */
export type ListQuestion = ListFilterInput & { readonly order: AlarmOrder }

interface Window {
  readonly total: number
  readonly offset: number
  readonly alarms: readonly AlarmRow[]
}

/** Rows asked for on each side of what is in view. */
const margin = 60
/** With fewer than these left on a side the next window is asked for. */
const leastMargin = 20
/** The runtime gives no more rows at once (mostViewedAlarms). */
const mostRows = 1000
/** Least time between two questions while one scrolls; ms. */
const questionIntervalMs = 80

const nothing: Window = { total: 0, offset: 0, alarms: [] }

export class AlarmWindow {
  readonly #client: WindowClient
  #question: ListQuestion | null = null
  #latest = $state.raw<Window>(nothing)
  #hold = $state.raw<HeldRows | null>(null)
  #error = $state.raw<CallError | null>(null)
  #isLoaded = $state(false)
  #first = 0
  #last = 0
  #asked: { readonly offset: number; readonly count: number } | null = null
  #stop: (() => void) | null = null
  #askTimer: ReturnType<typeof setTimeout> | undefined
  #askedTimestamp = Number.NEGATIVE_INFINITY
  /** The held rows themselves, wherever they stand in the list now. */
  #heldTags = ''
  #stopHeld: (() => void) | null = null
  #heldRows: ReadonlyMap<string, AlarmRow> | null = null

  constructor(client: WindowClient) {
    this.#client = client
  }

  /** Rows of the list, in the places that are shown. */
  get total(): number {
    const hold = this.#hold
    return hold
      ? hold.start + hold.rows.length + Math.max(0, this.#latest.total - hold.skippedBelow)
      : this.#latest.total
  }

  /** Rows of the list as the runtime has it now. */
  get listedCount(): number {
    return this.#latest.total
  }

  /** The first answer has come. */
  get isLoaded(): boolean {
    return this.#isLoaded
  }

  get error(): CallError | null {
    return this.#error
  }

  /** How many rows came in above or between what is held; negative = so many have left. */
  get waitingCount(): number {
    return this.#hold?.waitingCount ?? 0
  }

  /** The list has changed since it is held: what is shown is not its present order. */
  get hasChanged(): boolean {
    return this.#hold?.hasChanged ?? false
  }

  /** The row at a place; undefined while it is on its way. */
  at(place: number): PlacedRow | undefined {
    const hold = this.#hold
    const held = hold?.rows[place - hold.start]
    if (held) return held
    const row = this.#latest.alarms[(hold ? indexAt(hold, place) : place) - this.#latest.offset]
    return row && { row, isGone: false }
  }

  /** Asks for another list; what was held is let go. */
  ask(question: ListQuestion): void {
    this.#question = question
    this.release()
    this.#isLoaded = false
    this.#asked = null
    this.#askNow(false)
  }

  /** These places are in view, first and last. */
  look(first: number, last: number): void {
    this.#first = first
    this.#last = Math.max(first, last)
    // More rows have left above than there is room to scroll: nothing can stand up there, so the list begins here.
    if (this.#hold && indexAt(this.#hold, first) < 0) this.#hold = emptyHold(first)
    if (this.#hold) this.#holdAgain()
    this.#askWhenNeeded()
  }

  /** From now on the rows in view keep their places. */
  hold(): void {
    if (this.#hold || !this.#isLoaded) return
    this.#hold = emptyHold(this.#first)
    this.#holdAgain()
  }

  /** Takes the list as it is now. */
  release(): void {
    this.#hold = null
    this.#watchHeld('')
    if (this.#question) this.#askWhenNeeded()
  }

  close(): void {
    clearTimeout(this.#askTimer)
    this.#stop?.()
    this.#watchHeld('')
    this.#question = null
  }

  #receive(window: Window): void {
    this.#latest = window
    this.#error = null
    this.#isLoaded = true
    if (this.#hold) this.#holdAgain()
    this.#askWhenNeeded()
  }

  /** The rows in view in the places where they are, with what is known of them now. */
  #holdAgain(): void {
    const rows: PlacedRow[] = []
    let start = this.#first
    for (let place = this.#first; place <= this.#last && place < this.total; place++) {
      const placed = this.at(place)
      // A hole (rows on their way) ends what can be held.
      if (!placed && rows.length > 0) break
      if (placed) rows.push(placed)
      else start = place + 1
    }
    if (rows.length === 0) return
    const places = new Map(this.#latest.alarms.map((row, index) => [row.id, this.#latest.offset + index]))
    const now = rows.map((placed) => this.#asNow(placed, places.get(placed.row.id)))
    this.#hold = heldRows(
      start,
      now,
      now.map(({ row }) => places.get(row.id)),
      this.#hold,
    )
    this.#watchHeld(JSON.stringify([...new Set(rows.map(({ row }) => row.tag))].sort()))
  }

  #asNow(placed: PlacedRow, index: number | undefined): PlacedRow {
    if (index !== undefined) return { row: this.#latest.alarms[index - this.#latest.offset]!, isGone: false }
    // It stands elsewhere in the list now, or has left it.
    if (this.#heldRows === null) return placed
    const row = this.#heldRows.get(placed.row.id)
    return row ? { row, isGone: false } : { row: placed.row, isGone: true }
  }

  /** Follows the alarms of these tags, wherever they stand in the list. */
  #watchHeld(tags: string): void {
    if (tags === this.#heldTags) return
    this.#heldTags = tags
    this.#stopHeld?.()
    this.#stopHeld = null
    this.#heldRows = null
    if (tags === '') return
    this.#stopHeld = this.#client.watch(
      'alarms.view',
      { tags: JSON.parse(tags) as string[], count: mostRows },
      ({ alarms }) => {
        this.#heldRows = new Map(alarms.map((row) => [row.id, row]))
        if (this.#hold) this.#holdAgain()
      },
    )
  }

  #askWhenNeeded(): void {
    if (!this.#question || this.#askTimer !== undefined) return
    const { first, last } = this.#wanted(leastMargin)
    const asked = this.#asked
    if (asked && first >= asked.offset && last <= asked.offset + asked.count) return
    const waitMs = this.#askedTimestamp + questionIntervalMs - performance.now()
    if (waitMs <= 0) return this.#askNow(true)
    this.#askTimer = setTimeout(() => {
      this.#askTimer = undefined
      this.#askNow(true)
    }, waitMs)
  }

  /** Places of the runtime's list that are wanted: in view and so many on each side. */
  #wanted(around: number): { readonly first: number; readonly last: number } {
    const hold = this.#hold
    const ends = hold ? [indexAt(hold, this.#first), indexAt(hold, this.#last)] : [this.#first, this.#last]
    const first = Math.max(0, Math.min(...ends) - around)
    const last = Math.max(...ends) + 1 + around
    const total = this.#isLoaded ? this.#latest.total : last
    return { first: Math.min(first, Math.max(0, total - 1)), last: Math.min(last, Math.max(total, first)) }
  }

  /** @param isFurther another part of the same list: what is there stays until it comes */
  #askNow(isFurther: boolean): void {
    const question = this.#question
    if (!question) return
    clearTimeout(this.#askTimer)
    this.#askTimer = undefined
    this.#askedTimestamp = performance.now()
    const { first } = isFurther ? this.#wanted(margin) : { first: 0 }
    const { last } = this.#wanted(margin)
    // A list that grows is asked for as if it had: its new end comes without a new question.
    const count = Math.min(mostRows, Math.max(last - first, 2 * margin))
    this.#asked = { offset: first, count }
    const stopOld = this.#stop
    this.#stop = this.#client.watch(
      'alarms.view',
      { ...question, offset: first, count },
      (window) => this.#receive(window),
      (error) => {
        this.#error = error
      },
    )
    stopOld?.()
  }
}
