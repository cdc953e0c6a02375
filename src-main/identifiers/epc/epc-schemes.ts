// EPC schemes (GS1 EPC Tag Data Standard 2.2 section 6 and 7): the fields of their URNs, and the GS1 key each is another spelling of.
import { RuntimeError } from '../../shared/runtime-error.ts'
import type { Gs1Element } from '../gs1/gs1-element.ts'
import { checkCharacter } from '../schemes/check-character.ts'

/** An EPC: its scheme as in the URN (`sgtin`) and the fields between the points, unescaped. */
export interface Epc {
  readonly scheme: string
  readonly fields: readonly string[]
}

interface EpcScheme {
  /** What may be said of each field: digits or characters, least and most. */
  readonly fields: readonly RegExp[]
  /** Digits of company prefix and reference together; null = not fixed. */
  readonly digits: number | null
  /** The GS1 key; null = there is none. */
  readonly toElements: ((fields: readonly string[]) => Gs1Element[]) | null
  /** Fields of a GS1 key whose company prefix has so many digits; null = the elements are none of this scheme. */
  readonly fromElements: ((values: ReadonlyMap<string, string>, prefixLength: number) => string[] | null) | null
}

const prefix = /^\d{6,12}$/
const digits = /^\d*$/
const cset82 = (most: number): RegExp => new RegExp(`^[!"%-?A-Z_a-z]{1,${most}}$`)
const cset39 = (most: number): RegExp => new RegExp(`^[#\\-/0-9A-Z]{1,${most}}$`)
const number = (most: number): RegExp => new RegExp(`^\\d{1,${most}}$`)

/** Schemes with a GS1 key, by their names in URNs. */
const schemes: Readonly<Record<string, EpcScheme>> = {
  sgtin: withIndicator(
    13,
    '01',
    [cset82(20)],
    ([serial]) => [{ ai: '21', value: serial! }],
    (values) => optional(values.get('21')),
  ),
  upui: withIndicator(
    13,
    '01',
    [cset82(28)],
    ([serial]) => [{ ai: '235', value: serial! }],
    (values) => optional(values.get('235')),
  ),
  lgtin: withIndicator(
    13,
    '01',
    [cset82(20)],
    ([lot]) => [{ ai: '10', value: lot! }],
    (values) => optional(values.get('10')),
  ),
  sscc: withIndicator(
    17,
    '00',
    [],
    () => [],
    () => [],
  ),
  itip: {
    fields: [prefix, /^\d+$/, /^\d\d$/, /^\d\d$/, cset82(20)],
    digits: 13,
    toElements: ([company = '', item = '', piece = '', total = '', serial = '']) => [
      { ai: '8006', value: `${withCheck(item.slice(0, 1) + company + item.slice(1))}${piece}${total}` },
      { ai: '21', value: serial },
    ],
    fromElements: (values, length) => {
      const key = values.get('8006')
      const serial = values.get('21')
      if (key === undefined || serial === undefined) return null
      return [...splitIndicated(key.slice(0, 14), length), key.slice(14, 16), key.slice(16), serial]
    },
  },
  sgln: {
    fields: [prefix, digits, cset82(20)],
    digits: 12,
    toElements: ([company = '', location = '', extension = '']) => [
      { ai: '414', value: withCheck(company + location) },
      ...(extension === '0' ? [] : [{ ai: '254', value: extension }]),
    ],
    fromElements: (values, length) => {
      const key = values.get('414')
      return key === undefined ? null : [...splitPlain(key, length), values.get('254') ?? '0']
    },
  },
  pgln: plainKey(12, '417', 13),
  gsrn: plainKey(17, '8018', 18),
  gsrnp: plainKey(17, '8017', 18),
  gsin: plainKey(16, '402', 17),
  grai: {
    fields: [prefix, digits, cset82(16)],
    digits: 12,
    toElements: ([company = '', type = '', serial = '']) => [
      { ai: '8003', value: `0${withCheck(company + type)}${serial}` },
    ],
    fromElements: (values, length) => {
      const key = values.get('8003')
      return key === undefined ? null : [...splitPlain(key.slice(1, 14), length), key.slice(14)]
    },
  },
  gdti: documentKey('253', cset82(17)),
  sgcn: documentKey('255', number(12)),
  giai: assetKey('8004', cset82(24)),
  ginc: assetKey('401', cset82(24)),
  cpi: {
    fields: [prefix, cset39(24), /^(?:0|[1-9]\d{0,11})$/],
    digits: null,
    toElements: ([company = '', part = '', serial = '']) => [
      { ai: '8010', value: company + part },
      { ai: '8011', value: serial },
    ],
    fromElements: (values, length) => {
      const key = values.get('8010')
      const serial = values.get('8011')
      return key === undefined || serial === undefined ? null : [key.slice(0, length), key.slice(length), serial]
    },
  },
  gid: without([/^(?:0|[1-9]\d{0,8})$/, /^(?:0|[1-9]\d{0,7})$/, /^(?:0|[1-9]\d{0,10})$/]),
  usdod: without([/^[0-9A-HJ-NP-Z]{5,6}$/, /^(?:0|[1-9]\d{0,10})$/]),
  adi: without([/^[0-9A-HJ-NP-Z]{5,6}$/, /^[-/0-9A-Z]{0,32}$/, /^#?[-/0-9A-Z]{1,30}$/]),
  bic: without([/^[A-Z]{3}[JUZ]\d{7}$/]),
  imovn: without([/^\d{7}$/]),
}

/** Order in which a GS1 label is looked through for its EPC. */
const order = [
  'sscc',
  'itip',
  'sgtin',
  'upui',
  'grai',
  'giai',
  'gdti',
  'sgcn',
  'cpi',
  'gsrnp',
  'gsrn',
  'sgln',
  'pgln',
  'gsin',
  'ginc',
  'lgtin',
]

/** What is wrong with an EPC, as sentences. */
export function epcFaults({ scheme, fields }: Epc): string[] {
  const known = schemes[scheme]
  if (known === undefined) return [`There is no EPC scheme ${JSON.stringify(scheme)}.`]
  if (fields.length !== known.fields.length)
    return [`An EPC of the scheme ${scheme} has ${known.fields.length} fields, not ${fields.length}.`]
  const faults: string[] = []
  for (const [at, field] of fields.entries())
    if (!known.fields[at]!.test(field))
      faults.push(`Field ${at + 1} of the scheme ${scheme} cannot be ${JSON.stringify(field)}.`)
  const [company = '', reference = ''] = fields
  const digit = faults.length > 0 ? null : ownCheckDigit(scheme, company)
  if (digit !== null && !company.endsWith(digit))
    faults.push(`The check digit of ${company} is ${company.at(-1)} where ${digit} is right.`)
  if (known.digits !== null && company.length + reference.length !== known.digits)
    faults.push(
      `Company prefix and reference have ${company.length + reference.length} digits together, not ${known.digits}.`,
    )
  return faults
}

/** The GS1 key with its serial number; null = the scheme has none (gid, usdod, adi, bic, imovn). */
export function elementsOfEpc({ scheme, fields }: Epc): Gs1Element[] | null {
  return schemes[scheme]?.toElements?.(fields) ?? null
}

/**
 * The EPC of a GS1 label.
 * @throws RuntimeError BadInvalidArgument when it has no key with a serial number an EPC can say.
 */
export function epcOfElements(elements: readonly Gs1Element[], prefixLength: number): Epc {
  const values = new Map(elements.map(({ ai, value }) => [ai, value]))
  for (const scheme of order) {
    const fields = schemes[scheme]!.fromElements?.(values, prefixLength) ?? null
    if (fields === null) continue
    const epc = { scheme, fields }
    const fault = epcFaults(epc)[0]
    if (fault !== undefined)
      throw new RuntimeError(
        'BadInvalidArgument',
        fields.at(-1) === '' ? `There is no EPC of ${scheme} without a serial number.` : fault,
      )
    return epc
  }
  throw new RuntimeError(
    'BadInvalidArgument',
    'There is no EPC of it: no key with its serial number was found, as (01) with (21) or (00).',
  )
}

/** `urn:epc:id:sgtin:0614141.812345.6789`; batches are classes (`urn:epc:class:lgtin:…`). */
export function epcUrn({ scheme, fields }: Epc): string {
  return `urn:epc:${scheme === 'lgtin' ? 'class' : 'id'}:${scheme}:${fields.map(escapedField).join('.')}`
}

/** Characters that a URN cannot have are percent-encoded (TDS table I.3.1). */
export function escapedField(field: string): string {
  return field.replace(/["#%&/<>?]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}

function withCheck(body: string): string {
  return /^\d+$/.test(body) ? body + checkCharacter('mod10', body) : body
}

function optional(serial: string | undefined): string[] | null {
  return serial === undefined ? null : [serial]
}

/** Indicator or extension digit stands before the company prefix in the key, before the reference in the EPC. */
function splitIndicated(key: string, prefixLength: number): [string, string] {
  return [key.slice(1, 1 + prefixLength), key[0] + key.slice(1 + prefixLength, -1)]
}

function splitPlain(key: string, prefixLength: number): [string, string] {
  return [key.slice(0, prefixLength), key.slice(prefixLength, -1)]
}

function withIndicator(
  total: number,
  ai: string,
  further: readonly RegExp[],
  elements: (fields: readonly string[]) => Gs1Element[],
  fields: (values: ReadonlyMap<string, string>) => string[] | null,
): EpcScheme {
  return {
    fields: [prefix, /^\d+$/, ...further],
    digits: total,
    toElements: ([company = '', reference = '', ...rest]) => [
      { ai, value: withCheck(reference.slice(0, 1) + company + reference.slice(1)) },
      ...elements(rest),
    ],
    fromElements: (values, length) => {
      const key = values.get(ai)
      const rest = fields(values)
      return key === undefined || rest === null ? null : [...splitIndicated(key, length), ...rest]
    },
  }
}

function plainKey(total: number, ai: string, length: number): EpcScheme {
  return {
    fields: [prefix, digits],
    digits: total,
    toElements: ([company = '', reference = '']) => [{ ai, value: withCheck(company + reference) }],
    fromElements: (values, prefixLength) => {
      const key = values.get(ai)
      return key?.length === length ? splitPlain(key, prefixLength) : null
    },
  }
}

function documentKey(ai: string, serial: RegExp): EpcScheme {
  return {
    fields: [prefix, digits, serial],
    digits: 12,
    toElements: ([company = '', type = '', number = '']) => [{ ai, value: withCheck(company + type) + number }],
    fromElements: (values, length) => {
      const key = values.get(ai)
      return key === undefined ? null : [...splitPlain(key.slice(0, 13), length), key.slice(13)]
    },
  }
}

function assetKey(ai: string, reference: RegExp): EpcScheme {
  return {
    fields: [prefix, reference],
    digits: null,
    toElements: ([company = '', asset = '']) => [{ ai, value: company + asset }],
    fromElements: (values, length) => {
      const key = values.get(ai)
      return key === undefined ? null : [key.slice(0, length), key.slice(length)]
    },
  }
}

function without(fields: readonly RegExp[]): EpcScheme {
  return { fields, digits: null, toElements: null, fromElements: null }
}

/** Of containers (ISO 6346: values times powers of 2, modulo 11) and ships (IMO A.1117(30): times 7 to 2); null = the scheme has none. */
function ownCheckDigit(scheme: string, number: string): string | null {
  if (scheme !== 'bic' && scheme !== 'imovn') return null
  let sum = 0
  for (let at = 0; at < number.length - 1; at++)
    sum += scheme === 'bic' ? containerValue(number[at]!) * 2 ** at : Number(number[at]) * (7 - at)
  return String(scheme === 'bic' ? (sum % 11) % 10 : sum % 10)
}

/** Digits as they are, letters from 10 on without the multiples of 11. */
function containerValue(character: string): number {
  const value = Number.parseInt(character, 36)
  return value < 10 ? value : value + Math.floor((value - 1) / 10)
}
