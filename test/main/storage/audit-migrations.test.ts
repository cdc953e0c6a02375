import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { AuditTrail } from '../../../src-main/access/audit-trail.ts'
import { openDatabase } from '../../../src-main/storage/database.ts'
import { auditMigrations } from '../../../src-main/storage/migrations/audit/audit-migrations.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lineside-audit-'))
  file = join(folder, 'audit.sqlite')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const entry = (target: string) => ({
  user: 'ana',
  accountId: null,
  station: '10.0.0.17',
  action: 'tags.write',
  target,
  oldValue: 1,
  newValue: 2,
  statusCode: 0,
  comment: '',
})

test('0002: records from before are found by what they were done to, and stay as they were', async () => {
  const old = openDatabase({ file, migrations: auditMigrations.slice(0, 1) })
  const insert = new AuditTrail(old, new FakeClock())
  for (const target of ['Pump1.Command', 'Pump2.Command', 'Pump1.Command']) insert.append(entry(target))
  const records = old.prepare('SELECT record, hash FROM audit').all()
  old.close()

  const database = openDatabase({ file, migrations: auditMigrations })
  const trail = new AuditTrail(database, new FakeClock())
  expect(database.prepare('SELECT record, hash FROM audit').all()).toEqual(records)
  expect(await trail.verify()).toEqual({ ok: true })
  const search = { targets: ['Pump1.Command'], actions: ['tags.write'], limit: 10 }
  expect(trail.readTargets(search).map(({ sequence }) => sequence)).toEqual([3, 1])
  trail.append(entry('Pump1.Command'))
  expect(trail.readTargets(search).map(({ sequence }) => sequence)).toEqual([4, 3, 1])
  database.close()
})

test('0002: what was done to a tag is found, newest first, without reading or sorting all', () => {
  const database = openDatabase({ file, migrations: auditMigrations })
  const plan = database
    .prepare<[], { detail: string }>(
      "EXPLAIN QUERY PLAN SELECT sequence FROM audit WHERE target = 'a' AND sequence < 9 AND action IN ('b') ORDER BY sequence DESC LIMIT 5",
    )
    .all()
  expect(plan.map(({ detail }) => detail)).toEqual([
    'SEARCH audit USING INDEX audit_by_target (target=? AND sequence<?)',
  ])
  database.close()
})
