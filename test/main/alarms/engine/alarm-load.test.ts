// Floods, chattering, and what counts as load, through the whole engine.
import { describe, expect, test } from 'vitest'
import { AlarmStation, alarmDefinition, high, low, manager, oneAlarm, operator } from '../../../fakes/alarm-station.ts'

const id = 'Tank.Level/high'
const minute = 60_000

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

  test('A41: what was annunciated at one instant leaves the window at one instant, however much it was', async () => {
    const tags = Array.from({ length: 3000 }, (_, at) => `T${at}`)
    const station = new AlarmStation({ definitions: tags.map((tag) => alarmDefinition({ tag })) })
    station.samples(...tags.slice(0, 700).map((tag) => [tag, 95] as const))
    expect(station.alarms.load().rate).toBe(700)
    // One after the other: more moments than are kept without tidying up.
    for (const tag of tags.slice(700)) {
      await station.clock.advance(1)
      high(station, tag)
    }
    expect(station.alarms.load().rate).toBe(3000)
    await station.clock.advance(10 * minute - 2300)
    expect(station.alarms.load().rate).toBe(2300)
    await station.clock.advance(1500)
    expect(station.alarms.load().rate).toBe(800)
    await station.clock.advance(800)
    expect(station.alarms.load()).toMatchObject({ rate: 0, floodTimestamp: null })
  })

  test('A48: three activations within a minute are chattering, until a minute has only two', async () => {
    const station = oneAlarm()
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

  test('A48: the window of chattering is shorter than its length: three activations at 0, 30 and 60 s are none', async () => {
    const station = oneAlarm()
    high(station)
    for (const wait of [30_000, 29_999]) {
      await station.clock.advance(wait)
      low(station)
      high(station)
    }
    await station.alarms.flushed()
    expect(station.alarms.row(id)!.isChattering).toBe(true)
    const slower = oneAlarm()
    high(slower)
    for (const wait of [30_000, 30_000]) {
      await slower.clock.advance(wait)
      low(slower)
      high(slower)
    }
    await slower.alarms.flushed()
    expect(slower.alarms.row(id)!.isChattering).toBeUndefined()
  })

  test('A37: suppressed, shelved and tested alarms are no load', async () => {
    const station = new AlarmStation({
      definitions: [
        alarmDefinition(),
        alarmDefinition({ tag: 'B' }),
        alarmDefinition({ tag: 'C', suppressedWhen: 'C > 0.0' }),
        alarmDefinition({ tag: 'D' }),
      ],
    })
    await station.alarms.shelve([id], operator, { comment: 'r', durationMs: minute })
    await station.alarms.outOfService(['B/high'], manager, 'permit 1')
    for (const tag of ['Tank.Level', 'B', 'C']) high(station, tag)
    expect(station.alarms.load()).toMatchObject({ rate: 0, annunciationCount: 0 })
    // A test is to be heard, but it is no load.
    await station.alarms.test(['D/high'], manager, minute)
    expect(station.alarms.load()).toMatchObject({ rate: 0, annunciationCount: 1 })
  })

  test('A41: every alarm that becomes unacknowledged counts: new, again, off the shelf, no longer suppressed, back in service', async () => {
    const station = new AlarmStation({
      definitions: [
        alarmDefinition({ reAlarmMs: minute }),
        alarmDefinition({ tag: 'B' }),
        alarmDefinition({ tag: 'C', suppressedWhen: 'D > 0.0' }),
        alarmDefinition({ tag: 'D', limit: 1000 }),
      ],
    })
    const rateAfter = async (step: () => unknown) => {
      await step()
      return station.alarms.load().rate
    }
    expect(await rateAfter(() => high(station))).toBe(1)
    expect(await rateAfter(() => station.alarms.acknowledge([id], operator))).toBe(1)
    expect(await rateAfter(() => station.clock.advance(minute))).toBe(2)
    await station.alarms.shelve(['B/high'], operator, { comment: 'r', durationMs: minute })
    expect(await rateAfter(() => high(station, 'B'))).toBe(2)
    expect(await rateAfter(() => station.alarms.unshelve(['B/high'], operator, ''))).toBe(3)
    station.samples(['D', 1])
    expect(await rateAfter(() => high(station, 'C'))).toBe(3)
    expect(await rateAfter(() => station.samples(['D', 0]))).toBe(4)
    expect(await rateAfter(() => station.alarms.outOfService(['B/high'], manager, 'permit 2'))).toBe(4)
    expect(await rateAfter(() => station.alarms.returnToService(['B/high'], manager, ''))).toBe(5)
  })
})
