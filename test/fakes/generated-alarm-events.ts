// A journal as a plant makes it, out of a seed: alarms go through the states of ISA-18.2 by the engine's own state machine, with quiet
// hours, floods, chattering, operators who acknowledge late or never, shelving and suppression.

import { newAlarm } from '../../src-main/alarms/alarm-regions.ts'
import type { StoredAlarm } from '../../src-main/alarms/alarm-transition.ts'
import type { AlarmInput } from '../../src-main/alarms/engine/alarm-input.ts'
import { reduce } from '../../src-main/alarms/engine/alarm-state.ts'
import { type AlarmDefinition, type AlarmEvent, processClass } from '../../src-main/shared/alarm.ts'
import { shiftDefinitions } from './shift-journal.ts'

export const generatedFrom = Date.UTC(2026, 9, 1)
const operator = { user: 'ana', station: 'desktop', isManager: true }

/** Numbers from 0 to 1 out of a seed (Park and Miller). */
export function seededNumbers(seed: number): () => number {
  let state = seed % 2_147_483_647 || 1
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

/** So many rows from {@link generatedFrom} on, in order of their sequence; `meanMs` between two things that happen. */
export function generatedEvents(
  count: number,
  seed: number,
  meanMs = 43_000,
  definitions: readonly AlarmDefinition[] = shiftDefinitions,
): AlarmEvent[] {
  const random = seededNumbers(seed)
  const states = new Map<string, StoredAlarm>()
  const events: AlarmEvent[] = []
  let now = generatedFrom
  let isBusy = false
  while (events.length < count) {
    if (random() < 0.002) isBusy = !isBusy
    now += Math.round(-Math.log(random() || 0.5) * (isBusy ? meanMs / 20 : meanMs))
    // A few alarms come far more often than all others.
    const definition = definitions[Math.floor(random() ** 2 * definitions.length)]!
    const stored = states.get(definition.id) ?? newAlarm(definition)
    const input = inputFor(stored, random, now)
    const moment = { sequence: events.length + 1, now: now + Math.floor(random() * 200), statusCode: 0, limit: 90 }
    const outcome = reduce(stored, input, { definition, alarmClass: processClass }, moment)
    if (outcome === null || 'refusal' in outcome) continue
    states.set(definition.id, outcome.stored)
    events.push(outcome.event)
  }
  return events
}

function inputFor(stored: StoredAlarm, random: () => number, timestamp: number): AlarmInput {
  const facts = { timestamp, value: 93, limit: 90, statusCode: 0 }
  const { isActive, shelved, suppressed, outOfService } = stored.regions
  const dice = random()
  if (dice < 0.02)
    return shelved === null
      ? { kind: 'shelve', operator, comment: 'cleaning', durationMs: 3_600_000, isOneShot: false }
      : { kind: 'unshelve', operator: null, comment: 'the time is over' }
  if (dice < 0.03)
    return suppressed === null ? { kind: 'suppress', reason: 'CIP' } : { kind: 'unsuppress', reason: 'CIP is over' }
  if (dice < 0.035)
    return outOfService === null
      ? { kind: 'outOfService', operator, comment: 'permit 17' }
      : { kind: 'returnToService', operator, comment: '' }
  if (dice < 0.06) return { kind: 'comment', operator, comment: 'seen' }
  if (dice < 0.08) return { kind: 'reAlarm', isStep: true, comment: '' }
  if (dice < 0.3) return { kind: 'acknowledge', operator, comment: '', eventId: null }
  if (isActive) return { kind: 'conditionFalse', ...facts }
  const occurrence = { message: 'too high', messages: null, isFirstOut: random() < 0.1, isFirstOutTie: false }
  return { kind: 'conditionTrue', ...facts, ...occurrence }
}
