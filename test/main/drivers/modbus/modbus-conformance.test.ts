// The driver contract over all three ways Modbus travels, against our own simulator behind a cable that is cut and frozen.
import type { DriverItem } from '../../../../src-main/drivers/driver.ts'
import { protocolDriver } from '../../../../src-main/drivers/modbus/modbus-driver.ts'
import { modbusProtocols } from '../../../../src-main/drivers/modbus/modbus-protocol.ts'
import { startSimulator } from '../../../../src-main/drivers/modbus/modbus-simulator.ts'
import type { TagValue } from '../../../../src-main/shared/data-value.ts'
import type { DeviceDefinition } from '../../../../src-main/shared/plant.ts'
import { TcpProxy } from '../../../fakes/tcp-proxy.ts'
import { type ConformanceDevice, describeDriverConformance } from '../driver-conformance.ts'

const kinds: readonly (readonly [address: string, first: TagValue, second: TagValue, options?: object])[] = [
  ['40001:float32', 12.5, -0.75],
  ['40003:int16', -32768, 1234],
  ['40004:uint16', 65535, 1],
  ['40005:int32', -2147483648, 70000],
  ['40007:uint32', 4294967295, 5],
  ['40009:int64', -9223372036854775808n, 9007199254740993n],
  ['40013:uint64', 18446744073709551615n, 1n],
  ['40017:float64', Math.PI, -1e300],
  ['40021:int8', -128, 7],
  ['40021.8:uint8', 255, 9],
  ['40022.3:bool', true, false],
  ['40022.4:bool', false, true],
  ['40030:string[15]', 'Lineside', 'Abfüllung 7'],
  ['40038:bytes[5]', Uint8Array.of(1, 2, 3, 4, 5), Uint8Array.of(255, 254, 253, 252, 251)],
  ['40050:int16[8]', [1, 2, 3, 4, 5, 6, 7, -8], [0, 0, 0, 0, 0, 0, 0, 1]],
  ['40060:datetime', 1_700_000_000_000, 1_800_000_000_000],
  ['40070:float32', 1.5, 2.5, { wordOrder: 'CDAB' }],
  ['40072:int32', 100_000, -100_000, { wordOrder: 'BADC' }],
  ['40074:float64', 0.1, 0.2, { wordOrder: 'DCBA' }],
  ['40100:float32[100]', ramp(100, 0.5), ramp(100, 1.5)],
  ['00001:bool', true, false],
  ['00010:bool[10]', alternating(10, true), alternating(10, false)],
]

function ramp(count: number, step: number): number[] {
  return Array.from({ length: count }, (_, index) => index * step)
}

function alternating(count: number, first: boolean): boolean[] {
  return Array.from({ length: count }, (_, index) => (index % 2 === 0) === first)
}

function itemOf(handle: number, address: string, options: object = {}): DriverItem {
  const check = modbusProtocols[0]!.checkAddress(address, null, null)
  if (!check.ok || check.dataType === null) throw new Error(`${address}: ${check.ok ? 'no type' : check.message}`)
  const { dataType, arrayLength, writable } = check
  return { handle, address, dataType, arrayLength, writable, scanIntervalMs: 100, options: { ...options } }
}

async function startDevice(protocol: string): Promise<ConformanceDevice> {
  const values = kinds.map(([address, first, second, options], index) => ({
    item: itemOf(index + 1, address, options),
    first,
    second,
  }))
  const described: DeviceDefinition = {
    name: 'filler-plc',
    description: '',
    protocol,
    address: '127.0.0.1:502',
    timeoutMs: 1000,
    scanRates: { normal: 100 },
    enabled: true,
    options: { unitId: 1 },
  }
  const simulator = await startSimulator({
    device: described,
    items: values.map(({ item }) => item),
    host: '127.0.0.1',
    port: 0,
    onWrite: () => undefined,
  })
  for (const { item, first } of values) simulator.set(item.handle, first)
  const proxy = await TcpProxy.start(Number(simulator.address.split(':').at(-1)))
  const address = `127.0.0.1:${proxy.port}`
  return {
    device: { ...described, address: protocol === 'modbus-rtu' ? `tcp://${address}` : address },
    values,
    unknown: itemOf(999, '49000:float32'),
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

for (const { name } of modbusProtocols)
  describeDriverConformance(name, { driver: protocolDriver, start: () => startDevice(name) })
