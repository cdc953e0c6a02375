// Bytes of the historian's formats, written one after another into a buffer that grows. Little-endian.
const firstCapacity = 1 << 16

/**
 * Numbers as bytes. `varint` is a whole number ≥ 0 in groups of 7 bits, lowest first, bit 7 = more follow (LEB128); `zigzag` is
 * a whole number of any sign as the varint 0, −1, 1, −2, … ↦ 0, 1, 2, 3, …
 */
export class ByteWriter {
  #bytes = new Uint8Array(firstCapacity)
  #view = new DataView(this.#bytes.buffer)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Forgets what was written; the buffer is used again. */
  clear(): void {
    this.#length = 0
  }

  byte(value: number): void {
    this.reserve(1)
    this.#bytes[this.#length++] = value
  }

  uint32(value: number): void {
    this.reserve(4)
    this.#view.setUint32(this.#length, value, true)
    this.#length += 4
  }

  float64(value: number): void {
    this.reserve(8)
    this.#view.setFloat64(this.#length, value, true)
    this.#length += 8
  }

  /** A whole number from 0 to 2^53 − 1. */
  varint(value: number): void {
    this.reserve(8)
    let rest = value
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes[this.#length++] = rest
  }

  /** A whole number from −2^52 to 2^52 − 1. */
  zigzag(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value)
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** Makes room for so many more bytes. */
  reserve(byteCount: number): void {
    const needed = this.#length + byteCount
    if (needed <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(needed, 2 * this.#bytes.length))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }

  /** A copy of what was written. A buffer that grew far is given back. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length)
    if (this.#bytes.length > 4 * firstCapacity) {
      this.#bytes = new Uint8Array(firstCapacity)
      this.#view = new DataView(this.#bytes.buffer)
    }
    this.#length = 0
    return taken
  }
}
