// Exported history as CSV (RFC 4180, UTF-8): one row for each sample, `tag,timestamp,value,statusCode,quality`.
import { csvCell } from '../../shared/csv-cell.ts'
import { toJsonValue } from '../../shared/data-value.ts'
import type { HistorySeries, RecordedSeriesRow } from '../../shared/history.ts'
import { qualityOf } from '../../shared/status-code.ts'
import type { ExportSink } from './history-export.ts'

/** Rows put together before they are written: some 200 kB. */
const rowsOfPiece = 4096

/** `write` resolves when there is room for more. */
export function csvSink(write: (bytes: Uint8Array) => Promise<void>): ExportSink {
  const encoder = new TextEncoder()
  let isBegun = false
  const begin = async () => {
    if (!isBegun) await write(encoder.encode('tag,timestamp,value,statusCode,quality\r\n'))
    isBegun = true
  }
  return {
    async write(series, row) {
      await begin()
      const name = csvCell(series.tag)
      const textOf = valueTexts(series, row)
      for (let first = 0; first < series.timestamps.length; first += rowsOfPiece) {
        let text = ''
        const end = Math.min(first + rowsOfPiece, series.timestamps.length)
        for (let at = first; at < end; at++) {
          const statusCode = series.statusCodes[at]!
          const time = new Date(series.timestamps[at]!).toISOString()
          text += `${name},${time},${textOf(at)},${statusCode},${qualityOf(statusCode)}\r\n`
        }
        await write(encoder.encode(text))
      }
    },
    finish: begin,
  }
}

/** Empty where there is no value. Samples of booleans are true and false, their aggregates numbers. */
function valueTexts({ values, others, mode }: HistorySeries, { dataType }: RecordedSeriesRow): (row: number) => string {
  const isBoolean = dataType === 'bool' && (mode === 'raw' || mode === 'atTime')
  return (row) => {
    const other = others?.[row]
    if (other === undefined) {
      const value = values[row]!
      if (Number.isNaN(value)) return ''
      return isBoolean ? String(value !== 0) : Object.is(value, -0) ? '-0' : String(value)
    }
    if (other === null) return ''
    if (typeof other === 'string') return csvCell(other)
    if (typeof other === 'bigint') return other.toString()
    const json = toJsonValue(other)
    return csvCell(typeof json === 'string' ? json : JSON.stringify(json))
  }
}
