// Linear scaling between what the device counts and what the operator reads.
import type { TagScaling } from './tag.ts'

/** A scaling as factor and offset: engineering = raw × factor + offset. */
export interface LinearScaling {
  readonly factor: number
  readonly offset: number
}

/** No scaling: engineering units are the raw numbers. */
export const noScaling: LinearScaling = { factor: 1, offset: 0 }

/** Factor and offset of a checked scaling (rawLow ≠ rawHigh, low ≠ high). */
export function linearScaling(scaling: TagScaling | null): LinearScaling {
  if (!scaling) return noScaling
  const factor = (scaling.high - scaling.low) / (scaling.rawHigh - scaling.rawLow)
  return { factor, offset: scaling.low - scaling.rawLow * factor }
}

/** What a raw number reads as. */
export function toEngineering(raw: number, scaling: LinearScaling): number {
  return raw * scaling.factor + scaling.offset
}

/** Raw number that reads as `value`. */
export function toRaw(value: number, scaling: LinearScaling): number {
  return (value - scaling.offset) / scaling.factor
}
