// The device of the Modbus benchmark, in a thread of its own: holding registers over TCP, answered at once.
import { parentPort } from 'node:worker_threads'
import { ModbusMemory } from '../../src-main/drivers/modbus/modbus-memory.ts'
import { startModbusServer } from '../../src-main/drivers/modbus/modbus-server.ts'

const memory = new ModbusMemory()
for (let index = 0; index < 32_768; index++) memory.tables.holdingRegister.writeFloatBE(index / 7, index * 4)
const server = await startModbusServer({
  host: '127.0.0.1',
  port: 0,
  framing: 'tcp',
  respond: (_, request) => memory.answer(request),
})
parentPort!.on('message', () => void server.close().then(() => parentPort!.close()))
parentPort!.postMessage(server.port)
