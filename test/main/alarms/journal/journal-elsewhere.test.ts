// The chain is checked by the program printed in docs/alarm-journal.md, which has nothing of Lineside in it.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { storable } from '../../../../src-main/alarms/journal/journal-codec.ts'
import { JournalStore } from '../../../../src-main/alarms/journal/journal-store.ts'
import type { JsonValue } from '../../../../src-main/shared/data-value.ts'
import { alarmDefinition, alarmTransition } from '../../../fakes/alarm-transitions.ts'

const hasPython = spawnSync('python3', ['--version']).status === 0
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alarm-journal-elsewhere-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test.skipIf(!hasPython)(
  'a journal of any values and texts is whole to it, and broken where it is (needs python3)',
  () => {
    const docs = readFileSync(new URL('../../../../docs/alarm-journal.md', import.meta.url), 'utf8')
    const program = join(folder, 'check.py')
    writeFileSync(program, /```python\n([\s\S]*?)```/.exec(docs)![1]!)
    const file = join(folder, 'alarms.sqlite')
    const check = () => spawnSync('python3', [program, file], { encoding: 'utf8' })
    const store = JournalStore.open(file)
    const value = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.jsonValue(),
    ) as fc.Arbitrary<JsonValue>
    const text = fc.string({ unit: 'binary' })
    store.begin()
    for (const [index, [one, message, comment, isClockSetBack]] of fc
      .sample(fc.tuple(value, text, text, fc.boolean()), 1000)
      .entries()) {
      const row = { value: one, message: `${message} 93.5 %`, comment, isClockSetBack, isTest: isClockSetBack }
      const transition = alarmTransition(index + 1, alarmDefinition('LT-101/high'), row)
      store.write({ ...transition, event: storable(transition.event) })
    }
    store.commit()
    store.close()
    expect(check()).toMatchObject({ status: 0, stdout: 'whole up to 1000\n' })
    const database = new BetterSqlite3(file)
    database.exec('DROP TRIGGER event_is_never_changed; UPDATE event SET lag = lag + 1 WHERE sequence = 517')
    database.close()
    expect(check()).toMatchObject({ status: 1, stderr: 'broken at 517\n' })
  },
)
