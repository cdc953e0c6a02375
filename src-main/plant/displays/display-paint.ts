// What a shape is painted with in the end: a class of the theme wins over what is drawn, a style of its own over both
// (mimic.css works with classes, programs draw with attributes).
import { alarmClasses, classLooks, themeColours } from '../../shared/display-style.ts'
import { type Colour, parseColour } from './display-colour.ts'
import { around, type DrawnElement } from './display-drawing.ts'
import { area, BoxGrid, holds, sharedArea } from './display-geometry.ts'

/** In the light and the dark theme. */
export interface Paint {
  readonly light: Colour
  readonly dark: Colour
  /** By a class of the theme, or drawn. */
  readonly isThemed: boolean
}

/** `none`: nothing is painted. `unknown`: a gradient, a binding, another class. */
export type PaintOrNot = Paint | 'none' | 'unknown'

const paints: ReadonlyMap<string, Paint> = new Map(
  Object.entries(themeColours).map(([name, { light, dark }]) => [
    name,
    { light: parseColour(light)!, dark: parseColour(dark)!, isThemed: true },
  ]),
)

/** The ground of the screen, where a drawing has none of its own. */
export const screenGround = paints.get('ground')!

export function paintOf(element: DrawnElement, property: 'fill' | 'stroke'): PaintOrNot {
  for (let at: DrawnElement | null = element; at !== null; at = at.parent) {
    if (at.bindings.has(property)) return 'unknown'
    const own = ownPaint(at, property)
    if (own !== null) return own
  }
  return property === 'fill' ? drawn('#000000') : 'none'
}

function ownPaint(element: DrawnElement, property: 'fill' | 'stroke'): PaintOrNot | null {
  const style = element.attribute('style')
  const isInStyle = style !== undefined && new RegExp(`(^|;)\\s*${property}\\s*:`).test(style)
  if (!isInStyle && element.classes.length > 0) {
    let themed: PaintOrNot | null = null
    for (const [name, look] of Object.entries(classLooks)) {
      const colour = element.classes.includes(name) ? look[property] : undefined
      if (colour !== undefined) themed = colour === 'none' ? 'none' : paints.get(colour)!
    }
    if (themed !== null) return themed
  }
  const text = element.ownLook(property)
  if (text === undefined) return null
  const opacity = Number(element.ownLook(`${property}-opacity`) ?? 1)
  return opacity === 0 ? 'none' : drawn(text)
}

function drawn(text: string): PaintOrNot {
  const plain = text.trim()
  if (plain === 'none' || plain === 'transparent') return 'none'
  const token = /^var\(--([\w-]+)/.exec(plain)?.[1]
  const themed = token === undefined ? undefined : paints.get(token)
  if (themed !== undefined) return themed
  const colour = plain.toLowerCase() === 'currentcolor' ? null : parseColour(plain)
  return colour === null ? 'unknown' : { light: colour, dark: colour, isThemed: false }
}

/** Is it an alarm mark, or a part of one? */
export function isAlarmMark(element: DrawnElement): boolean {
  const isMarked = ({ classes }: DrawnElement) => classes.some((name) => alarmClasses.has(name))
  if (isMarked(element)) return true
  for (const outer of around(element)) if (isMarked(outer)) return true
  return false
}

const areaShapes = new Set(['rect', 'circle', 'ellipse', 'path', 'polygon'])

/** More shapes than this over each other are no ground that anybody drew. */
const mostGrounds = 1000

/** What lies under texts: filled shapes in the order in which they are painted. */
export class Grounds {
  readonly #shapes: BoxGrid<DrawnElement>

  /** `size`: length of the drawing's longer side. */
  constructor(elements: readonly DrawnElement[], size: number) {
    const isGround = (element: DrawnElement) =>
      !element.isHidden && areaShapes.has(element.name) && element.box !== null && paintOf(element, 'fill') !== 'none'
    this.#shapes = new BoxGrid(elements.filter(isGround), size)
  }

  /** The shape painted last below an element at a place; null = the ground of the screen, `unknown` where too many lie there. */
  below(element: DrawnElement, x: number, y: number): DrawnElement | null | 'unknown' {
    let found: DrawnElement | null = null
    let count = 0
    for (const shape of this.#shapes.near({ x, y, width: 0, height: 0 }, 0, mostGrounds + 1)) {
      if (++count > mostGrounds) return 'unknown'
      if (shape.index < element.index && (found === null || shape.index > found.index) && covers(shape, x, y))
        found = shape
    }
    return found
  }
}

function covers({ name, box }: DrawnElement, x: number, y: number): boolean {
  if (box === null || !holds(box, x, y)) return false
  if (name !== 'circle' && name !== 'ellipse') return true
  const [across, down] = [box.width / 2, box.height / 2]
  return ((x - box.x - across) / across) ** 2 + ((y - box.y - down) / down) ** 2 <= 1
}

/** Filled shapes that take up at least so much of the drawing. */
export function largeShapes(
  elements: readonly DrawnElement[],
  viewBox: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  part: number,
): readonly DrawnElement[] {
  const least = area(viewBox) * part
  return elements.filter(
    (element) =>
      !element.isHidden &&
      areaShapes.has(element.name) &&
      element.box !== null &&
      least > 0 &&
      sharedArea(element.box, viewBox) >= least,
  )
}
