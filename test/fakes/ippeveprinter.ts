// A real IPP printer of the CUPS people as a test peer. It wants to announce itself: it gets a D-Bus and an Avahi of its own, which
// announce it to this machine alone.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface RealIppPrinter {
  /** `ipp://localhost:<port>/ipp/print` */
  readonly uri: string
  /** What it printed, one file for each job. */
  readonly spool: string
  close(): void
}

const programs = ['ippeveprinter', 'avahi-daemon', 'dbus-daemon']
const startLimitMs = 20_000

/** Everything that is needed is installed (cups-ipp-utils, avahi-daemon, dbus), and Avahi, which takes root, may be started. */
export function hasIppeveprinter(): boolean {
  return process.getuid?.() === 0 && programs.every((program) => spawnSync('which', [program]).status === 0)
}

/** Takes PDF, as printers in offices do, and keeps it as it came. */
export async function startIppeveprinter(): Promise<RealIppPrinter> {
  const folder = mkdtempSync(join(tmpdir(), 'lineside-ipp-'))
  const bus = join(folder, 'bus')
  writeFileSync(
    join(folder, 'bus.conf'),
    `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=${bus}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`,
  )
  writeFileSync(
    join(folder, 'avahi.conf'),
    '[server]\nuse-ipv4=yes\nuse-ipv6=no\nallow-interfaces=lo\nenable-dbus=yes\n[publish]\npublish-workstation=no\n',
  )
  const spool = join(folder, 'spool')
  mkdirSync(spool)
  const children: ChildProcess[] = []
  const environment = { ...process.env, DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${bus}` }
  const start = (program: string, args: readonly string[]) => {
    const child = spawn(program, args, { stdio: 'ignore', env: environment })
    children.push(child)
    return child
  }
  const close = () => {
    for (const child of children.reverse()) child.kill()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    start('dbus-daemon', [`--config-file=${join(folder, 'bus.conf')}`, '--nofork'])
    await until(() => existsSync(bus))
    start('avahi-daemon', ['-f', join(folder, 'avahi.conf'), '--no-drop-root', '--no-chroot', '--no-proc-title'])
    const port = await freePort()
    const uri = `ipp://localhost:${port}/ipp/print`
    // Until Avahi listens on the bus the printer ends at once: it is started until it stays.
    let printer: ChildProcess | null = null
    await until(async () => {
      if (printer === null || printer.exitCode !== null)
        printer = start('ippeveprinter', [
          '-r',
          'off',
          '-k',
          '-d',
          spool,
          '-p',
          String(port),
          '-f',
          'application/pdf',
          'fake',
        ])
      return fetch(`http://localhost:${port}/`).then(
        () => true,
        () => false,
      )
    })
    return { uri, spool, close }
  } catch (error) {
    close()
    throw error
  }
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + startLimitMs
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`ippeveprinter did not start within ${startLimitMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
