// The OPC UA server of the bench in a process of its own: `opcua-device.ts <items>`. Counts every item up once a
// second and prints its address when it is ready.
import { startOpcUaSimulator } from '../../src-main/drivers/opcua/opcua-simulator.ts'

const itemCount = Number(process.argv[2])
const simulator = await startOpcUaSimulator({
  device: {
    name: 'bench',
    description: '',
    protocol: 'opcua',
    address: 'opc.tcp://127.0.0.1:4840',
    timeoutMs: 5000,
    scanRates: { normal: 1000 },
    enabled: true,
    options: {},
  },
  items: Array.from({ length: itemCount }, (_, handle) => ({
    handle,
    address: `ns=2;i=${10_000 + handle}`,
    dataType: 'float64' as const,
    arrayLength: null,
    writable: false,
    options: {},
  })),
  host: '127.0.0.1',
  port: 0,
  onWrite: () => undefined,
})
// Each change has its own time after the start, so that one that is late does not move the others; on a machine that
// cannot keep up, the times move.
let due = performance.now() + 1000
let tick = 0
function change(): void {
  tick++
  for (let handle = 0; handle < itemCount; handle++) simulator.set(handle, tick)
  due = Math.max(due + 1000, performance.now() + 500)
  setTimeout(change, due - performance.now())
}
setTimeout(change, 1000)
process.stdout.write(`${simulator.address}\n`)
