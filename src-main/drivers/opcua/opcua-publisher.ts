// Publishing (OPC 10000-4 sections 5.14.5 and 5.14.6): keeps requests waiting at the server, takes every notification message
// in its turn exactly once, and asks again for those that did not come.
import {
  DataChangeNotification,
  type DataValue,
  type NotificationMessage,
  PublishRequest,
  type PublishResponse,
  RepublishRequest,
  StatusChangeNotification,
} from 'node-opcua-client'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import { messageOf } from '../../shared/runtime-error.ts'
import { StatusCodes } from '../../shared/status-code.ts'
import { statusOf } from './opcua-fault.ts'
import type { OpcUaLink } from './opcua-link.ts'
import type { SubscriptionTimes } from './opcua-publishing.ts'
import { isAfter, nextSequence } from './opcua-sequence.ts'
import type { WatchedItem } from './opcua-watched-item.ts'

export interface NotificationRow {
  readonly item: WatchedItem
  readonly dataValue: DataValue
}

/** Counted since the driver was made; shown on the device page (C18). */
export interface SubscriptionCounters {
  notifications: number
  republished: number
  sequenceGaps: number
  lostMessages: number
  transferred: number
  recreated: number
}

/** One subscription of the server. */
export interface Subscription {
  id: number
  readonly scanIntervalMs: number
  readonly items: Set<WatchedItem>
  times: SubscriptionTimes
  /** Sequence number the next message has to have. */
  expected: number
  /** Monotonic ms of the last message, keep-alive or not. */
  lastHeard: number
  /** Messages are taken one after the other. */
  turn: Promise<void>
}

/** Publish requests waiting at the server for each subscription, so that one is always there (OPC 10000-4 section 5.14.5). */
const publishRequestsEach = 2
/** A server that has more to send than requests to send it with gets this many more, up to the limit. */
const morePublishRequests = 2
const mostPublishRequests = 30
/** After an unexpected publish error: no hot loop. */
const publishRetryMs = 500
/** A gap wider than this is a server that counts anew, not a loss to be fetched message by message. */
const widestGap = 1000
const badSubscriptionIdInvalid = 0x80280000
const badNoSubscription = 0x80790000
const badMessageNotAvailable = 0x807b0000
/** Longest a publish request may wait at the server before it is answered; beyond every keep-alive. */
const publishTimeoutMs = 600_000

/** What is taken out of the messages. */
export interface PublisherListener {
  /** Values in the order the server sent them. */
  values(rows: readonly NotificationRow[]): void
  /** Messages are lost: the present values have to be read. */
  stale(items: readonly WatchedItem[]): Promise<void>
  /** The server has ended or forgotten these subscriptions. */
  ended(subscriptions: readonly Subscription[]): void
  /** The item of a number given at its creation; undefined when it is no longer watched. */
  itemOf(clientHandle: number): WatchedItem | undefined
}

export class Publisher {
  readonly #link: OpcUaLink
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #counters: SubscriptionCounters
  readonly #listener: PublisherListener
  /** Subscriptions of the server, by their id; changed by the owner. */
  readonly #byId: ReadonlyMap<number, Subscription>
  #acknowledgements: { subscriptionId: number; sequenceNumber: number }[] = []
  #publishCount = 0
  #extraPublishCount = 0
  #publishLimit = mostPublishRequests
  /** Answers to requests of an older link are dropped. */
  #era = 0
  #isRunning = true

  constructor(
    link: OpcUaLink,
    clock: Clock,
    logger: Logger,
    byId: ReadonlyMap<number, Subscription>,
    counters: SubscriptionCounters,
    listener: PublisherListener,
  ) {
    this.#link = link
    this.#clock = clock
    this.#logger = logger
    this.#byId = byId
    this.#counters = counters
    this.#listener = listener
  }

  get isRunning(): boolean {
    return this.#isRunning
  }

  /** The link is broken: nothing is asked or taken until {@link Publisher.start}. */
  stop(): void {
    this.#era++
    this.#isRunning = false
    this.#publishCount = 0
  }

  /** The session is back and caught up with. */
  start(): void {
    this.#isRunning = true
    this.#publishCount = 0
    this.#publishLimit = mostPublishRequests
    this.publish()
  }

  /** A new session knows nothing of what the old one was sent. */
  forgetAcknowledgements(): void {
    this.#acknowledgements = []
  }

  /** Keeps enough publish requests waiting at the server. */
  publish(): void {
    const needed = this.#byId.size === 0 ? 0 : this.#byId.size * publishRequestsEach + this.#extraPublishCount
    const wanted = Math.min(needed, this.#publishLimit)
    while (this.#isRunning && this.#publishCount < wanted) this.#publishOnce()
  }

  #publishOnce(): void {
    const era = this.#era
    const acknowledged = this.#acknowledgements
    this.#acknowledgements = []
    this.#publishCount++
    const request = new PublishRequest({
      requestHeader: { timeoutHint: publishTimeoutMs },
      subscriptionAcknowledgements: acknowledged,
    })
    this.#link.session.publish(request, (error, response) => {
      if (error || !response) this.#acknowledgements.push(...acknowledged)
      if (era !== this.#era) return
      this.#publishCount--
      if (error || !response) this.#publishFailed(error, era)
      else this.#published(response, era)
    })
  }

  #published(response: PublishResponse, era: number): void {
    const subscription = this.#byId.get(response.subscriptionId)
    if (subscription) {
      subscription.lastHeard = this.#clock.monotonic()
      subscription.turn = subscription.turn
        .then(() => this.#take(subscription, response.notificationMessage, era))
        .catch((error: unknown) => {
          // What a broken link interrupted was not counted as taken: it is asked for again after the break.
          if (era === this.#era) this.#link.giveUp(`a notification could not be taken: ${messageOf(error)}`)
        })
    }
    if (response.moreNotifications && this.#extraPublishCount < this.#publishLimit)
      this.#extraPublishCount += morePublishRequests
    this.publish()
  }

  #publishFailed(error: unknown, era: number): void {
    const statusCode = statusOf(error)
    switch (statusCode) {
      case badNoSubscription:
        this.#listener.ended([...this.#byId.values()])
        return
      case StatusCodes.BadTooManyPublishRequests:
        this.#publishLimit = Math.max(1, this.#publishCount)
        return
      case StatusCodes.BadTimeout:
        this.publish()
        return
      default:
        this.#logger.debug(() => this.#link.text(`publish failed: ${messageOf(error)}`))
        this.#link.checkNow()
        this.#clock.after(publishRetryMs, () => {
          if (era === this.#era && this.#link.isUp) this.publish()
        })
    }
  }

  /** One message in its turn: fetch what is missing before it, drop what was taken already. */
  async #take(subscription: Subscription, message: NotificationMessage, era: number): Promise<void> {
    if (era !== this.#era || this.#byId.get(subscription.id) !== subscription) return
    const { sequenceNumber } = message
    const isKeepAlive = (message.notificationData?.length ?? 0) === 0
    if (isAfter(sequenceNumber, subscription.expected)) await this.#fetchGap(subscription, sequenceNumber)
    // A keep-alive only announces the number of the next message (OPC 10000-4 section 5.14.1.1).
    if (isKeepAlive) return
    this.#acknowledge(subscription, sequenceNumber)
    if (sequenceNumber !== subscription.expected) return
    subscription.expected = nextSequence(sequenceNumber)
    this.#deliver(subscription, message)
  }

  #acknowledge(subscription: Subscription, sequenceNumber: number): void {
    this.#acknowledgements.push({ subscriptionId: subscription.id, sequenceNumber })
  }

  /** Messages between the expected one and this one did not come: the server still has them, or they are lost. */
  async #fetchGap(subscription: Subscription, until: number): Promise<void> {
    this.#counters.sequenceGaps++
    let lost = 0
    for (let count = 0; subscription.expected !== until; count++) {
      if (count >= widestGap || !(await this.#republish(subscription, subscription.expected))) lost++
      if (count >= widestGap) subscription.expected = until
      else subscription.expected = nextSequence(subscription.expected)
    }
    if (lost === 0) return
    this.#counters.lostMessages += lost
    this.#logger.warn(this.#link.text(`${lost} notification messages were lost, the values are read again`))
    await this.#listener.stale([...subscription.items])
  }

  /** Asks for one message again and delivers it. False when the server no longer has it; throws what else goes wrong. */
  async #republish(subscription: Subscription, sequenceNumber: number): Promise<boolean> {
    const request = new RepublishRequest({
      subscriptionId: subscription.id,
      retransmitSequenceNumber: sequenceNumber,
    })
    const message = await this.#link.inTime(
      new Promise<NotificationMessage | null>((resolve, reject) => {
        this.#link.session.republish(request, (error, response) => {
          if (response && !error) return resolve(response.notificationMessage)
          if (statusOf(error) === badMessageNotAvailable) return resolve(null)
          reject(error)
        })
      }),
    )
    if (!message) return false
    this.#counters.republished++
    this.#acknowledge(subscription, sequenceNumber)
    this.#deliver(subscription, message)
    return true
  }

  #deliver(subscription: Subscription, message: NotificationMessage): void {
    for (const notification of message.notificationData ?? []) {
      if (notification instanceof DataChangeNotification) this.#deliverValues(notification)
      else if (notification instanceof StatusChangeNotification) this.#statusChanged(subscription, notification)
    }
  }

  #deliverValues(notification: DataChangeNotification): void {
    const rows: NotificationRow[] = []
    for (const { clientHandle, value } of notification.monitoredItems ?? []) {
      const item = this.#listener.itemOf(clientHandle)
      if (item) rows.push({ item, dataValue: value })
    }
    this.#counters.notifications += rows.length
    if (rows.length > 0) this.#listener.values(rows)
  }

  #statusChanged(subscription: Subscription, { status }: StatusChangeNotification): void {
    this.#logger.warn(this.#link.text(`subscription ${subscription.id}: ${status.toString()}`))
    if (status.isBad()) this.#listener.ended([subscription])
  }

  /**
   * After a break: what was sent meanwhile is asked for again, in order; `available` are the numbers the server still has
   * after a transfer, null when only asking tells. False when the server has forgotten the subscription.
   */
  async catchUp(subscription: Subscription, available: readonly number[] | null): Promise<boolean> {
    subscription.lastHeard = this.#clock.monotonic()
    try {
      if (available) await this.#fetchAvailable(subscription, available)
      else
        while (await this.#republish(subscription, subscription.expected))
          subscription.expected = nextSequence(subscription.expected)
      return true
    } catch (error) {
      if (statusOf(error) === badSubscriptionIdInvalid) return false
      throw error
    }
  }

  async #fetchAvailable(subscription: Subscription, available: readonly number[]): Promise<void> {
    const missed = available.filter((one) => one === subscription.expected || isAfter(one, subscription.expected))
    for (const sequenceNumber of missed.sort((a, b) => (isAfter(a, b) ? 1 : -1))) {
      if (isAfter(sequenceNumber, subscription.expected)) await this.#fetchGap(subscription, sequenceNumber)
      if (await this.#republish(subscription, sequenceNumber)) subscription.expected = nextSequence(sequenceNumber)
    }
  }
}
