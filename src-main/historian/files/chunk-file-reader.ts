// Reads chunk files record by record: for views, for indexes that have to be made anew, for checks and repair.
import { closeSync, fstatSync, openSync } from 'node:fs'
import { inflateRawSync } from 'node:zlib'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { openChunk } from '../codec/chunk-codec.ts'
import { decodeTimestamps } from '../codec/timestamp-codec.ts'
import { decodeTimestampSubset } from '../codec/timestamp-subset.ts'
import type { Samples } from '../samples.ts'
import {
  type ChunkFileHeader,
  chunkFileHeaderByteCount,
  decodeCoverage,
  decodeFileHeader,
  decodeRecordHeader,
  findRecordMagic,
  headByteCount,
  isIntact,
  largestPayloadByteCount,
  longestHeadByteCount,
  type RecordHeader,
  recordByteCount,
  recordTypes,
  splitChunkPayload,
} from './chunk-file.ts'
import { readAt } from './chunk-index.ts'
import type { Coverage } from './history-files.ts'
import { HistoryFilesError } from './history-files-error.ts'

/** A record and where it is. */
export interface PlacedRecord {
  readonly offset: number
  readonly header: RecordHeader
  /** Where the next one begins. */
  readonly end: number
}

/** Bytes that are no intact record. */
export interface DamagedSpan {
  readonly header: null
  readonly offset: number
  readonly end: number
}

/** What a series record says of each series: enough to make a lost catalog anew. */
export interface NamedSeries {
  readonly id: number
  readonly kind: string
  readonly dataType: string
  readonly interpolation: string
  readonly unit: string
  readonly name: string
}

/** Decoded columns that are kept, newest use last: chunks of one scan share theirs. */
const keptColumnCount = 64
/** Files are walked through in pieces of so many bytes. */
const pieceByteCount = 4 * 1024 * 1024

export class ChunkFileReader {
  readonly file: string
  readonly #descriptor: number
  readonly #ownsDescriptor: boolean
  readonly #columns = new Map<number, Float64Array>()

  /** Opens the file, or uses a descriptor that stays the caller's. System errors as they are. */
  constructor(file: string, descriptor?: number) {
    this.file = file
    this.#ownsDescriptor = descriptor === undefined
    this.#descriptor = descriptor ?? openSync(file, 'r')
  }

  get size(): number {
    return fstatSync(this.#descriptor).size
  }

  /** null = damaged. */
  header(): ChunkFileHeader | 'tooNew' | null {
    return decodeFileHeader(readAt(this.#descriptor, 0, chunkFileHeaderByteCount))
  }

  /** Heads of the records in [from, to), without a look at their payloads; ends where there is none. */
  *heads(from: number, to: number): Generator<PlacedRecord> {
    for (let offset = from; offset < to; ) {
      const header = decodeRecordHeader(readAt(this.#descriptor, offset, Math.min(longestHeadByteCount, to - offset)))
      if (!header) return
      const end = offset + recordByteCount(header)
      if (end > to) return
      yield { offset, header, end }
      offset = end
    }
  }

  /** Everything in [from, to): intact records, and what lies between them where bytes are damaged. */
  *records(from: number, to: number): Generator<PlacedRecord | DamagedSpan> {
    let pieceStart = from
    let piece: Buffer = Buffer.alloc(0)
    let damagedFrom = -1
    for (let offset = from; offset < to; ) {
      if (offset + longestHeadByteCount > pieceStart + piece.length || needsMore(piece, offset - pieceStart)) {
        pieceStart = offset
        const head = decodeRecordHeader(readAt(this.#descriptor, offset, Math.min(longestHeadByteCount, to - offset)))
        const wanted = Math.max(pieceByteCount, head ? recordByteCount(head) : 0)
        piece = readAt(this.#descriptor, offset, Math.min(wanted, to - offset))
      }
      const at = offset - pieceStart
      if (isIntact(piece, at)) {
        if (damagedFrom >= 0) yield { header: null, offset: damagedFrom, end: offset }
        damagedFrom = -1
        const header = decodeRecordHeader(piece, at) as RecordHeader
        const end = offset + recordByteCount(header)
        yield { offset, header, end }
        offset = end
        continue
      }
      if (damagedFrom < 0) damagedFrom = offset
      const next = findRecordMagic(piece, at + 1)
      // The magic may lie across the end of the piece.
      offset = next >= 0 ? pieceStart + next : Math.max(offset + 1, pieceStart + piece.length - 3)
      if (next < 0 && pieceStart + piece.length >= to) offset = to
    }
    if (damagedFrom >= 0) yield { header: null, offset: damagedFrom, end: to }
  }

  /** The whole record with its head, its checksum looked at. Throws HistoryFilesError `damaged`. */
  record(offset: number): Buffer {
    const head = decodeRecordHeader(readAt(this.#descriptor, offset, longestHeadByteCount))
    const bytes = head && readAt(this.#descriptor, offset, recordByteCount(head))
    if (!bytes || !isIntact(bytes))
      throw new HistoryFilesError('damaged', `There is no intact record at byte ${offset} of ${this.file}`)
    return bytes
  }

  /** Time stamps of the column at this place; shared, not to be changed. Throws `damaged` and RuntimeError BadDecodingError. */
  column(offset: number): Float64Array {
    const kept = this.#columns.get(offset)
    if (kept) {
      this.#columns.delete(offset)
      this.#columns.set(offset, kept)
      return kept
    }
    const bytes = this.record(offset)
    if (bytes[12] !== recordTypes.timestamps)
      throw new HistoryFilesError('damaged', `The record at byte ${offset} of ${this.file} has no time stamps`)
    const column = decodeTimestamps(bytes.subarray(headByteCount(recordTypes.timestamps)))
    this.#columns.set(offset, column)
    const oldest = this.#columns.keys().next().value
    if (this.#columns.size > keptColumnCount && oldest !== undefined) this.#columns.delete(oldest)
    return column
  }

  /** The samples of a chunk. Throws `damaged` and RuntimeError BadDecodingError. */
  samples(offset: number): Samples {
    const bytes = this.record(offset)
    const header = decodeRecordHeader(bytes)
    if (header?.type !== recordTypes.chunk)
      throw new HistoryFilesError('damaged', `The record at byte ${offset} of ${this.file} is no chunk`)
    const { selection, chunk } = splitChunkPayload(
      bytes.subarray(headByteCount(recordTypes.chunk)),
      header.hasSelection,
    )
    const column = this.column(header.timestampsOffset)
    const timestamp = selection ? decodeTimestampSubset(selection, column) : column
    const columns = openChunk(chunk).decodeAll()
    if (timestamp.length !== columns.value.length || timestamp.length !== header.count)
      throw new RuntimeError(
        'BadDecodingError',
        `The chunk at byte ${offset} of ${this.file} does not fit its time stamps`,
      )
    return { count: timestamp.length, timestamp, ...columns }
  }

  /** The series a series record names. Throws `damaged`. */
  namedSeries(offset: number): readonly NamedSeries[] {
    const payload = this.#shortPayload(offset)
    const text = inflateRawSync(payload, { maxOutputLength: largestPayloadByteCount }).toString('utf8')
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [id, kind = '', dataType = '', interpolation = '', unit = '', name = ''] = line.split('\t')
        return { id: Number(id), kind, dataType, interpolation, unit: JSON.parse(unit), name: JSON.parse(name) }
      })
  }

  /** The rows of a coverage record. Throws `damaged`. */
  coverage(offset: number): readonly Coverage[] {
    return decodeCoverage(this.#shortPayload(offset))
  }

  #shortPayload(offset: number): Buffer {
    return this.record(offset).subarray(headByteCount(recordTypes.series))
  }

  close(): void {
    if (this.#ownsDescriptor) closeSync(this.#descriptor)
  }
}

/** True for the damaged part of what `records` gives. */
export function isDamaged(record: PlacedRecord | DamagedSpan): record is DamagedSpan {
  return record.header === null
}

/** A record whose head is in the piece but whose end is not. */
function needsMore(piece: Buffer, at: number): boolean {
  const header = decodeRecordHeader(piece, at)
  return header !== null && at + recordByteCount(header) > piece.length
}
