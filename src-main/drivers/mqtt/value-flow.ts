// Collects the values of the messages that arrive together into one batch for each turn of the event loop.
import type { TagValue } from '../../shared/data-value.ts'
import { type ValueBatch, ValueBatchBuilder } from '../../shared/value-batch.ts'

/** Rows a batch has room for at first; the next one gets as much as the last one needed. */
const smallestBatch = 64
/** A batch is sent on at once when it has this many rows, so that a flood stays in memory-sized portions. */
const largestBatch = 8192

export class ValueFlow {
  readonly #onValues: (batch: ValueBatch) => void
  #builder = new ValueBatchBuilder(smallestBatch)
  #isDue = false
  #isEnded = false

  constructor(onValues: (batch: ValueBatch) => void) {
    this.#onValues = onValues
  }

  /** One row, after all rows before it. `isRetold`: the broker had kept it. */
  readonly add = (
    handle: number,
    value: TagValue,
    statusCode: number,
    sourceTimestamp: number,
    isRetold = false,
  ): void => {
    if (this.#isEnded) return
    this.#builder.add(handle, value, statusCode, sourceTimestamp)
    if (isRetold) this.#builder.markRetold()
    if (this.#builder.count >= largestBatch) this.flush()
    else if (!this.#isDue) {
      this.#isDue = true
      setImmediate(() => {
        this.#isDue = false
        this.flush()
      })
    }
  }

  /** Sends on what has come so far. */
  flush(): void {
    const { count } = this.#builder
    if (this.#isEnded || count === 0) return
    const batch = this.#builder.take()
    this.#builder = new ValueBatchBuilder(Math.max(smallestBatch, count))
    this.#onValues(batch)
  }

  /** Nothing is sent on any more. */
  end(): void {
    this.#isEnded = true
  }
}
