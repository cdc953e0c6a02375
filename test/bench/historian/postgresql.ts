// PostgreSQL: COPY in its binary form from ready-made files of 10,000 rows, committed without waiting for the disk (at most
// 0.6 s at risk, like a journal synced every second); one index (tag, time). Asked through psql, which measures itself.
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { ValueBatch } from '../../../src-main/shared/value-batch.ts'
import {
  type Answer,
  folderBytes,
  type LoadFigures,
  type LoadSource,
  type Peer,
  type PeerKind,
  portions,
  ServerProcess,
} from './peer.ts'

const versions = '/usr/lib/postgresql'
const rowsPerCopy = 10_000
const done = 'bench done'

export const postgreSql: PeerKind = {
  name: 'PostgreSQL',
  missing: () =>
    programs() === null
      ? 'not installed; to compare with it: apt-get install -y --no-install-recommends postgresql'
      : null,
  open: (folder) => PostgreSql.open(folder),
}

/** Folder of the newest version's programs. */
function programs(): string | null {
  if (!existsSync(versions)) return null
  const version = readdirSync(versions)
    .filter((name) => existsSync(join(versions, name, 'bin/initdb')))
    .sort((a, b) => Number(b) - Number(a))[0]
  return version === undefined ? null : join(versions, version, 'bin')
}

class PostgreSql implements Peer {
  readonly #folder: string
  readonly #server: ServerProcess
  readonly #session: PsqlSession

  private constructor(folder: string, server: ServerProcess, session: PsqlSession) {
    this.#folder = folder
    this.#server = server
    this.#session = session
  }

  static async open(folder: string): Promise<PostgreSql> {
    const bin = programs()!
    const cluster = join(folder, 'cluster')
    mkdirSync(cluster, { mode: 0o700 })
    // The server refuses to run as root; Debian's package brings its own user.
    const as = process.getuid?.() === 0 ? ['--reuid=postgres', '--regid=postgres', '--clear-groups'] : null
    if (as !== null) {
      chmodSync(folder, 0o755)
      const id = (flag: string) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout)
      chownSync(cluster, id('-u'), id('-g'))
    }
    const command = (name: string, args: readonly string[]): [string, string[]] =>
      as === null ? [join(bin, name), [...args]] : ['setpriv', [...as, join(bin, name), ...args]]
    const [initdb, initdbArgs] = command('initdb', ['-D', cluster, '-U', 'postgres', '--no-locale', '-E', 'UTF8'])
    const made = spawnSync(initdb, initdbArgs, { encoding: 'utf8', cwd: '/' })
    if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`)
    const settings = [
      'listen_addresses=',
      `unix_socket_directories=${cluster}`,
      'shared_buffers=1GB',
      'max_wal_size=4GB',
      'synchronous_commit=off',
      'max_parallel_workers_per_gather=2',
    ]
    const [postgres, postgresArgs] = command('postgres', ['-D', cluster, ...settings.flatMap((text) => ['-c', text])])
    const isReady = async (): Promise<void> => {
      if (spawnSync(join(bin, 'pg_isready'), ['-h', cluster, '-U', 'postgres']).status !== 0)
        throw new Error('not ready')
    }
    const server = await ServerProcess.start(postgres, postgresArgs, isReady)
    const session = new PsqlSession(join(bin, 'psql'), cluster)
    await session.run('CREATE TABLE s (tag int4, ts int8, value float8, quality int4);')
    await session.run('CREATE INDEX s_tag_ts ON s (tag, ts);')
    return new PostgreSql(folder, server, session)
  }

  async load(source: LoadSource): Promise<LoadFigures> {
    const copies = join(this.#folder, 'copies')
    let pointCount = 0
    let milliseconds = 0
    for (const portion of portions(source.batches())) {
      mkdirSync(copies)
      const bodies = bodiesOf(portion)
      const files = bodies.map((_body, index) => join(copies, `${index}.copy`))
      files.forEach((file, index) => {
        writeFileSync(file, bodies[index]!, { mode: 0o644 })
      })
      const statements = files.map((file) => `COPY s FROM '${file}' WITH (FORMAT binary);`)
      milliseconds += (await this.#session.run(statements.join('\n'))).milliseconds
      pointCount += portion.reduce((sum, batch) => sum + batch.count, 0)
      rmSync(copies, { recursive: true })
    }
    await this.#session.run('VACUUM ANALYZE s;')
    await this.#session.run('CHECKPOINT;')
    return {
      pointCount,
      seconds: milliseconds / 1000,
      bytesOnDisk: folderBytes(join(this.#folder, 'cluster', 'base')),
      // Many processes share the work; the system counts none of them as a whole.
      bytesWritten: Number.NaN,
    }
  }

  raw(handle: number, from: number, to: number): Promise<Answer> {
    return this.#session.run(
      `SELECT ts, value, quality FROM s WHERE tag = ${handle} AND ts >= ${from} AND ts < ${to} ORDER BY ts;`,
    )
  }

  plot(handle: number, from: number, to: number, bucketCount: number): Promise<Answer> {
    return this.#session.run(
      `SELECT (ts - ${from}) / ${Math.floor((to - from) / bucketCount)} AS bucket, min(value), max(value), avg(value), count(*)
       FROM s WHERE tag = ${handle} AND ts >= ${from} AND ts < ${to} AND quality = 0 GROUP BY 1;`,
    )
  }

  /** A look into the index for each tag, the fastest way there is. */
  snapshot(at: number): Promise<Answer> {
    return this.#session.run(
      `SELECT g.tag, l.ts, l.value, l.quality FROM generate_series(0, 999) AS g(tag),
       LATERAL (SELECT ts, value, quality FROM s WHERE s.tag = g.tag AND ts <= ${at} ORDER BY ts DESC LIMIT 1) AS l;`,
    )
  }

  async close(): Promise<void> {
    this.#session.close()
    await this.#server.stop('SIGINT')
  }
}

/** One psql with its clock on: statements in, rows and their time out. */
class PsqlSession {
  readonly #child: ChildProcessWithoutNullStreams
  #lines: string[] = []
  #onDone: (() => void) | null = null
  #errors = ''

  constructor(psql: string, socketFolder: string) {
    this.#child = spawn(psql, ['-h', socketFolder, '-U', 'postgres', '-X', '-q', '-A', '-t'], { stdio: 'pipe' })
    this.#child.stderr.on('data', (bytes: Buffer) => {
      this.#errors += bytes
    })
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      if (line === done) this.#onDone?.()
      else this.#lines.push(line)
    })
    this.#child.stdin.write('\\timing on\n')
  }

  async run(statements: string): Promise<Answer> {
    this.#lines = []
    const finished = new Promise<void>((resolve) => {
      this.#onDone = resolve
    })
    this.#child.stdin.write(`${statements}\n\\echo ${done}\n`)
    await finished
    if (this.#errors.includes('ERROR')) throw new Error(`PostgreSQL refused: ${this.#errors}`)
    const times = this.#lines.filter((line) => line.startsWith('Time: '))
    return {
      milliseconds: times.reduce((sum, line) => sum + Number(/^Time: ([\d.]+) ms/.exec(line)![1]), 0),
      rowCount: this.#lines.filter((line) => line.includes('|')).length,
    }
  }

  close(): void {
    this.#child.stdin.end('\\q\n')
  }
}

/** The binary form of COPY: a head, rows of (field count, then length and bytes of each field), an end. */
function bodiesOf(portion: readonly ValueBatch[]): Buffer[] {
  const bodies: Buffer[] = []
  const room = Buffer.alloc(19 + rowsPerCopy * 46 + 2)
  room.write('PGCOPY\n\xff\r\n\0', 'latin1')
  let at = 19
  let rows = 0
  const finish = (): void => {
    at = room.writeInt16BE(-1, at)
    bodies.push(Buffer.from(room.subarray(0, at)))
    at = 19
    rows = 0
  }
  for (const batch of portion)
    for (let row = 0; row < batch.count; row++) {
      const value = batch.value[row]!
      at = room.writeInt16BE(4, at)
      at = room.writeInt32BE(batch.handle[row]!, room.writeInt32BE(4, at))
      at = room.writeBigInt64BE(BigInt(batch.sourceTimestamp[row]!), room.writeInt32BE(8, at))
      if (Number.isNaN(value)) at = room.writeInt32BE(-1, at)
      else at = room.writeDoubleBE(value, room.writeInt32BE(8, at))
      at = room.writeInt32BE(batch.statusCode[row]! | 0, room.writeInt32BE(4, at))
      if (++rows === rowsPerCopy) finish()
    }
  if (rows > 0) finish()
  return bodies
}
