// Which file of which font has a letter. The fonts are cut into some hundred files, so that a label with twenty Chinese characters
// reads a few small ones instead of one that takes as long as a hundred labels.
import { readFileSync } from 'node:fs'
import { type FontFamily, fontFamilies, fontRangesFile } from './label-assets.ts'

/** A file of a font; its weight is chosen later. */
export interface FontSubset {
  readonly family: FontFamily
  readonly name: string
}

interface SubsetRange {
  readonly from: number
  readonly to: number
  readonly subset: FontSubset
}

/** Subsets that say they have a letter; not each of them keeps its word. */
export class FontSubsets {
  /** null until a letter is asked for. */
  #ranges: readonly SubsetRange[] | null = null

  /** In the order of the families. */
  subsetsWith(codePoint: number): readonly FontSubset[] {
    this.#ranges ??= fontFamilies.flatMap(rangesOf)
    return this.#ranges.filter(({ from, to }) => from <= codePoint && codePoint <= to).map(({ subset }) => subset)
  }
}

function rangesOf(family: FontFamily): SubsetRange[] {
  const ranges = JSON.parse(readFileSync(fontRangesFile(family), 'utf8')) as Readonly<Record<string, string>>
  return Object.entries(ranges).flatMap(([name, text]) => {
    const subset = { family, name }
    return text.split(',').map((range) => {
      const [from, to = from] = range.trim().slice(2).split('-')
      return { from: Number.parseInt(from!, 16), to: Number.parseInt(to!, 16), subset }
    })
  })
}
