// The one spelling of what a GS1 label identifies: its key with what qualifies it, in brackets. Attributes (dates, counts …) are not part of it.
import { applicationIdentifier } from './application-identifiers.ts'
import type { Gs1Element } from './gs1-element.ts'
import { bracketed } from './gs1-elements.ts'

/** Keys by what a label with several of them stands for: the single thing before its kind, the logistic unit before what is in it. */
const keyOrder = '00 8006 8010 8003 8004 253 255 01 03 8013 8018 8017 414 417 415 402 401'.split(' ')

/** Qualifiers that belong to the identity, in the order of a Digital Link (and 8020, which a payment slip is told apart by). */
const furtherQualifiers: Readonly<Record<string, readonly string[]>> = { '03': ['21'], '02': [], '402': [], '401': [] }

/**
 * Key with its qualifiers as `(01)09521234543213(10)LOT1(21)A1`, whatever order, carrier and attributes it came with. Elements without
 * a key: all of them by their AI. The extension (254) 0 is a place without one (TDS 2.2 section 6.3.3).
 */
export function gs1Identity(elements: readonly Gs1Element[]): string {
  return bracketed(identityElements(elements))
}

/** The elements of the identity: key first. */
export function identityElements(elements: readonly Gs1Element[]): readonly Gs1Element[] {
  const values = new Map<string, string>()
  for (const { ai, value } of elements) if (!values.has(ai)) values.set(ai, value)
  const key = keyOrder.find((ai) => values.has(ai))
  if (key === undefined) return [...values].map(([ai, value]) => ({ ai, value })).sort((a, b) => (a.ai < b.ai ? -1 : 1))
  const sequences = applicationIdentifier(key)?.qualifiers ?? [furtherQualifiers[key] ?? []]
  const sequence = sequences.find((ais) => ais.some((ai) => values.has(ai))) ?? []
  if (values.get('254') === '0') values.delete('254')
  return [key, ...sequence.filter((ai) => values.has(ai))].map((ai) => ({ ai, value: values.get(ai)! }))
}

/**
 * The same item without its batch and variant: `(01)…(21)…` of `(01)…(22)…(10)…(21)…`; null = there is nothing to leave out. An RFID tag
 * knows an item by this, and by GS1's rules a serial number is unique for its GTIN.
 */
export function serialIdentity(elements: readonly Gs1Element[]): string | null {
  const identity = identityElements(elements)
  const serial = identity.filter(({ ai }) => ai !== '10' && ai !== '22')
  return serial.length < identity.length && serial.some(({ ai }) => ai === '21') ? bracketed(serial) : null
}
