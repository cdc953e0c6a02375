import { describe, expect, test } from 'vitest'
import { StatusCodes } from '../../../src-main/shared/status-code.ts'
import { plotOf } from '../../../src-renderer/identifiers/trace-plot.ts'

const series = (rows: readonly (readonly [at: number, value: number | string | boolean | null, code?: number])[]) => ({
  tag: 'T',
  equipment: 'E',
  timestamps: rows.map(([at]) => at),
  values: rows.map(([, value]) => value),
  statusCodes: rows.map(([, , code = 0]) => code),
})

describe('the picture of a series in the time of a part', () => {
  test('goes from the lowest to the highest value and holds the last until the part left', () => {
    expect(
      plotOf(
        series([
          [0, 0],
          [50, 10],
        ]),
        0,
        100,
      ),
    ).toEqual({ path: 'M0 38L50 2H100', low: 0, high: 10, isAllGood: true })
  })

  test('is broken where the value was Bad, which is no extreme either', () => {
    const plot = plotOf(
      series([
        [0, 5],
        [20, 99, StatusCodes.BadNoCommunication],
        [60, 7],
      ]),
      0,
      100,
    )!
    expect(plot).toMatchObject({ low: 5, high: 7, isAllGood: false })
    expect(plot.path).toBe('M0 38H20M60 2H100')
  })

  test('samples beyond the window are drawn at its edges', () => {
    expect(
      plotOf(
        series([
          [-50, 1],
          [150, 2],
        ]),
        0,
        100,
      )!.path,
    ).toBe('M0 38L100 2H100')
  })

  test('a constant lies in the middle, on and off are 1 and 0', () => {
    expect(
      plotOf(
        series([
          [0, true],
          [50, true],
        ]),
        0,
        100,
      ),
    ).toMatchObject({ low: 1, high: 1, path: 'M0 20L50 20H100' })
  })

  test('of texts, of nothing and of what was Bad all the time there is none', () => {
    expect(plotOf(series([]), 0, 1)).toBeNull()
    expect(plotOf(series([[0, 'A']]), 0, 1)).toBeNull()
    expect(plotOf(series([[0, 3, StatusCodes.BadNoCommunication]]), 0, 1)).toBeNull()
  })
})
