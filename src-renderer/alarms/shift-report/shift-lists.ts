// What a shift hands over: alarms by what has to be known of them, and what was written about them.
import {
  type AlarmEvent,
  type AlarmEventKind,
  type AlarmRow,
  type AlarmState,
  alarmEventKinds,
} from '../../../src-main/shared/alarm.ts'

export const shiftLists = ['unacknowledged', 'acknowledged', 'shelved', 'suppressed', 'outOfService'] as const
export type ShiftList = (typeof shiftLists)[number]

const listOfState: Readonly<Record<AlarmState, ShiftList | null>> = {
  normal: null,
  unacknowledged: 'unacknowledged',
  returnedUnacknowledged: 'unacknowledged',
  latchedUnacknowledged: 'unacknowledged',
  acknowledged: 'acknowledged',
  latchedAcknowledged: 'acknowledged',
  shelved: 'shelved',
  suppressedByDesign: 'suppressed',
  outOfService: 'outOfService',
}

/** The rows by list, in their order. */
export function byShiftList(rows: readonly AlarmRow[]): Readonly<Record<ShiftList, readonly AlarmRow[]>> {
  const lists: Record<ShiftList, AlarmRow[]> = {
    unacknowledged: [],
    acknowledged: [],
    shelved: [],
    suppressed: [],
    outOfService: [],
  }
  for (const row of rows) {
    const list = listOfState[row.state]
    if (list !== null) lists[list].push(row)
  }
  return lists
}

/** After so long out of service an alarm is looked at again: is the permit valid, does what is done instead still hold? ms. */
export const outOfServiceReviewMs = 7 * 86_400_000

/** Out of service for so long that somebody has to look at it again (ISA-18.2 clause 12: out of service has no end of its own). */
export function isOverdue({ state, hold }: AlarmRow, now: number): boolean {
  return state === 'outOfService' && hold !== undefined && now - hold.timestamp > outOfServiceReviewMs
}

/** Events a person may have said something about; what the process does carries no comment. */
export const commentedEvents: readonly AlarmEventKind[] = alarmEventKinds.filter(
  (kind) => !['active', 'returned', 'reAlarmed', 'suppressed', 'unsuppressed'].includes(kind),
)

/** What persons wrote. */
export function writtenComments(events: readonly AlarmEvent[]): readonly AlarmEvent[] {
  return events.filter(({ comment, user }) => comment.trim() !== '' && user !== '')
}
