// A consistent view over partitions: rows of a series from sorted parts and tails, merged in order, and the chunks they mean.

import type { TimestampColumn } from '../codec/timestamp-codec.ts'
import { decodeTimestampSubset } from '../codec/timestamp-subset.ts'
import { decodeRecordHeader, headByteCount, isIntact, splitChunkPayload } from './chunk-file.ts'
import { flagsOf, lengthOf } from './chunk-index-page.ts'
import { ChunkRows, rowFlags, rowLayout, rowWords } from './chunk-rows.ts'
import type { SeriesRow } from './history-catalog.ts'
import { HistoryFilesError, ViewOutdated } from './history-files-error.ts'
import type { HistoryView, StoredChunk } from './history-view.ts'
import { sortedRows } from './partition-index.ts'
import type { PartitionFiles } from './partition-name.ts'
import { noSortedRows, type PartitionReader, type SortedRows } from './partition-reader.ts'
import { KeptBytes } from './read-window.ts'
import type { SeriesCatalogReader } from './series-catalog.ts'

const { numbers: n, words: w } = rowLayout

/** A partition with what this view sees of it. */
interface Seen {
  readonly reader: PartitionReader
  /** Rows of the tail. */
  readonly tailCount: number
}

export class PartitionsView implements HistoryView {
  readonly #catalog: SeriesCatalogReader
  readonly #partitions: readonly PartitionFiles[]
  readonly #sealLimit: number
  readonly #open: (files: PartitionFiles) => PartitionReader | null
  /** By number of the partition; null = dropped since the view was opened. */
  readonly #seen: (Seen | null | undefined)[] = []
  readonly #seriesOf = new WeakMap<ChunkRows, number>()

  /** `partitions`: in order of time. */
  constructor(
    catalog: SeriesCatalogReader,
    partitions: readonly PartitionFiles[],
    sealLimit: number,
    open: (files: PartitionFiles) => PartitionReader | null,
  ) {
    this.#catalog = catalog
    this.#partitions = partitions
    this.#sealLimit = sealLimit
    this.#open = open
  }

  series(name: string): readonly SeriesRow[] {
    return this.#catalog.named(name)
  }

  seriesByName(prefix: string, limit: number, after?: string): readonly (readonly SeriesRow[])[] {
    return this.#catalog.byName(prefix, limit, after)
  }

  span(series: number): { readonly first: number; readonly last: number } | null {
    const first = this.boundAfter(series, Number.NEGATIVE_INFINITY)
    if (first === Number.POSITIVE_INFINITY) return null
    return { first: this.#extreme(series, 'first'), last: this.#extreme(series, 'last') }
  }

  chunks(series: number, from: number, to: number): ChunkRows {
    const found = new RowCollection()
    for (let partition = 0; partition < this.#partitions.length; partition++)
      if (this.#overlaps(partition, from, to)) found.add(partition, this.#rows(partition, series, from, to))
    return this.#chunkRows(found, series)
  }

  pages(series: number, from: number, to: number): ChunkRows {
    const found = new RowCollection()
    for (let partition = 0; partition < this.#partitions.length; partition++)
      if (this.#overlaps(partition, from, to)) found.add(partition, this.#pageRows(partition, series, from, to))
    return this.#chunkRows(found, series)
  }

  expand(rows: ChunkRows, row: number): ChunkRows {
    const series = this.#seriesOf.get(rows)
    const partition = rows.partition[row] as number
    const seen = this.#see(partition)
    const found = new RowCollection()
    if (seen && series !== undefined) {
      const begin = rows.offset(row) * rowWords
      found.add(partition, seen.reader.sortedRows(series).numbers.subarray(begin, begin + rows.length(row) * rowWords))
    }
    return this.#chunkRows(found, series ?? 0)
  }

  boundBefore(series: number, at: number): number {
    for (let partition = this.#partitions.length - 1; partition >= 0; partition--) {
      if ((this.#partitions[partition] as PartitionFiles).from >= at) continue
      const bound = greatestBefore(this.#parts(partition, series), at)
      if (bound > Number.NEGATIVE_INFINITY) return bound
    }
    return Number.NEGATIVE_INFINITY
  }

  boundAfter(series: number, at: number): number {
    for (let partition = 0; partition < this.#partitions.length; partition++) {
      if ((this.#partitions[partition] as PartitionFiles).to <= at) continue
      let bound = Number.POSITIVE_INFINITY
      for (const { numbers: rows } of this.#parts(partition, series))
        for (let word = 0; word < rows.length; word += rowWords) {
          const last = rows[word + n.lastTimestamp] as number
          if (last >= at && last < bound) bound = last
        }
      if (bound < Number.POSITIVE_INFINITY) return bound
    }
    return Number.POSITIVE_INFINITY
  }

  chunksAt(series: ArrayLike<number>, at: number): readonly ChunkRows[] {
    return Array.from({ length: series.length }, (_, index) => this.#chunksAt(series[index] as number, at))
  }

  read(rows: ChunkRows, begin: number, end: number): readonly StoredChunk[] {
    const stored: StoredChunk[] = []
    for (let row = begin; row < end; row++) {
      if (rows.isPage(row)) throw new HistoryFilesError('ioError', 'A page of chunks was to be read as one chunk')
      const seen = this.#see(rows.partition[row] as number)
      if (!seen) throw new ViewOutdated()
      const offset = rows.offset(row)
      stored.push(storedChunk(seen.reader, seen.reader.read(offset, rows.length(row)), offset))
    }
    return stored
  }

  close(): void {
    for (const seen of this.#seen) seen?.reader.release()
    this.#seen.length = 0
  }

  #overlaps(partition: number, from: number, to: number): boolean {
    const files = this.#partitions[partition] as PartitionFiles
    return files.from < to && files.to > from
  }

  /** Opens a partition with the first look at it; from then on this view sees what was there then. */
  #see(partition: number): Seen | null {
    const seen = this.#seen[partition]
    if (seen !== undefined) return seen
    const reader = this.#open(this.#partitions[partition] as PartitionFiles)
    reader?.use()
    reader?.index.refresh()
    const fresh = reader && { reader, tailCount: reader.index.tailCount }
    this.#seen[partition] = fresh
    return fresh
  }

  /** Sorted part and tail of a series, each in order, as far as the seal limit allows. */
  #parts(partition: number, series: number): Parts {
    const seen = this.#see(partition)
    if (!seen) return noParts
    const { reader, tailCount } = seen
    return [this.#limited(reader.sortedRows(series)), this.#limited(reader.tailRows(series, tailCount))]
  }

  /** Without rows beyond the seal limit. */
  #limited(rows: SortedRows): SortedRows {
    if (this.#sealLimit === Number.POSITIVE_INFINITY) return rows
    const { numbers } = rows
    for (let word = n.sealNumber; word < numbers.length; word += rowWords)
      if ((numbers[word] as number) > this.#sealLimit) return { numbers: this.#cut(numbers), isTidy: rows.isTidy }
    return rows
  }

  #cut(rows: Float64Array): Float64Array {
    const words = new Uint32Array(rows.buffer, rows.byteOffset, rows.length * 2)
    return filterRows(rows, (word) => {
      const sealNumber = rows[word + n.sealNumber] as number
      if (sealNumber <= this.#sealLimit) return true
      const joined = words[word * 2 + w.joinedSeals] as number
      if (joined === 0xffffffff || sealNumber - joined <= this.#sealLimit) throw new ViewOutdated()
      return false
    })
  }

  /** Rows of one partition that overlap the span, in order. */
  #rows(partition: number, series: number, from: number, to: number): Float64Array {
    const [sorted, tail] = this.#parts(partition, series)
    return mergeParts(overlapping(sorted, from, to), overlapping(tail, from, to))
  }

  /** The same, with pages where they say the truth. */
  #pageRows(partition: number, series: number, from: number, to: number): Float64Array {
    const seen = this.#see(partition)
    if (!seen) return noRows
    const { numbers: pages } = seen.reader.pages(series)
    const tail = overlapping(this.#limited(seen.reader.tailRows(series, seen.tailCount)), from, to)
    if (pages.length === 0)
      return mergeParts(overlapping(this.#limited(seen.reader.sortedRows(series)), from, to), tail)
    const words = new Uint32Array(pages.buffer, pages.byteOffset, pages.length * 2)
    const given: Float64Array[] = []
    let lastBefore = Number.NEGATIVE_INFINITY
    for (let word = 0; word < pages.length; word += rowWords) {
      const first = pages[word + n.firstTimestamp] as number
      const last = pages[word + n.lastTimestamp] as number
      const nextFirst = (pages[word + rowWords + n.firstTimestamp] as number | undefined) ?? Number.POSITIVE_INFINITY
      const row = word / rowWords
      const isTrue =
        (flagsOf(words, row) & rowFlags.mixed) === 0 &&
        first > lastBefore &&
        last < nextFirst &&
        (pages[word + n.sealNumber] as number) <= this.#sealLimit &&
        !hasOverlap(tail, first, last)
      lastBefore = Math.max(lastBefore, last)
      if (last < from || first >= to) continue
      if (isTrue) given.push(pages.subarray(word, word + rowWords))
      else {
        const begin = (pages[word + n.offset] as number) * rowWords
        const chunks = seen.reader.sortedRows(series).numbers.subarray(begin, begin + lengthOf(words, row) * rowWords)
        given.push(overlapping(this.#limited({ numbers: chunks, isTidy: false }), from, to))
      }
    }
    return mergeParts(joined(given), tail)
  }

  #chunksAt(series: number, at: number): ChunkRows {
    for (let partition = this.#partitions.length - 1; partition >= 0; partition--) {
      if ((this.#partitions[partition] as PartitionFiles).from > at) continue
      const parts = this.#parts(partition, series)
      const bound = greatestBefore(parts, at + 1)
      if (bound === Number.NEGATIVE_INFINITY) continue
      const found = new RowCollection()
      const [sorted, tail] = parts
      found.add(partition, mergeParts(overlapping(sorted, bound, at + 1), overlapping(tail, bound, at + 1)))
      return this.#chunkRows(found, series)
    }
    return this.#chunkRows(new RowCollection(), series)
  }

  #extreme(series: number, which: 'first' | 'last'): number {
    const order = this.#partitions.map((_, partition) => partition)
    if (which === 'last') order.reverse()
    const column = which === 'first' ? n.firstTimestamp : n.lastTimestamp
    const pick = which === 'first' ? Math.min : Math.max
    for (const partition of order) {
      let extreme = which === 'first' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
      for (const { numbers: rows } of this.#parts(partition, series))
        for (let word = 0; word < rows.length; word += rowWords) extreme = pick(extreme, rows[word + column] as number)
      if (Number.isFinite(extreme)) return extreme
    }
    return Number.NaN
  }

  #chunkRows(found: RowCollection, series: number): ChunkRows {
    const rows = found.take()
    this.#seriesOf.set(rows, series)
    return rows
  }
}

const noRows = new Float64Array(0)
/** Sorted part and tail of one series. */
type Parts = readonly [SortedRows, SortedRows]
const noParts: Parts = [noSortedRows, noSortedRows]

/** Rows of several partitions, one behind the other. */
class RowCollection {
  readonly #arrays: Float64Array[] = []
  readonly #partitions: number[] = []

  add(partition: number, rows: Float64Array): void {
    if (rows.length === 0) return
    this.#arrays.push(rows)
    this.#partitions.push(partition)
  }

  take(): ChunkRows {
    const numbers = joined(this.#arrays)
    const count = numbers.length / rowWords
    const partition = new Int32Array(count)
    let row = 0
    this.#arrays.forEach((array, index) => {
      const end = row + array.length / rowWords
      partition.fill(this.#partitions[index] as number, row, end)
      row = end
    })
    return new ChunkRows(count, numbers, partition, aloneRows(numbers, count))
  }
}

/** 1 for rows in whose span no other has samples. */
function aloneRows(numbers: Float64Array, count: number): Uint8Array {
  const isAlone = new Uint8Array(count)
  let lastBefore = Number.NEGATIVE_INFINITY
  for (let row = 0; row < count; row++) {
    const word = row * rowWords
    const last = numbers[word + n.lastTimestamp] as number
    const next = row + 1 < count ? (numbers[word + rowWords + n.firstTimestamp] as number) : Number.POSITIVE_INFINITY
    isAlone[row] = (numbers[word + n.firstTimestamp] as number) > lastBefore && last < next ? 1 : 0
    if (last > lastBefore) lastBefore = last
  }
  return isAlone
}

/** Greatest first time stamp before `at`; −Infinity when there is none. */
function greatestBefore(parts: Parts, at: number): number {
  let bound = Number.NEGATIVE_INFINITY
  for (const { numbers: rows } of parts) {
    const low = firstRowNotBefore(rows, n.firstTimestamp, at)
    if (low > 0) bound = Math.max(bound, rows[(low - 1) * rowWords + n.firstTimestamp] as number)
  }
  return bound
}

function overlapping({ numbers, isTidy }: SortedRows, from: number, to: number): Float64Array {
  const end = firstRowNotBefore(numbers, n.firstTimestamp, to)
  if (isTidy) {
    const begin = firstRowNotBefore(numbers, n.lastTimestamp, from)
    return begin < end ? numbers.subarray(begin * rowWords, end * rowWords) : noRows
  }
  const rows = numbers.subarray(0, end * rowWords)
  return filterRows(rows, (word) => (rows[word + n.lastTimestamp] as number) >= from)
}

/** First row whose number in this column, in which they rise, is at least `at`. */
function firstRowNotBefore(rows: Float64Array, column: number, at: number): number {
  let low = 0
  let high = rows.length / rowWords
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((rows[middle * rowWords + column] as number) < at) low = middle + 1
    else high = middle
  }
  return low
}

function hasOverlap(rows: Float64Array, first: number, last: number): boolean {
  for (let word = 0; word < rows.length; word += rowWords)
    if ((rows[word + n.firstTimestamp] as number) <= last && (rows[word + n.lastTimestamp] as number) >= first)
      return true
  return false
}

/** Rows for which `isKept` says so; a part of the same array when they are neighbours. */
function filterRows(rows: Float64Array, isKept: (word: number) => boolean): Float64Array {
  let begin = 0
  let end = rows.length
  while (begin < end && !isKept(begin)) begin += rowWords
  while (end > begin && !isKept(end - rowWords)) end -= rowWords
  const kept: Float64Array[] = []
  let runStart = begin
  for (let word = begin; word < end; word += rowWords)
    if (!isKept(word)) {
      if (word > runStart) kept.push(rows.subarray(runStart, word))
      runStart = word + rowWords
    }
  if (kept.length === 0) return rows.subarray(begin, end)
  kept.push(rows.subarray(runStart, end))
  return joined(kept)
}

function mergeParts(sorted: Float64Array, tail: Float64Array): Float64Array {
  if (tail.length === 0) return sorted
  if (sorted.length === 0) return tail
  return sortedRows(joined([sorted, tail]))
}

/** May be one of them as it is. */
function joined(arrays: readonly Float64Array[]): Float64Array {
  if (arrays.length === 1) return arrays[0]!
  let length = 0
  for (const array of arrays) length += array.length
  const all = new Float64Array(length)
  let at = 0
  for (const array of arrays) {
    all.set(array, at)
    at += array.length
  }
  return all
}

const kept = new KeptBytes()

/** The chunk in these bytes of a record, copied, its checksum looked at. Throws HistoryFilesError `damaged`. */
function storedChunk(reader: PartitionReader, record: Buffer, offset: number): StoredChunk {
  const header = decodeRecordHeader(record)
  if (!header || !isIntact(record))
    throw new HistoryFilesError('damaged', `The chunk at byte ${offset} of ${reader.chunkFile} is damaged`)
  const payload = kept.copy(record.subarray(headByteCount(header.type)))
  const { selection, chunk } = splitChunkPayload(payload, header.hasSelection)
  return new ReadChunk(reader, chunk, selection, header.timestampsOffset)
}

class ReadChunk implements StoredChunk {
  readonly bytes: Uint8Array
  readonly #reader: PartitionReader
  readonly #selection: Uint8Array | null
  readonly #timestampsOffset: number
  #selected: Float64Array | null = null

  constructor(reader: PartitionReader, bytes: Uint8Array, selection: Uint8Array | null, timestampsOffset: number) {
    this.bytes = bytes
    this.#reader = reader
    this.#selection = selection
    this.#timestampsOffset = timestampsOffset
  }

  get timestampColumn(): TimestampColumn | null {
    return this.#selection ? null : this.#reader.column(this.#timestampsOffset)
  }

  timestamps(): Float64Array {
    const column = this.#reader.timestamps(this.#timestampsOffset)
    if (!this.#selection) return column
    this.#selected ??= decodeTimestampSubset(this.#selection, column)
    return this.#selected
  }
}
