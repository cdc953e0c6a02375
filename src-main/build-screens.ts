// Builds the screens for npm start, when they were never built or a source is newer than what was built.
import { existsSync, globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Resolves when out/renderer is up to date; takes some seconds where it has to build. */
export async function buildScreensWhereNeeded(root: string): Promise<void> {
  const built = join(root, 'out/renderer/index.html')
  const sources = ['src-renderer/**/*', 'src-main/shared/**/*', 'electron.config.ts', 'package.json']
  const newest = Math.max(
    ...sources.flatMap((glob) => globSync(glob, { cwd: root })).map((file) => statSync(join(root, file)).mtimeMs),
  )
  if (existsSync(built) && statSync(built).mtimeMs > newest) return
  process.stderr.write('Building the screens …\n')
  const { build } = await import('vite')
  // By its place, not by a relative path: this may run from the build.
  const file = pathToFileURL(join(root, 'electron.config.ts')).href
  const { rendererConfig } = (await import(file)) as typeof import('../electron.config.ts')
  await build({ ...rendererConfig, configFile: false, logLevel: 'warn' })
}
