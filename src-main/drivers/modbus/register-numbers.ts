// Numbers in one, two or four registers, in the four orders of bytes drawn in modbus-registers.ts.
import type { TagValue } from '../../shared/data-value.ts'
import { integerRange } from '../../shared/tag.ts'
import type { ModbusType } from './modbus-address.ts'
import type { WordOrder } from './modbus-protocol.ts'
import { type ElementCodec, mismatch, outOfRange, type Refusal } from './register-element.ts'

/** Types that are one number in one, two or four registers. */
export type NumberType = Exclude<ModbusType, 'bool' | 'int8' | 'uint8' | 'string' | 'bytes'>

/** How a number reads and writes in big-endian bytes. `write` throws nothing: the value was checked before. */
interface NumberFormat {
  readonly byteCount: 2 | 4 | 8
  read(bytes: Buffer, offset: number): TagValue
  write(value: number | bigint, bytes: Buffer, offset: number): void
}

const formats: Readonly<Record<NumberType, NumberFormat>> = {
  int16: {
    byteCount: 2,
    read: (bytes, offset) => bytes.readInt16BE(offset),
    write: (value, bytes, offset) => bytes.writeInt16BE(Number(value), offset),
  },
  uint16: {
    byteCount: 2,
    read: (bytes, offset) => bytes.readUInt16BE(offset),
    write: (value, bytes, offset) => bytes.writeUInt16BE(Number(value), offset),
  },
  int32: {
    byteCount: 4,
    read: (bytes, offset) => bytes.readInt32BE(offset),
    write: (value, bytes, offset) => bytes.writeInt32BE(Number(value), offset),
  },
  uint32: {
    byteCount: 4,
    read: (bytes, offset) => bytes.readUInt32BE(offset),
    write: (value, bytes, offset) => bytes.writeUInt32BE(Number(value), offset),
  },
  int64: {
    byteCount: 8,
    read: (bytes, offset) => bytes.readBigInt64BE(offset),
    write: (value, bytes, offset) => bytes.writeBigInt64BE(BigInt(value), offset),
  },
  uint64: {
    byteCount: 8,
    read: (bytes, offset) => bytes.readBigUInt64BE(offset),
    write: (value, bytes, offset) => bytes.writeBigUInt64BE(BigInt(value), offset),
  },
  float32: {
    byteCount: 4,
    read: (bytes, offset) => bytes.readFloatBE(offset),
    write: (value, bytes, offset) => bytes.writeFloatBE(Number(value), offset),
  },
  float64: {
    byteCount: 8,
    read: (bytes, offset) => bytes.readDoubleBE(offset),
    write: (value, bytes, offset) => bytes.writeDoubleBE(Number(value), offset),
  },
  datetime: {
    byteCount: 4,
    read: (bytes, offset) => bytes.readUInt32BE(offset) * 1000,
    write: (value, bytes, offset) => bytes.writeUInt32BE(Math.floor(Number(value) / 1000), offset),
  },
  datetime64: {
    byteCount: 8,
    read: (bytes, offset) => {
      const time = Number(bytes.readBigInt64BE(offset))
      return Math.abs(time) <= lastCalendarMs ? time : null
    },
    write: (value, bytes, offset) => bytes.writeBigInt64BE(BigInt(Math.floor(Number(value))), offset),
  },
}
/** A date is at most 10⁸ days from 1970 (ECMA-262 section 21.4.1.1). */
const lastCalendarMs = 8.64e15

/** Registers of a number in the order of bytes given. */
export function numberElement(type: NumberType, order: WordOrder): ElementCodec {
  const format = formats[type]
  const { byteCount } = format
  if (order === 'ABCD')
    return {
      byteCount,
      read: format.read,
      write: (value, bytes, offset) => {
        const refusal = checkNumber(type, value)
        if (!refusal) format.write(value as number | bigint, bytes, offset)
        return refusal
      },
      mask: () => false,
    }
  const places = bytePlaces(order, byteCount)
  const ordered = Buffer.alloc(byteCount)
  return {
    byteCount,
    read: (bytes, offset) => {
      for (let index = 0; index < byteCount; index++) ordered[index] = bytes[offset + places[index]!]!
      return format.read(ordered, 0)
    },
    write: (value, bytes, offset) => {
      const refusal = checkNumber(type, value)
      if (refusal) return refusal
      format.write(value as number | bigint, ordered, 0)
      for (let index = 0; index < byteCount; index++) bytes[offset + places[index]!] = ordered[index]!
      return null
    },
    mask: () => false,
  }
}

/** Where the byte that counts as number `index` (0 = most significant) stands in the registers. */
function bytePlaces(order: WordOrder, byteCount: number): readonly number[] {
  const swapsWords = order === 'CDAB' || order === 'DCBA'
  const swapsBytes = order === 'BADC' || order === 'DCBA'
  return Array.from({ length: byteCount }, (_, index) => {
    const inWord = swapsBytes ? index ^ 1 : index
    return swapsWords ? byteCount - 2 - (inWord & ~1) + (inWord & 1) : inWord
  })
}

function checkNumber(type: NumberType, value: TagValue): Refusal | null {
  if (type === 'int64' || type === 'uint64') return checkInteger(type, value)
  if (typeof value !== 'number') return mismatch(`a number is expected for ${type}`)
  switch (type) {
    case 'float32':
      return Number.isFinite(value) && !Number.isFinite(Math.fround(value))
        ? outOfRange(`${value} is too large for float32`)
        : null
    case 'float64':
      return null
    case 'datetime':
      return value >= 0 && value < 2 ** 32 * 1000 ? null : outOfRange('the date is outside 1970-01-01 to 2106-02-07')
    case 'datetime64':
      return Math.abs(value) <= lastCalendarMs ? null : outOfRange('the date is beyond the calendar')
    default:
      return checkInteger(type, value)
  }
}

/** Null when the value is a whole number of the type's range. */
export function checkInteger(
  type: 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'int64' | 'uint64',
  value: TagValue,
) {
  if (typeof value !== 'bigint' && !Number.isInteger(value)) return mismatch(`a whole number is expected for ${type}`)
  const { low, high } = integerRange(type)!
  const whole = value as number | bigint
  return whole >= low && whole <= high ? null : outOfRange(`${whole} is outside ${low} to ${high} of ${type}`)
}
