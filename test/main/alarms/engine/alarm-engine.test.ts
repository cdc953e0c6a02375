// The life of alarms through the whole engine: process, commands, shelving, alarms of the station itself, tests.
import { describe, expect, test } from 'vitest'
import { StatusCodes } from '../../../../src-main/shared/status-code.ts'
import { AlarmStation, alarmDefinition, high, low, manager, oneAlarm, operator } from '../../../fakes/alarm-station.ts'
import { tagDefinition } from '../../../fakes/tag-definition.ts'

const id = 'Tank.Level/high'
const minute = 60_000

describe('an alarm', () => {
  test('S1, S2, S5: becomes active, is acknowledged, returns and is normal again', async () => {
    const station = oneAlarm({ message: 'Level is {value} {unit} (limit {limit}) of {tag}' })
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
    const station = oneAlarm()
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
    const station = oneAlarm()
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
    const station = oneAlarm({ reAlarmMs: 5 * minute, mostReAlarms: 2 })
    high(station)
    for (let round = 0; round < 4; round++) {
      await station.alarms.acknowledge([id], operator)
      await station.clock.advance(5 * minute)
    }
    expect(station.story().filter((line) => line === 'reAlarmed unacknowledged')).toHaveLength(2)
    expect(station.alarms.load().annunciationCount).toBe(3)
  })

  test('commands of several alarms answer each, unknown ones with a sentence', async () => {
    const station = oneAlarm()
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
    const station = oneAlarm()
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
    const station = oneAlarm()
    high(station)
    await station.alarms.shelve([id], operator, shelving)
    low(station)
    await station.clock.advance(10 * minute)
    expect(station.state(id)).toBe('normal')
  })

  test('A32: a one-shot ends with the next return', async () => {
    const station = oneAlarm()
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
    const station = oneAlarm()
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
      statusCode: StatusCodes.Good,
    })
    station.alarms.systemCondition(system.id, false)
    await station.alarms.flushed()
    expect(station.state(system.id)).toBe('returnedUnacknowledged')
  })
})

describe('A62: a test', () => {
  test('raises the alarm without the process, marked in the journal, and leaves nothing behind', async () => {
    const station = oneAlarm({ latching: true })
    low(station)
    expect(await station.alarms.test([id], manager, 5000)).toEqual([{ id, statusCode: 0 }])
    expect(station.alarms.row(id)).toMatchObject({ state: 'unacknowledged', occurrenceCount: 0, isTest: true })
    await station.clock.advance(5000)
    expect(station.state(id)).toBe('normal')
    expect(station.events.map(({ event, isTest, user }) => [event, isTest, user])).toEqual([
      ['active', true, 'maria'],
      ['returned', true, ''],
    ])
  })

  test('is no test any more when the process raises the alarm after it', async () => {
    const station = oneAlarm()
    low(station)
    await station.alarms.test([id], manager, 5000)
    await station.clock.advance(5000)
    high(station)
    await station.alarms.flushed()
    expect(station.alarms.row(id)).toMatchObject({ state: 'unacknowledged' })
    expect(station.alarms.row(id)).not.toHaveProperty('isTest')
  })

  test('masks the process meanwhile; what is real then comes with its own time', async () => {
    const station = oneAlarm()
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
    const station = oneAlarm()
    high(station)
    expect((await station.alarms.test([id], manager, 5000))[0]!.statusCode).toBe(StatusCodes.BadInvalidState)
    for (const durationMs of [0, -1, Number.NaN, 1e12])
      expect((await station.alarms.test([id], manager, durationMs))[0]!.statusCode).toBe(StatusCodes.BadOutOfRange)
  })

  test('S20: a test that the station did not survive is over at the next start', async () => {
    const before = oneAlarm({ latching: true })
    await before.alarms.test([id], manager, 60_000)
    const station = before.restart()
    expect(station.story()).toEqual(['returned normal'])
  })
})

test('a closed engine leaves no timer', async () => {
  const station = oneAlarm({ onDelayMs: 5000 })
  high(station)
  station.alarms.close()
  expect(station.clock.pendingCount).toBe(0)
})
