// What somebody typed, as the value to write, or the reason why it is not one. The runtime checks again; this saves the way.
import type { TagRow } from '../../src-main/shared/contract.ts'
import type { JsonValue } from '../../src-main/shared/data-value.ts'
import { integerRange } from '../../src-main/shared/tag.ts'
import { unitText } from '../tags/unit-text.ts'
import { t } from './texts.ts'

export type Entered =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly message: string }

/** How a value of this tag is entered. */
export type EntryKind = 'boolean' | 'state' | 'number' | 'text' | 'json'

export function entryKindOf(row: TagRow): EntryKind {
  if (row.arrayLength !== undefined) return 'json'
  if (row.states) return 'state'
  if (row.dataType === 'bool') return 'boolean'
  if (row.dataType === 'structure') return 'json'
  if (row.dataType === 'string' || row.dataType === 'datetime' || row.dataType === 'bytes') return 'text'
  return 'number'
}

/** The value in `text` for this tag. Numbers take a decimal point or comma, no group separators. */
export function enteredValue(text: string, row: TagRow): Entered {
  switch (entryKindOf(row)) {
    case 'boolean':
      return { ok: true, value: text === 'true' }
    case 'state':
      return enteredState(text, row)
    case 'number':
      return enteredNumber(text.trim(), row)
    case 'json':
      return enteredJson(text)
    case 'text':
      return text === '' && row.dataType !== 'string' ? refuse(t('emptyText')) : { ok: true, value: text }
  }
}

function enteredState(text: string, row: TagRow): Entered {
  if (text === '') return refuse(t('emptyText'))
  if (row.dataType === 'bool') return { ok: true, value: text === '1' || text === 'true' }
  return { ok: true, value: row.dataType === 'string' ? text : Number(text) }
}

function enteredJson(text: string): Entered {
  try {
    return { ok: true, value: JSON.parse(text) as JsonValue }
  } catch {
    return refuse(t('notJson'))
  }
}

function enteredNumber(text: string, row: TagRow): Entered {
  if (text === '') return refuse(t('emptyText'))
  const comma = /^(-?\d+),(\d{3})$/.exec(text)
  // 1,500 is fifteen hundred to one reader and one and a half to another: ask, do not guess.
  if (comma) return refuse(t('ambiguous', { whole: `${comma[1]}${comma[2]}`, fraction: `${comma[1]}.${comma[2]}` }))
  const plain = text.replace(',', '.')
  if (!/^-?(\d+\.?\d*|\.\d+)$/.test(plain)) return refuse(t('notANumber'))
  const range = integerRange(row.dataType)
  if (!range) return withinLimits(Number(plain), row)
  if (/\.\d*[1-9]/.test(plain)) return refuse(t('wholeNumber'))
  return enteredInteger(BigInt(plain.replace(/\.\d*$/, '') || '0'), row, range)
}

function enteredInteger(whole: bigint, row: TagRow, range: { low: bigint; high: bigint }): Entered {
  if (whole < range.low || whole > range.high) {
    const bounds = { low: String(range.low), high: String(range.high) }
    return refuse(t('integerRange', { value: String(whole), dataType: row.dataType, ...bounds }))
  }
  const limited = withinLimits(Number(whole), row)
  // Beyond 2^53 a number would not be exact; the runtime takes decimal text for 64-bit integers.
  return limited.ok && !Number.isSafeInteger(Number(whole)) ? { ok: true, value: String(whole) } : limited
}

function withinLimits(value: number, row: TagRow): Entered {
  const { low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY } = row.limits ?? {}
  if (value >= low && value <= high) return { ok: true, value }
  return refuse(
    t('outOfRange', { value: String(value), low: boundText(low), high: boundText(high), unit: unitText(row.unit) }),
  )
}

function boundText(bound: number): string {
  return Number.isFinite(bound) ? String(bound) : bound < 0 ? '−∞' : '∞'
}

function refuse(message: string): Entered {
  return { ok: false, message }
}
