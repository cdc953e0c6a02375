// The record behind each identifier: state, holds, typed values (RFC 3651 clause 3.1), and how it is found. A deleted record leaves a
// tombstone: its identifier stays taken.
import type { Clock } from '../../base/clock.ts'
import type { JsonValue } from '../../shared/data-value.ts'
import type {
  IdentifierKind,
  IdentifierRecord,
  IdentifierValue,
  SerialGap,
  SerialState,
} from '../../shared/identifier.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import type { Database, Statement } from '../../storage/database.ts'
import { followingInWords, mayFollow } from './serial-life.ts'
import type { WordTable } from './word-table.ts'

export interface SearchQuery {
  /** Part of the identifier. */
  readonly text?: string | undefined
  readonly scheme?: string | undefined
  readonly states?: readonly SerialState[] | undefined
  readonly isHeld?: boolean | undefined
  readonly limit: number
  readonly cursor?: string | undefined
}

export interface GapQuery {
  readonly scheme: string
  /** Of the time when it was given out; inclusive. */
  readonly from?: number | undefined
  /** Inclusive. */
  readonly to?: number | undefined
  readonly limit: number
  readonly cursor?: string | undefined
}

/** A value as it is written; `timestamp` is the moment of writing. */
export type WrittenValue = Omit<IdentifierValue, 'timestamp'>

/** An identifier that is not deleted, as the other parts of the store need it. */
export interface KnownIdentifier {
  readonly number: number
  readonly state: SerialState | null
}

/** What is told of a part that was found by where it was. */
export interface PartSummary {
  readonly identifier: string
  readonly scheme: string | null
  readonly state: SerialState | null
  readonly isHeld: boolean
}

interface Row {
  readonly number: number
  readonly identifier: string
  readonly kind: IdentifierKind
  readonly scheme: string | null
  readonly counter: number | null
  readonly state: SerialState | null
  readonly allocated: number
  readonly allocatedBy: string
  readonly deleted: number | null
  readonly heldAt: number | null
  readonly heldBy: string | null
  readonly holdReason: string | null
}

interface GapRow {
  readonly identifier: string
  readonly period: string
  readonly counter: number
  readonly lastCounter: number
  readonly state: SerialState
  readonly timestamp: number
  readonly reason: string
}

/** RFC 3651 clause 3.1: bits of who may do what with a value. */
const permissionBits = { adminRead: 8, adminWrite: 4, publicRead: 2, publicWrite: 1 } as const

const rowColumns = `identifier.number, identifier.identifier, identifier.kind, pool.scheme, identifier.counter, identifier.state,
  identifier.allocated, word.text AS allocatedBy, identifier.deleted, hold.timestamp AS heldAt, hold.user AS heldBy, hold.reason AS holdReason`
const rowTables = `identifier JOIN word ON word.number = identifier.allocated_by LEFT JOIN pool ON pool.number = identifier.pool
  LEFT JOIN hold ON hold.identifier = identifier.number`

export class IdentifierRecords {
  readonly #database: Database
  readonly #words: WordTable
  readonly #clock: Clock
  readonly #row: Statement<[string], Row>
  readonly #byNumber: Statement<[number], Row>
  readonly #summaries: Statement<[string], [number, string, string | null, SerialState | null, number]>
  readonly #add: Statement<[string, IdentifierKind, number, number, number, number], number>
  readonly #setState: Statement<[SerialState, number, number, number]>
  readonly #addLife: Statement<[number, number, number, string, number, number]>
  readonly #values: Statement<
    [number],
    { index: number; type: string; data: string; ttl: number; timestamp: number; permission: number }
  >
  readonly #putValue: Statement<[number, number, string, string, number, number, number]>
  readonly #removeValues: Statement<[number]>
  readonly #removeValue: Statement<[number, number]>
  readonly #bury: Statement<[number, number]>
  readonly #hold: Statement<[number, number, string, string]>
  readonly #release: Statement<[number]>
  readonly #gaps: Statement<[string, number, number, string, string, number, number], GapRow>
  readonly #skipped: Statement<[string, number, number, string, string, number, number], GapRow>

  constructor(database: Database, words: WordTable, clock: Clock) {
    this.#database = database
    this.#words = words
    this.#clock = clock
    this.#row = database.prepare(`SELECT ${rowColumns} FROM ${rowTables} WHERE identifier.identifier = ?`)
    this.#byNumber = database.prepare(`SELECT ${rowColumns} FROM ${rowTables} WHERE identifier.number = ?`)
    this.#summaries = database
      .prepare<[string], [number, string, string | null, SerialState | null, number]>(
        `SELECT identifier.number, identifier.identifier, pool.scheme, identifier.state, hold.identifier IS NOT NULL
         FROM json_each(?) AS wanted JOIN identifier ON identifier.number = wanted.value
           LEFT JOIN pool ON pool.number = identifier.pool LEFT JOIN hold ON hold.identifier = identifier.number`,
      )
      .raw()
    this.#add = database
      .prepare<[string, IdentifierKind, number, number, number, number], number>(
        `INSERT INTO identifier (identifier, kind, allocated, allocated_by, changed, reason) VALUES (?, ?, ?, ?, ?, ?) RETURNING number`,
      )
      .pluck()
    this.#setState = database.prepare('UPDATE identifier SET state = ?, changed = ?, reason = ? WHERE number = ?')
    this.#addLife = database.prepare(
      `INSERT INTO life (identifier, sequence, timestamp, event, user, reason)
       VALUES (?, (SELECT coalesce(max(sequence), 0) + 1 FROM life WHERE identifier = ?), ?, ?, ?, ?)`,
    )
    this.#values = database.prepare(
      'SELECT "index", type, data, ttl, timestamp, permission FROM value WHERE identifier = ? ORDER BY "index"',
    )
    this.#putValue = database.prepare(
      `INSERT INTO value (identifier, "index", type, data, ttl, timestamp, permission) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (identifier, "index") DO UPDATE SET type = excluded.type, data = excluded.data, ttl = excluded.ttl,
         timestamp = excluded.timestamp, permission = excluded.permission`,
    )
    this.#removeValues = database.prepare('DELETE FROM value WHERE identifier = ?')
    this.#removeValue = database.prepare('DELETE FROM value WHERE identifier = ? AND "index" = ?')
    this.#bury = database.prepare('UPDATE identifier SET deleted = ? WHERE number = ?')
    this.#hold = database.prepare(
      `INSERT INTO hold (identifier, timestamp, user, reason) VALUES (?, ?, ?, ?)
       ON CONFLICT (identifier) DO UPDATE SET timestamp = excluded.timestamp, user = excluded.user, reason = excluded.reason`,
    )
    this.#release = database.prepare('DELETE FROM hold WHERE identifier = ?')
    this.#gaps = database.prepare(
      `SELECT identifier, period, counter, counter AS lastCounter, state, changed AS timestamp, word.text AS reason
       FROM pool JOIN identifier ON identifier.pool = pool.number AND identifier.state <> 'commissioned'
         JOIN word ON word.number = identifier.reason
       WHERE scheme = ? AND allocated BETWEEN ? AND ? AND (period > ? OR (period = ? AND counter > ?))
       ORDER BY period, counter LIMIT ?`,
    )
    this.#skipped = database.prepare(
      `SELECT '' AS identifier, period, first AS counter, last AS lastCounter, 'invalidated' AS state, timestamp, reason
       FROM pool JOIN skipped ON skipped.pool = pool.number
       WHERE scheme = ? AND timestamp BETWEEN ? AND ? AND (period > ? OR (period = ? AND first > ?))
       ORDER BY period, first LIMIT ?`,
    )
  }

  /** null = it was never heard of. */
  record(identifier: string): IdentifierRecord | null {
    const row = this.#row.get(identifier)
    return row ? this.#recordOf(row) : null
  }

  byNumber(number: number): IdentifierRecord | null {
    const row = this.#byNumber.get(number)
    return row ? this.#recordOf(row) : null
  }

  /** Of numbers that are known to be some; all in one question, for there may be thousands. */
  summaries(numbers: Iterable<number>): ReadonlyMap<number, PartSummary> {
    const found = new Map<number, PartSummary>()
    const wanted = JSON.stringify([...new Set(numbers)])
    for (const [number, identifier, scheme, state, isHeld] of this.#summaries.all(wanted))
      found.set(number, { identifier, scheme, state, isHeld: isHeld === 1 })
    return found
  }

  /** Its number; a new one came from elsewhere. Throws RuntimeError BadInvalidState when its record was deleted. */
  known(identifier: string, kind: IdentifierKind, user: string): number {
    const row = this.#row.get(identifier)
    if (row) return living(row).number
    const now = this.#clock.now()
    return this.#add.get(identifier, kind, now, this.#words.numberOf(user), now, this.#words.numberOf(''))!
  }

  /** undefined = it was never heard of. */
  find(identifier: string): KnownIdentifier | undefined {
    return this.#row.get(identifier)
  }

  setState(identifier: string, state: SerialState, user: string, reason: string): void {
    const row = this.#existing(identifier)
    if (row.state === state) return
    if (row.state === null)
      throw new RuntimeError('BadInvalidState', `${identifier} was not given out here: its life is not ours to change.`)
    if (!mayFollow(row.state, state))
      throw new RuntimeError(
        'BadInvalidState',
        `${identifier} is ${row.state} and cannot become ${state}; what may follow: ${followingInWords(row.state)}.`,
      )
    if (state === 'commissioned' && row.holdReason !== null)
      throw new RuntimeError(
        'BadInvalidState',
        `${identifier} is held by ${row.heldBy} (${row.holdReason}) and cannot be commissioned.`,
      )
    this.#setState.run(state, this.#clock.now(), this.#words.numberOf(reason), row.number)
    this.#note(row.number, state, user, reason)
  }

  /** Held again: with the new reason. */
  hold(identifier: string, user: string, reason: string): void {
    const { number } = this.#existing(identifier)
    this.#hold.run(number, this.#clock.now(), user, reason)
    this.#note(number, 'held', user, reason)
  }

  release(identifier: string, user: string, reason: string): void {
    const row = this.#existing(identifier)
    if (row.holdReason === null) throw new RuntimeError('BadInvalidState', `${identifier} is not held.`)
    this.#release.run(row.number)
    this.#note(row.number, 'released', user, reason)
  }

  isHeld(identifier: string): boolean {
    return (this.#row.get(identifier)?.holdReason ?? null) !== null
  }

  /** Those with the same index are replaced. */
  setValues(identifier: string, values: readonly WrittenValue[]): IdentifierRecord {
    const row = this.#existing(identifier)
    const now = this.#clock.now()
    for (const { index, type, data, ttl, isPublic } of values) {
      const permission =
        permissionBits.adminRead | permissionBits.adminWrite | (isPublic ? permissionBits.publicRead : 0)
      this.#putValue.run(row.number, index, type, JSON.stringify(data), ttl, now, permission)
    }
    return this.#recordOf(row)
  }

  removeValues(identifier: string, indexes: readonly number[]): IdentifierRecord {
    const row = this.#existing(identifier)
    for (const index of indexes) this.#removeValue.run(row.number, index)
    return this.#recordOf(row)
  }

  /** Its values go; it stays taken for ever. */
  remove(identifier: string, user: string, reason: string): void {
    const { number } = this.#existing(identifier)
    this.#removeValues.run(number)
    this.#release.run(number)
    this.#bury.run(this.#clock.now(), number)
    this.#note(number, 'deleted', user, reason)
  }

  /** Newest first. */
  search(query: SearchQuery): { records: readonly IdentifierRecord[]; cursor?: string } {
    const conditions = ['identifier.deleted IS NULL']
    const values: (string | number)[] = []
    if (query.cursor !== undefined) {
      conditions.push('identifier.number < ?')
      values.push(readNumber(query.cursor))
    }
    if (query.text) {
      conditions.push("identifier.identifier LIKE ? ESCAPE '\\'")
      values.push(`%${query.text.replace(/[\\%_]/g, '\\$&')}%`)
    }
    if (query.scheme !== undefined) {
      conditions.push('identifier.pool IN (SELECT number FROM pool WHERE scheme = ?)')
      values.push(query.scheme)
    }
    if (query.states && query.states.length > 0) {
      conditions.push(`identifier.state IN (${query.states.map(() => '?').join(', ')})`)
      values.push(...query.states)
    }
    if (query.isHeld !== undefined) conditions.push(`hold.identifier IS ${query.isHeld ? 'NOT ' : ''}NULL`)
    const rows = this.#database
      .prepare<(string | number)[], Row>(
        `SELECT ${rowColumns} FROM ${rowTables} WHERE ${conditions.join(' AND ')} ORDER BY identifier.number DESC LIMIT ?`,
      )
      .all(...values, query.limit + 1)
    const page = rows.slice(0, query.limit)
    const records = page.map((row) => this.#recordOf(row))
    return rows.length > query.limit ? { records, cursor: String(page.at(-1)!.number) } : { records }
  }

  /** Serials that are not commissioned, and counters that were passed over, in their order. */
  gaps(query: GapQuery, jobOf: (identifier: string) => string | null): { gaps: readonly SerialGap[]; cursor?: string } {
    const { period, counter } = readGapCursor(query.cursor)
    const parameters = [
      query.scheme,
      query.from ?? Number.MIN_SAFE_INTEGER,
      query.to ?? Number.MAX_SAFE_INTEGER,
      period,
      period,
      counter,
      query.limit + 1,
    ] as const
    const rows = [...this.#gaps.all(...parameters), ...this.#skipped.all(...parameters)].sort(
      (a, b) => (a.period < b.period ? -1 : a.period > b.period ? 1 : 0) || a.counter - b.counter,
    )
    const page = rows.slice(0, query.limit)
    const gaps = page.map((row) => ({ ...row, job: row.identifier === '' ? null : jobOf(row.identifier) }))
    const last = page.at(-1)
    return rows.length > query.limit && last ? { gaps, cursor: `${last.counter}.${last.period}` } : { gaps }
  }

  #existing(identifier: string): Row {
    const row = this.#row.get(identifier)
    if (!row) throw new RuntimeError('BadNotFound', `${identifier} is not known here.`)
    return living(row)
  }

  #note(number: number, event: string, user: string, reason: string): void {
    const { numberOf } = this.#words
    const now = this.#clock.now()
    this.#addLife.run(number, number, now, event, numberOf.call(this.#words, user), numberOf.call(this.#words, reason))
  }

  #recordOf(row: Row): IdentifierRecord {
    const values = this.#values.all(row.number).map(
      ({ index, type, data, ttl, timestamp, permission }): IdentifierValue => ({
        index,
        type,
        data: JSON.parse(data) as JsonValue,
        ttl,
        timestamp,
        isPublic: (permission & permissionBits.publicRead) !== 0,
      }),
    )
    return {
      identifier: row.identifier,
      kind: row.kind,
      scheme: row.scheme,
      counter: row.counter,
      state: row.state,
      allocatedTimestamp: row.allocated,
      allocatedBy: row.allocatedBy,
      hold:
        row.holdReason === null
          ? null
          : { reason: row.holdReason, user: row.heldBy ?? '', timestamp: row.heldAt ?? row.allocated },
      values,
      deletedTimestamp: row.deleted,
    }
  }
}

function living(row: Row): Row {
  if (row.deleted !== null)
    throw new RuntimeError(
      'BadInvalidState',
      `The record of ${row.identifier} was deleted; the identifier stays taken.`,
    )
  return row
}

function readNumber(cursor: string): number {
  if (!/^\d{1,15}$/.test(cursor)) throw new RuntimeError('BadInvalidArgument', 'The cursor is none of this search.')
  return Number(cursor)
}

function readGapCursor(cursor: string | undefined): { period: string; counter: number } {
  if (cursor === undefined) return { period: '', counter: -1 }
  const match = /^(\d{1,16})\.([\d-]*)$/.exec(cursor)
  if (!match) throw new RuntimeError('BadInvalidArgument', 'The cursor is none of this report.')
  return { period: match[2]!, counter: Number(match[1]) }
}
