// What of an alarm is kept in the database beside its journal rows: little for a normal one.
import type { AlarmDefinition } from '../../shared/alarm.ts'
import { normalRegions } from '../alarm-regions.ts'
import type { AlarmRegions, StoredAlarm } from '../alarm-transition.ts'

/** Normal, not held by anybody: only how often it occurred is worth keeping. */
export function isNothingToKeep(regions: AlarmRegions): boolean {
  return (
    !regions.isActive &&
    regions.isAcknowledged &&
    !regions.isLatched &&
    regions.shelved === null &&
    regions.suppressed === null &&
    regions.outOfService === null
  )
}

/** JSON of everything that has no column of its own; null when there is nothing to keep. */
export function keptState(stored: StoredAlarm): string | null {
  if (isNothingToKeep(stored.regions)) return null
  const { id: _id, definition: _definition, eventId: _eventId, occurrenceCount: _count, ...kept } = stored
  return JSON.stringify(kept)
}

export function stateOf(
  id: string,
  definition: AlarmDefinition,
  eventId: number,
  occurrenceCount: number,
  kept: string | null,
): StoredAlarm {
  const columns = { id, definition, eventId, occurrenceCount }
  if (kept !== null) return { ...(JSON.parse(kept) as Omit<StoredAlarm, keyof typeof columns>), ...columns }
  return {
    ...columns,
    regions: normalRegions,
    activeTimestamp: null,
    returnedTimestamp: null,
    acknowledgedTimestamp: null,
    acknowledgedBy: null,
    value: null,
    message: '',
    messages: null,
    reAlarmCount: 0,
    isFirstOut: false,
    isFirstOutTie: false,
    isTest: false,
    isRemoved: false,
  }
}
