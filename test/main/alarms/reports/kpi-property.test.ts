// Rates, peaks, floods, bursts and times against plain counting, for random journals (conformance A41, A45 to A50).
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ActivationBursts } from '../../../../src-main/alarms/reports/activation-bursts.ts'
import { floodStretches } from '../../../../src-main/alarms/reports/alarm-floods.ts'
import { Annunciations } from '../../../../src-main/alarms/reports/annunciations.ts'
import { ConcurrentAlarms } from '../../../../src-main/alarms/reports/concurrent-alarms.ts'
import { DurationColumn } from '../../../../src-main/alarms/reports/duration-column.ts'
import { kpiReport } from '../../../../src-main/alarms/reports/kpi-report.ts'
import type { AlarmEvent } from '../../../../src-main/shared/alarm.ts'
import { generatedEvents, generatedFrom } from '../../../fakes/generated-alarm-events.ts'
import { MemoryJournalRows } from '../../../fakes/memory-journal-rows.ts'
import { shiftQuestion } from '../../../fakes/shift-journal.ts'

const windowMs = 600_000
const rules = { floodStartCount: 10, floodEndCount: 5 }

/** Instants that come in bursts, in any order, often the same ms. */
const instants = fc
  .array(fc.record({ start: fc.nat(20_000_000), steps: fc.array(fc.nat(90_000), { maxLength: 25 }) }), { maxLength: 8 })
  .map((bursts) =>
    bursts.flatMap(({ start, steps }) => {
      let at = start
      return steps.map((step) => {
        at += step
        return at
      })
    }),
  )

function logOf(timestamps: readonly number[]): Annunciations {
  const log = new Annunciations()
  for (const [index, timestamp] of timestamps.entries()) log.append(timestamp, index, index + 1, false)
  log.sort()
  return log
}

/** Floods by looking at the count at every instant at which it can change. */
function plainFloods(timestamps: readonly number[], to: number): [number, number | null][] {
  const count = (at: number) => timestamps.filter((each) => each <= at && each > at - windowMs).length
  const changes = [...new Set(timestamps.flatMap((each) => [each, each + windowMs]))].sort((a, b) => a - b)
  const floods: [number, number | null][] = []
  let start: number | null = null
  for (const at of changes) {
    if (start === null && count(at) >= rules.floodStartCount) start = at
    else if (start !== null && count(at) < rules.floodEndCount) {
      floods.push([start, at <= to ? at : null])
      start = null
    }
  }
  return floods
}

test('floods begin and end at the instants at which plain counting says so (A41)', () => {
  fc.assert(
    fc.property(instants, fc.integer({ min: 20_000_000, max: 24_000_000 }), (timestamps, to) => {
      const known = timestamps.filter((each) => each < to)
      const floods = floodStretches(logOf(known), rules, to)
      expect(floods.map(({ startTimestamp, endTimestamp }) => [startTimestamp, endTimestamp])).toEqual(
        plainFloods(known, to),
      )
    }),
    { numRuns: 300 },
  )
})

test('peaks are the most that any window has, in whatever order the rows came (A46, A47)', () => {
  fc.assert(
    fc.property(instants, fc.constantFrom(60_000, 600_000, 3_600_000), (timestamps, lengthMs) => {
      const log = logOf(timestamps)
      const ordered = [...timestamps].sort((a, b) => a - b)
      const within = ordered.map((at) => ordered.filter((each) => each <= at && each > at - lengthMs))
      const most = Math.max(0, ...within.map(({ length }) => length))
      const first = within.find(({ length }) => length === most)
      expect(log.slidingPeak(lengthMs)).toEqual(most === 0 ? null : { count: most, timestamp: first![0] })
      const periods = new Map<number, number>()
      for (const at of ordered)
        periods.set(Math.floor(at / lengthMs), (periods.get(Math.floor(at / lengthMs)) ?? 0) + 1)
      const fixed = [...periods].reduce<[number, number]>((best, own) => (own[1] > best[1] ? own : best), [0, 0])
      expect(log.fixedPeak(0, lengthMs)).toEqual(
        fixed[1] === 0 ? null : { count: fixed[1], timestamp: fixed[0] * lengthMs },
      )
    }),
    { numRuns: 300 },
  )
})

test('an activation belongs to a burst when some window with enough of them holds it (A48)', () => {
  fc.assert(
    fc.property(instants, fc.integer({ min: 2, max: 4 }), (timestamps, least) => {
      const ordered = [...timestamps].sort((a, b) => a - b)
      const bursts = new ActivationBursts(least, 60_000)
      for (const timestamp of ordered) bursts.activated(timestamp)
      const windows = ordered.map((at, index) =>
        ordered.flatMap((each, other) => (other <= index && each > at - 60_000 ? [other] : [])),
      )
      const members = new Set(windows.filter(({ length }) => length >= least).flat())
      const episodes = windows.filter(
        ({ length }, index) => length >= least && !((windows[index - 1]?.length ?? 0) >= least),
      )
      expect(bursts.burstActivationCount).toBe(members.size)
      expect(bursts.episodeCount).toBe(episodes.length)
      expect(bursts.worst?.count ?? 0).toBe(Math.max(0, ...windows.map(({ length }) => length)))
    }),
    { numRuns: 300 },
  )
})

test('percentiles are values that occurred, with at least that share at or below (A52)', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(10_000_000), { minLength: 1, maxLength: 300 }), (durations) => {
      const column = new DurationColumn()
      for (const duration of durations) column.append(duration)
      const { medianMs, p90Ms, mostMs, averageMs } = column.figures()
      const share = (value: number) => durations.filter((each) => each <= value).length / durations.length
      const smallest = (least: number) => Math.min(...durations.filter((each) => share(each) >= least - 1e-12))
      expect([medianMs, p90Ms, mostMs]).toEqual([smallest(0.5), smallest(0.9), Math.max(...durations)])
      expect(averageMs).toBeCloseTo(durations.reduce((sum, each) => sum + each, 0) / durations.length, 6)
      const histogram = column.histogram([1_000_000, 5_000_000])
      expect(histogram).toEqual([
        durations.filter((each) => each <= 1_000_000).length,
        durations.filter((each) => each > 1_000_000 && each <= 5_000_000).length,
        durations.filter((each) => each > 5_000_000).length,
      ])
    }),
  )
})

test('how many were in a state at a time is what counting at each period’s start gives (A50)', () => {
  const interval = fc.tuple(fc.integer({ min: -2_000_000, max: 12_000_000 }), fc.nat(4_000_000))
  fc.assert(
    fc.property(fc.array(interval, { maxLength: 40 }), (intervals) => {
      const [from, to] = [0, 10_000_000]
      const concurrent = new ConcurrentAlarms(from, to)
      for (const [start, length] of intervals) concurrent.add(start, start + length)
      const counts = Array.from({ length: Math.ceil(to / windowMs) }, (_, period) => {
        const at = period * windowMs
        return intervals.filter(([start, length]) => start <= at && start + length > at).length
      })
      const most = Math.max(...counts)
      expect(concurrent.peak()).toEqual(most === 0 ? null : { count: most, timestamp: counts.indexOf(most) * windowMs })
      const total = intervals.reduce(
        (sum, [start, length]) => sum + Math.max(0, Math.min(to, start + length) - Math.max(from, start)),
        0,
      )
      expect(concurrent.totalMs).toBe(total)
    }),
  )
})

/** Every annunciation is answered in one way, and lists add up to the counts. */
function expectWhole(events: readonly AlarmEvent[], from: number, to: number): void {
  const kpi = kpiReport(new MemoryJournalRows(events), { ...shiftQuestion, from, to, actions: null })
  const { acknowledgement } = kpi
  expect(acknowledgement.count + acknowledgement.neverCount + acknowledgement.openCount).toBe(kpi.annunciatedCount)
  expect(kpi.periodCounts.reduce((sum, count) => sum + count, 0)).toBe(kpi.annunciatedCount)
  expect(kpi.frequent.alarms.reduce((sum, { annunciatedCount }) => sum + annunciatedCount, 0)).toBe(
    kpi.annunciatedCount,
  )
  const priorities = Object.values(kpi.priorities)
  expect(priorities.reduce((sum, { occurredCount }) => sum + occurredCount, 0)).toBe(kpi.annunciatedCount)
  expect(kpi.areas[0]!.partCounts.reduce((sum, count) => sum + count, 0)).toBe(kpi.annunciatedCount)
  expect(acknowledgement.histogram.reduce((sum, count) => sum + count, 0)).toBe(acknowledgement.count)
  const course = kpi.timeInAlarm.activeMs + kpi.shelved.heldMs + kpi.suppressedByDesign.heldMs + kpi.outOfService.heldMs
  expect(course).toBeLessThanOrEqual((to - from) * kpi.areas[0]!.configuredCount)
}

test('whatever happened, every annunciation is answered in one way, and lists add up to the counts', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.nat(40),
      fc.integer({ min: 1, max: 40 }),
      (seed, start, hours) => {
        const from = generatedFrom + start * 3_600_000
        expectWhole(generatedEvents(1500, seed), from, from + hours * 3_600_000)
      },
    ),
    { numRuns: 60 },
  )
})

test('two halves of a span have together the annunciations of the whole (A54)', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
      const rows = new MemoryJournalRows(generatedEvents(1500, seed))
      const of = (from: number, to: number) => kpiReport(rows, { ...shiftQuestion, from, to, actions: null })
      const [from, middle, to] = [4, 9, 14].map((hour) => generatedFrom + hour * 3_600_000) as [number, number, number]
      const [first, second, whole] = [of(from, middle), of(middle, to), of(from, to)]
      expect(first.annunciatedCount + second.annunciatedCount).toBe(whole.annunciatedCount)
      expect(first.shelved.heldMs + second.shelved.heldMs).toBe(whole.shelved.heldMs)
      expect(first.timeInAlarm.activeMs + second.timeInAlarm.activeMs).toBe(whole.timeInAlarm.activeMs)
      expect(first.timeInAlarm.count + second.timeInAlarm.count).toBe(whole.timeInAlarm.count)
    }),
    { numRuns: 60 },
  )
})
