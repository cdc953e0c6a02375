// What is seen on a trend as a picture to send: title, span, the chart and its legend, on light ground whatever the screen has.
import { penStroke } from './pen.ts'
import type { TrendPalette } from './trend-palette.ts'
import type { TrendPicture } from './trend-picture.ts'
import { TrendPlot } from './trend-plot.ts'

export interface TrendImageTexts {
  readonly title: string
  /** From when to when, with the zone. */
  readonly span: string
  /** One line for each pen, without its letter. */
  readonly legend: readonly string[]
  /** Below everything: plant, when it was made. */
  readonly foot: string
}

const padding = 16
const titlePx = 64
const legendLinePx = 22
const footPx = 28

/** A PNG, `width` × `height` CSS px of chart plus title and legend. `host` must be on the page. */
export async function trendImage(
  host: HTMLElement,
  palette: TrendPalette,
  picture: TrendPicture,
  texts: TrendImageTexts,
  width: number,
  height: number,
): Promise<Blob> {
  const stage = document.createElement('div')
  stage.style.cssText = 'position:absolute;inset-inline-start:-20000px;inset-block-start:0'
  host.append(stage)
  const plot = new TrendPlot(stage, palette)
  try {
    plot.setSize(width, height)
    plot.draw(picture)
    // uPlot draws at the end of the task.
    await new Promise((resolve) => setTimeout(resolve, 0))
    return await composed(plot.canvas!, palette, picture, texts, width, height)
  } finally {
    plot.close()
    stage.remove()
  }
}

function composed(
  chart: HTMLCanvasElement,
  palette: TrendPalette,
  picture: TrendPicture,
  texts: TrendImageTexts,
  width: number,
  height: number,
): Promise<Blob> {
  const ratio = chart.width / width
  const columns = width > 900 ? 2 : 1
  const legendHeight = Math.ceil(picture.pens.length / columns) * legendLinePx
  const canvas = document.createElement('canvas')
  canvas.width = Math.round((width + 2 * padding) * ratio)
  canvas.height = Math.round((titlePx + height + legendHeight + footPx + 2 * padding) * ratio)
  const context = canvas.getContext('2d')!
  context.scale(ratio, ratio)
  context.fillStyle = palette.raised
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.textBaseline = 'middle'
  context.fillStyle = palette.text
  context.font = `600 20px ${palette.font}`
  context.fillText(texts.title, padding, padding + 14, width)
  context.fillStyle = palette.quiet
  context.font = `14px ${palette.font}`
  context.fillText(texts.span, padding, padding + 42, width)
  context.drawImage(chart, padding, padding + titlePx, width, height)
  const legendTop = padding + titlePx + height + legendLinePx / 2
  for (const [place, pen] of picture.pens.entries()) {
    const column = place % columns
    const x = padding + (column * width) / columns
    const y = legendTop + Math.floor(place / columns) * legendLinePx
    drawSample(context, palette, pen.pen.color, pen.index, pen.letter, x, y)
    context.fillStyle = palette.text
    context.font = `13px ${palette.font}`
    context.fillText(texts.legend[place] ?? '', x + 70, y, width / columns - 78)
  }
  context.fillStyle = palette.quiet
  context.font = `12px ${palette.font}`
  context.fillText(texts.foot, padding, legendTop + legendHeight + footPx / 2, width)
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The picture could not be made.'))), 'image/png')
  })
}

function drawSample(
  context: CanvasRenderingContext2D,
  palette: TrendPalette,
  color: number,
  index: number,
  letter: string,
  x: number,
  y: number,
): void {
  const stroke = penStroke(index)
  context.strokeStyle = palette.pens[color - 1]!
  context.lineWidth = stroke.width
  context.setLineDash([...stroke.dash])
  context.beginPath()
  context.moveTo(x + 22, y)
  context.lineTo(x + 62, y)
  context.stroke()
  context.setLineDash([])
  context.fillStyle = palette.pens[color - 1]!
  context.fillRect(x, y - 8, 16, 16)
  context.fillStyle = palette.raised
  context.font = `700 11px ${palette.font}`
  context.textAlign = 'center'
  context.fillText(letter, x + 8, y + 0.5)
  context.textAlign = 'left'
}
