// GS1 labels as parse-identifier.ts asks for them: element strings in any spelling, bare GTINs of retail symbols, and Digital Links.
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

/** Element string: its symbol says so, brackets, a separator, or a key with its right check digit at the beginning. */
export function looksLikeElements(text: string, aimId: string): boolean {
  if (elementSymbols.has(aimId)) return !/^https?:/i.test(text)
  if (gtinSymbols.has(aimId)) return /^\d+$/.test(text)
  if (/^\(\d{2,4}\)/.test(text) || text.startsWith(separator)) return true
  if (!/^\d{2}/.test(text)) return false
  if (text.includes(separator)) return applicationIdentifierAt(text, 0) !== undefined
  return startsWithKey(text)
}

/** Digits of `00`, `01`, `02` … and a key behind them that has its check digit, and nothing wrong behind it. */
function startsWithKey(text: string): boolean {
  if (!/^(?:0[0-3]\d{14}|253\d{13}|255\d{13}|41\d{14}|800[36]\d{14}|801[78]\d{18})/.test(text)) return false
  const reading = readElements(text)
  return (
    reading.elements.length > 0 &&
    elementFaults(reading.elements.slice(0, 1)).every((fault) => fault.includes('beside'))
  )
}

export function readGs1(text: string, aimId: string): SchemeReading {
  const retail = bareGtin(text, aimId)
  if (retail !== null) return readingOf(retail, [], [])
  const { elements, faults, notes } = readElements(text)
  return readingOf(elements, faults, notes)
}

export function looksLikeDigitalLink(text: string): boolean {
  const reading = /^[A-Za-z]{3,5}:\/\//.test(text) ? readDigitalLink(text) : null
  const key = reading?.elements[0]
  if (reading === null || reading === undefined || key === undefined) return false
  return (
    /^https?:\/\/id\.gs1\.org(?:[/:]|$)/i.test(text) ||
    elementFaults([key]).every((fault) => !/has \d+ |characters|digit /.test(fault))
  )
}

export function readGs1Link(text: string): SchemeReading {
  const reading = readDigitalLink(text)
  if (reading === null)
    return { identifier: text, parts: {}, faults: ['The path has no GS1 key, as /01/09521234543213.'] }
  return readingOf(reading.elements, reading.faults, [])
}

function bareGtin(text: string, aimId: string): Gs1Element[] | null {
  const isGtin = gtinSymbols.has(aimId) ? /^\d{8,14}$/.test(text) : /^(?:\d{8}|\d{12,14})$/.test(text)
  return isGtin && !elementSymbols.has(aimId) ? [{ ai: '01', value: text.padStart(14, '0') }] : null
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
