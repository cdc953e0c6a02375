// Subscriptions of one session (OPC 10000-4 sections 5.13, 5.14, 6.7): one for each scan rate, monitored items created in
// batches, every notification taken in order exactly once. After a break: transfer, republish what was missed, and only
// where the server has forgotten, create anew.
import { MonitoringMode, TimestampsToReturn } from 'node-opcua-client'
import type { Clock, Timer } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import { messageOf } from '../../shared/runtime-error.ts'
import { StatusCodes } from '../../shared/status-code.ts'
import type { OpcUaLink } from './opcua-link.ts'
import { type NotificationRow, Publisher, type Subscription, type SubscriptionCounters } from './opcua-publisher.ts'
import { intervals, type PublishingOptions } from './opcua-publishing.ts'
import { readValueOf, type WatchedItem } from './opcua-watched-item.ts'

/** What the subscriptions report to the driver. */
export interface SubscriptionListener {
  /** Values in the order the server sent them; `clientHandle` finds the item. */
  values(rows: readonly NotificationRow[]): void
  /** Items that the server refuses to monitor, or whose node it does not have. */
  refused(items: readonly WatchedItem[]): void
  /** The link came back and nothing was missed: the last reported values are the present ones. */
  unchanged(items: readonly WatchedItem[]): void
  /** Values may have been missed: read the present ones. */
  stale(items: readonly WatchedItem[]): Promise<void>
}

/** A refused item is tried again after this time (C5): a server may load its address space late. */
const retryRefusedMs = 10_000

export class OpcUaSubscriptions {
  readonly counters: SubscriptionCounters = {
    notifications: 0,
    republished: 0,
    sequenceGaps: 0,
    lostMessages: 0,
    transferred: 0,
    recreated: 0,
  }
  readonly #link: OpcUaLink
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #listener: SubscriptionListener
  readonly #options: PublishingOptions
  readonly #byRate = new Map<number, Subscription>()
  readonly #byId = new Map<number, Subscription>()
  readonly #byClientHandle = new Map<number, WatchedItem>()
  readonly #publisher: Publisher
  /** Grows with every break and every recovery: an older recovery gives way. */
  #era = 0
  #turn: Promise<unknown> = Promise.resolve()
  readonly #watchdog: Timer

  constructor(
    link: OpcUaLink,
    clock: Clock,
    logger: Logger,
    options: PublishingOptions,
    listener: SubscriptionListener,
  ) {
    this.#link = link
    this.#clock = clock
    this.#logger = logger
    this.#options = options
    this.#listener = listener
    this.#publisher = new Publisher(link, clock, logger, this.#byId, this.counters, {
      values: (rows) => listener.values(rows),
      stale: (items) => listener.stale(items),
      ended: (subscriptions) => void this.#recreate(subscriptions),
      itemOf: (clientHandle) => this.#byClientHandle.get(clientHandle),
    })
    this.#watchdog = clock.every(1000, () => this.#watch())
  }

  /** One line for each subscription, for the device page. */
  describe(): string {
    return [...this.#byRate.values()]
      .map(({ id, items, times }) => `#${id}: ${items.size} items every ${times.publishingIntervalMs} ms`)
      .join('; ')
  }

  /** Begins and ends monitoring; items in neither list are not touched. A broken link is taken up again later. */
  change(removed: readonly WatchedItem[], added: readonly WatchedItem[]): Promise<void> {
    return this.#inTurn(async () => {
      for (const item of added) this.#enroll(item)
      await this.#remove(removed)
      await this.#createMissing()
    })
  }

  /** The link is broken: nothing is asked or taken until {@link resume}. */
  suspend(): void {
    this.#era++
    this.#publisher.stop()
  }

  /** The session is back. Rejects when it breaks again meanwhile. */
  resume(isNewSession: boolean): Promise<void> {
    const era = ++this.#era
    return this.#inTurn(async () => {
      if (isNewSession) await this.#transferAll()
      else for (const subscription of [...this.#byId.values()]) await this.#catchUp(subscription, null)
      if (era !== this.#era) throw new Error('the link broke again')
      await this.#createMissing()
      this.#publisher.start()
    })
  }

  close(): void {
    this.suspend()
    this.#watchdog.cancel()
    this.#byClientHandle.clear()
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work)
    this.#turn = turn.catch(() => undefined) // the caller of this turn hears of it, the next one must still come
    return turn
  }

  #enroll(item: WatchedItem): void {
    const rate = item.item.scanIntervalMs
    let subscription = this.#byRate.get(rate)
    if (!subscription) {
      const times = intervals(rate, this.#options)
      subscription = {
        id: 0,
        scanIntervalMs: rate,
        items: new Set(),
        times,
        expected: 1,
        lastHeard: this.#clock.monotonic(),
        turn: Promise.resolve(),
      }
      this.#byRate.set(rate, subscription)
    }
    subscription.items.add(item)
    this.#byClientHandle.set(item.clientHandle, item)
  }

  async #remove(items: readonly WatchedItem[]): Promise<void> {
    const idsOf = new Map<Subscription, number[]>()
    for (const item of items) {
      this.#byClientHandle.delete(item.clientHandle)
      const subscription = this.#byRate.get(item.item.scanIntervalMs)
      if (!subscription?.items.delete(item) || item.monitoredItemId === null) continue
      const ids = idsOf.get(subscription) ?? []
      ids.push(item.monitoredItemId)
      idsOf.set(subscription, ids)
      item.monitoredItemId = null
    }
    for (const [subscription, monitoredItemIds] of idsOf)
      if (subscription.items.size > 0) await this.#deleteItems(subscription, monitoredItemIds)
    for (const subscription of [...this.#byRate.values()])
      if (subscription.items.size === 0) await this.#deleteSubscription(subscription)
  }

  async #deleteItems(subscription: Subscription, monitoredItemIds: readonly number[]): Promise<void> {
    await this.#whileUp(() =>
      this.#link.inBatches('monitor', monitoredItemIds, async (batch) => {
        const { session } = this.#link
        const answer = await session.deleteMonitoredItems({
          requestHeader: { timeoutHint: this.#link.patienceMs },
          subscriptionId: subscription.id,
          monitoredItemIds: batch,
        })
        return answer.results ?? []
      }),
    )
  }

  async #deleteSubscription(subscription: Subscription): Promise<void> {
    this.#byRate.delete(subscription.scanIntervalMs)
    if (subscription.id === 0) return
    this.#byId.delete(subscription.id)
    await this.#whileUp(() =>
      this.#link.inTime(this.#link.session.deleteSubscriptions({ subscriptionIds: [subscription.id] })),
    )
  }

  /** What cannot be cleaned up on a broken link ends with the session; a new one starts without it. */
  async #whileUp(work: () => Promise<unknown>): Promise<void> {
    if (!this.#link.isUp) return
    try {
      await work()
    } catch (error) {
      this.#logger.debug(() => `OPC UA clean-up failed: ${messageOf(error)}`)
    }
  }

  /** Creates every subscription and item that the server does not have yet and whose time has come. */
  async #createMissing(): Promise<void> {
    if (!this.#link.isUp) return
    for (const subscription of this.#byRate.values()) {
      if (subscription.id === 0) await this.#createSubscription(subscription)
      const now = this.#clock.monotonic()
      const missing = [...subscription.items].filter(
        (item) => item.monitoredItemId === null && (item.retryAt === null || item.retryAt <= now),
      )
      if (missing.length > 0) await this.#createItems(subscription, missing)
    }
    this.#publisher.publish()
  }

  async #createSubscription(subscription: Subscription): Promise<void> {
    const wanted = intervals(subscription.scanIntervalMs, this.#options)
    const answer = await this.#link.inTime(
      this.#link.session.createSubscription({
        requestedPublishingInterval: wanted.publishingIntervalMs,
        requestedMaxKeepAliveCount: wanted.keepAliveCount,
        requestedLifetimeCount: wanted.lifetimeCount,
        maxNotificationsPerPublish: 0,
        publishingEnabled: true,
        priority: 0,
      }),
    )
    subscription.id = answer.subscriptionId
    subscription.times = {
      ...wanted,
      publishingIntervalMs: answer.revisedPublishingInterval,
      keepAliveCount: answer.revisedMaxKeepAliveCount,
      lifetimeCount: answer.revisedLifetimeCount,
    }
    subscription.expected = 1
    subscription.lastHeard = this.#clock.monotonic()
    for (const item of subscription.items) item.monitoredItemId = null
    this.#byId.set(subscription.id, subscription)
  }

  async #createItems(subscription: Subscription, items: readonly WatchedItem[]): Promise<void> {
    const refused: WatchedItem[] = []
    const known: WatchedItem[] = []
    for (const item of items) {
      item.nodeId = this.#link.nodeId(item.address)
      if (item.nodeId) known.push(item)
      else this.#refuse(item, StatusCodes.BadNodeIdUnknown, refused)
    }
    const results = await this.#link.inBatches('monitor', known, async (batch) => {
      const answer = await this.#link.session.createMonitoredItems({
        requestHeader: { timeoutHint: this.#link.patienceMs },
        subscriptionId: subscription.id,
        timestampsToReturn: TimestampsToReturn.Both,
        itemsToCreate: batch.map((item) => ({
          itemToMonitor: readValueOf(item),
          monitoringMode: MonitoringMode.Reporting,
          requestedParameters: {
            clientHandle: item.clientHandle,
            samplingInterval: subscription.scanIntervalMs,
            queueSize: subscription.times.queueSize,
            discardOldest: true,
          },
        })),
      })
      return answer.results ?? []
    })
    for (const [index, item] of known.entries()) {
      const result = results[index]!
      if (result.statusCode.isGood()) {
        item.monitoredItemId = result.monitoredItemId
        item.retryAt = null
      } else this.#refuse(item, result.statusCode.value, refused)
    }
    if (refused.length > 0) this.#listener.refused(refused)
  }

  #refuse(item: WatchedItem, statusCode: number, refused: WatchedItem[]): void {
    item.retryAt = this.#clock.monotonic() + retryRefusedMs
    item.refusal = statusCode
    refused.push(item)
  }

  /** The last values count again, then come those that were missed. */
  async #catchUp(subscription: Subscription, available: readonly number[] | null): Promise<void> {
    await subscription.turn
    this.#listener.unchanged([...subscription.items].filter((item) => item.monitoredItemId !== null))
    if (!(await this.#publisher.catchUp(subscription, available))) this.#forget(subscription)
  }

  /** A new session asks for the subscriptions of the old one (TransferSubscriptions); what it does not get is made anew. */
  async #transferAll(): Promise<void> {
    const subscriptions = [...this.#byId.values()]
    if (subscriptions.length === 0) return
    this.#publisher.forgetAcknowledgements()
    const results = await this.#transfer(subscriptions.map(({ id }) => id))
    for (const [index, subscription] of subscriptions.entries()) {
      const result = results?.[index]
      if (!result?.statusCode.isGood() || !this.#sameNodes(subscription)) {
        this.#forget(subscription)
        continue
      }
      this.counters.transferred++
      await this.#catchUp(subscription, [...(result.availableSequenceNumbers ?? [])])
    }
  }

  async #transfer(subscriptionIds: number[]) {
    try {
      const { session } = this.#link
      const answer = await this.#link.inTime(
        session.transferSubscriptions({ subscriptionIds, sendInitialValues: false }),
      )
      return answer.results
    } catch (error) {
      if (!this.#link.isUp) throw error
      this.#logger.debug(() => this.#link.text(`the server does not transfer subscriptions: ${messageOf(error)}`))
      return null
    }
  }

  /** False when the server's namespaces moved, so that items would watch other nodes (C5). */
  #sameNodes(subscription: Subscription): boolean {
    return [...subscription.items].every(
      (item) =>
        item.monitoredItemId === null || item.nodeId?.toString() === this.#link.nodeId(item.address)?.toString(),
    )
  }

  /** The server no longer has it; the next {@link OpcUaSubscriptions.#createMissing} makes it anew. */
  #forget(subscription: Subscription): void {
    this.counters.recreated++
    this.#byId.delete(subscription.id)
    subscription.id = 0
    for (const item of subscription.items) {
      item.monitoredItemId = null
      item.retryAt = null
    }
  }

  async #recreate(subscriptions: readonly Subscription[]): Promise<void> {
    try {
      await this.#inTurn(async () => {
        for (const subscription of subscriptions) {
          const { id } = subscription
          if (id === 0) continue
          this.#forget(subscription)
          await this.#whileUp(() =>
            this.#link.inTime(this.#link.session.deleteSubscriptions({ subscriptionIds: [id] })),
          )
        }
        await this.#createMissing()
      })
    } catch (error) {
      if (this.#link.isUp) this.#link.giveUp(`subscriptions could not be made anew: ${messageOf(error)}`)
    }
  }

  /** Once a second: refused items again, and subscriptions from which not even a keep-alive comes. */
  #watch(): void {
    if (!this.#publisher.isRunning || !this.#link.isUp) return
    const now = this.#clock.monotonic()
    const silent = [...this.#byId.values()].filter(
      ({ lastHeard, times }) =>
        now - lastHeard > 2 * times.keepAliveCount * times.publishingIntervalMs + this.#link.timeoutMs,
    )
    if (silent.length > 0) {
      this.#logger.warn(this.#link.text(`${silent.length} subscriptions fell silent and are made anew`))
      void this.#recreate(silent)
      return
    }
    if ([...this.#byClientHandle.values()].some(({ retryAt }) => retryAt !== null && retryAt <= now))
      void this.#recreate([])
  }
}
