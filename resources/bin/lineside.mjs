#!/usr/bin/env node
// The command `lineside`. Runs the build (out/main) when it was made from exactly the sources beside it, or when there are
// none, else the sources; LINESIDE_CODE=sources or =build decides otherwise. Runs under Node 24: the machine's own when it is
// new enough, else the one that `npm ci` installed beside this program. Compiled code is kept between starts, for worker
// threads too: a warm start needs neither compiler nor, from the sources, the type stripper (25 to 45 MB in each thread).
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath } from 'node:url'
import v8 from 'node:v8'
import { isBuildCurrent } from './build-stamp.mjs'

const root = new URL('../../', import.meta.url)
/**
 * Of V8's four ways to run a function only the first and the last are kept: what is hot is optimised all the same, and code in
 * between is held in no thread.
 */
const frugal = '--optimize-for-size --no-sparkplug --no-maglev'
if (Number(process.versions.node.split('.')[0]) >= 24) {
  // A station runs for months on small batches: memory that V8 would hold back for speed is given up (34 of 219 MB on the
  // demo plant, for 15 instead of 20 million tag updates a second).
  if (['start', 'headless'].includes(process.argv[2])) for (const flag of frugal.split(' ')) v8.setFlagsFromString(flag)
  const entry = new URL(runsBuild(process.env.LINESIDE_CODE) ? 'out/main/cli.js' : 'src-main/cli.ts', root)
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

function runsBuild(asked) {
  if (!existsSync(new URL('src-main/cli.ts', root))) return true
  if (asked === 'sources' || asked === 'build') return asked === 'build'
  return isBuildCurrent(fileURLToPath(root))
}
