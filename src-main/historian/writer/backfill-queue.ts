// Calls of history.write that overlap are stored together: what arrives while others are being made durable waits for them, and
// then goes into the files at once. A script with many calls under way leaves few chunks and few commit points.
import type { BackfillSeries } from '../history-input.ts'

/** Samples of calls that are stored together; a larger call is stored alone. */
const joinedRowLimit = 65_536

interface Call {
  readonly series: readonly BackfillSeries[]
  resolve(count: number): void
  reject(error: unknown): void
}

export class BackfillQueue {
  readonly #store: (series: readonly BackfillSeries[]) => Promise<number>
  #waiting: Call[] = []
  #running: Promise<void> | null = null

  /** `store` writes checked samples and resolves when they are durable; of equal time stamps in one series the last given counts. */
  constructor(store: (series: readonly BackfillSeries[]) => Promise<number>) {
    this.#store = store
  }

  /** Resolves with the number of samples of this call when they are durable; rejects as `store` does. */
  write(series: readonly BackfillSeries[]): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ series, resolve, reject })
      this.#running ??= this.#run()
    })
  }

  /** Resolves when nothing waits any more; never rejects. */
  async idle(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    // What arrives in this turn goes with the first.
    await null
    while (this.#waiting.length > 0) {
      const calls = this.#next()
      try {
        await this.#store(joined(calls.flatMap(({ series }) => series)))
        for (const call of calls) call.resolve(rowsOf(call))
      } catch (error) {
        for (const { reject } of calls) reject(error)
      }
    }
    this.#running = null
  }

  /** The oldest calls, as many as make no large back-fill together; at least one. */
  #next(): Call[] {
    let count = 0
    let rows = 0
    for (; count < this.#waiting.length; count++) {
      rows += rowsOf(this.#waiting[count]!)
      if (rows > joinedRowLimit && count > 0) break
    }
    return this.#waiting.splice(0, count)
  }
}

function rowsOf({ series }: Call): number {
  return series.reduce((sum, { timestamp }) => sum + timestamp.length, 0)
}

/** One entry for each series, with the samples in the order in which they were given. */
function joined(all: readonly BackfillSeries[]): BackfillSeries[] {
  const bySeries = new Map<string, BackfillSeries[]>()
  for (const entry of all) {
    const key = `${entry.series.kind} ${entry.series.name}`
    const known = bySeries.get(key)
    if (known) known.push(entry)
    else bySeries.set(key, [entry])
  }
  return [...bySeries.values()].map((entries) => (entries.length === 1 ? entries[0]! : joinedOne(entries)))
}

function joinedOne(entries: readonly BackfillSeries[]): BackfillSeries {
  const count = entries.reduce((sum, { timestamp }) => sum + timestamp.length, 0)
  const timestamp = new Float64Array(count)
  const value = new Float64Array(count)
  const statusCode = new Uint32Array(count)
  let others: BackfillSeries['others'] = null
  const texts: NonNullable<BackfillSeries['others']>[number][] = []
  let at = 0
  for (const entry of entries) {
    timestamp.set(entry.timestamp, at)
    value.set(entry.value, at)
    statusCode.set(entry.statusCode, at)
    entry.others?.forEach((other, row) => {
      if (other !== undefined) texts[at + row] = other
    })
    if (entry.others) others = texts
    at += entry.timestamp.length
  }
  return { series: entries.at(-1)!.series, timestamp, value, statusCode, others }
}
