// The append-only file of a partition: every record says by itself what it is, so that all else can be made from it. FORMAT.md.
import { crc32, deflateRawSync } from 'node:zlib'
import { RuntimeError } from '../../shared/runtime-error.ts'
import type { Coverage } from './history-files.ts'

/** Format of chunk and index files; greater ones are refused. */
export const filesFormatVersion = 1

export const chunkFileHeaderByteCount = 64
const fileMagic = 0x4b4e4843534c // "LSCHNK" as 48 bits, little-endian

/** First bytes of a chunk file. */
export interface ChunkFileHeader {
  /** Span of time of its samples; ms since 1970-01-01 UTC; `to` is exclusive. */
  readonly from: number
  readonly to: number
  /** Counts the rewritings of the partition. */
  readonly generation: number
  /** One series lies in one piece and nothing overlapped when the file was written; later records may. */
  readonly isClustered: boolean
}

export const recordTypes = { chunk: 1, timestamps: 2, series: 3, coverage: 4 } as const
/** Head of a chunk; all other records have a short one. */
const chunkHeadByteCount = 56
const shortHeadByteCount = 16
const recordMagic = 0x4352534c // "LSRC"
/** Payload of one record; more is refused. */
export const largestPayloadByteCount = 64 * 1024 * 1024

/** Bytes of the head of a record of this type. */
export function headByteCount(type: number): number {
  return type === recordTypes.chunk ? chunkHeadByteCount : shortHeadByteCount
}

/** Bytes in which the head of any record is. */
export const longestHeadByteCount = chunkHeadByteCount

/** Head of a record; of records that are no chunk only `type`, `length` and `count` mean something. */
export interface RecordHeader {
  readonly type: number
  /** Bytes behind the head. */
  readonly length: number
  readonly isBackFill: boolean
  /** The payload begins with which time stamps of the column the chunk has: length (4 bytes), bytes. */
  readonly hasSelection: boolean
  /** Samples, time stamps or series. */
  readonly count: number
  readonly series: number
  readonly firstTimestamp: number
  readonly lastTimestamp: number
  /** Place of the record with the time stamps. */
  readonly timestampsOffset: number
  readonly sealNumber: number
  /** Seal number less the lowest one joined; 2³² − 1 = at least so much. */
  readonly joinedSeals: number
  readonly journalPosition: number
  readonly coveredBefore: number
}

/** A record of another type than chunk. */
export function plainHeader(type: number, length: number, count: number): RecordHeader {
  return {
    type,
    length,
    isBackFill: false,
    hasSelection: false,
    count,
    series: 0,
    firstTimestamp: 0,
    lastTimestamp: 0,
    timestampsOffset: 0,
    sealNumber: 0,
    joinedSeals: 0,
    journalPosition: 0,
    coveredBefore: 0,
  }
}

/** 64 bytes. */
export function encodeFileHeader(header: ChunkFileHeader): Buffer {
  const bytes = Buffer.alloc(chunkFileHeaderByteCount)
  bytes.writeUIntLE(fileMagic, 0, 6)
  bytes.writeUInt16LE(filesFormatVersion, 6)
  bytes.writeDoubleLE(header.from, 8)
  bytes.writeDoubleLE(header.to, 16)
  bytes.writeUInt32LE(header.generation, 24)
  bytes.writeUInt32LE(header.isClustered ? 1 : 0, 28)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 60)), 60)
  return bytes
}

/** null = damaged. 'tooNew' = made by a newer Lineside. */
export function decodeFileHeader(bytes: Buffer): ChunkFileHeader | 'tooNew' | null {
  if (bytes.length < chunkFileHeaderByteCount || bytes.readUIntLE(0, 6) !== fileMagic) return null
  if (bytes.readUInt32LE(60) !== crc32(bytes.subarray(0, 60))) return null
  if (bytes.readUInt16LE(6) > filesFormatVersion) return 'tooNew'
  return {
    from: bytes.readDoubleLE(8),
    to: bytes.readDoubleLE(16),
    generation: bytes.readUInt32LE(24),
    isClustered: (bytes.readUInt32LE(28) & 1) !== 0,
  }
}

/** The head of a record with these parts as its payload; their lengths add up to `header.length`. */
export function encodeRecordHeader(header: RecordHeader, parts: readonly Uint8Array[]): Buffer {
  const bytes = Buffer.allocUnsafe(headByteCount(header.type))
  bytes.writeUInt32LE(recordMagic, 0)
  bytes.writeUInt32LE(header.length, 8)
  bytes[12] = header.type
  bytes[13] = (header.isBackFill ? 1 : 0) | (header.hasSelection ? 2 : 0)
  bytes.writeUInt16LE(header.count, 14)
  if (header.type === recordTypes.chunk) writeChunkHead(bytes, header)
  let check = crc32(bytes.subarray(8))
  for (const part of parts) check = crc32(part, check)
  bytes.writeUInt32LE(check, 4)
  return bytes
}

function writeChunkHead(bytes: Buffer, header: RecordHeader): void {
  bytes.writeUInt32LE(header.series, 16)
  writeUint48(bytes, header.firstTimestamp, 20)
  bytes.writeUInt32LE(header.lastTimestamp - header.firstTimestamp, 26)
  writeUint48(bytes, header.timestampsOffset, 30)
  writeUint48(bytes, header.sealNumber, 36)
  bytes.writeUInt32LE(header.joinedSeals, 42)
  writeUint48(bytes, header.journalPosition, 46)
  // How far the coverage reaches beyond the last sample: seldom more than a minute.
  bytes.writeUInt32LE(coverageBeyond(header), 52)
}

/** null = these bytes are no head of a record. The payload's checksum is looked at by {@link isIntact}. */
export function decodeRecordHeader(bytes: Buffer, at = 0): RecordHeader | null {
  if (at + shortHeadByteCount > bytes.length || bytes.readUInt32LE(at) !== recordMagic) return null
  const type = bytes[at + 12] as number
  const flags = bytes[at + 13] as number
  const length = bytes.readUInt32LE(at + 8)
  if (type < recordTypes.chunk || type > recordTypes.coverage || flags > 3 || length > largestPayloadByteCount)
    return null
  const count = bytes.readUInt16LE(at + 14)
  if (type !== recordTypes.chunk) return plainHeader(type, length, count)
  if (at + chunkHeadByteCount > bytes.length) return null
  const firstTimestamp = bytes.readUIntLE(at + 20, 6)
  const lastTimestamp = firstTimestamp + bytes.readUInt32LE(at + 26)
  const beyond = bytes.readUInt32LE(at + 52)
  return {
    type,
    length,
    isBackFill: (flags & 1) !== 0,
    hasSelection: (flags & 2) !== 0,
    count,
    series: bytes.readUInt32LE(at + 16),
    firstTimestamp,
    lastTimestamp,
    timestampsOffset: bytes.readUIntLE(at + 30, 6),
    sealNumber: bytes.readUIntLE(at + 36, 6),
    joinedSeals: bytes.readUInt32LE(at + 42),
    journalPosition: bytes.readUIntLE(at + 46, 6),
    coveredBefore: beyond === 0 ? 0 : lastTimestamp + beyond,
  }
}

/** True when head and payload of the record that begins at `at` are what was written. */
export function isIntact(bytes: Buffer, at = 0): boolean {
  const header = decodeRecordHeader(bytes, at)
  if (!header) return false
  const end = at + recordByteCount(header)
  return end <= bytes.length && crc32(bytes.subarray(at + 8, end)) === bytes.readUInt32LE(at + 4)
}

/** Head and payload. */
export function recordByteCount(header: RecordHeader): number {
  return headByteCount(header.type) + header.length
}

/** Where the next record could begin, from `from` on; −1 = nowhere in these bytes. */
export function findRecordMagic(bytes: Buffer, from: number): number {
  return bytes.indexOf('LSRC', from, 'latin1')
}

/** Selection and chunk of a chunk's payload. RuntimeError BadDecodingError when they do not fit. */
export function splitChunkPayload(
  payload: Buffer,
  hasSelection: boolean,
): { readonly selection: Buffer | null; readonly chunk: Buffer } {
  if (!hasSelection) return { selection: null, chunk: payload }
  const length = payload.length < 4 ? Number.POSITIVE_INFINITY : payload.readUInt32LE(0)
  if (4 + length > payload.length)
    throw new RuntimeError('BadDecodingError', 'The selection of a chunk is longer than it')
  return { selection: payload.subarray(4, 4 + length), chunk: payload.subarray(4 + length) }
}

/** 0 = says nothing; else ms from the last sample to the end of the coverage, which may be cut short. */
function coverageBeyond(header: RecordHeader): number {
  const beyond = header.coveredBefore - header.lastTimestamp
  return beyond > 0 ? Math.min(beyond, 0xffffffff) : 0
}

/** Faster than Buffer.writeUIntLE; 0 to 2⁴⁸ − 1. */
function writeUint48(bytes: Buffer, value: number, at: number): void {
  bytes.writeUInt32LE(value % 0x100000000, at)
  bytes.writeUInt16LE(Math.floor(value / 0x100000000), at + 4)
}

/** Payload of a series record: one line for each, compressed. Read back by ChunkFileReader.namedSeries. */
export function encodeNamedSeries(
  series: readonly {
    readonly id: number
    readonly kind: string
    readonly dataType: string
    readonly interpolation: string
    readonly unit: string
    readonly name: string
  }[],
): Buffer {
  const lines = series.map(({ id, kind, dataType, interpolation, unit, name }) =>
    [id, kind, dataType, interpolation, JSON.stringify(unit), JSON.stringify(name)].join('\t'),
  )
  return deflateRawSync(Buffer.from(lines.join('\n')))
}

const coverageByteCount = 28

/** Payload of a coverage record: what rewritten chunks said to a replay of the journal. */
export function encodeCoverage(rows: readonly Coverage[]): Buffer {
  const bytes = Buffer.alloc(rows.length * coverageByteCount)
  rows.forEach(({ series, journalPosition, from, before }, row) => {
    const at = row * coverageByteCount
    bytes.writeUInt32LE(series, at)
    bytes.writeDoubleLE(journalPosition, at + 4)
    bytes.writeDoubleLE(from, at + 12)
    bytes.writeDoubleLE(before, at + 20)
  })
  return bytes
}

export function decodeCoverage(payload: Buffer): readonly Coverage[] {
  return Array.from({ length: Math.floor(payload.length / coverageByteCount) }, (_, row) => {
    const at = row * coverageByteCount
    return {
      series: payload.readUInt32LE(at),
      journalPosition: payload.readDoubleLE(at + 4),
      from: payload.readDoubleLE(at + 12),
      before: payload.readDoubleLE(at + 20),
    }
  })
}
