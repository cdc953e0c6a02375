// A real station in a process of its own, as an operator has it: `lineside headless` with a plant folder, reached over HTTP.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { CallName, InputOf, ResultOf } from '../../src-main/shared/contract.ts'

const cli = fileURLToPath(new URL('../../resources/bin/lineside.mjs', import.meta.url))
const startLimitMs = 120_000

/** Path in the folder → text. */
export type Files = Readonly<Record<string, string>>

/** A fresh folder with these files. The caller removes it. */
export function writeFolder(files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), 'lineside-test-'))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

/** Starts a program of the command line and waits for a line on stdout; `notices` grows with its stderr. */
export async function startProgram(
  args: readonly string[],
  isReady: (line: string) => boolean,
  environment: NodeJS.ProcessEnv = {},
): Promise<{ child: ChildProcess; lines: string[]; notices: string[] }> {
  const child = spawn(process.execPath, [cli, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      ...process.env,
      LINESIDE_LOG: process.env.LINESIDE_LOG ?? 'warn',
      // What is tested is what is written here; a test of the build says so (build.test.ts).
      LINESIDE_CODE: process.env.LINESIDE_CODE ?? 'sources',
      ...environment,
    },
  })
  const lines: string[] = []
  const notices: string[] = []
  let errors = ''
  createInterface({ input: child.stderr! }).on('line', (line) => {
    notices.push(line)
    errors = `${errors}${line}\n`.slice(-20_000)
  })
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`not ready within ${startLimitMs} ms: ${lines.join('\n')} ${errors}`)),
      startLimitMs,
    )
    child.once('exit', (code) => reject(new Error(`ended with code ${code}: ${lines.join('\n')} ${errors}`)))
    createInterface({ input: child.stdout! }).on('line', (line) => {
      lines.push(line)
      if (isReady(line)) {
        clearTimeout(timer)
        resolve()
      }
    })
  })
  child.removeAllListeners('exit')
  return { child, lines, notices }
}

/** Ends a child by its pid and waits for it. */
export async function endProcess(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  child.kill(signal)
  return ended
}

export class StationProcess {
  readonly url: string
  readonly child: ChildProcess
  readonly dataFolder: string
  readonly #ownsData: boolean
  #token = ''

  private constructor(child: ChildProcess, url: string, dataFolder: string, ownsData: boolean) {
    this.child = child
    this.url = url
    this.dataFolder = dataFolder
    this.#ownsData = ownsData
  }

  /** Starts a station on a plant folder and logs in with the first-start code, or as the given account. */
  static async start(
    plantFolder: string,
    options: { dataFolder?: string; user?: string; password?: string; environment?: NodeJS.ProcessEnv } = {},
  ): Promise<StationProcess> {
    const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'lineside-data-'))
    const { child, lines, notices } = await startProgram(
      ['headless', '--plant', plantFolder, '--data', dataFolder, '--port', '0'],
      (line) => line.startsWith('lineside ready '),
      options.environment,
    )
    const url = lines.find((line) => line.startsWith('lineside ready '))!.slice('lineside ready '.length)
    const station = new StationProcess(child, url, dataFolder, options.dataFolder === undefined)
    let password = options.password
    for (let wait = 0; password === undefined && wait < 500; wait++) {
      password = notices.find((line) => line.startsWith('First-start code: '))?.slice('First-start code: '.length)
      if (password === undefined) await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await station.logIn(options.user ?? 'tester', password ?? '')
    return station
  }

  get token(): string {
    return this.#token
  }

  async logIn(user: string, password: string): Promise<void> {
    const { status, body } = await this.post('access.login', { user, password })
    if (status !== 200) throw new Error(`log-in answered ${status}: ${JSON.stringify(body)}`)
    this.#token = (body as { token: string }).token
  }

  /** A call as any program would make it. */
  async post(name: string, input: unknown): Promise<{ status: number; body: unknown }> {
    const answer = await fetch(new URL(`/api/v1/${name}`, this.url), {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        // A connection of its own: one that is kept may be closed by the other side just when it is used again.
        Connection: 'close',
        ...(this.#token ? { Authorization: `Bearer ${this.#token}` } : {}),
      },
      body: JSON.stringify(input),
    })
    return { status: answer.status, body: await answer.json() }
  }

  /** A call that has to succeed. */
  async call<N extends CallName>(name: N, input: InputOf<N>): Promise<ResultOf<N>> {
    const { status, body } = await this.post(name, input)
    if (status !== 200) throw new Error(`${name} answered ${status}: ${JSON.stringify(body)}`)
    return body as ResultOf<N>
  }

  /** Present row of one tag. */
  async read(tag: string) {
    return (await this.call('tags.read', { tags: [tag] })).values[0]!
  }

  /** Clean stop; resolves with the exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const code = await endProcess(this.child, signal)
    if (this.#ownsData) rmSync(this.dataFolder, { recursive: true, force: true })
    return code
  }
}
