// Small whole numbers of a block directory: the smallest once, the rest as differences of so many bits as the largest needs.
//
//   varint smallest | byte width w (0..53) | n × w bits, filled up to a byte
import { loadBits, wideBitsAt } from './bit-reader.ts'
import { BitWriter } from './bit-writer.ts'
import { type ByteReader, damaged } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'

const widest = 53
/** Up to this width a number and the rest of a byte fit 32 bits. */
const widestFast = 24
const writer = new BitWriter()

/** Appends the first `count` numbers, whole, from 0 to 2^53 − 1. */
export function writePackedColumn(output: ByteWriter, column: ArrayLike<number>, count: number): void {
  let smallest = count === 0 ? 0 : column[0]!
  let largest = smallest
  for (let index = 1; index < count; index++) {
    if (column[index]! < smallest) smallest = column[index]!
    if (column[index]! > largest) largest = column[index]!
  }
  const width = bitWidth(largest - smallest)
  output.varint(smallest)
  output.byte(width)
  writer.clear()
  for (let index = 0; index < count; index++) writer.writeWide(column[index]! - smallest, width)
  output.append(writer.finish())
}

/** Reads `count` (up to 256) numbers back into `into`. */
export function readPackedColumn(input: ByteReader, count: number, into: Float64Array): void {
  const smallest = input.varint()
  const width = input.byte()
  if (width > widest) throw damaged(`a directory with numbers of ${width} bits`)
  if (width === 0) {
    into.fill(smallest, 0, count)
    return
  }
  if (width <= widestFast) {
    readNarrow(input.bytes, input.skip((count * width + 7) >>> 3), smallest, width, count, into)
    return
  }
  let position = loadBits(input.bytes, 8 * input.offset, count * width)
  input.offset += (count * width + 7) >>> 3
  for (let index = 0; index < count; index++) {
    into[index] = smallest + wideBitsAt(position, width)
    position += width
  }
}

/** Numbers of few bits, without a copy of the bytes. */
function readNarrow(
  bytes: Uint8Array,
  from: number,
  smallest: number,
  width: number,
  count: number,
  into: Float64Array,
): void {
  const mask = (1 << width) - 1
  let rest = 0
  let restCount = 0
  let at = from
  for (let index = 0; index < count; index++) {
    for (; restCount < width; restCount += 8) rest |= bytes[at++]! << restCount
    into[index] = smallest + (rest & mask)
    rest >>>= width
    restCount -= width
  }
}

/** Passes over a column. */
export function skipPackedColumn(input: ByteReader, count: number): void {
  input.varint()
  const width = input.byte()
  if (width > widest) throw damaged(`a directory with numbers of ${width} bits`)
  input.skip((count * width + 7) >>> 3)
}

/** Bits that a whole number ≥ 0 needs; 0 for 0. */
function bitWidth(value: number): number {
  return value < 0x8000_0000 ? 32 - Math.clz32(value) : 64 - Math.clz32(Math.floor(value / 0x1_0000_0000))
}

/** A whole number of any sign as one ≥ 0: 0, −1, 1, −2 ↦ 0, 1, 2, 3. */
export function toZigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}

/** Back from {@link toZigzag}. */
export function fromZigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}
