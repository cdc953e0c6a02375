// The simulated source, seen by a client that is not ours to change: what it publishes, and what it makes of what comes.
import mqtt, { type MqttClient } from 'mqtt'
import { afterEach, describe, expect, test } from 'vitest'
import { startSimulator } from '../../../../src-main/drivers/mqtt/mqtt-simulator.ts'
import type { TagValue } from '../../../../src-main/shared/data-value.ts'
import type { DeviceSimulator } from '../../../../src-main/shared/protocol.ts'
import { same, until } from '../driver-conformance.ts'
import { deviceOf, itemOf } from './mqtt-items.ts'

describe('a simulated MQTT device', () => {
  const items = [
    itemOf(1, 'line/filler#$.tank.level', 'float64', { timestampPath: '$.time' }),
    itemOf(2, 'line/filler#$.count', 'uint64', {
      writeAddress: 'line/filler/set',
      writeTemplate: '{"cmd":"count","value":{value}}',
    }),
    itemOf(3, 'raw', 'uint16', { payload: 'binary' }),
    itemOf(4, 'raw', 'float32', { payload: 'binary', byteOffset: 4 }),
    itemOf(5, 'valve', 'bool', { trueText: 'OPEN', falseText: 'CLOSED' }),
  ]
  let simulator: DeviceSimulator
  let client: MqttClient
  const written: [number, TagValue][] = []
  const heard = new Map<string, Buffer>()

  const start = async (options: object = {}) => {
    heard.clear()
    written.length = 0
    const device = deviceOf('mqtt://127.0.0.1:1883', options)
    simulator = await startSimulator({
      device,
      items,
      host: '127.0.0.1',
      port: 0,
      onWrite: (handle, value) => written.push([handle, value]),
    })
    simulator.set(1, 12.5)
    simulator.set(2, 18446744073709551615n)
    simulator.set(3, 513)
    simulator.set(4, 1.5)
    simulator.set(5, true)
    client = await mqtt.connectAsync(simulator.address, { protocolVersion: 4, reconnectPeriod: 0 })
    client.on('error', () => undefined)
    client.on('message', (topic, payload) => heard.set(topic, payload))
    await client.subscribeAsync('#')
  }

  afterEach(async () => {
    await client.endAsync(true)
    await simulator.close()
  })

  test('all tags of a topic make one payload, retained, with the source time where the plant file says', async () => {
    await start()
    await until('the topics', () => heard.size === 3)
    expect(heard.get('line/filler')!.toString()).toMatch(
      /^\{"tank":\{"level":12\.5\},"time":\d{13},"count":18446744073709551615\}$/,
    )
    expect(heard.get('raw')!.toString('hex')).toBe('010200000000c03f')
    expect(heard.get('valve')!.toString()).toBe('OPEN')
  })

  test('writes in the form of the template are taken, others and garbage are not', async () => {
    await start()
    for (const payload of ['garbage', '{"cmd":"count"}', '{"value":-1}', '{"value":{}}', ''])
      await client.publishAsync('line/filler/set', payload, { qos: 1 })
    await client.publishAsync('raw', Buffer.from([1]), { qos: 1 })
    expect(written).toEqual([])
    await client.publishAsync('line/filler/set', '{"cmd":"count","value":7}', { qos: 1 })
    await until('the write', () => written.length === 1)
    expect(same(written[0]!, [2, 7n])).toBe(true)
    expect(simulator.get(2)).toBe(7n)
    await until('it is published', () => heard.get('line/filler')!.toString().includes('"count":7'))
  })

  test('the source says that it is online; the broker says that it is not when it dies', async () => {
    await start({ statusTopic: 'line/status#$.state', onlineTexts: ['ready'] })
    await until('the word of the source', () => heard.has('line/status'))
    expect(heard.get('line/status')!.toString()).toBe('{"state":"ready"}')
  })
})
