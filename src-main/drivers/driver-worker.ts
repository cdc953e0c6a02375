// Worker thread of one protocol: loads its driver, keeps its devices connected, sends their values to the runtime. A
// driver that throws outside its calls ends this thread, and only this thread; driver-host.ts starts it again.
import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '../base/clock.ts'
import { createLogger } from '../base/logger.ts'
import { messageOf, RuntimeError } from '../shared/runtime-error.ts'
import { DeviceGroup } from './device-group.ts'
import type { DriverWorkerStart, FromDriverWorker, ToDriverWorker } from './driver-message.ts'
import { loadDriver } from './driver-registry.ts'
import { ValueOutbox } from './value-outbox.ts'

/** Counters on the device page move at this pace. */
const statusIntervalMs = 1000

const port = parentPort
if (!port) throw new Error('driver-worker.ts runs as a worker thread of driver-host.ts only')
const { worker, folder } = workerData as DriverWorkerStart

const post = (message: FromDriverWorker, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer)
const outbox = new ValueOutbox((batch) => {
  const { handle, value, statusCode, sourceTimestamp } = batch
  post({ type: 'values', batch }, [
    handle.buffer,
    value.buffer,
    statusCode.buffer,
    sourceTimestamp.buffer,
  ] as ArrayBuffer[])
})

/** Several state changes of one turn of the event loop become one message. */
let statusIsDue = false
function sendStatusSoon(): void {
  if (statusIsDue) return
  statusIsDue = true
  setImmediate(() => {
    statusIsDue = false
    post({ type: 'status', statuses: group.statuses, droppedValueCount: outbox.droppedValueCount })
  })
}

const group = new DeviceGroup({
  driver: await loadDriver(worker),
  folder,
  clock: systemClock,
  logger: createLogger().part(`driver ${worker}`),
  onValues: (batch) => outbox.add(batch),
  onState: sendStatusSoon,
})
const statusTimer = setInterval(sendStatusSoon, statusIntervalMs)

port.on('message', (message: ToDriverWorker) => {
  switch (message.type) {
    case 'configure':
      group.configure(message.devices)
      return sendStatusSoon()
    case 'request':
      return void group.answer(message.request).then(
        (value) => post({ type: 'answer', id: message.id, value }),
        (error: unknown) =>
          post({
            type: 'refusal',
            id: message.id,
            code: error instanceof RuntimeError ? error.code : 'BadUnexpectedError',
            message: messageOf(error),
          }),
      )
    case 'taken':
      return outbox.taken(message.count)
    case 'ping':
      return post({ type: 'pong' })
    case 'close':
      clearInterval(statusTimer)
      return void group.close().then(() => {
        post({ type: 'closed' })
        port.close()
      })
  }
})
