// The alarm journal: what is appended is there after any restart, in order, chained, and cannot be changed unseen (A63, A65, A66).
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { normalRegions } from '../../../../src-main/alarms/alarm-regions.ts'
import {
  type AlarmJournal,
  type AlarmJournalOptions,
  openAlarmJournal,
} from '../../../../src-main/alarms/journal/alarm-journal.ts'
import { systemClock } from '../../../../src-main/base/clock.ts'
import { silentLogger } from '../../../../src-main/base/logger.ts'
import type { AlarmEvent } from '../../../../src-main/shared/alarm.ts'
import { alarmEventKinds, alarmStates } from '../../../../src-main/shared/alarm.ts'
import type { JsonValue } from '../../../../src-main/shared/data-value.ts'
import { alarmDefinition, alarmTransition } from '../../../fakes/alarm-transitions.ts'

let folder = ''
const open: AlarmJournal[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alarm-journal-'))
})
afterEach(async () => {
  for (const journal of open.splice(0)) await journal.close()
  rmSync(folder, { recursive: true, force: true })
})

function opened(more: Partial<AlarmJournalOptions> = {}): AlarmJournal {
  const journal = openAlarmJournal({ dataFolder: folder, clock: systemClock, logger: silentLogger, ...more })
  open.push(journal)
  return journal
}

const level = alarmDefinition('LT-101/high', { area: 'Packaging/Filling', equipment: 'Filler' })
const motor = alarmDefinition('Motor.Fault/discrete', { priority: 'urgent', condition: 'discrete', limit: 1 })

/** SQL on the file behind the journal's back. */
function tamper(sql: string): void {
  const database = new BetterSqlite3(join(folder, 'alarms.sqlite'))
  database.exec(
    'DROP TRIGGER IF EXISTS event_is_never_changed; DROP TRIGGER IF EXISTS event_is_archived_before_it_goes',
  )
  database.exec(sql)
  database.close()
}

describe('what is appended', () => {
  test('is there after a restart as it was, every member of every row (A63)', async () => {
    const journal = opened()
    const transitions = [
      alarmTransition(1, level),
      alarmTransition(2, level, {
        event: 'acknowledged',
        state: 'acknowledged',
        previousState: 'unacknowledged',
        user: 'ana',
        station: '10.0.0.17',
        comment: 'seen',
        eventId: 1,
      }),
      alarmTransition(3, motor, { value: true, limit: null, statusCode: 0x80310000, isFirstOut: true, isTest: true }),
      alarmTransition(4, level, {
        event: 'returned',
        state: 'normal',
        previousState: 'acknowledged',
        isActive: false,
        value: { a: [1, 'x', null] },
        eventId: 1,
      }),
    ]
    journal.append(transitions)
    await journal.flushed()
    expect(await journal.eventsSince(0, 100)).toEqual(transitions.map(({ event }) => event))
    await journal.close()
    const again = opened()
    expect(again.lastSequence).toBe(4)
    expect((await again.query({})).events).toEqual(transitions.map(({ event }) => event))
    expect(await again.eventsSince(2, 100)).toEqual(transitions.slice(2).map(({ event }) => event))
    expect(await again.verify()).toEqual({ ok: true })
  })

  test('is told when it is on the disk, once, in order', async () => {
    const told: number[] = []
    const journal = opened({ onCommitted: (events) => told.push(...events.map(({ sequence }) => sequence)) })
    for (let sequence = 1; sequence <= 500; sequence++) journal.append([alarmTransition(sequence, level)])
    expect(told).toEqual([])
    await journal.flushed()
    expect(told).toEqual(Array.from({ length: 500 }, (_, index) => index + 1))
  })

  test('that no row could hold is stored as near as can be, and the chain holds', async () => {
    const journal = opened()
    journal.append([
      alarmTransition(1, level, { timestamp: 1.5, receivedTimestamp: Number.NaN, value: Number.NaN, limit: -0 }),
      alarmTransition(2, level, {
        message: 'lone \ud800 half',
        comment: 'x'.repeat(10_000),
        value: 'y'.repeat(100_000),
      }),
      alarmTransition(3, level, { message: '\u0001 12', comment: 'null \u0000 inside' }),
    ])
    await journal.flushed()
    const { events } = await journal.query({})
    expect(events[0]).toMatchObject({ timestamp: 2, receivedTimestamp: 0, value: null, limit: 0 })
    expect(events[1]).toMatchObject({
      message: 'lone \ufffd half',
      value: expect.stringMatching(/^\(100002 characters/),
    })
    expect(events[2]).toMatchObject({ message: '\u0001 12', comment: 'null \u0000 inside' })
    expect(await journal.verify()).toEqual({ ok: true })
  })

  test('comes back the same whatever it is (property)', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom('LT-101 is 93.3 %', '0.5', '1.2.3', '\u0001', ' ', '٣'),
    )
    const value = fc.oneof(
      fc.constant(null),
      fc.boolean(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      text,
      fc.jsonValue(),
    ) as fc.Arbitrary<JsonValue>
    const some = fc.record({
      event: fc.constantFrom(...alarmEventKinds),
      state: fc.constantFrom(...alarmStates),
      previousState: fc.constantFrom(...alarmStates),
      timestamp: fc.integer({ min: -1e15, max: 1e15 }),
      receivedTimestamp: fc.integer({ min: -1e15, max: 1e15 }),
      value,
      limit: value,
      statusCode: fc.nat(0xffffffff),
      message: text,
      user: text,
      station: text,
      comment: text,
      isActive: fc.boolean(),
      isFirstOut: fc.boolean(),
      isTest: fc.boolean(),
    })
    let sequence = 0
    const journal = opened()
    await fc.assert(
      fc.asyncProperty(fc.array(some, { minLength: 1, maxLength: 20 }), async (rows) => {
        const begin = sequence
        journal.append(rows.map((row) => alarmTransition(++sequence, level, row)))
        await journal.flushed()
        const written = await journal.eventsSince(begin, 1000)
        const { events } = await journal.query({ cursor: String(begin) })
        expect(events).toEqual(written)
        for (const [index, row] of rows.entries()) {
          const plain = JSON.parse(JSON.stringify(row)) as AlarmEvent
          expect(JSON.parse(JSON.stringify(events[index]))).toMatchObject(plain)
        }
      }),
      { numRuns: 60 },
    )
    expect(await journal.verify()).toEqual({ ok: true })
  })
})

describe('the chain (A63)', () => {
  const filled = async (count = 50) => {
    const journal = opened()
    journal.append(
      Array.from({ length: count }, (_, index) =>
        alarmTransition(index + 1, index % 2 === 0 ? level : motor, {
          user: index % 10 === 0 ? 'ana' : '',
          comment: index === 30 ? 'why' : '',
        }),
      ),
    )
    await journal.flushed()
    expect(await journal.verify()).toEqual({ ok: true })
    await journal.close()
  }
  test.each([
    ['a time', 'UPDATE event SET timestamp = timestamp + 1 WHERE sequence = 17', 17],
    ['a value', 'UPDATE event SET value = 12 WHERE sequence = 3', 3],
    ['a number of a message', "UPDATE event SET figures = '94.3 90' WHERE sequence = 9", 9],
    ['a state', 'UPDATE event SET code = code + 32 WHERE sequence = 21', 21],
    ['a hash', 'UPDATE event SET hash = zeroblob(32) WHERE sequence = 40', 40],
    ['a comment', "UPDATE word SET text = 'because' WHERE text = 'why'", 31],
    ['a priority', "UPDATE alarm SET priority = 'low' WHERE id = 'Motor.Fault/discrete'", 2],
    ['a row that is gone', 'DELETE FROM event WHERE sequence = 25', 25],
    ['the last row that is gone', 'DELETE FROM event WHERE sequence = 50', 50],
    ['all rows that are gone', 'DELETE FROM event', 1],
    ['where the chain ends', 'UPDATE chain SET last_hash = zeroblob(32)', 50],
    ['a gap that is made up', "DELETE FROM event WHERE sequence = 25; INSERT INTO gap VALUES (25, 25, 0, '')", 26],
  ])('names the first row that was changed: %s', async (_what, sql, broken) => {
    await filled()
    tamper(sql)
    expect(await opened().verify()).toEqual({ ok: false, firstBrokenSequence: broken })
  })

  test('is broken by one byte in the file', async () => {
    await filled(3)
    const file = join(folder, 'alarms.sqlite')
    const bytes = readFileSync(file)
    const at = bytes.lastIndexOf('93.3 90')
    bytes[at] = bytes[at]! ^ 1
    writeFileSync(file, bytes)
    const { ok, firstBrokenSequence } = await opened().verify()
    expect(ok).toBe(false)
    expect(firstBrokenSequence).toBeGreaterThanOrEqual(1)
  })

  test('rows cannot be changed or deleted through the database', async () => {
    await filled()
    const database = new BetterSqlite3(join(folder, 'alarms.sqlite'))
    expect(() => database.exec('UPDATE event SET timestamp = 0')).toThrow('never changed')
    expect(() => database.exec('DELETE FROM event')).toThrow('never deleted')
    database.close()
  })
})

describe('states', () => {
  test('of alarms that are not normal come back whole; of normal ones how often they occurred', async () => {
    const journal = opened()
    const waiting = alarmTransition(1, level, {}, { occurrenceCount: 5, messages: { 'zh-CN': '高' } })
    const done = alarmTransition(
      2,
      motor,
      { event: 'returned', state: 'normal', isActive: false, eventId: 1 },
      { occurrenceCount: 9, eventId: 1 },
    )
    journal.append([waiting, done])
    await journal.flushed()
    await journal.close()
    const states = opened().load()
    expect(states).toHaveLength(2)
    expect(states.find(({ id }) => id === level.id)).toEqual(waiting.stored)
    expect(states.find(({ id }) => id === motor.id)).toMatchObject({
      occurrenceCount: 9,
      eventId: 1,
      activeTimestamp: null,
      regions: { isActive: false, isAcknowledged: true },
    })
  })

  test.each([
    ['unacknowledged', { isActive: true, isAcknowledged: false }],
    ['acknowledged', { isActive: true }],
    ['returnedUnacknowledged', { isAcknowledged: false }],
    ['latchedUnacknowledged', { isAcknowledged: false, isLatched: true }],
    ['latchedAcknowledged', { isLatched: true }],
    ['shelved', { shelved: { user: 'ana', timestamp: 5, reason: 'r', until: 9, isOneShot: true } }],
    ['suppressedByDesign', { suppressed: { user: null, timestamp: 5, reason: 'stopped' } }],
    ['outOfService', { outOfService: { user: 'ana', timestamp: 5, reason: 'permit 4' } }],
  ] as const)('S20: %s is the same after a restart', async (state, regions) => {
    const journal = opened()
    const transition = alarmTransition(
      1,
      level,
      { state },
      { regions: { ...normalRegions, ...regions }, occurrenceCount: 3 },
    )
    journal.append([transition])
    await journal.flushed()
    await journal.close()
    expect(opened().load()).toEqual([transition.stored])
  })

  test('of a removed alarm with nothing to keep go', async () => {
    const journal = opened()
    journal.append([
      alarmTransition(1, level),
      alarmTransition(2, level, { event: 'removed', state: 'normal', isActive: false }),
    ])
    await journal.flushed()
    await journal.close()
    expect(opened().load()).toEqual([])
  })
})

describe('a clock that is set back (A66)', () => {
  test('leaves the sequence rising, is flagged at the row after it, and can be looked for', async () => {
    const journal = opened()
    const at = [1000, 2000, 1500, 1600, 1599]
    journal.append(at.map((receivedTimestamp, index) => alarmTransition(index + 1, level, { receivedTimestamp })))
    await journal.flushed()
    const { events } = await journal.query({ isClockSetBack: true })
    expect(events.map(({ sequence }) => sequence)).toEqual([3, 5])
    expect((await journal.query({})).events.map(({ isClockSetBack }) => isClockSetBack === true)).toEqual([
      false,
      false,
      true,
      false,
      true,
    ])
    await journal.close()
    const again = opened()
    again.append([alarmTransition(6, level, { receivedTimestamp: 1000 })])
    await again.flushed()
    expect((await again.query({ isClockSetBack: true })).events.map(({ sequence }) => sequence)).toEqual([3, 5, 6])
  })
})

describe('a damaged journal at the start', () => {
  test('is put aside, a new one says so in its first row, states and sequence go on', async () => {
    const journal = opened()
    journal.append(
      Array.from({ length: 3000 }, (_, index) => alarmTransition(index + 1, alarmDefinition(`T${index % 100}/high`))),
    )
    await journal.flushed()
    await journal.close()
    const file = join(folder, 'alarms.sqlite')
    const bytes = readFileSync(file)
    // The schema: nothing works without it.
    bytes.fill(0xff, 100, 4096)
    writeFileSync(file, bytes)
    const again = opened()
    expect(again.health().damagedFile).toMatch(/alarms\.sqlite\.damaged-/)
    expect(readdirSync(folder).some((name) => name.startsWith('alarms.sqlite.damaged-'))).toBe(true)
    const next = again.lastSequence
    expect((await again.query({})).events.at(-1)).toMatchObject({
      sequence: next,
      event: 'comment',
      message: expect.stringContaining('damaged'),
    })
    again.append([alarmTransition(next + 1, level)])
    await again.flushed()
    expect(await again.verify()).toEqual({ ok: true })
  })

  test('of which parts can be read gives its states to the new one', async () => {
    const journal = opened()
    journal.append(
      Array.from({ length: 3000 }, (_, index) => alarmTransition(index + 1, alarmDefinition(`T${index % 100}/high`))),
    )
    await journal.flushed()
    await journal.close()
    tamper("UPDATE state SET stored = 'not JSON' WHERE id = 'T7/high'")
    const again = opened()
    expect(again.health().damagedFile).not.toBeNull()
    expect(again.lastSequence).toBe(3001)
    expect(again.load()).toHaveLength(99)
    expect(await again.verify()).toEqual({ ok: true })
  })

  test('that is no database at all is put aside too', async () => {
    writeFileSync(join(folder, 'alarms.sqlite'), 'this is no database, but long enough to be taken for one'.repeat(100))
    const journal = opened()
    expect(journal.lastSequence).toBe(1)
    journal.append([alarmTransition(2, level)])
    await journal.flushed()
    expect(await journal.verify()).toEqual({ ok: true })
  })
})
