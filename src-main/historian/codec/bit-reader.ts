// Bits out of bytes, lowest bit first. The bits are copied to a buffer of our own that is longer than any code can reach: so the
// fast loops need no check for each code, and damaged bytes cannot make them read elsewhere.
import { damaged } from './byte-reader.ts'

/** Longest run of bits that is read at once; bytes. A chunk's stream has at most 4096 codes of 11 + 29 bits, 20,480 bytes. */
const capacity = 1 << 15
/** Behind them: a damaged block of 4096 codes may run over its end before that is noticed. */
const overrun = 4096 * 5 + 16

/** Up to so many bytes a loop is faster than a view of them. */
const copiedOneByOne = 192

const loaded = new Uint8Array(capacity + overrun)
/** The loaded bits. One buffer for all: whoever loads reads to the end before anybody else loads. */
export const bits = new DataView(loaded.buffer)

/** Loads `bitCount` bits that begin at bit `bitOffset` of `bytes`; their position in {@link bits}, 0 to 7. BadDecodingError when they are not there. */
export function loadBits(bytes: Uint8Array, bitOffset: number, bitCount: number): number {
  const from = Math.floor(bitOffset / 8)
  const position = bitOffset % 8
  const byteCount = (position + bitCount + 7) >>> 3
  if (byteCount > capacity || from + byteCount > bytes.length)
    throw damaged(`${bitCount} bits at bit ${bitOffset} of ${bytes.length} bytes`)
  if (byteCount <= copiedOneByOne) for (let index = 0; index < byteCount; index++) loaded[index] = bytes[from + index]!
  else loaded.set(bytes.subarray(from, from + byteCount))
  return position
}

/** `count` (0 to 16) bits at a position of the loaded ones. */
export function bitsAt(position: number, count: number): number {
  return (bits.getUint32(position >>> 3, true) >>> (position & 7)) & ((1 << count) - 1)
}

/** Up to 53 bits. */
export function wideBitsAt(position: number, count: number): number {
  if (count <= 16) return bitsAt(position, count)
  return bitsAt(position, 16) + 65_536 * wideBitsAt(position + 16, count - 16)
}
