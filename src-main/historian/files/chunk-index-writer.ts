// Writes the sorted part of an index, series by series in order of their numbers.
import { crc32 } from 'node:zlib'
import { encodeIndexHeader, indexHeaderByteCount, seriesEntryByteCount } from './chunk-index.ts'
import { chunksPerPage, joinedRow, leastRowsForPages } from './chunk-index-page.ts'
import { rowLayout, rowWords } from './chunk-rows.ts'
import { PartitionFile } from './partition-file.ts'

/** Rows are collected until they are so many bytes. */
const bufferByteCount = 256 * 1024

/** What the head of the index says beside counts and places. */
export interface SortedPartFacts {
  readonly from: number
  readonly generation: number
  readonly coveredByteCount: number
  readonly recentFrom: number
}

export class ChunkIndexWriter {
  readonly #file: PartitionFile
  readonly #table: number[][] = []
  #buffer: Uint8Array[] = []
  #bufferedByteCount = 0
  #position = indexHeaderByteCount
  #sealNumber = 0

  /** Begins a new file. Throws HistoryFilesError; then nothing of it is left. */
  constructor(file: string) {
    this.#file = new PartitionFile(file, true)
    try {
      this.#file.append([new Uint8Array(indexHeaderByteCount)])
    } catch (error) {
      this.#file.discard()
      throw error
    }
  }

  /** `rows`: of one series, in order of (first time stamp, seal number); series in rising order. */
  add(series: number, rows: Float64Array): void {
    const rowCount = rows.length / rowWords
    if (rowCount === 0) return
    const pages = pagesOf(rows)
    const rowBytes = bytesOf(rows)
    const pageBytes = bytesOf(pages)
    const offset = this.#position
    this.#table.push([series, rowCount, pages.length / rowWords, crc32(rowBytes), crc32(pageBytes), offset])
    for (let row = 0; row < rowCount; row++)
      this.#sealNumber = Math.max(this.#sealNumber, rows[row * rowWords + rowLayout.numbers.sealNumber] as number)
    this.#write(rowBytes)
    this.#write(pageBytes)
  }

  /** Writes table and head; the file stays open, its end is where the tail begins. */
  finish(facts: SortedPartFacts): PartitionFile {
    const table = new Uint32Array((this.#table.length * seriesEntryByteCount) / 4)
    this.#table.forEach(([series, rowCount, pageCount, rowsChecksum, pagesChecksum, offset], entry) => {
      table.set([series, rowCount, pageCount, rowsChecksum, pagesChecksum, 0] as number[], entry * 8)
      table[entry * 8 + 6] = (offset as number) % 0x100000000
      table[entry * 8 + 7] = Math.floor((offset as number) / 0x100000000)
    })
    const tableOffset = this.#position
    this.#write(bytesOf(table))
    this.#flush()
    const header = encodeIndexHeader({
      ...facts,
      seriesCount: this.#table.length,
      tableOffset,
      tableChecksum: crc32(bytesOf(table)),
      sealNumber: this.#sealNumber,
    })
    this.#file.overwrite(header, 0)
    return this.#file
  }

  /** Gives up: nothing is left. */
  discard(): void {
    this.#file.discard()
  }

  #write(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#buffer.push(bytes)
    this.#position += bytes.length
    this.#bufferedByteCount += bytes.length
    if (this.#bufferedByteCount >= bufferByteCount) this.#flush()
  }

  #flush(): void {
    this.#file.append(this.#buffer)
    this.#buffer = []
    this.#bufferedByteCount = 0
  }
}

function pagesOf(rows: Float64Array): Float64Array {
  const rowCount = rows.length / rowWords
  if (rowCount < leastRowsForPages) return new Float64Array(0)
  const pageCount = Math.ceil(rowCount / chunksPerPage)
  const pages = new Float64Array(pageCount * rowWords)
  for (let page = 0; page < pageCount; page++)
    pages.set(joinedRow(rows, page * chunksPerPage, Math.min(rowCount, (page + 1) * chunksPerPage)), page * rowWords)
  return pages
}

function bytesOf(columns: Float64Array | Uint32Array): Uint8Array {
  return new Uint8Array(columns.buffer, columns.byteOffset, columns.byteLength)
}
