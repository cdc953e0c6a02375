// Smallest, largest, sum, first and last usable value of each block of a chunk: what a query reads instead of the block.
//
//   decimal, lattice, float32: packed first − smallest, packed largest − first integer of each block that has numbers
//   decimal, lattice:          packed zigzag of: sum of the integers − ⌊n (first + last) / 2⌋
//   each block in order:
//     not plain and with a usable row:   float64 smallest, largest, sum, first, last
//     plain and with numbers:            float64: float64 smallest, largest, sum          float32: float64 sum
//
// A block is plain when all its usable rows are numbers and all its numbers are usable (row-runs.ts): only then its integers
// say what it is about. Its first and last number stand in the directory of the integers.

import type { Samples } from '../samples.ts'
import type { ByteReader } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'
import { isUsable } from './chunk-summary.ts'
import { type BlockBounds, blockLimit, type IntegerColumn } from './integer-column.ts'
import { decimalCoder, float32Coder, float64Coder, type IntegerCoding, latticeCoder } from './number-coding.ts'
import type { NumberMap } from './number-map.ts'
import { fromZigzag, readPackedColumn, skipPackedColumn, toZigzag, writePackedColumn } from './packed-column.ts'
import { blockSampleCount } from './timestamp-codec.ts'
import { fromDecimal } from './value-decimal.ts'

/** Figures of the usable rows of each block; NaN where there is none. */
export interface BlockFigures {
  readonly minimum: readonly number[]
  readonly maximum: readonly number[]
  readonly sum: readonly number[]
  readonly first: readonly number[]
  readonly last: readonly number[]
}

/** The same before anybody else has it. */
type FiguresBeingMade = { readonly [figure in keyof BlockFigures]: number[] }

/** What the figures of a block depend on: row-runs.ts. */
export interface BlockShapes {
  readonly bounds: BlockBounds
  readonly isPlain: Uint8Array
  readonly usableCount: Uint16Array
}

// Work space: first − smallest, largest − first, sum − its guess.
const below = new Float64Array(blockLimit)
const above = new Float64Array(blockLimit)
const sums = new Float64Array(blockLimit)
const packedColumns = [below, above, sums]
// Small arrays of numbers are made faster than typed arrays, which have memory outside the heap.
const noFigures: readonly number[] = Array.from({ length: blockLimit }, () => Number.NaN)

/** Packed columns that a coder has. */
function columnsOf(coding: IntegerCoding): readonly Float64Array[] {
  if (coding.coder === float64Coder) return []
  return coding.coder === float32Coder ? packedColumns.slice(0, 2) : packedColumns
}

/** float64 figures that a block has. */
function floatCount(coding: IntegerCoding, shapes: BlockShapes, block: number): number {
  if (shapes.isPlain[block] === 0) return shapes.usableCount[block] === 0 ? 0 : 5
  if (!hasNumbers(shapes, block)) return 0
  return coding.coder === float64Coder ? 3 : coding.coder === float32Coder ? 1 : 0
}

function hasNumbers({ bounds }: BlockShapes, block: number): boolean {
  return bounds[block] !== bounds[block + 1]
}

function filledCount(shapes: BlockShapes): number {
  let filled = 0
  for (let block = 0; block < shapes.isPlain.length; block++) if (hasNumbers(shapes, block)) filled++
  return filled
}

/** Appends figures. `figuresOf` gives them from the rows, where integers do not say them. */
export function writeFigures(
  output: ByteWriter,
  coding: IntegerCoding,
  integers: Int32Array,
  shapes: BlockShapes,
  figuresOf: () => BlockFigures,
): void {
  const { bounds, isPlain } = shapes
  const columns = columnsOf(coding)
  if (columns.length > 0) {
    const origin = coding.coder === float32Coder ? coding.origin : 0
    let filled = 0
    for (let block = 0; block < isPlain.length; block++)
      if (hasNumbers(shapes, block))
        countFigures(integers, bounds[block]!, bounds[block + 1]!, isPlain[block] === 1, origin, filled++)
    for (const column of columns) writePackedColumn(output, column, filled)
  }
  let figures: BlockFigures | null = null
  for (let block = 0; block < isPlain.length; block++) {
    const floats = floatCount(coding, shapes, block)
    if (floats === 0) continue
    figures ??= figuresOf()
    if (floats >= 3) {
      output.float64(figures.minimum[block]!)
      output.float64(figures.maximum[block]!)
    }
    output.float64(figures.sum[block]!)
    if (floats === 5) {
      output.float64(figures.first[block]!)
      output.float64(figures.last[block]!)
    }
  }
}

/** Fills place `at` of the columns with what the integers of one block say; zeros for one that is not plain. */
function countFigures(
  integers: Int32Array,
  from: number,
  to: number,
  isPlain: boolean,
  origin: number,
  at: number,
): void {
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

/** Passes over figures. */
export function skipFigures(input: ByteReader, coding: IntegerCoding, shapes: BlockShapes): void {
  const filled = filledCount(shapes)
  for (let column = columnsOf(coding).length; column > 0; column--) skipPackedColumn(input, filled)
  let floats = 0
  for (let block = 0; block < shapes.isPlain.length; block++) floats += floatCount(coding, shapes, block)
  input.skip(8 * floats)
}

/** Reads figures. `integers` and `map` are those of the same chunk. */
export function readFigures(
  input: ByteReader,
  coding: IntegerCoding,
  shapes: BlockShapes,
  integers: IntegerColumn,
  map: NumberMap,
): BlockFigures {
  const figures = emptyFigures(shapes.isPlain.length)
  const { minimum, maximum, sum, first, last } = figures
  const columns = columnsOf(coding)
  const filled = filledCount(shapes)
  for (const column of columns) readPackedColumn(input, filled, column)
  for (let block = 0, at = 0; block < shapes.isPlain.length; block++) {
    if (!hasNumbers(shapes, block)) continue
    if (shapes.isPlain[block] === 1) {
      const [from, to] = [shapes.bounds[block]!, shapes.bounds[block + 1]!]
      const [begin, end] = [integers.first[block]!, integers.last[block]!]
      first[block] = map.numberOf(begin, from)
      last[block] = map.numberOf(end, to - 1)
      if (columns.length > 0) {
        minimum[block] = map.numberOf(begin - below[at]!, from)
        maximum[block] = map.numberOf(begin + above[at]!, from)
      }
      const total = fromZigzag(sums[at]!) + middleSum(to - from, begin, end)
      if (coding.coder === decimalCoder)
        sum[block] = fromDecimal(total + (to - from) * coding.scale.origin, coding.scale)
      else if (coding.coder === latticeCoder)
        sum[block] = total * coding.lattice.gain + (to - from) * coding.lattice.offset
    }
    at++
  }
  for (let block = 0; block < shapes.isPlain.length; block++) {
    const floats = floatCount(coding, shapes, block)
    if (floats >= 3) {
      minimum[block] = input.float64()
      maximum[block] = input.float64()
    }
    if (floats >= 1) sum[block] = input.float64()
    if (floats === 5) {
      first[block] = input.float64()
      last[block] = input.float64()
    }
  }
  return figures
}

/** Figures of blocks without a usable row. */
function emptyFigures(blockCount: number): FiguresBeingMade {
  return {
    minimum: noFigures.slice(0, blockCount),
    maximum: noFigures.slice(0, blockCount),
    sum: noFigures.slice(0, blockCount),
    first: noFigures.slice(0, blockCount),
    last: noFigures.slice(0, blockCount),
  }
}

/** Figures of the blocks from their rows. */
export function figuresOfRows(rows: Pick<Samples, 'count' | 'value' | 'statusCode' | 'others'>): BlockFigures {
  const { count, value, statusCode, others } = rows
  const figures = emptyFigures(Math.ceil(count / blockSampleCount))
  for (let block = 0; block < figures.sum.length; block++) {
    const end = Math.min(count, (block + 1) * blockSampleCount)
    let smallest = Number.NaN
    let largest = Number.NaN
    let sum = Number.NaN
    let last = Number.NaN
    for (let row = block * blockSampleCount; row < end; row++) {
      const number = value[row]!
      if (!isUsable(number, statusCode[row]!) || others?.[row] !== undefined) continue
      if (Number.isNaN(sum) && Number.isNaN(last)) {
        figures.first[block] = number
        smallest = number
        largest = number
        sum = 0
      }
      if (number < smallest) smallest = number
      if (number > largest) largest = number
      sum += number
      last = number
    }
    figures.minimum[block] = smallest
    figures.maximum[block] = largest
    figures.sum[block] = sum
    figures.last[block] = last
  }
  return figures
}
