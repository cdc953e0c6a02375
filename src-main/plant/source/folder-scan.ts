// The files of a plant folder, by kind and as text. Symbolic links that lead out of the folder are not followed.
import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { messageOf } from '../../shared/runtime-error.ts'
import type { FaultList } from './fault-list.ts'
import { decodeSource, largestFile } from './source-text.ts'

/** What a file is, by its place in the folder. */
export type FileKind =
  | 'plant'
  | 'access'
  | 'device'
  | 'tag'
  | 'tagCsv'
  | 'equipmentType'
  | 'symbol'
  | 'equipment'
  | 'mimic'
  | 'navigation'
  | 'simulation'
  | 'trend'
  | 'alarm'
  | 'label'
  /** A picture that label templates show. */
  | 'labelImage'
  /** library.yaml of a type library. */
  | 'library'
  | 'libraryType'
  | 'librarySymbol'
  /** Anything else of a library: documents, notes. */
  | 'libraryFile'
  /** Belongs to a part that reads it itself (gateways, maintenance), or to people (docs). */
  | 'elsewhere'
  /** Read by nobody: notes, or a file in the wrong place. */
  | 'unknown'

export interface PlantFileEntry {
  /** Relative to the folder, with `/`. */
  readonly file: string
  readonly kind: FileKind
}

/** More files than any plant has: somebody gave a home directory. */
const mostFiles = 20_000
const deepestFolder = 8

const yaml = String.raw`\.ya?ml$`
const kinds: readonly (readonly [RegExp, FileKind])[] = [
  [new RegExp(`^plant${yaml}`), 'plant'],
  [new RegExp(`^access${yaml}`), 'access'],
  [new RegExp(`^maintenance${yaml}`), 'elsewhere'],
  [/^gateways\/.*/, 'elsewhere'],
  [/^docs\/.*/, 'elsewhere'],
  [new RegExp(`^labels/.*${yaml}`), 'label'],
  [/^labels\/.*\.(png|svg)$/, 'labelImage'],
  [new RegExp(`^devices/.*${yaml}`), 'device'],
  [new RegExp(`^tags/.*${yaml}`), 'tag'],
  [/^tags\/.*\.csv$/i, 'tagCsv'],
  [new RegExp(`^equipment/types/.*${yaml}`), 'equipmentType'],
  [/^equipment\/types\/.*\.svg$/, 'symbol'],
  [new RegExp(`^equipment/.*${yaml}`), 'equipment'],
  [new RegExp(`^mimics/navigation${yaml}`), 'navigation'],
  [/^mimics\/[^/]*\.svg$/, 'mimic'],
  [new RegExp(`^simulation/.*${yaml}`), 'simulation'],
  [new RegExp(`^trends/[^/]*${yaml}`), 'trend'],
  [new RegExp(`^alarms/.*${yaml}`), 'alarm'],
  [new RegExp(`^libraries/[^/]+/library${yaml}`), 'library'],
  [new RegExp(`^libraries/[^/]+/types/.*${yaml}`), 'libraryType'],
  [/^libraries\/[^/]+\/types\/.*\.svg$/, 'librarySymbol'],
  [/^libraries\/[^/]+\/.*/, 'libraryFile'],
]

/** Kind of a file by its path relative to the folder. */
export function kindOf(file: string): FileKind {
  return kinds.find(([pattern]) => pattern.test(file))?.[1] ?? 'unknown'
}

/** Files that belong to nobody's plant: notes of editors, of git and of people. */
function isIgnored(name: string): boolean {
  return (
    name.startsWith('.') ||
    name.endsWith('~') ||
    name.endsWith('.tmp') ||
    name.endsWith('.swp') ||
    name === 'node_modules'
  )
}

/** Where the files of a plant come from: the folder, or the folder as it would be after an edit. */
export interface PlantFiles {
  /** For messages. */
  readonly folder: string
  list(faults: FaultList): Promise<readonly PlantFileEntry[]>
  /** Text of a file, null after its fault was listed. */
  read(file: string, faults: FaultList): Promise<string | null>
  /** A file that is no text, null after its fault was listed. */
  readBytes(file: string, faults: FaultList): Promise<Uint8Array | null>
  /**
   * Files of a library that lies outside: from now on they are read as `libraries/<name>/…`. Null when there is no such folder.
   */
  mountLibrary(name: string, folder: string, faults: FaultList): Promise<readonly PlantFileEntry[] | null>
}

/** The files on disk. */
export class FolderFiles implements PlantFiles {
  readonly folder: string
  /** Everything read so far, by file: what was checked is what is kept. */
  readonly texts = new Map<string, string>()
  /** The same of files that are no texts. */
  readonly images = new Map<string, Uint8Array>()
  /** Libraries that lie outside: where they begin in the plant, and their folders. */
  readonly #mounts = new Map<string, string>()

  /** `folder` is an absolute path. */
  constructor(folder: string) {
    this.folder = folder
  }

  list(faults: FaultList): Promise<readonly PlantFileEntry[]> {
    return scanFolder(this.folder, faults)
  }

  async read(file: string, faults: FaultList): Promise<string | null> {
    const text = await readSource(this.pathOf(file), file, faults)
    if (text !== null) this.texts.set(file, text)
    return text
  }

  async readBytes(file: string, faults: FaultList): Promise<Uint8Array | null> {
    const bytes = await readImage(this.pathOf(file), file, faults)
    if (bytes !== null) this.images.set(file, bytes)
    return bytes
  }

  /** Where a file of the plant or of a library it uses is on disk. */
  pathOf(file: string): string {
    for (const [prefix, folder] of this.#mounts)
      if (file.startsWith(prefix)) return join(folder, file.slice(prefix.length))
    return join(this.folder, file)
  }

  async mountLibrary(name: string, folder: string, faults: FaultList): Promise<readonly PlantFileEntry[] | null> {
    const isFolder = await stat(folder).then(
      (found) => found.isDirectory(),
      () => false,
    )
    if (!isFolder) return null
    const prefix = `libraries/${name}/`
    this.#mounts.set(prefix, folder)
    const entries: PlantFileEntry[] = []
    const root = await realpath(folder)
    await walk(root, root, prefix, 0, entries, faults)
    return entries.sort((a, b) => (a.file < b.file ? -1 : 1))
  }
}

/** The folder as it would be with some files written anew. */
export class EditedFiles implements PlantFiles {
  readonly folder: string
  readonly #files: PlantFiles
  readonly #edits: ReadonlyMap<string, string>

  constructor(files: PlantFiles, edits: ReadonlyMap<string, string>) {
    this.folder = files.folder
    this.#files = files
    this.#edits = edits
  }

  async list(faults: FaultList): Promise<readonly PlantFileEntry[]> {
    const present = await this.#files.list(faults)
    const added = [...this.#edits.keys()].filter((file) => !present.some((entry) => entry.file === file))
    return [...present, ...added.map((file) => ({ file, kind: kindOf(file) }))]
  }

  async read(file: string, faults: FaultList): Promise<string | null> {
    return this.#edits.get(file) ?? this.#files.read(file, faults)
  }

  readBytes(file: string, faults: FaultList): Promise<Uint8Array | null> {
    return this.#files.readBytes(file, faults)
  }

  mountLibrary(name: string, folder: string, faults: FaultList): Promise<readonly PlantFileEntry[] | null> {
    return this.#files.mountLibrary(name, folder, faults)
  }
}

/** All files of the folder, sorted by name. A folder that cannot be read is a fault. */
async function scanFolder(folder: string, faults: FaultList): Promise<readonly PlantFileEntry[]> {
  const entries: PlantFileEntry[] = []
  let root: string
  try {
    root = await realpath(folder)
    if (!(await stat(root)).isDirectory()) throw new Error('it is a file, not a folder')
  } catch (error) {
    faults.add('plant.yaml', { line: 1, column: 1 }, `the plant folder ${folder} cannot be read: ${messageOf(error)}`)
    return []
  }
  await walk(root, root, '', 0, entries, faults)
  if (entries.length > mostFiles) {
    faults.add('plant.yaml', { line: 1, column: 1 }, `more than ${mostFiles} files: is ${folder} the plant folder?`)
    return []
  }
  return entries.sort((a, b) => (a.file < b.file ? -1 : 1))
}

async function walk(
  root: string,
  folder: string,
  prefix: string,
  depth: number,
  entries: PlantFileEntry[],
  faults: FaultList,
): Promise<void> {
  if (depth > deepestFolder || entries.length > mostFiles) return
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (isIgnored(entry.name)) continue
    const file = prefix + entry.name
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await walk(root, path, `${file}/`, depth + 1, entries, faults)
    else if (entry.isFile() || (entry.isSymbolicLink() && (await isFileInside(root, path))))
      entries.push({ file, kind: kindOf(file) })
    else if (entry.isSymbolicLink())
      faults.add(
        file,
        { line: 1, column: 1 },
        'this link leads out of the plant folder, to a folder, or nowhere; it is not followed',
      )
    if (entries.length > mostFiles) return
  }
}

async function isFileInside(root: string, path: string): Promise<boolean> {
  try {
    const target = await realpath(path)
    return target.startsWith(root + sep) && (await stat(target)).isFile()
  } catch {
    return false
  }
}

/** Text of the file at a path, null after its fault was listed. */
async function readSource(path: string, file: string, faults: FaultList): Promise<string | null> {
  try {
    const { size } = await stat(path)
    if (size > largestFile) {
      faults.add(
        file,
        { line: 1, column: 1 },
        `the file has ${size} bytes; ${largestFile} are the most, split it into several files`,
      )
      return null
    }
    const source = decodeSource(await readFile(path))
    if (source.ok) return source.text
    faults.add(file, source, source.message)
  } catch (error) {
    faults.add(file, { line: 1, column: 1 }, `the file cannot be read: ${messageOf(error)}`)
  }
  return null
}

/** An image of a label is black and white; one that is larger was made for something else. */
const largestImage = 1_000_000

async function readImage(path: string, file: string, faults: FaultList): Promise<Uint8Array | null> {
  try {
    const { size } = await stat(path)
    if (size <= largestImage) return new Uint8Array(await readFile(path))
    faults.add(file, { line: 1, column: 1 }, `the image has ${size} bytes; ${largestImage} are the most`)
  } catch (error) {
    faults.add(file, { line: 1, column: 1 }, `the file cannot be read: ${messageOf(error)}`)
  }
  return null
}
