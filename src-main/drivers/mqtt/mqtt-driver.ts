// MQTT 3.1.1 and 5 (OASIS): a device is a broker, a tag is a topic or a value within its payload. Subscribes once for
// each topic, takes last wills as quality, writes by publishing. `protocol: sparkplug` is served by sparkplug-driver.ts.

import type { Timer } from '../../base/clock.ts'
import type { BrowseRow } from '../../shared/contract.ts'
import type { TagValue } from '../../shared/data-value.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { isBad, isGood, StatusCodes, statusCodeName } from '../../shared/status-code.ts'
import { type ValueBatch, ValueBatchBuilder } from '../../shared/value-batch.ts'
import { type Driver, type DriverEnvironment, type DriverItem, newCounters, type ProtocolDriver } from '../driver.ts'
import { readBrokerSettings } from './broker-settings.ts'
import { type Announcement, MqttConnection, type Qos } from './mqtt-connection.ts'
import { encodeWrite, type OutgoingMessage } from './mqtt-payload.ts'
import type { MqttDeviceOptions, MqttTagOptions } from './mqtt-protocol.ts'
import { SparkplugDriver } from './sparkplug-driver.ts'
import { TopicDiscovery } from './topic-discovery.ts'
import { TopicTable } from './topic-table.ts'
import { ValueFlow } from './value-flow.ts'

/** How often the age of values and the counters are looked at. */
const ageIntervalMs = 250
/** Share of the device's time-out after which `read` and `browse` answer with what came, so that the answer is in time. */
const patience = 0.8
/** An orderly browse listens for so long at most, and takes so many messages at most. */
const discoverMs = 1500
const maximumDiscoveredMessages = 20_000
/** What was discovered is shown again for this long before the broker is asked anew. */
const discoveryValidMs = 30_000

/** Takes the messages of one topic for a while, beside the watched tags. */
type Listener = (topic: string, payload: Buffer) => void

export class MqttDriver implements Driver {
  readonly counters = newCounters()
  readonly #environment: DriverEnvironment
  readonly #options: MqttDeviceOptions
  readonly #flow: ValueFlow
  readonly #table: TopicTable
  readonly #abort = new AbortController()
  /** By topic; `#` hears everything. */
  readonly #listeners = new Map<string, Set<Listener>>()
  #connection: MqttConnection | null = null
  #ageTimer: Timer | null = null
  readonly #followTimers = new Set<Timer>()
  #isClosed = false
  /** The time is asked for once for the messages that arrive together: it costs as much as reading a small payload. */
  #isTimeKnown = false
  #timestamp = 0
  #now = 0
  readonly #forgetTime = (): void => {
    this.#isTimeKnown = false
  }
  #refusedTopicCount = 0
  #discovery: { readonly found: TopicDiscovery; readonly at: number } | null = null

  constructor(environment: DriverEnvironment) {
    this.#environment = environment
    this.#options = environment.device.options as MqttDeviceOptions
    this.#flow = new ValueFlow(environment.onValues)
    this.#table = new TopicTable(this.#options, this.#flow.add)
  }

  async connect(signal: AbortSignal): Promise<void> {
    const { device, clock, onLost } = this.#environment
    const connection = await MqttConnection.open(
      {
        deviceName: device.name,
        settings: await readBrokerSettings(this.#environment),
        timeoutMs: device.timeoutMs,
        clock,
        will: this.#presence('offline'),
        onMessage: (topic, payload, isRetained) => this.#take(topic, payload, isRetained),
        onLost: (error) => {
          this.#flow.flush()
          if (!this.#isClosed) onLost(error)
        },
      },
      AbortSignal.any([signal, this.#abort.signal]),
    )
    if (this.#isClosed) return connection.close(null)
    this.#connection = connection
    const presence = this.#presence('online')
    if (presence) await connection.publish(presence)
    this.#ageTimer = clock.every(ageIntervalMs, () => {
      this.#table.age(clock.now(), clock.monotonic())
      this.#describe()
    })
    this.#describe()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#flow.end()
    this.#abort.abort()
    this.#ageTimer?.cancel()
    for (const timer of this.#followTimers) timer.cancel()
    await this.#connection?.close(this.#presence('offline'))
  }

  async watch(items: readonly DriverItem[]): Promise<void> {
    const connection = this.#requireConnection()
    const { statusTopics, topics, ended } = this.#table.setItems(items, this.#environment.clock.monotonic())
    if (ended.length > 0) await connection.unsubscribe(ended.filter((topic) => !this.#listeners.has(topic)))
    await this.#subscribe(connection, statusTopics)
    await this.#subscribe(connection, topics)
  }

  async write(item: DriverItem, value: TagValue): Promise<number> {
    const { logger, clock } = this.#environment
    const connection = this.#requireConnection()
    let message: OutgoingMessage
    try {
      message = encodeWrite(item, value)
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error
      logger.warn(`write to "${item.address}" refused: ${error.message}`)
      return error.statusCode
    }
    const tag = this.#table.tag(item.handle)
    if (!tag) await this.#follow(connection, item)
    const options = item.options as MqttTagOptions
    const sentAt = clock.monotonic()
    const statusCode = await connection.publish({
      ...message,
      qos: options.qos ?? this.#options.qos ?? 1,
      retain: options.retain ?? false,
    })
    this.counters.lastLatencyMs = clock.monotonic() - sentAt
    if (isGood(statusCode) && tag) this.#table.repeat(tag)
    return statusCode
  }

  async read(items: readonly DriverItem[]): Promise<ValueBatch> {
    const builder = new ValueBatchBuilder(items.length)
    const now = this.#environment.clock.now()
    const connection = this.#connection
    if (!connection) {
      for (const { handle } of items) builder.addBad(handle, StatusCodes.BadNotConnected, now)
      return builder.take()
    }
    const read = await this.#readOnce(connection, items)
    for (const item of items) {
      const tag = this.#table.tag(item.handle)
      const row = read.get(item.handle)
      if (row) builder.add(item.handle, row.value, row.statusCode, row.sourceTimestamp)
      else if (tag && tag.heardAt !== null && tag.item.address === item.address)
        builder.add(item.handle, tag.value, tag.statusCode, tag.sourceTimestamp)
      else builder.addBad(item.handle, StatusCodes.BadNoData, now)
    }
    return builder.take()
  }

  async browse(path: string): Promise<readonly BrowseRow[]> {
    const { clock } = this.#environment
    if (!this.#discovery || clock.monotonic() - this.#discovery.at > discoveryValidMs)
      this.#discovery = { found: await this.#discover(this.#requireConnection()), at: clock.monotonic() }
    return this.#discovery.found.rows(path)
  }

  #take(topic: string, payload: Buffer, isRetained: boolean): void {
    const { clock } = this.#environment
    this.counters.requestCount++
    if (!this.#isTimeKnown) {
      this.#isTimeKnown = true
      this.#timestamp = clock.now()
      this.#now = clock.monotonic()
      setImmediate(this.#forgetTime)
    }
    if (this.#listeners.size === 0)
      return this.#table.take(topic, payload, this.#timestamp, this.#now, false, isRetained)
    const isRepeat = isRetained && (this.#listeners.has(topic) || this.#listeners.has('#'))
    this.#table.take(topic, payload, this.#timestamp, this.#now, isRepeat, isRetained)
    for (const listener of this.#listeners.get(topic) ?? []) listener(topic, payload)
    for (const listener of this.#listeners.get('#') ?? []) listener(topic, payload)
  }

  async #subscribe(connection: MqttConnection, topics: ReadonlyMap<string, Qos>): Promise<void> {
    if (topics.size === 0) return
    const { clock, logger } = this.#environment
    const sentAt = clock.monotonic()
    const granted = await connection.subscribe(topics)
    if (connection.isOver) return
    this.counters.lastLatencyMs = clock.monotonic() - sentAt
    const refused = [...granted].filter(([, statusCode]) => isBad(statusCode))
    this.#refusedTopicCount += refused.length
    for (const [topic, statusCode] of refused) this.#table.refuse(topic, statusCode, clock.now())
    const [first] = refused
    if (first) logger.warn(`the broker refuses ${refused.length} topics, as "${first[0]}": ${statusCodeName(first[1])}`)
  }

  /** Reads what the broker has retained, or the next message, of each topic; rows by handle. */
  async #readOnce(
    connection: MqttConnection,
    items: readonly DriverItem[],
  ): Promise<Map<number, { value: TagValue; statusCode: number; sourceTimestamp: number }>> {
    const { clock, device } = this.#environment
    const read = new Map<number, { value: TagValue; statusCode: number; sourceTimestamp: number }>()
    const table = new TopicTable(withoutStatus(this.#options), (handle, value, statusCode, sourceTimestamp) =>
      read.set(handle, { value, statusCode, sourceTimestamp }),
    )
    const { topics } = table.setItems(items.map(withoutStatusTopic), clock.monotonic())
    let finish: () => void = () => undefined
    const listener: Listener = (topic, payload) => {
      table.take(topic, payload, clock.now(), clock.monotonic())
      if (read.size === items.length) finish()
    }
    await new Promise<void>((resolve) => {
      const timer = clock.after(device.timeoutMs * patience, resolve)
      finish = () => {
        timer.cancel()
        resolve()
      }
      for (const topic of topics.keys()) this.#listen(topic, listener)
      void connection.subscribe(topics).then((granted) => {
        for (const [topic, statusCode] of granted) if (isBad(statusCode)) table.refuse(topic, statusCode, clock.now())
        if (read.size === items.length) finish()
      })
    })
    await this.#endListening(connection, [...topics.keys()], listener)
    return read
  }

  /** Reports what is published about an unwatched item for the time of one request, so that a write shows its effect. */
  async #follow(connection: MqttConnection, item: DriverItem): Promise<void> {
    const { clock, device } = this.#environment
    const table = new TopicTable(withoutStatus(this.#options), this.#flow.add)
    const { topics } = table.setItems([withoutStatusTopic(item)], clock.monotonic())
    const listener: Listener = (topic, payload) => table.take(topic, payload, clock.now(), clock.monotonic())
    for (const topic of topics.keys()) this.#listen(topic, listener)
    await connection.subscribe(topics)
    const timer = clock.after(device.timeoutMs, () => {
      this.#followTimers.delete(timer)
      void this.#endListening(connection, [...topics.keys()], listener)
    })
    this.#followTimers.add(timer)
  }

  async #discover(connection: MqttConnection): Promise<TopicDiscovery> {
    const { clock, device } = this.#environment
    const found = new TopicDiscovery()
    let messageCount = 0
    let finish: (statusCode: number) => void = () => undefined
    const listener: Listener = (topic, payload) => {
      messageCount++
      if (!found.add(topic, payload) || messageCount >= maximumDiscoveredMessages) finish(StatusCodes.Good)
    }
    const refusal = await new Promise<number>((resolve) => {
      const timer = clock.after(Math.min(discoverMs, device.timeoutMs * patience), () => resolve(StatusCodes.Good))
      finish = (statusCode) => {
        timer.cancel()
        resolve(statusCode)
      }
      this.#listen('#', listener)
      void connection.subscribe(new Map([['#', 0]])).then((granted) => {
        const statusCode = granted.get('#') ?? StatusCodes.BadUnknownResponse
        if (isBad(statusCode)) finish(statusCode)
      })
    })
    await this.#endListening(connection, ['#'], listener)
    if (isBad(refusal))
      throw new RuntimeError(
        'BadUserAccessDenied',
        `Device "${device.name}": the broker does not let this user see all topics (${statusCodeName(refusal)}); ask its administrator which topics there are`,
      )
    return found
  }

  #listen(topic: string, listener: Listener): void {
    const listeners = this.#listeners.get(topic) ?? new Set()
    listeners.add(listener)
    this.#listeners.set(topic, listeners)
  }

  /** A topic nobody wants any more is unsubscribed. */
  async #endListening(connection: MqttConnection, topics: readonly string[], listener: Listener): Promise<void> {
    for (const topic of topics) {
      const listeners = this.#listeners.get(topic)
      listeners?.delete(listener)
      if (listeners?.size === 0) this.#listeners.delete(topic)
    }
    const unwanted = topics.filter((topic) => !this.#listeners.has(topic) && !this.#table.hasTopic(topic))
    await connection.unsubscribe(unwanted)
  }

  #presence(state: 'online' | 'offline'): Announcement | null {
    const topic = this.#options.presenceTopic
    return topic === undefined ? null : { topic, payload: state, qos: 1, retain: true }
  }

  #requireConnection(): MqttConnection {
    if (this.#connection) return this.#connection
    throw new RuntimeError('BadNotConnected', `Device "${this.#environment.device.name}" is not connected`)
  }

  #describe(): void {
    this.counters.failedRequestCount = this.#table.faultyMessageCount
    const details: Record<string, string> = {
      protocol: this.#connection?.protocol ?? '',
      topics: String(this.#table.topicCount),
      messages: String(this.counters.requestCount),
      'messages without a usable value': String(this.#table.faultyMessageCount),
    }
    if (this.#refusedTopicCount > 0) details['topics the broker refused'] = String(this.#refusedTopicCount)
    const sources = this.#table.sourceStates
    if (sources !== '') details.sources = sources
    this.counters.details = details
  }
}

/** Options for a look at single values: what the source says of itself and the age of values are left out. */
function withoutStatus(options: MqttDeviceOptions): MqttDeviceOptions {
  const { statusTopic: _statusTopic, staleAfter: _staleAfter, ...rest } = options
  return rest
}

function withoutStatusTopic(item: DriverItem): DriverItem {
  const { statusTopic: _statusTopic, staleAfter: _staleAfter, ...options } = item.options
  return { ...item, options }
}

/** Serves `mqtt` and `sparkplug` devices. */
export const protocolDriver: ProtocolDriver = {
  createDriver: (environment) =>
    environment.device.protocol === 'sparkplug' ? new SparkplugDriver(environment) : new MqttDriver(environment),
}
