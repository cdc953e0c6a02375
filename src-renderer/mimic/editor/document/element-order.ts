// Groups, copies, removal and the order things are painted in.
import { attributeOf, attributesOf, svgNameOf } from './attribute-names.ts'
import type { DocumentEdit } from './document-edit.ts'
import { mapInParent, moveElements, outermost } from './element-moves.ts'
import { identity, type Point } from './matrix.ts'
import { copyNode, idsIn, idsReferredTo, renewIds } from './references.ts'
import { childElements, elementsIn, type SourceElement } from './source-tree.ts'
import { styleOf, withStyle } from './style-text.ts'
import { matrixOf, readTransform } from './transform-list.ts'

/** Elements that hold definitions or notes and are not painted where they stand. */
const unpainted = new Set([
  'defs',
  'title',
  'desc',
  'metadata',
  'style',
  'script',
  'symbol',
  'clipPath',
  'mask',
  'marker',
  'linearGradient',
  'radialGradient',
  'pattern',
  'filter',
]) // prettier-ignore

/** True for what is painted where it stands. */
export function isPainted(element: SourceElement): boolean {
  const name = svgNameOf(element)
  return name !== null && !unpainted.has(name)
}

/** Elements in the order of the file. */
export function inFileOrder(root: SourceElement, elements: readonly SourceElement[]): SourceElement[] {
  const set = new Set(elements)
  return set.size < 2 ? [...set] : [...elementsIn(root)].filter((element) => set.has(element))
}

/** Puts elements of one parent into a new group, where the topmost of them was. Throws a sentence when they have several parents. */
export function groupElements(edit: DocumentEdit, elements: readonly SourceElement[]): SourceElement {
  const parts = inFileOrder(edit.root, outermost(elements))
  const parent = parts[0]?.parent
  if (!parent) throw new Error('nothing to group is selected')
  if (parts.some((part) => part.parent !== parent))
    throw new Error('the selected elements stand in different groups; ungroup those first')
  const [group] = edit.insertXml({ parent, before: parts.at(-1)! }, '<g/>')
  for (const part of parts) edit.move(part, { parent: group!, before: null })
  return group!
}

/** Presentation attributes that children take over from their group. */
const inherited = [
  'fill',
  'fill-opacity',
  'fill-rule',
  'stroke',
  'stroke-width',
  'stroke-linecap',
  'stroke-linejoin',
  'stroke-opacity',
  'stroke-dasharray',
  'stroke-miterlimit',
  'font-family',
  'font-size',
  'font-weight',
  'font-style',
  'text-anchor',
  'letter-spacing',
  'dominant-baseline',
  'color',
  'visibility',
  'pointer-events',
  'ls:tag',
] // prettier-ignore
const dropped = new Set(['id', 'transform'])

/**
 * Takes a group apart; its children stay where they are on screen, with the paint, fonts and `ls:tag` they had from it.
 * Throws a sentence when the group does something as a whole that its parts cannot (a binding, a clip path, a class).
 */
export function ungroupElement(edit: DocumentEdit, group: SourceElement): SourceElement[] {
  if (svgNameOf(group) !== 'g' || group.parent === null) throw new Error('this is no group')
  const list = readTransform(edit.get(group, 'transform'))
  if (list === null) throw new Error(`the transform "${edit.get(group, 'transform')}" is not understood`)
  const whole = attributesOf(group).find(({ name }) => !canPassOn(name))
  if (whole !== undefined)
    throw new Error(`the group has ${whole.name}="${whole.value}", which belongs to it as a whole; remove that first`)
  const children = childElements(group)
  for (const child of children) {
    edit.move(child, { parent: group.parent, before: group })
    passOn(edit, group, child)
    if (isPainted(child)) mapInParent(edit, child, list.parts.length === 0 ? identity : matrixOf(list))
  }
  for (const piece of group.children.filter((child) => child.kind === 'comment'))
    edit.move(piece, { parent: group.parent, before: group })
  edit.remove(group)
  return children
}

function canPassOn(name: string): boolean {
  return dropped.has(name) || inherited.includes(name) || name === 'style' || /^(inkscape|sodipodi):/.test(name)
}

function passOn(edit: DocumentEdit, group: SourceElement, child: SourceElement): void {
  const childStyle = edit.get(child, 'style')
  for (const name of inherited) {
    const value = edit.get(group, name)
    if (value !== null && edit.get(child, name) === null && styleOf(childStyle, name) === null)
      edit.set(child, name, value)
  }
  const style = edit.get(group, 'style')
  if (style === null) return
  let merged = childStyle
  for (const declaration of style.split(';')) {
    const [property, ...rest] = declaration.split(':')
    const name = property!.trim()
    if (name !== '' && styleOf(merged, name) === null && edit.get(child, name) === null)
      merged = withStyle(merged, name, rest.join(':').trim())
  }
  edit.set(child, 'style', merged)
}

/** Takes elements out of the drawing. Pipes that ended at them stay where they are and end nowhere. */
export function removeElements(edit: DocumentEdit, elements: readonly SourceElement[]): void {
  const gone = outermost(elements)
  const ids = new Set(gone.flatMap((element) => [...idsIn(element)]))
  for (const element of gone) edit.remove(element)
  for (const element of elementsIn(edit.root))
    for (const end of ['ls:from', 'ls:to']) {
      const value = ids.size === 0 ? null : edit.get(element, end)
      if (value !== null && idsReferredTo(end, value).some((id) => ids.has(id))) edit.set(element, end, null)
    }
}

/**
 * Copies elements, in front of the originals and moved by `offset`. The copies have fresh ids and refer to each other where
 * the originals did; pipes to something that was not copied end nowhere.
 */
export function duplicateElements(
  edit: DocumentEdit,
  elements: readonly SourceElement[],
  offset: Point,
): SourceElement[] {
  const originals = inFileOrder(edit.root, outermost(elements))
  const taken = idsIn(edit.root)
  const last = new Map(originals.map((element) => [element.parent!, element]))
  const copies = originals.map((original) => {
    const parent = original.parent!
    const copy = copyNode(original, edit.keys) as SourceElement
    const siblings = childElements(parent)
    const before = siblings[siblings.indexOf(last.get(parent)!) + 1] ?? null
    edit.insert({ parent, before }, copy)
    last.set(parent, copy)
    return copy
  })
  const copied = new Set(originals.flatMap((original) => [...idsIn(original)]))
  for (const copy of copies)
    for (const element of elementsIn(copy))
      for (const end of ['ls:from', 'ls:to']) {
        const value = edit.get(element, end)
        if (value !== null && !idsReferredTo(end, value).some((id) => copied.has(id))) edit.set(element, end, null)
      }
  renewIds(edit, copies, taken)
  moveElements(edit, copies, offset)
  return copies
}

export type OrderStep = 'front' | 'forward' | 'backward' | 'back'

/**
 * Changes the order of painting among the siblings; elements keep their order among themselves. Nothing goes behind the
 * ground (class `ls-ground`) that stands at the very back.
 */
export function reorderElements(edit: DocumentEdit, elements: readonly SourceElement[], step: OrderStep): void {
  const moving = inFileOrder(edit.root, outermost(elements))
  for (const parent of new Set(moving.map((element) => element.parent!))) {
    const own = moving.filter((element) => element.parent === parent)
    const ordered = reordered(childElements(parent).filter(isPainted), new Set(own), step)
    // From the front to the back: each goes before the one that shall follow it.
    let before: SourceElement | null = firstBehind(parent, ordered)
    for (const element of ordered.toReversed()) {
      if (own.includes(element) && nextElement(element) !== before) edit.move(element, { parent, before })
      before = element
    }
  }
}

/** What follows the last painted child: notes of a drawing program, or nothing. */
function firstBehind(parent: SourceElement, painted: readonly SourceElement[]): SourceElement | null {
  const siblings = childElements(parent)
  const lastPainted = siblings.findLastIndex((sibling) => painted.includes(sibling))
  return siblings[lastPainted + 1] ?? null
}

function nextElement(element: SourceElement): SourceElement | null {
  const siblings = childElements(element.parent!)
  return siblings[siblings.indexOf(element) + 1] ?? null
}

function reordered(
  siblings: readonly SourceElement[],
  own: ReadonlySet<SourceElement>,
  step: OrderStep,
): SourceElement[] {
  const list = [...siblings]
  const ground = isGround(list[0]) && !own.has(list[0]!) ? 1 : 0
  if (step === 'front') return [...list.filter((item) => !own.has(item)), ...list.filter((item) => own.has(item))]
  if (step === 'back') {
    const rest = list.filter((item) => !own.has(item))
    return [...rest.slice(0, ground), ...list.filter((item) => own.has(item)), ...rest.slice(ground)]
  }
  const indices = list.map((_, index) => index)
  for (const index of step === 'forward' ? indices.toReversed() : indices) {
    const other = step === 'forward' ? index + 1 : index - 1
    const item = list[index]!
    const neighbour = list[other]
    if (!own.has(item) || neighbour === undefined || own.has(neighbour) || other < ground) continue
    list[index] = neighbour
    list[other] = item
  }
  return list
}

function isGround(element: SourceElement | undefined): boolean {
  return element !== undefined && (attributeOf(element, 'class') ?? '').split(/\s+/).includes('ls-ground')
}
