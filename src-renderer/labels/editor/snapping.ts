// While something is dragged it keeps to lines that mean something: edges and middles of the label and of the other elements.
import type { Area } from './label-document.ts'

/** A line something keeps to; mm from the left (`x`) or from the top (`y`). */
export interface Guide {
  readonly axis: 'x' | 'y'
  readonly at: number
}

/** How far to go on from where the hand is, and what is kept to; mm. */
export interface Snap {
  readonly dx: number
  readonly dy: number
  readonly guides: readonly Guide[]
}

export interface SnapField {
  readonly width: number
  readonly height: number
  /** Elements that stay where they are. */
  readonly others: readonly Area[]
  /** Nearer than this is meant; mm. */
  readonly reach: number
}

/** What is dragged as a whole stands at `area`: its edges and its middle find the nearest lines. */
export function snapMoved(area: Area, field: SnapField): Snap {
  const x = nearest([area.x, area.x + area.width / 2, area.x + area.width], linesOf('x', field), field.reach)
  const y = nearest([area.y, area.y + area.height / 2, area.y + area.height], linesOf('y', field), field.reach)
  return snapOf(x, y)
}

/** The lower right corner is dragged: only the right and the lower edge find lines. */
export function snapResized(area: Area, field: SnapField): Snap {
  const x = nearest([area.x + area.width], linesOf('x', field), field.reach)
  const y = nearest([area.y + area.height], linesOf('y', field), field.reach)
  return snapOf(x, y)
}

/** The smallest frame around all of them; null = there are none. */
export function frameOf(areas: readonly Area[]): Area | null {
  if (areas.length === 0) return null
  const x = Math.min(...areas.map((area) => area.x))
  const y = Math.min(...areas.map((area) => area.y))
  return {
    x,
    y,
    width: Math.max(...areas.map((area) => area.x + area.width)) - x,
    height: Math.max(...areas.map((area) => area.y + area.height)) - y,
  }
}

function snapOf(x: Found | null, y: Found | null): Snap {
  return {
    dx: x?.by ?? 0,
    dy: y?.by ?? 0,
    guides: [
      ...(x === null ? [] : [{ axis: 'x' as const, at: x.at }]),
      ...(y === null ? [] : [{ axis: 'y' as const, at: y.at }]),
    ],
  }
}

function linesOf(axis: 'x' | 'y', { width, height, others }: SnapField): readonly number[] {
  const length = axis === 'x' ? width : height
  return [0, length / 2, length].concat(
    others.flatMap((area) => {
      const begin = area[axis]
      const size = axis === 'x' ? area.width : area.height
      return [begin, begin + size / 2, begin + size]
    }),
  )
}

interface Found {
  readonly at: number
  readonly by: number
}

function nearest(edges: readonly number[], lines: readonly number[], reach: number): Found | null {
  let found: Found | null = null
  for (const at of lines)
    for (const edge of edges) {
      const by = at - edge
      if (Math.abs(by) <= reach && (found === null || Math.abs(by) < Math.abs(found.by))) found = { at, by }
    }
  return found
}
