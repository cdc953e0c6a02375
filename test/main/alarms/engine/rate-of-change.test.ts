import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RateOfChange } from '../../../../src-main/alarms/engine/rate-of-change.ts'

describe('a rate of change', () => {
  test('is that of the step function, seen through the window', () => {
    const sample = fc.record({ gap: fc.integer({ min: 50, max: 5000 }), value: fc.integer({ min: -100, max: 100 }) })
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 60 }), fc.nat(20_000), (samples, later) => {
        const windowMs = 10_000
        const rate = new RateOfChange(windowMs)
        const steps: { time: number; value: number }[] = []
        let time = 1_000_000
        for (const { gap, value } of samples) {
          time += gap
          rate.add(time, value)
          steps.push({ time, value })
        }
        const at = time + later
        const before = steps.filter((step) => step.time <= at - windowMs).at(-1) ?? steps[0]!
        expect(rate.rateAt(at)).toBeCloseTo((samples.at(-1)!.value - before.value) / 10, 9)
      }),
    )
  })

  test('keeps a bounded number of steps however fast the samples come', () => {
    const rate = new RateOfChange(10_000)
    for (let at = 0; at < 200_000; at++) rate.add(at, at)
    expect(rate.stepCount).toBeLessThan(600)
    expect(rate.rateAt(199_999)).toBeCloseTo(1000, -1)
  })

  test('forgets what was when the source sets its clock back, and stands still for less', () => {
    const rate = new RateOfChange(10_000)
    rate.add(100_000, 0)
    rate.add(99_000, 5)
    expect([rate.newestTime, rate.rateAt(100_000)]).toEqual([100_000, 0])
    rate.add(50_000, 70)
    expect([rate.newestTime, rate.rateAt(50_000)]).toEqual([50_000, 0])
  })
})
