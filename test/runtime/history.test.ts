// History through a real station process: what a device reports is there, exactly, with what was done to it, also after the station
// was stopped and started again.
import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startSimulator } from '../../src-main/drivers/modbus/modbus-simulator.ts'
import type { DeviceSimulator } from '../../src-main/shared/protocol.ts'
import { StatusCodes } from '../../src-main/shared/status-code.ts'
import { TcpProxy } from '../fakes/tcp-proxy.ts'
import { StationProcess, writeFolder } from './station-process.ts'

const level = 0
const speed = 1
const running = 2
const filtered = 3
const password = 'history-123'

const tagsFile = `tags:
  - { name: Tank.Level, device: plc, address: "30001:float32", scan: fast }
  - { name: Filler.Speed, device: plc, address: "40001:int16", writable: true, scan: fast, limits: { low: 0, high: 5000 }, readBackTimeout: 1 s }
  - { name: Filler.Running, device: plc, address: "00001:bool", scan: fast }
  - { name: Filler.Temperature, device: plc, address: "30003:float32", scan: fast, history: { deadband: 5 } }
  - { name: Filler.Double, expression: Filler.Speed * 2 }
  - { name: Filler.Unrecorded, expression: Filler.Speed * 3, history: false }
`

/** An answer of history.read as scripts get it. */
interface Answer {
  readonly series: readonly {
    readonly tag: string
    readonly timestamps: number[]
    readonly values: unknown[]
    readonly statusCodes: number[]
    readonly minimum?: (number | null)[]
    readonly maximum?: (number | null)[]
  }[]
  readonly cursor?: string
}

describe('history of a station', () => {
  let device: DeviceSimulator
  let cable: TcpProxy
  let folder: string
  let station: StationProcess
  let dataFolder: string

  beforeAll(async () => {
    const item = { arrayLength: null, writable: true, options: {} }
    device = await startSimulator({
      device: {
        name: 'plc',
        description: '',
        protocol: 'modbus-tcp',
        address: '127.0.0.1:0',
        timeoutMs: 500,
        scanRates: { normal: 1000 },
        enabled: true,
        options: { unitId: 1, wordOrder: 'ABCD' },
      },
      items: [
        { ...item, handle: level, address: '30001:float32', dataType: 'float32' },
        { ...item, handle: speed, address: '40001:int16', dataType: 'int16' },
        { ...item, handle: running, address: '00001:bool', dataType: 'bool' },
        { ...item, handle: filtered, address: '30003:float32', dataType: 'float32' },
      ],
      host: '127.0.0.1',
      port: 0,
      onWrite: () => undefined,
    })
    device.set(level, 40)
    device.set(speed, 250)
    device.set(running, true)
    device.set(filtered, 20)
    cable = await TcpProxy.start(Number(device.address.split(':').at(-1)))
    folder = writeFolder({
      'plant.yaml': 'name: Bench\nline: L1\nsite: Here\nhistory: { retention: 400 d, syncInterval: 100 ms }\n',
      'devices/plc.yaml': `name: plc\nprotocol: modbus-tcp\naddress: 127.0.0.1:${cable.port}\nunitId: 1\ntimeout: 500 ms\nscanRates: { fast: 50 ms, normal: 1 s }\n`,
      'tags/line.yaml': tagsFile,
      'trends/line.yaml': 'title: Line\npens: [Tank.Level, "device:plc:state", "write:Filler.Speed"]\n',
    })
    dataFolder = writeFolder({})
    station = await StationProcess.start(folder, { dataFolder })
    await station.call('access.addAccount', { user: 'tester', password, roles: ['administrator'] })
    await station.logIn('tester', password)
    await vi.waitUntil(async () => (await station.read('Filler.Running')).value === true, 10_000)
  })

  afterAll(async () => {
    await station.stop()
    await cable.close()
    await device.close()
    for (const path of [folder, dataFolder]) rmSync(path, { recursive: true, force: true })
  })

  const read = async (input: object): Promise<Answer> => {
    const { status, body } = await station.post('history.read', {
      from: 0,
      to: Date.now() + 60_000,
      mode: 'raw',
      ...input,
    })
    if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`)
    return body as Answer
  }
  const valuesOf = async (tag: string) => (await read({ tags: [tag] })).series[0]!.values

  async function setAndSee(handle: number, value: number | boolean, tag: string): Promise<void> {
    device.set(handle, value)
    await vi.waitUntil(async () => (await station.read(tag)).value === value, 5000)
  }

  test('every change of a tag is in its history at once, in order and exactly', async () => {
    const begin = Date.now()
    for (const value of [41, 42.5, -3.25, 0]) await setAndSee(level, value, 'Tank.Level')
    const { series } = await read({ tags: ['Tank.Level'], from: begin })
    expect(series[0]!.values).toEqual([41, 42.5, -3.25, 0])
    expect(series[0]!.statusCodes).toEqual([0, 0, 0, 0])
    for (const [index, timestamp] of series[0]!.timestamps.entries()) {
      expect(Number.isInteger(timestamp)).toBe(true)
      expect(timestamp).toBeGreaterThanOrEqual(index === 0 ? begin - 100 : series[0]!.timestamps[index - 1]!)
    }
  })

  test('booleans are true and false, calculated tags have a history too, a tag that is not recorded is 404', async () => {
    await setAndSee(running, false, 'Filler.Running')
    await setAndSee(running, true, 'Filler.Running')
    expect((await valuesOf('Filler.Running')).slice(-2)).toEqual([false, true])
    expect(await valuesOf('Filler.Double')).toContain(500)
    for (const tag of ['Filler.Unrecorded', 'Nobody.Knows'])
      expect((await station.post('history.read', { tags: [tag], from: 0, to: 1, mode: 'raw' })).status).toBe(404)
  })

  test('a history deadband leaves small changes out of history, not off the screen', async () => {
    for (const value of [21, 22, 30, 31]) await setAndSee(filtered, value, 'Filler.Temperature')
    expect(await valuesOf('Filler.Temperature')).toEqual([20, 30])
  })

  test('a write is recorded with its answer and is a mark with its author; the device is seen to come and go', async () => {
    const begin = Date.now()
    expect((await station.post('tags.write', { tag: 'Filler.Speed', value: 300, reason: 'faster' })).status).toBe(200)
    expect((await station.post('tags.write', { tag: 'Filler.Speed', value: 9999 })).status).toBe(422)
    await cable.cut()
    await vi.waitUntil(async () => (await station.call('devices.list', {})).devices[0]!.state === 'waiting', 10_000)
    await cable.restore()
    await vi.waitUntil(async () => (await station.call('devices.list', {})).devices[0]!.state === 'connected', 20_000)
    await vi.waitUntil(async () => (await station.read('Tank.Level')).quality === 'Good', 5000)
    const { series } = await read({ tags: ['write:Filler.Speed', 'device:plc:state', 'Tank.Level'], from: begin })
    expect(series[0]!.values).toEqual([300])
    expect(series[0]!.statusCodes).toEqual([StatusCodes.Good])
    expect(series[1]!.values.filter((value) => value === 3 || value === 2)).toEqual([3, 2])
    // While the cable was cut nobody knew the level.
    expect(series[2]!.values).toContain(null)
    expect(series[2]!.values.at(-1)).not.toBeNull()
    const { markers, isComplete } = await station.call('history.markers', { from: begin, to: Date.now() + 1 })
    expect(isComplete).toBe(true)
    expect(markers.filter(({ kind }) => kind === 'write')).toMatchObject([
      { tag: 'Filler.Speed', user: 'tester', text: '250 → 300: faster' },
      { tag: 'Filler.Speed', user: 'tester', text: expect.stringContaining('BadOutOfRange') },
    ])
    expect(markers.filter(({ kind }) => kind === 'device').map(({ text }) => text)).toEqual(
      expect.arrayContaining(['plc: waiting', 'plc: connected']),
    )
    expect(markers.map(({ timestamp }) => timestamp)).toEqual(
      markers.map(({ timestamp }) => timestamp).sort((a, b) => a - b),
    )
  })

  test('what is recorded is listed, with words for the states of devices', async () => {
    const { tags } = await station.call('history.tags', {})
    expect(tags.map(({ tag }) => tag)).toEqual([
      'Filler.Double',
      'Filler.Running',
      'Filler.Speed',
      'Filler.Temperature',
      'Tank.Level',
      'device:plc:state',
      'runtime:running',
      'write:Filler.Speed',
    ])
    expect(tags.find(({ tag }) => tag === 'device:plc:state')!.states![2]).toEqual({
      en: 'Connected',
      'zh-CN': '已连接',
    })
    expect(tags.find(({ tag }) => tag === 'Tank.Level')).toMatchObject({ interpolation: 'sloped', isRecorded: true })
    const found = await station.call('history.tags', { search: 'SPEED', limit: 1 })
    expect(found.tags).toHaveLength(1)
    expect((await station.call('history.tags', { search: 'SPEED', cursor: found.cursor })).tags).toHaveLength(1)
    expect((await station.call('history.tags', { tags: ['Tank.Level', 'Nope'] })).tags).toHaveLength(1)
  })

  const day = Date.UTC(2024, 0, 1)

  test('100,000 rows are back-filled in one call, in any order, and read back page by page', async () => {
    const timestamps = Array.from({ length: 100_000 }, (_, row) => day + ((row * 7919) % 100_000) * 1000)
    const values = timestamps.map((time) => Math.sin((time - day) / 1e7))
    expect(await station.call('history.write', { series: [{ tag: 'Tank.Level', timestamps, values }] })).toEqual({
      written: 100_000,
    })
    const seen = new Map<number, unknown>()
    let cursor: string | undefined
    let pages = 0
    do {
      const page: Answer = await read({ tags: ['Tank.Level'], from: day, to: day + 1e8, limit: 30_000, cursor })
      for (const [row, time] of page.series[0]!.timestamps.entries()) seen.set(time, page.series[0]!.values[row])
      cursor = page.cursor
      pages++
    } while (cursor !== undefined)
    expect(pages).toBe(4)
    expect(seen.size).toBe(100_000)
    for (let row = 0; row < 100_000; row += 997)
      expect(
        Object.is(seen.get(timestamps[row]!), Math.fround(values[row]!)) || seen.get(timestamps[row]!) === values[row],
      ).toBe(true)
  })

  test('a back-filled sample takes the place of the one with its time stamp', async () => {
    const write = (value: number) =>
      station.call('history.write', { series: [{ tag: 'Tank.Level', timestamps: [day], values: [value] }] })
    await write(7)
    await write(8)
    const { series } = await read({ tags: ['Tank.Level'], from: day, to: day + 1 })
    expect(series[0]).toMatchObject({ timestamps: [day], values: [8] })
  })

  test('instants include the end; empty buckets are rows with null; a plot keeps the extremes', async () => {
    const from = Date.UTC(2023, 0, 1)
    const timestamps = [0, 1000, 2000, 3000, 12_000].map((offset) => from + offset)
    const values = [1, 5, -5, 3, 9]
    await station.call('history.write', { series: [{ tag: 'Filler.Speed', timestamps, values }] })
    const ask = async (input: object) => (await read({ tags: ['Filler.Speed'], from, ...input })).series[0]!
    const atTime = await ask({ to: from + 2000, mode: 'atTime', intervalMs: 1000 })
    expect(atTime).toMatchObject({ timestamps: [from, from + 1000, from + 2000], values: [1, 5, -5] })
    const average = await ask({ to: from + 15_000, mode: 'average', intervalMs: 5000 })
    expect(average.timestamps).toEqual([from, from + 5000, from + 10_000])
    expect(average.values).toEqual([1, null, 9])
    const plot = await ask({ to: from + 15_000, mode: 'plot', buckets: 3 })
    expect(plot.minimum).toEqual([-5, null, 9])
    expect(plot.maximum).toEqual([5, null, 9])
    const count = await ask({ to: from + 15_000, mode: 'count', buckets: 3 })
    expect(count.values).toEqual([4, null, 1])
  })

  test('questions that make no sense are refused with a sentence', async () => {
    const status = async (input: object) =>
      (await station.post('history.read', { tags: ['Tank.Level'], from: 0, to: 1, mode: 'raw', ...input })).status
    expect(await status({ from: 2 })).toBe(400)
    expect(await status({ mode: 'average' })).toBe(400)
    expect(await status({ cursor: 'nonsense' })).toBe(400)
    expect(await status({ mode: 'atTime' })).toBe(400)
  })

  test('statistics of a span', async () => {
    const from = Date.UTC(2022, 0, 1)
    const timestamps = [0, 1000, 2000, 3000].map((offset) => from + offset)
    await station.call('history.write', { series: [{ tag: 'Filler.Speed', timestamps, values: [2, 4, 6, 8] }] })
    const { statistics } = await station.call('history.statistics', { tags: ['Filler.Speed'], from, to: from + 4000 })
    expect(statistics[0]).toMatchObject({
      tag: 'Filler.Speed',
      count: 4,
      goodCount: 4,
      minimum: 2,
      minimumTimestamp: from,
      maximum: 8,
      maximumTimestamp: from + 3000,
      average: 5,
      first: 2,
      last: 8,
    })
  })

  test('the ledger of the historian comes out even, in health and in the metrics', async () => {
    await vi.waitUntil(async () => {
      const historian = (await station.call('maintenance.health', {})).historian as Record<string, number>
      return historian.waitingCount === 0
    }, 5000)
    const historian = (await station.call('maintenance.health', {})).historian as Record<string, number | string>
    const { offeredCount, storedCount, filteredCount, lostCount, waitingCount } = historian as Record<string, number>
    expect(offeredCount).toBe(storedCount! + filteredCount! + lostCount! + waitingCount!)
    expect(lostCount).toBe(0)
    expect(historian.state).toBe('recording')
    expect((await station.call('plant.info', {})).isRecording).toBe(true)
    const metrics = await fetch(`${station.url}/metrics`, { headers: { Authorization: `Bearer ${station.token}` } })
    expect(await metrics.text()).toContain(`lineside_historian_lost_count 0`)
  })

  test('a trend group is saved from a screen and everybody has it', async () => {
    const { groups } = await station.call('plant.trends', {})
    expect(groups.map(({ name }) => name)).toEqual(['line'])
    const pens = [{ tag: 'Tank.Level', color: 1, axis: null, low: null, high: null, style: null }]
    const group = { name: 'shift', title: { en: 'Shift' }, spanMs: 60_000, pens, markers: ['write' as const] }
    const saved = await station.call('plant.saveTrend', { group, version: null })
    expect((await station.call('plant.trends', {})).groups[1]).toEqual({ ...group, version: saved.version })
    expect((await station.post('plant.saveTrend', { group, version: null })).status).toBe(409)
    const missing = { ...group, pens: [{ ...pens[0]!, tag: 'Nope' }] }
    expect((await station.call('plant.saveTrend', { group: missing })).faults).toHaveLength(1)
    await station.call('plant.deleteTrend', { name: 'shift', version: saved.version })
    expect((await station.post('plant.deleteTrend', { name: 'shift' })).status).toBe(404)
  })

  test('after a clean stop and a new start everything is there, and the pause is a gap', async () => {
    const before = await read({ tags: ['Tank.Level', 'write:Filler.Speed', 'Filler.Running'] })
    const stoppedAt = Date.now()
    await station.stop()
    station = await StationProcess.start(folder, { dataFolder, user: 'tester', password })
    await vi.waitUntil(async () => (await station.read('Filler.Running')).value === true, 10_000)
    const after = await read({ tags: ['Tank.Level', 'write:Filler.Speed', 'Filler.Running'] })
    for (const [index, series] of before.series.entries())
      expect(after.series[index]!.values.slice(0, series.values.length)).toEqual(series.values)
    const { timestamps, values, statusCodes } = after.series[0]!
    const gap = before.series[0]!.values.length
    expect(values[gap]).toBeNull()
    expect(statusCodes[gap]).toBe(StatusCodes.BadShutdown)
    expect(timestamps[gap]).toBeGreaterThanOrEqual(stoppedAt)
    const { markers } = await station.call('history.markers', { from: stoppedAt, to: Date.now(), kinds: ['recorder'] })
    expect(markers).toMatchObject([{ text: 'The station was stopped', endTimestamp: expect.any(Number) }])
  })

  test('after kill -9 everything that was seen is there, and the time without a station is a gap', async () => {
    await setAndSee(level, 77, 'Tank.Level')
    await vi.waitUntil(async () => (await valuesOf('Tank.Level')).at(-1) === 77, 5000)
    const before = await read({ tags: ['Tank.Level'] })
    await station.stop('SIGKILL')
    station = await StationProcess.start(folder, { dataFolder, user: 'tester', password })
    await vi.waitUntil(async () => (await station.read('Tank.Level')).value === 77, 10_000)
    const after = await read({ tags: ['Tank.Level'] })
    const count = before.series[0]!.values.length
    expect(after.series[0]!.values.slice(0, count)).toEqual(before.series[0]!.values)
    expect(after.series[0]!.values[count]).toBeNull()
    expect(after.series[0]!.statusCodes[count]).toBe(StatusCodes.BadNoData)
    expect(after.series[0]!.values.at(-1)).toBe(77)
  })
})
