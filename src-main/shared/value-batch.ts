// A batch of values as columns: the one shape on the value path, from driver to tag table, alarms, historian and screens.
import type { TagValue } from './data-value.ts'

/**
 * `count` updates as parallel columns; rows beyond `count` are unused room. Later rows of the same handle are newer.
 *
 * - `handle[i]`: the tag's number, valid for this start of the runtime only
 * - `value[i]`: numbers as they are, booleans as 0 or 1; NaN where the value stands in `others`
 * - `others[i]`: string, bigint, bytes, array, structure, or null for "no value"; undefined where `value[i]` counts.
 *   The whole column is null when no row needs it.
 * - `statusCode[i]`: OPC UA status code
 * - `sourceTimestamp[i]`: ms since 1970-01-01 UTC
 * - `retold`: rows that the source did not say now: a broker had kept them and told them again, because it was asked. Absent = none.
 *
 * The receiver owns the columns from the call on; the sender must not touch them again.
 */
export interface ValueBatch {
  readonly count: number
  readonly handle: Uint32Array
  readonly value: Float64Array
  readonly statusCode: Uint32Array
  readonly sourceTimestamp: Float64Array
  readonly others: readonly (TagValue | undefined)[] | null
  readonly retold?: ReadonlySet<number>
}

const noHandles = new Uint32Array(0)
const noNumbers = new Float64Array(0)

/** Fills a batch row by row; grows as needed. Hand it over with {@link ValueBatchBuilder.take}. */
export class ValueBatchBuilder {
  readonly #startCapacity: number
  #capacity = 0
  #count = 0
  #handle = noHandles
  #value = noNumbers
  #statusCode = noHandles
  #sourceTimestamp = noNumbers
  #others: (TagValue | undefined)[] | null = null
  #retold: Set<number> | null = null

  /** `startCapacity`: rows there is room for at first. */
  constructor(startCapacity = 64) {
    this.#startCapacity = Math.max(1, startCapacity)
  }

  get count(): number {
    return this.#count
  }

  /** A number or boolean (as 0 or 1). */
  addNumber(handle: number, value: number, statusCode: number, sourceTimestamp: number): void {
    if (this.#count === this.#capacity) this.#grow()
    const row = this.#count++
    this.#handle[row] = handle
    this.#value[row] = value
    this.#statusCode[row] = statusCode
    this.#sourceTimestamp[row] = sourceTimestamp
  }

  /** Any value; numbers and booleans go to the number column. */
  add(handle: number, value: TagValue, statusCode: number, sourceTimestamp: number): void {
    if (typeof value === 'number') return this.addNumber(handle, value, statusCode, sourceTimestamp)
    if (typeof value === 'boolean') return this.addNumber(handle, value ? 1 : 0, statusCode, sourceTimestamp)
    this.addNumber(handle, Number.NaN, statusCode, sourceTimestamp)
    this.#others ??= []
    this.#others[this.#count - 1] = value
  }

  /** No value: quality Bad with the reason. */
  addBad(handle: number, statusCode: number, sourceTimestamp: number): void {
    this.add(handle, null, statusCode, sourceTimestamp)
  }

  /** The row added last is what was kept and told again. */
  markRetold(): void {
    this.#retold ??= new Set()
    this.#retold.add(this.#count - 1)
  }

  /** The batch so far; the builder starts empty again, and small: columns are made with the next row. */
  take(): ValueBatch {
    const batch: ValueBatch = {
      count: this.#count,
      handle: this.#handle,
      value: this.#value,
      statusCode: this.#statusCode,
      sourceTimestamp: this.#sourceTimestamp,
      others: this.#others,
      ...(this.#retold === null ? {} : { retold: this.#retold }),
    }
    this.#capacity = 0
    this.#count = 0
    this.#handle = noHandles
    this.#value = noNumbers
    this.#statusCode = noHandles
    this.#sourceTimestamp = noNumbers
    this.#others = null
    this.#retold = null
    return batch
  }

  #grow(): void {
    this.#capacity = this.#capacity === 0 ? this.#startCapacity : this.#capacity * 2
    this.#handle = grown(this.#handle, new Uint32Array(this.#capacity))
    this.#value = grown(this.#value, new Float64Array(this.#capacity))
    this.#statusCode = grown(this.#statusCode, new Uint32Array(this.#capacity))
    this.#sourceTimestamp = grown(this.#sourceTimestamp, new Float64Array(this.#capacity))
  }
}

/** A batch that says of every handle the same: no value, for this reason. */
export function badBatch(handles: readonly number[], statusCode: number, timestamp: number): ValueBatch {
  const builder = new ValueBatchBuilder(handles.length)
  for (const handle of handles) builder.addBad(handle, statusCode, timestamp)
  return builder.take()
}

/** The rows of one batch behind those of the other, in columns of their own unless one of them is empty. */
export function joinedBatch(first: ValueBatch, second: ValueBatch): ValueBatch {
  if (second.count === 0) return first
  if (first.count === 0) return second
  const count = first.count + second.count
  const join = <T extends Uint32Array | Float64Array>(column: (batch: ValueBatch) => T, joined: T): T => {
    joined.set(column(first).subarray(0, first.count) as never)
    joined.set(column(second).subarray(0, second.count) as never, first.count)
    return joined
  }
  return {
    count,
    handle: join((batch) => batch.handle, new Uint32Array(count)),
    value: join((batch) => batch.value, new Float64Array(count)),
    statusCode: join((batch) => batch.statusCode, new Uint32Array(count)),
    sourceTimestamp: join((batch) => batch.sourceTimestamp, new Float64Array(count)),
    others: first.others === null && second.others === null ? null : [...othersOf(first), ...othersOf(second)],
  }
}

function othersOf({ others, count }: ValueBatch): (TagValue | undefined)[] {
  return Array.from({ length: count }, (_, row) => others?.[row])
}

function grown<T extends Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from as never)
  return to
}
