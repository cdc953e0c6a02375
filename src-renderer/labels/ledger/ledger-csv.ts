// The print ledger as CSV (RFC 4180), with what its hashes are made over, so that it can be checked elsewhere.
import { csvText } from '../../../src-main/shared/csv-cell.ts'
import type { LedgerRow } from '../../../src-main/shared/label.ts'
import { localTimestamp } from '../../ui/time-axis.ts'

/** Names as the API has them, so that files of all languages fit together. */
const columns = [
  'sequence',
  'time',
  'timestamp',
  'action',
  'identifier',
  'job',
  'printer',
  'template',
  'user',
  'detail',
  'hash',
] as const

/** The text of the file; oldest row first, `time` in the plant's zone, `timestamp` in ms since 1970-01-01 UTC. */
export function ledgerCsv(newestFirst: readonly LedgerRow[], timeZone: string): string {
  const rows = [...newestFirst]
    .reverse()
    .map((row) => [
      String(row.sequence),
      localTimestamp(row.timestamp, timeZone),
      String(row.timestamp),
      row.action,
      row.identifier ?? '',
      row.job ?? '',
      row.printer ?? '',
      row.template ?? '',
      row.user,
      row.detail,
      row.hash,
    ])
  return csvText([columns, ...rows])
}

/** Asks for a page; without a cursor for the newest rows. */
export type AskLedger = (
  cursor: string | undefined,
) => Promise<{ readonly rows: readonly LedgerRow[]; readonly cursor?: string }>

/**
 * All rows, newest first, page by page; `onCount` hears how many are there. Null when `isStopped` said so. Rows that are written
 * meanwhile come in the next file: pages go on behind the one before.
 */
export async function allRows(
  ask: AskLedger,
  onCount: (count: number) => void,
  isStopped: () => boolean,
): Promise<readonly LedgerRow[] | null> {
  const rows: LedgerRow[] = []
  let cursor: string | undefined
  do {
    const page = await ask(cursor)
    if (isStopped()) return null
    rows.push(...page.rows)
    onCount(rows.length)
    cursor = page.cursor
  } while (cursor !== undefined)
  return rows
}
