// Times as the browser's date-and-time field writes them, in the plant's time zone.
import { instantOf, zoneOffset } from './time-axis.ts'

/** `2026-11-22T14:09:25` for the field. */
export function fieldText(timestamp: number, timeZone: string): string {
  return new Date(timestamp + zoneOffset(timestamp, timeZone)).toISOString().slice(0, 19)
}

/** The instant a field says; null when it says none. */
export function fieldInstant(text: string, timeZone: string): number | null {
  const wall = Date.parse(`${text}Z`)
  return Number.isNaN(wall) ? null : instantOf(wall, timeZone)
}
