// What can be done to a document inside one step. Everything here changes as little text as possible: of an attribute only
// its value, of the tree only the lines of the element concerned.
import { attributeOf, type KnownPrefix, namespaces, prefixFor, writtenName } from './attribute-names.ts'
import { attributeRank } from './attribute-order.ts'
import { childLineStart, indentationUnit, joinLines, lineStart } from './line-layout.ts'
import { parseSource } from './source-parser.ts'
import {
  elementsIn,
  isBlank,
  type KeySource,
  type SourceElement,
  type SourceNode,
  type SourcePiece,
  type SourceTree,
  startTagOf,
} from './source-tree.ts'
import { editText, encodeText, withAttribute, withoutAttribute } from './start-tag.ts'
import type { TreeOperation } from './tree-operation.ts'

/** Where a node goes: before one of the parent's children, or last. */
export interface Place {
  readonly parent: SourceElement
  /** Null = behind all others, in front of them on screen. */
  readonly before: SourceNode | null
}

/** Handed to the function of `MimicDocument.change`; of no use after it. */
export class DocumentEdit {
  readonly tree: SourceTree
  readonly keys: KeySource
  readonly #apply: (operation: TreeOperation) => void
  readonly #lineBreak: string
  #isOpen = true

  /** Use `MimicDocument.change`. */
  constructor(tree: SourceTree, keys: KeySource, apply: (operation: TreeOperation) => void) {
    this.tree = tree
    this.keys = keys
    this.#apply = apply
    this.#lineBreak = usesCarriageReturns(tree) ? '\r\n' : '\n'
  }

  /** The `<svg>` element. */
  get root(): SourceElement {
    return this.tree.root
  }

  /** Called by the document at the end of the step. */
  close(): void {
    this.#isOpen = false
  }

  #do(operation: TreeOperation): void {
    if (!this.#isOpen) throw new Error('this step has ended')
    this.#apply(operation)
  }

  /** Decoded value, see {@link attributeOf}. */
  get(element: SourceElement, name: string): string | null {
    return attributeOf(element, name)
  }

  /** Sets an attribute (`x`, `ls:tag`, `xlink:href` …), or removes it when `value` is null. */
  set(element: SourceElement, name: string, value: string | null): void {
    if (this.get(element, name) === value) return
    if (value === null) {
      const written = writtenName(element, name)
      if (written !== null) this.#setOpenTag(element, withoutAttribute(element.openTag, written))
      return
    }
    const written = writtenName(element, name) ?? this.#declareFor(name)
    const bindingPrefix = prefixFor(element, namespaces.ls) ?? ''
    this.#setOpenTag(
      element,
      withAttribute(element.openTag, written, value, (other) => attributeRank(other, bindingPrefix)),
    )
  }

  /** Takes an attribute away by its name as it is written, whatever namespace it is of. */
  removeWritten(element: SourceElement, written: string): void {
    this.#setOpenTag(element, withoutAttribute(element.openTag, written))
  }

  /**
   * Sets an attribute to what `map` makes of its text; unlike {@link set} line breaks and tabs in it stay as they are
   * written. For lists of numbers; nothing happens when the attribute is not there or `map` returns null.
   */
  map(element: SourceElement, name: string, map: (text: string) => string | null): void {
    const attribute = startTagOf(element).attributes.find((candidate) => candidate.name === name)
    if (attribute === undefined) return
    const { openTag } = element
    const raw = openTag.slice(attribute.valueStart, attribute.valueEnd)
    const mapped = map(raw.includes('&') ? attribute.value : raw)
    if (mapped === null) return
    if (/[&<"']/.test(raw + mapped)) return this.set(element, name, mapped)
    this.#setOpenTag(element, openTag.slice(0, attribute.valueStart) + mapped + openTag.slice(attribute.valueEnd))
  }

  /** Prefix of a namespace at the root; it is declared there first, under its usual prefix where that is free. */
  declare(usual: KnownPrefix): string {
    const present = prefixFor(this.root, namespaces[usual])
    if (present !== null) return present
    let prefix: string = usual
    for (let count = 1; this.#isTaken(prefix); count++) prefix = `${usual}${count}`
    const { root } = this
    this.#setOpenTag(
      root,
      withAttribute(root.openTag, `xmlns:${prefix}`, namespaces[usual], (at) => attributeRank(at, '')),
    )
    return prefix
  }

  #declareFor(name: string): string {
    const [usual, localName] = name.split(':') as [KnownPrefix, string]
    return `${this.declare(usual)}:${localName}`
  }

  #isTaken(prefix: string): boolean {
    for (const element of elementsIn(this.root)) if (startTagOf(element).namespaces?.has(prefix)) return true
    return false
  }

  #setOpenTag(element: SourceElement, open: string): void {
    this.#setTags(element, open, element.closeTag)
  }

  #setTags(element: SourceElement, open: string, close: string): void {
    if (open === element.openTag && close === element.closeTag) return
    const before = { open: element.openTag, close: element.closeTag }
    this.#do({ kind: 'tags', element, before, after: { open, close } })
  }

  #setRaw(piece: SourcePiece, raw: string): void {
    if (raw !== piece.raw) this.#do({ kind: 'raw', piece, before: piece.raw, after: raw })
  }

  #insertAt(parent: SourceElement, index: number, node: SourceNode): void {
    this.#do({ kind: 'insert', parent, index, node })
  }

  #removeAt(parent: SourceElement, index: number): void {
    this.#do({ kind: 'remove', parent, index, node: parent.children[index]! })
  }

  #newText(raw: string): SourcePiece {
    return { kind: 'text', key: this.keys.next(), parent: null, raw }
  }

  /** Makes `text` the element's only content; a single text in it keeps the spelling of what stays. */
  setText(element: SourceElement, text: string): void {
    const [only] = element.children
    if (element.children.length === 1 && only?.kind === 'text') return this.#setRaw(only, editText(only.raw, text))
    for (let index = element.children.length - 1; index >= 0; index--) this.#removeAt(element, index)
    if (text === '') return
    this.#openUp(element)
    this.#insertAt(element, 0, this.#newText(encodeText(text)))
  }

  /** `<g/>` → `<g></g>`, so that it can hold something. */
  #openUp(element: SourceElement): void {
    if (element.closeTag !== '') return
    const open = element.openTag.replace(/\s*\/>$/, '>')
    this.#setTags(element, open, `</${startTagOf(element).name}>`)
  }

  /**
   * Puts new elements into the drawing, each on a line of its own with the neighbours' indentation. `xml` is one or more
   * elements with the prefixes of {@link namespaces} where they need any. Returns them. Throws when it is not well formed.
   */
  insertXml(place: Place, xml: string): SourceElement[] {
    const declared = Object.entries(namespaces).filter(([prefix]) => prefix !== 'xml' && xml.includes(`${prefix}:`))
    const declarations = declared.map(([prefix, uri]) => ` xmlns:${prefix}="${uri}"`).join('')
    const parsed = parseSource(`<svg xmlns="http://www.w3.org/2000/svg"${declarations}>${xml}</svg>`, this.keys)
    if (!parsed.ok) throw new Error(parsed.message)
    const nodes = parsed.tree.root.children.filter((node) => node.kind !== 'text')
    for (const node of nodes) {
      if (node.kind === 'element') this.#adoptPrefixes(node, place.parent, declared)
      this.insert(place, node)
    }
    return nodes.filter((node) => node.kind === 'element')
  }

  /** Writes a new element's foreign attributes with the prefixes of this file. */
  #adoptPrefixes(root: SourceElement, parent: SourceElement, declared: readonly (readonly [string, string])[]): void {
    for (const [prefix, uri] of declared)
      for (const element of elementsIn(root))
        for (const attribute of startTagOf(element).attributes) {
          if (attribute.prefix !== prefix) continue
          const own = prefixFor(parent, uri) ?? this.declare(prefix as KnownPrefix)
          if (own === prefix) continue
          const nameStart = attribute.start + attribute.gap.length
          const renamed = `${own}:${attribute.localName}${element.openTag.slice(nameStart + attribute.name.length)}`
          this.#setOpenTag(element, element.openTag.slice(0, nameStart) + renamed)
        }
  }

  /** Puts a node that is in no tree into the drawing, on a line of its own. */
  insert({ parent, before }: Place, node: SourceNode): void {
    const wasClosed = parent.closeTag === ''
    this.#openUp(parent)
    const start = childLineStart(parent, indentationUnit(this.root), this.#lineBreak)
    if (start === null) return this.#insertAt(parent, this.#indexOf(parent, before), node)
    this.#indent(node, start)
    if (before !== null) {
      const index = this.#indexOf(parent, before)
      this.#insertAt(parent, index, node)
      this.#insertAt(parent, index + 1, this.#newText(lineStart(node) ?? start))
      return
    }
    const last = parent.children.at(-1)
    const isClosingLine = isBlank(last) && last.raw.includes('\n')
    const end = isClosingLine ? parent.children.length - 1 : parent.children.length
    this.#insertAt(parent, end, this.#newText(start))
    this.#insertAt(parent, end + 1, node)
    if (!isClosingLine && (wasClosed || parent.children.length === 2))
      this.#insertAt(parent, end + 2, this.#newText(lineStart(parent) ?? this.#lineBreak))
  }

  #indexOf(parent: SourceElement, before: SourceNode | null): number {
    const index = before === null ? parent.children.length : parent.children.indexOf(before)
    if (index < 0) throw new Error('the place is not in that element')
    return index
  }

  /** Gives the lines inside a node the indentation that `start` asks for. */
  #indent(node: SourceNode, start: string): void {
    if (node.kind !== 'element') return
    const last = node.children.at(-1)
    const own = isBlank(last) ? /\r?\n[ \t]*$/.exec(last.raw)?.[0] : undefined
    if (own === undefined || own === start) return
    this.#reindent(node, own, start)
  }

  #reindent(element: SourceElement, from: string, to: string): void {
    for (const child of element.children)
      if (child.kind === 'element') this.#reindent(child, from, to)
      else if (isBlank(child)) this.#setRaw(child, child.raw.replaceAll(from, to))
  }

  /** Takes a node out of the drawing, and its line with it if it had one for itself. */
  remove(node: SourceNode): void {
    const { parent } = node
    if (parent === null) throw new Error('the drawing itself cannot be removed')
    const index = parent.children.indexOf(node)
    const before = parent.children[index - 1]
    const behind = parent.children[index + 1]
    this.#removeAt(parent, index)
    if (!isBlank(before) || !isBlank(behind)) return
    const joined = joinLines(before.raw, behind.raw)
    if (joined === null) return
    this.#removeAt(parent, index)
    this.#setRaw(before, joined)
  }

  /** Moves a node to another place of the drawing; it keeps its key. */
  move(node: SourceNode, place: Place): void {
    if (place.before === node) return
    this.remove(node)
    this.insert(place, node)
  }

  /** Puts new elements where an old one was. */
  replace(node: SourceElement, xml: string): SourceElement[] {
    if (node.parent === null) throw new Error('the drawing itself cannot be replaced')
    const created = this.insertXml({ parent: node.parent, before: node }, xml)
    this.remove(node)
    return created
  }
}

function usesCarriageReturns(tree: SourceTree): boolean {
  const texts = [...tree.before, ...tree.root.children, ...tree.after]
  return texts.some((node) => node.kind === 'text' && node.raw.includes('\r\n'))
}
