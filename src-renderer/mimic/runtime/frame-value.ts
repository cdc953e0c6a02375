// Values of a frame as what their tags hold.
import type { TagRow } from '../../../src-main/shared/contract.ts'
import type { JsonValue, TagValue } from '../../../src-main/shared/data-value.ts'
import { typedValue } from '../../tags/typed-value.ts'

/**
 * Value of one row of a frame: `other` when it has one, else `number`, NaN = none. `row` is the tag's, null for names that are no
 * tags.
 */
export function frameValue(number: number, other: JsonValue | undefined, row: TagRow | null): TagValue {
  const value = other !== undefined ? other : Number.isNaN(number) ? null : number
  return row === null ? value : typedValue(value, row)
}
