// Value axes: which pens share one, and from where to where it goes. Ranges stand still while what is seen fits them: an axis
// that jumps with every sample cannot be read.
import { unitText } from '../tags/unit-text.ts'
import type { Pen } from './pen.ts'
import { type PenTrace, rowKinds } from './pen-trace.ts'

/** One value axis. */
export interface ValueScale {
  readonly key: string
  readonly unit: string
  /** Letters of the pens on it. */
  readonly letters: string
  readonly low: number
  readonly high: number
}

/** A pen with a line, as far as its axis is concerned. */
export interface ScaledPen {
  readonly pen: Pen
  readonly letter: string
  /** UCUM code. */
  readonly unit: string
  readonly traces: readonly { readonly trace: PenTrace; readonly from: number; readonly to: number }[]
  /** Values that have to be seen as well: limits. */
  readonly also?: readonly number[]
}

/** Less of the range than this filled: it is drawn anew around what is seen. */
const leastFill = 0.45
/** Room above and below what is seen, share of it. */
const padding = 0.06

/** Key of the axis of a pen: its number, its own when ranged by hand or wanted so, else that of its unit. */
export function scaleKeyOf(pen: Pen, unit: string, ownAxes: boolean): string {
  if (pen.axis !== null) return `axis ${pen.axis}`
  if (ownAxes || pen.low !== null || pen.high !== null) return `pen ${pen.tag}`
  return `unit ${unit}`
}

/** The axes of these pens, in their order; `former` are the ranges of the last picture. */
export function valueScales(
  pens: readonly ScaledPen[],
  ownAxes: boolean,
  former: ReadonlyMap<string, ValueScale>,
): ReadonlyMap<string, ValueScale> {
  const groups = new Map<string, ScaledPen[]>()
  for (const pen of pens) {
    const key = scaleKeyOf(pen.pen, pen.unit, ownAxes)
    groups.set(key, [...(groups.get(key) ?? []), pen])
  }
  const scales = new Map<string, ValueScale>()
  for (const [key, members] of groups) {
    const units = [...new Set(members.map(({ unit }) => unitText(unit)))]
    const { low, high } = rangeOf(members, former.get(key))
    scales.set(key, { key, unit: units.join(', '), letters: members.map(({ letter }) => letter).join(' '), low, high })
  }
  return scales
}

function rangeOf(members: readonly ScaledPen[], former: ValueScale | undefined): { low: number; high: number } {
  const byHand = members.find(({ pen }) => pen.low !== null && pen.high !== null)?.pen
  if (byHand) return { low: byHand.low!, high: byHand.high! }
  const seen = extentOf(members)
  if (seen === null) return former ?? { low: 0, high: 1 }
  const extent = seen.high - seen.low
  if (former && seen.low >= former.low && seen.high <= former.high) {
    const fill = extent / (former.high - former.low)
    if (fill >= leastFill || extent === 0) return former
  }
  // A value that stands still is drawn in the middle of a range that fits its size.
  const room = extent > 0 ? extent * padding : Math.max(Math.abs(seen.low) * 0.05, 0.5)
  return niceRange(seen.low - room, seen.high + room)
}

/** Lowest and highest value that is seen; null where there is none. */
function extentOf(members: readonly ScaledPen[]): { low: number; high: number } | null {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const { traces, also = [] } of members) {
    for (const value of also) {
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
    for (const { trace, from, to } of traces) {
      for (let row = Math.max(0, trace.rowAt(from)); row < trace.count && trace.time[row]! <= to; row++) {
        if (trace.kind[row] === rowKinds.hole) continue
        if (trace.low[row]! < low) low = trace.low[row]!
        if (trace.high[row]! > high) high = trace.high[row]!
      }
    }
  }
  return low <= high ? { low, high } : null
}

/** The range widened to round numbers. */
export function niceRange(low: number, high: number): { low: number; high: number } {
  const step = niceStep((high - low) / 5)
  // Rounded to the step's decimals: 0.1 × 3 is not 0.3 to a computer.
  const round = (value: number) => Number(value.toPrecision(12))
  return { low: round(Math.floor(low / step) * step), high: round(Math.ceil(high / step) * step) }
}

/** 1, 2 or 5 times a power of ten, at least `least`. */
export function niceStep(least: number): number {
  if (!(least > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(least))
  const factor = [1, 2, 5, 10].find((one) => one * power >= least * (1 - 1e-9)) ?? 10
  return factor * power
}

/** Values of the ticks in [low, high]. */
export function valueTicks(low: number, high: number, most: number): readonly number[] {
  const step = niceStep((high - low) / Math.max(1, most))
  const ticks: number[] = []
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9 && ticks.length < 100; n++)
    ticks.push(Number((n * step).toPrecision(12)))
  return ticks
}

/** Decimals that tell the ticks apart. */
export function tickDecimals(low: number, high: number, most: number): number {
  const step = niceStep((high - low) / Math.max(1, most))
  return Math.min(12, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)))
}
