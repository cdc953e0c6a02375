// Suppression by design through the whole engine: expressions, rules of the philosophy, a lost device.
import { describe, expect, test } from 'vitest'
import { StatusCodes } from '../../../../src-main/shared/status-code.ts'
import { AlarmStation, alarmDefinition, high } from '../../../fakes/alarm-station.ts'
import { tagDefinition } from '../../../fakes/tag-definition.ts'

const id = 'Tank.Level/high'

describe('suppression by design', () => {
  const tags = [tagDefinition('Tank.Level'), tagDefinition('Line.Stopped', { dataType: 'bool' })]

  test('S15, S16: by its expression, journalled both ways, annunciated anew when it ends', async () => {
    const station = new AlarmStation({ tags, definitions: [alarmDefinition({ suppressedWhen: 'Line.Stopped' })] })
    station.samples(['Line.Stopped', true])
    high(station)
    await station.alarms.flushed()
    expect(station.alarms.row(id)).toMatchObject({
      state: 'suppressedByDesign',
      hold: { user: null, reason: 'Line.Stopped' },
    })
    station.samples(['Line.Stopped', false])
    expect(station.story()).toEqual([
      'suppressed suppressedByDesign',
      'active suppressedByDesign',
      'unsuppressed unacknowledged',
    ])
  })

  test('S15: what stops and falls in the same moment is never annunciated, in neither direction', () => {
    const station = new AlarmStation({ tags, definitions: [alarmDefinition({ suppressedWhen: 'Line.Stopped' })] })
    station.samples(['Tank.Level', 95], ['Line.Stopped', true])
    station.samples(['Line.Stopped', false], ['Tank.Level', 50])
    expect(station.story()).toEqual([
      'suppressed suppressedByDesign',
      'active suppressedByDesign',
      'returned suppressedByDesign',
      'unsuppressed normal',
    ])
    expect(station.alarms.load().annunciationCount).toBe(0)
  })

  test('A39: by a rule for exact ids, or for equipment', async () => {
    const rule = { name: 'off', title: 'Off', when: 'Line.Stopped', area: null, priorities: null }
    const definitions = [
      alarmDefinition({ equipment: 'Tank' }),
      alarmDefinition({ condition: 'highHigh', equipment: 'Pump' }),
      alarmDefinition({ condition: 'low', limit: 99 }),
    ]
    const suppressedBy = async (fits: { ids: string[] | null; equipment: string[] | null }) => {
      const station = new AlarmStation({ tags, definitions, philosophy: { suppressions: [{ ...rule, ...fits }] } })
      station.samples(['Line.Stopped', true], ['Tank.Level', 95])
      await station.alarms.flushed()
      return [...station.alarms.rows()].filter((row) => row.state === 'suppressedByDesign').map((row) => row.condition)
    }
    expect(await suppressedBy({ ids: ['Tank.Level/highHigh', 'Tank.Level/hi'], equipment: null })).toEqual(['highHigh'])
    expect(await suppressedBy({ ids: null, equipment: ['Tank', 'Mixer'] })).toEqual(['high'])
    expect(await suppressedBy({ ids: ['Tank.*'], equipment: ['Pump'] })).toEqual(['highHigh'])
  })

  test('A39: by a rule for an area, priorities and ids, which is named', async () => {
    const rule = {
      name: 'stopped',
      title: { en: 'Line stopped' },
      when: 'Line.Stopped',
      ids: ['Tank.*'],
      area: 'Packaging',
      equipment: null,
      priorities: ['high'] as const,
    }
    const definitions = [
      alarmDefinition({ area: 'Packaging/Filling' }),
      alarmDefinition({ condition: 'highHigh', priority: 'urgent' }),
      alarmDefinition({ condition: 'low', area: 'PackagingOther' }),
    ]
    const station = new AlarmStation({ tags, definitions, philosophy: { suppressions: [rule] } })
    station.samples(['Line.Stopped', true])
    await station.alarms.flushed()
    expect([...station.alarms.rows()].map((row) => [row.id, row.hold?.reason])).toEqual([[id, 'Line stopped']])
  })

  test('S15: two reasons: the second goes on when the first ends, and is shown then', async () => {
    const rule = {
      name: 'b',
      title: 'B',
      when: 'Tank.Level > 97.0',
      ids: null,
      area: null,
      equipment: null,
      priorities: null,
    }
    const definitions = [alarmDefinition({ suppressedWhen: 'Line.Stopped' })]
    const station = new AlarmStation({ tags, definitions, philosophy: { suppressions: [rule] } })
    station.samples(['Line.Stopped', true], ['Tank.Level', 99])
    station.samples(['Line.Stopped', false])
    await station.alarms.flushed()
    expect(station.alarms.row(id)).toMatchObject({ state: 'suppressedByDesign', hold: { reason: 'B' } })
    station.samples(['Tank.Level', 95])
    await station.alarms.flushed()
    expect(station.state(id)).toBe('unacknowledged')
  })

  test('an expression that cannot be decided holds the suppression as it is', async () => {
    const station = new AlarmStation({ tags, definitions: [alarmDefinition({ suppressedWhen: 'Line.Stopped' })] })
    station.samples(['Line.Stopped', true])
    station.samples(['Line.Stopped', null, undefined, StatusCodes.BadSensorFailure])
    await station.alarms.flushed()
    expect(station.state(id)).toBe('suppressedByDesign')
  })
})

describe('a lost device', () => {
  const tagNames = Array.from({ length: 50 }, (_, at) => `T${at}`)
  const definitions = [
    ...tagNames.map((tag) => alarmDefinition({ tag, condition: 'badQuality', priority: 'low' })),
    alarmDefinition({
      id: 'device:plc/deviceLost',
      tag: 'device:plc:state',
      condition: 'deviceLost',
      limit: null,
      onDelayMs: 2000,
      message: 'Device plc is {value}',
    }),
  ]
  const lost = StatusCodes.BadNoCommunication
  const annunciated = (station: AlarmStation) =>
    station.events.filter(({ state }) => state === 'unacknowledged').map((event) => event.id)

  function running(): AlarmStation {
    const station = new AlarmStation({ definitions })
    station.devices(['plc', 'connecting'], ['plc', 'connected'])
    station.samples(...tagNames.map((tag) => [tag, 1] as const))
    return station
  }

  for (const first of ['values', 'state'] as const)
    test(`is one annunciated alarm, with ${first} first`, async () => {
      const station = running()
      await station.clock.advance(5000)
      const values = () => station.samples(...tagNames.map((tag) => [tag, null, undefined, lost] as const))
      const state = () => station.devices(['plc', 'waiting'])
      for (const step of first === 'values' ? [values, state] : [state, values]) {
        step()
        await station.clock.advance(100)
      }
      await station.clock.advance(10_000)
      expect(annunciated(station)).toEqual(['device:plc/deviceLost'])
      expect(station.alarms.row('T7/badQuality')).toMatchObject({
        state: 'suppressedByDesign',
        hold: { reason: 'the device plc is lost' },
      })
      station.devices(['plc', 'connecting'])
      await station.clock.advance(100)
      expect(station.state('device:plc/deviceLost')).toBe('unacknowledged')
      station.devices(['plc', 'connected'])
      await station.clock.advance(5000)
      station.samples(...tagNames.map((tag) => [tag, 1] as const))
      await station.clock.advance(5000)
      expect(annunciated(station)).toEqual(['device:plc/deviceLost'])
      expect([...station.alarms.rows()].map((row) => [row.id, row.state])).toEqual([
        ['device:plc/deviceLost', 'returnedUnacknowledged'],
      ])
    })

  test('a tag that stays without communication behind a device that is there is annunciated', async () => {
    const station = running()
    await station.clock.advance(5000)
    station.samples(['T3', null, undefined, lost])
    expect(annunciated(station)).toEqual([])
    await station.clock.advance(5000)
    expect(annunciated(station)).toEqual(['T3/badQuality'])
  })

  test('a broken sensor of a device that is there is annunciated at once', () => {
    const station = running()
    station.samples(['T3', null, undefined, StatusCodes.BadSensorFailure])
    expect(annunciated(station)).toEqual(['T3/badQuality'])
  })

  test('S20: what was suppressed before a restart is not annunciated by a connection that is there before its values', async () => {
    const before = running()
    before.devices(['plc', 'waiting'])
    before.samples(['T3', null, undefined, lost])
    const station = before.restart()
    station.devices(['plc', 'connecting'])
    station.devices(['plc', 'connected'])
    await station.clock.advance(500)
    expect(station.state('T3/badQuality')).toBe('suppressedByDesign')
    station.samples(['T3', 5])
    await station.alarms.flushed()
    expect(annunciated(station)).toEqual([])
    expect(station.state('T3/badQuality')).toBe('normal')
  })

  test('is believed by what its values say before anything is known of the connection', async () => {
    const station = new AlarmStation({ definitions })
    station.samples(['T3', null, undefined, lost], ['T4', null, undefined, StatusCodes.BadSensorFailure])
    await station.alarms.flushed()
    expect(station.state('T3/badQuality')).toBe('suppressedByDesign')
    expect(annunciated(station)).toEqual(['T4/badQuality'])
  })

  test('values that are good before the connection says so end the suppression, and leave no row behind', async () => {
    const station = running()
    station.devices(['plc', 'waiting'])
    station.samples(['T3', null, undefined, lost])
    station.samples(['T3', 5], ['T4', 5])
    await station.alarms.flushed()
    expect(station.state('T3/badQuality')).toBe('normal')
    expect(station.story('T4/badQuality')).toEqual([])
  })

  test('a short loss is no alarm', async () => {
    const station = running()
    station.devices(['plc', 'waiting'])
    await station.clock.advance(1500)
    station.devices(['plc', 'connecting'], ['plc', 'connected'])
    await station.clock.advance(5000)
    expect(annunciated(station)).toEqual([])
  })
})
