// An OPC UA server in a process of its own, to be killed and stopped by tests: `opcua-server-process.ts <port> <folder>`.
// Serves ns=2;s=Counter, which counts up from 1, and ns=2;s=Constant. Prints its address when it is ready.
import { startOpcUaSimulator } from '../../../../src-main/drivers/opcua/opcua-simulator.ts'
import { opcuaDevice, opcuaItem } from './opcua-definitions.ts'

const [port, folder] = process.argv.slice(2)
const simulator = await startOpcUaSimulator(
  {
    device: opcuaDevice('opc.tcp://127.0.0.1:4840'),
    items: [opcuaItem(1, 'ns=2;s=Counter', 'uint32'), opcuaItem(2, 'ns=2;s=Constant', 'float64')],
    host: '127.0.0.1',
    port: Number(port),
    onWrite: () => undefined,
  },
  { certificateFolder: folder! },
)
let counter = 0
simulator.set(2, 4.5)
// Every count is sampled once the Counter is monitored, however long this process is held up. The server takes samples a turn
// of the event loop after its timer (50 ms), so a count set by a timer of its own could pass a sample that was due before it.
// A count that also waits for that turn, 100 ms after the last one, stands behind at least one sample.
const count = (): void => {
  simulator.set(1, ++counter)
  setTimeout(() => setImmediate(count), 100)
}
setTimeout(count, 100)
process.stdout.write(`${simulator.address}\n`)
