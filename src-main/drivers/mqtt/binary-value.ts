// Binary payloads: numbers and texts at fixed places of the payload, as small controllers and gateways send them.
import { isUtf8 } from 'node:buffer'
import type { TagValue } from '../../shared/data-value.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { StatusCodes } from '../../shared/status-code.ts'
import type { DataType } from '../../shared/tag.ts'
import { bad, type Decoded, good, type ValueType } from './payload-value.ts'

/** Where the value starts in the payload and in which order its bytes stand. */
export interface BinaryLayout {
  readonly byteOffset: number
  readonly littleEndian: boolean
}

/** Bytes of one value; string and bytes take the rest of the payload. */
const sizes: Partial<Record<DataType, number>> = {
  bool: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  int64: 8,
  uint64: 8,
  float64: 8,
  datetime: 8,
}

/** The value in a payload; BadDecodingError where the payload is too short or its text is not UTF-8. */
export function decodeBinary(payload: Uint8Array, type: ValueType, layout: BinaryLayout): Decoded {
  const { dataType, arrayLength } = type
  const { byteOffset, littleEndian } = layout
  if (payload.length < byteOffset) return bad(StatusCodes.BadDecodingError)
  if (dataType === 'bytes') return good(Uint8Array.from(payload.subarray(byteOffset)))
  if (dataType === 'string') return decodeText(payload.subarray(byteOffset))
  const size = sizes[dataType]
  if (size === undefined) return bad(StatusCodes.BadTypeMismatch)
  const count = arrayLength ?? 1
  if (payload.length < byteOffset + size * count) return bad(StatusCodes.BadDecodingError)
  const view = new DataView(payload.buffer, payload.byteOffset + byteOffset, size * count)
  if (arrayLength === null) return decodeNumber(view, 0, dataType, littleEndian)
  const values: TagValue[] = []
  for (let index = 0; index < count; index++) {
    const one = decodeNumber(view, index * size, dataType, littleEndian)
    if (one.statusCode !== StatusCodes.Good) return one
    values.push(one.value)
  }
  return good(values)
}

/** The text of UTF-8 bytes; BadDecodingError where they are none. */
export function decodeText(bytes: Uint8Array): Decoded {
  if (!isUtf8(bytes)) return bad(StatusCodes.BadDecodingError)
  return good(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'))
}

/** The payload of a value. Throws a RuntimeError BadNotWritable where the value has bytes before it that are not known. */
export function encodeBinary(value: TagValue, type: ValueType, layout: BinaryLayout): Buffer {
  if (layout.byteOffset > 0)
    throw new RuntimeError(
      'BadNotWritable',
      `a value at byte ${layout.byteOffset} of a binary payload cannot be written alone: the bytes before it are not known`,
    )
  const { dataType, arrayLength } = type
  if (dataType === 'bytes' && value instanceof Uint8Array) return Buffer.from(value)
  if (dataType === 'string' && typeof value === 'string') return Buffer.from(value)
  const size = sizes[dataType]
  const values = arrayLength === null ? [value] : Array.isArray(value) ? (value as TagValue[]) : []
  if (size === undefined || values.length !== (arrayLength ?? 1))
    throw new RuntimeError('BadTypeMismatch', `a binary payload cannot hold this value as ${dataType}`)
  const payload = Buffer.alloc(size * values.length)
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length)
  for (const [index, one] of values.entries()) encodeNumber(view, index * size, one, dataType, layout.littleEndian)
  return payload
}

function decodeNumber(view: DataView, at: number, dataType: DataType, littleEndian: boolean): Decoded {
  switch (dataType) {
    case 'bool':
      return good(view.getUint8(at) !== 0)
    case 'int8':
      return good(view.getInt8(at))
    case 'uint8':
      return good(view.getUint8(at))
    case 'int16':
      return good(view.getInt16(at, littleEndian))
    case 'uint16':
      return good(view.getUint16(at, littleEndian))
    case 'int32':
      return good(view.getInt32(at, littleEndian))
    case 'uint32':
      return good(view.getUint32(at, littleEndian))
    case 'int64':
      return good(view.getBigInt64(at, littleEndian))
    case 'uint64':
      return good(view.getBigUint64(at, littleEndian))
    case 'datetime':
      return good(Number(view.getBigInt64(at, littleEndian)))
    default: {
      const value = dataType === 'float32' ? view.getFloat32(at, littleEndian) : view.getFloat64(at, littleEndian)
      // Not a number and infinity are how a sensor says that it has nothing to say.
      return Number.isFinite(value) ? good(value) : bad(StatusCodes.BadNoData)
    }
  }
}

function encodeNumber(view: DataView, at: number, value: TagValue, dataType: DataType, littleEndian: boolean): void {
  const isNumber = typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
  if (!isNumber || (dataType !== 'float32' && dataType !== 'float64' && !Number.isInteger(Number(value))))
    throw new RuntimeError('BadTypeMismatch', `a binary payload cannot hold this value as ${dataType}`)
  switch (dataType) {
    case 'bool':
    case 'uint8':
      return view.setUint8(at, Number(value))
    case 'int8':
      return view.setInt8(at, Number(value))
    case 'int16':
      return view.setInt16(at, Number(value), littleEndian)
    case 'uint16':
      return view.setUint16(at, Number(value), littleEndian)
    case 'int32':
      return view.setInt32(at, Number(value), littleEndian)
    case 'uint32':
      return view.setUint32(at, Number(value), littleEndian)
    case 'float32':
      return view.setFloat32(at, Number(value), littleEndian)
    case 'float64':
      return view.setFloat64(at, Number(value), littleEndian)
    case 'uint64':
      return view.setBigUint64(at, BigInt(value), littleEndian)
    default:
      return view.setBigInt64(at, BigInt(value), littleEndian)
  }
}
