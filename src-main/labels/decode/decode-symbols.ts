// Reads the bar codes of a label back from its dots, before it leaves: each has to say exactly what was put in.
import type { ReadResult } from 'zxing-wasm/reader'
import { Bitmap, type QuarterTurn } from '../render/bitmap.ts'
import type { RenderedLabel, RenderedSymbol } from '../render/render-label.ts'
import { printable } from '../symbols/letters.ts'
import { type Symbology, symbologyOf } from '../symbols/symbologies.ts'
import { type PixelImage, symbolReader } from './symbol-reader.ts'

/** What a decoder made of one bar code. */
export interface DecodedSymbol {
  readonly element: number
  readonly symbology: string
  /** What it says; null = it cannot be read. */
  readonly text: string | null
  /** `]d2`: what a scanner would put before it; '' = not read. */
  readonly aimId: string
  /** Why the label must not leave, as a sentence; null = it says what it has to. */
  readonly fault: string | null
}

/** Reads every bar code of the label. Rejects only when the decoder itself does not work. */
export async function decodeSymbols(label: RenderedLabel): Promise<readonly DecodedSymbol[]> {
  if (label.symbols.length === 0) return []
  const bitmap = new Bitmap(label.width, label.height, label.bitmap)
  const decoded: DecodedSymbol[] = []
  for (const symbol of label.symbols) decoded.push(await decode(bitmap, symbol))
  return decoded
}

async function decode(label: Bitmap, symbol: RenderedSymbol): Promise<DecodedSymbol> {
  const symbology = symbologyOf(symbol.symbology)!
  const readBarcodes = await symbolReader()
  const image = pixelsOf(upright(label, symbol), symbol.module)
  const results = await readBarcodes(image, {
    formats: [symbology.format],
    tryRotate: false,
    tryInvert: false,
    tryDownscale: false,
    tryHarder: true,
    binarizer: 'FixedThreshold',
    textMode: 'Plain',
    maxNumberOfSymbols: 2,
  })
  const [first] = results
  const text = first === undefined ? null : textRead(first)
  return {
    element: symbol.element,
    symbology: symbol.symbology,
    text,
    aimId: first?.symbologyIdentifier ?? '',
    fault: faultOf(symbology, symbol, results.length, text, first?.symbologyIdentifier ?? ''),
  }
}

/** UPC comes as the EAN-13 it is a part of; a label says its own digits. */
function textRead({ format, text, extra }: ReadResult): string {
  if (format === 'UPCA' && text.startsWith('0')) return text.slice(1)
  if (format !== 'UPCE') return text
  const { UPCE: digits } = JSON.parse(extra) as { readonly UPCE?: string }
  return digits ?? text
}

function faultOf(
  symbology: Symbology,
  { element, readsAs }: RenderedSymbol,
  count: number,
  text: string | null,
  aimId: string,
): string | null {
  const name = `element ${element + 1} (${symbology.name})`
  if (text === null) return `${name}: it cannot be read back`
  if (count > 1) return `${name}: more than one bar code is read from it`
  if (text !== readsAs) return `${name}: it reads "${printable(text)}" instead of "${printable(readsAs)}"`
  if (symbology.aimId !== null && symbology.aimId !== aimId)
    return `${name}: a reader tells it as ${aimId} instead of ${symbology.aimId}`
  return null
}

/** The symbol with its quiet zone as it is on the label, turned upright, two more modules of white around: what a reader needs at least. */
function upright(label: Bitmap, { quietArea, rotate, module }: RenderedSymbol): Bitmap {
  const border = 2 * module
  const picture = new Bitmap(quietArea.width + 2 * border, quietArea.height + 2 * border)
  picture.add(label.part(quietArea), border, border)
  return picture.rotated(((360 - rotate) % 360) as QuarterTurn)
}

/** A module is read at about this many pixels: with fewer PDF417 is not found, more only takes time. */
const pixelsOfModule = 4

/** The dots as the decoder takes them: made fewer or more, so that a module has at least four pixels. */
function pixelsOf(bitmap: Bitmap, module: number): PixelImage {
  return module >= 2 * pixelsOfModule
    ? reduced(bitmap, Math.floor(module / pixelsOfModule))
    : enlarged(bitmap, Math.ceil(pixelsOfModule / module))
}

/** Each pixel is the mean of a square of dots. */
function reduced(bitmap: Bitmap, side: number): PixelImage {
  const width = Math.ceil(bitmap.width / side)
  const height = Math.ceil(bitmap.height / side)
  const black = new Uint16Array(width * height)
  bitmap.forEachBlack((x, y) => {
    black[Math.floor(y / side) * width + Math.floor(x / side)]!++
  })
  const pixels = new Uint32Array(width * height)
  const dots = side * side
  for (let at = 0; at < black.length; at++) pixels[at] = rgba(255 - Math.floor((255 * black[at]!) / dots))
  return imageOf(pixels, width, height)
}

/** Each dot is a square of pixels. */
function enlarged(bitmap: Bitmap, side: number): PixelImage {
  const width = bitmap.width * side
  const height = bitmap.height * side
  const pixels = new Uint32Array(width * height).fill(rgba(255))
  bitmap.forEachBlack((x, y) => {
    for (let row = y * side; row < (y + 1) * side; row++)
      pixels.fill(rgba(0), row * width + x * side, row * width + (x + 1) * side)
  })
  return imageOf(pixels, width, height)
}

/** Opaque grey; the same in either order of bytes, but for the opacity, which the decoder does not look at. */
function rgba(grey: number): number {
  return (0xff000000 | (grey << 16) | (grey << 8) | grey) >>> 0
}

function imageOf(pixels: Uint32Array<ArrayBuffer>, width: number, height: number): PixelImage {
  return { data: new Uint8ClampedArray(pixels.buffer), width, height, colorSpace: 'srgb' }
}
