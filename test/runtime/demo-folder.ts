// The demo plant as a folder of one's own, with its simulators on free ports: other stations on this machine may use its own.
import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const demoPlant = fileURLToPath(new URL('../../resources/demo-plant', import.meta.url))

/** A copy of the demo plant; the caller removes it. */
export async function demoFolder(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'lineside-demo-'))
  cpSync(demoPlant, folder, { recursive: true })
  for (const file of readdirSync(join(folder, 'devices'))) {
    const path = join(folder, 'devices', file)
    writeFileSync(path, readFileSync(path, 'utf8').replace(/(127\.0\.0\.1:)\d+/, `$1${await freePort()}`))
  }
  return folder
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
