// What a click means: the whole group a thing belongs to, unless one has stepped into it. Layers are no groups in this sense, and
// the ground is the paper one draws on.
import type { MimicDocument } from '../document/mimic-document.ts'
import { childElements, type NodeKey, type SourceElement } from '../document/source-tree.ts'

const drawable = new Set([
  'g',
  'svg',
  'switch',
  'a',
  'text',
  'rect',
  'circle',
  'ellipse',
  'line',
  'polyline',
  'polygon',
  'path',
  'use',
  'image',
])

/** True for a group that screens can show and hide: Lineside's own, or Inkscape's. */
export function isLayer(document: MimicDocument, element: SourceElement): boolean {
  if (document.tagName(element) !== 'g') return false
  return document.get(element, 'ls:layer') !== null || document.get(element, 'inkscape:groupmode') === 'layer'
}

/** Name of a layer as people see it. */
export function layerName(document: MimicDocument, element: SourceElement): string {
  return (
    document.get(element, 'ls:layer') ??
    document.get(element, 'inkscape:label') ??
    document.get(element, 'id') ??
    `${element.key}`
  )
}

/** True for what is painted by itself; definitions, styles and notes are not. */
export function isDrawable(document: MimicDocument, element: SourceElement): boolean {
  return drawable.has(document.tagName(element) ?? '')
}

/** True for the ground of a display: it is never grabbed by accident. */
export function isGround(document: MimicDocument, element: SourceElement): boolean {
  return /(^|\s)ls-ground(\s|$)/.test(document.get(element, 'class') ?? '')
}

/** What the editor keeps from being selected on the canvas. */
export interface Locks {
  isLocked(key: NodeKey): boolean
}

/** All layers of a drawing in the order of the file. */
export function layers(document: MimicDocument): readonly SourceElement[] {
  const found: SourceElement[] = []
  const look = (parent: SourceElement) => {
    for (const child of childElements(parent))
      if (isLayer(document, child)) {
        found.push(child)
        look(child)
      }
  }
  look(document.root)
  return found
}

/** Everything that can be selected on its own inside a scope (the drawing, or a group one has stepped into), in paint order. */
export function selectableIn(document: MimicDocument, scope: SourceElement, locks: Locks): readonly SourceElement[] {
  const found: SourceElement[] = []
  const look = (parent: SourceElement) => {
    for (const child of childElements(parent)) {
      if (locks.isLocked(child.key)) continue
      if (isLayer(document, child)) look(child)
      else if (isDrawable(document, child) && !isGround(document, child)) found.push(child)
    }
  }
  look(scope)
  return found
}

/** What a click on an element selects; null outside of the scope, for the ground, and where it is locked. */
export function selectedBy(
  document: MimicDocument,
  scope: SourceElement,
  clicked: SourceElement,
  locks: Locks,
): SourceElement | null {
  let unit: SourceElement | null = null
  for (let at: SourceElement | null = clicked; at !== null && at !== scope; at = at.parent) {
    if (locks.isLocked(at.key)) return null
    if (!isLayer(document, at)) unit = at
    if (at.parent === null) return null
  }
  return unit !== null && isDrawable(document, unit) && !isGround(document, unit) ? unit : null
}
