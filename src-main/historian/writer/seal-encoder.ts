// Makes chunks of samples that leave the heads: encodes them, and stores the time stamps of one scan once for all its tags.
import { type ChunkHint, encodeChunk } from '../codec/chunk-codec.ts'
import type { SealedChunk } from '../files/history-files.ts'
import type { Samples } from '../samples.ts'
import { type Neighbours, type Placement, ScanColumns } from './scan-columns.ts'

/** The chunks of one append; the samples' columns must stay as they are until it is done. */
export class SealEncoder {
  readonly #hints = new Map<number, ChunkHint>()
  readonly #columns = new ScanColumns()
  chunks: SealedChunk[] = []

  /**
   * Where the time stamps of a chunk of these samples (1 to 4096) are to stand. With `neighbours` it may say that the chunk has fewer: give
   * {@link SealEncoder.add} as many as it says.
   */
  place(samples: Samples, neighbours: Neighbours | null): Placement {
    return this.#columns.place(samples, neighbours)
  }

  /** Adds a chunk of 1 to 4096 samples. `coveredBefore` as in SealedChunk; `placement` of exactly these samples. */
  add(
    series: number,
    samples: Samples,
    isBackFill: boolean,
    coveredBefore: number,
    { column, selection }: Placement = this.place(samples, null),
  ): void {
    const { bytes, summary, hint } = encodeChunk(samples, this.#hints.get(series) ?? null)
    this.#hints.set(series, hint)
    this.chunks.push({ series, bytes, summary, timestamps: column, selection, isBackFill, coveredBefore })
  }

  /** Starts the next append. */
  clear(): void {
    this.chunks = []
  }
}
