// The watched tags by topic: takes messages apart, keeps what is known of every tag, and says what changed. Knows the
// words of the sources about themselves (last will) and the age of values; knows no broker.
import type { TagValue } from '../../shared/data-value.ts'
import { isBad, isGood, StatusCodes } from '../../shared/status-code.ts'
import type { DriverItem } from '../driver.ts'
import { valueAt } from './json-path.ts'
import type { Qos } from './mqtt-connection.ts'
import { Message, needsExactIntegers, parseJson } from './mqtt-payload.ts'
import type { MqttDeviceOptions } from './mqtt-protocol.ts'
import { newStatusSource, newTopicTag, presentStatus, type StatusSource, type TopicTag } from './topic-tag.ts'

/** One value to report; bad ones have null. `isRetold`: the broker had kept it, its source did not say it now. */
export type Report = (
  handle: number,
  value: TagValue,
  statusCode: number,
  sourceTimestamp: number,
  isRetold?: boolean,
) => void

/** The tags that read one topic. */
interface Topic {
  readonly tags: TopicTag[]
  exactIntegers: boolean
}

/** What has to be asked of the broker after the watched items changed. */
export interface SubscriptionChange {
  /** Status topics; to be subscribed before the others, so that the word of a source comes before its values. */
  readonly statusTopics: ReadonlyMap<string, Qos>
  readonly topics: ReadonlyMap<string, Qos>
  readonly ended: readonly string[]
}

/** A tag without any message is said to be waiting after this time; retained values come sooner. */
const waitingAfterMs = 500
/** A value is lost after this many times `staleAfter`. */
const lostAfterFactor = 3
/** Longest text a status topic can mean something with. */
const maximumStatusBytes = 65_536

export class TopicTable {
  readonly #options: MqttDeviceOptions
  readonly #report: Report
  readonly #onlineTexts: ReadonlySet<string>
  #tags = new Map<number, TopicTag>()
  readonly #topics = new Map<string, Topic>()
  readonly #sources = new Map<string, StatusSource>()
  readonly #sourcesByTopic = new Map<string, StatusSource[]>()
  /** Tags whose value can grow old or has not come yet. */
  #ageing: TopicTag[] = []
  /** Messages that said nothing usable for at least one tag. */
  faultyMessageCount = 0

  constructor(options: MqttDeviceOptions, report: Report) {
    this.#options = options
    this.#report = report
    const words = options.onlineTexts ?? ['online', 'true', '1', 'on', 'connected', 'ready']
    this.#onlineTexts = new Set(words.map((word) => word.toLowerCase()))
  }

  get topicCount(): number {
    return this.#topics.size
  }

  /** `source: online` for each status topic, for the device page. */
  get sourceStates(): string {
    return [...this.#sources.values()]
      .map(({ address, isOnline }) => `${address}: ${isOnline === null ? 'unknown' : isOnline ? 'online' : 'offline'}`)
      .join(', ')
  }

  tag(handle: number): TopicTag | undefined {
    return this.#tags.get(handle)
  }

  hasTopic(topic: string): boolean {
    return this.#topics.has(topic) || this.#sourcesByTopic.has(topic)
  }

  /** Exactly these items from now on; tags that stay keep what is known of them. `now` is monotonic. */
  setItems(items: readonly DriverItem[], now: number): SubscriptionChange {
    const before = new Set([...this.#topics.keys(), ...this.#sourcesByTopic.keys()])
    const previous = this.#tags
    const previousSources = new Set(this.#sources.keys())
    this.#tags = new Map(
      items.map((item) => {
        const known = previous.get(item.handle)
        return [item.handle, known && isSameItem(known.item, item) ? known : newTopicTag(item, this.#options, now)]
      }),
    )
    this.#rebuild()
    const topics = new Map<string, Qos>()
    for (const tag of this.#tags.values()) {
      if (previous.get(tag.item.handle) === tag) continue
      topics.set(tag.rule.topic, Math.max(topics.get(tag.rule.topic) ?? 0, this.#qosOf(tag.rule.topic)) as Qos)
    }
    const statusTopics = new Map<string, Qos>()
    for (const source of this.#sources.values())
      if (!previousSources.has(source.address)) statusTopics.set(source.topic, 1)
    const ended = [...before].filter((topic) => !this.hasTopic(topic))
    return { statusTopics, topics, ended }
  }

  /** The broker refuses a topic: its tags are Bad for this reason. `timestamp` in ms since 1970. */
  refuse(topic: string, statusCode: number, timestamp: number): void {
    for (const tag of this.#topics.get(topic)?.tags ?? []) {
      tag.age = 'lost'
      tag.statusCode = statusCode
      tag.value = null
      this.#report(tag.item.handle, null, statusCode, timestamp)
    }
  }

  /**
   * Takes one message. `timestamp` in ms since 1970, `now` monotonic. `isRepeat`: the broker sends a retained message once
   * more because the topic was subscribed once more; what is known already does not become younger by it. `isRetained`: the broker
   * had kept it.
   */
  take(topic: string, payload: Buffer, timestamp: number, now: number, isRepeat = false, isRetained = false): void {
    const sources = this.#sourcesByTopic.size > 0 ? this.#sourcesByTopic.get(topic) : undefined
    if (sources) for (const source of sources) this.#takeStatus(source, payload, timestamp)
    const entry = this.#topics.get(topic)
    if (!entry) return
    if (payload.length > (this.#options.maximumPayload ?? 1024 * 1024)) {
      this.faultyMessageCount++
      for (const tag of entry.tags) this.#keep(tag, null, StatusCodes.BadResponseTooLarge, timestamp, now, isRetained)
      return
    }
    this.#takeValues(entry, new Message(payload, entry.exactIntegers), timestamp, now, isRepeat, isRetained)
  }

  /** Reports again what is known of a tag, as after a write that changed nothing. */
  repeat(tag: TopicTag): void {
    if (tag.heardAt !== null) this.#tell(tag)
  }

  /** Says of values that grew old that they did. To be called every few hundred ms. */
  age(timestamp: number, now: number): void {
    for (const tag of this.#ageing) {
      if (tag.age === 'awaited') {
        if (now - tag.watchedSince < waitingAfterMs) continue
        tag.age = 'lost'
        if (tag.source?.isOnline !== false)
          this.#report(tag.item.handle, null, StatusCodes.BadWaitingForInitialData, timestamp)
      } else if (tag.staleAfterMs !== null && tag.heardAt !== null) {
        this.#ageOne(tag, now - tag.heardAt, tag.staleAfterMs, timestamp)
      }
    }
  }

  #ageOne(tag: TopicTag, ageMs: number, staleAfterMs: number, timestamp: number): void {
    if (tag.age !== 'lost' && ageMs > staleAfterMs * lostAfterFactor) {
      tag.age = 'lost'
      this.#report(tag.item.handle, null, StatusCodes.BadNoCommunication, timestamp)
    } else if (tag.age === 'fresh' && ageMs > staleAfterMs) {
      tag.age = 'stale'
      if (isGood(presentStatus(tag)))
        this.#report(tag.item.handle, tag.value, StatusCodes.UncertainLastUsableValue, timestamp)
    }
  }

  #takeValues(
    entry: Topic,
    message: Message,
    timestamp: number,
    now: number,
    isRepeat: boolean,
    isRetained: boolean,
  ): void {
    let isFaulty = false
    for (const tag of entry.tags) {
      const { rule } = tag
      const decoded = message.valueFor(rule)
      if (decoded === null) continue
      if (isRepeat && tag.heardAt !== null && decoded.value === tag.value) continue
      if (isBad(decoded.statusCode)) isFaulty = true
      if (rule.timestampPath === null) {
        this.#keep(tag, decoded.value, decoded.statusCode, ownTime(tag, timestamp), now, isRetained)
        continue
      }
      const sourceTimestamp = message.timestampAt(rule.timestampPath)
      // A value whose time should be in the payload and is not has an unknown age.
      const statusCode =
        sourceTimestamp === null && isGood(decoded.statusCode) ? StatusCodes.Uncertain : decoded.statusCode
      this.#keep(tag, decoded.value, statusCode, sourceTimestamp ?? timestamp, now, isRetained)
    }
    if (isFaulty) this.faultyMessageCount++
  }

  #keep(
    tag: TopicTag,
    value: TagValue,
    statusCode: number,
    sourceTimestamp: number,
    now: number,
    isRetained: boolean,
  ): void {
    tag.value = value
    tag.statusCode = statusCode
    tag.sourceTimestamp = sourceTimestamp
    tag.heardAt = now
    tag.age = 'fresh'
    if (tag.source) {
      tag.epoch = tag.source.epoch
      if (tag.source.isOnline === false) return
    }
    this.#tell(tag, isRetained)
  }

  #tell(tag: TopicTag, isRetold = false): void {
    const statusCode = presentStatus(tag)
    this.#report(tag.item.handle, isBad(statusCode) ? null : tag.value, statusCode, tag.sourceTimestamp, isRetold)
  }

  #takeStatus(source: StatusSource, payload: Buffer, timestamp: number): void {
    const isOnline = this.#readStatus(source, payload)
    if (isOnline === source.isOnline) return
    source.isOnline = isOnline
    if (!isOnline) source.epoch++
    for (const tag of source.tags) {
      if (!isOnline) this.#report(tag.item.handle, null, StatusCodes.BadNoCommunication, timestamp)
      else if (tag.heardAt !== null) this.#tell(tag)
    }
  }

  #readStatus({ path }: StatusSource, payload: Buffer): boolean {
    if (payload.length > maximumStatusBytes) return false
    let said: unknown = payload.toString('utf8')
    if (path) {
      try {
        said = valueAt(parseJson(payload, false), path)
      } catch {
        return false
      }
    }
    return this.#onlineTexts.has(String(said).trim().toLowerCase())
  }

  #qosOf(topic: string): Qos {
    let qos: Qos = 0
    for (const tag of this.#topics.get(topic)?.tags ?? []) if (tag.qos > qos) qos = tag.qos
    return qos
  }

  #rebuild(): void {
    this.#topics.clear()
    for (const source of this.#sources.values()) source.tags.clear()
    this.#ageing = []
    for (const tag of this.#tags.values()) {
      let topic = this.#topics.get(tag.rule.topic)
      if (!topic) {
        topic = { tags: [], exactIntegers: false }
        this.#topics.set(tag.rule.topic, topic)
      }
      topic.tags.push(tag)
      topic.exactIntegers ||= needsExactIntegers(tag.rule)
      this.#joinSource(tag)
      if (tag.staleAfterMs !== null || tag.age === 'awaited') this.#ageing.push(tag)
    }
    this.#sourcesByTopic.clear()
    for (const [address, source] of this.#sources) {
      if (source.tags.size === 0) this.#sources.delete(address)
      else this.#sourcesByTopic.set(source.topic, [...(this.#sourcesByTopic.get(source.topic) ?? []), source])
    }
  }

  #joinSource(tag: TopicTag): void {
    if (tag.statusAddress === null) return
    let source = this.#sources.get(tag.statusAddress)
    if (!source) {
      source = newStatusSource(tag.statusAddress)
      this.#sources.set(tag.statusAddress, source)
    }
    if (tag.source !== source) tag.epoch = source.epoch
    tag.source = source
    source.tags.add(tag)
  }
}

/** Messages that come together are not further apart in time than this; ms. */
const burstMs = 1000

/** Two messages of one millisecond are two: the later one gets the next one, so that history and triggers tell them apart. */
function ownTime({ heardAt, sourceTimestamp }: TopicTag, timestamp: number): number {
  const aheadMs = sourceTimestamp - timestamp
  return heardAt !== null && aheadMs >= 0 && aheadMs < burstMs ? sourceTimestamp + 1 : timestamp
}

function isSameItem(a: DriverItem, b: DriverItem): boolean {
  return (
    a.address === b.address &&
    a.dataType === b.dataType &&
    a.arrayLength === b.arrayLength &&
    JSON.stringify(a.options) === JSON.stringify(b.options)
  )
}
