// What the figures of alarm performance look at in a journal row, and what a row means to them.
import { type AlarmPhilosophy, type AlarmPriority, type AlarmState, alarmPriorities } from '../../shared/alarm.ts'
import type { AlarmKpiAlarm } from '../../shared/alarm-report.ts'
import type { ReportRow } from '../journal-rows.ts'

/** The figures need of {@link ReportRow} everything but these. */
export type AlarmKpiRow = Omit<ReportRow, 'alarmClass' | 'previousState'>

/** What is configured, as far as the figures compare with it. */
export interface ConfiguredAlarm {
  readonly id: string
  readonly priority: AlarmPriority
  readonly area: string
}

/** Numbers of the philosophy that decide what a flood, chattering, fleeting and stale is. */
export type AlarmKpiRules = Pick<
  AlarmPhilosophy,
  'floodStartCount' | 'floodEndCount' | 'chatteringCount' | 'chatteringWindowMs' | 'fleetingMs' | 'staleMs'
>

export const heldStates = ['shelved', 'suppressedByDesign', 'outOfService'] as const satisfies readonly AlarmState[]
export type HeldState = (typeof heldStates)[number]

/** True while annunciation is held back by a person, the plant's design, or work on the alarm. */
export function isHeld(state: AlarmState): state is HeldState {
  return state === 'shelved' || state === 'suppressedByDesign' || state === 'outOfService'
}

const annunciatingEvents: ReadonlySet<string> = new Set([
  'active',
  'reAlarmed',
  'unshelved',
  'unsuppressed',
  'returnedToService',
])

/**
 * True for a row with which an alarm called the operator: an activation or re-alarm that is not held back, and an active alarm that
 * leaves its hold (conformance S14, S16, S18). Tests are none.
 */
export function isAnnunciation(row: AlarmKpiRow): boolean {
  return !row.isTest && row.isActive && row.state === 'unacknowledged' && annunciatingEvents.has(row.event)
}

/** What an alarm is counted as at one time. `standing`: active and annunciated. */
export type AlarmCourse = 'none' | 'standing' | HeldState

export function courseOf(row: AlarmKpiRow): AlarmCourse {
  if (isHeld(row.state)) return row.state
  return row.isActive && !row.isTest ? 'standing' : 'none'
}

/** The area itself and everything below it; null = everything. */
export function isInArea(area: string, wanted: string | null): boolean {
  return wanted === null || wanted === '' || area === wanted || area.startsWith(`${wanted}/`)
}

/** `Packaging/Filling` → itself and every level above, ending with '' (the whole line). */
export function levelsOf(area: string): readonly string[] {
  const levels = ['']
  for (let end = area.indexOf('/'); end >= 0; end = area.indexOf('/', end + 1)) levels.push(area.slice(0, end))
  if (area !== '') levels.push(area)
  return levels
}

/** A figure for each priority. */
export function byPriority<T>(figure: (priority: AlarmPriority) => T): Record<AlarmPriority, T> {
  return Object.fromEntries(alarmPriorities.map((priority) => [priority, figure(priority)])) as Record<AlarmPriority, T>
}

/** What every list says of an alarm. */
export function kpiAlarm({ id, tag, condition, priority, area, equipment }: AlarmKpiAlarm): AlarmKpiAlarm {
  return { id, tag, condition, priority, area, equipment }
}
