// Predictors: what is guessed can be undone exactly, for any numbers; and a good guess leaves little.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  deltaPredictor,
  linePredictor,
  predictErrors,
  predictorCount,
  restoreNumbers,
} from '../../../../src-main/historian/codec/predictor.ts'
import { gaussian, randomOf } from '../../../../src-main/simulation/random.ts'

function errorsOf(numbers: Int32Array, predictor: number, parameter: number): Int32Array {
  const zigzag = new Int32Array(numbers.length)
  predictErrors(numbers, 0, numbers.length, { predictor, parameter }, zigzag)
  return zigzag.subarray(0, numbers.length - 1).map((number) => (number >>> 1) ^ -(number & 1))
}

describe('a predictor', () => {
  test('is undone exactly, also where sums wrap around', () => {
    const someNumber = fc.oneof(fc.integer(), fc.integer({ min: -50, max: 50 }))
    fc.assert(
      fc.property(
        fc.array(someNumber, { minLength: 1, maxLength: 256 }),
        fc.nat(predictorCount - 1),
        fc.oneof(fc.constant(0), fc.nat(1000), fc.integer()),
        (list, predictor, parameter) => {
          const numbers = Int32Array.from(list)
          const errors = errorsOf(numbers, predictor, parameter)
          const found = new Int32Array(numbers.length)
          restoreNumbers(errors, numbers.length, numbers[0]!, { predictor, parameter }, found, 0)
          expect(found).toEqual(numbers)
        },
      ),
      { numRuns: 1000 },
    )
  })

  test('leaves nothing of a ramp', () => {
    const ramp = Int32Array.from({ length: 256 }, (_, row) => 5 + 7 * row)
    expect(errorsOf(ramp, deltaPredictor, 7).every((error) => error === 0)).toBe(true)
    expect(
      errorsOf(ramp, linePredictor, 0)
        .slice(1)
        .every((error) => error === 0),
    ).toBe(true)
  })

  test('that smooths slowly leaves less of noise around a level than the difference to the last number', () => {
    const random = randomOf(5, 'noise')
    const noise = Int32Array.from({ length: 256 }, () => Math.round(400 + 20 * gaussian(random)))
    const power = (errors: Int32Array) => errors.reduce((sum, error) => sum + error * error, 0)
    expect(power(errorsOf(noise, 8, 0))).toBeLessThan(0.65 * power(errorsOf(noise, deltaPredictor, 0)))
  })

  test('that smooths jumps to a new level at once', () => {
    const step = Int32Array.from({ length: 256 }, (_, row) => (row < 100 ? 0 : 10_000))
    expect(errorsOf(step, 8, 500).filter((error) => error !== 0)).toEqual(Int32Array.of(10_000))
    expect(errorsOf(step, 8, 0).filter((error) => error !== 0).length).toBeGreaterThan(50)
  })
})
