// What a host application knows of an edge node, its devices and their metrics between births (Sparkplug 3.0 chapter 5).
import type { TagValue } from '../../shared/data-value.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { isGood, StatusCodes } from '../../shared/status-code.ts'
import type { DriverItem } from '../driver.ts'
import { convertValue, type Decoded } from './payload-value.ts'
import type { SparkplugMetric } from './sparkplug-payload.ts'
import { readWireValue, type SparkplugType, sparkplugType } from './sparkplug-type.ts'

/** A metric as its birth defined it and as the last message left it. */
export interface MetricState {
  readonly name: string
  readonly alias: bigint | null
  /** null for datatypes the standard does not know. */
  readonly type: SparkplugType | null
  readonly owner: MetricOwner
  value: TagValue
  statusCode: number
  sourceTimestamp: number
}

/** An edge node (`device` null) or one of its devices: whoever has births and deaths. */
export interface MetricOwner {
  /** `group/node` or `group/node/device`. */
  readonly key: string
  readonly group: string
  readonly node: string
  readonly device: string | null
  isOnline: boolean
  metrics: Map<string, MetricState>
  /** Monotonic time since which a device's birth is awaited after its node's birth; null when not. */
  birthAwaitedSince: number | null
}

export interface EdgeNodeState extends MetricOwner {
  /** Of the present birth; null before any. */
  bdSeq: bigint | null
  /** Sequence number of the last message; null before the birth. */
  seq: number | null
  readonly aliases: Map<bigint, MetricState>
  readonly devices: Map<string, MetricOwner>
  /** Monotonic time of the last rebirth request; null when none was sent. */
  rebirthAskedAt: number | null
  /** A rebirth is needed and was not asked for yet, because one was asked for too recently. */
  isRebirthDue: boolean
}

export function newEdgeNode(group: string, node: string): EdgeNodeState {
  return {
    ...newOwner(group, node, null),
    bdSeq: null,
    seq: null,
    aliases: new Map(),
    devices: new Map(),
    rebirthAskedAt: null,
    isRebirthDue: false,
  }
}

export function newOwner(group: string, node: string, device: string | null): MetricOwner {
  const key = device === null ? `${group}/${node}` : `${group}/${node}/${device}`
  return { key, group, node, device, isOnline: false, metrics: new Map(), birthAwaitedSince: null }
}

/** Quality property of a metric (section 6.4.5): 0 bad, 192 good, 500 stale. */
const qualityBad = 0
const qualityStale = 500

/** Takes the value of a message over into the state. `timestamp`: of the payload, where the metric has none itself. */
export function takeMetric(state: MetricState, metric: SparkplugMetric, timestamp: number): void {
  state.sourceTimestamp = metric.timestamp ?? timestamp
  const decoded = decodeMetric(state, metric)
  state.value = decoded.value
  state.statusCode = decoded.statusCode
}

function decodeMetric(state: MetricState, metric: SparkplugMetric): Decoded {
  if (metric.isNull || metric.value === undefined) return { value: null, statusCode: StatusCodes.BadNoData }
  if (state.type === null) return { value: null, statusCode: StatusCodes.BadDataEncodingInvalid }
  const quality = metric.properties?.get('Quality')?.value
  const qualityCode = quality?.kind === 'int' ? quality.value : null
  if (qualityCode === qualityBad) return { value: null, statusCode: StatusCodes.Bad }
  try {
    const value = readWireValue(metric.value, state.type)
    const statusCode = qualityCode === qualityStale ? StatusCodes.UncertainLastUsableValue : StatusCodes.Good
    return { value, statusCode }
  } catch (error) {
    if (error instanceof RuntimeError) return { value: null, statusCode: error.statusCode }
    throw error
  }
}

/** What a metric says to a tag, in the tag's data type; `statusCode` instead of the metric's own where given. */
export function valueForItem(state: MetricState, item: DriverItem, statusCode = state.statusCode): Decoded {
  if (state.value === null) return { value: null, statusCode }
  // Sparkplug times are milliseconds; the guess between s and ms is for JSON payloads.
  if (item.dataType === 'datetime' && typeof state.value === 'number') return { value: state.value, statusCode }
  const converted = convertValue(state.value, {
    dataType: item.dataType,
    arrayLength: item.arrayLength,
    trueText: null,
    falseText: null,
  })
  return isGood(converted.statusCode) ? { value: converted.value, statusCode } : converted
}

/** The metric state a birth defines; null for a metric without a name. */
export function bornMetric(owner: MetricOwner, metric: SparkplugMetric, timestamp: number): MetricState | null {
  if (metric.name === undefined) return null
  const state: MetricState = {
    name: metric.name,
    alias: metric.alias ?? null,
    type: sparkplugType(metric.datatype),
    owner,
    value: null,
    statusCode: StatusCodes.BadWaitingForInitialData,
    sourceTimestamp: timestamp,
  }
  takeMetric(state, metric, timestamp)
  return state
}
