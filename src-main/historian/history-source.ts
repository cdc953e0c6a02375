// Chunks as queries read them: opened once, block by block, out of the stored bytes.
import type { TagValue } from '../shared/data-value.ts'
import { type BlockSummaries, openChunk, type ValueColumns } from './chunk-codec.ts'
import type { ChunkRows } from './chunk-rows.ts'
import type { HistoryView } from './history-view.ts'
import type { Samples } from './samples.ts'
import { blockSampleCount } from './timestamp-codec.ts'

/** A chunk whose blocks of 256 samples can be read one by one. Valid as long as the view it came from. */
export interface OpenedChunk {
  /** Samples; 1 or more. */
  readonly count: number
  readonly firstTimestamp: number
  readonly lastTimestamp: number
  /** ⌈count / 256⌉. */
  readonly blockCount: number
  /** What is known of each block without decoding it. */
  readonly blocks: BlockSummaries
  /** Time stamp of the first sample of each block. */
  readonly blockFirstTimestamp: Float64Array
  /** Writes the time stamps of one block to `into` from row `at` on; how many. */
  decodeTimestamps(block: number, into: Float64Array, at: number): number
  /** Writes values and status codes of one block to `into` from row `at` on; how many. */
  decodeValues(block: number, into: ValueColumns, at: number): number
  /** All time stamps; shared: not to be changed. */
  timestamps(): Float64Array
  /** All samples, in fresh columns; the time stamps are shared: not to be changed. */
  decodeAll(): Samples
}

/** Columns of one block, made once and filled again and again. */
export class BlockColumns implements ValueColumns {
  count = 0
  readonly timestamp = new Float64Array(blockSampleCount)
  readonly value = new Float64Array(blockSampleCount)
  readonly statusCode = new Uint32Array(blockSampleCount)
  others: (TagValue | undefined)[] | null = null
}

/** Reads and opens the chunk of a row. RuntimeError BadDecodingError when it is damaged. */
export function openStoredChunk(view: HistoryView, rows: ChunkRows, row: number): OpenedChunk {
  const stored = view.read(rows, row, row + 1)[0]!
  const chunk = openChunk(stored.bytes)
  const column = stored.timestampColumn
  const span = {
    count: chunk.count,
    firstTimestamp: rows.firstTimestamp(row),
    lastTimestamp: rows.lastTimestamp(row),
    blockCount: chunk.blockCount,
    blocks: chunk.blocks,
    decodeValues: (block: number, into: ValueColumns, at: number) => chunk.decodeBlock(block, into, at),
    timestamps: () => stored.timestamps(),
    decodeAll: () => ({ count: chunk.count, timestamp: stored.timestamps(), ...chunk.decodeAll() }),
  }
  if (column)
    return {
      ...span,
      blockFirstTimestamp: column.blockFirstTimestamp,
      decodeTimestamps: (block, into, at) => column.decodeBlock(block, into, at),
    }
  const timestamps = stored.timestamps()
  const blockFirstTimestamp = new Float64Array(chunk.blockCount)
  for (let block = 0; block < chunk.blockCount; block++)
    blockFirstTimestamp[block] = timestamps[block * blockSampleCount]!
  return {
    ...span,
    blockFirstTimestamp,
    decodeTimestamps(block, into, at) {
      const part = timestamps.subarray(block * blockSampleCount, (block + 1) * blockSampleCount)
      into.set(part, at)
      return part.length
    },
  }
}
