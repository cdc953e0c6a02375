// InfluxDB 1.x: line protocol in bodies of 10,000 lines over two connections; quality as a second field.
import { join } from 'node:path'
import type { ValueBatch } from '../../../src-main/shared/value-batch.ts'
import {
  type Answer,
  bytesWrittenBy,
  folderBytes,
  freePort,
  getText,
  type LoadFigures,
  type LoadSource,
  missingProgram,
  type Peer,
  type PeerKind,
  portions,
  postAll,
  ServerProcess,
  timed,
} from './peer.ts'

const program = 'influxd'
const linesPerBody = 10_000

export const influxDb: PeerKind = {
  name: 'InfluxDB',
  missing: () => missingProgram(program, 'influxdb'),
  open: (folder) => InfluxDb.open(folder),
}

class InfluxDb implements Peer {
  readonly #server: ServerProcess
  readonly #url: string
  readonly #folder: string
  #tagNames: readonly string[] = []

  private constructor(server: ServerProcess, url: string, folder: string) {
    this.#server = server
    this.#url = url
    this.#folder = folder
  }

  static async open(folder: string): Promise<InfluxDb> {
    const [http, rpc] = [await freePort(), await freePort()]
    const url = `http://127.0.0.1:${http}`
    const server = await ServerProcess.start(program, [], () => getText(`${url}/ping`), {
      INFLUXDB_CONFIG_PATH: '/dev/null',
      INFLUXDB_BIND_ADDRESS: `127.0.0.1:${rpc}`,
      INFLUXDB_HTTP_BIND_ADDRESS: `127.0.0.1:${http}`,
      INFLUXDB_HTTP_LOG_ENABLED: 'false',
      INFLUXDB_META_DIR: join(folder, 'meta'),
      INFLUXDB_DATA_DIR: join(folder, 'data'),
      INFLUXDB_DATA_WAL_DIR: join(folder, 'wal'),
      INFLUXDB_DATA_CACHE_SNAPSHOT_WRITE_COLD_DURATION: '2s',
      INFLUXDB_DATA_COMPACT_FULL_WRITE_COLD_DURATION: '4s',
      INFLUXDB_MONITOR_STORE_ENABLED: 'false',
      INFLUXDB_REPORTING_DISABLED: 'true',
    })
    const created = await fetch(`${url}/query?q=${encodeURIComponent('CREATE DATABASE bench')}`, { method: 'POST' })
    if (!created.ok) throw new Error(`InfluxDB made no database: ${await created.text()}`)
    return new InfluxDb(server, url, folder)
  }

  async load(source: LoadSource): Promise<LoadFigures> {
    this.#tagNames = source.tagNames
    let pointCount = 0
    let milliseconds = 0
    for (const portion of portions(source.batches())) {
      pointCount += portion.reduce((sum, batch) => sum + batch.count, 0)
      const bodies = bodiesOf(portion, source.tagNames)
      const start = performance.now()
      await postAll(`${this.#url}/write?db=bench&precision=ms`, bodies)
      milliseconds += performance.now() - start
    }
    await this.#settled()
    return {
      pointCount,
      seconds: milliseconds / 1000,
      bytesOnDisk: folderBytes(this.#folder),
      bytesWritten: bytesWrittenBy(this.#server.pid),
    }
  }

  /** Snapshots and compactions follow a few seconds after the last write; then the size stands still. */
  async #settled(): Promise<void> {
    for (let still = 0, last = -1; still < 12; ) {
      await new Promise((resolve) => setTimeout(resolve, 1000))
      const bytes = folderBytes(join(this.#folder, 'data')) + folderBytes(join(this.#folder, 'wal'))
      still = bytes === last ? still + 1 : 0
      last = bytes
    }
  }

  raw(handle: number, from: number, to: number): Promise<Answer> {
    return this.#query(
      `SELECT v, q FROM s WHERE "tag" = '${this.#tagNames[handle]}' AND time >= ${from}ms AND time < ${to}ms`,
    )
  }

  plot(handle: number, from: number, to: number, bucketCount: number): Promise<Answer> {
    const width = Math.floor((to - from) / bucketCount)
    return this.#query(
      `SELECT min(v), max(v), mean(v), count(v) FROM s WHERE "tag" = '${this.#tagNames[handle]}'
       AND time >= ${from}ms AND time < ${to}ms AND q = 0 GROUP BY time(${width}ms, ${from % width}ms)`,
    )
  }

  snapshot(at: number): Promise<Answer> {
    return this.#query(`SELECT last(v), q FROM s WHERE time <= ${at}ms AND time > ${at - 3_600_000}ms GROUP BY "tag"`)
  }

  #query(query: string): Promise<Answer> {
    const parameters = new URLSearchParams({ db: 'bench', epoch: 'ms', q: query.replace(/\s+/g, ' ') })
    return timed(async () => {
      const text = await getText(`${this.#url}/query?${parameters}`)
      if (text.includes('"error"')) throw new Error(`InfluxDB refused: ${text.slice(0, 500)}`)
      return (text.match(/\[\d/g) ?? []).length
    })
  }

  close(): Promise<void> {
    return this.#server.stop()
  }
}

function bodiesOf(portion: readonly ValueBatch[], tagNames: readonly string[]): Buffer[] {
  const bodies: Buffer[] = []
  let lines: string[] = []
  for (const batch of portion)
    for (let row = 0; row < batch.count; row++) {
      const value = batch.value[row]!
      const field = Number.isNaN(value) ? '' : `v=${value},`
      lines.push(
        `s,tag=${tagNames[batch.handle[row]!]} ${field}q=${batch.statusCode[row]}i ${batch.sourceTimestamp[row]}\n`,
      )
      if (lines.length < linesPerBody) continue
      bodies.push(Buffer.from(lines.join('')))
      lines = []
    }
  if (lines.length > 0) bodies.push(Buffer.from(lines.join('')))
  return bodies
}
