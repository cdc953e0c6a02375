// Makes indexes of partitions: empty ones, from a scan of the chunk file where one is lost, and sorted from those that grew a tail.
import { join } from 'node:path'
import type { Logger } from '../../base/logger.ts'
import { summarize } from '../codec/chunk-summary.ts'
import { chunkFileHeaderByteCount, recordTypes } from './chunk-file.ts'
import { type ChunkFileReader, type DamagedSpan, isDamaged, type PlacedRecord } from './chunk-file-reader.ts'
import { ChunkIndex } from './chunk-index.ts'
import { writeRow } from './chunk-index-page.ts'
import { ChunkIndexWriter } from './chunk-index-writer.ts'
import { rowLayout, rowWords } from './chunk-rows.ts'
import { HistoryFilesError } from './history-files-error.ts'
import type { PartitionFile } from './partition-file.ts'
import { indexFileName, type PartitionFiles } from './partition-name.ts'

/** Writes an index without rows; its file stays open. */
export function emptyIndex(file: string, from: number, generation: number, coveredByteCount: number): PartitionFile {
  const facts = { from, generation, coveredByteCount, recentFrom: chunkFileHeaderByteCount }
  const writer = new ChunkIndexWriter(file)
  try {
    return writer.finish(facts)
  } catch (error) {
    writer.discard()
    throw error
  }
}

/** The index of a partition, made anew where it is lost or damaged. Throws HistoryFilesError. */
export function openIndex(
  place: { readonly folder: string; readonly logger: Logger },
  files: PartitionFiles,
  reader: ChunkFileReader,
): { readonly index: ChunkIndex; readonly indexGeneration: number } {
  const file = join(place.folder, indexFileName(files, files.generation, files.indexGeneration))
  if (files.indexGeneration > 0) {
    try {
      return { index: openWhole(file, files, reader.size), indexGeneration: files.indexGeneration }
    } catch (error) {
      if (!(error instanceof HistoryFilesError) || error.kind !== 'damaged') throw error
      place.logger.warn(`The index ${file} is damaged and is made anew from the chunks`, { error })
    }
  }
  const indexGeneration = files.indexGeneration + 1
  const fresh = join(place.folder, indexFileName(files, files.generation, indexGeneration))
  const { damages } = scanIntoIndex(reader, fresh, files)
  for (const { offset, end } of damages)
    place.logger.warn(`Bytes ${offset} to ${end} of ${reader.file} are damaged and are passed over`)
  return { index: ChunkIndex.open(fresh), indexGeneration }
}

/** Opens an index and looks at all of its sorted part. Throws HistoryFilesError. */
function openWhole(file: string, files: PartitionFiles, size: number): ChunkIndex {
  const index = ChunkIndex.open(file)
  try {
    if (index.header.from !== files.from || index.header.generation !== files.generation)
      throw new HistoryFilesError('damaged', `The index ${file} belongs to another partition`)
    if (index.seriesCount > 0) index.entry(0)
    if (index.committedByteCount > size || index.header.coveredByteCount > size)
      throw new HistoryFilesError('damaged', `The index ${file} knows more than its chunk file has`)
    return index
  } catch (error) {
    index.close()
    throw error
  }
}

/** What a scan of a chunk file found. */
export interface ScanResult {
  readonly chunkCount: number
  readonly damages: readonly DamagedSpan[]
  /** End of the last whole record. */
  readonly wholeByteCount: number
}

/** Makes the index of a chunk file from its records; damaged ones are passed over. The file appears under its name at the end. */
export function scanIntoIndex(reader: ChunkFileReader, file: string, files: PartitionFiles): ScanResult {
  const size = reader.size
  let wholeByteCount = chunkFileHeaderByteCount
  const damages: DamagedSpan[] = []
  const rowsOf = new Map<number, Float64Array[]>()
  let chunkCount = 0
  for (const record of reader.records(Math.min(size, chunkFileHeaderByteCount), size)) {
    if (!isDamaged(record)) wholeByteCount = record.end
    if (isDamaged(record)) damages.push(record)
    else if (record.header.type === recordTypes.chunk) {
      const row = rowOfRecord(reader, record)
      if (!row) {
        damages.push({ header: null, offset: record.offset, end: record.end })
        continue
      }
      chunkCount++
      const rows = rowsOf.get(record.header.series)
      if (rows) rows.push(row)
      else rowsOf.set(record.header.series, [row])
    }
  }
  const writer = new ChunkIndexWriter(`${file}.making`)
  try {
    for (const series of [...rowsOf.keys()].sort((a, b) => a - b)) {
      const rows = rowsOf.get(series) as Float64Array[]
      writer.add(series, sortedRows(joinArrays(rows)))
    }
    const { from, generation } = files
    const index = writer.finish({
      from,
      generation,
      coveredByteCount: wholeByteCount,
      recentFrom: chunkFileHeaderByteCount,
    })
    index.rename(file)
    index.close()
  } catch (error) {
    writer.discard()
    throw error
  }
  return { chunkCount, damages, wholeByteCount }
}

/** The row of a chunk, from its samples; null when it cannot be read. */
export function rowOfRecord(reader: ChunkFileReader, { offset, header, end }: PlacedRecord): Float64Array | null {
  const row = new Float64Array(rowWords)
  try {
    const { sealNumber, joinedSeals, isBackFill } = header
    const place = { offset, length: end - offset, sealNumber, joinedSeals, isBackFill }
    writeRow(row, new Uint32Array(row.buffer), 0, summarize(reader.samples(offset)), place)
    return row
  } catch {
    return null
  }
}

/** Rows of one series in order of (first time stamp, seal number); the same array when they are in order. */
export function sortedRows(rows: Float64Array): Float64Array {
  const count = rows.length / rowWords
  const { firstTimestamp, sealNumber } = rowLayout.numbers
  const compare = (a: number, b: number) =>
    (rows[a * rowWords + firstTimestamp] as number) - (rows[b * rowWords + firstTimestamp] as number) ||
    (rows[a * rowWords + sealNumber] as number) - (rows[b * rowWords + sealNumber] as number)
  let isSorted = true
  for (let row = 1; row < count && isSorted; row++) isSorted = compare(row - 1, row) <= 0
  if (isSorted) return rows
  const order = Array.from({ length: count }, (_, row) => row).sort(compare)
  const sorted = new Float64Array(rows.length)
  order.forEach((from, to) => {
    sorted.set(rows.subarray(from * rowWords, (from + 1) * rowWords), to * rowWords)
  })
  return sorted
}

/** One array after the other. */
export function joinArrays(arrays: readonly Float64Array[]): Float64Array {
  if (arrays.length === 1) return arrays[0] as Float64Array
  const joined = new Float64Array(arrays.reduce((sum, array) => sum + array.length, 0))
  let at = 0
  for (const array of arrays) {
    joined.set(array, at)
    at += array.length
  }
  return joined
}

/** All rows of a series that an index has, of the tail the first `tailCount`; in order. Throws HistoryFilesError `damaged`. */
export function allRows(index: ChunkIndex, series: number, tailCount = index.tailCount): Float64Array {
  const entry = index.entryOf(series)
  const arrays = entry ? [index.rows(entry)] : []
  for (const row of index.tailOf(series)) {
    if (row >= tailCount) break
    arrays.push(index.tailRows.subarray(row * rowWords, (row + 1) * rowWords))
  }
  return sortedRows(joinArrays(arrays))
}

/** Writes the rows of an index, tail and all, as the sorted part of a new one. Gives way between series. */
export async function sortIndex(
  index: ChunkIndex,
  file: string,
  recentFrom: number,
  giveWay: () => Promise<void>,
): Promise<PartitionFile> {
  const { from, generation } = index.header
  const writer = new ChunkIndexWriter(file)
  try {
    for (const series of index.seriesNumbers()) {
      writer.add(series, allRows(index, series))
      await giveWay()
    }
    return writer.finish({ from, generation, coveredByteCount: index.knownByteCount, recentFrom })
  } catch (error) {
    writer.discard()
    throw error
  }
}
