// The device of screen-latency.ts: a Modbus server whose registers all change once a second. Not a benchmark of its own.
import { startSimulator } from '../../src-main/drivers/modbus/modbus-simulator.ts'

const tagCount = Number(process.argv[2])
const items = Array.from({ length: tagCount }, (_, index) => ({
  handle: index,
  address: `${index < 9_000 ? 40_001 + index : 30_001 + index - 9_000}:uint16`,
  dataType: 'uint16' as const,
  arrayLength: null,
  writable: true,
  options: {},
}))
const simulator = await startSimulator({
  device: {
    name: 'plc',
    description: '',
    protocol: 'modbus-tcp',
    address: '127.0.0.1:0',
    timeoutMs: 1000,
    scanRates: { normal: 1000 },
    enabled: true,
    options: { unitId: 1, wordOrder: 'ABCD' },
  },
  items,
  host: '127.0.0.1',
  port: 0,
  onWrite: () => undefined,
})
let count = 0
setInterval(() => {
  count = (count + 1) % 60_000
  for (const { handle } of items) simulator.set(handle, count)
}, 500)
process.send!(Number(simulator.address.split(':').at(-1)))
process.on('disconnect', () => process.exit(0))
