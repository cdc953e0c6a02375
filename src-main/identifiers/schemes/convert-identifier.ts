// The same GS1 identity in another spelling: element string, brackets, Digital Link, EPC URN, EPC binary.
import { RuntimeError } from '../../shared/runtime-error.ts'
import { encodeTag, shortEncodingOf } from '../epc/epc-binary.ts'
import { encodePlus } from '../epc/epc-plus.ts'
import { type Epc, elementsOfEpc, epcOfElements, epcUrn } from '../epc/epc-schemes.ts'
import { encodeSpecialTag, isSpecialEncoding } from '../epc/epc-special.ts'
import { type EpcReading, takeEpcApart } from '../epc/read-epc.ts'
import { formatDigitalLink, readDigitalLink } from '../gs1/digital-link.ts'
import type { Gs1Element } from '../gs1/gs1-element.ts'
import { bracketed, formatElements, readElements } from '../gs1/gs1-elements.ts'
import { identityElements } from '../gs1/gs1-identity.ts'
import { parseIdentifier, withoutCarrier } from './parse-identifier.ts'

export const conversionTargets = ['elements', 'brackets', 'digitalLink', 'epcUrn', 'epcHex', 'epcPlusHex'] as const
export type ConversionTarget = (typeof conversionTargets)[number]

export interface ConversionOptions {
  /** Digits of the company prefix, 6 to 12; needed for EPC URN and EPC-96, unless the text is one. */
  readonly companyPrefixLength?: number
  /** Filter of the tag, 0 to 7; without it that of the tag converted, or 0. */
  readonly filter?: number
  /** Resolver of a Digital Link; without it GS1's own. */
  readonly resolver?: string
}

const defaultResolver = 'https://id.gs1.org'

/** What a text says, with everything a conversion may need of it. */
interface Source {
  readonly elements: readonly Gs1Element[] | null
  readonly epc: Epc | null
  readonly encoding: string | null
  readonly filter: number | null
}

/**
 * Attributes (dates, counts …) go along into element strings and Digital Links; an EPC has the key and its serial number only. `epcHex` is the
 * encoding of 96 bits (ITIP: 110), or that of the tag URN converted.
 * @throws RuntimeError BadInvalidArgument with a sentence when the text keeps not all of its rules, or the target cannot say it.
 */
export function convertIdentifier(text: string, to: ConversionTarget, options: ConversionOptions = {}): string {
  const source = sourceOf(text)
  switch (to) {
    case 'elements':
      return formatElements(elementsOf(source))
    case 'brackets':
      return bracketed(elementsOf(source))
    case 'digitalLink':
      return formatDigitalLink(elementsOf(source), options.resolver ?? defaultResolver)
    case 'epcUrn':
      return epcUrn(epcOf(source, options))
    case 'epcHex':
      return hexOf(source, options)
    case 'epcPlusHex':
      return encodePlus(identityElements(elementsOf(source)), filterOf(source, options))
  }
}

function sourceOf(text: string): Source {
  const parsed = parseIdentifier(text)
  const fault = parsed.faults[0]
  if (fault !== undefined)
    throw new RuntimeError('BadInvalidArgument', `It cannot be converted, for it is not right. ${fault}`)
  const { bare } = withoutCarrier(text)
  if (parsed.scheme === 'epc') return sourceOfEpc(takeEpcApart(bare))
  if (parsed.scheme === 'gs1-dl') return sourceOfElements(readDigitalLink(bare)?.elements ?? [])
  if (parsed.scheme === 'gs1') return sourceOfElements(elementsRead(bare, parsed.identifier))
  if (parsed.scheme === 'iso15434' && parsed.parts.format === '05')
    return sourceOfElements(readElements(parsed.identifier).elements)
  throw new RuntimeError(
    'BadInvalidArgument',
    `Only GS1 element strings, Digital Links and EPCs can be converted; this is ${parsed.scheme}.`,
  )
}

/** A bare GTIN of a retail symbol is no element string: its identity is. */
function elementsRead(text: string, identity: string): readonly Gs1Element[] {
  return readElements(/^\d{8,14}$/.test(text) ? identity : text).elements
}

function sourceOfElements(elements: readonly Gs1Element[]): Source {
  return { elements, epc: null, encoding: null, filter: null }
}

function sourceOfEpc({ epc, elements, encoding, filter }: EpcReading): Source {
  return { elements, epc, encoding, filter }
}

function elementsOf({ elements, epc }: Source): readonly Gs1Element[] {
  const found = elements ?? (epc === null ? null : elementsOfEpc(epc))
  if (found === null)
    throw new RuntimeError(
      'BadInvalidArgument',
      `EPCs of the scheme ${epc?.scheme ?? '?'} have no GS1 key, so there is no other spelling of it.`,
    )
  return found
}

function epcOf(source: Source, { companyPrefixLength }: ConversionOptions): Epc {
  if (source.epc !== null && (companyPrefixLength === undefined || source.elements === null)) return source.epc
  if (companyPrefixLength === undefined)
    throw new RuntimeError(
      'BadInvalidArgument',
      'How many digits the company prefix has (6 to 12) has to be said: it cannot be seen in the key, and the EPC depends on it.',
    )
  if (!Number.isInteger(companyPrefixLength) || companyPrefixLength < 6 || companyPrefixLength > 12)
    throw new RuntimeError(
      'BadInvalidArgument',
      `A company prefix of ${companyPrefixLength} digits is not possible; 6 to 12 are.`,
    )
  return epcOfElements(identityElements(elementsOf(source)), companyPrefixLength)
}

function hexOf(source: Source, options: ConversionOptions): string {
  const epc = epcOf(source, options)
  const filter = filterOf(source, options)
  const ofSource = source.encoding?.endsWith('+') === true ? null : source.encoding
  if (epc.scheme === 'gid' || epc.scheme === 'usdod' || epc.scheme === 'adi') {
    const encoding = epc.scheme === 'adi' ? 'adi-var' : `${epc.scheme}-96`
    return encodeSpecialTag({
      encoding: ofSource !== null && isSpecialEncoding(ofSource) ? ofSource : encoding,
      filter,
      epc,
    })
  }
  const encoding = ofSource ?? shortEncodingOf(epc.scheme)
  if (encoding === null)
    throw new RuntimeError('BadInvalidArgument', `There is no binary encoding of EPCs of the scheme ${epc.scheme}.`)
  return encodeTag({ encoding, filter, epc })
}

/** USDOD and ADI have more filters than others; theirs come with the tag only. */
function filterOf(source: Source, { filter }: ConversionOptions): number {
  if (filter === undefined) return source.filter ?? 0
  if (!Number.isInteger(filter) || filter < 0 || filter > 7)
    throw new RuntimeError('BadInvalidArgument', `A filter of ${filter} is not possible; 0 to 7 are.`)
  return filter
}
