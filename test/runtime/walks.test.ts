// The two walks, a value up and a command down, through a real station process, a real Modbus device behind a cable, and HTTP.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSimulator } from '../../src-main/drivers/modbus/modbus-simulator.ts'
import type { DeviceSimulator } from '../../src-main/shared/protocol.ts'
import { StatusCodes } from '../../src-main/shared/status-code.ts'
import { limitHere } from '../fakes/busy-machine.ts'
import { TcpProxy } from '../fakes/tcp-proxy.ts'
import { StationProcess, writeFolder } from './station-process.ts'

const level = 0
const speed = 1
const door = 2

const tagsFile = `tags:
  - { name: Tank.Level, device: plc, address: "30001:float32", unit: "%", limits: { low: 0, high: 100 }, scan: fast }
  - { name: Filler.Speed, device: plc, address: "40001:int16", writable: true, unit: "1/min", scan: fast,
      scaling: { rawLow: 0, rawHigh: 1000, low: 0, high: 100 }, limits: { low: 0, high: 100 }, interlock: Filler.DoorClosed, readBackTimeout: 1 s }
  - { name: Filler.DoorClosed, device: plc, address: "00001:bool", scan: fast }
  - { name: Filler.Double, expression: Filler.Speed * 2 }
`

describe('a station with one device', () => {
  let device: DeviceSimulator
  let cable: TcpProxy
  let folder: string
  let station: StationProcess

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
        { ...item, handle: door, address: '00001:bool', dataType: 'bool' },
      ],
      host: '127.0.0.1',
      port: 0,
      onWrite: () => undefined,
    })
    device.set(level, 40)
    device.set(speed, 250)
    device.set(door, true)
    cable = await TcpProxy.start(Number(device.address.split(':').at(-1)))
    folder = writeFolder({
      'plant.yaml': 'name: Bench\nline: L1\nsite: Here\n',
      'devices/plc.yaml': `name: plc\nprotocol: modbus-tcp\naddress: 127.0.0.1:${cable.port}\nunitId: 1\ntimeout: 500 ms\nscanRates: { fast: 50 ms, normal: 1 s }\n`,
      'tags/line.yaml': tagsFile,
    })
    station = await StationProcess.start(folder)
  })

  afterAll(async () => {
    await station.stop()
    await cable.close()
    await device.close()
    rmSync(folder, { recursive: true })
  })

  const write = (tag: string, value: unknown) => station.post('tags.write', { tag, value, reason: 'test' })

  async function waitFor(
    tag: string,
    isSo: (row: Awaited<ReturnType<StationProcess['read']>>) => boolean,
    limitMs = 20_000,
  ) {
    const end = Date.now() + limitMs
    for (;;) {
      const row = await station.read(tag)
      if (isSo(row)) return row
      if (Date.now() > end) throw new Error(`${tag} is still ${JSON.stringify(row)}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  /** The device's row as soon as its connection counts as lost. */
  async function lostDevice() {
    const end = Date.now() + 20_000
    for (;;) {
      const row = (await station.call('devices.list', {})).devices[0]!
      if (row.state !== 'connected') return row
      if (Date.now() > end) throw new Error(`the device still counts as connected: ${JSON.stringify(row)}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  test('a register becomes a value with unit, quality and time', async () => {
    const row = await waitFor('Tank.Level', ({ quality }) => quality === 'Good')
    expect(row).toMatchObject({ tag: 'Tank.Level', value: 40, statusCode: 0 })
    expect(Math.abs(Date.now() - row.sourceTimestamp)).toBeLessThan(5000)
    device.set(level, 101)
    await waitFor(
      'Tank.Level',
      ({ value, statusCode }) => value === 101 && statusCode === StatusCodes.UncertainEngineeringUnitsExceeded,
    )
    device.set(level, 41.5)
    await waitFor('Tank.Level', ({ value, quality }) => value === 41.5 && quality === 'Good')
  })

  test('a calculated tag follows its input', async () => {
    await waitFor('Filler.Double', ({ value }) => value === 50)
  })

  test('a write reaches the device in its own units, is confirmed by read-back and stands in the audit trail', async () => {
    expect(await write('Filler.Speed', 60)).toMatchObject({
      status: 200,
      body: { statusCode: 0, confirmed: true, value: 60 },
    })
    expect(device.get(speed)).toBe(600)
    await waitFor('Filler.Double', ({ value }) => value === 120)
    const { events } = await station.call('audit.read', { limit: 10 })
    expect(events.find(({ action }) => action === 'tags.write')).toMatchObject({
      user: 'tester',
      target: 'Filler.Speed',
      oldValue: 25,
      newValue: 60,
      statusCode: 0,
    })
  })

  test('what must not be written is refused with the fitting status and a sentence', async () => {
    expect(await write('Filler.Speed', 101)).toMatchObject({
      status: 422,
      body: { error: { message: expect.stringContaining('outside its limits') } },
    })
    expect((await write('Filler.Speed', 'fast')).status).toSatisfy((status) => status === 400 || status === 422)
    expect(await write('Tank.Level', 1)).toMatchObject({ status: 422 })
    expect(await write('Tank.Levle', 1)).toMatchObject({ status: 404 })
    device.set(door, false)
    await waitFor('Filler.DoorClosed', ({ value }) => value === false)
    expect(await write('Filler.Speed', 30)).toMatchObject({
      status: 422,
      body: { error: { message: expect.stringContaining('Filler.DoorClosed') } },
    })
    expect(device.get(speed)).toBe(600)
    device.set(door, true)
    await waitFor('Filler.DoorClosed', ({ value }) => value === true)
  })

  test('a pulled cable turns every tag of the device Bad in time, and they come back without a restart', async () => {
    for (const pull of ['freeze', 'cut'] as const) {
      await waitFor('Tank.Level', ({ quality }) => quality === 'Good', 20_000)
      const begin = Date.now()
      await cable[pull]()
      await waitFor('Tank.Level', ({ quality, value }) => quality === 'Bad' && value === null)
      expect(Date.now() - begin).toBeLessThan(limitHere(500 + 2000))
      expect(await station.read('Filler.Double')).toMatchObject({ quality: 'Bad', value: null })
      expect(await write('Filler.Speed', 50)).toSatisfy(({ status, body }) =>
        status === 200 ? body.confirmed === false && body.statusCode >= 0x80000000 : status === 422,
      )
      const row = await lostDevice()
      expect(row.lastError!.message).toContain(`127.0.0.1:${cable.port}`)
      expect(row.badTagCount).toBe(row.tagCount)
      await cable.restore()
      await waitFor('Tank.Level', ({ quality }) => quality === 'Good', 20_000)
    }
  })

  test('a changed plant file is taken over without disturbing other tags; a faulty one leaves the plant as it was', async () => {
    const file = join(folder, 'tags/line.yaml')
    const before = await station.call('plant.info', {})
    writeFileSync(file, `${tagsFile}  - { name: Tank.Copy, device: plc, address: "30001:float32", scan: fast }\n`)
    await waitFor('Tank.Copy', ({ quality }) => quality === 'Good')
    expect((await station.call('devices.list', {})).devices[0]!.state).toBe('connected')
    writeFileSync(file, `${tagsFile}  - { name: Tank.Copy, device: plx, address: "30001:float32" }\n`)
    let faults = (await station.call('plant.faults', {})).faults
    for (const end = Date.now() + 20_000; faults.length === 0 && Date.now() < end; ) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      faults = (await station.call('plant.faults', {})).faults
    }
    expect(faults).toEqual([
      { file: 'tags/line.yaml', line: 7, column: expect.any(Number), message: expect.stringContaining('plx') },
    ])
    expect(await station.read('Tank.Copy')).toMatchObject({ quality: 'Good' })
    expect(await station.read('Tank.Level')).toMatchObject({ quality: 'Good' })
    writeFileSync(file, tagsFile)
    await waitFor('Tank.Copy', ({ statusCode }) => statusCode === StatusCodes.BadNodeIdUnknown)
    expect((await station.call('plant.faults', {})).faults).toEqual([])
    expect((await station.call('plant.info', {})).revision).toBe(before.revision + 2)
  })
})

describe('a data folder', () => {
  test('serves one station; a second one is told so, and after a kill -9 the folder is free again', async () => {
    const folder = writeFolder({ 'plant.yaml': 'name: A\nline: B\nsite: C\n' })
    const first = await StationProcess.start(folder)
    const { dataFolder } = first
    const again = () => StationProcess.start(folder, { dataFolder, user: 'anna', password: 'correct horse battery' })
    await first.call('access.addAccount', { user: 'anna', password: 'correct horse battery', roles: ['administrator'] })
    await expect(again()).rejects.toThrow('is in use by another station')
    first.child.kill('SIGKILL')
    await new Promise((resolve) => first.child.once('exit', resolve))
    const second = await again()
    expect(await second.stop()).toBe(0)
    rmSync(dataFolder, { recursive: true })
    rmSync(folder, { recursive: true })
  })
})

describe('a station that is stopped', () => {
  test('by SIGTERM ends clean within five seconds, by kill -9 loses no account and no audit record', async () => {
    const folder = writeFolder({ 'plant.yaml': 'name: A\nline: B\nsite: C\n' })
    let station = await StationProcess.start(folder)
    const { dataFolder } = station
    await station.call('access.addAccount', {
      user: 'anna',
      password: 'correct horse battery',
      roles: ['administrator'],
    })
    station.child.kill('SIGKILL')
    await new Promise((resolve) => station.child.once('exit', resolve))
    station = await StationProcess.start(folder, { dataFolder, user: 'anna', password: 'correct horse battery' })
    expect(await station.call('audit.verify', {})).toEqual({ ok: true })
    const { events } = await station.call('audit.read', {})
    expect(events.some(({ action, target }) => action === 'access.addAccount' && target === 'anna')).toBe(true)
    const feed = fetch(new URL('/api/v1/plant.watch', station.url), {
      headers: { Authorization: `Bearer ${station.token}` },
    })
    await feed
    const begin = Date.now()
    expect(await station.stop()).toBe(0)
    expect(Date.now() - begin).toBeLessThan(limitHere(5000))
    rmSync(dataFolder, { recursive: true })
    rmSync(folder, { recursive: true })
  })
})
