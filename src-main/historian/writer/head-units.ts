// Where the rows of each head lie: a chain of full units, oldest first, and the one that is being filled. Series of one scan are
// in step: they share the block with time stamps and status codes, and a whole group of them gets its rows at once.
import type { TagValue } from '../../shared/data-value.ts'
import { roughByteCount } from '../value-size.ts'
import { blockRowCounts, grown, largestClass, rowOf, StampBlocks, ValueBlocks } from './head-blocks.ts'
import type { StampColumns } from './head-stage.ts'
import type { RowGroup } from './row-plan.ts'

const noBlock = -1

/** Rows of a head that lie together; rows before `start` are gone. */
interface Unit {
  readonly values: number
  readonly stamps: number
  readonly sizeClass: number
  start: number
  readonly end: number
  /** Journal segment of the oldest row. */
  segment: number
  /** Values that are no plain numbers, by row of the unit. */
  readonly others: readonly (TagValue | undefined)[] | null
  /** Rough bytes of those. */
  readonly otherBytes: number
}

/** Rows of a head that lie side by side, see {@link HeadUnits.pieces}. */
export interface Piece {
  readonly values: number
  readonly stamps: number
  readonly from: number
  readonly count: number
  readonly others: readonly (TagValue | undefined)[] | null
}

/** A slot is the number of a head. `onClosed` is called when rows were added to the full units of one. */
export class HeadUnits {
  readonly values = new ValueBlocks()
  readonly stamps = new StampBlocks()
  readonly #onClosed: (slot: number, chainedBefore: number, chained: number) => void
  #slotCount = 0
  #capacity = 1024
  /** Blocks of the unit being filled; −1: there is none. */
  #valuesOf = new Int32Array(this.#capacity).fill(noBlock)
  #stampsOf = new Int32Array(this.#capacity).fill(noBlock)
  #sizeClass = new Uint8Array(this.#capacity)
  /** Rows of the unit being filled that are gone, or never were this head's. */
  #start = new Uint16Array(this.#capacity)
  #segment = new Float64Array(this.#capacity)
  /** Rows in full units. */
  #chained = new Int32Array(this.#capacity)
  /** Latest time stamp before the unit being filled. */
  #latest = new Float64Array(this.#capacity).fill(Number.NEGATIVE_INFINITY)
  #isMixed = new Uint8Array(this.#capacity)
  readonly #chains: (Unit[] | undefined)[] = []
  /** Of the unit being filled, by row. */
  readonly #others: ((TagValue | undefined)[] | null | undefined)[] = []
  readonly #otherBytes = new Map<number, number>()
  #otherByteCount = 0
  /** Journal segment that new units are marked with. */
  segment = 0

  constructor(onClosed: (slot: number, chainedBefore: number, chained: number) => void) {
    this.#onClosed = onClosed
  }

  get slotCount(): number {
    return this.#slotCount
  }

  get byteCount(): number {
    return this.values.byteCount + this.stamps.byteCount + this.#capacity * 36 + this.#otherByteCount
  }

  /** Rough bytes of all values that are no plain numbers. */
  get otherByteCount(): number {
    return this.#otherByteCount
  }

  /** The same of one head. */
  otherBytes(slot: number): number {
    if (this.#otherByteCount === 0) return 0
    let bytes = this.#otherBytes.get(slot) ?? 0
    for (const unit of this.#chains[slot] ?? []) bytes += unit.otherBytes
    return bytes
  }

  /** The oldest rows of a head, at most `rowLimit`: whole units until their values that are no plain numbers have `byteLimit`. */
  oldestCount(slot: number, rowLimit: number, byteLimit: number): number {
    const count = Math.min(this.count(slot), rowLimit)
    const chain = this.#chains[slot]
    if (this.#otherByteCount === 0 || chain === undefined) return count
    let rows = 0
    let bytes = 0
    for (const unit of chain) {
      rows += unit.end - unit.start
      bytes += unit.otherBytes
      if (bytes >= byteLimit) return Math.min(rows, count)
    }
    return count
  }

  addSlot(): number {
    if (this.#slotCount === this.#capacity) this.#growSlots()
    return this.#slotCount++
  }

  latest(slot: number): number {
    const stamps = this.#stampsOf[slot]!
    return stamps === noBlock ? this.#latest[slot]! : Math.max(this.#latest[slot]!, this.stamps.latest(stamps))
  }

  /** Rows before the next are not all earlier than it; `latest`: the latest of those that count. */
  forgetOrder(slot: number, latest: number): void {
    this.#isMixed[slot] = 0
    this.#latest[slot] = latest
  }

  isMixed(slot: number): boolean {
    const stamps = this.#stampsOf[slot]!
    return this.#isMixed[slot] === 1 || (stamps !== noBlock && this.stamps.isMixed(stamps))
  }

  count(slot: number): number {
    return this.#chained[slot]! + this.#currentCount(slot)
  }

  /** Rows in full units. */
  chained(slot: number): number {
    return this.#chained[slot]!
  }

  /** A full unit has values that are no plain numbers. */
  hasOthers(slot: number): boolean {
    return this.#chains[slot]?.some((unit) => unit.others !== null) ?? false
  }

  oldestSegment(slot: number): number {
    const chain = this.#chains[slot]
    if (chain !== undefined) return chain[0]!.segment
    return this.#currentCount(slot) > 0 ? this.#segment[slot]! : Number.POSITIVE_INFINITY
  }

  setSegment(slot: number, segment: number): void {
    for (const unit of this.#chains[slot] ?? []) unit.segment = segment
    this.#segment[slot] = segment
  }

  append(slot: number, timestamp: number, value: number, statusCode: number): void {
    this.#makeOwnRoom(slot)
    const stamps = this.#stampsOf[slot]!
    this.values.set(this.#valuesOf[slot]! + this.stamps.filled(stamps), value)
    this.stamps.append(stamps, timestamp, statusCode)
  }

  /** The row just appended has this value instead of its number. Answers the rough bytes of such values in the unit being filled. */
  setOther(slot: number, other: TagValue): number {
    let others = this.#others[slot]
    if (!others) {
      others = []
      this.#others[slot] = others
    }
    others[this.stamps.filled(this.#stampsOf[slot]!) - 1] = other
    const added = roughByteCount(other)
    const bytes = (this.#otherBytes.get(slot) ?? 0) + added
    this.#otherBytes.set(slot, bytes)
    this.#otherByteCount += added
    return bytes
  }

  /** `count` rows for each series of a group; the values are those of `batchValues` at batch × `rowsPerBatch` + row. */
  appendGroup(
    group: RowGroup,
    columns: StampColumns,
    count: number,
    batchValues: Float64Array,
    rowsPerBatch: number,
  ): void {
    const { slots, segments } = group
    const perSlot = segments.length
    for (let done = 0; done < count; ) {
      const block = this.#shareRoom(slots)
      const filled = this.stamps.filled(block)
      const room = blockRowCounts[this.#sizeClass[this.#leader(slots)]!]! - filled
      const rows = Math.min(count - done, room)
      this.stamps.appendRows(block, columns.timestamp, columns.statusCode, done, rows)
      for (let index = 0; index < slots.length; index++) {
        const slot = slots[index]!
        if (this.#stampsOf[slot] !== block) {
          this.#appendStraggler(group, index, columns, done, rows, batchValues, rowsPerBatch, slot)
          continue
        }
        const place = this.#valuesOf[slot]! + filled
        const page = this.values.page(place)
        let to = rowOf(place)
        const end = to + rows
        if (perSlot === 1) {
          for (let from = done * rowsPerBatch + group.rows[index]!; to < end; from += rowsPerBatch)
            page[to++] = batchValues[from]!
          continue
        }
        const first = index * perSlot
        let batch = Math.floor(done / perSlot)
        for (let within = done - batch * perSlot; to < end; ) {
          page[to++] = batchValues[batch * rowsPerBatch + group.rows[first + within]!]!
          if (++within < perSlot) continue
          within = 0
          batch++
        }
      }
      done += rows
    }
  }

  /** Full units and the one being filled, oldest first, until there are `count` rows. */
  pieces(slot: number, count: number): Piece[] {
    const pieces: Piece[] = []
    let rest = count
    const chain = this.#chains[slot]
    for (let index = 0; chain !== undefined && index < chain.length && rest > 0; index++) {
      const { values, stamps, start, end, others } = chain[index]!
      const rows = Math.min(rest, end - start)
      pieces.push({ values: values + start, stamps, from: start, count: rows, others })
      rest -= rows
    }
    if (rest > 0) {
      const from = this.#start[slot]!
      const others = this.#others[slot] ?? null
      pieces.push({ values: this.#valuesOf[slot]! + from, stamps: this.#stampsOf[slot]!, from, count: rest, others })
    }
    return pieces
  }

  /** Time stamp of a row, counted from the oldest. */
  timestampAt(slot: number, row: number): number {
    let rest = row
    const chain = this.#chains[slot]
    for (let index = 0; chain !== undefined && index < chain.length; index++) {
      const { stamps, start, end } = chain[index]!
      if (rest < end - start) return this.stamps.timestamp(stamps, start + rest)
      rest -= end - start
    }
    return this.stamps.timestamp(this.#stampsOf[slot]!, this.#start[slot]! + rest)
  }

  /** Takes the `count` oldest rows out of a head. */
  drop(slot: number, count: number): void {
    let rest = count
    const chain = this.#chains[slot]
    while (chain !== undefined && rest > 0 && chain.length > 0) {
      const unit = chain[0]!
      const rows = Math.min(rest, unit.end - unit.start)
      this.#chained[slot]! -= rows
      rest -= rows
      unit.start += rows
      if (unit.start < unit.end) return
      this.#otherByteCount -= unit.otherBytes
      this.values.give(unit.values, unit.sizeClass)
      this.stamps.release(unit.stamps, unit.sizeClass)
      chain.shift()
    }
    if (chain !== undefined && chain.length === 0) this.#chains[slot] = undefined
    this.#start[slot]! += rest
    if (this.#stampsOf[slot] !== noBlock && this.#currentCount(slot) === 0) this.#freeCurrent(slot)
  }

  /** The unit being filled takes no more rows. */
  close(slot: number): void {
    const stamps = this.#stampsOf[slot]!
    const [start, end] = [this.#start[slot]!, this.stamps.filled(stamps)]
    let chain = this.#chains[slot]
    if (chain === undefined) {
      chain = []
      this.#chains[slot] = chain
    }
    chain.push({
      values: this.#valuesOf[slot]!,
      stamps,
      sizeClass: this.#sizeClass[slot]!,
      start,
      end,
      segment: this.#segment[slot]!,
      others: this.#others[slot] ?? null,
      otherBytes: this.#otherBytes.get(slot) ?? 0,
    })
    this.#leave(slot)
    const before = this.#chained[slot]!
    this.#chained[slot] = before + end - start
    this.#onClosed(slot, before, before + end - start)
  }

  #currentCount(slot: number): number {
    const stamps = this.#stampsOf[slot]!
    return stamps === noBlock ? 0 : this.stamps.filled(stamps) - this.#start[slot]!
  }

  /** A unit with room for a row, whose stamps no other head fills. */
  #makeOwnRoom(slot: number): void {
    const { stamps } = this
    const block = this.#stampsOf[slot]!
    if (block === noBlock) return this.#startOwn(slot)
    const sizeClass = this.#sizeClass[slot]!
    if (stamps.filled(block) < blockRowCounts[sizeClass]!) {
      if (stamps.holders(block) > 1) this.#move(slot, stamps.takeCopy(block, sizeClass), sizeClass)
    } else if (sizeClass < largestClass) this.#move(slot, stamps.takeCopy(block, sizeClass + 1), sizeClass + 1)
    else {
      this.close(slot)
      this.#startOwn(slot)
    }
  }

  #startOwn(slot: number): void {
    const sizeClass = this.#firstClass(slot)
    this.#begin(slot, this.stamps.take(sizeClass), sizeClass)
  }

  /** A series with a full unit will have another one. */
  #firstClass(slot: number): number {
    return this.#chains[slot] === undefined ? 0 : largestClass
  }

  /** First slot that has a unit; the first one when none has. */
  #leader(slots: Int32Array): number {
    for (let index = 0; index < slots.length; index++)
      if (this.#stampsOf[slots[index]!] !== noBlock) return slots[index]!
    return slots[0]!
  }

  /**
   * A block with room that series of the group hold, and nobody else. Those that are out of step hold others: they come into step when the
   * group begins its next unit.
   */
  #shareRoom(slots: Int32Array): number {
    const { stamps } = this
    const leader = this.#leader(slots)
    let block = this.#stampsOf[leader]!
    if (block === noBlock) return this.#startTogether(slots, this.#firstClass(leader))
    const sizeClass = this.#sizeClass[leader]!
    let inStep = 0
    let empty = 0
    for (let index = 0; index < slots.length; index++) {
      const held = this.#stampsOf[slots[index]!]!
      if (held === block) inStep++
      else if (held === noBlock) empty++
    }
    if (stamps.filled(block) === blockRowCounts[sizeClass]!) {
      if (sizeClass === largestClass) return this.#startTogether(slots, largestClass)
      block = this.#moveTogether(slots, block, sizeClass + 1)
    } else if (stamps.holders(block) !== inStep) block = this.#moveTogether(slots, block, sizeClass)
    if (empty > 0) this.#joinEmpty(slots, block)
    return block
  }

  /** A new unit for all series of a group. */
  #startTogether(slots: Int32Array, sizeClass: number): number {
    const block = this.stamps.take(sizeClass)
    for (let index = 0; index < slots.length; index++) {
      const slot = slots[index]!
      if (this.#stampsOf[slot] !== noBlock) this.close(slot)
      this.#begin(slot, block, sizeClass)
    }
    return block
  }

  /** A copy of the block for those of the group that hold it. */
  #moveTogether(slots: Int32Array, block: number, sizeClass: number): number {
    const copy = this.stamps.takeCopy(block, sizeClass)
    for (let index = 0; index < slots.length; index++)
      if (this.#stampsOf[slots[index]!] === block) this.#move(slots[index]!, copy, sizeClass)
    return copy
  }

  #joinEmpty(slots: Int32Array, block: number): void {
    const sizeClass = this.#sizeClass[this.#leader(slots)]!
    for (let index = 0; index < slots.length; index++)
      if (this.#stampsOf[slots[index]!] === noBlock) this.#begin(slots[index]!, block, sizeClass)
  }

  /** Begins a unit. Rows that the stamp block has already are not this head's. */
  #begin(slot: number, block: number, sizeClass: number): void {
    this.stamps.hold(block, this.#latest[slot]!)
    this.#valuesOf[slot] = this.values.take(sizeClass)
    this.#stampsOf[slot] = block
    this.#sizeClass[slot] = sizeClass
    this.#start[slot] = this.stamps.filled(block)
    this.#segment[slot] = this.segment
  }

  /** The unit being filled goes on with another stamp block, a copy of its own, and as many rows of values as that has. */
  #move(slot: number, block: number, sizeClass: number): void {
    const { stamps, values } = this
    const before = this.#stampsOf[slot]!
    const classBefore = this.#sizeClass[slot]!
    if (sizeClass !== classBefore) {
      const place = values.take(sizeClass)
      values.copy(this.#valuesOf[slot]!, place, stamps.filled(before))
      values.give(this.#valuesOf[slot]!, classBefore)
      this.#valuesOf[slot] = place
      this.#sizeClass[slot] = sizeClass
    }
    stamps.hold(block, this.#latest[slot]!)
    this.#stampsOf[slot] = block
    stamps.stopHolding(before)
    stamps.release(before, classBefore)
  }

  #appendStraggler(
    { segments, rows }: RowGroup,
    index: number,
    { timestamp, statusCode }: StampColumns,
    from: number,
    count: number,
    batchValues: Float64Array,
    rowsPerBatch: number,
    slot: number,
  ): void {
    const perSlot = segments.length
    for (let row = from; row < from + count; row++) {
      const batch = Math.floor(row / perSlot)
      const value = batchValues[batch * rowsPerBatch + rows[index * perSlot + row - batch * perSlot]!]!
      this.append(slot, timestamp[row]!, value, statusCode[row]!)
    }
  }

  /** The unit being filled has no rows any more. */
  #freeCurrent(slot: number): void {
    const sizeClass = this.#sizeClass[slot]!
    const stamps = this.#stampsOf[slot]!
    this.values.give(this.#valuesOf[slot]!, sizeClass)
    this.#otherByteCount -= this.#otherBytes.get(slot) ?? 0
    this.#leave(slot)
    this.stamps.release(stamps, sizeClass)
  }

  #leave(slot: number): void {
    const stamps = this.#stampsOf[slot]!
    const latest = this.stamps.latest(stamps)
    if (latest > this.#latest[slot]!) this.#latest[slot] = latest
    if (this.stamps.isMixed(stamps)) this.#isMixed[slot] = 1
    this.stamps.stopHolding(stamps)
    this.#valuesOf[slot] = noBlock
    this.#stampsOf[slot] = noBlock
    this.#start[slot] = 0
    if (!this.#others[slot]) return
    this.#others[slot] = null
    this.#otherBytes.delete(slot)
  }

  #growSlots(): void {
    const from = this.#capacity
    this.#capacity *= 2
    this.#valuesOf = grown(this.#valuesOf, new Int32Array(this.#capacity).fill(noBlock, from))
    this.#stampsOf = grown(this.#stampsOf, new Int32Array(this.#capacity).fill(noBlock, from))
    this.#sizeClass = grown(this.#sizeClass, new Uint8Array(this.#capacity))
    this.#start = grown(this.#start, new Uint16Array(this.#capacity))
    this.#segment = grown(this.#segment, new Float64Array(this.#capacity))
    this.#chained = grown(this.#chained, new Int32Array(this.#capacity))
    this.#latest = grown(this.#latest, new Float64Array(this.#capacity).fill(Number.NEGATIVE_INFINITY, from))
    this.#isMixed = grown(this.#isMixed, new Uint8Array(this.#capacity))
  }
}
