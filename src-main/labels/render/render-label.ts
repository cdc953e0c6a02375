// A label as the dots that get printed: the one renderer for screen, PDF and printers.
import { createHash } from 'node:crypto'
import type { LabelElement, LabelTemplate, PrinterResolution } from '../../shared/label.ts'
import { dotsPerMm, toDots, toVisibleDots } from '../layout/dots.ts'
import { encodeSymbol } from '../symbols/encode-symbol.ts'
import { printable } from '../symbols/letters.ts'
import { type Symbology, symbologyNames, symbologyOf } from '../symbols/symbologies.ts'
import { Bitmap, type DotRectangle, type QuarterTurn, rotatedRectangle } from './bitmap.ts'
import { drawImage } from './draw-image.ts'
import { drawLine } from './draw-line.ts'
import { LabelFonts } from './label-fonts.ts'
import { drawText, smallestPart } from './text-lines.ts'

/** What is drawn. */
export interface LabelRequest {
  readonly template: LabelTemplate
  /** Value of element i as text; '' for boxes, lines and images. */
  readonly texts: readonly string[]
  readonly dpi: PrinterResolution
  /** Bytes of an image of the template; null = it is not there. */
  readonly image: (file: string) => Uint8Array | null
}

/** A bar code on the label. */
export interface RenderedSymbol {
  /** Index in the template's elements. */
  readonly element: number
  readonly symbology: string
  /** What was put in, and what a reader has to give (with check digits and GS). */
  readonly text: string
  readonly readsAs: string
  /** Where its modules are; dots. */
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** The same with the white around it that belongs to it. */
  readonly quietArea: DotRectangle
  /** How it is turned on the label. */
  readonly rotate: QuarterTurn
  /** Its narrowest bar; dots. */
  readonly module: number
  /** How wide that really is; mm. */
  readonly moduleMm: number
}

export interface RenderedLabel {
  /** Dots. */
  readonly width: number
  readonly height: number
  readonly dpi: PrinterResolution
  /** 1 bit per dot, rows padded to whole bytes, most significant bit first, 1 = black. */
  readonly bitmap: Uint8Array
  /** SHA-256 of width and height (4 bytes each, most significant first) and bitmap; hexadecimal. */
  readonly hash: string
  readonly symbols: readonly RenderedSymbol[]
  /** Where each element is before the label as a whole is turned; dots. */
  readonly areas: readonly DotRectangle[]
  /** Why this label must not be printed, as sentences; empty = it may. */
  readonly faults: readonly string[]
}

/** Bars without a height are so high; mm. */
const usualBarHeight = 10
/** Text below bars, and its distance; mm. */
const barTextSize = 2.5
const barTextGap = 0.5

const fonts = new LabelFonts()

/** Draws a label. Never throws for what stands on it: what is wrong are its faults. */
export function renderLabel(request: LabelRequest): RenderedLabel {
  return new LabelDrawing(request).run()
}

/** SHA-256 by which pictures are compared: the same for preview, print and reprint. */
export function bitmapHash(width: number, height: number, bitmap: Uint8Array): string {
  const size = new DataView(new ArrayBuffer(8))
  size.setUint32(0, width)
  size.setUint32(4, height)
  return createHash('sha256').update(new Uint8Array(size.buffer)).update(bitmap).digest('hex')
}

interface PlacedSymbol {
  readonly index: number
  readonly symbology: Symbology
  readonly text: string
  readonly module: number
  readonly rotate: QuarterTurn
  /** Of its modules. */
  readonly area: DotRectangle
  /** With its quiet zone. */
  readonly quietArea: DotRectangle
  /** What has to be seen in `quietArea`: its modules (turned), white around them. */
  readonly picture: Bitmap
}

class LabelDrawing {
  readonly #request: LabelRequest
  readonly #bitmap: Bitmap
  readonly #faults: string[] = []
  readonly #symbols: PlacedSymbol[] = []
  /** Where each element is, to say who lies where it must not. */
  readonly #areas: DotRectangle[] = []

  constructor(request: LabelRequest) {
    this.#request = request
    const { template, dpi } = request
    this.#bitmap = new Bitmap(toVisibleDots(template.width, dpi), toVisibleDots(template.height, dpi))
  }

  run(): RenderedLabel {
    const { template, dpi } = this.#request
    for (const [index, element] of template.elements.entries()) {
      // What cannot be drawn is at least somewhere.
      this.#areas.push({ x: toDots(element.x, dpi), y: toDots(element.y, dpi), width: 0, height: 0 })
      this.#draw(element, index)
    }
    for (const symbol of this.#symbols) this.#checkQuietZone(symbol)
    const label = this.#bitmap.rotated(template.rotate)
    return {
      width: label.width,
      height: label.height,
      dpi,
      bitmap: label.bytes,
      hash: bitmapHash(label.width, label.height, label.bytes),
      symbols: this.#symbols.map((symbol) => this.#rendered(symbol)),
      areas: this.#areas,
      faults: this.#faults,
    }
  }

  #draw(element: LabelElement, index: number): void {
    const text = this.#request.texts[index] ?? ''
    switch (element.type) {
      case 'text':
        return this.#text(element, text, index)
      case 'barcode':
        return this.#symbol(element, text, index)
      case 'box':
        return this.#box(element, index)
      case 'line':
        return this.#line(element, index)
      case 'image':
        return this.#image(element, index)
    }
  }

  #text(element: LabelElement & { type: 'text' }, text: string, index: number): void {
    const { dpi } = this.#request
    const size = (mm: number | null) => (mm === null ? null : toVisibleDots(mm, dpi))
    const drawn = drawText(fonts, text, {
      fontSize: element.fontSize * dotsPerMm(dpi),
      isBold: element.bold,
      width: size(element.width),
      height: size(element.height),
      align: element.align,
    })
    for (const fault of drawn.faults) this.#fault(index, fault)
    this.#place(drawn.bitmap, element, index)
  }

  #box(element: LabelElement & { type: 'box' }, index: number): void {
    const { dpi } = this.#request
    const bitmap = new Bitmap(toVisibleDots(element.width, dpi), toVisibleDots(element.height, dpi))
    const { width, height } = bitmap
    const line = Math.min(toVisibleDots(element.line, dpi), width, height)
    if (element.filled) bitmap.fill({ x: 0, y: 0, width, height })
    else
      for (const edge of [
        { x: 0, y: 0, width, height: line },
        { x: 0, y: height - line, width, height: line },
        { x: 0, y: 0, width: line, height },
        { x: width - line, y: 0, width: line, height },
      ])
        bitmap.fill(edge)
    this.#place(bitmap, element, index)
  }

  #line(element: LabelElement & { type: 'line' }, index: number): void {
    const { bitmap, left, top } = drawLine(element, this.#request.dpi)
    this.#put(bitmap, left, top, index)
  }

  #image(element: LabelElement & { type: 'image' }, index: number): void {
    const { dpi, image } = this.#request
    const bytes = image(element.file)
    if (bytes === null) return this.#fault(index, `there is no image ${element.file}`)
    const drawn = drawImage(bytes, toVisibleDots(element.width, dpi), toVisibleDots(element.height, dpi))
    if (!drawn.ok) return this.#fault(index, `the image ${element.file} ${drawn.fault}`)
    this.#place(drawn.bitmap, element, index)
  }

  #symbol(element: LabelElement & { type: 'barcode' }, text: string, index: number): void {
    const { dpi } = this.#request
    const symbology = symbologyOf(element.symbology)
    if (symbology === undefined)
      return this.#fault(index, `there is no bar code "${element.symbology}"; there are ${symbologyNames.join(', ')}`)
    const module = toDots(element.module, dpi)
    if (module < 1)
      return this.#fault(index, `a module of ${element.module} mm is less than a dot of a printer of ${dpi} dpi`)
    const barHeight = toVisibleDots(element.height ?? usualBarHeight, dpi)
    const encoded = encodeSymbol({ symbology, text, module, barHeight, errorCorrection: element.errorCorrection })
    if (!encoded.ok) return this.#fault(index, `"${printable(text)}" cannot be a ${symbology.title}: ${encoded.fault}`)
    const below = element.showText ? this.#textBelow(symbology, text, encoded.bitmap.width, index) : null
    this.#placeSymbol(element, index, { symbology, text, module, bars: encoded.bitmap, below })
  }

  /** Text below bars, as wide as they are, or at half its size as wide as it gets. */
  #textBelow(symbology: Symbology, text: string, width: number, index: number): Bitmap | null {
    const { dpi } = this.#request
    // Separators of ISO/IEC 15434 are nothing to look at.
    const shown = (symbology.aimId === null ? symbology.readsAs(text) : text).replaceAll(/\p{Cc}/gu, ' ')
    const fontSize = barTextSize * dotsPerMm(dpi)
    const box = { fontSize, isBold: false, width, height: null, align: 'center' } as const
    const drawn = drawText(fonts, shown, box)
    if (drawn.fits) return drawn.bitmap
    const small = drawText(fonts, shown, { ...box, fontSize: fontSize * smallestPart, width: null })
    for (const fault of small.faults) this.#fault(index, fault)
    return small.bitmap
  }

  #placeSymbol(
    element: LabelElement & { type: 'barcode' },
    index: number,
    {
      symbology,
      text,
      module,
      bars,
      below,
    }: {
      readonly symbology: Symbology
      readonly text: string
      readonly module: number
      readonly bars: Bitmap
      readonly below: Bitmap | null
    },
  ): void {
    const { dpi } = this.#request
    const gap = Math.max(toDots(barTextGap, dpi), symbology.quiet.vertical * module)
    const whole = new Bitmap(
      Math.max(bars.width, below?.width ?? 0),
      bars.height + (below === null ? 0 : gap + below.height),
    )
    whole.add(bars, 0, 0)
    if (below !== null) whole.add(below, 0, bars.height + gap)
    const x = toDots(element.x, dpi)
    const y = toDots(element.y, dpi)
    const quiet = {
      x: -symbology.quiet.left * module,
      y: -symbology.quiet.vertical * module,
      width: bars.width + (symbology.quiet.left + symbology.quiet.right) * module,
      height: bars.height + 2 * symbology.quiet.vertical * module,
    }
    const barsArea = rotatedRectangle({ x: 0, y: 0, width: bars.width, height: bars.height }, element.rotate, whole)
    const quietArea = rotatedRectangle(quiet, element.rotate, whole)
    this.#symbols.push({
      index,
      symbology,
      text,
      module,
      rotate: element.rotate,
      area: { ...barsArea, x: x + barsArea.x, y: y + barsArea.y },
      quietArea: { ...quietArea, x: x + quietArea.x, y: y + quietArea.y },
      picture: whole.part(quiet).rotated(element.rotate),
    })
    this.#put(whole.rotated(element.rotate), x, y, index)
  }

  #place(bitmap: Bitmap, element: LabelElement, index: number): void {
    const { dpi } = this.#request
    this.#put(bitmap.rotated(element.rotate), toDots(element.x, dpi), toDots(element.y, dpi), index)
  }

  #put(bitmap: Bitmap, x: number, y: number, index: number): void {
    this.#areas[index] = { x, y, width: bitmap.width, height: bitmap.height }
    const ink = bitmap.inkArea()
    if (ink !== null && !isWithin({ ...ink, x: x + ink.x, y: y + ink.y }, this.#bitmap))
      this.#fault(index, 'it goes beyond the edge of the label')
    this.#bitmap.add(bitmap, x, y)
  }

  #checkQuietZone({ index, symbology, quietArea, picture }: PlacedSymbol): void {
    if (!isWithin(quietArea, this.#bitmap))
      return this.#fault(index, `its quiet zone of ${quietInWords(symbology)} goes beyond the edge of the label`)
    if (this.#bitmap.part(quietArea).equals(picture)) return
    const others = this.#areas.flatMap((area, other) =>
      other !== index && overlap(area, quietArea) ? [this.#nameOf(other)] : [],
    )
    this.#fault(
      index,
      `its quiet zone of ${quietInWords(symbology)} is not white: ${others.join(', ')} reaches into it`,
    )
  }

  #rendered({ index, symbology, text, module, rotate, area, quietArea }: PlacedSymbol): RenderedSymbol {
    const { template, dpi } = this.#request
    return {
      element: index,
      symbology: symbology.name,
      text,
      readsAs: symbology.readsAs(text),
      ...rotatedRectangle(area, template.rotate, this.#bitmap),
      quietArea: rotatedRectangle(quietArea, template.rotate, this.#bitmap),
      rotate: ((rotate + template.rotate) % 360) as QuarterTurn,
      module,
      moduleMm: module / dotsPerMm(dpi),
    }
  }

  #fault(index: number, sentence: string): void {
    this.#faults.push(`${this.#nameOf(index)}: ${sentence}`)
  }

  #nameOf(index: number): string {
    const element = this.#request.template.elements[index]!
    return `element ${index + 1} (${element.type === 'barcode' ? element.symbology : element.type})`
  }
}

function quietInWords({ quiet }: Symbology): string {
  return quiet.left === quiet.right ? `${quiet.left} modules` : `${quiet.left} and ${quiet.right} modules`
}

function isWithin(
  { x, y, width, height }: DotRectangle,
  label: { readonly width: number; readonly height: number },
): boolean {
  return x >= 0 && y >= 0 && x + width <= label.width && y + height <= label.height
}

function overlap(a: DotRectangle, b: DotRectangle): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}
