// A value as text: the one rule for every screen and mimic. Decimals by the tag, digits the language's way, states by name.
import type { TagRow } from '../../src-main/shared/contract.ts'
import type { JsonValue } from '../../src-main/shared/data-value.ts'
import { isBad } from '../../src-main/shared/status-code.ts'
import type { StateWords } from '../../src-main/shared/tag.ts'
import { textIn } from '../ui/i18n.svelte.ts'

/** Shown where there is no usable value. */
export const noValueText = '– – –'
/** Decimals of a fraction whose tag says nothing. */
const usualDecimals = 3
/** Longer texts (arrays, structures) are cut in lists. */
const longestText = 80

/** What of a tag's row is needed here; null = nothing known, then the value as it is. */
export type ValueFormat = Pick<TagRow, 'dataType' | 'decimals' | 'states'> | null | undefined

/** Words of a boolean, in the language of the screen. */
export interface BooleanWords {
  readonly on: string
  readonly off: string
}

/**
 * Text of a value, without its unit. Bad quality never shows a value: {@link noValueText}. A fraction has the tag's decimals
 * (so it does not jitter), else up to three; whole numbers of four digits have no group separator.
 */
export function formatValue(
  value: JsonValue,
  statusCode: number,
  format: ValueFormat,
  locale: string,
  words: BooleanWords,
): string {
  if (isBad(statusCode) || value === null) return noValueText
  const state = stateText(value, format, locale)
  if (state !== undefined) return state
  if (typeof value === 'boolean') return value ? words.on : words.off
  if (typeof value === 'number') {
    if (format?.dataType === 'datetime') return dateTimeFormat(locale).format(value)
    return formatNumber(value, format?.decimals, locale)
  }
  if (typeof value === 'string') {
    if (format?.dataType === 'int64' || format?.dataType === 'uint64') return formatBigInteger(value, locale)
    return value
  }
  return cut(JSON.stringify(value))
}

/** A number with fixed decimals, or up to three when undefined. */
export function formatNumber(value: number, decimals: number | undefined, locale: string): string {
  // "-0.0" is 0 to everybody but the computer.
  const shown = decimals !== undefined && Number(value.toFixed(Math.min(decimals, 20))) === 0 ? 0 : value
  return numberFormat(locale, decimals).format(shown)
}

function stateText(value: JsonValue, format: ValueFormat, locale: string): string | undefined {
  if (!format?.states || (typeof value !== 'number' && typeof value !== 'boolean' && typeof value !== 'string'))
    return undefined
  const words = format.states[String(value)] ?? format.states[String(Number(value))]
  return words === undefined ? undefined : stateWordsIn(words, locale)
}

/** The words of a state in a language; where the plant has none in it, its first. */
export function stateWordsIn(words: StateWords, locale: string): string {
  return typeof words === 'string' ? words : textIn(words, locale, '')
}

function formatBigInteger(text: string, locale: string): string {
  return /^-?\d+$/.test(text) ? numberFormat(locale, 0).format(BigInt(text)) : text
}

function cut(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text
}

const numberFormats = new Map<string, Intl.NumberFormat>()
function numberFormat(locale: string, decimals: number | undefined): Intl.NumberFormat {
  const key = `${locale} ${decimals}`
  let format = numberFormats.get(key)
  if (!format) {
    format = new Intl.NumberFormat(locale, {
      useGrouping: 'min2',
      minimumFractionDigits: decimals ?? 0,
      maximumFractionDigits: decimals ?? usualDecimals,
    })
    numberFormats.set(key, format)
  }
  return format
}

const dateTimeFormats = new Map<string, Intl.DateTimeFormat>()
function dateTimeFormat(locale: string): Intl.DateTimeFormat {
  let format = dateTimeFormats.get(locale)
  if (!format) {
    format = new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeStyle: 'medium' })
    dateTimeFormats.set(locale, format)
  }
  return format
}
