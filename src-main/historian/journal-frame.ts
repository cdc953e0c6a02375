// Frames of the journal as bytes: what is written before anything else, and read back after a crash. Layout: FORMAT.md, "Journal".
import { crc32 } from 'node:zlib'
import type { TagValue } from '../shared/data-value.ts'
import { RuntimeError } from '../shared/runtime-error.ts'
import { decodeOthers, encodeOthers } from './journal-values.ts'
import type { Samples } from './samples.ts'

/** What a frame says; the numbers are part of the format. */
export const FrameType = { rows: 1, series: 2, head: 3, removal: 4, heartbeat: 5, live: 6, end: 7, room: 8 } as const
export type FrameTypeNumber = (typeof FrameType)[keyof typeof FrameType]

/** 'LSFR' */
const frameMagic = 0x5246534c
export const frameHeaderByteCount = 16
/** No frame is larger: a length beyond it is damage. */
export const largestFrameByteCount = 32 * 1024 * 1024
/** A batch of more rows is written as several frames. */
export const rowsPerFrame = 262_144

const offsetTimestamps = 1
const plainTimestamps = 2
const plainStatusCodes = 4
const offsetRuns = 8
const columnHeaderByteCount = 32

/** Time stamps and status codes as runs: `end[i]` is the row after the last of run i. */
export interface Runs {
  count: number
  value: Float64Array | Uint32Array
  end: Uint32Array
}

/** Rows as the writer hands them to the journal and as they come back: one value each, time stamps and status codes in runs. */
export interface RowColumns {
  readonly count: number
  readonly value: Float64Array
  readonly timestampRuns: Runs
  readonly statusCodeRuns: Runs
  readonly others: readonly (TagValue | undefined)[] | null
}

/** Rows of many series that came together. `series` null: as those of the frame that defined this layout. */
export interface RowsFrame {
  /** 0: no frame refers to it. */
  readonly layout: number
  readonly series: Uint32Array | null
  readonly serverTimestamp: number
  readonly columns: RowColumns
}

/** Builds frames in a buffer of its own; what it gives is valid until the next call. */
export class FrameBuilder {
  #bytes = new Uint8Array(0)
  #view = new DataView(this.#bytes.buffer)
  #at = 0

  constructor() {
    this.#reserve(1 << 16)
  }

  rows(frame: RowsFrame): Uint8Array {
    const idCount = frame.series?.length ?? 0
    this.#begin(16 + idCount * 4 + roomOf(frame.columns))
    this.#u32(frame.layout)
    this.#u32(idCount)
    this.#f64(frame.serverTimestamp)
    if (frame.series) this.#words(frame.series, idCount)
    this.#columns(frame.columns)
    return this.#finish(FrameType.rows)
  }

  head(series: number, columns: RowColumns): Uint8Array {
    this.#begin(8 + roomOf(columns))
    this.#u32(series)
    this.#u32(0)
    this.#columns(columns)
    return this.#finish(FrameType.head)
  }

  removal(series: number, timestamps: Float64Array): Uint8Array {
    this.#begin(8 + timestamps.length * 8)
    this.#u32(series)
    this.#u32(timestamps.length)
    this.#doubles(timestamps, timestamps.length)
    return this.#finish(FrameType.removal)
  }

  /** `heartbeat`, `end`: an instant. */
  instant(type: FrameTypeNumber, timestamp: number): Uint8Array {
    this.#begin(8)
    this.#f64(timestamp)
    return this.#finish(type)
  }

  live(series: Uint32Array): Uint8Array {
    this.#begin(8 + series.length * 4)
    this.#u32(series.length)
    this.#u32(0)
    this.#words(series, series.length)
    return this.#finish(FrameType.live)
  }

  json(type: FrameTypeNumber, content: unknown): Uint8Array {
    const text = new TextEncoder().encode(JSON.stringify(content))
    this.#begin(text.length)
    this.#raw(text)
    return this.#finish(type)
  }

  #columns(columns: RowColumns): void {
    const { count, timestampRuns: times, statusCodeRuns: codes } = columns
    const others = encodeOthers(columns.others, count)
    const base = times.count > 0 ? times.value[0]! : 0
    const timeForm = timestampForm(times, count, base)
    const codesArePlain = codes.count * 2 > count
    this.#reserve(this.#at + roomOf(columns) + others.length)
    this.#u32(count)
    this.#u32(timeForm | (codesArePlain ? plainStatusCodes : 0))
    this.#u32(times.count)
    this.#u32(codes.count)
    this.#f64(base)
    this.#u32(others.length)
    this.#u32(0)
    if (timeForm === offsetRuns) {
      for (let run = 0; run < times.count; run++)
        this.#view.setInt32(this.#at + run * 4, times.value[run]! - base, true)
      this.#advance(times.count * 4)
      this.#words(times.end, times.count)
    } else if (timeForm === 0) {
      this.#doubles(times.value as Float64Array, times.count)
      this.#words(times.end, times.count)
    } else this.#spreadTimestamps(times, timeForm, base)
    if (codesArePlain) this.#spreadStatusCodes(codes)
    else {
      this.#words(codes.value as Uint32Array, codes.count)
      this.#words(codes.end, codes.count)
    }
    this.#doubles(columns.value, count)
    this.#raw(others)
  }

  #spreadTimestamps(times: Runs, form: number, base: number): void {
    let row = 0
    for (let run = 0; run < times.count; run++)
      for (; row < times.end[run]!; row++) {
        if (form === plainTimestamps) this.#view.setFloat64(this.#at + row * 8, times.value[run]!, true)
        else this.#view.setInt32(this.#at + row * 4, times.value[run]! - base, true)
      }
    this.#advance(row * (form === plainTimestamps ? 8 : 4))
  }

  #spreadStatusCodes(codes: Runs): void {
    let row = 0
    for (let run = 0; run < codes.count; run++)
      for (; row < codes.end[run]!; row++) this.#view.setUint32(this.#at + row * 4, codes.value[run]!, true)
    this.#advance(row * 4)
  }

  #begin(payloadByteCount: number): void {
    this.#reserve(frameHeaderByteCount + payloadByteCount + 64)
    this.#at = frameHeaderByteCount
  }

  #finish(type: FrameTypeNumber): Uint8Array {
    const { buffer } = this.#bytes
    this.#view.setUint32(0, frameMagic, true)
    this.#view.setUint32(8, this.#at - frameHeaderByteCount, true)
    this.#view.setUint32(12, type, true)
    this.#view.setUint32(4, crc32(new Uint8Array(buffer, 8, this.#at - 8)), true)
    return new Uint8Array(buffer, 0, this.#at)
  }

  #u32(value: number): void {
    this.#view.setUint32(this.#at, value, true)
    this.#at += 4
  }

  #f64(value: number): void {
    this.#view.setFloat64(this.#at, value, true)
    this.#at += 8
  }

  #doubles(values: Float64Array, count: number): void {
    new Float64Array(this.#bytes.buffer, this.#at, count).set(
      count === values.length ? values : values.subarray(0, count),
    )
    this.#at += count * 8
  }

  #words(values: Uint32Array, count: number): void {
    new Uint32Array(this.#bytes.buffer, this.#at, count).set(
      count === values.length ? values : values.subarray(0, count),
    )
    this.#advance(count * 4)
  }

  #raw(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#at)
    this.#advance(bytes.length)
  }

  /** Columns begin at multiples of 8; what lies between is zero. */
  #advance(byteCount: number): void {
    const end = this.#at + byteCount
    this.#at = (end + 7) & ~7
    this.#bytes.fill(0, end, this.#at)
  }

  #reserve(byteCount: number): void {
    if (byteCount <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(byteCount, this.#bytes.length * 2))
    grown.set(this.#bytes)
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }
}

function roomOf(columns: RowColumns): number {
  return (
    columnHeaderByteCount +
    columns.count * 20 +
    columns.timestampRuns.count * 12 +
    columns.statusCodeRuns.count * 8 +
    64
  )
}

/** Runs while they are few, else each row; 32 bits from the first time stamp where that is enough, else the time stamp itself. */
function timestampForm(times: Runs, count: number, base: number): number {
  const areFew = times.count * 2 <= count
  for (let run = 0; run < times.count; run++) {
    const offset = times.value[run]! - base
    if (offset !== (offset | 0)) return areFew ? 0 : plainTimestamps
  }
  return areFew ? offsetRuns : offsetTimestamps
}

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

/** Columns of plain samples: how a whole head is written. */
export function columnsOf(samples: Samples): RowColumns {
  const { count } = samples
  return {
    count,
    value: samples.value,
    timestampRuns: runsOf(samples.timestamp, count, new Float64Array(count)),
    statusCodeRuns: runsOf(samples.statusCode, count, new Uint32Array(count)),
    others: samples.others,
  }
}

/** Samples of columns: how a whole head is read. */
export function samplesOf(columns: RowColumns): Samples {
  const { count, timestampRuns: times, statusCodeRuns: codes } = columns
  const timestamp = new Float64Array(count)
  const statusCode = new Uint32Array(count)
  for (let run = 0, row = 0; run < times.count; run++) {
    timestamp.fill(times.value[run]!, row, times.end[run]!)
    row = times.end[run]!
  }
  for (let run = 0, row = 0; run < codes.count; run++) {
    statusCode.fill(codes.value[run]!, row, codes.end[run]!)
    row = codes.end[run]!
  }
  return { count, timestamp, value: columns.value, statusCode, others: columns.others }
}

function runsOf(column: Float64Array | Uint32Array, count: number, value: Float64Array | Uint32Array): Runs {
  const end = new Uint32Array(count)
  let runs = 0
  for (let row = 0; row < count; row++) {
    if (runs === 0 || column[row] !== value[runs - 1]) value[runs++] = column[row]!
    end[runs - 1] = row + 1
  }
  return { count: runs, value, end }
}
