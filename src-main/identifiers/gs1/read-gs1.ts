// GS1 labels as parse-identifier.ts asks for them: element strings in any spelling, bare GTINs of retail symbols, and Digital Links.
import { hasRightCheck } from '../schemes/check-character.ts'
import type { SchemeReading } from '../schemes/scheme-reading.ts'
import { applicationIdentifierAt } from './application-identifiers.ts'
import { readDigitalLink } from './digital-link.ts'
import type { Gs1Element } from './gs1-element.ts'
import { readElements, separator } from './gs1-elements.ts'
import { gs1Identity } from './gs1-identity.ts'
import { elementFaults } from './gs1-validity.ts'

/** Symbology identifiers (ISO/IEC 15424) of symbols that hold GS1 element strings: FNC1 in first position. */
const elementSymbols: ReadonlySet<string> = new Set([']C1', ']e0', ']e1', ']e2', ']d2', ']Q3', ']J1', ']L6'])
/** Symbols that hold a bare GTIN: EAN/UPC and ITF-14. */
const gtinSymbols: ReadonlySet<string> = new Set([']E0', ']E4', ']I0', ']I1'])

/** Element string: its symbol says so, brackets, a separator, or a key at the beginning with nothing else behind it than elements. */
export function looksLikeElements(text: string, aimId: string): boolean {
  if (elementSymbols.has(aimId)) return !/^https?:/i.test(text)
  if (gtinSymbols.has(aimId)) return isBareGtin(text, aimId)
  if (text.includes(separator)) return true
  if (/^\(\d|^\d{2,4}\)\S|^\S{0,24}\((?:0[0-3]|10|21|8\d{3})\)\S/.test(text)) return true
  if (/^(?:[\u241d\u00e8]|[<{](?:GS|FNC1)[>}])\d{2}/i.test(text)) return true
  return /^0[0-3]/.test(text) ? startsWithTradeKey(text) : startsWithOtherKey(text)
}

/** Separators as some keyboard wedges and editors show them; none of the signs is a character of GS1. */
const visibleSeparator = /[\u241d\u00e8]|[<{](?:GS|FNC1)[>}]/gi

function withControls(text: string): string {
  return text.startsWith('(') ? text : text.replace(visibleSeparator, separator)
}

/** SSCC or GTIN with its AI, right or not, and behind it the end or another AI. */
function startsWithTradeKey(text: string): boolean {
  const length = text.startsWith('00') ? 20 : 16
  if (text.length < length || /\D/.test(text.slice(0, length))) return false
  return text.length === length || applicationIdentifierAt(text, length) !== undefined
}

/** Other keys with a check digit, which has to be right; everything behind them has to be right too. */
function startsWithOtherKey(text: string): boolean {
  return /^(?:25[35]\d{13}|41\d{14}|800[36]\d{14}|801[78]\d{18})/.test(text) && readGs1(text, '').faults.length === 0
}

export function readGs1(text: string, aimId: string): SchemeReading {
  const retail = bareGtin(text, aimId)
  if (retail !== null) return readingOf(retail, [], [])
  const shown = withControls(text)
  const { elements, faults, notes } = readElements(shown)
  const visible = shown === text ? [] : ['Its separators came as visible signs, not as FNC1 or GS.']
  return readingOf(elements, [...visible, ...faults], notes)
}

/** A link whose path has a GS1 key, or one of GS1's own resolver. */
export function looksLikeDigitalLink(text: string): boolean {
  if (/^(?:https?:\/\/)?id\.gs1\.org(?:[/:?]|$)/i.test(text)) return true
  const key = /^[A-Za-z]{3,5}:\/\//.test(text) ? readDigitalLink(text)?.elements[0] : undefined
  return key !== undefined && (key.ai.length === 4 || /^(?:\D*\d){6}/.test(key.value))
}

export function readGs1Link(text: string): SchemeReading {
  const reading = readDigitalLink(text)
  if (reading === null)
    return { identifier: text, parts: {}, faults: ['The path has no GS1 key, as /01/09521234543213.'] }
  return readingOf(reading.elements, reading.faults, [])
}

function bareGtin(text: string, aimId: string): Gs1Element[] | null {
  return isBareGtin(text, aimId) ? [{ ai: '01', value: text.padStart(14, '0') }] : null
}

/** Digits of a GTIN without its AI: a retail symbol, or, where the scheme was asked for, so many digits. */
function isBareGtin(text: string, aimId: string): boolean {
  if (elementSymbols.has(aimId)) return false
  if (aimId.startsWith(']I')) return /^\d{14}$/.test(text)
  if (gtinSymbols.has(aimId)) return /^(?:\d{8}|\d{12,14})$/.test(text)
  return /^\d{12,14}$/.test(text) || (/^\d{8}$/.test(text) && hasRightCheck('mod10', text))
}

function readingOf(
  elements: readonly Gs1Element[],
  faults: readonly string[],
  notes: readonly string[],
): SchemeReading {
  const parts: Record<string, string> = {}
  for (const { ai, value } of elements) parts[ai] ??= value
  return { identifier: gs1Identity(elements), parts, faults: [...faults, ...elementFaults(elements)], notes }
}
