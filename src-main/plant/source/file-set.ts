// Several files of the plant folder changed as one step: after a power cut or a kill either all of them are new or none is.
// The new texts are on the disk before the first file changes place, with a list of what is to be done; whoever comes next
// does the rest. The order is the caller's, so that a reader in between finds no fault.
import { createHash } from 'node:crypto'
import { lstat, mkdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import { flushFolder, writeFileAtomically, writeFlushed } from './atomic-file.ts'

/** Texts of a file before and after, without byte order mark; null = there is none. */
export interface FileChange {
  /** Relative to the plant folder, with `/`. */
  readonly file: string
  readonly before: string | null
  readonly after: string | null
}

/** What is under way; begins with a dot, so that it is no file of the plant. */
const listName = '.lineside-edit.json'

/** One file of the list. */
interface PendingFile {
  readonly file: string
  /** Beside the file; null = the file is deleted. */
  readonly temporary: string | null
  /** SHA-256 of the text; null = no such file. */
  readonly before: string | null
  readonly after: string | null
}

/**
 * Writes the changes, all or none, in their order. Throws RuntimeError BadEntryExists when a file is not as `before` says any more,
 * BadResourceUnavailable when one cannot be written or lies outside of the folder.
 */
export async function writeFileSet(folder: string, changes: readonly FileChange[]): Promise<void> {
  const needed = changes.filter(({ before, after }) => before !== after)
  const first = needed[0]
  if (first === undefined) return
  const paths = new Map<string, string>()
  const pathOf = (file: string) => paths.get(file)!
  const pending: PendingFile[] = []
  let isListed = false
  try {
    for (const { file } of needed) paths.set(file, await pathInside(folder, file))
    for (const { file, before, after } of needed) {
      const temporary = after === null ? null : `${relative(folder, pathOf(file))}.${process.pid}.tmp`
      pending.push({ file: relative(folder, pathOf(file)), temporary, before: digest(before), after: digest(after) })
      if (temporary === null) continue
      await mkdir(dirname(pathOf(file)), { recursive: true })
      await writeFlushed(join(folder, temporary), await withMark(pathOf(file), after!))
    }
    for (const { file, before } of needed) await refuseOtherText(pathOf(file), file, before)
    // One file is new or old by itself; a list is needed for two.
    if (pending.length > 1) {
      await writeFileAtomically(join(folder, listName), JSON.stringify(pending))
      isListed = true
    }
    for (const file of pending) await take(folder, file)
    if (isListed) await removeList(folder)
  } catch (error) {
    if (isListed) await takeBack(folder, needed, pathOf)
    await discard(folder, pending)
    if (error instanceof RuntimeError) throw error
    throw new RuntimeError('BadResourceUnavailable', inWords(first.file, error), error)
  }
}

/** Does the rest of a step that was cut short. Files that somebody changed since then stay as they are, all of them. */
export async function finishFileSet(folder: string): Promise<void> {
  const pending = await readPending(folder)
  if (pending === null) return
  const states = await Promise.all(
    pending.map(async (file) => ({ file, now: await digestOfFile(join(folder, file.file)) })),
  )
  const canGoOn = await Promise.all(
    states.map(
      async ({ file, now }) =>
        now === file.after ||
        (now === file.before &&
          (file.temporary === null || (await digestOfFile(join(folder, file.temporary))) === file.after)),
    ),
  )
  if (canGoOn.every(Boolean)) for (const { file, now } of states) if (now !== file.after) await take(folder, file)
  await removeList(folder)
  await discard(folder, pending)
}

/** Absolute path of a file; throws RuntimeError BadResourceUnavailable when it, or a folder on the way, leads out of the plant folder. */
export async function pathInside(folder: string, file: string): Promise<string> {
  const root = await realpath(folder)
  const refuse = (): never => {
    throw new RuntimeError(
      'BadResourceUnavailable',
      `${file} leads out of the plant folder through a link; it is not touched`,
    )
  }
  let folderPath = dirname(join(folder, file))
  // Folders that are made with the file have no links.
  while (!(await exists(folderPath)) && folderPath !== folder) folderPath = dirname(folderPath)
  const real = await realpath(folderPath)
  if (real !== root && !real.startsWith(root + sep)) refuse()
  const path = join(folder, file)
  const entry = await lstat(path).catch(() => null)
  if (entry === null || !entry.isSymbolicLink()) return path
  const target = await realpath(path).catch(refuse)
  if (!target.startsWith(root + sep)) refuse()
  return join(folder, relative(root, target))
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null
}

async function take(folder: string, { file, temporary }: PendingFile): Promise<void> {
  const path = join(folder, file)
  if (temporary === null) await rm(path, { force: true })
  else await rename(join(folder, temporary), path)
  await flushFolder(dirname(path))
}

/** Puts back what changed place already; where even that fails, the list stays and the next one goes on forward. */
async function takeBack(
  folder: string,
  changes: readonly FileChange[],
  pathOf: (file: string) => string,
): Promise<void> {
  for (const { file, before, after } of changes) {
    const path = pathOf(file)
    if ((await digestOfFile(path)) !== digest(after)) continue
    if (before === null) await rm(path, { force: true })
    else await writeFileAtomically(path, await withMark(path, before))
  }
  await removeList(folder)
}

async function refuseOtherText(path: string, file: string, before: string | null): Promise<void> {
  if ((await digestOfFile(path)) !== digest(before))
    throw new RuntimeError('BadEntryExists', `${file} was changed meanwhile; open it again, then repeat the change`)
}

async function readPending(folder: string): Promise<readonly PendingFile[] | null> {
  let text: string
  try {
    text = await readFile(join(folder, listName), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  const list = parsedList(text)
  if (list === null) await removeList(folder)
  return list
}

/** The list is written in one piece by this file; anything else in its place is nobody's order to touch files. */
function parsedList(text: string): readonly PendingFile[] | null {
  const isText = (value: unknown) => value === null || typeof value === 'string'
  try {
    const list: unknown = JSON.parse(text)
    const isList =
      Array.isArray(list) &&
      list.every(
        (entry: Partial<Record<keyof PendingFile, unknown>>) =>
          typeof entry.file === 'string' &&
          isBelow(entry.file) &&
          isText(entry.temporary) &&
          (entry.temporary === null || isBelow(String(entry.temporary))) &&
          isText(entry.before) &&
          isText(entry.after),
      )
    return isList ? (list as readonly PendingFile[]) : null
  } catch {
    return null
  }
}

function isBelow(file: string): boolean {
  return /^(mimics|equipment)[/\\]/.test(file) && !file.split(/[/\\]/).includes('..')
}

async function removeList(folder: string): Promise<void> {
  await rm(join(folder, listName), { force: true })
  await flushFolder(folder)
}

async function discard(folder: string, pending: readonly PendingFile[]): Promise<void> {
  // One that cannot be removed was never made, or is read by nobody: `.tmp` is no file of the plant.
  for (const { temporary } of pending)
    if (temporary !== null) await rm(join(folder, temporary), { force: true }).catch(() => undefined)
}

function digest(text: string | null): string | null {
  return text === null
    ? null
    : createHash('sha256')
        .update(text.replace(/^\ufeff/, ''), 'utf8')
        .digest('hex')
}

/** Of the text: a byte order mark before it is none of it. */
async function digestOfFile(path: string): Promise<string | null> {
  try {
    const bytes = await readFile(path)
    return createHash('sha256')
      .update(isMarked(bytes) ? bytes.subarray(3) : bytes)
      .digest('hex')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

function isMarked(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
}

/** A file that begins with a byte order mark goes on doing so. */
async function withMark(path: string, text: string): Promise<string> {
  const bytes = await readFile(path).catch(() => new Uint8Array())
  return isMarked(bytes) ? `\ufeff${text}` : text
}

function inWords(file: string, error: unknown): string {
  const code = (error as NodeJS.ErrnoException | null)?.code
  if (code === 'ENOSPC' || code === 'EDQUOT') return `${file} cannot be written: the disk is full; nothing was changed`
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return `${file} cannot be written: the plant folder may only be read; nothing was changed`
  return `${file} cannot be written: ${messageOf(error)}`
}
