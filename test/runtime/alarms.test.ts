// Alarms of a real station from the register of a PLC to whoever watches: what the parts do together. The states themselves are in
// alarm-scenarios.test.ts.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { AlarmEvent, AlarmSummary } from '../../src-main/shared/alarm.ts'
import { patience as waitFor } from '../fakes/busy-machine.ts'
import { AlarmDevice, stationUser } from './alarm-device.ts'
import { FeedReader } from './alarm-people.ts'
import { endProcess, StationProcess } from './station-process.ts'

const level = (limit: number, more = '') => `
  - { name: Tank.Level, device: plc, address: "40001:int16", unit: "%", scan: fast, alarms: [
      { condition: high, limit: ${limit}, priority: high, message: { en: "Level {value}", zh-CN: "液位 {value}" } } ] }
${more}`

/** Measured and calculated tags in one condition: it is never true while they fit each other. */
const measuredAndCalculated = `
  - { name: Line.Speed, device: plc, address: "40002:int16", scan: fast }
  - { name: Line.Double, expression: "Line.Speed * 2" }
  - { name: Line.Sense, expression: "true", dataType: bool, alarms: [
      { condition: expression, expression: "double(Line.Double) != double(Line.Speed) * 2.0", message: "never" } ] }
  - { name: Line.Fast, expression: "true", dataType: bool, alarms: [
      { condition: expression, expression: "double(Line.Double) > 150.0", message: "fast" } ] }
`

let plc: AlarmDevice
afterEach(() => plc.close())

async function startedAt(value: number, tags: string): Promise<void> {
  plc = await AlarmDevice.start({ tags })
  plc.set(40_001, value)
  await vi.waitFor(async () => expect((await plc.station.read('Tank.Level')).value).toBe(value), waitFor)
}

describe('alarms of a station', () => {
  test('every event reaches a watcher in order, as the journal has it; a later one catches up from where it was', async () => {
    await startedAt(50, level(90))
    const watch = await FeedReader.open<{ events: AlarmEvent[] }>(plc.station, 'alarms.watch')
    for (const value of [95, 50, 96, 51]) {
      plc.set(40_001, value)
      await plc.until('Tank.Level/high', value > 90 ? 'unacknowledged' : 'returnedUnacknowledged')
    }
    const { results } = await plc.station.call('alarms.acknowledge', {
      ids: ['Tank.Level/high'],
      comment: 'gesehen 已看',
    })
    expect(results).toEqual([{ id: 'Tank.Level/high', statusCode: 0 }])
    await vi.waitFor(() => expect(watch.items.flatMap(({ events }) => events)).toHaveLength(5), waitFor)
    const seen = watch.items.flatMap(({ events }) => events)
    expect(seen).toEqual(await plc.journal())
    expect(seen.map(({ event, state, user, comment }) => [event, state, user, comment])).toEqual([
      ['active', 'unacknowledged', '', ''],
      ['returned', 'returnedUnacknowledged', '', ''],
      ['active', 'unacknowledged', '', ''],
      ['returned', 'returnedUnacknowledged', '', ''],
      ['acknowledged', 'normal', stationUser.user, 'gesehen 已看'],
    ])
    watch.close()

    await plc.killAndRestart()
    const later = await FeedReader.open<{ events: AlarmEvent[] }>(plc.station, 'alarms.watch?since=2')
    await vi.waitFor(() => expect(later.items.flatMap(({ events }) => events)).toEqual(seen.slice(2)), waitFor)
    later.close()
    const { events } = await plc.station.call('audit.read', { limit: 20 })
    expect(events.find(({ action }) => action === 'alarms.acknowledge')).toMatchObject({
      user: stationUser.user,
      target: 'Tank.Level/high',
      comment: 'gesehen 已看',
      statusCode: 0,
    })
  })

  test('summary and window show an alarm when it comes, with its words in both languages, and when it has gone', async () => {
    await startedAt(50, level(90))
    const summary = await FeedReader.open<AlarmSummary>(plc.station, 'alarms.summary')
    const view = await FeedReader.open<{ total: number }>(plc.station, 'alarms.view?states=unacknowledged&count=10')
    await vi.waitFor(() => expect([summary.items.length, view.items.length]).toEqual([1, 1]), waitFor)
    plc.set(40_001, 95)
    await vi.waitFor(() => expect(summary.items.at(-1)?.counts.unacknowledged.high).toBe(1), waitFor)
    expect(summary.items.at(-1)).toMatchObject({
      annunciationCount: 1,
      annunciatedPriority: 'high',
      rate: 1,
      floodTimestamp: null,
      isJournalled: true,
      top: [{ id: 'Tank.Level/high', message: 'Level 95', messages: { en: 'Level 95', 'zh-CN': '液位 95' } }],
    })
    await vi.waitFor(() => expect(view.items.at(-1)?.total).toBe(1), waitFor)
    await plc.station.call('alarms.acknowledge', { ids: ['Tank.Level/high'] })
    await vi.waitFor(() => expect(view.items.at(-1)?.total).toBe(0), waitFor)
    expect(summary.items.at(-1)?.counts).toMatchObject({ unacknowledged: { high: 0 }, active: { high: 1 } })
    summary.close()
    view.close()
    const health = (await plc.station.call('maintenance.health', {})).alarms
    expect(health).toMatchObject({ active: 1, unacknowledged: 0, pendingCount: 0, journal: { isWriting: true } })
    const metrics = await fetch(new URL('/metrics', plc.station.url), {
      headers: { Authorization: `Bearer ${plc.station.token}` },
    })
    expect(await metrics.text()).toContain('lineside_alarms_active 1\n')
  })

  test('a condition of measured and calculated tags sees them as they fit each other', async () => {
    await startedAt(50, level(90, measuredAndCalculated))
    for (let value = 1; value <= 100; value++) {
      plc.set(40_002, value)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await plc.until('Line.Fast/expression', 'unacknowledged')
    expect(await plc.journalStates('Line.Sense/expression')).toEqual([])
    expect(await plc.journalStates('Line.Fast/expression')).toEqual(['unacknowledged'])
  })

  test('the plant changes while alarms are active: a limit is taken over, a removed alarm stays until it is acknowledged', async () => {
    await startedAt(95, level(90))
    const id = 'Tank.Level/high'
    const write = (tags: string) => writeFileSync(join(plc.folder, 'tags', 'plc.yaml'), `tags:\n${tags}`)
    await plc.until(id, 'unacknowledged')
    write(level(99))
    await plc.until(id, 'returnedUnacknowledged')
    write('  - { name: Tank.Level, device: plc, address: "40001:int16", unit: "%", scan: fast }\n')
    await vi.waitFor(async () => expect((await plc.list())[0]).toMatchObject({ id, isRemoved: true }), waitFor)
    await plc.station.call('alarms.acknowledge', { ids: [id] })
    expect(await plc.list()).toEqual([])
    const events = (await plc.journal(id)).map(({ event }) => event)
    expect(events[0]).toBe('active')
    expect(events).toContain('changed')
    expect(events).toContain('removed')
  })

  test('a faulty plant folder raises no alarm and takes none away; a clean stop and start makes none', async () => {
    await startedAt(95, level(90))
    await plc.until('Tank.Level/high', 'unacknowledged')
    writeFileSync(join(plc.folder, 'tags', 'plc.yaml'), 'tags: [ {')
    await vi.waitFor(
      async () => expect((await plc.station.call('plant.faults', {})).faults.length).toBeGreaterThan(0),
      waitFor,
    )
    const { dataFolder, child } = plc.station
    await endProcess(child)
    plc.station = await StationProcess.start(plc.folder, { dataFolder, ...stationUser })
    await vi.waitFor(async () => expect((await plc.station.read('Tank.Level')).value).toBe(95), waitFor)
    expect((await plc.list()).map(({ id, state }) => [id, state])).toEqual([['Tank.Level/high', 'unacknowledged']])
    expect((await plc.journal()).map(({ event }) => event)).toEqual(['active'])
  })

  test('a journal that cannot be opened stops nothing: alarms are shown, and the station says that they are not kept', async () => {
    await startedAt(50, level(90))
    const { dataFolder, child } = plc.station
    await endProcess(child)
    // As a newer Lineside would leave it.
    const database = new Sqlite(join(dataFolder, 'alarms.sqlite'))
    database.pragma('user_version = 999')
    database.close()
    plc.set(40_001, 95)
    plc.station = await StationProcess.start(plc.folder, { dataFolder, ...stationUser })
    await plc.until('Tank.Level/high', 'unacknowledged')
    await plc.until('runtime:alarms/notJournalled', 'unacknowledged')
    const refused = await plc.station.post('alarms.journal', {})
    expect(refused.status).toBe(503)
    expect(JSON.stringify(refused.body)).toContain('the alarm journal could not be opened')
    const summary = await FeedReader.open<AlarmSummary>(plc.station, 'alarms.summary')
    await vi.waitFor(() => expect(summary.items.at(-1)).toMatchObject({ isJournalled: false }), waitFor)
    summary.close()
    const watch = await FeedReader.open<{ events: AlarmEvent[] }>(plc.station, 'alarms.watch?since=0')
    await vi.waitFor(() => expect(watch.items.flatMap(({ events }) => events)).toHaveLength(2), waitFor)
    watch.close()
  })
})
