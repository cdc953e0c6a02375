// Values of a frame as what their tags hold.
import type { TagRow } from '../../../src-main/shared/contract.ts'
import { fromBase64, type JsonValue, type TagValue } from '../../../src-main/shared/data-value.ts'

/**
 * Value of one row of a frame: `other` when it has one, else `number`, NaN = none. `row` is the tag's, null for names that are no
 * tags.
 */
export function frameValue(number: number, other: JsonValue | undefined, row: TagRow | null): TagValue {
  if (other !== undefined) return fromJson(other, row)
  return Number.isNaN(number) ? null : asTyped(number, row)
}

/** A number column as the tag's type: booleans may come as 0 and 1, 64-bit integers are exact. */
function asTyped(number: number, row: TagRow | null): TagValue {
  if (row?.dataType === 'bool') return number !== 0
  return row !== null && isWide(row) ? BigInt(Math.trunc(number)) : number
}

function fromJson(value: JsonValue, row: TagRow | null): TagValue {
  if (row === null || value === null) return value
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((element) => fromJson(element, row))
  if (typeof value === 'number') return asTyped(value, row)
  if (typeof value !== 'string') return value
  if (isWide(row)) return /^-?\d+$/.test(value) ? BigInt(value) : null
  return row.dataType === 'bytes' ? fromBase64(value) : value
}

function isWide(row: TagRow): boolean {
  return row.dataType === 'int64' || row.dataType === 'uint64'
}
