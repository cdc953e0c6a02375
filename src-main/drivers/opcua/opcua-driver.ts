// The OPC UA client driver: subscriptions, reads, writes with read-back, browsing and methods over one session.
// opcua-link.ts owns the session and its life, opcua-subscriptions.ts what is monitored, opcua-values.ts the types.
import {
  AttributeIds,
  type DataValue,
  DataType as UaType,
  type Variant,
  VariantArrayType,
  WriteValue,
} from 'node-opcua-client'
import type { BrowseRow } from '../../shared/contract.ts'
import type { TagValue } from '../../shared/data-value.ts'
import { messageOf, type RuntimeError } from '../../shared/runtime-error.ts'
import { isBad, StatusCodes } from '../../shared/status-code.ts'
import type { DataType } from '../../shared/tag.ts'
import { badBatch, type ValueBatch, ValueBatchBuilder } from '../../shared/value-batch.ts'
import { type Driver, type DriverEnvironment, type DriverItem, newCounters, type ProtocolDriver } from '../driver.ts'
import { browseChildren } from './opcua-browse.ts'
import { listCertificates, setCertificateTrust } from './opcua-certificates.ts'
import { statusOf } from './opcua-fault.ts'
import { type LinkListener, OpcUaLink } from './opcua-link.ts'
import { callMethod } from './opcua-methods.ts'
import { NodeTypes } from './opcua-nodes.ts'
import { readDeviceOptions } from './opcua-protocol.ts'
import type { NotificationRow } from './opcua-publisher.ts'
import { decodeStructures, toStructureVariant } from './opcua-structures.ts'
import { OpcUaSubscriptions, type SubscriptionListener } from './opcua-subscriptions.ts'
import { accepts, fromVariant, tagTypeOf, toVariant } from './opcua-values.ts'
import { isSameItem, readValueOf, type WatchedItem, watchedItem } from './opcua-watched-item.ts'

/** A Good value that holds nothing (OPC 10000-4 table 177). */
const badNoData = 0x809b0000
/** InfoType DataValue with the overflow bit: the server's queue was too short (OPC 10000-4 section 7.39.1). */
const overflowBits = 0x0480
const detailsIntervalMs = 1000

class OpcUaDriver implements Driver {
  readonly counters = newCounters()
  readonly #environment: DriverEnvironment
  readonly #link: OpcUaLink
  readonly #subscriptions: OpcUaSubscriptions
  readonly #types: NodeTypes
  readonly #watched = new Map<number, WatchedItem>()
  readonly #details: { cancel(): void }
  #nextClientHandle = 1
  #overflowCount = 0
  #mismatchCount = 0
  #firstMismatch = ''
  /** Structures are decoded one message after the other. */
  #structures: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(environment: DriverEnvironment) {
    this.#environment = environment
    const options = readDeviceOptions(environment.device.options)
    this.#link = new OpcUaLink(environment, options, this.counters, this.#linkListener())
    this.#types = new NodeTypes(this.#link)
    this.#subscriptions = new OpcUaSubscriptions(
      this.#link,
      environment.clock,
      environment.logger,
      options,
      this.#subscriptionListener(),
    )
    this.#details = environment.clock.every(detailsIntervalMs, () => this.#describe())
  }

  connect(signal: AbortSignal): Promise<void> {
    return this.#link.connect(signal)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#details.cancel()
    this.#subscriptions.close()
    await this.#link.close()
    this.#watched.clear()
  }

  async watch(items: readonly DriverItem[]): Promise<void> {
    const wanted = new Map(items.map((item) => [item.handle, item]))
    const removed: WatchedItem[] = []
    for (const [handle, present] of this.#watched) {
      const next = wanted.get(handle)
      if (next && isSameItem(present.item, next)) continue
      this.#watched.delete(handle)
      removed.push(present)
    }
    const added: WatchedItem[] = []
    for (const item of items) {
      if (this.#watched.has(item.handle)) continue
      const watched = watchedItem(item, this.#nextClientHandle++)
      this.#watched.set(item.handle, watched)
      added.push(watched)
    }
    try {
      await this.#subscriptions.change(removed, added)
    } catch (error) {
      // A link that broke meanwhile creates what is missing when it comes back; on a sound one nothing else would.
      if (this.#link.isUp) this.#link.giveUp(`items could not be watched: ${messageOf(error)}`)
      else this.#sayBad(added)
    }
    this.#describe()
  }

  async read(items: readonly DriverItem[]): Promise<ValueBatch> {
    const builder = new ValueBatchBuilder(items.length)
    const now = this.#environment.clock.now()
    const watched: WatchedItem[] = []
    for (const item of items) {
      const one = watchedItem(item, 0)
      one.nodeId = this.#link.nodeId(one.address)
      if (one.nodeId) watched.push(one)
      else builder.addBad(item.handle, StatusCodes.BadNodeIdUnknown, now)
    }
    try {
      const dataValues = await this.#readValues(watched)
      for (const [index, one] of watched.entries()) this.#add(builder, one, dataValues[index]!)
    } catch (error) {
      for (const { item } of watched) builder.addBad(item.handle, statusOf(error), now)
    }
    return builder.take()
  }

  async write(item: DriverItem, value: TagValue): Promise<number> {
    try {
      const statusCode = await this.#writeNow(item, value)
      if (!isBad(statusCode)) await this.#readBack(item)
      return statusCode
    } catch (error) {
      this.#environment.logger.warn(this.#link.text(`write to ${item.address} failed: ${messageOf(error)}`))
      return statusOf(error)
    }
  }

  async browse(path: string): Promise<readonly BrowseRow[]> {
    return browseChildren(this.#link, this.#types, path)
  }

  callMethod(path: string, inputs: readonly unknown[]): Promise<{ statusCode: number; outputs: readonly TagValue[] }> {
    return callMethod(this.#link, this.#types, path, inputs)
  }

  async #writeNow(item: DriverItem, value: TagValue): Promise<number> {
    const { address, indexRange } = watchedItem(item, 0)
    const nodeId = this.#link.nodeId(address)
    if (!nodeId) return StatusCodes.BadNodeIdUnknown
    const type = await this.#types.variable(nodeId)
    if (!type) return StatusCodes.BadNodeIdUnknown
    if (type.builtIn === null) return this.#refuseWrite(item, 'the node has no value that says its type')
    if (!accepts(type.builtIn, item.dataType))
      return this.#refuseWrite(item, `the node's type is ${UaType[type.builtIn]}, the tag says ${item.dataType}`)
    const isArray = indexRange === '' ? type.isArray : Array.isArray(value)
    const converted =
      type.builtIn === UaType.ExtensionObject && !isArray
        ? await toStructureVariant(this.#link.session, value, type.dataType)
        : toVariant(value, type.builtIn, isArray)
    if (!converted.ok) return this.#refuseWrite(item, converted.message, converted.code)
    const nodeToWrite = new WriteValue({
      nodeId,
      attributeId: AttributeIds.Value,
      ...(indexRange === '' ? {} : { indexRange: indexRange as never }),
      // Value alone: most servers refuse status and time stamps from a client (OPC 10000-4 section 5.11.4).
      value: { value: converted.variant },
    })
    const [statusCode] = await this.#link.inTime(this.#link.session.write([nodeToWrite]))
    return statusCode?.value ?? StatusCodes.BadUnknownResponse
  }

  /** A write that is not sent: its code for the one who asked, the sentence for the log. */
  #refuseWrite({ address }: DriverItem, why: string, code: keyof typeof StatusCodes = 'BadTypeMismatch'): number {
    this.#environment.logger.warn(this.#link.text(`write to ${address} refused: ${why}`))
    return StatusCodes[code]
  }

  async #readBack(item: DriverItem): Promise<void> {
    const batch = await this.read([item])
    if (!this.#isClosed) this.#environment.onValues(batch)
  }

  async #readValues(items: readonly WatchedItem[]): Promise<DataValue[]> {
    return this.#link.inBatches('read', items, (batch) => this.#link.session.read(batch.map(readValueOf)))
  }

  #linkListener(): LinkListener {
    return {
      broken: () => {
        this.#subscriptions.suspend()
        this.#types.clear()
        this.#sayBad([...this.#watched.values()])
      },
      restored: async (isNewSession) => {
        await this.#subscriptions.resume(isNewSession)
        this.#describe()
      },
      dead: (error: RuntimeError) => {
        this.#subscriptions.suspend()
        if (!this.#isClosed) this.#environment.onLost(error)
      },
    }
  }

  #subscriptionListener(): SubscriptionListener {
    return {
      values: (rows) => this.#notify(rows),
      refused: (items) => {
        const builder = new ValueBatchBuilder(items.length)
        const now = this.#environment.clock.now()
        for (const { item, refusal } of items) builder.addBad(item.handle, refusal, now)
        this.#report(builder)
      },
      unchanged: (items) => {
        const builder = new ValueBatchBuilder(items.length)
        for (const { item, last } of items)
          if (last) builder.add(item.handle, last.value, last.statusCode, last.sourceTimestamp)
        this.#report(builder)
      },
      stale: async (items) => {
        const known = items.filter(({ nodeId }) => nodeId !== null)
        const dataValues = await this.#readValues(known)
        this.#notify(known.map((item, index) => ({ item, dataValue: dataValues[index]! })))
      },
    }
  }

  /**
   * Notifications and refreshed values become one batch. Structures come in a second one behind it: the first of a
   * namespace makes the library ask for its types, which must not hold up the others.
   */
  #notify(rows: readonly NotificationRow[]): void {
    const structures: NotificationRow[] = []
    const builder = new ValueBatchBuilder(rows.length)
    for (const row of rows) {
      if (isStructure(row.item, row.dataValue)) structures.push(row)
      else this.#add(builder, row.item, row.dataValue, true)
    }
    this.#report(builder)
    if (structures.length > 0) this.#structures = this.#structures.then(() => this.#notifyStructures(structures))
  }

  async #notifyStructures(rows: readonly NotificationRow[]): Promise<void> {
    if (this.#isClosed) return
    const builder = new ValueBatchBuilder(rows.length)
    const dataValues = rows.map(({ dataValue }) => dataValue)
    try {
      await decodeStructures(this.#link.session, dataValues)
      for (const { item, dataValue } of rows) this.#add(builder, item, dataValue, true)
    } catch (error) {
      this.#environment.logger.warn(this.#link.text(`structures could not be decoded: ${messageOf(error)}`))
      for (const { item } of rows)
        builder.addBad(item.item.handle, StatusCodes.BadDecodingError, this.#environment.clock.now())
    }
    this.#report(builder)
  }

  /** One row of a batch; `isLast` keeps it for a link that breaks and comes back. */
  #add(builder: ValueBatchBuilder, watched: WatchedItem, dataValue: DataValue, isLast = false): void {
    const { handle } = watched.item
    const time = dataValue.sourceTimestamp ?? dataValue.serverTimestamp
    const sourceTimestamp = time ? time.getTime() : this.#environment.clock.now()
    let statusCode = dataValue.statusCode.value >>> 0
    if ((statusCode & overflowBits) === overflowBits) this.#overflowCount++
    let value: TagValue = null
    if (!isBad(statusCode)) {
      const converted = this.#convert(watched, dataValue)
      if (typeof converted === 'number') statusCode = converted
      else value = converted.value
    }
    builder.add(handle, value, statusCode, sourceTimestamp)
    if (isLast) watched.last = { value, statusCode, sourceTimestamp }
  }

  /** The raw value, or the status code that says why there is none. */
  #convert(watched: WatchedItem, { value: variant }: DataValue): { value: TagValue } | number {
    if (!variant || variant.dataType === UaType.Null) return badNoData
    // The usual case by far, a number in the type it always has, needs no conversion.
    if (variant.dataType === watched.plainType && variant.arrayType === VariantArrayType.Scalar) return variant
    const { item } = watched
    const { dataType, arrayLength } = item.options.detectType === true ? detectedType(variant) : item
    if (dataType === null) return StatusCodes.BadTypeMismatch
    const converted = fromVariant(variant, dataType, arrayLength)
    if (converted.ok) {
      const isPlain = typeof converted.value === 'number' && converted.value === variant.value
      if (isPlain) watched.plainType = variant.dataType
      return converted.value === null ? badNoData : converted
    }
    if (!watched.isMismatched) {
      watched.isMismatched = true
      this.#mismatchCount++
      this.#firstMismatch ||= `${item.address}: ${converted.message}`
      this.#environment.logger.warn(this.#link.text(`${item.address}: ${converted.message}`))
    }
    return StatusCodes.BadTypeMismatch
  }

  #report(builder: ValueBatchBuilder): void {
    if (!this.#isClosed && builder.count > 0) this.#environment.onValues(builder.take())
  }

  #sayBad(items: readonly WatchedItem[]): void {
    if (this.#isClosed || items.length === 0) return
    const handles = items.map(({ item }) => item.handle)
    this.#environment.onValues(badBatch(handles, StatusCodes.BadNoCommunication, this.#environment.clock.now()))
  }

  #describe(): void {
    const { details } = this.counters
    const { counters } = this.#subscriptions
    details.Subscriptions = this.#subscriptions.describe() || 'none'
    details.Notifications = String(counters.notifications)
    details['Sequence gaps'] = `${counters.sequenceGaps}, ${counters.lostMessages} messages lost`
    details['Republished messages'] = String(counters.republished)
    details['Subscriptions transferred'] = String(counters.transferred)
    details['Subscriptions made anew'] = String(counters.recreated)
    details['Queue overflows'] = String(this.#overflowCount)
    if (this.#mismatchCount > 0)
      details['Type mismatches'] = `${this.#mismatchCount} tags, first ${this.#firstMismatch}`
  }
}

/** For read tests, where nobody has said a type yet. */
function detectedType(variant: Variant): { dataType: DataType | null; arrayLength: number | null } {
  const isScalar = variant.arrayType === VariantArrayType.Scalar
  return { dataType: tagTypeOf(variant.dataType), arrayLength: isScalar ? null : (variant.value?.length ?? 0) }
}

function isStructure({ item }: WatchedItem, { value }: DataValue): boolean {
  return item.dataType === 'structure' && value?.dataType === UaType.ExtensionObject
}

export const protocolDriver: ProtocolDriver = {
  createDriver: (environment) => new OpcUaDriver(environment),
  listCertificates,
  setCertificateTrust,
}
