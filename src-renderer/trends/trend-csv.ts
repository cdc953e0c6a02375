// What is seen on a trend as CSV (RFC 4180): one line for each instant, for each pen its value and quality.
import { csvText } from '../../src-main/shared/csv-cell.ts'
import type { TagValue } from '../../src-main/shared/data-value.ts'
import { qualityOf, statusCodeName } from '../../src-main/shared/status-code.ts'
import { localTimestamp } from '../ui/time-axis.ts'
import { type PenTrace, rowKinds } from './pen-trace.ts'

export interface CsvPen {
  readonly tag: string
  readonly unit: string
  readonly trace: PenTrace
  /** Words of states beside their number; null where the pen has none. */
  readonly words: ((value: number, other: TagValue | undefined) => string) | null
}

export interface CsvOptions {
  readonly from: number
  readonly to: number
  readonly timeZone: string
  /** Column titles in the language of the screen. */
  readonly titles: {
    readonly time: string
    readonly average: string
    readonly minimum: string
    readonly maximum: string
    readonly state: string
    readonly quality: string
  }
}

/** The text of the file; lines end with CR LF, decimals have a point. */
export function trendCsv(pens: readonly CsvPen[], options: CsvOptions): string {
  const { titles } = options
  const header = [titles.time]
  for (const { tag, unit, trace, words } of pens) {
    const name = unit === '' ? tag : `${tag} [${unit}]`
    if (hasBuckets(trace, options))
      header.push(`${name} ${titles.average}`, `${name} ${titles.minimum}`, `${name} ${titles.maximum}`)
    else header.push(name)
    if (words) header.push(`${tag} ${titles.state}`)
    header.push(`${tag} ${titles.quality}`)
  }
  return csvText([header, ...instantsOf(pens, options).map((time) => rowAt(pens, time, options))])
}

function rowAt(pens: readonly CsvPen[], time: number, options: CsvOptions): readonly string[] {
  const fields = [localTimestamp(time, options.timeZone)]
  for (const { trace, words } of pens) {
    const row = trace.rowAt(time)
    const isHere = row >= 0 && trace.time[row] === time && trace.kind[row] !== rowKinds.hole
    const isWide = hasBuckets(trace, options)
    if (!isHere) {
      fields.push('', ...(isWide ? ['', ''] : []), ...(words ? [''] : []), '')
      continue
    }
    const other = trace.others[row]
    const value = trace.value[row]!
    fields.push(other === undefined || other === null ? numberField(value) : textOf(other))
    if (isWide) fields.push(numberField(trace.low[row]!), numberField(trace.high[row]!))
    if (words) fields.push(Number.isNaN(value) && other === undefined ? '' : words(value, other))
    const statusCode = trace.statusCode[row]!
    fields.push(statusCode === 0 ? 'Good' : `${qualityOf(statusCode)} ${statusCodeName(statusCode)}`)
  }
  return fields
}

/** All instants at which any pen has a row, in order; several rows of one pen at one instant are the last one. */
function instantsOf(pens: readonly CsvPen[], { from, to }: CsvOptions): readonly number[] {
  const instants = new Set<number>()
  for (const { trace } of pens) {
    for (let row = 0; row < trace.count; row++) {
      const time = trace.time[row]!
      if (time >= from && time <= to && trace.kind[row] !== rowKinds.hole) instants.add(time)
    }
  }
  return [...instants].sort((a, b) => a - b)
}

function hasBuckets(trace: PenTrace, { from, to }: CsvOptions): boolean {
  for (let row = 0; row < trace.count; row++) {
    if (trace.kind[row] === rowKinds.bucket && trace.time[row]! >= from && trace.time[row]! <= to) return true
  }
  return false
}

function numberField(value: number): string {
  return Number.isNaN(value) ? '' : String(value)
}

function textOf(value: TagValue): string {
  if (typeof value === 'string') return value
  if (typeof value === 'bigint') return String(value)
  return JSON.stringify(value, (_key, part) => (typeof part === 'bigint' ? String(part) : part))
}
