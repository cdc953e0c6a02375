// Chunks as queries read them: opened once, block by block, out of the stored bytes.
import type { TagValue } from '../../shared/data-value.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { StatusCodes } from '../../shared/status-code.ts'
import { damaged } from '../codec/byte-reader.ts'
import { type BlockSummaries, encodeChunk, type OpenChunk, openChunk, type ValueColumns } from '../codec/chunk-codec.ts'
import { blockSampleCount, type TimestampColumn } from '../codec/timestamp-codec.ts'
import type { ChunkRows } from '../files/chunk-rows.ts'
import { HistoryFilesError } from '../files/history-files-error.ts'
import type { HistoryView, StoredChunk } from '../files/history-view.ts'
import { firstRowFrom } from '../sample-merge.ts'
import type { Samples } from '../samples.ts'

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
  readonly blockFirstTimestamp: readonly number[]
  /** Writes the time stamps of one block to `into` from row `at` on; how many. */
  decodeTimestamps(block: number, into: Float64Array, at: number): number
  /** Writes values and status codes of one block to `into` from row `at` on; how many. */
  decodeValues(block: number, into: ValueColumns, at: number): number
  /** First row of a block with a time stamp ≥ `at`; the count of its rows when there is none. Decodes only so far. */
  rowFrom(block: number, at: number): number
  /** One block decoded, kept for the next time; not to be changed. */
  columns(block: number): BlockColumns
  /** All time stamps; shared: not to be changed. */
  timestamps(): Float64Array
  /** All samples, in fresh columns; the time stamps are shared: not to be changed. */
  decodeAll(): Samples
}

/** Columns of one block, made once and filled again and again, or shared and never changed. */
export class BlockColumns implements ValueColumns {
  count = 0
  readonly timestamp: Float64Array
  readonly value = new Float64Array(blockSampleCount)
  readonly statusCode: Uint32Array
  others: (TagValue | undefined)[] | null = null

  constructor(
    timestamp: Float64Array = new Float64Array(blockSampleCount),
    statusCode: Uint32Array = new Uint32Array(blockSampleCount),
  ) {
    this.timestamp = timestamp
    this.statusCode = statusCode
  }
}

/** Of all blocks without another status code. */
const goodCodes = new Uint32Array(blockSampleCount)

/** Opened chunks that are kept between questions: about 5 KB each. */
const keptChunkCount = 2048
/** Decoded blocks that are kept between questions, 2 KB each (5 with status codes of their own): replay looks at a thousand tags at once. */
const keptBlockCount = 3072
/** Decoded blocks of time stamps that are kept, 2 KB each: the tags of one scan share them. */
const keptTimesCount = 512

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
  readonly #turnSeries: number[] = []
  readonly #turnFirst: number[] = []
  #next = 0
  readonly #blocks = new KeptBlocks()
  readonly #times = new KeptTimes()

  /** Opens the chunk of a row, or gives the opened one. A damaged one has two samples without value, BadDataLost, at the ends of its span. */
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
    const chunk = openStoredChunk(view, rows, row, this.#blocks, this.#times)
    if (!known) this.#makeRoom(seriesId, first)
    ofSeries.set(first, { chunk, sealNumber })
    return chunk
  }

  #makeRoom(seriesId: number, first: number): void {
    if (this.#turnSeries.length < keptChunkCount) {
      this.#turnSeries.push(seriesId)
      this.#turnFirst.push(first)
      return
    }
    const oldSeries = this.#turnSeries[this.#next]!
    const ofSeries = this.#chunks.get(oldSeries)
    ofSeries?.delete(this.#turnFirst[this.#next]!)
    if (ofSeries?.size === 0 && oldSeries !== seriesId) this.#chunks.delete(oldSeries)
    this.#turnSeries[this.#next] = seriesId
    this.#turnFirst[this.#next] = first
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

/** Decoded time stamps, by column and block; those decoded longest ago are given up. */
class KeptTimes {
  readonly #blocks = new Map<TimestampColumn, (Float64Array | undefined)[]>()
  readonly #turnColumn: TimestampColumn[] = []
  readonly #turnBlock: number[] = []
  #next = 0

  /** Time stamps of a block; shared, not to be changed. */
  of(column: TimestampColumn, block: number): Float64Array {
    let ofColumn = this.#blocks.get(column)
    const kept = ofColumn?.[block]
    if (kept) return kept
    const timestamp = new Float64Array(Math.min(blockSampleCount, column.count - block * blockSampleCount))
    column.decodeBlock(block, timestamp, 0)
    if (this.#turnColumn.length < keptTimesCount) {
      this.#turnColumn.push(column)
      this.#turnBlock.push(block)
    } else {
      const old = this.#turnColumn[this.#next]!
      const ofOld = this.#blocks.get(old)!
      delete ofOld[this.#turnBlock[this.#next]!]
      if (ofOld !== ofColumn && ofOld.every((known) => known === undefined)) this.#blocks.delete(old)
      this.#turnColumn[this.#next] = column
      this.#turnBlock[this.#next] = block
      this.#next = (this.#next + 1) % keptTimesCount
    }
    if (!ofColumn) {
      ofColumn = []
      this.#blocks.set(column, ofColumn)
    }
    ofColumn[block] = timestamp
    return timestamp
  }
}

/** A block's columns; null: not decoded any more. */
interface Decoded {
  columns: BlockColumns | null
}

function openStoredChunk(
  view: HistoryView,
  rows: ChunkRows,
  row: number,
  kept: KeptBlocks,
  times: KeptTimes,
): OpenedChunk {
  const first = rows.firstTimestamp(row)
  const last = rows.lastTimestamp(row)
  try {
    return new StoredOpenChunk(view.read(rows, row, row + 1)[0]!, first, last, kept, times)
  } catch (error) {
    if (!isDamage(error)) throw error
    return new StoredOpenChunk(lostChunk(first, last), first, last, kept, times)
  }
}

/** True when bytes on the disk are not what was written: what else goes wrong concerns the whole question. */
function isDamage(error: unknown): boolean {
  if (error instanceof HistoryFilesError) return error.kind === 'damaged'
  return error instanceof RuntimeError && error.code === 'BadDecodingError'
}

/** What stands in place of a damaged chunk: nothing is known of its span, and that is said at both ends of it. */
function lostChunk(first: number, last: number): StoredChunk {
  const timestamp = Float64Array.from(first === last ? [first] : [first, last])
  const count = timestamp.length
  const samples: Samples = {
    count,
    timestamp,
    value: new Float64Array(count).fill(Number.NaN),
    statusCode: new Uint32Array(count).fill(StatusCodes.BadDataLost),
    others: null,
  }
  return { bytes: encodeChunk(samples).bytes, timestampColumn: null, timestamps: () => timestamp }
}

class StoredOpenChunk implements OpenedChunk {
  readonly count: number
  readonly firstTimestamp: number
  readonly lastTimestamp: number
  readonly blockCount: number
  readonly blockFirstTimestamp: readonly number[]
  readonly #chunk: OpenChunk
  readonly #column: TimestampColumn | null
  /** Where the chunk has only some of a column's time stamps. */
  readonly #chosen: Float64Array | null
  readonly #keptBlocks: KeptBlocks
  readonly #keptTimes: KeptTimes
  #decoded: (Decoded | undefined)[] | null = null

  /** What outlives the view must not ask it any more: a column is open already, chosen time stamps are taken now. */
  constructor(
    stored: StoredChunk,
    firstTimestamp: number,
    lastTimestamp: number,
    keptBlocks: KeptBlocks,
    keptTimes: KeptTimes,
  ) {
    const chunk = openChunk(stored.bytes)
    this.#chunk = chunk
    this.#column = stored.timestampColumn
    const chosen = this.#column ? null : stored.timestamps()
    this.#chosen = chosen
    if ((this.#column?.count ?? chosen!.length) !== chunk.count)
      throw damaged(`a chunk of ${chunk.count} samples with other time stamps`)
    this.#keptBlocks = keptBlocks
    this.#keptTimes = keptTimes
    this.count = chunk.count
    this.blockCount = chunk.blockCount
    this.firstTimestamp = firstTimestamp
    this.lastTimestamp = lastTimestamp
    this.blockFirstTimestamp =
      this.#column?.blockFirstTimestamp ??
      Array.from({ length: chunk.blockCount }, (_, block) => chosen![block * blockSampleCount]!)
  }

  get blocks(): BlockSummaries {
    return this.#chunk.blocks
  }

  timestamps(): Float64Array {
    return this.#chosen ?? this.#column!.decodeAll()
  }

  decodeTimestamps(block: number, into: Float64Array, at: number): number {
    if (this.#column) return this.#column.decodeBlock(block, into, at)
    const part = this.#chosen!.subarray(block * blockSampleCount, (block + 1) * blockSampleCount)
    into.set(part, at)
    return part.length
  }

  decodeValues(block: number, into: ValueColumns, at: number): number {
    return this.#chunk.decodeBlock(block, into, at)
  }

  rowFrom(block: number, at: number): number {
    if (this.#column) return this.#column.rowFrom(block, at)
    const begin = block * blockSampleCount
    const times = this.#chosen!.subarray(begin, begin + blockSampleCount)
    return firstRowFrom(times, times.length, at)
  }

  columns(block: number): BlockColumns {
    this.#decoded ??= []
    this.#decoded[block] ??= { columns: null }
    const one = this.#decoded[block]
    if (one.columns) return one.columns
    const begin = block * blockSampleCount
    const timestamp = this.#column
      ? this.#keptTimes.of(this.#column, block)
      : this.#chosen!.subarray(begin, begin + blockSampleCount)
    const columns = new BlockColumns(timestamp, this.#chunk.isUniform ? goodCodes : undefined)
    columns.count = this.decodeValues(block, columns, 0)
    one.columns = columns
    this.#keptBlocks.add(one)
    return columns
  }

  decodeAll(): Samples {
    return { count: this.count, timestamp: this.timestamps(), ...this.#chunk.decodeAll() }
  }
}
