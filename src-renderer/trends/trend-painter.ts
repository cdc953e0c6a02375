// Draws pens, lanes, quality and marks of a trend on a canvas. Where nothing is known, or quality is Bad, there is no line.
import { paintAlarmBars, paintLimits } from './alarm-painter.ts'
import { linePaths } from './line-paths.ts'
import { penStroke } from './pen.ts'
import { badStretches, stateStretches, valueOnLine } from './pen-stretches.ts'
import { rowKinds, rowQualities } from './pen-trace.ts'
import { flagsOf, markerSign } from './trend-flags.ts'
import type { TrendPalette } from './trend-palette.ts'
import type { PaintArea, PenPicture, TrendPicture } from './trend-picture.ts'

/** Samples further apart than this are drawn as points too; CSS px. */
const pointsFromPx = 7
/** So many pens of thousands of points are drawn in their full width. */
const mostWideDense = 4
/** Pens wider than this are the bold ones; CSS px. */
const boldFrom = 2
/** Height of the stretch at the axis that says: no value; CSS px. */
const badStripPx = 9
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
      const text = flag.markers.length === 1 ? markerSign(first.kind) : String(flag.markers.length)
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
