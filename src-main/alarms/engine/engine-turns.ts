// Ten thousand alarms of one moment must not keep everything else waiting: a batch that moves many is worked off in slices, and what
// comes meanwhile waits for its turn, in the order it came.
import type { ValueBatch } from '../../shared/value-batch.ts'

export interface EngineTurnsParts {
  /** Evaluates the conditions of a batch. */
  readonly begin: (batch: ValueBatch) => void
  /** Works on what they found, for some milliseconds; true when all of it is done. */
  readonly goOn: () => boolean
  /** After each slice, the last one included. */
  readonly end: () => void
}

/** Rows that may wait, about 30 bytes each; with more of them the work is finished at once. */
const mostRows = 200_000

export class EngineTurns {
  readonly #parts: EngineTurnsParts
  #isBehind = false
  readonly #waiting: (ValueBatch | (() => void))[] = []
  #waitingCount = 0
  #turn: NodeJS.Immediate | null = null
  #waiters: (() => void)[] = []

  constructor(parts: EngineTurnsParts) {
    this.#parts = parts
  }

  /** A batch is not done yet: only its own steps may be taken. */
  get isBehind(): boolean {
    return this.#isBehind
  }

  /** Works it off now, when it is little, or as its turn comes. The columns are only read during the call. */
  take(batch: ValueBatch): void {
    if (this.#isBehind && this.#waitingCount + batch.count > mostRows) this.finish()
    if (!this.#isBehind) return this.#begin(batch)
    this.#waiting.push(copyOf(batch))
    this.#waitingCount += batch.count
  }

  /** What is told from elsewhere: done now, or as its turn comes. */
  tell(run: () => void): void {
    if (this.#isBehind) this.#waiting.push(run)
    else this.#told(run)
  }

  /** Runs now, or when everything that came is done. */
  after<Answer>(run: () => Promise<Answer>): Promise<Answer> {
    if (!this.#isBehind) return run()
    return new Promise<void>((resolve) => this.#waiters.push(resolve)).then(() => this.after(run))
  }

  /** Everything that came is done when it returns. */
  finish(): void {
    while (this.#isBehind) this.#goOn()
  }

  #begin(batch: ValueBatch): void {
    this.#parts.begin(batch)
    this.#isBehind = true
    this.#goOn()
  }

  #told(run: () => void): void {
    run()
    this.#parts.end()
  }

  #goOn(): void {
    this.#isBehind = !this.#parts.goOn()
    this.#parts.end()
    if (this.#isBehind) return this.#schedule()
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift())
      if (typeof next === 'function') this.#told(next)
      else {
        this.#waitingCount -= next.count
        this.#parts.begin(next)
        this.#isBehind = true
        return this.#schedule()
      }
    if (this.#turn !== null) clearImmediate(this.#turn)
    this.#turn = null
    const waiters = this.#waiters
    this.#waiters = []
    for (const resolve of waiters) resolve()
  }

  #schedule(): void {
    this.#turn ??= setImmediate(() => {
      this.#turn = null
      if (this.#isBehind) this.#goOn()
    })
  }
}

function copyOf(batch: ValueBatch): ValueBatch {
  const { count, handle, value, statusCode, sourceTimestamp, others } = batch
  return {
    count,
    handle: handle.slice(0, count),
    value: value.slice(0, count),
    statusCode: statusCode.slice(0, count),
    sourceTimestamp: sourceTimestamp.slice(0, count),
    others: others === null ? null : others.slice(0, count),
  }
}
