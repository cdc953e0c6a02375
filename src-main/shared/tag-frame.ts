// A tag frame: one batch of watched values as bytes, for the WebSocket and the MessagePort. Version 1.
//
// little-endian, columns 8-byte aligned
//   offset 0   uint32   feed id
//          4   uint16   version (1)
//          6   uint16   0
//          8   uint32   count n
//         12   uint32   byte length of the JSON block j (0 = none)
//         16   float64  serverTimestamp, ms since 1970-01-01 UTC: when the runtime made the frame
//         24   float64[n]  value (NaN where the JSON block has it)
//   24 +  8n   float64[n]  sourceTimestamp
//   24 + 16n   uint32[n]   index: position of the tag in the `tags` of the watch request
//   24 + 20n   uint32[n]   statusCode
//   24 + 24n   j bytes     UTF-8 JSON: { "<row>": value, … } for rows that are not plain numbers (booleans included)
import type { JsonValue } from './data-value.ts'
import { RuntimeError } from './runtime-error.ts'

const version = 1
const headerByteLength = 24
/** A frame is never larger; the feed splits before. */
export const largestFrameRowCount = 1 << 20

/** Rows of a frame, columns parallel. `value[i]` counts unless `others` has row i. */
export interface TagFrame {
  readonly feedId: number
  readonly count: number
  readonly serverTimestamp: number
  readonly value: Float64Array
  readonly sourceTimestamp: Float64Array
  readonly index: Uint32Array
  readonly statusCode: Uint32Array
  readonly others: ReadonlyMap<number, JsonValue>
}

/** Bytes of a frame, a fresh buffer owned by the caller. */
export function encodeTagFrame(frame: TagFrame): Uint8Array {
  const n = frame.count
  const block =
    frame.others.size === 0 ? null : new TextEncoder().encode(JSON.stringify(Object.fromEntries(frame.others)))
  const blockLength = block?.length ?? 0
  const buffer = new ArrayBuffer(headerByteLength + 24 * n + blockLength)
  const view = new DataView(buffer)
  view.setUint32(0, frame.feedId, true)
  view.setUint16(4, version, true)
  view.setUint32(8, n, true)
  view.setUint32(12, blockLength, true)
  view.setFloat64(16, frame.serverTimestamp, true)
  new Float64Array(buffer, headerByteLength, n).set(frame.value.subarray(0, n))
  new Float64Array(buffer, headerByteLength + 8 * n, n).set(frame.sourceTimestamp.subarray(0, n))
  new Uint32Array(buffer, headerByteLength + 16 * n, n).set(frame.index.subarray(0, n))
  new Uint32Array(buffer, headerByteLength + 20 * n, n).set(frame.statusCode.subarray(0, n))
  const bytes = new Uint8Array(buffer)
  if (block) bytes.set(block, headerByteLength + 24 * n)
  return bytes
}

/** The frame in these bytes. Throws {@link RuntimeError} BadDecodingError on anything else; never reads outside. */
export function decodeTagFrame(bytes: Uint8Array): TagFrame {
  if (bytes.length < headerByteLength) throw refuse(`${bytes.length} bytes are too few for a tag frame`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint16(4, true) !== version) throw refuse(`tag frame version ${view.getUint16(4, true)} is not known`)
  const n = view.getUint32(8, true)
  const blockLength = view.getUint32(12, true)
  if (n > largestFrameRowCount || bytes.length !== headerByteLength + 24 * n + blockLength)
    throw refuse(`tag frame of ${n} rows and ${blockLength} bytes of JSON does not match its ${bytes.length} bytes`)
  // Typed arrays need aligned offsets; a copy is cheaper than n DataView reads. (`slice` of a Node Buffer would not copy.)
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes)
  const at = (offset: number) => aligned.byteOffset + headerByteLength + offset
  const index = new Uint32Array(aligned.buffer, at(16 * n), n)
  return {
    feedId: view.getUint32(0, true),
    count: n,
    serverTimestamp: view.getFloat64(16, true),
    value: new Float64Array(aligned.buffer, at(0), n),
    sourceTimestamp: new Float64Array(aligned.buffer, at(8 * n), n),
    index,
    statusCode: new Uint32Array(aligned.buffer, at(20 * n), n),
    others: blockLength === 0 ? new Map() : decodeBlock(aligned.subarray(headerByteLength + 24 * n), n),
  }
}

function decodeBlock(bytes: Uint8Array, rowCount: number): Map<number, JsonValue> {
  let block: unknown
  try {
    block = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw refuse('the JSON block of a tag frame cannot be read', error)
  }
  if (typeof block !== 'object' || block === null || Array.isArray(block))
    throw refuse('the JSON block is not an object')
  const others = new Map<number, JsonValue>()
  for (const [row, value] of Object.entries(block)) {
    if (!/^\d{1,7}$/.test(row) || Number(row) >= rowCount)
      throw refuse(`the JSON block names row ${row} of ${rowCount}`)
    others.set(Number(row), value as JsonValue)
  }
  return others
}

function refuse(message: string, cause?: unknown): RuntimeError {
  return new RuntimeError('BadDecodingError', message, cause)
}
