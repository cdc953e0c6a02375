// Frames of the journal read back after a crash; nothing is read beyond what a frame's length says. Layout: FORMAT.md, "Journal".
import { crc32 } from 'node:zlib'
import { RuntimeError } from '../../shared/runtime-error.ts'
import type { RowColumns, Runs } from './journal-columns.ts'
import {
  frameHeaderByteCount,
  frameMagic,
  largestFrameByteCount,
  offsetRuns,
  offsetTimestamps,
  plainStatusCodes,
  plainTimestamps,
  type RowsFrame,
} from './journal-frame.ts'
import { decodeOthers } from './journal-values.ts'

/** A frame found in a segment. */
export interface FoundFrame {
  readonly type: number
  /** Of the frame in its segment. */
  readonly offset: number
  /** Begins at a multiple of 8 of its buffer. */
  readonly payload: Uint8Array
}

/** A part of a segment that is no frame. */
export interface UnreadablePart {
  readonly offset: number
  readonly byteCount: number
}

/**
 * The frames of a segment, from `offset` on. After bytes that are no frame it goes on with the next whole one. `bytes` begins at a
 * multiple of 8 of its buffer. Answers the offset after the last whole frame: what follows is a torn tail.
 */
export function readFrames(
  bytes: Uint8Array,
  offset: number,
  onFrame: (frame: FoundFrame) => void,
  onUnreadable: (part: UnreadablePart) => void,
): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let end = offset
  let at = offset
  while (at + frameHeaderByteCount <= bytes.length) {
    const byteCount = frameByteCount(view, bytes, at)
    if (byteCount === 0) {
      at = nextMagic(bytes, at + 8)
      continue
    }
    if (at > end) onUnreadable({ offset: end, byteCount: at - end })
    onFrame({
      type: view.getUint32(at + 12, true),
      offset: at,
      payload: bytes.subarray(at + frameHeaderByteCount, at + byteCount),
    })
    at = (at + byteCount + 7) & ~7
    end = at
  }
  return Math.min(end, bytes.length)
}

/** Bytes of the whole frame that begins here; 0 when there is none. */
function frameByteCount(view: DataView, bytes: Uint8Array, at: number): number {
  if (view.getUint32(at, true) !== frameMagic) return 0
  const byteCount = frameHeaderByteCount + view.getUint32(at + 8, true)
  if (byteCount > largestFrameByteCount || at + byteCount > bytes.length) return 0
  return crc32(bytes.subarray(at + 8, at + byteCount)) === view.getUint32(at + 4, true) ? byteCount : 0
}

function nextMagic(bytes: Uint8Array, from: number): number {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2)
  for (let word = from >> 2; word < words.length; word += 2) if (words[word] === frameMagic) return word * 4
  return bytes.length
}

/** The rows of a frame; its columns are views of the payload. RuntimeError BadDecodingError when it is not one. */
export function decodeRows(payload: Uint8Array): RowsFrame {
  const reader = new PayloadReader(payload)
  const layout = reader.u32()
  const idCount = reader.u32()
  const serverTimestamp = reader.f64()
  const series = idCount > 0 ? reader.words(idCount) : null
  const columns = decodeColumns(reader)
  if (series && series.length !== columns.count) throw damaged()
  return { layout, series, serverTimestamp, columns }
}

export function decodeHead(payload: Uint8Array): { readonly series: number; readonly columns: RowColumns } {
  const reader = new PayloadReader(payload)
  const series = reader.u32()
  reader.u32()
  return { series, columns: decodeColumns(reader) }
}

export function decodeRemoval(payload: Uint8Array): { readonly series: number; readonly timestamps: Float64Array } {
  const reader = new PayloadReader(payload)
  const series = reader.u32()
  return { series, timestamps: reader.doubles(reader.u32()) }
}

export function decodeInstant(payload: Uint8Array): number {
  return new PayloadReader(payload).f64()
}

export function decodeLive(payload: Uint8Array): Uint32Array {
  const reader = new PayloadReader(payload)
  const count = reader.u32()
  reader.u32()
  return reader.words(count)
}

export function decodeJson(payload: Uint8Array): unknown {
  let end = payload.length
  while (end > 0 && payload[end - 1] === 0) end--
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload.subarray(0, end)))
  } catch (error) {
    throw new RuntimeError('BadDecodingError', 'A frame of the journal is no JSON', error)
  }
}

function decodeColumns(reader: PayloadReader): RowColumns {
  const count = reader.u32()
  const flags = reader.u32()
  const timestampRunCount = reader.u32()
  const statusCodeRunCount = reader.u32()
  const base = reader.f64()
  const otherByteCount = reader.u32()
  reader.u32()
  const timestampRuns = decodeTimestampRuns(reader, flags, timestampRunCount, count, base)
  const statusCodeRuns =
    flags & plainStatusCodes
      ? { count, value: reader.words(count), end: everyRow(count) }
      : { count: statusCodeRunCount, value: reader.words(statusCodeRunCount), end: reader.words(statusCodeRunCount) }
  const value = reader.doubles(count)
  checkRuns(timestampRuns, count)
  checkRuns(statusCodeRuns, count)
  return { count, value, timestampRuns, statusCodeRuns, others: decodeOthers(reader.raw(otherByteCount), count) }
}

function decodeTimestampRuns(
  reader: PayloadReader,
  flags: number,
  runCount: number,
  count: number,
  base: number,
): Runs {
  if (flags & plainTimestamps) return { count, value: reader.doubles(count), end: everyRow(count) }
  if (flags & offsetRuns) {
    return { count: runCount, value: fromOffsets(reader.words(runCount), base), end: reader.words(runCount) }
  }
  if (!(flags & offsetTimestamps))
    return { count: runCount, value: reader.doubles(runCount), end: reader.words(runCount) }
  return { count, value: fromOffsets(reader.words(count), base), end: everyRow(count) }
}

function fromOffsets(offsets: Uint32Array, base: number): Float64Array {
  const value = new Float64Array(offsets.length)
  for (let row = 0; row < offsets.length; row++) value[row] = base + (offsets[row]! | 0)
  return value
}

function everyRow(count: number): Uint32Array {
  const end = new Uint32Array(count)
  for (let row = 0; row < count; row++) end[row] = row + 1
  return end
}

/** Runs cover all rows, each at least one. */
function checkRuns(runs: Runs, count: number): void {
  let before = 0
  for (let run = 0; run < runs.count; run++) {
    if (runs.end[run]! <= before) throw damaged()
    before = runs.end[run]!
  }
  if (before !== count) throw damaged()
}

function damaged(): RuntimeError {
  return new RuntimeError('BadDecodingError', 'A frame of the journal does not hold what its length says')
}

/** Reads a payload column by column, never beyond its end. */
class PayloadReader {
  readonly #payload: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(payload: Uint8Array) {
    this.#payload = payload
    this.#view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
  }

  u32(): number {
    this.#check(4)
    this.#at += 4
    return this.#view.getUint32(this.#at - 4, true)
  }

  f64(): number {
    this.#check(8)
    this.#at += 8
    return this.#view.getFloat64(this.#at - 8, true)
  }

  doubles(count: number): Float64Array {
    this.#check(count * 8)
    const column = new Float64Array(this.#payload.buffer, this.#payload.byteOffset + this.#at, count)
    this.#at += count * 8
    return column
  }

  words(count: number): Uint32Array {
    this.#check(count * 4)
    const column = new Uint32Array(this.#payload.buffer, this.#payload.byteOffset + this.#at, count)
    this.#at = (this.#at + count * 4 + 7) & ~7
    return column
  }

  raw(count: number): Uint8Array {
    this.#check(count)
    this.#at += count
    return this.#payload.subarray(this.#at - count, this.#at)
  }

  #check(byteCount: number): void {
    if (this.#at + byteCount > this.#payload.length) throw damaged()
  }
}
