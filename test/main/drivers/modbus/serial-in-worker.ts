// A driver in a worker thread, as in the running station: three connections one after the other on the serial line of
// `workerData`; posts the value of 40001 from each.
import { parentPort, workerData } from 'node:worker_threads'
import { drive, item } from './driven-device.ts'

const values: unknown[] = []
for (let round = 0; round < 3; round++) {
  const { driver } = drive(workerData as string, { parity: 'none' }, 'modbus-rtu', 2000)
  await driver.connect(AbortSignal.timeout(3000))
  values.push((await driver.read([item(1, '40001')])).value[0])
  await driver.close()
}
parentPort!.postMessage(values)
