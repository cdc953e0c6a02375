import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rateBars, scaleTop } from '../../../../src-renderer/alarms/kpi/rate-bars.ts'

const period = 600_000

describe('bars of the alarm rate', () => {
  it('are one for each 10 minutes while there is room; the last one ends with the span', () => {
    const bars = rateBars([3, 0, 12], 1000, 1000 + 2.5 * period, 10)
    expect(bars.map(({ count, periodCount }) => [count, periodCount])).toEqual([
      [3, 1],
      [0, 1],
      [12, 1],
    ])
    expect(bars[2]).toMatchObject({ from: 1000 + 2 * period, to: 1000 + 2.5 * period })
  })

  // A flood of ten minutes in a month must be seen from afar.
  it('of a long span show the worst of their periods, and lose no alarm', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(200), { minLength: 1, maxLength: 500 }),
        fc.integer({ min: 1, max: 60 }),
        (counts, most) => {
          const bars = rateBars(counts, 0, counts.length * period, most)
          expect(bars.length).toBeLessThanOrEqual(most)
          expect(Math.max(...bars.map(({ count }) => count))).toBe(Math.max(...counts))
          expect(bars.reduce((sum, { total }) => sum + total, 0)).toBe(counts.reduce((sum, count) => sum + count, 0))
          expect(bars.at(-1)!.to).toBe(counts.length * period)
          for (let at = 1; at < bars.length; at++) expect(bars[at]!.from).toBe(bars[at - 1]!.to)
        },
      ),
    )
  })

  it('stand on a scale that holds them and the line of a flood', () => {
    expect([scaleTop(0, 20), scaleTop(21, 20), scaleTop(99, 20), scaleTop(100, 20), scaleTop(101, 20)]).toEqual([
      20, 50, 100, 100, 200,
    ])
  })
})
