// One tag of an MQTT device while it is watched: how its value is read and what is known of it now.
import type { TagValue } from '../../shared/data-value.ts'
import { StatusCodes } from '../../shared/status-code.ts'
import type { DriverItem } from '../driver.ts'
import { durationMs } from './broker-settings.ts'
import type { JsonPath } from './json-path.ts'
import type { Qos } from './mqtt-connection.ts'
import { type PayloadRule, payloadRule, requireAddress } from './mqtt-payload.ts'
import type { MqttDeviceOptions, MqttTagOptions } from './mqtt-protocol.ts'

/** Where a source says whether it is online; shared by all its tags. */
export interface StatusSource {
  readonly address: string
  readonly topic: string
  readonly path: JsonPath | null
  readonly tags: Set<TopicTag>
  /** null until it said something. */
  isOnline: boolean | null
  /** Grows whenever the source goes offline: what was heard before is not known to be still true. */
  epoch: number
}

export interface TopicTag {
  readonly item: DriverItem
  readonly rule: PayloadRule
  readonly qos: Qos
  readonly staleAfterMs: number | null
  /** Address of the source's status; null when nothing says whether it is online. */
  readonly statusAddress: string | null
  source: StatusSource | null
  /** Last value the source sent, whatever was reported since. */
  value: TagValue
  statusCode: number
  sourceTimestamp: number
  /** Monotonic time of the last message; null before the first. */
  heardAt: number | null
  /** Monotonic time from which a message is awaited. */
  watchedSince: number
  /** Epoch of the source in which the last message came. */
  epoch: number
  /** What age has made of the value so far. */
  age: 'awaited' | 'fresh' | 'stale' | 'lost'
}

/** A tag of which nothing is known yet. Throws a RuntimeError for an address that is none. */
export function newTopicTag(item: DriverItem, device: MqttDeviceOptions, now: number): TopicTag {
  const options = item.options as MqttTagOptions
  const staleAfter = options.staleAfter ?? device.staleAfter
  return {
    item,
    rule: payloadRule(item),
    qos: options.qos ?? device.qos ?? 1,
    staleAfterMs: staleAfter === undefined ? null : durationMs(staleAfter),
    statusAddress: options.statusTopic ?? device.statusTopic ?? null,
    source: null,
    value: null,
    statusCode: StatusCodes.BadWaitingForInitialData,
    sourceTimestamp: 0,
    heardAt: null,
    watchedSince: now,
    epoch: 0,
    age: 'awaited',
  }
}

/** A source of which nothing is known yet. */
export function newStatusSource(address: string): StatusSource {
  const { topic, path } = requireAddress(address)
  return { address, topic, path, tags: new Set(), isOnline: null, epoch: 0 }
}

/** How good the last value is now, the word of its source considered. */
export function presentStatus(tag: TopicTag): number {
  const { source, statusCode } = tag
  if (!source) return statusCode
  if (source.isOnline === false) return StatusCodes.BadNoCommunication
  const isInDoubt = source.isOnline === null || tag.epoch !== source.epoch
  return isInDoubt && statusCode === StatusCodes.Good ? StatusCodes.UncertainNoCommunicationLastUsableValue : statusCode
}
