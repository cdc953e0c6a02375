// What a station must have in its history: everything that was acknowledged, and nothing that was never sent. Kept by the one
// who sends, without a look at how the station stores it.
import type { JsonValue } from '../../src-main/shared/data-value.ts'

export interface TruthSample {
  readonly value: JsonValue
  readonly statusCode: number
}

/** Samples on their way to the station; of the same time stamp the last one counts. */
export interface Attempt {
  readonly tag: string
  readonly timestamps: readonly number[]
  readonly samples: readonly TruthSample[]
}

/** Rows of one tag as the station gave them back. */
export interface StoredRows {
  readonly timestamps: readonly number[]
  readonly values: readonly JsonValue[]
  readonly statusCodes: readonly number[]
}

/**
 * Samples written to tags that nothing else records, each time stamp replaced by later writes. After a write whose answer was
 * lost both states are allowed, until the station has shown one of them: from then on it is the truth.
 */
export class HistoryTruth {
  readonly #certain = new Map<string, Map<number, string>>()
  readonly #doubtful = new Map<string, Map<number, Set<string>>>()
  #acknowledgedCount = 0

  get tags(): readonly string[] {
    return [...this.#certain.keys()]
  }

  /** Samples whose write was answered, replaced ones included. */
  get acknowledgedCount(): number {
    return this.#acknowledgedCount
  }

  acknowledge(attempt: Attempt): void {
    const certain = rowsOf(this.#certain, attempt.tag)
    const doubtful = rowsOf(this.#doubtful, attempt.tag)
    attempt.timestamps.forEach((timestamp, index) => {
      certain.set(timestamp, textOf(attempt.samples[index]!))
      doubtful.delete(timestamp)
    })
    this.#acknowledgedCount += attempt.timestamps.length
  }

  /** The answer never came: stored, not stored or stored in part. */
  doubt(attempt: Attempt): void {
    rowsOf(this.#certain, attempt.tag)
    const doubtful = rowsOf(this.#doubtful, attempt.tag)
    attempt.timestamps.forEach((timestamp, index) => {
      const possible = doubtful.get(timestamp) ?? new Set()
      possible.add(textOf(attempt.samples[index]!))
      doubtful.set(timestamp, possible)
    })
  }

  /** How many samples the tag must have at least. */
  count(tag: string): number {
    return this.#certain.get(tag)?.size ?? 0
  }

  /** Sentences about everything that is not as it must be; at most 20. */
  compare(tag: string, rows: StoredRows): string[] {
    const faults: string[] = []
    const fault = (text: string): void => {
      if (faults.length < 20) faults.push(`${tag}: ${text}`)
    }
    const certain = rowsOf(this.#certain, tag)
    const doubtful = rowsOf(this.#doubtful, tag)
    const seen = new Map<number, string>()
    let before = Number.NEGATIVE_INFINITY
    rows.timestamps.forEach((timestamp, index) => {
      if (timestamp < before) fault(`${timestamp} stands after ${before}`)
      before = timestamp
      const text = textOf({ value: rows.values[index]!, statusCode: rows.statusCodes[index]! })
      if (seen.has(timestamp)) fault(`${timestamp} is there twice: ${seen.get(timestamp)} and ${text}`)
      seen.set(timestamp, text)
      const possible = doubtful.get(timestamp)
      if (certain.get(timestamp) !== text && !possible?.has(text))
        fault(`${timestamp} is ${text} instead of ${certain.get(timestamp) ?? 'nothing'}`)
    })
    for (const [timestamp, text] of certain) if (!seen.has(timestamp)) fault(`${timestamp} with ${text} is lost`)
    for (const timestamp of doubtful.keys()) {
      const text = seen.get(timestamp)
      if (text !== undefined) certain.set(timestamp, text)
    }
    doubtful.clear()
    return faults
  }
}

function rowsOf<T>(byTag: Map<string, Map<number, T>>, tag: string): Map<number, T> {
  const rows = byTag.get(tag) ?? new Map<number, T>()
  byTag.set(tag, rows)
  return rows
}

function textOf({ value, statusCode }: TruthSample): string {
  // A whole number of 64 bits may come as a number or as its digits.
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value)
  return `${text.replace(/^"(-?\d{1,20})"$/, '$1')} (0x${statusCode.toString(16)})`
}
