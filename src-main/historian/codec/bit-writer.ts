// Bits into bytes, lowest bit first: what the coders of numbers write.
import { directLimit, extraBits, tokenBase, tokenOf } from './token.ts'

/** Room for the longest stream of a chunk: 4096 codes with their extra bits, and every column of its directory. */
const capacity = 1 << 16

/** A buffer of bits. At most 64 KB between two calls of {@link BitWriter.clear}. */
export class BitWriter {
  readonly bytes = new Uint8Array(capacity)
  readonly #view = new DataView(this.bytes.buffer)
  /** Bytes that are complete; always an even number. */
  #byteCount = 0
  /** Bits that are not, in the low end of a 32-bit number; fewer than 16. */
  #rest = 0
  #restCount = 0

  get bitCount(): number {
    return this.#byteCount * 8 + this.#restCount
  }

  clear(): void {
    this.#byteCount = 0
    this.#rest = 0
    this.#restCount = 0
  }

  /** The low `bits` (0 to 16) bits of a number that has no others set. */
  write(value: number, bits: number): void {
    this.#rest |= value << this.#restCount
    this.#restCount += bits
    if (this.#restCount >= 16) {
      this.#view.setUint16(this.#byteCount, this.#rest, true)
      this.#byteCount += 2
      this.#rest >>>= 16
      this.#restCount -= 16
    }
  }

  /** A whole number ≥ 0 with up to 53 bits. */
  writeWide(value: number, bits: number): void {
    let rest = value
    let left = bits
    for (; left > 16; left -= 16) {
      this.write(rest % 65_536, 16)
      rest = Math.floor(rest / 65_536)
    }
    this.write(rest, left)
  }

  /**
   * Writes `count` numbers (32 bits) from `from` on, each as the code of its token and its extra bits. `codes[token]` is the
   * code + 65,536 × its bits. The hot loop of encoding: the state is kept in local variables.
   */
  writeTokens(numbers: Int32Array, from: number, count: number, codes: Uint32Array): void {
    const view = this.#view
    let byteCount = this.#byteCount
    let rest = this.#rest
    let restCount = this.#restCount
    for (let index = from; index < from + count; index++) {
      const number = numbers[index]!
      const isDirect = number >>> 0 < directLimit
      const token = isDirect ? number : tokenOf(number)
      const code = codes[token]!
      rest |= (code & 0xffff) << restCount
      restCount += code >>> 16
      if (restCount >= 16) {
        view.setUint16(byteCount, rest, true)
        byteCount += 2
        rest >>>= 16
        restCount -= 16
      }
      if (isDirect) continue
      let extra = (number - tokenBase[token]!) | 0
      for (let left = extraBits[token]!; left > 0; left -= 16) {
        rest |= (extra & 0xffff) << restCount
        restCount += left < 16 ? left : 16
        extra >>>= 16
        if (restCount < 16) continue
        view.setUint16(byteCount, rest, true)
        byteCount += 2
        rest >>>= 16
        restCount -= 16
      }
    }
    this.#byteCount = byteCount
    this.#rest = rest
    this.#restCount = restCount
  }

  /** Fills up to the next byte with zeros; all bytes so far, valid until the next write. */
  finish(): Uint8Array {
    const length = (this.bitCount + 7) >>> 3
    this.#view.setUint16(this.#byteCount, this.#rest, true)
    return this.bytes.subarray(0, length)
  }
}
