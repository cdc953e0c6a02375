// Outlines to dots. A dot is black when its middle lies inside; a stroke too thin to have a middle in it still gets its dot
// (dropout control of TrueType scan converters). Only + - * / and comparisons decide: the same dots on every machine.
import type { Bitmap } from './bitmap.ts'

/** A closed outline as corners x, y, x, y …, in dots; y downward. */
export type Polygon = readonly number[]

/** Which winding is inside: a letter by `nonzero`. */
export type FillRule = 'nonzero' | 'evenodd'

/** Blackens what the polygons enclose. */
export function fillPolygons(bitmap: Bitmap, polygons: readonly Polygon[], rule: FillRule = 'nonzero'): void {
  const spans = spansOf(polygons, bitmap.height, rule)
  for (const { line, from, to } of spans) {
    const left = Math.ceil(from - 0.5)
    const right = Math.ceil(to - 0.5)
    if (left < right) bitmap.blackenRow(line, left, right)
    else bitmap.blacken(Math.floor((from + to) / 2), line)
  }
  // Thin strokes that lie flat between two rows of middles.
  const upright = polygons.map(turned)
  for (const { line, from, to } of spansOf(upright, bitmap.width, rule))
    if (Math.ceil(from - 0.5) >= Math.ceil(to - 0.5)) bitmap.blacken(line, Math.floor((from + to) / 2))
}

function turned(polygon: Polygon): Polygon {
  const other = new Array<number>(polygon.length)
  for (let at = 0; at < polygon.length; at += 2) {
    other[at] = polygon[at + 1]!
    other[at + 1] = polygon[at]!
  }
  return other
}

interface Span {
  readonly line: number
  readonly from: number
  readonly to: number
}

interface Crossing {
  readonly x: number
  /** +1 downward, −1 upward. */
  readonly winding: number
}

/** What is inside on the middle of each line. */
function spansOf(polygons: readonly Polygon[], lineCount: number, rule: FillRule): Span[] {
  const lines = new Map<number, Crossing[]>()
  for (const polygon of polygons) collectCrossings(polygon, lineCount, lines)
  const spans: Span[] = []
  for (const [line, crossings] of lines) {
    crossings.sort((a, b) => a.x - b.x || a.winding - b.winding)
    let winding = 0
    let from = 0
    for (const crossing of crossings) {
      const before = isInside(winding, rule)
      winding += crossing.winding
      const after = isInside(winding, rule)
      if (!before && after) from = crossing.x
      else if (before && !after) spans.push({ line, from, to: crossing.x })
    }
  }
  return spans
}

function isInside(winding: number, rule: FillRule): boolean {
  return rule === 'nonzero' ? winding !== 0 : (winding & 1) !== 0
}

function collectCrossings(polygon: Polygon, lineCount: number, lines: Map<number, Crossing[]>): void {
  const count = polygon.length
  for (let at = 0; at < count; at += 2) {
    const next = at + 2 < count ? at + 2 : 0
    const x0 = polygon[at]!
    const y0 = polygon[at + 1]!
    const x1 = polygon[next]!
    const y1 = polygon[next + 1]!
    if (y0 === y1) continue
    const isDown = y0 < y1
    const [topX, topY, bottomX, bottomY] = isDown ? [x0, y0, x1, y1] : [x1, y1, x0, y0]
    const first = Math.max(0, Math.ceil(topY - 0.5))
    const last = Math.min(lineCount, Math.ceil(bottomY - 0.5))
    const slope = (bottomX - topX) / (bottomY - topY)
    for (let line = first; line < last; line++) {
      const crossing = { x: topX + (line + 0.5 - topY) * slope, winding: isDown ? 1 : -1 }
      const others = lines.get(line)
      if (others === undefined) lines.set(line, [crossing])
      else others.push(crossing)
    }
  }
}

/** Adds the corners of a quadratic curve to a polygon, from its last corner on. */
export function addQuadratic(polygon: number[], cx: number, cy: number, x: number, y: number): void {
  const x0 = polygon.at(-2)!
  const y0 = polygon.at(-1)!
  const steps = stepsFor(Math.abs(x0 - 2 * cx + x) + Math.abs(y0 - 2 * cy + y))
  for (let step = 1; step < steps; step++) {
    const t = step / steps
    const u = 1 - t
    polygon.push(u * u * x0 + 2 * u * t * cx + t * t * x, u * u * y0 + 2 * u * t * cy + t * t * y)
  }
  polygon.push(x, y)
}

/** Adds the corners of a cubic curve to a polygon, from its last corner on. */
export function addCubic(
  polygon: number[],
  [ax, ay]: readonly [number, number],
  [bx, by]: readonly [number, number],
  [x, y]: readonly [number, number],
): void {
  const x0 = polygon.at(-2)!
  const y0 = polygon.at(-1)!
  const bend =
    Math.abs(x0 - 2 * ax + bx) + Math.abs(y0 - 2 * ay + by) + Math.abs(ax - 2 * bx + x) + Math.abs(ay - 2 * by + y)
  const steps = stepsFor(bend * 1.5)
  for (let step = 1; step < steps; step++) {
    const t = step / steps
    const u = 1 - t
    const a = u * u * u
    const b = 3 * u * u * t
    const c = 3 * u * t * t
    const d = t * t * t
    polygon.push(a * x0 + b * ax + c * bx + d * x, a * y0 + b * ay + c * by + d * y)
  }
  polygon.push(x, y)
}

/** So many straight pieces leave a curve of this bend (dots) less than an eighth of a dot. */
function stepsFor(bend: number): number {
  return Math.min(64, Math.max(1, Math.ceil(Math.sqrt(bend * 2))))
}
