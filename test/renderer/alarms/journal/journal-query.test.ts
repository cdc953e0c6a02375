import { describe, expect, it } from 'vitest'
import {
  firstQuery,
  fits,
  isUnfiltered,
  type JournalQuery,
  journalInput,
  queryParameters,
  queryText,
  readQuery,
  wholeJournal,
} from '../../../../src-renderer/alarms/journal/journal-query.ts'
import { defaultShiftPattern } from '../../../../src-renderer/alarms/span/report-span.ts'
import { alarmEvent } from './event-samples.ts'

const full: JournalQuery = {
  span: { kind: 'fixed', from: 1000, to: 2000 },
  area: 'Mixing/Tanks',
  priorities: ['high', 'urgent'],
  states: ['shelved'],
  events: ['shelved', 'unshelved'],
  user: 'anna',
  text: 'level, high & low',
  id: 'Tank.Level/high',
}
const read = (parameters: Readonly<Record<string, string | null>>) =>
  readQuery(
    Object.fromEntries(Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== null)),
  )

describe('a query of the journal', () => {
  it('stands in an address and comes back', () => {
    for (const query of [full, wholeJournal, firstQuery]) expect(read(queryParameters(query))).toEqual(query)
    expect(readQuery(Object.fromEntries(new URLSearchParams(queryText(full).slice(1))))).toEqual(full)
  })

  it('of an address typed half wrongly keeps what can be read', () => {
    expect(readQuery({ priorities: 'high,purple', states: 'gone', span: 'era' })).toEqual({
      ...firstQuery,
      priorities: ['high'],
    })
  })

  // A parameter called `tag` or `equipment` would open a faceplate, `trend` a trend beside the journal.
  it('uses no word that opens something beside a screen', () => {
    expect(Object.keys(queryParameters(full)).filter((name) => ['tag', 'equipment', 'trend'].includes(name))).toEqual(
      [],
    )
  })

  it('asks without an end while the span runs: a clock that goes ahead hides nothing', () => {
    const ask = (span: JournalQuery['span']) =>
      journalInput({ ...wholeJournal, span }, 100_000_000_000, defaultShiftPattern, 'UTC')
    expect(ask({ kind: '24h' })).toEqual({ from: 100_000_000_000 - 86_400_000, order: 'newest' })
    expect(ask({ kind: 'all' })).toEqual({ order: 'newest' })
    expect(ask({ kind: 'fixed', from: 5, to: 9 })).toEqual({ from: 5, to: 9, order: 'newest' })
    expect(journalInput(full, 0, defaultShiftPattern, 'UTC')).toMatchObject({ user: 'anna', id: 'Tank.Level/high' })
  })
})

describe('an event that has just come', () => {
  const event = alarmEvent({ sequence: 7, user: 'anna', event: 'acknowledged', state: 'acknowledged' })
  const whether = (change: Partial<JournalQuery>) => fits(event, { ...wholeJournal, ...change })

  it('is counted when it fits everything that is asked', () => {
    expect(whether({})).toBe(true)
    expect(
      whether({ area: 'Mixing', priorities: ['high'], events: ['acknowledged'], user: 'anna', text: 'LEVEL' }),
    ).toBe(true)
  })

  it.each<[string, Partial<JournalQuery>]>([
    ['a span that is over', { span: { kind: 'yesterday' } }],
    ['another area whose name begins alike', { area: 'Mix' }],
    ['another priority', { priorities: ['low'] }],
    ['another state', { states: ['shelved'] }],
    ['another kind of event', { events: ['active'] }],
    ['another user', { user: 'ann' }],
    ['another alarm', { id: 'Tank.Level/highHigh' }],
    ['other words', { text: 'pressure' }],
  ])('is not counted for %s', (_, change) => {
    expect(whether(change)).toBe(false)
  })

  it('leaves the list whole only where nothing but time is asked', () => {
    expect(isUnfiltered({ ...wholeJournal, span: { kind: 'today' } })).toBe(true)
    for (const change of [{ text: 'a' }, { user: 'a' }, { events: ['active'] }] satisfies Partial<JournalQuery>[])
      expect(isUnfiltered({ ...wholeJournal, ...change })).toBe(false)
  })
})
