// One row of an index: what is known of a chunk, or of up to 64 neighbouring chunks (a page), without reading them.
import type { SampleSummary } from './samples.ts'

/** A chunk's summary with what time-weighted aggregates need; both within the chunk's own span, over usable samples. */
export interface SealedSummary extends SampleSummary {
  /** Σ value·ms on straight lines between usable neighbours. */
  readonly slopedIntegral: number
  /** Σ value·ms, each usable value held until the next sample. */
  readonly steppedIntegral: number
  /** ms that `slopedIntegral` is made of. */
  readonly slopedDuration: number
  /** ms that `steppedIntegral` is made of. */
  readonly steppedDuration: number
}
