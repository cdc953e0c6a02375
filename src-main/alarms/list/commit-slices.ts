// What became durable in one piece, told in slices: ten thousand alarms of one moment must not keep everything else waiting while their
// rows are made.
import type { CommittedAlarms } from '../alarms.ts'

/** Alarms or events of one slice: some milliseconds. */
const sliceLength = 1000
/** What is told in passing. */
const littleLength = 50

export class CommitSlices {
  readonly #tell: (slice: CommittedAlarms) => void
  #waiting: CommittedAlarms[] = []
  #turn: NodeJS.Immediate | null = null
  #toldCount = 0
  /** Each waits for the slices that were there when it came, not for the end of a flood. */
  #waiters: { readonly count: number; resolve(): void }[] = []

  constructor(tell: (slice: CommittedAlarms) => void) {
    this.#tell = tell
  }

  /** Slices that were not told yet. */
  get waitingCount(): number {
    return this.#waiting.length
  }

  /** Told at once when it is little and nothing waits, else slice by slice, in this order. */
  add(committed: CommittedAlarms): void {
    const isLittle = committed.ids.length <= sliceLength && committed.events.length <= sliceLength
    if (isLittle && this.#waiting.length === 0 && this.#turn === null) {
      this.#tell(committed)
      // Several at once are as much as one that is large.
      if (committed.ids.length > littleLength) this.#schedule()
      return
    }
    this.#waiting.push(...slicesOf(committed))
    this.#schedule()
  }

  /** Resolves when everything added so far was told. */
  told(): Promise<void> {
    if (this.#waiting.length === 0) return Promise.resolve()
    const count = this.#toldCount + this.#waiting.length
    return new Promise((resolve) => this.#waiters.push({ count, resolve }))
  }

  /** Tells what waits now. */
  finish(): void {
    while (this.#waiting.length > 0) this.#next()
  }

  #schedule(): void {
    this.#turn ??= setImmediate(() => {
      this.#turn = null
      if (this.#waiting.length > 0) this.#next()
      if (this.#waiting.length > 0) this.#schedule()
    })
  }

  #next(): void {
    this.#tell(this.#waiting.shift()!)
    this.#toldCount++
    while (this.#waiters.length > 0 && this.#waiters[0]!.count <= this.#toldCount) this.#waiters.shift()!.resolve()
  }
}

function slicesOf({ ids, events }: CommittedAlarms): CommittedAlarms[] {
  const slices: CommittedAlarms[] = []
  for (let at = 0; at < Math.max(ids.length, events.length); at += sliceLength)
    slices.push({ ids: ids.slice(at, at + sliceLength), events: events.slice(at, at + sliceLength) })
  return slices
}
