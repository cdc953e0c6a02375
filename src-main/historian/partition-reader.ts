// One partition as readers have it: its files open, rows of its index and decoded columns kept while they are asked for.
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { decodeRecordHeader, isIntact, recordHeaderByteCount, recordTypes } from './chunk-file.ts'
import { ChunkIndex, readAt, readInto, type SeriesEntry } from './chunk-index.ts'
import { rowWords } from './chunk-rows.ts'
import { HistoryFilesError } from './history-files-error.ts'
import { sortedRows } from './partition-index.ts'
import { chunkFileName, indexFileName, type PartitionFiles } from './partition-name.ts'
import { openTimestamps, type TimestampColumn } from './timestamp-codec.ts'

/** Sorted rows of a series that readers ask for again are kept up to so many bytes in each partition. */
const keptRowsByteCount = 32 * 1024 * 1024
const keptColumnCount = 256

export class PartitionReader {
  readonly files: PartitionFiles
  readonly index: ChunkIndex
  readonly chunkFile: string
  readonly #descriptor: number
  readonly #rows = new Map<number, Float64Array>()
  readonly #pages = new Map<number, Float64Array>()
  #rowsByteCount = 0
  readonly #columns = new Map<number, KeptColumn>()
  /** Views that use it; closed when the last one ends after the files were given up. */
  #userCount = 0
  #isGivenUp = false

  /** Throws HistoryFilesError; system errors as they are (ENOENT: the partition was rewritten or dropped meanwhile). */
  constructor(folder: string, files: PartitionFiles) {
    this.files = files
    this.chunkFile = join(folder, chunkFileName(files, files.generation))
    this.#descriptor = openSync(this.chunkFile, 'r')
    try {
      this.index = ChunkIndex.open(join(folder, indexFileName(files, files.generation, files.indexGeneration)))
    } catch (error) {
      closeSync(this.#descriptor)
      throw error
    }
  }

  use(): void {
    this.#userCount++
  }

  /** Ends a use. */
  release(): void {
    this.#userCount--
    if (this.#isGivenUp && this.#userCount === 0) this.#close()
  }

  /** Not opened for views any more; closed when the last view that uses it is. */
  giveUp(): void {
    this.#isGivenUp = true
    if (this.#userCount === 0) this.#close()
  }

  /** Rows of the sorted part, in order; none for a series that is not in it. */
  sortedRows(series: number): Float64Array {
    return this.#kept(this.#rows, series, (index, entry) => index.rows(entry))
  }

  /** Pages of the sorted part. */
  pages(series: number): Float64Array {
    return this.#kept(this.#pages, series, (index, entry) => index.pages(entry))
  }

  /** Rows of the tail as far as the view sees it, in order of (first time stamp, seal number). */
  tailRows(series: number, tailCount: number): Float64Array {
    const numbers = this.index.tailOf(series)
    let count = numbers.length
    while (count > 0 && (numbers[count - 1] as number) >= tailCount) count--
    if (count === 0) return noRows
    const rows = new Float64Array(count * rowWords)
    for (let row = 0; row < count; row++) {
      const at = (numbers[row] as number) * rowWords
      for (let word = 0; word < rowWords; word++) rows[row * rowWords + word] = this.index.tailRows[at + word] as number
    }
    return sortedRows(rows)
  }

  /** Fills the bytes from the chunk file. Throws HistoryFilesError `damaged` at its end. */
  read(bytes: Uint8Array, offset: number): void {
    if (readInto(this.#descriptor, bytes, offset) < bytes.length)
      throw new HistoryFilesError('damaged', `${this.chunkFile} ends before byte ${offset + bytes.length}`)
  }

  /** The column of time stamps at this place, opened but not decoded. */
  column(offset: number): TimestampColumn {
    return this.#column(offset).opened
  }

  /** The same, decoded; shared, not to be changed. */
  timestamps(offset: number): Float64Array {
    const column = this.#column(offset)
    column.decoded ??= column.opened.decodeAll()
    return column.decoded
  }

  #column(offset: number) {
    const kept = this.#columns.get(offset)
    if (kept) {
      this.#columns.delete(offset)
      this.#columns.set(offset, kept)
      return kept
    }
    const column: KeptColumn = { opened: openTimestamps(this.#timestampBytes(offset)), decoded: null }
    this.#columns.set(offset, column)
    const oldest = this.#columns.keys().next().value
    if (this.#columns.size > keptColumnCount && oldest !== undefined) this.#columns.delete(oldest)
    return column
  }

  #timestampBytes(offset: number): Uint8Array {
    let bytes = readAt(this.#descriptor, offset, likelyColumnByteCount)
    const header = decodeRecordHeader(bytes)
    const byteCount = recordHeaderByteCount + (header?.length ?? 0)
    if (byteCount > bytes.length) bytes = readAt(this.#descriptor, offset, byteCount)
    if (header?.type !== recordTypes.timestamps || !isIntact(bytes))
      throw new HistoryFilesError('damaged', `The time stamps at byte ${offset} of ${this.chunkFile} are damaged`)
    return bytes.subarray(recordHeaderByteCount, byteCount)
  }

  #kept(
    kept: Map<number, Float64Array>,
    series: number,
    read: (index: ChunkIndex, entry: SeriesEntry) => Float64Array,
  ): Float64Array {
    const before = kept.get(series)
    if (before) return before
    const entry = this.index.entryOf(series)
    if (!entry) return noRows
    const rows = read(this.index, entry)
    if (this.#rowsByteCount + rows.byteLength > keptRowsByteCount) {
      this.#rows.clear()
      this.#pages.clear()
      this.#rowsByteCount = 0
    }
    this.#rowsByteCount += rows.byteLength
    kept.set(series, rows)
    return rows
  }

  #close(): void {
    closeSync(this.#descriptor)
    this.index.close()
  }
}

interface KeptColumn {
  readonly opened: TimestampColumn
  decoded: Float64Array | null
}

const noRows = new Float64Array(0)
/** Columns of 4096 regular time stamps are shorter. */
const likelyColumnByteCount = 4096
