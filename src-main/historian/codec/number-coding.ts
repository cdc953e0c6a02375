// Which coder stores the numbers of a chunk shortest, and what it needs to know beside the integers.
//
//   byte  coder, then
//   0 none      nothing: no number in the chunk
//   1 runs      value-runs.ts; a chunk with one value is one run
//   2 decimal   byte decimals, zigzag origin
//   3 lattice   float64 gain, float64 offset, zigzag lowest count, varint number of corrections (0 = none), packed corrections
//   4 float32   zigzag origin
//   5 float64   zigzag origin
import { type ByteReader, damaged } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'
import { readPackedColumn, writePackedColumn } from './packed-column.ts'
import { commonDecimals, type DecimalScale, mostDecimals, toDecimals } from './value-decimal.ts'
import { toFloat32, toFloat64 } from './value-float.ts'
import { correctionSpan, findLattice, type Lattice, toExactLattice } from './value-lattice.ts'
import { findNumberRuns, type NumberRuns, readNumberRuns, writeNumberRuns } from './value-runs.ts'

export const noneCoder = 0
export const runsCoder = 1
export const decimalCoder = 2
export const latticeCoder = 3
export const float32Coder = 4
export const float64Coder = 5

/** How the numbers of a chunk are stored. `low`: low halves when writing, empty when reading. */
export type NumberCoding =
  | { readonly coder: typeof noneCoder }
  | { readonly coder: typeof runsCoder; readonly runs: NumberRuns }
  | IntegerCoding
/** Those that turn numbers into integers. */
export type IntegerCoding =
  | { readonly coder: typeof decimalCoder; readonly scale: DecimalScale }
  | { readonly coder: typeof latticeCoder; readonly lattice: Lattice }
  | { readonly coder: typeof float32Coder; readonly origin: number }
  | { readonly coder: typeof float64Coder; readonly origin: number; readonly low: Uint8Array }

/** Of 64 numbers one may have other decimals than the rest: it is then stored as it is. */
const misfitShare = 64

const corrections = new Float64Array(correctionSpan)

/**
 * Chooses how `count` numbers (no NaN, no −0) are stored, and fills `integers` where the coder has some. `like`: how those of the
 * chunk before were. `misfits` gets the places of numbers that are to be taken out: then the choice is to
 * be made again without them.
 */
export function chooseCoding(
  numbers: Float64Array,
  count: number,
  like: NumberCoding | null,
  integers: Int32Array,
  misfits: number[],
): NumberCoding {
  misfits.length = 0
  if (count === 0) return { coder: noneCoder }
  const runs = findNumberRuns(numbers, count)
  if (runs) return { coder: runsCoder, runs }
  return codingLike(numbers, count, like, integers, misfits) ?? searchCoding(numbers, count, integers, misfits)
}

/** The coding of the last chunk, where it fits exactly. */
function codingLike(
  numbers: Float64Array,
  count: number,
  last: NumberCoding | null,
  integers: Int32Array,
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

function searchCoding(numbers: Float64Array, count: number, integers: Int32Array, misfits: number[]): NumberCoding {
  const misfitLimit = Math.floor(count / misfitShare)
  const decimals = commonDecimals(numbers, count)
  const scale = decimals < 0 ? null : toDecimals(numbers, count, decimals, integers, misfits, misfitLimit)
  if (scale) return { coder: decimalCoder, scale }
  misfits.length = 0
  if (toFloat32(numbers, count, integers)) return { coder: float32Coder, origin: takeOrigin(integers, count) }
  const lattice = findLattice(numbers, count, integers)
  if (lattice) return { coder: latticeCoder, lattice }
  const low = toFloat64(numbers, count, integers)
  return { coder: float64Coder, origin: takeOrigin(integers, count), low }
}

/** Integers less the first of them, which it returns. */
function takeOrigin(integers: Int32Array, count: number): number {
  const origin = integers[0]!
  for (let index = 0; index < count; index++) integers[index]! -= origin
  return origin
}

/** Appends the coder and what it needs beside the integers. */
export function writeCoding(output: ByteWriter, coding: NumberCoding): void {
  output.byte(coding.coder)
  switch (coding.coder) {
    case noneCoder:
      return
    case runsCoder:
      return writeNumberRuns(output, coding.runs)
    case decimalCoder:
      output.byte(coding.scale.decimals)
      return output.zigzag(coding.scale.origin)
    case latticeCoder:
      return writeLattice(output, coding.lattice)
    default:
      return output.zigzag(coding.origin)
  }
}

function writeLattice(output: ByteWriter, lattice: Lattice): void {
  output.float64(lattice.gain)
  output.float64(lattice.offset)
  output.zigzag(lattice.lowest)
  output.varint(lattice.corrections?.length ?? 0)
  if (lattice.corrections) writePackedColumn(output, lattice.corrections, lattice.corrections.length)
}

/** The coding of `count` numbers. */
export function readCoding(input: ByteReader, count: number): NumberCoding {
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
