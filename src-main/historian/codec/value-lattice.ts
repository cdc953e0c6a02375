// Numbers on a lattice: counts of an analogue input times a gain, plus an offset. value = count × gain + offset, as float64 sums
// round it; where gain and offset are not found to the last bit, each count has a correction in units of the last place (ulp).
//
// The gain is found as the common divisor of the differences of a few values (Euclid with a tolerance), then sharpened on values
// far apart, and tried without an offset first.

/** Values that are looked at to find the gain. */
const trialCount = 64
/** A value is at most so many steps of the lattice. */
const stepLimit = 2 ** 30
/** Farther from the lattice in units of the last place, and it is none. */
export const correctionLimit = 8
/** A count that does not occur. */
const unknown = 255
/** Corrections are listed for so many counts at most. */
export const correctionSpan = 4096
/** Candidates around a gain that is known to its last places. */
const gainNeighbours = 8

/** How numbers became counts. `corrections[k − lowest]` is that of count k, plus {@link correctionLimit}; null when all are 0. */
export interface Lattice {
  readonly gain: number
  readonly offset: number
  readonly lowest: number
  readonly corrections: Uint8Array | null
}

const float = new Float64Array(1)
const words = new BigInt64Array(float.buffer)

/** The number so many units of the last place away. */
export function moveUlps(number: number, ulps: number): number {
  if (ulps === 0) return number
  float[0] = number
  words[0] = words[0]! + BigInt(number < 0 ? -ulps : ulps)
  return float[0]
}

/** Units of the last place from one number to another of the same sign; NaN when they are not near. */
function ulpsBetween(from: number, to: number): number {
  if (from === to) return 0
  if (from < 0 !== to < 0) return Number.NaN
  float[0] = from
  const start = words[0]!
  float[0] = to
  const distance = Number(words[0]! - start) * (from < 0 ? -1 : 1)
  return Math.abs(distance) <= correctionLimit ? distance : Number.NaN
}

/** Fills `integers` with the counts when the numbers lie on this lattice exactly; whether they do. */
export function toExactLattice(
  numbers: Float64Array,
  count: number,
  gain: number,
  offset: number,
  integers: Int32Array,
): boolean {
  for (let index = 0; index < count; index++) {
    const number = numbers[index]!
    const steps = Math.round((number - offset) / gain)
    if (steps * gain + offset !== number || steps >= stepLimit || steps <= -stepLimit) return false
    integers[index] = steps
  }
  return true
}

/** The lattice of these numbers, their counts in `integers`; null when they lie on none. */
export function findLattice(numbers: Float64Array, count: number, integers: Int32Array): Lattice | null {
  const rough = roughGain(numbers, count)
  if (rough === 0) return null
  const first = numbers[0]!
  const { gain, farthest } = sharpenGain(numbers, count, first, rough)
  for (const candidate of exactGains(farthest, gain))
    if (toExactLattice(numbers, count, candidate, 0, integers))
      return { gain: candidate, offset: 0, lowest: 0, corrections: null }
  return correctedLattice(numbers, count, gain, first, integers)
}

/** A gain from a few values; 0 when there is none. */
function roughGain(numbers: Float64Array, count: number): number {
  const stride = Math.max(1, Math.floor(count / trialCount))
  const first = numbers[0]!
  let largest = Math.abs(first)
  let gain = 0
  for (let index = stride; index < count; index += stride) {
    const number = numbers[index]!
    largest = Math.max(largest, Math.abs(number))
    const tolerance = largest * 2 ** -45
    let [a, b] = [Math.abs(number - first), gain]
    while (b > tolerance) [a, b] = [b, Math.abs(a - b * Math.round(a / b))]
    gain = a
    if (!(gain === 0 || gain > largest / stepLimit)) return 0
  }
  return Number.isFinite(gain) ? gain : 0
}

/** The same gain from the value farthest from the first one. */
function sharpenGain(
  numbers: Float64Array,
  count: number,
  first: number,
  rough: number,
): { gain: number; farthest: number } {
  let gain = rough
  let farthest = first
  let reach = 0
  for (let index = 0; index < count; index++) {
    const distance = Math.abs(numbers[index]! - first)
    if (distance <= reach) continue
    const steps = Math.round(distance / gain)
    if (steps === 0) continue
    reach = distance
    farthest = numbers[index]!
    gain = distance / steps
  }
  return { gain, farthest }
}

/** Gains with which a value is a whole number of steps from 0, nearest first. */
function exactGains(value: number, gain: number): number[] {
  const steps = Math.round(value / gain)
  if (steps === 0 || Math.abs(value / gain - steps) > 0.01) return []
  const exact = value / steps
  const gains = [exact]
  for (let ulps = 1; ulps <= gainNeighbours; ulps++) gains.push(moveUlps(exact, ulps), moveUlps(exact, -ulps))
  return gains.filter((candidate) => candidate > 0)
}

function correctedLattice(
  numbers: Float64Array,
  count: number,
  gain: number,
  offset: number,
  integers: Int32Array,
): Lattice | null {
  let lowest = 0
  let highest = 0
  for (let index = 0; index < count; index++) {
    const steps = Math.round((numbers[index]! - offset) / gain)
    lowest = Math.min(lowest, steps)
    highest = Math.max(highest, steps)
    if (!(highest - lowest < correctionSpan)) return null
    integers[index] = steps
  }
  const corrections = new Uint8Array(highest - lowest + 1).fill(unknown)
  for (let index = 0; index < count; index++) {
    const steps = integers[index]!
    const ulps = ulpsBetween(steps * gain + offset, numbers[index]!)
    if (Number.isNaN(ulps)) return null
    const known = corrections[steps - lowest]!
    if (known !== unknown && known !== ulps + correctionLimit) return null
    corrections[steps - lowest] = ulps + correctionLimit
  }
  for (let index = 0; index < corrections.length; index++)
    if (corrections[index] === unknown) corrections[index] = correctionLimit
  return { gain, offset, lowest, corrections }
}

/** Values of all counts with corrections: `table[k − lowest]`. */
export function latticeTable(lattice: Lattice): Float64Array {
  return Float64Array.from(lattice.corrections!, (correction, index) =>
    moveUlps((lattice.lowest + index) * lattice.gain + lattice.offset, correction - correctionLimit),
  )
}

/** Values of the first `count` integers, to `into` from `at` on. `table`: that of {@link latticeTable}, null without corrections. */
export function fromLattice(
  integers: Int32Array,
  count: number,
  { gain, offset, lowest }: Lattice,
  table: Float64Array | null,
  into: Float64Array,
  at: number,
): void {
  if (table === null) for (let index = 0; index < count; index++) into[at + index] = integers[index]! * gain + offset
  else for (let index = 0; index < count; index++) into[at + index] = table[integers[index]! - lowest] ?? Number.NaN
}
