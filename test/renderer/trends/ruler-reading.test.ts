import { describe, expect, it } from 'vitest'
import { StatusCodes } from '../../../src-main/shared/status-code.ts'
import { newPen } from '../../../src-renderer/trends/pen.ts'
import { badStretches, stateStretches } from '../../../src-renderer/trends/pen-stretches.ts'
import { PenTrace } from '../../../src-renderer/trends/pen-trace.ts'
import { neighbourTime, readingAt } from '../../../src-renderer/trends/ruler-reading.ts'
import { niceRange, tickDecimals, valueTicks } from '../../../src-renderer/trends/value-scales.ts'

function trace(...rows: readonly (readonly [time: number, value: number, statusCode?: number])[]): PenTrace {
  const made = new PenTrace()
  for (const [time, value, statusCode = 0] of rows) made.addSample(time, value, statusCode, undefined)
  made.knownUntil = 1000
  return made
}
const bad = StatusCodes.BadNoCommunication

describe('the ruler', () => {
  it('reads the sample that counts, with its own time and quality', () => {
    const line = trace([100, 5], [200, 6, StatusCodes.UncertainSubNormal])
    expect(readingAt(line, 150, 1000)).toMatchObject({ value: 5, timestamp: 100, statusCode: 0, extremes: null })
    expect(readingAt(line, 200, 1000)).toMatchObject({
      value: 6,
      timestamp: 200,
      statusCode: StatusCodes.UncertainSubNormal,
    })
  })

  it('reads nothing before the first sample, in a hole and beyond knowledge', () => {
    const line = trace([100, 5])
    expect(readingAt(line, 99, 1000)).toBeNull()
    expect(readingAt(line, 1001, 900)).toBeNull()
    line.addHole(300)
    expect(readingAt(line, 400, 1000)).toBeNull()
    expect(readingAt(undefined, 0, 0)).toBeNull()
  })

  it('reads Bad as no value with the reason', () => {
    const reading = readingAt(trace([100, 5], [200, Number.NaN, bad]), 250, 1000)!
    expect(reading.value).toBeNaN()
    expect(reading.statusCode).toBe(bad)
  })

  it('steps from sample to sample, both ways, and stays at the ends', () => {
    const line = trace([100, 1], [200, 2], [200, 3], [300, 4])
    expect(neighbourTime(line, 100, 1)).toBe(200)
    expect(neighbourTime(line, 150, -1)).toBe(100)
    expect(neighbourTime(line, 300, 1)).toBeNull()
    expect(neighbourTime(line, 100, -1)).toBeNull()
  })
})

describe('stretches without a value', () => {
  it('go from the Bad sample to the next good one, and to the end of knowledge when there is none', () => {
    const line = trace([100, 5], [200, Number.NaN, bad], [250, Number.NaN, bad], [300, 6], [400, Number.NaN, bad])
    expect(badStretches(line, 0, 2000, 1000)).toEqual([
      [200, 300],
      [400, 1000],
    ])
  })

  it('never reach beyond what is known', () => {
    const line = trace([400, Number.NaN, bad])
    line.knownUntil = 500
    expect(badStretches(line, 0, 2000, 1000)).toEqual([[400, 500]])
  })
})

describe('a lane of states', () => {
  const lane = (line: PenTrace) =>
    stateStretches(
      {
        pen: newPen('S', []),
        index: 0,
        letter: 'A',
        look: 'states',
        isStepped: true,
        trace: line,
        scaleKey: '',
        words: (value) => ['Stopped', 'Running'][value] ?? String(value),
      },
      0,
      2000,
      1000,
    )

  it('joins the same state, and shows gaps as gaps', () => {
    const found = lane(trace([100, 1], [150, 1], [200, 0], [300, Number.NaN, bad], [350, 1]))
    expect(found.map(({ kind, text, from, to }) => [kind, text, from, to])).toEqual([
      ['state', 'Running', 100, 200],
      ['state', 'Stopped', 200, 300],
      ['bad', '✕', 300, 350],
      ['state', 'Running', 350, 1000],
    ])
  })
})

describe('value axes', () => {
  it('begin and end at round numbers around what is seen', () => {
    expect(niceRange(12.3, 47.9)).toEqual({ low: 10, high: 50 })
    expect(niceRange(-0.013, 0.021)).toEqual({ low: -0.02, high: 0.03 })
  })

  it('have ticks that are told apart by their decimals', () => {
    expect(valueTicks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
    expect(tickDecimals(0, 1, 5)).toBe(1)
    expect(tickDecimals(0, 0.001, 5)).toBe(4)
    expect(valueTicks(99.9, 100.1, 4)).toEqual([99.9, 99.95, 100, 100.05, 100.1])
  })
})
