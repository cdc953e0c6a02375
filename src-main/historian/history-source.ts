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
  /** One block decoded, kept for the next time; not to be changed. */
  columns(block: number): BlockColumns
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

/** Opened chunks that are kept between questions: about 6 KB each. */
const keptChunkCount = 4096
/** Decoded blocks that are kept between questions, 5 KB each: a plot has two thousand edges, replay looks at a thousand tags at once. */
const keptBlockCount = 3072

/** An opened chunk and what tells that it is the one a row means. */
interface Kept {
  readonly chunk: OpenedChunk
  readonly sealNumber: number
}

/**
 * Chunks that were opened lately, for one reader thread. A chunk never changes: the series, the seal number, the span and the count tell
 * which it is, also when a compaction has moved it.
 */
export class OpenedChunks {
  /** By series and first time stamp. */
  readonly #chunks = new Map<number, Map<number, Kept>>()
  /** What was opened, in turn: series and first time stamp. */
  readonly #turn: [number, number][] = []
  #next = 0
  readonly #blocks = new KeptBlocks()

  /** Opens the chunk of a row, or gives the opened one. RuntimeError BadDecodingError when it is damaged. */
  open(view: HistoryView, seriesId: number, rows: ChunkRows, row: number): OpenedChunk {
    let ofSeries = this.#chunks.get(seriesId)
    if (!ofSeries) {
      ofSeries = new Map()
      this.#chunks.set(seriesId, ofSeries)
    }
    const first = rows.firstTimestamp(row)
    const sealNumber = rows.sealNumber(row)
    const known = ofSeries.get(first)
    const isIt =
      known !== undefined &&
      known.sealNumber === sealNumber &&
      known.chunk.lastTimestamp === rows.lastTimestamp(row) &&
      known.chunk.count === rows.sampleCount(row)
    if (isIt) return known.chunk
    const chunk = openStoredChunk(view, rows, row, this.#blocks)
    if (!known) this.#makeRoom(seriesId, first)
    ofSeries.set(first, { chunk, sealNumber })
    return chunk
  }

  #makeRoom(seriesId: number, first: number): void {
    if (this.#turn.length < keptChunkCount) {
      this.#turn.push([seriesId, first])
      return
    }
    const [oldSeries, oldFirst] = this.#turn[this.#next]!
    const ofSeries = this.#chunks.get(oldSeries)
    ofSeries?.delete(oldFirst)
    if (ofSeries?.size === 0 && oldSeries !== seriesId) this.#chunks.delete(oldSeries)
    this.#turn[this.#next] = [seriesId, first]
    this.#next = (this.#next + 1) % keptChunkCount
  }
}

/** Which blocks are decoded; the one that was decoded longest ago is given up. Its columns stay true for whoever still reads them. */
class KeptBlocks {
  readonly #owners: Decoded[] = []
  #next = 0

  add(owner: Decoded): void {
    if (this.#owners.length < keptBlockCount) {
      this.#owners.push(owner)
      return
    }
    this.#owners[this.#next]!.columns = null
    this.#owners[this.#next] = owner
    this.#next = (this.#next + 1) % keptBlockCount
  }
}

/** A block's columns; null: not decoded any more. */
interface Decoded {
  columns: BlockColumns | null
}

function openStoredChunk(view: HistoryView, rows: ChunkRows, row: number, kept: KeptBlocks): OpenedChunk {
  const stored = view.read(rows, row, row + 1)[0]!
  const chunk = openChunk(stored.bytes)
  const column = stored.timestampColumn
  // What outlives the view must not ask it any more: a column is open already, chosen time stamps are taken now.
  const chosen = column ? null : stored.timestamps()
  const blockFirstTimestamp = column
    ? column.blockFirstTimestamp
    : Float64Array.from({ length: chunk.blockCount }, (_, block) => chosen![block * blockSampleCount]!)
  const timestamps = () => chosen ?? column!.decodeAll()
  const decodeTimestamps = (block: number, into: Float64Array, at: number) => {
    if (column) return column.decodeBlock(block, into, at)
    const part = chosen!.subarray(block * blockSampleCount, (block + 1) * blockSampleCount)
    into.set(part, at)
    return part.length
  }
  const decodeValues = (block: number, into: ValueColumns, at: number) => chunk.decodeBlock(block, into, at)
  const decoded: Decoded[] = []
  return {
    count: chunk.count,
    firstTimestamp: rows.firstTimestamp(row),
    lastTimestamp: rows.lastTimestamp(row),
    blockCount: chunk.blockCount,
    blocks: chunk.blocks,
    blockFirstTimestamp,
    timestamps,
    decodeTimestamps,
    decodeValues,
    columns(block) {
      decoded[block] ??= { columns: null }
      const one = decoded[block]
      if (one.columns) return one.columns
      const columns = new BlockColumns()
      columns.count = decodeTimestamps(block, columns.timestamp, 0)
      columns.others = null
      decodeValues(block, columns, 0)
      one.columns = columns
      kept.add(one)
      return columns
    },
    decodeAll: () => ({ count: chunk.count, timestamp: timestamps(), ...chunk.decodeAll() }),
  }
}
