// A column of time stamps ↔ bytes. Stored once for all tags of a scan, and read in blocks of 256 without reading the rest.
import { RuntimeError } from '../shared/runtime-error.ts'

/** A column has at most so many time stamps. */
export const largestColumnCount = 4096
/** Time stamps of one block. */
export const blockSampleCount = 256

/** A column whose blocks can be read one by one. Holds on to the bytes it was opened from. */
export interface TimestampColumn {
  /** 1 to {@link largestColumnCount}. */
  readonly count: number
  /** ⌈count / 256⌉. */
  readonly blockCount: number
  readonly firstTimestamp: number
  readonly lastTimestamp: number
  /** First time stamp of each block: which block holds an instant is found without reading any. */
  readonly blockFirstTimestamp: Float64Array
  /** Writes the time stamps of one block to `into` from `at` on; how many. RuntimeError BadDecodingError on damaged bytes. */
  decodeBlock(index: number, into: Float64Array, at: number): number
  /** All of them, in a fresh array. RuntimeError BadDecodingError on damaged bytes. */
  decodeAll(): Float64Array
}

/**
 * Bytes of the first `count` time stamps (1 to 4096): whole ms since 1970, each ≥ 0, not smaller than the one before, < 2^53.
 * RuntimeError BadInvalidArgument on anything else. A fresh array owned by the caller.
 */
export function encodeTimestamps(timestamp: Float64Array, count: number): Uint8Array {
  checkTimestamps(timestamp, count)
  const bytes = new Uint8Array(1 + 8 * count)
  bytes[0] = 1
  bytes.set(new Uint8Array(timestamp.slice(0, count).buffer), 1)
  return bytes
}

/** Opens what {@link encodeTimestamps} gave. RuntimeError BadDecodingError on anything else. */
export function openTimestamps(bytes: Uint8Array): TimestampColumn {
  if (bytes.length < 9 || bytes.length % 8 !== 1 || bytes[0] !== 1)
    throw new RuntimeError('BadDecodingError', 'These bytes are no column of time stamps')
  const all = new Float64Array(bytes.slice(1).buffer)
  const blockCount = Math.ceil(all.length / blockSampleCount)
  return {
    count: all.length,
    blockCount,
    firstTimestamp: all[0]!,
    lastTimestamp: all[all.length - 1]!,
    blockFirstTimestamp: Float64Array.from({ length: blockCount }, (_, index) => all[index * blockSampleCount]!),
    decodeBlock(index, into, at) {
      const block = all.subarray(index * blockSampleCount, (index + 1) * blockSampleCount)
      into.set(block, at)
      return block.length
    },
    decodeAll: () => all.slice(),
  }
}

/** All time stamps of a column. RuntimeError BadDecodingError on damaged bytes. */
export function decodeTimestamps(bytes: Uint8Array): Float64Array {
  return openTimestamps(bytes).decodeAll()
}

function checkTimestamps(timestamp: Float64Array, count: number): void {
  if (count < 1 || count > largestColumnCount || count > timestamp.length)
    throw new RuntimeError(
      'BadInvalidArgument',
      `A column of ${count} time stamps; 1 to ${largestColumnCount} are possible`,
    )
  let before = 0
  for (let row = 0; row < count; row++) {
    const instant = timestamp[row]!
    if (!(instant >= before) || !Number.isSafeInteger(instant))
      throw new RuntimeError(
        'BadInvalidArgument',
        `Time stamp ${row} of a column is ${instant}; whole ms since 1970 in rising order are possible`,
      )
    before = instant
  }
}
