// V5: JSON messages/s through the MQTT driver up to onValues, and on through the tag table with every message stored by the
// historian, beside a bare mqtt.js subscriber that parses them. The publisher is another process that is only held back by TCP;
// the subscribers run in turn on this thread.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mqtt from 'mqtt'
import { systemClock } from '../../src-main/base/clock.ts'
import { silentLogger } from '../../src-main/base/logger.ts'
import type { DriverItem } from '../../src-main/drivers/driver.ts'
import { protocolDriver } from '../../src-main/drivers/mqtt/mqtt-driver.ts'
import { openHistorian } from '../../src-main/historian/historian.ts'
import { defaultHistorySettings, recordedTag } from '../../src-main/historian/history-settings.ts'
import type { ValueBatch } from '../../src-main/shared/value-batch.ts'
import { TagTable } from '../../src-main/tags/tag-table.ts'
import { tagDefinition } from '../fakes/tag-definition.ts'
import type { Report } from './run.ts'

const topicCount = 200
const warmUpMs = 600
const measureMs = 1500
const roundCount = 5

export async function run(report: Report): Promise<void> {
  for (const qos of [0, 1] as const) {
    const { port, stop } = await startPublisher(qos)
    const bare: Rates[] = []
    const driver: Rates[] = []
    const stored: Rates[] = []
    for (let round = 0; round < roundCount; round++) {
      bare.push(await measureBare(port, qos))
      driver.push(await measureDriver(port, qos))
      stored.push(await measureStored(port, qos))
    }
    stop()
    const figure = (name: string, value: number, unit: string) =>
      report({ bench: 'mqtt', figure: `${name} (qos ${qos})`, value, unit })
    const medianOf = (rates: readonly Rates[], kind: keyof Rates) => median(rates.map((rate) => rate[kind]))
    figure('V5 messages through the driver', Math.round(medianOf(driver, 'perSecond')), '1/s')
    figure('V5 messages through a bare mqtt.js subscriber', Math.round(medianOf(bare, 'perSecond')), '1/s')
    figure('V5 ratio', ratio(driver, bare, 'perSecond'), '')
    figure('V5 ratio of messages per second of processor time', ratio(driver, bare, 'perCpuSecond'), '')
    figure('V5 messages through driver and tag table, all stored', Math.round(medianOf(stored, 'perSecond')), '1/s')
    figure('V5 ratio, all stored', ratio(stored, bare, 'perSecond'), '')
  }
}

async function startPublisher(qos: number): Promise<{ port: number; stop: () => void }> {
  const program = new URL('./mqtt-device.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [program, String(topicCount), String(qos)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [bytes] = (await once(child.stdout, 'data')) as [Buffer]
  return { port: Number(bytes.toString()), stop: () => child.kill() }
}

async function measureBare(port: number, qos: 0 | 1): Promise<Rates> {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0, protocolVersion: 4 })
  client.on('error', () => undefined)
  let count = 0
  const latest = new Map<string, number>()
  client.on('message', (topic, payload) => {
    const document = JSON.parse(payload.toString()) as { value: number }
    latest.set(topic, document.value)
    count++
  })
  client.subscribe(topics(), { qos })
  const rate = await rateOf(() => count)
  await client.endAsync(true)
  return rate
}

async function measureDriver(port: number, qos: 0 | 1): Promise<Rates> {
  let count = 0
  return throughDriver(
    port,
    qos,
    (batch) => {
      count += batch.count
    },
    () => count,
  )
}

/** Every message becomes a sample, also one that says the same again. */
async function measureStored(port: number, qos: 0 | 1): Promise<Rates> {
  const folder = mkdtempSync(join(tmpdir(), 'lineside-bench-mqtt-'))
  const historian = openHistorian({
    folder,
    settings: defaultHistorySettings,
    clock: systemClock,
    logger: silentLogger,
  })
  const table = new TagTable(systemClock)
  table.configure(topics().map((topic) => tagDefinition(topic.replaceAll('/', '.'))))
  historian.configure(
    [...table.entries()].map(({ handle, definition }) => recordedTag(handle, definition)!),
    defaultHistorySettings,
  )
  let count = 0
  const take = (batch: ValueBatch): void => {
    count += batch.count
    table.apply(batch)
    historian.record(batch)
  }
  try {
    const rates = await throughDriver(port, qos, take, () => count)
    while (historian.health().waitingCount > 0) await new Promise((resolve) => setTimeout(resolve, 20))
    const { storedCount } = historian.health()
    if (storedCount !== count) throw new Error(`of ${count} messages ${storedCount} were stored`)
    return rates
  } finally {
    await historian.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function throughDriver(
  port: number,
  qos: 0 | 1,
  take: (batch: ValueBatch) => void,
  count: () => number,
): Promise<Rates> {
  const driver = protocolDriver.createDriver({
    device: {
      name: 'bench',
      description: '',
      protocol: 'mqtt',
      address: `mqtt://127.0.0.1:${port}`,
      timeoutMs: 5000,
      scanRates: { normal: 1000 },
      enabled: true,
      options: { protocolVersion: '3.1.1', qos },
    },
    clock: systemClock,
    logger: silentLogger,
    secret: () => null,
    folder: '/',
    onValues: take,
    onLost: (error) => {
      throw error
    },
  })
  await driver.connect(AbortSignal.timeout(5000))
  await driver.watch(topics().map((topic, handle) => itemOf(handle, `${topic}#$.value`)))
  const rate = await rateOf(count)
  await driver.close()
  return rate
}

function itemOf(handle: number, address: string): DriverItem {
  return { handle, address, dataType: 'float64', arrayLength: null, scanIntervalMs: 1000, writable: false, options: {} }
}

function topics(): string[] {
  return Array.from({ length: topicCount }, (_, index) => `bench/line/unit${index}/state`)
}

/** Messages after the warm-up, per second of the clock and of processor time of this process. */
interface Rates {
  readonly perSecond: number
  readonly perCpuSecond: number
}

async function rateOf(count: () => number): Promise<Rates> {
  await wait(warmUpMs)
  const from = count()
  const start = performance.now()
  const cpu = process.cpuUsage()
  await wait(measureMs)
  const messages = count() - from
  const used = process.cpuUsage(cpu)
  return {
    perSecond: (messages / (performance.now() - start)) * 1000,
    perCpuSecond: (messages / (used.user + used.system)) * 1e6,
  }
}

/** Median over the rounds of driver to bare subscriber. */
function ratio(driver: readonly Rates[], bare: readonly Rates[], kind: keyof Rates): number {
  return Number(median(driver.map((rates, round) => rates[kind] / bare[round]![kind])).toFixed(3))
}

function wait(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs))
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
}
