// Time stamps of a tag that was stored in some scans only: which rows of the scan group's column they are.
import { RuntimeError } from '../shared/runtime-error.ts'

/**
 * Bytes that say which rows of `column` (decoded, rising) the first `count` time stamps are; null when one of them is not in
 * it, or stands there less often than asked for.
 */
export function encodeTimestampSubset(timestamp: Float64Array, count: number, column: Float64Array): Uint8Array | null {
  const rows = new Uint16Array(count)
  let row = 0
  for (let index = 0; index < count; index++) {
    while (row < column.length && column[row]! < timestamp[index]!) row++
    if (row === column.length || column[row] !== timestamp[index]) return null
    rows[index] = row++
  }
  return new Uint8Array(rows.buffer)
}

/** The time stamps again, in a fresh array. RuntimeError BadDecodingError when bytes and column do not belong together. */
export function decodeTimestampSubset(bytes: Uint8Array, column: Float64Array): Float64Array {
  const timestamp = new Float64Array(bytes.length / 2)
  for (let index = 0; index < timestamp.length; index++) {
    const row = bytes[2 * index]! | (bytes[2 * index + 1]! << 8)
    if (row >= column.length) throw new RuntimeError('BadDecodingError', `Row ${row} of a column of ${column.length}`)
    timestamp[index] = column[row]!
  }
  return timestamp
}
