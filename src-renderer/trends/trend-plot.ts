// The chart: uPlot lays out axes, scales and canvas; the painter draws the pens into it. One per trend on screen.
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { formatNumber } from '../tags/format-value.ts'
import { timeTicks } from '../ui/time-axis.ts'
import { alarmRowCount, alarmRowPx } from './alarm-painter.ts'
import { TrendPainter } from './trend-painter.ts'
import type { TrendPalette } from './trend-palette.ts'
import type { PaintArea, TrendPicture } from './trend-picture.ts'
import { tickDecimals, type ValueScale, valueTicks } from './value-scales.ts'

/** Room of one value axis, of the time axis, of the flags, of a lane; CSS px. */
const valueAxisPx = 54
const axisLabelPx = 16
const timeAxisPx = 46
const flagStripPx = 20
const lanePx = 26
/** Room between two ticks; CSS px. */
const timeTickPx = 90
const valueTickPx = 46
/** A word nearer to the end than this would be cut off; CSS px. */
const edgeLabelPx = 22
/** Room on the left where no value axis gives it; CSS px. */
const loneLeftPx = 40

export interface TrendPlotOptions {
  /** No flags and fewer axes: the small trend of a faceplate. */
  readonly isSmall?: boolean
}

/** Where the lines stand on the page, relative to the host; CSS px. */
export interface PlotBox {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

export class TrendPlot {
  readonly #host: HTMLElement
  readonly #isSmall: boolean
  #palette: TrendPalette
  #chart: uPlot | null = null
  /** What the chart was built for: other axes need another chart. */
  #layout = ''
  #picture: TrendPicture | null = null
  #width = 0
  #height = 0
  #laneCount = 0
  #alarmRowCount = 0

  constructor(host: HTMLElement, palette: TrendPalette, options: TrendPlotOptions = {}) {
    this.#host = host
    this.#palette = palette
    this.#isSmall = options.isSmall ?? false
  }

  /** Another theme. */
  setPalette(palette: TrendPalette): void {
    this.#palette = palette
    this.#layout = ''
    if (this.#picture) this.draw(this.#picture)
  }

  /** Size of everything, axes included; CSS px. */
  setSize(width: number, height: number): void {
    if (width === this.#width && height === this.#height) return
    this.#width = width
    this.#height = height
    this.#layout = ''
    if (this.#picture) this.draw(this.#picture)
  }

  /** How wide the lines would be with these axes; CSS px; what the resolution is chosen by. */
  get linesWidth(): number {
    return this.box?.width ?? Math.max(50, this.#width - valueAxisPx - axisLabelPx)
  }

  /** null before the first picture. */
  get box(): PlotBox | null {
    const chart = this.#chart
    if (!chart) return null
    const ratio = uPlot.pxRatio
    return {
      left: chart.bbox.left / ratio,
      top: chart.bbox.top / ratio,
      width: chart.bbox.width / ratio,
      height: chart.bbox.height / ratio,
    }
  }

  /** The drawn canvas, to be copied; null before the first picture. */
  get canvas(): HTMLCanvasElement | null {
    return this.#chart?.ctx.canvas ?? null
  }

  draw(picture: TrendPicture): void {
    this.#picture = picture
    if (this.#width < 40 || this.#height < 40) return
    const axes = this.#shownAxes(picture)
    this.#alarmRowCount = this.#isSmall ? 0 : alarmRowCount(picture)
    this.#laneCount = picture.pens.filter(({ look }) => look !== 'line').length
    const layout = `${this.#width} ${this.#height} ${axes.map(({ key, letters, unit }) => `${key}/${letters}/${unit}`).join('|')} ${[...picture.scales.keys()].join('|')} ${picture.timeZone} ${picture.locale}`
    if (layout !== this.#layout || !this.#chart) {
      this.#layout = layout
      this.#build(axes, picture)
      return
    }
    const chart = this.#chart
    chart.batch(() => {
      for (const scale of picture.scales.values()) chart.setScale(scale.key, this.#extended(scale))
      chart.setScale('x', { min: picture.from, max: picture.to })
      chart.redraw(false, true)
    })
  }

  close(): void {
    this.#chart?.destroy()
    this.#chart = null
  }

  /** As many axes as leave the lines most of the width, the chosen pen's first; values of the others are in the table. */
  #shownAxes(picture: TrendPicture): readonly ValueScale[] {
    const most = this.#isSmall ? 1 : Math.max(1, Math.floor((this.#width * 0.27) / (valueAxisPx + axisLabelPx)))
    const chosen = picture.pens.find(({ pen }) => pen.tag === picture.chosen)?.scaleKey
    const scales = [...picture.scales.values()]
    return scales.sort((a, b) => Number(b.key === chosen) - Number(a.key === chosen)).slice(0, most)
  }

  #build(axes: readonly ValueScale[], picture: TrendPicture): void {
    this.#chart?.destroy()
    const palette = this.#palette
    const font = `${this.#isSmall ? 11 : 12}px ${palette.font}`
    const tick = { show: true, size: 5, width: 1, stroke: palette.line }
    const valueAxes = axes.map(
      (scale, index): uPlot.Axis => ({
        scale: scale.key,
        side: 3,
        size: valueAxisPx,
        stroke: palette.text,
        font,
        label: `${scale.letters}${scale.unit === '' ? '' : `  ${scale.unit}`}`,
        labelFont: `600 ${font}`,
        labelSize: axisLabelPx,
        labelGap: 0,
        gap: 3,
        ticks: tick,
        grid: { show: index === 0, stroke: palette.grid, width: 1 },
        splits: () => [...this.#valueTicks(scale.key)],
        values: (_chart, splits) => this.#valueLabels(scale.key, splits),
      }),
    )
    const timeAxis: uPlot.Axis = {
      scale: 'x',
      side: 2,
      size: timeAxisPx,
      stroke: palette.text,
      font,
      gap: 4,
      ticks: tick,
      grid: { show: true, stroke: palette.grid, width: 1 },
      splits: () => this.#timeTicks().map(({ timestamp }) => timestamp),
      values: () => this.#timeLabels(),
    }
    const scales: uPlot.Scales = { x: { time: false, auto: false, range: (_chart, low, high) => [low, high] } }
    for (const { key } of picture.scales.values()) {
      scales[key] = {
        range: () => {
          const scale = this.#picture?.scales.get(key)
          const { min, max } = scale ? this.#extended(scale) : { min: 0, max: 1 }
          return [min, max]
        },
      }
    }
    this.#chart = new uPlot(
      {
        width: this.#width,
        height: this.#height,
        ms: 1,
        padding: [4, 12, 0, axes.length === 0 ? loneLeftPx : 0],
        series: [{}],
        scales,
        axes: [timeAxis, ...valueAxes],
        legend: { show: false },
        cursor: { show: false },
        hooks: { draw: [(chart) => this.#paint(chart)] },
      },
      [[picture.from, picture.to]],
      this.#host,
    )
    this.#chart.setScale('x', { min: picture.from, max: picture.to })
  }

  /** CSS px of the lines alone, between flags and lanes. */
  #linesHeight(): number {
    return Math.max(20, (this.box?.height ?? this.#height - timeAxisPx) - this.#flagPx() - this.#laneCount * lanePx)
  }

  #flagPx(): number {
    return this.#isSmall ? 0 : flagStripPx + this.#alarmRowCount * alarmRowPx
  }

  /** The range uPlot is told: wider than the axis' own by what flags and lanes take. */
  #extended({ low, high }: ValueScale): { min: number; max: number } {
    const perPx = (high - low) / this.#linesHeight()
    return { min: low - perPx * this.#laneCount * lanePx, max: high + perPx * this.#flagPx() }
  }

  #valueTicks(key: string): readonly number[] {
    const scale = this.#picture?.scales.get(key)
    return scale ? valueTicks(scale.low, scale.high, this.#linesHeight() / valueTickPx) : []
  }

  #valueLabels(key: string, splits: readonly number[]): string[] {
    const scale = this.#picture?.scales.get(key)
    if (!scale) return []
    const decimals = tickDecimals(scale.low, scale.high, this.#linesHeight() / valueTickPx)
    return splits.map((value) => formatNumber(value, decimals, this.#picture!.locale))
  }

  #timeTicks() {
    const { from, to, timeZone, locale } = this.#picture!
    return timeTicks(from, to, this.linesWidth / (this.#isSmall ? 70 : timeTickPx), timeZone, locale)
  }

  /** Words under the ticks; none where they would be cut off at an end. */
  #timeLabels(): string[] {
    const { from, to } = this.#picture!
    const margin = ((to - from) / this.linesWidth) * edgeLabelPx
    return this.#timeTicks().map(({ timestamp, label, dayLabel }) => {
      if (timestamp > to - margin) return ''
      return dayLabel === '' ? label : `${label}\n${dayLabel}`
    })
  }

  #paint(chart: uPlot): void {
    if (!this.#picture) return
    const ratio = uPlot.pxRatio
    const { left, top, width, height } = chart.bbox
    const linesTop = top + this.#flagPx() * ratio
    const laneHeight = lanePx * ratio
    const lanesTop = top + height - this.#laneCount * laneHeight
    const area: PaintArea = {
      left,
      width,
      top,
      linesTop,
      linesHeight: lanesTop - linesTop,
      lanesTop,
      laneHeight,
      bottom: top + height,
      ratio,
    }
    new TrendPainter(chart.ctx, this.#palette, area, this.#picture).paint()
  }
}
