// The last good plant folder as a copy in the data folder: a station that starts with a faulty folder still runs on it.
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { flushFolder, writeFlushed } from './source/atomic-file.ts'

/** Name of the file in the copy that says what it is a copy of. */
const digestFile = '.digest'

/** What a set of files holds, as one text: the same digest = the same plant. */
export function digestOf(
  texts: ReadonlyMap<string, string>,
  images: ReadonlyMap<string, Uint8Array> = new Map(),
): string {
  const hash = createHash('sha256')
  for (const file of [...texts.keys()].sort()) {
    const text = texts.get(file)!
    hash.update(`${file}\u0000${text.length}\u0000`).update(text)
  }
  for (const file of [...images.keys()].sort()) {
    const bytes = images.get(file)!
    hash.update(`${file}\u0000${bytes.length}\u0000`).update(bytes)
  }
  return hash.digest('hex')
}

export class LastGoodCopy {
  /** The copy, a plant folder itself. */
  readonly folder: string

  constructor(dataFolder: string) {
    this.folder = join(dataFolder, 'plant-last-good')
  }

  get #previous(): string {
    return `${this.folder}.old`
  }

  get #next(): string {
    return `${this.folder}.new`
  }

  /** Finishes or undoes what a power cut interrupted; true when there is a copy. */
  async recover(): Promise<boolean> {
    await rm(this.#next, { recursive: true, force: true })
    if (!(await exists(this.folder)) && (await exists(this.#previous))) await rename(this.#previous, this.folder)
    await rm(this.#previous, { recursive: true, force: true })
    return exists(this.folder)
  }

  /** Keeps these files, of this digest, as the last good ones. At every moment either the old or the new copy is complete on disk. */
  async keep(files: ReadonlyMap<string, string | Uint8Array>, digest: string): Promise<void> {
    if ((await this.#digest()) === digest) return
    await rm(this.#next, { recursive: true, force: true })
    await mkdir(this.#next, { recursive: true })
    for (const [file, content] of files) {
      const path = join(this.#next, file)
      await mkdir(dirname(path), { recursive: true })
      await writeFlushed(path, content)
    }
    await writeFlushed(join(this.#next, digestFile), digest)
    await rm(this.#previous, { recursive: true, force: true })
    if (await exists(this.folder)) await rename(this.folder, this.#previous)
    await rename(this.#next, this.folder)
    await flushFolder(dirname(this.folder))
    await rm(this.#previous, { recursive: true, force: true })
  }

  async #digest(): Promise<string | null> {
    try {
      return await readFile(join(this.folder, digestFile), 'utf8')
    } catch {
      return null
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
