// A row per sample in SQLite, as most stations of this kind do it: once with an index beside the table, once clustered.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { ValueBatch } from '../../../src-main/shared/value-batch.ts'
import {
  type Answer,
  bytesWrittenBy,
  type LoadFigures,
  type LoadSource,
  type Peer,
  type PeerKind,
  timed,
} from './peer.ts'

const layouts = {
  indexed: `CREATE TABLE s (id INTEGER PRIMARY KEY, tag INTEGER, ts INTEGER, value REAL, quality INTEGER);
    CREATE INDEX s_tag_ts ON s (tag, ts)`,
  clustered: `CREATE TABLE s (tag INTEGER, ts INTEGER, value REAL, quality INTEGER, PRIMARY KEY (tag, ts)) WITHOUT ROWID`,
} as const

/** `indexed`: table with row ids and an index (tag, time). `clustered`: the key is (tag, time). */
export function rowsInSqlite(layout: keyof typeof layouts): PeerKind {
  return {
    name: layout === 'indexed' ? 'rows in SQLite' : 'rows in SQLite, clustered',
    missing: () => null,
    open: async (folder) => new RowsInSqlite(join(folder, 'rows.sqlite'), layout),
  }
}

class RowsInSqlite implements Peer {
  readonly #database: Database.Database
  readonly #file: string

  constructor(file: string, layout: keyof typeof layouts) {
    this.#file = file
    this.#database = new Database(file)
    this.#database.pragma('journal_mode = WAL')
    this.#database.pragma('synchronous = NORMAL')
    this.#database.exec(layouts[layout])
  }

  /** One transaction for each batch. */
  async load(source: LoadSource): Promise<LoadFigures> {
    const insert = this.#database.prepare('INSERT INTO s (tag, ts, value, quality) VALUES (?, ?, ?, ?)')
    const take = this.#database.transaction((batch: ValueBatch) => {
      for (let row = 0; row < batch.count; row++) {
        const value = batch.value[row]!
        insert.run(
          batch.handle[row],
          batch.sourceTimestamp[row],
          Number.isNaN(value) ? null : value,
          batch.statusCode[row],
        )
      }
    })
    const written = bytesWrittenBy('self')
    let milliseconds = 0
    let pointCount = 0
    for (const batch of source.batches()) {
      const start = performance.now()
      take(batch)
      milliseconds += performance.now() - start
      pointCount += batch.count
    }
    const start = performance.now()
    this.#database.pragma('wal_checkpoint(TRUNCATE)')
    milliseconds += performance.now() - start
    return {
      pointCount,
      seconds: milliseconds / 1000,
      bytesOnDisk: statSync(this.#file).size,
      bytesWritten: bytesWrittenBy('self') - written,
    }
  }

  raw(handle: number, from: number, to: number): Promise<Answer> {
    const select = this.#database
      .prepare('SELECT ts, value, quality FROM s WHERE tag = ? AND ts >= ? AND ts < ? ORDER BY ts')
      .raw()
    return timed(() => select.all(handle, from, to).length)
  }

  plot(handle: number, from: number, to: number, bucketCount: number): Promise<Answer> {
    const select = this.#database
      .prepare(
        `SELECT CAST((ts - ?) / ? AS INTEGER) AS bucket, min(value), max(value), avg(value), count(*) FROM s
         WHERE tag = ? AND ts >= ? AND ts < ? AND quality = 0 GROUP BY bucket`,
      )
      .raw()
    const width = (to - from) / bucketCount
    return timed(() => select.all(from, width, handle, from, to).length)
  }

  snapshot(at: number): Promise<Answer> {
    const select = this.#database
      .prepare('SELECT ts, value, quality FROM s WHERE tag = ? AND ts <= ? ORDER BY ts DESC LIMIT 1')
      .raw()
    const tags = this.#database.prepare('SELECT max(tag) FROM s').pluck().get() as number
    return timed(
      this.#database.transaction(() => {
        let count = 0
        for (let tag = 0; tag <= tags; tag++) if (select.get(tag, at) !== undefined) count++
        return count
      }),
    )
  }

  async close(): Promise<void> {
    this.#database.close()
  }
}
