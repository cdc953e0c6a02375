// Frames of the journal as bytes: what is written before anything else. Layout: FORMAT.md, "Journal".
import { crc32 } from 'node:zlib'
import type { RowColumns, Runs } from './journal-columns.ts'
import { encodeOthers } from './journal-values.ts'

/** What a frame says; the numbers are part of the format. */
export const FrameType = { rows: 1, series: 2, head: 3, removal: 4, heartbeat: 5, live: 6, end: 7, room: 8 } as const
export type FrameTypeNumber = (typeof FrameType)[keyof typeof FrameType]

/** 'LSFR': how a frame begins. */
export const frameMagic = 0x5246534c
/** Magic, check sum, length and type. */
export const frameHeaderByteCount = 16
/** No frame is larger: a length beyond it is damage. */
export const largestFrameByteCount = 32 * 1024 * 1024
/** A batch of more rows is written as several frames. */
export const rowsPerFrame = 262_144

/** Flags of columns, see FORMAT.md. */
export const offsetTimestamps = 1
export const plainTimestamps = 2
export const plainStatusCodes = 4
export const offsetRuns = 8
const columnHeaderByteCount = 32

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
