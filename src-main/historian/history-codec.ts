// What files need of the codec: decoding for rebuilt indexes, re-encoding where overlapping chunks are folded into one.
import type { SealedSummary } from './chunk-row.ts'
import type { Samples } from './samples.ts'

export interface HistoryCodec {
  /** Throws RuntimeError BadDecodingError for bytes that are none. */
  decodeTimestamps(bytes: Uint8Array): Float64Array
  encodeTimestamps(timestamps: Float64Array, count: number): Uint8Array
  /** Values and status codes of a chunk, with its time stamps beside them. Throws RuntimeError BadDecodingError. */
  decodeChunk(bytes: Uint8Array, timestamps: Float64Array): Samples
  /** The summary of a chunk without its values being decoded where that is possible. Throws RuntimeError BadDecodingError. */
  summarizeChunk(bytes: Uint8Array, timestamps: Float64Array): SealedSummary
  encodeChunk(samples: Samples): { readonly bytes: Uint8Array; readonly summary: SealedSummary }
}
