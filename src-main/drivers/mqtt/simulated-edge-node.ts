// A simulated Sparkplug B edge node with its devices: births with aliases, data by exception, a death as last will,
// rebirth on request, commands carried out (Sparkplug 3.0 chapters 4 to 6, edge node side).
import mqtt, { type MqttClient } from 'mqtt'
import type { TagValue } from '../../shared/data-value.ts'
import type { SimulatedItem, SimulatorOptions } from '../../shared/protocol.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { initialValue } from './simulated-topics.ts'
import { parseSparkplugAddress } from './sparkplug-address.ts'
import { encodeSparkplugPayload } from './sparkplug-encoding.ts'
import { namespace, rebirthMetric } from './sparkplug-host.ts'
import { decodeSparkplugPayload, type SparkplugMetric } from './sparkplug-payload.ts'
import { datatypeFor, readWireValue, sparkplugType, sparkplugTypes, writeWireValue } from './sparkplug-type.ts'

interface SimulatedMetric {
  readonly item: SimulatedItem
  readonly device: string | null
  readonly name: string
  readonly alias: bigint
  readonly datatype: number
  value: TagValue
  timestamp: number
  isDirty: boolean
}

const publishIntervalMs = 250

export class SimulatedEdgeNode {
  readonly group: string
  readonly node: string
  readonly #metrics: SimulatedMetric[] = []
  readonly #onWrite: SimulatorOptions['onWrite']
  #client: MqttClient | null = null
  #timer: NodeJS.Timeout | null = null
  #seq = 0
  /** Grows with every connection and wraps after 255 (section 5.3). */
  #bdSeq = -1
  #publishedAt = Number.NEGATIVE_INFINITY

  constructor(group: string, node: string, onWrite: SimulatorOptions['onWrite']) {
    this.group = group
    this.node = node
    this.#onWrite = onWrite
  }

  add(item: SimulatedItem, device: string | null, name: string): void {
    this.#metrics.push({
      item,
      device,
      name,
      alias: BigInt(this.#metrics.length + 1),
      datatype: datatypeFor(item.dataType, item.arrayLength !== null),
      value: initialValue(item),
      timestamp: Date.now(),
      isDirty: false,
    })
  }

  /** Connects to the broker and is born. */
  async start(address: string): Promise<void> {
    this.#bdSeq = (this.#bdSeq + 1) & 0xff
    const client = mqtt.connect(address, {
      protocolVersion: 4,
      clean: true,
      reconnectPeriod: 0,
      will: { topic: this.#topic('NDEATH'), payload: this.#death(), qos: 1, retain: false },
    })
    this.#client = client
    client.on('message', (topic, payload, packet) => {
      // A retained command is an old one: carrying it out would surprise whoever stands at the machine.
      if (!packet.retain) this.#command(topic, payload)
    })
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve())
      client.once('error', reject)
    })
    client.on('error', () => undefined)
    await client.subscribeAsync(
      [this.#topic('NCMD'), ...this.#devices().map((device) => this.#topic('DCMD', device))],
      {
        qos: 1,
      },
    )
    this.#birth()
    this.#timer = setInterval(() => this.#publishDue(), 25)
  }

  set(handle: number, value: TagValue): boolean {
    const metric = this.#metrics.find(({ item }) => item.handle === handle)
    if (!metric) return false
    metric.value = value
    metric.timestamp = Date.now()
    metric.isDirty = true
    return true
  }

  get(handle: number): TagValue | undefined {
    return this.#metrics.find(({ item }) => item.handle === handle)?.value
  }

  /** Dies in order: the death certificate, then the connection. */
  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer)
    if (this.#client?.connected)
      await this.#client.publishAsync(this.#topic('NDEATH'), this.#death(), { qos: 1 }).catch(() => undefined)
    await this.#client?.endAsync(true)
  }

  /** Falls silent without a word: the broker publishes the death certificate. */
  async vanish(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer)
    this.#client?.stream.destroy()
    await this.#client?.endAsync(true)
  }

  #birth(): void {
    const timestamp = Date.now()
    this.#seq = -1
    const own: SparkplugMetric[] = [
      this.#bdSeqMetric(timestamp),
      {
        name: rebirthMetric,
        timestamp,
        datatype: sparkplugTypes.indexOf('Boolean'),
        value: { kind: 'boolean', value: false },
      },
    ]
    this.#publish(this.#topic('NBIRTH'), [...own, ...this.#born(null)])
    for (const device of this.#devices()) this.#publish(this.#topic('DBIRTH', device), this.#born(device))
  }

  #born(device: string | null): SparkplugMetric[] {
    return this.#metrics
      .filter((metric) => metric.device === device)
      .map((metric) => {
        metric.isDirty = false
        return { name: metric.name, datatype: metric.datatype, ...presentValue(metric) }
      })
  }

  #publishDue(): void {
    if (performance.now() - this.#publishedAt < publishIntervalMs) return
    for (const device of [null, ...this.#devices()]) {
      const dirty = this.#metrics.filter((metric) => metric.device === device && metric.isDirty)
      if (dirty.length === 0) continue
      this.#publishedAt = performance.now()
      for (const metric of dirty) metric.isDirty = false
      this.#publish(device === null ? this.#topic('NDATA') : this.#topic('DDATA', device), dirty.map(presentValue))
    }
  }

  #command(topic: string, payload: Buffer): void {
    const device = topic.split('/')[4] ?? null
    for (const command of this.#readCommand(payload)) {
      if (command.name === rebirthMetric && command.value?.value === true) this.#birth()
      const metric = this.#metrics.find(
        (known) => known.device === device && (known.name === command.name || known.alias === command.alias),
      )
      const type = sparkplugType(metric?.datatype)
      if (!metric || !type || !metric.item.writable || !command.value) continue
      this.set(metric.item.handle, readWireValue(command.value, type))
      this.#onWrite(metric.item.handle, metric.value)
    }
  }

  /** Commands that cannot be read are none. */
  #readCommand(payload: Buffer): readonly SparkplugMetric[] {
    try {
      return decodeSparkplugPayload(payload).metrics
    } catch (error) {
      if (error instanceof RuntimeError) return []
      throw error
    }
  }

  #publish(topic: string, metrics: readonly SparkplugMetric[]): void {
    this.#seq = (this.#seq + 1) & 0xff
    const payload = encodeSparkplugPayload({ timestamp: Date.now(), seq: this.#seq, metrics })
    this.#client?.publish(topic, payload, { qos: 0, retain: false })
  }

  #death(): Buffer {
    return encodeSparkplugPayload({ timestamp: Date.now(), metrics: [this.#bdSeqMetric(Date.now())] })
  }

  #bdSeqMetric(timestamp: number): SparkplugMetric {
    const value = { kind: 'long', value: BigInt(Math.max(0, this.#bdSeq)) } as const
    return { name: 'bdSeq', timestamp, datatype: sparkplugTypes.indexOf('Int64'), value }
  }

  #devices(): string[] {
    return [...new Set(this.#metrics.map(({ device }) => device).filter((device) => device !== null))]
  }

  #topic(type: string, device?: string): string {
    const topic = `${namespace}/${this.group}/${type}/${this.node}`
    return device === undefined ? topic : `${topic}/${device}`
  }
}

/** The edge nodes that the addresses of the items name. */
export function simulatedEdgeNodes({ items, onWrite }: SimulatorOptions): readonly SimulatedEdgeNode[] {
  const nodes = new Map<string, SimulatedEdgeNode>()
  for (const item of items) {
    const parsed = parseSparkplugAddress(item.address)
    if (!parsed.ok) throw new RuntimeError('BadNodeIdInvalid', parsed.message)
    const key = `${parsed.group}/${parsed.node}`
    const node = nodes.get(key) ?? new SimulatedEdgeNode(parsed.group, parsed.node, onWrite)
    node.add(item, parsed.device, parsed.metric)
    nodes.set(key, node)
  }
  return [...nodes.values()]
}

function presentValue({ alias, timestamp, datatype, value }: SimulatedMetric): SparkplugMetric {
  const type = sparkplugType(datatype)
  if (value === null || !type) return { alias, timestamp, isNull: true }
  return { alias, timestamp, value: writeWireValue(value, type) }
}
