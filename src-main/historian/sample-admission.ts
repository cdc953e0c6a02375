// The door of the historian: exact integers become numbers where that changes nothing, values too large to be kept are refused.
import type { TagValue } from '../shared/data-value.ts'
import { StatusCodes } from '../shared/status-code.ts'
import { refusalOf, roughByteCount } from './value-size.ts'

/** Rows of samples as they are handed over; rows beyond `count` do not count. */
export interface OfferedValues {
  readonly count: number
  readonly value: Float64Array
  readonly statusCode: Uint32Array
  readonly others: readonly (TagValue | undefined)[] | null
}

/** Told of a value that is not kept: the row it stood in, and the end of the sentence "The value …". */
export type OnRefused = (row: number, reason: string) => void

const smallestExact = BigInt(Number.MIN_SAFE_INTEGER)
const largestExact = BigInt(Number.MAX_SAFE_INTEGER)

/**
 * The same rows with every bigint that a number holds exactly in the number column (written there: the columns were given away), as
 * `toJsonValue` would show it; larger ones stay in `others`. `others` is null when no row needs it any more.
 */
export function withExactNumbers<Values extends Pick<OfferedValues, 'count' | 'value' | 'others'>>(
  offered: Values,
): Values {
  const { count, value, others } = offered
  if (others === null) return offered
  let left: (TagValue | undefined)[] | null = null
  let isNeeded = false
  for (let row = 0; row < count; row++) {
    const other = others[row]
    if (typeof other === 'bigint' && other >= smallestExact && other <= largestExact) {
      left ??= others.slice(0, count)
      left[row] = undefined
      value[row] = Number(other)
    } else if (other !== undefined) isNeeded = true
  }
  if (!isNeeded) return { ...offered, others: null }
  return left === null ? offered : { ...offered, others: left }
}

/**
 * The rows as they can be kept: {@link withExactNumbers}, and where a value is too large or none at all, no value and
 * BadEncodingLimitsExceeded in its place.
 */
export function admitted<Values extends OfferedValues>(offered: Values, onRefused: OnRefused): Values {
  const exact = withExactNumbers(offered)
  if (exact.others === null) return exact
  let others: (TagValue | undefined)[] | null = null
  let statusCode = exact.statusCode
  for (let row = 0; row < exact.count; row++) {
    const other = exact.others[row]
    if (other === undefined || other === null) continue
    const reason = refusalOf(other)
    if (reason === null) continue
    if (others === null) {
      others = exact.others.slice(0, exact.count)
      statusCode = statusCode.slice()
    }
    others[row] = null
    statusCode[row] = StatusCodes.BadEncodingLimitsExceeded
    onRefused(row, reason)
  }
  if (others === null) return exact
  const value = exact.value.slice()
  for (let row = 0; row < exact.count; row++) if (others[row] === null) value[row] = Number.NaN
  return { ...exact, value, statusCode, others }
}

/** Row after the last one from `from` on whose values together take at most `byteLimit` rough bytes; at least one row, at most `end`. */
export function rowsWithin(
  others: readonly (TagValue | undefined)[] | null,
  from: number,
  end: number,
  byteLimit: number,
): number {
  if (others === null) return end
  let byteCount = 0
  for (let row = from; row < end; row++) {
    const other = others[row]
    if (other !== undefined && other !== null) byteCount += roughByteCount(other)
    if (byteCount > byteLimit && row > from) return row
  }
  return end
}
