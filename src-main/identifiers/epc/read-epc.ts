// EPCs as parse-identifier.ts asks for them: URNs of identities and tags, raw URNs, and hexadecimal digits of a tag's EPC memory.
import type { JsonValue } from '../../shared/data-value.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import type { Gs1Element } from '../gs1/gs1-element.ts'
import { gs1Identity } from '../gs1/gs1-identity.ts'
import { elementFaults } from '../gs1/gs1-validity.ts'
import type { SchemeReading } from '../schemes/scheme-reading.ts'
import { decodeTag, encodedBits, encodeTag, isPrefixEncoding } from './epc-binary.ts'
import { decodePlus } from './epc-plus.ts'
import { type Epc, elementsOfEpc, epcFaults, epcUrn } from './epc-schemes.ts'
import { decodeSpecialTag, encodeSpecialTag, isSpecialEncoding } from './epc-special.ts'

/** An EPC taken apart, before it is told as a SchemeReading. */
export interface EpcReading {
  /** null = a plus encoding, which does not know the length of the company prefix; or nothing was found. */
  readonly epc: Epc | null
  /** The GS1 label it stands for; null = it has none. */
  readonly elements: readonly Gs1Element[] | null
  /** `sgtin-96`, `sgtin+`; null = a pure identity. */
  readonly encoding: string | null
  readonly filter: number | null
  readonly faults: readonly string[]
  readonly notes: readonly string[]
}

/** A URN of EPC, or hexadecimal digits (one of them a letter) with a header of EPC that are as many as its encoding has. */
export function looksLikeEpc(text: string): boolean {
  if (/^urn:epc:/i.test(text)) return true
  if (!/^(?:0?x)?[0-9A-F]{16,280}$/i.test(text) || !/[A-Fa-f]/.test(text)) return false
  const hex = bareHex(text)
  const bits = encodedBits(Number.parseInt(hex.slice(0, 2), 16))
  if (bits !== null) return hex.length * 4 >= bits && hex.length * 4 < bits + 16
  const reading = readHex(hex)
  return reading !== null && reading.faults.length === 0
}

export function readEpc(text: string): SchemeReading {
  const { epc, elements, encoding, filter, faults, notes } = takeEpcApart(text)
  const parts: Record<string, JsonValue> = {}
  if (encoding !== null) parts.encoding = encoding
  if (filter !== null) parts.filter = filter
  if (epc !== null) {
    parts.scheme = epc.scheme
    parts.fields = epc.fields
    parts.urn = epcUrn(epc)
  }
  for (const { ai, value } of elements ?? []) parts[ai] = value
  const identifier = elements !== null ? gs1Identity(elements) : epc !== null ? epcUrn(epc) : text
  return { identifier, parts, faults, notes }
}

/** Never throws. */
export function takeEpcApart(text: string): EpcReading {
  if (/^urn:epc:raw:/i.test(text)) {
    const hex = /^urn:epc:raw:(\d{1,4})\.x([0-9A-F]+)$/i.exec(text)
    return hex === null
      ? nothing('A raw URN is of the form urn:epc:raw:96.x3074257BF7194E4000001A85.')
      : tagReading(hex[2]!)
  }
  return /^urn:/i.test(text) ? readUrn(text) : tagReading(bareHex(text))
}

function bareHex(text: string): string {
  return text.replace(/^0?x/i, '')
}

function tagReading(hex: string): EpcReading {
  if (!/^[0-9A-Fa-f]{16,}$/.test(hex))
    return nothing('It is neither a URN of EPC nor hexadecimal digits of a tag, of which there are 16 at least.')
  return (
    readHex(hex) ??
    nothing(`No EPC begins with the header ${hex.slice(0, 2).toUpperCase()}, or its bits do not fit it.`)
  )
}

function nothing(fault: string): EpcReading {
  return { epc: null, elements: null, encoding: null, filter: null, faults: [fault], notes: [] }
}

function readHex(hex: string): EpcReading | null {
  const plus = decodePlus(hex)
  if (plus !== null) {
    const notes = plus.hasMore ? ['More data of the label stands behind the EPC in the tag; it was not read.'] : []
    return {
      epc: null,
      elements: plus.elements,
      encoding: plus.encoding,
      filter: plus.filter,
      faults: elementFaults(plus.elements),
      notes,
    }
  }
  const content = decodeTag(hex) ?? decodeSpecialTag(hex)
  if (content === null) return null
  const reading = withFaults(content.epc, content.encoding, content.filter)
  return hasReservedBits(hex, content.encoding)
    ? { ...reading, faults: [...reading.faults, 'The reserved bits behind the EPC, bits 72 to 95, are not zero.'] }
    : reading
}

/** Three encodings end with 24 bits that have to be zero (TDS 2.2 sections 14.6.2 and 14.6.6). */
function hasReservedBits(hex: string, encoding: string): boolean {
  return ['sscc-96', 'gsrn-96', 'gsrnp-96'].includes(encoding) && /[^0]/.test(hex.slice(18, 24))
}

function withFaults(epc: Epc, encoding: string | null, filter: number | null): EpcReading {
  const faults = epcFaults(epc)
  const elements = faults.length === 0 ? elementsOfEpc(epc) : null
  return {
    epc,
    elements,
    encoding,
    filter,
    faults: [...faults, ...(elements === null ? [] : elementFaults(elements))],
    notes: [],
  }
}

function readUrn(text: string): EpcReading {
  const match = /^(urn:epc:(id|tag|class):)([^:]+):(.*)$/is.exec(text)
  if (match === null)
    return nothing('A URN of EPC begins with urn:epc:id:, urn:epc:tag:, urn:epc:class: or urn:epc:raw:.')
  const [, beginning = '', form = '', name = '', rest = ''] = match
  const faults: string[] = []
  if (beginning !== beginning.toLowerCase() || name !== name.toLowerCase())
    faults.push('The beginning of a URN of EPC is written in small letters.')
  const fields = fieldsOf(name, rest, faults)
  const reading = /tag/i.test(form)
    ? readTagUrn(name.toLowerCase(), fields)
    : withFaults({ scheme: name.toLowerCase(), fields }, null, null)
  if (/class/i.test(form) !== (name.toLowerCase() === 'lgtin'))
    faults.push(`${name} is not written as urn:epc:${form.toLowerCase()}:.`)
  return { ...reading, faults: [...faults, ...reading.faults] }
}

/** Fields between points; the last of some schemes may have points itself, which are no separators there. */
function fieldsOf(name: string, rest: string, faults: string[]): string[] {
  if (/[^!-~]|["#&/<>?]/.test(rest)) faults.push('It has a character that a URN has to percent-encode.')
  const pieces = rest.split('.')
  const most = fieldCounts[name.toLowerCase().replace(/-.*$/, '')]
  const count = most === undefined ? pieces.length : most + (name.includes('-') && !/^gid-/i.test(name) ? 1 : 0)
  const fields = pieces.length > count ? [...pieces.slice(0, count - 1), pieces.slice(count - 1).join('.')] : pieces
  return fields.map((field) => {
    try {
      return decodeURIComponent(field)
    } catch {
      faults.push(`${JSON.stringify(field)} is not rightly percent-encoded.`)
      return field
    }
  })
}

/** Fields of schemes whose last field may have points. */
const fieldCounts: Readonly<Record<string, number>> = {
  sgtin: 3,
  sgln: 3,
  grai: 3,
  giai: 2,
  gdti: 3,
  itip: 5,
  upui: 3,
  lgtin: 3,
  ginc: 2,
}

function readTagUrn(encoding: string, [filter = '', ...fields]: readonly string[]): EpcReading {
  const isGid = encoding === 'gid-96'
  const scheme = encoding.replace(/-.*$/, '')
  if (!isPrefixEncoding(encoding) && !isSpecialEncoding(encoding))
    return nothing(`There is no EPC encoding ${JSON.stringify(encoding)}.`)
  const epc = { scheme, fields: isGid ? [filter, ...fields] : fields }
  const most = scheme === 'adi' ? 63 : scheme === 'usdod' ? 15 : 7
  const hasFilter = isGid || (/^(?:0|[1-9]\d?)$/.test(filter) && Number(filter) <= most)
  const reading = withFaults(epc, encoding, isGid ? null : Number(filter))
  if (!hasFilter)
    return {
      ...reading,
      filter: null,
      faults: [`The filter ${JSON.stringify(filter)} is not a number from 0 to ${most}.`, ...reading.faults],
    }
  if (reading.faults.length > 0) return reading
  const misfit = misfitOf(encoding, reading.filter ?? 0, epc)
  return misfit === null ? reading : { ...reading, faults: [misfit] }
}

/** Why an EPC does not fit the encoding its URN names; null = it does. */
function misfitOf(encoding: string, filter: number, epc: Epc): string | null {
  try {
    if (isSpecialEncoding(encoding)) encodeSpecialTag({ encoding, filter, epc })
    else encodeTag({ encoding, filter, epc })
    return null
  } catch (error) {
    if (error instanceof RuntimeError) return error.message
    throw error
  }
}
