// Bits into bytes, lowest bit first: what the coders of numbers write.

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

  /** Fills up to the next byte with zeros; all bytes so far, valid until the next write. */
  finish(): Uint8Array {
    const length = (this.bitCount + 7) >>> 3
    this.#view.setUint16(this.#byteCount, this.#rest, true)
    return this.bytes.subarray(0, length)
  }
}
