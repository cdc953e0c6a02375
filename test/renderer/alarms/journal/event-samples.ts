// A row of the journal for tests.
import type { AlarmEvent } from '../../../../src-main/shared/alarm.ts'

/** An activation of `Tank.Level/high`, received when it happened. */
export function alarmEvent(given: Partial<AlarmEvent> & { sequence: number }): AlarmEvent {
  const timestamp = given.timestamp ?? given.receivedTimestamp ?? given.sequence * 1000
  return {
    id: 'Tank.Level/high',
    tag: 'Tank.Level',
    condition: 'high',
    event: 'active',
    state: 'unacknowledged',
    previousState: 'normal',
    priority: 'high',
    timestamp,
    receivedTimestamp: timestamp,
    value: 83.25,
    limit: 80,
    statusCode: 0,
    message: 'Level high',
    user: '',
    station: '',
    comment: '',
    isActive: true,
    eventId: given.sequence,
    isFirstOut: false,
    isTest: false,
    alarmClass: 'process',
    area: 'Mixing/Tanks',
    equipment: 'Tank',
    ...given,
  }
}
