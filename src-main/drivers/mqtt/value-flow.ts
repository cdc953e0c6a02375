// Collects the values of the messages that arrive together into one batch for each turn of the event loop.
import type { TagValue } from '../../shared/data-value.ts'
import { type ValueBatch, ValueBatchBuilder } from '../../shared/value-batch.ts'

/** A batch is sent on at once when it has this many rows, so that a flood stays in memory-sized portions. */
const largestBatch = 8192

export class ValueFlow {
  readonly #onValues: (batch: ValueBatch) => void
  readonly #builder = new ValueBatchBuilder(256)
  #isDue = false
  #isEnded = false

  constructor(onValues: (batch: ValueBatch) => void) {
    this.#onValues = onValues
  }

  /** One row, after all rows before it. */
  readonly add = (handle: number, value: TagValue, statusCode: number, sourceTimestamp: number): void => {
    if (this.#isEnded) return
    this.#builder.add(handle, value, statusCode, sourceTimestamp)
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
    if (!this.#isEnded && this.#builder.count > 0) this.#onValues(this.#builder.take())
  }

  /** Nothing is sent on any more. */
  end(): void {
    this.#isEnded = true
  }
}
