// A drawing as it is written: every character of the file belongs to exactly one node, so that what nobody edits stays as
// it was typed. Only document-edit.ts changes nodes.
import { readStartTag, type StartTag } from './start-tag.ts'

/** Names a node as long as the document is open; undo and redo bring the same node back under the same key. */
export type NodeKey = number

/** An element with its tags as written. */
export interface SourceElement {
  readonly kind: 'element'
  readonly key: NodeKey
  /** Null while it is taken out of the tree, and for `<svg>` (see {@link SourceTree.root}). */
  readonly parent: SourceElement | null
  /** `<rect x="1"/>` or `<g>`, verbatim. */
  readonly openTag: string
  /** `</g>` verbatim; empty when the open tag closes itself. */
  readonly closeTag: string
  readonly children: readonly SourceNode[]
}

/** Everything that is no element, verbatim: `<!-- … -->`, `<![CDATA[ … ]]>`, characters with their entities. */
export interface SourcePiece {
  readonly kind: 'text' | 'comment' | 'cdata' | 'instruction' | 'doctype'
  readonly key: NodeKey
  readonly parent: SourceElement | null
  readonly raw: string
}

export type SourceNode = SourceElement | SourcePiece

/** A whole file: what stands before `<svg>`, `<svg>` itself, what stands behind. */
export interface SourceTree {
  readonly before: readonly SourcePiece[]
  readonly root: SourceElement
  readonly after: readonly SourcePiece[]
}

/** Gives out keys; one per document, so that parts parsed later (paste) never take a key twice. */
export class KeySource {
  #next = 1

  next(): NodeKey {
    return this.#next++
  }
}

/** The text of a tree or node, character by character as it was parsed and edited. */
export function serialise(tree: SourceTree): string {
  const output: string[] = []
  for (const piece of tree.before) output.push(piece.raw)
  write(tree.root, output)
  for (const piece of tree.after) output.push(piece.raw)
  return output.join('')
}

/** The text of one node with everything in it. */
export function serialiseNode(node: SourceNode): string {
  const output: string[] = []
  write(node, output)
  return output.join('')
}

function write(node: SourceNode, output: string[]): void {
  if (node.kind !== 'element') {
    output.push(node.raw)
    return
  }
  output.push(node.openTag)
  for (const child of node.children) write(child, output)
  output.push(node.closeTag)
}

/** Start tags are read once for each text they have had; nodes are the keys, so nothing outlives its document. */
const readTags = new WeakMap<SourceElement, { readonly raw: string; readonly tag: StartTag }>()

/** The element's start tag taken apart. */
export function startTagOf(element: SourceElement): StartTag {
  const known = readTags.get(element)
  if (known !== undefined && known.raw === element.openTag) return known.tag
  const tag = readStartTag(element.openTag)
  readTags.set(element, { raw: element.openTag, tag })
  return tag
}

/** The element and all elements inside, in the order of the file. */
export function* elementsIn(element: SourceElement): Generator<SourceElement> {
  yield element
  for (const child of element.children) if (child.kind === 'element') yield* elementsIn(child)
}

/** Element children in the order of the file, which is the order they are painted in. */
export function childElements(element: SourceElement): SourceElement[] {
  return element.children.filter((child) => child.kind === 'element')
}

/** True for a text of nothing but white space. */
export function isBlank(node: SourceNode | undefined): node is SourcePiece {
  return node !== undefined && node.kind === 'text' && /^[ \t\r\n]*$/.test(node.raw)
}

/** True when `inner` is `outer` or stands inside it. */
export function isInside(inner: SourceElement, outer: SourceElement): boolean {
  for (let at: SourceElement | null = inner; at !== null; at = at.parent) if (at === outer) return true
  return false
}
