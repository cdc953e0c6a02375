// Figures of one shift against numbers worked out by hand (test/data/alarms/README.md; conformance A45 to A54).
import { describe, expect, test } from 'vitest'
import { performanceClass } from '../../../../src-main/alarms/reports/alarm-kpi.ts'
import { kpiReport } from '../../../../src-main/alarms/reports/kpi-report.ts'
import { MemoryJournalRows } from '../../../fakes/memory-journal-rows.ts'
import { motors, shiftEvents, shiftQuestion, shiftTime } from '../../../fakes/shift-journal.ts'

const rows = new MemoryJournalRows(shiftEvents())
const kpi = kpiReport(rows, shiftQuestion)
const second = 1000
const hour = 3600 * second

describe('figures of a shift', () => {
  test('every row of the shift is looked at, those before and after it are not its', () => {
    expect(kpi.journalRowCount).toBe(65)
    expect(kpi.oldestTimestamp).toBe(shiftTime('07:00:00', -1) + 100)
  })

  test('activations, re-alarms and what leaves the shelf active are annunciated; tests, shelved and suppressed ones are not (A37, A45)', () => {
    expect(kpi.annunciatedCount).toBe(21)
  })

  test('averages are per 10 minutes, hour, day and month of the span (A45)', () => {
    expect(kpi.rates.minute.average).toBe(0.04375)
    expect(kpi.rates.tenMinutes.average).toBe(0.4375)
    expect(kpi.rates.hour.average).toBe(2.625)
    expect(kpi.rates.day.average).toBe(63)
    expect(kpi.rates.month.average).toBe(1890)
  })

  test('peaks say how many and when, in fixed periods and anywhere (A46, A47)', () => {
    const at = shiftTime('11:00:00')
    expect(kpi.rates.minute.peak).toEqual({ count: 6, timestamp: at })
    expect(kpi.rates.minute.slidingPeak).toEqual({ count: 6, timestamp: at })
    expect(kpi.rates.tenMinutes.peak).toEqual({ count: 12, timestamp: at })
    expect(kpi.rates.hour.peak).toEqual({ count: 12, timestamp: at })
    expect(kpi.rates.hour.slidingPeak).toEqual({ count: 12, timestamp: at })
    expect(kpi.rates.day.peak).toEqual({ count: 21, timestamp: shiftTime('08:00:00') })
  })

  test('the time line counts each 10 minutes (A46)', () => {
    expect(kpi.periodCounts).toHaveLength(48)
    const counted = kpi.periodCounts.flatMap((count, index) => (count > 0 ? [[index, count]] : []))
    expect(counted).toEqual([
      [0, 1],
      [2, 3],
      [6, 1],
      [18, 12],
      [30, 1],
      [36, 1],
      [39, 1],
      [47, 1],
    ])
    expect(kpi.shareOfPeriodsOverTen).toBe(1 / 48)
  })

  test('a flood begins with the tenth alarm in 10 minutes and ends when fewer than five are left (A41)', () => {
    expect(kpi.floodCount).toBe(1)
    expect(kpi.floods).toEqual([
      {
        startTimestamp: shiftTime('11:01:30'),
        endTimestamp: shiftTime('11:11:10'),
        annunciatedCount: 12,
        alarmCount: 12,
        peak: { count: 12, timestamp: shiftTime('11:00:00') },
        firstAlarm: { id: 'M01.Fault/discrete', eventId: 19, timestamp: shiftTime('11:00:00') },
        firstOut: { id: 'M03.Fault/discrete', eventId: 21, timestamp: shiftTime('11:00:20') },
      },
    ])
    expect(kpi.shareOfTimeInFlood).toBeCloseTo(580 / 28_800, 12)
    expect(kpi.steadyRate).toBeCloseTo((18 * 600) / 28_220, 12)
  })

  test('three activations within a minute chatter, with their chatter index (A48)', () => {
    expect(kpi.chattering.count).toBe(1)
    const { id, chatterIndex, ...figures } = kpi.chattering.alarms[0]!
    expect(id).toBe('Filler.Level/high')
    expect(chatterIndex).toBeCloseTo((1 / 15 + 1 / 25) / 2, 12)
    expect(figures).toMatchObject({
      episodeCount: 1,
      chatteringActivationCount: 3,
      activationCount: 3,
      worst: { count: 3, timestamp: shiftTime('08:20:00') },
    })
  })

  test('what is gone within 10 s without anybody’s action is fleeting (A48)', () => {
    expect(kpi.fleeting.count).toBe(1)
    expect(kpi.fleeting.alarms[0]).toMatchObject({
      id: 'Filler.Level/high',
      fleetingCount: 3,
      activationCount: 3,
      shortestMs: 5 * second,
      averageMs: 5 * second,
    })
  })

  test('an alarm that has been active for more than a day is stale, although it began before the span (A49)', () => {
    expect(kpi.stale.count).toBe(1)
    expect(kpi.stale.mostPerDay).toEqual({ count: 1, timestamp: shiftTime('08:00:00') })
    expect(kpi.stale.alarms[0]).toMatchObject({
      id: 'Tank.Level/low',
      activeTimestamp: shiftTime('07:00:00', -1),
      returnedTimestamp: shiftTime('10:00:00'),
      durationMs: 27 * hour,
    })
  })

  test('standing alarms are counted at the end, on average, and where they were most (A50)', () => {
    expect(kpi.standing.atEndCount).toBe(2)
    expect(kpi.standing.alarms.map(({ id, durationMs }) => [id, durationMs])).toEqual([
      ['Oven.Temperature/highHigh', 2 * hour],
      ['Capper.Torque/high', 300 * second],
    ])
    expect(kpi.standing.averageCount).toBeCloseTo(32_685 / 28_800, 12)
    expect(kpi.standing.peak).toEqual({ count: 12, timestamp: shiftTime('11:10:00') })
  })

  test('the most frequent come first, with share and cumulative share (A51)', () => {
    const { alarms, topTenShare } = kpi.frequent
    expect(alarms).toHaveLength(17)
    expect(alarms.slice(0, 4).map(({ id, annunciatedCount }) => [id, annunciatedCount])).toEqual([
      ['Filler.Level/high', 3],
      ['M02.Fault/discrete', 2],
      ['Oven.Temperature/highHigh', 2],
      ['Capper.Torque/high', 1],
    ])
    expect(alarms[2]!.cumulativeShare).toBeCloseTo(7 / 21, 12)
    expect(topTenShare).toBeCloseTo(14 / 21, 12)
    expect(alarms[0]).toMatchObject({ isChattering: true, isFleeting: true, averageAcknowledgeMs: 20 * second })
  })

  test('priorities occurred and configured stand beside the target (A25)', () => {
    const occurred = Object.values(kpi.priorities).map(({ occurredCount }) => occurredCount)
    const configured = Object.values(kpi.priorities).map(({ configuredCount }) => configuredCount)
    const target = Object.values(kpi.priorities).map(({ targetShare }) => targetShare)
    expect(Object.keys(kpi.priorities)).toEqual(['low', 'medium', 'high', 'urgent'])
    expect(occurred).toEqual([14, 3, 2, 2])
    expect(configured).toEqual([14, 1, 2, 1])
    expect(target).toEqual([0.8, 0.15, 0.05, 0.01])
    expect(kpi.priorities.low.occurredShare).toBeCloseTo(14 / 21, 12)
  })

  test('time to acknowledge is that of annunciations of the span, with those nobody answered (A52)', () => {
    const { byPriority, averageMs, ...all } = kpi.acknowledgement
    expect(averageMs).toBeCloseTo((3160 / 17) * second, 6)
    expect(all).toEqual({
      count: 17,
      medianMs: 220 * second,
      p90Ms: 290 * second,
      mostMs: 300 * second,
      histogram: [0, 1, 2, 1, 1, 12, 0, 0, 0, 0],
      neverCount: 3,
      openCount: 1,
    })
    expect(byPriority.urgent).toMatchObject({ count: 2, averageMs: 25 * second, neverCount: 0, openCount: 0 })
    expect(byPriority.high).toMatchObject({ count: 1, openCount: 1 })
    expect(byPriority.medium).toMatchObject({ count: 1, neverCount: 2 })
  })

  test('time in alarm is that of occurrences that returned, also of those that began before (A52)', () => {
    expect(kpi.timeInAlarm).toEqual({
      count: 20,
      averageMs: 5_912_250,
      medianMs: 1130 * second,
      p90Ms: 1800 * second,
      mostMs: 27 * hour,
      activeMs: 32_685 * second,
    })
  })

  test('acknowledged occurrences in which nobody touched the equipment are alarms without action (A52)', () => {
    const { alarms, ...counts } = kpi.withoutAction
    expect(counts).toEqual({ judgedCount: 15, count: 14, isKnown: true })
    expect(alarms.map(({ id }) => id)).toEqual(['Capper.Torque/high', 'Filler.Level/low', ...motors])
  })

  test('shelved and suppressed alarms have figures of their own (A37, A50)', () => {
    expect(kpi.shelved).toMatchObject({
      enteredCount: 1,
      atEndCount: 0,
      averageCount: 0.125,
      peak: { count: 1, timestamp: shiftTime('12:00:00') },
      heldMs: hour,
      longestMs: hour,
      sparedActivationCount: 1,
    })
    expect(kpi.shelved.alarms[0]).toMatchObject({ id: 'Filler.Level/low', heldMs: hour, since: null })
    expect(kpi.suppressedByDesign).toMatchObject({
      enteredCount: 1,
      atEndCount: 1,
      heldMs: hour,
      sparedActivationCount: 1,
    })
    expect(kpi.suppressedByDesign.alarms[0]!.since).toEqual({
      timestamp: shiftTime('15:00:00'),
      user: '',
      comment: 'CIP',
    })
    expect(kpi.outOfService).toMatchObject({ enteredCount: 0, atEndCount: 0, heldMs: 0, peak: null, alarms: [] })
  })

  test('a shelving with a command in the audit trail is authorised; drift and refused attempts are told (A52)', () => {
    expect(kpi.unauthorised).toEqual({ suppressionCount: 0, changeCount: 1, refusedAttemptCount: 2, isKnown: true })
    const unaudited = { ...shiftQuestion, actions: { operations: [], commands: [], refusedAttemptCount: 0 } }
    expect(kpiReport(rows, unaudited).unauthorised.suppressionCount).toBe(1)
  })

  test('without an audit trail it is said that nobody’s actions are known (A52)', () => {
    const unknown = kpiReport(rows, { ...shiftQuestion, actions: null })
    expect(unknown.withoutAction).toEqual({ judgedCount: 0, count: 0, alarms: [], isKnown: false })
    expect(unknown.unauthorised).toMatchObject({ suppressionCount: 0, isKnown: false })
  })

  test('few on average with a peak above ten is robust (A53)', () => {
    expect(kpi.performanceClass).toBe('robust')
  })

  test('the performance class is the worse one of average and peak, border by border (A53)', () => {
    const classOf = (average: number, count: number) =>
      performanceClass({ average, peak: { count, timestamp: 0 } } as Parameters<typeof performanceClass>[0])
    expect([classOf(1, 10), classOf(1, 11), classOf(1.01, 10), classOf(0, 101)]).toEqual([
      'predictive',
      'robust',
      'stable',
      'reactive',
    ])
    expect([classOf(10, 100), classOf(10.1, 0), classOf(100, 1000), classOf(100.1, 0), classOf(0, 1001)]).toEqual([
      'stable',
      'reactive',
      'reactive',
      'overloaded',
      'overloaded',
    ])
  })

  test('every area has its figures, with everything below it', () => {
    const figures = kpi.areas.map((area) => [
      area.area,
      area.annunciatedCount,
      area.standingCount,
      area.staleCount,
      area.chatteringCount,
      area.configuredCount,
    ])
    expect(figures).toEqual([
      ['', 21, 2, 1, 1, 18],
      ['Baking', 3, 1, 1, 0, 3],
      ['Packaging', 18, 1, 0, 1, 15],
      ['Packaging/Capping', 14, 1, 0, 0, 13],
      ['Packaging/Filling', 4, 0, 0, 1, 2],
    ])
    expect(kpi.areas[3]!.peak).toEqual({ count: 12, timestamp: shiftTime('11:00:00') })
    expect(kpi.areas[0]!.partCounts.reduce((sum, count) => sum + count, 0)).toBe(21)
    expect(kpi.areas[0]!.partCounts[18]).toBe(12)
  })

  test('figures of one area count that area alone', () => {
    const filling = kpiReport(rows, { ...shiftQuestion, area: 'Packaging/Filling' })
    expect(filling.annunciatedCount).toBe(4)
    expect(filling.floodCount).toBe(0)
    expect(filling.areas.map(({ area }) => area)).toEqual(['Packaging/Filling'])
    expect(filling.priorities.low.configuredCount).toBe(1)
  })
})

describe('edges', () => {
  test('a flood that runs at the beginning of the span has its true start, and its time is cut (A41)', () => {
    const late = kpiReport(rows, { ...shiftQuestion, from: shiftTime('11:05:00'), to: shiftTime('11:10:00') })
    expect(late.annunciatedCount).toBe(0)
    expect(late.floods[0]).toMatchObject({ startTimestamp: shiftTime('11:01:30'), endTimestamp: null })
    expect(late.shareOfTimeInFlood).toBe(1)
    expect(late.steadyRate).toBeNull()
  })

  test('an empty journal gives zeros, not errors', () => {
    const empty = kpiReport(new MemoryJournalRows([]), shiftQuestion)
    expect(empty).toMatchObject({ journalRowCount: 0, oldestTimestamp: null, annunciatedCount: 0, floodCount: 0 })
    expect(empty.rates.tenMinutes).toEqual({ average: 0, peak: null, slidingPeak: null })
    expect(empty.acknowledgement).toMatchObject({ count: 0, averageMs: null, medianMs: null })
    expect(empty.frequent).toEqual({ topTenShare: 0, alarms: [] })
    expect(empty.performanceClass).toBe('predictive')
  })

  test('a report that nobody waits for ends', () => {
    const row = shiftEvents()[2]!
    const many = Array.from({ length: 9000 }, (_, index) => ({ ...row, sequence: index + 1 }))
    const cancelled = new MemoryJournalRows(many)
    cancelled.isCancelled = true
    expect(() => kpiReport(cancelled, shiftQuestion)).toThrow('not waited for')
  })

  test('a span that ends before it begins is refused', () => {
    expect(() => kpiReport(rows, { ...shiftQuestion, to: shiftQuestion.from })).toThrow('the span is empty')
  })
})
