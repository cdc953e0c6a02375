// The driver contract over MQTT and over Sparkplug B, against our own simulator behind a cable that is cut and frozen.
import type { DriverItem } from '../../../../src-main/drivers/driver.ts'
import { protocolDriver } from '../../../../src-main/drivers/mqtt/mqtt-driver.ts'
import { startSimulator } from '../../../../src-main/drivers/mqtt/mqtt-simulator.ts'
import type { TagValue } from '../../../../src-main/shared/data-value.ts'
import type { DataType } from '../../../../src-main/shared/tag.ts'
import { TcpProxy } from '../../../fakes/tcp-proxy.ts'
import { type ConformanceDevice, describeDriverConformance } from '../driver-conformance.ts'
import { deviceOf, itemOf } from './mqtt-items.ts'

type Kind = readonly [
  address: string,
  type: DataType,
  first: TagValue,
  second: TagValue,
  options?: object,
  length?: number,
]

const mqttKinds: readonly Kind[] = [
  ['line/filler#$.level', 'float64', 12.5, -0.75, { writeAddress: 'line/filler/set#$.level', timestampPath: '$.time' }],
  ['line/filler#$.motor.running', 'bool', true, false, { writeAddress: 'line/filler/set#$.running' }],
  [
    'line/filler#$.drives[1].speed',
    'int32',
    1500,
    -3,
    { writeTemplate: '{"drive": 1, "speed": {value}}', writeAddress: 'line/filler/drive' },
  ],
  [
    "line/filler#$['total count']",
    'uint64',
    18446744073709551615n,
    9007199254740993n,
    { writeAddress: 'line/filler/total' },
  ],
  ['line/filler#$.batch', 'string', 'A-17', 'Abfüllung "7"', { writeAddress: 'line/filler/batch' }],
  ['line/filler#$.started', 'datetime', 1_700_000_000_000, 1_800_000_000_000, { writeAddress: 'line/filler/started' }],
  ['line/filler#$.profile', 'float32', [1, 2, 3.5], [0, 0.5, -1], { writeAddress: 'line/filler/profile' }, 3],
  [
    'line/filler#$.recipe',
    'structure',
    { name: 'Cola', steps: [1, 2] },
    { name: 'Water', steps: [] },
    { writeAddress: 'line/filler/recipe' },
  ],
  [
    'line/filler#$.picture',
    'bytes',
    Uint8Array.of(1, 2, 3),
    Uint8Array.of(255),
    { writeAddress: 'line/filler/picture#$.bytes' },
  ],
  ['plain/temperature', 'float64', 21.5, -40, {}],
  ['plain/valve', 'bool', true, false, { trueText: 'OPEN', falseText: 'CLOSED' }],
  ['plain/text', 'string', ' two words ', '', {}],
  ['plain/signed', 'int64', -9223372036854775808n, 9223372036854775807n, {}],
  ['plain/bytes', 'bytes', Uint8Array.of(0, 1, 254, 255), Uint8Array.of(7), {}],
  ['binary/float', 'float32', 1.5, -2.25, { payload: 'binary' }],
  ['binary/int', 'int16', -32768, 32767, { payload: 'binary', byteOrder: 'big-endian' }],
  ['binary/long', 'uint64', 18446744073709551615n, 1n, { payload: 'binary' }],
  ['binary/array', 'uint16', [1, 65535], [2, 3], { payload: 'binary' }, 2],
]

const sparkplugKinds: readonly Kind[] = [
  ['Bottling/Filler#Temperature', 'float64', 12.5, -0.75],
  ['Bottling/Filler#Properties/Serial number', 'string', 'SN-1', 'Abfüllung 7'],
  ['Bottling/Filler/Pump1#Speed', 'float32', 1.5, -2.25],
  ['Bottling/Filler/Pump1#Running', 'bool', true, false],
  ['Bottling/Filler/Pump1#Total', 'uint64', 18446744073709551615n, 9007199254740993n],
  ['Bottling/Filler/Pump1#Balance', 'int64', -9223372036854775808n, 1n],
  ['Bottling/Filler/Pump1#Small', 'int8', -128, 127],
  ['Bottling/Filler/Pump1#Short', 'int16', -32768, 5],
  ['Bottling/Filler/Pump1#Whole', 'int32', -2147483648, 70000],
  ['Bottling/Filler/Pump2#Byte', 'uint8', 255, 3],
  ['Bottling/Filler/Pump2#Word', 'uint16', 65535, 3],
  ['Bottling/Filler/Pump2#Double word', 'uint32', 4294967295, 3],
  ['Bottling/Filler/Pump2#Started', 'datetime', 1_700_000_000_000, 1000],
  ['Bottling/Filler/Pump2#Log', 'bytes', Uint8Array.of(1, 2, 3), Uint8Array.of(255)],
  ['Bottling/Filler/Pump2#Profile', 'float32', [1, 2, 3.5], [0, 0.5, -1], {}, 3],
  ['Bottling/Filler/Pump2#Flags', 'bool', [true, false, true], [false, false, true], {}, 3],
  ['Bottling/Filler/Pump2#Names', 'string', ['a', 'ü'], ['', 'b'], {}, 2],
  ['Bottling/Filler/Pump2#Counts', 'int64', [-1n, 9007199254740993n], [0n, 1n], {}, 2],
  ['Bottling/Capper#Torque', 'float64', 3.5, 4.5],
]

async function startDevice(
  protocol: 'mqtt' | 'sparkplug',
  kinds: readonly Kind[],
  unknown: DriverItem,
): Promise<ConformanceDevice> {
  const values = kinds.map(([address, dataType, first, second, options, arrayLength], index) => ({
    item: itemOf(index + 1, address, dataType, { ...options }, arrayLength ?? null),
    first,
    second,
  }))
  const device = deviceOf('mqtt://127.0.0.1:1883', {}, protocol)
  const items = values.map(({ item }) => item)
  const simulator = await startSimulator({ device, items, host: '127.0.0.1', port: 0, onWrite: () => undefined })
  for (const { item, first } of values) simulator.set(item.handle, first)
  const proxy = await TcpProxy.start(Number(new URL(simulator.address).port))
  return {
    device: { ...device, address: `mqtt://127.0.0.1:${proxy.port}` },
    values,
    unknown,
    set: (item, value) => simulator.set(item.handle, value),
    get: (item) => simulator.get(item.handle),
    cut: () => proxy.cut(),
    freeze: () => proxy.freeze(),
    restore: () => proxy.restore(),
    async close() {
      await proxy.close()
      await simulator.close()
    },
  }
}

describeDriverConformance('MQTT', {
  driver: protocolDriver,
  start: () => startDevice('mqtt', mqttKinds, itemOf(999, 'line/filler#$.nothing', 'float64')),
})

describeDriverConformance('Sparkplug', {
  driver: protocolDriver,
  start: () => startDevice('sparkplug', sparkplugKinds, itemOf(999, 'Bottling/Filler/Pump1#Nothing', 'float64')),
})
