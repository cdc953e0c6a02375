// A journal of every schema there was is read, checked and continued for ever.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openAlarmJournal } from '../../../../src-main/alarms/journal/alarm-journal.ts'
import { checkJournal } from '../../../../src-main/alarms/journal/journal-check.ts'
import { JournalStore } from '../../../../src-main/alarms/journal/journal-store.ts'
import { systemClock } from '../../../../src-main/base/clock.ts'
import { silentLogger } from '../../../../src-main/base/logger.ts'
import { openDatabase } from '../../../../src-main/storage/database.ts'
import { alarmsMigrations } from '../../../../src-main/storage/migrations/alarms/alarms-migrations.ts'
import { alarmDefinition, alarmTransition } from '../../../fakes/alarm-transitions.ts'
import { goldenTransitions } from './journal-golden.ts'

const golden = new URL('../../../data/alarms/alarms-v1.sqlite', import.meta.url).pathname
let folder = ''
const file = () => join(folder, 'alarms.sqlite')

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alarm-journal-golden-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a journal of version 1 has its rows, its states and an unbroken chain, and goes on', async () => {
  copyFileSync(golden, file())
  const journal = openAlarmJournal({ dataFolder: folder, clock: systemClock, logger: silentLogger })
  expect(journal.health().damagedFile).toBeNull()
  expect(journal.lastSequence).toBe(14)
  expect((await journal.query({})).events).toEqual(goldenTransitions.map(({ event }) => event))
  expect(journal.load()).toEqual(expect.arrayContaining([goldenTransitions[10]!.stored, goldenTransitions[11]!.stored]))
  journal.append([alarmTransition(15, alarmDefinition('PT-7/low'))])
  await journal.flushed()
  expect(await journal.verify()).toEqual({ ok: true })
  await journal.close()
  expect(await checkJournal(file(), join(folder, 'alarm-archive'))).toMatchObject({
    rowCount: 13,
    gaps: [{ first: 13, last: 14 }],
  })
})

describe('the schema of the journal', () => {
  test('finds rows of an alarm, a user and a comment by index, and walks the rest by sequence', () => {
    JournalStore.open(file()).close()
    const database = openDatabase({ file: file(), migrations: alarmsMigrations })
    const plan = (sql: string) =>
      database
        .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(({ detail }) => detail)
        .join('; ')
    const among = "alarm IN (SELECT value FROM json_each('[1,2]'))"
    const span = 'sequence BETWEEN 5 AND 9'
    expect(plan(`SELECT * FROM event WHERE alarm = 1 AND ${span} AND ${among} ORDER BY sequence LIMIT 1`)).toMatch(
      /event_by_alarm \(alarm=\? AND rowid>\? AND rowid<\?\)/,
    )
    expect(plan(`SELECT * FROM event WHERE user = 1 AND user <> 0 AND ${span} ORDER BY sequence`)).toContain(
      'event_by_user',
    )
    expect(plan(`SELECT * FROM event WHERE comment = 1 AND comment <> 0 AND ${span} ORDER BY sequence`)).toContain(
      'event_by_comment',
    )
    const walk = plan(`SELECT * FROM event WHERE ${span} AND +${among} ORDER BY sequence`)
    expect(walk).toMatch(/SEARCH event USING INTEGER PRIMARY KEY/)
    expect(walk).not.toContain('TEMP B-TREE')
    database.close()
  })
})
