// Times of day in the plant's time zone, over changes of its clocks.
import { describe, expect, test } from 'vitest'
import { lastDue } from '../../../../src-main/labels/triggers/trigger-schedule.ts'

const at = (text: string) => Date.parse(text)
const text = (instant: number | null) => (instant === null ? null : new Date(instant).toISOString())
const daily = (...times: string[]) => ({ times, days: [] })

describe('schedules', () => {
  test('the last time that was due is that of the plant, whatever zone the machine has', () => {
    expect(text(lastDue(daily('06:00'), 'Asia/Shanghai', at('2026-11-23T00:00:00Z')))).toBe('2026-11-22T22:00:00.000Z')
    expect(text(lastDue(daily('06:00'), 'Europe/Berlin', at('2026-11-23T04:59:00Z')))).toBe('2026-11-22T05:00:00.000Z')
    expect(text(lastDue(daily('06:00'), 'Europe/Berlin', at('2026-11-23T05:00:00Z')))).toBe('2026-11-23T05:00:00.000Z')
  })

  test('of several times the latest counts; days are those of the week there', () => {
    expect(text(lastDue(daily('22:00', '06:00', '14:00'), 'UTC', at('2026-11-23T15:00:00Z')))).toBe(
      '2026-11-23T14:00:00.000Z',
    )
    // 2026-11-23 is a Monday: on Mondays before six the last one was Friday's.
    const workdays = { times: ['06:00'], days: [1, 2, 3, 4, 5] }
    expect(text(lastDue(workdays, 'UTC', at('2026-11-23T05:00:00Z')))).toBe('2026-11-20T06:00:00.000Z')
    expect(text(lastDue({ times: ['06:00'], days: [7] }, 'UTC', at('2026-11-23T05:00:00Z')))).toBe(
      '2026-11-22T06:00:00.000Z',
    )
    expect(lastDue({ times: [], days: [] }, 'UTC', 0)).toBeNull()
  })

  test('a time that the clocks leave out in spring comes when they have gone on, once', () => {
    // Europe/Berlin 2026-03-29: 02:00 becomes 03:00 at 01:00 UTC.
    const half = daily('02:30')
    expect(text(lastDue(half, 'Europe/Berlin', at('2026-03-29T00:59:59Z')))).toBe('2026-03-28T01:30:00.000Z')
    expect(text(lastDue(half, 'Europe/Berlin', at('2026-03-29T02:00:00Z')))).toBe('2026-03-29T01:30:00.000Z')
    expect(text(lastDue(half, 'Europe/Berlin', at('2026-03-30T00:31:00Z')))).toBe('2026-03-30T00:30:00.000Z')
  })

  test('a time that comes twice in autumn counts the first time only', () => {
    // Europe/Berlin 2026-10-25: 03:00 becomes 02:00 at 01:00 UTC; 02:30 is at 00:30 and 01:30 UTC.
    const half = daily('02:30')
    expect(text(lastDue(half, 'Europe/Berlin', at('2026-10-25T00:31:00Z')))).toBe('2026-10-25T00:30:00.000Z')
    expect(text(lastDue(half, 'Europe/Berlin', at('2026-10-25T01:31:00Z')))).toBe('2026-10-25T00:30:00.000Z')
  })
})
