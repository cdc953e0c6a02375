// The witness on disk: a small JSON file that says up to where identifiers may have been given out, written whole and synced before
// that is so. The same note lies beside the database and outside of the data folder; docs/identifiers.md.
import { hash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as v from 'valibot'
import { makeFolder } from '../../base/make-folder.ts'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'

const poolNoteSchema = v.object({
  scheme: v.string(),
  period: v.string(),
  template: v.string(),
  /** Every counter up to here may have been given out. */
  upTo: v.pipe(v.number(), v.safeInteger()),
})
const witnessNoteSchema = v.object({
  version: v.literal(1),
  /** Id of the station, that lives in its database. */
  station: v.string(),
  /** Folder of the database. */
  folder: v.string(),
  /** What the database has, once its transaction is committed … */
  token: v.string(),
  /** … or one of these, when it did not come to that. */
  before: v.array(v.string()),
  pools: v.array(poolNoteSchema),
})
export type PoolNote = v.InferOutput<typeof poolNoteSchema>
export type WitnessNote = v.InferOutput<typeof witnessNoteSchema>

export type ReadNote =
  | { readonly kind: 'missing' }
  | { readonly kind: 'damaged'; readonly message: string }
  | { readonly kind: 'note'; readonly note: WitnessNote }

export const besideName = 'identifiers.witness.json'

/** The file outside of the data folder. */
export function outsideFile(stateFolder: string, station: string): string {
  return join(stateFolder, `identifiers-${station}.json`)
}

/** The file outside of the data folder that says how far the last commits went; not synced. */
export function lastFile(stateFolder: string, station: string): string {
  return join(stateFolder, `identifiers-${station}.last`)
}

/** Never throws: a file that cannot be read is damaged. */
export function readNote(file: string): ReadNote {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const isMissing = ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')
    return isMissing ? { kind: 'missing' } : { kind: 'damaged', message: messageOf(error) }
  }
  const at = text.indexOf('\n')
  const body = text.slice(at + 1)
  if (at < 0 || hash('sha256', body) !== text.slice(0, at))
    return { kind: 'damaged', message: `${file} does not have the checksum it begins with` }
  const parsed = v.safeParse(witnessNoteSchema, parseJson(body))
  return parsed.success
    ? { kind: 'note', note: parsed.output }
    : { kind: 'damaged', message: `${file} is of another form` }
}

/** On the disk when it returns, whole or not at all. Throws RuntimeError BadResourceUnavailable. */
export function writeNote(file: string, note: WitnessNote): void {
  const body = `${JSON.stringify(note, null, 1)}\n`
  try {
    makeFolder(dirname(file))
    const beside = `${file}.new`
    const handle = openSync(beside, 'w', 0o600)
    try {
      writeFileSync(handle, `${hash('sha256', body)}\n${body}`)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    renameSync(beside, file)
    syncFolder(dirname(file))
  } catch (error) {
    throw new RuntimeError(
      'BadResourceUnavailable',
      `Nothing is given out: how far the counters may go could not be written down in ${file}: ${messageOf(error)}`,
      error,
    )
  }
}

/** Notes of other stations of this user whose database was in the folder. */
export function notesOfFolder(stateFolder: string, folder: string): readonly WitnessNote[] {
  let files: readonly string[]
  try {
    files = readdirSync(stateFolder)
  } catch {
    // No folder, no notes: nothing was ever given out by this user.
    return []
  }
  const notes: WitnessNote[] = []
  for (const file of files) {
    if (!/^identifiers-.*\.json$/.test(file)) continue
    const read = readNote(join(stateFolder, file))
    if (read.kind === 'note' && read.note.folder === folder) notes.push(read.note)
  }
  return notes
}

/** The highest of both for each pool. */
export function mergedPools(...lists: readonly (readonly PoolNote[])[]): readonly PoolNote[] {
  const merged = new Map<string, PoolNote>()
  for (const pool of lists.flat()) {
    const key = JSON.stringify([pool.scheme, pool.period])
    const other = merged.get(key)
    if (!other || other.upTo < pool.upTo) merged.set(key, pool)
  }
  return [...merged.values()]
}

function syncFolder(folder: string): void {
  // Windows has no handle for a folder; its renames are journaled.
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
