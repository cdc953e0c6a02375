// Affine maps of the plane as SVG writes them: x' = a x + c y + e, y' = b x + d y + f.
import type { Box } from '../../drawing/mimic-box.ts'

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Matrix {
  readonly a: number
  readonly b: number
  readonly c: number
  readonly d: number
  readonly e: number
  readonly f: number
}

export const identity: Matrix = { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 }

/** First `inner`, then `outer`. */
export function multiply(outer: Matrix, inner: Matrix): Matrix {
  return {
    a: outer.a * inner.a + outer.c * inner.b,
    b: outer.b * inner.a + outer.d * inner.b,
    c: outer.a * inner.c + outer.c * inner.d,
    d: outer.b * inner.c + outer.d * inner.d,
    e: outer.a * inner.e + outer.c * inner.f + outer.e,
    f: outer.b * inner.e + outer.d * inner.f + outer.f,
  }
}

/** The way back; null for a map that squeezes the plane into a line. */
export function invert({ a, b, c, d, e, f }: Matrix): Matrix | null {
  const determinant = a * d - b * c
  if (!Number.isFinite(determinant) || Math.abs(determinant) < 1e-12) return null
  const inverse = { a: d / determinant, b: -b / determinant, c: -c / determinant, d: a / determinant }
  return { ...inverse, e: -(inverse.a * e + inverse.c * f), f: -(inverse.b * e + inverse.d * f) }
}

export function mapPoint({ a, b, c, d, e, f }: Matrix, { x, y }: Point): Point {
  return { x: a * x + c * y + e, y: b * x + d * y + f }
}

/** Where a displacement leads, translation left out. */
export function mapDelta(matrix: Matrix, { x, y }: Point): Point {
  return mapPoint({ ...matrix, e: 0, f: 0 }, { x, y })
}

/** The smallest upright box around a mapped box. */
export function mapBox(matrix: Matrix, { x, y, width, height }: Box): Box {
  return boxAround([
    mapPoint(matrix, { x, y }),
    mapPoint(matrix, { x: x + width, y }),
    mapPoint(matrix, { x, y: y + height }),
    mapPoint(matrix, { x: x + width, y: y + height }),
  ])
}

/** The smallest box around points; there must be one. */
export function boxAround(points: readonly Point[]): Box {
  const xs = points.map((point) => point.x)
  const ys = points.map((point) => point.y)
  const x = Math.min(...xs)
  const y = Math.min(...ys)
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y }
}

/** The smallest box around boxes; null for none. */
export function unionOf(boxes: Iterable<Box>): Box | null {
  const corners: Point[] = []
  for (const { x, y, width, height } of boxes) corners.push({ x, y }, { x: x + width, y: y + height })
  return corners.length === 0 ? null : boxAround(corners)
}

export function translation({ x, y }: Point): Matrix {
  return { ...identity, e: x, f: y }
}

/** Turns clockwise on screen by so many degrees about a point. */
export function rotation(degrees: number, { x, y }: Point): Matrix {
  const radians = (degrees * Math.PI) / 180
  const cos = Math.cos(radians)
  const sin = Math.sin(radians)
  return { a: cos, b: sin, c: -sin, d: cos, e: x - cos * x + sin * y, f: y - sin * x - cos * y }
}

/** The map that takes one box to another; a side of length 0 keeps its scale. */
export function boxMap(from: Box, to: Box): Matrix {
  const a = from.width === 0 ? 1 : to.width / from.width
  const d = from.height === 0 ? 1 : to.height / from.height
  return { a, b: 0, c: 0, d, e: to.x - from.x * a, f: to.y - from.y * d }
}
