// What comes next is guessed from what came before, and only the error of the guess is stored. All in whole numbers, so that
// every machine guesses the same.
//
// - `delta`: the next number is the last one plus a constant step
// - `line`: goes on like the last two numbers
// - smoothing: a level that follows the numbers, for noise around something that moves slowly. It is kept in 1/256:
//   level += round((256 × number − level) × weight), and the guess is round(level / 256). A block begins with large weights
//   (1/2, 1/4, 1/4, 1/8 …) until that of the predictor is reached, so that its first number counts no more than the others.
//   After an error beyond `jump` (0 = never) the level is the number itself: a gap in time, a new set point.
//
// All sums wrap around at 32 bits, so that any numbers come back; far apart ones are only guessed badly. Errors are written as
// zigzag: 0, −1, 1, −2 ↦ 0, 1, 2, 3.

export const deltaPredictor = 0
export const linePredictor = 1
/** Smoothing predictors, the fastest first. */
export const firstSmoothing = 2
/** Weight of smoothing predictor p is factor / 2^shift of entry p − {@link firstSmoothing}. */
const smoothings = [
  { factor: 3, shift: 2 },
  { factor: 1, shift: 1 },
  { factor: 3, shift: 3 },
  { factor: 1, shift: 2 },
  { factor: 3, shift: 4 },
  { factor: 1, shift: 3 },
  { factor: 1, shift: 4 },
  { factor: 1, shift: 5 },
  { factor: 1, shift: 6 },
] as const
export const predictorCount = firstSmoothing + smoothings.length

/** One way to guess. `parameter`: the step of `delta`, the jump of smoothing, 0 for `line`; 32 bits. */
export interface Prediction {
  readonly predictor: number
  readonly parameter: number
}

/**
 * Errors of numbers `from` + 1 to `to` − 1, as zigzag, to `into` from `from` on; the first number of a block stands in its
 * directory.
 */
export function predictErrors(numbers: Int32Array, from: number, to: number, by: Prediction, into: Int32Array): void {
  if (by.predictor === deltaPredictor) deltaErrors(numbers, from, to, by.parameter, into)
  else if (by.predictor === linePredictor) lineErrors(numbers, from, to, into)
  else smoothingErrors(numbers, from, to, by, into)
}

/** The other way round: `errors[0]` … (signed) and the first number of a block give its `count` numbers, to `into` from `at` on. */
export function restoreNumbers(
  errors: Int32Array,
  count: number,
  first: number,
  by: Prediction,
  into: Int32Array,
  at: number,
): void {
  into[at] = first
  if (by.predictor === deltaPredictor) restoreDelta(errors, count, by.parameter, into, at)
  else if (by.predictor === linePredictor) restoreLine(errors, count, into, at)
  else restoreSmoothing(errors, count, by, into, at)
}

function deltaErrors(numbers: Int32Array, from: number, to: number, step: number, into: Int32Array): void {
  let before = numbers[from]!
  for (let index = from + 1; index < to; index++) {
    const number = numbers[index]!
    const error = (number - before - step) | 0
    into[index - 1] = (error << 1) ^ (error >> 31)
    before = number
  }
}

function restoreDelta(errors: Int32Array, count: number, step: number, into: Int32Array, at: number): void {
  let before = into[at]!
  for (let index = 1; index < count; index++) {
    before = (before + errors[index - 1]! + step) | 0
    into[at + index] = before
  }
}

function lineErrors(numbers: Int32Array, from: number, to: number, into: Int32Array): void {
  let before = numbers[from]!
  let slope = 0
  for (let index = from + 1; index < to; index++) {
    const number = numbers[index]!
    const error = (number - before - slope) | 0
    into[index - 1] = (error << 1) ^ (error >> 31)
    slope = (number - before) | 0
    before = number
  }
}

function restoreLine(errors: Int32Array, count: number, into: Int32Array, at: number): void {
  let before = into[at]!
  let slope = 0
  for (let index = 1; index < count; index++) {
    slope = (slope + errors[index - 1]!) | 0
    before = (before + slope) | 0
    into[at + index] = before
  }
}

/** First index at which a block that began with large weights goes on with those of the next stage: 1, 2, 4, 8 … */
function stageEnd(stage: number, shift: number, count: number): number {
  return stage >= shift ? count : Math.min(count, 1 << stage)
}

function smoothingErrors(numbers: Int32Array, from: number, to: number, by: Prediction, into: Int32Array): void {
  const { factor, shift } = smoothings[by.predictor - firstSmoothing]!
  const jump = by.parameter === 0 ? 0x7fff_ffff : by.parameter
  let level = numbers[from]! << 8
  let index = 1
  for (let stage = 1; index < to - from; stage++) {
    const stageShift = Math.min(stage, shift)
    const half = 1 << (stageShift - 1)
    const stageFactor = stage < shift ? 1 : factor
    for (const end = stageEnd(stage, shift, to - from); index < end; index++) {
      const number = numbers[from + index]!
      const error = (number - ((level + 128) >> 8)) | 0
      into[from + index - 1] = (error << 1) ^ (error >> 31)
      if (error > jump || -error > jump) level = number << 8
      else level = (level + ((Math.imul((number << 8) - level, stageFactor) + half) >> stageShift)) | 0
    }
  }
}

/**
 * The same the other way round. With raised = level + 128: the guess is raised >> 8, and 256 × number − level = 256 × error +
 * 128 − (raised & 255), which spares the slowest chain of the loop the number itself.
 */
function restoreSmoothing(errors: Int32Array, count: number, by: Prediction, into: Int32Array, at: number): void {
  const { factor, shift } = smoothings[by.predictor - firstSmoothing]!
  const jump = by.parameter === 0 ? 0x7fff_ffff : by.parameter
  let level = into[at]! << 8
  let index = 1
  for (let stage = 1; index < count; stage++) {
    const stageShift = Math.min(stage, shift)
    const half = 1 << (stageShift - 1)
    const isTriple = stage >= shift && factor === 3
    for (const end = stageEnd(stage, shift, count); index < end; index++) {
      const raised = (level + 128) | 0
      const error = errors[index - 1]!
      const number = ((raised >> 8) + error) | 0
      into[at + index] = number
      const distance = ((error << 8) + 128 - (raised & 255)) | 0
      const part = isTriple ? (distance + (distance << 1)) | 0 : distance
      level = (level + ((part + half) >> stageShift)) | 0
      if (error > jump || -error > jump) level = number << 8
    }
  }
}
