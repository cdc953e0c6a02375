// One partition as its writer has it: appends chunks and their index rows, says what is on the disk, recovers after a crash.
import { existsSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Logger } from '../../base/logger.ts'
import {
  chunkFileHeaderByteCount,
  encodeFileHeader,
  encodeNamedSeries,
  encodeRecordHeader,
  headByteCount,
  plainHeader,
  type RecordHeader,
  recordByteCount,
  recordTypes,
} from './chunk-file.ts'
import { ChunkFileReader, isDamaged, type NamedSeries, type PlacedRecord } from './chunk-file-reader.ts'
import { type ChunkIndex, markEntry, tailEntry, tailEntryByteCount } from './chunk-index.ts'
import { lengthOf, writeRow } from './chunk-index-page.ts'
import { rowLayout, rowWords } from './chunk-rows.ts'
import type { Coverage, SealedChunk, TimestampColumn } from './history-files.ts'
import { HistoryFilesError } from './history-files-error.ts'
import { asFilesError, PartitionFile } from './partition-file.ts'
import { emptyIndex, openIndex, rowOfRecord } from './partition-index.ts'
import { chunkFileName, indexFileName, type PartitionFiles, type PartitionSpan } from './partition-name.ts'

/** What a partition needs of its surroundings. */
export interface PartitionPlace {
  /** Of the partitions' files. */
  readonly folder: string
  readonly logger: Logger
  /** For the records that name series; undefined for a number nobody knows. */
  nameSeries(series: number): NamedSeries | undefined
}

export class Partition implements PartitionSpan {
  readonly from: number
  readonly to: number
  readonly generation: number
  readonly isClustered: boolean
  readonly chunks: PartitionFile
  readonly #place: PartitionPlace
  #index: PartitionFile
  #indexGeneration: number
  /** Rows in the tail of the index. */
  #tailRowCount: number
  /** Rows were taken back after readers may have seen them: the index has to be written anew. */
  #hasTakenBack = false
  #markedByteCount: number
  #markedRecentFrom = 0
  #recent: RecentRecord[] = []
  #sealNumber: number
  /** Places of time stamp columns that were written since the start. */
  #columns = new WeakMap<TimestampColumn, number>()
  readonly #namedSeries = new Set<number>()
  #unnamedSeries: number[] = []

  private constructor(
    place: PartitionPlace,
    files: PartitionFiles,
    isClustered: boolean,
    chunks: PartitionFile,
    index: PartitionFile,
    known: { committedByteCount: number; sealNumber: number },
  ) {
    this.#place = place
    this.from = files.from
    this.to = files.to
    this.generation = files.generation
    this.isClustered = isClustered
    this.chunks = chunks
    this.#index = index
    this.#indexGeneration = files.indexGeneration
    this.#tailRowCount = 0
    this.#markedByteCount = known.committedByteCount
    this.#sealNumber = known.sealNumber
  }

  /** A new, empty one. The caller syncs the folder. Throws HistoryFilesError. */
  static create(place: PartitionPlace, span: PartitionSpan): Partition {
    const files: PartitionFiles = { ...span, generation: 1, indexGeneration: 1 }
    const chunkFile = join(place.folder, chunkFileName(span, 1))
    const indexFile = join(place.folder, indexFileName(span, 1, 1))
    const made: PartitionFile[] = []
    try {
      const chunks = new PartitionFile(`${chunkFile}.making`, true)
      made.push(chunks)
      chunks.append([encodeFileHeader({ ...span, generation: 1, isClustered: false })])
      const index = emptyIndex(`${indexFile}.making`, span.from, 1, chunkFileHeaderByteCount)
      made.push(index)
      index.rename(indexFile)
      chunks.rename(chunkFile)
      return new Partition(place, files, false, chunks, index, { committedByteCount: 0, sealNumber: 0 })
    } catch (error) {
      for (const file of made) file.discard()
      throw asFilesError(error, `making the partition ${chunkFileName(span, 1)}`)
    }
  }

  /**
   * Opens what is there and brings chunks and index into agreement: what a crash left half written goes, what the index does not know is
   * added. Throws HistoryFilesError: `damaged` when nothing of it can be used, `tooNew`.
   */
  static open(place: PartitionPlace, files: PartitionFiles): Partition {
    const chunkFile = join(place.folder, chunkFileName(files, files.generation))
    const chunks = new PartitionFile(chunkFile, false)
    const reader = new ChunkFileReader(chunkFile, chunks.descriptor)
    try {
      const header = reader.header()
      if (header === 'tooNew')
        throw new HistoryFilesError(
          'tooNew',
          `The partition ${chunkFile} was made by a newer Lineside; it is not touched`,
        )
      if (!header) mendHead(chunks, files, place.logger)
      const { index, indexGeneration } = openIndex(place, files, reader)
      const partition = new Partition(
        place,
        { ...files, indexGeneration },
        header?.isClustered ?? false,
        chunks,
        new PartitionFile(index.file, false),
        index,
      )
      partition.#tailRowCount = index.tailCount
      partition.#reconcile(index, reader)
      partition.#markedRecentFrom = index.recentFrom
      partition.#recent = [...recentRecords(reader, index.recentFrom, chunks.size, files.from)]
      index.close()
      return partition
    } catch (error) {
      chunks.close()
      throw asFilesError(error, `opening the partition ${chunkFile}`)
    }
  }

  get files(): PartitionFiles {
    const { from, to, generation } = this
    return { from, to, generation, indexGeneration: this.#indexGeneration }
  }

  get indexFile(): string {
    return this.#index.file
  }

  get indexSize(): number {
    return this.#index.size
  }

  get tailRowCount(): number {
    return this.#tailRowCount
  }

  get needsNewIndex(): boolean {
    return this.#hasTakenBack
  }

  /** Of its newest chunk; 0 = none. */
  get sealNumber(): number {
    return this.#sealNumber
  }

  get isDirty(): boolean {
    const { recentFrom } = this
    const isForgotten = recentFrom !== this.#markedRecentFrom && recentFrom <= this.#markedByteCount
    return this.chunks.size !== this.#markedByteCount || this.#unnamedSeries.length > 0 || isForgotten
  }

  /**
   * Writes records; readers do not see them until {@link Partition.publish}. Answers how to take them back. Throws HistoryFilesError; then
   * nothing was written.
   */
  write(chunks: readonly SealedChunk[], sealNumber: number, journalPosition: number): WrittenChunks {
    const before = this.chunks.size
    const parts: Uint8Array[] = []
    const rows = new Float64Array(chunks.length * rowWords)
    const words = new Uint32Array(rows.buffer)
    const columns = new Map<TimestampColumn, number>()
    let offset = before
    const add = (header: RecordHeader, payload: Uint8Array[]) => {
      parts.push(encodeRecordHeader(header, payload), ...payload)
      const at = offset
      offset += recordByteCount(header)
      return at
    }
    chunks.forEach((chunk, row) => {
      let timestampsOffset = columns.get(chunk.timestamps) ?? this.#columns.get(chunk.timestamps)
      if (timestampsOffset === undefined) {
        const { bytes, count } = chunk.timestamps
        timestampsOffset = add(plainHeader(recordTypes.timestamps, bytes.length, count), [bytes])
        columns.set(chunk.timestamps, timestampsOffset)
      }
      const payload = chunk.selection ? [lengthBytes(chunk.selection), chunk.selection, chunk.bytes] : [chunk.bytes]
      const length = payload.reduce((sum, part) => sum + part.length, 0)
      const { count, firstTimestamp, lastTimestamp } = chunk.summary
      const at = add(
        {
          type: recordTypes.chunk,
          length,
          isBackFill: chunk.isBackFill,
          hasSelection: chunk.selection !== null,
          count,
          series: chunk.series,
          firstTimestamp,
          lastTimestamp,
          timestampsOffset,
          sealNumber,
          joinedSeals: 0,
          journalPosition,
          coveredBefore: Math.min(chunk.coveredBefore, this.to),
        },
        payload,
      )
      const place = {
        offset: at,
        length: headByteCount(recordTypes.chunk) + length,
        sealNumber,
        joinedSeals: 0,
      }
      writeRow(rows, words, row, chunk.summary, { ...place, isBackFill: chunk.isBackFill })
    })
    this.chunks.append(parts)
    return { chunks, rows, columns, before, sealNumber, journalPosition }
  }

  /** Makes written chunks visible. Throws HistoryFilesError; then they are not visible and are to be taken back. */
  publish({ chunks, rows, columns, sealNumber, journalPosition }: WrittenChunks): void {
    const before = this.#index.size
    try {
      this.#index.append(chunks.map(({ series }, row) => tailEntry(series, rows, row * rowWords)))
    } catch (error) {
      this.#hasTakenBack = true
      this.#index.truncate(before)
      throw error
    }
    this.#tailRowCount += chunks.length
    this.#sealNumber = Math.max(this.#sealNumber, sealNumber)
    for (const [column, offset] of columns) this.#columns.set(column, offset)
    chunks.forEach(({ series, coveredBefore }, row) => {
      if (!this.#namedSeries.has(series)) {
        this.#namedSeries.add(series)
        this.#unnamedSeries.push(series)
      }
      if (coveredBefore === 0) return
      const offset = rows[row * rowWords + rowLayout.numbers.offset] as number
      const before = Math.min(coveredBefore, this.to)
      this.#recent.push({ offset, rows: [{ series, journalPosition, from: this.from, before }] })
    })
  }

  /** Takes rows back that were published by the last call. */
  unpublish({ chunks }: WrittenChunks): void {
    this.#hasTakenBack = true
    this.#index.truncate(this.#index.size - chunks.length * tailEntryByteCount)
    this.#tailRowCount -= chunks.length
  }

  /** Takes chunks back that were written by the last call and are not published. */
  takeBack({ before }: WrittenChunks): void {
    this.chunks.truncate(before)
    this.#recent = this.#recent.filter(({ offset }) => offset < before)
    this.#columns = new WeakMap()
  }

  /** Everything appended before the call is on the disk when this resolves. Throws HistoryFilesError. */
  async commit(): Promise<void> {
    this.#writeNames()
    const size = this.chunks.size
    await this.chunks.sync()
    const index = this.#index
    await index.sync()
    this.#markedByteCount = size
    if (index !== this.#index) return
    this.#markedRecentFrom = Math.min(size, this.recentFrom)
    index.append([markEntry(size, this.#markedRecentFrom)])
  }

  /** Coverage by the chunks with journal positions from `sincePosition` on. */
  coverage(sincePosition: number): Coverage[] {
    return this.#recent.flatMap(({ rows }) => rows.filter((row) => row.journalPosition >= sincePosition))
  }

  /** The replay never asks for positions below this again. */
  forgetCoverage(beforePosition: number): void {
    const kept = this.#recent.findIndex(({ rows }) => rows.some((row) => row.journalPosition >= beforePosition))
    this.#recent = kept < 0 ? [] : this.#recent.slice(kept)
  }

  /** Records before this place of the chunk file say nothing to a replay any more. */
  get recentFrom(): number {
    return this.#recent[0]?.offset ?? this.chunks.size
  }

  /**
   * Goes over to a new index whose sorted part knows the tail up to byte `mergedTo` of the old one; what was added since is copied
   * to its tail. Answers the name of the old one, which is the caller's to remove: who has it open goes on reading it.
   */
  replaceIndex(fresh: PartitionFile, mergedTo: number): string {
    const old = this.#index
    const added = old.read(mergedTo, old.size)
    if (added.length > 0) fresh.append([added])
    fresh.rename(join(this.#place.folder, indexFileName(this, this.generation, this.#indexGeneration + 1)))
    this.#index = fresh
    this.#indexGeneration++
    this.#tailRowCount = Math.floor(added.length / tailEntryByteCount)
    this.#hasTakenBack = false
    old.close()
    return basename(old.file)
  }

  close(): void {
    this.chunks.close()
    this.#index.close()
  }

  #writeNames(): void {
    if (this.#unnamedSeries.length === 0) return
    const named = this.#unnamedSeries.flatMap((number) => this.#place.nameSeries(number) ?? [])
    this.#unnamedSeries = []
    if (named.length === 0) return
    const payload = encodeNamedSeries(named)
    const header = plainHeader(recordTypes.series, payload.length, Math.min(0xffff, named.length))
    this.chunks.append([encodeRecordHeader(header, [payload]), payload])
  }

  /** After a crash: looks at everything behind the last commit point. */
  #reconcile(index: ChunkIndex, reader: ChunkFileReader): void {
    if (index.hasTornTail) this.#index.truncate(index.tailEnd)
    if (index.committedByteCount === this.chunks.size && index.knownByteCount <= this.chunks.size) return
    const { from, missing, lost } = this.#lookBehind(index, reader)
    if (lost !== null) this.#giveUpFrom(lost, reader)
    this.#forgetRowsFrom(this.chunks.size, index)
    for (const record of missing) if (record.end <= this.chunks.size) this.#addMissing(record, reader)
    this.#place.logger.info(
      `The partition ${this.chunks.file} was not closed; everything from byte ${from} on was looked at`,
    )
  }

  /** Walks through what was not committed: records that the index does not know, and where bytes are no record. */
  #lookBehind(index: ChunkIndex, reader: ChunkFileReader) {
    const from = Math.max(chunkFileHeaderByteCount, index.committedByteCount)
    const missing: PlacedRecord[] = []
    let lost: number | null = null
    for (const record of reader.records(from, this.chunks.size)) {
      if (isDamaged(record)) lost ??= record.offset
      else if (record.header.type === recordTypes.chunk && record.offset >= index.knownByteCount) missing.push(record)
    }
    return { from, missing, lost }
  }

  /** What follows the first damaged byte was not committed: the journal still has it. It is kept aside when there is anything in it. */
  #giveUpFrom(lost: number, reader: ChunkFileReader): void {
    const end = this.chunks.size
    const hasRecords = [...reader.records(lost, end)].some((record) => !isDamaged(record))
    if (hasRecords) {
      const aside = `${this.chunks.file}.${lost}.damaged`
      if (!existsSync(aside)) writeFileSync(aside, this.chunks.read(lost, end), { mode: 0o600 })
    }
    this.#place.logger.warn(
      `${end - lost} bytes of ${this.chunks.file} from byte ${lost} on were not whole and are taken away`,
    )
    this.chunks.truncate(lost)
  }

  /** Rows of records that do not end within the chunk file: the last of the tail; marks between them go with them. */
  #forgetRowsFrom(end: number, index: ChunkIndex): void {
    const words = new Uint32Array(index.tailRows.buffer)
    const endOf = (row: number) =>
      (index.tailRows[row * rowWords + rowLayout.numbers.offset] as number) + lengthOf(words, row)
    let kept = index.tailCount
    while (kept > 0 && endOf(kept - 1) > end) kept--
    if (kept === index.tailCount) return
    this.#index.truncate(index.tailPlace(kept))
    this.#tailRowCount = kept
    this.#hasTakenBack = true
  }

  #addMissing(record: PlacedRecord, reader: ChunkFileReader): void {
    const row = rowOfRecord(reader, record)
    if (!row) {
      this.#place.logger.warn(
        `The chunk at byte ${record.offset} of ${this.chunks.file} cannot be read and is passed over`,
      )
      return
    }
    this.#index.append([tailEntry(record.header.series, row)])
    this.#tailRowCount++
    this.#sealNumber = Math.max(this.#sealNumber, record.header.sealNumber)
  }
}

/** Chunks in the file that no reader sees yet. */
export interface WrittenChunks {
  readonly chunks: readonly SealedChunk[]
  readonly rows: Float64Array
  readonly columns: ReadonlyMap<TimestampColumn, number>
  /** Size of the file before. */
  readonly before: number
  readonly sealNumber: number
  readonly journalPosition: number
}

/** A record that says something to a replay of the journal. */
interface RecentRecord {
  readonly offset: number
  readonly rows: readonly Coverage[]
}

/** What records from `from` on say to a replay. Behind a damaged place a chunk speaks only for its own span: others may be lost. */
function* recentRecords(reader: ChunkFileReader, from: number, to: number, begin: number): Generator<RecentRecord> {
  let isPastDamage = false
  for (const record of reader.records(Math.max(from, chunkFileHeaderByteCount), to)) {
    if (isDamaged(record)) {
      isPastDamage = true
      continue
    }
    const { header, offset } = record
    if (header.type === recordTypes.coverage) yield { offset, rows: reader.coverage(offset) }
    if (header.type !== recordTypes.chunk || header.coveredBefore === 0) continue
    const { series, journalPosition, coveredBefore, firstTimestamp } = header
    yield {
      offset,
      rows: [{ series, journalPosition, from: isPastDamage ? firstTimestamp : begin, before: coveredBefore }],
    }
  }
}

/** The head says nothing that the name does not. A file that is shorter than it was never committed: there is nothing in it. */
function mendHead(chunks: PartitionFile, { from, to, generation }: PartitionFiles, logger: Logger): void {
  logger.warn(`The head of ${chunks.file} is damaged and is written anew; its records are as they were`)
  const head = encodeFileHeader({ from, to, generation, isClustered: false })
  if (chunks.size >= chunkFileHeaderByteCount) return chunks.overwrite(head, 0)
  chunks.truncate(0)
  chunks.append([head])
}

function lengthBytes(bytes: Uint8Array): Uint8Array {
  const length = Buffer.allocUnsafe(4)
  length.writeUInt32LE(bytes.length, 0)
  return length
}
