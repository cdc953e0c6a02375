// A pen of a trend: which series, and how it is told apart: colour, line and letter together, never colour alone.
import type { RecordedSeriesRow } from '../../src-main/shared/history.ts'
import { mostPens, type PenStyle, penColorCount, type TrendPen } from '../../src-main/shared/trend-group.ts'

/** A pen on screen. */
export interface Pen {
  readonly tag: string
  /** Place in the palette, 1 … {@link penColorCount}. */
  readonly color: number
  /** Number of its value axis from 1; null = by unit. */
  readonly axis: number | null
  /** Range by hand in engineering units; null = from what is seen. */
  readonly low: number | null
  readonly high: number | null
  readonly style: PenStyle | null
  readonly isHidden: boolean
}

export { mostPens }

/** How a series is drawn: a line on a value axis, a band of states with their words, or labelled stretches of text. */
export type PenLook = 'line' | 'states' | 'texts'

/** The look of a series. */
export function lookOf(row: Pick<RecordedSeriesRow, 'dataType' | 'states'>): PenLook {
  if (row.states || row.dataType === 'bool') return 'states'
  switch (row.dataType) {
    case 'string':
    case 'bytes':
    case 'structure':
    case 'datetime':
    case 'int64':
    case 'uint64':
      return 'texts'
    default:
      return 'line'
  }
}

/** The letter on the line of the nth pen: A … Z, then a … f. */
export function penLetter(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : String.fromCharCode(97 + index - 26)
}

/** A pen for a series as it comes into the trend: the first colour nobody has. */
export function newPen(tag: string, pens: readonly Pen[]): Pen {
  const taken = pens.map(({ color }) => color)
  const color = firstFree(taken)
  return { tag, color, axis: null, low: null, high: null, style: null, isHidden: false }
}

/** Pens for these series, each with its own colour. */
export function pensOfTags(tags: readonly string[]): readonly Pen[] {
  const pens: Pen[] = []
  for (const tag of tags.slice(0, mostPens)) pens.push(newPen(tag, pens))
  return pens
}

/** The pens of a saved group. */
export function pensOf(saved: readonly TrendPen[]): readonly Pen[] {
  const pens: Pen[] = []
  for (const { tag, color, axis, low, high, style } of saved.slice(0, mostPens)) {
    const taken = [...pens.map((pen) => pen.color), ...saved.flatMap((pen) => pen.color ?? [])]
    pens.push({ tag, color: color ?? firstFree(taken), axis, low, high, style, isHidden: false })
  }
  return pens
}

/** The pens as a group keeps them. */
export function savedPens(pens: readonly Pen[]): readonly TrendPen[] {
  return pens.map(({ tag, color, axis, low, high, style }) => ({ tag, color, axis, low, high, style }))
}

function firstFree(taken: readonly number[]): number {
  for (let round = 0; ; round++) {
    for (let color = 1; color <= penColorCount; color++) {
      if (taken.filter((one) => one === color).length <= round) return color
    }
  }
}

/** Dashes of the line in CSS px and its width, by the pen's place; short dashes are kept for Uncertain. */
export function penStroke(index: number): { readonly width: number; readonly dash: readonly number[] } {
  const strokes = [
    { width: 1.6, dash: [] },
    { width: 2.6, dash: [] },
    { width: 1.8, dash: [18, 4] },
    { width: 1.8, dash: [18, 4, 3, 4] },
  ] as const
  return strokes[index % strokes.length]!
}
