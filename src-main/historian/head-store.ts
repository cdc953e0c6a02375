// The newest samples of every series, in memory until they are sealed. Rows lie in blocks cut from large pages: small ones first, so
// that a hundred thousand quiet tags cost little, then as many of 128 rows as it takes until a chunk is full.
import type { TagValue } from '../shared/data-value.ts'
import { samplesPerChunk } from './history-settings.ts'
import type { Samples } from './samples.ts'
import { timeOrder } from './time-order.ts'
import { roughByteCount } from './value-size.ts'

/** Rows of a unit; its three columns lie side by side, so that appending to a head touches one place in memory, not three. */
const rowsPerUnit = 128
/** 20 bytes for each row, and a line of the processor's cache: heads fill in step and must not push each other out of it. */
const unitByteCount = rowsPerUnit * 20 + 64
const doublesPerUnit = unitByteCount / 8
const wordsPerUnit = unitByteCount / 4
/** Where the values and status codes of a unit begin, counted in their own size. */
const valueAt = rowsPerUnit
const statusCodeAt = (rowsPerUnit * 16) / 4
const unitsPerPage = 32
const rowsPerPage = unitsPerPage * rowsPerUnit
/** Room of a block, by size class; each fits a whole number of times into a unit. */
const blockRowCounts = [8, 32, rowsPerUnit] as const
const largestClass = blockRowCounts.length - 1
/** Full units that make a chunk. */
const unitsPerChunk = samplesPerChunk / rowsPerUnit
/** Texts and arrays are sealed from about so many bytes on, however few rows they are. */
const otherByteLimit = 262_144
/** Full units are taken together up to about so many bytes of them: a chunk has room for more, but encoding it takes its time. */
const chunkOtherBytes = 1_048_576
const noBlock = -1

/** 84 kB of rows; the same bytes as numbers and as status codes. */
interface Page {
  readonly doubles: Float64Array
  readonly words: Uint32Array
}

/** Full units of a head, oldest first. */
interface Chain {
  /** page × rowsPerPage + row. */
  readonly units: number[]
  /** Rows of the first unit that are sealed already. */
  start: number
  /** Journal segment of the oldest row of each unit. */
  readonly segments: number[]
  /** Values that are no plain numbers, by unit. */
  readonly others: (readonly (TagValue | undefined)[] | null)[]
  /** Rows of the last unit; all others are full. */
  readonly counts: number[]
  /** Rough bytes of those values, by unit. */
  readonly otherBytes: number[]
}

/** Columns to gather rows in, used again and again. */
interface Scratch {
  readonly timestamp: Float64Array
  readonly value: Float64Array
  readonly statusCode: Uint32Array
}

/** Heads of many series; a slot is the number of one. Nothing here knows of time, files or settings. */
export class HeadStore {
  readonly #pages: Page[] = []
  /** Free blocks by size class, as page × rowsPerPage + row. */
  readonly #freeBlocks: number[][] = blockRowCounts.map(() => [])
  #slotCount = 0
  #capacity = 1024
  /** Page of the block being filled; −1: there is none. */
  #page = new Int32Array(this.#capacity).fill(noBlock)
  /** Next row to be written, first row not sealed yet, and row after the block's last. */
  #at = new Int32Array(this.#capacity)
  #start = new Int32Array(this.#capacity)
  #end = new Int32Array(this.#capacity)
  #sizeClass = new Uint8Array(this.#capacity)
  /** Journal segment of the oldest row of the block being filled. */
  #segment = new Float64Array(this.#capacity)
  /** Latest time stamp that was ever appended. */
  #latest = new Float64Array(this.#capacity).fill(Number.NEGATIVE_INFINITY)
  /** 1: rows are not in order of time. */
  #isMixed = new Uint8Array(this.#capacity)
  readonly #chains: (Chain | undefined)[] = []
  /** Of the block being filled, by row from its first on. */
  readonly #others: ((TagValue | undefined)[] | null | undefined)[] = []
  readonly #otherBytes = new Map<number, number>()
  #otherByteCount = 0
  /** Slots with a full chunk, in that order; one entry for each chunk. */
  #filled: number[] = []
  #filledFrom = 0
  #rowCount = 0
  #scratches: Scratch[] = []
  #usedScratchCount = 0
  /** Journal segment that is being written: what new blocks are marked with. */
  segment = 0

  get slotCount(): number {
    return this.#slotCount
  }

  /** Rows of all heads. */
  get rowCount(): number {
    return this.#rowCount
  }

  /** Bytes of pages, columns and values that are no plain numbers. */
  get byteCount(): number {
    return this.#pages.length * unitsPerPage * unitByteCount + this.#capacity * 42 + this.#otherByteCount
  }

  /** Rough bytes of all values that are no plain numbers. */
  get otherByteCount(): number {
    return this.#otherByteCount
  }

  /** The same of one head. */
  otherBytes(slot: number): number {
    if (this.#otherByteCount === 0) return 0
    let bytes = this.#otherBytes.get(slot) ?? 0
    const chain = this.#chains[slot]
    if (chain !== undefined) for (const inUnit of chain.otherBytes) bytes += inUnit
    return bytes
  }

  /** Rows that make the next chunk of a head: at most 4096, fewer where their values are large. */
  #chunkRowCount(slot: number): number {
    const count = Math.min(this.count(slot), samplesPerChunk)
    const chain = this.#chains[slot]
    if (this.#otherByteCount === 0 || chain === undefined) return count
    let rows = -chain.start
    let bytes = 0
    for (let unit = 0; unit < chain.units.length; unit++) {
      rows += chain.counts[unit]!
      bytes += chain.otherBytes[unit]!
      if (bytes >= chunkOtherBytes) return Math.min(rows, count)
    }
    return count
  }

  /** A new, empty head; its slot. */
  addSlot(): number {
    if (this.#slotCount === this.#capacity) this.#growSlots()
    return this.#slotCount++
  }

  /** Latest time stamp appended so far; −Infinity when there never was one. */
  latest(slot: number): number {
    return this.#latest[slot]!
  }

  count(slot: number): number {
    return chainedCount(this.#chains[slot]) + this.#at[slot]! - this.#start[slot]!
  }

  /** Journal segment of the oldest row; Infinity when there is no row. */
  oldestSegment(slot: number): number {
    const chain = this.#chains[slot]
    if (chain !== undefined) return chain.segments[0]!
    return this.#at[slot]! > this.#start[slot]! ? this.#segment[slot]! : Number.POSITIVE_INFINITY
  }

  append(slot: number, timestamp: number, value: number, statusCode: number, other: TagValue | undefined): void {
    if (this.#at[slot] === this.#end[slot]) this.#makeRoom(slot)
    const at = this.#at[slot]!
    const { doubles, words } = this.#pages[this.#page[slot]!]!
    const double = doubleOf(at)
    doubles[double] = timestamp
    doubles[double + valueAt] = value
    words[wordOf(at)] = statusCode
    this.#at[slot] = at + 1
    this.#rowCount++
    if (timestamp < this.#latest[slot]!) this.#isMixed[slot] = 1
    else this.#latest[slot] = timestamp
    if (other !== undefined && other !== null) this.#appendOther(slot, at, other)
  }

  /**
   * Appends the rows `begin` … `end` − 1, each to the slot at its place in `slots`, all with one time stamp and status.
   * The hot loop of the historian.
   */
  appendRun(
    slots: Int32Array,
    values: Float64Array,
    begin: number,
    end: number,
    timestamp: number,
    statusCode: number,
  ): void {
    const pages = this.#pages
    const pageOf = this.#page
    const ats = this.#at
    const ends = this.#end
    const latest = this.#latest
    for (let row = begin; row < end; row++) {
      const slot = slots[row]!
      let at = ats[slot]!
      if (at === ends[slot]!) {
        this.#makeRoom(slot)
        at = ats[slot]!
      }
      const page = pages[pageOf[slot]!]!
      const double = doubleOf(at)
      const { doubles } = page
      doubles[double] = timestamp
      doubles[double + valueAt] = values[row]!
      page.words[wordOf(at)] = statusCode
      ats[slot] = at + 1
      if (timestamp < latest[slot]!) this.#isMixed[slot] = 1
      else latest[slot] = timestamp
    }
    this.#rowCount += end - begin
  }

  /** Slot whose chunk has waited longest to be sealed; −1 when none is full. */
  nextFilled(): number {
    while (this.#filledFrom < this.#filled.length) {
      const slot = this.#filled[this.#filledFrom]!
      if (this.#isFilled(slot)) return slot
      this.#filledFrom++
    }
    this.#filled = []
    this.#filledFrom = 0
    return -1
  }

  /** A sweep may have sealed what stood in line. */
  #isFilled(slot: number): boolean {
    const chain = this.#chains[slot]
    return (
      chain !== undefined && (chain.units.length >= unitsPerChunk || chain.others.some((others) => others !== null))
    )
  }

  /** Passes on from the chunk {@link nextFilled} gave: it is about to be sealed. */
  skipFilled(): void {
    this.#filledFrom++
    if (this.#filledFrom > 4096 && this.#filledFrom * 2 > this.#filled.length) {
      this.#filled = this.#filled.slice(this.#filledFrom)
      this.#filledFrom = 0
    }
  }

  /** The slot stands in line again while it has a full chunk: its chunk was not sealed after all, or not all of it. */
  requeue(slot: number): void {
    if (this.#isFilled(slot)) this.#filled.push(slot)
  }

  /** Chunks that wait, over all heads. */
  get filledCount(): number {
    return this.#filled.length - this.#filledFrom
  }

  /** First and last time stamp of what {@link oldest} would give; null when the head is empty. */
  oldestSpan(slot: number): { readonly first: number; readonly last: number } | null {
    if (this.#isMixed[slot] === 1) this.#sort(slot)
    const count = this.#chunkRowCount(slot)
    if (count === 0) return null
    return { first: this.#timestampAt(slot, 0), last: this.#timestampAt(slot, count - 1) }
  }

  /**
   * The oldest rows of a head, in order of time, at most 4096. The columns are the store's, valid until {@link releaseRows}.
   * null when the head is empty.
   */
  oldest(slot: number): Samples | null {
    if (this.#isMixed[slot] === 1) this.#sort(slot)
    const count = this.#chunkRowCount(slot)
    if (count === 0) return null
    const scratch = this.#scratches[this.#usedScratchCount] ?? this.#newScratch()
    this.#usedScratchCount++
    return this.#gather(slot, count, {
      timestamp: scratch.timestamp.subarray(0, count),
      value: scratch.value.subarray(0, count),
      statusCode: scratch.statusCode.subarray(0, count),
    })
  }

  /** What {@link oldest} gave so far is not needed any more. */
  releaseRows(): void {
    this.#usedScratchCount = 0
  }

  /** Time stamp of the row after the `count` oldest; Infinity when there is none. Rows are in order after {@link oldest}. */
  followingTimestamp(slot: number, count: number): number {
    return count < this.count(slot) ? this.#timestampAt(slot, count) : Number.POSITIVE_INFINITY
  }

  /** Takes the `count` oldest rows out of a head. */
  drop(slot: number, count: number): void {
    this.#rowCount -= count
    let rest = count
    const chain = this.#chains[slot]
    while (chain !== undefined && rest > 0 && chain.units.length > 0) {
      const inUnit = chain.counts[0]! - chain.start
      if (rest < inUnit) {
        chain.start += rest
        return
      }
      rest -= inUnit
      this.#freeBlocks[largestClass]!.push(chain.units.shift()!)
      chain.segments.shift()
      chain.others.shift()
      chain.counts.shift()
      this.#otherByteCount -= chain.otherBytes.shift()!
      chain.start = 0
    }
    if (chain !== undefined && chain.units.length === 0) this.#chains[slot] = undefined
    this.#start[slot]! += rest
    if (this.#page[slot] !== noBlock && this.#start[slot] === this.#at[slot]) this.#freeCurrent(slot)
  }

  /** All rows of a head in order of time, copied. */
  rows(slot: number): Samples {
    if (this.#isMixed[slot] === 1) this.#sort(slot)
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
    if (removedCount > 0) {
      const segment = this.oldestSegment(slot)
      this.replace(slot, picked(before, kept))
      this.#setSegment(slot, segment)
    }
    return removedCount
  }

  /** Empties a head. */
  clear(slot: number): void {
    this.drop(slot, this.count(slot))
    this.#isMixed[slot] = 0
  }

  /** The rows of this head are in the journal segment being written, too: older ones do not need to be kept for them. */
  carried(slot: number): void {
    this.#setSegment(slot, this.segment)
  }

  #setSegment(slot: number, segment: number): void {
    this.#chains[slot]?.segments.fill(segment)
    this.#segment[slot] = segment
  }

  /** Time stamp of a row, counted from the oldest. */
  #timestampAt(slot: number, row: number): number {
    const chain = this.#chains[slot]
    let at = row
    if (chain !== undefined) {
      at += chain.start
      for (const [index, unit] of chain.units.entries()) {
        const count = chain.counts[index]!
        if (at < count) return this.#timestampOf(unit + at)
        at -= count
      }
    }
    return this.#timestampOf(this.#page[slot]! * rowsPerPage + this.#start[slot]! + at)
  }

  #timestampOf(place: number): number {
    return this.#pages[Math.floor(place / rowsPerPage)]!.doubles[doubleOf(place % rowsPerPage)]!
  }

  #appendOther(slot: number, at: number, other: TagValue): void {
    let others = this.#others[slot]
    if (!others) {
      others = []
      this.#others[slot] = others
    }
    others[at - this.#firstRow(slot)] = other
    const added = roughByteCount(other)
    const bytes = (this.#otherBytes.get(slot) ?? 0) + added
    this.#otherBytes.set(slot, bytes)
    this.#otherByteCount += added
    if (bytes <= otherByteLimit) return
    // Few rows, but as large as a chunk should be.
    while (this.#sizeClass[slot]! < largestClass) this.#grow(slot)
    this.#closeUnit(slot)
    this.#filled.push(slot)
  }

  /** First row of the block being filled. */
  #firstRow(slot: number): number {
    return this.#end[slot]! - blockRowCounts[this.#sizeClass[slot]!]!
  }

  /** A block for the first row, a larger one for the next, or a new unit after a full one. */
  #makeRoom(slot: number): void {
    if (this.#page[slot] === noBlock) return this.#startBlock(slot, this.#chains[slot] === undefined ? 0 : largestClass)
    if (this.#sizeClass[slot]! < largestClass) return this.#grow(slot)
    this.#closeUnit(slot)
    const chain = this.#chains[slot]!
    if (chain.units.length % unitsPerChunk === 0) this.#filled.push(slot)
    this.#startBlock(slot, largestClass)
  }

  /** Moves the rows into a block of the next class. */
  #grow(slot: number): void {
    const sizeClass = this.#sizeClass[slot]!
    const fromPage = this.#page[slot]!
    const fromFirst = this.#firstRow(slot)
    const start = this.#start[slot]!
    const count = this.#at[slot]! - start
    const from = this.#pages[fromPage]!
    this.#place(slot, sizeClass + 1)
    const to = this.#pages[this.#page[slot]!]!
    const at = this.#at[slot]!
    for (let row = 0; row < count; row++) {
      const source = doubleOf(start + row)
      const target = doubleOf(at + row)
      to.doubles[target] = from.doubles[source]!
      to.doubles[target + valueAt] = from.doubles[source + valueAt]!
      to.words[wordOf(at + row)] = from.words[wordOf(start + row)]!
    }
    this.#others[slot]?.splice(0, start - fromFirst)
    this.#at[slot] = at + count
    this.#freeBlocks[sizeClass]!.push(fromPage * rowsPerPage + fromFirst)
  }

  /** The unit being filled takes no more rows. */
  #closeUnit(slot: number): void {
    const first = this.#firstRow(slot)
    let chain = this.#chains[slot]
    if (chain === undefined) {
      chain = { units: [], start: this.#start[slot]! - first, segments: [], others: [], counts: [], otherBytes: [] }
      this.#chains[slot] = chain
    }
    chain.units.push(this.#page[slot]! * rowsPerPage + first)
    chain.segments.push(this.#segment[slot]!)
    chain.others.push(this.#others[slot] ?? null)
    chain.counts.push(this.#at[slot]! - first)
    chain.otherBytes.push(this.#otherBytes.get(slot) ?? 0)
    this.#forgetCurrent(slot)
  }

  #startBlock(slot: number, sizeClass: number): void {
    this.#place(slot, sizeClass)
    this.#segment[slot] = this.segment
  }

  /** Makes a free block of this class the one being filled. */
  #place(slot: number, sizeClass: number): void {
    const block = this.#freeBlock(sizeClass)
    const first = block % rowsPerPage
    this.#page[slot] = Math.floor(block / rowsPerPage)
    this.#at[slot] = first
    this.#start[slot] = first
    this.#end[slot] = first + blockRowCounts[sizeClass]!
    this.#sizeClass[slot] = sizeClass
  }

  #freeBlock(sizeClass: number): number {
    const free = this.#freeBlocks[sizeClass]!
    const known = free.pop()
    if (known !== undefined) return known
    const size = blockRowCounts[sizeClass]!
    if (sizeClass < largestClass) {
      // A unit is cut up.
      const unit = this.#freeBlock(largestClass)
      for (let row = rowsPerUnit - size; row > 0; row -= size) free.push(unit + row)
      return unit
    }
    const page = this.#pages.length * rowsPerPage
    this.#pages.push(newPage())
    for (let row = rowsPerPage - rowsPerUnit; row > 0; row -= rowsPerUnit) free.push(page + row)
    return page
  }

  #freeCurrent(slot: number): void {
    const sizeClass = this.#sizeClass[slot]!
    this.#freeBlocks[sizeClass]!.push(this.#page[slot]! * rowsPerPage + this.#firstRow(slot))
    this.#otherByteCount -= this.#otherBytes.get(slot) ?? 0
    this.#forgetCurrent(slot)
  }

  #forgetCurrent(slot: number): void {
    this.#page[slot] = noBlock
    this.#at[slot] = 0
    this.#start[slot] = 0
    this.#end[slot] = 0
    if (this.#others[slot]) this.#others[slot] = null
    if (this.#otherBytes.size > 0) this.#otherBytes.delete(slot)
  }

  /** Brings all rows of a head into order of time; those of one ms stay in order of arrival. */
  #sort(slot: number): void {
    this.#isMixed[slot] = 0
    const arrived = this.#gathered(slot)
    const order = timeOrder(arrived.timestamp, arrived.count)
    if (order === null) return
    const segment = this.oldestSegment(slot)
    const latest = this.#latest[slot]!
    this.#latest[slot] = Number.NEGATIVE_INFINITY
    this.replace(slot, picked(arrived, order))
    this.#latest[slot] = latest
    this.#setSegment(slot, segment)
  }

  #gathered(slot: number): Samples {
    const count = this.count(slot)
    return this.#gather(slot, count, {
      timestamp: new Float64Array(count),
      value: new Float64Array(count),
      statusCode: new Uint32Array(count),
    })
  }

  /** Copies the `count` oldest rows. */
  #gather(slot: number, count: number, into: Scratch): Samples {
    let others: (TagValue | undefined)[] | null = null
    let row = 0
    const copy = (place: number, rows: number, from: readonly (TagValue | undefined)[] | null, fromRow: number) => {
      const page = this.#pages[Math.floor(place / rowsPerPage)]!
      const double = doubleOf(place % rowsPerPage)
      const word = wordOf(place % rowsPerPage)
      into.timestamp.set(page.doubles.subarray(double, double + rows), row)
      into.value.set(page.doubles.subarray(double + valueAt, double + valueAt + rows), row)
      into.statusCode.set(page.words.subarray(word, word + rows), row)
      for (let index = 0; from !== null && index < rows; index++) {
        const other = from[fromRow + index]
        if (other === undefined) continue
        others ??= []
        others[row + index] = other
      }
      row += rows
    }
    const chain = this.#chains[slot]
    for (let index = 0; chain !== undefined && index < chain.units.length && row < count; index++) {
      const start = index === 0 ? chain.start : 0
      const rows = Math.min(count - row, chain.counts[index]! - start)
      copy(chain.units[index]! + start, rows, chain.others[index]!, start)
    }
    if (row < count) {
      const start = this.#start[slot]!
      copy(
        this.#page[slot]! * rowsPerPage + start,
        count - row,
        this.#others[slot] ?? null,
        start - this.#firstRow(slot),
      )
    }
    return { count, ...into, others }
  }

  #newScratch(): Scratch {
    const scratch = {
      timestamp: new Float64Array(samplesPerChunk),
      value: new Float64Array(samplesPerChunk),
      statusCode: new Uint32Array(samplesPerChunk),
    }
    this.#scratches.push(scratch)
    return scratch
  }

  #growSlots(): void {
    const from = this.#capacity
    this.#capacity *= 2
    const grown = <T extends Int32Array | Uint8Array | Float64Array>(column: T, to: T, fill = 0): T => {
      to.set(column as never)
      if (fill !== 0) to.fill(fill, from)
      return to
    }
    this.#page = grown(this.#page, new Int32Array(this.#capacity), noBlock)
    this.#at = grown(this.#at, new Int32Array(this.#capacity))
    this.#start = grown(this.#start, new Int32Array(this.#capacity))
    this.#end = grown(this.#end, new Int32Array(this.#capacity))
    this.#sizeClass = grown(this.#sizeClass, new Uint8Array(this.#capacity))
    this.#segment = grown(this.#segment, new Float64Array(this.#capacity))
    this.#latest = grown(this.#latest, new Float64Array(this.#capacity), Number.NEGATIVE_INFINITY)
    this.#isMixed = grown(this.#isMixed, new Uint8Array(this.#capacity))
  }
}

/** Place of a row's time stamp among the doubles of its page; its value lies `valueAt` further on. */
function doubleOf(row: number): number {
  return (row >> 7) * doublesPerUnit + (row & (rowsPerUnit - 1))
}

/** Place of a row's status code among the words of its page. */
function wordOf(row: number): number {
  return (row >> 7) * wordsPerUnit + statusCodeAt + (row & (rowsPerUnit - 1))
}

function chainedCount(chain: Chain | undefined): number {
  if (chain === undefined) return 0
  let count = -chain.start
  for (const rows of chain.counts) count += rows
  return count
}

function newPage(): Page {
  const buffer = new ArrayBuffer(unitsPerPage * unitByteCount)
  return { doubles: new Float64Array(buffer), words: new Uint32Array(buffer) }
}

/** These rows of the samples, in this order. */
export function picked(samples: Samples, rows: ArrayLike<number>): Samples {
  const count = rows.length
  const timestamp = new Float64Array(count)
  const value = new Float64Array(count)
  const statusCode = new Uint32Array(count)
  const others: (TagValue | undefined)[] | null = samples.others ? [] : null
  for (let i = 0; i < count; i++) {
    const row = rows[i]!
    timestamp[i] = samples.timestamp[row]!
    value[i] = samples.value[row]!
    statusCode[i] = samples.statusCode[row]!
    const other = samples.others?.[row]
    if (other !== undefined) others![i] = other
  }
  return { count, timestamp, value, statusCode, others }
}
