// Copies the history of a running station into a folder that opens by itself. Files only grow or are replaced, so that the copy of
// a prefix is a state that was.
import { existsSync } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { copyDatabase } from '../../storage/database.ts'
import { ChunkIndex } from './chunk-index.ts'
import { HistoryFilesError } from './history-files-error.ts'
import { asFilesError, syncFolder } from './partition-file.ts'
import {
  chunkFileName,
  indexFileName,
  listPartitions,
  type PartitionFiles,
  partitionsFolder,
} from './partition-name.ts'
import { catalogFile } from './series-catalog.ts'

const pieceByteCount = 1024 * 1024
/** A partition that is rewritten while it is copied is copied again, so often. */
const attemptCount = 10

export interface BackupOptions {
  readonly signal?: AbortSignal
  /** Called after each piece. */
  readonly onProgress?: (copiedByteCount: number) => void
}

export interface BackupResult {
  readonly byteCount: number
  readonly partitionCount: number
}

/**
 * Copies `folder` (`<data>/history`) to `to`, which must not exist; it appears when it is complete and on the disk. Beside a running
 * writer, or without one. What is not in a chunk yet is in the copy's journal. Throws HistoryFilesError (`diskFull`), RuntimeError
 * BadInvalidArgument (`to` exists), BadNotFound (no history), BadRequestInterrupted (`signal`).
 */
export async function backupHistory(folder: string, to: string, options: BackupOptions = {}): Promise<BackupResult> {
  if (existsSync(to))
    throw new RuntimeError('BadInvalidArgument', `${to} exists already; a backup makes its own folder`)
  if (!existsSync(catalogFile(folder))) throw new RuntimeError('BadNotFound', `There is no history in ${folder}`)
  const making = `${to}.making`
  const copy = new FolderCopy(making, options)
  try {
    await rm(making, { recursive: true, force: true })
    await mkdir(partitionsFolder(making), { recursive: true, mode: 0o700 })
    // First the journal: whatever it has that is sealed meanwhile is in a partition that is copied later.
    await copy.journal(folder)
    const partitionCount = await copy.partitions(folder)
    // Last the catalog: it knows every series that the files before speak of.
    copyDatabase(catalogFile(folder), catalogFile(making))
    await copy.sync(catalogFile(making))
    await syncFolder(partitionsFolder(making))
    await syncFolder(making)
    await rename(making, to)
    return { byteCount: copy.byteCount, partitionCount }
  } catch (error) {
    await rm(making, { recursive: true, force: true })
    if (error instanceof RuntimeError) throw error
    throw asFilesError(error, `the backup of ${folder}`)
  }
}

class FolderCopy {
  byteCount = 0
  readonly #to: string
  readonly #options: BackupOptions

  constructor(to: string, options: BackupOptions) {
    this.#to = to
    this.#options = options
  }

  async journal(folder: string): Promise<void> {
    const from = join(folder, 'journal')
    if (!existsSync(from)) return
    const to = join(this.#to, 'journal')
    await mkdir(to, { mode: 0o700 })
    for (const name of (await readdir(from)).filter((file) => file.endsWith('.journal')).sort()) {
      try {
        await this.#copy(join(from, name), join(to, name), Number.POSITIVE_INFINITY)
      } catch (error) {
        // Dropped since it was listed: all of it is in chunks by now.
        if ((error as { code?: unknown }).code !== 'ENOENT') throw error
      }
    }
    await syncFolder(to)
  }

  /** Newest first: what lies before a week's end is complete when it is copied after the week that follows. */
  async partitions(folder: string): Promise<number> {
    const from = partitionsFolder(folder)
    const { partitions } = listPartitions(from)
    let count = 0
    for (const files of [...partitions].reverse()) if (await this.#partition(from, files)) count++
    return count
  }

  async sync(file: string): Promise<void> {
    const handle = await open(file, 'r+')
    try {
      this.byteCount += (await handle.stat()).size
      await handle.sync()
    } finally {
      await handle.close()
    }
  }

  /** False when it was dropped since it was listed. */
  async #partition(from: string, listed: PartitionFiles): Promise<boolean> {
    let files: PartitionFiles | undefined = listed
    for (let attempt = 0; files; attempt++) {
      try {
        await this.#files(from, files)
        return true
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'ENOENT' || attempt === attemptCount) throw error
        files = listPartitions(from).partitions.find((other) => other.from === listed.from)
      }
    }
    return false
  }

  async #files(from: string, files: PartitionFiles): Promise<void> {
    const { generation, indexGeneration } = files
    if (indexGeneration === 0)
      throw new HistoryFilesError(
        'damaged',
        `The partition ${chunkFileName(files, generation)} has no index; repair the history first`,
      )
    const to = partitionsFolder(this.#to)
    const indexName = indexFileName(files, generation, indexGeneration)
    // The index first: all chunks it knows are in the chunk file by then.
    const index = ChunkIndex.open(join(from, indexName))
    const { tailEnd, knownByteCount } = index
    index.close()
    await this.#copy(join(from, indexName), join(to, indexName), tailEnd)
    const name = chunkFileName(files, generation)
    await this.#copy(join(from, name), join(to, name), Number.POSITIVE_INFINITY, knownByteCount)
  }

  /** Copies at most `limit` bytes. Throws `damaged` when there are fewer than `least`. */
  async #copy(from: string, to: string, limit: number, least = 0): Promise<void> {
    const source = await open(from, 'r')
    let target: FileHandle | null = null
    try {
      target = await open(to, 'w', 0o600)
      const piece = Buffer.allocUnsafe(pieceByteCount)
      let at = 0
      while (at < limit) {
        if (this.#options.signal?.aborted) throw new RuntimeError('BadRequestInterrupted', 'The backup was broken off')
        const { bytesRead } = await source.read(piece, 0, Math.min(pieceByteCount, limit - at), at)
        if (bytesRead === 0) break
        await target.write(piece, 0, bytesRead, at)
        at += bytesRead
        this.byteCount += bytesRead
        this.#options.onProgress?.(this.byteCount)
      }
      if (at < least) throw new HistoryFilesError('damaged', `${from} is shorter than its index says`)
      await target.sync()
    } finally {
      await source.close()
      await target?.close()
    }
  }
}
