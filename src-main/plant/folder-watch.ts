// Tells when a plant folder has changed and has come to rest: editors write by renaming, git writes hundreds of files, a copy
// over the network takes its time. Events of the file system are only a hint to look; looking is comparing sizes and times.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type FSWatcher, watch } from 'chokidar'
import type { Clock, Timer } from '../base/clock.ts'
import { sleep } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import { messageOf } from '../shared/runtime-error.ts'
import { kindOf } from './source/folder-scan.ts'

/** A folder is at rest when nothing changed for this long. */
const restMs = 250
/** A folder that never comes to rest is read all the same after this time. */
const longestUnrestMs = 10_000
/** Folders on network drives send no events, and any system may lose some: so often a look is taken anyhow. */
const lookIntervalMs = 5000
/** How long the start waits until the file system reports changes. */
const longestStartMs = 2000
const deepestFolder = 8

export interface FolderWatchOptions {
  /** The plant folder. */
  readonly folder: string
  readonly clock: Clock
  readonly logger: Logger
  /** The folder changed and is at rest. The next call comes after this one's promise settled. */
  readonly onRest: () => Promise<void>
}

export class FolderWatch {
  readonly #options: FolderWatchOptions
  readonly #watcher: FSWatcher
  readonly #looks: Timer
  readonly #closing = new AbortController()
  /** What was seen when the folder was last read. */
  #seen = ''
  /** Folders of libraries that lie outside. */
  #libraries: readonly string[] = []
  #isLooking = false
  #mustLookAgain = false

  private constructor(options: FolderWatchOptions, seen: string) {
    this.#options = options
    this.#seen = seen
    this.#watcher = watch(options.folder, {
      ignoreInitial: true,
      depth: deepestFolder,
      ignored: isHidden,
      ignorePermissionErrors: true,
    })
    this.#watcher.on('all', () => this.look())
    this.#watcher.on('error', (error) => {
      options.logger.warn(
        `The plant folder sends no change events (${messageOf(error)}); it is looked at every ${lookIntervalMs / 1000} s`,
      )
    })
    this.#looks = options.clock.every(lookIntervalMs, () => this.look())
  }

  /**
   * Starts watching; `seen` is the folder's {@link appearanceOf} when it was read, so that no change in between is lost.
   * Resolves when changes are noticed, or after a while: large folders on slow drives need not hold the station up.
   */
  static async start(options: FolderWatchOptions, seen: string): Promise<FolderWatch> {
    const watch = new FolderWatch(options, seen)
    const ready = new Promise<void>((resolve) => watch.#watcher.once('ready', resolve))
    await Promise.race([ready, sleep(options.clock, longestStartMs, watch.#closing.signal)])
    watch.look()
    return watch
  }

  /** The folder was read by hand when it looked like this. */
  saw(appearance: string): void {
    this.#seen = appearance
  }

  /** From now on these folders count as parts of the folder: libraries that lie outside. */
  setLibraries(folders: readonly string[]): void {
    const added = folders.filter((folder) => !this.#libraries.includes(folder))
    const gone = this.#libraries.filter((folder) => !folders.includes(folder))
    this.#libraries = folders
    if (gone.length > 0) this.#watcher.unwatch([...gone])
    if (added.length > 0) this.#watcher.add([...added])
    // They changed perhaps since they were read: what was seen did not hold them.
    if (added.length > 0) this.look()
  }

  #appearance(): Promise<string> {
    return appearanceOf(this.#options.folder, this.#libraries)
  }

  async close(): Promise<void> {
    this.#closing.abort()
    this.#looks.cancel()
    await this.#watcher.close()
  }

  /** Looks whether the folder changed; calls `onRest` when it did. */
  look(): void {
    this.#mustLookAgain = true
    if (this.#isLooking) return
    this.#isLooking = true
    void this.#lookUntilSeen().finally(() => {
      this.#isLooking = false
    })
  }

  async #lookUntilSeen(): Promise<void> {
    while (this.#mustLookAgain && !this.#closing.signal.aborted) {
      this.#mustLookAgain = false
      const appearance = await this.#atRest()
      if (appearance === this.#seen || this.#closing.signal.aborted) continue
      this.#seen = appearance
      await this.#options.onRest()
      // A file that changed while it was read is read again.
      if ((await this.#appearance()) !== this.#seen) this.#mustLookAgain = true
    }
  }

  /** Waits until two looks, some time apart, see the same. */
  async #atRest(): Promise<string> {
    const { clock } = this.#options
    const until = clock.monotonic() + longestUnrestMs
    let before = await this.#appearance()
    if (before === this.#seen) return before
    for (;;) {
      await sleep(clock, restMs, this.#closing.signal)
      const now = await this.#appearance()
      if (now === before || clock.monotonic() > until || this.#closing.signal.aborted) return now
      before = now
    }
  }
}

function isHidden(path: string): boolean {
  return /(^|[\\/])(\.[^\\/]+|node_modules)$/.test(path)
}

/**
 * Names, sizes and times of all files that belong to the plant, and of those of `libraries` that lie outside: another text =
 * something changed. Unreadable parts are left out, and so is what no part of Lineside reads (a data folder inside the plant folder
 * would never come to rest).
 */
export async function appearanceOf(folder: string, libraries: readonly string[] = []): Promise<string> {
  const parts = [await appearanceBelow(folder, '', '', 0)]
  for (const library of libraries) parts.push(await appearanceBelow(library, '', 'libraries/outside/', 0))
  return parts.join('\n')
}

/** `place`: where the folder stands in the plant, which tells what its files are. */
async function appearanceBelow(folder: string, prefix: string, place: string, depth: number): Promise<string> {
  const entries = await readdir(join(folder, prefix), { withFileTypes: true }).catch(() => [])
  const parts: string[] = []
  for (const entry of entries) {
    const file = prefix + entry.name
    if (isHidden(entry.name)) continue
    if (entry.isDirectory()) {
      if (depth < deepestFolder) parts.push(await appearanceBelow(folder, `${file}/`, place, depth + 1))
      continue
    }
    const found = kindOf(place + file) === 'unknown' ? null : await stat(join(folder, file)).catch(() => null)
    if (found !== null) parts.push(`${file}:${found.size}:${found.mtimeMs}:${found.ino}`)
  }
  return parts.sort().join('|')
}
