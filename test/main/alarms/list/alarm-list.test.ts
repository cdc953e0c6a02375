// The list behind every alarm screen (ALARMS.md A44: no row is lost, sorting is stable).
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareAlarms } from '../../../../src-main/alarms/alarm-order.ts'
import { AlarmList } from '../../../../src-main/alarms/list/alarm-list.ts'
import {
  type AlarmListFilter,
  type AlarmRow,
  alarmOrders,
  alarmPriorities,
  alarmStates,
} from '../../../../src-main/shared/alarm.ts'
import { alarmRow } from '../../../fakes/fake-alarms.ts'

const ids = Array.from({ length: 40 }, (_, index) => `Tank${index % 7}.Level${index % 3}-${index}/high`)
const areas = ['', 'Packaging', 'Packaging/Filling', 'Packaging/Filling/Filler', 'PackagingHall', 'Utilities']

const anyRow = fc
  .record({
    id: fc.constantFrom(...ids),
    state: fc.constantFrom(...alarmStates),
    priority: fc.constantFrom(...alarmPriorities),
    // Few different times, so that many alarms came in the same millisecond; a clock of 1970 and one far ahead.
    activeTimestamp: fc.oneof(
      fc.constant(null),
      fc.integer({ min: 1_800_000_000_000, max: 1_800_000_000_003 }),
      fc.constantFrom(0, 1_800_000_000_000.5, 8_000_000_000_000),
    ),
    area: fc.constantFrom(...areas),
    isTest: fc.boolean(),
    alarmClass: fc.constantFrom('process', 'safety'),
    equipment: fc.constantFrom(null, 'Filler'),
    message: fc.constantFrom('Level HIGH', 'Füllstand hoch'),
  })
  .map(({ id, ...over }) => alarmRow(id, over))

const anyFilter: fc.Arbitrary<AlarmListFilter> = fc.record(
  {
    states: fc.subarray([...alarmStates]),
    priorities: fc.subarray([...alarmPriorities]),
    area: fc.constantFrom(...areas),
    exactArea: fc.boolean(),
    equipment: fc.constantFrom('', 'Filler'),
    classes: fc.subarray(['process', 'safety']),
    tags: fc.subarray(ids.map((id) => id.split('/')[0]!)),
    text: fc.constantFrom('level', 'füLL', 'tank3', 'nowhere', ''),
  },
  { requiredKeys: [] },
)

/** What the list should show, worked out plainly. */
function expected(rows: readonly AlarmRow[], filter: AlarmListFilter, order: (typeof alarmOrders)[number]): AlarmRow[] {
  const last = new Map<string, AlarmRow>()
  for (const row of rows) last.set(row.id, row)
  return [...last.values()]
    .filter((row) => row.state !== 'normal' && fits(row, filter))
    .sort((a, b) => compareAlarms(order, a, b))
}

function fits(row: AlarmRow, filter: AlarmListFilter): boolean {
  const { states, priorities, area, exactArea, equipment, classes, tags, text } = filter
  if (states && !states.includes(row.state)) return false
  if (priorities && !priorities.includes(row.priority)) return false
  if (classes && !classes.includes(row.alarmClass)) return false
  if (tags && !tags.includes(row.tag)) return false
  if (equipment !== undefined && (row.equipment ?? '') !== equipment) return false
  if (exactArea && row.area !== (area ?? '')) return false
  if (area && row.area !== area && !row.area.startsWith(`${area}/`)) return false
  return !text || `${row.id} ${row.message}`.toLowerCase().includes(text.toLowerCase())
}

function listOf(rows: readonly AlarmRow[], known: readonly AlarmRow[] = []): AlarmList {
  const list = new AlarmList()
  list.configure(known)
  for (const row of rows) list.put(row.id, row)
  return list
}

describe('alarm list', () => {
  test('whatever comes and goes, each window is what sorting and filtering one by one gives', () => {
    fc.assert(
      fc.property(
        fc.array(anyRow, { maxLength: 120 }),
        fc.array(anyRow, { maxLength: 20 }),
        anyFilter,
        fc.constantFrom(...alarmOrders),
        fc.nat(50),
        fc.nat(50),
        (rows, known, filter, order, offset, count) => {
          const list = listOf(rows, known)
          const all = expected(rows, filter, order)
          expect(list.window(filter, order, offset, count)).toEqual({
            total: all.length,
            alarms: all.slice(offset, offset + count),
          })
          // Asked again it answers the same, from what it kept; and after one more change not from that.
          expect(list.window(filter, order, 0, 1000).alarms).toEqual(all)
          const more = alarmRow('Tank0.New/high', { priority: 'urgent', activeTimestamp: 1_800_000_000_001 })
          list.put(more.id, more)
          expect(list.window(filter, order, 0, 1000).alarms).toEqual(expected([...rows, more], filter, order))
        },
      ),
      { numRuns: 500 },
    )
  })

  test('the most urgent ones are the first unacknowledged of the order by priority', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 120 }), fc.integer({ min: 1, max: 8 }), (rows, count) => {
        const waiting = ['unacknowledged', 'returnedUnacknowledged', 'latchedUnacknowledged']
        const all = expected(rows, {}, 'priority').filter(({ state }) => waiting.includes(state))
        expect(listOf(rows).mostUrgent(count)).toEqual(all.slice(0, count))
      }),
    )
  })

  test('a test stands in front of no alarm that is more urgent than low, whatever its priority', () => {
    const list = listOf([
      alarmRow('Tank1.Level/test', { priority: 'urgent', state: 'unacknowledged', activeTimestamp: 9, isTest: true }),
      alarmRow('Tank2.Level/high', { priority: 'medium', state: 'unacknowledged', activeTimestamp: 1 }),
      alarmRow('Tank3.Level/high', { priority: 'urgent', state: 'acknowledged', activeTimestamp: 2 }),
    ])
    const { alarms } = list.window({}, 'priority', 0, 10)
    expect(alarms.map(({ id }) => id)).toEqual(['Tank2.Level/high', 'Tank1.Level/test', 'Tank3.Level/high'])
  })

  test('they stay the first ones while hundreds come, are acknowledged and go', () => {
    const list = new AlarmList()
    const rows = new Map<string, AlarmRow>()
    const put = (row: AlarmRow) => {
      rows.set(row.id, row)
      list.put(row.id, row)
    }
    const check = () => {
      const waiting = [...rows.values()].filter(({ state }) => state === 'unacknowledged')
      waiting.sort((a, b) => compareAlarms('priority', a, b))
      expect(list.mostUrgent(6)).toEqual(waiting.slice(0, 6))
    }
    for (let step = 0; step < 600; step++) {
      const priority = alarmPriorities[(step * 7) % alarmPriorities.length]!
      put(alarmRow(`Tank${step % 400}/high`, { priority, activeTimestamp: 1_800_000_000_000 + (step >> 3) }))
      if (step % 50 === 0) check()
    }
    // More than are kept in order: all of them are looked at again, several times.
    for (let count = rows.size; count > 0; count--) {
      const [first] = list.mostUrgent(1)
      put({ ...first!, state: count % 3 === 0 ? 'normal' : 'acknowledged' })
      if (count % 10 === 0) check()
      if (count === 200) put(alarmRow('Tank.Late/high', { priority: 'low' }))
    }
    list.configure([{ id: 'Tank.Late/high', tag: 'Tank.Late' }])
    check()
  })

  test('pages hang together: what stays while others come and go is on exactly one of them', () => {
    fc.assert(
      fc.property(
        fc.array(anyRow, { maxLength: 80 }),
        fc.array(anyRow, { maxLength: 80 }),
        fc.constantFrom(...alarmOrders),
        fc.integer({ min: 1, max: 9 }),
        (rows, later, order, limit) => {
          const list = listOf(rows)
          const before = expected(rows, {}, order)
          const changes = [...later]
          const seen: AlarmRow[] = []
          let cursor: string | undefined
          do {
            const page = list.page({}, order, limit, cursor)
            expect(page.alarms.length).toBeLessThanOrEqual(limit)
            seen.push(...page.alarms)
            cursor = page.cursor
            const change = changes.shift()
            if (change !== undefined) list.put(change.id, change)
          } while (cursor !== undefined)
          const changed = new Set(later.map(({ id }) => id))
          const stayed = before.filter(({ id }) => !changed.has(id))
          expect(seen.filter(({ id }) => !changed.has(id))).toEqual(stayed)
        },
      ),
      { numRuns: 300 },
    )
  })

  test('a cursor of another order, or none of ours, is refused with a sentence', () => {
    const list = listOf(ids.map((id) => alarmRow(id)))
    const { cursor } = list.page({}, 'newest', 5)
    for (const foreign of [cursor!, 'x', Buffer.from('[1]').toString('base64url')])
      expect(() => list.page({}, 'tag', 5, foreign)).toThrow('the cursor is not one of a list in this order')
  })

  test('an alarm that no plant knows any more stays listed over a change of the plant until it is normal', () => {
    const removed = alarmRow('Old.Tag/high', { isRemoved: true })
    const list = listOf([removed], [removed])
    list.configure([alarmRow(ids[0]!)])
    expect(list.window({}, 'priority', 0, 10)).toEqual({ total: 1, alarms: [removed] })
    expect(list.put(removed.id, null)).toEqual({ before: removed, after: undefined })
    expect(list.size).toBe(0)
    expect(list.row(removed.id)).toBeUndefined()
  })

  test('100,000 alarms of one millisecond come in order of their id, and none is missing', () => {
    const list = new AlarmList()
    for (let index = 0; index < 100_000; index++) {
      const row = alarmRow(`T${String((index * 7919) % 100_000).padStart(6, '0')}/high`)
      list.put(row.id, row)
    }
    const { total, alarms } = list.window({}, 'newest', 0, 100_000)
    expect(total).toBe(100_000)
    expect(alarms.every(({ id }, index) => id === `T${String(index).padStart(6, '0')}/high`)).toBe(true)
  })
})
