// Draws pens, lanes, quality and marks of a trend on a canvas. Extremes are never lost: a bucket is drawn from its lowest to its
// highest value. Where nothing is known, or quality is Bad, there is no line.
import type { MarkerKind } from '../../src-main/shared/trend-group.ts'
import { paintAlarmBars, paintLimits } from './alarm-painter.ts'
import { penStroke } from './pen.ts'
import { type PenTrace, rowKinds, rowQualities } from './pen-trace.ts'
import type { TrendPalette } from './trend-palette.ts'
import type { PaintArea, PenPicture, TrendPicture } from './trend-picture.ts'

/** Samples further apart than this are drawn as points too; CSS px. */
const pointsFromPx = 7
/** So many pens of thousands of points are drawn in their full width. */
const mostWideDense = 4
/** Pens wider than this are the bold ones; CSS px. */
const boldFrom = 2
/** Height of the stretch at the axis that says: no value; CSS px. */
export const badStripPx = 9
const markerSigns: Readonly<Record<MarkerKind, string>> = {
  write: 'W',
  operator: 'O',
  device: 'D',
  alarm: '!',
  identifier: 'ID',
  recorder: 'R',
}

/** The sign of a kind of mark, as on its flag. */
export function markerSign(kind: MarkerKind): string {
  return markerSigns[kind]
}

export class TrendPainter {
  readonly #context: CanvasRenderingContext2D
  readonly #palette: TrendPalette
  readonly #area: PaintArea
  readonly #picture: TrendPicture

  constructor(context: CanvasRenderingContext2D, palette: TrendPalette, area: PaintArea, picture: TrendPicture) {
    this.#context = context
    this.#palette = palette
    this.#area = area
    this.#picture = picture
  }

  paint(): void {
    const context = this.#context
    const { left, top, width, bottom } = this.#area
    // The chart library remembers what it set: everything is as it was afterwards.
    context.save()
    context.save()
    context.beginPath()
    context.rect(left, top, width, bottom - top)
    context.clip()
    this.#paintEdge()
    this.#paintSelection()
    for (const pen of this.#picture.overlay)
      if (pen.look === 'line') this.#paintLine(pen, this.#picture.overlayShiftMs, true)
    this.#paintMarkerLines()
    paintLimits(context, this.#palette, this.#area, this.#picture)
    for (const pen of this.#picture.pens) if (pen.look === 'line') this.#paintLine(pen, 0, false)
    this.#paintBadStrips()
    paintAlarmBars(context, this.#palette, this.#area, this.#picture)
    this.#paintLanes()
    this.#paintEdgeLabel()
    this.#paintLetters()
    context.restore()
    this.#paintFlags()
    context.restore()
  }

  #x(time: number): number {
    const { from, to } = this.#picture
    return this.#area.left + ((time - from) / (to - from)) * this.#area.width
  }

  /** What is beyond knowledge: not yet, or the link is lost. */
  #paintEdge(): void {
    const { edge, to } = this.#picture
    if (edge.timestamp >= to) return
    const context = this.#context
    const { left, top, bottom, width, ratio } = this.#area
    const x = Math.max(left, this.#x(edge.timestamp))
    context.globalAlpha = 0.5
    context.fillStyle = this.#palette.sunken
    context.fillRect(x, top, left + width - x, bottom - top)
    context.globalAlpha = 1
    if (edge.isStale) this.#hatch(x, top, left + width - x, bottom - top, this.#palette.stale, 14 * ratio)
    context.strokeStyle = this.#palette.line
    context.lineWidth = ratio
    context.setLineDash(edge.isStale ? [] : [2 * ratio, 4 * ratio])
    this.#verticalLine(x, top, bottom)
    context.setLineDash([])
  }

  #paintEdgeLabel(): void {
    const { edge, to } = this.#picture
    if (edge.label === '' || edge.timestamp >= to) return
    const context = this.#context
    const { left, linesTop, width, ratio } = this.#area
    context.font = `600 ${12 * ratio}px ${this.#palette.font}`
    const textWidth = context.measureText(edge.label).width
    const x = Math.min(
      left + width - textWidth - 8 * ratio,
      Math.max(left + 4 * ratio, this.#x(edge.timestamp) + 6 * ratio),
    )
    this.#box(
      x - 4 * ratio,
      linesTop + 2 * ratio,
      textWidth + 8 * ratio,
      20 * ratio,
      this.#palette.raised,
      this.#palette.line,
    )
    context.fillStyle = this.#palette.text
    context.textAlign = 'left'
    context.textBaseline = 'middle'
    context.fillText(edge.label, x, linesTop + 12 * ratio)
  }

  #paintSelection(): void {
    const { selection } = this.#picture
    if (!selection) return
    const context = this.#context
    const { top, bottom, ratio } = this.#area
    const x = this.#x(selection.from)
    const width = this.#x(selection.to) - x
    context.globalAlpha = 0.12
    context.fillStyle = this.#palette.accent
    context.fillRect(x, top, width, bottom - top)
    context.globalAlpha = 1
    context.strokeStyle = this.#palette.accent
    context.lineWidth = 1.5 * ratio
    this.#verticalLine(x, top, bottom)
    this.#verticalLine(x + width, top, bottom)
  }

  #paintLine(pen: PenPicture, shift: number, isOverlay: boolean): void {
    const scale = this.#picture.scales.get(pen.scaleKey)
    if (!scale) return
    const context = this.#context
    const { linesTop, linesHeight, ratio } = this.#area
    const color = this.#palette.pens[pen.pen.color - 1]!
    const stroke = penStroke(pen.index)
    const paths = linePaths(pen, {
      from: this.#picture.from - shift,
      to: this.#picture.to - shift,
      until: isOverlay ? Number.POSITIVE_INFINITY : this.#picture.edge.timestamp,
      x: (time) => this.#x(time + shift),
      y: (value) => linesTop + linesHeight * (1 - (value - scale.low) / (scale.high - scale.low)),
      bottom: linesTop + linesHeight,
      pointDistance: pointsFromPx * ratio,
      pointRadius: 2.6 * ratio,
    })
    context.save()
    context.beginPath()
    context.rect(this.#area.left, linesTop - 2 * ratio, this.#area.width, linesHeight + 4 * ratio)
    context.clip()
    context.globalAlpha = isOverlay ? 0.18 : 0.38
    context.fillStyle = color
    context.strokeStyle = color
    context.lineWidth = 1
    context.stroke(paths.columns)
    context.fill(paths.blocks)
    if (pen.pen.style === 'area') {
      context.globalAlpha = 0.15
      context.fill(paths.area)
    }
    context.globalAlpha = isOverlay ? 0.75 : 1
    context.lineJoin = 'bevel'
    // Many lines of thousands of points are drawn as thin as can be: without a graphics processor anything wider takes tenfold.
    const isThin = paths.isDense && this.#picture.pens.length > mostWideDense
    context.lineWidth = isThin ? 1 : (isOverlay ? 1 : stroke.width) * ratio
    if (pen.pen.style !== 'points') {
      context.setLineDash((isOverlay ? [2, 3] : stroke.dash).map((part) => part * ratio))
      context.stroke(paths.sure)
      if (isThin && !isOverlay && stroke.width > boldFrom) {
        context.translate(0, 0.8)
        context.stroke(paths.sure)
        context.translate(0, -0.8)
      }
      context.setLineDash([3 * ratio, 4 * ratio])
      context.stroke(paths.unsure)
      context.setLineDash([])
    }
    context.fill(paths.points)
    context.restore()
  }

  /** A pen without usable values says so at the axis, hatched, with its letter: there is no line to carry it. */
  #paintBadStrips(): void {
    const context = this.#context
    const { linesTop, linesHeight, left, width, ratio } = this.#area
    const height = badStripPx * ratio
    let bottom = linesTop + linesHeight
    context.font = `700 ${8 * ratio}px ${this.#palette.font}`
    context.textBaseline = 'middle'
    context.textAlign = 'left'
    for (const pen of this.#picture.pens) {
      if (pen.look !== 'line' || bottom - height < linesTop) continue
      const stretches = badStretches(pen.trace, this.#picture.from, this.#picture.to, this.#picture.edge.timestamp)
      if (stretches.length === 0) continue
      const color = this.#palette.pens[pen.pen.color - 1]!
      let lastLabel = Number.NEGATIVE_INFINITY
      for (const [from, to] of stretches) {
        const x = Math.max(left, this.#x(from))
        const end = Math.max(x + 2 * ratio, Math.min(left + width, this.#x(to)))
        context.fillStyle = this.#palette.surface
        context.fillRect(x, bottom - height, end - x, height)
        this.#hatch(x, bottom - height, end - x, height, this.#palette.bad, 5 * ratio)
        context.strokeStyle = color
        context.lineWidth = ratio
        context.strokeRect(x, bottom - height, end - x, height)
        if (end - x > 16 * ratio && x > lastLabel + 60 * ratio) {
          context.fillStyle = this.#palette.surface
          context.fillRect(x + 2 * ratio, bottom - height + ratio, 22 * ratio, height - 2 * ratio)
          context.fillStyle = this.#palette.bad
          context.fillText(`✕ ${pen.letter}`, x + 3 * ratio, bottom - height / 2)
          lastLabel = x
        }
      }
      bottom -= height + ratio
    }
  }

  #paintLanes(): void {
    const { lanesTop, laneHeight, ratio } = this.#area
    let lane = 0
    for (const pen of this.#picture.pens) {
      if (pen.look === 'line') continue
      const top = lanesTop + lane * laneHeight + 3 * ratio
      this.#paintLane(pen, top, laneHeight - 4 * ratio)
      lane++
    }
  }

  #paintLane(pen: PenPicture, top: number, height: number): void {
    const context = this.#context
    const { left, width, ratio } = this.#area
    const { from, to, edge } = this.#picture
    const color = this.#palette.pens[pen.pen.color - 1]!
    const font = `${12 * ratio}px ${this.#palette.font}`
    context.textBaseline = 'middle'
    context.textAlign = 'left'
    for (const stretch of stateStretches(pen, from, to, edge.timestamp)) {
      const x = Math.max(left, this.#x(stretch.from))
      const end = Math.min(left + width, Math.max(this.#x(stretch.to), x + ratio))
      const w = end - x
      if (w <= 0) continue
      // Beside the letter of the lane, which stands at its left end.
      const textLeft = Math.max(x + 4 * ratio, left + 20 * ratio)
      if (stretch.kind === 'bad') {
        this.#hatch(x, top, w, height, this.#palette.bad, 6 * ratio)
      } else if (stretch.kind === 'several') {
        context.fillStyle = this.#palette.states[1]!
        context.fillRect(x, top, w, height)
        this.#hatch(x, top, w, height, this.#palette.line, 4 * ratio, true)
      } else {
        context.fillStyle = this.#palette.states[stretch.fill % this.#palette.states.length]!
        context.fillRect(x, top, w, height)
        context.fillStyle = color
        context.fillRect(x, top, 2 * ratio, height)
      }
      const text = stretch.kind === 'several' ? this.#picture.severalText : stretch.text
      if (end - textLeft < 16 * ratio || text === '') continue
      context.font = font
      context.save()
      context.beginPath()
      context.rect(x, top, w - 2 * ratio, height)
      context.clip()
      if (stretch.kind !== 'state') {
        const textWidth = context.measureText(text).width
        context.fillStyle = this.#palette.surface
        context.fillRect(textLeft - ratio, top + 2 * ratio, textWidth + 4 * ratio, height - 4 * ratio)
      }
      context.fillStyle = stretch.kind === 'bad' ? this.#palette.bad : this.#palette.text
      context.fillText(`${stretch.isUncertain ? '? ' : ''}${text}`, textLeft + ratio, top + height / 2)
      context.restore()
      if (stretch.isUncertain) {
        context.strokeStyle = this.#palette.text
        context.setLineDash([3 * ratio, 3 * ratio])
        context.strokeRect(x, top, w, height)
        context.setLineDash([])
      }
    }
    // The letter of the lane stands at its left end, over the stretches.
    this.#letterBox(left + 2 * ratio, top + height / 2, pen.letter, color)
    context.strokeStyle = color
    context.lineWidth = ratio
    context.strokeRect(left, top, width, height)
  }

  /** The letter of each line stands on it, at different places for different pens. */
  #paintLetters(): void {
    const { left, width, linesTop, linesHeight, ratio } = this.#area
    const { from, to } = this.#picture
    const lines = this.#picture.pens.filter(({ look }) => look === 'line')
    for (const [place, pen] of lines.entries()) {
      const scale = this.#picture.scales.get(pen.scaleKey)
      if (!scale) continue
      const share = (place + 0.5) / lines.length
      for (let turn = 0; turn < 24; turn++) {
        const time = from + (to - from) * ((share + turn / 24) % 1)
        const row = pen.trace.rowAt(time)
        if (row < 0 || pen.trace.kind[row] === rowKinds.hole || time > this.#picture.edge.timestamp) continue
        if (pen.trace.quality[row] === rowQualities.bad) continue
        const value = valueOnLine(pen, row, time)
        if (Number.isNaN(value)) continue
        const y = linesTop + linesHeight * (1 - (value - scale.low) / (scale.high - scale.low))
        if (y < linesTop || y > linesTop + linesHeight) continue
        const x = Math.min(left + width - 18 * ratio, this.#x(time))
        this.#letterBox(
          x,
          Math.max(linesTop + 8 * ratio, y - 9 * ratio),
          pen.letter,
          this.#palette.pens[pen.pen.color - 1]!,
        )
        break
      }
    }
  }

  #letterBox(x: number, y: number, letter: string, color: string): void {
    const context = this.#context
    const { ratio } = this.#area
    this.#box(x, y - 8 * ratio, 15 * ratio, 16 * ratio, color, this.#palette.surface)
    context.font = `700 ${11 * ratio}px ${this.#palette.font}`
    context.fillStyle = this.#palette.surface
    context.textAlign = 'center'
    context.textBaseline = 'middle'
    context.fillText(letter, x + 7.5 * ratio, y + 0.5 * ratio)
    context.textAlign = 'left'
  }

  /** A line for each flag that stands for one mark: many together would hide what they explain. */
  #paintMarkerLines(): void {
    const context = this.#context
    const { top, bottom, ratio, width } = this.#area
    context.strokeStyle = this.#palette.line
    context.lineWidth = ratio
    for (const { markers } of flagsOf(this.#picture, width / ratio)) {
      const marker = markers[0]!
      // An alarm has a bar of its own.
      if (markers.length > 1 || marker.kind === 'alarm') continue
      const x = this.#x(marker.timestamp)
      context.setLineDash([2 * ratio, 3 * ratio])
      this.#verticalLine(x, top, bottom)
      if (marker.endTimestamp === null) continue
      context.globalAlpha = 0.1
      context.fillStyle = this.#palette.text
      context.fillRect(x, top, Math.max(ratio, this.#x(marker.endTimestamp) - x), bottom - top)
      context.globalAlpha = 1
    }
    context.setLineDash([])
  }

  /** Flags above the lines; those that would cover each other are one with their number. */
  #paintFlags(): void {
    const context = this.#context
    const { top, linesTop, ratio } = this.#area
    const { from, to } = this.#picture
    context.font = `700 ${10 * ratio}px ${this.#palette.font}`
    context.textBaseline = 'middle'
    context.textAlign = 'center'
    for (const flag of flagsOf(this.#picture, this.#area.width / ratio)) {
      const first = flag.markers[0]!
      if (first.timestamp < from || first.timestamp > to) continue
      const x = this.#x(first.timestamp)
      const text = flag.markers.length === 1 ? markerSigns[first.kind] : String(flag.markers.length)
      const width = Math.max(16, 8 + text.length * 7) * ratio
      const height = Math.min(16 * ratio, linesTop - top - 2 * ratio)
      const { priority } = first
      const edge = flag.markers.length === 1 && priority ? this.#palette.alarms[priority] : this.#palette.line
      this.#box(x, top + ratio, width, height, this.#palette.raised, edge)
      context.fillStyle = this.#palette.text
      context.fillText(text, x + width / 2, top + ratio + height / 2)
    }
    context.textAlign = 'left'
  }

  #box(x: number, y: number, width: number, height: number, fill: string, stroke: string): void {
    const context = this.#context
    context.fillStyle = fill
    context.fillRect(x, y, width, height)
    context.strokeStyle = stroke
    context.lineWidth = this.#area.ratio
    context.strokeRect(x, y, width, height)
  }

  #verticalLine(x: number, top: number, bottom: number): void {
    const context = this.#context
    context.beginPath()
    context.moveTo(Math.round(x) + 0.5, top)
    context.lineTo(Math.round(x) + 0.5, bottom)
    context.stroke()
  }

  /** Strokes at 45° over a rectangle; crossed for "several". */
  #hatch(x: number, y: number, width: number, height: number, color: string, step: number, isCrossed = false): void {
    if (width <= 0 || height <= 0) return
    const context = this.#context
    context.save()
    context.beginPath()
    context.rect(x, y, width, height)
    context.clip()
    context.beginPath()
    // In step with the whole area, so that neighbouring stretches join without a seam.
    const start = Math.floor((x - height) / step) * step
    for (let at = start; at < x + width; at += step) {
      context.moveTo(at, y + height)
      context.lineTo(at + height, y)
      if (!isCrossed) continue
      context.moveTo(at, y)
      context.lineTo(at + height, y + height)
    }
    context.strokeStyle = color
    context.lineWidth = 1.4 * this.#area.ratio
    context.stroke()
    context.restore()
  }
}

interface LineFrame {
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

/** The shapes of one line: what is sure, what is uncertain, extremes of buckets, points of sparse samples, area below. */
function linePaths(pen: PenPicture, frame: LineFrame) {
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

/** True when a pen holds each value until the next. */
export function isSteppedPen(pen: PenPicture): boolean {
  if (pen.pen.style === 'step') return true
  return pen.pen.style === null ? pen.isStepped : pen.pen.style !== 'line' && pen.isStepped
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

/** The value the drawn line has at a time; NaN where there is none. */
export function valueOnLine(pen: PenPicture, row: number, time: number): number {
  const { trace } = pen
  if (trace.quality[row] === rowQualities.bad) return Number.NaN
  if (trace.kind[row] === rowKinds.bucket && time < trace.endOf(row)) return trace.value[row]!
  const value = trace.kind[row] === rowKinds.bucket ? trace.last[row]! : trace.value[row]!
  const next = row + 1
  if (isSteppedPen(pen) || next >= trace.count || Number.isNaN(trace.value[next]!)) return value
  const share = (time - trace.time[row]!) / (trace.time[next]! - trace.time[row]!)
  return value + (trace.value[next]! - value) * share
}

/** Stretches without a usable value, in order: Bad quality, and buckets that have some. */
export function badStretches(
  trace: PenTrace,
  from: number,
  to: number,
  until: number,
): readonly (readonly [from: number, to: number])[] {
  const stretches: [number, number][] = []
  const add = (start: number, end: number) => {
    const last = stretches.at(-1)
    if (last && start <= last[1]) last[1] = Math.max(last[1], end)
    else if (end > from) stretches.push([start, end])
  }
  for (let row = Math.max(0, trace.rowAt(from)); row < trace.count && trace.time[row]! <= to; row++) {
    if (trace.kind[row] === rowKinds.hole) continue
    if (trace.quality[row] === rowQualities.bad) {
      const next = row + 1 < trace.count ? trace.time[row + 1]! : Math.min(trace.knownUntil, until)
      add(trace.time[row]!, Math.max(next, trace.endOf(row)))
    } else if (trace.hasBad[row] === 1) add(trace.time[row]!, trace.endOf(row))
  }
  return stretches
}

/** One stretch of a lane. */
export interface StateStretch {
  readonly kind: 'state' | 'several' | 'bad'
  readonly from: number
  readonly to: number
  readonly text: string
  /** Which fill: the same state always has the same. */
  readonly fill: number
  readonly isUncertain: boolean
}

/** What a lane shows: runs of one state with its word, buckets with several, stretches without a value. */
export function stateStretches(pen: PenPicture, from: number, to: number, until: number): readonly StateStretch[] {
  const { trace } = pen
  const stretches: StateStretch[] = []
  for (let row = Math.max(0, trace.rowAt(from)); row < trace.count && trace.time[row]! <= to; row++) {
    if (trace.kind[row] === rowKinds.hole) continue
    const start = trace.time[row]!
    const next = row + 1 < trace.count ? trace.time[row + 1]! : Math.min(trace.knownUntil, until)
    if (trace.kind[row] === rowKinds.bucket) {
      const isSeveral = pen.look === 'texts' || !(trace.low[row]! === trace.high[row]!)
      if (isSeveral && trace.sampleCount[row]! > (pen.look === 'texts' ? 0 : 1)) {
        add(stretches, { kind: 'several', from: start, to: trace.endOf(row), text: '', fill: 0, isUncertain: false })
        if (trace.endOf(row) < next) addHeld(stretches, pen, row, trace.endOf(row), next)
        continue
      }
    }
    addHeld(stretches, pen, row, start, next)
  }
  return stretches
}

/** What holds after a row until the next. */
function addHeld(stretches: StateStretch[], pen: PenPicture, row: number, from: number, to: number): void {
  const { trace } = pen
  if (to <= from) return
  const value = trace.kind[row] === rowKinds.bucket ? trace.last[row]! : trace.value[row]!
  const other = trace.others[row]
  const isBad = trace.quality[row] === rowQualities.bad
  if (isBad || (Number.isNaN(value) && (other === undefined || other === null))) {
    add(stretches, { kind: 'bad', from, to, text: '✕', fill: 0, isUncertain: false })
    return
  }
  const text = pen.words(value, other)
  const isUncertain = trace.quality[row] === rowQualities.uncertain
  add(stretches, { kind: 'state', from, to, text, fill: fillOf(value, text), isUncertain })
}

function add(stretches: StateStretch[], stretch: StateStretch): void {
  const last = stretches.at(-1)
  const goesOn =
    last &&
    last.kind === stretch.kind &&
    last.text === stretch.text &&
    last.isUncertain === stretch.isUncertain &&
    stretch.from <= last.to
  if (goesOn) stretches[stretches.length - 1] = { ...last, to: stretch.to }
  else stretches.push(stretch)
}

function fillOf(value: number, text: string): number {
  if (Number.isInteger(value)) return Math.abs(value)
  let hash = 0
  for (let index = 0; index < text.length; index++) hash = (hash * 31 + text.charCodeAt(index)) >>> 0
  return hash
}

/** Flags that stand closer than a flag is wide, as one; `width` of the picture in CSS px. */
export function flagsOf(
  picture: Pick<TrendPicture, 'markers' | 'from' | 'to'>,
  width: number,
): readonly { readonly markers: TrendPicture['markers']; readonly x: number }[] {
  const flagPx = 22
  const flags: { markers: TrendPicture['markers'][number][]; x: number }[] = []
  for (const marker of picture.markers) {
    const x = ((marker.timestamp - picture.from) / (picture.to - picture.from)) * width
    const last = flags.at(-1)
    if (last && x - last.x < flagPx) last.markers.push(marker)
    else flags.push({ markers: [marker], x })
  }
  return flags
}
