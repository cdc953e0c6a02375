// The way of a pipe: at right angles, out of the side its port is on, around the two things it joins. Of all such ways the
// one with few bends and then the shortest; a way between parallel sides bends half-way.
import type { Box } from '../../drawing/mimic-box.ts'
import type { Point } from './matrix.ts'

export type Side = 'left' | 'right' | 'top' | 'bottom'

/** One end of a pipe. */
export interface PipeEnd {
  readonly at: Point
  /** Side it leaves by; null = any (a port in the middle, or an end that is joined to nothing). */
  readonly side: Side | null
  /** What the pipe must not cross; null when it is joined to nothing. */
  readonly box: Box | null
}

/** How far a pipe goes straight out of a port where there is room, units of the drawing. */
export const stubLength = 20
/** A bend counts like so many units of way. */
const bendCost = 60

const outward: Readonly<Record<Side, Point>> = {
  left: { x: -1, y: 0 },
  right: { x: 1, y: 0 },
  top: { x: 0, y: -1 },
  bottom: { x: 0, y: 1 },
}

/** Corners of the way from one end to the other, both ends included; neighbours differ in x or in y. */
export function routePipe(from: PipeEnd, to: PipeEnd): Point[] {
  const start = stubEnd(from, to)
  const end = stubEnd(to, from)
  const obstacles = [from, to].flatMap((pipeEnd) =>
    pipeEnd.side === null || pipeEnd.box === null ? [] : [pipeEnd.box],
  )
  const way = search(start, end, from, to, obstacles) ?? [start, { x: end.x, y: start.y }, end]
  return withoutNeedless([from.at, ...way, to.at])
}

/** Where the way may first bend; half of the room when the two sides face each other closely. */
function stubEnd(own: PipeEnd, other: PipeEnd): Point {
  if (own.side === null) return own.at
  const way = outward[own.side]
  const ahead = (other.at.x - own.at.x) * way.x + (other.at.y - own.at.y) * way.y
  const faces = other.side !== null && outward[other.side].x === -way.x && outward[other.side].y === -way.y
  const length = faces && ahead > 0 ? Math.min(stubLength, ahead / 2) : stubLength
  return { x: own.at.x + way.x * length, y: own.at.y + way.y * length }
}

interface Visit {
  readonly xIndex: number
  readonly yIndex: number
  /** 0 = along x, 1 = along y. */
  readonly axis: 0 | 1
  readonly cost: number
  readonly before: Visit | null
}

/** Dijkstra over the few lines a bend can lie on. */
function search(start: Point, end: Point, from: PipeEnd, to: PipeEnd, obstacles: readonly Box[]): Point[] | null {
  const xs = lines(start.x, end.x, from.box, to.box, 'x')
  const ys = lines(start.y, end.y, from.box, to.box, 'y')
  const middle = { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 }
  const open: Visit[] = []
  const origin = { xIndex: xs.indexOf(start.x), yIndex: ys.indexOf(start.y) }
  for (const axis of axesOf(from.side)) open.push({ ...origin, axis, cost: 0, before: null })
  const done = new Set<number>()
  while (open.length > 0) {
    const visit = takeCheapest(open)
    const key = (visit.xIndex * ys.length + visit.yIndex) * 2 + visit.axis
    if (done.has(key)) continue
    done.add(key)
    if (xs[visit.xIndex] === end.x && ys[visit.yIndex] === end.y) {
      const lastAxes = axesOf(to.side)
      if (lastAxes.includes(visit.axis)) return wayOf(visit, xs, ys)
      // It may also bend right before the port.
      const next = { ...visit, axis: lastAxes[0]! }
      open.push({ ...next, cost: visit.cost + stepCost(visit, next, end, end, middle), before: visit })
    }
    for (const next of neighbours(visit, xs, ys)) {
      const a = { x: xs[visit.xIndex]!, y: ys[visit.yIndex]! }
      const b = { x: xs[next.xIndex]!, y: ys[next.yIndex]! }
      if (obstacles.some((box) => crosses(a, b, box)) || turnsBack(visit, a, b, from)) continue
      open.push({ ...next, cost: visit.cost + stepCost(visit, next, a, b, middle), before: visit })
    }
  }
  return null
}

/** Out of a port a pipe goes on straight or bends; it never goes back into it. */
function turnsBack(visit: Visit, a: Point, b: Point, from: PipeEnd): boolean {
  if (visit.before !== null || from.side === null) return false
  const way = outward[from.side]
  return (b.x - a.x) * way.x + (b.y - a.y) * way.y < 0
}

function axesOf(side: Side | null): (0 | 1)[] {
  if (side === null) return [0, 1]
  return side === 'left' || side === 'right' ? [0] : [1]
}

/** Coordinates at which a way may bend. */
function lines(start: number, end: number, from: Box | null, to: Box | null, axis: 'x' | 'y'): number[] {
  const found = new Set([start, end, (start + end) / 2])
  const length = axis === 'x' ? 'width' : 'height'
  for (const box of [from, to]) {
    if (box === null) continue
    found.add(box[axis] - stubLength)
    found.add(box[axis] + box[length] + stubLength)
  }
  if (from !== null && to !== null) {
    found.add((from[axis] + from[length] + to[axis]) / 2)
    found.add((to[axis] + to[length] + from[axis]) / 2)
  }
  return [...found].sort((a, b) => a - b)
}

function takeCheapest(open: Visit[]): Visit {
  let best = 0
  for (let index = 1; index < open.length; index++) if (open[index]!.cost < open[best]!.cost) best = index
  const [visit] = open.splice(best, 1)
  return visit!
}

function neighbours(
  { xIndex, yIndex }: Visit,
  xs: readonly number[],
  ys: readonly number[],
): Pick<Visit, 'xIndex' | 'yIndex' | 'axis'>[] {
  const found: Pick<Visit, 'xIndex' | 'yIndex' | 'axis'>[] = []
  if (xIndex > 0) found.push({ xIndex: xIndex - 1, yIndex, axis: 0 })
  if (xIndex + 1 < xs.length) found.push({ xIndex: xIndex + 1, yIndex, axis: 0 })
  if (yIndex > 0) found.push({ xIndex, yIndex: yIndex - 1, axis: 1 })
  if (yIndex + 1 < ys.length) found.push({ xIndex, yIndex: yIndex + 1, axis: 1 })
  return found
}

/** Way, bends, and of equal ones that which bends nearest to half-way. */
function stepCost(visit: Visit, next: Pick<Visit, 'axis'>, a: Point, b: Point, middle: Point): number {
  const way = Math.abs(a.x - b.x) + Math.abs(a.y - b.y)
  if (visit.axis === next.axis) return way
  return way + bendCost + 0.001 * (next.axis === 1 ? Math.abs(a.x - middle.x) : Math.abs(a.y - middle.y))
}

/** Does the line pass through the inside of the box? Along its edge does not count. */
function crosses(a: Point, b: Point, { x, y, width, height }: Box): boolean {
  const edge = 0.01
  return (
    Math.max(a.x, b.x) > x + edge &&
    Math.min(a.x, b.x) < x + width - edge &&
    Math.max(a.y, b.y) > y + edge &&
    Math.min(a.y, b.y) < y + height - edge
  )
}

function wayOf(last: Visit, xs: readonly number[], ys: readonly number[]): Point[] {
  const points: Point[] = []
  for (let visit: Visit | null = last; visit !== null; visit = visit.before)
    points.unshift({ x: xs[visit.xIndex]!, y: ys[visit.yIndex]! })
  return points
}

/** Corners without those that lie on a straight line between their neighbours, or on top of one. */
export function withoutNeedless(points: readonly Point[]): Point[] {
  const kept: Point[] = []
  for (const point of points) {
    const last = kept.at(-1)
    if (last !== undefined && Math.abs(last.x - point.x) < 0.005 && Math.abs(last.y - point.y) < 0.005) continue
    const beforeLast = kept.at(-2)
    if (last !== undefined && beforeLast !== undefined && isStraight(beforeLast, last, point)) kept.pop()
    kept.push(point)
  }
  return kept
}

function isStraight(a: Point, b: Point, c: Point): boolean {
  const near = (one: number, two: number) => Math.abs(one - two) < 0.005
  return (near(a.x, b.x) && near(b.x, c.x)) || (near(a.y, b.y) && near(b.y, c.y))
}
