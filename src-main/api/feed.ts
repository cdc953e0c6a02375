// One open feed of one client: at most one item is under way; the next is taken only when the client has room, and then it is
// the present state. A stalled client therefore costs no memory and loses intermediate values, never the last one.
import type { Clock, Timer } from '../base/clock.ts'

/** Where the items of a feed come from. */
export interface FeedSource<Item> {
  /** The next item with everything new since the last one; null when nothing is new. */
  take(): Item | null
  /** `notify` is called when `take` may have something again. Called once, right after opening. */
  start(notify: () => void): void
  close(): void
}

/** Items of one feed never follow each other faster: ten batches of a scan become one frame. */
export const shortestItemIntervalMs = 5

export class Feed<Item> {
  readonly #source: FeedSource<Item>
  readonly #deliver: (item: Item) => void
  readonly #clock: Clock
  #isUnderWay = false
  #isNew = true
  #isClosed = false
  #sentMonotonic = Number.NEGATIVE_INFINITY
  #timer: Timer | null = null

  /** `deliver` gets an item; call `ready` when the client took it. Begins with the first item at once. */
  constructor(source: FeedSource<Item>, clock: Clock, deliver: (item: Item) => void) {
    this.#source = source
    this.#deliver = deliver
    this.#clock = clock
    source.start(() => this.#notify())
    this.#send()
  }

  /** The client took the last item. */
  ready(): void {
    this.#isUnderWay = false
    this.#schedule()
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#timer?.cancel()
    this.#source.close()
  }

  #notify(): void {
    this.#isNew = true
    this.#schedule()
  }

  #schedule(): void {
    if (this.#isClosed || this.#isUnderWay || !this.#isNew || this.#timer) return
    const since = this.#clock.monotonic() - this.#sentMonotonic
    const wait = Math.max(0, shortestItemIntervalMs - since)
    this.#timer = this.#clock.after(wait, () => {
      this.#timer = null
      this.#send()
    })
  }

  #send(): void {
    if (this.#isClosed || this.#isUnderWay || !this.#isNew) return
    this.#isNew = false
    const item = this.#source.take()
    if (item === null) return
    this.#isUnderWay = true
    this.#sentMonotonic = this.#clock.monotonic()
    this.#deliver(item)
  }
}

/** A feed of a whole state: now, and again when it changed. `subscribe` gives back how to end it. */
export function stateSource<Item>(
  present: () => Item,
  subscribe: (notify: () => void) => () => void,
): FeedSource<Item> {
  let unsubscribe: (() => void) | null = null
  let isNew = true
  return {
    start(notify) {
      unsubscribe = subscribe(() => {
        isNew = true
        notify()
      })
    },
    take() {
      if (!isNew) return null
      isNew = false
      return present()
    },
    close() {
      unsubscribe?.()
    },
  }
}

/** How often feeds of one kind may put their state together: all of them share what they may take of the thread. */
export class FeedPace {
  readonly #shortestMs: number
  /** What it cost each open feed the last time; ms. */
  readonly #costs = new Map<object, number>()

  /** `shortestMs`: no feed is faster. */
  constructor(shortestMs: number) {
    this.#shortestMs = shortestMs
  }

  /** So that all open feeds together take a tenth of the thread at most. */
  get intervalMs(): number {
    let cost = 0
    for (const each of this.#costs.values()) cost += each
    return Math.max(this.#shortestMs, 10 * cost)
  }

  took(feed: object, costMs: number): void {
    this.#costs.set(feed, costMs)
  }

  left(feed: object): void {
    this.#costs.delete(feed)
  }
}

/**
 * A feed of a state that costs something to put together: now, and while it changes no more often than `pace` says. `present` gives
 * null where a change changed nothing that this feed shows.
 */
export function pacedSource<Item>(
  clock: Clock,
  pace: FeedPace,
  present: () => Item | null,
  subscribe: (notify: () => void) => () => void,
): FeedSource<Item> {
  let unsubscribe: (() => void) | null = null
  let timer: Timer | null = null
  let isNew = true
  let takenMonotonic = Number.NEGATIVE_INFINITY
  const feed = {}
  return {
    start(notify) {
      unsubscribe = subscribe(() => {
        if (isNew) return
        isNew = true
        timer = clock.after(Math.max(0, takenMonotonic + pace.intervalMs - clock.monotonic()), notify)
      })
    },
    take() {
      if (!isNew) return null
      isNew = false
      takenMonotonic = clock.monotonic()
      const item = present()
      pace.took(feed, clock.monotonic() - takenMonotonic)
      return item
    },
    close() {
      unsubscribe?.()
      timer?.cancel()
      pace.left(feed)
    },
  }
}
