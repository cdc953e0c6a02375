// The last few batches of one layout, before they are dealt out to their heads: of a head that gets several rows at once only
// one place in memory is touched, not one for each row.
import type { RowColumns } from './journal-columns.ts'
import type { RowGroup, RowPlan } from './row-plan.ts'

/** Rows that wait at most, unless one batch alone has more: 512 kB of values, what the processor keeps near. */
const rowLimit = 65_536
const batchLimit = 32

/** Columns that are written into again and again. */
export class HeadStage {
  #plan: RowPlan | null = null
  #values = new Float64Array(0)
  /** By batch and segment. */
  #times = new Float64Array(0)
  #codes = new Uint32Array(0)
  #batchCount = 0

  get plan(): RowPlan | null {
    return this.#plan
  }

  /** Batches that wait. */
  get batchCount(): number {
    return this.#batchCount
  }

  /** Values of all rows, batch after batch. */
  get values(): Float64Array {
    return this.#values
  }

  get isFull(): boolean {
    const rows = this.#plan?.rowCount ?? 0
    return this.#batchCount === batchLimit || (this.#batchCount + 1) * rows > rowLimit
  }

  /** Adds a batch that fits the plan, which is that of the batches that wait. */
  add(plan: RowPlan, { count, value, timestampRuns: times, statusCodeRuns: codes }: RowColumns): void {
    const { ends } = plan
    if (this.#batchCount === 0) this.#begin(plan)
    this.#values.set(value.length === count ? value : value.subarray(0, count), this.#batchCount * count)
    const first = this.#batchCount * ends.length
    for (let segment = 0, timeRun = 0, codeRun = 0; segment < ends.length; segment++) {
      const end = ends[segment]!
      while (times.end[timeRun]! < end) timeRun++
      while (codes.end[codeRun]! < end) codeRun++
      this.#times[first + segment] = times.value[timeRun]!
      this.#codes[first + segment] = codes.value[codeRun]!
    }
    this.#batchCount++
  }

  clear(): void {
    this.#batchCount = 0
  }

  /** Time stamps and status codes that all series of the group get; how many. */
  stampsOf({ segments }: RowGroup, into: StampColumns): number {
    const segmentCount = this.#plan!.ends.length
    into.reserve(this.#batchCount * segments.length)
    const { timestamp, statusCode } = into
    let row = 0
    for (let batch = 0; batch < this.#batchCount; batch++)
      for (let index = 0; index < segments.length; index++) {
        const at = batch * segmentCount + segments[index]!
        timestamp[row] = this.#times[at]!
        statusCode[row++] = this.#codes[at]!
      }
    return row
  }

  #begin(plan: RowPlan): void {
    this.#plan = plan
    const batches = Math.max(1, Math.min(batchLimit, Math.floor(rowLimit / plan.rowCount)))
    if (this.#values.length < batches * plan.rowCount) this.#values = new Float64Array(batches * plan.rowCount)
    if (this.#times.length >= batches * plan.ends.length) return
    this.#times = new Float64Array(batches * plan.ends.length)
    this.#codes = new Uint32Array(batches * plan.ends.length)
  }
}

/** Time stamps and status codes of rows; used again and again. */
export class StampColumns {
  timestamp = new Float64Array(256)
  statusCode = new Uint32Array(256)

  reserve(count: number): void {
    if (count <= this.timestamp.length) return
    this.timestamp = new Float64Array(count * 2)
    this.statusCode = new Uint32Array(count * 2)
  }
}
