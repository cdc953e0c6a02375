// Rows that are older than the plant keeps them move to files of their own, whole blocks at a time: `<data>/alarm-archive/<first>-<last>.sqlite`.
// An archive file has the schema of the journal and its chain goes on where the file before ended.
import { closeSync, existsSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { makeOwnerFolder, openDatabase, type Statement } from '../../storage/database.ts'
import { alarmsMigrations } from '../../storage/migrations/alarms/alarms-migrations.ts'
import { type BlockSummary, blockColumns, blockLength, blockOf } from './journal-blocks.ts'
import type { JournalSource, StoredEvent } from './journal-source.ts'

export interface ArchiveFile {
  readonly file: string
  /** Sequences, inclusive. */
  readonly first: number
  readonly last: number
}

/** Archive files, oldest first; none when there is no folder. */
export function archiveFiles(folder: string): readonly ArchiveFile[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .flatMap((name) => {
      const [, first, last] = /^(\d+)-(\d+)\.sqlite$/.exec(name) ?? []
      return first === undefined ? [] : [{ file: join(folder, name), first: Number(first), last: Number(last) }]
    })
    .sort((a, b) => a.first - b.first)
}

/**
 * Last row that may move: the end of the last whole block all of whose rows, and all rows before, were received before `cutoff`; null
 * when there is none. The newest block stays.
 */
export function archivableEnd(source: JournalSource, cutoff: number): number | null {
  const { archived, last } = chainOf(source)
  const blocks = source.database.prepare<[number, number], BlockSummary>(
    `SELECT ${blockColumns} FROM block WHERE number BETWEEN ? AND ? ORDER BY number`,
  )
  let end: number | null = null
  for (const block of blocks.iterate(blockOf(archived + 1), blockOf(last) - 1)) {
    if (block.lastReceived >= cutoff) break
    end = (block.number + 1) * blockLength
  }
  if (end === null || end <= archived) return null
  const row = source.database
    .prepare<[number, number], { sequence: number }>(
      'SELECT sequence FROM event WHERE sequence > ? AND sequence <= ? ORDER BY sequence DESC LIMIT 1',
    )
    .get(archived, end)
  return row?.sequence ?? null
}

interface JournalChain {
  readonly archived: number
  readonly hash: Buffer
  readonly last: number
}

function chainOf(source: JournalSource): JournalChain {
  const chain = source.database
    .prepare<[], JournalChain>(
      'SELECT archived_sequence AS archived, archived_hash AS hash, last_sequence AS last FROM chain',
    )
    .get()
  return chain ?? { archived: 0, hash: Buffer.alloc(32), last: 0 }
}

/**
 * Writes rows up to `end` (a sequence that has a row) into a new archive file; on the disk and whole when it returns. A file of an
 * attempt that did not come to its end is replaced. Throws DatabaseError.
 */
export function writeArchive(source: JournalSource, folder: string, end: number): ArchiveFile {
  makeOwnerFolder(folder)
  const { archived, hash } = chainOf(source)
  const first = archived + 1
  // Rows from `first` on are still in the journal: whatever claims to hold them was left by an attempt that was cut off.
  for (const left of archiveFiles(folder)) if (left.first >= first) rmSync(left.file)
  const target = join(folder, `${first}-${end}.sqlite`)
  const part = join(folder, 'unfinished.part')
  for (const ending of ['', '-wal', '-shm', '-journal']) rmSync(part + ending, { force: true })
  copyRows(source, part, first, end, hash)
  renameSync(part, target)
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  return { file: target, first, last: end }
}

function copyRows(source: JournalSource, file: string, first: number, end: number, hashBefore: Buffer): void {
  const archive = openDatabase({ file, migrations: alarmsMigrations })
  try {
    const from = source.database
    archive.exec('BEGIN')
    const copy = (table: string, rows: Iterable<unknown>): void => {
      let insert: Statement<unknown[]> | null = null
      for (const row of rows) {
        const columns = Object.values(row as object)
        insert ??= archive.prepare<unknown[]>(
          `INSERT OR IGNORE INTO ${table} VALUES (${columns.map(() => '?').join(', ')})`,
        )
        insert.run(...columns)
      }
    }
    const alarms = new Set<number>()
    const words = new Set<number>()
    const noted = function* (rows: Iterable<StoredEvent>): Iterable<StoredEvent> {
      for (const row of rows) {
        alarms.add(row.alarm)
        for (const word of [row.message, row.user, row.station, row.comment]) words.add(word)
        yield row
      }
    }
    const events = from.prepare<[number, number], StoredEvent>(
      'SELECT * FROM event WHERE sequence BETWEEN ? AND ? ORDER BY sequence',
    )
    copy('event', noted(events.iterate(first, end)))
    copy(
      'block',
      from.prepare('SELECT * FROM block WHERE number BETWEEN ? AND ?').iterate(blockOf(first), blockOf(end)),
    )
    copy('gap', from.prepare('SELECT * FROM gap WHERE first <= ?').iterate(end))
    const listed = (numbers: Set<number>) => JSON.stringify([...numbers])
    const among = 'IN (SELECT value FROM json_each(?))'
    copy('alarm', from.prepare(`SELECT * FROM alarm WHERE number ${among}`).iterate(listed(alarms)))
    copy('word', from.prepare(`SELECT * FROM word WHERE number ${among}`).iterate(listed(words)))
    copy('alarm_message', from.prepare(`SELECT * FROM alarm_message WHERE alarm ${among}`).iterate(listed(alarms)))
    const last = from
      .prepare<[number], { hash: Buffer; received: number }>(
        'SELECT hash, timestamp + lag AS received FROM event WHERE sequence = ?',
      )
      .get(end)
    if (last === undefined) throw new Error(`row ${end} is not in the journal`)
    archive
      .prepare(
        'UPDATE chain SET last_sequence = ?, last_hash = ?, last_received = ?, archived_sequence = ?, archived_hash = ?',
      )
      .run(end, last.hash, last.received, first - 1, hashBefore)
    archive.exec('COMMIT')
    // One file that can be carried away: no log beside it.
    archive.pragma('journal_mode = DELETE')
  } finally {
    archive.close()
  }
}
