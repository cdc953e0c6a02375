// An OPC UA server in a process of its own, to be killed and stopped by tests: `opcua-server-process.ts <port> <folder>`.
// Serves ns=2;s=Counter, which counts up from 1, 100 ms or more apart, and ns=2;s=Constant. Prints its address when it is ready.
import { startOpcUaSimulator } from '../../../../src-main/drivers/opcua/opcua-simulator.ts'
import { opcuaDevice, opcuaItem } from './opcua-device.ts'

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
// Never two counts closer than a sampling interval, also when this process was held up: the server would sample only one.
const count = (): void => {
  simulator.set(1, ++counter)
  setTimeout(count, 100)
}
setTimeout(count, 100)
process.stdout.write(`${simulator.address}\n`)
