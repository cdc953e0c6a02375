// Many durations in four bytes each, for averages and exact percentiles.
import type { AlarmDurations } from '../../shared/alarm-report.ts'

/** 49.7 days; what took longer counts as so long. ms. */
const longestMs = 0xffff_ffff

export class DurationColumn {
  #count = 0
  #sum = 0
  #durations = new Uint32Array(64)

  get count(): number {
    return this.#count
  }

  /** Whole ms; negative ones (a clock that was set back) are 0. */
  append(durationMs: number): void {
    if (this.#count === this.#durations.length) {
      const larger = new Uint32Array(2 * this.#count)
      larger.set(this.#durations)
      this.#durations = larger
    }
    const kept = Math.min(longestMs, Math.max(0, Math.round(durationMs)))
    this.#durations[this.#count++] = kept
    this.#sum += kept
  }

  /** Percentiles are nearest-rank: the smallest value with at least that share at or below it. */
  figures(): AlarmDurations {
    const sorted = this.#durations.subarray(0, this.#count).slice().sort()
    const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null
    return {
      count: this.#count,
      averageMs: this.#count === 0 ? null : this.#sum / this.#count,
      medianMs: at(0.5),
      p90Ms: at(0.9),
      mostMs: sorted.at(-1) ?? null,
    }
  }

  /** Counts up to each edge, and of what is longer than the last one. */
  histogram(edgesMs: readonly number[]): number[] {
    const counts = new Array<number>(edgesMs.length + 1).fill(0)
    for (let index = 0; index < this.#count; index++) {
      const column = edgesMs.findIndex((edge) => this.#durations[index]! <= edge)
      counts[column < 0 ? edgesMs.length : column]!++
    }
    return counts
  }
}
