// One partition as readers have it: its files open, rows of its index and decoded columns kept while they are asked for.
import { closeSync, fstatSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { openTimestamps, type TimestampColumn } from '../codec/timestamp-codec.ts'
import {
  decodeRecordHeader,
  headByteCount,
  isIntact,
  longestHeadByteCount,
  recordByteCount,
  recordTypes,
} from './chunk-file.ts'
import { ChunkIndex, type SeriesEntry, seriesEntryByteCount } from './chunk-index.ts'
import { rowWords } from './chunk-rows.ts'
import { HistoryFilesError, ViewOutdated } from './history-files-error.ts'
import { sortedRows } from './partition-index.ts'
import { chunkFileName, indexFileName, type PartitionFiles } from './partition-name.ts'
import { KeptBytes, ReadWindow } from './read-window.ts'

/** What a decoded column, or one that is only opened, is counted as; bytes. */
const decodedByteCount = 32 * 1024
const openedByteCount = 6 * 1024

const window = new ReadWindow()
const kept = new KeptBytes()

export class PartitionReader {
  readonly files: PartitionFiles
  readonly index: ChunkIndex
  readonly chunkFile: string
  readonly #descriptor: number
  readonly #rows = new Map<number, SortedRows>()
  readonly #pages = new Map<number, SortedRows>()
  /** Of the series whose tail was asked for, as it was then. */
  readonly #tails = new Map<number, SortedRows>()
  readonly #onKept: (byteCount: number) => void
  #keptByteCount = 0
  readonly #columns = new Map<number, KeptColumn>()
  /** Views that use it; closed when the last one ends after the files were given up. */
  #userCount = 0
  #isGivenUp = false

  /**
   * `onKept`: told of bytes that are kept from now on; it may call {@link PartitionReader.forget}. Throws HistoryFilesError; system errors as
   * they are (ENOENT: the partition was rewritten or dropped meanwhile).
   */
  constructor(folder: string, files: PartitionFiles, onKept: (byteCount: number) => void) {
    this.#onKept = onKept
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

  /** Lets go of everything that was kept; how many bytes that was. */
  forget(): number {
    const byteCount = this.#keptByteCount
    for (const kept of [this.#rows, this.#pages, this.#tails, this.#columns]) kept.clear()
    this.index.forgetTable()
    this.#keptByteCount = 0
    return byteCount
  }

  /** Rows of the sorted part, in order; none for a series that is not in it. */
  sortedRows(series: number): SortedRows {
    return this.#kept(this.#rows, series, (index, entry) => index.rows(entry))
  }

  /** Pages of the sorted part. */
  pages(series: number): SortedRows {
    return this.#kept(this.#pages, series, (index, entry) => index.pages(entry))
  }

  /** Rows of the tail as far as the view sees it, in order of (first time stamp, seal number). */
  tailRows(series: number, tailCount: number): SortedRows {
    const numbers = this.index.tailOf(series)
    let count = numbers.length
    while (count > 0 && (numbers[count - 1] as number) >= tailCount) count--
    if (count === 0) return noSortedRows
    const kept = this.#tails.get(series)
    if (kept?.numbers.length === count * rowWords) return kept
    const rows = new Float64Array(count * rowWords)
    for (let row = 0; row < count; row++) {
      const at = (numbers[row] as number) * rowWords
      rows.set(this.index.tailRows.subarray(at, at + rowWords), row * rowWords)
    }
    const sorted = inOrder(sortedRows(rows))
    this.#tails.set(series, sorted)
    this.#keep(sorted.numbers.byteLength - (kept?.numbers.byteLength ?? 0))
    return sorted
  }

  /** Bytes of the chunk file, valid until the next call. Throws HistoryFilesError `damaged` at its end. */
  read(offset: number, byteCount: number): Buffer {
    const bytes = window.read(this, this.#descriptor, offset, byteCount)
    if (bytes.length === byteCount) return bytes
    this.#throwWhenDropped()
    throw new HistoryFilesError('damaged', `${this.chunkFile} ends before byte ${offset + byteCount}`)
  }

  /** The column of time stamps at this place, opened but not decoded. */
  column(offset: number): TimestampColumn {
    return this.#column(offset).opened
  }

  /** The same, decoded; shared, not to be changed. */
  timestamps(offset: number): Float64Array {
    const column = this.#column(offset)
    if (column.decoded) return column.decoded
    const decoded = column.opened.decodeAll()
    column.decoded = decoded
    this.#keep(decodedByteCount)
    return decoded
  }

  #column(offset: number) {
    const kept = this.#columns.get(offset)
    if (kept) return kept
    const column: KeptColumn = { opened: openTimestamps(this.#timestampBytes(offset)), decoded: null }
    this.#columns.set(offset, column)
    this.#keep(openedByteCount)
    return column
  }

  /** A copy of its own. */
  #timestampBytes(offset: number): Uint8Array {
    const header = decodeRecordHeader(window.read(this, this.#descriptor, offset, longestHeadByteCount))
    const byteCount = header ? recordByteCount(header) : 0
    const bytes = window.read(this, this.#descriptor, offset, byteCount)
    if (header?.type !== recordTypes.timestamps || !isIntact(bytes)) {
      this.#throwWhenDropped()
      throw new HistoryFilesError('damaged', `The time stamps at byte ${offset} of ${this.chunkFile} are damaged`)
    }
    return kept.copy(bytes.subarray(headByteCount(header.type)))
  }

  /** A partition that was dropped to make room is empty. */
  #throwWhenDropped(): void {
    if (fstatSync(this.#descriptor).nlink === 0) throw new ViewOutdated()
  }

  #kept(
    kept: Map<number, SortedRows>,
    series: number,
    read: (index: ChunkIndex, entry: SeriesEntry) => Float64Array,
  ): SortedRows {
    const before = kept.get(series)
    if (before) return before
    if (!this.index.hasTable) this.#keep(this.index.seriesCount * seriesEntryByteCount)
    const entry = this.index.entryOf(series)
    if (!entry) return noSortedRows
    const rows = inOrder(read(this.index, entry))
    kept.set(series, rows)
    this.#keep(rows.numbers.byteLength)
    return rows
  }

  #keep(byteCount: number): void {
    this.#keptByteCount += byteCount
    this.#onKept(byteCount)
  }

  #close(): void {
    window.forget(this)
    closeSync(this.#descriptor)
    this.index.close()
  }
}

interface KeptColumn {
  readonly opened: TimestampColumn
  decoded: Float64Array | null
}

/** Rows in order of (first time stamp, seal number). */
export interface SortedRows {
  readonly numbers: Float64Array
  /** No row overlaps another: the last time stamps are in order too. */
  readonly isTidy: boolean
}

export const noSortedRows: SortedRows = { numbers: new Float64Array(0), isTidy: true }

function inOrder(numbers: Float64Array): SortedRows {
  let isTidy = true
  for (let word = rowWords; word < numbers.length && isTidy; word += rowWords)
    isTidy = (numbers[word] as number) > (numbers[word - rowWords + 1] as number)
  return { numbers, isTidy }
}
