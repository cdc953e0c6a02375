// The life of alarms through the whole engine: commands, suppression, first-out, floods, times, changes of the plant.
import { describe, expect, test } from 'vitest'
import type { AlarmDefinition } from '../../../../src-main/shared/alarm.ts'
import { StatusCodes } from '../../../../src-main/shared/status-code.ts'
import { AlarmStation, alarmDefinition, manager, operator } from '../../../fakes/alarm-station.ts'
import { tagDefinition } from '../../../fakes/tag-definition.ts'

const id = 'Tank.Level/high'
const minute = 60_000

function high(station: AlarmStation, tag = 'Tank.Level'): void {
  station.samples([tag, 95])
}
function low(station: AlarmStation, tag = 'Tank.Level'): void {
  station.samples([tag, 50])
}
function one(overrides: Partial<AlarmDefinition> = {}): AlarmStation {
  return new AlarmStation({ definitions: [alarmDefinition(overrides)] })
}

describe('an alarm', () => {
  test('S1, S2, S5: becomes active, is acknowledged, returns and is normal again', async () => {
    const station = one({ message: 'Level is {value} {unit} (limit {limit}) of {tag}' })
    station.samples(['Tank.Level', 50], ['Tank.Level', 95.5])
    await station.alarms.flushed()
    expect(station.alarms.row(id)).toMatchObject({
      state: 'unacknowledged',
      message: 'Level is 95.5 % (limit 90) of Tank.Level',
      value: 95.5,
      occurrenceCount: 1,
      eventId: 1,
    })
    expect(await station.alarms.acknowledge([id], operator)).toEqual([{ id, statusCode: 0 }])
    expect((await station.alarms.acknowledge([id], operator))[0]!.statusCode).toBe(
      StatusCodes.BadConditionBranchAlreadyAcked,
    )
    low(station)
    await station.alarms.flushed()
    expect(station.state(id)).toBe('normal')
    expect(station.story()).toEqual(['active unacknowledged', 'acknowledged acknowledged', 'returned normal'])
  })

  test('A22: its message keeps the values of the occurrence, in every language of the plant', async () => {
    const station = new AlarmStation({
      tags: [tagDefinition('Pump.State', { dataType: 'int16' })],
      definitions: [
        alarmDefinition({
          tag: 'Pump.State',
          condition: 'discrete',
          limit: 2,
          message: { en: 'Pump is {value}', 'zh-CN': '泵：{value}' },
          states: { 2: { en: 'tripped', 'zh-CN': '跳闸' } },
        }),
      ],
    })
    station.samples(['Pump.State', 2])
    station.samples(['Pump.State', 3])
    await station.alarms.flushed()
    expect(station.alarms.row('Pump.State/discrete')).toMatchObject({
      message: 'Pump is tripped',
      messages: { en: 'Pump is tripped', 'zh-CN': '泵：跳闸' },
    })
  })

  test('what is not on the disk is not shown; commands answer when it is', async () => {
    const station = one()
    high(station)
    expect(station.state(id)).toBe('normal')
    expect(station.committed).toEqual([])
    expect(station.alarms.ledger()).toMatchObject({ transitionCount: 1, committedCount: 0, pendingCount: 1 })
    await station.alarms.flushed()
    expect(station.state(id)).toBe('unacknowledged')
    expect(station.committed).toEqual([{ events: [station.events[0]], ids: [id] }])
    expect(station.alarms.ledger()).toMatchObject({ transitionCount: 1, committedCount: 1, pendingCount: 0 })
  })

  test('while the journal cannot be written alarms are shown all the same, and commands say that they may be lost', async () => {
    const station = one()
    station.recorder.isWriting = false
    high(station)
    await expect(station.alarms.flushed()).rejects.toThrow('the disk is full')
    expect(station.state(id)).toBe('unacknowledged')
    expect(station.alarms.isJournalled).toBe(false)
    const [result] = await station.alarms.acknowledge([id], operator)
    expect(result!.statusCode).toBe(StatusCodes.BadResourceUnavailable)
    expect(station.state(id)).toBe('acknowledged')
    station.recorder.isWriting = true
    low(station)
    await station.alarms.flushed()
    expect(station.alarms.ledger()).toMatchObject({ transitionCount: 3, committedCount: 3, pendingCount: 0 })
  })

  test('S12, A8: is annunciated again while it stays active, as often as it may', async () => {
    const station = one({ reAlarmMs: 5 * minute, mostReAlarms: 2 })
    high(station)
    for (let round = 0; round < 4; round++) {
      await station.alarms.acknowledge([id], operator)
      await station.clock.advance(5 * minute)
    }
    expect(station.story().filter((line) => line === 'reAlarmed unacknowledged')).toHaveLength(2)
    expect(station.alarms.load().annunciationCount).toBe(3)
  })

  test('commands of several alarms answer each, unknown ones with a sentence', async () => {
    const station = one()
    high(station)
    const results = await station.alarms.acknowledge(['Nothing/high', id], operator)
    expect(results).toEqual([
      { id: 'Nothing/high', statusCode: StatusCodes.BadNodeIdUnknown, message: 'There is no alarm Nothing/high' },
      { id, statusCode: 0 },
    ])
  })
})

describe('shelving', () => {
  const shelving = { comment: 'pump under repair', durationMs: 10 * minute }

  test('S13, S14: is silent for its time, then what is active is annunciated anew', async () => {
    const station = one()
    high(station)
    await station.alarms.acknowledge([id], operator)
    await station.alarms.shelve([id], operator, shelving)
    expect(station.alarms.row(id)).toMatchObject({
      state: 'shelved',
      shelvedUntil: station.clock.now() + 10 * minute,
      hold: { user: 'anna', reason: 'pump under repair' },
    })
    low(station)
    high(station)
    const { annunciationCount } = station.alarms.load()
    await station.clock.advance(10 * minute)
    expect(station.story().slice(2)).toEqual([
      'shelved shelved',
      'returned shelved',
      'active shelved',
      'unshelved unacknowledged',
    ])
    expect(station.alarms.load().annunciationCount).toBe(annunciationCount + 1)
  })

  test('S14: what is gone when the time is over is normal', async () => {
    const station = one()
    high(station)
    await station.alarms.shelve([id], operator, shelving)
    low(station)
    await station.clock.advance(10 * minute)
    expect(station.state(id)).toBe('normal')
  })

  test('A32: a one-shot ends with the next return', async () => {
    const station = one()
    high(station)
    await station.alarms.shelve([id], operator, { comment: 'once', oneShot: true })
    low(station)
    high(station)
    expect(station.story()).toEqual([
      'active unacknowledged',
      'shelved shelved',
      'returned shelved',
      'unshelved normal',
      'active unacknowledged',
    ])
  })

  test('S20: ends in wall time, also when the clock was set forward', async () => {
    const station = one()
    high(station)
    await station.alarms.shelve([id], operator, shelving)
    station.clock.jump(10 * minute)
    await station.clock.advance(1000)
    expect(station.state(id)).toBe('unacknowledged')
  })

  test('A33: one person holds only so many alarms shelved', async () => {
    const tags = ['A', 'B', 'C']
    const station = new AlarmStation({
      definitions: tags.map((tag) => alarmDefinition({ tag })),
      philosophy: { mostShelvedPerUser: 2 },
    })
    const results = await station.alarms.shelve(
      tags.map((tag) => `${tag}/high`),
      operator,
      shelving,
    )
    expect(results.map(({ statusCode }) => statusCode)).toEqual([0, 0, StatusCodes.BadTooManyOperations])
  })

  test('A38: many at once need the permission', async () => {
    const ids = ['A', 'B', 'C'].map((tag) => `${tag}/high`)
    const station = new AlarmStation({
      definitions: ['A', 'B', 'C'].map((tag) => alarmDefinition({ tag })),
      philosophy: { mostShelvedAtOnce: 2 },
    })
    for (const { statusCode } of await station.alarms.shelve(ids, operator, shelving))
      expect(statusCode).toBe(StatusCodes.BadUserAccessDenied)
    for (const { statusCode } of await station.alarms.shelve(ids, manager, shelving)) expect(statusCode).toBe(0)
  })
})

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

  test('A39: by a rule for an area, equipment, priorities and ids, which is named', async () => {
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

  test('a short loss is no alarm', async () => {
    const station = running()
    station.devices(['plc', 'waiting'])
    await station.clock.advance(1500)
    station.devices(['plc', 'connecting'], ['plc', 'connected'])
    await station.clock.advance(5000)
    expect(annunciated(station)).toEqual([])
  })
})

describe('alarms of the station itself', () => {
  const system = alarmDefinition({
    id: 'runtime:history/system',
    tag: 'runtime:history',
    condition: 'system',
    limit: null,
    device: null,
  })

  test('are told from outside, also before the plant is there', async () => {
    const station = new AlarmStation({ definitions: [] })
    station.alarms.systemCondition(system.id, true, { timestamp: 1000, value: 'full' })
    station.configure([system])
    await station.alarms.flushed()
    expect(station.alarms.row(system.id)).toMatchObject({
      state: 'unacknowledged',
      activeTimestamp: 1000,
      value: 'full',
    })
    station.alarms.systemCondition(system.id, false)
    await station.alarms.flushed()
    expect(station.state(system.id)).toBe('returnedUnacknowledged')
  })
})

describe('A40: first-out', () => {
  const definitions = ['A', 'B', 'C'].map((tag) => alarmDefinition({ tag, firstOutGroup: 'trip' }))
  const marks = (station: AlarmStation) =>
    [...station.alarms.rows()]
      .filter((row) => row.isFirstOut)
      .map((row) => `${row.tag}${row.isFirstOutTie ? ' tie' : ''}`)

  test('the first by source time is marked, whatever order the values come in', async () => {
    const station = new AlarmStation({ definitions })
    const now = station.clock.now()
    station.samples(['C', 95, now + 2], ['A', 95, now], ['B', 95, now + 1])
    await station.alarms.flushed()
    expect(marks(station)).toEqual(['A'])
  })

  test('one that came later with an older time takes the mark, and the journal says so', async () => {
    const station = new AlarmStation({ definitions })
    const now = station.clock.now()
    station.samples(['B', 95, now])
    station.samples(['A', 95, now - 3])
    await station.alarms.flushed()
    expect(marks(station)).toEqual(['A'])
    expect(station.events.at(-1)).toMatchObject({
      id: 'B/high',
      event: 'changed',
      isFirstOut: false,
      comment: 'not first out: A/high came before',
    })
  })

  test('the same time is a tie, in one batch without another row, in two with one', async () => {
    const together = new AlarmStation({ definitions })
    const now = together.clock.now()
    together.samples(['A', 95, now], ['B', 95, now], ['C', 95, now + 1])
    await together.alarms.flushed()
    expect(marks(together)).toEqual(['A tie', 'B tie'])
    expect(together.events).toHaveLength(3)
    const apart = new AlarmStation({ definitions })
    apart.samples(['A', 95, now])
    apart.samples(['B', 95, now])
    await apart.alarms.flushed()
    expect(marks(apart)).toEqual(['A tie', 'B tie'])
  })

  test('the group begins anew when all of it are normal, not before', async () => {
    const station = new AlarmStation({ definitions })
    for (const [change, tag] of [
      [high, 'A'],
      [high, 'B'],
      [low, 'A'],
      [low, 'B'],
      [high, 'C'],
    ] as const) {
      change(station, tag)
      await station.clock.advance(10)
    }
    await station.alarms.flushed()
    expect(marks(station)).toEqual(['A'])
    low(station, 'C')
    await station.alarms.acknowledge(['A/high', 'B/high', 'C/high'], operator)
    high(station, 'B')
    await station.alarms.flushed()
    expect(marks(station)).toEqual(['B'])
  })

  test('S20: the mark is kept over a restart, and nobody else gets it', async () => {
    const before = new AlarmStation({ definitions })
    high(before, 'A')
    const station = before.restart()
    await station.clock.advance(10)
    high(station, 'B')
    await station.alarms.flushed()
    expect(marks(station)).toEqual(['A'])
  })
})

describe('load', () => {
  test('A41: a flood begins with the tenth annunciation in ten minutes and ends below five, to the millisecond', async () => {
    const tags = Array.from({ length: 10 }, (_, at) => `T${at}`)
    const station = new AlarmStation({ definitions: tags.map((tag) => alarmDefinition({ tag })) })
    const start = station.clock.now()
    for (const tag of tags) {
      high(station, tag)
      if (tag === 'T8') expect(station.alarms.load().floodTimestamp).toBeNull()
      await station.clock.advance(tag === 'T9' ? 0 : 1000)
    }
    expect(station.alarms.load()).toMatchObject({ floodTimestamp: start + 9000, rate: 10 })
    // Below five when the sixth leaves the window: ten minutes after second 5.
    await station.clock.advance(10 * minute - 9000 + 5000 - 1)
    expect(station.alarms.load()).toMatchObject({ floodTimestamp: start + 9000, rate: 5 })
    station.committed.length = 0
    await station.clock.advance(1)
    expect(station.alarms.load()).toMatchObject({ floodTimestamp: null, rate: 4 })
    expect(station.committed).toEqual([{ events: [], ids: [] }])
  })

  test('A48: three activations within a minute are chattering, until a minute has only two', async () => {
    const station = one()
    for (let round = 0; round < 3; round++) {
      await station.clock.advance(10_000)
      low(station)
      await station.clock.advance(10_000)
      high(station)
    }
    await station.clock.advance(19_999)
    expect(station.alarms.row(id)!.isChattering).toBe(true)
    station.committed.length = 0
    await station.clock.advance(1)
    expect(station.alarms.row(id)!.isChattering).toBeUndefined()
    expect(station.committed).toEqual([{ events: [], ids: [id] }])
  })

  test('A37: suppressed, shelved and tested alarms are no load', async () => {
    const station = one()
    await station.alarms.shelve([id], operator, { comment: 'r', durationMs: minute })
    high(station)
    expect(station.alarms.load()).toMatchObject({ rate: 0, annunciationCount: 0 })
  })
})

describe('A62: a test', () => {
  test('raises the alarm without the process, marked in the journal, and leaves nothing behind', async () => {
    const station = one({ latching: true })
    low(station)
    expect(await station.alarms.test([id], manager, 5000)).toEqual([{ id, statusCode: 0 }])
    expect(station.alarms.row(id)).toMatchObject({ state: 'unacknowledged', occurrenceCount: 0 })
    await station.clock.advance(5000)
    expect(station.state(id)).toBe('normal')
    expect(station.events.map(({ event, isTest, user }) => [event, isTest, user])).toEqual([
      ['active', true, 'maria'],
      ['returned', true, ''],
    ])
  })

  test('masks the process meanwhile; what is real then comes with its own time', async () => {
    const station = one()
    low(station)
    await station.alarms.test([id], manager, 5000)
    await station.clock.advance(1000)
    const crossed = station.clock.now()
    high(station)
    expect(station.events).toHaveLength(1)
    await station.clock.advance(4000)
    expect(station.events.slice(1).map(({ event, isTest, timestamp }) => [event, isTest, timestamp])).toEqual([
      ['returned', true, crossed + 4000],
      ['active', false, crossed],
    ])
  })

  test('is refused where it would hide something, and for no time at all', async () => {
    const station = one()
    high(station)
    expect((await station.alarms.test([id], manager, 5000))[0]!.statusCode).toBe(StatusCodes.BadInvalidState)
    for (const durationMs of [0, -1, Number.NaN, 1e12])
      expect((await station.alarms.test([id], manager, durationMs))[0]!.statusCode).toBe(StatusCodes.BadOutOfRange)
  })

  test('S20: a test that the station did not survive is over at the next start', async () => {
    const before = one({ latching: true })
    await before.alarms.test([id], manager, 60_000)
    const station = before.restart()
    expect(station.story()).toEqual(['returned normal'])
  })
})

describe('a change of the plant', () => {
  test('keeps the state of every alarm whose id stays, and journals what is different', async () => {
    const station = one()
    high(station)
    await station.alarms.acknowledge([id], operator)
    station.configure([alarmDefinition({ limit: 92, deadband: 1 }), alarmDefinition({ condition: 'low', limit: 10 })])
    await station.alarms.flushed()
    expect(station.state(id)).toBe('acknowledged')
    expect(station.events.at(-1)).toMatchObject({ event: 'changed', comment: 'limit 90 → 92, deadband 0 → 1' })
    station.configure([alarmDefinition({ limit: 96 })])
    expect(station.events.at(-1)).toMatchObject({ event: 'returned', state: 'normal' })
  })

  test('S12: a higher priority annunciates an acknowledged alarm again', async () => {
    const station = one()
    high(station)
    await station.alarms.acknowledge([id], operator)
    station.configure([alarmDefinition({ priority: 'urgent' })])
    expect(station.events.at(-1)).toMatchObject({ event: 'reAlarmed', state: 'unacknowledged', priority: 'urgent' })
  })

  test('drops removed alarms, but not before they are acknowledged', async () => {
    const station = new AlarmStation({
      definitions: [alarmDefinition(), alarmDefinition({ condition: 'highHigh', limit: 91 })],
    })
    high(station)
    await station.alarms.acknowledge(['Tank.Level/highHigh'], operator)
    station.configure([])
    await station.alarms.flushed()
    expect([...station.alarms.rows()]).toMatchObject([{ id, state: 'unacknowledged', isRemoved: true }])
    const again = station.restart([])
    expect(again.alarms.row(id)).toMatchObject({ isRemoved: true })
    expect(again.events).toEqual([])
    await again.alarms.acknowledge([id], operator)
    expect([...again.alarms.rows()]).toEqual([])
    expect((await again.alarms.acknowledge([id], operator))[0]!.statusCode).toBe(StatusCodes.BadNodeIdUnknown)
  })

  test('the empty plant of a station without a good one removes nothing', async () => {
    const before = one()
    high(before)
    await before.alarms.acknowledge([id], operator)
    const station = before.restart()
    station.configure([], {}, false)
    station.configure([alarmDefinition()])
    high(station)
    await station.alarms.flushed()
    expect(station.state(id)).toBe('acknowledged')
    expect(station.events).toEqual([])
  })

  test('an alarm that is in the plant again is what it was', async () => {
    const station = one()
    high(station)
    station.configure([])
    station.configure([alarmDefinition()])
    await station.alarms.flushed()
    expect(station.alarms.row(id)).toMatchObject({ state: 'unacknowledged', isActive: true })
    expect(station.alarms.row(id)!.isRemoved).toBeUndefined()
  })
})

describe('S20: a restart', () => {
  test('restores every region, makes no second active row, and holds until there are values', async () => {
    const definitions = ['A', 'B', 'C', 'D', 'E'].map((tag) => alarmDefinition({ tag, latching: tag === 'E' }))
    const before = new AlarmStation({ definitions })
    for (const { tag } of definitions) high(before, tag)
    await before.alarms.acknowledge(['B/high'], operator)
    await before.alarms.shelve(['C/high'], operator, { comment: 'r', durationMs: 10 * minute })
    await before.alarms.outOfService(['D/high'], operator, 'permit 9')
    low(before, 'E')
    await before.alarms.flushed()
    const rows = [...before.alarms.rows()]
    const station = before.restart()
    await station.clock.advance(minute)
    expect([...station.alarms.rows()].map((row) => ({ ...row, statusCode: 0 }))).toEqual(rows)
    expect(station.events).toEqual([])
    for (const { tag } of definitions) if (tag !== 'E') high(station, tag)
    expect(station.events).toEqual([])
    for (const { tag } of definitions) low(station, tag)
    expect(station.story()).toEqual([
      'returned returnedUnacknowledged',
      'returned normal',
      'returned shelved',
      'returned outOfService',
    ])
  })

  test('shelving goes on in wall time; one that ran out meanwhile ends at the start', async () => {
    const before = one()
    high(before)
    await before.alarms.shelve([id], operator, { comment: 'r', durationMs: 10 * minute })
    before.clock.jump(4 * minute)
    const second = before.restart()
    await second.clock.advance(5 * minute)
    expect(second.state(id)).toBe('shelved')
    second.clock.jump(60 * minute)
    const third = second.restart()
    await third.clock.advance(0)
    expect(third.story()).toEqual(['unshelved unacknowledged'])
  })

  test('a suppression is held until its expression can be decided', async () => {
    const tags = [tagDefinition('Tank.Level'), tagDefinition('Line.Stopped', { dataType: 'bool' })]
    const before = new AlarmStation({ tags, definitions: [alarmDefinition({ suppressedWhen: 'Line.Stopped' })] })
    before.samples(['Line.Stopped', true], ['Tank.Level', 95])
    const station = before.restart()
    await station.clock.advance(minute)
    expect(station.state(id)).toBe('suppressedByDesign')
    station.samples(['Line.Stopped', false])
    await station.alarms.flushed()
    expect(station.state(id)).toBe('unacknowledged')
  })

  test('re-alarms go on from the acknowledgement', async () => {
    const before = one({ reAlarmMs: 10 * minute })
    high(before)
    await before.alarms.acknowledge([id], operator)
    before.clock.jump(9 * minute)
    const station = before.restart()
    await station.clock.advance(minute)
    expect(station.story()).toEqual(['reAlarmed unacknowledged'])
  })
})

test('a closed engine leaves no timer', async () => {
  const station = one({ onDelayMs: 5000 })
  high(station)
  station.alarms.close()
  expect(station.clock.pendingCount).toBe(0)
})
