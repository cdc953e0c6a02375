// Messages of ISO/IEC 15434: `[)>`, then formats between record separators, then EOT. Format 05 has GS1 elements, 06 data with ASC MH10.8.2 data
// identifiers (ISO/IEC 15418), 12 text element identifiers.
import type { JsonValue } from '../../shared/data-value.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { readElements } from '../gs1/gs1-elements.ts'
import { gs1Identity } from '../gs1/gs1-identity.ts'
import { elementFaults } from '../gs1/gs1-validity.ts'
import type { SchemeReading } from './scheme-reading.ts'

const recordSeparator = '\u001e'
const groupSeparator = '\u001d'
const endOfTransmission = '\u0004'
const header = `[)>${recordSeparator}`

/** Formats of ISO/IEC 15434 table 1. */
const knownFormats: ReadonlySet<string> = new Set([
  '00',
  '01',
  '02',
  '03',
  '04',
  '05',
  '06',
  '07',
  '08',
  '09',
  '10',
  '11',
  '12',
])

/** Data identifier with its value: `25S` and `UN123456789`. */
export interface DataIdentifierValue {
  readonly di: string
  readonly value: string
}

export function looksLikeMessage(text: string): boolean {
  return text.startsWith('[)>')
}

export function readMessage(text: string): SchemeReading {
  const shown = controlsOf(text)
  const faults = shown === text ? [] : ['Its separators came as visible signs, not as control characters.']
  if (!shown.startsWith(header)) {
    faults.push(`It does not begin with [)> and a record separator (RS).`)
    return { identifier: text, parts: { raw: text }, faults }
  }
  const isEnded = shown.endsWith(endOfTransmission)
  const body = shown.slice(header.length, isEnded ? -1 : undefined)
  if (!isEnded) faults.push('The end of transmission (EOT) is missing.')
  if (!body.endsWith(recordSeparator)) faults.push('The record separator (RS) behind the last format is missing.')
  const records = (body.endsWith(recordSeparator) ? body.slice(0, -1) : body).split(recordSeparator)
  const parts: Record<string, JsonValue> = {}
  let gs1: string | null = null
  for (const [at, record] of records.entries()) {
    const format = record.slice(0, 2)
    if (at === 0) parts.format = format
    else parts.formats = records.map((other) => other.slice(0, 2))
    if (!knownFormats.has(format)) faults.push(`The format ${JSON.stringify(format)} is not known; there are 00 to 12.`)
    else if (format === '05') gs1 = readFormat05(record.slice(2), parts, faults)
    else if (format === '06' || format === '12') readGroups(format, record.slice(2), parts, faults)
    else parts[`data${format}`] = record.slice(2)
    if (at >= 9) break
  }
  return { identifier: gs1 !== null && records.length === 1 ? gs1 : shown, parts, faults }
}

/**
 * A message with data identifiers (format 06).
 * @throws RuntimeError BadInvalidArgument when a data identifier or value breaks a rule.
 */
export function formatDataIdentifiers(values: readonly DataIdentifierValue[]): string {
  if (values.length === 0)
    throw new RuntimeError('BadInvalidArgument', 'A message of ISO/IEC 15434 needs one data identifier at least.')
  for (const { di, value } of values) {
    if (!/^\d{0,3}[A-Z]$/.test(di))
      throw new RuntimeError(
        'BadInvalidArgument',
        `${JSON.stringify(di)} is not a data identifier: up to three digits and a capital letter, as 25S.`,
      )
    if (value === '' || !/^[ -~]+$/.test(value))
      throw new RuntimeError(
        'BadInvalidArgument',
        `The value of ${di} is empty or has a character outside of printable ASCII: ${JSON.stringify(value)}.`,
      )
  }
  const groups = values.map(({ di, value }) => `${groupSeparator}${di}${value}`).join('')
  return `${header}06${groups}${recordSeparator}${endOfTransmission}`
}

/** A message with a GS1 element string (format 05), as formatElements gives it. */
export function formatGs1Message(elements: string): string {
  return `${header}05${groupSeparator}${elements}${recordSeparator}${endOfTransmission}`
}

function readFormat05(data: string, parts: Record<string, JsonValue>, faults: string[]): string {
  const reading = readElements(data.startsWith(groupSeparator) ? data.slice(1) : data)
  if (!data.startsWith(groupSeparator)) faults.push('The group separator (GS) behind the format 05 is missing.')
  faults.push(...reading.faults, ...elementFaults(reading.elements))
  for (const { ai, value } of reading.elements) parts[ai] = value
  return gs1Identity(reading.elements)
}

function readGroups(format: string, data: string, parts: Record<string, JsonValue>, faults: string[]): void {
  if (!data.startsWith(groupSeparator)) faults.push(`The group separator (GS) behind the format ${format} is missing.`)
  const repeated = new Map<string, string[]>()
  const identifier = format === '06' ? /^(\d{0,3}[A-Z])(.*)$/s : /^([A-Z]{3})[ ]?(.*)$/s
  for (const group of (data.startsWith(groupSeparator) ? data.slice(1) : data).split(groupSeparator)) {
    const match = identifier.exec(group)
    if (match === null) {
      faults.push(
        `${JSON.stringify(group.slice(0, 40))} does not begin with a ${format === '06' ? 'data identifier' : 'text element identifier'}.`,
      )
      if (faults.length > 20) return
      continue
    }
    const [, name = '', value = ''] = match
    if (value === '') faults.push(`${name} has no value.`)
    else if (!/^[ -~\u0080-\uffff]*$/.test(value)) faults.push(`The value of ${name} has a control character.`)
    const earlier = parts[name]
    if (earlier === undefined) parts[name] = value
    else if (repeated.has(name)) repeated.get(name)!.push(value)
    else {
      const values = [String(earlier), value]
      repeated.set(name, values)
      parts[name] = values
    }
  }
}

/** Visible signs in place of control characters, as some scanners and editors show them. */
function controlsOf(text: string): string {
  if (!/[␞␝␄]|<(?:RS|GS|EOT)>|\{(?:RS|GS|EOT)\}/i.test(text)) return text
  return text
    .replace(/␞|<RS>|\{RS\}/gi, recordSeparator)
    .replace(/␝|<GS>|\{GS\}/gi, groupSeparator)
    .replace(/␄|<EOT>|\{EOT\}/gi, endOfTransmission)
}
