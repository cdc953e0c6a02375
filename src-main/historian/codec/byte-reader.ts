// Bytes of the historian's formats, read one after another and never beyond their end. Counterpart of byte-writer.ts.
import { RuntimeError } from '../../shared/runtime-error.ts'

/** What every decoder of the historian throws on damaged or foreign bytes. */
export function damaged(what: string, cause?: unknown): RuntimeError {
  return new RuntimeError('BadDecodingError', `Damaged history: ${what}`, cause)
}

/** Numbers from bytes; every method throws BadDecodingError when the bytes end too early or say a number out of range. */
export class ByteReader {
  readonly bytes: Uint8Array
  /** Made when it is needed: most readers do without. */
  #view: DataView | null = null
  /** Where the next byte is read. */
  offset = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  get remaining(): number {
    return this.bytes.length - this.offset
  }

  byte(): number {
    this.#need(1)
    return this.bytes[this.offset++]!
  }

  uint32(): number {
    this.#need(4)
    const { bytes, offset } = this
    this.offset += 4
    return (bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16) | (bytes[offset + 3]! << 24)) >>> 0
  }

  float64(): number {
    this.#need(8)
    this.offset += 8
    return this.#viewed().getFloat64(this.offset - 8, true)
  }

  /** A whole number from 0 to `limit`. */
  varint(limit = Number.MAX_SAFE_INTEGER): number {
    const { bytes } = this
    const short = bytes[this.offset]
    if (short !== undefined && short < 0x80 && short <= limit) {
      this.offset++
      return short
    }
    let value = 0
    let weight = 1
    for (let index = 0; index < 8; index++) {
      if (this.offset >= bytes.length) throw damaged('the bytes end within a number')
      const byte = bytes[this.offset++]!
      value += (byte & 0x7f) * weight
      if (byte < 0x80) {
        if (value > limit) throw damaged(`the number ${value} is larger than ${limit}`)
        return value
      }
      weight *= 0x80
    }
    throw damaged('a number is too long')
  }

  zigzag(): number {
    const value = this.varint()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  /** Passes over bytes; where they begin. */
  skip(byteCount: number): number {
    this.#need(byteCount)
    this.offset += byteCount
    return this.offset - byteCount
  }

  /** The next bytes, not copied. */
  take(byteCount: number): Uint8Array {
    this.#need(byteCount)
    this.offset += byteCount
    return this.bytes.subarray(this.offset - byteCount, this.offset)
  }

  #viewed(): DataView {
    this.#view ??= new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength)
    return this.#view
  }

  #need(byteCount: number): void {
    if (byteCount > this.remaining) throw damaged(`${byteCount} bytes expected, ${this.remaining} are left`)
  }
}
