import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  defaultShiftPattern,
  isRunning,
  type ReportSpan,
  readShiftPattern,
  readSpan,
  resolveSpan,
  type ShiftPattern,
  shiftAt,
  shiftLengths,
  spanBeside,
  spanParameters,
} from '../../../../src-renderer/alarms/span/report-span.ts'

const berlin = 'Europe/Berlin'
const hour = 3_600_000
const at = (text: string) => Date.parse(text)
const iso = ({ from, to }: { from: number; to: number }) => [from, to].map((time) => new Date(time).toISOString())

describe('shifts', () => {
  it('begin at the chosen time of day and have the chosen length', () => {
    const now = at('2026-11-22T13:30:00Z')
    expect(iso(shiftAt(now, defaultShiftPattern, berlin))).toEqual([
      '2026-11-22T05:00:00.000Z',
      '2026-11-22T17:00:00.000Z',
    ])
    const eight: ShiftPattern = { startMinutes: 345, lengthHours: 8 }
    expect(iso(shiftAt(now, eight, berlin))).toEqual(['2026-11-22T12:45:00.000Z', '2026-11-22T20:45:00.000Z'])
  })

  it('of the night in which the clock changes are an hour longer or shorter', () => {
    const length = (time: string) => {
      const { from, to } = shiftAt(at(time), defaultShiftPattern, berlin)
      return (to - from) / hour
    }
    expect(length('2026-10-25T00:30:00Z')).toBe(13)
    expect(length('2026-10-25T01:30:00Z')).toBe(13)
    expect(length('2026-03-29T00:30:00Z')).toBe(11)
    expect(length('2026-11-22T00:30:00Z')).toBe(12)
  })

  // A shift that an event is not in, or is in twice, is missing from one report and doubled in another.
  it('hold every instant once, whatever the zone and the pattern', () => {
    const zones = fc.constantFrom(berlin, 'UTC', 'Asia/Shanghai', 'America/New_York', 'Australia/Lord_Howe')
    const patterns = fc.record({
      startMinutes: fc.integer({ min: 0, max: 1439 }),
      lengthHours: fc.constantFrom(...shiftLengths),
    })
    fc.assert(
      fc.property(
        fc.integer({ min: at('2020-01-01'), max: at('2035-01-01') }),
        zones,
        patterns,
        (time, zone, pattern) => {
          const { from, to } = shiftAt(time, pattern, zone)
          expect(from).toBeLessThanOrEqual(time)
          expect(to).toBeGreaterThan(time)
          expect(shiftAt(from, pattern, zone)).toEqual({ from, to })
          expect(shiftAt(to - 1, pattern, zone)).toEqual({ from, to })
          expect(shiftAt(to, pattern, zone).from).toBe(to)
        },
      ),
    )
  })

  it('of a preference that cannot be used are the usual ones', () => {
    for (const stored of [
      undefined,
      null,
      'x',
      {},
      { startMinutes: -1, lengthHours: 8 },
      { startMinutes: 0, lengthHours: 7 },
    ])
      expect(readShiftPattern(stored)).toEqual(defaultShiftPattern)
    expect(readShiftPattern({ startMinutes: 300, lengthHours: 8 })).toEqual({ startMinutes: 300, lengthHours: 8 })
  })
})

describe('spans', () => {
  const now = at('2026-11-22T13:30:00Z')
  const resolved = (span: ReportSpan) => iso(resolveSpan(span, now, defaultShiftPattern, berlin))

  it('are of the plant’s clock, and those that run end now', () => {
    expect(resolved({ kind: 'shift' })).toEqual(['2026-11-22T05:00:00.000Z', '2026-11-22T13:30:00.000Z'])
    expect(resolved({ kind: 'lastShift' })).toEqual(['2026-11-21T17:00:00.000Z', '2026-11-22T05:00:00.000Z'])
    expect(resolved({ kind: 'today' })).toEqual(['2026-11-21T23:00:00.000Z', '2026-11-22T13:30:00.000Z'])
    expect(resolved({ kind: 'yesterday' })).toEqual(['2026-11-20T23:00:00.000Z', '2026-11-21T23:00:00.000Z'])
    expect(isRunning({ kind: 'lastShift' })).toBe(false)
    expect(isRunning({ kind: 'all' })).toBe(true)
  })

  it('go back shift by shift and day by day, and forward to the present one by its name', () => {
    const beside = (span: ReportSpan, direction: -1 | 1) =>
      spanBeside(span, direction, now, defaultShiftPattern, berlin)
    expect(beside({ kind: 'shift' }, -1)).toEqual({ kind: 'lastShift' })
    const older = beside({ kind: 'lastShift' }, -1)
    expect(older).toEqual({ kind: 'fixed', from: at('2026-11-21T05:00:00Z'), to: at('2026-11-21T17:00:00Z') })
    expect(beside(older, 1)).toEqual({ kind: 'lastShift' })
    expect(beside({ kind: 'lastShift' }, 1)).toEqual({ kind: 'shift' })
    expect(beside({ kind: 'today' }, -1)).toEqual({ kind: 'yesterday' })
    expect(beside({ kind: 'yesterday' }, 1)).toEqual({ kind: 'today' })
    expect(beside({ kind: '7d' }, -1)).toEqual({ kind: 'fixed', from: now - 14 * 24 * hour, to: now - 7 * 24 * hour })
  })

  it('stand in an address and come back; what cannot be read is the usual one', () => {
    for (const span of [
      { kind: 'shift' },
      { kind: 'all' },
      { kind: 'fixed', from: 1000, to: 2500 },
    ] satisfies ReportSpan[]) {
      const given = Object.entries(spanParameters(span)).filter((entry): entry is [string, string] => entry[1] !== null)
      expect(readSpan(Object.fromEntries(given), { kind: '7d' })).toEqual(span)
    }
    for (const wrong of [
      { span: 'decade' },
      { from: '2026-01-01' },
      { from: '2026-02-01', to: '2026-01-01' },
      { from: 'x', to: 'y' },
    ])
      expect(readSpan(wrong, { kind: '7d' })).toEqual({ kind: '7d' })
  })
})
