import { describe, expect, it } from 'vitest'
import { linesOf, offsetText } from '../../../../src-renderer/alarms/journal/journal-lines.ts'
import { alarmEvent } from './event-samples.ts'

const berlin = 'Europe/Berlin'
const at = (text: string) => Date.parse(text)
/** Newest first, as the list has them. */
const rows = (...times: string[]) =>
  times.map((time, index) => alarmEvent({ sequence: times.length - index, receivedTimestamp: at(time) }))

describe('between rows of the journal', () => {
  it('nothing is said where the clock went on', () => {
    const lines = linesOf(rows('2026-11-22T10:00:02Z', '2026-11-22T10:00:01Z'), null, berlin, true)
    expect(lines.map(({ kind }) => kind)).toEqual(['event', 'event'])
  })

  it('a clock that was set back is flagged where it happened, with how far (A66)', () => {
    const lines = linesOf(
      rows('2026-11-22T09:51:00Z', '2026-11-22T09:50:00Z', '2026-11-22T10:02:00Z', '2026-11-22T10:01:00Z'),
      null,
      berlin,
      true,
    )
    expect(lines.map(({ kind }) => kind)).toEqual(['event', 'event', 'clockBack', 'event', 'event'])
    expect(lines[2]).toMatchObject({ byMs: 12 * 60_000 })
  })

  // Late data of a device carry old times on purpose; the runtime's clock is what is judged.
  it('an old source time is no jump of the clock', () => {
    const [above, below] = rows('2026-11-22T10:00:02Z', '2026-11-22T10:00:01Z')
    const late = { ...above!, timestamp: at('2026-11-22T09:00:00Z') }
    expect(linesOf([late, below!], null, berlin, true).map(({ kind }) => kind)).toEqual(['event', 'event'])
  })

  it('the change to and from summer time is said: the same hour stands there twice', () => {
    const lines = linesOf(rows('2026-10-25T01:10:00Z', '2026-10-25T00:50:00Z'), null, berlin, true)
    expect(lines[1]).toMatchObject({ kind: 'zone', from: 2 * 3_600_000, to: 3_600_000 })
    expect([offsetText(2 * 3_600_000), offsetText(-3.5 * 3_600_000)]).toEqual(['UTC+02:00', 'UTC−03:30'])
  })

  it('numbers that are missing are said, but not where a filter leaves rows out', () => {
    const events = [alarmEvent({ sequence: 9 }), alarmEvent({ sequence: 5 })]
    expect(linesOf(events, null, berlin, true)[1]).toMatchObject({ kind: 'gap', first: 6, last: 8 })
    expect(linesOf(events, null, berlin, false).map(({ kind }) => kind)).toEqual(['event', 'event'])
  })

  it('pages are compared with the row above them', () => {
    const page = [alarmEvent({ sequence: 5, receivedTimestamp: 9000 })]
    const above = alarmEvent({ sequence: 6, receivedTimestamp: 4000 })
    expect(linesOf(page, above, berlin, true)[0]).toMatchObject({ kind: 'clockBack', byMs: 5000 })
  })
})
