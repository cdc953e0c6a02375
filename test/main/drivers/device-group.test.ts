import { describe, expect, test } from 'vitest'
import { silentLogger } from '../../../src-main/base/logger.ts'
import { DeviceGroup } from '../../../src-main/drivers/device-group.ts'
import { type Driver, type DriverEnvironment, type DriverItem, newCounters } from '../../../src-main/drivers/driver.ts'
import type { ConfiguredDevice } from '../../../src-main/drivers/driver-message.ts'
import { StatusCodes } from '../../../src-main/shared/status-code.ts'
import { type ValueBatch, ValueBatchBuilder } from '../../../src-main/shared/value-batch.ts'
import { FakeClock, settle } from '../../fakes/fake-clock.ts'

const item: DriverItem = {
  handle: 7,
  address: 'x',
  dataType: 'float64',
  arrayLength: null,
  scanIntervalMs: 100,
  writable: true,
  options: {},
}

function configured(
  over: { address?: string; enabled?: boolean; secrets?: Record<string, string> } = {},
): ConfiguredDevice {
  const device = {
    name: 'plc',
    description: '',
    protocol: 'fake',
    address: over.address ?? 'here',
    timeoutMs: 1000,
    scanRates: { normal: 1000 },
    enabled: over.enabled ?? true,
    options: {},
  }
  return { device, items: [item], secrets: over.secrets ?? {} }
}

function bench() {
  const environments: DriverEnvironment[] = []
  const received: ValueBatch[] = []
  const group = new DeviceGroup({
    driver: {
      createDriver: (environment): Driver => {
        environments.push(environment)
        return {
          counters: newCounters(),
          connect: async () => undefined,
          close: async () => undefined,
          watch: async () => undefined,
          write: async () => StatusCodes.Good,
          read: async () => new ValueBatchBuilder().take(),
        }
      },
    },
    folder: '',
    clock: new FakeClock(),
    logger: silentLogger,
    onValues: (batch) => received.push(batch),
    onState: () => undefined,
  })
  const report = (value: number) => {
    const builder = new ValueBatchBuilder()
    builder.addNumber(7, value, StatusCodes.Good, 1)
    environments.at(-1)!.onValues(builder.take())
  }
  return { group, environments, received, report }
}

describe('the devices of one protocol', () => {
  test('the same definition keeps its link', async () => {
    const { group, environments } = bench()
    group.configure([configured()])
    await settle()
    group.configure([configured()])
    await settle()
    expect(environments).toHaveLength(1)
    await group.close()
  })

  test.each([
    ['another address', { address: 'there' }, StatusCodes.BadNoCommunication, 2],
    ['another secret', { secrets: { password: 'new' } }, StatusCodes.BadNoCommunication, 2],
    ['being disabled', { enabled: false }, StatusCodes.BadOutOfService, 1],
  ])('%s takes the values of the old link away at once', async (_, over, statusCode, linkCount) => {
    const { group, environments, received, report } = bench()
    group.configure([configured()])
    await settle()
    report(1)
    expect(received.at(-1)!.statusCode[0]).toBe(StatusCodes.Good)
    group.configure([configured(over)])
    expect(received.at(-1)!.statusCode[0]).toBe(statusCode)
    const count = received.length
    report(2)
    expect(received).toHaveLength(count)
    await settle()
    await settle()
    expect(environments).toHaveLength(linkCount)
    await group.close()
  })
})
