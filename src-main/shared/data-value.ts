// A value is never alone: value, status code and the two time stamps travel together (OPC 10000-4 section 7.11).
import { type Quality, qualityOf } from './status-code.ts'

/**
 * What a tag can hold. `bigint` only for int64/uint64 tags; `Uint8Array` only for `bytes`; objects only for `structure`;
 * arrays for tags with an array length; `null` when there is no usable value (quality Bad).
 */
export type TagValue = number | boolean | string | bigint | null | Uint8Array | TagValueArray | TagValueStructure
export type TagValueArray = readonly TagValue[]
export interface TagValueStructure {
  readonly [field: string]: TagValue
}

/** Value with its proof. Time stamps: milliseconds since 1970-01-01 UTC; 0 means unknown. */
export interface DataValue {
  readonly value: TagValue
  readonly statusCode: number
  readonly sourceTimestamp: number
  readonly serverTimestamp: number
}

/** What JSON can carry. */
export type JsonValue =
  | number
  | boolean
  | string
  | null
  | readonly JsonValue[]
  | { readonly [field: string]: JsonValue }

/** One row of `tags.read`, of `tags.watch` over HTTP and of the JSON block of a tag frame. */
export interface TagValueRow {
  readonly tag: string
  readonly value: JsonValue
  readonly statusCode: number
  readonly quality: Quality
  readonly sourceTimestamp: number
  readonly serverTimestamp: number
}

/**
 * A value as JSON: bigint becomes a number while that is exact, else its decimal text; bytes become base64; NaN and the
 * infinities become null.
 */
export function toJsonValue(value: TagValue): JsonValue {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? value : null
    case 'bigint':
      return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
        ? Number(value)
        : value.toString()
    case 'object':
      if (value === null) return null
      if (value instanceof Uint8Array) return toBase64(value)
      if (Array.isArray(value)) return (value as TagValueArray).map(toJsonValue)
      return Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, toJsonValue(inner)]))
    default:
      return value
  }
}

/** The row that screens and scripts see of one tag. */
export function toRow(tag: string, dataValue: DataValue): TagValueRow {
  return {
    tag,
    value: toJsonValue(dataValue.value),
    statusCode: dataValue.statusCode,
    quality: qualityOf(dataValue.statusCode),
    sourceTimestamp: dataValue.sourceTimestamp,
    serverTimestamp: dataValue.serverTimestamp,
  }
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Base64 with padding (RFC 4648 section 4), without Node's Buffer or the DOM's btoa. */
export function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let index = 0; index < bytes.length; index += 3) {
    const a = bytes[index]!
    const b = bytes[index + 1]
    const c = bytes[index + 2]
    text += alphabet[a >> 2]! + alphabet[((a & 3) << 4) | ((b ?? 0) >> 4)]!
    text += b === undefined ? '=' : alphabet[((b & 15) << 2) | ((c ?? 0) >> 6)]!
    text += c === undefined ? '=' : alphabet[c & 63]!
  }
  return text
}

/** Bytes of a base64 text; null when it is not base64. */
export function fromBase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const bytes = new Uint8Array((text.length / 4) * 3 - padding)
  let bits = 0
  let bitCount = 0
  let at = 0
  for (const character of text.slice(0, text.length - padding)) {
    bits = ((bits << 6) | alphabet.indexOf(character)) & 0xffffff
    bitCount += 6
    if (bitCount >= 8) {
      bitCount -= 8
      bytes[at++] = (bits >> bitCount) & 0xff
    }
  }
  return bytes
}
