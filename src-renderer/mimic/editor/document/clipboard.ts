// Copying is writing a small drawing of its own: it can be pasted into another display, another station, or a text editor.
// Pasting takes any SVG: foreign parts are left out, names of namespaces, ids and pipes are fitted to this drawing.
import {
  attributeOf,
  attributesOf,
  namespaceAt,
  namespaces,
  prefixFor,
  svgNameOf,
  svgNamespace,
} from './attribute-names.ts'
import type { DocumentEdit, Place } from './document-edit.ts'
import { contentMatrix, mapInParent, moveElements, outermost } from './element-moves.ts'
import { inFileOrder, isPainted } from './element-order.ts'
import { isUnwanted, unwantedAttribute } from './foreign-parts.ts'
import { identity, type Point } from './matrix.ts'
import { type MimicDocument, openDocument } from './mimic-document.ts'
import { type Rename, replaceNames } from './name-rewriting.ts'
import { copyNode, idsIn, idsReferredTo, renewIds } from './references.ts'
import {
  childElements,
  elementsIn,
  type SourceElement,
  type SourceNode,
  serialiseNode,
  startTagOf,
} from './source-tree.ts'

/** The selection as a drawing of its own, with the gradients, clip paths and symbols it refers to. */
export function copyElements(document: MimicDocument, elements: readonly SourceElement[]): string {
  const parts = inFileOrder(document.root, outermost(elements))
  const definitions = definitionsFor(document.root, parts)
  const declarations = declarationsFor(document.root, [...parts, ...definitions])
  const lines = [`<svg ${declarations.join(' ')}>`]
  if (definitions.length > 0) {
    lines.push('  <defs>')
    for (const definition of definitions) lines.push(`    ${serialiseNode(definition)}`)
    lines.push('  </defs>')
  }
  for (const part of parts) lines.push(`  ${serialiseNode(part)}`)
  lines.push('</svg>', '')
  return withContext(lines.join('\n'), parts)
}

/** What the elements had from their surroundings: the coordinates of groups around them, and the tag. */
function withContext(text: string, parts: readonly SourceElement[]): string {
  const opened = openDocument(text)
  if (!opened.ok) throw new Error(opened.message)
  const { document } = opened
  const copies = childElements(document.root).slice(-parts.length)
  document.change('copy', (edit) => {
    for (const [index, part] of parts.entries()) {
      const copy = copies[index]!
      const tag = outerTag(part)
      if (tag !== null && edit.get(copy, 'ls:tag') === null) edit.set(copy, 'ls:tag', tag)
      const matrix = part.parent === null || part.parent.parent === null ? identity : contentMatrix(part.parent)
      if (matrix !== identity) mapInParent(edit, copy, matrix)
    }
  })
  return document.text
}

function outerTag(element: SourceElement): string | null {
  for (let at = element.parent; at !== null; at = at.parent) {
    const tag = attributeOf(at, 'ls:tag')
    if (tag !== null) return tag
  }
  return null
}

/** Elements outside of the selection that it cannot be drawn without, each once, in the order of the file. */
function definitionsFor(root: SourceElement, parts: readonly SourceElement[]): SourceElement[] {
  const present = new Set(parts.flatMap((part) => [...idsIn(part)]))
  const byId = new Map<string, SourceElement>()
  for (const element of elementsIn(root)) {
    const id = attributeOf(element, 'id')
    if (id !== null && !byId.has(id)) byId.set(id, element)
  }
  const found = new Set<SourceElement>()
  const open = [...parts]
  for (let element = open.pop(); element !== undefined; element = open.pop())
    for (const inside of elementsIn(element))
      for (const { name, value } of attributesOf(inside)) {
        if (name === 'ls:from' || name === 'ls:to') continue
        for (const id of idsReferredTo(name, value)) {
          const target = byId.get(id)
          if (target === undefined || present.has(id) || found.has(target) || target === root) continue
          found.add(target)
          open.push(target)
        }
      }
  return inFileOrder(root, outermost([...found]))
}

/** Declarations of the namespaces that are used; Lineside's where a tag may have to be written. */
function declarationsFor(root: SourceElement, elements: readonly SourceElement[]): string[] {
  const prefixes = new Set<string>()
  for (const element of elements)
    for (const inside of elementsIn(element)) {
      const tag = startTagOf(inside)
      prefixes.add(tag.prefix)
      for (const { prefix } of tag.attributes) prefixes.add(prefix)
    }
  const written = [`xmlns="${namespaceAt(root, '') ?? svgNamespace}"`]
  for (const prefix of [...prefixes].sort()) {
    const uri =
      prefix === '' || prefix === 'xmlns' || prefix === 'xml' ? null : namespaceAt(elements[0] ?? root, prefix)
    if (uri !== null) written.push(`xmlns:${prefix}="${uri.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"`)
  }
  return written
}

export interface PasteOptions {
  /** By how much the pasted things stand beside where they stood, units of the drawing. */
  readonly offset: Point
  /** Where they go in the tree. */
  readonly place: Place
  /** Makes foreign text safe before it is read, null refuses it; the page's sanitiser, where there is one. */
  readonly sanitise?: (text: string) => string | null
  /** Other names for the tags and equipment in it: `Pump1.` → `Pump2.`. */
  readonly rename?: Rename
}

export interface Pasted {
  readonly elements: readonly SourceElement[]
  /** What was left out, for a notice: `script`, `onclick`, `href="https://…"`. */
  readonly leftOut: readonly string[]
}

/** Puts the content of an SVG text into the drawing. Throws a sentence when the text is no drawing. */
export function pasteSvg(edit: DocumentEdit, text: string, options: PasteOptions): Pasted {
  const safe = options.sanitise === undefined ? text : options.sanitise(text)
  if (safe === null) throw new Error('what was copied is no drawing that can be taken over')
  const opened = openDocument(safe.trim())
  if (!opened.ok) throw new Error(`what was copied is no drawing: ${opened.message}`)
  const leftOut = new Set<string>()
  const taken = idsIn(edit.root)
  const adopted = new Adoption(edit, options.place.parent, leftOut)
  const definitions: SourceElement[] = []
  const elements: SourceElement[] = []
  for (const child of childElements(opened.document.root)) {
    const name = svgNameOf(child)
    if (name === 'defs')
      for (const inside of childElements(child)) definitions.push(...addDefinition(edit, inside, adopted))
    else if (name === 'title' || name === 'desc' || name === 'metadata') continue
    else if (isPainted(child)) elements.push(...adopted.take(child, options.place))
    else definitions.push(...addDefinition(edit, child, adopted))
  }
  dropLooseEnds(edit, elements)
  renewIds(edit, [...definitions, ...elements], taken)
  moveElements(edit, elements, options.offset)
  if (options.rename !== undefined) replaceNames(edit, elements, options.rename)
  return { elements, leftOut: [...leftOut] }
}

/** A definition that this drawing has already, character by character, is used and not added. */
function addDefinition(edit: DocumentEdit, definition: SourceElement, adopted: Adoption): SourceElement[] {
  const id = attributeOf(definition, 'id')
  for (const element of elementsIn(edit.root))
    if (id !== null && attributeOf(element, 'id') === id && serialiseNode(element) === serialiseNode(definition))
      return []
  return adopted.take(definition, { parent: definitionsOf(edit), before: null })
}

/** The drawing's `<defs>`; a new one stands first. */
export function definitionsOf(edit: DocumentEdit): SourceElement {
  const present = childElements(edit.root).find((child) => svgNameOf(child) === 'defs')
  if (present !== undefined) return present
  const [first] = edit.root.children.filter((child) => child.kind !== 'text')
  return edit.insertXml({ parent: edit.root, before: first ?? null }, '<defs/>')[0]!
}

/** Pipes to something that was not pasted with them end nowhere. */
function dropLooseEnds(edit: DocumentEdit, elements: readonly SourceElement[]): void {
  const present = new Set(elements.flatMap((element) => [...idsIn(element)]))
  for (const element of elements.flatMap((root) => [...elementsIn(root)]))
    for (const end of ['ls:from', 'ls:to']) {
      const value = edit.get(element, end)
      if (value !== null && !idsReferredTo(end, value).some((id) => present.has(id))) edit.set(element, end, null)
    }
}

/** Takes foreign elements over: the namespaces of this file, nothing that runs or loads. */
class Adoption {
  readonly #edit: DocumentEdit
  readonly #leftOut: Set<string>
  /** Prefix in this file of each namespace that is kept; '' is the default. */
  readonly #prefixes = new Map<string, string>()

  constructor(edit: DocumentEdit, parent: SourceElement, leftOut: Set<string>) {
    this.#edit = edit
    this.#leftOut = leftOut
    const isDefault = namespaceAt(parent, '') === svgNamespace
    this.#prefixes.set(svgNamespace, isDefault ? '' : (prefixFor(parent, svgNamespace) ?? ''))
  }

  take(foreign: SourceElement, place: Place): SourceElement[] {
    const node = this.#convert(foreign)
    if (node === null) return []
    const copy = copyNode(node, this.#edit.keys) as SourceElement
    this.#edit.insert(place, copy)
    return [copy]
  }

  /** The element as this file writes it, in no tree; null when it is not wanted. */
  #convert(foreign: SourceElement): SourceElement | null {
    const name = svgNameOf(foreign)
    if (name === null || isUnwanted(foreign)) {
      this.#leftOut.add(startTagOf(foreign).name)
      return null
    }
    const prefix = this.#prefixes.get(svgNamespace)!
    const written = prefix === '' ? name : `${prefix}:${name}`
    const children: SourceNode[] = []
    const closeTag = foreign.closeTag === '' ? '' : `</${written}>`
    const element: SourceElement = {
      ...foreign,
      parent: null,
      openTag: this.#openTag(foreign, written),
      closeTag,
      children,
    }
    for (const child of foreign.children) {
      const kept = child.kind === 'element' ? this.#convert(child) : child.kind === 'instruction' ? null : child
      if (kept !== null) children.push(kept)
    }
    return element
  }

  #openTag(foreign: SourceElement, name: string): string {
    const tag = startTagOf(foreign)
    let raw = foreign.openTag
    for (const attribute of tag.attributes.toReversed()) {
      const kept = this.#attributeName(foreign, attribute)
      const nameStart = attribute.start + attribute.gap.length
      raw =
        kept === null
          ? raw.slice(0, attribute.start) + raw.slice(attribute.valueEnd + 1)
          : raw.slice(0, nameStart) + kept + raw.slice(nameStart + attribute.name.length)
    }
    return `<${name}${raw.slice(1 + tag.name.length)}`
  }

  /** How the attribute is called here; null when it is left out. */
  #attributeName(
    foreign: SourceElement,
    { name, prefix, localName, value }: { name: string; prefix: string; localName: string; value: string },
  ): string | null {
    if (prefix === 'xmlns' || name === 'xmlns') return null
    const unwanted = unwantedAttribute({ name, localName, value })
    if (unwanted !== null) return this.#leaveOut(unwanted)
    if (prefix === '' || prefix === 'xml') return name
    const uri = namespaceAt(foreign, prefix)
    const known = Object.entries(namespaces).find(([, namespace]) => namespace === uri)
    if (known === undefined) return this.#leaveOut(name)
    const [own] = known as [keyof typeof namespaces, string]
    if (own === 'inkscape' || own === 'sodipodi') {
      const present = prefixFor(this.#edit.root, namespaces[own])
      return present === null ? this.#leaveOut(name) : `${present}:${localName}`
    }
    return `${this.#edit.declare(own)}:${localName}`
  }

  #leaveOut(what: string): null {
    this.#leftOut.add(what)
    return null
  }
}
