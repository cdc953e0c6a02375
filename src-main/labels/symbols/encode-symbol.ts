// A text as the modules of a bar code. bwip-js finds them; how large they get is decided here, in whole dots.
import bwipjs, { type RawOptions } from 'bwip-js/node'
import { messageOf } from '../../shared/runtime-error.ts'
import { Bitmap } from '../render/bitmap.ts'
import { gs1Fault } from './gs1-content.ts'
import { isAscii } from './letters.ts'
import { errorCorrectionFault, type Symbology } from './symbologies.ts'

/** What is encoded, how large. */
export interface SymbolRequest {
  readonly symbology: Symbology
  readonly text: string
  /** Dots. */
  readonly module: number
  /** Of bars; dots. */
  readonly barHeight: number
  /** null = the usual one. */
  readonly errorCorrection: string | null
}

/** Without its quiet zone; `fault` instead of a picture when the text cannot be encoded. */
export type EncodedSymbol =
  | { readonly ok: true; readonly bitmap: Bitmap }
  | { readonly ok: false; readonly fault: string }

/** Modules row by row, 1 = black. */
interface EncodedModules {
  readonly pixs: readonly number[]
  readonly pixx: number
  readonly pixy: number
}

/** Widths in modules of bars and spaces in turn, beginning with a bar. */
interface EncodedBars {
  readonly sbs: readonly number[]
}

/** Encodes and draws. Never throws for a text. */
export function encodeSymbol(request: SymbolRequest): EncodedSymbol {
  const { symbology, text, errorCorrection } = request
  const fault =
    symbology.fault(text) ?? (errorCorrection === null ? null : errorCorrectionFault(symbology, errorCorrection))
  if (fault !== null) return { ok: false, fault }
  try {
    const encoded = encodedIn(symbology.sizes ?? [null], { bcid: symbology.name, ...optionsFor(request) })
    return { ok: true, bitmap: 'pixs' in encoded ? drawModules(encoded, request) : drawBars(encoded, request) }
  } catch (error) {
    return { ok: false, fault: encoderFault(messageOf(error)) }
  }
}

/** Encodes in the first of the sizes that is large enough; null = the encoder chooses. Throws the encoder's error when none is. */
function encodedIn(sizes: readonly (string | null)[], options: { readonly bcid: string; readonly text: string }) {
  for (const [index, version] of sizes.entries())
    try {
      const [encoded]: readonly (EncodedModules | EncodedBars)[] = bwipjs.raw({
        ...options,
        ...(version !== null && { version }),
      } as RawOptions)
      return encoded!
    } catch (error) {
      if (index === sizes.length - 1 || !/maximum length/i.test(messageOf(error))) throw error
    }
  throw new RangeError('there are no sizes')
}

function optionsFor({ text, errorCorrection }: SymbolRequest) {
  const options: Record<string, string | boolean> = {}
  if (errorCorrection !== null) options.eclevel = errorCorrection
  // Readers guess the letters of a QR Code that does not name its character set: ECI 26 is UTF-8.
  // A bracket of a GS1 value is written with a backslash here, and as the number of its letter for the encoder.
  if (isAscii(text) && text.includes('\\(') && gs1Fault(text) === null)
    return { ...options, parse: true, text: text.replaceAll('\\(', '^040') }
  if (isAscii(text)) return { ...options, text }
  return { ...options, parsefnc: true, text: `^ECI000026${text.replaceAll('^', '^^')}` }
}

function drawModules(encoded: EncodedModules, { module }: SymbolRequest): Bitmap {
  const { pixs, pixx, pixy } = encoded
  const bitmap = new Bitmap(pixx * module, pixy * module)
  for (let y = 0; y < pixy; y++)
    for (let x = 0; x < pixx; x++)
      if (pixs[y * pixx + x] === 1) bitmap.fill({ x: x * module, y: y * module, width: module, height: module })
  return bitmap
}

/** Bars and spaces in turn, beginning with a bar. */
function drawBars(encoded: EncodedBars, { symbology, module, barHeight }: SymbolRequest): Bitmap {
  // A space behind the last bar is part of the quiet zone.
  const { length } = encoded.sbs
  const widths = encoded.sbs.slice(0, length - ((length + 1) % 2)).map((modules) => dotsOf(modules))
  const bitmap = new Bitmap(
    widths.reduce((sum, width) => sum + width, 0),
    barHeight,
  )
  let x = 0
  for (const [index, width] of widths.entries()) {
    if (index % 2 === 0) bitmap.fill({ x, y: 0, width, height: barHeight })
    x += width
  }
  return bitmap

  function dotsOf(modules: number): number {
    const isWide = symbology.wideBar !== undefined && modules === 2
    return isWide ? Math.floor(module * symbology.wideBar! + 0.5) : modules * module
  }
}

/** `bwipp.ean13badCheckDigit#6915: Incorrect …` without what only its authors understand. */
function encoderFault(message: string): string {
  const words = /^bwipp\.\w+#\d+: (.*)$/s.exec(message)?.[1] ?? message
  return words.charAt(0).toLowerCase() + words.slice(1)
}
