// MQTT over WebSocket, plain and with TLS, to aedes behind Node's own web server.
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Aedes } from 'aedes'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createWebSocketStream, WebSocketServer } from 'ws'
import type { Driver } from '../../../../src-main/drivers/driver.ts'
import { protocolDriver } from '../../../../src-main/drivers/mqtt/mqtt-driver.ts'
import type { DeviceDefinition } from '../../../../src-main/shared/plant.ts'
import type { RuntimeError } from '../../../../src-main/shared/runtime-error.ts'
import { StatusCodes } from '../../../../src-main/shared/status-code.ts'
import { until } from '../driver-conformance.ts'
import { makeCertificates, whyNoCertificates } from './mosquitto.ts'
import { deviceOf, itemOf, Observed } from './mqtt-items.ts'

describe.skipIf(whyNoCertificates !== '')(`MQTT over WebSocket${whyNoCertificates}`, () => {
  const item = itemOf(1, 'a/b', 'float64')
  let folder: string
  let observed: Observed
  let opened: { close(): unknown }[]

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lineside-wss-'))
    makeCertificates(folder)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  beforeEach(() => {
    observed = new Observed()
    opened = []
  })
  afterEach(async () => {
    for (const one of opened.reverse()) await one.close()
  })

  const startBroker = async (isSecure: boolean): Promise<number> => {
    const pem = (name: string) => readFileSync(join(folder, name))
    const server = isSecure
      ? createSecureServer({
          key: pem('broker.key'),
          cert: pem('broker.crt'),
          ca: pem('authority.crt'),
          requestCert: true,
          rejectUnauthorized: true,
        })
      : createServer()
    const aedes = await Aedes.createBroker()
    const sockets = new WebSocketServer({ server })
    sockets.on('connection', (socket, request) => {
      const stream = createWebSocketStream(socket)
      stream.on('error', () => socket.terminate())
      aedes.handle(stream, request)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    opened.push({
      async close() {
        await new Promise<void>((resolve) => aedes.close(resolve))
        for (const client of sockets.clients) client.terminate()
        server.close()
        server.closeAllConnections()
      },
    })
    return (server.address() as { port: number }).port
  }

  const driverTo = (device: DeviceDefinition): Driver => {
    const driver = protocolDriver.createDriver(observed.environment(device, {}, folder))
    opened.push(driver)
    return driver
  }
  const refusalOf = (device: DeviceDefinition): Promise<RuntimeError | null> =>
    driverTo(device)
      .connect(AbortSignal.timeout(3000))
      .then(
        () => null,
        (error: RuntimeError) => error,
      )

  test('values come and writes go', async () => {
    const driver = driverTo(deviceOf(`ws://127.0.0.1:${await startBroker(false)}/mqtt`))
    await driver.connect(AbortSignal.timeout(3000))
    await driver.watch([item])
    expect(await driver.write(item, 4)).toBe(StatusCodes.Good)
    await until('a value over a WebSocket', () => observed.isGoodAt(1, 4))
  })

  test('with TLS the client certificate is shown and the broker certificate is checked: authority and host name', async () => {
    const port = await startBroker(true)
    const own = { ca: 'authority.crt', certificate: 'client.crt', key: 'client.key' }
    const driver = driverTo(deviceOf(`wss://localhost:${port}/mqtt`, { tls: own }))
    await driver.connect(AbortSignal.timeout(3000))
    await driver.watch([item])
    expect(await driver.write(item, 4)).toBe(StatusCodes.Good)
    await until('a value over a secure WebSocket', () => observed.isGoodAt(1, 4))
    const stranger = await refusalOf(deviceOf(`wss://localhost:${port}/mqtt`, { tls: { ...own, ca: 'stranger.crt' } }))
    expect(stranger?.code).toBe('BadCertificateUntrusted')
    expect((await refusalOf(deviceOf(`wss://127.0.0.1:${port}/mqtt`, { tls: own })))?.code).toBe(
      'BadCertificateInvalid',
    )
    const named = driverTo(deviceOf(`wss://127.0.0.1:${port}/mqtt`, { tls: { ...own, serverName: 'localhost' } }))
    await named.connect(AbortSignal.timeout(3000))
  })

  test('a web server that is no broker is refused with a sentence', async () => {
    const server = createServer((_request, response) => response.writeHead(404).end())
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    opened.push(server)
    const refusal = await refusalOf(deviceOf(`ws://127.0.0.1:${(server.address() as { port: number }).port}/`))
    expect(refusal?.message).toMatch(/404|closed|WebSocket/)
  })
})
