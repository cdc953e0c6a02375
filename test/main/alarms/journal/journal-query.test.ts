// What is asked of the alarm journal: every filter alone and together finds what looking at every row finds (A64).
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AlarmTransition } from '../../../../src-main/alarms/alarm-transition.ts'
import type { JournalQuery } from '../../../../src-main/alarms/journal/journal-query.ts'
import { searchJournal } from '../../../../src-main/alarms/journal/journal-search.ts'
import { JournalSource } from '../../../../src-main/alarms/journal/journal-source.ts'
import { JournalStore } from '../../../../src-main/alarms/journal/journal-store.ts'
import { type AlarmEvent, alarmEventKinds, alarmPriorities, alarmStates } from '../../../../src-main/shared/alarm.ts'
import { randomOf } from '../../../../src-main/simulation/random.ts'
import { alarmDefinition, alarmTransition } from '../../../fakes/alarm-transitions.ts'

const rowCount = 12_000
const begin = Date.UTC(2026, 0, 1)
let folder = ''
let source: JournalSource
const events: AlarmEvent[] = []

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'alarm-journal-query-'))
  const file = join(folder, 'alarms.sqlite')
  const random = randomOf(7, 'journal query')
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const definitions = Array.from({ length: 60 }, (_, index) =>
    alarmDefinition(`LT-${100 + index}/${index % 2 === 0 ? 'high' : 'Zu hoch'}`, {
      area: ['Packaging', 'Packaging/Filling', 'PackagingHall', 'Cellar/Tanks'][index % 4]!,
      priority: alarmPriorities[index % 4]!,
      condition: index % 3 === 0 ? 'low' : 'high',
      alarmClass: index % 5 === 0 ? 'safety' : 'process',
      equipment: index % 7 === 0 ? null : `Unit ${index % 7}`,
    }),
  )
  const store = JournalStore.open(file)
  store.begin()
  for (let sequence = 1; sequence <= rowCount; sequence++) {
    // A rare alarm once in a while; the source's clock runs ahead or behind, once by a year.
    const definition = sequence % 3001 === 0 ? definitions[59]! : definitions[Math.floor(random() ** 2 * 59)]!
    const received = begin + sequence * 1000 - (sequence === 5000 ? 60_000 : 0)
    const figure = Math.floor(random() * 10_000) / 100
    const transition: AlarmTransition = alarmTransition(sequence, definition, {
      timestamp: received - Math.floor(random() * 5000) + (random() < 0.001 ? -365 * 86_400_000 : 0),
      receivedTimestamp: received,
      event: random() < 0.9 ? pick(['active', 'returned', 'acknowledged']) : pick(alarmEventKinds),
      state: random() < 0.9 ? pick(['unacknowledged', 'normal']) : pick(alarmStates),
      message: pick([
        `Niveau ${definition.tag} ist ${figure} %`,
        `Überlauf: ${figure}.5.7`,
        'Pumpe 12 gestört',
        `${figure}`,
      ]),
      user: random() < 0.5 ? '' : pick(['ana', 'ben', 'çem']),
      comment: random() < 0.01 ? pick(['Dichtung 4 getauscht', '换垫圈', 'ok']) : '',
      ...(sequence === 5000 ? { isClockSetBack: true } : {}),
    })
    store.write(transition)
    events.push(transition.event)
    if (sequence % 700 === 0) {
      store.commit()
      store.begin()
    }
  }
  store.commit()
  store.close()
  source = JournalSource.open(file)
})
afterAll(() => {
  source.close()
  rmSync(folder, { recursive: true, force: true })
})

/** The same question to every row. */
function fits(event: AlarmEvent, query: JournalQuery): boolean {
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, area, text } = query
  const within = (time: number) => time >= from && time <= to
  const among = <T>(list: readonly T[] | undefined, value: T) => list === undefined || list.includes(value)
  const texts = [event.id, event.tag, event.message, event.comment]
  return (
    (within(event.timestamp) || within(event.receivedTimestamp)) &&
    (query.id === undefined || event.id === query.id) &&
    (area === undefined || event.area === area || event.area.startsWith(`${area}/`)) &&
    (query.equipment === undefined || event.equipment === query.equipment) &&
    among(query.priorities, event.priority) &&
    among(query.states, event.state) &&
    among(query.events, event.event) &&
    among(query.classes, event.alarmClass) &&
    among(query.conditions, event.condition) &&
    among(query.tags, event.tag) &&
    (query.user === undefined || event.user === query.user) &&
    (query.isClockSetBack !== true || event.isClockSetBack === true) &&
    (text === undefined || texts.some((one) => one.toLowerCase().includes(text.toLowerCase())))
  )
}

/** All pages. */
function found(query: JournalQuery, pageMs?: number): number[] {
  const sequences: number[] = []
  let cursor: string | undefined
  do {
    const page = searchJournal({ ...query, cursor }, { source, ...(pageMs === undefined ? {} : { pageMs }) })
    sequences.push(...page.events.map(({ sequence }) => sequence))
    cursor = page.cursor
  } while (cursor !== undefined)
  return sequences
}

function expected(query: JournalQuery): number[] {
  const sequences = events.filter((event) => fits(event, query)).map(({ sequence }) => sequence)
  return query.order === 'newest' ? sequences.reverse() : sequences
}

describe('the journal is asked', () => {
  test.each<[string, JournalQuery]>([
    ['for everything', {}],
    ['for a time', { from: begin + 100_000, to: begin + 200_000 }],
    ['for a time of the sources alone', { to: begin - 86_400_000 }],
    ['for one alarm', { id: 'LT-117/Zu hoch' }],
    ['for a rare alarm, newest first', { id: 'LT-159/Zu hoch', order: 'newest' }],
    ['for an area and what is below', { area: 'Packaging' }],
    ['for priorities', { priorities: ['urgent', 'low'], order: 'newest' }],
    ['for states', { states: ['shelved'] }],
    ['for kinds of events', { events: ['outOfService', 'comment'] }],
    ['for a user', { user: 'çem' }],
    ['for the runtime itself', { user: '' }],
    ['for a text in ids', { text: 'lt-117' }],
    ['for a text in messages', { text: 'ÜBERLAUF' }],
    ['for a number in messages', { text: '12' }],
    ['for a number that goes from one into another', { text: '5.7' }],
    ['for a text with a number', { text: 'ist 9' }],
    ['for a point', { text: '.' }],
    ['for a text in comments', { text: '垫圈' }],
    ['for a text in comments with a number', { text: 'dichtung 4' }],
    ['for steps back of the clock', { isClockSetBack: true }],
    ['for classes, conditions and equipment', { classes: ['safety'], conditions: ['low'], equipment: 'Unit 1' }],
    ['for a tag', { tags: ['LT-101', 'LT-159'] }],
  ])('%s and answers every row that fits, once, in order', (_what, query) => {
    const rows = expected(query)
    expect(rows.length).toBeGreaterThan(0)
    expect(found({ limit: 700, ...query })).toEqual(rows)
    // Pages that end by time continue where they ended.
    expect(found({ limit: 10_000, ...query }, 0)).toEqual(rows)
  })

  test('for anything together and answers what looking at every row answers (property)', () => {
    const some = <T>(list: readonly T[]) => fc.option(fc.subarray([...list], { minLength: 1 }), { nil: undefined })
    const time = fc.option(fc.integer({ min: begin - 1e6, max: begin + rowCount * 1000 }), { nil: undefined })
    const maybe = <T>(...list: T[]) => fc.option(fc.constantFrom(...list), { nil: undefined, freq: 2 })
    const queries = fc.record({
      from: time,
      to: time,
      id: fc.option(fc.constantFrom('LT-103/Zu hoch', 'LT-159/Zu hoch', 'nothing'), { nil: undefined, freq: 1 }),
      area: maybe('Packaging', 'Cellar', 'Nowhere', ''),
      priorities: some(alarmPriorities),
      states: some(alarmStates),
      events: some(alarmEventKinds),
      user: fc.option(fc.constantFrom('ana', '', 'nobody'), { nil: undefined }),
      text: fc.option(fc.constantFrom('lt-1', '9', '12', 'ist 9', 'überl', '.5', '换', 'ok', 'hoch', '7.3'), {
        nil: undefined,
      }),
      order: maybe<'oldest' | 'newest'>('oldest', 'newest'),
      limit: fc.constantFrom(1000, 10_000),
    })
    fc.assert(
      fc.property(queries, (query) => {
        expect(found(query)).toEqual(expected({ ...query, area: query.area === '' ? undefined : query.area }))
      }),
      { numRuns: 300 },
    )
  })

  test('for nonsense and refuses', () => {
    expect(() => searchJournal({ limit: 0 }, { source })).toThrow('limit')
    expect(() => searchJournal({ cursor: 'x' }, { source })).toThrow('cursor')
    expect(searchJournal({ from: 2, to: 1 }, { source })).toEqual({ events: [] })
  })
})
