// Sparkplug B 3.0 as a host application: a device is a broker, a tag is a metric of an edge node or device. Births say
// what there is, deaths make it Bad at once, commands write. The state machine is sparkplug-host.ts.
import type { Timer } from '../../base/clock.ts'
import type { BrowseRow } from '../../shared/contract.ts'
import type { TagValue } from '../../shared/data-value.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { isBad, isGood, StatusCodes, statusCodeName } from '../../shared/status-code.ts'
import { type ValueBatch, ValueBatchBuilder } from '../../shared/value-batch.ts'
import { type Driver, type DriverEnvironment, type DriverItem, newCounters } from '../driver.ts'
import { readBrokerSettings } from './broker-settings.ts'
import { type Announcement, MqttConnection } from './mqtt-connection.ts'
import type { SparkplugDeviceOptions } from './mqtt-protocol.ts'
import { browseSparkplug } from './sparkplug-browse.ts'
import { encodeSparkplugPayload } from './sparkplug-encoding.ts'
import { namespace, rebirthMetric, SparkplugHost } from './sparkplug-host.ts'
import { type MetricState, valueForItem } from './sparkplug-node.ts'
import type { SparkplugMetric } from './sparkplug-payload.ts'
import { sparkplugTypes, writeWireValue } from './sparkplug-type.ts'
import { ValueFlow } from './value-flow.ts'

const ageIntervalMs = 250
/** Share of the device's time-out after which `read` answers with what came. */
const patience = 0.8
const lookIntervalMs = 20

export class SparkplugDriver implements Driver {
  readonly counters = newCounters()
  readonly #environment: DriverEnvironment
  readonly #options: SparkplugDeviceOptions
  readonly #flow: ValueFlow
  readonly #host: SparkplugHost
  readonly #abort = new AbortController()
  #connection: MqttConnection | null = null
  #ageTimer: Timer | null = null
  #isClosed = false
  /** Time of the STATE birth; the same as in the last will (section 5.2). */
  #stateTimestamp = 0

  constructor(environment: DriverEnvironment) {
    this.#environment = environment
    this.#options = environment.device.options as SparkplugDeviceOptions
    this.#flow = new ValueFlow(environment.onValues)
    this.#host = new SparkplugHost({
      maximumPayload: this.#options.maximumPayload ?? 16 * 1024 * 1024,
      report: this.#flow.add,
      askForRebirth: (group, node, reason) => this.#askForRebirth(group, node, reason),
    })
  }

  async connect(signal: AbortSignal): Promise<void> {
    const { device, clock, onLost } = this.#environment
    this.#stateTimestamp = clock.now()
    const connection = await MqttConnection.open(
      {
        deviceName: device.name,
        settings: await readBrokerSettings(this.#environment),
        timeoutMs: device.timeoutMs,
        clock,
        will: this.#state(false, this.#stateTimestamp),
        onMessage: (topic, payload, isRetained) => this.#take(topic, payload, isRetained),
        onLost: (error) => {
          this.#flow.flush()
          if (!this.#isClosed) onLost(error)
        },
      },
      AbortSignal.any([signal, this.#abort.signal]),
    )
    this.#connection = connection
    if (this.#isClosed) return connection.close(null)
    await this.#subscribe(connection)
    const birth = this.#state(true, this.#stateTimestamp)
    if (birth) await connection.publish(birth)
    this.#ageTimer = clock.every(ageIntervalMs, () => {
      this.#host.age(clock.now(), clock.monotonic())
      this.#describe()
    })
    this.#describe()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#flow.end()
    this.#abort.abort()
    this.#ageTimer?.cancel()
    await this.#connection?.close(this.#state(false, this.#environment.clock.now()))
  }

  async watch(items: readonly DriverItem[]): Promise<void> {
    this.#requireConnection()
    const { clock } = this.#environment
    this.#host.setItems(items, clock.now(), clock.monotonic())
  }

  async write(item: DriverItem, value: TagValue): Promise<number> {
    const { clock, logger } = this.#environment
    const connection = this.#requireConnection()
    await this.#waitForBirths([item])
    const found = this.#host.find(item.address)
    if (!found.metric) return found.statusCode
    const { owner } = found.metric
    if (!owner.isOnline) return StatusCodes.BadNoCommunication
    let metric: SparkplugMetric
    try {
      metric = commandMetric(found.metric, value, clock.now())
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error
      logger.warn(`write to "${item.address}" refused: ${error.message}`)
      return error.statusCode
    }
    const topic =
      owner.device === null
        ? `${namespace}/${owner.group}/NCMD/${owner.node}`
        : `${namespace}/${owner.group}/DCMD/${owner.node}/${owner.device}`
    const statusCode = await this.#command(connection, topic, metric)
    if (isGood(statusCode)) this.#followWrite(item, found.metric)
    return statusCode
  }

  async read(items: readonly DriverItem[]): Promise<ValueBatch> {
    const { clock } = this.#environment
    const builder = new ValueBatchBuilder(items.length)
    if (this.#connection) await this.#waitForBirths(items)
    for (const item of items) {
      const found = this.#host.find(item.address)
      if (!found.metric) {
        builder.addBad(item.handle, this.#connection ? found.statusCode : StatusCodes.BadNotConnected, clock.now())
        continue
      }
      const { value, statusCode } = valueForItem(found.metric, item)
      builder.add(item.handle, isBad(statusCode) ? null : value, statusCode, found.metric.sourceTimestamp)
    }
    return builder.take()
  }

  async browse(path: string): Promise<readonly BrowseRow[]> {
    this.#requireConnection()
    return browseSparkplug(this.#host.nodes, path)
  }

  async #subscribe(connection: MqttConnection): Promise<void> {
    const { device } = this.#environment
    const { hostId, groupId } = this.#options
    const topics = new Map<string, 0 | 1>()
    if (hostId !== undefined) topics.set(`${namespace}/STATE/${hostId}`, 1)
    topics.set(groupId === undefined ? `${namespace}/#` : `${namespace}/${groupId}/#`, 1)
    for (const [topic, statusCode] of await connection.subscribe(topics)) {
      if (!isBad(statusCode)) continue
      throw new RuntimeError(
        'BadUserAccessDenied',
        `Device "${device.name}" (${device.address}): the broker refuses the topics "${topic}": ${statusCodeName(statusCode)}`,
      )
    }
  }

  #take(topic: string, payload: Buffer, isRetained: boolean): void {
    const { clock } = this.#environment
    this.counters.requestCount++
    const { hostId } = this.#options
    if (hostId !== undefined && topic === `${namespace}/STATE/${hostId}`) return this.#takeOwnState(payload)
    this.#host.take(topic, payload, isRetained, clock.now(), clock.monotonic())
  }

  /** Whoever says that this host is offline is wrong while it runs (section 5.2.1). */
  #takeOwnState(payload: Buffer): void {
    if (this.#isClosed || !this.#ageTimer || !/"online"\s*:\s*false/.test(payload.toString('utf8', 0, 1000))) return
    const birth = this.#state(true, this.#stateTimestamp)
    if (birth) void this.#connection?.publish(birth)
  }

  #state(isOnline: boolean, timestamp: number): Announcement | null {
    const { hostId } = this.#options
    if (hostId === undefined) return null
    const payload = JSON.stringify({ online: isOnline, timestamp })
    return { topic: `${namespace}/STATE/${hostId}`, payload, qos: 1, retain: true }
  }

  #askForRebirth(group: string, node: string, reason: string): void {
    const { groupId } = this.#options
    if (!this.#connection || (groupId !== undefined && groupId !== group)) return
    this.#environment.logger.info(`asking edge node "${group}/${node}" for a rebirth: ${reason}`)
    const metric: SparkplugMetric = {
      name: rebirthMetric,
      timestamp: this.#environment.clock.now(),
      datatype: sparkplugTypes.indexOf('Boolean'),
      value: { kind: 'boolean', value: true },
    }
    void this.#command(this.#connection, `${namespace}/${group}/NCMD/${node}`, metric)
  }

  #command(connection: MqttConnection, topic: string, metric: SparkplugMetric): Promise<number> {
    const payload = encodeSparkplugPayload({ timestamp: this.#environment.clock.now(), metrics: [metric] })
    return connection.publish({ topic, payload, qos: 0, retain: false })
  }

  /**
   * The edge node reports the new value by itself; what is known now is reported at once, also for items that are not
   * watched, whose next value is looked for during one time-out.
   */
  #followWrite(item: DriverItem, before: MetricState): void {
    const { clock, device } = this.#environment
    if (this.#host.isWatched(item.handle)) return this.#host.repeat(item)
    const until = clock.monotonic() + device.timeoutMs
    const { value, sourceTimestamp } = before
    const look = (): void => {
      if (this.#isClosed) return
      const { metric } = this.#host.find(item.address)
      const hasChanged = metric !== null && (metric.value !== value || metric.sourceTimestamp !== sourceTimestamp)
      if (hasChanged || clock.monotonic() >= until) this.#host.repeat(item)
      else clock.after(lookIntervalMs, look)
    }
    look()
  }

  /** Waits, bounded, until the metrics of the items are known; asks their nodes for a birth. */
  async #waitForBirths(items: readonly DriverItem[]): Promise<void> {
    const { clock, device } = this.#environment
    const isKnown = ({ address }: DriverItem) => {
      const found = this.#host.find(address)
      return found.metric !== null || found.statusCode !== StatusCodes.BadWaitingForInitialData
    }
    const until = clock.monotonic() + device.timeoutMs * patience
    if (items.every(isKnown)) return
    this.#host.askFor(items, clock.now(), clock.monotonic())
    while (!this.#isClosed && clock.monotonic() < until && !items.every(isKnown))
      await new Promise<void>((resolve) => clock.after(lookIntervalMs, resolve))
  }

  #requireConnection(): MqttConnection {
    if (this.#connection) return this.#connection
    throw new RuntimeError('BadNotConnected', `Device "${this.#environment.device.name}" is not connected`)
  }

  #describe(): void {
    const host = this.#host
    const nodes = [...host.nodes.values()]
    this.counters.failedRequestCount = host.faultyPayloadCount
    this.counters.details = {
      protocol: this.#connection?.protocol ?? '',
      'edge nodes online': `${nodes.filter(({ isOnline }) => isOnline).length} of ${nodes.length}`,
      births: String(host.birthCount),
      deaths: String(host.deathCount),
      'sequence gaps': String(host.sequenceGapCount),
      'rebirth requests': String(host.rebirthRequestCount),
      'undecodable payloads': String(host.faultyPayloadCount),
      'ignored messages': String(host.ignoredMessageCount),
      'historical values not taken over': String(host.historicalValueCount),
    }
  }
}

/**
 * The metric of a command: by alias alone where the birth gave one (section 6.4.6), else by name. The datatype is said
 * although the birth did: edge nodes built on Eclipse Tahu drop a value without one.
 */
function commandMetric(metric: MetricState, value: TagValue, timestamp: number): SparkplugMetric {
  if (metric.type === null)
    throw new RuntimeError('BadNotSupported', `the datatype of metric "${metric.name}" is not one of the standard`)
  return {
    ...(metric.alias === null ? { name: metric.name } : { alias: metric.alias }),
    timestamp,
    datatype: sparkplugTypes.indexOf(metric.type),
    value: writeWireValue(value, metric.type),
  }
}
