// The font of labels: Noto Sans SC (SIL Open Font License), regular and bold, cut into files by the letters they have. A file is
// read when a label first has one of its letters.
import { readFileSync } from 'node:fs'
import type { Font } from 'fontkit'
import * as fontkit from 'fontkit'
import { Bitmap } from './bitmap.ts'
import { fontFile } from './label-assets.ts'
import { addCubic, addQuadratic, fillPolygons } from './scan-conversion.ts'

/** A letter in dots. */
export interface GlyphPicture {
  readonly bitmap: Bitmap
  /** From the pen to the left edge of `bitmap`, and from the baseline up to its upper edge; dots. */
  readonly left: number
  readonly top: number
}

/** Files in the order they are asked. */
const files = ['latin', 'chinese-simplified'] as const

/** Most glyph pictures kept: about 10 MB at 600 dpi. */
const mostPictures = 4000

/** Of the font; em = 1. */
export const ascent = 1.16
export const descent = 0.288

interface Outline {
  /** In em. */
  readonly advance: number
  /** `M x y`, `L x y`, `Q cx cy x y`, `C …` of the font, y upward, in font units. */
  readonly commands: readonly { readonly command: string; readonly args: readonly number[] }[]
  readonly unitsPerEm: number
}

export class LabelFonts {
  readonly #fonts = new Map<string, Font>()
  readonly #outlines = new Map<string, Outline | null>()
  readonly #pictures = new Map<string, GlyphPicture>()

  /** Width of a letter, in em; null = the font has no such letter. */
  advanceOf(codePoint: number, isBold: boolean): number | null {
    return this.#outlineOf(codePoint, isBold)?.advance ?? null
  }

  /** A letter the font has, at a size of so many dots an em. */
  pictureOf(codePoint: number, isBold: boolean, emDots: number): GlyphPicture {
    const key = `${codePoint} ${isBold} ${emDots}`
    let picture = this.#pictures.get(key)
    if (picture === undefined) {
      const outline = this.#outlineOf(codePoint, isBold)
      if (outline === null) throw new RangeError(`the font has no U+${codePoint.toString(16)}`)
      picture = drawGlyph(outline, emDots)
      if (this.#pictures.size >= mostPictures) this.#pictures.clear()
      this.#pictures.set(key, picture)
    }
    return picture
  }

  #outlineOf(codePoint: number, isBold: boolean): Outline | null {
    const key = `${codePoint} ${isBold}`
    let outline = this.#outlines.get(key)
    if (outline === undefined) {
      outline = this.#readOutline(codePoint, isBold)
      if (this.#outlines.size >= mostPictures) this.#outlines.clear()
      this.#outlines.set(key, outline)
    }
    return outline
  }

  #readOutline(codePoint: number, isBold: boolean): Outline | null {
    for (const file of files) {
      const font = this.#font(`${file}-${isBold ? 700 : 400}`)
      if (!font.hasGlyphForCodePoint(codePoint)) continue
      const glyph = font.glyphForCodePoint(codePoint)
      return {
        advance: glyph.advanceWidth / font.unitsPerEm,
        commands: glyph.path.commands,
        unitsPerEm: font.unitsPerEm,
      }
    }
    return null
  }

  #font(name: string): Font {
    let font = this.#fonts.get(name)
    if (font === undefined) {
      font = fontkit.create(readFileSync(fontFile(name))) as Font
      this.#fonts.set(name, font)
    }
    return font
  }
}

function drawGlyph({ commands, unitsPerEm }: Outline, emDots: number): GlyphPicture {
  const scale = emDots / unitsPerEm
  const polygons: number[][] = []
  for (const { command, args } of commands) {
    const points = args.map((value, at) => (at % 2 === 0 ? value * scale : -value * scale))
    const polygon = polygons.at(-1)
    if (command === 'moveTo') polygons.push(points)
    else if (command === 'lineTo') polygon!.push(...points)
    else if (command === 'quadraticCurveTo') addQuadratic(polygon!, points[0]!, points[1]!, points[2]!, points[3]!)
    else if (command === 'bezierCurveTo')
      addCubic(polygon!, [points[0]!, points[1]!], [points[2]!, points[3]!], [points[4]!, points[5]!])
  }
  return pictureOfPolygons(polygons)
}

function pictureOfPolygons(polygons: readonly number[][]): GlyphPicture {
  let [left, top, right, bottom] = [0, 0, 0, 0]
  let isFirst = true
  for (const polygon of polygons)
    for (let at = 0; at < polygon.length; at += 2) {
      const x = polygon[at]!
      const y = polygon[at + 1]!
      left = isFirst ? x : Math.min(left, x)
      right = isFirst ? x : Math.max(right, x)
      top = isFirst ? y : Math.min(top, y)
      bottom = isFirst ? y : Math.max(bottom, y)
      isFirst = false
    }
  const x = Math.floor(left)
  const y = Math.floor(top)
  const bitmap = new Bitmap(Math.ceil(right) - x + 1, Math.ceil(bottom) - y + 1)
  fillPolygons(
    bitmap,
    polygons.map((polygon) => polygon.map((value, at) => value - (at % 2 === 0 ? x : y))),
  )
  return { bitmap, left: x, top: y }
}
