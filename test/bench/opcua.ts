// V3: 10,000 OPC UA items at 1 Hz through the driver, beside a bare node-opcua client that only takes the notifications.
// Server and clients are separate processes in effect: the server is a child, the two clients run one after the other here.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ClientSubscription, OPCUAClient, TimestampsToReturn } from 'node-opcua-client'
import { systemClock } from '../../src-main/base/clock.ts'
import { silentLogger } from '../../src-main/base/logger.ts'
import { ownCertificate } from '../../src-main/drivers/opcua/opcua-certificates.ts'
import { protocolDriver } from '../../src-main/drivers/opcua/opcua-driver.ts'
import type { Report } from './run.ts'

const itemCount = 10_000
/** Changes of every item that are measured in one round. */
const measuredChanges = 8
/** Sampled twice for each change, so that no change falls between two samples. */
const samplingMs = 500
const publishingMs = 250

/** What one client took in the measured time. */
interface Taken {
  readonly notificationsPerS: number
  /** CPU of this process per wall time, percent of one core. */
  readonly cpuPercent: number
  /** Values that are missing between the first and the last one of each item. */
  readonly lost: number
}

/** Counts what arrives and notices every gap of the counters. */
class Tally {
  readonly last = new Float64Array(itemCount).fill(Number.NaN)
  count = 0
  lost = 0

  take(handle: number, value: number): void {
    const before = this.last[handle]!
    if (value > before + 1) this.lost += value - before - 1
    this.last[handle] = value
    this.count++
  }
}

export async function run(report: Report): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lineside-bench-opcua-'))
  const script = new URL('./opcua-device.ts', import.meta.url).pathname
  const server = spawn(process.execPath, [script, String(itemCount)], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const [line] = (await once(server.stdout, 'data')) as [Buffer]
    const address = line.toString().trim()
    const bare: Taken[] = []
    const driver: Taken[] = []
    for (let round = 0; round < 3; round++) {
      bare.push(await throughBareClient(address, folder))
      driver.push(await throughDriver(address, folder))
    }
    const say = (figure: string, value: number, unit: string) => report({ bench: 'opcua', figure, value, unit })
    const [bareRate, driverRate] = [bare, driver].map((taken) => median(taken.map((one) => one.notificationsPerS)))
    const [bareCpu, driverCpu] = [bare, driver].map((taken) => median(taken.map((one) => one.cpuPercent)))
    say('V3 notifications through the driver', Math.round(driverRate!), '1/s')
    say('V3 notifications through a bare client', Math.round(bareRate!), '1/s')
    say('V3 driver : bare client', Math.round((1000 * driverRate!) / bareRate!) / 10, '%')
    say('V3 values lost', sum(driver.map(({ lost }) => lost)), 'values')
    say('V3 values lost by the bare client', sum(bare.map(({ lost }) => lost)), 'values')
    say('V3 CPU of the driver', Math.round(driverCpu! * 100) / 100, '% of a core')
    say('V3 CPU of the bare client', Math.round(bareCpu! * 100) / 100, '% of a core')
    say(
      'V3 notifications per CPU second, driver : bare client',
      Math.round((100 * driverRate! * bareCpu!) / (driverCpu! * bareRate!)),
      '%',
    )
  } finally {
    server.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  }
}

async function throughDriver(address: string, folder: string): Promise<Taken> {
  const tally = new Tally()
  const driver = protocolDriver.createDriver({
    device: {
      name: 'bench',
      description: '',
      protocol: 'opcua',
      address,
      timeoutMs: 5000,
      scanRates: { normal: samplingMs },
      enabled: true,
      options: { publishingIntervalMs: publishingMs, queueSize: 10 },
    },
    clock: systemClock,
    logger: silentLogger,
    secret: () => null,
    folder,
    onValues: ({ count, handle, value }) => {
      for (let row = 0; row < count; row++) tally.take(handle[row]!, value[row]!)
    },
    onLost: (error) => {
      throw error
    },
  })
  await driver.connect(AbortSignal.timeout(10_000))
  await driver.watch(
    Array.from({ length: itemCount }, (_, handle) => ({
      handle,
      address: addressOf(handle),
      dataType: 'float64' as const,
      arrayLength: null,
      scanIntervalMs: samplingMs,
      writable: false,
      options: {},
    })),
  )
  try {
    return await measure(tally)
  } finally {
    await driver.close()
  }
}

async function throughBareClient(address: string, folder: string): Promise<Taken> {
  const tally = new Tally()
  const own = await ownCertificate(folder)
  const client = OPCUAClient.create({
    endpointMustExist: false,
    applicationUri: own.applicationUri,
    certificateKeyPairProvider: {
      getCertificate: () => own.der,
      getCertificateChain: () => [own.der],
      getPrivateKey: () => ({ hidden: own.privateKeyPem }),
    },
  })
  await client.connect(address)
  const session = await client.createSession()
  const subscription = ClientSubscription.create(session, {
    requestedPublishingInterval: publishingMs,
    requestedMaxKeepAliveCount: 20,
    requestedLifetimeCount: 240,
    maxNotificationsPerPublish: 0,
    publishingEnabled: true,
    priority: 0,
  })
  for (let from = 0; from < itemCount; from += 1000) {
    const items = Array.from({ length: 1000 }, (_, index) => ({ nodeId: addressOf(from + index), attributeId: 13 }))
    const group = await subscription.monitorItems(
      items,
      { samplingInterval: samplingMs, queueSize: 10, discardOldest: true },
      TimestampsToReturn.Both,
    )
    group.on('changed', (_, dataValue, index) => tally.take(from + index, dataValue.value.value as number))
  }
  try {
    return await measure(tally)
  } finally {
    await session.close(true)
    await client.disconnect()
  }
}

/** Waits until every item has come, then counts from one change of the last item to another, so that no change is cut. */
async function measure(tally: Tally): Promise<Taken> {
  const latest = () => tally.last[itemCount - 1]!
  await until(() => !tally.last.includes(Number.NaN))
  const first = latest()
  await until(() => latest() > first)
  const from = latest()
  const started = performance.now()
  const cpu = process.cpuUsage()
  tally.count = 0
  await until(() => latest() >= from + measuredChanges)
  const elapsedMs = performance.now() - started
  const { user, system } = process.cpuUsage(cpu)
  return {
    notificationsPerS: (1000 * tally.count) / elapsedMs,
    cpuPercent: (user + system) / 10 / elapsedMs,
    lost: tally.lost,
  }
}

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 180_000
  while (!condition()) {
    if (performance.now() > end) throw new Error('the notifications stopped coming')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

function addressOf(handle: number): string {
  return `ns=2;i=${10_000 + handle}`
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
