// The device of alarm-flood.ts: a Modbus server with coils that all come on at once, and one that is toggled. Not a benchmark of its own.
import { startSimulator } from '../../src-main/drivers/modbus/modbus-simulator.ts'

const coilCount = Number(process.argv[2])
const items = Array.from({ length: coilCount }, (_, index) => ({
  handle: index,
  address: `${String(index + 1).padStart(6, '0')}:bool`,
  dataType: 'bool' as const,
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
process.on('message', ({ from, to, value }: { from: number; to: number; value: boolean }) => {
  const at = performance.timeOrigin + performance.now()
  for (let index = from; index < to; index++) simulator.set(index, value)
  process.send!({ at })
})
process.send!({ port: Number(simulator.address.split(':').at(-1)) })
process.on('disconnect', () => process.exit(0))
