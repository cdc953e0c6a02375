// What the historian is measured beside: other places one could keep the same samples in, each with its best local batch
// protocol, all asked the same questions.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { ValueBatch } from '../../../src-main/shared/value-batch.ts'

/** What is loaded: batches as they arrive, and the names of the tags their handles stand for. */
export interface LoadSource {
  readonly tagNames: readonly string[]
  /** A fresh pass over the same batches. */
  batches(): Iterable<ValueBatch>
}

export interface LoadFigures {
  readonly pointCount: number
  /** Time the peer was busy taking the points; making of payloads is not in it. */
  readonly seconds: number
  /** After everything was flushed and, where the peer does that, compacted. */
  readonly bytesOnDisk: number
  /** Handed to the file system by the peer's process, all passes; NaN where the system does not say. */
  readonly bytesWritten: number
}

/** The answer to a question: how long it took and how many rows came back, so that an empty answer is noticed. */
export interface Answer {
  readonly milliseconds: number
  readonly rowCount: number
}

/** One place with one data set in a folder of its own. Times in ms since 1970-01-01 UTC, `to` not included. */
export interface Peer {
  load(source: LoadSource): Promise<LoadFigures>
  raw(handle: number, from: number, to: number): Promise<Answer>
  /** Good samples of each bucket: minimum, maximum, average, count. */
  plot(handle: number, from: number, to: number, bucketCount: number): Promise<Answer>
  /** The last sample of every tag at this instant. */
  snapshot(at: number): Promise<Answer>
  close(): Promise<void>
}

export interface PeerKind {
  readonly name: string
  /** null when it can be used; else a sentence that says what to install. */
  missing(): string | null
  open(folder: string): Promise<Peer>
}

/** Batches up to about a million points: what is prepared at once, so that payloads do not fill the memory. */
export function* portions(batches: Iterable<ValueBatch>, points = 1_000_000): Generator<ValueBatch[]> {
  let portion: ValueBatch[] = []
  let count = 0
  for (const batch of batches) {
    portion.push(batch)
    count += batch.count
    if (count < points) continue
    yield portion
    portion = []
    count = 0
  }
  if (portion.length > 0) yield portion
}

export async function timed(work: () => Promise<number> | number): Promise<Answer> {
  const start = performance.now()
  const rowCount = await work()
  return { milliseconds: performance.now() - start, rowCount }
}

/** A sentence when a program is not on this machine. */
export function missingProgram(program: string, debianPackage: string): string | null {
  const paths = program.startsWith('/')
    ? [program]
    : (process.env.PATH ?? '').split(':').map((path) => join(path, program))
  if (paths.some((path) => existsSync(path))) return null
  return `not installed; to compare with it: apt-get install -y --no-install-recommends ${debianPackage}`
}

/** Bytes the files of a folder take on disk, or would where the file system has allotted more in advance. */
export function folderBytes(folder: string): number {
  let sum = 0
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    const entry = lstatSync(path)
    sum += entry.isDirectory() ? folderBytes(path) : Math.min(entry.size, entry.blocks * 512 || entry.size)
  }
  return sum
}

/** Bytes a process has handed to the file system so far; NaN where the system does not count them. */
export function bytesWrittenBy(pid: number | 'self'): number {
  try {
    return Number(/^write_bytes: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1] ?? Number.NaN)
  } catch {
    return Number.NaN
  }
}

/** Lets the system forget what it holds of these files in memory; needs no rights beyond writing them. */
export function evictFiles(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name)
    if (lstatSync(path).isFile())
      spawnSync('dd', [`of=${path}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'], { stdio: 'ignore' })
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

/** A server of our own; ended by its pid. `ready` is asked until it does not throw. */
export class ServerProcess {
  readonly child: ChildProcess
  #errors = ''

  private constructor(command: string, args: readonly string[], environment: NodeJS.ProcessEnv) {
    this.child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...environment } })
    this.child.stderr!.on('data', (bytes: Buffer) => {
      this.#errors = `${this.#errors}${bytes}`.slice(-2000)
    })
    process.once('exit', () => this.child.kill('SIGKILL'))
  }

  static async start(
    command: string,
    args: readonly string[],
    ready: () => Promise<unknown>,
    environment: NodeJS.ProcessEnv = {},
  ): Promise<ServerProcess> {
    const server = new ServerProcess(command, args, environment)
    for (let attempt = 0; ; attempt++) {
      try {
        await ready()
        return server
      } catch (error) {
        if (server.child.exitCode !== null || attempt > 200)
          throw new Error(`${command} did not start: ${server.#errors}`, { cause: error })
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    }
  }

  get pid(): number {
    return this.child.pid!
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const ended = new Promise<void>((resolve) => this.child.once('exit', () => resolve()))
    this.child.kill(signal)
    await ended
  }
}

/** Sends bodies over two connections at once, as fast as they are taken. */
export async function postAll(url: string, bodies: readonly Buffer[]): Promise<void> {
  let next = 0
  const send = async (): Promise<void> => {
    while (next < bodies.length) {
      const answer = await fetch(url, { method: 'POST', body: new Uint8Array(bodies[next++]!) })
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text.slice(0, 500)}`)
    }
  }
  await Promise.all([send(), send()])
}

/** The text of an answer; its parsing is not the server's time. */
export async function getText(url: string): Promise<string> {
  const answer = await fetch(url)
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text.slice(0, 500)}`)
  return text
}
