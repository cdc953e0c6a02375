// What brokers can say or fail to say at the lowest level, played by a scripted broker byte by byte.
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import type { Driver } from '../../../../src-main/drivers/driver.ts'
import { protocolDriver } from '../../../../src-main/drivers/mqtt/mqtt-driver.ts'
import { reasonOf, reasonOfError } from '../../../../src-main/drivers/mqtt/mqtt-reason.ts'
import type { RuntimeError } from '../../../../src-main/shared/runtime-error.ts'
import { StatusCodes } from '../../../../src-main/shared/status-code.ts'
import { until } from '../driver-conformance.ts'
import { deviceOf, itemOf, Observed } from './mqtt-items.ts'

const acceptedBy5 = Buffer.from([0x20, 0x03, 0x00, 0x00, 0x00])
const acceptedBy4 = Buffer.from([0x20, 0x02, 0x00, 0x00])

/** Protocol level of a CONNECT packet: 4 or 5. */
function levelOf(connect: Buffer): number {
  return connect[connect.indexOf('MQTT') + 4]!
}

describe('a connection to a broker', () => {
  const observed: Observed[] = []
  const opened: { close(): unknown }[] = []

  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close()
  })

  /** A broker that answers the first packet of every connection as told. */
  const scripted = async (answer: (connect: Buffer, socket: Socket) => void): Promise<string> => {
    const sockets = new Set<Socket>()
    const server: Server = createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.once('data', (bytes: Buffer) => answer(bytes, socket))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    opened.push({
      async close() {
        for (const socket of sockets) socket.destroy()
        server.close()
        await once(server, 'close')
      },
    })
    return `mqtt://127.0.0.1:${(server.address() as { port: number }).port}`
  }

  const driverTo = (address: string, options: object = {}): { driver: Driver; seen: Observed } => {
    const seen = new Observed()
    observed.push(seen)
    const driver = protocolDriver.createDriver(seen.environment({ ...deviceOf(address, options), timeoutMs: 400 }))
    opened.push(driver)
    return { driver, seen }
  }

  const refusalOf = (driver: Driver): Promise<RuntimeError | null> =>
    driver.connect(AbortSignal.timeout(3000)).then(
      () => null,
      (error: RuntimeError) => error,
    )

  test('a refusal is given in the words of its reason code, with device and address', async () => {
    const address = await scripted((_connect, socket) => socket.end(Buffer.from([0x20, 0x03, 0x00, 0x8a, 0x00])))
    const refusal = await refusalOf(driverTo(address, { protocolVersion: 5 }).driver)
    expect(refusal?.code).toBe('BadConnectionRejected')
    expect(refusal?.message).toBe(`Device "broker" (${address}): the broker has banned this client (reason 138)`)
  })

  test('a broker that hangs up on MQTT 5 is asked again with 3.1.1', async () => {
    const levels: number[] = []
    const address = await scripted((connect, socket) => {
      levels.push(levelOf(connect))
      if (levelOf(connect) === 5) socket.end()
      else socket.write(acceptedBy4)
    })
    const { driver } = driverTo(address)
    await driver.connect(AbortSignal.timeout(3000))
    expect(levels).toEqual([5, 4])
    expect(driver.counters.details.protocol).toBe('MQTT 3.1.1')
  })

  test('a broker that was told to speak MQTT 5 and does not is refused, not asked again', async () => {
    const levels: number[] = []
    const address = await scripted((connect, socket) => {
      levels.push(levelOf(connect))
      socket.end(Buffer.from([0x20, 0x02, 0x00, 0x01]))
    })
    expect(await refusalOf(driverTo(address, { protocolVersion: 5 }).driver)).not.toBeNull()
    expect(levels).toEqual([5])
  })

  test('a broker that accepts the connection and says nothing is given up after the time-out', async () => {
    const address = await scripted(() => undefined)
    const refusal = await refusalOf(driverTo(address, { protocolVersion: 5 }).driver)
    expect(refusal?.code).toBe('BadTimeout')
    expect(refusal?.message).toContain('no answer to CONNECT within 400 ms')
  })

  test('a broker that ends the session says why (MQTT 5.0 section 3.14)', async () => {
    let taken: Socket | null = null
    const address = await scripted((_connect, socket) => {
      taken = socket
      socket.write(acceptedBy5)
    })
    const { driver, seen } = driverTo(address)
    await driver.connect(AbortSignal.timeout(3000))
    taken!.end(Buffer.from([0xe0, 0x02, 0x8e, 0x00]))
    await until('the loss', () => seen.lost.length === 1)
    expect(seen.lost[0]!.message).toContain('another client connected with the same client id')
  })

  test('a topic the broker refuses is Bad with its reason, the other topics are not touched (MQTT 5.0 section 3.9)', async () => {
    const address = await scripted((_connect, socket) => {
      socket.write(acceptedBy5)
      socket.on('data', (bytes: Buffer) => {
        const isSubscribe = bytes[0] === 0x82
        // Two filters: the first is not authorised, the second granted; then a message of the second.
        if (isSubscribe) socket.write(Buffer.from([0x90, 0x05, bytes[2]!, bytes[3]!, 0x00, 0x87, 0x00]))
        if (isSubscribe) socket.write(Buffer.from([0x30, 0x05, 0x00, 0x01, 0x62, 0x00, 0x37]))
        if (bytes[0] === 0xc0) socket.write(Buffer.from([0xd0, 0x00]))
      })
    })
    const { driver, seen } = driverTo(address, { protocolVersion: 5, qos: 0 })
    await driver.connect(AbortSignal.timeout(3000))
    await driver.watch([itemOf(1, 'a', 'float64'), itemOf(2, 'b', 'float64')])
    await until('both', () => seen.latest.size === 2)
    expect(seen.statusOf(1)).toBe(StatusCodes.BadUserAccessDenied)
    expect(seen.isGoodAt(2, 7)).toBe(true)
    await until('the count on the device page', () => driver.counters.details['topics the broker refused'] === '1')
  })

  test('a subscription without an answer is Bad after the time-out; what comes later still counts', async () => {
    let taken: Socket | null = null
    const address = await scripted((_connect, socket) => {
      taken = socket
      socket.write(acceptedBy5)
      socket.on('data', (bytes: Buffer) => {
        if (bytes[0] === 0xc0) socket.write(Buffer.from([0xd0, 0x00]))
      })
    })
    const { driver, seen } = driverTo(address, { protocolVersion: 5 })
    await driver.connect(AbortSignal.timeout(3000))
    await driver.watch([itemOf(2, 'b', 'float64')])
    await until('Bad', () => seen.statusOf(2) === StatusCodes.BadTimeout)
    taken!.write(Buffer.from([0x30, 0x05, 0x00, 0x01, 0x62, 0x00, 0x37]))
    await until('the value', () => seen.isGoodAt(2, 7))
    expect(seen.lost).toHaveLength(0)
  })

  test('bytes that are no MQTT end the connection with a sentence, never the program', {
    timeout: 60_000,
  }, async () => {
    let garbage = Buffer.alloc(0)
    const address = await scripted((_connect, socket) => {
      socket.write(acceptedBy5)
      socket.end(garbage)
    })
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        garbage = Buffer.from(bytes)
        const { driver, seen } = driverTo(address)
        const refusal = await refusalOf(driver)
        if (refusal === null) await until('the loss', () => seen.lost.length === 1)
        expect((refusal ?? seen.lost[0])?.name).toBe('RuntimeError')
        await driver.close()
        expect(seen.lost.length).toBeLessThanOrEqual(1)
      }),
      { numRuns: 200 },
    )
  })
})

describe('reasons in words', () => {
  test('every reason code of the standard has a sentence, and a number it does not know is told as such', () => {
    for (const code of [
      128, 129, 130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 140, 141, 142, 143, 144, 147, 149, 150, 151, 152, 153,
      154, 155, 156, 157, 159, 160, 161, 162,
    ])
      expect(reasonOf(code).text).toMatch(new RegExp(`\\(reason ${code}\\)$`))
    expect(reasonOf(199)).toEqual({
      code: 'BadUnknownResponse',
      text: 'the broker gave reason 199, which the standard does not know',
    })
  })

  test('an expired certificate is told as such', () => {
    expect(reasonOfError(Object.assign(new Error('x'), { code: 'CERT_HAS_EXPIRED' }))).toEqual({
      code: 'BadCertificateInvalid',
      text: 'its certificate has expired',
    })
  })
})
