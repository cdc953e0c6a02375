// The plant is edited while alarms come and go: nothing sticks, nothing is lost, nothing comes twice. Through HTTP and files alone.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { patience as waitFor } from '../fakes/busy-machine.ts'
import { AlarmDevice, stationUser } from './alarm-device.ts'
import { endProcess, StationProcess } from './station-process.ts'

const id = 'Tank.Level/high'
const level =
  '  - { name: Tank.Level, device: plc, address: "40001:int16", scan: fast, alarms: [ { condition: high, limit: 90 } ] }\n'
const levelAlone = '  - { name: Tank.Level, device: plc, address: "40001:int16", scan: fast }\n'
const pace = '  - { name: Pace, device: plc, address: "40090:int16", scan: fast }\n'

let plc: AlarmDevice
afterEach(() => plc.close())

function write(tags: string): void {
  writeFileSync(join(plc.folder, 'tags', 'plc.yaml'), `tags:\n${tags}`)
}

let turn = 0
/** Everything that was set before has been read and judged. */
async function settled(): Promise<void> {
  turn = (turn % 30_000) + 1
  plc.set(40_090, turn)
  await vi.waitFor(async () => expect((await plc.station.read('Pace')).value).toBe(turn), waitFor)
}

async function events(): Promise<readonly string[]> {
  return (await plc.journal(id)).map(({ event, isActive }) => `${event}${isActive ? '' : '-'}`)
}

test('an alarm that left the plant unacknowledged and comes back with a normal value has returned', async () => {
  plc = await AlarmDevice.start({ tags: level + pace, initial: { 40001: 95 } })
  await plc.until(id, 'unacknowledged')
  write(levelAlone + pace)
  await vi.waitFor(async () => expect((await plc.list())[0]).toMatchObject({ id, isRemoved: true }), waitFor)
  plc.set(40_001, 50)
  await settled()
  write(level + pace)
  await plc.until(id, 'returnedUnacknowledged')
  const { results } = await plc.station.call('alarms.acknowledge', { ids: [id] })
  expect(results[0]!.statusCode).toBe(0)
  expect(await plc.list()).toEqual([])
  plc.set(40_001, 95)
  await plc.until(id, 'unacknowledged')
  expect(await events()).toEqual(['active', 'removed', 'changed', 'returned-', 'acknowledged-', 'active'])
})

test('a station that starts on a faulty folder knows what has returned as soon as the folder is good again', async () => {
  plc = await AlarmDevice.start({ tags: level + pace, initial: { 40001: 95 } })
  await plc.until(id, 'unacknowledged')
  await plc.station.call('alarms.acknowledge', { ids: [id] })
  const { dataFolder, child } = plc.station
  await endProcess(child, 'SIGKILL')
  write('  - { name: ')
  plc.set(40_001, 50)
  plc.station = await StationProcess.start(plc.folder, { dataFolder, ...stationUser })
  expect(await plc.state(id)).toBe('acknowledged')
  write(level + pace)
  await plc.until(id, 'normal')
  expect(await events()).toEqual(['active', 'acknowledged', 'returned-'])
  plc.set(40_001, 95)
  await plc.until(id, 'unacknowledged')
})

test('a change of state whose time runs out while the station is down has returned after the start', async () => {
  const pulse =
    '  - { name: Door, device: plc, address: "00001:bool", scan: fast, alarms: [ { condition: changeOfState, offDelay: 2 s } ] }\n'
  plc = await AlarmDevice.start({ tags: pulse + pace })
  await settled()
  plc.set(1, true)
  await plc.until('Door/changeOfState', 'unacknowledged')
  await plc.killAndRestart()
  await settled()
  await plc.until('Door/changeOfState', 'returnedUnacknowledged')
  const rows = await plc.journal('Door/changeOfState')
  expect(rows.map(({ event }) => event)).toEqual(['active', 'returned'])
  expect(rows[1]!.timestamp - rows[0]!.timestamp).toBe(2000)
})

test('a tag that leaves and comes back between two values, unacknowledged: one occurrence, no second row of it', async () => {
  plc = await AlarmDevice.start({ tags: level + pace, initial: { 40001: 95 } })
  await plc.until(id, 'unacknowledged')
  const [before] = await plc.list()
  rmSync(join(plc.folder, 'tags', 'plc.yaml'))
  await vi.waitFor(async () => expect((await plc.list())[0]).toMatchObject({ id, isRemoved: true }), waitFor)
  await plc.killAndRestart()
  await vi.waitFor(async () => expect((await plc.list())[0]).toMatchObject({ id, isRemoved: true }), waitFor)
  write(level + pace)
  await vi.waitFor(async () => expect((await plc.list())[0]!.isRemoved).toBeUndefined(), waitFor)
  await settled()
  expect((await plc.list())[0]).toMatchObject({
    id,
    state: 'unacknowledged',
    eventId: before!.eventId,
    occurrenceCount: 1,
  })
  expect(await events()).toEqual(['active', 'removed', 'changed'])
  plc.set(40_001, 50)
  await plc.until(id, 'returnedUnacknowledged')
})

test('an alarm that left the plant and was acknowledged leaves once, however often the station starts after that', async () => {
  plc = await AlarmDevice.start({ tags: level + pace, initial: { 40001: 95 } })
  await plc.until(id, 'unacknowledged')
  write(levelAlone + pace)
  await vi.waitFor(async () => expect((await plc.list())[0]).toMatchObject({ id, isRemoved: true }), waitFor)
  await plc.station.call('alarms.acknowledge', { ids: [id] })
  await plc.killAndRestart()
  await settled()
  expect(await plc.list()).toEqual([])
  expect(await events()).toEqual(['active', 'removed', 'acknowledged-'])
})
