// Against programs of other makes: pymodbus as the device (killed, stopped, restarted; on TCP and on a serial line), mbpoll
// and modbus-serial as masters of our simulated device. They are Debian packages: python3-pymodbus, socat, mbpoll.
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import ModbusRTU from 'modbus-serial'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../../src-main/base/clock.ts'
import { silentLogger } from '../../../../src-main/base/logger.ts'
import { DeviceConnection } from '../../../../src-main/drivers/device-connection.ts'
import { protocolDriver } from '../../../../src-main/drivers/modbus/modbus-driver.ts'
import { startSimulator } from '../../../../src-main/drivers/modbus/modbus-simulator.ts'
import type { DeviceDefinition } from '../../../../src-main/shared/plant.ts'
import type { SimulatorOptions } from '../../../../src-main/shared/protocol.ts'
import type { RuntimeError } from '../../../../src-main/shared/runtime-error.ts'
import { isBad, isGood, StatusCodes } from '../../../../src-main/shared/status-code.ts'
import type { ValueBatch } from '../../../../src-main/shared/value-batch.ts'
import { until } from '../driver-conformance.ts'
import { drive, item, rows } from './driven-device.ts'

const python = '/usr/bin/python3'
const runs = (program: string, ...args: string[]) => spawnSync(program, args, { stdio: 'ignore' }).error === undefined
const hasPymodbus =
  existsSync(python) && spawnSync(python, ['-c', 'import pymodbus.server, serial'], { stdio: 'ignore' }).status === 0
const hasSocat = runs('socat', '-V')
const hasMbpoll = runs('mbpoll', '-V')

const opened: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close()
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

function start(program: string, args: readonly string[]): ChildProcess {
  const child = spawn(program, args, { stdio: 'ignore' })
  opened.push({
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  })
  return child
}

const pymodbus = (kind: 'tcp' | 'serial', where: string) =>
  start(python, [join(import.meta.dirname, 'pymodbus-peer.py'), kind, where])

/** A driver connected as soon as the peer listens. */
async function connected(address: string, options: object = {}, protocol = 'modbus-tcp') {
  for (let attempt = 0; ; attempt++) {
    const device = drive(address, options, protocol, 1000)
    try {
      await device.driver.connect(AbortSignal.timeout(1500))
      opened.push(device.driver)
      return device
    } catch (error) {
      await device.driver.close()
      if (attempt === 40) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

async function readValues(device: ReturnType<typeof drive>, addresses: readonly (readonly [string, object?])[]) {
  const batch = await device.driver.read(addresses.map(([address, options], index) => item(index, address, options)))
  return rows(batch).map(([, { value, statusCode }]) => (isGood(statusCode) ? value : statusCode))
}

const orders = ['ABCD', 'CDAB', 'BADC', 'DCBA'] as const

describe.skipIf(!hasPymodbus)('pymodbus as the device (needs python3-pymodbus)', () => {
  test('agrees on every table, type and order of bytes, and takes every kind of write', async () => {
    const port = await freePort()
    pymodbus('tcp', String(port))
    const device = await connected(`127.0.0.1:${port}`)
    expect(
      await readValues(device, [
        ['40001:uint16'],
        ['30008'],
        ['10001:bool[4]'],
        ['40151:string[8]'],
        ['40150:uint16[1]'],
        ...orders.map((wordOrder, index) => [`40${101 + index * 10}:float32`, { wordOrder }] as const),
        ...orders.map((wordOrder, index) => [`40${103 + index * 10}:int64`, { wordOrder }] as const),
        ['40300'],
      ]),
    ).toEqual([
      1234,
      7,
      [true, false, true, false],
      'Filler 7',
      [0],
      ...Array(4).fill(Math.fround(123.456)),
      ...Array(4).fill(-1234567890123456789n),
      StatusCodes.BadNodeIdUnknown,
    ])
    const writes = [
      ['40001:int16', -7],
      ['40010.3:bool', true],
      ['40010.12:bool[8]', Array(8).fill(true)],
      ['40020:string[15]', 'Abfüllung'],
      ['40030:float32', 2.5, { wordOrder: 'CDAB' }],
      ['40040:uint64', 2n ** 64n - 1n, { wordOrder: 'DCBA' }],
      ['00005', true],
      ['00011:bool[10]', Array(10).fill(true)],
    ] as const
    for (const [index, [address, value, options]] of writes.entries()) {
      expect(await device.driver.write(item(index, address, options), value), address).toBe(StatusCodes.Good)
      const [back] = await readValues(device, [[address, options ?? {}]])
      expect(back === 1 ? true : back, address).toEqual(value)
    }
    expect(await readValues(device, [['40010:uint16']])).toEqual([0b1111_0000_0000_1000])
    expect(await device.driver.write(item(99, '40300'), 1)).toBe(StatusCodes.BadNodeIdUnknown)
  })

  test('killed, restarted, stopped and continued: Bad within two seconds of the time-out, Good again by itself', async () => {
    const port = await freePort()
    let peer = pymodbus('tcp', String(port))
    const latest = new Map<number, number>()
    const timeoutMs = 1000
    const device: DeviceDefinition = {
      name: 'peer',
      description: '',
      protocol: 'modbus-tcp',
      address: `127.0.0.1:${port}`,
      timeoutMs,
      scanRates: { normal: 200 },
      enabled: true,
      options: {},
    }
    const connection = new DeviceConnection({
      device,
      createDriver: (environment) => protocolDriver.createDriver(environment),
      clock: systemClock,
      logger: silentLogger,
      secret: () => null,
      folder: '/nonexistent',
      onValues: (batch: ValueBatch) => {
        for (let row = 0; row < batch.count; row++) latest.set(batch.handle[row]!, batch.statusCode[row]!)
      },
      onState: () => undefined,
      retries: { firstMs: 200, ceilingMs: 1000, jitter: 0 },
    })
    opened.push(connection)
    const items = [item(1, '40001', {}, 200), item(2, '40101:float32', {}, 1000), item(3, '00001', {}, 1000)]
    connection.setItems(items)
    connection.start()
    const allGood = () => items.every(({ handle }) => isGood(latest.get(handle) ?? 1 << 31))
    const allBad = () => items.every(({ handle }) => isBad(latest.get(handle) ?? 0))
    await until('Good at first', allGood, 15_000)

    peer.kill('SIGKILL')
    await until('Bad after the kill', allBad, timeoutMs + 2000)
    peer = pymodbus('tcp', String(port))
    await until('Good after the restart', allGood, 15_000)

    peer.kill('SIGSTOP')
    await until('Bad while stopped', allBad, timeoutMs + 2000)
    await new Promise((resolve) => setTimeout(resolve, 4000))
    expect(allBad()).toBe(true)
    peer.kill('SIGCONT')
    await until('Good when continued', allGood, 15_000)
  })
})

describe.skipIf(!hasPymodbus || !hasSocat)('a serial line (needs python3-pymodbus and socat)', () => {
  /** Two ends of a line made of pseudo-terminals, which have no parity: the device file may name one all the same. */
  async function line(): Promise<{ ours: string; theirs: string; socat: ChildProcess }> {
    const folder = await mkdtemp(join(tmpdir(), 'lineside-serial-'))
    opened.push({ close: () => rm(folder, { recursive: true }) })
    const [ours, theirs] = [join(folder, 'station'), join(folder, 'device')]
    const socat = start('socat', [`pty,rawer,link=${ours}`, `pty,rawer,link=${theirs}`])
    await until('the line', () => existsSync(ours) && existsSync(theirs))
    return { ours, theirs, socat }
  }

  test('reads, writes, notices a device that stops, and closes the port', async () => {
    const { ours, theirs, socat } = await line()
    const peer = pymodbus('serial', theirs)
    const device = await connected(ours, { parity: 'even' }, 'modbus-rtu')
    expect(
      await readValues(device, [['40001'], ['40101:float32'], ['40103:int64'], ['10001:bool[3]'], ['40300']]),
    ).toEqual([1234, Math.fround(123.456), -1234567890123456789n, [true, false, true], StatusCodes.BadNodeIdUnknown])
    for (const [address, value] of [
      ['40001:int16', -7],
      ['40010.3:bool', true],
      ['00005', true],
      ['40040:int16[20]', Array.from({ length: 20 }, (_, index) => index)],
    ] as const) {
      expect(await device.driver.write(item(1, address), value), address).toBe(StatusCodes.Good)
      const [back] = await readValues(device, [[address]])
      expect(back === 1 ? true : back, address).toEqual(value)
    }
    await device.driver.watch([item(2, '40001', {}, 100)])
    await until('Good', () => isGood(device.last(2)?.statusCode ?? 1 << 31))
    peer.kill('SIGSTOP')
    await until('Bad', () => isBad(device.last(2)!.statusCode), 3000)
    await until('the loss', () => device.lost.length === 1, 5000)
    peer.kill('SIGCONT')
    await device.driver.close()
    const again = await connected(ours, { parity: 'none' }, 'modbus-rtu')
    expect(await readValues(again, [['40001:int16']])).toEqual([-7])
    socat.kill('SIGKILL')
    await until('the loss of the unplugged line', () => again.lost.length === 1, 2000)
  })

  // Drivers run in worker threads, where the usual serial package loses every byte and aborts the process.
  test('works in a worker thread, again and again', async () => {
    const { ours, theirs } = await line()
    pymodbus('serial', theirs)
    await (await connected(ours, { parity: 'none' }, 'modbus-rtu')).driver.close()
    const worker = new Worker(new URL('./serial-in-worker.ts', import.meta.url), { workerData: ours })
    const exited = once(worker, 'exit')
    const [values] = (await once(worker, 'message')) as [number[]]
    expect(values).toEqual([1234, 1234, 1234])
    expect(await exited).toEqual([0])
  })

  test('says what the port does not take, and which path is no port', async () => {
    const { ours } = await line()
    const refusal = async (address: string, options: object) => {
      const { driver } = drive(address, options, 'modbus-rtu')
      return driver.connect(AbortSignal.timeout(5000)).then(
        () => null,
        (error: RuntimeError) => error,
      )
    }
    expect(await refusal(ours, { parity: 'even', baudRate: 9601 })).toMatchObject({
      code: 'BadConfigurationError',
      message: expect.stringContaining('does not take 9601 baud, 8 data bits, parity even, 1 stop bits'),
    })
    expect(await refusal('/dev/nowhere', {})).toMatchObject({
      code: 'BadConnectionRejected',
      message: expect.stringContaining('no such file'),
    })
    const file = join(import.meta.dirname, 'pymodbus-peer.py')
    expect(await refusal(file, {})).toMatchObject({ name: 'RuntimeError', message: expect.stringContaining('stty') })
  })
})

/** Our simulated device with a float, an integer, a text and a coil. */
async function simulated(onWrite: SimulatorOptions['onWrite'] = () => undefined) {
  const simulator = await startSimulator({
    device: { ...deviceTemplate, options: {} },
    items: [
      item(1, '40001:float32'),
      item(2, '40003:int16'),
      item(3, '00005'),
      item(4, '30001:uint16'),
      item(5, '40004.1'),
    ],
    host: '127.0.0.1',
    port: 0,
    onWrite,
  })
  opened.push(simulator)
  simulator.set(1, 21.5)
  simulator.set(2, -3)
  simulator.set(3, true)
  simulator.set(4, 77)
  return simulator
}
const deviceTemplate: DeviceDefinition = {
  name: 'simulated',
  description: '',
  protocol: 'modbus-tcp',
  address: '127.0.0.1:502',
  timeoutMs: 1000,
  scanRates: { normal: 100 },
  enabled: true,
  options: {},
}

describe.skipIf(!hasMbpoll)('mbpoll as the master of the simulated device (needs mbpoll)', () => {
  const mbpoll = async (address: string, ...args: string[]) => {
    const [host, port] = address.split(':') as [string, string]
    const { stdout } = await promisify(execFile)('mbpoll', ['-m', 'tcp', '-p', port, '-1', '-q', host, ...args])
    return stdout
  }

  test('reads what the simulator was set to, and its writes are reported', async () => {
    const written: unknown[] = []
    const simulator = await simulated((handle, value) => written.push([handle, value]))
    expect(await mbpoll(simulator.address, '-t', '4:float', '-B', '-r', '1')).toContain('21.5')
    expect(await mbpoll(simulator.address, '-t', '4', '-r', '3')).toContain('-3')
    expect(await mbpoll(simulator.address, '-t', '0', '-r', '5')).toMatch(/\[5\]:\s+1/)
    expect(await mbpoll(simulator.address, '-t', '3', '-r', '1')).toContain('77')
    await mbpoll(simulator.address, '-t', '4', '-r', '3', '4321')
    await mbpoll(simulator.address, '-t', '0', '-r', '5', '0')
    await mbpoll(simulator.address, '-t', '4:float', '-B', '-r', '1', '99.25')
    expect(written).toEqual([
      [2, 4321],
      [3, false],
      [1, 99.25],
    ])
    expect(simulator.get(1)).toBe(99.25)
  })

  test('is refused beyond the end of a table', async () => {
    const simulator = await simulated()
    await expect(mbpoll(simulator.address, '-t', '4', '-r', '9000')).rejects.toThrow(/Illegal data address/i)
  })
})

test('modbus-serial as the master reads and writes the simulated device, also with functions 22 and 23', async () => {
  const written: unknown[] = []
  const simulator = await simulated((handle, value) => written.push([handle, value]))
  const master = new ModbusRTU.default()
  opened.push({ close: () => new Promise<void>((resolve) => master.close(() => resolve())) })
  const [host, port] = simulator.address.split(':') as [string, string]
  await master.connectTCP(host, { port: Number(port) })
  master.setID(1)
  expect((await master.readHoldingRegisters(0, 3)).data).toEqual([0x41ac, 0, 0xfffd])
  await master.writeRegisters(2, [5])
  await master.maskWriteRegister(3, 0xfffd, 0x0002)
  expect(written).toEqual([
    [2, 5],
    [5, true],
  ])
  await expect(master.readHoldingRegisters(5000, 1)).rejects.toThrow(/exception 2/)
})
