import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { silentLogger } from '../../../../src-main/base/logger.ts'
import type { DriverItem } from '../../../../src-main/drivers/driver.ts'
import { protocolDriver } from '../../../../src-main/drivers/simulator/simulator-driver.ts'
import { parseSignal, simulatorProtocol } from '../../../../src-main/drivers/simulator/simulator-protocol.ts'
import type { DeviceDefinition } from '../../../../src-main/shared/plant.ts'
import { StatusCodes } from '../../../../src-main/shared/status-code.ts'
import type { DataType } from '../../../../src-main/shared/tag.ts'
import type { ValueBatch } from '../../../../src-main/shared/value-batch.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'

const device: DeviceDefinition = {
  name: 'training',
  description: '',
  protocol: 'simulator',
  address: '',
  timeoutMs: 1000,
  scanRates: { normal: 1000 },
  enabled: true,
  options: {},
}

function item(handle: number, address: string, dataType: DataType = 'float64'): DriverItem {
  return { handle, address, dataType, arrayLength: null, scanIntervalMs: 1000, writable: true, options: {} }
}

async function watching(...items: DriverItem[]) {
  const clock = new FakeClock(0)
  const batches: ValueBatch[] = []
  const driver = protocolDriver.createDriver({
    device,
    clock,
    logger: silentLogger,
    secret: () => null,
    folder: '',
    onValues: (batch) => batches.push(batch),
    onLost: () => undefined,
  })
  await driver.connect(new AbortController().signal)
  await driver.watch(items)
  return { clock, driver, batches, values: () => batches.map((batch) => batch.value[0]) }
}

describe('the simulator driver', () => {
  test('a ramp runs from low to high once a period', async () => {
    const { clock, values, driver } = await watching(item(1, 'ramp(period=4 s, low=0, high=100)'))
    await clock.advance(5000)
    expect(values()).toEqual([0, 25, 50, 75, 0, 25])
    await driver.close()
    expect(clock.pendingCount).toBe(0)
  })

  test('what is written is remembered and read back', async () => {
    const { driver, batches } = await watching(item(1, 'memory(Speed, initial=3)', 'int16'))
    expect(batches.at(-1)!.value[0]).toBe(3)
    expect(await driver.write(item(1, 'memory(Speed, initial=3)', 'int16'), 42)).toBe(StatusCodes.Good)
    expect(batches.at(-1)!.value[0]).toBe(42)
    expect(await driver.write(item(2, 'sine'), 1)).toBe(StatusCodes.BadNotWritable)
  })

  test('a lag follows what was written with its time constant', async () => {
    const { clock, driver, values } = await watching(item(1, 'lag(of=Target, timeConstant=10 s)'))
    await driver.write(item(9, 'memory(Target)'), 100)
    await clock.advance(10_000)
    expect(values().at(-1)).toBeCloseTo(100 * (1 - Math.exp(-1)), 6)
  })

  test('a random walk stays within its bounds', async () => {
    const { clock, values } = await watching(item(1, 'walk(low=-1, high=1, step=5)'))
    await clock.advance(100_000)
    for (const value of values()) expect(Math.abs(value!)).toBeLessThanOrEqual(1)
  })

  test.each([
    ['wave(period=1 s)', 'is not a simulated signal'],
    ['sine(period=soon)', 'is not a time'],
    ['sine(low=5, high=5)', 'low must be less than high'],
    ['sine(colour=red)', 'has no argument "colour"'],
    ['memory()', 'must be a name'],
    ['toggle(period=1 s, period=2 s)', 'given twice'],
  ])('the address %s is refused in words', (address, words) => {
    const parsed = parseSignal(address)
    expect(parsed.ok ? '' : parsed.message).toContain(words)
  })

  test('no address text makes the check throw', () => {
    fc.assert(
      fc.property(fc.string(), (text) => typeof simulatorProtocol.checkAddress(text, null, null).ok === 'boolean'),
    )
  })
})
