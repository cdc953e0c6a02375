// Many alarms of one moment are worked off in slices: nothing is lost, and everything keeps its order.
import { describe, expect, test } from 'vitest'
import { ValueBatchBuilder } from '../../../../src-main/shared/value-batch.ts'
import { AlarmStation, alarmDefinition, operator } from '../../../fakes/alarm-station.ts'
import { tagDefinition } from '../../../fakes/tag-definition.ts'

const count = 3500
const tags = Array.from({ length: count }, (_, at) => tagDefinition(`T${at}`))
const definitions = tags.map(({ name }) => alarmDefinition({ tag: name, limit: 90 }))
const idOf = (at: number) => `T${at}/high`

function stationOf(): AlarmStation {
  const station = new AlarmStation({ tags, definitions })
  told(station, 50)
  return station
}

/** One batch with the same value for the tags `from` up to `to`. The columns are written over afterwards, as a receiver may. */
function told(station: AlarmStation, value: number, from = 0, to = count): void {
  const builder = new ValueBatchBuilder(count)
  for (let at = from; at < to; at++) builder.addNumber(station.table.handleOf(`T${at}`)!, value, 0, station.clock.now())
  const batch = station.table.apply(builder.take())
  station.alarms.changes(batch)
  batch.value.fill(Number.NaN)
  batch.handle.fill(0)
}

const rowsOf = (station: AlarmStation) => station.events.map(({ event, id }) => `${event} ${id}`)
const expectedRows = (...steps: (readonly [string, number, number])[]) =>
  steps.flatMap(([event, from, to]) => Array.from({ length: to - from }, (_, at) => `${event} ${idOf(from + at)}`))

describe('a batch that moves thousands of alarms', () => {
  test('is begun at once and goes on in turns of the event loop, in the order of its samples', async () => {
    const station = stationOf()
    told(station, 95)
    const begun = station.events.length
    expect(begun).toBeGreaterThan(0)
    expect(begun).toBeLessThan(count / 2)
    await station.alarms.flushed()
    expect(rowsOf(station)).toEqual(expectedRows(['active', 0, count]))
    expect(station.alarms.ledger().pendingCount).toBe(0)
  })

  test('is done before batches that came meanwhile, and those keep their order', async () => {
    const station = stationOf()
    told(station, 95)
    told(station, 50, 0, 5)
    told(station, 95, 3, 4)
    await station.alarms.flushed()
    expect(rowsOf(station)).toEqual(expectedRows(['active', 0, count], ['returned', 0, 5], ['active', 3, 4]))
  })

  test('is done before a command: what came before it is acknowledged', async () => {
    const station = stationOf()
    told(station, 95)
    const results = await station.alarms.acknowledge([idOf(count - 1)], operator)
    expect(results).toMatchObject([{ statusCode: 0 }])
    expect(rowsOf(station).at(-1)).toBe(`acknowledged ${idOf(count - 1)}`)
    expect(station.events).toHaveLength(count + 1)
  })

  test('is done before a device is lost or another one is told of', async () => {
    const lost = alarmDefinition({
      tag: 'device:plc',
      condition: 'deviceLost',
      limit: null,
      id: 'device:plc/deviceLost',
    })
    const system = alarmDefinition({ tag: 'runtime:disk', condition: 'system', limit: null })
    const station = new AlarmStation({ tags, definitions: [...definitions, lost, system] })
    told(station, 95)
    station.devices(['plc', 'failed'])
    told(station, 50, 0, 1)
    station.alarms.systemCondition(system.id, true)
    expect(station.events.length).toBeLessThan(count)
    await station.alarms.flushed()
    expect(rowsOf(station)).toEqual([
      ...expectedRows(['active', 0, count]),
      `active ${lost.id}`,
      `returned ${idOf(0)}`,
      `active ${system.id}`,
    ])
  })

  test('is done before another plant, and before the end of the station', () => {
    for (const next of [
      (station: AlarmStation) => station.configure(definitions),
      (station: AlarmStation) => station.alarms.close(),
    ]) {
      const station = stationOf()
      told(station, 95)
      next(station)
      expect(rowsOf(station)).toEqual(expectedRows(['active', 0, count]))
    }
  })

  test('lets times that are due meanwhile wait for its end', async () => {
    const delayed = alarmDefinition({ tag: 'Late', limit: 90, onDelayMs: 1000 })
    const station = new AlarmStation({ tags: [...tags, tagDefinition('Late')], definitions: [...definitions, delayed] })
    told(station, 50)
    station.samples(['Late', 95])
    await station.clock.advance(900)
    told(station, 95)
    await station.clock.advance(200)
    await station.alarms.flushed()
    await station.clock.advance(1)
    await station.alarms.flushed()
    expect(rowsOf(station)).toEqual([...expectedRows(['active', 0, count]), 'active Late/high'])
  })
})
