// Makes chunks of samples that leave the heads: encodes them, and stores the time stamps of one scan once for all its tags.
import { type ChunkHint, encodeChunk } from './chunk-codec.ts'
import type { SealedChunk, TimestampColumn } from './history-files.ts'
import type { Samples } from './samples.ts'
import { encodeTimestamps } from './timestamp-codec.ts'

/** Columns of one append that are looked at for an equal one, newest first. */
const comparedColumnCount = 8

interface KnownColumn {
  readonly timestamp: Float64Array
  readonly column: TimestampColumn
}

/** The chunks of one append; the samples' columns must stay as they are until it is done. */
export class SealEncoder {
  readonly #hints = new Map<number, ChunkHint>()
  #known: KnownColumn[] = []
  chunks: SealedChunk[] = []

  /** Adds a chunk of 1 to 4096 samples. `coveredBefore` as in SealedChunk. */
  add(series: number, samples: Samples, isBackFill: boolean, coveredBefore: number): void {
    const timestamps = this.#column(samples)
    const { bytes, summary, hint } = encodeChunk(samples, this.#hints.get(series) ?? null)
    this.#hints.set(series, hint)
    this.chunks.push({ series, bytes, summary, timestamps, selection: null, isBackFill, coveredBefore })
  }

  /** Starts the next append. */
  clear(): void {
    this.chunks = []
    this.#known = []
  }

  #column({ timestamp, count }: Samples): TimestampColumn {
    const last = this.#known.length - 1
    for (let index = last; index >= 0 && index > last - comparedColumnCount; index--)
      if (isSame(this.#known[index]!.timestamp, timestamp, count)) return this.#known[index]!.column
    const column: TimestampColumn = { bytes: encodeTimestamps(timestamp, count), count }
    this.#known.push({ timestamp: count === timestamp.length ? timestamp : timestamp.subarray(0, count), column })
    return column
  }
}

function isSame(a: Float64Array, b: Float64Array, count: number): boolean {
  if (a.length !== count || a[count - 1] !== b[count - 1]) return false
  for (let row = 0; row < count; row++) if (a[row] !== b[row]) return false
  return true
}
