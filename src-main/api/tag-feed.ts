// The latest value of every watched tag, per client. A change only sets a bit per watching feed; values are read from the tag
// table when the client has room for the next frame. Memory per feed: the bits and the handles, however long it stalls.
import type { Clock } from '../base/clock.ts'
import { type DataValue, type JsonValue, type TagValueRow, toJsonValue, toRow } from '../shared/data-value.ts'
import { StatusCodes } from '../shared/status-code.ts'
import { encodeTagFrame } from '../shared/tag-frame.ts'
import type { ValueBatch } from '../shared/value-batch.ts'
import type { TagReader } from './api-parts.ts'
import type { FeedSource } from './feed.ts'

const unknownHandle = 0xffffffff

/** All watching feeds of the runtime; `publish` is called once for each batch of changes. */
export class TagFeeds {
  readonly #tags: TagReader
  readonly #clock: Clock
  /** Handle → who watches it, and at which position of their list. */
  readonly #watchers = new Map<number, Watch[]>()
  readonly #feeds = new Set<WatchedTags>()

  constructor(tags: TagReader, clock: Clock) {
    this.#tags = tags
    this.#clock = clock
  }

  /** How many tags are watched by all feeds together. */
  get watchCount(): number {
    let count = 0
    for (const feed of this.#feeds) count += feed.names.length
    return count
  }

  /** Marks the changed tags in every feed that watches them; the batch is not kept. */
  publish(changes: ValueBatch): void {
    if (this.#feeds.size === 0) return
    const { handle, count } = changes
    for (let row = 0; row < count; row++) {
      const watches = this.#watchers.get(handle[row]!)
      if (!watches) continue
      for (const watch of watches) watch.feed.mark(watch.index)
    }
    for (const feed of this.#feeds) feed.notifyIfMarked()
  }

  /** The plant changed: names are looked up again, and every watched tag is sent once more. */
  tagsChanged(): void {
    this.#watchers.clear()
    for (const feed of this.#feeds) {
      this.#resolve(feed)
      feed.markAll()
      feed.notifyIfMarked()
    }
  }

  /** Binary frames (shared/tag-frame.ts) for a link; `feedId` is the client's. */
  frames(names: readonly string[], feedId: number): FeedSource<Uint8Array> {
    return this.#source(names, (feed) => this.#frameOf(feed, feedId))
  }

  /** Rows as in `tags.read`. */
  rows(names: readonly string[]): FeedSource<{ values: readonly TagValueRow[] }> {
    return this.#source(names, (feed) => this.#rowsOf(feed))
  }

  /** The present value; a tag nobody knows is a Bad value, not an error. */
  read(name: string): TagValueRow {
    const handle = this.#tags.handleOf(name)
    return toRow(name, handle === undefined ? this.#unknown() : this.#tags.read(handle))
  }

  #source<Item>(names: readonly string[], encode: (feed: WatchedTags) => Item): FeedSource<Item> {
    const feed = new WatchedTags(names)
    return {
      start: (notify) => {
        feed.notify = notify
        this.#feeds.add(feed)
        this.#resolve(feed)
        feed.markAll()
      },
      take: () => (feed.markedCount === 0 ? null : encode(feed)),
      close: () => this.#forget(feed),
    }
  }

  #resolve(feed: WatchedTags): void {
    for (const [index, name] of feed.names.entries()) {
      const handle = this.#tags.handleOf(name)
      feed.handles[index] = handle ?? unknownHandle
      if (handle === undefined) continue
      const watches = this.#watchers.get(handle)
      if (watches) watches.push({ feed, index })
      else this.#watchers.set(handle, [{ feed, index }])
    }
  }

  #forget(feed: WatchedTags): void {
    this.#feeds.delete(feed)
    for (const handle of new Set(feed.handles)) {
      const left = this.#watchers.get(handle)?.filter((watch) => watch.feed !== feed) ?? []
      if (left.length > 0) this.#watchers.set(handle, left)
      else this.#watchers.delete(handle)
    }
  }

  #frameOf(feed: WatchedTags, feedId: number): Uint8Array {
    const count = feed.markedCount
    const value = new Float64Array(count)
    const sourceTimestamp = new Float64Array(count)
    const index = new Uint32Array(count)
    const statusCode = new Uint32Array(count)
    const others = new Map<number, JsonValue>()
    let row = 0
    feed.takeMarked((at) => {
      const present = this.#present(feed.handles[at]!)
      index[row] = at
      statusCode[row] = present.statusCode
      sourceTimestamp[row] = present.sourceTimestamp
      if (typeof present.value === 'number') value[row] = present.value
      else {
        value[row] = Number.NaN
        others.set(row, toJsonValue(present.value))
      }
      row++
    })
    return encodeTagFrame({
      feedId,
      count,
      serverTimestamp: this.#clock.now(),
      value,
      sourceTimestamp,
      index,
      statusCode,
      others,
    })
  }

  #rowsOf(feed: WatchedTags): { values: readonly TagValueRow[] } {
    const values: TagValueRow[] = []
    feed.takeMarked((at) => values.push(toRow(feed.names[at]!, this.#present(feed.handles[at]!))))
    return { values }
  }

  #present(handle: number): DataValue {
    return handle === unknownHandle ? this.#unknown() : this.#tags.read(handle)
  }

  #unknown(): DataValue {
    return {
      value: null,
      statusCode: StatusCodes.BadNodeIdUnknown,
      sourceTimestamp: 0,
      serverTimestamp: this.#clock.now(),
    }
  }
}

interface Watch {
  readonly feed: WatchedTags
  readonly index: number
}

/** The tags one feed watches, and which of them changed since its last item. */
class WatchedTags {
  readonly names: readonly string[]
  readonly handles: Uint32Array
  notify: () => void = () => undefined
  readonly #isMarked: Uint8Array
  /** The marked positions, in the order they were first marked; the first `markedCount` count. */
  readonly #marked: Uint32Array
  markedCount = 0
  #isNotified = false

  constructor(names: readonly string[]) {
    this.names = names
    this.handles = new Uint32Array(names.length).fill(unknownHandle)
    this.#isMarked = new Uint8Array(names.length)
    this.#marked = new Uint32Array(names.length)
  }

  mark(index: number): void {
    if (this.#isMarked[index] === 1) return
    this.#isMarked[index] = 1
    this.#marked[this.markedCount++] = index
  }

  markAll(): void {
    for (let index = 0; index < this.names.length; index++) this.mark(index)
  }

  notifyIfMarked(): void {
    if (this.markedCount === 0 || this.#isNotified) return
    this.#isNotified = true
    this.notify()
  }

  /** Visits the marked positions; afterwards none is marked. */
  takeMarked(visit: (index: number) => void): void {
    for (let at = 0; at < this.markedCount; at++) {
      const index = this.#marked[at]!
      this.#isMarked[index] = 0
      visit(index)
    }
    this.markedCount = 0
    this.#isNotified = false
  }
}
