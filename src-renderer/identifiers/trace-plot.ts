// A small picture of one series in the time a part was there: a line for numbers, broken where the value was Bad.
import type { TracedSeries } from '../../src-main/shared/identifier-calls.ts'
import { isBad, isGood } from '../../src-main/shared/status-code.ts'

export interface TracePlot {
  /** Path data in a field of 100 × 40. */
  readonly path: string
  readonly low: number
  readonly high: number
  readonly isAllGood: boolean
}

const width = 100
const height = 40
const margin = 2

/** null = there are no numbers to draw. `from` and `to`: the window; ms. */
export function plotOf(series: TracedSeries, from: number, to: number): TracePlot | null {
  const points = series.timestamps.map((at, index) => ({
    at,
    value: numberOf(series.values[index]),
    code: series.statusCodes[index] ?? 0,
  }))
  const known = points.flatMap(({ value, code }) => (value === null || isBad(code) ? [] : [value]))
  if (known.length === 0) return null
  const low = known.reduce((least, value) => Math.min(least, value))
  const high = known.reduce((most, value) => Math.max(most, value))
  const span = to > from ? to - from : 1
  const x = (at: number) => round((Math.min(Math.max(at, from), to) - from) * (width / span))
  const y = (value: number) =>
    high === low ? height / 2 : round(height - margin - ((value - low) / (high - low)) * (height - 2 * margin))
  let path = ''
  let last: number | null = null
  for (const { at, value, code } of points) {
    if (value === null || isBad(code)) {
      if (last !== null) path += `H${x(at)}`
      last = null
      continue
    }
    path += last === null ? `M${x(at)} ${y(value)}` : `L${x(at)} ${y(value)}`
    last = value
  }
  // What was measured last holds until the part left.
  if (last !== null) path += `H${width}`
  return { path, low, high, isAllGood: points.every(({ code }) => isGood(code)) }
}

function numberOf(value: number | string | boolean | null | undefined): number | null {
  if (typeof value === 'boolean') return value ? 1 : 0
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

/** What a state, a switch or a text was, from when to when; ms. `value` null = it was Bad or not known. */
export interface Stretch {
  readonly from: number
  readonly to: number
  readonly value: number | string | boolean | null
}

/** Stretches of one value in the window; what was measured last before it holds at its beginning. */
export function stretchesOf(series: TracedSeries, from: number, to: number): readonly Stretch[] {
  const stretches: Stretch[] = []
  for (const [index, at] of series.timestamps.entries()) {
    if (at > to) break
    const value = isBad(series.statusCodes[index] ?? 0) ? null : (series.values[index] ?? null)
    const begin = Math.max(at, from)
    const last = stretches.at(-1)
    if (last?.value === value) continue
    if (last) stretches[stretches.length - 1] = { ...last, to: begin }
    // What ended before the window began is not of its time.
    if (last && last.from === begin) stretches.pop()
    stretches.push({ from: begin, to, value })
  }
  return stretches
}
