// A column of time stamps ↔ bytes. Stored once for all tags of a scan, and read in blocks of 256 without reading the rest.
// Scans come at regular times but for a few ms: what is stored is how far each is from a grid that fits the whole column.
//
//   byte    version (1)
//   byte    mode
//   varint  count − 1
//   varint  first time stamp, ms since 1970-01-01 UTC
//   varint  last time stamp less the first one
//   mode 0, even    nothing more: time stamp i = first + round(i × (last − first) / (count − 1))
//   mode 1, grid    varint period in ms / 65,536; integers (integer-column.ts): time stamp i less first less round(i × period)
//   mode 2, wide    varint for each but the first: distance to the one before. For distances that 32 bits do not hold.
import { RuntimeError } from '../../shared/runtime-error.ts'
import { ByteReader, damaged } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import { type BlockBounds, IntegerColumn, writeIntegers } from './integer-column.ts'

/** A column has at most so many time stamps. */
export const largestColumnCount = 4096
/** Time stamps, and samples, of one block. */
export const blockSampleCount = 256

const version = 1
const evenMode = 0
const gridMode = 1
const wideMode = 2
/** A period is stored in this part of a ms. */
const periodUnit = 1 / 65_536
/** Offsets from the grid and periods stay below; ms. */
const gridLimit = 2 ** 31

/** A column whose blocks can be read one by one. Holds on to the bytes it was opened from. */
export interface TimestampColumn {
  /** 1 to {@link largestColumnCount}. */
  readonly count: number
  /** ⌈count / 256⌉. */
  readonly blockCount: number
  readonly firstTimestamp: number
  readonly lastTimestamp: number
  /** First time stamp of each block: which block holds an instant is found without reading any. */
  readonly blockFirstTimestamp: readonly number[]
  /** Writes the time stamps of one block to `into` from `at` on; how many. RuntimeError BadDecodingError on damaged bytes. */
  decodeBlock(index: number, into: Float64Array, at: number): number
  /** First row of a block with a time stamp ≥ `at`; the count of its rows when there is none. Reads only so far. */
  rowFrom(index: number, at: number): number
  /** All of them, in a fresh array. RuntimeError BadDecodingError on damaged bytes. */
  decodeAll(): Float64Array
}

/** Rows that are read beyond the one where an instant is on the grid. */
const rowsAround = 4

// A small array of numbers is made faster than a typed array, which has memory outside the heap.
const noTimes: readonly number[] = Array.from({ length: largestColumnCount / blockSampleCount }, () => Number.NaN)
const output = new ByteWriter()
const offsets = new Int32Array(largestColumnCount)

/**
 * Bytes of the first `count` time stamps (1 to 4096): whole ms since 1970, each ≥ 0, not smaller than the one before, < 2^53.
 * RuntimeError BadInvalidArgument on anything else. A fresh array owned by the caller.
 */
export function encodeTimestamps(timestamp: Float64Array, count: number): Uint8Array {
  checkTimestamps(timestamp, count)
  const period = isEven(timestamp, count) ? null : periodOf(timestamp, count)
  const isGrid = period !== null && toGrid(timestamp, count, period)
  output.clear()
  output.byte(version)
  output.byte(period === null ? evenMode : isGrid ? gridMode : wideMode)
  output.varint(count - 1)
  output.varint(timestamp[0]!)
  output.varint(timestamp[count - 1]! - timestamp[0]!)
  if (isGrid) {
    output.varint(period / periodUnit)
    writeIntegers(output, offsets, blockBounds(count), null)
  } else if (period !== null) for (let row = 1; row < count; row++) output.varint(timestamp[row]! - timestamp[row - 1]!)
  return output.take()
}

/** Opens what {@link encodeTimestamps} gave. RuntimeError BadDecodingError on anything else. */
export function openTimestamps(bytes: Uint8Array): TimestampColumn {
  const input = new ByteReader(bytes)
  const found = input.byte()
  if (found !== version) throw damaged(`version ${found} of time stamps is not known`)
  const mode = input.byte()
  const count = input.varint(largestColumnCount - 1) + 1
  const first = input.varint()
  const last = first + input.varint()
  if (mode === evenMode) return new GridColumn(count, first, last, evenPeriod(count, first, last), null)
  if (mode === gridMode) {
    const period = input.varint(gridLimit / periodUnit) * periodUnit
    return new GridColumn(count, first, last, period, new IntegerColumn(input, blockBounds(count)))
  }
  if (mode === wideMode) return new WideColumn(count, first, last, input)
  throw damaged(`mode ${mode} of time stamps is not known`)
}

/** All time stamps of a column. RuntimeError BadDecodingError on damaged bytes. */
export function decodeTimestamps(bytes: Uint8Array): Float64Array {
  return openTimestamps(bytes).decodeAll()
}

/** Bounds of the blocks of columns that were asked for: nearly all have the same few counts. */
const knownBounds: (BlockBounds | undefined)[] = new Array(largestColumnCount + 1).fill(undefined)

/** Bounds of the blocks of `count` rows, 0 to 4096. Shared: never written to. */
export function blockBounds(count: number): BlockBounds {
  knownBounds[count] ??= madeBounds(count)
  return knownBounds[count]
}

function madeBounds(count: number): BlockBounds {
  const blockCount = Math.ceil(count / blockSampleCount)
  const bounds = new Uint16Array(blockCount + 1)
  for (let block = 1; block < blockCount; block++) bounds[block] = block * blockSampleCount
  bounds[blockCount] = count
  return bounds
}

/** Modes even and grid. */
class GridColumn implements TimestampColumn {
  readonly count: number
  readonly blockCount: number
  readonly firstTimestamp: number
  readonly lastTimestamp: number
  readonly blockFirstTimestamp: readonly number[]
  readonly #period: number
  readonly #offsets: IntegerColumn | null

  constructor(count: number, first: number, last: number, period: number, integers: IntegerColumn | null) {
    this.count = count
    this.blockCount = Math.ceil(count / blockSampleCount)
    this.firstTimestamp = first
    this.lastTimestamp = last
    this.#period = period
    this.#offsets = integers
    const firsts = noTimes.slice(0, this.blockCount)
    for (let block = 0; block < this.blockCount; block++)
      firsts[block] =
        first + Math.floor(block * blockSampleCount * period + 0.5) + (integers === null ? 0 : integers.first[block]!)
    this.blockFirstTimestamp = firsts
  }

  decodeBlock(index: number, into: Float64Array, at: number): number {
    return this.#decode(index, index + 1, into, at)
  }

  decodeAll(): Float64Array {
    const timestamp = new Float64Array(this.count)
    this.#decode(0, this.blockCount, timestamp, 0)
    return timestamp
  }

  rowFrom(index: number, at: number): number {
    const from = index * blockSampleCount
    const count = Math.min(this.count, from + blockSampleCount) - from
    // Where it would be if all stood on the grid as the first of the block does, and a few more.
    const likely = Math.ceil((at - this.blockFirstTimestamp[index]!) / this.#period) + rowsAround
    let row = likely >= 1 && likely < count ? likely : count
    if (this.#offsets) row = this.#offsets.decodeFirst(index, row, offsets)
    if (row < count && this.#timeOf(from, row - 1) < at) {
      if (this.#offsets) this.#offsets.decode(index, index + 1, offsets)
      row = count
    }
    while (row > 0 && this.#timeOf(from, row - 1) >= at) row--
    return row
  }

  /** Of a row of the block that begins with row `from`, whose offsets are decoded. */
  #timeOf(from: number, row: number): number {
    const onGrid = this.firstTimestamp + Math.floor((from + row) * this.#period + 0.5)
    return this.#offsets === null ? onGrid : onGrid + offsets[row]!
  }

  #decode(fromBlock: number, toBlock: number, into: Float64Array, at: number): number {
    const from = fromBlock * blockSampleCount
    const count = Math.min(this.count, toBlock * blockSampleCount) - from
    const first = this.firstTimestamp
    const period = this.#period
    if (this.#offsets === null) {
      for (let row = 0; row < count; row++) into[at + row] = first + Math.floor((from + row) * period + 0.5)
      return count
    }
    this.#offsets.decode(fromBlock, toBlock, offsets)
    if (Number.isInteger(period)) {
      // Nearly always, and then nothing is to be rounded.
      let grid = first + from * period
      for (let row = 0; row < count; row++) {
        into[at + row] = grid + offsets[row]!
        grid += period
      }
    } else
      for (let row = 0; row < count; row++)
        into[at + row] = first + Math.floor((from + row) * period + 0.5) + offsets[row]!
    return count
  }
}

/** Mode wide: rare and never large, so it is read at once. */
class WideColumn implements TimestampColumn {
  readonly count: number
  readonly blockCount: number
  readonly firstTimestamp: number
  readonly lastTimestamp: number
  readonly blockFirstTimestamp: readonly number[]
  readonly #timestamp: Float64Array

  constructor(count: number, first: number, last: number, input: ByteReader) {
    const timestamp = new Float64Array(count)
    timestamp[0] = first
    for (let row = 1; row < count; row++) timestamp[row] = timestamp[row - 1]! + input.varint()
    this.count = count
    this.blockCount = Math.ceil(count / blockSampleCount)
    this.firstTimestamp = first
    this.lastTimestamp = last
    this.#timestamp = timestamp
    this.blockFirstTimestamp = Array.from(
      { length: this.blockCount },
      (_, block) => timestamp[block * blockSampleCount]!,
    )
  }

  decodeBlock(index: number, into: Float64Array, at: number): number {
    const block = this.#timestamp.subarray(index * blockSampleCount, (index + 1) * blockSampleCount)
    into.set(block, at)
    return block.length
  }

  rowFrom(index: number, at: number): number {
    const begin = index * blockSampleCount
    const end = Math.min(this.count, begin + blockSampleCount)
    let row = begin
    while (row < end && this.#timestamp[row]! < at) row++
    return row - begin
  }

  decodeAll(): Float64Array {
    return this.#timestamp.slice()
  }
}

function evenPeriod(count: number, first: number, last: number): number {
  return count === 1 ? 0 : (last - first) / (count - 1)
}

function isEven(timestamp: Float64Array, count: number): boolean {
  const first = timestamp[0]!
  const period = evenPeriod(count, first, timestamp[count - 1]!)
  for (let row = 0; row < count; row++) if (timestamp[row] !== first + Math.floor(row * period + 0.5)) return false
  return true
}

/** Distances that the middle one is taken of. */
const middleOf = 64

/** Mean distance of neighbours without those that are far from the middle one; whole ms where that fits a block as well. */
function periodOf(timestamp: Float64Array, count: number): number {
  const stride = Math.ceil((count - 1) / middleOf)
  const some: number[] = []
  for (let row = 1; row < count; row += stride) some.push(timestamp[row]! - timestamp[row - 1]!)
  const middle = some.sort((a, b) => a - b)[some.length >> 1]!
  const [low, high] = [middle / 2, 1.5 * middle]
  let sum = 0
  let used = 0
  for (let row = 1; row < count; row++) {
    const distance = timestamp[row]! - timestamp[row - 1]!
    if (distance < low || distance > high) continue
    sum += distance
    used++
  }
  const mean = sum / used
  if (Math.abs(mean - Math.round(mean)) * blockSampleCount < 1) return Math.round(mean)
  return Math.round(mean / periodUnit) * periodUnit
}

/** Fills `offsets`; false when they do not fit. */
function toGrid(timestamp: Float64Array, count: number, period: number): boolean {
  if (period >= gridLimit) return false
  for (let row = 0; row < count; row++) {
    const offset = timestamp[row]! - timestamp[0]! - Math.floor(row * period + 0.5)
    if (offset >= gridLimit || offset < -gridLimit) return false
    offsets[row] = offset
  }
  return true
}

function checkTimestamps(timestamp: Float64Array, count: number): void {
  if (count < 1 || count > largestColumnCount || count > timestamp.length)
    throw new RuntimeError(
      'BadInvalidArgument',
      `A column of ${count} time stamps; 1 to ${largestColumnCount} are possible`,
    )
  let before = 0
  for (let row = 0; row < count; row++) {
    const instant = timestamp[row]!
    if (!(instant >= before) || !Number.isSafeInteger(instant))
      throw new RuntimeError(
        'BadInvalidArgument',
        `Time stamp ${row} of a column is ${instant}; whole ms since 1970 in rising order are possible`,
      )
    before = instant
  }
}
