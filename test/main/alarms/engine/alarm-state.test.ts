// Every state and every event, against the table of ISA-18.2 figure 3 written out (ALARMS.md S1 to S20, A1).
import { describe, expect, test } from 'vitest'
import { newAlarm, stateOf } from '../../../../src-main/alarms/alarm-regions.ts'
import type { AlarmRegions, StoredAlarm } from '../../../../src-main/alarms/alarm-transition.ts'
import type { AlarmInput, AlarmOutcome } from '../../../../src-main/alarms/engine/alarm-input.ts'
import { reduce } from '../../../../src-main/alarms/engine/alarm-state.ts'
import { type AlarmClass, type AlarmState, processClass } from '../../../../src-main/shared/alarm.ts'
import type { StatusCodeName } from '../../../../src-main/shared/status-code.ts'
import { alarmDefinition, manager, operator } from '../../../fakes/alarm-station.ts'

const facts = { timestamp: 5000, value: 95, limit: 90, statusCode: 0 }
const occurrence = { ...facts, message: 'm', messages: null, isFirstOut: false, isFirstOutTie: false }
const by = { operator: manager, comment: 'because' }

const inputs = {
  conditionTrue: { kind: 'conditionTrue', ...occurrence },
  conditionFalse: { kind: 'conditionFalse', ...facts },
  acknowledge: { kind: 'acknowledge', ...by, eventId: null },
  reset: { kind: 'reset', ...by },
  reAlarm: { kind: 'reAlarm', isStep: false, comment: '' },
  shelve: { kind: 'shelve', ...by, durationMs: 60_000, isOneShot: false },
  unshelve: { kind: 'unshelve', ...by },
  suppress: { kind: 'suppress', reason: 'stopped' },
  unsuppress: { kind: 'unsuppress', reason: 'no longer' },
  outOfService: { kind: 'outOfService', ...by },
  returnToService: { kind: 'returnToService', ...by },
  comment: { kind: 'comment', ...by },
} as const satisfies Readonly<Record<string, AlarmInput>>
type InputName = keyof typeof inputs

const hold = { user: 'anna', timestamp: 1, reason: 'r' }
const shelved = { ...hold, until: 99_999, isOneShot: false }
const occurred = { eventId: 7, activeTimestamp: 1000, occurrenceCount: 1 }

/** Where each row of the table starts. */
const starts = {
  normal: {},
  unacknowledged: { isActive: true, isAcknowledged: false },
  acknowledged: { isActive: true },
  returnedUnacknowledged: { isAcknowledged: false },
  latchedActiveUnacknowledged: { isActive: true, isAcknowledged: false, isLatched: true },
  latchedActiveAcknowledged: { isActive: true, isLatched: true },
  latchedUnacknowledged: { isAcknowledged: false, isLatched: true },
  latchedAcknowledged: { isLatched: true },
  shelvedNormal: { shelved },
  shelvedActive: { shelved, isActive: true, isAcknowledged: false },
  shelvedAcknowledged: { shelved, isActive: true },
  shelvedReturned: { shelved, isAcknowledged: false },
  shelvedLatched: { shelved, isAcknowledged: false, isLatched: true },
  suppressedNormal: { suppressed: hold },
  suppressedActive: { suppressed: hold, isActive: true, isAcknowledged: false },
  outOfServiceNormal: { outOfService: hold },
  outOfServiceActive: { outOfService: hold, isActive: true, isAcknowledged: false },
} as const satisfies Readonly<Record<string, Partial<AlarmRegions>>>
type StartName = keyof typeof starts

const same = 'same'
/** A new state, a refusal, `same` = journalled without a change of state, `null` = nothing happens. */
type Cell = AlarmState | StatusCodeName | typeof same | null

const no = 'BadInvalidState'
const acked = 'BadConditionBranchAlreadyAcked'
const unshelved = 'BadConditionNotShelved'
const enabled = 'BadConditionAlreadyEnabled'
/** What every row has in common unless it says otherwise. */
const usual = {
  conditionTrue: null,
  conditionFalse: null,
  reAlarm: null,
  reset: no,
  shelve: 'shelved',
  unshelve: unshelved,
  suppress: 'suppressedByDesign',
  unsuppress: null,
  outOfService: 'outOfService',
  returnToService: enabled,
  comment: same,
} as const
const held = { acknowledge: no, reset: no } as const
const ofShelved = { ...usual, ...held, shelve: 'BadConditionAlreadyShelved' } as const
const ofSuppressed = { ...usual, ...held, shelve: no, suppress: same } as const
const ofOutOfService = {
  ...usual,
  ...held,
  shelve: no,
  suppress: 'outOfService',
  outOfService: 'BadConditionAlreadyDisabled',
} as const

const table: Readonly<Record<StartName, Readonly<Record<InputName, Cell>>>> = {
  normal: { ...usual, conditionTrue: 'unacknowledged', acknowledge: acked },
  unacknowledged: { ...usual, conditionFalse: 'returnedUnacknowledged', acknowledge: 'acknowledged' },
  acknowledged: { ...usual, conditionFalse: 'normal', acknowledge: acked, reAlarm: 'unacknowledged' },
  returnedUnacknowledged: { ...usual, conditionTrue: 'unacknowledged', acknowledge: 'normal' },
  latchedActiveUnacknowledged: { ...usual, conditionFalse: 'latchedUnacknowledged', acknowledge: 'acknowledged' },
  latchedActiveAcknowledged: {
    ...usual,
    conditionFalse: 'latchedAcknowledged',
    acknowledge: acked,
    reAlarm: 'unacknowledged',
  },
  latchedUnacknowledged: { ...usual, conditionTrue: 'unacknowledged', acknowledge: 'latchedAcknowledged' },
  latchedAcknowledged: { ...usual, conditionTrue: 'unacknowledged', acknowledge: acked, reset: 'normal' },
  shelvedNormal: { ...ofShelved, conditionTrue: 'shelved', unshelve: 'normal' },
  shelvedActive: { ...ofShelved, conditionFalse: 'shelved', unshelve: 'unacknowledged' },
  shelvedAcknowledged: { ...ofShelved, conditionFalse: 'shelved', unshelve: 'unacknowledged' },
  shelvedReturned: { ...ofShelved, conditionTrue: 'shelved', unshelve: 'normal' },
  shelvedLatched: { ...ofShelved, conditionTrue: 'shelved', unshelve: 'latchedUnacknowledged' },
  suppressedNormal: { ...ofSuppressed, conditionTrue: 'suppressedByDesign', unsuppress: 'normal' },
  suppressedActive: { ...ofSuppressed, conditionFalse: 'suppressedByDesign', unsuppress: 'unacknowledged' },
  outOfServiceNormal: { ...ofOutOfService, conditionTrue: 'outOfService', returnToService: 'normal' },
  outOfServiceActive: { ...ofOutOfService, conditionFalse: 'outOfService', returnToService: 'unacknowledged' },
}

const definition = alarmDefinition({ reAlarmMs: 1000 })

function alarmAt(start: Partial<AlarmRegions>, more: Partial<StoredAlarm> = {}): StoredAlarm {
  const alarm = newAlarm(definition)
  return { ...alarm, ...occurred, ...more, regions: { ...alarm.regions, ...start } }
}

function step(stored: StoredAlarm, input: AlarmInput, alarmClass: Partial<AlarmClass> = {}): AlarmOutcome {
  return reduce(
    stored,
    input,
    { definition, alarmClass: { ...processClass, ...alarmClass } },
    { sequence: 8, now: 6000, statusCode: 0, limit: 90 },
  )
}

function refusalOf(outcome: AlarmOutcome): string | undefined {
  return outcome !== null && 'refusal' in outcome ? outcome.refusal.code : undefined
}

describe('A1: every state and every event', () => {
  for (const [start, cells] of Object.entries(table) as [StartName, Readonly<Record<InputName, Cell>>][])
    test(`from ${start}`, () => {
      for (const [name, expected] of Object.entries(cells) as [InputName, Cell][]) {
        const stored = alarmAt(starts[start])
        const outcome = step(stored, inputs[name])
        const where = `${start}, ${name}`
        if (expected === null) expect(outcome, where).toBeNull()
        else if (expected.startsWith('Bad')) {
          expect(refusalOf(outcome), where).toBe(expected)
          expect(outcome, where).toHaveProperty('refusal.message', expect.stringContaining(definition.id))
        } else {
          expect(outcome, where).toHaveProperty('event.state', expected === same ? stateOf(stored.regions) : expected)
          expect(outcome, where).toHaveProperty('event.previousState', stateOf(stored.regions))
        }
      }
    })
})

describe('the rules beside the table', () => {
  const unacknowledged = alarmAt(starts.unacknowledged)

  test('A4: an acknowledgement means one occurrence: that of the number it carries', () => {
    const input = { ...inputs.acknowledge, eventId: 6 }
    expect(refusalOf(step(unacknowledged, input))).toBe('BadEventIdUnknown')
    expect(step(unacknowledged, { ...input, eventId: 7 })).toHaveProperty('event.state', 'acknowledged')
  })

  test('A3: who acknowledged it, where and with which words is in the row', () => {
    expect(step(unacknowledged, { ...inputs.acknowledge, operator, comment: 'valve closed' })).toMatchObject({
      event: { user: 'anna', station: '10.0.0.7', comment: 'valve closed', timestamp: 6000, eventId: 7 },
      stored: { acknowledgedBy: 'anna', acknowledgedTimestamp: 6000 },
    })
  })

  test('A9: a class may let its alarms return without acknowledgement', () => {
    expect(step(unacknowledged, inputs.conditionFalse, { acknowledgeOnReturn: true })).toHaveProperty(
      'event.state',
      'normal',
    )
  })

  test('A21: a class may ask for a comment', () => {
    const silent = { ...inputs.acknowledge, comment: '' }
    expect(refusalOf(step(unacknowledged, silent, { commentRequired: true }))).toBe('BadInvalidArgument')
    expect(step(unacknowledged, silent)).toHaveProperty('event.state', 'acknowledged')
  })

  test('S11: a reset before the acknowledgement is refused, or acknowledges where the class says so', () => {
    const latched = alarmAt(starts.latchedUnacknowledged)
    expect(refusalOf(step(latched, inputs.reset))).toBe('BadInvalidState')
    expect(step(latched, inputs.reset, { resetAcknowledges: true })).toMatchObject({
      event: { event: 'reset', state: 'normal' },
      stored: { acknowledgedBy: 'maria' },
    })
  })

  test('S12: it is annunciated again as often as its definition says', () => {
    const often = alarmAt(starts.acknowledged, { reAlarmCount: definition.mostReAlarms })
    expect(step(often, inputs.reAlarm)).toBeNull()
    // A step up of the priority is no repetition: it annunciates whatever the count.
    expect(step(often, { ...inputs.reAlarm, isStep: true })).toMatchObject({
      event: { event: 'reAlarmed', state: 'unacknowledged' },
    })
    expect(step(alarmAt(starts.acknowledged), inputs.reAlarm)).toMatchObject({
      stored: { reAlarmCount: 1, acknowledgedBy: null },
    })
  })

  test('A31: shelving needs a reason and a time that the class allows', () => {
    const { shelve } = inputs
    expect(refusalOf(step(unacknowledged, { ...shelve, comment: '' }))).toBe('BadInvalidArgument')
    for (const durationMs of [null, 0, -1, Number.NaN, processClass.longestShelvingMs + 1])
      expect(refusalOf(step(unacknowledged, { ...shelve, durationMs })), String(durationMs)).toBe(
        'BadShelvingTimeOutOfRange',
      )
    expect(step(unacknowledged, { ...shelve, durationMs: processClass.longestShelvingMs })).toHaveProperty(
      'event.state',
      'shelved',
    )
    expect(refusalOf(step(unacknowledged, shelve, { isShelvingAllowed: false }))).toBe('BadNotSupported')
  })

  test('A32: a one-shot without a time ends with the longest one of its class', () => {
    const outcome = step(unacknowledged, { ...inputs.shelve, isOneShot: true, durationMs: null })
    expect(outcome).toHaveProperty('stored.regions.shelved.until', 6000 + processClass.longestShelvingMs)
  })

  test('A36: out of service needs a reason, and of highly managed alarms the permission', () => {
    const { outOfService } = inputs
    expect(refusalOf(step(unacknowledged, { ...outOfService, comment: '' }))).toBe('BadInvalidArgument')
    expect(refusalOf(step(unacknowledged, { ...outOfService, operator }, { isHighlyManaged: true }))).toBe(
      'BadUserAccessDenied',
    )
    expect(step(unacknowledged, outOfService, { isHighlyManaged: true })).toHaveProperty('event.state', 'outOfService')
  })

  test('S14: leaving one hold while another lasts annunciates nothing yet', () => {
    const both = alarmAt({ ...starts.shelvedAcknowledged, outOfService: hold }, { reAlarmCount: 3 })
    const untouched = { regions: { isActive: true, isAcknowledged: true }, reAlarmCount: 3 }
    expect(step(both, inputs.unshelve)).toMatchObject({
      event: { event: 'unshelved', state: 'outOfService' },
      stored: untouched,
    })
    expect(step(both, inputs.returnToService)).toMatchObject({
      event: { event: 'returnedToService', state: 'shelved' },
      stored: untouched,
    })
  })

  test('S14: what leaves the shelf active may be annunciated again as often as any new alarm', () => {
    const spent = alarmAt(starts.shelvedAcknowledged, { reAlarmCount: definition.mostReAlarms, acknowledgedBy: 'x' })
    expect(step(spent, inputs.unshelve)).toMatchObject({ stored: { reAlarmCount: 0, acknowledgedBy: null } })
  })

  test('S8: a new occurrence starts with nothing of the one before', () => {
    const before = alarmAt(starts.returnedUnacknowledged, {
      returnedTimestamp: 2000,
      acknowledgedBy: 'x',
      reAlarmCount: 2,
    })
    expect(step(before, inputs.conditionTrue)).toMatchObject({
      event: { event: 'active', eventId: 8, timestamp: 5000, receivedTimestamp: 6000 },
      stored: { occurrenceCount: 2, returnedTimestamp: null, acknowledgedBy: null, reAlarmCount: 0, value: 95 },
    })
  })

  test('A removed alarm that nobody acknowledged goes with the acknowledgement; nothing else can be done with it', () => {
    const outcome = step(alarmAt(starts.shelvedActive), { kind: 'remove' })
    expect(outcome).toMatchObject({ event: { event: 'removed', state: 'unacknowledged' }, stored: { isRemoved: true } })
    const removed = alarmAt(starts.unacknowledged, { isRemoved: true })
    const { acknowledge: _acknowledge, comment: _comment, ...others } = inputs
    for (const input of Object.values(others))
      expect(refusalOf(step(removed, input)), input.kind).toBe('BadInvalidState')
    expect(step(removed, inputs.comment)).toHaveProperty('event.state', 'unacknowledged')
    expect(step(removed, inputs.acknowledge)).toHaveProperty('event.state', 'normal')
    expect(step(alarmAt(starts.acknowledged), { kind: 'remove' })).toMatchObject({ event: { state: 'normal' } })
  })

  test('a test latches nothing, and its end leaves neither a latch nor an acknowledgement to wait for', () => {
    const latching = { ...definition, latching: true }
    const rules = { definition: latching, alarmClass: processClass }
    const moment = { sequence: 8, now: 6000, statusCode: 0, limit: 90 }
    const begun = reduce(newAlarm(latching), { kind: 'testStart', ...by, ...occurrence }, rules, moment)
    expect(begun).toMatchObject({ stored: { isTest: true, regions: { isActive: true, isLatched: false } } })
    const tested = alarmAt(starts.latchedActiveUnacknowledged, { isTest: true })
    expect(step(tested, { kind: 'testEnd' })).toMatchObject({ event: { event: 'returned', state: 'normal' } })
    expect(step(alarmAt(starts.latchedActiveUnacknowledged), { kind: 'testEnd' })).toBeNull()
  })

  test('a change of a normal alarm is no row of the journal, of any other it is one', () => {
    const change = { kind: 'change', comment: 'limit 90 → 92', limit: 92 } as const
    expect(step(alarmAt(starts.normal), change)).toBeNull()
    for (const start of ['returnedUnacknowledged', 'shelvedNormal', 'outOfServiceNormal'] as const)
      expect(step(alarmAt(starts[start]), change), start).toMatchObject({
        event: { event: 'changed', comment: 'limit 90 → 92', limit: 92 },
      })
  })

  test('A6: a comment is kept in every state and changes none; an empty one is refused', () => {
    expect(step(unacknowledged, inputs.comment)).toMatchObject({ event: { event: 'comment', comment: 'because' } })
    expect(refusalOf(step(unacknowledged, { ...inputs.comment, comment: '' }))).toBe('BadInvalidArgument')
  })
})
