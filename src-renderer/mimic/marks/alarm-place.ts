// Where an alarm mark stands: beside its element, where it hides nothing. Units are those of the drawing.
import { type Box, contains, sharedArea } from '../drawing/mimic-box.ts'

/** Share of a mark that may touch something: edges that meet are not cover. */
const touch = 0.02

/** What an alarm mark keeps off. */
export interface PlaceAround {
  /** Texts and bound elements of the drawing, marks that stand already. */
  readonly obstacles: readonly Box[]
  /** The whole drawing: a mark outside of it would not be seen. */
  readonly drawing: Box
}

/** An element beside which a mark is wanted. */
export interface MarkedElement {
  readonly box: Box
  readonly isText: boolean
  /** Longer values reach further to the left. */
  readonly growsLeft: boolean
  /** Room that the sign of its quality takes beside a text, or at the upper right corner of anything else. */
  readonly signRoom: number
}

/**
 * Middle of a mark of this half width: the first place beside the element where nothing stands, else the one that hides least.
 * The element itself is never covered.
 */
export function placeBeside(element: MarkedElement, half: number, around: PlaceAround): { x: number; y: number } {
  const relevant = around.obstacles.filter(
    (obstacle) => !contains(obstacle, element.box) && !contains(element.box, obstacle),
  )
  let best: { x: number; y: number } | null = null
  let least = Number.POSITIVE_INFINITY
  for (const place of places(element, half)) {
    const box = { x: place.x - half, y: place.y - half, width: 2 * half, height: 2 * half }
    const outside = 4 * half * half - sharedArea(box, around.drawing)
    const hidden = relevant.reduce((sum, obstacle) => sum + sharedArea(box, obstacle), outside * 10)
    if (hidden >= least) continue
    best = place
    least = hidden
    if (hidden <= touch * 4 * half * half) break
  }
  return best ?? { x: element.box.x - half, y: element.box.y + half }
}

/** Places beside an element, the usual one first. */
function places(
  { box, isText, growsLeft, signRoom }: MarkedElement,
  half: number,
): readonly { x: number; y: number }[] {
  const left = box.x - half
  const right = box.x + box.width + half
  const above = box.y - half
  const below = box.y + box.height + half
  const middle = box.y + box.height / 2
  const atStart = box.x + half
  const atEnd = box.x + box.width - half
  if (isText) {
    const beyondLeft = { x: left - signRoom, y: middle }
    const beyondRight = { x: right + signRoom, y: middle }
    const beside = growsLeft
      ? [beyondLeft, { x: right, y: middle }, beyondRight]
      : [beyondRight, { x: left, y: middle }, beyondLeft]
    return [
      ...beside,
      { x: atEnd, y: above },
      { x: atStart, y: above },
      { x: atEnd, y: below },
      { x: atStart, y: below },
    ]
  }
  return [
    { x: left, y: box.y + half },
    { x: right, y: box.y + half + signRoom },
    { x: atStart, y: above },
    { x: left, y: middle },
    { x: right, y: middle },
    { x: atStart, y: below },
    { x: atEnd, y: below },
    { x: left, y: box.y + box.height - half },
    { x: atEnd - signRoom, y: above },
  ]
}
