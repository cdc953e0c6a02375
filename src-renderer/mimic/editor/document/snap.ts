// Snapping of what is being dragged: to edges and centres of other things, to ports, else to the grid. Coordinates of the
// drawing; the reach is the caller's, who knows the zoom.
import type { Box } from '../../drawing/mimic-box.ts'
import type { Point } from './matrix.ts'

/** A line to draw while something snaps to it; it reaches over both things. */
export interface GuideLine {
  readonly axis: 'x' | 'y'
  /** Position on `axis`. */
  readonly at: number
  /** Its ends on the other axis. */
  readonly from: number
  readonly to: number
}

export interface SnapTargets {
  /** Boxes of things that stay. */
  readonly boxes: readonly Box[]
  /** Connection points of things that stay. */
  readonly ports?: readonly Point[]
  /** Distance of the grid's lines, null = no grid. */
  readonly grid: number | null
  /** How near counts, units of the drawing. */
  readonly reach: number
}

export interface Snap {
  /** To be added to the wanted displacement. */
  readonly delta: Point
  readonly guides: readonly GuideLine[]
}

interface Fit {
  readonly distance: number
  readonly delta: number
  readonly guide: GuideLine | null
}

/** Correction for a box that would stand at `box`; `ports` are its own connection points there. */
export function snapBox(box: Box, targets: SnapTargets, ports: readonly Point[] = []): Snap {
  const x = fitAxis('x', box, ports, targets)
  const y = fitAxis('y', box, ports, targets)
  return {
    delta: { x: x?.delta ?? 0, y: y?.delta ?? 0 },
    guides: [x?.guide, y?.guide].filter((guide) => guide !== null && guide !== undefined),
  }
}

/** Correction for a point: the end of a line, the corner of a pipe, the handle of a box. */
export function snapPoint(point: Point, targets: SnapTargets): Snap {
  return snapBox({ ...point, width: 0, height: 0 }, targets)
}

const other = { x: 'y', y: 'x' } as const
const lengths = { x: 'width', y: 'height' } as const

/** Start, middle and end of a box on an axis. */
function marks(box: Box, axis: 'x' | 'y'): number[] {
  const start = box[axis]
  const length = box[lengths[axis]]
  return length === 0 ? [start] : [start, start + length / 2, start + length]
}

function fitAxis(axis: 'x' | 'y', box: Box, ports: readonly Point[], targets: SnapTargets): Fit | null {
  const across = other[axis]
  const own = [...marks(box, axis), ...ports.map((port) => port[axis])]
  let best: Fit | null = null
  const consider = (mark: number, at: number, from: number, to: number) => {
    const distance = Math.abs(at - mark)
    if (distance > targets.reach || (best !== null && distance >= best.distance)) return
    best = { distance, delta: at - mark, guide: { axis, at, from, to } }
  }
  const ownStart = box[across]
  const ownEnd = ownStart + box[lengths[across]]
  for (const target of targets.boxes) {
    const from = Math.min(ownStart, target[across])
    const to = Math.max(ownEnd, target[across] + target[lengths[across]])
    for (const at of marks(target, axis)) for (const mark of own) consider(mark, at, from, to)
  }
  for (const port of targets.ports ?? [])
    for (const mark of own) consider(mark, port[axis], Math.min(ownStart, port[across]), Math.max(ownEnd, port[across]))
  return best ?? fitGrid(own[0]!, targets)
}

function fitGrid(mark: number, { grid, reach }: SnapTargets): Fit | null {
  if (grid === null || grid <= 0) return null
  const delta = Math.round(mark / grid) * grid - mark
  return Math.abs(delta) > Math.max(reach, grid / 2) ? null : { distance: Math.abs(delta), delta, guide: null }
}
