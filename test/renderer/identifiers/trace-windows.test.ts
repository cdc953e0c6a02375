// What belongs to which window of a part, and states as bands of that time.
import { expect, test } from 'vitest'
import type { IdentifierTrace, TracedSeries } from '../../../src-main/shared/identifier-calls.ts'
import { stretchesOf } from '../../../src-renderer/identifiers/trace-plot.ts'
import { windowsOf } from '../../../src-renderer/identifiers/trace-windows.ts'

const series = (equipment: string, tag: string, timestamps: readonly number[]): TracedSeries => ({
  tag,
  equipment,
  timestamps,
  values: timestamps.map(() => 1),
  statusCodes: timestamps.map(() => 0),
})
const alarm = (equipment: string, sequence: number, timestamp: number) =>
  ({ equipment, sequence, timestamp }) as unknown as IdentifierTrace['alarms'][number]
const traceOf = (parts: Partial<IdentifierTrace>) =>
  ({ windows: [], series: [], alarms: [], circumstances: [], ...parts }) as unknown as IdentifierTrace

test('equipment a part was in twice has the series of each time, in order', () => {
  const traced = windowsOf(
    traceOf({
      windows: [
        { equipment: 'Oven', from: 0, to: 10 },
        { equipment: 'Press', from: 11, to: 20 },
        { equipment: 'Oven', from: 21, to: null },
      ],
      series: [
        series('Oven', 'Oven.Heat', [5]),
        series('Press', 'Press.Force', [15]),
        series('Oven', 'Oven.Heat', [25]),
      ],
    }),
  )
  expect(traced.map((one) => one.series.map(({ tag, timestamps }) => [tag, timestamps[0]]))).toEqual([
    [['Oven.Heat', 5]],
    [['Press.Force', 15]],
    [['Oven.Heat', 25]],
  ])
})

test('of more windows than have series the newest have theirs', () => {
  const traced = windowsOf(
    traceOf({
      windows: [0, 10, 20].map((from) => ({ equipment: 'Oven', from, to: from + 5 })),
      series: [series('Oven', 'Oven.Heat', [12]), series('Oven', 'Oven.Heat', [22])],
    }),
  )
  expect(traced.map((one) => one.series.map(({ timestamps }) => timestamps[0]))).toEqual([[], [12], [22]])
})

test('an alarm stands in the windows it was active in', () => {
  const windows = [
    { equipment: 'Oven', from: 0, to: 10 },
    { equipment: 'Oven', from: 20, to: 30 },
  ]
  const of = (alarms: IdentifierTrace['alarms']) =>
    windowsOf(traceOf({ windows, alarms })).map((one) => one.alarms.map(({ sequence }) => sequence))
  expect(of([alarm('Oven', 1, 5)])).toEqual([[1], []])
  expect(of([alarm('Oven', 1, 5), alarm('Oven', 1, 5)])).toEqual([[1], [1]])
  expect(of([alarm('Oven', 2, 25)])).toEqual([[], [2]])
})

test('states are bands from change to change, what was before the window begins with it, Bad is not known', () => {
  const states: TracedSeries = {
    tag: 'Oven.State',
    equipment: 'Oven',
    timestamps: [-5, 3, 4, 6, 8, 12],
    values: [1, 1, 2, 2, 2, 3],
    statusCodes: [0, 0, 0, 0x80000000, 0, 0],
  }
  expect(stretchesOf(states, 0, 10)).toEqual([
    { from: 0, to: 4, value: 1 },
    { from: 4, to: 6, value: 2 },
    { from: 6, to: 8, value: null },
    { from: 8, to: 10, value: 2 },
  ])
})

test('of two values before the window only the last counts', () => {
  const states: TracedSeries = { ...series('Oven', 'Oven.State', [-9, -5, 5]), values: ['a', 'b', 'c'] }
  expect(stretchesOf(states, 0, 10)).toEqual([
    { from: 0, to: 5, value: 'b' },
    { from: 5, to: 10, value: 'c' },
  ])
})
