// The newest samples of every series, in memory until they are sealed. Rows lie in blocks cut from large pages, small ones first,
// so that a hundred thousand quiet tags cost little and a busy one grows to whole chunks.
import type { TagValue } from '../shared/data-value.ts'
import type { Samples } from './samples.ts'
import { timeOrder } from './time-order.ts'

/** Rows of a page, and of the largest block. */
const rowsPerPage = 4096
/** Room of a block, by size class; each fits a whole number of times into a page. */
const blockRowCounts = [8, 32, 128, 512, 2048, rowsPerPage] as const
const largestClass = blockRowCounts.length - 1
/** A head that filled a page goes on with this class. */
const nextClass = 3
/** Pages that were given back and are kept for the next; more go to the garbage collector. */
const sparePageLimit = 64
/** Texts and arrays are sealed from about so many bytes on, however few rows they are. */
const otherByteLimit = 262_144
const noBlock = -1

/** 80 KiB of rows. */
interface Page {
  readonly timestamp: Float64Array
  readonly value: Float64Array
  readonly statusCode: Uint32Array
}

/** A block that takes no more rows and waits to be sealed. */
interface FullBlock {
  readonly page: number
  /** First row of the block in its page: what is given back. */
  readonly offset: number
  readonly sizeClass: number
  /** First row that is not sealed yet. */
  start: number
  /** Row after the last. */
  readonly end: number
  readonly others: (TagValue | undefined)[] | null
  segment: number
}

/** Heads of many series; a slot is the number of one. Nothing here knows of time, files or settings. */
export class HeadStore {
  readonly #pages: Page[] = []
  #freePages: number[] = []
  /** Free blocks by size class, as page × rowsPerPage + offset. */
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
  #full: (FullBlock[] | undefined)[] = []
  /** Of the block being filled, by row from its offset on. */
  #others: ((TagValue | undefined)[] | null | undefined)[] = []
  #otherBytes = new Map<number, number>()
  /** Slots whose block became full, in that order; one entry for each block. */
  #filled: number[] = []
  #filledFrom = 0
  #rowCount = 0
  /** Journal segment that is being written: what new blocks are marked with. */
  segment = 0

  get slotCount(): number {
    return this.#slotCount
  }

  /** Rows of all heads. */
  get rowCount(): number {
    return this.#rowCount
  }

  /** Bytes of pages and columns. */
  get byteCount(): number {
    return (this.#pages.length - this.#freePages.length) * rowsPerPage * 20 + this.#capacity * 42
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
    let count = this.#at[slot]! - this.#start[slot]!
    for (const block of this.#full[slot] ?? []) count += block.end - block.start
    return count
  }

  /** Journal segment of the oldest row; Infinity when there is no row. */
  oldestSegment(slot: number): number {
    const full = this.#full[slot]
    if (full !== undefined && full.length > 0) return full[0]!.segment
    return this.#at[slot]! > this.#start[slot]! ? this.#segment[slot]! : Number.POSITIVE_INFINITY
  }

  append(slot: number, timestamp: number, value: number, statusCode: number, other: TagValue | undefined): void {
    if (this.#at[slot] === this.#end[slot]) this.#makeRoom(slot)
    const at = this.#at[slot]!
    const page = this.#pages[this.#page[slot]!]!
    page.timestamp[at] = timestamp
    page.value[at] = value
    page.statusCode[at] = statusCode
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
      page.timestamp[at] = timestamp
      page.value[at] = values[row]!
      page.statusCode[at] = statusCode
      ats[slot] = at + 1
      if (timestamp < latest[slot]!) this.#isMixed[slot] = 1
      else latest[slot] = timestamp
    }
    this.#rowCount += end - begin
  }

  /** Slot whose block has waited longest to be sealed; −1 when none is full. It stays until {@link drop} empties it. */
  nextFilled(): number {
    while (this.#filledFrom < this.#filled.length) {
      const slot = this.#filled[this.#filledFrom]!
      if ((this.#full[slot]?.length ?? 0) > 0) return slot
      this.#filledFrom++
      if (this.#filledFrom > 4096 && this.#filledFrom * 2 > this.#filled.length) {
        this.#filled = this.#filled.slice(this.#filledFrom)
        this.#filledFrom = 0
      }
    }
    return -1
  }

  /** Passes on from the block {@link nextFilled} gave: it is about to be sealed. */
  skipFilled(): void {
    this.#filledFrom++
  }

  /** The slot's block was not sealed after all: it stands in line again. */
  requeue(slot: number): void {
    if (this.#full[slot] !== undefined) this.#filled.push(slot)
  }

  /** Full blocks that wait, over all heads. */
  get filledCount(): number {
    return this.#filled.length - this.#filledFrom
  }

  /**
   * The oldest rows of a head, in order of time: those of its first block, at most 4096. The columns are the store's, valid until
   * anything changes. null when the head is empty.
   */
  oldest(slot: number): Samples | null {
    if (this.#isMixed[slot] === 1) this.#sort(slot)
    const block = this.#firstBlock(slot)
    if (block === null) return null
    const page = this.#pages[block.page]!
    return {
      count: block.end - block.start,
      timestamp: page.timestamp.subarray(block.start, block.end),
      value: page.value.subarray(block.start, block.end),
      statusCode: page.statusCode.subarray(block.start, block.end),
      others: block.others?.slice(block.start - block.offset, block.end - block.offset) ?? null,
    }
  }

  /** Time stamp of the row after those of {@link oldest}; Infinity when there is none. Valid right after it was called. */
  followingTimestamp(slot: number): number {
    const full = this.#full[slot]
    if (full === undefined || full.length === 0) return Number.POSITIVE_INFINITY
    const next = full[1] ?? (this.#at[slot]! > this.#start[slot]! ? this.#currentBlock(slot) : null)
    return next === null ? Number.POSITIVE_INFINITY : this.#pages[next.page]!.timestamp[next.start]!
  }

  /** Takes the `count` oldest rows out of a head; they must lie in its first block (see {@link oldest}). */
  drop(slot: number, count: number): void {
    this.#rowCount -= count
    const full = this.#full[slot]
    const block = full?.[0]
    if (full && block) {
      block.start += count
      if (block.start < block.end) return
      this.#free(block.page, block.offset, block.sizeClass)
      full.shift()
      if (full.length === 0) this.#full[slot] = undefined
      return
    }
    this.#start[slot]! += count
    if (this.#start[slot] === this.#at[slot]) this.#freeCurrent(slot)
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
    for (const block of this.#full[slot] ?? []) {
      this.#rowCount -= block.end - block.start
      this.#free(block.page, block.offset, block.sizeClass)
    }
    this.#full[slot] = undefined
    this.#rowCount -= this.#at[slot]! - this.#start[slot]!
    if (this.#page[slot] !== noBlock) this.#freeCurrent(slot)
    this.#isMixed[slot] = 0
  }

  /** The rows of this head are in the journal segment being written, too: older ones do not need to be kept for them. */
  carried(slot: number): void {
    this.#setSegment(slot, this.segment)
  }

  #setSegment(slot: number, segment: number): void {
    for (const block of this.#full[slot] ?? []) block.segment = segment
    this.#segment[slot] = segment
  }

  #firstBlock(slot: number): FullBlock | null {
    const full = this.#full[slot]
    if (full !== undefined && full.length > 0) return full[0]!
    return this.#at[slot]! > this.#start[slot]! ? this.#currentBlock(slot) : null
  }

  #currentBlock(slot: number): FullBlock {
    const sizeClass = this.#sizeClass[slot]!
    return {
      page: this.#page[slot]!,
      offset: this.#end[slot]! - blockRowCounts[sizeClass]!,
      sizeClass,
      start: this.#start[slot]!,
      end: this.#at[slot]!,
      others: this.#others[slot] ?? null,
      segment: this.#segment[slot]!,
    }
  }

  #appendOther(slot: number, at: number, other: TagValue): void {
    let others = this.#others[slot]
    if (!others) {
      others = []
      this.#others[slot] = others
    }
    others[at - (this.#end[slot]! - blockRowCounts[this.#sizeClass[slot]!]!)] = other
    const bytes = (this.#otherBytes.get(slot) ?? 0) + roughByteCount(other)
    this.#otherBytes.set(slot, bytes)
    if (bytes > otherByteLimit) this.#closeBlock(slot)
  }

  /** A block for the first row, a larger one for the next, or a new one after a full page. */
  #makeRoom(slot: number): void {
    if (this.#page[slot] === noBlock) return this.#startBlock(slot, 0)
    const sizeClass = this.#sizeClass[slot]!
    if (sizeClass === largestClass) {
      this.#closeBlock(slot)
      return this.#startBlock(slot, nextClass)
    }
    const from = this.#currentBlock(slot)
    const segment = this.#segment[slot]!
    this.#place(slot, sizeClass + 1)
    this.#segment[slot] = segment
    const count = from.end - from.start
    const source = this.#pages[from.page]!
    const target = this.#pages[this.#page[slot]!]!
    const at = this.#at[slot]!
    target.timestamp.set(source.timestamp.subarray(from.start, from.end), at)
    target.value.set(source.value.subarray(from.start, from.end), at)
    target.statusCode.set(source.statusCode.subarray(from.start, from.end), at)
    if (from.others && from.start > from.offset) from.others.splice(0, from.start - from.offset)
    this.#at[slot] = at + count
    this.#free(from.page, from.offset, sizeClass)
  }

  /** The block takes no more rows; the slot stands in line to be sealed. */
  #closeBlock(slot: number): void {
    const block = this.#currentBlock(slot)
    const full = this.#full[slot]
    if (full) full.push(block)
    else this.#full[slot] = [block]
    this.#filled.push(slot)
    this.#forgetCurrent(slot)
  }

  #startBlock(slot: number, sizeClass: number): void {
    this.#place(slot, sizeClass)
    this.#segment[slot] = this.segment
  }

  /** Makes a free block of this class the one being filled. */
  #place(slot: number, sizeClass: number): void {
    const block = this.#freeBlocks[sizeClass]!.pop() ?? this.#cutPage(sizeClass)
    this.#page[slot] = Math.floor(block / rowsPerPage)
    const offset = block % rowsPerPage
    this.#at[slot] = offset
    this.#start[slot] = offset
    this.#end[slot] = offset + blockRowCounts[sizeClass]!
    this.#sizeClass[slot] = sizeClass
  }

  /** Cuts a page into blocks of the class; the first one of them. */
  #cutPage(sizeClass: number): number {
    const page = this.#takePage()
    const size = blockRowCounts[sizeClass]!
    for (let offset = rowsPerPage - size; offset > 0; offset -= size)
      this.#freeBlocks[sizeClass]!.push(page * rowsPerPage + offset)
    return page * rowsPerPage
  }

  #takePage(): number {
    const free = this.#freePages.pop()
    if (free !== undefined) {
      this.#pages[free] = this.#pages[free]!.timestamp.length > 0 ? this.#pages[free]! : newPage()
      return free
    }
    this.#pages.push(newPage())
    return this.#pages.length - 1
  }

  #free(page: number, offset: number, sizeClass: number): void {
    if (sizeClass < largestClass) {
      this.#freeBlocks[sizeClass]!.push(page * rowsPerPage + offset)
      return
    }
    this.#freePages.push(page)
    // Pages taken last are given out first: those at the bottom can go.
    if (this.#freePages.length > sparePageLimit) {
      const oldest = this.#freePages[this.#freePages.length - 1 - sparePageLimit]!
      this.#pages[oldest] = emptyPage
    }
  }

  #freeCurrent(slot: number): void {
    const { page, offset, sizeClass } = this.#currentBlock(slot)
    this.#free(page, offset, sizeClass)
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

  /** Brings all rows of a head into order of time; those of one ms stay in order of arrival. Blocks keep their number of rows. */
  #sort(slot: number): void {
    this.#isMixed[slot] = 0
    const arrived = this.#gathered(slot)
    const order = timeOrder(arrived.timestamp, arrived.count)
    if (order === null) return
    const oldest = this.oldestSegment(slot)
    const sorted = picked(arrived, order)
    let row = 0
    const blocks = this.#blocks(slot)
    for (const block of blocks) {
      const count = block.end - block.start
      const page = this.#pages[block.page]!
      page.timestamp.set(sorted.timestamp.subarray(row, row + count), block.start)
      page.value.set(sorted.value.subarray(row, row + count), block.start)
      page.statusCode.set(sorted.statusCode.subarray(row, row + count), block.start)
      row += count
    }
    if (sorted.others !== null) this.#setOthers(slot, blocks, sorted.others)
    this.#setSegment(slot, oldest)
  }

  #setOthers(slot: number, blocks: readonly FullBlock[], others: readonly (TagValue | undefined)[]): void {
    let row = 0
    const full = this.#full[slot] ?? []
    for (const [index, block] of blocks.entries()) {
      const count = block.end - block.start
      const own: (TagValue | undefined)[] = []
      for (let i = 0; i < count; i++) {
        const other = others[row + i]
        if (other !== undefined) own[block.start - block.offset + i] = other
      }
      if (index < full.length) full[index] = { ...block, others: own }
      else this.#others[slot] = own
      row += count
    }
  }

  #blocks(slot: number): FullBlock[] {
    const blocks = [...(this.#full[slot] ?? [])]
    if (this.#at[slot]! > this.#start[slot]!) blocks.push(this.#currentBlock(slot))
    return blocks
  }

  #gathered(slot: number): Samples {
    const blocks = this.#blocks(slot)
    const count = blocks.reduce((sum, block) => sum + block.end - block.start, 0)
    const timestamp = new Float64Array(count)
    const value = new Float64Array(count)
    const statusCode = new Uint32Array(count)
    const others: (TagValue | undefined)[] | null = blocks.some((block) => block.others) ? [] : null
    let row = 0
    for (const block of blocks) {
      const page = this.#pages[block.page]!
      timestamp.set(page.timestamp.subarray(block.start, block.end), row)
      value.set(page.value.subarray(block.start, block.end), row)
      statusCode.set(page.statusCode.subarray(block.start, block.end), row)
      for (let i = block.start; block.others && i < block.end; i++) {
        const other = block.others[i - block.offset]
        if (other !== undefined) others![row + i - block.start] = other
      }
      row += block.end - block.start
    }
    return { count, timestamp, value, statusCode, others }
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

const emptyPage: Page = { timestamp: new Float64Array(0), value: new Float64Array(0), statusCode: new Uint32Array(0) }

/** Heads fill in step: columns that began at equal places of the processor's cache would push each other out of it. */
const skewByteCount = 192
const skewCount = 256
let nextSkew = 0

function newPage(): Page {
  const skew = (nextSkew++ % skewCount) * skewByteCount
  const buffer = new ArrayBuffer(rowsPerPage * 20 + 3 * skewByteCount + skew)
  const valueAt = skew + rowsPerPage * 8 + skewByteCount / 3
  const statusAt = valueAt + rowsPerPage * 8 + skewByteCount / 3
  return {
    timestamp: new Float64Array(buffer, skew, rowsPerPage),
    value: new Float64Array(buffer, valueAt, rowsPerPage),
    statusCode: new Uint32Array(buffer, statusAt, rowsPerPage),
  }
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

/** About what a value costs in memory and in a chunk. */
function roughByteCount(value: TagValue): number {
  switch (typeof value) {
    case 'string':
      return 16 + value.length * 2
    case 'object':
      if (value === null) return 0
      if (value instanceof Uint8Array) return 64 + value.length
      return Object.values(value).reduce((sum: number, inner: TagValue) => sum + 8 + roughByteCount(inner), 64)
    default:
      return 16
  }
}
