// Turns the columns of a batch into what journal and heads take: runs of equal time stamps and status codes, believed times.

import type { TagValue } from '../../shared/data-value.ts'
import { isBad } from '../../shared/status-code.ts'
import type { HeadSeries } from './head-series.ts'
import type { RowColumns, Runs } from './journal-columns.ts'

/** Columns of rows that are recorded; valid until the next batch. */
export interface BatchColumns {
  readonly count: number
  readonly value: Float64Array
  readonly statusCode: Uint32Array
  readonly sourceTimestamp: Float64Array
  readonly others: readonly (TagValue | undefined)[] | null
}

/** Reused from batch to batch. */
export class JournalRows {
  #times: Runs = { count: 0, value: new Float64Array(64), end: new Uint32Array(64) }
  #codes: Runs = { count: 0, value: new Uint32Array(64), end: new Uint32Array(64) }
  replacedTimestampCount = 0

  /**
   * The rows with their time stamps as they are kept: whole ms; the server's where the source gives none or one more than `aheadLimitMs`
   * ahead of it. A value that is not Bad any more cannot be older than the Bad one before it: a device that is back again gives the
   * time stamp of its last change, and what it was in between nobody knows.
   */
  of(
    batch: BatchColumns,
    slots: Int32Array,
    series: HeadSeries,
    serverTimestamp: number,
    aheadLimitMs: number,
  ): RowColumns {
    const { count, value, others } = batch
    this.#reserve(count)
    const times = this.#times
    const codes = this.#codes
    times.count = 0
    codes.count = 0
    const latest = serverTimestamp + aheadLimitMs
    const server = Math.round(serverTimestamp)
    const { sourceTimestamp, statusCode } = batch
    let hasBad = false
    for (let row = 0; row < count; ) {
      // Rows of one scan share their time stamp as it was given.
      const given = sourceTimestamp[row]!
      const begin = row
      while (++row < count && sourceTimestamp[row] === given);
      const isReplaced = !(given > 0) || given > latest
      if (isReplaced) this.replacedTimestampCount += row - begin
      const believed = isReplaced ? server : Math.round(given)
      if (times.count === 0 || times.value[times.count - 1] !== believed) times.value[times.count++] = believed
      times.end[times.count - 1] = row
    }
    for (let row = 0; row < count; ) {
      const code = statusCode[row]!
      while (++row < count && statusCode[row] === code);
      codes.value[codes.count] = code
      codes.end[codes.count++] = row
      if (isBad(code)) hasBad = true
    }
    if (hasBad || series.badCount > 0) this.#placeAfterBad(count, slots, series, server)
    return {
      count,
      value,
      timestampRuns: times,
      statusCodeRuns: codes,
      others: hasValues(others, count) ? others : null,
    }
  }

  #placeAfterBad(count: number, slots: Int32Array, series: HeadSeries, server: number): void {
    const { value: timeOf, end: timeEnd, count: timeRuns } = this.#times
    const { value: codeOf, end: codeEnd } = this.#codes
    const from = { value: timeOf.slice(0, timeRuns), end: timeEnd.slice(0, timeRuns) }
    this.#times.count = 0
    for (let row = 0, timeRun = 0, codeRun = 0; row < count; row++) {
      if (row === from.end[timeRun]) timeRun++
      if (row === codeEnd[codeRun]) codeRun++
      const slot = slots[row]!
      let timestamp = from.value[timeRun]!
      if (isBad(codeOf[codeRun]!)) series.setBadSince(slot, timestamp)
      else {
        if (timestamp < series.badSince(slot)) timestamp = server
        series.clearBad(slot)
      }
      const runs = this.#times.count
      if (runs === 0 || timeOf[runs - 1] !== timestamp) timeOf[this.#times.count++] = timestamp
      timeEnd[this.#times.count - 1] = row + 1
    }
  }

  #reserve(count: number): void {
    if (count <= this.#times.end.length) return
    const room = Math.max(count, this.#times.end.length * 2)
    this.#times = { count: 0, value: new Float64Array(room), end: new Uint32Array(room) }
    this.#codes = { count: 0, value: new Uint32Array(room), end: new Uint32Array(room) }
  }
}

/** A column of `others` that says nothing but "no value" is not needed: the number column says NaN. */
function hasValues(others: readonly (TagValue | undefined)[] | null, count: number): boolean {
  if (others === null) return false
  for (let row = 0; row < count; row++) if (others[row] !== undefined && others[row] !== null) return true
  return false
}
