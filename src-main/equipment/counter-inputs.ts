// Which counter reads which tag, and the changes of a batch in the order in which they happened. A batch holds the values of one tag in
// their order, but those of several tags one after the other.
import type { TagValue } from '../shared/data-value.ts'
import type { ExpressionInput } from '../shared/expression.ts'
import type { ValueBatch } from '../shared/value-batch.ts'

/** Somebody who reads a tag as its input number `input`. */
export interface InputReader {
  /** `timestamp` of the row; `isStepBack`: the tag's source time went back. */
  take(input: number, value: ExpressionInput, isStepBack: boolean): void
}

interface Reading {
  readonly reader: InputReader
  readonly input: number
}

export class CounterInputs {
  /** Handle → 1 when anybody reads it. */
  #isInput = new Uint8Array(0)
  readonly #readings = new Map<number, Reading[]>()
  /** Source time of the last row of each tag that is read. */
  readonly #timestamps = new Map<number, number>()

  /** Nobody reads anything any more; times of sources are kept. */
  clear(): void {
    this.#isInput = new Uint8Array(0)
    this.#readings.clear()
  }

  add(handle: number, reader: InputReader, input: number): void {
    if (handle < 0) return
    if (handle >= this.#isInput.length) {
      const larger = new Uint8Array(Math.max(1024, 2 * this.#isInput.length, handle + 1))
      larger.set(this.#isInput)
      this.#isInput = larger
    }
    this.#isInput[handle] = 1
    const readings = this.#readings.get(handle)
    if (readings) readings.push({ reader, input })
    else this.#readings.set(handle, [{ reader, input }])
  }

  /** Hands every row that somebody reads to its readers, in the order of time. Columns are only read. */
  spread(batch: ValueBatch): void {
    const { handle: handles, sourceTimestamp, count } = batch
    const isInput = this.#isInput
    const rows: number[] = []
    let isOneTag = true
    for (let row = 0; row < count; row++) {
      if (isInput[handles[row]!] !== 1) continue
      isOneTag &&= rows.length === 0 || handles[row] === handles[rows[0]!]
      rows.push(row)
    }
    if (rows.length === 0) return
    for (const row of isOneTag ? rows : inOrderOfTime(rows, batch)) {
      const handle = handles[row]!
      const isStepBack = sourceTimestamp[row]! < (this.#timestamps.get(handle) ?? Number.NEGATIVE_INFINITY)
      this.#timestamps.set(handle, sourceTimestamp[row]!)
      const input = inputOf(batch, row)
      for (const { reader, input: index } of this.#readings.get(handle)!) reader.take(index, input, isStepBack)
    }
  }
}

/** Rows of one tag stay in their order even where its time goes back. */
function inOrderOfTime(rows: readonly number[], { handle, sourceTimestamp }: ValueBatch): readonly number[] {
  const latest = new Map<number, number>()
  const keyed = rows.map((row) => {
    const key = Math.max(sourceTimestamp[row]!, latest.get(handle[row]!) ?? Number.NEGATIVE_INFINITY)
    latest.set(handle[row]!, key)
    return { row, key }
  })
  return keyed.sort((a, b) => a.key - b.key).map(({ row }) => row)
}

function inputOf({ value, others, statusCode, sourceTimestamp }: ValueBatch, row: number): ExpressionInput {
  const other: TagValue | undefined = others === null ? undefined : others[row]
  return {
    value: other === undefined ? value[row]! : other,
    statusCode: statusCode[row]!,
    sourceTimestamp: sourceTimestamp[row]!,
  }
}
