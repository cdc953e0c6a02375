import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DatabaseError, type Migration, makeOwnerFolder, openDatabase } from '../../../src-main/storage/database.ts'
import { accessMigrations } from '../../../src-main/storage/migrations/access/access-migrations.ts'
import { auditMigrations } from '../../../src-main/storage/migrations/audit/audit-migrations.ts'

const first: Migration = { version: 1, name: 'first', sql: 'CREATE TABLE one (a INTEGER); INSERT INTO one VALUES (1)' }
const second: Migration = { version: 2, name: 'second', sql: 'ALTER TABLE one ADD COLUMN b INTEGER DEFAULT 2' }
const faulty: Migration = { version: 2, name: 'faulty', sql: 'CREATE TABLE two (a INTEGER); this is not SQL' }

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lineside-db-'))
  file = join(folder, 'data', 'test.sqlite')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = (migrations: readonly Migration[]) => openDatabase({ file, migrations })
const kindOf = (work: () => unknown) => {
  try {
    work()
  } catch (error) {
    return error instanceof DatabaseError ? error.kind : error
  }
  return 'none'
}

describe('database', () => {
  test('folder and file are for the owner only', () => {
    open([first]).close()
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700)
  })

  test('a place that cannot be a data folder is refused with a sentence that names it', () => {
    const taken = join(folder, 'plant.yaml')
    writeFileSync(taken, '')
    expect(() => makeOwnerFolder(taken)).toThrow(/the folder .*plant\.yaml cannot be used for data; .* EEXIST/)
    expect(() => makeOwnerFolder(join(taken, 'data'))).toThrow(/cannot be used for data; .* ENOTDIR/)
  })

  test('every commit is durable: write-ahead log with full synchronisation', () => {
    const database = open([first])
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(database.pragma('synchronous', { simple: true })).toBe(2)
    database.close()
  })

  test('an old database gets only the migrations it lacks and keeps its rows', () => {
    open([first]).close()
    const database = open([first, second])
    expect(database.prepare('SELECT a, b FROM one').all()).toEqual([{ a: 1, b: 2 }])
    database.close()
  })

  test('a migration that fails leaves the database as it was', () => {
    open([first]).close()
    expect(() => open([first, faulty])).toThrow('test.sqlite')
    const database = open([first])
    expect(database.prepare("SELECT count(*) AS n FROM sqlite_master WHERE name = 'two'").get()).toEqual({ n: 0 })
    database.close()
  })

  test('a database of a newer Lineside is refused and not touched', () => {
    open([first, second]).close()
    expect(kindOf(() => open([first]))).toBe('tooNew')
    open([first, second]).close()
  })

  test('a file that is no database is called corrupt', () => {
    open([first]).close()
    writeFileSync(file, 'this is a text file, long enough to be looked at as a database header. '.repeat(20))
    expect(kindOf(() => open([first]))).toBe('corrupt')
  })

  // The runtime was killed: its write-ahead log is still there, so the pages are looked at before they are trusted.
  test('a damaged page is found when the database was not closed', () => {
    const database = open([first])
    database.exec("CREATE TABLE big (text TEXT); INSERT INTO big VALUES (printf('%.*c', 100000, 'x'))")
    database.pragma('wal_checkpoint(TRUNCATE)')
    database.exec('INSERT INTO one VALUES (3)')
    const log = `${file}-wal`
    const keptLog = Buffer.from(statSync(log).size > 0 ? 'log' : '')
    expect(keptLog.length).toBeGreaterThan(0)
    truncateSync(file, statSync(file).size - 20_000)
    expect(kindOf(() => open([first]))).toBe('corrupt')
    database.close()
  })

  test('the migrations of each database are numbered from 1 without gaps', () => {
    for (const migrations of [accessMigrations, auditMigrations])
      expect(migrations.map((migration) => migration.version)).toEqual(migrations.map((_, index) => index + 1))
  })
})
