// The regions of an alarm that run beside each other, and the one state that is shown of them (ISA-18.2 figure 3).
import type { AlarmDefinition, AlarmState } from '../shared/alarm.ts'
import type { AlarmRegions, StoredAlarm } from './alarm-transition.ts'

export const normalRegions: AlarmRegions = {
  isActive: false,
  isAcknowledged: true,
  isLatched: false,
  shelved: null,
  suppressed: null,
  outOfService: null,
}

/** An alarm that never occurred. */
export function newAlarm(definition: AlarmDefinition): StoredAlarm {
  return {
    id: definition.id,
    regions: normalRegions,
    activeTimestamp: null,
    returnedTimestamp: null,
    acknowledgedTimestamp: null,
    acknowledgedBy: null,
    value: null,
    message: '',
    messages: null,
    eventId: 0,
    occurrenceCount: 0,
    reAlarmCount: 0,
    isFirstOut: false,
    isFirstOutTie: false,
    isTest: false,
    isRemoved: false,
    definition,
  }
}

/** The state that is shown: out of service hides suppressed by design, that hides shelved, that hides the process. */
export function stateOf(regions: AlarmRegions): AlarmState {
  if (regions.outOfService !== null) return 'outOfService'
  if (regions.suppressed !== null) return 'suppressedByDesign'
  if (regions.shelved !== null) return 'shelved'
  return processStateOf(regions)
}

/** The state without shelving, suppression and service. */
function processStateOf({ isActive, isAcknowledged, isLatched }: AlarmRegions): AlarmState {
  if (isActive) return isAcknowledged ? 'acknowledged' : 'unacknowledged'
  if (isLatched) return isAcknowledged ? 'latchedAcknowledged' : 'latchedUnacknowledged'
  return isAcknowledged ? 'normal' : 'returnedUnacknowledged'
}

/** Shelved, suppressed by design or out of service: its process runs on unseen. */
export function isHeld({ shelved, suppressed, outOfService }: AlarmRegions): boolean {
  return shelved !== null || suppressed !== null || outOfService !== null
}
