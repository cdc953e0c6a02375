// The host application's side of Sparkplug B (Sparkplug 3.0 chapters 4 and 5): follows births, data and deaths of all
// edge nodes, and says what the watched metrics are worth. Knows no broker; whatever bytes come in, it does not throw.
import type { TagValue } from '../../shared/data-value.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { isBad, isGood, StatusCodes } from '../../shared/status-code.ts'
import type { DriverItem } from '../driver.ts'
import { formatSparkplugAddress, parseSparkplugAddress, type SparkplugAddress } from './sparkplug-address.ts'
import {
  bornMetric,
  type EdgeNodeState,
  type MetricOwner,
  type MetricState,
  newEdgeNode,
  newOwner,
  takeMetric,
  valueForItem,
} from './sparkplug-node.ts'
import { decodeSparkplugPayload, type SparkplugPayload } from './sparkplug-payload.ts'

export const namespace = 'spBv1.0'
export const rebirthMetric = 'Node Control/Rebirth'

/** One value to report; bad ones have null. Time stamps in ms since 1970. */
export type Report = (handle: number, value: TagValue, statusCode: number, sourceTimestamp: number) => void

export interface SparkplugHostOptions {
  /** Larger payloads are not read; bytes. */
  readonly maximumPayload: number
  readonly report: Report
  /** Ask this edge node to say all it has again. */
  readonly askForRebirth: (group: string, node: string, reason: string) => void
}

/** A node is asked for a rebirth at most this often, whatever it sends. */
const rebirthIntervalMs = 5000
/** After its node's birth a device has this long for its own. */
const deviceBirthMs = 5000
/** A metric without any birth is said to be waiting after this time. */
const waitingAfterMs = 500
/** Nodes, and metrics of one birth, beyond these are not taken in: a broker shared with others must not fill the memory. */
const maximumNodes = 5000
const maximumMetrics = 100_000

interface WatchedItem {
  readonly item: DriverItem
  readonly address: SparkplugAddress
  readonly key: string
  readonly since: number
  isToldWaiting: boolean
}

export class SparkplugHost {
  readonly #options: SparkplugHostOptions
  readonly #nodes = new Map<string, EdgeNodeState>()
  #watched = new Map<number, WatchedItem>()
  /** Watched items by the text of their address. */
  #byMetric = new Map<string, WatchedItem[]>()
  /** Watched items by the key of their edge node or device. */
  #byOwner = new Map<string, WatchedItem[]>()
  /** The time of the message being taken: ms since 1970, and monotonic. */
  #timestamp = 0
  #now = 0
  birthCount = 0
  deathCount = 0
  sequenceGapCount = 0
  rebirthRequestCount = 0
  /** Payloads that were none. */
  faultyPayloadCount = 0
  /** Messages no host may believe: retained births and data, deaths of an earlier session. */
  ignoredMessageCount = 0
  historicalValueCount = 0

  constructor(options: SparkplugHostOptions) {
    this.#options = options
  }

  get nodes(): ReadonlyMap<string, EdgeNodeState> {
    return this.#nodes
  }

  /** Exactly these items from now on; new ones whose node was born are reported at once, for the others a birth is asked. */
  setItems(items: readonly DriverItem[], timestamp: number, now: number): void {
    this.#timestamp = timestamp
    this.#now = now
    const previous = this.#watched
    this.#watched = new Map()
    this.#byMetric = new Map()
    this.#byOwner = new Map()
    const fresh: WatchedItem[] = []
    for (const item of items) {
      const address = requireAddress(item.address)
      const key = formatSparkplugAddress(address)
      const known = previous.get(item.handle)
      const stays =
        known?.key === key && known.item.dataType === item.dataType && known.item.arrayLength === item.arrayLength
      const watched = stays ? known : { item, address, key, since: now, isToldWaiting: false }
      this.#watched.set(item.handle, watched)
      append(this.#byMetric, key, watched)
      append(this.#byOwner, key.slice(0, -address.metric.length - 1), watched)
      if (!stays) fresh.push(watched)
    }
    for (const watched of fresh) this.#tellFirst(watched)
  }

  /** The metric of an address, and why there is none: BadNodeIdUnknown, or BadWaitingForInitialData before the birth. */
  find(address: string): { readonly metric: MetricState } | { readonly metric: null; readonly statusCode: number } {
    const { group, node, device, metric } = requireAddress(address)
    const edgeNode = this.#nodes.get(`${group}/${node}`)
    const owner = device === null ? edgeNode : edgeNode?.devices.get(device)
    const state = owner?.metrics.get(metric)
    if (state) return { metric: state }
    if (owner?.isOnline) return { metric: null, statusCode: StatusCodes.BadNodeIdUnknown }
    const wasSeen = owner !== undefined && owner.metrics.size > 0
    return { metric: null, statusCode: wasSeen ? StatusCodes.BadNoCommunication : StatusCodes.BadWaitingForInitialData }
  }

  isWatched(handle: number): boolean {
    return this.#watched.has(handle)
  }

  /** Asks the nodes of these items for a birth where they have not had one. */
  askFor(items: readonly DriverItem[], timestamp: number, now: number): void {
    this.#timestamp = timestamp
    this.#now = now
    for (const { address } of items) {
      const { group, node } = requireAddress(address)
      const edgeNode = this.#edgeNode(group, node)
      if (edgeNode && !edgeNode.isOnline) this.#needRebirth(edgeNode, 'nothing is known of it yet')
    }
  }

  /** Reports again what is known of an item, as after a write that changed nothing. */
  repeat(item: DriverItem): void {
    const { metric } = this.find(item.address)
    if (!metric) return
    const { value, statusCode } = valueForItem(metric, item)
    this.#options.report(item.handle, value, statusCode, metric.sourceTimestamp)
  }

  /** Takes one message of the namespace. `timestamp` in ms since 1970, `now` monotonic. */
  take(topic: string, payload: Uint8Array, isRetained: boolean, timestamp: number, now: number): void {
    this.#timestamp = timestamp
    this.#now = now
    const [prefix, group, type, node, device, ...more] = topic.split('/')
    if (prefix !== namespace || !group || !type || !node || device === '' || more.length > 0) return
    const isOfDevice = device !== undefined
    if (
      !['NBIRTH', 'NDATA', 'NDEATH', 'DBIRTH', 'DDATA', 'DDEATH'].includes(type) ||
      type.startsWith('D') !== isOfDevice
    )
      return
    const edgeNode = this.#edgeNode(group, node)
    if (!edgeNode) return
    if (isRetained) {
      this.ignoredMessageCount++
      return this.#needRebirth(edgeNode, 'its message was retained by the broker')
    }
    if (payload.length > this.#options.maximumPayload) {
      this.faultyPayloadCount++
      return
    }
    let decoded: SparkplugPayload
    try {
      decoded = decodeSparkplugPayload(payload)
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error
      this.faultyPayloadCount++
      return this.#needRebirth(edgeNode, error.message)
    }
    this.#takeDecoded(edgeNode, type, device ?? null, decoded)
  }

  /** What time brings about; to be called every few hundred ms. */
  age(timestamp: number, now: number): void {
    this.#timestamp = timestamp
    this.#now = now
    for (const edgeNode of this.#nodes.values()) {
      if (edgeNode.isRebirthDue) this.#needRebirth(edgeNode, 'a message was missing')
      for (const owner of edgeNode.devices.values())
        if (owner.birthAwaitedSince !== null && now - owner.birthAwaitedSince > deviceBirthMs)
          this.#bury(owner, timestamp)
    }
    for (const watched of this.#watched.values()) {
      if (watched.isToldWaiting || now - watched.since < waitingAfterMs) continue
      watched.isToldWaiting = true
      const found = this.find(watched.item.address)
      if (!found.metric) this.#options.report(watched.item.handle, null, found.statusCode, timestamp)
    }
  }

  #takeDecoded(edgeNode: EdgeNodeState, type: string, deviceId: string | null, payload: SparkplugPayload): void {
    if (type === 'NBIRTH') return this.#takeNodeBirth(edgeNode, payload)
    if (type === 'NDEATH') return this.#takeNodeDeath(edgeNode, payload)
    if (!edgeNode.isOnline) return this.#needRebirth(edgeNode, `${type} came before its birth`)
    this.#checkSequence(edgeNode, payload)
    if (type === 'NDATA') return this.#takeData(edgeNode, edgeNode, payload)
    const owner = this.#device(edgeNode, deviceId!)
    if (type === 'DBIRTH') return this.#takeBirth(edgeNode, owner, payload)
    if (type === 'DDEATH') {
      this.deathCount++
      return this.#bury(owner, payload.timestamp ?? this.#timestamp)
    }
    if (!owner.isOnline) return this.#needRebirth(edgeNode, `data of device "${owner.device}" came before its birth`)
    this.#takeData(edgeNode, owner, payload)
  }

  #takeNodeBirth(edgeNode: EdgeNodeState, payload: SparkplugPayload): void {
    if (payload.seq === undefined) {
      this.faultyPayloadCount++
      return
    }
    edgeNode.bdSeq = bdSeqOf(payload)
    edgeNode.seq = payload.seq
    edgeNode.isRebirthDue = false
    edgeNode.aliases.clear()
    // Their values stay for as long as their births may take; those that do not come are then Bad.
    for (const device of edgeNode.devices.values()) {
      if (device.isOnline) device.birthAwaitedSince = this.#now
      device.isOnline = false
    }
    this.#takeBirth(edgeNode, edgeNode, payload)
  }

  #takeBirth(edgeNode: EdgeNodeState, owner: MetricOwner, payload: SparkplugPayload): void {
    this.birthCount++
    for (const { alias } of owner.metrics.values())
      if (alias !== null && edgeNode.aliases.get(alias)?.owner === owner) edgeNode.aliases.delete(alias)
    const before = owner.metrics
    owner.metrics = new Map()
    owner.isOnline = true
    owner.birthAwaitedSince = null
    const timestamp = payload.timestamp ?? this.#timestamp
    for (const metric of payload.metrics.slice(0, maximumMetrics)) {
      const state = bornMetric(owner, metric, timestamp)
      if (!state || metric.isHistorical) continue
      owner.metrics.set(state.name, state)
      if (state.alias !== null) edgeNode.aliases.set(state.alias, state)
      this.#tell(state)
    }
    this.#tellUnknown(owner, before, timestamp)
  }

  #takeData(edgeNode: EdgeNodeState, owner: MetricOwner, payload: SparkplugPayload): void {
    const timestamp = payload.timestamp ?? this.#timestamp
    for (const metric of payload.metrics) {
      const state =
        metric.name === undefined ? edgeNode.aliases.get(metric.alias ?? -1n) : owner.metrics.get(metric.name)
      if (!state || state.owner !== owner) {
        this.#needRebirth(
          edgeNode,
          `metric ${metric.name ?? `with alias ${metric.alias}`} of "${owner.key}" was not in its birth`,
        )
      } else if (metric.isHistorical) {
        this.historicalValueCount++
      } else {
        takeMetric(state, metric, timestamp)
        this.#tell(state)
      }
    }
  }

  #takeNodeDeath(edgeNode: EdgeNodeState, payload: SparkplugPayload): void {
    if (!edgeNode.isOnline || bdSeqOf(payload) !== edgeNode.bdSeq) {
      this.ignoredMessageCount++
      return
    }
    this.deathCount++
    edgeNode.seq = null
    edgeNode.isRebirthDue = false
    for (const device of edgeNode.devices.values()) this.#bury(device, this.#timestamp)
    this.#bury(edgeNode, this.#timestamp)
  }

  /** Messages were missed: what changed meanwhile is not known until the node is born again. */
  #checkSequence(edgeNode: EdgeNodeState, payload: SparkplugPayload): void {
    const expected = edgeNode.seq === null ? null : (edgeNode.seq + 1) & 0xff
    const isNext = payload.seq !== undefined && payload.seq === expected
    if (payload.seq !== undefined && payload.seq <= 255) edgeNode.seq = payload.seq
    if (isNext) return
    this.sequenceGapCount++
    for (const owner of [edgeNode, ...edgeNode.devices.values()])
      for (const state of owner.metrics.values()) {
        if (!isGood(state.statusCode)) continue
        state.statusCode = StatusCodes.UncertainNoCommunicationLastUsableValue
        this.#tell(state, this.#timestamp)
      }
    this.#needRebirth(edgeNode, `sequence number ${payload.seq ?? 'missing'} came where ${expected} was due`)
  }

  #bury(owner: MetricOwner, timestamp: number): void {
    owner.isOnline = false
    owner.birthAwaitedSince = null
    for (const state of owner.metrics.values()) {
      state.value = null
      state.statusCode = StatusCodes.BadNoCommunication
      state.sourceTimestamp = timestamp
      this.#tell(state)
    }
  }

  #tell(state: MetricState, timestamp = state.sourceTimestamp): void {
    const watched = this.#byMetric.get(`${state.owner.key}#${state.name}`)
    if (!watched) return
    for (const { item } of watched) {
      const { value, statusCode } = valueForItem(state, item)
      this.#options.report(item.handle, isBad(statusCode) ? null : value, statusCode, timestamp)
    }
  }

  #tellFirst(watched: WatchedItem): void {
    const { item, address } = watched
    const found = this.find(item.address)
    if (found.metric) {
      const { value, statusCode } = valueForItem(found.metric, item)
      this.#options.report(item.handle, value, statusCode, found.metric.sourceTimestamp)
    } else if (found.statusCode === StatusCodes.BadNodeIdUnknown) {
      this.#options.report(item.handle, null, found.statusCode, this.#timestamp)
    } else {
      const edgeNode = this.#edgeNode(address.group, address.node)
      if (edgeNode && !edgeNode.isOnline) this.#needRebirth(edgeNode, 'nothing is known of it yet')
    }
  }

  /** Watched metrics that a birth does not have are not there. */
  #tellUnknown(owner: MetricOwner, before: ReadonlyMap<string, MetricState>, timestamp: number): void {
    for (const watched of this.#byOwner.get(owner.key) ?? []) {
      const { metric } = watched.address
      if (owner.metrics.has(metric)) continue
      if (before.has(metric) || !watched.isToldWaiting)
        this.#options.report(watched.item.handle, null, StatusCodes.BadNodeIdUnknown, timestamp)
      watched.isToldWaiting = true
    }
  }

  #needRebirth(edgeNode: EdgeNodeState, reason: string): void {
    edgeNode.isRebirthDue = true
    if (edgeNode.rebirthAskedAt !== null && this.#now - edgeNode.rebirthAskedAt < rebirthIntervalMs) return
    edgeNode.isRebirthDue = false
    edgeNode.rebirthAskedAt = this.#now
    this.rebirthRequestCount++
    this.#options.askForRebirth(edgeNode.group, edgeNode.node, reason)
  }

  #edgeNode(group: string, node: string): EdgeNodeState | null {
    const key = `${group}/${node}`
    const known = this.#nodes.get(key)
    if (known) return known
    if (this.#nodes.size >= maximumNodes) {
      this.ignoredMessageCount++
      return null
    }
    const edgeNode = newEdgeNode(group, node)
    this.#nodes.set(key, edgeNode)
    return edgeNode
  }

  #device(edgeNode: EdgeNodeState, id: string): MetricOwner {
    let device = edgeNode.devices.get(id)
    if (!device) {
      device = newOwner(edgeNode.group, edgeNode.node, id)
      if (edgeNode.devices.size < maximumNodes) edgeNode.devices.set(id, device)
    }
    return device
  }
}

function append<T>(lists: Map<string, T[]>, key: string, element: T): void {
  const list = lists.get(key)
  if (list) list.push(element)
  else lists.set(key, [element])
}

/** Number of the session, by which a birth and its death belong together; null in payloads that do without. */
function bdSeqOf(payload: SparkplugPayload): bigint | null {
  const value = payload.metrics.find(({ name }) => name === 'bdSeq')?.value
  if (value?.kind === 'long') return value.value
  return value?.kind === 'int' ? BigInt(value.value) : null
}

function requireAddress(text: string): SparkplugAddress {
  const parsed = parseSparkplugAddress(text)
  if (!parsed.ok) throw new RuntimeError('BadNodeIdInvalid', parsed.message)
  return parsed
}
