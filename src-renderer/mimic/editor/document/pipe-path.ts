// The way of a pipe as its element writes it: a line, a polyline or a path.
import { attributeOf, svgNameOf } from './attribute-names.ts'
import type { DocumentEdit } from './document-edit.ts'
import type { Point } from './matrix.ts'
import { formatNumber } from './number-style.ts'
import { cornersOf } from './path-data.ts'
import type { SourceElement } from './source-tree.ts'

/** Corners of a pipe in its own coordinates; null for curves. */
export function pipeCorners(pipe: SourceElement): Point[] | null {
  const number = (name: string) => Number(attributeOf(pipe, name) ?? 0)
  switch (svgNameOf(pipe)) {
    case 'line':
      return [
        { x: number('x1'), y: number('y1') },
        { x: number('x2'), y: number('y2') },
      ]
    case 'polyline': {
      const numbers =
        attributeOf(pipe, 'points')
          ?.match(/[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/g)
          ?.map(Number) ?? []
      return Array.from({ length: numbers.length >> 1 }, (_, index) => ({
        x: numbers[index * 2]!,
        y: numbers[index * 2 + 1]!,
      }))
    }
    default:
      return cornersOf(attributeOf(pipe, 'd') ?? '')
  }
}

/** Writes corners in the pipe's own coordinates, in the way the element is written. */
export function writeCorners(edit: DocumentEdit, pipe: SourceElement, corners: readonly Point[]): void {
  switch (svgNameOf(pipe)) {
    case 'line': {
      const [first, last] = [corners[0]!, corners.at(-1)!]
      edit.set(pipe, 'x1', formatNumber(first.x))
      edit.set(pipe, 'y1', formatNumber(first.y))
      edit.set(pipe, 'x2', formatNumber(last.x))
      return edit.set(pipe, 'y2', formatNumber(last.y))
    }
    case 'polyline':
      return edit.set(pipe, 'points', corners.map(({ x, y }) => `${formatNumber(x)},${formatNumber(y)}`).join(' '))
    default:
      edit.set(pipe, 'd', pathOf(corners))
  }
}

/** `M10 20 H40 V60`: corners as a person writes them; slanting lines as `L`. */
export function pathOf(corners: readonly Point[]): string {
  const written = corners.map(({ x, y }) => ({ x: formatNumber(x), y: formatNumber(y) }))
  return written
    .map(({ x, y }, index) => {
      const before = written[index - 1]
      if (before === undefined) return `M${x} ${y}`
      if (before.y === y) return `H${x}`
      return before.x === x ? `V${y}` : `L${x} ${y}`
    })
    .join(' ')
}
