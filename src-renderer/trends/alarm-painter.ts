// Alarms on a trend: a bar from active to returned with the number of its priority, a thin line for each limit.
import type { AlarmPriority } from '../../src-main/shared/alarm.ts'
import type { HistoryMarker } from '../../src-main/shared/history.ts'
import { alarmShapes } from '../ui/alarm-shapes.ts'
import type { TrendPalette } from './trend-palette.ts'
import type { PaintArea, TrendPicture } from './trend-picture.ts'

/** Height of a bar, and of the row it stands in; CSS px. */
const barPx = 13
export const alarmRowPx = 15
/** More alarms at one time share the last row. */
const mostRows = 5
/** Room a number needs; CSS px. */
const numberPx = 14
/** Short letters of the sides, as engineers write them. */
const sideLetters = { highHigh: 'HH', high: 'H', low: 'L', lowLow: 'LL' } as const

/** A bar of one occurrence. */
export interface AlarmBar {
  readonly marker: HistoryMarker
  readonly priority: AlarmPriority
  readonly from: number
  readonly to: number
  /** It is active still: the bar is open at its end. */
  readonly isOpen: boolean
  readonly row: number
}

/**
 * Occurrences that reach into [from, to] as bars, in rows so that no two cover each other; the last row takes what is left over.
 * What is still active reaches to `edge`, where knowledge ends.
 */
export function alarmBars(
  markers: readonly HistoryMarker[],
  from: number,
  to: number,
  edge: number,
): readonly AlarmBar[] {
  const ends: number[] = []
  const bars: AlarmBar[] = []
  const alarms = markers.filter(({ kind }) => kind === 'alarm').toSorted((a, b) => a.timestamp - b.timestamp)
  for (const marker of alarms) {
    const end = marker.endTimestamp ?? Math.max(edge, marker.timestamp)
    if (marker.timestamp > to || end < from) continue
    const free = ends.findIndex((one) => one <= marker.timestamp)
    const row = free >= 0 ? free : Math.min(ends.length, mostRows - 1)
    ends[row] = Math.max(ends[row] ?? 0, end)
    bars.push({
      marker,
      priority: marker.priority ?? 'low',
      from: marker.timestamp,
      to: end,
      isOpen: marker.endTimestamp === null,
      row,
    })
  }
  return bars
}

/** Rows the bars of a picture take between flags and lines. */
export function alarmRowCount({
  markers,
  from,
  to,
  edge,
}: Pick<TrendPicture, 'markers' | 'from' | 'to' | 'edge'>): number {
  return alarmBars(markers, from, to, edge.timestamp).reduce((most, { row }) => Math.max(most, row + 1), 0)
}

/** Draws the bars above the lines, and on the lines a light ground wherever something was active. */
export function paintAlarmBars(
  context: CanvasRenderingContext2D,
  palette: TrendPalette,
  area: PaintArea,
  picture: TrendPicture,
): void {
  const { left, width, linesTop, bottom, ratio } = area
  const x = (time: number) =>
    Math.min(left + width, Math.max(left, left + ((time - picture.from) / (picture.to - picture.from)) * width))
  const bars = alarmBars(picture.markers, picture.from, picture.to, picture.edge.timestamp)
  const rowsTop = linesTop - alarmRowCount(picture) * alarmRowPx * ratio
  context.fillStyle = palette.text
  context.globalAlpha = 0.06
  for (const [from, to] of activeStretches(bars.filter(({ marker }) => !marker.isTest)))
    context.fillRect(x(from), linesTop, x(to) - x(from), bottom - linesTop)
  context.globalAlpha = 1
  context.font = `800 ${10 * ratio}px ${palette.font}`
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.lineWidth = ratio
  context.setLineDash([])
  for (const bar of bars) {
    const start = x(bar.from)
    const barWidth = Math.max(2 * ratio, x(bar.to) - start)
    const top = rowsTop + bar.row * alarmRowPx * ratio
    const colour = palette.alarms[bar.priority]
    // Of a test only a dashed outline: it was not the process.
    const isTest = bar.marker.isTest === true
    context.fillStyle = isTest ? palette.surface : colour
    context.fillRect(start, top, barWidth, barPx * ratio)
    // Bars that meet in one row stay apart.
    context.strokeStyle = isTest ? colour : palette.surface
    context.setLineDash(isTest ? [3 * ratio, 2 * ratio] : [])
    context.strokeRect(start, top, barWidth, barPx * ratio)
    context.setLineDash([])
    if (bar.isOpen) openEnd(context, palette, start + barWidth, top, ratio)
    if (barWidth < numberPx * ratio) continue
    context.fillStyle = isTest ? colour : palette.onAlarm
    context.fillText(
      `${alarmShapes[bar.priority].number}`,
      start + (numberPx / 2) * ratio,
      top + (barPx / 2 + 0.5) * ratio,
    )
  }
  context.textAlign = 'left'
}

/** When anything was active, as stretches that do not overlap. */
function activeStretches(bars: readonly AlarmBar[]): readonly (readonly [from: number, to: number])[] {
  const stretches: [number, number][] = []
  for (const { from, to } of bars) {
    const last = stretches.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else stretches.push([from, to])
  }
  return stretches
}

/** Teeth at the end of what goes on. */
function openEnd(
  context: CanvasRenderingContext2D,
  palette: TrendPalette,
  x: number,
  top: number,
  ratio: number,
): void {
  const tooth = (barPx / 4) * ratio
  context.fillStyle = palette.surface
  context.beginPath()
  for (let step = 0; step < 2; step++) {
    const y = top + step * 2 * tooth
    context.moveTo(x, y)
    context.lineTo(x - tooth, y + tooth)
    context.lineTo(x, y + 2 * tooth)
  }
  context.fill()
}

/** Draws the limits of the pens that are seen on their own axes, each with the letter of its pen and its side. */
export function paintLimits(
  context: CanvasRenderingContext2D,
  palette: TrendPalette,
  area: PaintArea,
  picture: TrendPicture,
): void {
  const { left, width, linesTop, linesHeight, ratio } = area
  context.font = `600 ${11 * ratio}px ${palette.font}`
  context.textBaseline = 'middle'
  context.textAlign = 'left'
  for (const { tag, value, priority, condition } of picture.limits) {
    const pen = picture.pens.find((one) => one.pen.tag === tag && one.look === 'line')
    const scale = pen && picture.scales.get(pen.scaleKey)
    if (!scale || value < scale.low || value > scale.high) continue
    const y = linesTop + linesHeight * (1 - (value - scale.low) / (scale.high - scale.low))
    // A limit is no alarm: its line is quiet, the number says which priority it would have.
    context.strokeStyle = palette.line
    context.lineWidth = ratio
    context.setLineDash([10 * ratio, 4 * ratio, 2 * ratio, 4 * ratio])
    context.beginPath()
    context.moveTo(left, y)
    context.lineTo(left + width, y)
    context.stroke()
    context.setLineDash([])
    const label = `${pen.letter} ${sideLetters[condition]} ${alarmShapes[priority].number}`
    const labelWidth = context.measureText(label).width + 8 * ratio
    const x = left + width - labelWidth - 2 * ratio
    context.fillStyle = palette.surface
    context.fillRect(x, y - 8 * ratio, labelWidth, 16 * ratio)
    context.strokeRect(x, y - 8 * ratio, labelWidth, 16 * ratio)
    context.fillStyle = palette.text
    context.fillText(label, x + 4 * ratio, y + 0.5 * ratio)
  }
}
