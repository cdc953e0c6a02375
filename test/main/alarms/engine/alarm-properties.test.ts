// What must hold whatever happens: random values, qualities, clocks, delays, commands, changes of the plant and restarts.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newAlarm, stateOf } from '../../../../src-main/alarms/alarm-regions.ts'
import type { AlarmTransition, StoredAlarm } from '../../../../src-main/alarms/alarm-transition.ts'
import type { AlarmInput } from '../../../../src-main/alarms/engine/alarm-input.ts'
import { reduce } from '../../../../src-main/alarms/engine/alarm-state.ts'
import {
  type AlarmDefinition,
  type AlarmEvent,
  type AlarmState,
  processClass,
} from '../../../../src-main/shared/alarm.ts'
import { StatusCodes } from '../../../../src-main/shared/status-code.ts'
import { AlarmStation, alarmDefinition, manager } from '../../../fakes/alarm-station.ts'
import { tagDefinition } from '../../../fakes/tag-definition.ts'

const held: readonly AlarmState[] = ['shelved', 'suppressedByDesign', 'outOfService']

/** Ways from one state to another, by what happened; what is not here is not in the diagram. */
const ways: Readonly<Partial<Record<AlarmEvent['event'], (from: AlarmState, to: AlarmState) => boolean>>> = {
  active: (from, to) =>
    held.includes(from) ? to === from : to === 'unacknowledged' && !['unacknowledged', 'acknowledged'].includes(from),
  returned: (from, to) =>
    held.includes(from)
      ? to === from
      : from === 'unacknowledged'
        ? ['returnedUnacknowledged', 'latchedUnacknowledged'].includes(to)
        : from === 'acknowledged' && ['normal', 'latchedAcknowledged'].includes(to),
  acknowledged: (from, to) =>
    (from === 'unacknowledged' && to === 'acknowledged') ||
    (from === 'returnedUnacknowledged' && to === 'normal') ||
    (from === 'latchedUnacknowledged' && to === 'latchedAcknowledged'),
  reset: (from, to) => from === 'latchedAcknowledged' && to === 'normal',
  reAlarmed: (from, to) => from === 'acknowledged' && to === 'unacknowledged',
  shelved: (from, to) => !held.includes(from) && to === 'shelved',
  unshelved: (_, to) => to !== 'shelved' && to !== 'acknowledged' && to !== 'returnedUnacknowledged',
  suppressed: (_, to) => to === 'suppressedByDesign' || to === 'outOfService',
  unsuppressed: (_, to) => to !== 'suppressedByDesign' && to !== 'acknowledged' && to !== 'returnedUnacknowledged',
  outOfService: (_, to) => to === 'outOfService',
  returnedToService: (_, to) => !['outOfService', 'acknowledged', 'returnedUnacknowledged'].includes(to),
  comment: (from, to) => from === to,
  changed: (from, to) => from === to,
}

/** Follows the journal and says where it leaves the diagram. */
class Witness {
  readonly states = new Map<string, AlarmState>()
  readonly active = new Map<string, boolean>()
  #sequence = 0

  see(event: AlarmEvent): void {
    const { id, state, previousState } = event
    expect(event.sequence).toBe(++this.#sequence)
    expect(previousState, `${event.event} of ${id}`).toBe(this.states.get(id) ?? 'normal')
    expect(ways[event.event]?.(previousState, state), `${event.event}: ${previousState} → ${state}`).toBe(true)
    if (event.event === 'active') expect(this.active.get(id) ?? false, 'a second active row').toBe(false)
    if (event.event === 'returned') expect(this.active.get(id), 'returned without having been active').toBe(true)
    this.states.set(id, state)
    this.active.set(id, event.isActive)
  }
}

const tags = [tagDefinition('A'), tagDefinition('B'), tagDefinition('Stop', { dataType: 'bool' })]
const definitions: readonly AlarmDefinition[] = [
  alarmDefinition({ tag: 'A', condition: 'highHigh', limit: 95, isExclusive: true, deadband: 2 }),
  alarmDefinition({ tag: 'A', limit: 90, isExclusive: true, onDelayMs: 1500, firstOutGroup: 'g' }),
  alarmDefinition({ tag: 'A', condition: 'low', limit: 'B / 10.0', offDelayMs: 2500, suppressedWhen: 'Stop' }),
  alarmDefinition({
    tag: 'B',
    condition: 'rateOfChange',
    limit: 3,
    windowMs: 5000,
    latching: true,
    firstOutGroup: 'g',
  }),
  alarmDefinition({ tag: 'B', condition: 'changeOfState', offDelayMs: 700 }),
  alarmDefinition({ tag: 'B', condition: 'badQuality', onDelayMs: 500 }),
  alarmDefinition({ tag: 'B', condition: 'stale', onDelayMs: 8000 }),
  alarmDefinition({
    tag: 'A',
    condition: 'expression',
    limit: null,
    expression: 'A > B',
    latching: true,
    reAlarmMs: 4000,
  }),
  alarmDefinition({ tag: 'A', condition: 'deviation', limit: 30, expression: 'B', onBadQuality: 'suppress' }),
]
const ids = definitions.map(({ id }) => id)

const id = fc.constantFrom(...ids)
const action = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('sample' as const),
      tag: fc.constantFrom('A', 'B'),
      value: fc.integer({ min: 0, max: 110 }),
      lag: fc.integer({ min: -3000, max: 20_000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('bad' as const),
      tag: fc.constantFrom('A', 'B'),
      code: fc.constantFrom(StatusCodes.BadNoCommunication, StatusCodes.BadSensorFailure),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stop' as const), value: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('device' as const),
      state: fc.constantFrom('connecting', 'connected', 'waiting', 'failed', 'disabled'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 9000 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('jump' as const), ms: fc.integer({ min: -7_200_000, max: 7_200_000 }) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constantFrom('acknowledge', 'reset', 'unshelve', 'returnToService', 'comment'), id }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('shelve' as const),
      id,
      ms: fc.integer({ min: 1, max: 20_000 }),
      oneShot: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('outOfService' as const), id }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('configure' as const), limit: fc.integer({ min: 80, max: 100 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
)
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never

async function play(station: AlarmStation, step: Action): Promise<AlarmStation> {
  const { alarms, clock } = station
  switch (step.do) {
    case 'sample':
      station.samples([step.tag, step.value, clock.now() - step.lag])
      return station
    case 'bad':
      station.samples([step.tag, null, undefined, step.code])
      return station
    case 'stop':
      station.samples(['Stop', step.value])
      return station
    case 'device':
      station.devices(['plc', step.state])
      return station
    case 'wait':
      await clock.advance(step.ms)
      return station
    case 'jump':
      clock.jump(step.ms)
      return station
    case 'shelve':
      await alarms.shelve([step.id], manager, { comment: 'r', durationMs: step.ms, oneShot: step.oneShot })
      return station
    case 'configure':
      station.configure(definitions.map((each) => (each.condition === 'high' ? { ...each, limit: step.limit } : each)))
      return station
    case 'restart':
      await alarms.flushed()
      return station.restart()
    default:
      await alarms[step.do]([step.id], manager, 'because')
      return station
  }
}

describe('whatever happens', () => {
  test('A1: no alarm leaves the diagram, none is active twice, none that is unacknowledged gets lost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 80 }), async (steps) => {
        let station = new AlarmStation({ tags, definitions })
        const witness = new Witness()
        let seen = 0
        for (const step of steps) {
          const before = station
          station = await play(station, step)
          for (const event of before.events.slice(seen)) witness.see(event)
          if (station !== before) seen = 0
          else seen = before.events.length
          for (const event of station === before ? [] : station.events) {
            witness.see(event)
            seen++
          }
          await station.alarms.flushed()
          // What the journal says last is what is listed: nothing that is not normal is missing.
          for (const each of ids) expect(station.state(each), each).toBe(witness.states.get(each) ?? 'normal')
        }
        const { transitionCount, committedCount, pendingCount } = station.alarms.ledger()
        expect(transitionCount).toBe(committedCount + pendingCount)
        station.alarms.close()
      }),
      { numRuns: 150 },
    )
  })

  test('a restart in the middle changes nothing that is shown', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 60 }), async (steps) => {
        let station = new AlarmStation({ tags, definitions })
        for (const step of steps) station = await play(station, step)
        await station.alarms.flushed()
        const shown = (of: AlarmStation) =>
          [...of.alarms.rows()]
            .map(({ isChattering, statusCode, ...row }) => row)
            .sort((a, b) => (a.id < b.id ? -1 : 1))
        const before = shown(station)
        const isDue = before.some(
          ({ shelvedUntil }) => shelvedUntil !== undefined && shelvedUntil <= station.clock.now(),
        )
        const again = station.restart()
        if (!isDue) expect(shown(again)).toEqual(before)
        again.alarms.close()
      }),
      { numRuns: 60 },
    )
  })
})

describe('A2: the state machine', () => {
  const definition = alarmDefinition({ latching: true, reAlarmMs: 1000 })
  const rules = { definition, alarmClass: { ...processClass, resetAcknowledges: true } }

  /** Events of the kind that no test would think of, always the same ones. */
  function randomInput(random: () => number): AlarmInput {
    const pick = <T>(...choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!
    const facts = { timestamp: random() * 1e12, value: random() * 100, limit: 90, statusCode: 0 }
    const by = { operator: pick(manager, null), comment: pick('', 'because') }
    const occurrence = { ...facts, message: 'm', messages: null, isFirstOut: random() < 0.3, isFirstOutTie: false }
    return pick<AlarmInput>(
      { kind: 'conditionTrue', ...occurrence },
      { kind: 'conditionFalse', ...facts },
      { kind: 'acknowledge', ...by, eventId: pick(null, null, 7) },
      { kind: 'reset', ...by },
      { kind: 'reAlarm', isStep: random() < 0.5, comment: '' },
      { kind: 'shelve', ...by, durationMs: pick(null, -1, 1000, 1e9), isOneShot: random() < 0.5 },
      { kind: 'unshelve', ...by },
      { kind: 'suppress', reason: pick('a', 'b') },
      { kind: 'unsuppress', reason: 'over' },
      { kind: 'outOfService', ...by },
      { kind: 'returnToService', ...by },
      { kind: 'comment', ...by },
      { kind: 'testStart', ...by, ...occurrence },
      { kind: 'testEnd' },
      { kind: 'change', comment: 'limit', limit: 91 },
      { kind: 'remove' },
      { kind: 'restore' },
    )
  }

  function generator(seed: number): () => number {
    let state = seed
    return () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return state / 2 ** 32
    }
  }

  function run(count: number): { stored: StoredAlarm; rows: AlarmTransition[] } {
    const random = generator(42)
    const rows: AlarmTransition[] = []
    let stored = newAlarm(definition)
    for (let at = 0; at < count; at++) {
      const outcome = reduce(stored, randomInput(random), rules, {
        sequence: rows.length + 1,
        now: at,
        statusCode: 0,
        limit: 90,
      })
      if (outcome === null || 'refusal' in outcome) continue
      expect(outcome.event.previousState).toBe(stateOf(stored.regions))
      stored = outcome.stored
      rows.push(outcome)
    }
    return { stored, rows }
  }

  test('100,000 random events give the same rows and the same state each time', () => {
    const first = run(100_000)
    const second = run(100_000)
    expect(first.rows.length).toBeGreaterThan(20_000)
    expect(second.stored).toEqual(first.stored)
    expect(JSON.stringify(second.rows)).toBe(JSON.stringify(first.rows))
  })

  test('is pure: it changes nothing that it was given', () => {
    const random = generator(7)
    let stored = deepFrozen(newAlarm(definition))
    for (let at = 1; at < 5000; at++) {
      const outcome = reduce(stored, deepFrozen(randomInput(random)), rules, {
        sequence: at,
        now: at,
        statusCode: 0,
        limit: 90,
      })
      if (outcome !== null && !('refusal' in outcome)) stored = deepFrozen(outcome.stored)
    }
    expect(stored.occurrenceCount).toBeGreaterThan(10)
  })
})

function deepFrozen<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) deepFrozen(inner)
  return Object.freeze(value)
}
