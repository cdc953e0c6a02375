// What every driver has to do, whatever it speaks: one suite, run by each driver's test against its protocol-true
// simulator behind a cable (test/fakes/tcp-proxy.ts) that the suite cuts and freezes.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../src-main/base/clock.ts'
import { silentLogger } from '../../../src-main/base/logger.ts'
import { DeviceConnection } from '../../../src-main/drivers/device-connection.ts'
import type { Driver, DriverEnvironment, DriverItem, ProtocolDriver } from '../../../src-main/drivers/driver.ts'
import type { TagValue } from '../../../src-main/shared/data-value.ts'
import type { DeviceDefinition } from '../../../src-main/shared/plant.ts'
import type { RuntimeError } from '../../../src-main/shared/runtime-error.ts'
import { isBad, isGood, StatusCodes } from '../../../src-main/shared/status-code.ts'
import type { ValueBatch } from '../../../src-main/shared/value-batch.ts'
import { limitHere } from '../../fakes/busy-machine.ts'

/** A simulated device as the suite needs it. Handles are unique. Items of `values` are writable and distinct. */
export interface ConformanceDevice {
  /** `timeoutMs` about 1000; `address` leads through the cable. */
  readonly device: DeviceDefinition
  /** One for each kind of value the protocol has; two raw values that differ, the first is served at the start. */
  readonly values: readonly { readonly item: DriverItem; readonly first: TagValue; readonly second: TagValue }[]
  /** An address that is well formed but that the device does not have; null where the protocol cannot tell (MQTT). */
  readonly unknown: DriverItem | null
  /** The device itself changes a value. */
  set(item: DriverItem, value: TagValue): void | Promise<void>
  /** What the device holds. */
  get(item: DriverItem): TagValue | Promise<TagValue>
  /** The device or its cable dies: connections break, new ones are refused; null where there is no link to cut. */
  cut: (() => Promise<void>) | null
  /** Nothing answers any more, but no connection is told; null where the link is not TCP. */
  freeze: (() => void) | null
  restore(): Promise<void>
  close(): Promise<void>
}

export interface ConformanceHarness {
  readonly driver: ProtocolDriver
  start(): Promise<ConformanceDevice>
  /** A folder for certificates, where the protocol wants one. */
  readonly folder?: string
  readonly secret?: (name: string) => string | null
  /** How long after the device's time-out a silent link may take to be called Bad; ms. Default 2000. */
  readonly silenceMs?: number
}

/** Everything a driver reported, by handle. */
class Received {
  readonly batches: ValueBatch[] = []
  readonly latest = new Map<number, { value: TagValue; statusCode: number; sourceTimestamp: number }>()
  readonly counts = new Map<number, number>()
  readonly sawBad = new Set<number>()

  readonly take = (batch: ValueBatch): void => {
    this.batches.push(batch)
    for (let row = 0; row < batch.count; row++) {
      const handle = batch.handle[row]!
      const other = batch.others?.[row]
      const statusCode = batch.statusCode[row]!
      const value = other === undefined ? batch.value[row]! : other
      this.latest.set(handle, { value, statusCode, sourceTimestamp: batch.sourceTimestamp[row]! })
      this.counts.set(handle, (this.counts.get(handle) ?? 0) + 1)
      if (isBad(statusCode)) this.sawBad.add(handle)
    }
  }

  isGoodAt(item: DriverItem, value: TagValue): boolean {
    const latest = this.latest.get(item.handle)
    return latest !== undefined && isGood(latest.statusCode) && same(latest.value, value)
  }
}

/** Waits for a condition, at most `limitMs` on a machine that keeps up with its work; then says what it waited for. */
export async function until(what: string, condition: () => boolean, limitMs = 20_000): Promise<void> {
  const end = performance.now() + limitHere(limitMs)
  while (!condition()) {
    if (performance.now() > end) throw new Error(`waited ${limitMs} ms in vain for: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Equality of raw values; booleans travel as 0 and 1. */
export function same(a: TagValue, b: TagValue): boolean {
  const plain = (value: TagValue): unknown => {
    if (typeof value === 'boolean') return value ? 1 : 0
    if (value instanceof Uint8Array) return [...value]
    if (Array.isArray(value)) return value.map((element: TagValue) => plain(element))
    return value
  }
  const replacer = (_: string, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)
  return JSON.stringify(plain(a), replacer) === JSON.stringify(plain(b), replacer)
}

export function describeDriverConformance(name: string, harness: ConformanceHarness): void {
  const silenceMs = harness.silenceMs ?? 2000

  describe(`${name} keeps the driver contract`, () => {
    let peer: ConformanceDevice
    let received: Received
    let lost: RuntimeError[]
    let opened: { close(): Promise<void> }[]

    beforeEach(async () => {
      peer = await harness.start()
      received = new Received()
      lost = []
      opened = []
    })

    afterEach(async () => {
      for (const one of opened) await one.close()
      await peer.close()
    })

    const environment = (device: DeviceDefinition): DriverEnvironment => ({
      device,
      clock: systemClock,
      logger: silentLogger,
      secret: harness.secret ?? (() => null),
      folder: harness.folder ?? '/nonexistent',
      onValues: received.take,
      onLost: (error) => lost.push(error),
    })

    const connected = async (): Promise<Driver> => {
      const driver = harness.driver.createDriver(environment(peer.device))
      opened.push(driver)
      await driver.connect(new AbortController().signal)
      return driver
    }

    /** Waits until the device holds the value. */
    const untilHeld = async (item: DriverItem, value: TagValue): Promise<void> => {
      const end = performance.now() + limitHere(20_000)
      for (;;) {
        const held = await peer.get(item)
        if (same(held, value)) return
        if (performance.now() > end)
          throw new Error(`${item.address} holds ${String(held)} instead of ${String(value)}`)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    }

    const items = () => peer.values.map(({ item }) => item)
    const allFirst = () => peer.values.every(({ item, first }) => received.isGoodAt(item, first))

    test('a device that is not there refuses the connection with a sentence that names it', async (context) => {
      if (!peer.cut) return context.skip('there is no link to cut')
      await peer.cut()
      const driver = harness.driver.createDriver(environment(peer.device))
      opened.push(driver)
      const signal = AbortSignal.timeout(peer.device.timeoutMs)
      const refusal = await driver.connect(signal).then(
        () => null,
        (error: RuntimeError) => error,
      )
      expect(refusal?.name).toBe('RuntimeError')
      expect(refusal?.message.length).toBeGreaterThan(20)
    })

    test('close during connect ends it and no callback follows', async () => {
      const driver = harness.driver.createDriver(environment(peer.device))
      const connecting = driver.connect(new AbortController().signal).catch(() => undefined)
      await driver.close()
      await Promise.race([connecting, new Promise((resolve) => setTimeout(resolve, 2000))])
      expect(received.batches).toHaveLength(0)
      expect(lost).toHaveLength(0)
    })

    test('every watched item is reported Good with its value and a plausible time', async () => {
      const driver = await connected()
      expect(received.batches).toHaveLength(0)
      await driver.watch(items())
      await until('all first values', allFirst)
      for (const { item } of peer.values) {
        const age = Date.now() - received.latest.get(item.handle)!.sourceTimestamp
        expect(age, item.address).toBeGreaterThan(-2000)
        expect(age, item.address).toBeLessThan(60_000)
      }
    })

    test('a change in the device arrives', async () => {
      const driver = await connected()
      await driver.watch(items())
      await until('all first values', allFirst)
      for (const { item, second } of peer.values) await peer.set(item, second)
      await until('all second values', () => peer.values.every(({ item, second }) => received.isGoodAt(item, second)))
    })

    test('a write reaches the device and is read back', async () => {
      const driver = await connected()
      await driver.watch(items())
      await until('all first values', allFirst)
      for (const { item, second } of peer.values) {
        expect(await driver.write(item, second), item.address).toBe(StatusCodes.Good)
        await untilHeld(item, second)
        await until(`${item.address} read back`, () => received.isGoodAt(item, second))
      }
    })

    test('a write of the value that is already there is read back as well', async () => {
      const driver = await connected()
      await driver.watch(items())
      await until('all first values', allFirst)
      const { item, first } = peer.values[0]!
      const before = received.counts.get(item.handle)!
      expect(await driver.write(item, first)).toBe(StatusCodes.Good)
      await until('a report after the write', () => received.counts.get(item.handle)! > before)
      expect(received.isGoodAt(item, first)).toBe(true)
    })

    test('a write to an item that is not watched is read back', async () => {
      const driver = await connected()
      const { item, second } = peer.values[0]!
      expect(await driver.write(item, second)).toBe(StatusCodes.Good)
      await until('read back', () => received.isGoodAt(item, second))
    })

    test('read gives every item once without watching it', async () => {
      const driver = await connected()
      const batch = await driver.read(items())
      const result = new Received()
      result.take(batch)
      for (const { item, first } of peer.values) expect(result.isGoodAt(item, first), item.address).toBe(true)
      expect(batch.count).toBe(peer.values.length)
    })

    test('another set of items leaves those that stay undisturbed, ends those that go, begins those that come', async () => {
      const driver = await connected()
      const [going, staying, coming] = [items()[0]!, items()[1]!, items()[2]!]
      await driver.watch([going, staying])
      await until('the first two', () => received.counts.has(going.handle) && received.counts.has(staying.handle))
      expect(received.counts.has(coming.handle)).toBe(false)
      await driver.watch([staying, coming])
      await until('the third', () => received.counts.has(coming.handle))
      const countBefore = received.counts.get(going.handle)
      const { second } = peer.values[1]!
      await peer.set(going, peer.values[0]!.second)
      await peer.set(staying, second)
      await until('the one that stayed', () => received.isGoodAt(staying, second))
      expect(received.counts.get(going.handle)).toBe(countBefore)
      expect(received.sawBad.has(staying.handle)).toBe(false)
    })

    test('an address the device does not have is Bad and its neighbours stay Good', async (context) => {
      const unknown = peer.unknown
      if (!unknown) return context.skip('this protocol cannot tell an address that does not exist')
      const driver = await connected()
      await driver.watch([...items(), unknown])
      await until('all first values', allFirst)
      await until('the unknown one', () => received.latest.has(unknown.handle))
      expect(isBad(received.latest.get(unknown.handle)!.statusCode)).toBe(true)
      expect(isBad(await driver.write({ ...unknown, writable: true }, peer.values[0]!.first))).toBe(true)
      await until('all first values, still', allFirst)
    })

    test('a broken link is reported once or all its items turn Bad, and nothing comes after close', async (context) => {
      const { cut } = peer
      if (!cut) return context.skip('there is no link to cut')
      const driver = await connected()
      await driver.watch(items())
      await until('all first values', allFirst)
      await cut()
      await until('the loss', () => lost.length > 0 || items().every((item) => received.sawBad.has(item.handle)), 4000)
      expect(lost.length).toBeLessThanOrEqual(1)
      await driver.close()
      const batchCount = received.batches.length
      const lostCount = lost.length
      await new Promise((resolve) => setTimeout(resolve, 300))
      expect(received.batches.length).toBe(batchCount)
      expect(lost.length).toBe(lostCount)
    })

    test('a device that falls silent without a word is noticed in time', async (context) => {
      const { freeze } = peer
      if (!freeze) return context.skip('the link of this protocol cannot fall silent')
      const driver = await connected()
      await driver.watch(items())
      await until('all first values', allFirst)
      freeze()
      const limitMs = peer.device.timeoutMs + silenceMs
      await until(
        'the silence',
        () => lost.length > 0 || items().every((item) => received.sawBad.has(item.handle)),
        limitMs,
      )
    })

    test('under supervision the tags turn Bad when the link dies and Good again when it is back', async (context) => {
      const { cut } = peer
      if (!cut) return context.skip('there is no link to cut')
      const connection = new DeviceConnection({
        device: peer.device,
        createDriver: (given) => harness.driver.createDriver(given),
        clock: systemClock,
        logger: silentLogger,
        secret: harness.secret ?? (() => null),
        folder: harness.folder ?? '/nonexistent',
        onValues: received.take,
        onState: () => undefined,
        retries: { firstMs: 200, ceilingMs: 1000, jitter: 0 },
      })
      opened.push(connection)
      connection.setItems(items())
      connection.start()
      await until('all first values', allFirst)
      await cut()
      await until(
        'all Bad',
        () => items().every((item) => isBad(received.latest.get(item.handle)!.statusCode)),
        peer.device.timeoutMs + silenceMs,
      )
      expect(isBad(await connection.write(items()[0]!.handle, peer.values[0]!.second))).toBe(true)
      await peer.restore()
      await until(
        'all Good again',
        () => items().every((item) => isGood(received.latest.get(item.handle)!.statusCode)),
        15_000,
      )
      expect(connection.status.reconnectCount).toBeLessThan(20)
    })
  })
}
