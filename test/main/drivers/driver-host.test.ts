import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../src-main/base/clock.ts'
import { silentLogger } from '../../../src-main/base/logger.ts'
import { DriverHost, type DriverHostOptions } from '../../../src-main/drivers/driver-host.ts'
import { simulatorProtocol } from '../../../src-main/drivers/simulator/simulator-protocol.ts'
import type { DeviceDefinition } from '../../../src-main/shared/plant.ts'
import { isBad, isGood, StatusCodes } from '../../../src-main/shared/status-code.ts'
import type { ValueBatch } from '../../../src-main/shared/value-batch.ts'
import { tagDefinition } from '../../fakes/tag-definition.ts'
import { until } from './driver-conformance.ts'

const device: DeviceDefinition = {
  name: 'training',
  description: '',
  protocol: 'simulator',
  address: '',
  timeoutMs: 500,
  scanRates: { normal: 100 },
  enabled: true,
  options: {},
}

const tag = (handle: number, name: string, address: string) => ({
  handle,
  definition: tagDefinition(name, { device: 'training', address, scanIntervalMs: 100 }),
})

describe('the driver host', () => {
  let folder: string
  let host: DriverHost
  let latest: Map<number, { value: number; statusCode: number }>
  let countOf: Map<number, number>

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lineside-host-'))
    latest = new Map()
    countOf = new Map()
  })

  afterEach(async () => {
    await host.close()
    rmSync(folder, { recursive: true })
  })

  const open = (over: Partial<DriverHostOptions> = {}) => {
    host = new DriverHost({
      protocols: new Map([['simulator', simulatorProtocol]]),
      dataFolder: folder,
      clock: systemClock,
      logger: silentLogger,
      secret: () => null,
      onValues: (batch: ValueBatch) => {
        for (let row = 0; row < batch.count; row++) {
          latest.set(batch.handle[row]!, { value: batch.value[row]!, statusCode: batch.statusCode[row]! })
          countOf.set(batch.handle[row]!, (countOf.get(batch.handle[row]!) ?? 0) + 1)
        }
      },
      onDevices: () => undefined,
      ...over,
    })
    return host
  }

  const faulty = (fault: string) => () =>
    new Worker(new URL('../../fakes/faulty-driver-worker.ts', import.meta.url), { workerData: { fault } })

  test('values, writes and tools cross the worker thread', async () => {
    open().configure([device], [tag(1, 'A', 'ramp'), tag(2, 'B', 'memory(b)')])
    await until('both values', () => latest.has(1) && latest.has(2))
    expect(await host.write(2, 42)).toBe(StatusCodes.Good)
    await until('the written value', () => latest.get(2)!.value === 42)
    expect(await host.write(1, 42)).toBe(StatusCodes.BadNotWritable)
    expect(await host.write(99, 42)).toBe(StatusCodes.BadNodeIdUnknown)
    expect(await host.readTest('training', 'toggle(period=1 s)')).toMatchObject({
      statusCode: 0,
      value: expect.any(Boolean),
    })
    await expect(host.readTest('training', 'nonsense')).rejects.toMatchObject({ code: 'BadInvalidArgument' })
    await expect(host.browse('training', '')).rejects.toMatchObject({ code: 'BadNotSupported' })
    await expect(host.browse('nobody', '')).rejects.toMatchObject({ code: 'BadNotFound' })
    // Values come as they are read, what the connection says of itself a little later.
    await until('the connection', () => host.list()[0]?.state === 'connected')
    expect(host.list()).toMatchObject([{ device: 'training', tagCount: 2 }])
  })

  test('a change of the plant leaves the link and the tags that stay alone', async () => {
    open().configure([device], [tag(1, 'A', 'ramp(period=1 s)'), tag(2, 'B', 'memory(b)')])
    await until('both values', () => latest.has(1) && latest.has(2))
    await host.write(2, 7)
    host.configure([device], [tag(2, 'B', 'memory(b)'), tag(3, 'C', 'ramp(period=1 s)')])
    await until('the new tag', () => latest.has(3))
    const goneCount = countOf.get(1)
    await until('more of the new tag', () => countOf.get(3)! > 3)
    expect(countOf.get(1)).toBe(goneCount)
    expect(latest.get(2)).toEqual({ value: 7, statusCode: 0 })
    expect(host.list()[0]!.reconnectCount).toBe(0)
  })

  test('a disabled device says out of service', async () => {
    open().configure([{ ...device, enabled: false }], [tag(1, 'A', 'ramp')])
    expect(latest.get(1)!.statusCode).toBe(StatusCodes.BadOutOfService)
    expect(await host.write(1, 1)).toBe(StatusCodes.BadOutOfService)
    expect(host.list()[0]!.state).toBe('disabled')
  })

  // st-ethernet-ip ends its whole process on an odd reply: here only the worker ends.
  test('a library that throws takes its own worker down: tags Bad at once, and the worker comes back', async () => {
    let starts = 0
    const startWorker = () => {
      starts++
      return faulty('throws')()
    }
    open({ startWorker }).configure([device], [tag(1, 'A', 'ramp')])
    await until('a good value', () => isGood(latest.get(1)?.statusCode ?? 0x80000000))
    await until('Bad', () => isBad(latest.get(1)!.statusCode))
    expect(host.list()[0]).toMatchObject({
      state: 'failed',
      lastError: { message: expect.stringContaining('odd reply') },
    })
    await until('a good value again', () => isGood(latest.get(1)!.statusCode))
    // Each worker throws a while after its start: where looking took long, the next one has come as well.
    expect(starts).toBeGreaterThanOrEqual(2)
  })

  test('a library that hangs is noticed by its heartbeat', async () => {
    open({ startWorker: faulty('hangs') }).configure([device], [tag(1, 'A', 'ramp')])
    await until('a good value', () => latest.has(1))
    await until('Bad', () => isBad(latest.get(1)!.statusCode), 13_000)
    expect(host.list()[0]!.lastError!.message).toContain('did not answer')
  })
})
