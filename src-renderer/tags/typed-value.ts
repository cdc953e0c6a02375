// A value as it came over the link, as expressions take it: 64-bit integers exact, bytes as bytes, truth as true and false.
import type { TagRow } from '../../src-main/shared/contract.ts'
import { fromBase64, type JsonValue, type TagValue } from '../../src-main/shared/data-value.ts'

/** The value in the tag's own type; null where there is none, or none that can be read. */
export function typedValue(value: JsonValue, { dataType }: Pick<TagRow, 'dataType'>): TagValue {
  if (value === null) return null
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((element) => typedValue(element, { dataType }))
  if (dataType === 'bool') return typeof value === 'number' ? value !== 0 : value
  if (dataType === 'int64' || dataType === 'uint64') return wholeNumber(value)
  return dataType === 'bytes' && typeof value === 'string' ? fromBase64(value) : value
}

function wholeNumber(value: JsonValue): TagValue {
  if (typeof value === 'number') return BigInt(Math.trunc(value))
  return typeof value === 'string' && /^-?\d+$/.test(value) ? BigInt(value) : null
}
