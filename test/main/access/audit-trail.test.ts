import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type AuditEntry, AuditTrail } from '../../../src-main/access/audit-trail.ts'
import { type Database, openDatabase } from '../../../src-main/storage/database.ts'
import { auditMigrations } from '../../../src-main/storage/migrations/audit/audit-migrations.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'

let folder: string
let database: Database
let clock: FakeClock
let trail: AuditTrail
const file = () => join(folder, 'audit.sqlite')

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lineside-audit-'))
  database = openDatabase({ file: file(), migrations: auditMigrations })
  clock = new FakeClock()
  trail = new AuditTrail(database, clock)
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true, force: true })
})

const entry = (over: Partial<AuditEntry> = {}): AuditEntry => ({
  user: 'ana',
  accountId: null,
  station: '10.0.0.17',
  action: 'tags.write',
  target: 'Filler.Speed',
  oldValue: 1,
  newValue: 2,
  statusCode: 0,
  comment: '',
  ...over,
})

/** Somebody with the file and a database program: the triggers are gone first. */
function tamper(sql: string): void {
  database.exec('DROP TRIGGER audit_is_never_changed; DROP TRIGGER audit_is_never_deleted')
  database.exec(sql)
}

describe('audit trail', () => {
  test('what was done to some tags is read newest first, page by page', () => {
    const targets = ['Pump1.Command', 'Pump2.Command', 'Pump1.Speed', 'Pump1.Command', 'Tank1.Valve', 'Pump1.Speed']
    for (const target of targets) trail.append(entry({ target }))
    trail.append(entry({ target: 'Pump1.Command', action: 'equipment.command' }))
    trail.append(entry({ target: 'Pump1.Command', action: 'alarms.acknowledge' }))
    const read = (limit: number, before?: number) =>
      trail
        .readTargets({
          targets: ['Pump1.Speed', 'Pump1.Command', 'Pump1.Speed'],
          actions: ['tags.write', 'equipment.command'],
          limit,
          before,
        })
        .map(({ sequence }) => sequence)
    expect(read(10)).toEqual([7, 6, 4, 3, 1])
    expect(read(2)).toEqual([7, 6])
    expect(read(2, 6)).toEqual([4, 3])
    expect(read(2, 1)).toEqual([])
  })

  test('records are read newest first, page by page, by time and by user', async () => {
    for (let count = 0; count < 5; count++) {
      trail.append(entry({ user: count % 2 ? 'bo' : 'ana', newValue: count }))
      await clock.advance(1000)
    }
    expect(trail.read({ limit: 2 }).map((row) => row.sequence)).toEqual([5, 4])
    expect(trail.read({ limit: 10, before: 4 }).map((row) => row.sequence)).toEqual([3, 2, 1])
    expect(trail.read({ limit: 10, user: 'bo' }).map((row) => row.newValue)).toEqual([3, 1])
    const start = clock.now() - 5000
    expect(trail.read({ limit: 10, from: start + 1000, to: start + 2000 }).map((row) => row.sequence)).toEqual([3, 2])
  })

  test('what was done to certain things in a span is found, newest first, however many other records lie between', async () => {
    const start = clock.now()
    for (let count = 0; count < 6; count++) {
      trail.append(entry({ target: count % 2 ? 'Filler.Speed' : 'Filler.Level', newValue: count }))
      trail.append(entry({ action: 'access.login', target: 'ana' }))
      await clock.advance(1000)
    }
    const fill = database.transaction(() => {
      for (let count = 0; count < 5000; count++) trail.append(entry({ action: 'access.login', target: 'bo' }))
    })
    fill()
    const search = (over: object) =>
      trail.search({
        from: start,
        to: clock.now() + 1,
        actions: new Set(['tags.write']),
        targets: null,
        limit: 100,
        ...over,
      })
    const values = async (over: object) => (await search(over)).map(({ newValue }) => newValue)
    expect(await values({})).toEqual([5, 4, 3, 2, 1, 0])
    expect(await values({ limit: 2 })).toEqual([5, 4])
    expect(await values({ targets: new Set(['Filler.Level']) })).toEqual([4, 2, 0])
    expect(await values({ from: start + 1000, to: start + 3000 })).toEqual([2, 1])
    expect(await values({ actions: new Set(['nothing']) })).toEqual([])
    expect(await search({ actions: new Set(['access.login']), limit: 6000 })).toHaveLength(5006)
  })

  test('an untouched trail verifies; an empty one too', async () => {
    expect(await trail.verify()).toEqual({ ok: true })
    for (let count = 0; count < 50; count++) trail.append(entry())
    expect(await trail.verify()).toEqual({ ok: true })
  })

  test('the database refuses to change or delete a record', () => {
    trail.append(entry())
    expect(() => database.exec("UPDATE audit SET record = '{}'")).toThrow('never changed')
    expect(() => database.exec('DELETE FROM audit')).toThrow('never deleted')
  })

  test.each([
    [
      'a changed value',
      `UPDATE audit SET record = replace(record, '"newValue":2', '"newValue":3') WHERE sequence = 7`,
      7,
    ],
    ['a changed user', `UPDATE audit SET record = replace(record, '"ana"', '"bob"') WHERE sequence = 7`, 7],
    ['a record taken out', 'DELETE FROM audit WHERE sequence = 7', 7],
    ['the first record taken out', 'DELETE FROM audit WHERE sequence = 1', 1],
    [
      'two records swapped',
      'UPDATE audit SET sequence = -1 WHERE sequence = 7; UPDATE audit SET sequence = 7 WHERE sequence = 8; UPDATE audit SET sequence = 8 WHERE sequence = -1',
      7,
    ],
    [
      'a hash put right for a changed record',
      `UPDATE audit SET record = '{"sequence":7,}', hash = zeroblob(32) WHERE sequence = 7`,
      7,
    ],
  ])('%s is found, and where', async (_what, sql, sequence) => {
    for (let count = 0; count < 20; count++) trail.append(entry())
    expect(await trail.verify()).toEqual({ ok: true })
    tamper(sql)
    expect(await trail.verify()).toEqual({ ok: false, firstBrokenSequence: sequence })
  })

  // docs/access.md tells auditors how to check the chain with their own program; this is that program.
  test('the chain can be recomputed by anybody: SHA-256 of the hash before and the record', () => {
    for (let count = 0; count < 5; count++) trail.append(entry({ comment: '质检 ü' }))
    let hash = Buffer.alloc(32)
    const rows = database
      .prepare<[], { record: string; hash: Buffer }>('SELECT record, hash FROM audit ORDER BY sequence')
      .all()
    for (const row of rows) {
      hash = createHash('sha256').update(hash).update(Buffer.from(row.record, 'utf8')).digest()
      expect(row.hash.equals(hash)).toBe(true)
    }
  })

  test('a value that is very long is kept as a note of its length', () => {
    trail.append(entry({ newValue: 'x'.repeat(100_000) }))
    expect(String(trail.read({ limit: 1 })[0]!.newValue)).toMatch(/^\(100002 characters: "xxx/)
  })

  test('two processes append to one chain', async () => {
    const other = openDatabase({ file: file(), migrations: auditMigrations })
    const otherTrail = new AuditTrail(other, clock)
    for (let count = 0; count < 10; count++) {
      trail.append(entry())
      otherTrail.append(entry({ station: 'command line' }))
    }
    expect(await trail.verify()).toEqual({ ok: true })
    expect(trail.read({ limit: 100 })).toHaveLength(20)
    other.close()
  })

  // Power switch of the panel: what was answered as done must be in the trail, and the chain whole.
  test('after kill -9 in the middle of appending every acknowledged record is there and the chain is whole', async () => {
    const source = (path: string) => new URL(`../../../src-main/${path}`, import.meta.url).href
    const script = join(folder, 'append.ts')
    writeFileSync(
      script,
      `import { AuditTrail } from '${source('access/audit-trail.ts')}'
       import { systemClock } from '${source('base/clock.ts')}'
       import { openDatabase } from '${source('storage/database.ts')}'
       import { auditMigrations } from '${source('storage/migrations/audit/audit-migrations.ts')}'
       import { writeSync } from 'node:fs'
       const trail = new AuditTrail(openDatabase({ file: ${JSON.stringify(file())}, migrations: auditMigrations }), systemClock)
       for (;;) writeSync(1, trail.append(${JSON.stringify(entry())}) + '\\n')`,
    )
    for (let round = 0; round < 3; round++) {
      const acknowledged = await appendUntilKilled(script, 40)
      expect(acknowledged).toBeGreaterThan(0)
      expect(await trail.verify()).toEqual({ ok: true })
      expect(trail.read({ limit: 1 })[0]!.sequence).toBeGreaterThanOrEqual(acknowledged)
    }
  })
})

describe('a trail that cannot be written', () => {
  test('says so until a record could be written again, and counts what was lost', () => {
    expect(trail.isWriting).toBe(true)
    database.pragma('query_only = ON')
    expect(() => trail.append(entry())).toThrow()
    expect(() => trail.append(entry())).toThrow()
    expect({ isWriting: trail.isWriting, lost: trail.failedAppendCount }).toEqual({ isWriting: false, lost: 2 })
    database.pragma('query_only = OFF')
    trail.append(entry())
    expect({ isWriting: trail.isWriting, lost: trail.failedAppendCount }).toEqual({ isWriting: true, lost: 2 })
  })
})

/** Runs the appender until it has acknowledged so many more records, kills it, and gives the last acknowledged sequence. */
function appendUntilKilled(script: string, count: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let errors = ''
    child.stdout.on('data', (chunk) => {
      output += String(chunk)
      if (output.split('\n').length > count) child.kill('SIGKILL')
    })
    child.stderr.on('data', (chunk) => {
      errors += String(chunk)
    })
    child.on('close', (_code, signal) => {
      if (signal !== 'SIGKILL') return reject(new Error(errors))
      // The last line may be cut off: it was not acknowledged.
      resolve(Number(output.split('\n').at(-2)))
    })
  })
}
