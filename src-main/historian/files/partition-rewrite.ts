// Rewrites a closed partition: one series in one piece, overlapping and small chunks made one, what is too old left out.
import { join } from 'node:path'
import { encodeChunk, largestChunkCount } from '../codec/chunk-codec.ts'
import { encodeTimestamps } from '../codec/timestamp-codec.ts'
import { rowsWithin } from '../sample-admission.ts'
import { firstRowFrom, type MergeInput, mergeSamples, noSamples, sliceSamples } from '../sample-merge.ts'
import type { Samples } from '../samples.ts'
import { chunkValueBytes } from '../value-size.ts'
import {
  decodeRecordHeader,
  encodeCoverage,
  encodeFileHeader,
  encodeNamedSeries,
  encodeRecordHeader,
  headByteCount,
  plainHeader,
  type RecordHeader,
  recordByteCount,
  recordTypes,
} from './chunk-file.ts'
import { ChunkFileReader } from './chunk-file-reader.ts'
import { ChunkIndex, markEntry, tailEntry } from './chunk-index.ts'
import { writeRow } from './chunk-index-page.ts'
import { ChunkIndexWriter } from './chunk-index-writer.ts'
import { rowLayout, rowWords } from './chunk-rows.ts'
import type { Coverage } from './history-files.ts'
import type { Partition, PartitionPlace } from './partition.ts'
import { PartitionFile } from './partition-file.ts'
import { allRows } from './partition-index.ts'
import { chunkFileName, indexFileName } from './partition-name.ts'

const { numbers: n, words: w } = rowLayout
/** Chunks with fewer samples are made one with their neighbours where that gives fewer chunks. */
const smallChunkCount = largestChunkCount / 2
/** Chunks of more bytes are not small, however few samples they have: large texts. */
const smallChunkBytes = 131_072
/** Columns whose time stamps are compared with those of new chunks, to share them. */
const comparedColumnCount = 64

/** Samples of a chunk that may overlap others. */
interface Piece {
  readonly samples: Samples
  readonly sealNumber: number
  readonly isBackFill: boolean
}

export class PartitionRewrite {
  readonly #place: PartitionPlace
  readonly #partition: Partition
  readonly #source: ChunkFileReader
  readonly #index: ChunkIndex
  readonly #chunks: PartitionFile
  readonly #rows: ChunkIndexWriter
  /** Where columns of the old file are in the new one. */
  readonly #columns = new Map<number, number>()
  readonly #written: { readonly offset: number; readonly timestamp: Float64Array }[] = []
  /** Everything before this byte of the old file is in the new one. */
  #copiedTo: number
  #freshIndex: PartitionFile | null = null
  /** Where in the new file the coverage begins. */
  #recentFrom = 0

  /** The partition is committed up to its size. Throws HistoryFilesError. */
  constructor(place: PartitionPlace, partition: Partition) {
    this.#place = place
    this.#partition = partition
    this.#copiedTo = partition.chunks.size
    this.#source = new ChunkFileReader(partition.chunks.file)
    this.#index = ChunkIndex.openHead(partition.indexFile)
    const { from, to } = partition
    const generation = partition.generation + 1
    this.#chunks = new PartitionFile(join(place.folder, `${chunkFileName(partition, generation)}.making`), true)
    try {
      this.#chunks.append([encodeFileHeader({ from, to, generation, isClustered: true })])
      this.#rows = new ChunkIndexWriter(join(place.folder, `${indexFileName(partition, generation, 1)}.making`))
    } catch (error) {
      this.#chunks.discard()
      this.#closeSource()
      throw error
    }
  }

  /**
   * Writes the new files and syncs them. `cutoffOf`: samples of the series before this instant may go; whole chunks are left out. Throws
   * HistoryFilesError `damaged` when a chunk cannot be read: then the partition stays as it is.
   */
  async write(cutoffOf: (series: number) => number, giveWay: () => Promise<void>): Promise<void> {
    while (this.#index.refreshSome()) await giveWay()
    const numbers = this.#index.seriesNumbers()
    this.#writeNames(numbers)
    for (const series of numbers) {
      const rows = withoutOld(allRows(this.#index, series), cutoffOf(series))
      if (rows.length > 0) await this.#writeSeries(series, rows, giveWay)
      await giveWay()
    }
    const coverage = this.#partition.coverage(0)
    this.#recentFrom = this.#chunks.size
    if (coverage.length > 0) this.#writeCoverage(coverage)
    this.#freshIndex = this.#rows.finish({
      from: this.#partition.from,
      generation: this.#partition.generation + 1,
      coveredByteCount: this.#chunks.size,
      recentFrom: this.#recentFrom,
    })
    await this.#sync()
  }

  /** Copies what was appended to the old files meanwhile. True when there was something: it has to be synced too. */
  async copyAppended(): Promise<boolean> {
    this.#index.refresh()
    const to = this.#partition.chunks.size
    if (to === this.#copiedTo) return false
    const appended: { row: number; series: number }[] = []
    for (const series of this.#index.seriesNumbers())
      for (const row of this.#index.tailOf(series))
        if ((this.#index.tailRows[row * rowWords + n.offset] as number) >= this.#copiedTo)
          appended.push({ row, series })
    appended.sort((a, b) => a.row - b.row)
    for (const { row, series } of appended) {
      const numbers = this.#index.tailRows.slice(row * rowWords, (row + 1) * rowWords)
      const copy = this.#copyChunk(numbers, true)
      this.#freshIndex?.append([tailEntry(series, copy)])
    }
    this.#copiedTo = to
    await this.#sync()
    return true
  }

  /** True when everything of the old files is in the new ones. */
  get isComplete(): boolean {
    return this.#copiedTo === this.#partition.chunks.size
  }

  /** Gives the new files their names: from now on they are the partition. */
  takeOver(): void {
    const { from, to, generation } = this.#partition
    this.#freshIndex?.append([markEntry(this.#chunks.size, this.#recentFrom)])
    this.#freshIndex?.rename(join(this.#place.folder, indexFileName({ from, to }, generation + 1, 1)))
    this.#chunks.rename(join(this.#place.folder, chunkFileName({ from, to }, generation + 1)))
    this.#freshIndex?.close()
    this.#chunks.close()
    this.#closeSource()
  }

  /** Gives up: the old files stay as they are. */
  discard(): void {
    if (this.#freshIndex) this.#freshIndex.discard()
    else this.#rows.discard()
    this.#chunks.discard()
    this.#closeSource()
  }

  #closeSource(): void {
    this.#source.close()
    this.#index.close()
  }

  async #sync(): Promise<void> {
    await this.#chunks.sync()
    await this.#freshIndex?.sync()
  }

  #writeNames(series: readonly number[]): void {
    const named = series.flatMap((number) => this.#place.nameSeries(number) ?? [])
    if (named.length === 0) return
    const payload = encodeNamedSeries(named)
    this.#append(plainHeader(recordTypes.series, payload.length, Math.min(0xffff, named.length)), payload)
  }

  #writeCoverage(coverage: readonly Coverage[]): void {
    const payload = encodeCoverage(coverage)
    this.#append(plainHeader(recordTypes.coverage, payload.length, 0), payload)
  }

  /** Chunks that stand alone are copied as they are; the others are decoded, merged and encoded. */
  async #writeSeries(series: number, rows: Float64Array, giveWay: () => Promise<void>): Promise<void> {
    const words = new Uint32Array(rows.buffer, rows.byteOffset, rows.length * 2)
    const out: Float64Array[] = []
    for (let begin = 0; begin < rows.length / rowWords; ) {
      const end = groupEnd(rows, words, begin)
      if (end === begin + 1) out.push(this.#copyChunk(rows.slice(begin * rowWords, end * rowWords)))
      else await this.#fold(series, rows.subarray(begin * rowWords, end * rowWords), out, giveWay)
      begin = end
      await giveWay()
    }
    const all = new Float64Array(out.length * rowWords)
    out.forEach((row, at) => {
      all.set(row, at * rowWords)
    })
    this.#rows.add(series, all)
  }

  /** Copies a record; the row with its new place. */
  #copyChunk(row: Float64Array, keepsCoverage = false): Float64Array {
    const record = this.#source.record(row[n.offset] as number)
    const header = decodeRecordHeader(record) as RecordHeader
    const timestampsOffset = this.#copyColumn(header.timestampsOffset)
    const coveredBefore = keepsCoverage ? header.coveredBefore : 0
    row[n.offset] = this.#append({ ...header, timestampsOffset, coveredBefore }, payloadOf(record, header))
    return row
  }

  #copyColumn(offset: number): number {
    const copied = this.#columns.get(offset)
    if (copied !== undefined) return copied
    const record = this.#source.record(offset)
    const header = decodeRecordHeader(record) as RecordHeader
    const at = this.#append(header, payloadOf(record, header))
    this.#columns.set(offset, at)
    return at
  }

  /** Merges the samples of chunks that overlap or are small; at most a few chunks are decoded at a time. */
  async #fold(series: number, rows: Float64Array, out: Float64Array[], giveWay: () => Promise<void>): Promise<void> {
    const words = new Uint32Array(rows.buffer, rows.byteOffset, rows.length * 2)
    const count = rows.length / rowWords
    let sealNumber = 0
    let lowestSeal = Number.POSITIVE_INFINITY
    for (let row = 0; row < count; row++) {
      const number = rows[row * rowWords + n.sealNumber] as number
      const joined = words[row * 2 * rowWords + w.joinedSeals] as number
      sealNumber = Math.max(sealNumber, number)
      lowestSeal = Math.min(lowestSeal, joined === 0xffffffff ? 0 : number - joined)
    }
    const joinedSeals = Math.min(0xffffffff, sealNumber - lowestSeal)
    let pieces: Piece[] = []
    let done = noSamples
    const emit = (least: number) => {
      while (done.count > 0) {
        const size = rowsWithin(done.others, 0, Math.min(done.count, largestChunkCount), chunkValueBytes)
        if (done.count < least && size === done.count) break
        out.push(this.#writeChunk(series, sliceSamples(done, 0, size), sealNumber, joinedSeals))
        done = sliceSamples(done, size, done.count)
      }
    }
    for (let row = 0; row < count; row++) {
      pieces.push(this.#piece(rows, words, row))
      const next =
        row + 1 < count ? (rows[(row + 1) * rowWords + n.firstTimestamp] as number) : Number.POSITIVE_INFINITY
      const ready = mergeSamples(inputsBefore(pieces, next))
      done = joinSamples(done, ready)
      pieces = piecesFrom(pieces, next)
      emit(largestChunkCount)
      await giveWay()
    }
    emit(1)
  }

  #piece(rows: Float64Array, words: Uint32Array, row: number): Piece {
    return {
      samples: this.#source.samples(rows[row * rowWords + n.offset] as number),
      sealNumber: rows[row * rowWords + n.sealNumber] as number,
      isBackFill: ((words[row * 2 * rowWords + w.lengthAndFlags] as number) & 1) !== 0,
    }
  }

  #writeChunk(series: number, samples: Samples, sealNumber: number, joinedSeals: number): Float64Array {
    const { bytes, summary } = encodeChunk(samples)
    const timestampsOffset = this.#writeColumn(samples.timestamp.subarray(0, samples.count))
    const { count, firstTimestamp, lastTimestamp } = summary
    const header: RecordHeader = {
      ...plainHeader(recordTypes.chunk, bytes.length, count),
      series,
      firstTimestamp,
      lastTimestamp,
      timestampsOffset,
      sealNumber,
      joinedSeals,
    }
    const row = new Float64Array(rowWords)
    const offset = this.#append(header, bytes)
    const length = recordByteCount(header)
    const place = { offset, length, sealNumber, joinedSeals, isBackFill: false }
    writeRow(row, new Uint32Array(row.buffer), 0, summary, place)
    return row
  }

  /** Tags of one scan that are rewritten in the same way go on sharing their time stamps. */
  #writeColumn(timestamp: Float64Array): number {
    const same = this.#written.find((column) => isEqual(column.timestamp, timestamp))
    if (same) return same.offset
    const bytes = encodeTimestamps(timestamp, timestamp.length)
    const offset = this.#append(plainHeader(recordTypes.timestamps, bytes.length, timestamp.length), bytes)
    this.#written.unshift({ offset, timestamp: timestamp.slice() })
    this.#written.length = Math.min(this.#written.length, comparedColumnCount)
    return offset
  }

  #append(header: RecordHeader, payload: Uint8Array): number {
    const offset = this.#chunks.size
    this.#chunks.append([encodeRecordHeader(header, [payload]), payload])
    return offset
  }
}

/** Rows of chunks that have samples from `cutoff` on. */
function withoutOld(rows: Float64Array, cutoff: number): Float64Array {
  const kept: number[] = []
  for (let word = 0; word < rows.length; word += rowWords)
    if ((rows[word + n.lastTimestamp] as number) >= cutoff) kept.push(word)
  if (kept.length * rowWords === rows.length) return rows
  const left = new Float64Array(kept.length * rowWords)
  kept.forEach((word, row) => {
    left.set(rows.subarray(word, word + rowWords), row * rowWords)
  })
  return left
}

/**
 * End of the chunks that are written together with the one at `begin`: all that overlap, and those that follow each other and are small
 * or fit into one chunk.
 */
function groupEnd(rows: Float64Array, words: Uint32Array, begin: number): number {
  const count = rows.length / rowWords
  let last = rows[begin * rowWords + n.lastTimestamp] as number
  let samples = sampleCount(words, begin)
  let end = begin + 1
  for (; end < count; end++) {
    const overlaps = (rows[end * rowWords + n.firstTimestamp] as number) <= last
    const fits =
      samples + sampleCount(words, end) <= largestChunkCount || (isShort(words, end - 1) && isShort(words, end))
    if (!overlaps && !(fits && isLight(words, end - 1) && isLight(words, end))) break
    last = Math.max(last, rows[end * rowWords + n.lastTimestamp] as number)
    samples += sampleCount(words, end)
  }
  return end
}

function sampleCount(words: Uint32Array, row: number): number {
  return words[row * 2 * rowWords + w.count] as number
}

function isShort(words: Uint32Array, row: number): boolean {
  return sampleCount(words, row) < smallChunkCount
}

function isLight(words: Uint32Array, row: number): boolean {
  return (words[row * 2 * rowWords + w.lengthAndFlags] as number) >>> 5 < smallChunkBytes
}

/** Samples before `end`, in order of arrival. */
function inputsBefore(pieces: readonly Piece[], end: number): MergeInput[] {
  return [...pieces]
    .sort((a, b) => a.sealNumber - b.sealNumber)
    .map(({ samples, isBackFill }) => ({
      samples: sliceSamples(samples, 0, firstRowFrom(samples.timestamp, samples.count, end)),
      replaces: isBackFill,
    }))
}

/** What is left of them from `begin` on. */
function piecesFrom(pieces: readonly Piece[], begin: number): Piece[] {
  return pieces.flatMap((piece) => {
    const { samples } = piece
    const row = firstRowFrom(samples.timestamp, samples.count, begin)
    return row === samples.count ? [] : [{ ...piece, samples: sliceSamples(samples, row, samples.count) }]
  })
}

function joinSamples(first: Samples, second: Samples): Samples {
  if (first.count === 0) return second
  if (second.count === 0) return first
  return mergeSamples([
    { samples: first, replaces: false },
    { samples: second, replaces: false },
  ])
}

function isEqual(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length || a[0] !== b[0] || a[a.length - 1] !== b[b.length - 1]) return false
  for (let row = 0; row < a.length; row++) if (a[row] !== b[row]) return false
  return true
}

function payloadOf(record: Buffer, header: RecordHeader): Buffer {
  return record.subarray(headByteCount(header.type))
}
