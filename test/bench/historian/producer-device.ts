// Worker thread of threads.ts: plays the drivers. Posts the mixed hour's batches, their columns given away, at the asked rate; the
// samples' times are moved so that the hour ends where it is asked to.
import { parentPort } from 'node:worker_threads'
import type { ValueBatch } from '../../../src-main/shared/value-batch.ts'
import { MixedHour } from '../historian-data.ts'

export interface ProducerOrder {
  /** Points per second; 0 = all at once. */
  readonly rate: number
  /** Length of the data; s. */
  readonly dataSeconds: number
  /** Where the data ends; ms since 1970-01-01 UTC. */
  readonly endTimestamp: number
}

const tickMs = 5

parentPort!.on('message', async ({ rate, dataSeconds, endTimestamp }: ProducerOrder) => {
  const hour = new MixedHour({ seconds: dataSeconds })
  const shift = endTimestamp - hour.endTimestamp
  const batches: ValueBatch[] = []
  for (const batch of hour.batches()) {
    for (let row = 0; row < batch.count; row++) batch.sourceTimestamp[row]! += shift
    batches.push(batch)
  }
  parentPort!.postMessage('ready')
  const begin = performance.now()
  let sent = 0
  for (const batch of batches) {
    // The next batch is due when as many points should have been sent.
    while (rate > 0 && sent > ((performance.now() - begin) / 1000) * rate)
      await new Promise((resolve) => setTimeout(resolve, tickMs))
    sent += batch.count
    parentPort!.postMessage(
      batch,
      [batch.handle, batch.value, batch.statusCode, batch.sourceTimestamp].map(
        (column) => column.buffer as ArrayBuffer,
      ),
    )
  }
  parentPort!.postMessage('done')
})
