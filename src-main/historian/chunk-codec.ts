// A chunk: up to 4096 samples of one series, without their time stamps, as bytes; read in blocks of 256. Layout: FORMAT.md.
import { deserialize, serialize } from 'node:v8'
import type { TagValue } from '../shared/data-value.ts'
import { RuntimeError } from '../shared/runtime-error.ts'
import { type ChunkSummary, isUsable, severity, summarize } from './chunk-summary.ts'
import type { Samples } from './samples.ts'
import { blockSampleCount } from './timestamp-codec.ts'

/** A chunk has at most so many samples. */
export const largestChunkCount = 4096

/**
 * What the last chunk of a series taught (coder, decimals, predictor, code): saves the search. Keep it per series in memory,
 * never on disk; any hint, also none or one of another series, gives a right chunk.
 */
export interface ChunkHint {
  readonly age: number
}

/** A chunk ready to be written. `bytes` is a fresh array owned by the caller. */
export interface EncodedChunk {
  readonly bytes: Uint8Array
  readonly summary: ChunkSummary
  /** For the next chunk of the same series. */
  readonly hint: ChunkHint
}

/** Columns to decode into: rows of a block go to `at`, `at` + 1, …; `others` is made when a row needs it, and cleared where not. */
export interface ValueColumns {
  readonly value: Float64Array
  readonly statusCode: Uint32Array
  others: (TagValue | undefined)[] | null
}

/** What is known of each block without decoding it, one row per block; the words are those of SampleSummary. */
export interface BlockSummaries {
  readonly count: Uint16Array
  readonly usableCount: Uint16Array
  readonly goodCount: Uint16Array
  readonly minimum: Float64Array
  readonly maximum: Float64Array
  readonly sum: Float64Array
  readonly first: Float64Array
  readonly last: Float64Array
  readonly worstStatusCode: Uint32Array
}

/** A chunk whose blocks can be read one by one. Holds on to the bytes it was opened from. */
export interface OpenChunk {
  /** 1 to {@link largestChunkCount}. */
  readonly count: number
  /** ⌈count / 256⌉. */
  readonly blockCount: number
  /** Without decoding values. */
  readonly blocks: BlockSummaries
  /** Writes the rows of one block to `into` from `at` on; how many. RuntimeError BadDecodingError on damaged bytes. */
  decodeBlock(index: number, into: ValueColumns, at: number): number
  /** All rows in fresh columns of exactly `count`. RuntimeError BadDecodingError on damaged bytes. */
  decodeAll(): ValueColumns
}

/**
 * Bytes and summary of 1 to 4096 samples, ordered by time. Values come back bit by bit. The time stamps are used for the
 * integrals only; they are not among the bytes. RuntimeError BadInvalidArgument for more or no samples.
 */
export function encodeChunk(samples: Samples, _hint: ChunkHint | null = null): EncodedChunk {
  const { count } = samples
  if (count < 1 || count > largestChunkCount)
    throw new RuntimeError('BadInvalidArgument', `A chunk of ${count} samples; 1 to ${largestChunkCount} are possible`)
  const body = serialize([
    samples.value.slice(0, count),
    samples.statusCode.slice(0, count),
    samples.others === null ? null : Array.from({ length: count }, (_, row) => samples.others?.[row]),
  ])
  return { bytes: new Uint8Array(body), summary: summarize(samples), hint: { age: 0 } }
}

/** Opens what {@link encodeChunk} gave. RuntimeError BadDecodingError on anything else, in bounded time and memory. */
export function openChunk(bytes: Uint8Array): OpenChunk {
  const [value, statusCode, others] = deserialize(bytes) as [Float64Array, Uint32Array, (TagValue | undefined)[] | null]
  const count = value.length
  const blockCount = Math.ceil(count / blockSampleCount)
  const blocks: BlockSummaries = {
    count: new Uint16Array(blockCount),
    usableCount: new Uint16Array(blockCount),
    goodCount: new Uint16Array(blockCount),
    minimum: new Float64Array(blockCount).fill(Number.NaN),
    maximum: new Float64Array(blockCount).fill(Number.NaN),
    sum: new Float64Array(blockCount).fill(Number.NaN),
    first: new Float64Array(blockCount).fill(Number.NaN),
    last: new Float64Array(blockCount).fill(Number.NaN),
    worstStatusCode: new Uint32Array(blockCount),
  }
  for (let row = 0; row < count; row++) {
    const block = Math.floor(row / blockSampleCount)
    const code = statusCode[row]!
    blocks.count[block]!++
    if (blocks.count[block] === 1 || severity(code) > severity(blocks.worstStatusCode[block]!))
      blocks.worstStatusCode[block] = code
    if (!isUsable(value[row]!, code)) continue
    if (blocks.usableCount[block]!++ === 0) {
      blocks.first[block] = value[row]!
      blocks.minimum[block] = value[row]!
      blocks.maximum[block] = value[row]!
      blocks.sum[block] = 0
    }
    if (severity(code) === 0) blocks.goodCount[block]!++
    if (value[row]! < blocks.minimum[block]!) blocks.minimum[block] = value[row]!
    if (value[row]! > blocks.maximum[block]!) blocks.maximum[block] = value[row]!
    blocks.sum[block]! += value[row]!
    blocks.last[block] = value[row]!
  }
  const decode = (from: number, to: number, into: ValueColumns, at: number) => {
    into.value.set(value.subarray(from, to), at)
    into.statusCode.set(statusCode.subarray(from, to), at)
    for (let row = from; row < to; row++) {
      const other = others?.[row]
      if (other !== undefined) {
        into.others ??= []
        into.others[at + row - from] = other
      } else if (into.others) into.others[at + row - from] = undefined
    }
    return to - from
  }
  return {
    count,
    blockCount,
    blocks,
    decodeBlock: (index, into, at) =>
      decode(index * blockSampleCount, Math.min(count, (index + 1) * blockSampleCount), into, at),
    decodeAll() {
      const into: ValueColumns = { value: new Float64Array(count), statusCode: new Uint32Array(count), others: null }
      decode(0, count, into, 0)
      return into
    },
  }
}
