// The index of a partition: a sorted part that is written at once, and a tail of rows in order of their arrival. FORMAT.md.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { filesFormatVersion } from './chunk-file.ts'
import { rowByteCount, rowLayout, rowWords } from './chunk-rows.ts'
import { HistoryFilesError } from './history-files-error.ts'

export const indexHeaderByteCount = 64
/** One series in the table at the end of the sorted part. */
export const seriesEntryByteCount = 32
/** Series, checksum, row. */
export const tailEntryByteCount = 8 + rowByteCount
const indexMagic = 0x58444e49534c // "LSINDX"
/** Rows of the tail are read in pieces of at most so many bytes. */
const tailPieceByteCount = tailEntryByteCount * 2048

export interface IndexHeader {
  /** Span and generation of the chunk file that is meant. */
  readonly from: number
  readonly generation: number
  /** The sorted part knows the records before this place of the chunk file. */
  readonly coveredByteCount: number
  /** Records before this place of the chunk file say nothing to a replay of the journal. */
  readonly recentFrom: number
  readonly seriesCount: number
  /** Place of the table of series; the tail begins behind it. */
  readonly tableOffset: number
  readonly tableChecksum: number
  /** Highest seal number of the sorted part. */
  readonly sealNumber: number
}

/** 64 bytes. */
export function encodeIndexHeader(header: IndexHeader): Buffer {
  const bytes = Buffer.alloc(indexHeaderByteCount)
  bytes.writeUIntLE(indexMagic, 0, 6)
  bytes.writeUInt16LE(filesFormatVersion, 6)
  bytes.writeDoubleLE(header.from, 8)
  bytes.writeUInt32LE(header.generation, 16)
  bytes.writeUInt32LE(header.seriesCount, 20)
  bytes.writeDoubleLE(header.coveredByteCount, 24)
  bytes.writeUIntLE(header.recentFrom, 32, 6)
  bytes.writeUIntLE(header.sealNumber, 38, 6)
  bytes.writeUInt32LE(header.tableChecksum, 44)
  bytes.writeDoubleLE(header.tableOffset, 48)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 60)), 60)
  return bytes
}

function decodeIndexHeader(bytes: Buffer): IndexHeader | 'tooNew' | null {
  if (bytes.length < indexHeaderByteCount || bytes.readUIntLE(0, 6) !== indexMagic) return null
  if (bytes.readUInt32LE(60) !== crc32(bytes.subarray(0, 60))) return null
  if (bytes.readUInt16LE(6) > filesFormatVersion) return 'tooNew'
  return {
    from: bytes.readDoubleLE(8),
    generation: bytes.readUInt32LE(16),
    seriesCount: bytes.readUInt32LE(20),
    coveredByteCount: bytes.readDoubleLE(24),
    recentFrom: bytes.readUIntLE(32, 6),
    sealNumber: bytes.readUIntLE(38, 6),
    tableChecksum: bytes.readUInt32LE(44),
    tableOffset: bytes.readDoubleLE(48),
  }
}

/** A row of the tail. `series` 0: a mark of the writer, see {@link markEntry}. `row`: {@link rowWords} numbers from `at` on. */
export function tailEntry(series: number, row: Float64Array, at = 0): Buffer {
  const bytes = Buffer.allocUnsafe(tailEntryByteCount)
  bytes.writeUInt32LE(series, 0)
  bytes.set(new Uint8Array(row.buffer, row.byteOffset + at * 8, rowByteCount), 8)
  bytes.writeUInt32LE(crc32(bytes.subarray(8), series), 4)
  return bytes
}

/** A mark of the tail: the chunk file was on the disk up to `committedByteCount`. */
export function markEntry(committedByteCount: number, recentFrom: number): Buffer {
  const row = new Float64Array(rowWords)
  row[0] = committedByteCount
  row[1] = recentFrom
  return tailEntry(0, row)
}

/** Rows of one series in the sorted part. */
export interface SeriesEntry {
  readonly series: number
  readonly rowCount: number
  readonly pageCount: number
  /** Place of its rows; its pages follow. */
  readonly offset: number
  readonly rowsChecksum: number
  readonly pagesChecksum: number
}

/** Reads an index file, in any thread or process; the sorted part never changes, {@link ChunkIndex.refresh} follows the tail. */
export class ChunkIndex {
  readonly file: string
  readonly header: IndexHeader
  /** Where the next row of the tail will be; behind the last intact one. */
  tailEnd: number
  /** Of the last mark. */
  committedByteCount: number
  recentFrom: number
  /** Highest seal number seen, sorted part and tail. */
  sealNumber: number
  /** Rows of the tail in order of arrival, {@link rowWords} numbers each. */
  tailRows = new Float64Array(0)
  tailCount = 0
  /** End of the record of the last row of the tail, or of the sorted part. */
  knownByteCount: number
  readonly #descriptor: number
  readonly #tailOf = new Map<number, number[]>()
  #table: Uint32Array | null = null

  private constructor(file: string, descriptor: number, header: IndexHeader) {
    this.file = file
    this.header = header
    this.#descriptor = descriptor
    this.tailEnd = header.tableOffset + header.seriesCount * seriesEntryByteCount
    this.committedByteCount = header.coveredByteCount
    this.knownByteCount = header.coveredByteCount
    this.recentFrom = header.recentFrom
    this.sealNumber = header.sealNumber
  }

  /** Throws HistoryFilesError `damaged` or `tooNew`; system errors as they are. */
  static open(file: string): ChunkIndex {
    const index = ChunkIndex.openHead(file)
    try {
      index.refresh()
      return index
    } catch (error) {
      index.close()
      throw error
    }
  }

  /** The same without the tail. */
  static openHead(file: string): ChunkIndex {
    const descriptor = openSync(file, 'r')
    try {
      const header = decodeIndexHeader(readAt(descriptor, 0, indexHeaderByteCount))
      if (header === 'tooNew')
        throw new HistoryFilesError('tooNew', `The index ${file} was made by a newer Lineside; this one cannot read it`)
      if (!header) throw new HistoryFilesError('damaged', `The head of the index ${file} is damaged`)
      return new ChunkIndex(file, descriptor, header)
    } catch (error) {
      closeSync(descriptor)
      throw error
    }
  }

  /** Reads what was added to the tail since the last time. Stops before a row that is damaged or not all written yet. */
  refresh(): void {
    while (this.refreshSome());
  }

  /** Reads at most 2048 rows of the tail; false = there are no more. */
  refreshSome(): boolean {
    tailPiece ??= Buffer.allocUnsafe(tailPieceByteCount)
    const bytes = tailPiece.subarray(0, readInto(this.#descriptor, tailPiece, this.tailEnd))
    const count = Math.floor(bytes.length / tailEntryByteCount)
    for (let entry = 0; entry < count; entry++)
      if (!this.#takeEntry(bytes.subarray(entry * tailEntryByteCount, (entry + 1) * tailEntryByteCount))) return false
    return bytes.length === tailPieceByteCount
  }

  /** True when the file has bytes behind the last intact row: torn by a crash, or being written. */
  get hasTornTail(): boolean {
    return fstatSync(this.#descriptor).size !== this.tailEnd
  }

  get seriesCount(): number {
    return this.header.seriesCount
  }

  /** Entry of the table by number; the table is in order of series. */
  entry(number: number): SeriesEntry {
    const table = this.#seriesTable()
    const at = number * 8
    return {
      series: table[at] as number,
      rowCount: table[at + 1] as number,
      pageCount: table[at + 2] as number,
      rowsChecksum: table[at + 3] as number,
      pagesChecksum: table[at + 4] as number,
      offset: (table[at + 6] as number) + (table[at + 7] as number) * 0x100000000,
    }
  }

  /** Entry of this series; undefined when the sorted part has none. */
  entryOf(series: number): SeriesEntry | undefined {
    const table = this.#seriesTable()
    let low = 0
    let high = this.header.seriesCount
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((table[middle * 8] as number) < series) low = middle + 1
      else high = middle
    }
    return low < this.header.seriesCount && table[low * 8] === series ? this.entry(low) : undefined
  }

  /** The table of series is in memory: {@link seriesEntryByteCount} bytes for each. */
  get hasTable(): boolean {
    return this.#table !== null
  }

  /** It is read again when it is asked for. */
  forgetTable(): void {
    this.#table = null
  }

  /** Numbers of the rows of the tail with this series, in order of arrival. */
  tailOf(series: number): readonly number[] {
    return this.#tailOf.get(series) ?? noRows
  }

  /** Place in the file of this row of the tail; marks stand between rows. */
  tailPlace(row: number): number {
    let place = this.header.tableOffset + this.header.seriesCount * seriesEntryByteCount
    for (let seen = 0; place < this.tailEnd; place += tailEntryByteCount) {
      const isMark = readAt(this.#descriptor, place, 4).readUInt32LE(0) === 0
      if (!isMark && seen++ === row) break
    }
    return place
  }

  /** Series that have rows, in order. */
  seriesNumbers(): readonly number[] {
    const sorted = Array.from(
      { length: this.header.seriesCount },
      (_, entry) => this.#seriesTable()[entry * 8] as number,
    )
    const fresh = [...this.#tailOf.keys()].filter((series) => !this.entryOf(series))
    return fresh.length === 0 ? sorted : [...Uint32Array.from([...sorted, ...fresh]).sort()]
  }

  /** Rows of the sorted part. Throws HistoryFilesError `damaged`. */
  rows(entry: SeriesEntry): Float64Array {
    return this.#read(entry.offset, entry.rowCount, entry.rowsChecksum)
  }

  /** Pages of the sorted part; none for series with few rows. Throws HistoryFilesError `damaged`. */
  pages(entry: SeriesEntry): Float64Array {
    return this.#read(entry.offset + entry.rowCount * rowByteCount, entry.pageCount, entry.pagesChecksum)
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  #read(offset: number, rowCount: number, checksum: number): Float64Array {
    const rows = new Float64Array(rowCount * rowWords)
    const bytes = Buffer.from(rows.buffer)
    if (readInto(this.#descriptor, bytes, offset) < bytes.length || crc32(bytes) !== checksum)
      throw new HistoryFilesError('damaged', `The index ${this.file} is damaged at byte ${offset}`)
    return rows
  }

  #seriesTable(): Uint32Array {
    if (this.#table) return this.#table
    const table = new Uint32Array(this.header.seriesCount * 8)
    const bytes = Buffer.from(table.buffer)
    if (
      readInto(this.#descriptor, bytes, this.header.tableOffset) < bytes.length ||
      crc32(bytes) !== this.header.tableChecksum
    )
      throw new HistoryFilesError('damaged', `The table of series in the index ${this.file} is damaged`)
    this.#table = table
    return table
  }

  #takeEntry(bytes: Buffer): boolean {
    const series = bytes.readUInt32LE(0)
    if (crc32(bytes.subarray(8), series) !== bytes.readUInt32LE(4)) return false
    this.tailEnd += tailEntryByteCount
    if (series === 0) {
      this.committedByteCount = bytes.readDoubleLE(8)
      this.recentFrom = bytes.readDoubleLE(16)
      return true
    }
    if ((this.tailCount + 1) * rowWords > this.tailRows.length) {
      const grown = new Float64Array(Math.max(64 * rowWords, this.tailRows.length * 2))
      grown.set(this.tailRows)
      this.tailRows = grown
    }
    const row = this.tailCount++
    new Uint8Array(this.tailRows.buffer).set(bytes.subarray(8), row * rowByteCount)
    const rows = this.#tailOf.get(series)
    if (rows) rows.push(row)
    else this.#tailOf.set(series, [row])
    const at = row * rowWords
    const { numbers, words } = rowLayout
    const length = bytes.readUInt32LE(8 + words.lengthAndFlags * 4) >>> 5
    this.knownByteCount = Math.max(this.knownByteCount, (this.tailRows[at + numbers.offset] as number) + length)
    this.sealNumber = Math.max(this.sealNumber, this.tailRows[at + numbers.sealNumber] as number)
    return true
  }
}

const noRows: readonly number[] = []
let tailPiece: Buffer | null = null

/** At most `byteCount` bytes; fewer at the end of the file. */
export function readAt(descriptor: number, offset: number, byteCount: number): Buffer {
  const bytes = Buffer.allocUnsafe(byteCount)
  return bytes.subarray(0, readInto(descriptor, bytes, offset))
}

/** Fills the bytes from the file; how many there were. */
export function readInto(descriptor: number, bytes: Uint8Array, offset: number): number {
  let done = 0
  while (done < bytes.length) {
    const count = readSync(descriptor, bytes, done, bytes.length - done, offset + done)
    if (count === 0) break
    done += count
  }
  return done
}
