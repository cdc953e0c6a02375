// The journal of test/data/alarms/shift.csv, and what goes with it: definitions, what operators did, the question of the shift.
import { readFileSync } from 'node:fs'
import type { AlarmKpiQuestion } from '../../src-main/alarms/reports/alarm-kpi.ts'
import {
  type AlarmDefinition,
  type AlarmEvent,
  type AlarmEventKind,
  type AlarmPriority,
  type AlarmState,
  defaultAlarmPhilosophy,
} from '../../src-main/shared/alarm.ts'
import { alarmDefinition, alarmEvent } from './alarm-transitions.ts'

const midnight = Date.UTC(2026, 10, 20)

/** `11:01:30` of the day of the shift; `day` counts from it. ms since 1970-01-01 UTC. */
export function shiftTime(text: string, day = 0): number {
  const [hours, minutes, seconds] = text.split(':').map(Number)
  return midnight + (((day * 24 + hours!) * 60 + minutes!) * 60 + seconds!) * 1000
}

function definition(id: string, priority: AlarmPriority, area: string, equipment: string): AlarmDefinition {
  return alarmDefinition(id, { priority, area, equipment })
}

export const motors = Array.from({ length: 12 }, (_, index) => `M${String(index + 1).padStart(2, '0')}.Fault/discrete`)

export const shiftDefinitions: readonly AlarmDefinition[] = [
  definition('Filler.Level/high', 'medium', 'Packaging/Filling', 'Filler'),
  definition('Filler.Level/low', 'low', 'Packaging/Filling', 'Filler'),
  definition('Capper.Torque/high', 'high', 'Packaging/Capping', 'Capper'),
  definition('Oven.Temperature/high', 'high', 'Baking', 'Oven'),
  definition('Oven.Temperature/highHigh', 'urgent', 'Baking', 'Oven'),
  definition('Tank.Level/low', 'low', 'Baking', 'Tank'),
  ...motors.map((id) => definition(id, 'low', 'Packaging/Capping', 'Capper')),
]

/** In order of their sequence. */
export function shiftEvents(): AlarmEvent[] {
  const lines = readFileSync(new URL('../data/alarms/shift.csv', import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
  const byId = new Map(shiftDefinitions.map((each) => [each.id, each]))
  const states = new Map<string, AlarmState>()
  const occurrences = new Map<string, number>()
  return lines.map((line, index) => {
    const [day, time, id, event, state, isActive, user, comment, flag] = line.split(',') as string[]
    const sequence = index + 1
    if (event === 'active') occurrences.set(id!, sequence)
    const timestamp = shiftTime(time!, Number(day))
    const made = alarmEvent(sequence, byId.get(id!)!, {
      event: event as AlarmEventKind,
      state: state as AlarmState,
      previousState: states.get(id!) ?? 'normal',
      timestamp,
      receivedTimestamp: timestamp + 100,
      isActive: isActive === '1',
      eventId: occurrences.get(id!) ?? 0,
      user: user!,
      comment: comment!,
      isFirstOut: flag === 'firstOut',
      isTest: flag === 'test',
    })
    states.set(id!, made.state)
    return made
  })
}

export const shiftQuestion: AlarmKpiQuestion = {
  from: shiftTime('08:00:00'),
  to: shiftTime('16:00:00'),
  area: null,
  rules: defaultAlarmPhilosophy,
  configured: shiftDefinitions.map(({ id, priority, area }) => ({ id, priority, area })),
  actions: {
    operations: [{ timestamp: shiftTime('09:05:00'), tag: 'Oven.Setpoint', equipment: 'Oven' }],
    commands: [{ timestamp: shiftTime('12:00:00'), user: 'ana', action: 'alarms.shelve' }],
    refusedAttemptCount: 2,
  },
  driftCount: 1,
}
