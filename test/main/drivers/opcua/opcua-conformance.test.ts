// The driver contract over a real OPC UA server, plain and secured.
import { parseEndpoint } from '../../../../src-main/drivers/opcua/opcua-address.ts'
import { setCertificateTrust, thumbprintOf } from '../../../../src-main/drivers/opcua/opcua-certificates.ts'
import { protocolDriver } from '../../../../src-main/drivers/opcua/opcua-driver.ts'
import { startOpcUaSimulator } from '../../../../src-main/drivers/opcua/opcua-simulator.ts'
import type { TagValue } from '../../../../src-main/shared/data-value.ts'
import { TcpProxy } from '../../../fakes/tcp-proxy.ts'
import { type ConformanceDevice, describeDriverConformance } from '../driver-conformance.ts'
import { opcuaDevice, opcuaItem } from './opcua-definitions.ts'
import { refusal, watching } from './opcua-device.ts'
import { temporaryFolder } from './temporary-folder.ts'

const values: ConformanceDevice['values'] = [
  { item: opcuaItem(1, 'ns=2;s=Level', 'float64'), first: 12.5, second: -0.25 },
  { item: opcuaItem(2, 'ns=2;s=Running', 'bool'), first: true, second: false },
  { item: opcuaItem(3, 'ns=2;i=4711', 'int16'), first: -3, second: 1200 },
  { item: opcuaItem(4, 'nsu=http://plant.example/filler;s=Count', 'int64'), first: 9007199254740993n, second: -5n },
  { item: opcuaItem(5, 'ns=2;s=Total', 'uint64'), first: 18446744073709551615n, second: 1n },
  { item: opcuaItem(6, 'ns=2;s=Name', 'string'), first: 'Filler 1', second: '灌装机' },
  { item: opcuaItem(7, 'ns=2;s=Since', 'datetime'), first: 1_700_000_000_000, second: 1_700_000_001_234 },
  { item: opcuaItem(8, 'ns=2;b=aGk=', 'bytes'), first: new Uint8Array([1, 2, 255]), second: new Uint8Array([0]) },
  { item: opcuaItem(9, 'ns=2;s=Row', 'float32', { arrayLength: 3 }), first: [1, 2.5, -3], second: [0, 0, 0.5] },
  {
    item: opcuaItem(10, 'ns=3;g=09087E75-8E5E-499B-954F-F2A9603DB28A', 'structure'),
    first: { Name: 'cola', Speed: 1.5, Count: 7n },
    second: { Name: 'water', Speed: 2.25, Count: -8n },
  },
]

async function start(options: Record<string, unknown>, folder: string): Promise<ConformanceDevice> {
  const items = values.map(({ item }) => item)
  const simulator = await startOpcUaSimulator({
    device: opcuaDevice('opc.tcp://127.0.0.1:4840/UA/Server'),
    items,
    host: '127.0.0.1',
    port: 0,
    onWrite: () => undefined,
  })
  const served = (value: TagValue): TagValue => asServed(value)
  for (const { item, first } of values) simulator.set(item.handle, served(first))
  const cable = await TcpProxy.start(simulator.port)
  const endpoint = parseEndpoint(simulator.address)
  if (typeof endpoint === 'string') throw new Error(endpoint)
  const device = opcuaDevice(`opc.tcp://127.0.0.1:${cable.port}${endpoint.path}`, { recoveryTimeMs: 2000, ...options })
  if (options.security) await trust(device, folder, simulator.certificate)
  return {
    device,
    values,
    unknown: opcuaItem(99, 'ns=2;s=Nowhere', 'float64'),
    set: (item, value) => simulator.set(item.handle, served(value)),
    get: (item) => simulator.get(item.handle),
    cut: () => cable.cut(),
    freeze: () => cable.freeze(),
    restore: () => cable.restore(),
    close: async () => {
      await cable.close()
      await simulator.close()
    },
  }
}

/** The simulator's structure has the library's field names and 64-bit words. */
function asServed(value: TagValue): TagValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) return value
  const { Name, Speed, Count } = value as { Name: string; Speed: number; Count: bigint }
  const bits = BigInt.asUintN(64, Count)
  return { name: Name, speed: Speed, count: [Number(bits >> 32n), Number(bits & 0xffffffffn)] }
}

/** A first connect puts the server's certificate among the rejected ones; then it is trusted. */
async function trust(device: ReturnType<typeof opcuaDevice>, folder: string, certificate: Buffer): Promise<void> {
  const { driver } = watching(device, folder)
  await refusal(driver)
  await driver.close()
  await setCertificateTrust(folder, thumbprintOf(certificate), true)
}

const plainFolder = temporaryFolder()
describeDriverConformance('OPC UA without security', {
  driver: protocolDriver,
  start: () => start({}, plainFolder),
  folder: plainFolder,
})

const securedFolder = temporaryFolder()
describeDriverConformance('OPC UA signed and encrypted', {
  driver: protocolDriver,
  start: () => start({ security: { mode: 'SignAndEncrypt', policy: 'Basic256Sha256' } }, securedFolder),
  folder: securedFolder,
})
