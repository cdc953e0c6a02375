// Ids and what refers to them: `#id`, `url(#id)`, ends of pipes. Copies get fresh ids and refer to each other.
import { attributeOf, attributesOf } from './attribute-names.ts'
import type { DocumentEdit } from './document-edit.ts'
import { elementsIn, type KeySource, type SourceElement, type SourceNode } from './source-tree.ts'

/** All ids of a drawing. */
export function idsIn(root: SourceElement): Set<string> {
  const ids = new Set<string>()
  for (const element of elementsIn(root)) {
    const id = attributeOf(element, 'id')
    if (id !== null) ids.add(id)
  }
  return ids
}

/** An id nobody has: the base itself, or with a number counted up (`pump1` → `pump2`). The id is added to `taken`. */
export function freshId(base: string, taken: Set<string>): string {
  const clean = base.replaceAll(/[^\p{L}\p{N}_.-]/gu, '-').replace(/^[^\p{L}_]+/u, '') || 'part'
  const [, stem, digits] = /^(.*?)(\d*)$/.exec(clean) as unknown as [string, string, string]
  let id = clean
  for (let count = digits === '' ? 2 : Number(digits) + 1; taken.has(id); count++) id = `${stem}${count}`
  taken.add(id)
  return id
}

/** The element's id; one is made from its equipment, tag or kind when it has none. */
export function ensureId(edit: DocumentEdit, element: SourceElement): string {
  const id = edit.get(element, 'id')
  if (id !== null && id !== '') return id
  const name = edit.get(element, 'ls:equipment') ?? edit.get(element, 'ls:tag') ?? 'part'
  const fresh = freshId(name.replace(/^self\./, ''), idsIn(edit.root))
  edit.set(element, 'id', fresh)
  return fresh
}

const listOfIds = new Set(['aria-labelledby', 'aria-describedby'])

/** Ids that an attribute's value refers to. */
export function idsReferredTo(name: string, value: string): string[] {
  if (name === 'ls:from' || name === 'ls:to') return [value.replace(/@[^@]*$/, '').trim()]
  if (listOfIds.has(name)) return value.trim().split(/\s+/)
  if (name === 'href' || name === 'xlink:href') return value.startsWith('#') ? [value.slice(1)] : []
  return [...value.matchAll(/url\(\s*["']?#([^"')]+?)["']?\s*\)/g)].map((match) => match[1]!)
}

/** The value with its references led to other ids; those that `renamed` does not name stay. */
export function withReferences(name: string, value: string, renamed: ReadonlyMap<string, string>): string {
  const to = (id: string) => renamed.get(id) ?? id
  if (name === 'ls:from' || name === 'ls:to') {
    const [, id, port] = /^(.*?)(@[^@]*)?$/s.exec(value) as unknown as [string, string, string | undefined]
    return to(id.trim()) + (port ?? '')
  }
  if (listOfIds.has(name)) return value.replaceAll(/\S+/g, to)
  if (name === 'href' || name === 'xlink:href') return value.startsWith('#') ? `#${to(value.slice(1))}` : value
  return value.replaceAll(/(url\(\s*["']?#)([^"')]+?)(["']?\s*\))/g, (_, open, id, close) => `${open}${to(id)}${close}`)
}

/** Gives ids inside `elements` that are taken elsewhere fresh ones, and leads the references inside to them. */
export function renewIds(
  edit: DocumentEdit,
  elements: readonly SourceElement[],
  taken: Set<string>,
): Map<string, string> {
  const renamed = new Map<string, string>()
  const all = elements.flatMap((element) => [...elementsIn(element)])
  for (const element of all) {
    const id = edit.get(element, 'id')
    if (id === null) continue
    const fresh = freshId(id, taken)
    if (fresh === id) continue
    renamed.set(id, fresh)
    edit.set(element, 'id', fresh)
  }
  if (renamed.size === 0) return renamed
  for (const element of all)
    for (const { name, value } of attributesOf(element)) {
      if (name !== 'id' && idsReferredTo(name, value).some((id) => renamed.has(id)))
        edit.set(element, name, withReferences(name, value, renamed))
    }
  return renamed
}

/** A copy of a node that belongs to no tree, with keys of its own. */
export function copyNode(node: SourceNode, keys: KeySource, parent: SourceElement | null = null): SourceNode {
  if (node.kind !== 'element') return { ...node, key: keys.next(), parent }
  const children: SourceNode[] = []
  const copy: SourceElement = { ...node, key: keys.next(), parent, children }
  for (const child of node.children) children.push(copyNode(child, keys, copy))
  return copy
}
