// Builds the screens for npm start, when they were never built or a source is newer than what was built.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Resolves when out/renderer is up to date; takes some seconds where it has to build. Rejects when it does not build. */
export async function buildScreensWhereNeeded(root: string): Promise<void> {
  const built = join(root, 'out/renderer/index.html')
  const sources = ['src-renderer/**/*', 'src-main/shared/**/*', 'electron.config.ts', 'package.json']
  const newest = Math.max(
    ...sources.flatMap((glob) => globSync(glob, { cwd: root })).map((file) => statSync(join(root, file)).mtimeMs),
  )
  if (existsSync(built) && statSync(built).mtimeMs > newest) return
  process.stderr.write('Building the screens …\n')
  const program = join(root, 'resources/bin/build-screens.mjs')
  const [code] = await once(spawn(process.execPath, [program], { stdio: ['ignore', 'ignore', 'inherit'] }), 'exit')
  if (code !== 0) throw new Error(`the screens could not be built (code ${code}); what is wrong stands above`)
}
