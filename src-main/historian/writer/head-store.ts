// The newest samples of every series, in memory until they are sealed. A chunk's worth at a time is taken out in order of time;
// rows that came late are sorted only then, or when somebody asks.
import type { TagValue } from '../../shared/data-value.ts'
import { samplesPerChunk } from '../history-settings.ts'
import { picked, type Samples } from '../samples.ts'
import { HeadQueue } from './head-queue.ts'
import { HeadStage, StampColumns } from './head-stage.ts'
import { HeadUnits, type Piece } from './head-units.ts'
import type { RowColumns } from './journal-columns.ts'
import type { RowPlan } from './row-plan.ts'
import { timeOrder } from './time-order.ts'

/** Texts and arrays are sealed from about so many bytes on, however few rows they are. */
const otherByteLimit = 262_144
/** Full units are taken together up to about so many bytes of them: a chunk has room for more, but encoding it takes its time. */
const chunkOtherBytes = 1_048_576

/** Time stamps and status codes of gathered rows: several series of one scan have the same. */
interface GatheredStamps {
  /** Which rows of which blocks they are. */
  readonly pieces: readonly Piece[]
  readonly timestamp: Float64Array
  readonly statusCode: Uint32Array
}

/** Heads of many series; a slot is the number of one. Nothing here knows of time, files or settings. */
export class HeadStore {
  readonly #units = new HeadUnits((slot, before, now) => this.#onClosed(slot, before, now))
  readonly #stage = new HeadStage()
  readonly #stageStamps = new StampColumns()
  readonly #queue = new HeadQueue()
  #rowCount = 0
  /** Columns that {@link oldest} gives, used again and again. */
  readonly #valueColumns: Float64Array[] = []
  readonly #stampColumns: Omit<GatheredStamps, 'pieces'>[] = []
  #usedValueCount = 0
  #usedStampCount = 0
  #lastStamps: GatheredStamps | null = null

  get slotCount(): number {
    return this.#units.slotCount
  }

  /** Rows of all heads. */
  get rowCount(): number {
    return this.#rowCount
  }

  /** Bytes of blocks, columns and values that are no plain numbers. */
  get byteCount(): number {
    return this.#units.byteCount
  }

  /** Rough bytes of all values that are no plain numbers. */
  get otherByteCount(): number {
    return this.#units.otherByteCount
  }

  /** The same of one head. */
  otherBytes(slot: number): number {
    return this.#units.otherBytes(slot)
  }

  /** Journal segment that is being written: what new rows are marked with. */
  get segment(): number {
    return this.#units.segment
  }

  set segment(segment: number) {
    this.#settle()
    this.#units.segment = segment
  }

  /** A new, empty head; its slot. */
  addSlot(): number {
    return this.#units.addSlot()
  }

  /** Latest time stamp appended so far; −Infinity when there never was one. */
  latest(slot: number): number {
    this.#settle()
    return this.#units.latest(slot)
  }

  count(slot: number): number {
    this.#settle()
    return this.#units.count(slot)
  }

  /** Journal segment of the oldest row, or an earlier one; Infinity when there is no row. */
  oldestSegment(slot: number): number {
    this.#settle()
    return this.#units.oldestSegment(slot)
  }

  append(slot: number, timestamp: number, value: number, statusCode: number, other: TagValue | undefined): void {
    this.#settle()
    this.#units.append(slot, timestamp, value, statusCode)
    this.#rowCount++
    if (other !== undefined && other !== null) this.#appendOther(slot, other)
  }

  /**
   * Appends a batch without other values. `value` must stay as it is until the next call only.
   * False when there is no plan for batches like this one: they are appended row by row.
   */
  appendBatch(plan: RowPlan, columns: RowColumns): boolean {
    if (this.#stage.plan !== plan) this.#settle()
    if (!plan.fits(columns)) {
      this.#settle()
      if (!plan.refine(columns)) return false
    }
    this.#stage.add(plan, columns)
    this.#rowCount += columns.count
    if (this.#stage.isFull) this.#settle()
    return true
  }

  /** Slot whose chunk has waited longest to be sealed; −1 when none is full. */
  nextFilled(): number {
    return this.#queue.first((slot) => this.#isFilled(slot))
  }

  /** Passes on from the chunk {@link nextFilled} gave: it is about to be sealed. */
  skipFilled(): void {
    this.#queue.skip()
  }

  /** The slot stands in line again while it has a full chunk: its chunk was not sealed after all, or not all of it. */
  requeue(slot: number): void {
    if (this.#isFilled(slot)) this.#queue.push(slot)
  }

  /** Chunks that wait, over all heads. */
  get filledCount(): number {
    return this.#queue.length
  }

  /** First and last time stamp of what {@link oldest} would give; null when the head is empty. */
  oldestSpan(slot: number): { readonly first: number; readonly last: number } | null {
    const isWhole = this.#units.chained(slot) >= samplesPerChunk && !this.#units.isMixed(slot)
    if (!isWhole) this.#bringIntoOrder(slot)
    const count = this.#units.oldestCount(slot, samplesPerChunk, chunkOtherBytes)
    if (count === 0) return null
    return { first: this.#units.timestampAt(slot, 0), last: this.#units.timestampAt(slot, count - 1) }
  }

  /**
   * The oldest rows of a head, in order of time, at most 4096. The columns are the store's, valid until {@link releaseRows}; several series
   * may have the same columns of time stamps and status codes. null when the head is empty.
   */
  oldest(slot: number): Samples | null {
    this.#bringIntoOrder(slot)
    const count = this.#units.oldestCount(slot, samplesPerChunk, chunkOtherBytes)
    if (count === 0) return null
    const pieces = this.#units.pieces(slot, count)
    const stamps = this.#stampsOf(pieces, count)
    const scratch = this.#valueColumns[this.#usedValueCount++] ?? added(this.#valueColumns, newValues())
    const value = scratch.subarray(0, count)
    this.#readValues(pieces, value)
    return {
      count,
      timestamp: stamps.timestamp,
      value,
      statusCode: stamps.statusCode,
      others: othersOf(pieces),
    }
  }

  /** What {@link oldest} gave so far is not needed any more. */
  releaseRows(): void {
    this.#usedValueCount = 0
    this.#usedStampCount = 0
    this.#lastStamps = null
  }

  /** Time stamp of the row after the `count` oldest; Infinity when there is none. Rows are in order after {@link oldest}. */
  followingTimestamp(slot: number, count: number): number {
    return count < this.count(slot) ? this.#units.timestampAt(slot, count) : Number.POSITIVE_INFINITY
  }

  /** Takes the `count` oldest rows out of a head. */
  drop(slot: number, count: number): void {
    this.#settle()
    this.#rowCount -= count
    this.#units.drop(slot, count)
    this.#lastStamps = null
  }

  /** All rows of a head in order of time, copied. */
  rows(slot: number): Samples {
    this.#bringIntoOrder(slot)
    return this.#gathered(slot)
  }

  /** The head is these rows from now on; they need not be in order. */
  replace(slot: number, samples: Samples): void {
    this.clear(slot)
    for (let row = 0; row < samples.count; row++)
      this.append(slot, samples.timestamp[row]!, samples.value[row]!, samples.statusCode[row]!, samples.others?.[row])
  }

  /** Takes all rows with one of these time stamps out (ascending); how many there were. */
  remove(slot: number, timestamps: Float64Array): number {
    const before = this.rows(slot)
    const kept: number[] = []
    let other = 0
    for (let row = 0; row < before.count; row++) {
      const timestamp = before.timestamp[row]!
      while (other < timestamps.length && timestamps[other]! < timestamp) other++
      if (timestamps[other] !== timestamp) kept.push(row)
    }
    const removedCount = before.count - kept.length
    if (removedCount > 0) this.#rewrite(slot, picked(before, kept))
    return removedCount
  }

  /** Empties a head. */
  clear(slot: number): void {
    this.drop(slot, this.count(slot))
    this.#units.forgetOrder(slot, this.#units.latest(slot))
  }

  /** The rows of this head are in the journal segment being written, too: older ones do not need to be kept for them. */
  carried(slot: number): void {
    this.#settle()
    this.#units.setSegment(slot, this.segment)
  }

  /** Deals out what waits. */
  #settle(): void {
    const stage = this.#stage
    if (stage.batchCount === 0) return
    const { groups, rowCount } = stage.plan!
    for (const group of groups) {
      const count = stage.stampsOf(group, this.#stageStamps)
      this.#units.appendGroup(group, this.#stageStamps, count, stage.values, rowCount)
    }
    stage.clear()
  }

  #onClosed(slot: number, before: number, now: number): void {
    if (Math.floor(now / samplesPerChunk) > Math.floor(before / samplesPerChunk)) this.#queue.push(slot)
  }

  /** A sweep may have sealed what stood in line. */
  #isFilled(slot: number): boolean {
    return this.#units.chained(slot) >= samplesPerChunk || this.#units.hasOthers(slot)
  }

  #appendOther(slot: number, other: TagValue): void {
    if (this.#units.setOther(slot, other) <= otherByteLimit) return
    // Few rows, but as large as a chunk should be.
    this.#units.close(slot)
    this.#queue.push(slot)
  }

  /** Rows of one ms stay in order of arrival. */
  #bringIntoOrder(slot: number): void {
    this.#settle()
    if (!this.#units.isMixed(slot)) return
    const arrived = this.#gathered(slot)
    const order = timeOrder(arrived.timestamp, arrived.count)
    if (order !== null) this.#rewrite(slot, picked(arrived, order))
  }

  /** Other rows, in order of time, of the same head and the same age. */
  #rewrite(slot: number, samples: Samples): void {
    const segment = this.#units.oldestSegment(slot)
    const latest = this.#units.latest(slot)
    this.clear(slot)
    this.#units.forgetOrder(slot, Number.NEGATIVE_INFINITY)
    this.replace(slot, samples)
    this.#units.setSegment(slot, segment)
    this.#units.forgetOrder(slot, latest)
  }

  #gathered(slot: number): Samples {
    const count = this.#units.count(slot)
    const pieces = this.#units.pieces(slot, count)
    const value = new Float64Array(count)
    const timestamp = new Float64Array(count)
    const statusCode = new Uint32Array(count)
    this.#readValues(pieces, value)
    this.#readStamps(pieces, timestamp, statusCode)
    return { count, timestamp, value, statusCode, others: othersOf(pieces) }
  }

  #stampsOf(pieces: readonly Piece[], count: number): GatheredStamps {
    const last = this.#lastStamps
    if (last !== null && haveSameStamps(last.pieces, pieces)) return last
    const scratch = this.#stampColumns[this.#usedStampCount++] ?? added(this.#stampColumns, newStamps())
    const timestamp = scratch.timestamp.subarray(0, count)
    const statusCode = scratch.statusCode.subarray(0, count)
    this.#readStamps(pieces, timestamp, statusCode)
    this.#lastStamps = { pieces, timestamp, statusCode }
    return this.#lastStamps
  }

  #readValues(pieces: readonly Piece[], value: Float64Array): void {
    let row = 0
    for (const piece of pieces) {
      this.#units.values.read(piece.values, piece.count, value, row)
      row += piece.count
    }
  }

  #readStamps(pieces: readonly Piece[], timestamp: Float64Array, statusCode: Uint32Array): void {
    let row = 0
    for (const { stamps, from, count } of pieces) {
      this.#units.stamps.read(stamps, from, count, timestamp, statusCode, row)
      row += count
    }
  }
}

function othersOf(pieces: readonly Piece[]): (TagValue | undefined)[] | null {
  let all: (TagValue | undefined)[] | null = null
  let row = 0
  for (const { others, from, count } of pieces) {
    for (let index = 0; others !== null && index < count; index++) {
      const other = others[from + index]
      if (other === undefined) continue
      all ??= []
      all[row + index] = other
    }
    row += count
  }
  return all
}

function haveSameStamps(a: readonly Piece[], b: readonly Piece[]): boolean {
  if (a.length !== b.length) return false
  for (let index = 0; index < a.length; index++) {
    const [one, other] = [a[index]!, b[index]!]
    if (one.stamps !== other.stamps || one.from !== other.from || one.count !== other.count) return false
  }
  return true
}

function newValues(): Float64Array {
  return new Float64Array(samplesPerChunk)
}

function newStamps(): Omit<GatheredStamps, 'pieces'> {
  return { timestamp: new Float64Array(samplesPerChunk), statusCode: new Uint32Array(samplesPerChunk) }
}

function added<T>(list: T[], item: T): T {
  list.push(item)
  return item
}
