// The series the writer knows, each with its head: which number it has, how it is filtered, what was last heard of it.

import type { SeriesRow } from '../files/history-catalog.ts'
import type { HistoryFilesWriter, SeriesDefinition } from '../files/history-files.ts'
import type { SampleFilterSettings } from '../history-settings.ts'
import { picked, type Samples } from '../samples.ts'
import { HeadStore } from './head-store.ts'
import type { JournaledSeries } from './journal-replay.ts'
import { SampleFilter, type SampleFilterState } from './sample-filter.ts'

const never = Number.NEGATIVE_INFINITY

/** Columns by slot; a slot is the place of a series in the {@link HeadStore}, valid for this start. */
export class HeadSeries {
  readonly heads = new HeadStore()
  readonly #files: Pick<HistoryFilesWriter, 'defineSeries'>
  readonly #rows: SeriesRow[] = []
  readonly #slotOfId = new Map<number, number>()
  readonly #slotOfName = new Map<string, number>()
  readonly #filters: (SampleFilter | null)[] = []
  /** Journal segment that explains the series; 0 = none yet. */
  #announced: number[] = []
  /** 1: recorded live in this run. */
  #isLive: number[] = []
  /** Source time stamp of the last sample where that was Bad; −Infinity where it was not. */
  #badSince: number[] = []
  /** Time stamp of the first sample that was lost and is not marked yet; Infinity = none. */
  readonly #lostSince = new Map<number, number>()
  #badCount = 0

  constructor(files: Pick<HistoryFilesWriter, 'defineSeries'>) {
    this.#files = files
  }

  get count(): number {
    return this.#rows.length
  }

  /** Slots of these series, made where they are new. One transaction of the catalog. */
  define(definitions: readonly SeriesDefinition[]): number[] {
    return this.#files.defineSeries(definitions).map((row) => this.#slotOf(row))
  }

  /** Slot of a series the files know. */
  add(row: SeriesRow): number {
    return this.#slotOf(row)
  }

  slotOfId(id: number): number | undefined {
    return this.#slotOfId.get(id)
  }

  slotOfName(name: string, kind: SeriesRow['kind']): number | undefined {
    return this.#slotOfName.get(`${kind} ${name}`)
  }

  row(slot: number): SeriesRow {
    return this.#rows[slot]!
  }

  id(slot: number): number {
    return this.#rows[slot]!.id
  }

  filter(slot: number): SampleFilter | null {
    return this.#filters[slot]!
  }

  /** Filters from now on like this; true when that is a change. Its memory begins anew, what was pending is kept as a sample. */
  setFilter(slot: number, settings: SampleFilterSettings | null, state: SampleFilterState | null = null): void {
    const isOff = settings === null || (settings.deadband <= 0 && settings.compression <= 0)
    this.#filters[slot] = isOff ? null : new SampleFilter(settings, state)
  }

  /** What is in memory of a series, in order of time, with the sample its filter has not decided on yet. */
  headOf(slot: number): Samples {
    const rows = this.heads.rows(slot)
    const pending = this.filter(slot)?.pending
    if (!pending) return rows
    const all = {
      count: rows.count + 1,
      timestamp: Float64Array.of(...rows.timestamp, pending.timestamp),
      value: Float64Array.of(...rows.value, pending.value),
      statusCode: Uint32Array.of(...rows.statusCode, pending.statusCode),
      others: rows.others,
    }
    if (rows.count === 0 || rows.timestamp[rows.count - 1]! <= pending.timestamp) return all
    const order = Array.from(all.timestamp, (_, row) => row).sort((a, b) => all.timestamp[a]! - all.timestamp[b]!)
    return picked(all, order)
  }

  /** True when the segment does not explain the series yet. */
  needsAnnouncement(slot: number, segment: number): boolean {
    return this.#announced[slot] !== segment
  }

  /** How the journal explains a series. */
  announcement(slot: number, segment: number): JournaledSeries {
    this.#announced[slot] = segment
    const { id, name, kind, dataType } = this.#rows[slot]!
    const filter = this.#filters[slot]!
    return { id, name, kind, dataType, filter: filter?.settings ?? null, state: filter?.state ?? null }
  }

  forgetAnnouncement(slot: number): void {
    this.#announced[slot] = 0
  }

  isLive(slot: number): boolean {
    return this.#isLive[slot] === 1
  }

  setLive(slot: number, isLive: boolean): void {
    this.#isLive[slot] = isLive ? 1 : 0
  }

  clearLive(): void {
    this.#isLive.fill(0)
  }

  liveSlots(): number[] {
    const slots: number[] = []
    for (let slot = 0; slot < this.#isLive.length; slot++) if (this.#isLive[slot] === 1) slots.push(slot)
    return slots
  }

  /** Series whose last sample was Bad. */
  get badCount(): number {
    return this.#badCount
  }

  /** Source time stamp of the Bad sample that is the last one; −Infinity when the last one is not Bad. */
  badSince(slot: number): number {
    return this.#badSince[slot]!
  }

  setBadSince(slot: number, timestamp: number): void {
    if (this.#badSince[slot] === never) this.#badCount++
    this.#badSince[slot] = timestamp
  }

  clearBad(slot: number): void {
    if (this.#badSince[slot] === never) return
    this.#badCount--
    this.#badSince[slot] = never
  }

  /** A sample with this time stamp was not kept. */
  lost(slot: number, timestamp: number): void {
    if (!this.#lostSince.has(slot)) this.#lostSince.set(slot, timestamp)
  }

  /** Slots with lost samples and the time stamp of the first; forgotten by {@link forgetLost}. */
  get lostSlots(): ReadonlyMap<number, number> {
    return this.#lostSince
  }

  forgetLost(): void {
    this.#lostSince.clear()
  }

  #slotOf(row: SeriesRow): number {
    const known = this.#slotOfId.get(row.id)
    if (known !== undefined) {
      this.#rows[known] = row
      return known
    }
    const slot = this.heads.addSlot()
    this.#rows[slot] = row
    this.#slotOfId.set(row.id, slot)
    this.#slotOfName.set(`${row.kind} ${row.name}`, slot)
    this.#filters[slot] = null
    this.#announced[slot] = 0
    this.#isLive[slot] = 0
    this.#badSince[slot] = never
    return slot
  }
}
