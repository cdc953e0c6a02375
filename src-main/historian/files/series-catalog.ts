// Which series there are: catalog.db, written by the writer thread, read by readers with connections of their own.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '../../shared/runtime-error.ts'
import { asDatabaseError, type Database, DatabaseError, openDatabase } from '../../storage/database.ts'
import { historyCatalogMigrations } from '../../storage/migrations/history-catalog/history-catalog-migrations.ts'
import type { SeriesAttributes, SeriesKind, SeriesRow } from './history-catalog.ts'
import type { SeriesDefinition } from './history-files.ts'
import { HistoryFilesError } from './history-files-error.ts'

const catalogFileName = 'catalog.db'

/** `<folder>/catalog.db` */
export function catalogFile(folder: string): string {
  return join(folder, catalogFileName)
}

/** The catalog as its one writer has it. Throws HistoryFilesError. */
export class SeriesCatalog {
  readonly #database: Database
  readonly #rows = new Map<number, SeriesRow>()
  readonly #idOf = new Map<string, number>()
  #recordedCount = 0

  constructor(folder: string) {
    this.#database = inWords(() =>
      openDatabase({ file: catalogFile(folder), migrations: historyCatalogMigrations, durability: 'full' }),
    )
    for (const row of this.#database.prepare<[], StoredSeries>(`SELECT ${columns} FROM series ORDER BY id`).iterate())
      this.#keep(seriesRow(row))
  }

  /** All series, by id. */
  rows(): readonly SeriesRow[] {
    return [...this.#rows.values()]
  }

  row(id: number): SeriesRow | undefined {
    return this.#rows.get(id)
  }

  /** Series that are recorded now. */
  get recordedCount(): number {
    return this.#recordedCount
  }

  /** Makes what is new and updates what differs, in one durable transaction; in the order given. */
  define(definitions: readonly SeriesDefinition[]): readonly SeriesRow[] {
    const insert = this.#database.prepare('INSERT INTO series (name, kind, attributes) VALUES (?, ?, ?)')
    const update = this.#database.prepare('UPDATE series SET attributes = ? WHERE id = ?')
    const changed: SeriesRow[] = []
    const made = new Map<string, number>()
    const defineOne = ({ name, kind, attributes }: SeriesDefinition): number => {
      const known = this.#idOf.get(keyOf(name, kind)) ?? made.get(keyOf(name, kind))
      const text = attributesText(attributes)
      if (known !== undefined) {
        const row = this.#rows.get(known)
        if (row && attributesText(row) === text) return known
        update.run(text, known)
        changed.push({ id: known, name, kind, ...attributes })
        return known
      }
      const id = Number(insert.run(name, kind, text).lastInsertRowid)
      made.set(keyOf(name, kind), id)
      changed.push({ id, name, kind, ...attributes })
      return id
    }
    const ids = inWords(() => this.#database.transaction(() => definitions.map(defineOne)).immediate())
    for (const row of changed) this.#keep(row)
    return ids.map((id) => this.#rows.get(id) as SeriesRow)
  }

  /** Puts back a series with its old number: the catalog was lost. One that is there already stays as it is. */
  restore(row: SeriesRow): void {
    const text = attributesText(row)
    const insert = 'INSERT OR IGNORE INTO series (id, name, kind, attributes) VALUES (?, ?, ?, ?)'
    inWords(() => this.#database.prepare(insert).run(row.id, row.name, row.kind, text))
    if (!this.#rows.has(row.id)) this.#keep(row)
  }

  close(): void {
    this.#database.close()
  }

  #keep(row: SeriesRow): void {
    this.#recordedCount += Number(row.isRecorded) - Number(this.#rows.get(row.id)?.isRecorded ?? false)
    this.#rows.set(row.id, row)
    this.#idOf.set(keyOf(row.name, row.kind), row.id)
  }
}

/** The catalog as readers have it: a connection of their own. A folder without a catalog has no series. Throws HistoryFilesError. */
export class SeriesCatalogReader {
  readonly #database: Database | null
  /** Preparing a statement takes longer than a look for one name. */
  readonly #statements = new Map<string, { all(...parameters: (string | number)[]): StoredSeries[] }>()

  constructor(folder: string) {
    const file = catalogFile(folder)
    this.#database = existsSync(file)
      ? inWords(() => openDatabase({ file, migrations: historyCatalogMigrations, readOnly: true }))
      : null
  }

  /** Nothing was there when it was opened. */
  get isEmpty(): boolean {
    return this.#database === null
  }

  /** Looks at every page. Throws HistoryFilesError `damaged`. */
  checkPages(): void {
    const answer = this.#database ? inWords(() => this.#database?.pragma('quick_check(1)', { simple: true })) : 'ok'
    if (answer !== 'ok') throw new HistoryFilesError('damaged', `The catalog of history is damaged: ${String(answer)}`)
  }

  /** Of all series. */
  numbers(): ReadonlySet<number> {
    return new Set(this.#all(`SELECT ${columns} FROM series`).map((row) => row.id))
  }

  /** Series of this name, oldest first. */
  named(name: string): readonly SeriesRow[] {
    return this.#all(`SELECT ${columns} FROM series WHERE name = ? ORDER BY id`, name)
  }

  /** Names that begin with `prefix` after the name `after`, in order; at most `limit` names. */
  byName(prefix: string, limit: number, after: string | undefined): readonly (readonly SeriesRow[])[] {
    const names = `SELECT DISTINCT name FROM series WHERE name >= ? AND substr(name, 1, ?) = ? AND name > ? ORDER BY name LIMIT ?`
    const rows = this.#all(
      `SELECT ${columns} FROM series WHERE name IN (${names}) ORDER BY name, id`,
      prefix,
      [...prefix].length,
      prefix,
      after ?? '',
      limit,
    )
    const groups: SeriesRow[][] = []
    for (const row of rows) {
      const group = groups.at(-1)
      if (group?.[0]?.name === row.name) group.push(row)
      else groups.push([row])
    }
    return groups
  }

  close(): void {
    this.#database?.close()
  }

  #all(sql: string, ...parameters: (string | number)[]): SeriesRow[] {
    const database = this.#database
    if (!database) return []
    return inWords(() => {
      let statement = this.#statements.get(sql)
      if (!statement) {
        statement = database.prepare<(string | number)[], StoredSeries>(sql)
        this.#statements.set(sql, statement)
      }
      return statement.all(...parameters)
    }).map(seriesRow)
  }
}

const columns = 'id, name, kind, attributes'

interface StoredSeries {
  readonly id: number
  readonly name: string
  readonly kind: SeriesKind
  readonly attributes: string
}

function seriesRow({ id, name, kind, attributes }: StoredSeries): SeriesRow {
  return { id, name, kind, ...(JSON.parse(attributes) as SeriesAttributes) }
}

function attributesText(attributes: SeriesAttributes): string {
  const { dataType, unit, description, interpolation, states, isRecorded, retentionMs } = attributes
  return JSON.stringify({ dataType, unit, description, interpolation, states, isRecorded, retentionMs })
}

function keyOf(name: string, kind: SeriesKind): string {
  return `${kind} ${name}`
}

/** Runs a step on the database; what goes wrong is said as a HistoryFilesError. */
function inWords<Result>(step: () => Result): Result {
  try {
    return step()
  } catch (error) {
    const problem = asDatabaseError(error, 'the catalog of history')
    const kind = problem instanceof DatabaseError ? kindOf[problem.kind] : 'ioError'
    throw new HistoryFilesError(kind, `The catalog of history cannot be used: ${messageOf(problem)}`, error)
  }
}

const kindOf = {
  corrupt: 'damaged',
  full: 'diskFull',
  tooNew: 'tooNew',
  readOnly: 'ioError',
  busy: 'ioError',
  other: 'ioError',
} as const
