// What of an alarm is read: its message in the language of the screen, its value, its instant.
import type { AlarmRow } from '../../src-main/shared/alarm.ts'
import type { JsonValue } from '../../src-main/shared/data-value.ts'
import { subjectOfSeries } from '../../src-main/shared/own-series.ts'
import { plantText } from '../ui/i18n.svelte.ts'
import { timestampText } from '../ui/time-text.ts'

/** The message as it was when the alarm occurred, in the screen's language where the plant has it. */
export function messageText(row: Pick<AlarmRow, 'message' | 'messages'>): string {
  return row.messages ? plantText(row.messages, row.message) : row.message
}

/** Name of what is watched: the tag, or the device itself where an alarm is about a lost device. */
export function watchedText({ tag }: Pick<AlarmRow, 'tag'>): string {
  const subject = subjectOfSeries(tag)
  return 'device' in subject ? subject.device : subject.tag
}

/** `14:09:25` today, `2026-11-21 14:09:25` else; `–` when it never occurred. In the plant's time zone. */
export function instantText(timestamp: number | null | undefined, timeZone: string | undefined, now: number): string {
  if (timestamp === null || timestamp === undefined) return '–'
  const text = timestampText(timestamp, timeZone)
  const isToday = text.slice(0, 10) === timestampText(now, timeZone).slice(0, 10)
  return isToday ? text.slice(11) : text
}

/** A value that has no format of its own, short enough for a row. */
export function plainValueText(value: JsonValue): string {
  if (value === null) return '–'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
