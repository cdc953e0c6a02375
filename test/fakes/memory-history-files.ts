// Files of history in memory: what the writer seals, and what of it survives. Nothing is encoded but for the chunks themselves.

import { openChunk } from '../../src-main/historian/codec/chunk-codec.ts'
import { decodeTimestamps } from '../../src-main/historian/codec/timestamp-codec.ts'
import { decodeTimestampSubset } from '../../src-main/historian/codec/timestamp-subset.ts'
import type { SeriesRow } from '../../src-main/historian/files/history-catalog.ts'
import type {
  Coverage,
  HistoryFilesWriter,
  SealedBatch,
  SealedChunk,
  SeriesDefinition,
} from '../../src-main/historian/files/history-files.ts'
import { HistoryFilesError } from '../../src-main/historian/files/history-files-error.ts'
import type { TagValue } from '../../src-main/shared/data-value.ts'

export interface StoredSample {
  readonly timestamp: number
  readonly value: TagValue
  readonly statusCode: number
}

const dayMs = 86_400_000

/** Partitions of a day. `isFull` makes appends fail as on a full disk. */
export class MemoryHistoryFiles implements HistoryFilesWriter {
  readonly rows: SeriesRow[] = []
  readonly batches: { readonly sealNumber: number; readonly batch: SealedBatch }[] = []
  isFull = false
  sealNumber = 0
  commitCount = 0
  forgottenBefore = 0

  defineSeries(definitions: readonly SeriesDefinition[]): readonly SeriesRow[] {
    return definitions.map(({ name, kind, attributes }) => {
      const index = this.rows.findIndex((row) => row.name === name && row.kind === kind)
      const row = { ...attributes, id: index < 0 ? this.rows.length + 1 : index + 1, name, kind }
      this.rows[row.id - 1] = row
      return row
    })
  }

  series(): readonly SeriesRow[] {
    return this.rows
  }

  partitionEnd(timestamp: number): number {
    return (Math.floor(timestamp / dayMs) + 1) * dayMs
  }

  append(batch: SealedBatch): number {
    if (this.isFull) throw new HistoryFilesError('diskFull', 'there is no room')
    for (const chunk of batch.chunks)
      if (this.partitionEnd(chunk.summary.firstTimestamp) <= chunk.summary.lastTimestamp)
        throw new Error('a chunk reaches into the next partition')
    this.sealNumber++
    this.batches.push({ sealNumber: this.sealNumber, batch })
    return this.sealNumber
  }

  commit(): Promise<void> {
    this.commitCount++
    return Promise.resolve()
  }

  coverage(sincePosition: number): readonly Coverage[] {
    return this.batches
      .filter(({ batch }) => batch.journalPosition >= sincePosition)
      .flatMap(({ batch }) =>
        batch.chunks
          .filter(({ coveredBefore }) => coveredBefore > 0)
          .map(({ series, summary, coveredBefore }) => ({
            series,
            journalPosition: batch.journalPosition,
            from: this.partitionEnd(summary.firstTimestamp) - dayMs,
            before: coveredBefore,
          })),
      )
  }

  forgetCoverage(beforePosition: number): void {
    this.forgottenBefore = beforePosition
  }

  size() {
    return { partitionCount: 1, chunkByteCount: 0, indexByteCount: 0, catalogByteCount: 0, writtenByteCount: 0 }
  }

  housekeep(): Promise<void> {
    return Promise.resolve()
  }

  dropOldest(): boolean {
    return false
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  /** All stored samples of a series as a reader merges them. */
  samples(name: string): StoredSample[] {
    const ids = new Set(this.rows.filter((row) => row.name === name).map((row) => row.id))
    let all: StoredSample[] = []
    for (const { batch } of this.batches)
      for (const chunk of batch.chunks.filter(({ series }) => ids.has(series))) {
        const samples = samplesOf(chunk)
        if (chunk.isBackFill) {
          const times = new Set(samples.map(({ timestamp }) => timestamp))
          all = all.filter(({ timestamp }) => !times.has(timestamp))
        }
        all.push(...samples)
      }
    return inOrder(all)
  }
}

/** Stable by time. */
export function inOrder(samples: readonly StoredSample[]): StoredSample[] {
  return [...samples].sort((a, b) => a.timestamp - b.timestamp)
}

function samplesOf(chunk: SealedChunk): StoredSample[] {
  const column = decodeTimestamps(chunk.timestamps.bytes)
  const timestamps = chunk.selection ? decodeTimestampSubset(chunk.selection, column) : column
  const { value, statusCode, others } = openChunk(chunk.bytes).decodeAll()
  return Array.from(timestamps, (timestamp, row) => ({
    timestamp,
    value: others?.[row] ?? value[row]!,
    statusCode: statusCode[row]!,
  }))
}
