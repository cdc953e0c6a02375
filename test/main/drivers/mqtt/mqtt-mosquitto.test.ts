// The MQTT driver against a broker of another make: versions, security, refusals in words, death and return.
import { execFileSync } from 'node:child_process'
import { chmodSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import mqtt, { type MqttClient } from 'mqtt'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../../src-main/base/clock.ts'
import { silentLogger } from '../../../../src-main/base/logger.ts'
import { DeviceConnection } from '../../../../src-main/drivers/device-connection.ts'
import type { Driver, DriverItem } from '../../../../src-main/drivers/driver.ts'
import { protocolDriver } from '../../../../src-main/drivers/mqtt/mqtt-driver.ts'
import type { DeviceDefinition } from '../../../../src-main/shared/plant.ts'
import type { RuntimeError } from '../../../../src-main/shared/runtime-error.ts'
import { isBad, StatusCodes } from '../../../../src-main/shared/status-code.ts'
import { limitHere } from '../../../fakes/busy-machine.ts'
import { until } from '../driver-conformance.ts'
import { Mosquitto, makeCertificates, whyNoMosquitto } from './mosquitto.ts'
import { deviceOf, itemOf, Observed } from './mqtt-items.ts'

describe.skipIf(whyNoMosquitto !== '')(`MQTT driver and mosquitto${whyNoMosquitto}`, () => {
  let broker: Mosquitto
  let observed: Observed
  let opened: { close(): Promise<unknown> }[]

  beforeEach(() => {
    observed = new Observed()
    opened = []
  })

  afterEach(async () => {
    for (const one of opened.reverse()) await one.close()
  })

  const start = async (configuration?: (folder: string) => string) => {
    broker = await Mosquitto.start(configuration)
    opened.push(broker)
    return broker
  }

  const connected = async (device: DeviceDefinition, secrets: Record<string, string> = {}): Promise<Driver> => {
    const driver = protocolDriver.createDriver(observed.environment(device, secrets, broker.folder))
    opened.push(driver)
    await driver.connect(AbortSignal.timeout(5000))
    return driver
  }

  const refusalOf = async (device: DeviceDefinition, secrets: Record<string, string> = {}): Promise<RuntimeError> => {
    const driver = protocolDriver.createDriver(observed.environment(device, secrets, broker.folder))
    opened.push(driver)
    return driver.connect(AbortSignal.timeout(5000)).then(
      () => {
        throw new Error('the connection was not refused')
      },
      (error: RuntimeError) => error,
    )
  }

  const source = async (options: mqtt.IClientOptions = {}): Promise<MqttClient> => {
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 0, ...options })
    client.on('error', () => undefined)
    opened.push({ close: () => client.endAsync(true) })
    return client
  }

  const here = (options: object = {}) => deviceOf(`mqtt://127.0.0.1:${broker.port}`, options)

  for (const [version, wanted] of [
    [5, 'MQTT 5'],
    ['3.1.1', 'MQTT 3.1.1'],
    ['auto', 'MQTT 5'],
  ] as const)
    test(`protocolVersion ${version} speaks ${wanted}: retained and live values, a write with qos 1`, async () => {
      await start()
      const client = await source()
      await client.publishAsync('line/filler', '{"level":12.5,"count":9007199254740993}', { retain: true, qos: 1 })
      const driver = await connected(here({ protocolVersion: version }))
      await driver.watch([
        itemOf(1, 'line/filler#$.level', 'float64'),
        itemOf(2, 'line/filler#$.count', 'int64'),
        itemOf(3, 'set/speed', 'int32'),
      ])
      await until('the retained values', () => observed.isGoodAt(1, 12.5) && observed.isGoodAt(2, 9007199254740993n))
      await client.publishAsync('line/filler', '{"level":13.5,"count":1}')
      await until('the live values', () => observed.isGoodAt(1, 13.5) && observed.isGoodAt(2, 1n))
      expect(await driver.write(itemOf(3, 'set/speed', 'int32'), 1500)).toBe(StatusCodes.Good)
      await until('the write, as the broker gives it back', () => observed.isGoodAt(3, 1500))
      await until('the version on the device page', () => driver.counters.details.protocol === wanted)
    })

  test('ten thousand topics are subscribed and all their retained values taken', async () => {
    await start(() => 'allow_anonymous true\nmax_queued_messages 20000')
    const items = Array.from({ length: 10_000 }, (_, index) =>
      itemOf(index, `plant/unit${index % 100}/value${index}`, 'float64'),
    )
    const client = await source()
    for (const [index, { address }] of items.entries()) client.publish(address, String(index), { retain: true })
    await client.publishAsync('last', '', { qos: 1 })
    const driver = await connected({ ...here(), timeoutMs: 5000 })
    await driver.watch(items)
    await until('all values', () => items.every(({ handle }) => observed.isGoodAt(handle, handle)), 15_000)
  })

  describe('with TLS and client certificates', () => {
    const secure = (folder: string) => {
      makeCertificates(folder)
      for (const file of ['broker.key', 'broker.crt', 'authority.crt']) chmodSync(join(folder, file), 0o644)
      chmodSync(folder, 0o755)
      return `cafile ${folder}/authority.crt\ncertfile ${folder}/broker.crt\nkeyfile ${folder}/broker.key\nrequire_certificate true\nallow_anonymous true`
    }
    const secureDevice = (host: string, tls: object) => deviceOf(`mqtts://${host}:${broker.port}`, { tls })
    const own = { ca: 'authority.crt', certificate: 'client.crt', key: 'client.key' }

    test('our own authority and a client certificate are accepted, the key from a file or from a secret', async () => {
      await start(secure)
      const fromFile = await connected(secureDevice('localhost', own))
      await fromFile.watch([itemOf(1, 'a/b', 'float64')])
      const key = readFileSync(join(broker.folder, 'client.key'), 'utf8')
      const { key: _file, ...withoutKey } = own
      const driver = await connected(secureDevice('localhost', { ...withoutKey, keySecret: 'station-key' }), {
        'station-key': key,
      })
      await driver.write(itemOf(1, 'a/b', 'float64'), 4)
      await until('a value over TLS', () => observed.isGoodAt(1, 4))
    })

    test('an authority that did not sign the broker is refused as not trusted', async () => {
      await start(secure)
      const refusal = await refusalOf(secureDevice('localhost', { ...own, ca: 'stranger.crt' }))
      expect(refusal.code).toBe('BadCertificateUntrusted')
      expect(refusal.message).toContain('tls.ca')
    })

    test('without an authority of our own the well-known ones are asked, and refuse', async () => {
      await start(secure)
      const { ca: _ca, ...rest } = own
      expect((await refusalOf(secureDevice('localhost', rest))).code).toBe('BadCertificateUntrusted')
    })

    test('a certificate for another host name is refused, unless tls.serverName says which is meant', async () => {
      await start(secure)
      const refusal = await refusalOf(secureDevice('127.0.0.1', own))
      expect(refusal.code).toBe('BadCertificateInvalid')
      expect(refusal.message).toContain('another host name')
      await connected(secureDevice('127.0.0.1', { ...own, serverName: 'localhost' }))
    })

    test('without a client certificate the broker refuses, and the sentence says what is missing', async () => {
      await start(secure)
      const refused = protocolDriver.createDriver(
        observed.environment(secureDevice('localhost', { ca: 'authority.crt' }), {}, broker.folder),
      )
      opened.push(refused)
      // With TLS 1.3 the refusal may come after the handshake; then the link is lost at once.
      const refusal = await refused.connect(AbortSignal.timeout(3000)).then(
        () => null,
        (error: RuntimeError) => error,
      )
      expect(refusal?.message).toMatch(/client certificate|closed|reset/)
    })

    test('a broker without TLS at the other end is refused', async () => {
      await start()
      const refusal = await refusalOf(deviceOf(`mqtts://localhost:${broker.port}`, {}))
      expect(isBad(refusal.statusCode)).toBe(true)
      expect(refusal.message).toMatch(/TLS|closed|reset/)
    })
  })

  describe('with users and an access list', () => {
    const closed = (folder: string) => {
      execFileSync('mosquitto_passwd', ['-b', '-c', `${folder}/passwords`, 'station', 'right'], { stdio: 'pipe' })
      execFileSync('sh', ['-c', `printf 'user station\\ntopic readwrite line/#\\n' > ${folder}/acl`])
      for (const file of ['passwords', 'acl']) chmodSync(join(folder, file), 0o644)
      chmodSync(folder, 0o755)
      return `allow_anonymous false\npassword_file ${folder}/passwords\nacl_file ${folder}/acl`
    }

    test('a wrong password is refused in words, with MQTT 5 and with 3.1.1', async () => {
      await start(closed)
      for (const protocolVersion of [5, '3.1.1', 'auto']) {
        const refusal = await refusalOf(here({ protocolVersion, user: 'station', passwordSecret: 'p' }), { p: 'wrong' })
        expect(['BadUserAccessDenied', 'BadIdentityTokenRejected']).toContain(refusal.code)
        expect(refusal.message).toMatch(/not authorised|wrong user or password/)
      }
    })

    test('a secret that is not there is named', async () => {
      await start(closed)
      const refusal = await refusalOf(here({ user: 'station', passwordSecret: 'mqtt-password' }))
      expect(refusal.code).toBe('BadConfigurationError')
      expect(refusal.message).toContain('lineside secret set mqtt-password')
    })

    test('what the access list forbids is Bad for that tag alone; a forbidden write answers so (MQTT 5)', async () => {
      await start(closed)
      const driver = await connected(here({ protocolVersion: 5, user: 'station', passwordSecret: 'p' }), { p: 'right' })
      const allowed = itemOf(1, 'line/level', 'float64')
      await driver.watch([allowed])
      expect(await driver.write(allowed, 5)).toBe(StatusCodes.Good)
      await until('the allowed value', () => observed.isGoodAt(1, 5))
      expect(await driver.write(itemOf(2, 'other/level', 'float64'), 5)).toBe(StatusCodes.BadUserAccessDenied)
    })
  })

  test('killed, the broker is missed at once; started again, the values are back without a storm of attempts', async () => {
    await start()
    const items = [itemOf(1, 'line/level', 'float64')]
    const connection = supervised(here(), items)
    await until('connected', () => connection.status.state === 'connected')
    await (await source()).publishAsync('line/level', '7')
    await until('a first value', () => observed.isGoodAt(1, 7))
    const killedAt = performance.now()
    await broker.kill()
    await until('Bad', () => isBad(observed.statusOf(1)!), 3000)
    expect(performance.now() - killedAt).toBeLessThan(limitHere(2000))
    await broker.run()
    await until('connected again', () => connection.status.state === 'connected', 15_000)
    await (await source()).publishAsync('line/level', '8')
    await until('a value again', () => observed.isGoodAt(1, 8))
    expect(connection.status.reconnectCount).toBeLessThan(10)
  })

  test('stopped with SIGSTOP, the broker is called dead within the time-out and 2 s', async () => {
    await start()
    const connection = supervised(here(), [itemOf(1, 'line/level', 'float64')])
    await until('connected', () => connection.status.state === 'connected')
    await (await source()).publishAsync('line/level', '7')
    await until('a first value', () => observed.isGoodAt(1, 7))
    broker.signal('SIGSTOP')
    try {
      await until('Bad', () => isBad(observed.statusOf(1)!), 1000 + 2000)
    } finally {
      broker.signal('SIGCONT')
    }
    await until('connected again', () => connection.status.state === 'connected', 15_000)
  })

  test('the last will of the source makes its tags Bad; old values are Uncertain until it publishes again', async () => {
    await start()
    const device = here({ statusTopic: 'line/status' })
    const dying = await source({
      will: { topic: 'line/status', payload: Buffer.from('offline'), retain: true, qos: 1 },
    })
    await dying.publishAsync('line/status', 'online', { retain: true, qos: 1 })
    await dying.publishAsync('line/level', '7', { retain: true, qos: 1 })
    const driver = await connected(device)
    await driver.watch([itemOf(1, 'line/level', 'float64')])
    await until('the value of a source that is online', () => observed.isGoodAt(1, 7))
    dying.stream.destroy()
    await until('Bad after the last will', () => observed.statusOf(1) === StatusCodes.BadNoCommunication)
    const living = await source()
    await living.publishAsync('line/status', 'online', { retain: true, qos: 1 })
    await until(
      'Uncertain after the return',
      () => observed.statusOf(1) === StatusCodes.UncertainNoCommunicationLastUsableValue,
    )
    await living.publishAsync('line/level', '7.5', { retain: true, qos: 1 })
    await until('Good with the first new value', () => observed.isGoodAt(1, 7.5))
  })

  test('the station says that it is there, and its last will that it is not', async () => {
    await start()
    const said: string[] = []
    const listener = await source()
    listener.on('message', (_topic, payload) => said.push(payload.toString()))
    await listener.subscribeAsync('station/presence')
    const driver = await connected(here({ presenceTopic: 'station/presence' }))
    await until('online', () => said.at(-1) === 'online')
    await driver.close()
    await until('offline', () => said.at(-1) === 'offline')
  })

  test('a payload of 10 MB is Bad for its tags, the next message is Good, the link stays', async () => {
    await start()
    const client = await source()
    const driver = await connected(here())
    await driver.watch([itemOf(1, 'line/level', 'string')])
    await client.publishAsync('line/level', Buffer.alloc(10_000_000, 'x'), { qos: 1 })
    await until('Bad', () => observed.statusOf(1) === StatusCodes.BadResponseTooLarge)
    await client.publishAsync('line/level', 'small', { qos: 1 })
    await until('Good', () => observed.isGoodAt(1, 'small'))
    expect(observed.lost).toHaveLength(0)
  })

  test('browsing shows the topics and the fields of JSON payloads, and ends its subscription', async () => {
    await start()
    const client = await source()
    await client.publishAsync('line/filler', '{"level":1,"motor":{"speed":2}}', { retain: true })
    await client.publishAsync('line/filler/valve', 'ON', { retain: true })
    const driver = await connected(here())
    expect((await driver.browse!('')).map(({ path }) => path)).toEqual(['line/'])
    expect((await driver.browse!('line/')).map(({ name, hasChildren }) => [name, hasChildren])).toEqual([
      ['filler', true],
    ])
    const rows = await driver.browse!('line/filler/')
    expect(rows.map(({ name, address, dataType }) => [name, address, dataType])).toEqual([
      ['level', 'line/filler#$.level', 'float64'],
      ['motor', null, null],
      ['valve', 'line/filler/valve', 'string'],
    ])
    expect((await driver.browse!('line/filler#$.motor')).map(({ address }) => address)).toEqual([
      'line/filler#$.motor.speed',
    ])
    const before = driver.counters.requestCount
    await client.publishAsync('something/else', '1', { qos: 1 })
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(driver.counters.requestCount).toBe(before)
  })

  test('one topic is subscribed once, however many tags read it', async () => {
    await start()
    const driver = await connected(here())
    const items: DriverItem[] = Array.from({ length: 50 }, (_, index) =>
      itemOf(index, `line/filler#$.v${index}`, 'float64'),
    )
    await driver.watch(items)
    expect(broker.log.match(/SUBSCRIBE from/g)).toHaveLength(1)
    const document = Object.fromEntries(items.map((_, index) => [`v${index}`, index]))
    await (await source()).publishAsync('line/filler', JSON.stringify(document))
    await until('all values of one message', () => items.every(({ handle }) => observed.isGoodAt(handle, handle)))
  })

  function supervised(device: DeviceDefinition, items: readonly DriverItem[]): DeviceConnection {
    const connection = new DeviceConnection({
      device,
      createDriver: (given) => protocolDriver.createDriver(given),
      clock: systemClock,
      logger: silentLogger,
      secret: () => null,
      folder: broker.folder,
      onValues: (batch) => observed.take(batch),
      onState: () => undefined,
      retries: { firstMs: 200, ceilingMs: 1000, jitter: 0 },
    })
    opened.push(connection)
    connection.setItems(items)
    connection.start()
    return connection
  }
})
