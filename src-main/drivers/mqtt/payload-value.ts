// What a payload's JSON value or text means for a tag of a given data type. Sources are not strict (numbers as texts,
// ON and OFF, 1 and 0), the station is: what does not fit is Bad with the reason, never a guess.
import { fromBase64, type TagValue } from '../../shared/data-value.ts'
import { StatusCodes } from '../../shared/status-code.ts'
import { type DataType, integerRange } from '../../shared/tag.ts'

/** A value and how good it is; `value` is null where the status is Bad. */
export interface Decoded {
  readonly value: TagValue
  readonly statusCode: number
}

/** The type a tag wants, and how its source writes truth. */
export interface ValueType {
  readonly dataType: DataType
  readonly arrayLength: number | null
  readonly trueText: string | null
  readonly falseText: string | null
}

const noData: Decoded = { value: null, statusCode: StatusCodes.BadNoData }
const typeMismatch: Decoded = { value: null, statusCode: StatusCodes.BadTypeMismatch }
const outOfRange: Decoded = { value: null, statusCode: StatusCodes.BadOutOfRange }
const undecodable: Decoded = { value: null, statusCode: StatusCodes.BadDecodingError }

/** A value without doubt. */
export function good(value: TagValue): Decoded {
  return { value, statusCode: StatusCodes.Good }
}

/** No value, for this reason. */
export function bad(statusCode: number): Decoded {
  return { value: null, statusCode }
}

/** Structures nested deeper than this are not taken over. */
const maximumDepth = 32
const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/
const whole = /^[+-]?\d{1,20}$/
const trueWords = new Set(['true', 'on', 'yes', '1'])
const falseWords = new Set(['false', 'off', 'no', '0'])

/**
 * The value of a JSON value (or of a plain text, as a string) for a tag; bigint for whole numbers a number would round.
 * BadNoData for null, BadTypeMismatch where it means nothing for the type, BadOutOfRange where the type cannot hold it.
 */
export function convertValue(input: unknown, type: ValueType): Decoded {
  if (typeof input === 'number' && type.dataType === 'float64' && type.arrayLength === null)
    return Number.isFinite(input) ? good(input) : outOfRange
  if (type.arrayLength === null) return convertOne(input, type)
  if (input === null || input === undefined) return noData
  if (!Array.isArray(input) || input.length !== type.arrayLength) return typeMismatch
  const values: TagValue[] = []
  for (const element of input) {
    const converted = convertOne(element, type)
    if (converted.statusCode !== StatusCodes.Good) return converted
    values.push(converted.value)
  }
  return good(values)
}

function convertOne(input: unknown, type: ValueType): Decoded {
  if (input === null || input === undefined) return noData
  switch (type.dataType) {
    case 'float32':
    case 'float64':
      return convertFloat(input, type.dataType)
    case 'bool':
      return convertBool(input, type)
    case 'string':
      if (typeof input === 'string') return good(input)
      return typeof input === 'object' ? typeMismatch : good(String(input))
    case 'datetime': {
      const timestamp = parseTimestamp(input)
      return timestamp === null ? typeMismatch : good(timestamp)
    }
    case 'bytes':
      return convertBytes(input)
    case 'structure':
      if (typeof input !== 'object' || Array.isArray(input) || input instanceof Uint8Array) return typeMismatch
      return convertStructure(input)
    default:
      return convertInteger(input, type.dataType)
  }
}

function convertFloat(input: unknown, dataType: 'float32' | 'float64'): Decoded {
  let value: number
  if (typeof input === 'number') value = input
  else if (typeof input === 'string' && decimal.test(input.trim())) value = Number(input)
  else if (typeof input === 'bigint' || typeof input === 'boolean') value = Number(input)
  else return typeMismatch
  const held = dataType === 'float32' ? Math.fround(value) : value
  return Number.isFinite(held) ? good(value) : outOfRange
}

function convertInteger(input: unknown, dataType: DataType): Decoded {
  if (typeof input === 'number' && dataType !== 'int64' && dataType !== 'uint64') {
    if (!Number.isInteger(input)) return typeMismatch
    const { low, high } = numberRange(dataType)
    return input >= low && input <= high ? good(input) : outOfRange
  }
  const value = wholeNumber(input)
  if (value === null) return typeMismatch
  const range = integerRange(dataType)!
  if (value < range.low || value > range.high) return outOfRange
  return good(dataType === 'int64' || dataType === 'uint64' ? value : Number(value))
}

function wholeNumber(input: unknown): bigint | null {
  if (typeof input === 'bigint') return input
  if (typeof input === 'boolean') return input ? 1n : 0n
  if (typeof input === 'number') return Number.isInteger(input) ? BigInt(input) : null
  if (typeof input !== 'string') return null
  const text = input.trim()
  if (whole.test(text)) return BigInt(text.startsWith('+') ? text.slice(1) : text)
  const value = decimal.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(value) ? BigInt(value) : null
}

const numberRanges = new Map<DataType, { low: number; high: number }>()

function numberRange(dataType: DataType): { low: number; high: number } {
  let range = numberRanges.get(dataType)
  if (!range) {
    const { low, high } = integerRange(dataType)!
    range = { low: Number(low), high: Number(high) }
    numberRanges.set(dataType, range)
  }
  return range
}

function convertBool(input: unknown, type: ValueType): Decoded {
  if (typeof input === 'boolean') return good(input)
  if (typeof input === 'object') return typeMismatch
  const text = String(input)
  if (text === type.trueText) return good(true)
  if (text === type.falseText) return good(false)
  const word = text.trim().toLowerCase()
  if (trueWords.has(word)) return good(true)
  return falseWords.has(word) ? good(false) : typeMismatch
}

function convertBytes(input: unknown): Decoded {
  if (input instanceof Uint8Array) return good(input)
  if (typeof input === 'string') {
    const bytes = fromBase64(input)
    return bytes ? good(bytes) : typeMismatch
  }
  if (!Array.isArray(input)) return typeMismatch
  const fits = input.every((byte) => typeof byte === 'number' && Number.isInteger(byte) && byte >= 0 && byte <= 255)
  return fits ? good(Uint8Array.from(input as number[])) : typeMismatch
}

function convertStructure(input: object): Decoded {
  const value = copyStructure(input, 0)
  return value === undefined ? undecodable : good(value)
}

/** A deep copy without `__proto__` fields; undefined where it is nested too deep. */
function copyStructure(input: unknown, depth: number): TagValue | undefined {
  if (typeof input !== 'object' || input === null || input instanceof Uint8Array) return input as TagValue
  if (depth === maximumDepth) return undefined
  if (Array.isArray(input)) {
    const copies: TagValue[] = []
    for (const element of input) {
      const copy = copyStructure(element, depth + 1)
      if (copy === undefined) return undefined
      copies.push(copy)
    }
    return copies
  }
  const copies: Record<string, TagValue> = {}
  for (const [field, inner] of Object.entries(input)) {
    if (field === '__proto__') continue
    const copy = copyStructure(inner, depth + 1)
    if (copy === undefined) return undefined
    copies[field] = copy
  }
  return copies
}

const rfc3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/
/** Numbers below this are seconds since 1970, above it milliseconds: 1973 in ms, the year 5138 in s. */
const smallestMilliseconds = 100_000_000_000

/** A source time in ms since 1970-01-01 UTC from RFC 3339 text, ms or s since 1970 (also as text); null when it is none. */
export function parseTimestamp(input: unknown): number | null {
  if (typeof input === 'bigint') return parseTimestamp(Number(input))
  if (typeof input === 'number') {
    const milliseconds = Math.abs(input) < smallestMilliseconds ? input * 1000 : input
    return Math.abs(milliseconds) <= 8_640_000_000_000_000 ? milliseconds : null
  }
  if (typeof input !== 'string') return null
  const text = input.trim()
  if (decimal.test(text)) return parseTimestamp(Number(text))
  const parsed = rfc3339.test(text) ? Date.parse(text.replace(' ', 'T').toUpperCase()) : Number.NaN
  return Number.isNaN(parsed) ? null : parsed
}
