// The numbers of a chunk (no NaN, no −0), in blocks that are read one by one.
//
//   coding    (number-coding.ts); for decimal, lattice, float32 and float64 go on:
//   integers  (integer-column.ts)
//   figures   (block-figures.ts)
//   float64:  uint32 low half of each number
import { type BlockFigures, type BlockShapes, readFigures, skipFigures, writeFigures } from './block-figures.ts'
import { ByteReader } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'
import { IntegerColumn, type IntegerHint, rowLimit, writeIntegers } from './integer-column.ts'
import {
  chooseCoding,
  float64Coder,
  type NumberCoding,
  noneCoder,
  readCoding,
  runsCoder,
  writeCoding,
} from './number-coding.ts'
import { NumberMap } from './number-map.ts'
import { fromNumberRuns, type NumberRuns } from './value-runs.ts'

/** What the numbers of the last chunk of a series taught. */
export interface NumberHint {
  readonly coding: NumberCoding
  readonly integers: IntegerHint | null
}

// Work space; nobody keeps anything in it between two calls, except from chooseNumbers to writeNumbers.
const integers = new Int32Array(rowLimit + 4)

/**
 * Chooses how `count` numbers are stored, for {@link writeNumbers} right after. `misfits` gets the places of numbers that are
 * to be taken out: then the choice is to be made again without them.
 */
export function chooseNumbers(
  numbers: Float64Array,
  count: number,
  hint: NumberHint | null,
  misfits: number[],
): NumberCoding {
  return chooseCoding(numbers, count, hint?.coding ?? null, integers, misfits)
}

/** Appends the numbers as just chosen. `figuresOf` gives figures from the rows, where the coder needs them. */
export function writeNumbers(
  output: ByteWriter,
  coding: NumberCoding,
  shapes: BlockShapes,
  figuresOf: () => BlockFigures,
  hint: NumberHint | null,
): NumberHint {
  writeCoding(output, coding)
  if (coding.coder === noneCoder || coding.coder === runsCoder) return hint ?? { coding, integers: null }
  const last = hint?.coding.coder === coding.coder ? hint.integers : null
  const next = writeIntegers(output, integers, shapes.bounds, last)
  writeFigures(output, coding, integers, shapes, figuresOf)
  if (coding.coder !== float64Coder) return { coding, integers: next }
  output.append(coding.low)
  return { coding: { ...coding, low: new Uint8Array(0) }, integers: next }
}

/** The numbers of a chunk, read by blocks. Holds on to the bytes it was opened from. */
export class NumberColumn {
  readonly #coding: NumberCoding
  readonly #shapes: BlockShapes
  readonly #bytes: Uint8Array
  readonly #integers: IntegerColumn | null = null
  readonly #map: NumberMap | null = null
  /** Where the figures of the blocks are; read when asked for. */
  readonly #figuresOffset: number = 0
  #figures: BlockFigures | null = null

  /** Reads up to the end of the numbers. BadDecodingError when there are none. */
  constructor(input: ByteReader, shapes: BlockShapes) {
    const count = shapes.bounds[shapes.bounds.length - 1]!
    const coding = readCoding(input, count)
    this.#coding = coding
    this.#shapes = shapes
    this.#bytes = input.bytes
    if (coding.coder === noneCoder || coding.coder === runsCoder) return
    this.#integers = new IntegerColumn(input, shapes.bounds)
    this.#figuresOffset = input.offset
    skipFigures(input, coding, shapes)
    this.#map = new NumberMap(coding, input.bytes, input.offset)
    if (coding.coder === float64Coder) input.skip(4 * count)
  }

  /** Figures of the blocks; null when they are to be made from the rows (few numbers: runs, or none). */
  get figures(): BlockFigures | null {
    const coding = this.#coding
    if (coding.coder === noneCoder || coding.coder === runsCoder) return null
    if (this.#figures === null) {
      const input = new ByteReader(this.#bytes)
      input.offset = this.#figuresOffset
      this.#figures = readFigures(input, coding, this.#shapes, this.#integers!, this.#map!)
    }
    return this.#figures
  }

  /** The runs, where the numbers are stored so. */
  get runs(): NumberRuns | null {
    return this.#coding.coder === runsCoder ? this.#coding.runs : null
  }

  /** Writes the numbers of the blocks `from` to `to` − 1 to `into` from `at` on; how many. */
  decode(from: number, to: number, into: Float64Array, at: number): number {
    const first = this.#shapes.bounds[from]!
    const count = this.#shapes.bounds[to]! - first
    if (count === 0) return 0
    if (this.#coding.coder === runsCoder) fromNumberRuns(this.#coding.runs, first, first + count, into, at)
    if (this.#integers === null) return count
    this.#integers.decode(from, to, integers)
    this.#map!.write(integers, count, first, into, at)
    return count
  }
}
