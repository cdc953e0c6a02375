// What came before an alarm: its first-out group, and the ten changes that most plausibly led to it (conformance A40).
import { describe, expect, test } from 'vitest'
import { openAlarmReporting } from '../../../../src-main/alarms/alarm-reporting.ts'
import { alarmReports } from '../../../../src-main/alarms/reports/alarm-reports.ts'
import { mostPlausible, plausibility } from '../../../../src-main/alarms/reports/before-ranking.ts'
import type { ReadHistory } from '../../../../src-main/alarms/reports/recorded-samples.ts'
import { silentLogger } from '../../../../src-main/base/logger.ts'
import type { AlarmDefinition, AlarmEvent } from '../../../../src-main/shared/alarm.ts'
import type { AlarmChange } from '../../../../src-main/shared/alarm-report.ts'
import type { AuditRow } from '../../../../src-main/shared/contract.ts'
import type { Equipment } from '../../../../src-main/shared/equipment.ts'
import type { Plant } from '../../../../src-main/shared/plant.ts'
import { StatusCodes } from '../../../../src-main/shared/status-code.ts'
import { alarmDefinition, alarmEvent } from '../../../fakes/alarm-transitions.ts'
import { emptyPlant } from '../../../fakes/empty-plant.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'
import { MemoryJournalRows } from '../../../fakes/memory-journal-rows.ts'
import { plainEquipment } from '../../../fakes/plain-equipment.ts'
import { type RecordedSample, recordedHistory } from '../../../fakes/recorded-history.ts'
import { tagDefinition } from '../../../fakes/tag-definition.ts'

const trip = Date.UTC(2026, 10, 22, 12)
const second = 1000
const minute = 60 * second

const boiler: Equipment = {
  name: 'Boiler',
  type: 'boiler',
  description: {},
  place: 'Utilities',
  members: {},
  parameters: {},
  ...plainEquipment,
}
const tags = [
  tagDefinition('Boiler.Pressure', { unit: 'bar', limits: { low: 0, high: 20 }, equipment: 'Boiler' }),
  tagDefinition('Boiler.Valve', { dataType: 'bool', equipment: 'Boiler' }),
  tagDefinition('Boiler.Setpoint', { unit: 'bar', limits: { low: 0, high: 20 }, equipment: 'Boiler' }),
  tagDefinition('Feed.Flow', { unit: 'm3/h', device: 'other', writable: false, limits: { low: 0, high: 10 } }),
  tagDefinition('Feed.Mean', { device: null, address: null, expression: 'Feed.Flow * 0.5' }),
  tagDefinition('Elsewhere.Level', { device: 'elsewhere' }),
]
const pressure = alarmDefinition('Boiler.Pressure/highHigh', {
  condition: 'highHigh',
  equipment: 'Boiler',
  area: 'Utilities',
  firstOutGroup: 'boiler',
  suppressedWhen: 'Feed.Mean < 1',
})
const flame = alarmDefinition('Boiler.Flame/discrete', {
  equipment: 'Boiler',
  area: 'Utilities',
  firstOutGroup: 'boiler',
})
const water = alarmDefinition('Boiler.Water/low', { equipment: 'Boiler', area: 'Utilities', firstOutGroup: 'boiler' })
const far = alarmDefinition('Elsewhere.Level/high', { device: 'elsewhere', area: 'Yard' })
const definitions = [pressure, flame, water, far]
const plant: Plant = { ...emptyPlant, tags, equipment: [boiler], alarms: definitions }

interface Station {
  readonly events: readonly AlarmEvent[]
  readonly recorded?: Readonly<Record<string, readonly RecordedSample[]>>
  readonly audit?: readonly Partial<AuditRow>[]
  readonly readHistory?: ReadHistory
}

function reporting({ events, recorded = {}, audit = [], readHistory = recordedHistory(recorded) }: Station) {
  const rows = new MemoryJournalRows(events)
  const report = (async (name: 'before', input: never) => alarmReports[name](rows, input)) as never
  return openAlarmReporting({
    clock: new FakeClock(trip),
    logger: silentLogger,
    journal: { report },
    readHistory,
    searchAudit: async ({ from, to, actions }) =>
      audit
        .map((row, index) => ({ ...blankRow, sequence: index + 1, ...row }))
        .filter(({ timestamp, action }) => timestamp >= from && timestamp < to && actions.has(action)),
    plant: () => plant,
    definitions: () => definitions,
    deviceStates: { 2: 'Connected', 3: 'Waiting' },
  })
}

const blankRow: AuditRow = {
  sequence: 0,
  timestamp: 0,
  user: 'ana',
  station: 'desktop',
  action: 'tags.write',
  target: '',
  oldValue: null,
  newValue: null,
  statusCode: 0,
  comment: '',
}

function active(sequence: number, definition: AlarmDefinition, timestamp: number, more: Partial<AlarmEvent> = {}) {
  return alarmEvent(sequence, definition, { timestamp, receivedTimestamp: timestamp + 50, ...more })
}

function normal(sequence: number, definition: AlarmDefinition, timestamp: number) {
  const state = { event: 'returned', state: 'normal', previousState: 'acknowledged', isActive: false } as const
  return active(sequence, definition, timestamp, state)
}

const told = ({ kind, relation, tag, alarmId, oldValue, newValue, beforeMs }: AlarmChange) => ({
  kind,
  relation,
  about: alarmId ?? tag,
  oldValue,
  newValue,
  beforeMs,
})

describe('the changes before an alarm', () => {
  test('are values, writes, devices and other alarms that have to do with it, newest first', async () => {
    const before = await reporting({
      events: [active(1, water, trip - 30 * second), active(2, far, trip - 10 * second), active(3, pressure, trip)],
      recorded: {
        'Boiler.Pressure': [
          [trip - 20 * minute, 10],
          [trip - 2 * second, 19],
        ],
        'Boiler.Valve': [
          [trip - 20 * minute, true],
          [trip - 40 * second, false],
        ],
        'Boiler.Setpoint': [
          [trip - 20 * minute, 10],
          [trip - 60 * second, 18],
        ],
        'Feed.Flow': [
          [trip - 20 * minute, 8],
          [trip - 20 * second, 3],
        ],
        'device:plc:state': [
          [trip - 20 * minute, 2],
          [trip - 90 * second, 3],
        ],
        'Elsewhere.Level': [
          [trip - 20 * minute, 1],
          [trip - 5 * second, 99],
        ],
      },
      audit: [
        { timestamp: trip - 61 * second, target: 'Boiler.Setpoint', oldValue: 10, newValue: 18 },
        { timestamp: trip - 5 * minute, action: 'plant.reload', target: '/plant' },
        { timestamp: trip - 50 * second, target: 'Elsewhere.Level', newValue: 1 },
      ],
    }).before('Boiler.Pressure/highHigh')

    expect(before.occurrence.sequence).toBe(3)
    expect(before.notes).toEqual([])
    expect(before.changes.map(told)).toEqual([
      { kind: 'value', relation: 'sameTag', about: 'Boiler.Pressure', oldValue: 10, newValue: 19, beforeMs: 2000 },
      { kind: 'value', relation: 'input', about: 'Feed.Flow', oldValue: 8, newValue: 3, beforeMs: 20_000 },
      {
        kind: 'alarm',
        relation: 'firstOutGroup',
        about: 'Boiler.Water/low',
        oldValue: null,
        newValue: 93.25,
        beforeMs: 30_000,
      },
      {
        kind: 'value',
        relation: 'sameEquipment',
        about: 'Boiler.Valve',
        oldValue: true,
        newValue: false,
        beforeMs: 40_000,
      },
      {
        kind: 'write',
        relation: 'sameEquipment',
        about: 'Boiler.Setpoint',
        oldValue: 10,
        newValue: 18,
        beforeMs: 61_000,
      },
      { kind: 'device', relation: 'sameDevice', about: 'device:plc:state', oldValue: 2, newValue: 3, beforeMs: 90_000 },
      { kind: 'operator', relation: 'station', about: null, oldValue: null, newValue: null, beforeMs: 300_000 },
    ])
    expect(before.changes[4]).toMatchObject({ user: 'ana', unit: 'bar', action: 'tags.write' })
    expect(before.changes[5]!.states).toEqual({ 2: 'Connected', 3: 'Waiting' })
  })

  test('a value that moves all the time is one change from where it was to where it went', async () => {
    const samples: RecordedSample[] = [[trip - 20 * minute, 10]]
    for (let at = 100; at >= 1; at--) samples.push([trip - at * second, 10 + (100 - at) * 0.08])
    const { changes } = await reporting({
      events: [active(1, pressure, trip)],
      recorded: { 'Boiler.Setpoint': samples, 'Boiler.Pressure': [] },
    }).before('Boiler.Pressure/highHigh')
    expect(changes).toHaveLength(1)
    expect(changes[0]).toMatchObject({ oldValue: 10, changeCount: 99, newValue: 10 + 99 * 0.08 })
  })

  test('noise of a measured value gives way to what really happened, a setpoint that moved a little does not', async () => {
    const little: RecordedSample[] = [
      [trip - 20 * minute, 5],
      [trip - second, 5.01],
    ]
    const alarms = Array.from({ length: 9 }, (_, index) => active(index + 1, flame, trip - (100 - index) * second))
    const { changes } = await reporting({
      events: [...alarms, active(10, pressure, trip)],
      recorded: { 'Feed.Flow': little, 'Boiler.Setpoint': little },
    }).before('Boiler.Pressure/highHigh')
    expect(changes.map(({ tag }) => tag)).toContain('Boiler.Setpoint')
    expect(changes.map(({ tag }) => tag)).not.toContain('Feed.Flow')
    expect(changes).toHaveLength(10)
  })

  test('a device that was lost is one change, not one for each of its tags', async () => {
    const lost = (value: number): RecordedSample[] => [
      [trip - 20 * minute, value],
      [trip - 8 * second, null, StatusCodes.BadNoCommunication],
    ]
    const { changes } = await reporting({
      events: [active(1, pressure, trip)],
      recorded: {
        'device:plc:state': [
          [trip - 20 * minute, 2],
          [trip - 8 * second, 3],
        ],
        'Boiler.Valve': lost(1),
        'Boiler.Setpoint': lost(12),
        'Boiler.Pressure': lost(11),
      },
    }).before('Boiler.Pressure/highHigh')
    expect(changes.map(({ kind, tag }) => [kind, tag])).toEqual([['device', 'device:plc:state']])
  })

  test('a quality that was lost is told beside the numbers', async () => {
    const bad = StatusCodes.BadSensorFailure
    const { changes } = await reporting({
      events: [active(1, pressure, trip)],
      recorded: {
        'Boiler.Valve': [
          [trip - 20 * minute, true],
          [trip - 8 * second, null, bad],
        ],
      },
    }).before('Boiler.Pressure/highHigh')
    expect(changes.map(({ newValue, statusCode }) => [newValue, statusCode])).toEqual([[null, bad]])
  })

  test('are at most ten, and looked for farther back when there are fewer', async () => {
    const many = Array.from({ length: 30 }, (_, index) => active(index + 1, flame, trip - (index + 1) * second))
    const events = [...many.reverse(), active(31, pressure, trip)].map((event, index) => ({
      ...event,
      sequence: index + 1,
    }))
    const full = await reporting({ events }).before('Boiler.Pressure/highHigh')
    expect(full.changes).toHaveLength(10)
    expect(full.from).toBe(trip - 10 * minute)
    expect(full.changes.map(({ beforeMs }) => beforeMs)).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((at) => at * second),
    )
    const few = await reporting({ events: [active(1, pressure, trip)] }).before('Boiler.Pressure/highHigh')
    expect(few.from).toBe(trip - 60 * minute)
    expect(few.notes).toEqual(['noHistory'])
  })

  test('history that cannot be read is said, the rest is answered', async () => {
    const readHistory = async () => {
      throw new Error('no such file')
    }
    const events = [active(1, water, trip - second), active(2, pressure, trip)]
    const before = await reporting({ events, readHistory }).before('Boiler.Pressure/highHigh')
    expect(before.notes).toEqual(['historyFailed'])
    expect(before.changes).toHaveLength(1)
  })

  test('nearer things, larger changes and later ones are more plausible', () => {
    const change = { kind: 'value', relation: 'input', beforeMs: 0, changeCount: 1 } as AlarmChange
    const base = plausibility({ change, size: 1 })
    expect(plausibility({ change: { ...change, relation: 'sameArea' }, size: 1 })).toBeLessThan(base)
    expect(plausibility({ change, size: 0.5 })).toBeLessThan(base)
    expect(plausibility({ change: { ...change, beforeMs: 120_000 }, size: 1 })).toBeCloseTo(base / 2, 12)
    expect(plausibility({ change: { ...change, kind: 'write' }, size: 1 })).toBeGreaterThan(base)
    expect(mostPlausible([{ change, size: 0 }])).toEqual([])
  })
})

describe('the first-out group', () => {
  const members = async (events: readonly AlarmEvent[], eventId?: number) => {
    const { firstOut } = await reporting({ events }).before('Boiler.Pressure/highHigh', eventId)
    expect(firstOut!.group).toBe('boiler')
    return firstOut!.members.map(({ id, isFirstOut, isTie, isSubject, afterMs }) => [
      id,
      isFirstOut,
      isTie,
      isSubject,
      afterMs,
    ])
  }

  test('stands in order of source time, whatever came first to the station (A40)', async () => {
    const events = [active(1, pressure, trip), active(2, flame, trip - 1), active(3, water, trip + 2)]
    expect(await members(events)).toEqual([
      ['Boiler.Flame/discrete', true, false, false, 0],
      ['Boiler.Pressure/highHigh', false, false, true, 1],
      ['Boiler.Water/low', false, false, false, 3],
    ])
  })

  test('marks alarms of the same millisecond as ties (A40)', async () => {
    const events = [active(1, flame, trip), active(2, pressure, trip), active(3, water, trip + 1)]
    expect(await members(events)).toEqual([
      ['Boiler.Flame/discrete', true, true, false, 0],
      ['Boiler.Pressure/highHigh', true, true, true, 0],
      ['Boiler.Water/low', false, false, false, 1],
    ])
  })

  test('begins anew after the group was normal', async () => {
    const events = [
      active(1, flame, trip - 60_000),
      normal(2, flame, trip - 50_000),
      active(3, water, trip - 5),
      active(4, pressure, trip),
    ]
    expect((await members(events)).map(([id]) => id)).toEqual(['Boiler.Water/low', 'Boiler.Pressure/highHigh'])
  })

  test('an earlier occurrence is found by its event', async () => {
    const events = [active(1, pressure, trip - 60_000), normal(2, pressure, trip - 50_000), active(3, pressure, trip)]
    const early = await reporting({ events }).before('Boiler.Pressure/highHigh', 1)
    expect(early.occurrence.timestamp).toBe(trip - 60_000)
  })
})

describe('what is refused', () => {
  test('an alarm that is none, one that never was active, an event that is another alarm’s', async () => {
    const station = reporting({ events: [active(1, flame, trip)] })
    await expect(station.before('No/such')).rejects.toMatchObject({ code: 'BadNodeIdUnknown' })
    await expect(station.before('Boiler.Water/low')).rejects.toMatchObject({ code: 'BadNoData' })
    await expect(station.before('Boiler.Water/low', 1)).rejects.toMatchObject({ code: 'BadEventIdUnknown' })
  })
})
