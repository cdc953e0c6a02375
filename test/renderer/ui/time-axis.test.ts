import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { instantOf, shiftDays, startOfDay, timeTicks, zoneOffset } from '../../../src-renderer/ui/time-axis.ts'
import { fieldInstant, fieldText } from '../../../src-renderer/ui/wall-clock.ts'

const berlin = 'Europe/Berlin'
const hour = 3_600_000
const at = (text: string) => Date.parse(text)

describe('time zones', () => {
  it('know the offset on both sides of a change, to the minute of the change', () => {
    expect(zoneOffset(at('2026-03-29T00:59:59Z'), berlin)).toBe(hour)
    expect(zoneOffset(at('2026-03-29T01:00:00Z'), berlin)).toBe(2 * hour)
    expect(zoneOffset(at('2026-10-25T00:59:59.999Z'), berlin)).toBe(2 * hour)
    expect(zoneOffset(at('2026-10-25T01:00:00Z'), berlin)).toBe(hour)
    expect(zoneOffset(at('2026-06-01T00:00:00Z'), 'Asia/Kathmandu')).toBe(5.75 * hour)
    expect(zoneOffset(at('2026-06-01T00:00:00Z'), 'Asia/Shanghai')).toBe(8 * hour)
  })

  it('give the first of an hour that comes twice, and the next for one that is skipped', () => {
    expect(new Date(instantOf(at('2026-10-25T02:30:00Z'), berlin)).toISOString()).toBe('2026-10-25T00:30:00.000Z')
    expect(new Date(instantOf(at('2026-03-29T02:30:00Z'), berlin)).toISOString()).toBe('2026-03-29T01:30:00.000Z')
  })

  it('lead from the wall clock to the instant and back at every other time', () => {
    const zones = fc.constantFrom(berlin, 'UTC', 'Asia/Shanghai', 'America/New_York', 'Australia/Lord_Howe')
    fc.assert(
      fc.property(fc.integer({ min: at('2000-01-01'), max: at('2040-01-01') }), zones, (time, zone) => {
        const back = instantOf(time + zoneOffset(time, zone), zone)
        // Of an hour that comes twice the first is meant.
        expect([0, 0.5 * hour, hour]).toContain(time - back)
      }),
    )
  })

  it('shift by days of the calendar: yesterday at noon is 23 or 25 hours away over a change', () => {
    const noon = at('2026-03-29T10:00:00Z')
    expect(noon - shiftDays(noon, -1, berlin)).toBe(23 * hour)
    const autumn = at('2026-10-25T11:00:00Z')
    expect(autumn - shiftDays(autumn, -1, berlin)).toBe(25 * hour)
    expect(new Date(startOfDay(noon, berlin)).toISOString()).toBe('2026-03-28T23:00:00.000Z')
  })

  it('are what the date and time fields show and take', () => {
    const time = at('2026-07-01T12:34:56Z')
    expect(fieldText(time, berlin)).toBe('2026-07-01T14:34:56')
    expect(fieldInstant('2026-07-01T14:34:56', berlin)).toBe(time)
    expect(fieldInstant('', berlin)).toBeNull()
  })
})

describe('ticks', () => {
  const ticks = (from: string, to: string, most: number, locale = 'en', zone = berlin) =>
    timeTicks(at(from), at(to), most, zone, locale)

  it('stand on round times of the plant and say the day once', () => {
    const found = ticks('2026-11-22T21:20:00Z', '2026-11-23T00:40:00Z', 8)
    expect(found.map(({ label }) => label)).toEqual(['22:30', '23:00', '23:30', '00:00', '00:30', '01:00', '01:30'])
    expect(found.map(({ dayLabel }) => dayLabel).filter((label) => label !== '')).toEqual(['Sun 22 Nov', 'Mon 23 Nov'])
    expect(found[3]!.dayLabel).toBe('Mon 23 Nov')
  })

  it('write dates the Chinese way in Chinese', () => {
    expect(ticks('2026-11-22T21:20:00Z', '2026-11-23T00:40:00Z', 8, 'zh-CN')[0]!.dayLabel).toBe('11月22日周日')
    expect(ticks('2026-01-01T00:00:00Z', '2026-12-01T00:00:00Z', 12, 'zh-CN').at(-1)!.label).toBe('2026年12月')
  })

  it('show an hour twice when the clock is set back, and say which clock', () => {
    const found = ticks('2026-10-24T22:00:00Z', '2026-10-25T03:00:00Z', 6)
    expect(found.map(({ label }) => label)).toEqual(['00:00', '01:00', '02:00', '02:00 CET', '03:00', '04:00'])
    expect(new Set(found.map(({ timestamp }) => timestamp)).size).toBe(6)
  })

  it('leave out the hour that the clock skips', () => {
    const found = ticks('2026-03-28T23:00:00Z', '2026-03-29T03:00:00Z', 6)
    expect(found.map(({ label }) => label)).toEqual(['00:00', '01:00', '03:00 CEST', '04:00', '05:00'])
  })

  it('stand at midnight of the plant over a change, and at six-hour steps of its clock', () => {
    const days = ticks('2026-10-23T00:00:00Z', '2026-10-28T00:00:00Z', 6)
    expect(days.map(({ timestamp }) => (timestamp + zoneOffset(timestamp, berlin)) % (24 * hour))).toEqual([
      0, 0, 0, 0, 0,
    ])
    const quarters = ticks('2026-03-28T12:00:00Z', '2026-03-30T00:00:00Z', 8)
    expect(quarters.map(({ label }) => label.slice(0, 5))).toEqual([
      '18:00',
      '00:00',
      '06:00',
      '12:00',
      '18:00',
      '00:00',
    ])
  })

  it('are in order, within the span and not more than asked for, from milliseconds to decades', () => {
    const zones = fc.constantFrom(berlin, 'Asia/Shanghai', 'Asia/Kathmandu', 'America/New_York')
    fc.assert(
      fc.property(
        fc.integer({ min: at('1995-01-01'), max: at('2035-01-01') }),
        fc.double({ min: 1, max: 11.5, noNaN: true }),
        fc.integer({ min: 3, max: 20 }),
        zones,
        (from, power, most, zone) => {
          const to = from + 10 ** power
          const found = timeTicks(from, to, most, zone, 'en').map(({ timestamp }) => timestamp)
          expect(found).toEqual([...found].sort((a, b) => a - b))
          expect(new Set(found).size).toBe(found.length)
          for (const time of found) expect(time >= from && time <= to).toBe(true)
          expect(found.length).toBeLessThanOrEqual(most + 3)
        },
      ),
      { numRuns: 200 },
    )
  })
})
