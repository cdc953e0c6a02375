// Attributes by their meaning: a file may call Lineside's namespace anything, the editor always says `ls:`.
import { mimicNamespace } from '../../../../src-main/shared/mimic.ts'
import { type SourceElement, startTagOf } from './source-tree.ts'

export const svgNamespace = 'http://www.w3.org/2000/svg'

/** Prefixes in the editor's own words for an attribute's namespace, whatever prefix the file uses. */
export const namespaces = {
  ls: mimicNamespace,
  xlink: 'http://www.w3.org/1999/xlink',
  inkscape: 'http://www.inkscape.org/namespaces/inkscape',
  sodipodi: 'http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd',
  xml: 'http://www.w3.org/XML/1998/namespace',
} as const

export type KnownPrefix = keyof typeof namespaces

/** An attribute under the name that {@link attributeOf} takes. */
export interface NamedValue {
  readonly name: string
  readonly value: string
}

/**
 * Decoded value of an attribute, null when it is not there. `name` is `x`, or `ls:tag`, `xlink:href` … with the prefixes
 * of {@link namespaces}, whatever prefixes the file uses.
 */
export function attributeOf(element: SourceElement, name: string): string | null {
  const written = writtenName(element, name)
  if (written === null) return null
  return startTagOf(element).attributes.find((attribute) => attribute.name === written)?.value ?? null
}

/** All attributes but declarations of namespaces, in the order of the file. */
export function attributesOf(element: SourceElement): NamedValue[] {
  return startTagOf(element)
    .attributes.filter((attribute) => attribute.prefix !== 'xmlns' && attribute.name !== 'xmlns')
    .map(({ name, prefix, localName, value }) => {
      const uri = prefix === '' ? null : namespaceAt(element, prefix)
      const known = Object.entries(namespaces).find(([, namespace]) => namespace === uri)
      return { name: known === undefined ? name : `${known[0]}:${localName}`, value }
    })
}

/** Name of an SVG element (`rect`) without prefix; null for elements of other namespaces (Inkscape's own notes). */
export function svgNameOf(element: SourceElement): string | null {
  const { prefix, localName } = startTagOf(element)
  return namespaceAt(element, prefix) === svgNamespace ? localName : null
}

/** Namespace of a prefix ('' = the default) at an element; null when it is not declared. */
export function namespaceAt(element: SourceElement, prefix: string): string | null {
  if (prefix === 'xml') return namespaces.xml
  for (let at: SourceElement | null = element; at !== null; at = at.parent) {
    const uri = startTagOf(at).namespaces?.get(prefix)
    if (uri !== undefined) return uri
  }
  return null
}

/** How `ls:tag` is spelled at this element of this file; null when it has no prefix for the namespace. */
export function writtenName(element: SourceElement, name: string): string | null {
  const colon = name.indexOf(':')
  if (colon < 0) return name
  const known = name.slice(0, colon)
  if (!Object.hasOwn(namespaces, known) || known === 'xml') return name
  const prefix = prefixFor(element, namespaces[known as KnownPrefix])
  return prefix === null ? null : `${prefix}:${name.slice(colon + 1)}`
}

/** A prefix that means this namespace at the element, null when there is none. */
export function prefixFor(element: SourceElement, uri: string): string | null {
  for (let at: SourceElement | null = element; at !== null; at = at.parent)
    for (const [prefix, declared] of startTagOf(at).namespaces ?? [])
      if (declared === uri && prefix !== '' && namespaceAt(element, prefix) === uri) return prefix
  return null
}
