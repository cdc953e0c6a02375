// A file that only grows: a write that fails leaves it as it was, and syncing never holds up the thread.
import {
  closeSync,
  fdatasync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writevSync,
} from 'node:fs'
import { messageOf } from '../../shared/runtime-error.ts'
import { HistoryFilesError } from './history-files-error.ts'

/** Codes of the operating system that mean "no room". */
const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'SQLITE_FULL', 'full'])

/** Any error of the system or of SQLite as a HistoryFilesError, no room told apart; those that are one as they are. */
export function asFilesError(error: unknown, attempted: string): HistoryFilesError {
  if (error instanceof HistoryFilesError) return error
  const { code, kind } = error as { code?: unknown; kind?: unknown }
  const isFull = fullCodes.has(String(code)) || fullCodes.has(String(kind))
  return new HistoryFilesError(isFull ? 'diskFull' : 'ioError', `${attempted} failed: ${messageOf(error)}`, error)
}

/** Bytes handed to the operating system by this thread, for the figures of health. */
export const written = { byteCount: 0 }

export class PartitionFile {
  file: string
  /** Where the next byte goes. */
  size: number
  /** Bytes that are surely on the disk. */
  syncedSize: number
  readonly #descriptor: number

  /** Opens for writing; `create`: it must not exist yet. Throws HistoryFilesError. */
  constructor(file: string, create: boolean) {
    this.file = file
    try {
      this.#descriptor = openSync(file, create ? 'wx+' : 'r+', 0o600)
      this.size = fstatSync(this.#descriptor).size
    } catch (error) {
      throw asFilesError(error, `opening ${file}`)
    }
    this.syncedSize = create ? 0 : this.size
  }

  get descriptor(): number {
    return this.#descriptor
  }

  /** All or nothing. Throws HistoryFilesError, kind `diskFull` when there was no room. */
  append(parts: readonly Uint8Array[]): void {
    const before = this.size
    try {
      let pending = parts.filter((part) => part.length > 0)
      while (pending.length > 0) {
        const count = writevSync(this.#descriptor, pending.slice(0, 512), this.size)
        this.size += count
        written.byteCount += count
        pending = rest(pending, count)
      }
    } catch (error) {
      this.truncate(before)
      throw asFilesError(error, `writing to ${this.file}`)
    }
  }

  /** Gives up what is behind `size`. */
  truncate(size: number): void {
    try {
      ftruncateSync(this.#descriptor, size)
    } catch (error) {
      throw asFilesError(error, `shortening ${this.file}`)
    }
    this.size = size
    this.syncedSize = Math.min(this.syncedSize, size)
  }

  /** Overwrites bytes that exist. */
  overwrite(bytes: Uint8Array, at: number): void {
    try {
      written.byteCount += writevSync(this.#descriptor, [bytes], at)
    } catch (error) {
      throw asFilesError(error, `writing to ${this.file}`)
    }
  }

  /** Resolves when everything appended before the call is on the disk. */
  sync(): Promise<void> {
    const size = this.size
    return new Promise((resolve, reject) => {
      fdatasync(this.#descriptor, (error) => {
        if (error) return reject(asFilesError(error, `syncing ${this.file}`))
        this.syncedSize = Math.max(this.syncedSize, Math.min(size, this.size))
        resolve()
      })
    })
  }

  /** Bytes [from, to). */
  read(from: number, to: number): Buffer {
    const bytes = Buffer.allocUnsafe(to - from)
    let done = 0
    while (done < bytes.length) {
      const count = readSync(this.#descriptor, bytes, done, bytes.length - done, from + done)
      if (count === 0) throw new HistoryFilesError('damaged', `${this.file} is shorter than it was`)
      done += count
    }
    return bytes
  }

  /** Gives it another name; one that is there already is replaced. */
  rename(file: string): void {
    try {
      renameSync(this.file, file)
    } catch (error) {
      throw asFilesError(error, `renaming ${this.file}`)
    }
    this.file = file
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  /** Closes and removes: of a file that was being made. */
  discard(): void {
    closeSync(this.#descriptor)
    unlinkSync(this.file)
  }
}

/** What is left after `count` bytes were written. */
function rest(parts: readonly Uint8Array[], count: number): Uint8Array[] {
  let left = count
  const remaining: Uint8Array[] = []
  for (const part of parts) {
    if (left >= part.length) left -= part.length
    else {
      remaining.push(left > 0 ? part.subarray(left) : part)
      left = 0
    }
  }
  return remaining
}

/** Makes creations, renamings and removals in the folder survive a power cut. */
export function syncFolder(folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let descriptor: number
    try {
      descriptor = openSync(folder, 'r')
    } catch (error) {
      // Windows does not open folders; its file system keeps their changes in order by itself.
      if (process.platform === 'win32') return resolve()
      return reject(asFilesError(error, `opening ${folder}`))
    }
    fdatasync(descriptor, (error) => {
      closeSync(descriptor)
      if (error && process.platform !== 'win32') reject(asFilesError(error, `syncing ${folder}`))
      else resolve()
    })
  })
}
