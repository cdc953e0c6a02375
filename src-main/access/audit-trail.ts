// The audit trail: who did what, when, from where, old → new, with what result; refused attempts too. Append-only and chained:
//   hash(n) = SHA-256(hash(n−1) ‖ record(n) as UTF-8), hash(0) = 32 zero bytes
// record(n) is the JSON text in the row, keys in the order of `recordOf`; docs/access.md shows how to check it elsewhere.
import { hash } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import type { AuditRow } from '../shared/contract.ts'
import type { JsonValue } from '../shared/data-value.ts'
import { asDatabaseError, type Database, type Statement } from '../storage/database.ts'

/** What is appended; sequence and time stamp are the trail's. No passwords, tokens or secret values may stand in it. */
export interface AuditEntry {
  readonly user: string
  /** Id of the account, null where there is none (failed log-in, first-start code, command line). */
  readonly accountId: string | null
  readonly station: string
  readonly action: string
  readonly target: string
  readonly oldValue: JsonValue
  readonly newValue: JsonValue
  readonly statusCode: number
  readonly comment: string
}

export interface AuditQuery {
  /** Inclusive, ms. */
  readonly from?: number | undefined
  /** Inclusive, ms. */
  readonly to?: number | undefined
  readonly user?: string | undefined
  readonly limit: number
  /** Only rows before this sequence. */
  readonly before?: number | undefined
}

/** What is looked for by what was done, rather than by who did it. */
export interface AuditSearch {
  /** Inclusive, ms. */
  readonly from: number
  /** Exclusive, ms. */
  readonly to: number
  readonly actions: ReadonlySet<string>
  /** null = whatever it was done to. */
  readonly targets: ReadonlySet<string> | null
  readonly limit: number
}

/** What was done to certain things. */
export interface AuditOfTargets {
  readonly targets: readonly string[]
  readonly actions: readonly string[]
  readonly limit: number
  /** Only rows before this sequence. */
  readonly before?: number | undefined
}

export interface AuditVerdict {
  readonly ok: boolean
  /** First row that is missing, changed or not chained to the one before. */
  readonly firstBrokenSequence?: number
}

/** Larger values are replaced by a note of their length, so that no record grows without limit. */
const longestValueLength = 8192
/** Rows checked before others have their turn; about 5 ms. */
const rowsPerSlice = 2000
const hashByteLength = 32
/** Hashes are hexadecimal texts here: a text comes out of the database in half the time of bytes. */
const zeroHash = '00'.repeat(hashByteLength)

/** Where a search goes on: everything before this row. */
interface SearchRow {
  readonly sequence: number
  readonly timestamp: number
  readonly action: string
  readonly target: string
  readonly record: string
}

interface StoredRow {
  readonly sequence: number
  readonly record: string
  readonly hash: string
}

export class AuditTrail {
  readonly #database: Database
  readonly #clock: Clock
  readonly #append: (entry: AuditEntry) => number
  readonly #slice: Statement<[number, number], StoredRow>
  readonly #searched: Statement<[number, number, number, number], SearchRow>
  #failedAppendCount = 0
  #isWriting = true

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
    const last = database.prepare<[], StoredRow>(
      'SELECT sequence, record, lower(hex(hash)) AS hash FROM audit ORDER BY sequence DESC LIMIT 1',
    )
    const insert = database.prepare<[number, string, Buffer]>(
      'INSERT INTO audit (sequence, record, hash) VALUES (?, ?, ?)',
    )
    // The last row is read inside the transaction: the command line may append too.
    const transaction = database.transaction((entry: AuditEntry) => {
      const before = last.get()
      const sequence = (before?.sequence ?? 0) + 1
      const record = recordOf(sequence, this.#clock.now(), entry)
      insert.run(sequence, record, Buffer.from(chainHash(before?.hash ?? zeroHash, record), 'hex'))
      return sequence
    })
    this.#append = (entry) => transaction.immediate(entry)
    this.#slice = database.prepare(
      'SELECT sequence, record, lower(hex(hash)) AS hash FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?',
    )
    this.#searched = database.prepare(
      `SELECT sequence, timestamp, json_extract(record, '$.action') AS action, json_extract(record, '$.target') AS target, record
       FROM audit WHERE timestamp >= ? AND (timestamp, sequence) < (?, ?) ORDER BY timestamp DESC, sequence DESC LIMIT ?`,
    )
  }

  /** How many records could not be written since the start (disk full …). */
  get failedAppendCount(): number {
    return this.#failedAppendCount
  }

  /** The last record could be written; true before the first. */
  get isWriting(): boolean {
    return this.#isWriting
  }

  /** Written and durable when it returns; gives the sequence. Throws DatabaseError when it cannot be written. */
  append(entry: AuditEntry): number {
    try {
      const sequence = this.#append(entry)
      this.#isWriting = true
      return sequence
    } catch (error) {
      this.#failedAppendCount++
      this.#isWriting = false
      throw asDatabaseError(error, 'writing the audit trail')
    }
  }

  /** Newest first. */
  read(query: AuditQuery): readonly AuditRow[] {
    const conditions: string[] = []
    const values: (number | string)[] = []
    const where = (condition: string, value: number | string | undefined) => {
      if (value === undefined) return
      conditions.push(condition)
      values.push(value)
    }
    where('timestamp >= ?', query.from)
    where('timestamp <= ?', query.to)
    where('user = ?', query.user)
    where('sequence < ?', query.before)
    const clause = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''
    const rows = this.#database
      .prepare<(number | string)[], { record: string }>(
        `SELECT record FROM audit ${clause} ORDER BY sequence DESC LIMIT ?`,
      )
      .all(...values, query.limit)
    return rows.map((row) => JSON.parse(row.record) as AuditRow)
  }

  /** Newest first; as fast with a million rows as with a hundred. */
  readTargets({ targets, actions, limit, before = Number.MAX_SAFE_INTEGER }: AuditOfTargets): readonly AuditRow[] {
    const places = actions.map(() => '?').join(', ')
    const sequences = this.#database
      .prepare<(number | string)[], number>(
        `SELECT sequence FROM audit INDEXED BY audit_by_target
         WHERE target = ? AND sequence < ? AND sequence > ? AND action IN (${places}) ORDER BY sequence DESC LIMIT ?`,
      )
      .pluck()
    let newest: number[] = []
    for (const target of new Set(targets)) {
      // Once there are enough, only what is newer than the oldest of them counts.
      const least = newest.length === limit ? newest.at(-1)! : 0
      const found = sequences.all(target, before, least, ...actions, limit)
      if (found.length > 0) newest = [...newest, ...found].sort((a, b) => b - a).slice(0, limit)
    }
    const record = this.#database.prepare<[number], string>('SELECT record FROM audit WHERE sequence = ?').pluck()
    return newest.map((sequence) => JSON.parse(record.get(sequence)!) as AuditRow)
  }

  /** Newest first; gives way to other work every few milliseconds, for a year may be looked through. */
  async search({ from, to, actions, targets, limit }: AuditSearch): Promise<readonly AuditRow[]> {
    const found: AuditRow[] = []
    let before = { timestamp: to, sequence: 0 }
    for (;;) {
      const rows = this.#searched.all(from, before.timestamp, before.sequence, rowsPerSlice)
      for (const { action, target, record } of rows) {
        if (!actions.has(action) || (targets !== null && !targets.has(target))) continue
        found.push(JSON.parse(record) as AuditRow)
        if (found.length === limit) return found
      }
      const last = rows.at(-1)
      if (last === undefined || rows.length < rowsPerSlice) return found
      before = last
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
  }

  /** Checks every row from the first on; gives way to other work every few milliseconds. */
  async verify(): Promise<AuditVerdict> {
    let sequence = 0
    let before = zeroHash
    for (;;) {
      const rows = this.#slice.all(sequence, rowsPerSlice)
      for (const row of rows) {
        const expected = chainHash(before, row.record)
        const isIntact = row.sequence === sequence + 1 && expected === row.hash
        if (!isIntact || !namesItself(row)) return { ok: false, firstBrokenSequence: sequence + 1 }
        sequence = row.sequence
        before = row.hash
      }
      if (rows.length < rowsPerSlice) return { ok: true }
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
  }
}

/** The sequence stands inside the hashed text too: rows cannot be renumbered. */
function namesItself(row: StoredRow): boolean {
  return row.record.startsWith(`{"sequence":${row.sequence},`)
}

function recordOf(sequence: number, timestamp: number, entry: AuditEntry): string {
  return JSON.stringify({
    sequence,
    timestamp,
    user: entry.user,
    accountId: entry.accountId,
    station: entry.station,
    action: entry.action,
    target: entry.target,
    oldValue: bounded(entry.oldValue),
    newValue: bounded(entry.newValue),
    statusCode: entry.statusCode,
    comment: entry.comment,
  })
}

function bounded(value: JsonValue): JsonValue {
  const text = JSON.stringify(value)
  return text.length <= longestValueLength ? value : `(${text.length} characters: ${text.slice(0, 200)}…)`
}

/** Where hash and record are put together; larger records get a buffer of their own. */
const scratch = Buffer.alloc(64 << 10)

function chainHash(before: string, record: string): string {
  // UTF-8 takes at most three bytes per UTF-16 code unit.
  const room = hashByteLength + 3 * record.length
  const bytes = room <= scratch.length ? scratch : Buffer.alloc(room)
  bytes.write(before, 0, 'hex')
  const length = hashByteLength + bytes.write(record, hashByteLength, 'utf8')
  return hash('sha256', bytes.subarray(0, length), 'hex')
}
