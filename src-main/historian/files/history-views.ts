// Opens views of a history folder for one reader thread; keeps the files open that are asked for again.
import { statSync } from 'node:fs'
import { HistoryFilesError } from './history-files-error.ts'
import type { HistoryView, HistoryViewSource, HistoryViewsOptions } from './history-view.ts'
import { asFilesError } from './partition-file.ts'
import { fileNames, listPartitions, type PartitionFiles, partitionsFolder } from './partition-name.ts'
import { PartitionReader } from './partition-reader.ts'
import { PartitionsView } from './partitions-view.ts'
import { SeriesCatalogReader } from './series-catalog.ts'

/** Partitions that are kept open; each has two files. Views that need more have more, as long as they are open. */
const openPartitionLimit = 512
const defaultCacheBytes = 48 * 1024 * 1024
/** Changes of the folder within so many ms may have the same time stamp (the clock of file systems ticks slowly). */
const folderClockTickMs = 50

export class HistoryViews implements HistoryViewSource {
  readonly #folder: string
  readonly #partitionsFolder: string
  readonly #cacheBytes: number
  #keptByteCount = 0
  #catalog: SeriesCatalogReader
  #listing: readonly PartitionFiles[] = []
  /** Of the folder when it was listed; −1 = has to be listed again. */
  #listedAt = -1
  /** By the names of their files; the one used last is last. */
  readonly #readers = new Map<string, PartitionReader>()

  /** A folder without history has no series. Throws HistoryFilesError. */
  constructor({ folder, cacheBytes = defaultCacheBytes }: HistoryViewsOptions) {
    this.#cacheBytes = cacheBytes
    this.#folder = folder
    this.#partitionsFolder = partitionsFolder(folder)
    this.#catalog = new SeriesCatalogReader(folder)
  }

  open(sealLimit = Number.POSITIVE_INFINITY): HistoryView {
    if (this.#catalog.isEmpty) this.#catalog = new SeriesCatalogReader(this.#folder)
    this.#list()
    return new PartitionsView(this.#catalog, this.#listing, sealLimit, (files) => this.#reader(files))
  }

  close(): void {
    for (const reader of this.#readers.values()) reader.giveUp()
    this.#readers.clear()
    this.#catalog.close()
  }

  #list(): void {
    const changedAt = statSync(this.#partitionsFolder, { throwIfNoEntry: false })?.mtimeMs ?? 0
    if (changedAt === this.#listedAt) return
    this.#listing = listPartitions(this.#partitionsFolder).partitions
    this.#listedAt = Math.abs(Date.now() - changedAt) < folderClockTickMs ? -1 : changedAt
    const names = new Set(this.#listing.map(keyOf))
    for (const [name, reader] of this.#readers) if (!names.has(name)) this.#giveUp(name, reader)
  }

  /**
   * The partition as it is now: one that was rewritten since the listing is read as it is since then. null = it was dropped. Throws
   * HistoryFilesError.
   */
  #reader(files: PartitionFiles): PartitionReader | null {
    let current: PartitionFiles | undefined = files
    for (let attempt = 0; current; attempt++) {
      try {
        return this.#open(current)
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'ENOENT' || attempt === 10)
          throw asFilesError(error, `opening the partition ${keyOf(current)}`)
        this.#listedAt = -1
        this.#list()
        current = this.#listing.find((listed) => listed.from === files.from)
      }
    }
    return null
  }

  #open(files: PartitionFiles): PartitionReader {
    const key = keyOf(files)
    const kept = this.#readers.get(key)
    if (files.indexGeneration === 0)
      throw new HistoryFilesError(
        'damaged',
        `The partition ${key} has no index; it is made anew when the station starts, or by a repair`,
      )
    const reader = kept ?? new PartitionReader(this.#partitionsFolder, files, (byteCount) => this.#keep(byteCount))
    this.#readers.delete(key)
    this.#readers.set(key, reader)
    for (const [oldest, other] of this.#readers) {
      if (this.#readers.size <= openPartitionLimit) break
      this.#giveUp(oldest, other)
    }
    return reader
  }

  /** Counts what readers keep; when it is too much, those used least lately let go of theirs. */
  #keep(byteCount: number): void {
    this.#keptByteCount += byteCount
    for (const reader of this.#readers.values()) {
      if (this.#keptByteCount <= this.#cacheBytes) return
      this.#keptByteCount -= reader.forget()
    }
  }

  #giveUp(key: string, reader: PartitionReader): void {
    this.#readers.delete(key)
    this.#keptByteCount -= reader.forget()
    reader.giveUp()
  }
}

function keyOf(files: PartitionFiles): string {
  return fileNames(files).at(-1) as string
}
