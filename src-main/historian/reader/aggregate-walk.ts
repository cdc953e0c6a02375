// Goes once through a span and shows an aggregate what it needs of each bucket: whole pages, chunks and blocks by their summaries,
// samples only where an edge of a bucket cuts a block or a summary does not say enough.

import type { BlockSummaries } from '../codec/chunk-codec.ts'
import type { ChunkRows } from '../files/chunk-rows.ts'
import { firstRowFrom } from '../sample-merge.ts'
import type { Samples } from '../samples.ts'
import { type Buckets, bucketOf } from './aggregate-buckets.ts'
import { BlockColumns } from './history-source.ts'
import type { Pace } from './query-pace.ts'
import type { SampleTimeline, Segment } from './sample-timeline.ts'

/** Gathers one aggregate. All calls come in order of time. */
export interface BucketGatherer {
  /** Takes a chunk or page that lies within the bucket, without its first instant; false: its inside must be shown. */
  takeChunk(bucket: number, rows: ChunkRows, row: number): boolean
  /** The same of one block. `first`: its first time stamp. `isFollowed`: another sample of the bucket follows in the chunk. */
  takeBlock(bucket: number, blocks: BlockSummaries, block: number, first: number, isFollowed: boolean): boolean
  /** True: nothing between these extremes in these buckets is of interest, so that a cut chunk or block need not be read. */
  skips?(firstBucket: number, lastBucket: number, minimum: number, maximum: number): boolean
  /** `takeRows` does not look at time stamps: of a block that an edge cuts, only where it does so is found out. */
  readonly ignoresTime?: boolean
  /** Takes rows [begin, end), all of the bucket. */
  takeRows(bucket: number, samples: Samples, begin: number, end: number): void
}

/** Shows `gatherer` all of [from, to) that `segments` hold. Yields when it is another question's turn. */
export function* walkBuckets(
  timeline: SampleTimeline,
  segments: readonly Segment[],
  buckets: Buckets,
  gatherer: BucketGatherer,
  pace: Pace,
): Generator<void, void> {
  const columns = new BlockColumns()
  for (const segment of segments) {
    if (segment.rows)
      yield* walkRows(timeline, segment.rows, segment.begin, segment.end, buckets, gatherer, pace, columns)
    else {
      if (pace.isDue()) yield
      if (segment.lastTimestamp < buckets.from || segment.firstTimestamp >= buckets.to) continue
      const samples = segment.read()
      showRows(samples, samples.count, buckets, gatherer)
    }
  }
}

function* walkRows(
  timeline: SampleTimeline,
  rows: ChunkRows,
  begin: number,
  end: number,
  buckets: Buckets,
  gatherer: BucketGatherer,
  pace: Pace,
  columns: BlockColumns,
): Generator<void, void> {
  const { edges, from, to } = buckets
  for (let row = begin; row < end; row++) {
    const first = rows.firstTimestamp(row)
    const last = rows.lastTimestamp(row)
    if (last < from) continue
    if (first >= to) return
    if (first > from) {
      const bucket = bucketOf(buckets, first)
      if (first > edges[bucket]! && last < edges[bucket + 1]! && gatherer.takeChunk(bucket, rows, row)) continue
    }
    if (isSkipped(gatherer, buckets, first, last, rows.minimum(row), rows.maximum(row))) continue
    if (pace.isDue()) yield
    if (rows.isPage(row)) {
      const chunks = timeline.view.expand(rows, row)
      yield* walkRows(timeline, chunks, 0, chunks.count, buckets, gatherer, pace, columns)
    } else walkBlocks(timeline, rows, row, buckets, gatherer, columns)
  }
}

function walkBlocks(
  timeline: SampleTimeline,
  rows: ChunkRows,
  row: number,
  buckets: Buckets,
  gatherer: BucketGatherer,
  columns: BlockColumns,
): void {
  const { edges, from, to } = buckets
  const chunk = timeline.open(rows, row)
  for (let block = 0; block < chunk.blockCount; block++) {
    const first = chunk.blockFirstTimestamp[block]!
    // Not before the last time stamp of the block, which only decoding would tell.
    const last = block + 1 < chunk.blockCount ? chunk.blockFirstTimestamp[block + 1]! : chunk.lastTimestamp
    if (last < from) continue
    if (first >= to) return
    if (first > from) {
      const bucket = bucketOf(buckets, first)
      if (
        first > edges[bucket]! &&
        last < edges[bucket + 1]! &&
        gatherer.takeBlock(bucket, chunk.blocks, block, first, block + 1 < chunk.blockCount)
      )
        continue
    }
    const { blocks } = chunk
    if (isSkipped(gatherer, buckets, first, last, blocks.minimum[block]!, blocks.maximum[block]!)) continue
    columns.others = null
    if (gatherer.ignoresTime && first >= from && last < to) {
      const bucket = bucketOf(buckets, first)
      const edge = edges[bucket + 1]!
      if (last < (edges[bucket + 2] ?? to)) {
        columns.count = chunk.decodeValues(block, columns, 0)
        const row = last < edge ? columns.count : chunk.rowFrom(block, edge)
        if (row > 0) gatherer.takeRows(bucket, columns, 0, row)
        if (row < columns.count) gatherer.takeRows(bucket + 1, columns, row, columns.count)
        continue
      }
    }
    columns.count = chunk.decodeTimestamps(block, columns.timestamp, 0)
    chunk.decodeValues(block, columns, 0)
    showRows(columns, columns.count, buckets, gatherer)
  }
}

function isSkipped(
  gatherer: BucketGatherer,
  buckets: Buckets,
  first: number,
  last: number,
  minimum: number,
  maximum: number,
): boolean {
  if (!gatherer.skips) return false
  return gatherer.skips(bucketOf(buckets, first), bucketOf(buckets, last), minimum, maximum)
}

function showRows(samples: Samples, count: number, buckets: Buckets, gatherer: BucketGatherer): void {
  const { timestamp } = samples
  const { edges, from, to } = buckets
  let row = timestamp[0]! >= from ? 0 : firstRowFrom(timestamp, count, from)
  if (row === count || timestamp[row]! >= to) return
  let bucket = bucketOf(buckets, timestamp[row]!)
  for (;;) {
    const edge = edges[bucket + 1]!
    const end = timestamp[count - 1]! < edge ? count : firstRowFrom(timestamp, count, edge)
    gatherer.takeRows(bucket, samples, row, end)
    if (end === count || timestamp[end]! >= to) return
    row = end
    bucket = timestamp[row]! < edges[bucket + 2]! ? bucket + 1 : bucketOf(buckets, timestamp[row]!)
  }
}
