// What a build was made from, as one text: path, size and time of every file that goes into out/main. The build keeps it
// (electron.config.ts); the command compares it with the sources that are there (lineside.mjs).
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'

/** Name of the stamp in out/main. */
export const stampFile = 'build-stamp'

/** Stamp of the sources below a folder. Two milliseconds. */
export function stampOf(root) {
  const sources = readdirSync(join(root, 'src-main'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
  const hash = createHash('sha256')
  for (const file of [...sources, join(root, 'electron.config.ts'), join(root, 'package-lock.json')].sort()) {
    const { size, mtimeMs } = statSync(file)
    hash.update(`${relative(root, file)} ${size} ${mtimeMs}\n`)
  }
  return hash.digest('hex')
}

/** Was out/main made from exactly these sources? */
export function isBuildCurrent(root) {
  let stamp
  try {
    stamp = readFileSync(join(root, 'out/main', stampFile), 'utf8')
  } catch {
    return false
  }
  return stamp === stampOf(root)
}
