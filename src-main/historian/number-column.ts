// The numbers of a chunk (no NaN, no −0): which coder stores them shortest, what each block is about, and how to read a block.
//
//   byte  coder, then
//   0 none       no number in the chunk
//   1 runs       value-runs.ts; a chunk with one value is one run
//   2 decimal    byte decimals, zigzag origin
//   3 lattice    float64 gain, float64 offset, zigzag lowest count, varint number of corrections (0 = none), packed corrections
//   4 float32    zigzag origin
//   5 float64    zigzag origin
//   2 to 5 go on with
//   integers     (integer-column.ts)
//   decimal, lattice: packed first − smallest, packed largest − first, packed zigzag of sum − round(n (first + last) / 2)
//   float32:     packed first − smallest, packed largest − first; float64 sum of each plain block
//   float64:     float64 smallest, largest, sum of each plain block
//   5 × float64  smallest, largest, sum, first, last of the usable rows of each block that is not plain but has a usable row
//   float64:     uint32 low half of each number
//
// A block is plain when all its usable rows are numbers and all its numbers are usable (row-runs.ts); "first", "last" are its
// first and last number as in the integers. Packed columns have an entry for each block that has a number.
import { ByteReader, damaged } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'
import {
  type BlockBounds,
  blockLimit,
  IntegerColumn,
  type IntegerHint,
  rowLimit,
  writeIntegers,
} from './integer-column.ts'
import { fromZigzag, readPackedColumn, skipPackedColumn, toZigzag, writePackedColumn } from './packed-column.ts'
import {
  commonDecimals,
  type DecimalScale,
  fromDecimal,
  fromDecimals,
  mostDecimals,
  toDecimals,
} from './value-decimal.ts'
import { float32Of, fromFloat32, fromFloat64, toFloat32, toFloat64 } from './value-float.ts'
import { correctionSpan, findLattice, type Lattice, latticeTable, toExactLattice } from './value-lattice.ts'
import { findNumberRuns, fromNumberRuns, type NumberRuns, readNumberRuns, writeNumberRuns } from './value-runs.ts'

const noneCoder = 0
const runsCoder = 1
const decimalCoder = 2
const latticeCoder = 3
const float32Coder = 4
const float64Coder = 5

/** How the numbers of a chunk are stored; all but runs have their integers in {@link integers}. */
export type NumberCoding =
  | { readonly coder: typeof noneCoder }
  | { readonly coder: typeof runsCoder; readonly runs: NumberRuns }
  | { readonly coder: typeof decimalCoder; readonly scale: DecimalScale }
  | { readonly coder: typeof latticeCoder; readonly lattice: Lattice }
  | { readonly coder: typeof float32Coder; readonly origin: number }
  | { readonly coder: typeof float64Coder; readonly origin: number; readonly low: Uint8Array }

/** What the numbers of the last chunk of a series taught. */
export interface NumberHint {
  readonly coding: NumberCoding
  readonly integers: IntegerHint | null
}

/** Smallest, largest, sum, first and last of the usable rows of each block; NaN where there is none. */
export interface BlockFigures {
  readonly minimum: Float64Array
  readonly maximum: Float64Array
  readonly sum: Float64Array
  readonly first: Float64Array
  readonly last: Float64Array
}

/** Of 64 numbers one may have other decimals than the rest: it is then stored as it is. */
const misfitShare = 64

// Work space; nobody keeps anything in it between two calls.
const integers = new Int32Array(rowLimit + 4)
const columns = [0, 1, 2].map(() => new Float64Array(blockLimit)) as [Float64Array, Float64Array, Float64Array]
const corrections = new Float64Array(correctionSpan)

/**
 * Chooses how `count` numbers are stored. `misfits` gets the places of numbers that are to be taken out: then the choice is to
 * be made again without them.
 */
export function chooseCoding(
  numbers: Float64Array,
  count: number,
  hint: NumberHint | null,
  misfits: number[],
): NumberCoding {
  misfits.length = 0
  if (count === 0) return { coder: noneCoder }
  const runs = findNumberRuns(numbers, count)
  if (runs) return { coder: runsCoder, runs }
  return codingLike(numbers, count, hint?.coding ?? null, misfits) ?? searchCoding(numbers, count, misfits)
}

/** The coding of the last chunk, where it fits exactly. */
function codingLike(
  numbers: Float64Array,
  count: number,
  last: NumberCoding | null,
  misfits: number[],
): NumberCoding | null {
  if (last?.coder === decimalCoder) {
    const scale = toDecimals(numbers, count, last.scale.decimals, integers, misfits, 0)
    misfits.length = 0
    return scale && { coder: decimalCoder, scale }
  }
  if (last?.coder === latticeCoder && last.lattice.corrections === null) {
    const { gain, offset } = last.lattice
    return toExactLattice(numbers, count, gain, offset, integers)
      ? { coder: latticeCoder, lattice: last.lattice }
      : null
  }
  return null
}

function searchCoding(numbers: Float64Array, count: number, misfits: number[]): NumberCoding {
  const misfitLimit = Math.floor(count / misfitShare)
  const decimals = commonDecimals(numbers, count)
  const scale = decimals < 0 ? null : toDecimals(numbers, count, decimals, integers, misfits, misfitLimit)
  if (scale) return { coder: decimalCoder, scale }
  misfits.length = 0
  if (toFloat32(numbers, count, integers)) return { coder: float32Coder, origin: takeOrigin(count) }
  const lattice = findLattice(numbers, count, integers)
  if (lattice) return { coder: latticeCoder, lattice }
  const low = toFloat64(numbers, count, integers)
  return { coder: float64Coder, origin: takeOrigin(count), low }
}

/** Integers less the first of them, which it returns. */
function takeOrigin(count: number): number {
  const origin = integers[0]!
  for (let index = 0; index < count; index++) integers[index]! -= origin
  return origin
}

/**
 * Appends the numbers as just chosen. `isPlain` of each block as in row-runs.ts; `figuresOf` gives those of the blocks, where the
 * coder needs them.
 */
export function writeNumbers(
  output: ByteWriter,
  coding: NumberCoding,
  bounds: BlockBounds,
  isPlain: Uint8Array,
  figuresOf: () => BlockFigures,
  hint: NumberHint | null,
): NumberHint {
  output.byte(coding.coder)
  if (coding.coder === noneCoder) return { coding, integers: null }
  if (coding.coder === runsCoder) {
    writeNumberRuns(output, coding.runs)
    return hint ?? { coding, integers: null }
  }
  writeParameters(output, coding)
  const last = hint?.coding.coder === coding.coder ? hint.integers : null
  const next = writeIntegers(output, integers, bounds, last)
  writeFigures(output, coding, bounds, isPlain, figuresOf)
  if (coding.coder === float64Coder) output.append(coding.low)
  return { coding: coding.coder === float64Coder ? { ...coding, low: new Uint8Array(0) } : coding, integers: next }
}

function writeParameters(output: ByteWriter, coding: NumberCoding): void {
  if (coding.coder === decimalCoder) {
    output.byte(coding.scale.decimals)
    output.zigzag(coding.scale.origin)
  } else if (coding.coder === latticeCoder) {
    const { lattice } = coding
    output.float64(lattice.gain)
    output.float64(lattice.offset)
    output.zigzag(lattice.lowest)
    output.varint(lattice.corrections?.length ?? 0)
    if (lattice.corrections) writePackedColumn(output, lattice.corrections, lattice.corrections.length)
  } else if (coding.coder === float32Coder || coding.coder === float64Coder) output.zigzag(coding.origin)
}

function writeFigures(
  output: ByteWriter,
  coding: NumberCoding,
  bounds: BlockBounds,
  isPlain: Uint8Array,
  figuresOf: () => BlockFigures,
): void {
  const blockCount = bounds.length - 1
  if (coding.coder !== float64Coder) {
    const hasSums = coding.coder !== float32Coder
    const origin = coding.coder === float32Coder ? coding.origin : 0
    let used = 0
    for (let block = 0; block < blockCount; block++) {
      if (bounds[block] === bounds[block + 1]) continue
      countFigures(bounds[block]!, bounds[block + 1]!, isPlain[block] === 1, origin, used++)
    }
    for (const column of hasSums ? columns : columns.slice(0, 2)) writePackedColumn(output, column, used)
  }
  if ((coding.coder === decimalCoder || coding.coder === latticeCoder) && !isPlain.includes(0)) return
  const figures = figuresOf()
  for (let block = 0; block < blockCount; block++) {
    if (isPlain[block] === 0) {
      if (Number.isNaN(figures.minimum[block])) continue
      output.float64(figures.minimum[block]!)
      output.float64(figures.maximum[block]!)
      output.float64(figures.sum[block]!)
      output.float64(figures.first[block]!)
      output.float64(figures.last[block]!)
    } else if (bounds[block] !== bounds[block + 1]) {
      if (coding.coder === float64Coder) {
        output.float64(figures.minimum[block]!)
        output.float64(figures.maximum[block]!)
      }
      if (coding.coder === float64Coder || coding.coder === float32Coder) output.float64(figures.sum[block]!)
    }
  }
}

/** Fills place `at` of the columns with what the integers of one block say; zeros for one that is not plain. */
function countFigures(from: number, to: number, isPlain: boolean, origin: number, at: number): void {
  const [below, above, sums] = columns
  below[at] = 0
  above[at] = 0
  sums[at] = 0
  if (!isPlain) return
  const first = (integers[from]! + origin) | 0
  const last = integers[to - 1]!
  let smallest = first
  let largest = first
  let sum = 0
  for (let index = from; index < to; index++) {
    const integer = integers[index]!
    const ordered = (integer + origin) | 0
    if (ordered < smallest) smallest = ordered
    if (ordered > largest) largest = ordered
    sum += integer
  }
  below[at] = first - smallest
  above[at] = largest - first
  sums[at] = toZigzag(sum - middleSum(to - from, first, last))
}

/** What the sum of a block is near. */
function middleSum(count: number, first: number, last: number): number {
  return Math.floor((count * (first + last)) / 2)
}

/** The numbers of a chunk, read by blocks. Holds on to the bytes it was opened from. */
export class NumberColumn {
  readonly #coding: NumberCoding
  readonly #bounds: BlockBounds
  readonly #isPlain: Uint8Array
  readonly #usableCount: Uint16Array
  readonly #integers: IntegerColumn | null
  #latticeTable: Float64Array | null = null
  readonly #bytes: Uint8Array
  /** Of the coder float64: where the low halves are. */
  readonly #low: DataView | null
  readonly #lowOffset: number
  /** Where the figures of the blocks are; read when asked for. */
  readonly #figuresOffset: number
  #figures: BlockFigures | null = null

  /** Reads up to the end of the numbers. `usableCount` of the blocks' rows. BadDecodingError when there are none. */
  constructor(input: ByteReader, bounds: BlockBounds, isPlain: Uint8Array, usableCount: Uint16Array) {
    const count = bounds[bounds.length - 1]!
    this.#bounds = bounds
    this.#isPlain = isPlain
    this.#usableCount = usableCount
    this.#coding = readCoding(input, count)
    this.#bytes = input.bytes
    const { coder } = this.#coding
    this.#integers = coder === noneCoder || coder === runsCoder ? null : new IntegerColumn(input, bounds)
    this.#figuresOffset = input.offset
    if (this.#integers !== null) this.#skipFigures(input)
    this.#lowOffset = input.offset
    this.#low =
      coder === float64Coder ? new DataView(input.bytes.buffer, input.bytes.byteOffset, input.bytes.byteLength) : null
    if (coder === float64Coder) input.skip(4 * count)
  }

  /** Figures of the blocks; null when they are to be made from the rows (few numbers: runs, or none). */
  get figures(): BlockFigures | null {
    if (this.#integers === null) return null
    if (this.#figures === null) {
      this.#figures = emptyFigures(this.#isPlain.length)
      const input = new ByteReader(this.#bytes)
      input.offset = this.#figuresOffset
      this.#readFigures(input, this.#figures)
      this.#completeFloatEnds(this.#figures)
    }
    return this.#figures
  }

  /** The runs, where the numbers are stored so. */
  get runs(): NumberRuns | null {
    return this.#coding.coder === runsCoder ? this.#coding.runs : null
  }

  /** Writes the numbers of the blocks `from` to `to` − 1 to `into` from `at` on; how many. */
  decode(from: number, to: number, into: Float64Array, at: number): number {
    const coding = this.#coding
    const first = this.#bounds[from]!
    const count = this.#bounds[to]! - first
    if (count === 0) return 0
    if (coding.coder === runsCoder) fromNumberRuns(coding.runs, first, first + count, into, at)
    if (this.#integers === null) return count
    this.#integers.decode(from, to, integers)
    this.#map(count, first, into, at)
    return count
  }

  /** Numbers `first` … of the chunk from {@link integers}. */
  #map(count: number, first: number, into: Float64Array, at: number): void {
    const coding = this.#coding
    if (coding.coder === decimalCoder) fromDecimals(integers, count, coding.scale, into, at)
    else if (coding.coder === latticeCoder) this.#mapLattice(coding.lattice, count, into, at)
    else if (coding.coder === float32Coder) fromFloat32(integers, count, coding.origin, into, at)
    else if (coding.coder === float64Coder)
      fromFloat64(integers, count, coding.origin, this.#low!, this.#lowOffset + 4 * first, into, at)
  }

  #mapLattice(lattice: Lattice, count: number, into: Float64Array, at: number): void {
    const { gain, offset, lowest } = lattice
    const table = this.#table
    if (table === null) for (let index = 0; index < count; index++) into[at + index] = integers[index]! * gain + offset
    else for (let index = 0; index < count; index++) into[at + index] = table[integers[index]! - lowest] ?? Number.NaN
  }

  /** Values of the counts of a lattice with corrections; null for others. */
  get #table(): Float64Array | null {
    if (this.#coding.coder !== latticeCoder || this.#coding.lattice.corrections === null) return null
    this.#latticeTable ??= latticeTable(this.#coding.lattice)
    return this.#latticeTable
  }

  /** Packed columns before the float64 figures. */
  get #packedColumns(): readonly Float64Array[] {
    const { coder } = this.#coding
    return coder === float64Coder ? [] : coder === float32Coder ? columns.slice(0, 2) : columns
  }

  /** float64 figures of a block. */
  #floatCount(block: number): number {
    const { coder } = this.#coding
    if (this.#isPlain[block] === 0) return this.#usableCount[block] === 0 ? 0 : 5
    if (this.#bounds[block] === this.#bounds[block + 1]) return 0
    return coder === float64Coder ? 3 : coder === float32Coder ? 1 : 0
  }

  #usedBlockCount(): number {
    let used = 0
    for (let block = 0; block < this.#isPlain.length; block++)
      if (this.#bounds[block] !== this.#bounds[block + 1]) used++
    return used
  }

  #skipFigures(input: ByteReader): void {
    const used = this.#usedBlockCount()
    for (let column = this.#packedColumns.length; column > 0; column--) skipPackedColumn(input, used)
    let floatCount = 0
    for (let block = 0; block < this.#isPlain.length; block++) floatCount += this.#floatCount(block)
    input.skip(8 * floatCount)
  }

  #readFigures(input: ByteReader, figures: BlockFigures): void {
    const { minimum, maximum, sum, first, last } = figures
    const used = this.#usedBlockCount()
    const packed = this.#packedColumns
    for (const column of packed) readPackedColumn(input, used, column)
    for (let block = 0, at = 0; block < this.#isPlain.length; block++) {
      if (this.#bounds[block] === this.#bounds[block + 1]) continue
      if (packed.length > 0 && this.#isPlain[block] === 1) this.#plainFigures(figures, block, at)
      at++
    }
    for (let block = 0; block < this.#isPlain.length; block++) {
      const floatCount = this.#floatCount(block)
      if (floatCount >= 3) {
        minimum[block] = input.float64()
        maximum[block] = input.float64()
      }
      if (floatCount >= 1) sum[block] = input.float64()
      if (floatCount === 5) {
        first[block] = input.float64()
        last[block] = input.float64()
      }
    }
  }

  /** Figures of a plain block from place `at` of the columns just read. */
  #plainFigures(figures: BlockFigures, block: number, at: number): void {
    const coding = this.#coding
    const { minimum, maximum, sum, first, last } = figures
    const begin = this.#integers!.first[block]!
    const end = this.#integers!.last[block]!
    const [below, above, sums] = columns
    if (coding.coder === float32Coder) {
      const ordered = (begin + coding.origin) | 0
      minimum[block] = float32Of((ordered - below[at]!) | 0)
      maximum[block] = float32Of((ordered + above[at]!) | 0)
      first[block] = float32Of(ordered)
      last[block] = float32Of((end + coding.origin) | 0)
      return
    }
    const count = this.#bounds[block + 1]! - this.#bounds[block]!
    const total = fromZigzag(sums[at]!) + middleSum(count, begin, end)
    minimum[block] = this.#valueOf(begin - below[at]!)
    maximum[block] = this.#valueOf(begin + above[at]!)
    first[block] = this.#valueOf(begin)
    last[block] = this.#valueOf(end)
    if (coding.coder === decimalCoder) sum[block] = fromDecimal(total + count * coding.scale.origin, coding.scale)
    else if (coding.coder === latticeCoder) sum[block] = total * coding.lattice.gain + count * coding.lattice.offset
  }

  #valueOf(integer: number): number {
    const coding = this.#coding
    if (coding.coder === decimalCoder) return fromDecimal(integer + coding.scale.origin, coding.scale)
    if (coding.coder !== latticeCoder) return Number.NaN
    const table = this.#table
    if (table) return table[integer - coding.lattice.lowest] ?? Number.NaN
    return integer * coding.lattice.gain + coding.lattice.offset
  }

  /** First and last of plain float64 blocks: their low halves stand where every block finds them. */
  #completeFloatEnds({ first, last }: BlockFigures): void {
    if (this.#coding.coder !== float64Coder) return
    for (let block = 0; block < this.#isPlain.length; block++) {
      const from = this.#bounds[block]!
      const to = this.#bounds[block + 1]!
      if (this.#isPlain[block] === 0 || from === to) continue
      integers[0] = this.#integers!.first[block]!
      this.#map(1, from, first, block)
      integers[0] = this.#integers!.last[block]!
      this.#map(1, to - 1, last, block)
    }
  }
}

/** Figures of blocks without a usable row. */
export function emptyFigures(blockCount: number): BlockFigures {
  return {
    minimum: new Float64Array(blockCount).fill(Number.NaN),
    maximum: new Float64Array(blockCount).fill(Number.NaN),
    sum: new Float64Array(blockCount).fill(Number.NaN),
    first: new Float64Array(blockCount).fill(Number.NaN),
    last: new Float64Array(blockCount).fill(Number.NaN),
  }
}

function readCoding(input: ByteReader, count: number): NumberCoding {
  const coder = input.byte()
  if (coder !== noneCoder && count === 0) throw damaged('a coder of numbers where there are none')
  switch (coder) {
    case noneCoder:
      if (count > 0) throw damaged(`no coder for ${count} numbers`)
      return { coder }
    case runsCoder:
      return { coder, runs: readNumberRuns(input, count) }
    case decimalCoder: {
      const decimals = input.byte()
      if (decimals > mostDecimals) throw damaged(`numbers with ${decimals} decimals`)
      return { coder, scale: { decimals, origin: input.zigzag() } }
    }
    case latticeCoder:
      return { coder, lattice: readLattice(input) }
    case float32Coder:
      return { coder, origin: input.zigzag() | 0 }
    case float64Coder:
      return { coder, origin: input.zigzag() | 0, low: new Uint8Array(0) }
    default:
      throw damaged(`coder ${coder} of numbers is not known`)
  }
}

function readLattice(input: ByteReader): Lattice {
  const gain = input.float64()
  const offset = input.float64()
  const lowest = input.zigzag()
  const count = input.varint(correctionSpan)
  if (count === 0) return { gain, offset, lowest, corrections: null }
  readPackedColumn(input, count, corrections)
  return { gain, offset, lowest, corrections: Uint8Array.from(corrections.subarray(0, count)) }
}
