// A line from point to point, as thick as it is said, its ends square.
import type { LabelElement, PrinterResolution } from '../../shared/label.ts'
import { dotsPerMm, toDots, toVisibleDots } from '../layout/dots.ts'
import { Bitmap } from './bitmap.ts'
import { fillPolygons } from './scan-conversion.ts'

export interface DrawnLine {
  readonly bitmap: Bitmap
  /** Where its upper left corner goes; dots. */
  readonly left: number
  readonly top: number
}

/** Lines along the edges of the label are whole dots; `rotate` turns a line about its first point. */
export function drawLine(element: LabelElement & { readonly type: 'line' }, dpi: PrinterResolution): DrawnLine {
  const [toX, toY] = turnedEnd(element)
  const line = toVisibleDots(element.line, dpi)
  if (element.x === toX || element.y === toY) return straight({ ...element, toX, toY }, line, dpi)
  const scale = dotsPerMm(dpi)
  const [x0, y0, x1, y1] = [element.x * scale, element.y * scale, toX * scale, toY * scale]
  const length = Math.sqrt((x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0))
  const acrossX = ((y1 - y0) / length) * (line / 2)
  const acrossY = ((x1 - x0) / length) * (line / 2)
  const corners = [
    x0 + acrossX,
    y0 - acrossY,
    x1 + acrossX,
    y1 - acrossY,
    x1 - acrossX,
    y1 + acrossY,
    x0 - acrossX,
    y0 + acrossY,
  ]
  const xs = corners.filter((_, at) => at % 2 === 0)
  const ys = corners.filter((_, at) => at % 2 === 1)
  const left = Math.floor(Math.min(...xs))
  const top = Math.floor(Math.min(...ys))
  const bitmap = new Bitmap(Math.ceil(Math.max(...xs)) - left + 1, Math.ceil(Math.max(...ys)) - top + 1)
  fillPolygons(bitmap, [corners.map((value, at) => value - (at % 2 === 0 ? left : top))])
  return { bitmap, left, top }
}

function turnedEnd({ x, y, toX, toY, rotate }: LabelElement & { readonly type: 'line' }): [number, number] {
  const [dx, dy] = [toX - x, toY - y]
  if (rotate === 90) return [x - dy, y + dx]
  if (rotate === 180) return [x - dx, y - dy]
  if (rotate === 270) return [x + dy, y - dx]
  return [toX, toY]
}

/** The line is drawn to the right of or below its points, as a box is. */
function straight(
  { x, y, toX, toY }: { readonly x: number; readonly y: number; readonly toX: number; readonly toY: number },
  line: number,
  dpi: PrinterResolution,
): DrawnLine {
  const left = toDots(Math.min(x, toX), dpi)
  const top = toDots(Math.min(y, toY), dpi)
  const width = Math.max(line, toDots(Math.max(x, toX), dpi) - left)
  const height = Math.max(line, toDots(Math.max(y, toY), dpi) - top)
  const bitmap = new Bitmap(width, height)
  bitmap.fill({ x: 0, y: 0, width, height })
  return { bitmap, left, top }
}
