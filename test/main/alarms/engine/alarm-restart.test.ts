// Alarms over a change of the plant and over a restart.
import { describe, expect, test } from 'vitest'
import { StatusCodes } from '../../../../src-main/shared/status-code.ts'
import { AlarmStation, alarmDefinition, high, low, oneAlarm, operator } from '../../../fakes/alarm-station.ts'
import { tagDefinition } from '../../../fakes/tag-definition.ts'

const id = 'Tank.Level/high'
const minute = 60_000

describe('a change of the plant', () => {
  test('keeps the state of every alarm whose id stays, and journals what is different', async () => {
    const station = oneAlarm()
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
    const station = oneAlarm()
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
    const before = oneAlarm()
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
    const station = oneAlarm()
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
    const before = oneAlarm()
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
    const before = oneAlarm({ reAlarmMs: 10 * minute })
    high(before)
    await before.alarms.acknowledge([id], operator)
    before.clock.jump(9 * minute)
    const station = before.restart()
    await station.clock.advance(minute)
    expect(station.story()).toEqual(['reAlarmed unacknowledged'])
  })
})
