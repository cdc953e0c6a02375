// Batches on their way from a driver worker to the runtime. A runtime that is busy for a while is not flooded: beyond a
// number of batches in flight they wait here, and beyond a number of waiting rows only the latest of each tag is kept.
import type { TagValue } from '../shared/data-value.ts'
import { type ValueBatch, ValueBatchBuilder } from '../shared/value-batch.ts'

/** Enough for a second of hundred devices; more only queues in the port. */
const inFlightLimit = 256
/** About 100 MB of columns. */
const waitingRowLimit = 2_000_000

export class ValueOutbox {
  readonly #send: (batch: ValueBatch) => void
  readonly #rowLimit: number
  #waiting: ValueBatch[] = []
  #waitingRowCount = 0
  #inFlightCount = 0
  #droppedValueCount = 0

  constructor(send: (batch: ValueBatch) => void, rowLimit = waitingRowLimit) {
    this.#send = send
    this.#rowLimit = rowLimit
  }

  /** Values that were overtaken by newer ones of the same tag because the runtime did not keep up. */
  get droppedValueCount(): number {
    return this.#droppedValueCount
  }

  add(batch: ValueBatch): void {
    if (this.#waiting.length === 0 && this.#inFlightCount < inFlightLimit) return this.#post(batch)
    this.#waiting.push(batch)
    this.#waitingRowCount += batch.count
    if (this.#waitingRowCount > this.#rowLimit) this.#conflate()
  }

  /** The receiver took `count` batches. */
  taken(count: number): void {
    this.#inFlightCount -= count
    while (this.#inFlightCount < inFlightLimit) {
      const batch = this.#waiting.shift()
      if (!batch) return
      this.#waitingRowCount -= batch.count
      this.#post(batch)
    }
  }

  #post(batch: ValueBatch): void {
    this.#inFlightCount++
    this.#send(batch)
  }

  #conflate(): void {
    const latest = new Map<number, { batch: ValueBatch; row: number }>()
    for (const batch of this.#waiting)
      for (let row = 0; row < batch.count; row++) latest.set(batch.handle[row]!, { batch, row })
    const builder = new ValueBatchBuilder(latest.size)
    for (const [handle, { batch, row }] of latest) {
      const other: TagValue | undefined = batch.others?.[row]
      const value = other === undefined ? batch.value[row]! : other
      builder.add(handle, value, batch.statusCode[row]!, batch.sourceTimestamp[row]!)
      if (batch.retold?.has(row)) builder.markRetold()
    }
    this.#droppedValueCount += this.#waitingRowCount - latest.size
    this.#waiting = [builder.take()]
    this.#waitingRowCount = latest.size
  }
}
