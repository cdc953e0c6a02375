// Debian's mosquitto as a broker of another make, on a free loopback port, with a key and certificates of our own.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, connect as dial } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const program = ['/usr/sbin/mosquitto', '/usr/bin/mosquitto'].find((path) => existsSync(path))

/** Why the tests against mosquitto do not run here; '' when they do. */
export const whyNoMosquitto = program ? '' : ' (skipped: the Debian package mosquitto is not installed)'

/** Why the tests with certificates do not run here; '' when they do. */
export const whyNoCertificates = existsSync('/usr/bin/openssl') ? '' : ' (skipped: openssl is not installed)'

export class Mosquitto {
  readonly folder = mkdtempSync(join(tmpdir(), 'lineside-mosquitto-'))
  readonly port: number
  readonly #configuration: string
  #process: ChildProcess | null = null
  /** What it logged. */
  log = ''

  private constructor(port: number, configuration: (folder: string) => string) {
    this.port = port
    this.#configuration = configuration(this.folder)
  }

  /** `configuration`: further lines of mosquitto.conf, after the listener. */
  static async start(configuration: (folder: string) => string = () => 'allow_anonymous true'): Promise<Mosquitto> {
    const broker = new Mosquitto(await freePort(), configuration)
    await broker.run()
    return broker
  }

  get pid(): number {
    return this.#process!.pid!
  }

  /** Starts it (again), on the same port. */
  async run(): Promise<void> {
    const file = join(this.folder, 'mosquitto.conf')
    writeFileSync(file, `listener ${this.port} 127.0.0.1\n${this.#configuration}\n`)
    const started = spawn(program!, ['-c', file, '-v'], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#process = started
    for (const stream of [started.stdout!, started.stderr!])
      stream.on('data', (bytes: Buffer) => {
        this.log += bytes.toString()
      })
    for (let attempt = 0; attempt < 200; attempt++) {
      if (started.exitCode !== null) throw new Error(`mosquitto ended at once: ${this.log}`)
      if (await listens(this.port)) return
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    throw new Error(`mosquitto does not listen: ${this.log}`)
  }

  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name)
  }

  async kill(): Promise<void> {
    const running = this.#process
    if (!running || running.exitCode !== null || running.signalCode !== null) return
    running.kill('SIGKILL')
    await once(running, 'exit')
  }

  async close(): Promise<void> {
    await this.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** An authority, a broker certificate for `localhost` and a client certificate by it, and a foreign authority. */
export function makeCertificates(folder: string): void {
  const openssl = (...given: string[]) => execFileSync('openssl', given, { cwd: folder, stdio: 'pipe' })
  const authority = (name: string) =>
    openssl(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.crt`,
      '-subj',
      `/CN=${name}`,
    )
  const signed = (name: string, subject: string, extension: string) => {
    openssl(
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      subject,
    )
    writeFileSync(join(folder, `${name}.ext`), extension)
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'authority.crt',
      '-CAkey',
      'authority.key',
      '-CAcreateserial',
      '-out',
      `${name}.crt`,
      '-days',
      '2',
      '-extfile',
      `${name}.ext`,
    )
  }
  authority('authority')
  authority('stranger')
  signed('broker', '/CN=localhost', 'subjectAltName=DNS:localhost\n')
  signed('client', '/CN=station-1', 'extendedKeyUsage=clientAuth\n')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = dial(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
