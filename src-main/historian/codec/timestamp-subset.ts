// Time stamps of a tag that was stored in some scans only: which rows of the scan group's column they are.
//
//   byte      version (1)
//   varint    count − 1
//   varint    rows of the column − 1
//   integers  (integer-column.ts, one block): row of sample i less i
import { RuntimeError } from '../../shared/runtime-error.ts'
import { ByteReader, damaged } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import { IntegerColumn, writeIntegers } from './integer-column.ts'
import { largestColumnCount } from './timestamp-codec.ts'

const version = 1
const output = new ByteWriter()
const skipped = new Int32Array(largestColumnCount)

/**
 * Bytes that say which rows of `column` (decoded, rising, at most 4096) the first `count` time stamps are; null when one of
 * them is not in it, or stands there less often than asked for. RuntimeError BadInvalidArgument when there are none.
 */
export function encodeTimestampSubset(timestamp: Float64Array, count: number, column: Float64Array): Uint8Array | null {
  if (count < 1 || column.length > largestColumnCount)
    throw new RuntimeError('BadInvalidArgument', `${count} time stamps out of a column of ${column.length}`)
  let row = 0
  for (let index = 0; index < count; index++) {
    while (row < column.length && column[row]! < timestamp[index]!) row++
    if (row === column.length || column[row] !== timestamp[index]) return null
    skipped[index] = row - index
    row++
  }
  output.clear()
  output.byte(version)
  output.varint(count - 1)
  output.varint(column.length - 1)
  writeIntegers(output, skipped, Uint16Array.of(0, count), null)
  return output.take()
}

/** The time stamps again, in a fresh array. RuntimeError BadDecodingError when bytes and column do not belong together. */
export function decodeTimestampSubset(bytes: Uint8Array, column: Float64Array): Float64Array {
  const input = new ByteReader(bytes)
  const found = input.byte()
  if (found !== version) throw damaged(`version ${found} of a subset of time stamps is not known`)
  const count = input.varint(largestColumnCount - 1) + 1
  const columnCount = input.varint(largestColumnCount - 1) + 1
  if (columnCount !== column.length)
    throw damaged(`a subset of ${columnCount} time stamps where the column has ${column.length}`)
  new IntegerColumn(input, Uint16Array.of(0, count)).decode(0, 1, skipped)
  const timestamp = new Float64Array(count)
  for (let index = 0; index < count; index++) {
    const row = skipped[index]! + index
    if (row < 0 || row >= columnCount) throw damaged(`row ${row} of a column of ${columnCount} time stamps`)
    timestamp[index] = column[row]!
  }
  return timestamp
}
