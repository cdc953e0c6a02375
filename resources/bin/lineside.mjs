#!/usr/bin/env node
// The command `lineside`. Runs the command line under Node 24: the machine's own when it is new enough, else the one that
// `npm ci` installed beside this program. Compiled code is kept between starts, for worker threads too: a warm start needs
// neither compiler nor, from the source tree, the type stripper (25 to 45 MB in each thread).
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath } from 'node:url'
import v8 from 'node:v8'

const root = new URL('../../', import.meta.url)
const isSource = existsSync(new URL('src-main/cli.ts', root))
const entry = new URL(isSource ? 'src-main/cli.ts' : 'out/main/cli.js', root)

if (Number(process.versions.node.split('.')[0]) >= 24) {
  // A young generation that fits a station's small batches: less memory held back for nothing (16 MB and more by default).
  v8.setFlagsFromString('--max-semi-space-size=2')
  const { directory } = module.enableCompileCache(fileURLToPath(new URL('node_modules/.cache/lineside', root)))
  if (directory) process.env.NODE_COMPILE_CACHE = fileURLToPath(new URL('node_modules/.cache/lineside', root))
  process.argv.splice(1, 1, fileURLToPath(entry))
  await import(entry.href)
} else {
  const node = fileURLToPath(new URL(`node_modules/node/bin/node${process.platform === 'win32' ? '.exe' : ''}`, root))
  if (!existsSync(node)) {
    process.stderr.write(
      `Lineside needs Node 24; this is ${process.version} and no other was found. Run "npm ci" in ${fileURLToPath(root)}\n`,
    )
    process.exit(1)
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
}
