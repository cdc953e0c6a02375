// Transitions as the alarm engine would make them, for tests of what comes after it.
import type { AlarmTransition, StoredAlarm } from '../../src-main/alarms/alarm-transition.ts'
import type { AlarmDefinition, AlarmEvent } from '../../src-main/shared/alarm.ts'

export function alarmDefinition(id: string, more: Partial<AlarmDefinition> = {}): AlarmDefinition {
  return {
    id,
    tag: id.split('/')[0]!,
    condition: 'high',
    limit: 90,
    expression: null,
    deadband: 0,
    onDelayMs: 0,
    offDelayMs: 0,
    windowMs: 0,
    isExclusive: false,
    usesUncertain: true,
    onBadQuality: 'hold',
    priority: 'high',
    latching: false,
    reAlarmMs: null,
    mostReAlarms: 0,
    suppressedWhen: null,
    firstOutGroup: null,
    alarmClass: 'process',
    device: 'plc',
    equipment: null,
    area: '',
    message: `${id} is {value} {unit}, above {limit} {unit}`,
    unit: '%',
    decimals: 1,
    states: null,
    rationalisation: null,
    ...more,
  }
}

export function alarmEvent(sequence: number, definition: AlarmDefinition, more: Partial<AlarmEvent> = {}): AlarmEvent {
  const timestamp = more.timestamp ?? Date.UTC(2026, 10, 22) + sequence * 1000
  return {
    sequence,
    id: definition.id,
    tag: definition.tag,
    condition: definition.condition,
    event: 'active',
    state: 'unacknowledged',
    previousState: 'normal',
    priority: definition.priority,
    timestamp,
    receivedTimestamp: timestamp + 7,
    value: 93.25,
    limit: definition.limit,
    statusCode: 0,
    message: `${definition.id} is 93.3 %, above 90 %`,
    user: '',
    station: '',
    comment: '',
    isActive: true,
    eventId: sequence,
    isFirstOut: false,
    isTest: false,
    alarmClass: definition.alarmClass,
    area: definition.area,
    equipment: definition.equipment,
    ...more,
  }
}

export function storedAlarm(
  definition: AlarmDefinition,
  event: AlarmEvent,
  more: Partial<StoredAlarm> = {},
): StoredAlarm {
  return {
    id: definition.id,
    regions: {
      isActive: event.isActive,
      isAcknowledged: event.state !== 'unacknowledged' && event.state !== 'returnedUnacknowledged',
      isLatched: false,
      shelved: null,
      suppressed: null,
      outOfService: null,
    },
    activeTimestamp: event.timestamp,
    returnedTimestamp: null,
    acknowledgedTimestamp: null,
    acknowledgedBy: null,
    value: event.value,
    message: event.message,
    messages: null,
    eventId: event.eventId,
    occurrenceCount: 1,
    reAlarmCount: 0,
    isFirstOut: false,
    isFirstOutTie: false,
    isTest: false,
    isRemoved: false,
    definition,
    ...more,
  }
}

export function alarmTransition(
  sequence: number,
  definition: AlarmDefinition,
  event: Partial<AlarmEvent> = {},
  stored: Partial<StoredAlarm> = {},
): AlarmTransition {
  const whole = alarmEvent(sequence, definition, event)
  return { event: whole, stored: storedAlarm(definition, whole, stored) }
}
