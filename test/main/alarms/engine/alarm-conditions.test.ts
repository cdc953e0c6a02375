// When a condition is true (ALARMS.md A10 to A18), through the whole engine with a real tag table.
import { describe, expect, test } from 'vitest'
import { StatusCodes } from '../../../../src-main/shared/status-code.ts'
import { AlarmStation, alarmDefinition, operator } from '../../../fakes/alarm-station.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'
import { tagDefinition } from '../../../fakes/tag-definition.ts'

const id = 'Tank.Level/high'

describe('limits', () => {
  test('A10: each side is left where it is entered, by more than the limit and not by the limit itself', () => {
    const conditions = [
      ['highHigh', 95, 95.1],
      ['high', 90, 90.1],
      ['low', 10, 9.9],
      ['lowLow', 5, 4.9],
    ] as const
    for (const [condition, limit, beyond] of conditions) {
      const station = new AlarmStation({ definitions: [alarmDefinition({ condition, limit })] })
      station.samples(['Tank.Level', 50], ['Tank.Level', limit])
      expect(station.story(), condition).toEqual([])
      station.samples(['Tank.Level', beyond], ['Tank.Level', limit])
      expect(station.story(), condition).toEqual(['active unacknowledged', 'returned returnedUnacknowledged'])
    }
  })

  test('A11: a value that waves around its limit within the deadband is one occurrence', () => {
    const station = new AlarmStation({ definitions: [alarmDefinition({ deadband: 2 })] })
    for (let step = 0; step < 200; step++) station.samples(['Tank.Level', 89.5 + Math.sin(step) * 1.4])
    expect(station.story()).toEqual(['active unacknowledged'])
    station.samples(['Tank.Level', 88.01])
    expect(station.events).toHaveLength(1)
    station.samples(['Tank.Level', 88])
    expect(station.story()).toEqual(['active unacknowledged', 'returned returnedUnacknowledged'])
  })

  test('A12: an excursion shorter than the on-delay is none, and the delay begins anew with each', async () => {
    const station = new AlarmStation({ definitions: [alarmDefinition({ onDelayMs: 2000 })] })
    for (let round = 0; round < 5; round++) {
      station.samples(['Tank.Level', 95])
      await station.clock.advance(1900)
      station.samples(['Tank.Level', 50])
      await station.clock.advance(100)
    }
    expect(station.events).toEqual([])
    const crossed = station.clock.now()
    station.samples(['Tank.Level', 95])
    await station.clock.advance(1999)
    expect(station.events).toEqual([])
    station.samples(['Tank.Level', 97])
    await station.clock.advance(1)
    expect(station.events[0]).toMatchObject({ event: 'active', timestamp: crossed + 2000, value: 97 })
  })

  test('A13: it returns only when it stayed inside for the off-delay', async () => {
    const station = new AlarmStation({ definitions: [alarmDefinition({ offDelayMs: 3000 })] })
    station.samples(['Tank.Level', 95], ['Tank.Level', 50])
    await station.clock.advance(2999)
    station.samples(['Tank.Level', 95])
    await station.clock.advance(5000)
    expect(station.story()).toEqual(['active unacknowledged'])
    const returned = station.clock.now()
    station.samples(['Tank.Level', 50])
    await station.clock.advance(3000)
    expect(station.events[1]).toMatchObject({ event: 'returned', timestamp: returned + 3000 })
  })

  test('A15: samples that came together are judged by their source times, delays included', () => {
    const station = new AlarmStation({ definitions: [alarmDefinition({ onDelayMs: 2000 })] })
    const now = station.clock.now()
    station.samples(
      ['Tank.Level', 95, now - 60_000],
      ['Tank.Level', 50, now - 59_000],
      ['Tank.Level', 96, now - 50_000],
      ['Tank.Level', 50, now - 40_000],
    )
    expect(station.events.map(({ event, timestamp }) => [event, timestamp - now])).toEqual([
      ['active', -48_000],
      ['returned', -40_000],
    ])
  })

  test('A15: late and unordered samples keep their own time beside the time they came', () => {
    const station = new AlarmStation({ definitions: [alarmDefinition()] })
    const now = station.clock.now()
    station.samples(['Tank.Level', 95, now - 500])
    station.samples(['Tank.Level', 50, now - 9000])
    expect(
      station.events.map(({ timestamp, receivedTimestamp }) => [timestamp - now, receivedTimestamp - now]),
    ).toEqual([
      [-500, 0],
      [-9000, 0],
    ])
  })

  test('A15: a batch is journalled in the order of source times, whatever the order it was read in', () => {
    const definitions = ['A', 'B', 'C'].map((tag) => alarmDefinition({ tag }))
    const station = new AlarmStation({ definitions })
    const now = station.clock.now()
    station.samples(['A', 95, now - 1], ['B', 95, now - 3], ['C', 95, now - 2])
    expect(station.events.map(({ tag }) => tag)).toEqual(['B', 'C', 'A'])
  })

  test('A16: of exclusive limits only the outermost one is active, and the one inside comes back', async () => {
    const definitions = [
      alarmDefinition({ condition: 'highHigh', limit: 95, isExclusive: true }),
      alarmDefinition({ limit: 90, isExclusive: true }),
    ]
    const station = new AlarmStation({ definitions })
    const active = async () => {
      await station.alarms.flushed()
      return [...station.alarms.rows()].filter((row) => row.isActive).map((row) => row.condition)
    }
    station.samples(['Tank.Level', 92])
    expect(await active()).toEqual(['high'])
    station.samples(['Tank.Level', 96])
    expect(await active()).toEqual(['highHigh'])
    station.samples(['Tank.Level', 92])
    expect(await active()).toEqual(['high'])
    station.samples(['Tank.Level', 50], ['Tank.Level', 99])
    expect(station.story('Tank.Level/high').slice(4)).toEqual([])
    expect(await active()).toEqual(['highHigh'])
  })

  test('A16: limits that are not exclusive are both active', async () => {
    const station = new AlarmStation({
      definitions: [alarmDefinition({ condition: 'highHigh', limit: 95 }), alarmDefinition()],
    })
    station.samples(['Tank.Level', 96])
    await station.alarms.flushed()
    expect([...station.alarms.rows()]).toHaveLength(2)
  })

  test('A16: an outermost limit that is out of service does not hide the one inside', async () => {
    const definitions = [
      alarmDefinition({ condition: 'highHigh', limit: 95, isExclusive: true }),
      alarmDefinition({ limit: 90, isExclusive: true }),
    ]
    const station = new AlarmStation({ definitions })
    await station.alarms.outOfService(['Tank.Level/highHigh'], operator, 'permit 7')
    station.samples(['Tank.Level', 96])
    await station.alarms.flushed()
    expect(station.state(id)).toBe('unacknowledged')
  })

  test('A16: the limit inside is annunciated the moment the outermost one is shelved, and gives way when it is back', async () => {
    const definitions = [
      alarmDefinition({ condition: 'highHigh', limit: 95, isExclusive: true }),
      alarmDefinition({ limit: 90, isExclusive: true }),
    ]
    const station = new AlarmStation({ definitions })
    station.samples(['Tank.Level', 96])
    await station.alarms.shelve(['Tank.Level/highHigh'], operator, { comment: 'r', durationMs: 60_000 })
    expect(station.state(id)).toBe('unacknowledged')
    await station.clock.advance(60_000)
    expect(station.state('Tank.Level/highHigh')).toBe('unacknowledged')
    expect(station.story(id)).toEqual(['active unacknowledged', 'returned returnedUnacknowledged'])
  })

  test('A16: the inner limit that comes back has the value and time of the sample that left the outer one', () => {
    const definitions = [
      alarmDefinition({ condition: 'highHigh', limit: 95, isExclusive: true }),
      alarmDefinition({ limit: 90, isExclusive: true }),
    ]
    const station = new AlarmStation({ definitions })
    const now = station.clock.now()
    station.samples(['Tank.Level', 99, now - 3], ['Tank.Level', 93, now - 2], ['Tank.Level', 50, now - 1])
    expect(station.events.map(({ id, event, timestamp, value }) => [id, event, timestamp - now, value])).toEqual([
      ['Tank.Level/highHigh', 'active', -3, 99],
      ['Tank.Level/highHigh', 'returned', -2, 93],
      [id, 'active', -2, 93],
      [id, 'returned', -1, 50],
    ])
  })

  test('A17: a limit from another tag moves, and the change is journalled while the alarm is active', () => {
    const definitions = [alarmDefinition({ limit: 'Setpoint.High + 5.0' })]
    const station = new AlarmStation({
      definitions,
      tags: [tagDefinition('Tank.Level'), tagDefinition('Setpoint.High')],
    })
    station.samples(['Tank.Level', 95])
    expect(station.events).toEqual([])
    station.samples(['Setpoint.High', 80])
    expect(station.events[0]).toMatchObject({ event: 'active', limit: 85 })
    station.samples(['Setpoint.High', 85])
    expect(station.events[1]).toMatchObject({ event: 'changed', comment: 'limit 85 → 90', limit: 90, isActive: true })
    station.samples(['Setpoint.High', 95])
    expect(station.events.at(-1)).toMatchObject({ event: 'returned', limit: 100 })
    // It waits for its acknowledgement, but where the limit goes now is no part of that occurrence.
    station.samples(['Setpoint.High', 96])
    expect(station.events).toHaveLength(4)
  })

  test('A17: value and limit that move together are never compared with each other’s past', () => {
    const definitions = [alarmDefinition({ limit: 'Setpoint.High' })]
    const station = new AlarmStation({
      definitions,
      tags: [tagDefinition('Tank.Level'), tagDefinition('Setpoint.High')],
    })
    station.samples(['Setpoint.High', 90], ['Tank.Level', 80])
    station.samples(['Tank.Level', 95], ['Setpoint.High', 100])
    expect(station.events).toEqual([])
  })
})

describe('other conditions', () => {
  test('A19: limit and enabling follow the state of the machine, state by state', async () => {
    const idle = 0
    const running = 1
    const cleaning = 2
    const definition = alarmDefinition({
      limit: `Machine.Mode == ${cleaning} ? 98.0 : 90.0`,
      suppressedWhen: `Machine.Mode == ${idle}`,
    })
    const tags = [tagDefinition('Tank.Level'), tagDefinition('Machine.Mode', { dataType: 'int16' })]
    const table = [
      [idle, 95, 'suppressedByDesign'],
      [idle, 99, 'suppressedByDesign'],
      [running, 89, 'normal'],
      [running, 95, 'unacknowledged'],
      [cleaning, 95, 'normal'],
      [cleaning, 99, 'unacknowledged'],
    ] as const
    for (const [mode, level, state] of table) {
      const station = new AlarmStation({ tags, definitions: [definition] })
      station.samples(['Machine.Mode', mode], ['Tank.Level', level])
      await station.alarms.flushed()
      expect(station.state(id), `mode ${mode}, level ${level}`).toBe(state)
    }
  })

  test('A10: deviation follows both the value and its reference, in both directions', () => {
    const definition = alarmDefinition({ condition: 'deviation', limit: 5, deadband: 1, expression: 'Tank.Setpoint' })
    const station = new AlarmStation({
      definitions: [definition],
      tags: [tagDefinition('Tank.Level'), tagDefinition('Tank.Setpoint')],
    })
    station.samples(['Tank.Level', 50], ['Tank.Setpoint', 50])
    station.samples(['Tank.Setpoint', 56])
    station.samples(['Tank.Level', 51.5])
    expect(station.story()).toEqual(['active unacknowledged'])
    station.samples(['Tank.Level', 52])
    station.samples(['Tank.Level', 62])
    expect(station.story()).toEqual([
      'active unacknowledged',
      'returned returnedUnacknowledged',
      'active unacknowledged',
    ])
  })

  test('A10: the rate of change returns by itself when the window has passed the step', async () => {
    const definition = alarmDefinition({ condition: 'rateOfChange', limit: 1, windowMs: 10_000 })
    const station = new AlarmStation({ definitions: [definition] })
    station.samples(['Tank.Level', 0])
    await station.clock.advance(60_000)
    const stepped = station.clock.now()
    station.samples(['Tank.Level', 20])
    expect(station.story()).toEqual(['active unacknowledged'])
    await station.clock.advance(9999)
    expect(station.events).toHaveLength(1)
    await station.clock.advance(1)
    expect(station.events[1]).toMatchObject({ event: 'returned', timestamp: stepped + 10_000 })
  })

  test('A10: a slow ramp is no rate alarm, a fast one is, downwards too', async () => {
    const definition = alarmDefinition({ condition: 'rateOfChange', limit: 1, windowMs: 10_000 })
    const station = new AlarmStation({ definitions: [definition] })
    for (let second = 0; second < 60; second++) {
      station.samples(['Tank.Level', 0.9 * second])
      await station.clock.advance(1000)
    }
    expect(station.events).toEqual([])
    for (let second = 0; second < 12; second++) {
      station.samples(['Tank.Level', 53.1 - 1.5 * second])
      await station.clock.advance(1000)
    }
    expect(station.story()).toEqual(['active unacknowledged'])
  })

  test('A10: discrete is active at the abnormal value, whatever the type', () => {
    const definitions = [
      alarmDefinition({ tag: 'Pump.Fault', condition: 'discrete' }),
      alarmDefinition({ tag: 'Mode', condition: 'discrete', limit: 3 }),
    ]
    const tags = [tagDefinition('Pump.Fault', { dataType: 'bool' }), tagDefinition('Mode', { dataType: 'int64' })]
    const station = new AlarmStation({ definitions, tags })
    station.samples(['Pump.Fault', false], ['Mode', 2n], ['Pump.Fault', true], ['Mode', 3n])
    expect(station.events.map(({ id, value }) => [id, value])).toEqual([
      ['Pump.Fault/discrete', true],
      ['Mode/discrete', 3],
    ])
  })

  test('A10: a change of state is active for its off-delay; the first value is no change', async () => {
    const definition = alarmDefinition({ tag: 'Recipe', condition: 'changeOfState', offDelayMs: 1000 })
    const station = new AlarmStation({
      definitions: [definition],
      tags: [tagDefinition('Recipe', { dataType: 'string' })],
    })
    station.samples(['Recipe', 'cola'])
    expect(station.events).toEqual([])
    station.samples(['Recipe', 'water'])
    await station.clock.advance(1000)
    expect(station.story()).toEqual(['active unacknowledged', 'returned returnedUnacknowledged'])
    expect(station.events[0]!.value).toBe('water')
  })

  test('A10: a change of state without off-delay has returned at once and waits for its acknowledgement', () => {
    const station = new AlarmStation({ definitions: [alarmDefinition({ condition: 'changeOfState' })] })
    station.samples(['Tank.Level', 1], ['Tank.Level', 2])
    expect(station.story()).toEqual(['active unacknowledged', 'returned returnedUnacknowledged'])
  })

  test('A10: an expression over several tags, once for all that change together', () => {
    const definition = alarmDefinition({
      condition: 'expression',
      limit: null,
      expression: 'Tank.Level > 90 && Valve.Open',
    })
    const tags = [tagDefinition('Tank.Level'), tagDefinition('Valve.Open', { dataType: 'bool' })]
    const station = new AlarmStation({ definitions: [definition], tags })
    station.samples(['Tank.Level', 50], ['Valve.Open', true])
    station.samples(['Tank.Level', 95], ['Valve.Open', false])
    expect(station.events).toEqual([])
    const now = station.clock.now()
    station.samples(['Valve.Open', true, now + 5], ['Tank.Level', 96, now + 6])
    expect(station.events[0]).toMatchObject({ event: 'active', timestamp: now + 6, value: 96 })
  })

  test('A15: an expression sees every sample of a tag, not only the last of a batch', () => {
    const definition = alarmDefinition({ condition: 'expression', limit: null, expression: 'Tank.Level > 90' })
    const station = new AlarmStation({ definitions: [definition] })
    station.samples(['Tank.Level', 95, 1000], ['Tank.Level', 50, 2000], ['Tank.Level', 96, 3000])
    expect(station.events.map(({ event, timestamp, value }) => [event, timestamp, value])).toEqual([
      ['active', 1000, 95],
      ['returned', 2000, 50],
      ['active', 3000, 96],
    ])
  })

  test('A10: an expression with age() comes true by time alone', async () => {
    const definition = alarmDefinition({ condition: 'expression', limit: null, expression: 'age(Tank.Level) > 30' })
    const station = new AlarmStation({ definitions: [definition] })
    station.samples(['Tank.Level', 50])
    await station.clock.advance(29_000)
    expect(station.events).toEqual([])
    await station.clock.advance(3000)
    expect(station.story()).toEqual(['active unacknowledged'])
  })

  test('A10: stale counts updates that change nothing, and is not fooled by a clock that is set', async () => {
    const station = new AlarmStation({ definitions: [alarmDefinition({ condition: 'stale', onDelayMs: 10_000 })] })
    for (let round = 0; round < 5; round++) {
      station.samples(['Tank.Level', 50])
      await station.clock.advance(6000)
    }
    expect(station.events).toEqual([])
    station.clock.jump(3_600_000)
    station.samples(['Tank.Level', 50])
    await station.clock.advance(9000)
    expect(station.events).toEqual([])
    await station.clock.advance(6000)
    expect(station.story()).toEqual(['active unacknowledged'])
    station.samples(['Tank.Level', 50])
    await station.clock.advance(1000)
    expect(station.story()).toEqual(['active unacknowledged', 'returned returnedUnacknowledged'])
  })
})

describe('quality', () => {
  const bad = StatusCodes.BadSensorFailure

  test('S19: a Bad value holds every limit as it is, never silently normal, and the row says so', async () => {
    const station = new AlarmStation({ definitions: [alarmDefinition()] })
    station.samples(['Tank.Level', 95], ['Tank.Level', null, undefined, bad])
    await station.alarms.flushed()
    expect(station.alarms.row(id)).toMatchObject({ state: 'unacknowledged', statusCode: bad })
    expect(station.story()).toEqual(['active unacknowledged'])
    station.samples(['Tank.Level', 50])
    expect(station.story()).toEqual(['active unacknowledged', 'returned returnedUnacknowledged'])
  })

  test('S19: a number that comes with a Bad quality is not believed, in neither direction', () => {
    const station = new AlarmStation({ definitions: [alarmDefinition()] })
    station.samples(['Tank.Level', 95, undefined, bad])
    expect(station.events).toEqual([])
    station.samples(['Tank.Level', 95])
    station.samples(['Tank.Level', 50, undefined, bad])
    expect(station.story()).toEqual(['active unacknowledged'])
  })

  test('S19: a change of quality alone is told to whoever lists the alarm', async () => {
    const station = new AlarmStation({ definitions: [alarmDefinition()] })
    station.samples(['Tank.Level', 95])
    await station.alarms.flushed()
    station.committed.length = 0
    station.samples(['Tank.Level', null, undefined, bad])
    await station.clock.advance(0)
    expect(station.committed).toEqual([{ events: [], ids: [id] }])
  })

  test('S19: with onBadQuality suppress a Bad value suppresses by design, and a good one ends it', () => {
    const station = new AlarmStation({ definitions: [alarmDefinition({ onBadQuality: 'suppress' })] })
    station.samples(['Tank.Level', 95])
    station.samples(['Tank.Level', null, undefined, bad])
    station.samples(['Tank.Level', 95])
    expect(station.story()).toEqual([
      'active unacknowledged',
      'suppressed suppressedByDesign',
      'unsuppressed unacknowledged',
    ])
  })

  test('A18: Uncertain values count or hold, as the alarm says', () => {
    for (const usesUncertain of [true, false]) {
      const station = new AlarmStation({ definitions: [alarmDefinition({ usesUncertain })] })
      station.samples(['Tank.Level', 95, undefined, StatusCodes.UncertainSensorNotAccurate])
      expect(station.events).toHaveLength(usesUncertain ? 1 : 0)
    }
  })

  test('A18: an Uncertain limit, reference or input of an expression counts or holds, as the alarm says', () => {
    const conditions = [
      { condition: 'high', limit: 'Ref' },
      { condition: 'deviation', limit: 5, expression: 'Ref' },
      { condition: 'expression', limit: null, expression: 'Ref < 45.0' },
    ] as const
    for (const usesUncertain of [true, false])
      for (const condition of conditions) {
        const station = new AlarmStation({
          tags: [tagDefinition('Tank.Level'), tagDefinition('Ref')],
          definitions: [alarmDefinition({ ...condition, usesUncertain })],
        })
        station.samples(['Ref', 50], ['Tank.Level', 50])
        station.samples(['Ref', 40, undefined, StatusCodes.UncertainSensorNotAccurate])
        expect(station.events, `${condition.condition} ${usesUncertain}`).toHaveLength(usesUncertain ? 1 : 0)
        station.samples(['Ref', 40])
        expect(station.events, condition.condition).toHaveLength(1)
      }
  })

  test('A10: badQuality takes Uncertain only when it is told to', () => {
    for (const usesUncertain of [true, false]) {
      const station = new AlarmStation({ definitions: [alarmDefinition({ condition: 'badQuality', usesUncertain })] })
      station.samples(['Tank.Level', 50, undefined, StatusCodes.UncertainSensorNotAccurate])
      expect(station.events).toHaveLength(usesUncertain ? 1 : 0)
      station.samples(['Tank.Level', null, undefined, bad])
      expect(station.events).toHaveLength(1)
      station.samples(['Tank.Level', 50])
      expect(station.story()).toEqual(['active unacknowledged', 'returned returnedUnacknowledged'])
    }
  })

  test('S19: an expression over a Bad value holds', () => {
    const definition = alarmDefinition({ condition: 'expression', limit: null, expression: 'Tank.Level > 90' })
    const station = new AlarmStation({ definitions: [definition] })
    station.samples(['Tank.Level', 95], ['Tank.Level', null, undefined, bad])
    expect(station.story()).toEqual(['active unacknowledged'])
  })

  test('a tag without any value yet is no alarm of any kind', async () => {
    const conditions = ['high', 'low', 'badQuality', 'discrete'] as const
    const station = new AlarmStation({ definitions: conditions.map((condition) => alarmDefinition({ condition })) })
    await station.clock.advance(60_000)
    expect(station.events).toEqual([])
    const again = new AlarmStation({ definitions: [alarmDefinition({ condition: 'badQuality' })] })
    again.samples(['Tank.Level', 50], ['Tank.Level', null, undefined, StatusCodes.BadWaitingForInitialData])
    expect(again.events).toEqual([])
  })
})

test('A66: a wall clock that goes back does not stop delays', async () => {
  const clock = new FakeClock()
  const station = new AlarmStation({ definitions: [alarmDefinition({ onDelayMs: 2000 })], clock })
  station.samples(['Tank.Level', 95])
  clock.jump(-7_200_000)
  await clock.advance(2000)
  expect(station.story()).toEqual(['active unacknowledged'])
})
