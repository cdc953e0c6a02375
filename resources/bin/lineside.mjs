#!/usr/bin/env node
// The command `lineside`. Runs the command line under Node 24: the machine's own when it is new enough, else the one that
// `npm ci` installed beside this program.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('../../', import.meta.url)
const source = fileURLToPath(new URL('src-main/cli.ts', root))
const built = fileURLToPath(new URL('out/main/cli.js', root))
const entry = existsSync(source) ? source : built

if (Number(process.versions.node.split('.')[0]) >= 24) {
  process.argv.splice(1, 1, entry)
  await import(new URL(existsSync(source) ? 'src-main/cli.ts' : 'out/main/cli.js', root).href)
} else {
  const node = fileURLToPath(new URL(`node_modules/node/bin/node${process.platform === 'win32' ? '.exe' : ''}`, root))
  if (!existsSync(node)) {
    process.stderr.write(
      `Lineside needs Node 24; this is ${process.version} and no other was found. Run "npm ci" in ${fileURLToPath(root)}\n`,
    )
    process.exit(1)
  }
  const child = spawn(node, [entry, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
}
