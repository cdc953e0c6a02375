// What deadband and swinging door promise: what is left out is never further away from what is kept than was set.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SampleFilter, type SampleFilterState } from '../../../../src-main/historian/writer/sample-filter.ts'
import { StatusCodes } from '../../../../src-main/shared/status-code.ts'

interface Kept {
  readonly timestamp: number
  readonly value: number
  readonly statusCode: number
}

function through(filter: SampleFilter, samples: readonly Kept[]): Kept[] {
  const kept: Kept[] = []
  const keep = (timestamp: number, value: number, statusCode: number) => kept.push({ timestamp, value, statusCode })
  for (const { timestamp, value, statusCode } of samples) filter.offer(timestamp, value, statusCode, undefined, keep)
  return kept
}

const good = (values: readonly number[], from = 0): Kept[] =>
  values.map((value, row) => ({ timestamp: (from + row) * 1000, value, statusCode: StatusCodes.Good }))

const walks = fc
  .array(fc.record({ step: fc.integer({ min: -30, max: 30 }), gap: fc.integer({ min: 1, max: 5000 }) }), {
    minLength: 1,
    maxLength: 200,
  })
  .map((steps) => {
    let timestamp = 0
    let value = 0
    return steps.map(({ step, gap }) => {
      timestamp += gap
      value += step / 10
      return { timestamp, value, statusCode: StatusCodes.Good }
    })
  })

test('a deadband keeps a change of its size and leaves out a smaller one, measured from the last kept value', () => {
  const filter = new SampleFilter({ deadband: 1, compression: 0 })
  expect(through(filter, good([0, 0.9, -0.9, 1, 1.5, 2])).map(({ value }) => value)).toEqual([0, 1, 2])
})

test('another status code, and the first value after it, pass the deadband', () => {
  const filter = new SampleFilter({ deadband: 100, compression: 0 })
  const bad = { timestamp: 2000, value: Number.NaN, statusCode: StatusCodes.BadNoCommunication }
  const samples = [...good([1, 2]), bad, ...good([3, 4], 3)]
  expect(through(filter, samples).map(({ timestamp }) => timestamp)).toEqual([0, 2000, 3000])
})

test('a straight line through the swinging door is kept as its ends, the newest pending', () => {
  const filter = new SampleFilter({ deadband: 0, compression: 0.1 })
  const kept = through(filter, good(Array.from({ length: 100 }, (_, row) => row * 2)))
  expect(kept.map(({ value }) => value)).toEqual([0])
  expect(filter.pending).toEqual({ timestamp: 99_000, value: 198, statusCode: StatusCodes.Good })
})

test('every sample the door leaves out lies within the set distance of the line between its kept neighbours', () => {
  fc.assert(
    fc.property(walks, fc.double({ min: 0.05, max: 5, noNaN: true }), (samples, compression) => {
      const filter = new SampleFilter({ deadband: 0, compression })
      const kept = through(filter, samples)
      const line = filter.pending ? [...kept, filter.pending] : kept
      for (const { timestamp, value } of samples) {
        const right = line.findIndex((point) => point.timestamp >= timestamp)
        const end = line[right]!
        const begin = line[Math.max(0, right - 1)]!
        const share =
          end.timestamp === begin.timestamp ? 1 : (timestamp - begin.timestamp) / (end.timestamp - begin.timestamp)
        const onLine = begin.value + share * (end.value - begin.value)
        expect(Math.abs(onLine - value)).toBeLessThanOrEqual(compression * (1 + 1e-9))
      }
    }),
    { numRuns: 300 },
  )
})

test('a filter that goes on from its written memory keeps what it would have kept without a break', () => {
  fc.assert(
    fc.property(walks, fc.nat(200), fc.double({ min: 0, max: 3, noNaN: true }), (samples, cut, deadband) => {
      const settings = { deadband, compression: 0.7 }
      const whole = through(new SampleFilter(settings), samples)
      const first = new SampleFilter(settings)
      const before = through(first, samples.slice(0, cut))
      const memory = JSON.parse(JSON.stringify(first.state)) as SampleFilterState
      const after = through(new SampleFilter(settings, memory), samples.slice(cut))
      expect([...before, ...after]).toEqual(whole)
    }),
    { numRuns: 200 },
  )
})

test('samples that come out of order or twice in one millisecond are kept as they come', () => {
  const filter = new SampleFilter({ deadband: 0, compression: 10 })
  const samples = [5, 5, 3, 9].map((timestamp, row) => ({ timestamp, value: row, statusCode: StatusCodes.Good }))
  const kept = through(filter, samples)
  expect([...kept.map(({ value }) => value), filter.pending?.value]).toEqual([0, 1, 2, 3])
})
