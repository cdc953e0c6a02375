// Numbers without a pattern as their bits. A float is turned into a whole number that grows with it, so that a predictor finds
// near numbers near: the bits as they are, and for negative ones all but the sign flipped.
//
// float32: all 32 bits. float64: the high 32 bits only; the low 32 are noise and stored as they are.
import { highWord, lowWord } from './row-runs.ts'

const rowLimit = 4096
const singles = new Float32Array(rowLimit)
const singleBits = new Int32Array(singles.buffer)
const doubles = new Float64Array(rowLimit)
const doubleBits = new Int32Array(doubles.buffer)

/** Fills `ordered` when all numbers are float32 values; false when not. */
export function toFloat32(numbers: Float64Array, count: number, ordered: Int32Array): boolean {
  singles.set(numbers.subarray(0, count))
  for (let index = 0; index < count; index++) {
    if (singles[index] !== numbers[index]) return false
    const bits = singleBits[index]!
    ordered[index] = bits ^ ((bits >> 31) & 0x7fff_ffff)
  }
  return true
}

/** The other way round. */
export function fromFloat32(ordered: Int32Array, count: number, origin: number, into: Float64Array, at: number): void {
  for (let index = 0; index < count; index++) {
    const bits = (ordered[index]! + origin) | 0
    singleBits[index] = bits ^ ((bits >> 31) & 0x7fff_ffff)
  }
  for (let index = 0; index < count; index++) into[at + index] = singles[index]!
}

/** Fills `ordered` with the high halves, and gives the low ones. */
export function toFloat64(numbers: Float64Array, count: number, ordered: Int32Array): Uint8Array {
  doubles.set(numbers.subarray(0, count))
  const low = new DataView(new ArrayBuffer(4 * count))
  for (let index = 0; index < count; index++) {
    const bits = doubleBits[2 * index + highWord]!
    ordered[index] = bits ^ ((bits >> 31) & 0x7fff_ffff)
    low.setInt32(4 * index, doubleBits[2 * index + lowWord]!, true)
  }
  return new Uint8Array(low.buffer)
}

/** The other way round; the low half of number i stands at byte `lowOffset` + 4 i. */
export function fromFloat64(
  ordered: Int32Array,
  count: number,
  origin: number,
  low: DataView,
  lowOffset: number,
  into: Float64Array,
  at: number,
): void {
  for (let index = 0; index < count; index++) {
    const bits = (ordered[index]! + origin) | 0
    doubleBits[2 * index + highWord] = bits ^ ((bits >> 31) & 0x7fff_ffff)
    doubleBits[2 * index + lowWord] = low.getInt32(lowOffset + 4 * index, true)
  }
  for (let index = 0; index < count; index++) into[at + index] = doubles[index]!
}
