// A start tag as written, and the same tag with an attribute set or taken away: nothing else in it changes, not a blank.
// Values are read and written by the rules of XML 1.0, sections 3.3.3 (normalisation) and 4.6 (entities).

import { areTogether } from './attribute-order.ts'
import { splitName } from './written-name.ts'

/** An attribute where it stands; offsets count UTF-16 units in the tag's text. */
export interface WrittenAttribute {
  /** As written, prefix included. */
  readonly name: string
  readonly prefix: string
  readonly localName: string
  /** White space before the name. */
  readonly gap: string
  /** Where `gap` begins. */
  readonly start: number
  readonly valueStart: number
  readonly valueEnd: number
  readonly quote: '"' | "'"
  /** Decoded: entities resolved, line ends and tabs are blanks. */
  readonly value: string
}

export interface StartTag {
  /** As written, prefix included. */
  readonly name: string
  readonly localName: string
  readonly prefix: string
  readonly attributes: readonly WrittenAttribute[]
  /** True for `<rect/>`. */
  readonly isClosed: boolean
  /** Prefix (or '' for the default) → namespace, of the declarations in this tag; null when it has none. */
  readonly namespaces: ReadonlyMap<string, string> | null
}

const namePattern = /[^\s=/>"']+/y
const attributePattern = /(\s+)([^\s=/>"']+)\s*=\s*("[^"]*"|'[^']*')/y

/** Takes a well-formed start tag apart. */
export function readStartTag(raw: string): StartTag {
  namePattern.lastIndex = 1
  const name = namePattern.exec(raw)?.[0] ?? ''
  const attributes: WrittenAttribute[] = []
  let namespaces: Map<string, string> | null = null
  attributePattern.lastIndex = 1 + name.length
  for (let match = attributePattern.exec(raw); match !== null; match = attributePattern.exec(raw)) {
    const attribute = writtenAttribute(match)
    attributes.push(attribute)
    if (attribute.prefix === 'xmlns' || attribute.name === 'xmlns') {
      namespaces ??= new Map()
      namespaces.set(attribute.prefix === 'xmlns' ? attribute.localName : '', attribute.value)
    }
  }
  const { prefix, localName } = splitName(name)
  return { name, prefix, localName, attributes, isClosed: raw.endsWith('/>'), namespaces }
}

function writtenAttribute(match: RegExpExecArray): WrittenAttribute {
  const [all, gap, name, quoted] = match as unknown as [string, string, string, string]
  const end = match.index + all.length
  return {
    name,
    ...splitName(name),
    gap,
    start: match.index,
    valueStart: end - quoted.length + 1,
    valueEnd: end - 1,
    quote: quoted[0] as '"' | "'",
    value: decodeAttribute(quoted.slice(1, -1)),
  }
}

/** The tag with the attribute of this written name set; a new one is placed by `rank` (see attribute-order.ts). */
export function withAttribute(raw: string, name: string, value: string, rank: (name: string) => number): string {
  const tag = readStartTag(raw)
  const present = tag.attributes.find((attribute) => attribute.name === name)
  if (present !== undefined) {
    const written = raw.slice(present.valueStart, present.valueEnd)
    return (
      raw.slice(0, present.valueStart) + editAttributeValue(written, value, present.quote) + raw.slice(present.valueEnd)
    )
  }
  const own = rank(name)
  const before = predecessor(tag.attributes, own, rank)
  const neighbour = before ?? tag.attributes[0]
  const at = before === undefined ? 1 + tag.name.length : before.valueEnd + 1
  const quote = neighbour?.quote ?? '"'
  const gap = gapBeside(tag, neighbour)
  return `${raw.slice(0, at)}${gap}${name}=${quote}${encodeAttribute(value, quote)}${quote}${raw.slice(at)}`
}

/**
 * The attribute that a new one of this rank stands behind: the nearest of its own group, else the last of those that a
 * person writes before it.
 */
function predecessor(
  attributes: readonly WrittenAttribute[],
  own: number,
  rank: (name: string) => number,
): WrittenAttribute | undefined {
  const before = attributes.filter((attribute) => rank(attribute.name) <= own)
  const group = before.filter((attribute) => areTogether(rank(attribute.name), own))
  const nearest = Math.max(...group.map((attribute) => rank(attribute.name)))
  return group.findLast((attribute) => rank(attribute.name) === nearest) ?? before.at(-1)
}

/** White space for a new attribute: that of its neighbour, or of the others where the neighbour is the tag's first. */
function gapBeside(tag: StartTag, neighbour: WrittenAttribute | undefined): string {
  if (neighbour === undefined) return ' '
  if (neighbour === tag.attributes[0] && tag.attributes.length > 1) return tag.attributes[1]!.gap
  return neighbour.gap
}

/** The tag without the attribute and without the white space before it. */
export function withoutAttribute(raw: string, name: string): string {
  const present = readStartTag(raw).attributes.find((attribute) => attribute.name === name)
  return present === undefined ? raw : raw.slice(0, present.start) + raw.slice(present.valueEnd + 1)
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
/** One character of the value as written: an entity, a line end, or a character. */
const writtenCharacter = /&#x([0-9a-fA-F]+);|&#([0-9]+);|&([A-Za-z]+);|\r\n|[\s\S]/gu

function decodeCharacter(match: RegExpMatchArray, isAttribute: boolean): string {
  if (match[1] !== undefined) return String.fromCodePoint(Number.parseInt(match[1], 16))
  if (match[2] !== undefined) return String.fromCodePoint(Number(match[2]))
  if (match[3] !== undefined) return entities[match[3]] ?? match[0]
  if (match[0] === '\r\n' || match[0] === '\r' || match[0] === '\n') return isAttribute ? ' ' : '\n'
  return isAttribute && match[0] === '\t' ? ' ' : match[0]
}

/** The value of an attribute written like this between its quotes. */
export function decodeAttribute(raw: string): string {
  if (!/[&\t\r\n]/.test(raw)) return raw
  return Array.from(raw.matchAll(writtenCharacter), (match) => decodeCharacter(match, true)).join('')
}

/** The characters of a text written like this between tags. */
export function decodeText(raw: string): string {
  if (!/[&\r]/.test(raw)) return raw
  return Array.from(raw.matchAll(writtenCharacter), (match) => decodeCharacter(match, false)).join('')
}

/** Without the characters that no XML file can hold (XML 1.0 section 2.2). */
function xmlCharacters(text: string): string {
  return Array.from(text.isWellFormed() ? text : text.toWellFormed())
    .filter((character) => character >= ' ' || '\t\n\r'.includes(character))
    .filter((character) => character !== '\ufffe' && character !== '\uffff')
    .join('')
}

/** A value as it is written between quotes of this kind. */
export function encodeAttribute(value: string, quote: '"' | "'"): string {
  return xmlCharacters(value).replaceAll(/[&<>"'\t\r\n]/g, (character) => {
    if (character === '"' || character === "'")
      return character === quote ? (quote === '"' ? '&quot;' : '&apos;') : character
    return escapes[character]!
  })
}

/** A text as it is written between tags. */
export function encodeText(text: string): string {
  return xmlCharacters(text).replaceAll(/[&<>\r]/g, (character) => escapes[character]!)
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\t': '&#9;',
  '\r': '&#13;',
  '\n': '&#10;',
}

/** The written value after its meaning changed to `value`: characters at both ends that stay keep their spelling. */
export function editAttributeValue(raw: string, value: string, quote: '"' | "'"): string {
  return editWritten(raw, value, true, (middle) => encodeAttribute(middle, quote))
}

/** The same for a text between tags. */
export function editText(raw: string, text: string): string {
  return editWritten(raw, text, false, encodeText)
}

function editWritten(raw: string, value: string, isAttribute: boolean, encode: (middle: string) => string): string {
  if (!raw.includes('&') && !/[\t\r\n]/.test(raw)) return raw === value ? raw : encode(value)
  const characters = Array.from(raw.matchAll(writtenCharacter), (match) => ({
    raw: match[0],
    value: decodeCharacter(match, isAttribute),
  }))
  let head = ''
  let from = 0
  let first = 0
  while (first < characters.length && value.startsWith(characters[first]!.value, from)) {
    head += characters[first]!.raw
    from += characters[first]!.value.length
    first++
  }
  let tail = ''
  let to = value.length
  for (let last = characters.length - 1; last >= first; last--) {
    const character = characters[last]!
    if (to - character.value.length < from || !value.endsWith(character.value, to)) break
    tail = character.raw + tail
    to -= character.value.length
  }
  return head + encode(value.slice(from, to)) + tail
}
