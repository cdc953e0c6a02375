// The times of a subscription from the scan rate of its tags (OPC 10000-4 section 5.14.2).

export interface SubscriptionTimes {
  readonly publishingIntervalMs: number
  /** Publishing intervals without values after which the server gives a sign of life. */
  readonly keepAliveCount: number
  /** Publishing intervals without a publish request after which the server drops the subscription. */
  readonly lifetimeCount: number
  /** Samples the server keeps for each item. */
  readonly queueSize: number
}

/** The device file's keys that bear on it. */
export interface PublishingOptions {
  readonly publishingIntervalMs?: number | undefined
  readonly queueSize?: number | undefined
  readonly recoveryTimeMs: number
}

/** A sign of life this often, when nothing changes. */
const keepAliveMs = 5000
/** The least and the most of the default publishing interval. */
const publishingMs = { least: 50, most: 500 }
/** Queues hold at least this many samples, also of slow items, and at most so many by default. */
const queue = { least: 10, most: 1000 }

/** Times asked for: publishing a few times in each scan interval, queues that hold what a break of the link keeps back. */
export function intervals(scanIntervalMs: number, options: PublishingOptions): SubscriptionTimes {
  const publishingIntervalMs =
    options.publishingIntervalMs ?? Math.min(publishingMs.most, Math.max(publishingMs.least, scanIntervalMs / 4))
  const keepAliveCount = Math.max(1, Math.ceil(keepAliveMs / publishingIntervalMs))
  const survivedMs = Math.max(60_000, 3 * options.recoveryTimeMs)
  const kept = Math.ceil((options.recoveryTimeMs * 1.5) / Math.max(1, scanIntervalMs))
  return {
    publishingIntervalMs,
    keepAliveCount,
    lifetimeCount: Math.max(3 * keepAliveCount, Math.ceil(survivedMs / publishingIntervalMs)),
    queueSize: options.queueSize ?? Math.min(queue.most, Math.max(queue.least, kept)),
  }
}
