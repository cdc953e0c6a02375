// Registers ↔ values: types, word orders, bits, texts and arrays of one address. Bytes stand as on the wire: each register
// high byte first (specification V1.1b3 section 4.2). How several registers make one value is not in the specification,
// which is why every maker has an order of its own:
//
//   32-bit value with bytes A (most significant) B C D     first register   second register
//   ABCD  big-endian                                            A B              C D
//   CDAB  words swapped                                         C D              A B
//   BADC  bytes swapped                                         B A              D C
//   DCBA  little-endian                                         D C              B A
import type { TagValue, TagValueArray } from '../../shared/data-value.ts'
import type { ModbusAddress } from './modbus-address.ts'
import type { StringOrder, TextEncoding, WordOrder } from './modbus-protocol.ts'
import { type ElementCodec, mismatch, outOfRange, type Refusal } from './register-element.ts'
import { checkInteger, type NumberType, numberElement } from './register-numbers.ts'

/** How values lie in the registers of a device or of one tag. */
export interface RegisterLayout {
  readonly wordOrder: WordOrder
  /** The tag itself asked for BADC or DCBA: then 16-bit values are swapped too, else Modbus' own order holds for them. */
  readonly swaps16: boolean
  readonly stringOrder: StringOrder
  readonly textEncoding: TextEncoding
}

/** Register bytes of a value. `mask` has a 1 for every bit that belongs to it; null when all do. */
export type Encoded =
  | { readonly ok: true; readonly bytes: Buffer; readonly mask: Buffer | null }
  | { readonly ok: false; readonly statusCode: number; readonly message: string }

/** Translates one address. Never throws: a value that does not fit is refused with a status code and a sentence. */
export interface RegisterCodec {
  /** Value of the registers at `offset` (bytes); null when they hold none (a date beyond the calendar). */
  decode(bytes: Buffer, offset: number): TagValue
  encode(value: TagValue): Encoded
}

/** The codec of an address in the register tables. */
export function registerCodec(address: ModbusAddress, layout: RegisterLayout): RegisterCodec {
  const { type, arrayLength } = address
  if (type === 'bool') return address.bit === null ? scalarCodec(wholeRegisterBool) : bitsCodec(address, address.bit)
  if (type === 'int8' || type === 'uint8')
    return arrayLength === null
      ? scalarCodec(byteElement(type, address.bit ?? 0))
      : packedBytesCodec(type, arrayLength, layout.stringOrder)
  const element = elementCodec(address, layout)
  return arrayLength === null ? scalarCodec(element) : arrayCodec(element, arrayLength)
}

function elementCodec({ type, byteLength }: ModbusAddress, layout: RegisterLayout): ElementCodec {
  switch (type) {
    case 'string':
      return textElement(byteLength, layout)
    case 'bytes':
      return bytesElement(byteLength, layout)
    case 'int16':
    case 'uint16':
      return numberElement(type, layout.swaps16 ? layout.wordOrder : 'ABCD')
    default:
      return numberElement(type as NumberType, layout.wordOrder)
  }
}

function scalarCodec(element: ElementCodec): RegisterCodec {
  return {
    decode: (bytes, offset) => element.read(bytes, offset),
    encode: (value) => encodeElements(element, [value]),
  }
}

function arrayCodec(element: ElementCodec, count: number): RegisterCodec {
  return {
    decode: (bytes, offset) =>
      Array.from({ length: count }, (_, index) => element.read(bytes, offset + index * element.byteCount)),
    encode: (value) => {
      const elements = arrayOf(value, count)
      return 'ok' in elements ? elements : encodeElements(element, elements)
    },
  }
}

function encodeElements(element: ElementCodec, values: TagValueArray): Encoded {
  const bytes = Buffer.alloc(element.byteCount * values.length)
  const mask = Buffer.alloc(bytes.length)
  let isPartial = false
  for (const [index, value] of values.entries()) {
    const offset = index * element.byteCount
    const refusal = element.write(value, bytes, offset)
    if (refusal) return values.length === 1 ? refusal : { ...refusal, message: `element ${index}: ${refusal.message}` }
    if (element.mask(mask, offset)) isPartial = true
  }
  return { ok: true, bytes, mask: isPartial ? mask : null }
}

function arrayOf(value: TagValue, count: number): TagValueArray | Refusal {
  if (!Array.isArray(value)) return mismatch(`an array of ${count} elements is expected`)
  if (value.length !== count) return mismatch(`${count} elements are expected, ${value.length} were given`)
  return value as TagValueArray
}

// ── bits and bytes ───────────────────────────────────────────────────────────────────────────────────────────────────

/** Truth of a value for a bit; booleans travel as 1 and 0 on the value path. */
export function bitOf(value: TagValue): boolean | null {
  if (typeof value === 'boolean') return value
  return value === 1 ? true : value === 0 ? false : null
}

/** A whole register as a truth value: 0 is false, anything else true. */
const wholeRegisterBool: ElementCodec = {
  byteCount: 2,
  read: (bytes, offset) => bytes.readUInt16BE(offset) !== 0,
  write: (value, bytes, offset) => {
    const bit = bitOf(value)
    if (bit === null) return mismatch('true or false is expected')
    bytes.writeUInt16BE(bit ? 1 : 0, offset)
    return null
  },
  mask: () => false,
}

/** Bits from bit `first` of the first register on, running on into the next registers. */
function bitsCodec({ size, arrayLength }: ModbusAddress, first: number): RegisterCodec {
  const byteAt = (index: number) => ((first + index) >> 4) * 2 + (((first + index) & 15) < 8 ? 1 : 0)
  const bitAt = (index: number) => 1 << ((first + index) & 7)
  const read = (bytes: Buffer, offset: number, index: number) => (bytes[offset + byteAt(index)]! & bitAt(index)) !== 0
  const count = arrayLength ?? 1
  return {
    decode: (bytes, offset) =>
      arrayLength === null
        ? read(bytes, offset, 0)
        : Array.from({ length: count }, (_, index) => read(bytes, offset, index)),
    encode: (value) => {
      const values = arrayLength === null ? [value] : arrayOf(value, count)
      if ('ok' in values) return values
      const bytes = Buffer.alloc(size * 2)
      const mask = Buffer.alloc(size * 2)
      for (const [index, element] of values.entries()) {
        const bit = bitOf(element)
        if (bit === null) return mismatch('true or false is expected')
        mask[byteAt(index)]! |= bitAt(index)
        if (bit) bytes[byteAt(index)]! |= bitAt(index)
      }
      return { ok: true, bytes, mask: mask.every((byte) => byte === 0xff) ? null : mask }
    },
  }
}

/** One byte of a register: the low one (bit 0) or the high one (bit 8); the other byte is not touched by a write. */
function byteElement(type: 'int8' | 'uint8', bit: number): ElementCodec {
  const at = bit === 8 ? 0 : 1
  return {
    byteCount: 2,
    read: (bytes, offset) => (type === 'int8' ? bytes.readInt8(offset + at) : bytes.readUInt8(offset + at)),
    write: (value, bytes, offset) => {
      const refusal = checkInteger(type, value)
      if (!refusal) bytes[offset + at] = Number(value) & 0xff
      return refusal
    },
    mask: (mask, offset) => {
      mask[offset + at] = 0xff
      return true
    },
  }
}

/** 8-bit numbers, two to a register in the order of texts. */
function packedBytesCodec(type: 'int8' | 'uint8', count: number, order: StringOrder): RegisterCodec {
  const swap = order === 'BA' ? 1 : 0
  return {
    decode: (bytes, offset) =>
      Array.from({ length: count }, (_, index) => {
        const at = offset + (index ^ swap)
        return type === 'int8' ? bytes.readInt8(at) : bytes.readUInt8(at)
      }),
    encode: (value) => {
      const values = arrayOf(value, count)
      if ('ok' in values) return values
      const plain = Buffer.alloc(count)
      for (const [index, element] of values.entries()) {
        const refusal = checkInteger(type, element)
        if (refusal) return { ...refusal, message: `element ${index}: ${refusal.message}` }
        plain[index] = Number(element) & 0xff
      }
      return packed(plain, swap)
    },
  }
}

function packed(plain: Uint8Array, swap: number): Encoded {
  const bytes = Buffer.alloc(Math.ceil(plain.length / 2) * 2)
  plain.forEach((byte, index) => {
    bytes[index ^ swap] = byte
  })
  if (plain.length % 2 === 0) return { ok: true, bytes, mask: null }
  const mask = Buffer.alloc(bytes.length, 0xff)
  mask[plain.length ^ swap] = 0
  return { ok: true, bytes, mask }
}

// ── texts ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Bytes two to a register; of an odd length the last byte belongs to nobody and is left as it is. */
function packedElement(length: number, order: StringOrder) {
  const swap = order === 'BA' ? 1 : 0
  const byteCount = Math.ceil(length / 2) * 2
  return {
    byteCount,
    gather(bytes: Buffer, offset: number): Buffer {
      const gathered = Buffer.alloc(length)
      for (let index = 0; index < length; index++) gathered[index] = bytes[offset + (index ^ swap)]!
      return gathered
    },
    scatter(plain: Uint8Array, bytes: Buffer, offset: number): void {
      for (let index = 0; index < plain.length; index++) bytes[offset + (index ^ swap)] = plain[index]!
    },
    mask(mask: Buffer, offset: number): boolean {
      mask.fill(0xff, offset, offset + byteCount)
      if (length % 2 === 1) mask[offset + (length ^ swap)] = 0
      return length % 2 === 1
    },
  }
}

function bytesElement(length: number, layout: RegisterLayout): ElementCodec {
  const { byteCount, gather, scatter, mask } = packedElement(length, layout.stringOrder)
  return {
    byteCount,
    read: (bytes, offset) => new Uint8Array(gather(bytes, offset)),
    write: (value, bytes, offset) => {
      if (!(value instanceof Uint8Array)) return mismatch('bytes are expected')
      if (value.length !== length) return outOfRange(`${length} bytes are expected, ${value.length} were given`)
      scatter(value, bytes, offset)
      return null
    },
    mask,
  }
}

/** A text ends at its first NUL or where its room ends; shorter ones are filled up with NUL. */
function textElement(length: number, layout: RegisterLayout): ElementCodec {
  const { byteCount, gather, scatter, mask } = packedElement(length, layout.stringOrder)
  const encoding = layout.textEncoding === 'latin1' ? 'latin1' : 'utf8'
  return {
    byteCount,
    read: (bytes, offset) => {
      const plain = gather(bytes, offset)
      const end = plain.indexOf(0)
      return plain.toString(encoding, 0, end === -1 ? length : end)
    },
    write: (value, bytes, offset) => {
      if (typeof value !== 'string') return mismatch('a text is expected')
      if (value.includes('\0')) return outOfRange('a text in registers ends at its first NUL and cannot contain one')
      const plain = Buffer.from(value, encoding)
      if (plain.toString(encoding) !== value)
        return outOfRange(`the text has characters that ${layout.textEncoding} cannot hold`)
      if (plain.length > length)
        return outOfRange(`the text is ${plain.length} bytes long, there is room for ${length}`)
      scatter(plain, bytes, offset)
      return null
    },
    mask,
  }
}
