import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { mqttProtocols } from '../../../../src-main/drivers/mqtt/mqtt-protocol.ts'

const [plain, sparkplug] = mqttProtocols as [(typeof mqttProtocols)[0], (typeof mqttProtocols)[0]]

describe('what plant files say of MQTT', () => {
  test.each([
    'mqtt://10.0.0.5',
    'mqtt://broker:1883',
    'mqtts://broker:8883',
    'ws://broker:9001/mqtt',
    'wss://broker/mqtt?x=1',
    'mqtt://[::1]:1883',
    'broker:1883',
    '10.0.0.5:1883',
    'localhost',
    '[::1]:1883',
  ])('%s is the address of a broker', (address) => expect(plain.checkDeviceAddress(address)).toBeNull())

  test.each([
    ['broker:99999', 'is not the address of a broker'],
    ['a broker', 'is not the address of a broker'],
    ['broker:1883/path', 'only ws:// and wss://'],
    ['', 'is not the address of a broker'],
    ['http://broker', 'is not the address of a broker'],
    ['mqtt://', 'is not the address of a broker'],
    ['mqtt://user:secret@broker', 'passwordSecret'],
    ['mqtt://broker/path', 'only ws:// and wss://'],
  ])('%s is refused with a sentence', (address, expected) => {
    expect(plain.checkDeviceAddress(address)).toContain(expected)
  })

  test.each([
    ['line/+/level', '"+" is a wildcard'],
    ['line/#', '"#" is a wildcard'],
    ['', 'topic is missing'],
    ['#$.a', 'topic is missing'],
    ['line/a#level', '"#" is a wildcard'],
    ['line/a#$.b.*', 'many values'],
    ['$share/group/line', 'shared subscription'],
  ])('the tag address %s is refused with a sentence', (address, expected) => {
    const check = plain.checkAddress(address, 'float64', null)
    expect(check.ok ? '' : check.message).toContain(expected)
  })

  test("the data type is the tag file's, and what the broker says of itself cannot be written", () => {
    expect(plain.checkAddress('line/filler#$.level', 'float64', null)).toEqual({
      ok: true,
      dataType: 'float64',
      arrayLength: null,
      writable: true,
    })
    expect(plain.checkAddress('$SYS/broker/uptime', null, null)).toMatchObject({
      ok: true,
      dataType: null,
      writable: false,
    })
  })

  test.each([
    ['Bottling/Filler#Temperature', true],
    ['Bottling/Filler/Pump1#Properties/Serial #', true],
    ['Bottling/Filler', false],
    ['Filler#Temperature', false],
    ['a/b/c/d#x', false],
    ['a/b/#x', false],
    ['a/b#', false],
    ['a+/b#x', false],
  ])('the metric address %s is understood: %s', (address, ok) => {
    expect(sparkplug.checkAddress(address, 'float64', null).ok).toBe(ok)
  })

  test('defaults are filled in; misspelt and wrong options are faults', () => {
    expect(v.parse(plain.deviceOptions, {})).toMatchObject({
      protocolVersion: 'auto',
      qos: 1,
      keepAlive: '10 s',
      maximumPayload: 1048576,
    })
    const faults = (schema: typeof plain.deviceOptions, options: object) =>
      v.safeParse(schema, options).issues?.map(({ message }) => message) ?? []
    expect(faults(plain.deviceOptions, { passwordSecrets: 'x' })).toHaveLength(1)
    expect(faults(plain.deviceOptions, { statusTopic: 'a/+' })[0]).toContain('wildcard')
    expect(faults(plain.deviceOptions, { staleAfter: 'soon' })[0]).toContain('duration')
    expect(faults(plain.deviceOptions, { tls: { rejectUnauthorized: false } })).toHaveLength(1)
    expect(faults(plain.tagOptions, { timestampPath: 't' })[0]).toContain('starts with $')
    expect(faults(plain.tagOptions, { writeTemplate: 'SET' })[0]).toContain('{value}')
    expect(faults(sparkplug.deviceOptions, { hostId: 'a/b' })[0]).toContain('which Sparkplug ids never do')
    expect(faults(sparkplug.tagOptions, { qos: 1 })).toHaveLength(1)
  })
})
