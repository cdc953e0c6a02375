// Opens SQLite our way: write-ahead log, every commit durable, files for the owner only, checked after an unclean end.
import { accessSync, chmodSync, constants, existsSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import Sqlite from 'better-sqlite3'
import { makeFolder } from '../base/make-folder.ts'
import { messageOf, RuntimeError } from '../shared/runtime-error.ts'
import type { StatusCodeName } from '../shared/status-code.ts'

export type Database = Sqlite.Database
export type Statement<Parameters extends unknown[], Row = unknown> = Sqlite.Statement<Parameters, Row>

/** One step of a database's schema. Numbered from 1 without gaps; never changed once released. */
export interface Migration {
  readonly version: number
  readonly name: string
  readonly sql: string
}

export interface DatabaseOptions {
  readonly file: string
  readonly migrations: readonly Migration[]
  /** full = a commit survives power loss; normal = it survives a killed process, power loss may take the last ones. */
  readonly durability?: 'full' | 'normal'
  /** The file has to exist; nothing is written, made or brought up to date. An older schema than the newest is refused too. */
  readonly readOnly?: boolean
}

/** How long a statement waits for another process (a command line beside the runtime) to finish its commit. */
const busyTimeoutMs = 5000

/** What is wrong with a database, for those who do something about it. */
export type DatabaseErrorKind = 'corrupt' | 'full' | 'readOnly' | 'busy' | 'tooNew' | 'other'

/** A database that cannot be opened or used. `kind` says why. */
export class DatabaseError extends RuntimeError {
  readonly kind: DatabaseErrorKind

  constructor(kind: DatabaseErrorKind, message: string, cause?: unknown) {
    super(codeOfKind[kind], message, cause)
    this.kind = kind
  }
}

const codeOfKind: Readonly<Record<DatabaseErrorKind, StatusCodeName>> = {
  corrupt: 'BadInternalError',
  full: 'BadResourceUnavailable',
  readOnly: 'BadResourceUnavailable',
  busy: 'BadResourceUnavailable',
  tooNew: 'BadConfigurationError',
  other: 'BadInternalError',
}

/**
 * Opens or makes the database and brings its schema up to date. The folder is made with mode 0700, the files with 0600.
 * Throws {@link DatabaseError}.
 */
export function openDatabase(options: DatabaseOptions): Database {
  const { file } = options
  if (options.readOnly) return openToRead(options)
  makeOwnerFolder(dirname(file))
  let database: Database | null = null
  try {
    const wasUnclean = hasLeftovers(file)
    database = new Sqlite(file, { timeout: busyTimeoutMs })
    chmodSync(file, 0o600)
    database.pragma('journal_mode = WAL')
    database.pragma(`synchronous = ${options.durability === 'normal' ? 'NORMAL' : 'FULL'}`)
    database.pragma('foreign_keys = ON')
    database.pragma('trusted_schema = OFF')
    if (wasUnclean) checkIntegrity(database, file)
    migrate(database, options.migrations, file)
    return database
  } catch (error) {
    database?.close()
    throw asDatabaseError(error, `opening the database ${basename(file)}`)
  }
}

function openToRead({ file, migrations }: DatabaseOptions): Database {
  let database: Database | null = null
  try {
    database = new Sqlite(file, { timeout: busyTimeoutMs, readonly: true, fileMustExist: true })
    database.pragma('trusted_schema = OFF')
    const present = schemaVersion(database, migrations, file)
    if (present < migrations.length)
      throw new DatabaseError(
        'other',
        `the database ${basename(file)} has schema ${present} of ${migrations.length}; it is brought up to date when the station starts`,
      )
    return database
  } catch (error) {
    database?.close()
    throw asDatabaseError(error, `opening the database ${basename(file)} to read it`)
  }
}

/**
 * Writes the state of this moment into a new file that opens by itself, also while others write to the database. Throws
 * {@link DatabaseError}.
 */
export function copyDatabase(file: string, to: string): void {
  let database: Database | null = null
  try {
    database = new Sqlite(file, { timeout: busyTimeoutMs, readonly: true, fileMustExist: true })
    database.prepare('VACUUM INTO ?').run(to)
    chmodSync(to, 0o600)
  } catch (error) {
    throw asDatabaseError(error, `copying the database ${basename(file)}`)
  } finally {
    database?.close()
  }
}

/** A folder only its owner can read; tightened when it exists. Throws RuntimeError when it cannot be made or written to. */
export function makeOwnerFolder(folder: string): void {
  try {
    makeFolder(folder)
    chmodSync(folder, 0o700)
    accessSync(folder, constants.W_OK)
  } catch (error) {
    throw new RuntimeError(
      'BadResourceUnavailable',
      `the folder ${folder} cannot be used for data; it has to be a folder that this user may write to: ${messageOf(error)}`,
      error,
    )
  }
}

/** Any error of SQLite as a {@link DatabaseError}; other errors as they are. */
export function asDatabaseError(error: unknown, attempted: string): unknown {
  if (error instanceof RuntimeError || !(error instanceof Sqlite.SqliteError)) return error
  const kind = kindOf(error.code)
  return new DatabaseError(kind, `${attempted} failed: ${messageOf(error)} (${error.code})`, error)
}

function kindOf(code: string): DatabaseErrorKind {
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return 'corrupt'
  if (code === 'SQLITE_FULL') return 'full'
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN')) return 'readOnly'
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return 'busy'
  return 'other'
}

/** A write-ahead log that is not empty: the last user did not close, or another process has the database open. */
function hasLeftovers(file: string): boolean {
  const log = `${file}-wal`
  return existsSync(log) && statSync(log).size > 0
}

function checkIntegrity(database: Database, file: string): void {
  const answer = database.pragma('quick_check(1)', { simple: true })
  if (answer !== 'ok')
    throw new DatabaseError('corrupt', `the database ${basename(file)} is damaged: ${String(answer)}`)
}

/** Runs the missing migrations, all or none; two processes that start together wait for each other. */
function migrate(database: Database, migrations: readonly Migration[], file: string): void {
  database
    .transaction(() => {
      const present = schemaVersion(database, migrations, file)
      for (const migration of migrations.slice(present)) {
        database.exec(migration.sql)
        database.pragma(`user_version = ${migration.version}`)
      }
    })
    .immediate()
}

/** How many migrations it has seen. Throws DatabaseError `tooNew`. */
function schemaVersion(database: Database, migrations: readonly Migration[], file: string): number {
  const present = Number(database.pragma('user_version', { simple: true }))
  if (present > migrations.length)
    throw new DatabaseError(
      'tooNew',
      `the database ${basename(file)} has schema ${present}, made by a newer Lineside; this one knows ${migrations.length}`,
    )
  return present
}
