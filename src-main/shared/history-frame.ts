// A history frame: one answer of history.read as bytes, for the WebSocket and the MessagePort. Version 1.
//
// little-endian; every part begins at a multiple of 8, with zeros between the parts
//   offset 0   uint32   id of the call
//          4   uint16   version (1)
//          6   uint16   2 = history frame (tag frames have 0 here)
//          8   uint32   byte length of the header block h
//         12   uint32   0
//         16   h bytes  UTF-8 JSON: { "series": [ { "tag", "mode", "count": n, "others": byte length, "plot": boolean } ], "cursor"? }
//   then of each series, in the order of the header block
//              float64[n]  timestamps, ms since 1970-01-01 UTC
//              float64[n]  values (NaN: no value, or it stands in the others block)
//              uint32[n]   statusCodes
//              others      UTF-8 JSON: [row, value, row, value, …], rows ascending; absent when `others` is 0
//              if plot:    float64[n] minimum, float64[n] maximum, float64[n] first, float64[n] last, uint32[n] count, uint8[n] hasBad
//
// Values of the others block: texts, true, false, numbers and null as they are; { "i": "123" } an exact integer,
// { "b": "…" } bytes (base64), { "n": "NaN" | "Infinity" | "-Infinity" | "-0" } what JSON has no number for,
// { "a": […] } an array, { "s": {…} } a structure.
import { fromBase64, type TagValue, toBase64 } from './data-value.ts'
import { type HistoryMode, type HistoryResult, type HistorySeries, historyModes, type PlotColumns } from './history.ts'
import { RuntimeError } from './runtime-error.ts'

const version = 1
const kind = 2
const fixedByteLength = 16
/** Nothing a tag holds is nested deeper. */
const deepestValue = 64

/** What stands of a series in the header block. */
interface SeriesHeader {
  readonly tag: string
  readonly mode: HistoryMode
  readonly count: number
  /** Byte length of its others block; 0 = none. */
  readonly others: number
  readonly plot: boolean
}

/** The id of the call that these bytes answer; null when they are no history frame (but a tag frame, or nothing). */
export function callIdOfFrame(bytes: Uint8Array): number | null {
  if (bytes.length < fixedByteLength) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return view.getUint16(6, true) === kind ? view.getUint32(0, true) : null
}

/** Bytes of an answer, a fresh buffer owned by the caller. */
export function encodeHistoryFrame(callId: number, result: HistoryResult): Uint8Array {
  const encoder = new TextEncoder()
  const others = result.series.map(othersText).map((text) => (text === null ? null : encoder.encode(text)))
  const headers = result.series.map(
    (series, index): SeriesHeader => ({
      tag: series.tag,
      mode: series.mode,
      count: series.timestamps.length,
      others: others[index]?.length ?? 0,
      plot: series.plot !== null,
    }),
  )
  const header = encoder.encode(
    JSON.stringify({ series: headers, ...(result.cursor === undefined ? {} : { cursor: result.cursor }) }),
  )
  const length = headers.reduce((sum, series) => sum + byteLengthOf(series), fixedByteLength + padded(header.length))
  const bytes = new Uint8Array(length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, callId, true)
  view.setUint16(4, version, true)
  view.setUint16(6, kind, true)
  view.setUint32(8, header.length, true)
  bytes.set(header, fixedByteLength)
  let at = fixedByteLength + padded(header.length)
  const put = (column: Float64Array | Uint32Array | Uint8Array) => {
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at)
    at += padded(column.byteLength)
  }
  for (const [index, series] of result.series.entries()) {
    put(series.timestamps)
    put(series.values)
    put(series.statusCodes)
    const block = others[index]
    if (block) put(block)
    if (series.plot !== null) for (const name of plotColumns) put(series.plot[name])
  }
  return bytes
}

const plotColumns = ['minimum', 'maximum', 'first', 'last', 'count', 'hasBad'] as const satisfies (keyof PlotColumns)[]

/** The answer in these bytes; its columns are views of them. Throws {@link RuntimeError} BadDecodingError on anything else; never reads outside. */
export function decodeHistoryFrame(bytes: Uint8Array): { readonly callId: number; readonly result: HistoryResult } {
  const callId = callIdOfFrame(bytes)
  if (callId === null) throw refuse(`these ${bytes.length} bytes are no history frame`)
  // Typed arrays need aligned offsets. (`slice` of a Node Buffer would not copy.)
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes)
  const view = new DataView(aligned.buffer, aligned.byteOffset, aligned.byteLength)
  if (view.getUint16(4, true) !== version) throw refuse(`history frame version ${view.getUint16(4, true)} is not known`)
  const headerLength = view.getUint32(8, true)
  if (fixedByteLength + headerLength > aligned.length) throw refuse('the header block of a history frame is cut off')
  const header = headerOf(parseJson(aligned.subarray(fixedByteLength, fixedByteLength + headerLength), 'header'))
  const expected = header.series.reduce(
    (sum, series) => sum + byteLengthOf(series),
    fixedByteLength + padded(headerLength),
  )
  if (expected !== aligned.length)
    throw refuse(`a history frame of ${aligned.length} bytes should have ${expected} by its header block`)
  const columns = new ColumnReader(aligned, fixedByteLength + padded(headerLength))
  const series = header.series.map((row) => seriesOf(row, columns))
  return { callId, result: header.cursor === undefined ? { series } : { series, cursor: header.cursor } }
}

/** Hands out the columns one after the other; their lengths were checked against the whole before. */
class ColumnReader {
  readonly #bytes: Uint8Array
  #at: number

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.#at = at
  }

  float64(count: number): Float64Array {
    return new Float64Array(this.#bytes.buffer, this.#take(8 * count), count)
  }

  uint32(count: number): Uint32Array {
    return new Uint32Array(this.#bytes.buffer, this.#take(4 * count), count)
  }

  uint8(count: number): Uint8Array {
    return new Uint8Array(this.#bytes.buffer, this.#take(count), count)
  }

  #take(byteLength: number): number {
    const offset = this.#bytes.byteOffset + this.#at
    this.#at += padded(byteLength)
    return offset
  }
}

function seriesOf({ tag, mode, count, others, plot }: SeriesHeader, columns: ColumnReader): HistorySeries {
  return {
    tag,
    mode,
    timestamps: columns.float64(count),
    values: columns.float64(count),
    statusCodes: columns.uint32(count),
    others: others === 0 ? null : decodeOthers(columns.uint8(others), count),
    plot: plot
      ? {
          minimum: columns.float64(count),
          maximum: columns.float64(count),
          first: columns.float64(count),
          last: columns.float64(count),
          count: columns.uint32(count),
          hasBad: columns.uint8(count),
        }
      : null,
  }
}

function padded(byteLength: number): number {
  return Math.ceil(byteLength / 8) * 8
}

function byteLengthOf({ count, others, plot }: SeriesHeader): number {
  const rows = 8 * count + 8 * count + padded(4 * count)
  return rows + padded(others) + (plot ? 4 * 8 * count + padded(4 * count) + padded(count) : 0)
}

function headerOf(block: unknown): { readonly series: readonly SeriesHeader[]; readonly cursor?: string } {
  if (!isGroup(block) || !Array.isArray(block.series)) throw refuse('the header block of a history frame has no series')
  const series = block.series.map((row: unknown): SeriesHeader => {
    if (!isGroup(row)) throw refuse('a series of a history frame is not described')
    const { tag, mode, count, others, plot } = row
    if (typeof tag !== 'string' || !historyModes.includes(mode as HistoryMode) || typeof plot !== 'boolean')
      throw refuse('a series of a history frame has no tag, mode or plot')
    if (!isCount(count) || !isCount(others)) throw refuse(`the series ${tag} of a history frame has no count`)
    return { tag, mode: mode as HistoryMode, count, others, plot }
  })
  if (block.cursor === undefined) return { series }
  if (typeof block.cursor !== 'string') throw refuse('the cursor of a history frame is no text')
  return { series, cursor: block.cursor }
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0xffffffff
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function othersText(series: HistorySeries): string | null {
  if (series.others === null) return null
  const parts: unknown[] = []
  const count = Math.min(series.others.length, series.timestamps.length)
  for (let row = 0; row < count; row++) {
    const value = series.others[row]
    if (value !== undefined) parts.push(row, written(value))
  }
  return JSON.stringify(parts)
}

function written(value: TagValue): unknown {
  switch (typeof value) {
    case 'bigint':
      return { i: value.toString() }
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { n: Object.is(value, -0) ? '-0' : String(value) }
    case 'object':
      if (value === null) return null
      if (value instanceof Uint8Array) return { b: toBase64(value) }
      if (Array.isArray(value)) return { a: value.map(written) }
      return { s: Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, written(inner)])) }
    default:
      return value
  }
}

function decodeOthers(bytes: Uint8Array, count: number): readonly (TagValue | undefined)[] {
  const parts = parseJson(bytes, 'others')
  if (!Array.isArray(parts) || parts.length % 2 !== 0) throw refuse('an others block is not a list of rows and values')
  const others = new Array<TagValue | undefined>(count).fill(undefined)
  let before = -1
  for (let index = 0; index < parts.length; index += 2) {
    const row: unknown = parts[index]
    if (!isCount(row) || row >= count || row <= before) throw refuse(`an others block names row ${row} of ${count}`)
    before = row
    others[row] = read(parts[index + 1], 0)
  }
  return others
}

function read(value: unknown, depth: number): TagValue {
  if (depth > deepestValue) throw refuse('a value of an others block is nested too deeply')
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
    return value
  if (!isGroup(value)) throw refuse('an others block holds a list where a value is expected')
  const { i, b, n, a, s } = value
  if (typeof i === 'string' && /^-?\d{1,40}$/.test(i)) return BigInt(i)
  if (n === 'NaN' || n === 'Infinity' || n === '-Infinity' || n === '-0') return Number(n)
  const bytes = typeof b === 'string' ? fromBase64(b) : null
  if (bytes) return bytes
  if (Array.isArray(a)) return a.map((element) => read(element, depth + 1))
  if (isGroup(s)) return Object.fromEntries(Object.entries(s).map(([field, inner]) => [field, read(inner, depth + 1)]))
  throw refuse('an others block holds a value of no known kind')
}

function parseJson(bytes: Uint8Array, block: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw refuse(`the ${block} block of a history frame cannot be read`, error)
  }
}

function refuse(message: string, cause?: unknown): RuntimeError {
  return new RuntimeError('BadDecodingError', message, cause)
}
