// Scans as they are kept: what was read where and when, and what came of it. The newest million; older ones go.
import type { ParsedIdentifier } from '../shared/identifier.ts'
import type { ScanOutcome, ScanRow } from '../shared/label.ts'
import type { Database, Statement } from '../storage/database.ts'

interface StoredScan extends Omit<ScanRow, 'parsed' | 'outcome'> {
  readonly parsed: string
  readonly outcome: string
}

const mostScans = 1_000_000
/** So many more are let in before the oldest go. */
const pruneStep = 1000
const columns = 'sequence, timestamp, source, user, text, parsed, outcome'

export class ScanBook {
  readonly #insert: Statement<[number, string, string, string, string, string, string], number>
  readonly #newest: Statement<[number, number], StoredScan>
  readonly #ofIdentifier: Statement<[string, number, number], StoredScan>
  readonly #prune: Statement<[number]>

  /** @param database identifiers.sqlite */
  constructor(database: Database) {
    this.#insert = database
      .prepare<[number, string, string, string, string, string, string], number>(
        'INSERT INTO scan (timestamp, source, user, text, identifier, parsed, outcome) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING sequence',
      )
      .pluck()
    this.#newest = database.prepare(`SELECT ${columns} FROM scan WHERE sequence < ? ORDER BY sequence DESC LIMIT ?`)
    this.#ofIdentifier = database.prepare(
      `SELECT ${columns} FROM scan WHERE identifier = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?`,
    )
    this.#prune = database.prepare('DELETE FROM scan WHERE sequence <= ?')
  }

  /** In the transaction that is open. */
  keep(scan: Omit<ScanRow, 'sequence'>): ScanRow {
    const { timestamp, source, user, text, parsed, outcome } = scan
    const sequence = this.#insert.get(
      timestamp,
      source,
      user,
      text,
      parsed.identifier,
      JSON.stringify(parsed),
      JSON.stringify(outcome),
    )!
    if (sequence % pruneStep === 0) this.#prune.run(sequence - mostScans)
    return { ...scan, sequence }
  }

  /** Newest first; `before`: only those in front of this sequence; `identifier` in its one spelling. */
  list(limit: number, before: number = Number.MAX_SAFE_INTEGER, identifier?: string): readonly ScanRow[] {
    const rows =
      identifier === undefined ? this.#newest.all(before, limit) : this.#ofIdentifier.all(identifier, before, limit)
    return rows.map((row) => ({
      ...row,
      parsed: JSON.parse(row.parsed) as ParsedIdentifier,
      outcome: JSON.parse(row.outcome) as ScanOutcome,
    }))
  }
}
