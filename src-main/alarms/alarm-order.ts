// The orders an alarm list can have, on whole rows: what the fast sorting of alarm-list.ts must agree with, and where a page goes on.
import { type AlarmOrder, type AlarmRow, type AlarmState, alarmPriorities, alarmStates } from '../shared/alarm.ts'

/** What of an alarm decides where it stands. */
export type AlarmPlace = Pick<AlarmRow, 'id' | 'tag' | 'state' | 'priority' | 'activeTimestamp' | 'area' | 'isTest'>

const unacknowledgedStates: ReadonlySet<AlarmState> = new Set<AlarmState>([
  'unacknowledged',
  'returnedUnacknowledged',
  'latchedUnacknowledged',
])

/** Waits for an acknowledgement. */
export function isUnacknowledged(state: AlarmState): boolean {
  return unacknowledgedStates.has(state)
}

/**
 * Urgent unacknowledged = 0 … low acknowledged = 7: what an operator looks at next is on top. A test is as urgent as a low alarm: it
 * stands in front of nothing that matters.
 */
export function urgencyOf({ state, priority, isTest }: Pick<AlarmRow, 'state' | 'priority' | 'isTest'>): number {
  return (isUnacknowledged(state) ? 0 : 4) + (isTest ? 3 : 3 - alarmPriorities.indexOf(priority))
}

/** Negative when `a` stands before `b`; whole ms count, an alarm that never was active comes last, equal ones are in order of id. */
export function compareAlarms(order: AlarmOrder, a: AlarmPlace, b: AlarmPlace): number {
  return comparisons[order](a, b) || compareTexts(a.id, b.id)
}

const comparisons: Readonly<Record<AlarmOrder, (a: AlarmPlace, b: AlarmPlace) => number>> = {
  priority: byUrgency,
  newest: byNewest,
  oldest: (a, b) => compareTimes(a.activeTimestamp, b.activeTimestamp),
  tag: (a, b) => compareTexts(a.tag, b.tag),
  area: (a, b) => compareTexts(a.area, b.area) || byUrgency(a, b),
  state: (a, b) => alarmStates.indexOf(a.state) - alarmStates.indexOf(b.state) || byUrgency(a, b),
}

function byUrgency(a: AlarmPlace, b: AlarmPlace): number {
  return urgencyOf(a) - urgencyOf(b) || byNewest(a, b)
}

function byNewest(a: AlarmPlace, b: AlarmPlace): number {
  if (a.activeTimestamp === null || b.activeTimestamp === null)
    return compareTimes(a.activeTimestamp, b.activeTimestamp)
  return compareTimes(b.activeTimestamp, a.activeTimestamp)
}

/** Oldest first, null last. */
function compareTimes(a: number | null, b: number | null): number {
  if (a === null || b === null) return (a === null ? 1 : 0) - (b === null ? 1 : 0)
  return Math.floor(a) - Math.floor(b)
}

/** By code unit, as SQLite's BINARY and `Array.sort` do. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
