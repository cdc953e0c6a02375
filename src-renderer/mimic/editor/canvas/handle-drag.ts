// Arithmetic of handles: which box results when a handle is pulled, and by how much something is turned.
import type { Box } from '../../drawing/mimic-box.ts'
import type { ResizeHandle } from './canvas-overlay.ts'
import type { Point } from './canvas-viewport.ts'

/** Nothing gets smaller than this; units of the drawing. */
const smallestSide = 1

/**
 * The box after a handle was pulled by (x, y). With `isProportional` width and height keep their ratio. It never turns over and
 * never vanishes.
 */
export function resizedBox(box: Box, handle: ResizeHandle, by: Point, isProportional: boolean): Box {
  const isWest = handle.includes('w')
  const isNorth = handle.includes('n')
  const changesWidth = isWest || handle.includes('e')
  const changesHeight = isNorth || handle.includes('s')
  let width = changesWidth ? Math.max(smallestSide, box.width + (isWest ? -by.x : by.x)) : box.width
  let height = changesHeight ? Math.max(smallestSide, box.height + (isNorth ? -by.y : by.y)) : box.height
  if (isProportional && box.width > 0 && box.height > 0) {
    const factor =
      changesWidth && changesHeight
        ? Math.max(width / box.width, height / box.height)
        : changesWidth
          ? width / box.width
          : height / box.height
    width = box.width * factor
    height = box.height * factor
  }
  return {
    x: isWest ? box.x + box.width - width : box.x,
    y: isNorth ? box.y + box.height - height : box.y,
    width,
    height,
  }
}

/** Degrees clockwise by which a pull from one point to another turns about a middle, in whole steps. */
export function turnedBy(middle: Point, from: Point, to: Point, step: number): number {
  const angle = (point: Point) => (Math.atan2(point.y - middle.y, point.x - middle.x) * 180) / Math.PI
  const degrees = Math.round((angle(to) - angle(from)) / step) * step
  return (((degrees % 360) + 540) % 360) - 180
}
