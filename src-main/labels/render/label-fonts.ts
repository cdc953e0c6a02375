// The letters of labels: Noto Sans SC and, for Greek and other European letters, Noto Sans (SIL Open Font License), regular and bold.
// A file is read when a label first has one of its letters.
import { readFileSync } from 'node:fs'
import type { Font } from 'fontkit'
import * as fontkit from 'fontkit'
import { Bitmap } from './bitmap.ts'
import { type FontSubset, FontSubsets } from './font-subsets.ts'
import { type FontWeight, fontFile } from './label-assets.ts'
import { addCubic, addQuadratic, fillPolygons } from './scan-conversion.ts'
import { unpackWoff } from './woff.ts'

/** A letter in dots. */
export interface GlyphPicture {
  readonly bitmap: Bitmap
  /** From the pen to the left edge of `bitmap`, and from the baseline down to its upper edge (usually negative); dots. */
  readonly left: number
  readonly top: number
}

/** Most outlines, pictures and files kept: less than 20 MB at 600 dpi. */
const mostOutlines = 4000
const mostPictureBytes = 8 * 1024 * 1024
const mostFonts = 40

/** Of Noto Sans SC, by which lines are set; em = 1. */
export const ascent = 1.16
export const descent = 0.288

interface Outline {
  /** In em. */
  readonly advance: number
  readonly unitsPerEm: number
  /** In font units, y upward. */
  readonly commands: readonly { readonly command: string; readonly args: readonly number[] }[]
}

export class LabelFonts {
  readonly #subsets = new FontSubsets()
  readonly #fonts = new Map<string, Font>()
  readonly #outlines = new Map<string, Outline | null>()
  readonly #pictures = new Map<string, GlyphPicture>()
  #pictureBytes = 0

  /** Width of a letter, in em; null = no font has it. */
  advanceOf(codePoint: number, isBold: boolean): number | null {
    return this.#outlineOf(codePoint, isBold)?.advance ?? null
  }

  /** A letter a font has, at a size of so many dots an em. */
  pictureOf(codePoint: number, isBold: boolean, emDots: number): GlyphPicture {
    const key = `${codePoint} ${isBold} ${emDots}`
    const known = this.#pictures.get(key)
    if (known !== undefined) return known
    const outline = this.#outlineOf(codePoint, isBold)
    if (outline === null) throw new RangeError(`no font has U+${codePoint.toString(16)}`)
    const picture = drawGlyph(outline, emDots)
    this.#keep(key, picture)
    return picture
  }

  #keep(key: string, picture: GlyphPicture): void {
    if (this.#pictureBytes > mostPictureBytes) {
      this.#pictures.clear()
      this.#pictureBytes = 0
    }
    this.#pictures.set(key, picture)
    this.#pictureBytes += picture.bitmap.bytes.length + key.length + 100
  }

  #outlineOf(codePoint: number, isBold: boolean): Outline | null {
    const key = `${codePoint} ${isBold}`
    let outline = this.#outlines.get(key)
    if (outline === undefined) {
      outline = this.#readOutline(codePoint, isBold ? 700 : 400)
      if (this.#outlines.size >= mostOutlines) this.#outlines.clear()
      this.#outlines.set(key, outline)
    }
    return outline
  }

  #readOutline(codePoint: number, weight: FontWeight): Outline | null {
    for (const subset of this.#subsets.subsetsWith(codePoint)) {
      const font = this.#font(subset, weight)
      if (!font.hasGlyphForCodePoint(codePoint)) continue
      const glyph = font.glyphForCodePoint(codePoint)
      const { unitsPerEm } = font
      return { advance: glyph.advanceWidth / unitsPerEm, unitsPerEm, commands: glyph.path.commands }
    }
    return null
  }

  #font(subset: FontSubset, weight: FontWeight): Font {
    const file = fontFile(subset.family, subset.name, weight)
    let font = this.#fonts.get(file)
    if (font === undefined) {
      font = fontkit.create(Buffer.from(unpackWoff(readFileSync(file)))) as Font
      if (this.#fonts.size >= mostFonts) this.#fonts.clear()
      this.#fonts.set(file, font)
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

function pictureOfPolygons(polygons: readonly (readonly number[])[]): GlyphPicture {
  let [left, top, right, bottom] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0, 0]
  for (const polygon of polygons)
    for (let at = 0; at < polygon.length; at += 2) {
      left = Math.min(left, polygon[at]!)
      right = Math.max(right, polygon[at]!)
      top = Math.min(top, polygon[at + 1]!)
      bottom = Math.max(bottom, polygon[at + 1]!)
    }
  if (polygons.length === 0) return { bitmap: new Bitmap(0, 0), left: 0, top: 0 }
  const x = Math.floor(left)
  const y = Math.floor(top)
  const bitmap = new Bitmap(Math.max(1, Math.ceil(right) - x), Math.max(1, Math.ceil(bottom) - y))
  fillPolygons(
    bitmap,
    polygons.map((polygon) => polygon.map((value, at) => value - (at % 2 === 0 ? x : y))),
  )
  return { bitmap, left: x, top: y }
}
