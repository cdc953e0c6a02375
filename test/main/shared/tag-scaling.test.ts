import fc from 'fast-check'
import { expect, test } from 'vitest'
import { linearScaling, toEngineering, toRaw } from '../../../src-main/shared/tag-scaling.ts'

const bound = fc.double({ min: -1e6, max: 1e6, noNaN: true })

test('scaling is invertible, also when it turns the direction round', () => {
  fc.assert(
    fc.property(bound, bound, bound, bound, bound, (rawLow, rawHigh, low, high, raw) => {
      fc.pre(Math.abs(rawHigh - rawLow) > 1e-3 && Math.abs(high - low) > 1e-3)
      const scaling = linearScaling({ rawLow, rawHigh, low, high })
      const span = Math.abs(rawHigh - rawLow) + Math.abs(raw - rawLow)
      const tolerance = 1e-9 * (span + Math.abs(rawLow) + (Math.abs(low) + Math.abs(high)) / Math.abs(scaling.factor))
      expect(Math.abs(toRaw(toEngineering(raw, scaling), scaling) - raw)).toBeLessThanOrEqual(tolerance + 1e-9)
      expect(toEngineering(rawLow, scaling)).toBeCloseTo(low, 3)
    }),
  )
})
