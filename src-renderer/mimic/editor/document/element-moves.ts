// Moving, stretching and turning elements, in the coordinates of the drawing whatever groups they stand in. Bindings are
// not touched: what a tag moves, moves from the new place.

import type { Box } from '../../drawing/mimic-box.ts'
import { attributeOf, svgNameOf } from './attribute-names.ts'
import type { DocumentEdit } from './document-edit.ts'
import { hasOwnPlace, mapPlace, matrixFromDrawing, matrixToDrawing } from './element-geometry.ts'
import { boxMap, identity, type Matrix, mapDelta, mapPoint, multiply, type Point, rotation } from './matrix.ts'
import { type AxisMap, axisMapOf } from './path-data.ts'
import type { SourceElement } from './source-tree.ts'
import {
  listOf,
  matrixOf,
  readTransform,
  rotated,
  type TransformList,
  translated,
  writeTransform,
} from './transform-list.ts'

/** Elements of a selection without those that stand inside another of it. */
export function outermost(elements: readonly SourceElement[]): SourceElement[] {
  const set = new Set(elements)
  return [...set].filter((element) => {
    for (let at = element.parent; at !== null; at = at.parent) if (set.has(at)) return false
    return true
  })
}

/** Moves elements by units of the drawing. */
export function moveElements(edit: DocumentEdit, elements: readonly SourceElement[], delta: Point): void {
  for (const element of outermost(elements)) {
    const way = matrixFromDrawing(element)
    if (way !== null) moveInParent(edit, element, mapDelta(way, delta))
  }
}

/** Moves each element by its own distance: what align and distribute ask for. */
export function moveEach(edit: DocumentEdit, moves: ReadonlyMap<SourceElement, Point>): void {
  for (const [element, delta] of moves) moveElements(edit, [element], delta)
}

function moveInParent(edit: DocumentEdit, element: SourceElement, delta: Point): void {
  if (Math.abs(delta.x) < 1e-9 && Math.abs(delta.y) < 1e-9) return
  const written = edit.get(element, 'transform')
  const list = readTransform(written)
  if (list === null) throw new Error(`the transform "${written}" is not understood`)
  const isPlaced = hasOwnPlace(element, edit.root)
  const shift: AxisMap = { sx: 1, sy: 1, tx: delta.x, ty: delta.y }
  if (isPlaced && list.parts.length === 0) return mapPlace(edit, element, shift)
  const [only, more] = list.parts
  if (isPlaced && more === undefined && only?.name === 'rotate' && only.numbers.length === 3) {
    const [angle = 0, x = 0, y = 0] = only.numbers
    mapPlace(edit, element, shift)
    const turned = { ...only, numbers: [angle, x + delta.x, y + delta.y], raw: null }
    return setTransform(edit, element, { ...list, parts: [turned] })
  }
  if (isPlaced && more === undefined && only?.name === 'translate') return mapPlace(edit, element, shift)
  setTransform(edit, element, translated(list, delta))
}

function setTransform(edit: DocumentEdit, element: SourceElement, list: TransformList): void {
  edit.set(element, 'transform', writeTransform(list))
}

/**
 * Stretches elements so that what fills `from` fills `to`; boxes are in the drawing's coordinates. Rects, ellipses, lines
 * and paths change their numbers, texts their font size, groups get a scale; line widths and corner radii stay.
 */
export function resizeElements(edit: DocumentEdit, elements: readonly SourceElement[], from: Box, to: Box): void {
  for (const element of outermost(elements)) {
    const way = matrixFromDrawing(element)
    if (way === null) continue
    mapElement(edit, element, multiply(way, multiply(boxMap(from, to), matrixToDrawing(element))))
  }
}

/**
 * Stretches one element along its own axes, which may be turned: boxes are in the coordinates behind its transform, as
 * `getBBox()` gives them.
 */
export function resizeOwn(edit: DocumentEdit, element: SourceElement, from: Box, to: Box): void {
  const map = boxMap(from, to)
  if (hasOwnPlace(element, edit.root) && canStretch(edit, element)) return mapPlace(edit, element, axisMapOf(map)!)
  const list = readTransform(edit.get(element, 'transform'))
  if (list === null) return
  setTransform(edit, element, listOf(multiply(matrixOf(list), map), list.separator))
}

/** Carries out a map of the coordinates that the element is placed in. */
function mapElement(edit: DocumentEdit, element: SourceElement, map: Matrix): void {
  const list = readTransform(edit.get(element, 'transform'))
  if (list === null) return
  const axes = axisMapOf(map)
  const isStretched = hasOwnPlace(element, edit.root) && canStretch(edit, element)
  if (axes !== null && isStretched && list.parts.length === 0) return mapPlace(edit, element, axes)
  const [first, ...rest] = list.parts
  if (axes !== null && isStretched && first?.name === 'translate' && rest.length === 0) {
    const [x = 0, y = 0] = first.numbers
    const moved = mapPoint(map, { x, y })
    mapPlace(edit, element, { ...axes, tx: 0, ty: 0 })
    return setTransform(edit, element, { ...list, parts: [{ ...first, numbers: [moved.x, moved.y], raw: null }] })
  }
  setTransform(edit, element, listOf(multiply(map, matrixOf(list)), list.separator))
}

/** A copy without width and height of its own has the size of what it copies. */
function canStretch(edit: DocumentEdit, element: SourceElement): boolean {
  if (svgNameOf(element) !== 'use') return true
  return edit.get(element, 'width') !== null && edit.get(element, 'height') !== null
}

/** Turns elements clockwise about a point of the drawing, degrees. */
export function rotateElements(
  edit: DocumentEdit,
  elements: readonly SourceElement[],
  degrees: number,
  centre: Point,
): void {
  for (const element of outermost(elements)) {
    const way = matrixFromDrawing(element)
    const list = readTransform(edit.get(element, 'transform'))
    if (way === null || list === null) continue
    if (isRigid(way)) {
      setTransform(edit, element, rotated(list, mirrored(way) ? -degrees : degrees, mapPoint(way, centre)))
      continue
    }
    const turned = multiply(way, multiply(rotation(degrees, centre), matrixToDrawing(element)))
    setTransform(edit, element, listOf(multiply(turned, matrixOf(list)), list.separator))
  }
}

/** True when a turn stays a turn on the other side: no skewing, the same scale both ways. */
function isRigid({ a, b, c, d }: Matrix): boolean {
  return Math.abs(a * c + b * d) < 1e-9 && Math.abs(Math.hypot(a, b) - Math.hypot(c, d)) < 1e-9
}

function mirrored({ a, b, c, d }: Matrix): boolean {
  return a * d - b * c < 0
}

/** From the coordinates that an element's children are placed in to those of the drawing. */
export function contentMatrix(element: SourceElement): Matrix {
  const list = readTransform(attributeOf(element, 'transform'))
  return multiply(matrixToDrawing(element), list === null ? identity : matrixOf(list))
}

/** Carries out a map of the drawing's coordinates on one element; grouping and moving between groups need it. */
export function mapInParent(edit: DocumentEdit, element: SourceElement, map: Matrix): void {
  const axes = axisMapOf(map)
  if (axes !== null && axes.sx === 1 && axes.sy === 1) return moveInParent(edit, element, { x: axes.tx, y: axes.ty })
  const list = readTransform(edit.get(element, 'transform'))
  if (list !== null) setTransform(edit, element, listOf(multiply(map, matrixOf(list)), list.separator))
}
