// Aligning, distributing, equal sizes: pure arithmetic of boxes in the drawing's coordinates.
import type { Box } from '../../drawing/mimic-box.ts'
import { type Point, unionOf } from './matrix.ts'

export type Alignment = 'left' | 'centre' | 'right' | 'top' | 'middle' | 'bottom'
export type Axis = 'horizontal' | 'vertical'

/** Something with a box; the answer comes back under the same key. */
export type Boxes<Key> = ReadonlyMap<Key, Box>

/**
 * How far each box has to move. They are aligned on the box of `anchor` (an engineer's "last selected"), or on the box
 * around them all.
 */
export function align<Key>(boxes: Boxes<Key>, alignment: Alignment, anchor?: Key): Map<Key, Point> {
  const on = (anchor === undefined ? undefined : boxes.get(anchor)) ?? unionOf(boxes.values())
  const moves = new Map<Key, Point>()
  if (on !== null) for (const [key, box] of boxes) moves.set(key, alignmentDelta(box, on, alignment))
  return moves
}

function alignmentDelta(box: Box, on: Box, alignment: Alignment): Point {
  switch (alignment) {
    case 'left':
      return { x: on.x - box.x, y: 0 }
    case 'centre':
      return { x: on.x + on.width / 2 - box.x - box.width / 2, y: 0 }
    case 'right':
      return { x: on.x + on.width - box.x - box.width, y: 0 }
    case 'top':
      return { x: 0, y: on.y - box.y }
    case 'middle':
      return { x: 0, y: on.y + on.height / 2 - box.y - box.height / 2 }
    case 'bottom':
      return { x: 0, y: on.y + on.height - box.y - box.height }
  }
}

/** Equal gaps between neighbours; the outermost two stay. Fewer than three boxes stay where they are. */
export function distribute<Key>(boxes: Boxes<Key>, axis: Axis): Map<Key, Point> {
  const start = (box: Box) => (axis === 'horizontal' ? box.x : box.y)
  const length = (box: Box) => (axis === 'horizontal' ? box.width : box.height)
  const ordered = [...boxes].sort(([, a], [, b]) => start(a) + length(a) / 2 - start(b) - length(b) / 2)
  const moves = new Map<Key, Point>()
  const first = ordered[0]
  const last = ordered.at(-1)
  if (first === undefined || last === undefined || ordered.length < 3) return moves
  const free =
    start(last[1]) + length(last[1]) - start(first[1]) - ordered.reduce((sum, [, box]) => sum + length(box), 0)
  const gap = free / (ordered.length - 1)
  let at = start(first[1])
  for (const [key, box] of ordered) {
    const delta = at - start(box)
    moves.set(key, axis === 'horizontal' ? { x: delta, y: 0 } : { x: 0, y: delta })
    at += length(box) + gap
  }
  return moves
}

/** The boxes with the width, height or both of `anchor`'s, each about its middle. */
export function sameSize<Key>(boxes: Boxes<Key>, sides: 'width' | 'height' | 'both', anchor: Key): Map<Key, Box> {
  const model = boxes.get(anchor)
  const sized = new Map<Key, Box>()
  if (model === undefined) return sized
  for (const [key, box] of boxes) {
    const width = sides === 'height' ? box.width : model.width
    const height = sides === 'width' ? box.height : model.height
    const x = box.x + (box.width - width) / 2
    sized.set(key, { x, y: box.y + (box.height - height) / 2, width, height })
  }
  return sized
}
