import { describe, expect, test } from 'vitest'
import { type Logger, silentLogger } from '../../../src-main/base/logger.ts'
import { DeviceConnection } from '../../../src-main/drivers/device-connection.ts'
import { type Driver, type DriverEnvironment, type DriverItem, newCounters } from '../../../src-main/drivers/driver.ts'
import { RuntimeError } from '../../../src-main/shared/runtime-error.ts'
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

interface Script {
  readonly connect: (clock: FakeClock) => Promise<void>
  readonly write?: () => Promise<number>
  readonly logger?: Logger
}

function bench(script: Script) {
  const clock = new FakeClock()
  const received: ValueBatch[] = []
  const environments: DriverEnvironment[] = []
  const closed: number[] = []
  const connection = new DeviceConnection({
    device: {
      name: 'plc',
      description: '',
      protocol: 'fake',
      address: 'here',
      timeoutMs: 1000,
      scanRates: { normal: 1000 },
      enabled: true,
      options: {},
    },
    createDriver: (environment): Driver => {
      const attempt = environments.push(environment)
      return {
        counters: newCounters(),
        connect: () => script.connect(clock),
        close: async () => void closed.push(attempt),
        watch: async () => undefined,
        write: script.write ?? (async () => StatusCodes.Good),
        read: async () => new ValueBatchBuilder().take(),
      }
    },
    clock,
    logger: script.logger ?? silentLogger,
    secret: () => null,
    folder: '',
    onValues: (batch) => received.push(batch),
    onState: () => undefined,
    random: () => 0,
  })
  connection.setItems([item])
  connection.start()
  const good = (value: number) => {
    const builder = new ValueBatchBuilder()
    builder.addNumber(item.handle, value, StatusCodes.Good, clock.now())
    return builder.take()
  }
  return { clock, received, environments, closed, connection, good }
}

const latestStatus = (received: ValueBatch[]) => received.at(-1)?.statusCode[0]

describe('the supervisor of a device', () => {
  test('asks again after doubling waits, up to fifteen seconds', async () => {
    const attempts: number[] = []
    const { clock, connection } = bench({
      connect: async (time) => {
        attempts.push(time.monotonic())
        throw new RuntimeError('BadConnectionRejected', 'nobody there')
      },
    })
    await clock.advance(80_000)
    const waits = attempts.slice(1).map((at, index) => at - attempts[index]!)
    expect(waits.slice(0, 8)).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000])
    await connection.close()
  })

  test('logs the error of a device that stays away once, however often it asks, and again after it was there', async () => {
    const warnings: unknown[] = []
    let isThere = false
    const { clock, connection, environments } = bench({
      connect: async () => {
        if (!isThere) throw new RuntimeError('BadConnectionRejected', 'nobody there')
      },
      logger: { ...silentLogger, warn: (message) => void warnings.push(message) },
    })
    await clock.advance(80_000)
    expect(warnings).toEqual(['nobody there'])
    isThere = true
    await clock.advance(15_000)
    expect(connection.status.state).toBe('connected')
    isThere = false
    environments.at(-1)!.onLost(new RuntimeError('BadConnectionClosed', 'closed'))
    await clock.advance(80_000)
    expect(warnings).toEqual(['nobody there', 'closed', 'nobody there'])
    await connection.close()
  })

  test('gives up a connect that hangs, says Bad and goes on', async () => {
    const { clock, connection, received, closed } = bench({ connect: () => new Promise(() => undefined) })
    await clock.advance(1499)
    expect(connection.status.state).toBe('connecting')
    await clock.advance(1)
    expect(connection.status.state).toBe('waiting')
    expect(connection.status.lastError?.message).toContain('no connection within 1000 ms')
    expect(latestStatus(received)).toBe(StatusCodes.BadNoCommunication)
    expect(closed).toEqual([1])
    await connection.close()
  })

  test('says Bad of every tag the moment the link is lost, and nothing of the dead driver comes through', async () => {
    const { clock, connection, received, environments, good } = bench({ connect: async () => undefined })
    await settle()
    expect(connection.status.state).toBe('connected')
    environments[0]!.onValues(good(1))
    expect(latestStatus(received)).toBe(StatusCodes.Good)
    environments[0]!.onLost(new RuntimeError('BadConnectionClosed', 'the device closed the connection'))
    await settle()
    expect(latestStatus(received)).toBe(StatusCodes.BadNoCommunication)
    environments[0]!.onValues(good(2))
    expect(latestStatus(received)).toBe(StatusCodes.BadNoCommunication)
    await clock.advance(500)
    expect(environments).toHaveLength(2)
    environments[1]!.onValues(good(3))
    expect(received.at(-1)!.value[0]).toBe(3)
    await connection.close()
  })

  test('a link that breaks again and again is not asked faster and faster', async () => {
    const { clock, connection, environments } = bench({ connect: async () => undefined })
    for (const wait of [500, 1000, 2000, 4000]) {
      await settle()
      const count = environments.length
      environments.at(-1)!.onLost(new RuntimeError('BadConnectionClosed', 'gone'))
      await clock.advance(wait - 1)
      expect(environments).toHaveLength(count)
      await clock.advance(1)
      expect(environments).toHaveLength(count + 1)
    }
    await clock.advance(10_000)
    environments.at(-1)!.onLost(new RuntimeError('BadConnectionClosed', 'gone'))
    const count = environments.length
    await clock.advance(500)
    expect(environments).toHaveLength(count + 1)
    await connection.close()
  })

  test('a refused certificate stays visible as such on the tags', async () => {
    const { connection, received } = bench({
      connect: async () => {
        throw new RuntimeError('BadCertificateUntrusted', 'the certificate is not trusted yet')
      },
    })
    await settle()
    expect(latestStatus(received)).toBe(StatusCodes.BadCertificateUntrusted)
    await connection.close()
  })

  test('a write without a link answers BadNoCommunication at once', async () => {
    const { connection } = bench({ connect: () => new Promise(() => undefined) })
    expect(await connection.write(7, 1)).toBe(StatusCodes.BadNoCommunication)
    await connection.close()
  })

  test('a write that hangs ends when the link is lost', async () => {
    const { connection, environments } = bench({
      connect: async () => undefined,
      write: () => new Promise(() => undefined),
    })
    await settle()
    const writing = connection.write(7, 1)
    await settle()
    environments[0]!.onLost(new RuntimeError('BadConnectionClosed', 'gone'))
    expect(await writing).toBe(StatusCodes.BadConnectionClosed)
    await connection.close()
  })

  test('reconnect drops the link and asks at once', async () => {
    const { connection, environments, closed } = bench({ connect: async () => undefined })
    await settle()
    connection.reconnect()
    await settle()
    await settle()
    expect(closed).toEqual([1])
    expect(environments).toHaveLength(2)
    await connection.close()
  })

  test('close leaves no timer and no callback, in whatever state', async () => {
    for (const connect of [
      async () => undefined,
      () => new Promise<void>(() => undefined),
      () => Promise.reject(new Error('no')),
    ]) {
      const { clock, connection, received, environments, good } = bench({ connect })
      await settle()
      const closing = connection.close()
      await clock.advance(5000)
      await closing
      const count = received.length
      environments[0]!.onValues(good(1))
      expect(received).toHaveLength(count)
      expect(clock.pendingCount).toBe(0)
    }
  })
})
