// The publishing side of a simulated plain MQTT device: a source that publishes its values on its topics, retained and
// at most every quarter of a second, says online and leaves a last will, and takes what others write.
import type { TagValue } from '../../shared/data-value.ts'
import type { SimulatedItem, SimulatorOptions } from '../../shared/protocol.ts'
import { isGood } from '../../shared/status-code.ts'
import { encodeBinary } from './binary-value.ts'
import { documentWith, type JsonPath, putAt } from './json-path.ts'
import {
  encodePayload,
  jsonReady,
  jsonText,
  Message,
  needsExactIntegers,
  type PayloadRule,
  payloadRule,
  payloadRuleAt,
  requireAddress,
} from './mqtt-payload.ts'
import type { MqttDeviceOptions, MqttTagOptions } from './mqtt-protocol.ts'

/** How the source speaks to the broker. */
export interface Publisher {
  publish(topic: string, payload: Buffer, retain: boolean): void
}

interface SimulatedTopic {
  readonly topic: string
  readonly members: { readonly item: SimulatedItem; readonly rule: PayloadRule }[]
  isDirty: boolean
  publishedAt: number
  changedTimestamp: number
}

const publishIntervalMs = 250
/** Everything is published again this often, as sources do that do not trust their network. */
const repeatIntervalMs = 5000
const tickMs = 25

export class SimulatedTopics {
  readonly #options: SimulatorOptions
  readonly #values = new Map<number, TagValue>()
  readonly #topics = new Map<string, SimulatedTopic>()
  readonly #topicOf = new Map<number, SimulatedTopic>()
  /** Items by the topic their writes come on. */
  readonly #writes = new Map<string, { readonly item: SimulatedItem; readonly rule: PayloadRule }[]>()
  readonly #publisher: Publisher
  readonly #timer: NodeJS.Timeout

  constructor(options: SimulatorOptions, publisher: Publisher) {
    this.#options = options
    this.#publisher = publisher
    for (const item of options.items) this.#addItem(item)
    for (const status of statusAnnouncements(options, true)) publisher.publish(status.topic, status.payload, true)
    this.#timer = setInterval(() => this.#publishDue(), tickMs)
  }

  set(handle: number, value: TagValue): void {
    const topic = this.#topicOf.get(handle)
    if (!topic) return
    this.#values.set(handle, value)
    topic.isDirty = true
    topic.changedTimestamp = Date.now()
  }

  get(handle: number): TagValue {
    return this.#values.get(handle) ?? null
  }

  /** What somebody else published. */
  take(topic: string, payload: Buffer): void {
    for (const { item, rule } of this.#writes.get(topic) ?? []) {
      const decoded = new Message(payload, needsExactIntegers(rule)).valueFor(rule)
      if (!decoded || !isGood(decoded.statusCode)) continue
      this.set(item.handle, decoded.value)
      this.#options.onWrite(item.handle, decoded.value)
    }
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #addItem(item: SimulatedItem): void {
    const rule = payloadRule(item)
    let topic = this.#topics.get(rule.topic)
    if (!topic) {
      topic = {
        topic: rule.topic,
        members: [],
        isDirty: true,
        publishedAt: Number.NEGATIVE_INFINITY,
        changedTimestamp: Date.now(),
      }
      this.#topics.set(rule.topic, topic)
    }
    topic.members.push({ item, rule })
    this.#topicOf.set(item.handle, topic)
    this.#values.set(item.handle, initialValue(item))
    if (!item.writable) return
    const write = writeRule(item)
    this.#writes.set(write.topic, [...(this.#writes.get(write.topic) ?? []), { item, rule: write }])
  }

  #publishDue(): void {
    const now = performance.now()
    for (const topic of this.#topics.values()) {
      const age = now - topic.publishedAt
      if (age < publishIntervalMs || (!topic.isDirty && age < repeatIntervalMs)) continue
      topic.isDirty = false
      topic.publishedAt = now
      this.#publisher.publish(topic.topic, this.#payloadOf(topic), true)
    }
  }

  #payloadOf({ members, changedTimestamp }: SimulatedTopic): Buffer {
    const [first] = members
    if (first?.rule.kind === 'text') return encodePayload(this.get(first.item.handle), first.rule)
    if (first?.rule.kind === 'binary') return this.#binaryOf(members)
    let document: unknown
    for (const { item, rule } of members) {
      document = putAt(document, rule.path, jsonReady(this.get(item.handle), rule))
      if (rule.timestampPath) document = putAt(document, rule.timestampPath, changedTimestamp)
    }
    return Buffer.from(jsonText(document))
  }

  #binaryOf(members: SimulatedTopic['members']): Buffer {
    let payload = Buffer.alloc(0)
    for (const { item, rule } of members) {
      const { byteOffset } = rule.layout
      const bytes = encodeBinary(this.get(item.handle), rule, { ...rule.layout, byteOffset: 0 })
      if (payload.length < byteOffset + bytes.length)
        payload = Buffer.concat([payload, Buffer.alloc(byteOffset + bytes.length - payload.length)])
      bytes.copy(payload, byteOffset)
    }
    return payload
  }
}

/** What the source says of itself on its status topics; the same with `false` is its last will. */
export function statusAnnouncements(
  { device, items }: Pick<SimulatorOptions, 'device' | 'items'>,
  isOnline: boolean,
): readonly { readonly topic: string; readonly payload: Buffer }[] {
  const options = device.options as MqttDeviceOptions
  const addresses = new Set<string>(options.statusTopic === undefined ? [] : [options.statusTopic])
  for (const item of items) {
    const { statusTopic } = item.options as MqttTagOptions
    if (statusTopic !== undefined) addresses.add(statusTopic)
  }
  const text = isOnline ? (options.onlineTexts?.[0] ?? 'online') : 'offline'
  return [...addresses].map((address) => {
    const { topic, path } = requireAddress(address)
    return { topic, payload: Buffer.from(path ? JSON.stringify(documentWith(path, text)) : text) }
  })
}

/** How a write of the item looks when it arrives. */
function writeRule(item: SimulatedItem): PayloadRule {
  const { writeAddress, writeTemplate } = item.options as MqttTagOptions
  const rule = payloadRuleAt(item, requireAddress(writeAddress ?? item.address))
  if (writeTemplate === undefined) return { ...rule, keepsWhenMissing: true }
  const path = pathOfTemplate(writeTemplate)
  return path ? { ...rule, kind: 'json', path, keepsWhenMissing: true } : rule
}

/** Where `{value}` stands in a JSON template; null when the template is no JSON. */
function pathOfTemplate(template: string): JsonPath | null {
  const marker = '\u0001value\u0001'
  try {
    return findMarker(
      JSON.parse(
        template.replaceAll('"{value}"', JSON.stringify(marker)).replaceAll('{value}', JSON.stringify(marker)),
      ),
      marker,
    )
  } catch {
    return null
  }
}

function findMarker(document: unknown, marker: string): JsonPath | null {
  if (document === marker) return []
  if (typeof document !== 'object' || document === null) return null
  const entries = Array.isArray(document) ? [...document.entries()] : Object.entries(document)
  for (const [key, inner] of entries) {
    const found = findMarker(inner, marker)
    if (found) return [key, ...found]
  }
  return null
}

/** The value an item starts with: zero, false, an empty text, the present time. */
export function initialValue({ dataType, arrayLength }: Pick<SimulatedItem, 'dataType' | 'arrayLength'>): TagValue {
  const one = ((): TagValue => {
    switch (dataType) {
      case 'bool':
        return false
      case 'string':
        return ''
      case 'bytes':
        return new Uint8Array(0)
      case 'structure':
        return {}
      case 'datetime':
        return Date.now()
      case 'int64':
      case 'uint64':
        return 0n
      default:
        return 0
    }
  })()
  return arrayLength === null ? one : Array.from({ length: arrayLength }, () => one)
}
