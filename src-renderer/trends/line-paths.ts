// The line of a pen as shapes of a canvas. Extremes are never lost: a bucket reaches from its lowest to its highest value, and of
// many samples in one pixel the lowest and the highest are drawn.
import { isSteppedPen } from './pen-stretches.ts'
import { type PenTrace, rowKinds, rowQualities } from './pen-trace.ts'
import type { PenPicture } from './trend-picture.ts'

/** Where a line is drawn: times and values to canvas px. */
export interface LineFrame {
  readonly from: number
  readonly to: number
  /** Nothing is drawn beyond; ms. */
  readonly until: number
  readonly x: (time: number) => number
  readonly y: (value: number) => number
  readonly bottom: number
  readonly pointDistance: number
  readonly pointRadius: number
}

/** From lowest to highest, one stroke for each pixel of the width: crisp, and quick also without a graphics processor. */
class Columns {
  readonly path = new Path2D()
  /** Buckets wider than a pixel: stand-ins, and the last of a zoom. */
  readonly blocks = new Path2D()
  #column = Number.NaN
  #top = 0
  #bottom = 0

  add(left: number, right: number, top: number, bottom: number): void {
    if (right - left > 1.5) {
      if (bottom - top > 0.5) this.blocks.rect(left, top, right - left, bottom - top)
      return
    }
    const column = Math.floor(left)
    if (column === this.#column) {
      this.#top = Math.min(this.#top, top)
      this.#bottom = Math.max(this.#bottom, bottom)
      return
    }
    this.end()
    this.#column = column
    this.#top = top
    this.#bottom = bottom
  }

  end(): void {
    if (this.#bottom - this.#top <= 0.5) return
    this.path.moveTo(this.#column + 0.5, this.#top)
    this.path.lineTo(this.#column + 0.5, this.#bottom)
  }
}

/** The shapes of one line. */
export interface LinePaths {
  readonly sure: Path2D
  /** Where the quality is Uncertain. */
  readonly unsure: Path2D
  /** From lowest to highest, one stroke for each pixel of the width. */
  readonly columns: Path2D
  /** The same of buckets wider than a pixel. */
  readonly blocks: Path2D
  /** Samples that are few enough to be seen one by one. */
  readonly points: Path2D
  /** Between line and axis. */
  readonly area: Path2D
  /** More than one row for every two pixels. */
  readonly isDense: boolean
}

/** The line of a pen as it is drawn in a frame. */
export function linePaths(pen: PenPicture, frame: LineFrame): LinePaths {
  const { trace } = pen
  const sure = new Path2D()
  const unsure = new Path2D()
  const columns = new Columns()
  const points = new Path2D()
  const area = new Path2D()
  const isStepped = isSteppedPen(pen)
  const withPoints = pen.pen.style === 'points' || isSparse(trace, frame)
  let isDown = false
  let isUnsure = false
  let lastX = 0
  let lastY = 0
  // A path goes on where it ended, so that its dashes do not begin anew with every sample.
  let openPath: Path2D | null = null
  let openX = 0
  let openY = 0
  const lineTo = (x: number, y: number) => {
    const path = isUnsure ? unsure : sure
    if (path !== openPath || openX !== lastX || openY !== lastY) path.moveTo(lastX, lastY)
    path.lineTo(x, y)
    openPath = path
    openX = x
    openY = y
    if (pen.pen.style === 'area') {
      area.moveTo(lastX, frame.bottom)
      area.lineTo(lastX, lastY)
      area.lineTo(x, y)
      area.lineTo(x, frame.bottom)
      area.closePath()
    }
    lastX = x
    lastY = y
  }
  const start = Math.max(0, trace.rowAt(frame.from))
  const shown = trace.rowAt(frame.to) - start
  const isDense = shown > (frame.x(frame.to) - frame.x(frame.from)) / 2
  for (let row = start; row < trace.count; row++) {
    const time = trace.time[row]!
    if (time > frame.until) break
    const isBucket = trace.kind[row] === rowKinds.bucket
    const value = isBucket && isStepped ? trace.first[row]! : trace.value[row]!
    if (Number.isNaN(value)) {
      // Bad, or not known: the value before held until here and no longer.
      if (isDown) lineTo(frame.x(time), lastY)
      isDown = false
      continue
    }
    const x = frame.x(isBucket && !isStepped ? time + trace.width[row]! / 2 : time)
    const y = frame.y(value)
    const wasDown: boolean = isDown
    const wasUnsure: boolean = isUnsure
    isUnsure = trace.quality[row] === rowQualities.uncertain
    isDown = trace.quality[row] !== rowQualities.bad
    if (isBucket) {
      columns.add(frame.x(time), frame.x(trace.endOf(row)), frame.y(trace.high[row]!), frame.y(trace.low[row]!))
    } else if (isDense) columns.add(x, x, y, y)
    // Of many points in one pixel the line takes one; their extremes are in its column.
    const isSamePixel = Math.floor(x) === Math.floor(lastX)
    if (isDense && isSamePixel && wasDown && isDown && isUnsure === wasUnsure) continue
    if (wasDown) {
      // The way to this row has the quality of the one before.
      isUnsure = wasUnsure
      if (isStepped) lineTo(x, lastY)
      lineTo(x, y)
      isUnsure = trace.quality[row] === rowQualities.uncertain
    }
    lastX = x
    lastY = y
    if (isBucket) {
      if (!wasDown && !isDown) points.rect(x - 0.8, y - 0.8, 1.6, 1.6)
      if (isStepped) lastY = frame.y(trace.last[row]!)
    } else if (withPoints) {
      points.moveTo(x + frame.pointRadius, y)
      points.arc(x, y, frame.pointRadius, 0, Math.PI * 2)
    }
    if (time > frame.to) break
  }
  columns.end()
  // The last value holds as far as it is known, and no further.
  const end = Math.min(trace.knownUntil, frame.to, frame.until)
  if (isDown && frame.x(end) > lastX) lineTo(frame.x(end), lastY)
  return { sure, unsure, columns: columns.path, blocks: columns.blocks, points, area, isDense }
}

/** Few enough samples that each can be seen for itself. */
function isSparse(trace: PenTrace, frame: LineFrame): boolean {
  const first = Math.max(0, trace.rowAt(frame.from))
  const last = trace.rowAt(frame.to)
  const count = last - first + 1
  if (count <= 0) return false
  const width = frame.x(frame.to) - frame.x(frame.from)
  return width / count >= frame.pointDistance
}
