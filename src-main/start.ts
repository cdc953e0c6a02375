// npm start: the demo line with its simulators, in a desktop window where Electron is installed, else headless with the same
// screens in a browser. Keeps its own copy of the demo plant in the data folder, so that one may change it.
import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { buildScreensWhereNeeded } from './build-screens.ts'
import { messageOf } from './shared/runtime-error.ts'

const root = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '..' : '../..', import.meta.url))
const defaultPort = 8420
const parentCheckMs = 500

const dataFolder = resolve(process.env.LINESIDE_DATA ?? join(root, 'data'))
const plantFolder = resolve(process.env.LINESIDE_PLANT ?? ownDemoPlant())
const children: ChildProcess[] = []

/** Runs until the process gets a SIGTERM or SIGINT, or the desktop window is closed. Rejects when it cannot start. */
export async function runDemo(): Promise<void> {
  // A newcomer's terminal shows what matters; LINESIDE_LOG=info shows every connection.
  process.env.LINESIDE_LOG ??= 'warn'
  try {
    await Promise.all([buildScreensWhereNeeded(root), startSimulators()])
    const electron = electronProgram()
    if (electron) await runDesktop(electron)
    else await runWithoutElectron()
    stopWithNpm()
  } catch (error) {
    stopChildren()
    throw error
  }
}

function ownDemoPlant(): string {
  const folder = join(dataFolder, 'plant')
  if (!existsSync(folder)) {
    mkdirSync(dirname(folder), { recursive: true, mode: 0o700 })
    cpSync(join(root, 'resources/demo-plant'), folder, { recursive: true })
  }
  return folder
}

/** The machines of the line, as a process of their own; resolves when all answer, or when others answer in their place. */
async function startSimulators(): Promise<void> {
  const child = spawn(process.execPath, [join(root, 'resources/bin/lineside.mjs'), 'simulate', plantFolder], {
    // The channel tells the simulators when this process is gone, however it went.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  children.push(child)
  let complaint = ''
  child.stderr!.on('data', (chunk) => {
    complaint = String(chunk)
    process.stderr.write(chunk)
  })
  const isReady = await new Promise<boolean>((resolve, reject) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      process.stderr.write(`${line}\n`)
      if (line === 'lineside simulators ready') resolve(true)
    })
    child.once('exit', (code) => {
      if (complaint.includes('EADDRINUSE')) resolve(false)
      else reject(new Error(`the simulators of the line ended with code ${code}`))
    })
  })
  child.removeAllListeners('exit')
  if (isReady)
    child.once('exit', (code) =>
      process.stderr.write(`The simulators of the line ended with code ${code}; their tags turn Bad.\n`),
    )
  else
    process.stderr.write(
      'A port of the line is taken, as it is when its simulators run already: what answers there is used. The device page shows each connection.\n',
    )
}

/** npm's shell does not pass a SIGTERM on: when it is gone, this process stops as if it had got the signal itself. */
function stopWithNpm(): void {
  if (process.env.npm_lifecycle_event !== 'start' || process.platform === 'win32') return
  const { ppid } = process
  setInterval(() => {
    if (process.ppid !== ppid) process.kill(process.pid, 'SIGTERM')
  }, parentCheckMs).unref()
}

async function runWithoutElectron(): Promise<void> {
  process.stderr.write(
    "Electron's program is not installed on this machine (npx install-electron fetches it), so Lineside runs headless: open the address below in a browser.\n",
  )
  const { runHeadless } = await import('./headless.ts')
  const asked = process.env.LINESIDE_PORT
  const options = { plantFolder, dataFolder, host: '127.0.0.1' }
  const tell = (line: string) => process.stdout.write(`${line}\n`)
  try {
    await runHeadless({ ...options, port: Number(asked ?? defaultPort) }, tell, stopChildren)
  } catch (error) {
    if (asked !== undefined || !messageOf(error).includes('EADDRINUSE')) throw error
    process.stderr.write(`Port ${defaultPort} is taken by another program; another one is used.\n`)
    await runHeadless({ ...options, port: 0 }, tell, stopChildren)
  }
}

async function runDesktop(electron: string): Promise<void> {
  const { build } = await import('electron-vite')
  await build({ root, configFile: join(root, 'electron.config.ts'), logLevel: 'warn' })
  const port = process.env.LINESIDE_PORT ?? String(defaultPort)
  const args = [root, '--plant', plantFolder, '--data', dataFolder, '--port', port]
  const window = spawn(electron, args, { stdio: 'inherit' })
  children.push(window)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => window.kill(signal))
  window.once('exit', (code) => {
    stopChildren()
    process.exit(code ?? 0)
  })
}

/** Electron's program when its download is there; importing the package would download it, which nobody asked for. */
function electronProgram(): string | null {
  const folder = join(root, 'node_modules/electron')
  const pathFile = join(folder, 'path.txt')
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8') : 'electron'
  const program = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist'), name)
  return existsSync(program) ? program : null
}

function stopChildren(): void {
  for (const child of children) child.kill('SIGTERM')
}
