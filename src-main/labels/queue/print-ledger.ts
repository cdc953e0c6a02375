// The print ledger: what became of every label, who did it and why. Append-only and chained, as the audit trail is:
//   hash(n) = SHA-256(hash(n−1) ‖ record(n) as UTF-8), hash(0) = 32 zero bytes
// record(n) is the JSON text in the row, keys in the order of `recordOf`; docs/label-printing.md shows how to check it elsewhere.
import { hash } from 'node:crypto'
import type { Clock } from '../../base/clock.ts'
import type { LedgerRow } from '../../shared/label.ts'
import type { Database, Statement } from '../../storage/database.ts'

/** What is appended; sequence, time stamp and hash are the ledger's. */
export type LedgerEntry = Omit<LedgerRow, 'sequence' | 'timestamp' | 'hash'>

export interface LedgerQuery {
  readonly job?: string | undefined
  /** Inclusive, ms. */
  readonly from?: number | undefined
  /** Inclusive, ms. */
  readonly to?: number | undefined
  readonly limit: number
  /** Only rows before this sequence. */
  readonly before?: number | undefined
}

export interface LedgerVerdict {
  readonly ok: boolean
  readonly rowCount: number
  /** First row that is missing, changed or not chained to the one before. */
  readonly firstBrokenSequence?: number
}

/** Rows checked before others have their turn; about 5 ms. */
const rowsPerSlice = 2000
const zeroHash = '00'.repeat(32)

interface StoredRow {
  readonly sequence: number
  readonly record: string
  readonly hash: string
}

export class PrintLedger {
  readonly #database: Database
  readonly #clock: Clock
  readonly #last: Statement<[], StoredRow>
  readonly #insert: Statement<[number, string, Buffer]>
  readonly #slice: Statement<[number, number], StoredRow>
  readonly #highest: Statement<[], number>

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
    const columns = 'sequence, record, lower(hex(hash)) AS hash'
    this.#last = database.prepare(`SELECT ${columns} FROM label_ledger ORDER BY sequence DESC LIMIT 1`)
    this.#insert = database.prepare('INSERT INTO label_ledger (sequence, record, hash) VALUES (?, ?, ?)')
    this.#slice = database.prepare(`SELECT ${columns} FROM label_ledger WHERE sequence > ? ORDER BY sequence LIMIT ?`)
    this.#highest = database
      .prepare<[], number>("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'label_ledger'")
      .pluck()
  }

  /** In the transaction that is open: the row is durable with what it tells of. */
  append(entry: LedgerEntry): void {
    const before = this.#last.get()
    const sequence = (before?.sequence ?? 0) + 1
    const record = recordOf(sequence, this.#clock.now(), entry)
    this.#insert.run(sequence, record, Buffer.from(chainHash(before?.hash ?? zeroHash, record), 'hex'))
  }

  /** Newest first. */
  read({ job, from, to, limit, before }: LedgerQuery): readonly LedgerRow[] {
    const conditions: string[] = []
    const values: (number | string)[] = []
    const where = (condition: string, value: number | string | undefined): void => {
      if (value === undefined) return
      conditions.push(condition)
      values.push(value)
    }
    where('job = ?', job)
    where('timestamp >= ?', from)
    where('timestamp <= ?', to)
    where('sequence < ?', before)
    const clause = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''
    const rows = this.#database
      .prepare<(number | string)[], StoredRow>(
        `SELECT sequence, record, lower(hex(hash)) AS hash FROM label_ledger ${clause} ORDER BY sequence DESC LIMIT ?`,
      )
      .all(...values, limit)
    return rows.map((row) => ({ ...(JSON.parse(row.record) as Omit<LedgerRow, 'hash'>), hash: row.hash }))
  }

  /** Checks every row from the first on, and that none is missing at the end; gives way to other work every few milliseconds. */
  async verify(): Promise<LedgerVerdict> {
    let sequence = 0
    let before = zeroHash
    for (;;) {
      const rows = this.#slice.all(sequence, rowsPerSlice)
      for (const row of rows) {
        const isIntact = row.sequence === sequence + 1 && chainHash(before, row.record) === row.hash
        if (!isIntact || !namesItself(row)) return { ok: false, rowCount: sequence, firstBrokenSequence: sequence + 1 }
        sequence = row.sequence
        before = row.hash
      }
      if (rows.length < rowsPerSlice) break
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
    // The database counts on its own how many rows there ever were.
    if (this.#highest.get()! > sequence) return { ok: false, rowCount: sequence, firstBrokenSequence: sequence + 1 }
    return { ok: true, rowCount: sequence }
  }
}

/** The sequence stands inside the hashed text too: rows cannot be renumbered. */
function namesItself(row: StoredRow): boolean {
  return row.record.startsWith(`{"sequence":${row.sequence},`)
}

function recordOf(sequence: number, timestamp: number, entry: LedgerEntry): string {
  return JSON.stringify({
    sequence,
    timestamp,
    action: entry.action,
    job: entry.job,
    identifier: entry.identifier,
    printer: entry.printer,
    template: entry.template,
    user: entry.user,
    detail: entry.detail,
  })
}

function chainHash(before: string, record: string): string {
  const bytes = Buffer.concat([Buffer.from(before, 'hex'), Buffer.from(record, 'utf8')])
  return hash('sha256', bytes, 'hex')
}
