// GS1 Digital Link URIs (GS1 Digital Link Standard: URI Syntax 1.4): a GS1 key and what qualifies it as a path, attributes as a query.
// Compressed links are not read.
import { RuntimeError } from '../../shared/runtime-error.ts'
import { type ApplicationIdentifier, applicationIdentifier } from './application-identifiers.ts'
import type { Gs1Element } from './gs1-element.ts'

/** What a Digital Link says, as far as it can be taken apart. */
export interface DigitalLinkReading {
  /** Key, qualifiers, then attributes in their order. */
  readonly elements: readonly Gs1Element[]
  /** What the link itself does wrong; what its values have to keep is said by elementFaults. */
  readonly faults: readonly string[]
  /** Scheme, host and stem before the key, as written: `https://id.gs1.org`. */
  readonly stem: string
  /** Queries that are no GS1 attributes, as written. */
  readonly otherQueries: readonly string[]
}

/** Key in the path and its place among the segments. */
interface KeyPlace {
  readonly at: number
  readonly key: ApplicationIdentifier
}

const uriCharacters = /^[!#-;=?-Z[\]_a-z~]*$/
const schemes = /^(https?|HTTPS?):\/\//
/** Form of hosts is left to whoever opens the link; letters, digits and what literals of addresses have. */
const host = /^(?:\[[.0-9:A-Fa-f]+\]|[-.0-9A-Z_a-z]{1,253})(?::\d{1,5})?$/

/** Takes a link apart; null = the path has no GS1 key. Never throws. */
export function readDigitalLink(text: string): DigitalLinkReading | null {
  const afterScheme = /^[A-Za-z][-+.0-9A-Za-z]{0,15}:\/\//.exec(text)?.[0].length
  if (afterScheme === undefined) return null
  const withoutFragment = upTo(text, '#', 0)
  const address = upTo(withoutFragment, '?', 0)
  const segments = address.slice(afterScheme).split('/')
  const hasTrailingSlash = segments.at(-1) === '' && segments.length > 1
  if (hasTrailingSlash) segments.pop()
  const place = keyIn(segments)
  if (place === null) return null
  const faults: string[] = []
  if (!schemes.test(text))
    faults.push('The link does not begin with http:// or https://, all in small or all in capital letters.')
  if (!host.test(segments[0] ?? '')) faults.push(`${JSON.stringify(segments[0])} is not the name of a host.`)
  if (!uriCharacters.test(text))
    faults.push('The link has a character that a URI cannot have; it has to be percent-encoded.')
  const path = elementsOfPath(segments.slice(place.at), faults)
  faults.push(
    ...pathFaults(
      place.key,
      path.slice(1).map(({ ai }) => ai),
    ),
  )
  const otherQueries: string[] = []
  const attributes = attributesOf(withoutFragment.slice(address.length + 1), path, faults, otherQueries)
  faults.push(...misplacedFaults(place.key, path, attributes))
  const stemLength = afterScheme + segments.slice(0, place.at).reduce((sum, segment) => sum + segment.length + 1, 0) - 1
  return { elements: [...path, ...attributes], faults, stem: text.slice(0, stemLength), otherQueries }
}

/**
 * The link of elements: the first key found, its qualifiers, and the rest as attributes.
 * @throws RuntimeError BadInvalidArgument when no element is a key, or one may stand neither in the path nor in the query.
 */
export function formatDigitalLink(elements: readonly Gs1Element[], resolver: string): string {
  const keyElement = elements.find(({ ai }) => (applicationIdentifier(ai)?.qualifiers ?? null) !== null)
  const sequences = keyElement === undefined ? null : applicationIdentifier(keyElement.ai)!.qualifiers
  if (keyElement === undefined || sequences === null || sequences === undefined)
    throw new RuntimeError(
      'BadInvalidArgument',
      'None of the application identifiers is the key of a Digital Link, as (01), (00) or (8004) are.',
    )
  const values = new Map(elements.map(({ ai, value }) => [ai, value]))
  values.delete(keyElement.ai)
  let link = `${stemOf(resolver)}/${keyElement.ai}/${encoded(keyElement.value)}`
  const sequence = sequences.find((ais) => ais.some((ai) => values.has(ai))) ?? []
  for (const ai of sequence) {
    const value = values.get(ai)
    if (value === undefined) continue
    link += `/${ai}/${encoded(value)}`
    values.delete(ai)
  }
  let sign = '?'
  for (const [ai, value] of values) {
    if (applicationIdentifier(ai)?.inQuery !== true)
      throw new RuntimeError(
        'BadInvalidArgument',
        `AI (${ai}) can stand neither behind (${keyElement.ai}) in the path of a Digital Link nor in its query.`,
      )
    link += `${sign}${ai}=${encoded(value)}`
    sign = '&'
  }
  return link
}

function stemOf(resolver: string): string {
  const stem = resolver.replace(/\/{1,8}$/, '')
  const name = stem.replace(schemes, '').split('/')[0] ?? ''
  if (!schemes.test(stem) || !host.test(name) || !uriCharacters.test(stem) || /[?#]/.test(stem))
    throw new RuntimeError(
      'BadInvalidArgument',
      `${JSON.stringify(resolver)} is not the address of a resolver, as https://id.example.com.`,
    )
  return stem
}

function encoded(value: string): string {
  return encodeURIComponent(value).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function upTo(text: string, sign: string, from: number): string {
  const end = text.indexOf(sign, from)
  return end < 0 ? text : text.slice(0, end)
}

/** The rightmost key from which pairs of AI and value go to the end of the path. */
function keyIn(segments: readonly string[]): KeyPlace | null {
  for (let at = segments.length - 2; at >= 1; at -= 2) {
    const segment = segments[at]!
    if (!/^\d{2,4}$/.test(segment)) return null
    const known = applicationIdentifier(segment)
    if (known?.qualifiers) return { at, key: known }
  }
  return null
}

function elementsOfPath(segments: readonly string[], faults: string[]): Gs1Element[] {
  const elements: Gs1Element[] = []
  for (let at = 0; at + 1 < segments.length; at += 2)
    elements.push(normalized({ ai: segments[at]!, value: decoded(segments[at + 1]!, faults) }, faults))
  return elements
}

/** A GTIN of 8, 12 or 13 digits is meant as one of 14 (allowed to early links only). */
function normalized(element: Gs1Element, faults: string[]): Gs1Element {
  if (element.ai !== '01' || !/^(\d{8}|\d{12,13})$/.test(element.value)) return element
  faults.push(`AI (01) has 14 characters, not ${element.value.length}; zeros were put before it.`)
  return { ai: '01', value: element.value.padStart(14, '0') }
}

function decoded(text: string, faults: string[]): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    faults.push(`${JSON.stringify(text)} is not rightly percent-encoded.`)
    return text
  }
}

function pathFaults(key: ApplicationIdentifier, qualifiers: readonly string[]): string[] {
  const sequences = key.qualifiers ?? []
  if (qualifiers.length === 0 || sequences.some((sequence) => isInOrder(qualifiers, sequence))) return []
  const allowed = sequences
    .filter((sequence) => sequence.length > 0)
    .map((sequence) => sequence.map((ai) => `(${ai})`).join(', '))
  const order =
    allowed.length === 0 ? 'nothing may follow it' : `only ${allowed.join(' or ')} may follow it, in this order`
  return [`In the path (${key.ai}) is followed by ${qualifiers.map((ai) => `(${ai})`).join(', ')}; ${order}.`]
}

/** Qualifiers that stand in the query although the path has room for them. */
function misplacedFaults(
  key: ApplicationIdentifier,
  path: readonly Gs1Element[],
  attributes: readonly Gs1Element[],
): string[] {
  const inPath = path.slice(1).map(({ ai }) => ai)
  return attributes
    .filter(({ ai }) => key.qualifiers?.some((sequence) => [...inPath, ai].every((other) => sequence.includes(other))))
    .map(({ ai }) => `AI (${ai}) belongs in the path behind (${key.ai}), not in the query.`)
}

function isInOrder(ais: readonly string[], sequence: readonly string[]): boolean {
  let from = 0
  for (const ai of ais) {
    const at = sequence.indexOf(ai, from)
    if (at < 0) return false
    from = at + 1
  }
  return true
}

function attributesOf(query: string, path: readonly Gs1Element[], faults: string[], others: string[]): Gs1Element[] {
  const elements: Gs1Element[] = []
  for (const pair of query === '' ? [] : query.split('&')) {
    const [name = '', ...rest] = pair.split('=')
    if (!/^\d+$/.test(name)) {
      if (pair !== '') others.push(pair)
      continue
    }
    const known = applicationIdentifier(name)
    if (known === undefined)
      faults.push(`There is no application identifier (${name}); names of other queries have a letter.`)
    else if (!known.inQuery) faults.push(`AI (${name}) cannot stand in the query of a Digital Link.`)
    if (path.some(({ ai }) => ai === name)) faults.push(`AI (${name}) is in the path and in the query.`)
    elements.push({ ai: name, value: decoded(rest.join('=').replaceAll('+', ' '), faults) })
  }
  return elements
}
