// Rows of the journal as CSV (RFC 4180, UTF-8, CRLF), for spreadsheets and for authorities.
import type { AlarmEvent } from '../../shared/alarm.ts'
import { csvCell } from '../../shared/csv-cell.ts'
import type { JsonValue } from '../../shared/data-value.ts'

/** Columns in their order; times as ISO 8601 in UTC with milliseconds. */
const columns = [
  'sequence',
  'timestamp',
  'receivedTimestamp',
  'id',
  'tag',
  'condition',
  'event',
  'state',
  'previousState',
  'priority',
  'value',
  'limit',
  'statusCode',
  'message',
  'user',
  'station',
  'comment',
  'isActive',
  'eventId',
  'isFirstOut',
  'isTest',
  'isClockSetBack',
  'alarmClass',
  'area',
  'equipment',
] as const satisfies readonly (keyof AlarmEvent)[]

export const journalCsvHeader = `${columns.join(',')}\r\n`

export function journalCsvLines(events: readonly AlarmEvent[]): string {
  return events.map((event) => `${columns.map((column) => cellOf(event, column)).join(',')}\r\n`).join('')
}

function cellOf(event: AlarmEvent, column: (typeof columns)[number]): string {
  if (column === 'timestamp' || column === 'receivedTimestamp') return timeText(event[column])
  if (column === 'statusCode') return `0x${event.statusCode.toString(16).padStart(8, '0').toUpperCase()}`
  if (column === 'isClockSetBack') return String(event.isClockSetBack === true)
  const value: JsonValue = event[column]
  if (value === null) return ''
  return csvCell(typeof value === 'object' ? JSON.stringify(value) : String(value))
}

/** Beyond what a calendar has, the number itself. */
function timeText(timestamp: number): string {
  return Math.abs(timestamp) <= 8.64e15 ? new Date(timestamp).toISOString() : String(timestamp)
}
