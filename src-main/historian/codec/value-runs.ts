// Numbers that change rarely (set points, switches, slow counters) as runs of the same number, read at once: a chunk has few.
//
//   byte    decimals (value-decimal.ts), or 255: every value stands as float64
//   varint  number of runs − 1
//   for each run: its value as zigzag of the difference to that of the run before (the first: to 0) in decimals, or float64
//                 and, except for the last run, varint length − 1
import { type ByteReader, damaged } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'
import { decimalsOf, fromDecimal, mostDecimals } from './value-decimal.ts'

/** More runs, and a chunk is better read in blocks. */
export const mostRuns = 64
const asFloats = 255

/** Runs of numbers: run i has the value `value[i]` up to number `end[i]` − 1. */
export interface NumberRuns {
  readonly value: Float64Array
  readonly end: Uint16Array
}

const values = new Float64Array(mostRuns)
const ends = new Uint16Array(mostRuns)

/** The runs of numbers without NaN and −0; null when there are more than {@link mostRuns}. */
export function findNumberRuns(numbers: Float64Array, count: number): NumberRuns | null {
  let runCount = 0
  let value = numbers[0]!
  for (let index = 1; index < count; index++) {
    if (numbers[index] === value) continue
    if (runCount === mostRuns - 1) return null
    values[runCount] = value
    ends[runCount++] = index
    value = numbers[index]!
  }
  values[runCount] = value
  ends[runCount++] = count
  return { value: values.slice(0, runCount), end: ends.slice(0, runCount) }
}

/** Appends runs. */
export function writeNumberRuns(output: ByteWriter, runs: NumberRuns): void {
  const decimals = runs.value.reduce((most, value) => {
    const own = decimalsOf(value)
    return own < 0 ? asFloats : Math.max(most, own)
  }, 0)
  const wholes = decimals === asFloats ? null : exactWholes(runs.value, decimals)
  output.byte(wholes ? decimals : asFloats)
  output.varint(runs.value.length - 1)
  let before = 0
  for (let run = 0; run < runs.value.length; run++) {
    if (wholes) output.zigzag(wholes[run]! - before)
    else output.float64(runs.value[run]!)
    before = wholes?.[run] ?? 0
    if (run + 1 < runs.value.length) output.varint(runs.end[run]! - (runs.end[run - 1] ?? 0) - 1)
  }
}

/** The values × 10^decimals; null when one of them does not come back from that, or its differences have too many bits. */
function exactWholes(value: Float64Array, decimals: number): Float64Array | null {
  const wholes = value.map((number) => Math.round(number * 10 ** decimals))
  const isExact = wholes.every(
    (whole, run) => Math.abs(whole) < 2 ** 50 && fromDecimal(whole, { decimals, origin: 0 }) === value[run],
  )
  return isExact ? wholes : null
}

/** Runs that reach exactly to `count`. */
export function readNumberRuns(input: ByteReader, count: number): NumberRuns {
  const decimals = input.byte()
  if (decimals > mostDecimals && decimals !== asFloats) throw damaged(`runs with ${decimals} decimals`)
  const runCount = input.varint(Math.min(mostRuns, count) - 1) + 1
  const runs = { value: new Float64Array(runCount), end: new Uint16Array(runCount) }
  let whole = 0
  let end = 0
  for (let run = 0; run < runCount; run++) {
    if (decimals === asFloats) runs.value[run] = input.float64()
    else {
      whole += input.zigzag()
      runs.value[run] = fromDecimal(whole, { decimals, origin: 0 })
    }
    end = run + 1 < runCount ? end + input.varint(count) + 1 : count
    if (end > count || (run + 1 < runCount && end === count))
      throw damaged(`runs of numbers beyond the ${count} there are`)
    runs.end[run] = end
  }
  return runs
}

/** Writes the numbers `from` to `to` − 1 to `into` from `at` on. */
export function fromNumberRuns(runs: NumberRuns, from: number, to: number, into: Float64Array, at: number): void {
  let run = 0
  while (runs.end[run]! <= from) run++
  for (let index = from; index < to; run++) {
    const end = Math.min(to, runs.end[run]!)
    into.fill(runs.value[run]!, at + index - from, at + end - from)
    index = end
  }
}
