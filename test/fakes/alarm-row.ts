// Rows of alarms for tests of screens: what matters is given, the rest is usual.
import type { AlarmDefinition, AlarmRow } from '../../src-main/shared/alarm.ts'

/** An active, unacknowledged alarm of `tag`. */
export function alarmRow(id: string, change: Partial<AlarmRow> = {}): AlarmRow {
  const [tag = id] = id.split('/')
  return {
    id,
    tag,
    condition: 'high',
    state: 'unacknowledged',
    priority: 'high',
    message: `${tag} high`,
    activeTimestamp: 1_800_000_000_000,
    value: 91.5,
    unit: '%',
    statusCode: 0,
    isActive: true,
    isAcknowledged: false,
    occurrenceCount: 1,
    eventId: 7,
    alarmClass: 'process',
    area: 'Line',
    equipment: null,
    ...change,
  }
}

/** A high alarm at 90 % with a dead band of 2. */
export function alarmDefinition(id: string, change: Partial<AlarmDefinition> = {}): AlarmDefinition {
  const [tag = id] = id.split('/')
  return {
    id,
    tag,
    condition: 'high',
    limit: 90,
    expression: null,
    deadband: 2,
    onDelayMs: 2000,
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
    device: null,
    equipment: null,
    area: 'Line',
    message: { en: '{tag} high' },
    unit: '%',
    decimals: 1,
    states: null,
    rationalisation: null,
    ...change,
  }
}
