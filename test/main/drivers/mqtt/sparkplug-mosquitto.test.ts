// The Sparkplug driver and the simulated edge nodes over a broker of another make: STATE, births, deaths, commands.
import mqtt, { type MqttClient } from 'mqtt'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Driver } from '../../../../src-main/drivers/driver.ts'
import { protocolDriver } from '../../../../src-main/drivers/mqtt/mqtt-driver.ts'
import { SimulatedEdgeNode } from '../../../../src-main/drivers/mqtt/simulated-edge-node.ts'
import { decodeSparkplugPayload } from '../../../../src-main/drivers/mqtt/sparkplug-payload.ts'
import { StatusCodes } from '../../../../src-main/shared/status-code.ts'
import { until } from '../driver-conformance.ts'
import { Mosquitto, whyNoMosquitto } from './mosquitto.ts'
import { deviceOf, itemOf, Observed } from './mqtt-items.ts'

describe.skipIf(whyNoMosquitto !== '')(`Sparkplug driver and mosquitto${whyNoMosquitto}`, () => {
  const speed = itemOf(1, 'Bottling/Filler/Pump1#Speed', 'float64')
  const temperature = itemOf(2, 'Bottling/Filler#Temperature', 'float32')
  let broker: Mosquitto
  let observed: Observed
  let opened: { close(): Promise<unknown> }[]

  beforeEach(async () => {
    observed = new Observed()
    broker = await Mosquitto.start()
    opened = [broker]
  })

  afterEach(async () => {
    for (const one of opened.reverse()) await one.close()
  })

  const address = () => `mqtt://127.0.0.1:${broker.port}`

  const connected = async (options: object = {}): Promise<Driver> => {
    const driver = protocolDriver.createDriver(observed.environment(deviceOf(address(), options, 'sparkplug')))
    opened.push(driver)
    await driver.connect(AbortSignal.timeout(5000))
    return driver
  }

  const edgeNode = async (): Promise<SimulatedEdgeNode> => {
    const node = new SimulatedEdgeNode('Bottling', 'Filler', () => undefined)
    node.add(speed, 'Pump1', 'Speed')
    node.add(temperature, null, 'Temperature')
    await node.start(address())
    opened.push({ close: () => node.stop() })
    return node
  }

  /** Everything that passes on the given topics. */
  const listen = async (
    filter: string,
  ): Promise<{ topic: string; payload: Buffer; retain: boolean; qos: number }[]> => {
    const heard: { topic: string; payload: Buffer; retain: boolean; qos: number }[] = []
    const client: MqttClient = await mqtt.connectAsync(address(), { protocolVersion: 5, reconnectPeriod: 0 })
    client.on('message', (topic, payload, { retain, qos }) => heard.push({ topic, payload, retain, qos }))
    await client.subscribeAsync(filter, { qos: 1, rap: true })
    opened.push({ close: () => client.endAsync(true) })
    return heard
  }

  test('a node that was born before the host came is asked for a rebirth and gives all values', async () => {
    const node = await edgeNode()
    node.set(1, 1500)
    const driver = await connected()
    await driver.watch([speed, temperature])
    await until('the values', () => observed.isGoodAt(1, 1500) && observed.isGoodAt(2, 0))
    node.set(2, 21.5)
    await until('a change', () => observed.isGoodAt(2, 21.5))
  })

  test('a command writes and is read back; a rebirth request never carries a sequence number nor is retained', async () => {
    const heard = await listen('spBv1.0/Bottling/+/#')
    const node = await edgeNode()
    const driver = await connected()
    await driver.watch([speed])
    await until('a first value', () => observed.isGoodAt(1, 0))
    expect(await driver.write(speed, 1234.5)).toBe(StatusCodes.Good)
    await until('the read-back', () => observed.isGoodAt(1, 1234.5))
    expect(node.get(1)).toBe(1234.5)
    const commands = heard.filter(({ topic }) => /\/[ND]CMD\//.test(topic))
    expect(commands.map(({ topic }) => topic)).toEqual([
      'spBv1.0/Bottling/NCMD/Filler',
      'spBv1.0/Bottling/DCMD/Filler/Pump1',
    ])
    for (const { payload, retain, qos } of commands) {
      expect([retain, qos]).toEqual([false, 0])
      const decoded = decodeSparkplugPayload(payload)
      expect(decoded.seq).toBeUndefined()
      expect(decoded.timestamp).toBeGreaterThan(1_700_000_000_000)
    }
  })

  test('a node that vanishes is buried by its last will', async () => {
    const node = await edgeNode()
    const driver = await connected()
    await driver.watch([speed, temperature])
    await until('the values', () => observed.isGoodAt(1, 0) && observed.isGoodAt(2, 0))
    await node.vanish()
    await until('all Bad', () => [1, 2].every((handle) => observed.statusOf(handle) === StatusCodes.BadNoCommunication))
  })

  test('the host says STATE online, retained with qos 1, and offline when it leaves (section 5.2)', async () => {
    const heard = await listen('spBv1.0/STATE/+')
    const driver = await connected({ hostId: 'station-1' })
    await until('online', () => heard.length === 1)
    const birth = JSON.parse(heard[0]!.payload.toString()) as { online: boolean; timestamp: number }
    expect(heard[0]).toMatchObject({ topic: 'spBv1.0/STATE/station-1', qos: 1, retain: true })
    expect(birth.online).toBe(true)
    const liar: MqttClient = await mqtt.connectAsync(address(), { reconnectPeriod: 0 })
    await liar.publishAsync('spBv1.0/STATE/station-1', '{"online":false,"timestamp":1}', { qos: 1, retain: true })
    await until('the correction', () => heard.length >= 3)
    expect(JSON.parse(heard[2]!.payload.toString())).toEqual(birth)
    await liar.endAsync(true)
    await driver.close()
    await until('offline', () => heard.at(-1)!.payload.toString().startsWith('{"online":false,'))
    expect(heard.at(-1)).toMatchObject({ qos: 1, retain: true })
    expect((JSON.parse(heard.at(-1)!.payload.toString()) as typeof birth).timestamp).toBeGreaterThanOrEqual(
      birth.timestamp,
    )
  })

  test('browsing shows groups, nodes, devices and metrics with their types', async () => {
    await edgeNode()
    const driver = await connected()
    await driver.watch([speed])
    await until('a first value', () => observed.isGoodAt(1, 0))
    const names = async (path: string) =>
      (await driver.browse!(path)).map(({ name, address: text, dataType }) => [name, text, dataType])
    expect(await names('')).toEqual([['Bottling', null, null]])
    expect(await names('Bottling')).toEqual([['Filler', null, null]])
    expect(await names('Bottling/Filler')).toEqual([
      ['Pump1', null, null],
      ['Node Control/Rebirth', 'Bottling/Filler#Node Control/Rebirth', 'bool'],
      ['Temperature', 'Bottling/Filler#Temperature', 'float32'],
      ['bdSeq', 'Bottling/Filler#bdSeq', 'int64'],
    ])
    expect(await names('Bottling/Filler/Pump1')).toEqual([['Speed', 'Bottling/Filler/Pump1#Speed', 'float64']])
  })

  test('a retained command is not carried out by the simulated node', async () => {
    const node = await edgeNode()
    const heard = await listen('spBv1.0/Bottling/DCMD/#')
    const driver = await connected()
    await driver.watch([speed])
    await until('a first value', () => observed.isGoodAt(1, 0))
    await driver.write(speed, 5)
    await until('the write', () => node.get(1) === 5)
    const again: MqttClient = await mqtt.connectAsync(address(), { reconnectPeriod: 0 })
    await again.publishAsync('spBv1.0/Bottling/DCMD/Filler/Pump1', heard[0]!.payload, { retain: true, qos: 1 })
    await again.endAsync(true)
    await node.stop()
    node.set(1, 7)
    await node.start(address())
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(node.get(1)).toBe(7)
  })
})
