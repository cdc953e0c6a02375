// All live tags of the page. Names asked for within one microtask share one feed; a feed ends when nobody on screen reads any
// of its tags, and is packed anew when most of them have gone.
import { StatusCodes } from '../../src-main/shared/status-code.ts'
import type { TagFrame } from '../../src-main/shared/tag-frame.ts'
import type { ConnectionState } from '../connection/connection-state.svelte.ts'
import type { RuntimeClient } from '../connection/runtime-client.ts'
import { LiveTag, type LiveTagOwner } from './live-tag.svelte.ts'

/** A feed is packed anew when fewer than this share of its tags is still read. */
const packBelow = 0.5
/** How long the best estimate of the runtime's clock counts; ms. */
const clockEstimateMs = 60_000

interface TagFeed {
  readonly tags: readonly LiveTag[]
  readCount: number
  readonly stop: () => void
}

/** What of the client is needed here. */
export type WatchTags = Pick<RuntimeClient, 'watch'>
/** What of the connection is needed here. */
export type Liveness = Pick<ConnectionState, 'isLive' | 'staleSince'>

export class LiveTags implements LiveTagOwner {
  readonly #client: WatchTags
  readonly #liveness: Liveness
  readonly #tags = new Map<string, LiveTag>()
  readonly #feedOf = new Map<LiveTag, TagFeed>()
  #wanted = new Set<LiveTag>()
  #clockOffsetMs = 0
  #clockOffsetTimestamp = 0

  constructor(client: WatchTags, liveness: Liveness) {
    this.#client = client
    this.#liveness = liveness
  }

  /** Reactive: false while the link is dead; then no value may look alive. */
  get isLive(): boolean {
    return this.#liveness.isLive
  }

  /** Reactive: since when values are not live; ms, this screen's clock; null while they are. */
  get staleSince(): number | null {
    return this.#liveness.staleSince
  }

  /** The runtime's clock as far as frames tell; ms since 1970-01-01 UTC. Ages are counted with it, not with the panel's. */
  now(): number {
    return Date.now() + this.#clockOffsetMs
  }

  /** The live tag of this name, the same object while anybody reads it. Subscribed only while read in a template or effect. */
  tag(name: string): LiveTag {
    const tag = this.#tags.get(name) ?? new LiveTag(name, this)
    this.#tags.set(name, tag)
    return tag
  }

  /**
   * Many tags in one feed, for mimics: frames as they come, `frame.index` = position in `names`. The first frame (and the
   * first after every reconnect) has all of them. Returns the way to stop.
   */
  watch(names: readonly string[], onFrame: (frame: TagFrame) => void): () => void {
    return this.#client.watch(
      'tags.watch',
      { tags: [...names] },
      (frame) => {
        this.#noteClock(frame.serverTimestamp)
        onFrame(frame)
      },
      // Refused or ended while the link lives: the last values must not go on looking alive.
      () => onFrame(frameWithoutValues(names.length, this.now())),
    )
  }

  /** For {@link LiveTag} only. */
  subscribe(tag: LiveTag): void {
    const feed = this.#feedOf.get(tag)
    if (feed) {
      feed.readCount++
      return
    }
    if (this.#wanted.size === 0) queueMicrotask(() => this.#openWanted())
    this.#wanted.add(tag)
  }

  /** For {@link LiveTag} only. */
  unsubscribe(tag: LiveTag): void {
    this.#wanted.delete(tag)
    const feed = this.#feedOf.get(tag)
    if (!feed) {
      this.#tags.delete(tag.name)
      return
    }
    feed.readCount--
    if (feed.readCount === 0) this.#closeFeed(feed)
    else if (feed.readCount < feed.tags.length * packBelow) this.#pack(feed)
  }

  #openWanted(): void {
    const tags = [...this.#wanted]
    this.#wanted = new Set()
    if (tags.length === 0) return
    const stop = this.watch(
      tags.map((tag) => tag.name),
      (frame) => applyFrame(tags, frame),
    )
    const feed: TagFeed = { tags, readCount: tags.length, stop }
    for (const tag of tags) this.#feedOf.set(tag, feed)
  }

  #closeFeed(feed: TagFeed): void {
    feed.stop()
    for (const tag of feed.tags) {
      if (this.#feedOf.get(tag) !== feed) continue
      this.#feedOf.delete(tag)
      // A tag that nobody reads is forgotten: shown again later, it must not begin with an old value.
      if (!tag.isSubscribed) this.#tags.delete(tag.name)
    }
  }

  #pack(feed: TagFeed): void {
    const still = feed.tags.filter((tag) => tag.isSubscribed)
    this.#closeFeed(feed)
    for (const tag of still) this.subscribe(tag)
  }

  /** The offset with the least delay in it is the largest; older estimates fade because clocks drift. */
  #noteClock(serverTimestamp: number): void {
    const now = Date.now()
    const offset = serverTimestamp - now
    if (
      offset < this.#clockOffsetMs &&
      now - this.#clockOffsetTimestamp < clockEstimateMs &&
      this.#clockOffsetTimestamp > 0
    )
      return
    this.#clockOffsetMs = offset
    this.#clockOffsetTimestamp = now
  }
}

/** A frame that says of every tag: no communication. */
function frameWithoutValues(count: number, timestamp: number): TagFrame {
  return {
    feedId: 0,
    count,
    serverTimestamp: timestamp,
    value: new Float64Array(count).fill(Number.NaN),
    sourceTimestamp: new Float64Array(count).fill(timestamp),
    index: Uint32Array.from({ length: count }, (_, index) => index),
    statusCode: new Uint32Array(count).fill(StatusCodes.BadNoCommunication),
    others: new Map(Array.from({ length: count }, (_, row) => [row, null])),
  }
}

function applyFrame(tags: readonly LiveTag[], frame: TagFrame): void {
  for (let row = 0; row < frame.count; row++) {
    const tag = tags[frame.index[row]!]
    if (!tag) continue
    const other = frame.others.get(row)
    const number = frame.value[row]!
    const value = other !== undefined ? other : Number.isNaN(number) ? null : number
    tag.apply(value, frame.statusCode[row]!, frame.sourceTimestamp[row]!, frame.serverTimestamp)
  }
}
