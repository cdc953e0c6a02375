// Cuts, silence and restarts of an OPC UA server (C2, C4): Bad at once, Good again, and nothing lost where the server
// kept its subscriptions.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { isBad, isGood } from '../../../../src-main/shared/status-code.ts'
import { limitHere } from '../../../fakes/busy-machine.ts'
import { TcpProxy } from '../../../fakes/tcp-proxy.ts'
import { until } from '../driver-conformance.ts'
import { opcuaDevice, opcuaItem } from './opcua-definitions.ts'
import { refusal, type Watching, watching } from './opcua-device.ts'
import { temporaryFolder } from './temporary-folder.ts'

const counter = opcuaItem(1, 'ns=2;s=Counter', 'uint32', { scanIntervalMs: 50 })
const constant = opcuaItem(2, 'ns=2;s=Constant', 'float64', { scanIntervalMs: 50 })

const closes: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closes.splice(0).reverse()) await close()
})

interface ServerProcess {
  readonly process: ChildProcess
  readonly address: string
  readonly port: number
}

async function startServer(port: number, folder: string): Promise<ServerProcess> {
  const script = new URL('./opcua-server-process.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [script, String(port), folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  closes.push(() => {
    if (child.exitCode === null) child.kill('SIGKILL')
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const address = line.toString().trim()
  return { process: child, address, port: Number(/:(\d+)$/.exec(address)![1]) }
}

async function watch(address: string, options: Record<string, unknown> = {}): Promise<Watching> {
  const station = watching(opcuaDevice(address, options))
  closes.push(() => station.driver.close())
  await station.driver.connect(AbortSignal.timeout(5000))
  await station.driver.watch([counter, constant])
  await until('first values', () => isGoodNow(station))
  return station
}

function isGoodNow({ latest }: Watching): boolean {
  return [1, 2].every((handle) => isGood(latest(handle)?.statusCode ?? 0x80000000))
}

function isBadNow({ latest }: Watching): boolean {
  return [1, 2].every((handle) => isBad(latest(handle)?.statusCode ?? 0))
}

/** Counter values that arrived as Good, in order of arrival, repeats of the last value after a break left out. */
function counted({ rows }: Watching): number[] {
  const values = rows
    .filter(({ handle, statusCode }) => handle === 1 && isGood(statusCode))
    .map(({ value }) => Number(value))
  return values.filter((value, index) => index === 0 || value !== values[index - 1])
}

/** Nothing is lost, from the very first sample on: the server of these tests never counts past an unsampled value. */
function expectUnbroken(values: readonly number[]): void {
  expect(values.length).toBeGreaterThan(5)
  expect(values).toEqual(Array.from({ length: values.length }, (_, index) => values[0]! + index))
}

describe('an OPC UA server', () => {
  test('behind a cable cut for 4 s keeps the subscription and no sample is lost (OPC 10000-4 section 6.7)', async () => {
    const server = await startServer(0, temporaryFolder())
    const cable = await TcpProxy.start(server.port)
    closes.push(() => cable.close())
    const station = await watch(`opc.tcp://127.0.0.1:${cable.port}`)
    const subscription = station.driver.counters.details.Subscriptions
    await cable.cut()
    await until('all Bad', () => isBadNow(station), 1000)
    await new Promise((resolve) => setTimeout(resolve, 4000))
    expect(station.lost).toHaveLength(0)
    await cable.restore()
    await until('Good again', () => isGoodNow(station), 5000)
    const restored = Number(station.latest(1)!.value)
    await until('new samples', () => Number(station.latest(1)!.value) > restored + 40, 10_000)
    expectUnbroken(counted(station))
    expect(station.latest(2)!.value).toBe(4.5)
    const { details } = station.driver.counters
    expect(details.Subscriptions).toBe(subscription)
    expect(details['Subscriptions made anew']).toBe('0')
    expect(details.Session).toBe('active (kept through a break)')
  })

  test('that is killed and started again is Bad at once and Good again without a new driver', async () => {
    const folder = temporaryFolder()
    const first = await startServer(0, folder)
    const station = await watch(first.address)
    first.process.kill('SIGKILL')
    await until('all Bad', () => isBadNow(station), 1000)
    await startServer(first.port, folder)
    await until('Good again', () => isGoodNow(station), 15_000)
    expect(station.lost).toHaveLength(0)
    expect(station.driver.counters.details['Subscriptions made anew']).toBe('1')
    const restarted = Number(station.latest(1)!.value)
    await until('counting again', () => Number(station.latest(1)!.value) > restarted, 5000)
  })

  test('that stays away is given up after the recovery time, once', async () => {
    const server = await startServer(0, temporaryFolder())
    const station = await watch(server.address, { recoveryTimeMs: 1000 })
    server.process.kill('SIGKILL')
    await until('the loss', () => station.lost.length > 0, 3000)
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(station.lost).toHaveLength(1)
    expect(station.lost[0]!.message).toMatch(/plc.*did not come back within 1000 ms/)
  })

  test('that is stopped (SIGSTOP) turns Bad within 2 s of the time-out, and goes on without a loss when it continues', async () => {
    const server = await startServer(0, temporaryFolder())
    const station = await watch(server.address)
    server.process.kill('SIGSTOP')
    await until('all Bad', () => isBadNow(station), 1000 + 2000)
    await new Promise((resolve) => setTimeout(resolve, 1000))
    server.process.kill('SIGCONT')
    await until('Good again', () => isGoodNow(station), 10_000)
    const restored = Number(station.latest(1)!.value)
    await until('new samples', () => Number(station.latest(1)!.value) > restored + 10, 5000)
    expectUnbroken(counted(station))
    expect(station.lost).toHaveLength(0)
  })

  test('that is held up again and again, as on a busy machine, loses no sample', async () => {
    const server = await startServer(0, temporaryFolder())
    const station = await watch(server.address)
    for (let runMs = 80; runMs < 160; runMs += 4) {
      server.process.kill('SIGSTOP')
      await new Promise((resolve) => setTimeout(resolve, 150))
      server.process.kill('SIGCONT')
      await new Promise((resolve) => setTimeout(resolve, runMs))
    }
    const last = Number(station.latest(1)!.value)
    await until('new samples', () => Number(station.latest(1)!.value) > last + 5, 10_000)
    expectUnbroken(counted(station))
    expect(station.driver.counters.details['Link breaks']).toBeUndefined()
  })

  test('on which nothing changes for longer than every time-out stays connected', async () => {
    const server = await startServer(0, temporaryFolder())
    const station = watching(opcuaDevice(server.address, {}, 500))
    closes.push(() => station.driver.close())
    await station.driver.connect(AbortSignal.timeout(5000))
    await station.driver.watch([constant])
    await until('the value', () => isGood(station.latest(2)?.statusCode ?? 0x80000000))
    await new Promise((resolve) => setTimeout(resolve, 6000))
    expect(station.rows).toHaveLength(1)
    expect(station.driver.counters.details['Link breaks']).toBeUndefined()
    expect(station.driver.counters.failedRequestCount).toBe(0)
  })

  test('that answers random bytes is refused in bounded time with a sentence', async () => {
    const garbage = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.write(Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7919) & 0xff)))
    }).listen(0, '127.0.0.1')
    await once(garbage, 'listening')
    closes.push(() => garbage.close())
    const { port } = garbage.address() as { port: number }
    const { driver } = watching(opcuaDevice(`opc.tcp://127.0.0.1:${port}`))
    const started = performance.now()
    const error = await refusal(driver, 1000)
    expect(performance.now() - started).toBeLessThan(limitHere(3000))
    expect(error.message).toMatch(/^Device "plc" \(OPC UA opc.tcp:\/\/127.0.0.1:\d+\): /)
    await driver.close()
  })
})
