// Which alarm of a group came first, through the whole engine.
import { describe, expect, test } from 'vitest'
import { AlarmStation, alarmDefinition, high, low, operator } from '../../../fakes/alarm-station.ts'

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

  test('an alarm of no group, or of another one, makes no tie', async () => {
    const others = [alarmDefinition({ tag: 'X' }), alarmDefinition({ tag: 'Y', firstOutGroup: 'other' })]
    const station = new AlarmStation({ definitions: [...definitions, ...others] })
    const now = station.clock.now()
    station.samples(['A', 95, now], ['X', 95, now], ['Y', 95, now])
    await station.alarms.flushed()
    expect(marks(station)).toEqual(['A', 'Y'])
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

  test('one that is normal again while others are not does not begin the group anew', async () => {
    const station = new AlarmStation({ definitions })
    high(station, 'A')
    await station.clock.advance(10)
    high(station, 'B')
    low(station, 'B')
    await station.alarms.acknowledge(['B/high'], operator)
    await station.clock.advance(10)
    high(station, 'C')
    await station.alarms.flushed()
    expect(station.state('B/high')).toBe('normal')
    expect(marks(station)).toEqual(['A'])
  })

  test('the first one keeps its mark when it goes and comes again while the group lasts', async () => {
    const station = new AlarmStation({ definitions })
    for (const [change, tag] of [
      [high, 'A'],
      [high, 'B'],
      [low, 'A'],
      [high, 'A'],
    ] as const) {
      change(station, tag)
      await station.clock.advance(10)
    }
    await station.alarms.flushed()
    expect(marks(station)).toEqual(['A'])
    expect(station.alarms.row('A/high')).toMatchObject({ occurrenceCount: 2 })
  })

  test('one that is shelved is not the first: what operators were told first is', async () => {
    const station = new AlarmStation({ definitions })
    await station.alarms.shelve(['A/high'], operator, { comment: 'r', durationMs: 60_000 })
    high(station, 'A')
    await station.clock.advance(10)
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
