// What a scan looks like that comes again and again: which rows always share time stamp and status, and which series therefore
// are in step. Learnt from the batches themselves, so that a batch is taken in whole columns.
import type { RowColumns } from './journal-columns.ts'

/** After so many refinements it is learnt anew: what was an exception must not stay a boundary for ever. */
const refinementLimit = 64
/** Batches per refinement below which learning costs more than it brings. */
const batchesPerRefinement = 8

/** Series that have their rows in the same segments. */
export interface RowGroup {
  readonly slots: Int32Array
  /** Rows of the first slot, then of the second … */
  readonly rows: Uint32Array
  /** Segments of the rows of each slot, in order. */
  readonly segments: Uint32Array
}

/** The plan of one layout. */
export class RowPlan {
  readonly #slots: Int32Array
  /** By row: 1 = a segment ends behind it. */
  readonly #isEnd: Uint8Array
  #ends: Uint32Array = new Uint32Array(0)
  #groups: readonly RowGroup[] = []
  #refinementCount = 0
  #batchCount = 0

  constructor(slots: Int32Array) {
    this.#slots = slots
    this.#isEnd = new Uint8Array(slots.length)
  }

  get rowCount(): number {
    return this.#slots.length
  }

  /** Rows that share time stamp and status in every batch so far: for each segment the row after its last. */
  get ends(): Uint32Array {
    return this.#ends
  }

  get groups(): readonly RowGroup[] {
    return this.#groups
  }

  /** True when no segment has more than one time stamp or status in this batch. */
  fits({ timestampRuns: times, statusCodeRuns: codes }: RowColumns): boolean {
    this.#batchCount++
    const isEnd = this.#isEnd
    for (let run = 0; run < times.count; run++) if (isEnd[times.end[run]! - 1] === 0) return false
    for (let run = 0; run < codes.count; run++) if (isEnd[codes.end[run]! - 1] === 0) return false
    return true
  }

  /** Makes the plan fit a batch. False when batches differ so much that there is no plan for them. */
  refine({ timestampRuns: times, statusCodeRuns: codes }: RowColumns): boolean {
    if (this.#refinementCount === refinementLimit) {
      if (this.#batchCount < refinementLimit * batchesPerRefinement) return false
      this.#refinementCount = 0
      this.#batchCount = 0
      this.#isEnd.fill(0)
    }
    this.#refinementCount++
    for (let run = 0; run < times.count; run++) this.#isEnd[times.end[run]! - 1] = 1
    for (let run = 0; run < codes.count; run++) this.#isEnd[codes.end[run]! - 1] = 1
    const ends: number[] = []
    for (let row = 0; row < this.#isEnd.length; row++) if (this.#isEnd[row] === 1) ends.push(row + 1)
    this.#ends = Uint32Array.from(ends)
    this.#groups = groupsOf(this.#slots, this.#ends)
    return true
  }
}

function groupsOf(slots: Int32Array, ends: Uint32Array): RowGroup[] {
  const rowsOf = new Map<number, number[]>()
  const segmentOf = new Uint32Array(slots.length)
  for (let row = 0, segment = 0; row < slots.length; row++) {
    if (row === ends[segment]) segment++
    segmentOf[row] = segment
    const rows = rowsOf.get(slots[row]!)
    if (rows) rows.push(row)
    else rowsOf.set(slots[row]!, [row])
  }
  const drafts: { slots: number[]; rows: number[]; rowsPerSlot: number }[] = []
  /** By the segment of the first row. */
  const draftsFrom = new Map<number, typeof drafts>()
  for (const [slot, rows] of rowsOf) {
    const first = segmentOf[rows[0]!]!
    const candidates = draftsFrom.get(first) ?? []
    let draft = candidates.find(
      (known) =>
        known.rowsPerSlot === rows.length &&
        rows.every((row, index) => segmentOf[known.rows[index]!] === segmentOf[row]),
    )
    if (draft === undefined) {
      draft = { slots: [], rows: [], rowsPerSlot: rows.length }
      drafts.push(draft)
      candidates.push(draft)
      draftsFrom.set(first, candidates)
    }
    draft.slots.push(slot)
    for (const row of rows) draft.rows.push(row)
  }
  return drafts.map(({ slots: members, rows, rowsPerSlot }) => ({
    slots: Int32Array.from(members),
    rows: Uint32Array.from(rows),
    segments: Uint32Array.from(rows.slice(0, rowsPerSlot), (row) => segmentOf[row]!),
  }))
}
