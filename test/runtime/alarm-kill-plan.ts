// What the recorder that is killed writes: row n and the state after it are known from n alone.
import type { AlarmTransition } from '../../src-main/alarms/alarm-transition.ts'
import { alarmDefinition, alarmTransition } from '../fakes/alarm-transitions.ts'

const definitions = Array.from({ length: 40 }, (_, index) =>
  alarmDefinition(`Tag${index}/high`, { area: `Line ${index % 4}` }),
)
const begin = Date.UTC(2026, 0, 1)

/** Alarms take turns; each is active, acknowledged, returned. */
export function plannedTransition(sequence: number): AlarmTransition {
  const definition = definitions[sequence % definitions.length]!
  const turn = Math.floor(sequence / definitions.length)
  const occurrence = sequence - (turn % 3) * definitions.length
  const timestamp = begin + sequence
  const message = `${definition.id} is ${sequence / 10} %`
  const shared = { timestamp, receivedTimestamp: timestamp, message, eventId: Math.max(0, occurrence) }
  const stored = { occurrenceCount: Math.floor(turn / 3) + 1, eventId: shared.eventId }
  switch (turn % 3) {
    case 0:
      return alarmTransition(sequence, definition, shared, stored)
    case 1:
      return alarmTransition(
        sequence,
        definition,
        { ...shared, event: 'acknowledged', state: 'acknowledged', user: 'ana', comment: `seen ${sequence % 7}` },
        stored,
      )
    default:
      return alarmTransition(
        sequence,
        definition,
        { ...shared, event: 'returned', state: 'normal', isActive: false },
        stored,
      )
  }
}

export const plannedAlarmCount = definitions.length
