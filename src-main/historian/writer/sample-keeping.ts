// From the journal into the heads: whole batches where all samples are kept, row by row through filters where they are thinned out.
import type { TagValue } from '../../shared/data-value.ts'
import type { HeadSeries } from './head-series.ts'
import { forEachRow, type RowColumns } from './journal-columns.ts'
import type { Layout } from './journal-layouts.ts'

export class SampleKeeping {
  readonly #series: HeadSeries
  storedCount = 0
  filteredCount = 0

  constructor(series: HeadSeries) {
    this.#series = series
  }

  /** Rows that are in the journal. */
  keep(layout: Layout, columns: RowColumns): void {
    const { plan } = layout
    if (plan === null || columns.others !== null) return this.#keepOneByOne(layout, columns)
    if (this.#series.heads.appendBatch(plan, columns)) {
      this.storedCount += columns.count
      return
    }
    layout.plan = null
    this.#keepOneByOne(layout, columns)
  }

  /** The same for rows that nobody offered: they are not counted. */
  keepMarks(layout: Layout, columns: RowColumns): void {
    const { storedCount, filteredCount } = this
    this.keep(layout, columns)
    this.storedCount = storedCount
    this.filteredCount = filteredCount
  }

  #keepOneByOne(layout: Layout, columns: RowColumns): void {
    const { heads } = this.#series
    let stored = 0
    forEachRow(columns, (row, timestamp, statusCode) => {
      const slot = layout.slots[row]!
      const keep = (time: number, value: number, code: number, other: TagValue | undefined) => {
        heads.append(slot, time, value, code, other)
        stored++
      }
      const filter = this.#series.filter(slot)
      const value = columns.value[row]!
      const other = columns.others?.[row] ?? undefined
      if (filter === null) keep(timestamp, value, statusCode, other)
      else filter.offer(timestamp, value, statusCode, other, keep)
    })
    this.storedCount += stored
    this.filteredCount += columns.count - stored
  }
}
