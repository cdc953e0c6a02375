// Where a library is found: in the folder plant.yaml names, in the plant folder, or shipped with Lineside.
import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Sources, `out/main` and packages lie at different depths below what they are shipped with. */
const mostLevels = 6

/**
 * Folder with the libraries shipped with Lineside, null when there is none: `resources/libraries` above the sources or
 * `out/main`, `libraries` beside the archive of a package.
 */
export function shippedLibraries(from: string = fileURLToPath(import.meta.url)): string | null {
  let folder = dirname(from)
  for (let level = 0; level < mostLevels; level++) {
    const beside = basename(folder).endsWith('.asar') ? join(dirname(folder), 'libraries') : null
    for (const candidate of [join(folder, 'resources', 'libraries'), beside])
      if (candidate !== null && existsSync(candidate)) return candidate
    if (dirname(folder) === folder) return null
    folder = dirname(folder)
  }
  return null
}

/** A shipped library that has a type of this name, for advice; null when none has. */
export function shippedLibraryWith(type: string): string | null {
  const folder = shippedLibraries()
  if (folder === null || !/^[\w-]+$/.test(type)) return null
  return readdirSync(folder).find((name) => existsSync(join(folder, name, 'types', `${type}.yaml`))) ?? null
}
