// The driver contract: how Lineside talks to one device. Read this to write a driver; docs/drivers.md walks through one.
//
// A driver lives in drivers/<protocol>/ and knows no thread, no tag name, no plant and no retry. It is driven by
// device-connection.ts, in a worker thread of its protocol:
//   - calls never overlap: the next one starts after the last one's promise settled, `close` excepted
//   - `connect` resolves when the device answers, or throws a RuntimeError; the signal aborts it (time-out, shutdown)
//   - after connect nothing throws into the runtime: a failed item is a value with a Bad status code, a lost link is
//     one call of `onLost`, after which the supervisor closes the driver and makes a new one
//   - retrying, back-off and marking all tags Bad are the supervisor's business, never the driver's
//   - after `close` resolved no callback comes; `close` works in every state, also during `connect`
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import type { BrowseRow, CertificateRow } from '../shared/contract.ts'
import type { TagValue } from '../shared/data-value.ts'
import type { DeviceDefinition } from '../shared/plant.ts'
import type { RuntimeError } from '../shared/runtime-error.ts'
import type { DataType } from '../shared/tag.ts'
import type { ValueBatch } from '../shared/value-batch.ts'

/** One address to read, watch or write; raw side of a tag (scaling is the tag table's). */
export interface DriverItem {
  /** Number the values of this item carry in batches. */
  readonly handle: number
  /** Already accepted by the protocol's `checkAddress`. */
  readonly address: string
  readonly dataType: DataType
  readonly arrayLength: number | null
  readonly scanIntervalMs: number
  readonly writable: boolean
  /** wordOrder, timestampPath, writeAddress … as the tag file says, validated by `checkAddress`. */
  readonly options: Readonly<Record<string, unknown>>
}

/** What a driver is given to work with. */
export interface DriverEnvironment {
  readonly device: DeviceDefinition
  readonly clock: Clock
  readonly logger: Logger
  /** Value of a named secret of the data folder; null when there is none of that name. */
  readonly secret: (name: string) => string | null
  /** Folder below the data folder that the protocol may use (certificates); exists. */
  readonly folder: string
  /** One call for each batch; the columns belong to the receiver. Values of unknown handles are ignored. */
  readonly onValues: (batch: ValueBatch) => void
  /** The link is dead. Called at most once after `connect`, never before or after `close`. */
  readonly onLost: (error: RuntimeError) => void
}

export interface Driver {
  connect(signal: AbortSignal): Promise<void>
  close(): Promise<void>
  /**
   * From now on exactly these items are kept up to date; the first value of each new one comes as soon as it is known.
   * Called again with another set while running: items that stay are not disturbed, not even by a gap.
   */
  watch(items: readonly DriverItem[]): Promise<void>
  /**
   * Writes one raw value and resolves with the device's answer as a status code (never throws; BadTimeout when none
   * came). Afterwards the item is read and reported through `onValues`, also when it did not change and also when the
   * item is not watched, so that a write can be confirmed.
   */
  write(item: DriverItem, value: TagValue): Promise<number>
  /** Reads each item once, in any order, without watching it. Failures are Bad values. Never throws. */
  read(items: readonly DriverItem[]): Promise<ValueBatch>
  /** Children of a path, '' = root. Throws a RuntimeError. */
  browse?(path: string): Promise<readonly BrowseRow[]>
  /** Calls a method. Throws a RuntimeError when it cannot be called. */
  callMethod?(path: string, inputs: readonly unknown[]): Promise<{ statusCode: number; outputs: readonly TagValue[] }>
  readonly counters: DriverCounters
}

/** How many of the last round trips the mean is taken over. */
const latencyWindow = 100

/** What a driver counts itself; read at any time, never reset. */
export class DriverCounters {
  /** Requests sent, or for subscribing protocols messages received. */
  requestCount = 0
  failedRequestCount = 0
  /** What the protocol adds for the device page: label → text (session state, subscriptions, sequence gaps …). */
  details: Record<string, string> = {}
  #latencies: number[] = []
  #latencyCount = 0
  #maximum: number | null = null

  /** Round trip of the last request in ms; null before the first. Setting it adds to mean and maximum. */
  get lastLatencyMs(): number | null {
    return this.#latencyCount === 0 ? null : this.#latencies[(this.#latencyCount - 1) % latencyWindow]!
  }

  set lastLatencyMs(latencyMs: number | null) {
    if (latencyMs === null) return
    this.#latencies[this.#latencyCount++ % latencyWindow] = latencyMs
    this.#maximum = Math.max(this.#maximum ?? 0, latencyMs)
  }

  /** Mean of the last hundred round trips in ms. */
  get meanLatencyMs(): number | null {
    const { length } = this.#latencies
    return length === 0 ? null : this.#latencies.reduce((sum, latency) => sum + latency, 0) / length
  }

  get maximumLatencyMs(): number | null {
    return this.#maximum
  }
}

export function newCounters(): DriverCounters {
  return new DriverCounters()
}

/** What a protocol folder's driver module exports as `protocolDriver`; imported only inside its worker. */
export interface ProtocolDriver {
  createDriver(environment: DriverEnvironment): Driver
  /** Certificates of this protocol below its folder; for protocols that have them. */
  listCertificates?(folder: string): Promise<readonly CertificateRow[]>
  /** Moves a certificate to the trusted or the rejected ones. Throws a RuntimeError BadNotFound. */
  setCertificateTrust?(folder: string, thumbprint: string, trusted: boolean): Promise<void>
}
