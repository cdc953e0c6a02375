// What is in test/data/alarms/alarms-v1.sqlite.
import type { AlarmTransition } from '../../../../src-main/alarms/alarm-transition.ts'
import { eventNumbers, stateNumbers } from '../../../../src-main/alarms/journal/journal-codec.ts'
import type { AlarmEventKind, AlarmState } from '../../../../src-main/shared/alarm.ts'
import { alarmDefinition, alarmTransition } from '../../../fakes/alarm-transitions.ts'

const level = alarmDefinition('LT-101/high', {
  area: 'Packaging/Filling',
  equipment: 'Filler',
  message: { en: 'Level {value} %', 'zh-CN': '液位 {value} %' },
})
const fault = alarmDefinition('Motor.Fault/discrete', {
  condition: 'discrete',
  priority: 'urgent',
  alarmClass: 'safety',
  limit: 1,
})

// Their numbers are those of the file and stay, whatever comes after them.
const events = (Object.keys(eventNumbers) as AlarmEventKind[]).slice(0, 12)
const states = (Object.keys(stateNumbers) as AlarmState[]).slice(0, 9)

/** One of each kind of event known to version 1. */
export const goldenTransitions: readonly AlarmTransition[] = events.map((event, index) =>
  alarmTransition(index + 1, index % 2 === 0 ? level : fault, {
    event,
    state: states[index % 9]!,
    previousState: states[(index + 4) % 9]!,
    value: [93.25, true, 'Läuft', null, { step: 3, name: '灌装' }, [1, 2]][index % 6]!,
    message: ['Level 93.3 %', '液位 93.3 %', 'Motor 2 gestört', ''][index % 4]!,
    user: index % 3 === 0 ? 'ana' : '',
    station: index % 3 === 0 ? '10.0.0.17' : '',
    comment: index === 6 ? 'Dichtung "4"\nersetzt' : '',
    statusCode: index === 3 ? 0x80310000 : 0,
    isTest: index === 8,
    isFirstOut: index === 0,
    ...(index === 9 ? { receivedTimestamp: Date.UTC(2026, 10, 22), isClockSetBack: true } : {}),
  }),
)
