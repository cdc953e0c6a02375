import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { copyDatabase, DatabaseError, type Migration, openDatabase } from '../../../src-main/storage/database.ts'
import { historyCatalogMigrations } from '../../../src-main/storage/migrations/history-catalog/history-catalog-migrations.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lineside-db-'))
  file = join(folder, 'catalog.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const insert = "INSERT INTO series (name, kind, attributes) VALUES (?, 'number', '{}')"
const migrations = historyCatalogMigrations

describe('the catalog of history', () => {
  test('0001: a name has one series of each kind, and numbers are never used twice', () => {
    const database = openDatabase({ file, migrations })
    const first = database.prepare(insert).run('Filler.Level').lastInsertRowid
    expect(() => database.prepare(insert).run('Filler.Level')).toThrow('UNIQUE')
    database.prepare('DELETE FROM series').run()
    expect(Number(database.prepare(insert).run('Filler.Level').lastInsertRowid)).toBe(Number(first) + 1)
    database.close()
  })

  test('0001: series of a name and names with a beginning are found without reading all', () => {
    const database = openDatabase({ file, migrations })
    const plan = (sql: string) =>
      database
        .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map((row) => row.detail)
        .join('; ')
    expect(plan("SELECT id FROM series WHERE name = 'a'")).toContain('SEARCH')
    expect(plan("SELECT DISTINCT name FROM series WHERE name >= 'a' AND name > 'b' ORDER BY name LIMIT 5")).toContain(
      'SEARCH',
    )
    database.close()
  })
})

describe('a database opened to be read', () => {
  test('sees what others commit, and refuses to write', () => {
    const writer = openDatabase({ file, migrations })
    const reader = openDatabase({ file, migrations, readOnly: true })
    writer.prepare(insert).run('Filler.Level')
    expect(reader.prepare('SELECT count(*) AS n FROM series').get()).toEqual({ n: 1 })
    expect(() => reader.prepare(insert).run('b')).toThrow('readonly')
    reader.close()
    writer.close()
  })

  test('has to be there, not too new and not too old', () => {
    const kindOf = (options: { file: string; migrations: readonly Migration[] }) => {
      try {
        openDatabase({ ...options, readOnly: true }).close()
      } catch (error) {
        return error instanceof DatabaseError ? error.kind : error
      }
      return 'none'
    }
    expect(kindOf({ file, migrations })).toBe('readOnly')
    openDatabase({ file, migrations }).close()
    expect(kindOf({ file, migrations })).toBe('none')
    expect(kindOf({ file, migrations: [] })).toBe('tooNew')
    expect(
      kindOf({ file, migrations: [...migrations, { version: 2, name: 'next', sql: 'CREATE TABLE next (a)' }] }),
    ).toBe('other')
  })

  test('can be copied while it is written to; the copy opens by itself', () => {
    const writer = openDatabase({ file, migrations })
    writer.prepare(insert).run('a')
    copyDatabase(file, join(folder, 'copy.db'))
    writer.prepare(insert).run('b')
    const copy = openDatabase({ file: join(folder, 'copy.db'), migrations, readOnly: true })
    expect(copy.prepare('SELECT name FROM series').all()).toEqual([{ name: 'a' }])
    copy.close()
    writer.close()
    expect(() => copyDatabase(join(folder, 'none.db'), join(folder, 'copy2.db'))).toThrow('none.db')
  })
})
