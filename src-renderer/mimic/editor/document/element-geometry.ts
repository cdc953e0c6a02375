// Where an element stands by its own attributes, and the same element elsewhere: x and y of a rect, the numbers of a path,
// the transform of a group. What a person would change is changed, nothing else.
import { attributeOf, svgNameOf } from './attribute-names.ts'
import type { DocumentEdit } from './document-edit.ts'
import { elementWithId } from './id-index.ts'
import { identity, invert, type Matrix, multiply, translation } from './matrix.ts'
import { readLength, restyleLength, restyleNumber } from './number-style.ts'
import { type AxisMap, mapPath, mapPoints } from './path-data.ts'
import { childElements, elementsIn, type SourceElement } from './source-tree.ts'
import { styleOf, withStyle } from './style-text.ts'
import { matrixOf, readTransform } from './transform-list.ts'

/** Attributes that say where an element stands, by what they are. */
interface Geometry {
  readonly x: readonly string[]
  readonly y: readonly string[]
  readonly width: readonly string[]
  readonly height: readonly string[]
}

const boxes: Geometry = { x: ['x'], y: ['y'], width: ['width'], height: ['height'] }
const geometries: Readonly<Record<string, Geometry>> = {
  rect: boxes,
  image: boxes,
  use: boxes,
  svg: boxes,
  foreignObject: boxes,
  circle: { x: ['cx'], y: ['cy'], width: ['r'], height: ['r'] },
  ellipse: { x: ['cx'], y: ['cy'], width: ['rx'], height: ['ry'] },
  line: { x: ['x1', 'x2'], y: ['y1', 'y2'], width: [], height: [] },
}

/** Own transform of an element; null when it is written in a way that is not understood (or in CSS). */
export function ownMatrix(element: SourceElement): Matrix | null {
  if (styleOf(attributeOf(element, 'style'), 'transform') !== null) return null
  const list = readTransform(attributeOf(element, 'transform'))
  return list === null ? null : matrixOf(list)
}

/** From the coordinates in which an element is placed (before its own transform) to those of the drawing. */
export function matrixToDrawing(element: SourceElement): Matrix {
  let matrix = identity
  for (let at = element.parent; at !== null && at.parent !== null; at = at.parent) {
    if (svgNameOf(at) === 'svg') matrix = multiply(viewportMatrix(at), matrix)
    matrix = multiply(ownMatrix(at) ?? identity, matrix)
  }
  return matrix
}

/** A drawing inside the drawing: its x, y and viewBox (fitted and centred, as is the rule without preserveAspectRatio). */
function viewportMatrix(element: SourceElement): Matrix {
  const at = (name: string) => readLength(attributeOf(element, name) ?? '')?.value ?? null
  const x = at('x') ?? 0
  const y = at('y') ?? 0
  const view = attributeOf(element, 'viewBox')
    ?.trim()
    .split(/[\s,]+/)
    .map(Number)
  const width = at('width')
  const height = at('height')
  if (view?.length !== 4 || view.some(Number.isNaN) || width === null || height === null) return translation({ x, y })
  const [left, top, viewWidth, viewHeight] = view as [number, number, number, number]
  const fitted = Math.min(width / viewWidth, height / viewHeight)
  const isStretched = attributeOf(element, 'preserveAspectRatio')?.trim() === 'none'
  const a = isStretched ? width / viewWidth : fitted
  const d = isStretched ? height / viewHeight : fitted
  return {
    a,
    b: 0,
    c: 0,
    d,
    e: x + (width - viewWidth * a) / 2 - left * a,
    f: y + (height - viewHeight * d) / 2 - top * d,
  }
}

/** From the drawing's coordinates to those in which an element is placed; null inside something of no size. */
export function matrixFromDrawing(element: SourceElement): Matrix | null {
  return invert(matrixToDrawing(element))
}

/** True when the element has numbers of its own that place it; groups and the like have a transform instead. */
export function hasOwnPlace(element: SourceElement, root: SourceElement): boolean {
  const name = svgNameOf(element)
  if (name === null) return false
  if (!(name in geometries) && !['polygon', 'polyline', 'path', 'text', 'switch'].includes(name)) return false
  if (name === 'switch') return childElements(element).every((child) => isPlainChild(child, root))
  if (name === 'text' && [...elementsIn(element)].some((inside) => svgNameOf(inside) === 'textPath')) return false
  return canMap(element, name) && !isPaintedInPlace(element, root)
}

function isPlainChild(child: SourceElement, root: SourceElement): boolean {
  return attributeOf(child, 'transform') === null && hasOwnPlace(child, root)
}

function canMap(element: SourceElement, name: string): boolean {
  const still = { sx: 1, sy: 1, tx: 0, ty: 0 }
  if (name === 'path') return mapPath(attributeOf(element, 'd') ?? '', still) !== null
  const geometry = geometries[name]
  if (geometry === undefined) return true
  return [...geometry.x, ...geometry.y].every((attribute) => {
    const written = attributeOf(element, attribute)
    return written === null || readLength(written) !== null
  })
}

/** True when paint or clip of the element stays where it is while its numbers change, so that only a transform takes it along. */
function isPaintedInPlace(element: SourceElement, root: SourceElement): boolean {
  const values = ['fill', 'stroke', 'clip-path', 'mask', 'filter', 'style']
    .map((name) => attributeOf(element, name))
    .filter((value) => value?.includes('url(') === true)
  if (values.length === 0) return false
  return values.some((value) =>
    [...value!.matchAll(/url\(\s*["']?#([^"')]+)["']?\s*\)/g)].some((match) => standsInUserSpace(match[1]!, root)),
  )
}

function standsInUserSpace(id: string, root: SourceElement, depth = 0): boolean {
  const element = elementWithId(root, id)
  if (element === null) return false
  const name = svgNameOf(element)
  switch (name) {
    case 'clipPath':
      return attributeOf(element, 'clipPathUnits') !== 'objectBoundingBox'
    case 'mask':
      return attributeOf(element, 'maskContentUnits') !== 'objectBoundingBox'
    case 'linearGradient':
    case 'radialGradient':
    case 'pattern': {
      const units = attributeOf(element, name === 'pattern' ? 'patternUnits' : 'gradientUnits')
      const of = attributeOf(element, 'href') ?? attributeOf(element, 'xlink:href')
      if (units !== null || !of?.startsWith('#') || depth > 8) return units === 'userSpaceOnUse'
      return standsInUserSpace(of.slice(1), root, depth + 1)
    }
    default:
      return false
  }
}

/** Maps the numbers of an element that {@link hasOwnPlace}; its transform stays. Texts change their size by `sy`. */
export function mapPlace(edit: DocumentEdit, element: SourceElement, map: AxisMap): void {
  const name = svgNameOf(element)!
  switch (name) {
    case 'switch':
      for (const child of childElements(element)) mapPlace(edit, child, map)
      return
    case 'polygon':
    case 'polyline':
      return edit.map(element, 'points', (points) => mapPoints(points, map))
    case 'path':
      return edit.map(element, 'd', (d) => mapPath(d, map))
    case 'text':
      return mapText(edit, element, map)
    case 'circle':
      return mapCircle(edit, element, map)
    default:
      return mapGeometry(edit, element, geometries[name]!, map)
  }
}

function mapGeometry(edit: DocumentEdit, element: SourceElement, geometry: Geometry, map: AxisMap): void {
  for (const name of geometry.x) mapLength(edit, element, name, map.sx, map.tx)
  for (const name of geometry.y) mapLength(edit, element, name, map.sy, map.ty)
  for (const name of geometry.width) if (edit.get(element, name) !== null) mapLength(edit, element, name, map.sx, 0)
  for (const name of geometry.height) if (edit.get(element, name) !== null) mapLength(edit, element, name, map.sy, 0)
}

/** A missing length is 0 and is written only when it becomes another. */
function mapLength(edit: DocumentEdit, element: SourceElement, name: string, scale: number, shift: number): void {
  const written = edit.get(element, name)
  const before = written === null ? 0 : readLength(written)?.value
  if (before === undefined) return
  const value = before * scale + shift
  if (written === null && Math.abs(value) < 0.005) return
  edit.set(element, name, restyleLength(written ?? '', value))
}

/** A circle stays one: it takes the smaller of both scales and the middle of its new box. */
function mapCircle(edit: DocumentEdit, element: SourceElement, map: AxisMap): void {
  mapLength(edit, element, 'cx', map.sx, map.tx)
  mapLength(edit, element, 'cy', map.sy, map.ty)
  mapLength(edit, element, 'r', Math.min(Math.abs(map.sx), Math.abs(map.sy)), 0)
}

function mapText(edit: DocumentEdit, text: SourceElement, map: AxisMap): void {
  for (const element of elementsIn(text)) {
    mapNumberList(edit, element, 'x', element === text, map.sx, map.tx)
    mapNumberList(edit, element, 'y', element === text, map.sy, map.ty)
    const scale = map.sy === 1 ? map.sx : map.sy
    if (scale !== 1) scaleFont(edit, element, element === text, Math.abs(scale))
  }
}

function mapNumberList(
  edit: DocumentEdit,
  element: SourceElement,
  name: string,
  isNeeded: boolean,
  scale: number,
  shift: number,
): void {
  const written = edit.get(element, name)
  if (written === null) return isNeeded ? mapLength(edit, element, name, scale, shift) : undefined
  if (readLength(written) !== null) return mapLength(edit, element, name, scale, shift)
  const mapped = written.replaceAll(/[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w%])/g, (number) =>
    restyleNumber(number, Number(number) * scale + shift),
  )
  edit.set(element, name, mapped)
}

/** Font sizes stand in an attribute or a style; the text itself gets one when it only inherits. */
function scaleFont(edit: DocumentEdit, element: SourceElement, isText: boolean, scale: number): void {
  const style = edit.get(element, 'style')
  const styled = styleOf(style, 'font-size')
  if (styled !== null) {
    const length = readLength(styled)
    if (length !== null)
      edit.set(element, 'style', withStyle(style, 'font-size', restyleLength(styled, length.value * scale)))
    return
  }
  const written = edit.get(element, 'font-size')
  if (written === null && !isText) return
  const size = readLength(written ?? inheritedFontSize(element))
  if (size !== null) edit.set(element, 'font-size', restyleLength(written ?? '', size.value * scale))
}

function inheritedFontSize(element: SourceElement): string {
  for (let at = element.parent; at !== null; at = at.parent) {
    const size = styleOf(attributeOf(at, 'style'), 'font-size') ?? attributeOf(at, 'font-size')
    if (size !== null) return size
  }
  return '16'
}
