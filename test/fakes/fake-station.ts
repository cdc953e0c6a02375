// Fake: a station for components, whose feeds and answers the test gives.
import type { SessionRow, TagRow } from '../../src-main/shared/contract.ts'
import type { JsonValue } from '../../src-main/shared/data-value.ts'
import { type Role, rolePermissions } from '../../src-main/shared/permission.ts'
import type { TagFrame } from '../../src-main/shared/tag-frame.ts'
import { AlarmSummaryState } from '../../src-renderer/alarms/alarm-summary.svelte.ts'
import { AlarmSound, type SoundOutput } from '../../src-renderer/alarms/sound/alarm-sound.svelte.ts'
import { ConnectionState } from '../../src-renderer/connection/connection-state.svelte.ts'
import { PlantState } from '../../src-renderer/connection/plant-state.svelte.ts'
import type { LinkStatus, RuntimeClient } from '../../src-renderer/connection/runtime-client.ts'
import { LabelState } from '../../src-renderer/labels/label-state.svelte.ts'
import { type Station, stationKey } from '../../src-renderer/station.ts'
import { LiveTags } from '../../src-renderer/tags/live-tags.svelte.ts'
import { TagCatalog } from '../../src-renderer/tags/tag-catalog.svelte.ts'

interface OpenFeed {
  readonly name: string
  readonly input: { readonly tags?: readonly string[] }
  readonly onItem: (item: never) => void
  readonly onError?: ((error: Error) => void) | undefined
}

/** A loudspeaker that writes down what it plays; the browser allows it after the first touch. */
export class FakeLoudspeaker implements SoundOutput {
  isAllowed = false
  playing: string | null = null

  async allow(): Promise<void> {
    this.isAllowed = true
  }

  play(priority: string): () => void {
    this.playing = priority
    return () => {
      this.playing = null
    }
  }
}

export class FakeStation {
  readonly loudspeaker = new FakeLoudspeaker()
  readonly feeds: OpenFeed[] = []
  readonly stoppedFeeds: OpenFeed[] = []
  readonly calls: { readonly name: string; readonly input: unknown }[] = []
  readonly answers = new Map<string, (input: never) => unknown>()
  readonly station: Station
  /** Feeds of the page itself (plant, summary of alarms), apart from those of what is tested. */
  readonly #pageFeeds: readonly OpenFeed[]
  readonly #statusListeners: ((status: LinkStatus) => void)[] = []
  #setSession: (session: SessionRow | null) => void = () => {}

  constructor(role: Role = 'operator') {
    const client = {
      call: async (name: string, input: unknown) => {
        this.calls.push({ name, input })
        const answer = this.answers.get(name)
        if (!answer) throw new Error(`the test gives no answer to ${name}`)
        return answer(input as never)
      },
      watch: (name: string, input: OpenFeed['input'], onItem: OpenFeed['onItem'], onError?: OpenFeed['onError']) => {
        const feed = { name, input, onItem, onError }
        this.feeds.push(feed)
        return () => {
          this.feeds.splice(this.feeds.indexOf(feed), 1)
          this.stoppedFeeds.push(feed)
        }
      },
      onStatus: (listener: (status: LinkStatus) => void) => {
        this.#statusListeners.push(listener)
        listener({ phase: 'live', lastMessageTimestamp: Date.now(), nextAttemptTimestamp: null })
      },
      onSession: (listener: (session: SessionRow | null) => void) => {
        this.#setSession = listener
      },
    } as unknown as RuntimeClient
    const connection = new ConnectionState(client)
    const catalog = new TagCatalog(client)
    this.#setSession({
      user: 'anna',
      roles: [role],
      permissions: rolePermissions[role],
      expiresTimestamp: 0,
      firstStart: false,
    })
    const alarms = new AlarmSummaryState(client)
    this.station = {
      client,
      alarms,
      alarmSound: new AlarmSound(alarms, this.loudspeaker),
      connection,
      catalog,
      plant: new PlantState(client, () => catalog.forget()),
      liveTags: new LiveTags(client, connection),
      labels: new LabelState(client),
    }
    this.#pageFeeds = this.feeds.splice(0)
  }

  /** Context to mount a component with. */
  get context(): Map<symbol, Station> {
    return new Map([[stationKey, this.station]])
  }

  /** What is known of a tag. */
  describe(row: Partial<TagRow> & { tag: string }): void {
    this.station.catalog.learn([{ dataType: 'float64', unit: '', description: '', writable: false, ...row }])
  }

  /** The link is lost; the last message came at this time, ms. */
  loseLink(lastMessageTimestamp: number): void {
    this.#setStatus({ phase: 'lost', lastMessageTimestamp, nextAttemptTimestamp: null })
  }

  /** The link is open again. */
  restoreLink(): void {
    this.#setStatus({ phase: 'live', lastMessageTimestamp: Date.now(), nextAttemptTimestamp: null })
  }

  #setStatus(status: LinkStatus): void {
    for (const listener of this.#statusListeners) listener(status)
  }

  /** The runtime sends an item of a feed that is open; throws when nobody watches it. */
  sendItem(name: string, item: unknown): void {
    const feeds = [...this.#pageFeeds, ...this.feeds].filter((feed) => feed.name === name)
    if (feeds.length === 0) throw new Error(`nobody watches ${name}`)
    for (const feed of feeds) feed.onItem(item as never)
  }

  /** The runtime sends a value of a tag that is watched; throws when nobody watches it. */
  send(tag: string, value: JsonValue, statusCode = 0, sourceTimestamp = 1000): void {
    const feed = this.feeds.find(({ name, input }) => name === 'tags.watch' && input.tags?.includes(tag))
    if (!feed) throw new Error(`nobody watches ${tag}`)
    const isNumber = typeof value === 'number'
    const frame: TagFrame = {
      feedId: 1,
      count: 1,
      serverTimestamp: Date.now(),
      value: Float64Array.of(isNumber ? value : Number.NaN),
      sourceTimestamp: Float64Array.of(sourceTimestamp),
      index: Uint32Array.of(feed.input.tags!.indexOf(tag)),
      statusCode: Uint32Array.of(statusCode),
      others: isNumber ? new Map() : new Map([[0, value]]),
    }
    feed.onItem(frame as never)
  }
}
