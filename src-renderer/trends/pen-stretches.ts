// What a pen shows over time, apart from how it is drawn: the value its line has, stretches without a value, runs of one state.
import { type PenTrace, rowKinds, rowQualities } from './pen-trace.ts'
import type { PenPicture } from './trend-picture.ts'

/** True when a pen holds each value until the next. */
export function isSteppedPen(pen: PenPicture): boolean {
  if (pen.pen.style === 'step') return true
  return pen.pen.style === null ? pen.isStepped : pen.pen.style !== 'line' && pen.isStepped
}

/** The value the drawn line has at a time; NaN where there is none. */
export function valueOnLine(pen: PenPicture, row: number, time: number): number {
  const { trace } = pen
  if (trace.quality[row] === rowQualities.bad) return Number.NaN
  if (trace.kind[row] === rowKinds.bucket && time < trace.endOf(row)) return trace.value[row]!
  const value = trace.kind[row] === rowKinds.bucket ? trace.last[row]! : trace.value[row]!
  const next = row + 1
  if (isSteppedPen(pen) || next >= trace.count || Number.isNaN(trace.value[next]!)) return value
  const share = (time - trace.time[row]!) / (trace.time[next]! - trace.time[row]!)
  return value + (trace.value[next]! - value) * share
}

/** Stretches without a usable value, in order: Bad quality, and buckets that have some. */
export function badStretches(
  trace: PenTrace,
  from: number,
  to: number,
  until: number,
): readonly (readonly [from: number, to: number])[] {
  const stretches: [number, number][] = []
  const add = (start: number, end: number) => {
    const last = stretches.at(-1)
    if (last && start <= last[1]) last[1] = Math.max(last[1], end)
    else if (end > from) stretches.push([start, end])
  }
  for (let row = Math.max(0, trace.rowAt(from)); row < trace.count && trace.time[row]! <= to; row++) {
    if (trace.kind[row] === rowKinds.hole) continue
    if (trace.quality[row] === rowQualities.bad) {
      const next = row + 1 < trace.count ? trace.time[row + 1]! : Math.min(trace.knownUntil, until)
      add(trace.time[row]!, Math.max(next, trace.endOf(row)))
    } else if (trace.hasBad[row] === 1) add(trace.time[row]!, trace.endOf(row))
  }
  return stretches
}

/** One stretch of a lane. */
export interface StateStretch {
  readonly kind: 'state' | 'several' | 'bad'
  readonly from: number
  readonly to: number
  readonly text: string
  /** Which fill: the same state always has the same. */
  readonly fill: number
  readonly isUncertain: boolean
}

/** What a lane shows: runs of one state with its word, buckets with several, stretches without a value. */
export function stateStretches(pen: PenPicture, from: number, to: number, until: number): readonly StateStretch[] {
  const { trace } = pen
  const stretches: StateStretch[] = []
  for (let row = Math.max(0, trace.rowAt(from)); row < trace.count && trace.time[row]! <= to; row++) {
    if (trace.kind[row] === rowKinds.hole) continue
    const start = trace.time[row]!
    const next = row + 1 < trace.count ? trace.time[row + 1]! : Math.min(trace.knownUntil, until)
    if (trace.kind[row] === rowKinds.bucket) {
      const isSeveral = pen.look === 'texts' || !(trace.low[row]! === trace.high[row]!)
      if (isSeveral && trace.sampleCount[row]! > (pen.look === 'texts' ? 0 : 1)) {
        add(stretches, { kind: 'several', from: start, to: trace.endOf(row), text: '', fill: 0, isUncertain: false })
        if (trace.endOf(row) < next) addHeld(stretches, pen, row, trace.endOf(row), next)
        continue
      }
    }
    addHeld(stretches, pen, row, start, next)
  }
  return stretches
}

/** What holds after a row until the next. */
function addHeld(stretches: StateStretch[], pen: PenPicture, row: number, from: number, to: number): void {
  const { trace } = pen
  if (to <= from) return
  const value = trace.kind[row] === rowKinds.bucket ? trace.last[row]! : trace.value[row]!
  const other = trace.others[row]
  const isBad = trace.quality[row] === rowQualities.bad
  if (isBad || (Number.isNaN(value) && (other === undefined || other === null))) {
    add(stretches, { kind: 'bad', from, to, text: '✕', fill: 0, isUncertain: false })
    return
  }
  const text = pen.words(value, other)
  const isUncertain = trace.quality[row] === rowQualities.uncertain
  add(stretches, { kind: 'state', from, to, text, fill: fillOf(value, text), isUncertain })
}

function add(stretches: StateStretch[], stretch: StateStretch): void {
  const last = stretches.at(-1)
  const goesOn =
    last &&
    last.kind === stretch.kind &&
    last.text === stretch.text &&
    last.isUncertain === stretch.isUncertain &&
    stretch.from <= last.to
  if (goesOn) stretches[stretches.length - 1] = { ...last, to: stretch.to }
  else stretches.push(stretch)
}

function fillOf(value: number, text: string): number {
  if (Number.isInteger(value)) return Math.abs(value)
  let hash = 0
  for (let index = 0; index < text.length; index++) hash = (hash * 31 + text.charCodeAt(index)) >>> 0
  return hash
}
