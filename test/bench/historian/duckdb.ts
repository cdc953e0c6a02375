// DuckDB in the same process: ready-made column chunks through its appender, a transaction for every 10,000 rows. Its table is
// then written once more in order of tag and time, which is how it is smallest and answers fastest.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { BIGINT, DOUBLE, type DuckDBConnection, DuckDBDataChunk, DuckDBInstance, INTEGER } from '@duckdb/node-api'
import type { ValueBatch } from '../../../src-main/shared/value-batch.ts'
import {
  type Answer,
  bytesWrittenBy,
  type LoadFigures,
  type LoadSource,
  type Peer,
  type PeerKind,
  portions,
  timed,
} from './peer.ts'

const rowsPerChunk = 2000
const chunksPerTransaction = 5

export const duckDb: PeerKind = {
  name: 'DuckDB',
  missing: () => null,
  open: (folder) => DuckDb.open(folder),
}

class DuckDb implements Peer {
  readonly #folder: string
  readonly #instance: DuckDBInstance
  readonly #connection: DuckDBConnection

  private constructor(folder: string, instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#folder = folder
    this.#instance = instance
    this.#connection = connection
  }

  static async open(folder: string): Promise<DuckDb> {
    const instance = await DuckDBInstance.create(join(folder, 'arrival.duckdb'))
    const connection = await instance.connect()
    await connection.run('CREATE TABLE arrival (tag INTEGER, ts BIGINT, value DOUBLE, quality INTEGER)')
    await connection.run(`ATTACH '${join(folder, 'sorted.duckdb')}' AS sorted`)
    return new DuckDb(folder, instance, connection)
  }

  /** `bytesOnDisk` is that of the sorted table alone. */
  async load(source: LoadSource): Promise<LoadFigures> {
    const written = bytesWrittenBy('self')
    const appender = await this.#connection.createAppender('arrival')
    let pointCount = 0
    let milliseconds = 0
    for (const portion of portions(source.batches())) {
      const chunks = chunksOf(portion)
      const start = performance.now()
      for (let at = 0; at < chunks.length; at += chunksPerTransaction) {
        await this.#connection.run('BEGIN')
        for (const chunk of chunks.slice(at, at + chunksPerTransaction)) appender.appendDataChunk(chunk)
        appender.flushSync()
        await this.#connection.run('COMMIT')
      }
      milliseconds += performance.now() - start
      for (const chunk of chunks) pointCount += chunk.rowCount
    }
    const start = performance.now()
    appender.closeSync()
    await this.#connection.run('CHECKPOINT')
    milliseconds += performance.now() - start
    const bytesWritten = bytesWrittenBy('self') - written
    await this.#connection.run('CREATE TABLE sorted.s AS SELECT * FROM arrival ORDER BY tag, ts')
    await this.#connection.run('CHECKPOINT sorted')
    return {
      pointCount,
      seconds: milliseconds / 1000,
      bytesOnDisk: statSync(join(this.#folder, 'sorted.duckdb')).size,
      bytesWritten,
    }
  }

  raw(handle: number, from: number, to: number): Promise<Answer> {
    return this.#query(
      `SELECT ts, value, quality FROM sorted.s WHERE tag = ${handle} AND ts >= ${from} AND ts < ${to} ORDER BY ts`,
    )
  }

  plot(handle: number, from: number, to: number, bucketCount: number): Promise<Answer> {
    return this.#query(
      `SELECT (ts - ${from}) // ${Math.floor((to - from) / bucketCount)} AS bucket, min(value), max(value), avg(value), count(*)
       FROM sorted.s WHERE tag = ${handle} AND ts >= ${from} AND ts < ${to} AND quality = 0 GROUP BY bucket`,
    )
  }

  snapshot(at: number): Promise<Answer> {
    return this.#query(
      `SELECT tag, max(ts), arg_max(value, ts), arg_max(quality, ts) FROM sorted.s
       WHERE ts <= ${at} AND ts > ${at - 3_600_000} GROUP BY tag`,
    )
  }

  /** Up to the result in memory as the library has it; turning it into objects is not counted. */
  #query(sql: string): Promise<Answer> {
    return timed(async () => {
      const result = await this.#connection.run(sql)
      return (await result.fetchAllChunks()).reduce((sum, chunk) => sum + chunk.rowCount, 0)
    })
  }

  async close(): Promise<void> {
    this.#connection.closeSync()
    this.#instance.closeSync()
  }
}

function chunksOf(portion: readonly ValueBatch[]): DuckDBDataChunk[] {
  const chunks: DuckDBDataChunk[] = []
  let columns: [number[], bigint[], (number | null)[], number[]] = [[], [], [], []]
  const finish = (): void => {
    const chunk = DuckDBDataChunk.create([INTEGER, BIGINT, DOUBLE, INTEGER], columns[0].length)
    columns.forEach((column, index) => {
      chunk.setColumnValues(index, column)
    })
    chunks.push(chunk)
    columns = [[], [], [], []]
  }
  for (const batch of portion)
    for (let row = 0; row < batch.count; row++) {
      const value = batch.value[row]!
      columns[0].push(batch.handle[row]!)
      columns[1].push(BigInt(batch.sourceTimestamp[row]!))
      columns[2].push(Number.isNaN(value) ? null : value)
      columns[3].push(batch.statusCode[row]! | 0)
      if (columns[0].length === rowsPerChunk) finish()
    }
  if (columns[0].length > 0) finish()
  return chunks
}
