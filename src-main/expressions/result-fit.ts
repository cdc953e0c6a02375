// What an expression gave, as the tag's data type holds it.
import type { TagValue } from '../shared/data-value.ts'
import { RuntimeError } from '../shared/runtime-error.ts'
import { coerceValue, type TagDefinition } from '../shared/tag.ts'

/** Bounds of the integer types a number column holds exactly. */
const ranges: Readonly<Record<string, readonly [low: number, high: number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32_768, 32_767],
  uint16: [0, 65_535],
  int32: [-2_147_483_648, 2_147_483_647],
  uint32: [0, 4_294_967_295],
}

/**
 * The value in the tag's type: numbers are rounded for integer types. Throws RuntimeError BadOutOfRange or BadTypeMismatch
 * when it does not fit.
 */
export function fitResult(value: TagValue, { name, dataType, arrayLength }: TagDefinition): TagValue {
  if (arrayLength === null && typeof value === 'number') {
    if (dataType === 'float64') return value
    if (dataType === 'float32') return Math.fround(value)
    const range = ranges[dataType]
    if (range !== undefined) {
      const rounded = Math.round(value)
      if (rounded >= range[0] && rounded <= range[1]) return rounded
      throw new RuntimeError('BadOutOfRange', `${name}: ${value} is outside ${dataType} (${range[0]} to ${range[1]})`)
    }
  }
  if (arrayLength === null && typeof value === 'boolean' && dataType === 'bool') return value
  const coerced = coerceValue(rounded(value, dataType), dataType, arrayLength)
  if (coerced.ok) return coerced.value
  throw new RuntimeError('BadTypeMismatch', `${name}: ${coerced.message}`)
}

/** Whole numbers where the type wants them, in lists too. */
function rounded(value: TagValue, dataType: string): TagValue {
  if (Array.isArray(value)) return value.map((element: TagValue) => rounded(element, dataType))
  return typeof value === 'number' && /^u?int/.test(dataType) ? Math.round(value) : value
}
