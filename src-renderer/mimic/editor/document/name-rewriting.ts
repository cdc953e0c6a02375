// Find and replace of tags and equipment in bindings: by name, never by characters. `Tank1` is found in `Tank1.Level > 5` and
// in `tag("Tank1")`, not in `Tank10.Level` or in a text in quotes.
import { ExpressionFault, renameTags } from '../../../../src-main/shared/expression-names.ts'
import { bindingAttributes, isBindingAttribute } from '../../../../src-main/shared/mimic.ts'
import { attributesOf, svgNameOf } from './attribute-names.ts'
import type { DocumentEdit } from './document-edit.ts'
import { openDocument } from './mimic-document.ts'
import { elementsIn, type NodeKey, type SourceElement } from './source-tree.ts'

/** What to look for and what to put in its place. */
export type NameQuery =
  /** This very tag or equipment. */
  | { readonly kind: 'name'; readonly from: string; readonly to: string }
  /** All names that begin so: `Pump1.` → `Pump2.`; with the dot the equipment `Pump1` itself as well. */
  | { readonly kind: 'prefix'; readonly from: string; readonly to: string }
  /** Names of this form: `*` is any characters, `?` one; the stars of `to` are what those of `from` found, in order. */
  | { readonly kind: 'pattern'; readonly from: string; readonly to: string }

/** New name of a tag or equipment, null when it keeps its own. */
export type Rename = (name: string, kind: 'tag' | 'equipment') => string | null

/** The renaming that a query asks for. */
export function renameOf(query: NameQuery): Rename {
  const { from, to } = query
  if (from === '') return () => null
  switch (query.kind) {
    case 'name':
      return (name) => (name === from ? to : null)
    case 'prefix':
      return (name, kind) => {
        if (name.startsWith(from)) return to + name.slice(from.length)
        return kind === 'equipment' && `${name}.` === from ? to.replace(/\.$/, '') : null
      }
    case 'pattern':
      return renameByPattern(from, to)
  }
}

function renameByPattern(from: string, to: string): Rename {
  const source = from
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '(.*)')
    .replaceAll('?', '(.)')
  const pattern = new RegExp(`^${source}$`, 'us')
  return (name) => {
    const match = name.length > 1024 ? null : pattern.exec(name)
    if (match === null) return null
    let star = 0
    return to.replaceAll(/[*?]/g, () => match[++star] ?? '')
  }
}

/** A binding that a query finds. */
export interface NameUse {
  readonly key: NodeKey
  /** `text#level` or `rect`: the element for a list. */
  readonly element: string
  /** As {@link attributesOf} names it: `ls:text`. */
  readonly attribute: string
  readonly before: string
  readonly after: string
}

/** Every binding below an element that the renaming changes, in the order of the file. */
export function findNames(root: SourceElement, rename: Rename): NameUse[] {
  const uses: NameUse[] = []
  for (const element of elementsIn(root))
    for (const { name, value } of attributesOf(element)) {
      if (!name.startsWith('ls:')) continue
      const after = renamedBinding(name.slice(3), value, rename)
      if (after !== value)
        uses.push({ key: element.key, element: describe(element), attribute: name, before: value, after })
    }
  return uses
}

function describe(element: SourceElement): string {
  const id = attributesOf(element).find(({ name }) => name === 'id')?.value
  return `${svgNameOf(element) ?? 'element'}${id === undefined ? '' : `#${id}`}`
}

/** A binding's text with other names; an expression that cannot be read stays as it is. */
export function renamedBinding(localName: string, value: string, rename: Rename): string {
  if (!isBindingAttribute(localName)) return value
  switch (bindingAttributes[localName].kind) {
    case 'tagName':
      return rename(value.trim(), 'tag') ?? value
    case 'equipmentName':
      return rename(value.trim(), 'equipment') ?? value
    case 'openTarget':
      return renamedTarget(value, rename)
    case 'expression':
      return renamedExpression(value, rename)
    default:
      return value
  }
}

function renamedTarget(value: string, rename: Rename): string {
  const match = /^(\s*['"]?\s*faceplate:\s*)(.*?)(\s*['"]?\s*)$/s.exec(value)
  if (match === null) return value
  const name = match[2]!
  const renamed = rename(name, 'equipment') ?? rename(name, 'tag')
  return renamed === null ? value : match[1]! + renamed + match[3]!
}

/** Names that a binding has without any tag. */
const ownNames: ReadonlySet<string> = new Set(['value', 'unit', 'name', 'true', 'false', 'null', 'in'])

function renamedExpression(text: string, rename: Rename): string {
  try {
    return renameTags(text, (name) => (ownNames.has(name) ? null : rename(name, 'tag')))
  } catch (error) {
    if (error instanceof ExpressionFault) return text
    throw error
  }
}

/** Renames below elements of an open document; `only` limits it to uses that were left ticked. Returns how many changed. */
export function replaceNames(
  edit: DocumentEdit,
  roots: readonly SourceElement[],
  rename: Rename,
  only: (use: NameUse) => boolean = () => true,
): number {
  let count = 0
  for (const root of roots) {
    const byKey = new Map([...elementsIn(root)].map((element) => [element.key, element]))
    for (const use of findNames(root, rename).filter(only)) {
      edit.set(byKey.get(use.key)!, use.attribute, use.after)
      count++
    }
  }
  return count
}

/** A display's file that is not open. */
export interface NamedSource {
  readonly name: string
  readonly text: string
}

export interface RenamedSource {
  readonly name: string
  readonly uses: readonly NameUse[]
  /** The file with the names replaced; the same text when nothing was found. */
  readonly text: string
  /** Why the file could not be read. */
  readonly fault: string | null
}

/** The same for many files at once; those without a use come back unchanged. */
export function renameInSources(
  sources: readonly NamedSource[],
  rename: Rename,
  only: (source: string, use: NameUse) => boolean = () => true,
): RenamedSource[] {
  return sources.map(({ name, text }) => {
    const opened = openDocument(text)
    if (!opened.ok) return { name, uses: [], text, fault: `${opened.message} (line ${opened.line}:${opened.column})` }
    const { document } = opened
    const uses = findNames(document.root, rename)
    document.change('rename', (edit) => replaceNames(edit, [document.root], rename, (use) => only(name, use)))
    return { name, uses, text: document.text, fault: null }
  })
}
