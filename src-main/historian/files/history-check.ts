// Looks at everything the historian has on disk: every record, the index against the chunks, the catalog against the index.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import { chunkFileHeaderByteCount, recordTypes } from './chunk-file.ts'
import { ChunkFileReader, isDamaged, type PlacedRecord } from './chunk-file-reader.ts'
import { ChunkIndex } from './chunk-index.ts'
import { rowLayout, rowWords } from './chunk-rows.ts'
import { HistoryFilesError } from './history-files-error.ts'
import { allRows, rowOfRecord } from './partition-index.ts'
import {
  chunkFileName,
  indexFileName,
  listPartitions,
  type PartitionFiles,
  partitionsFolder,
} from './partition-name.ts'
import { catalogFile, SeriesCatalogReader } from './series-catalog.ts'

const { numbers: n } = rowLayout

/** Something that is not as it was written. */
export interface HistoryProblem {
  /** File within the history folder. */
  readonly file: string
  /** What is wrong, as a sentence. */
  readonly text: string
  readonly kind: 'chunks' | 'index' | 'catalog'
}

export interface HistoryCheckReport {
  readonly partitionCount: number
  readonly seriesCount: number
  readonly chunkCount: number
  readonly sampleCount: number
  readonly byteCount: number
  /** Empty: everything is as it was written. */
  readonly problems: readonly HistoryProblem[]
}

export interface HistoryCheckOptions {
  readonly signal?: AbortSignal
  /** Called after each partition. */
  readonly onProgress?: (checkedPartitions: number, partitions: number) => void
}

/**
 * Checks `<data>/history`, beside a running writer or without one; changes nothing. RuntimeError BadNotFound (there is none),
 * BadRequestInterrupted (`signal`); HistoryFilesError `tooNew`.
 */
export async function checkHistory(folder: string, options: HistoryCheckOptions = {}): Promise<HistoryCheckReport> {
  if (!existsSync(folder)) throw new RuntimeError('BadNotFound', `There is no history in ${folder}`)
  const check = new FolderCheck(folder)
  const { partitions } = listPartitions(partitionsFolder(folder))
  for (const [number, files] of partitions.entries()) {
    await check.partition(files, options.signal)
    options.onProgress?.(number + 1, partitions.length)
  }
  check.catalog()
  return { partitionCount: partitions.length, ...check.counts, problems: check.problems }
}

class FolderCheck {
  readonly problems: HistoryProblem[] = []
  readonly #folder: string
  readonly #series = new Set<number>()
  #chunkCount = 0
  #sampleCount = 0
  #byteCount = 0

  constructor(folder: string) {
    this.#folder = folder
  }

  get counts() {
    return {
      seriesCount: this.#series.size,
      chunkCount: this.#chunkCount,
      sampleCount: this.#sampleCount,
      byteCount: this.#byteCount,
    }
  }

  async partition(listed: PartitionFiles, signal: AbortSignal | undefined): Promise<void> {
    const folder = partitionsFolder(this.#folder)
    // A partition that is rewritten at this moment is looked at as it is then.
    let files: PartitionFiles | undefined = listed
    for (let attempt = 0; files && attempt < 10; attempt++) {
      const name = chunkFileName(files, files.generation)
      let reader: ChunkFileReader | null = null
      try {
        // The index first: all chunks it knows are in the chunk file by then.
        const index = this.#openIndex(folder, files)
        try {
          reader = new ChunkFileReader(join(folder, name))
          await this.#compare(name, files, reader, index, signal)
          return
        } finally {
          index?.close()
        }
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'ENOENT') throw error
        files = listPartitions(folder).partitions.find((other) => other.from === listed.from)
      } finally {
        reader?.close()
      }
    }
  }

  catalog(): void {
    const file = 'catalog.db'
    if (!existsSync(catalogFile(this.#folder))) return this.#report(file, 'catalog', 'The catalog is missing')
    try {
      const catalog = new SeriesCatalogReader(this.#folder)
      try {
        catalog.checkPages()
        const known = catalog.numbers()
        for (const series of this.#series)
          if (!known.has(series)) this.#report(file, 'catalog', `The catalog does not know series ${series}`)
      } finally {
        catalog.close()
      }
    } catch (error) {
      if (error instanceof HistoryFilesError && error.kind === 'tooNew') throw error
      this.#report(file, 'catalog', messageOf(error))
    }
  }

  #openIndex(folder: string, files: PartitionFiles): ChunkIndex | null {
    if (files.indexGeneration === 0) {
      this.#report(`partitions/${chunkFileName(files, files.generation)}`, 'index', 'There is no index to this file')
      return null
    }
    const name = indexFileName(files, files.generation, files.indexGeneration)
    try {
      return ChunkIndex.open(join(folder, name))
    } catch (error) {
      if (!(error instanceof HistoryFilesError) || error.kind !== 'damaged') throw error
      this.#report(`partitions/${name}`, 'index', error.message)
      return null
    }
  }

  async #compare(
    name: string,
    files: PartitionFiles,
    reader: ChunkFileReader,
    index: ChunkIndex | null,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const file = `partitions/${name}`
    const header = reader.header()
    if (header === 'tooNew') throw new HistoryFilesError('tooNew', `${file} was made by a newer Lineside`)
    if (!header || header.from !== files.from || header.to !== files.to)
      this.#report(file, 'chunks', 'The head of the file is damaged')
    const indexFile = `partitions/${indexFileName(files, files.generation, files.indexGeneration)}`
    if (index?.hasTornTail && !(await this.#isBeingWritten(index)))
      this.#report(indexFile, 'index', `The index is damaged from byte ${index.tailEnd} on`)
    const rows = index && this.#rowsByOffset(index, indexFile)
    const size = reader.size
    this.#byteCount += size
    for (const record of reader.records(Math.min(size, chunkFileHeaderByteCount), size)) {
      if (signal?.aborted) throw new RuntimeError('BadRequestInterrupted', 'The check was broken off')
      if (isDamaged(record)) {
        // Behind what the index knows a running writer may be in the middle of a record, or a crash was: the next start mends that.
        if (!index || record.offset < Math.max(index.knownByteCount, index.committedByteCount))
          this.#report(file, 'chunks', `Bytes ${record.offset} to ${record.end} are damaged`)
      } else if (record.header.type === recordTypes.chunk) this.#compareChunk(file, reader, record, rows, index)
      await setImmediate()
    }
    for (const [offset, row] of rows ?? [])
      this.#report(file, 'chunks', `The chunk at byte ${offset} is lost: ${wordsOf(row)}`)
  }

  /** True when the end of the index changes while it is looked at. */
  async #isBeingWritten(index: ChunkIndex): Promise<boolean> {
    const end = index.tailEnd
    await setTimeout(writeTimeMs)
    index.refresh()
    return index.tailEnd !== end || !index.hasTornTail
  }

  /** Rows the index has; those that are found are taken out. */
  #rowsByOffset(index: ChunkIndex, file: string): Map<number, IndexedRow> {
    const rows = new Map<number, IndexedRow>()
    let numbers: readonly number[] = []
    try {
      numbers = index.seriesNumbers()
    } catch (error) {
      this.#report(file, 'index', messageOf(error))
    }
    for (const series of numbers) {
      this.#series.add(series)
      try {
        const all = allRows(index, series)
        for (let word = 0; word < all.length; word += rowWords)
          rows.set(all[word + n.offset] as number, { series, row: all.subarray(word, word + rowWords) })
        const entry = index.entryOf(series)
        if (entry) index.pages(entry)
      } catch (error) {
        this.#report(file, 'index', messageOf(error))
      }
    }
    return rows
  }

  #compareChunk(
    file: string,
    reader: ChunkFileReader,
    record: PlacedRecord,
    rows: Map<number, IndexedRow> | null,
    index: ChunkIndex | null,
  ): void {
    this.#series.add(record.header.series)
    this.#chunkCount++
    this.#sampleCount += record.header.count
    const row = rowOfRecord(reader, record)
    const indexed = rows?.get(record.offset)
    rows?.delete(record.offset)
    if (!row) return this.#report(file, 'chunks', `The chunk at byte ${record.offset} cannot be read`)
    if (!indexed) {
      if (index && record.offset < index.knownByteCount)
        this.#report(file, 'index', `The index does not know the chunk at byte ${record.offset}`)
      return
    }
    if (indexed.series !== record.header.series || !isSameRow(indexed.row, row))
      this.#report(
        file,
        'index',
        `The index says something else of the chunk at byte ${record.offset} than its samples`,
      )
  }

  #report(file: string, kind: HistoryProblem['kind'], text: string): void {
    this.problems.push({ file, kind, text })
  }
}

interface IndexedRow {
  readonly series: number
  readonly row: Float64Array
}

/** A row of the index is written in far less. */
const writeTimeMs = 50

/** Sums may differ in the order of addition; all else is the same bit by bit. */
function isSameRow(a: Float64Array, b: Float64Array): boolean {
  const words = (row: Float64Array) => new Uint32Array(row.buffer, row.byteOffset, row.length * 2)
  const otherWords = words(b)
  return (
    a.every((number, word) => isWord(word) || isClose(number, b[word] as number)) &&
    words(a).every((number, at) => !isWord(at >>> 1) || number === otherWords[at])
  )
}

const wordPlaces = new Set(Object.values(rowLayout.words).map((place) => place >>> 1))

/** True where a row has two 32-bit numbers. */
function isWord(word: number): boolean {
  return wordPlaces.has(word)
}

function isClose(a: number, b: number): boolean {
  return Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b))
}

/** What was lost, for a person. */
function wordsOf({ series, row }: IndexedRow): string {
  const at = (column: number) => new Date(row[column] as number).toISOString()
  const count = new Uint32Array(row.buffer, row.byteOffset, row.length * 2)[rowLayout.words.count]
  return `${count} samples of series ${series} from ${at(n.firstTimestamp)} to ${at(n.lastTimestamp)}`
}
