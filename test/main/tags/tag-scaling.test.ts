import fc from 'fast-check'
import { expect, test } from 'vitest'
import { linearScaling, toRaw } from '../../../src-main/tags/tag-scaling.ts'

const bound = fc.double({ min: -1e6, max: 1e6, noNaN: true })

test('scaling is invertible, also when it turns the direction round', () => {
  fc.assert(
    fc.property(bound, bound, bound, bound, bound, (rawLow, rawHigh, low, high, raw) => {
      fc.pre(Math.abs(rawHigh - rawLow) > 1e-3 && Math.abs(high - low) > 1e-3)
      const scaling = linearScaling({ rawLow, rawHigh, low, high })
      const span = Math.abs(rawHigh - rawLow) + Math.abs(raw - rawLow)
      const tolerance = 1e-9 * (span + Math.abs(rawLow) + (Math.abs(low) + Math.abs(high)) / Math.abs(scaling.factor))
      expect(Math.abs(toRaw(raw * scaling.factor + scaling.offset, scaling) - raw)).toBeLessThanOrEqual(
        tolerance + 1e-9,
      )
      expect(rawLow * scaling.factor + scaling.offset).toBeCloseTo(low, 3)
    }),
  )
})
