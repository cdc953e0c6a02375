// Numbers as a careful person writes them: at most two decimals, no zeros behind, in the manner of what stood there before.

/** At most two decimals (a hundredth of a pixel), never `-0`. */
export function formatNumber(value: number, decimals = 2): string {
  const rounded = Number(value.toFixed(decimals))
  return rounded === 0 ? '0' : String(rounded).includes('e') ? rounded.toFixed(decimals) : String(rounded)
}

/** A number in the place of another: `.5` stays without the zero in front, the same value keeps its spelling. */
export function restyleNumber(written: string, value: number, decimals = 2): string {
  const before = Number(written)
  if (
    Math.abs(before - value) < 0.5 * 10 ** -decimals &&
    formatNumber(before, decimals) === formatNumber(value, decimals)
  )
    return written
  const text = formatNumber(value, decimals)
  return /^[+-]?\./.test(written) ? text.replace(/^(-?)0\./, '$1.') : text
}

/** A length of SVG in user units; `factor` of the unit it is written in. */
export interface Length {
  readonly value: number
  readonly unit: string
  readonly factor: number
}

/** User units for each unit (CSS Values 4, section 6.2); `%` and `em` depend on more than the element. */
const unitFactors: Readonly<Record<string, number>> = {
  '': 1,
  px: 1,
  in: 96,
  cm: 96 / 2.54,
  mm: 96 / 25.4,
  Q: 96 / 101.6,
  pt: 96 / 72,
  pc: 16,
}
const lengthPattern = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([A-Za-z%]*)\s*$/

/** A length as written; null when it is none, or relative. */
export function readLength(text: string): Length | null {
  const match = lengthPattern.exec(text)
  const factor = match === null ? undefined : unitFactors[match[2]!]
  if (match === null || factor === undefined) return null
  return { value: Number(match[1]) * factor, unit: match[2]!, factor }
}

/** The text of a length with another value, in the unit it was written in. */
export function restyleLength(written: string, value: number): string {
  const match = lengthPattern.exec(written)
  const factor = unitFactors[match?.[2] ?? ''] ?? 1
  if (match === null) return formatNumber(value)
  return restyleNumber(match[1]!, value / factor) + match[2]!
}
