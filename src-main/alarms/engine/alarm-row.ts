// The row that lists show of one alarm.
import type { AlarmDefinition, AlarmHold, AlarmRow } from '../../shared/alarm.ts'
import { stateOf } from '../alarm-regions.ts'
import type { AlarmRegions, StoredAlarm } from '../alarm-transition.ts'

/** What the row says besides what is stored. */
export interface AlarmRowPresent {
  readonly definition: AlarmDefinition
  readonly statusCode: number
  readonly isChattering: boolean
}

export function alarmRow(stored: StoredAlarm, present: AlarmRowPresent): AlarmRow {
  const { regions } = stored
  const { definition } = present
  const hold = holdOf(regions)
  return {
    id: stored.id,
    tag: definition.tag,
    condition: definition.condition,
    state: stateOf(regions),
    priority: definition.priority,
    message: stored.message,
    ...(stored.messages === null ? {} : { messages: stored.messages }),
    activeTimestamp: stored.activeTimestamp,
    ...(stored.returnedTimestamp === null ? {} : { returnedTimestamp: stored.returnedTimestamp }),
    ...(stored.acknowledgedTimestamp === null ? {} : { acknowledgedTimestamp: stored.acknowledgedTimestamp }),
    ...(stored.acknowledgedBy === null ? {} : { acknowledgedBy: stored.acknowledgedBy }),
    ...(regions.shelved === null ? {} : { shelvedUntil: regions.shelved.until }),
    ...(hold === null ? {} : { hold }),
    value: stored.value,
    unit: definition.unit,
    statusCode: present.statusCode,
    isActive: regions.isActive,
    isAcknowledged: regions.isAcknowledged,
    ...(stored.isFirstOut ? { isFirstOut: true } : {}),
    ...(stored.isFirstOutTie ? { isFirstOutTie: true } : {}),
    ...(present.isChattering ? { isChattering: true } : {}),
    ...(stored.isRemoved ? { isRemoved: true } : {}),
    ...(stored.isTest ? { isTest: true } : {}),
    occurrenceCount: stored.occurrenceCount,
    eventId: stored.eventId,
    alarmClass: definition.alarmClass,
    area: definition.area,
    equipment: definition.equipment,
  }
}

/** Of the hold that is shown. */
function holdOf({ outOfService, suppressed, shelved }: AlarmRegions): AlarmHold | null {
  const hold = outOfService ?? suppressed ?? shelved
  return hold === null ? null : { user: hold.user, timestamp: hold.timestamp, reason: hold.reason }
}
