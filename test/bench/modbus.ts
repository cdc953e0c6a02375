// V4: registers per second from one Modbus TCP device whose tags have gaps, through the driver, beside a bare modbus-serial
// loop that reads the same blocks and does nothing with them; and requests per scan beside the least possible number.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import ModbusRTU from 'modbus-serial'
import { systemClock } from '../../src-main/base/clock.ts'
import { silentLogger } from '../../src-main/base/logger.ts'
import type { DriverItem } from '../../src-main/drivers/driver.ts'
import { protocolDriver } from '../../src-main/drivers/modbus/modbus-driver.ts'
import { planBlocks } from '../../src-main/drivers/modbus/read-blocks.ts'
import type { Report } from './run.ts'

const tagCount = 2_000
const maxGap = 16
const maxRegisters = 125
const roundMs = 1_500
const roundCount = 5

/** First registers of float32 tags: mostly neighbours, some small gaps, some wide ones; the same on every run. */
function placeTags(): number[] {
  const starts: number[] = []
  let at = 0
  let noise = 12_345
  for (let index = 0; index < tagCount; index++) {
    starts.push(at)
    noise = (noise * 1_103_515_245 + 12_345) % 2 ** 31
    const dice = (noise >> 8) % 100
    at += 2 + (dice < 70 ? 0 : dice < 95 ? 1 + (dice % 12) : 20 + (dice % 40))
  }
  return starts
}

/** Fewest requests for sorted two-register values, over all ways to cut them. */
function fewestRequests(starts: readonly number[]): number {
  const fewest = [0]
  for (let end = 1; end <= starts.length; end++) {
    let best = Number.POSITIVE_INFINITY
    for (let begin = end - 1; begin >= 0; begin--) {
      if (starts[end - 1]! + 2 - starts[begin]! > maxRegisters) break
      if (begin < end - 1 && starts[begin + 1]! - starts[begin]! - 2 > maxGap) break
      best = Math.min(best, fewest[begin]! + 1)
    }
    fewest.push(best)
  }
  return fewest[starts.length]!
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!

export async function run(report: Report): Promise<void> {
  const say = (figure: string, value: number, unit: string) => report({ bench: 'modbus', figure, value, unit })
  const device = new Worker(new URL('./modbus-device.ts', import.meta.url))
  const [port] = (await once(device, 'message')) as [number]
  const starts = placeTags()
  const blocks = planBlocks(
    starts.map((start) => ({ unit: 1, table: 'holdingRegister' as const, start, count: 2, owner: start })),
    { maxGap, maxRegisters, maxBits: 2_000 },
  )
  const registersPerScan = blocks.reduce((sum, block) => sum + block.count, 0)

  const bare = new ModbusRTU.default()
  await bare.connectTCP('127.0.0.1', { port })
  bare.setID(1)
  bare.setTimeout(1000)
  const readBare = async (ms: number): Promise<number> => {
    const startedAt = performance.now()
    let registerCount = 0
    while (performance.now() - startedAt < ms)
      for (const { start, count } of blocks)
        registerCount += (await bare.readHoldingRegisters(start, count)).data.length
    return (registerCount * 1000) / (performance.now() - startedAt)
  }

  const items = starts.map(
    (start, handle): DriverItem => ({
      handle,
      address: `4${String(start + 1).padStart(5, '0')}:float32`,
      dataType: 'float32',
      arrayLength: null,
      scanIntervalMs: 1,
      writable: true,
      options: {},
    }),
  )
  let valueCount = 0
  let requestsPerScan = 0
  const readDriver = async (ms: number): Promise<number> => {
    const driver = protocolDriver.createDriver({
      device: {
        name: 'bench',
        description: '',
        protocol: 'modbus-tcp',
        address: `127.0.0.1:${port}`,
        timeoutMs: 1000,
        scanRates: { normal: 1 },
        enabled: true,
        options: { maxGap, maxRegisters },
      },
      clock: systemClock,
      logger: silentLogger,
      secret: () => null,
      folder: '',
      onValues: (batch) => {
        valueCount += batch.count
      },
      onLost: (error) => {
        throw error
      },
    })
    await driver.connect(AbortSignal.timeout(2000))
    valueCount = 0
    const requestsBefore = driver.counters.requestCount
    const startedAt = performance.now()
    await driver.watch(items)
    await new Promise((resolve) => setTimeout(resolve, ms))
    const scanCount = valueCount / tagCount
    const elapsedMs = performance.now() - startedAt
    requestsPerScan = (driver.counters.requestCount - requestsBefore) / scanCount
    await driver.close()
    return (scanCount * registersPerScan * 1000) / elapsedMs
  }

  await readBare(300)
  await readDriver(300)
  const rates: { bare: number; driver: number }[] = []
  for (let round = 0; round < roundCount; round++)
    rates.push({ bare: await readBare(roundMs), driver: await readDriver(roundMs) })
  await new Promise<void>((resolve) => bare.close(() => resolve()))
  device.postMessage('close')
  await once(device, 'exit')

  say('registers through the driver', median(rates.map((rate) => rate.driver)), '1/s')
  say('registers through a bare modbus-serial loop', median(rates.map((rate) => rate.bare)), '1/s')
  say('driver beside bare modbus-serial', median(rates.map((rate) => rate.driver / rate.bare)), 'ratio')
  say('requests per scan', requestsPerScan, '1')
  say('requests beside the minimum', requestsPerScan / fewestRequests(starts), 'ratio')
}
