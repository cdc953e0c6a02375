// Parts of a row of the journal as text.
import type { AlarmEvent, AlarmState } from '../../../src-main/shared/alarm.ts'
import type { JsonValue } from '../../../src-main/shared/data-value.ts'
import { zoneOffset } from '../../ui/time-axis.ts'
import { timestampText } from '../../ui/time-text.ts'
import { offsetText } from './journal-lines.ts'

/** Figures of a value that are shown: it was measured, not counted. */
const significantFigures = 7

/** `83.25`, `true`, `Running`; '' for null. */
export function valueText(value: JsonValue): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(Number(value.toPrecision(significantFigures)))
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** `2026-10-25 02:30:00.250 UTC+02:00`: in the hour that comes twice only the offset tells which one. */
export function exactTime(timestamp: number, timeZone: string): string {
  return `${timestampText(timestamp, timeZone, true)} ${offsetText(zoneOffset(timestamp, timeZone))}`
}

/** State a mark shows beside a row of the past: it never blinks, what was active is filled, what had returned is hollow. */
export function markState({ state, isActive }: Pick<AlarmEvent, 'state' | 'isActive'>): AlarmState {
  if (state === 'shelved' || state === 'suppressedByDesign' || state === 'outOfService') return state
  return isActive ? 'acknowledged' : 'normal'
}
