import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../../src-main/storage/database.ts'
import { identifiersMigrations } from '../../../src-main/storage/migrations/identifiers/identifiers-migrations.ts'

let folder: string
let database: Database
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lineside-identifiers-'))
  database = openDatabase({ file: join(folder, 'identifiers.sqlite'), migrations: identifiersMigrations.slice(0, 1) })
  database.exec(`
    INSERT INTO word (number, text) VALUES (1, 'ana');
    INSERT INTO pool (number, scheme, period, template, next, reserved) VALUES (1, 'case', '', 'A{counter:04}', 3, 1000);
    INSERT INTO identifier (number, identifier, kind, pool, counter, state, allocated, allocated_by, changed, reason)
      VALUES (1, 'A0001', 'opaque', 1, 1, 'allocated', 0, 1, 0, 1), (2, 'A0002', 'opaque', 1, 2, 'allocated', 0, 1, 0, 1);
  `)
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true, force: true })
})

test.each([
  ['forgets no identifier', 'DELETE FROM identifier WHERE number = 1', 'never forgotten'],
  ['changes no identifier', "UPDATE identifier SET identifier = 'A0009' WHERE number = 1", 'never changes'],
  ['changes no counter', 'UPDATE identifier SET counter = 9 WHERE number = 1', 'never changes'],
  ['takes no counter back', 'UPDATE pool SET next = 2', 'never goes back'],
  [
    'gives no counter of a pool to two identifiers',
    `INSERT INTO identifier (identifier, kind, pool, counter, state, allocated, allocated_by, changed, reason)
     VALUES ('B', 'opaque', 1, 2, 'allocated', 0, 1, 0, 1)`,
    'UNIQUE constraint failed',
  ],
])('0001: the database itself %s', (_name, sql, message) => {
  expect(() => database.exec(sql)).toThrow(message)
})

test('0001: serials are counted by their states as they change', () => {
  database.exec("UPDATE identifier SET state = 'encoded' WHERE number = 2")
  expect(database.prepare('SELECT state, count FROM pool_count ORDER BY state').raw().all()).toEqual([
    ['allocated', 1],
    ['encoded', 1],
  ])
})

test.each([
  [
    'parts in equipment',
    'SELECT part, entered, "left" FROM place WHERE equipment = 1 AND length = 2 AND entered > 3 AND entered < 4 ORDER BY entered, part',
    'SEARCH place USING COVERING INDEX place_by_time (equipment=? AND length=? AND entered>? AND entered<?)',
  ],
  [
    'windows of a part',
    'SELECT * FROM place WHERE part = 1 ORDER BY entered',
    'SEARCH place USING PRIMARY KEY (part=?)',
  ],
  [
    'the gap report',
    "SELECT counter FROM identifier WHERE pool = 1 AND state <> 'commissioned' AND pool IS NOT NULL ORDER BY counter",
    'SEARCH identifier USING INDEX identifier_gap (pool=?)',
  ],
])('0001: %s are found by an index, in their order', (_name, sql, plan) => {
  const steps = database.prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all()
  expect(steps.map(({ detail }) => detail)).toEqual([plan])
})

test('0002 goes on from 0001 with what is in it', () => {
  database.close()
  database = openDatabase({ file: join(folder, 'identifiers.sqlite'), migrations: identifiersMigrations })
  expect(database.prepare('SELECT identifier FROM identifier ORDER BY number').pluck().all()).toEqual([
    'A0001',
    'A0002',
  ])
})
