// A driver worker whose library misbehaves: gives one value, then throws outside its calls, or blocks its thread for ever.
import { parentPort, workerData } from 'node:worker_threads'
import { ValueBatchBuilder } from '../../src-main/shared/value-batch.ts'

const { fault } = workerData as { fault: 'throws' | 'hangs' }

parentPort!.on('message', (message: { type: string; devices?: { items: { handle: number }[] }[] }) => {
  if (message.type !== 'configure') return
  const builder = new ValueBatchBuilder()
  for (const device of message.devices!)
    for (const { handle } of device.items) builder.addNumber(handle, 1, 0, Date.now())
  parentPort!.postMessage({ type: 'values', batch: builder.take() })
  setTimeout(() => {
    if (fault === 'throws') throw new RangeError('odd reply of the device')
    for (;;);
  }, 50)
})
