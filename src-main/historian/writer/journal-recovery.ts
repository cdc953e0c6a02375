// What the journal holds and no chunk does: brought back into the heads after a start.

import { usualTagHistory } from '../../shared/tag.ts'
import type { HistoryFilesWriter } from '../files/history-files.ts'
import { picked } from '../samples.ts'
import type { HeadSeries } from './head-series.ts'
import { journalPosition, journalSegments } from './journal.ts'
import { type RowColumns, samplesOf } from './journal-columns.ts'
import { type JournaledSeries, type JournalOutcome, type JournalVisitor, replayJournal } from './journal-replay.ts'
import { RowPlan } from './row-plan.ts'

/** Samples up to a journal position, with a time stamp in [from, before), are in chunks. */
interface Covered {
  readonly position: number
  readonly from: number
  readonly before: number
}

/** Shorter frames are taken row by row. */
const shortestPlanned = 16

/** Rows of a frame with one time stamp and status. */
interface RowRun {
  readonly begin: number
  readonly end: number
  readonly timestamp: number
  readonly statusCode: number
}

/** The series of a layout. */
interface ReplayLayout {
  readonly slots: Int32Array
  readonly hasFilter: boolean
  /** null: rows are taken one by one. */
  plan: RowPlan | null
  /** Frames behind this position have no row that is covered. */
  readonly coveredUntil: number
}

/**
 * Replays the journal in `folder` into the heads of `series`: every sample that no chunk has, once. `repairs`: the torn end of the newest
 * file is cut off; a tool that only looks does not.
 */
export function recoverHeads(
  folder: string,
  files: Pick<HistoryFilesWriter, 'coverage' | 'defineSeries' | 'series'>,
  series: HeadSeries,
  repairs: boolean,
): JournalOutcome {
  const first = journalSegments(folder)[0]
  const recovery = new Recovery(files, series, first ? journalPosition(first.number, 0) : 0)
  return replayJournal(folder, recovery, repairs)
}

class Recovery implements JournalVisitor {
  readonly #series: HeadSeries
  /** By the journal's number of the series; the catalog may have lost the newest of them and give others. */
  readonly #slotOfJournalId = new Map<number, number>()
  readonly #covered = new Map<number, Covered[]>()
  /** By slot: rows with a time stamp in [from, before) are passed over until the position is beyond `until`. */
  readonly #isSplit = new Set<number>()
  readonly #from: number[] = []
  readonly #before: number[] = []
  readonly #until: number[] = []
  readonly #layouts = new Map<Uint32Array, ReplayLayout>()

  constructor(
    files: Pick<HistoryFilesWriter, 'coverage' | 'defineSeries' | 'series'>,
    series: HeadSeries,
    firstPosition: number,
  ) {
    this.#series = series
    for (const row of files.series()) series.add(row)
    for (const { series: id, journalPosition: position, from, before } of files.coverage(firstPosition)) {
      const rows = this.#covered.get(id)
      if (rows) rows.push({ position, from, before })
      else this.#covered.set(id, [{ position, from, before }])
    }
    for (const rows of this.#covered.values()) rows.sort((a, b) => a.position - b.position)
  }

  onSeries(list: readonly JournaledSeries[]): void {
    for (const entry of list) {
      const slot = this.#slotOf(entry)
      this.#slotOfJournalId.set(entry.id, slot)
      const wasFiltered = this.#series.filter(slot) !== null
      this.#series.setFilter(slot, entry.filter, entry.state)
      if (wasFiltered !== (this.#series.filter(slot) !== null)) this.#layouts.clear()
    }
  }

  onRows(position: number, ids: Uint32Array, columns: RowColumns, isLive: boolean): void {
    const layout = this.#layoutOf(ids, isLive)
    if (layout.plan !== null && position > layout.coveredUntil && columns.others === null) {
      if (this.#series.heads.appendBatch(layout.plan, columns)) return
      layout.plan = null
    }
    const { timestampRuns: times, statusCodeRuns: codes } = columns
    let timeRun = 0
    let codeRun = 0
    for (let row = 0; row < columns.count; ) {
      const end = Math.min(times.end[timeRun]!, codes.end[codeRun]!)
      const run = { begin: row, end, timestamp: times.value[timeRun]!, statusCode: codes.value[codeRun]! }
      if (layout.hasFilter) this.#filteredRun(position, layout.slots, columns, run)
      else this.#run(position, layout.slots, columns, run)
      row = end
      if (row === times.end[timeRun]) timeRun++
      if (row === codes.end[codeRun]) codeRun++
    }
  }

  onHead(position: number, id: number, columns: RowColumns): void {
    const slot = this.#slotOfJournalId.get(id) ?? this.#series.slotOfId(id)
    if (slot === undefined) return
    const samples = samplesOf(columns)
    const kept: number[] = []
    for (let row = 0; row < samples.count; row++)
      if (!this.#isCovered(slot, position, samples.timestamp[row]!)) kept.push(row)
    this.#series.heads.replace(slot, kept.length === samples.count ? samples : picked(samples, kept))
  }

  onRemoval(id: number, timestamps: Float64Array): void {
    const slot = this.#slotOfJournalId.get(id)
    if (slot !== undefined) this.#series.heads.remove(slot, timestamps)
  }

  onLive(ids: Uint32Array): void {
    this.#series.clearLive()
    for (const id of ids) {
      const slot = this.#slotOfJournalId.get(id) ?? this.#series.slotOfId(id)
      if (slot !== undefined) this.#series.setLive(slot, true)
    }
    this.#layouts.clear()
  }

  #filteredRun(position: number, slots: Int32Array, columns: RowColumns, run: RowRun): void {
    const { heads } = this.#series
    const { begin, end, timestamp, statusCode } = run
    for (let row = begin; row < end; row++) {
      const slot = slots[row]!
      const filter = this.#series.filter(slot)
      if (filter === null) this.#run(position, slots, columns, { ...run, begin: row, end: row + 1 })
      else
        filter.offer(timestamp, columns.value[row]!, statusCode, columns.others?.[row], (time, kept, code, other) => {
          if (!this.#isCovered(slot, position, time)) heads.append(slot, time, kept, code, other)
        })
    }
  }

  /** Rows that no filter concerns. */
  #run(position: number, slots: Int32Array, { value, others }: RowColumns, run: RowRun): void {
    const { heads } = this.#series
    const { begin, end, timestamp, statusCode } = run
    for (let row = begin; row < end; row++) {
      const slot = slots[row]!
      if (position > this.#until[slot]!) this.#advance(slot, position)
      if (timestamp < this.#before[slot]! && timestamp >= this.#from[slot]!) continue
      if (this.#isSplit.size > 0 && this.#isSplit.has(slot) && this.#isCovered(slot, position, timestamp)) continue
      heads.append(slot, timestamp, value[row]!, statusCode, others?.[row])
    }
  }

  #layoutOf(ids: Uint32Array, isLive: boolean): ReplayLayout {
    const known = this.#layouts.get(ids)
    if (known) return known
    const slots = new Int32Array(ids.length)
    let hasFilter = false
    let coveredUntil = 0
    for (let row = 0; row < ids.length; row++) {
      const slot = this.#slotOfJournalId.get(ids[row]!) ?? this.#series.slotOfId(ids[row]!)
      if (slot === undefined)
        throw new Error(
          `what series ${ids[row]} is stood in a part that cannot be read, and the catalog does not know it`,
        )
      slots[row] = slot
      if (isLive) this.#series.setLive(slot, true)
      if (this.#until[slot] === undefined) this.#advance(slot, 0)
      if (this.#series.filter(slot) !== null) hasFilter = true
      const covered = this.#covered.get(this.#series.id(slot))?.at(-1)
      if (covered && covered.position > coveredUntil) coveredUntil = covered.position
    }
    const plan = hasFilter || ids.length < shortestPlanned ? null : new RowPlan(slots)
    const layout: ReplayLayout = { slots, hasFilter, plan, coveredUntil }
    if (this.#layouts.size > 4096) this.#layouts.clear()
    this.#layouts.set(ids, layout)
    return layout
  }

  /** What is covered for frames from this position on; where it is more than one span of time, every row is looked up. */
  #advance(slot: number, position: number): void {
    const rows = (this.#covered.get(this.#series.id(slot)) ?? []).filter((row) => row.position >= position)
    const first = rows[0]
    this.#from[slot] = Number.POSITIVE_INFINITY
    this.#before[slot] = Number.NEGATIVE_INFINITY
    if (!first) {
      this.#until[slot] = Number.POSITIVE_INFINITY
      return
    }
    if (rows.some((row) => row.from !== first.from)) {
      this.#until[slot] = Number.POSITIVE_INFINITY
      this.#isSplit.add(slot)
      return
    }
    this.#from[slot] = first.from
    this.#before[slot] = Math.max(...rows.map((row) => row.before))
    this.#until[slot] = first.position
  }

  #isCovered(slot: number, position: number, timestamp: number): boolean {
    const rows = this.#covered.get(this.#series.id(slot))
    return rows?.some((row) => position <= row.position && timestamp >= row.from && timestamp < row.before) ?? false
  }

  #slotOf(entry: JournaledSeries): number {
    const slot = this.#series.slotOfName(entry.name, entry.kind)
    if (slot !== undefined) return slot
    const { interpolation, retentionMs } = usualTagHistory(entry.dataType)
    const attributes = {
      dataType: entry.dataType,
      unit: '',
      description: '',
      interpolation,
      states: null,
      isRecorded: false,
      retentionMs,
    }
    return this.#series.define([{ name: entry.name, kind: entry.kind, attributes }])[0]!
  }
}
