// Text on a label: lines that are broken, shrunk and aligned in their box. What does not fit or has a letter no font has is a fault.
import { codeInWords, printable } from '../symbols/letters.ts'
import { Bitmap } from './bitmap.ts'
import { ascent, descent, type LabelFonts } from './label-fonts.ts'

/** Where text goes; dots. */
export interface TextBox {
  /** From top of ascender to descender. */
  readonly fontSize: number
  readonly isBold: boolean
  /** null = as wide, as high as it gets. */
  readonly width: number | null
  readonly height: number | null
  readonly align: 'left' | 'center' | 'right'
}

export interface DrawnText {
  readonly bitmap: Bitmap
  readonly fits: boolean
  readonly faults: readonly string[]
}

/** Smaller than this part of its size a text is not made. */
export const smallestPart = 0.5
/** Each step of shrinking. */
const shrinkStep = 0.95

/** Draws text; the picture is as large as the box, or as the text where the box has no bounds. */
export function drawText(fonts: LabelFonts, text: string, box: TextBox): DrawnText {
  const faults = lettersMissing(fonts, text, box.isBold)
  if (faults.length > 0) return { bitmap: new Bitmap(1, 1), fits: false, faults }
  const fitted = fittedText(fonts, text, box)
  const emDots = fitted.fontSize / (ascent + descent)
  const width = box.width ?? Math.max(1, Math.ceil(Math.max(...fitted.lines.map((line) => line.width))))
  const height = box.height ?? Math.max(1, Math.ceil(fitted.lines.length * fitted.fontSize))
  const bitmap = new Bitmap(width, height)
  for (const [index, line] of fitted.lines.entries()) {
    const free = width - line.width
    const start = box.align === 'left' ? 0 : box.align === 'right' ? free : free / 2
    drawLine(fonts, bitmap, line.text, { start, top: index * fitted.fontSize, emDots, isBold: box.isBold })
  }
  const { fits } = fitted
  const tooLong = `the text "${printable(text)}" does not fit its box, not even at half its size`
  return { bitmap, fits, faults: fits ? [] : [tooLong] }
}

interface Line {
  readonly text: string
  /** Dots. */
  readonly width: number
}

interface Fitted {
  readonly fontSize: number
  readonly lines: readonly Line[]
  readonly fits: boolean
}

function fittedText(fonts: LabelFonts, text: string, box: TextBox): Fitted {
  let fontSize = box.fontSize
  for (;;) {
    const lines = brokenLines(fonts, text, fontSize / (ascent + descent), box)
    const isNarrow = box.width === null || lines.every((line) => line.width <= box.width!)
    const isLow = box.height === null || lines.length * fontSize <= box.height
    if (isNarrow && isLow) return { fontSize, lines, fits: true }
    if (fontSize * shrinkStep < box.fontSize * smallestPart) return { fontSize, lines, fits: false }
    fontSize *= shrinkStep
  }
}

/** Lines of the text; broken at blanks and between Chinese characters where the box has a width and a height. */
function brokenLines(fonts: LabelFonts, text: string, emDots: number, { width, height, isBold }: TextBox): Line[] {
  const lines: Line[] = []
  for (const written of text.split('\n')) {
    if (width === null || height === null) {
      lines.push({ text: written, width: widthOf(fonts, written, emDots, isBold) })
      continue
    }
    let line = ''
    for (const piece of written.match(breakable) ?? ['']) {
      const longer = line + piece
      if (line !== '' && widthOf(fonts, longer.trimEnd(), emDots, isBold) > width) {
        lines.push(asLine(line.trimEnd()))
        line = piece.trimStart()
      } else line = longer
    }
    lines.push(asLine(line.trimEnd()))
  }
  return lines

  function asLine(line: string): Line {
    return { text: line, width: widthOf(fonts, line, emDots, isBold) }
  }
}

/** Pieces between which a line may be broken: words with the blanks behind them, Chinese characters one by one. */
const breakable = /[\p{Script=Han}\u3000-\u303f\uff00-\uffef]|[^\s\p{Script=Han}\u3000-\u303f\uff00-\uffef]+\s*|\s+/gu

function widthOf(fonts: LabelFonts, text: string, emDots: number, isBold: boolean): number {
  let width = 0
  for (const letter of text) width += fonts.advanceOf(letter.codePointAt(0)!, isBold)! * emDots
  return width
}

function drawLine(
  fonts: LabelFonts,
  bitmap: Bitmap,
  text: string,
  { start, top, emDots, isBold }: { start: number; top: number; emDots: number; isBold: boolean },
): void {
  const baseline = Math.floor(top + ascent * emDots + 0.5)
  let pen = start
  for (const letter of text) {
    const codePoint = letter.codePointAt(0)!
    const glyph = fonts.pictureOf(codePoint, isBold, emDots)
    bitmap.add(glyph.bitmap, Math.floor(pen + 0.5) + glyph.left, baseline + glyph.top)
    pen += fonts.advanceOf(codePoint, isBold)! * emDots
  }
}

function lettersMissing(fonts: LabelFonts, text: string, isBold: boolean): string[] {
  const missing = new Set<string>()
  for (const letter of text)
    if (letter !== '\n' && fonts.advanceOf(letter.codePointAt(0)!, isBold) === null) missing.add(letter)
  return [...missing].map(
    (letter) => `the font has no letter for ${letterInWords(letter)}, which stands in the text "${printable(text)}"`,
  )
}

function letterInWords(letter: string): string {
  const code = codeInWords(letter)
  return /\p{C}/u.test(letter) ? `the control character ${code}` : `'${letter}' (${code})`
}
