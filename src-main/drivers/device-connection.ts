// Supervises one device: connects, bounds every wait, backs off with jitter, and says Bad of all its tags the moment the
// link is dead. Runs beside the driver in the worker thread of the protocol; knows no protocol.
import { type Clock, sleep } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import { deviceRetries, type RetrySchedule, retryWaits } from '../base/retry-schedule.ts'
import type { BrowseRow, DeviceRow, DeviceState } from '../shared/contract.ts'
import type { TagValue } from '../shared/data-value.ts'
import type { DeviceDefinition } from '../shared/plant.ts'
import { messageOf, RuntimeError } from '../shared/runtime-error.ts'
import { isBad, StatusCodes } from '../shared/status-code.ts'
import { badBatch, type ValueBatch } from '../shared/value-batch.ts'
import type { Driver, DriverCounters, DriverEnvironment, DriverItem } from './driver.ts'

/** A connection that lasted this long is healthy again: the next loss starts with the shortest wait. */
const healthyAfterMs = 10_000
/** A driver that does not close within this time is left behind; its callbacks are ignored. */
const closeTimeoutMs = 3_000
/** Added to the device's own time-out where the driver has to answer by itself, before the supervisor gives up on it. */
const graceMs = 500

/** What a connection knows of itself; plain data, crosses threads. */
export type DeviceStatus = Omit<DeviceRow, 'description' | 'protocol' | 'address' | 'badTagCount'>

export interface DeviceConnectionOptions {
  readonly device: DeviceDefinition
  readonly createDriver: (environment: DriverEnvironment) => Driver
  readonly clock: Clock
  readonly logger: Logger
  readonly secret: (name: string) => string | null
  readonly folder: string
  /** Values of the device, and Bad ones when the link is dead. The receiver owns the columns. */
  readonly onValues: (batch: ValueBatch) => void
  /** The state changed (not: a counter moved). */
  readonly onState: () => void
  readonly retries?: RetrySchedule
  readonly random?: () => number
}

/** Counters of drivers that ended, so that a reconnect does not set the device page back to zero. */
interface PastCounters {
  requestCount: number
  failedRequestCount: number
}

export class DeviceConnection {
  readonly device: DeviceDefinition
  readonly #options: DeviceConnectionOptions
  readonly #clock: Clock
  readonly #logger: Logger
  #items: readonly DriverItem[] = []
  #itemsByHandle = new Map<number, DriverItem>()
  #driver: Driver | null = null
  #counters: DriverCounters | null = null
  readonly #past: PastCounters = { requestCount: 0, failedRequestCount: 0 }
  #state: DeviceState = 'connecting'
  #stateTimestamp: number
  #lastError: DeviceStatus['lastError'] = null
  /** The error last logged since the device was connected; the same again is no news. */
  #loggedError: string | null = null
  #nextAttemptTimestamp: number | null = null
  #updateCount = 0
  #reconnectCount = 0
  #lastGoodTimestamp: number | null = null
  #canBrowse = false
  #queue: Promise<unknown> = Promise.resolve()
  /** Ends the present connection or the present wait; replaced for each. */
  #interrupt = new AbortController()
  readonly #closing = new AbortController()
  #running: Promise<void> | null = null

  constructor(options: DeviceConnectionOptions) {
    this.device = options.device
    this.#options = options
    this.#clock = options.clock
    this.#logger = options.logger
    this.#stateTimestamp = options.clock.now()
  }

  /** Begins to connect; from now on the device is kept connected until {@link close}. */
  start(): void {
    this.#running ??= this.#run()
  }

  /** From now on exactly these items are watched. Items that stay are not disturbed. */
  setItems(items: readonly DriverItem[]): void {
    const before = this.#itemsByHandle
    this.#items = items
    this.#itemsByHandle = new Map(items.map((item) => [item.handle, item]))
    if (this.#state === 'connected') {
      void this.#enqueue((driver) => driver.watch(this.#items)).catch((error: unknown) =>
        this.#lose(asRuntimeError(error)),
      )
    } else if (this.#lastError) {
      const added = items.filter((item) => !before.has(item.handle)).map((item) => item.handle)
      if (added.length > 0) this.#options.onValues(badBatch(added, this.#lastError.statusCode, this.#clock.now()))
    }
  }

  /** Writes a raw value. Resolves with the device's answer; BadNoCommunication while there is no link. Never throws. */
  async write(handle: number, value: TagValue): Promise<number> {
    const item = this.#itemsByHandle.get(handle)
    if (!item) return StatusCodes.BadNodeIdUnknown
    if (this.#state !== 'connected') return StatusCodes.BadNoCommunication
    try {
      return await this.#enqueue((driver) => driver.write(item, value))
    } catch (error) {
      const fault = asRuntimeError(error)
      this.#noteError(fault)
      return fault.statusCode
    }
  }

  /** Reads items once, watched or not. Throws BadNoCommunication while there is no link. */
  read(items: readonly DriverItem[]): Promise<ValueBatch> {
    return this.#enqueue((driver) => driver.read(items))
  }

  browse(path: string): Promise<readonly BrowseRow[]> {
    return this.#enqueue((driver) => {
      if (driver.browse) return driver.browse(path)
      throw new RuntimeError(
        'BadNotSupported',
        `Device "${this.device.name}" (${this.device.protocol}) cannot be browsed`,
      )
    })
  }

  callMethod(path: string, inputs: readonly unknown[]): Promise<{ statusCode: number; outputs: readonly TagValue[] }> {
    return this.#enqueue((driver) => {
      if (driver.callMethod) return driver.callMethod(path, inputs)
      throw new RuntimeError('BadNotSupported', `Device "${this.device.name}" (${this.device.protocol}) has no methods`)
    })
  }

  /** Drops the link, if any, and connects at once without waiting. */
  reconnect(): void {
    this.#interrupt.abort(new RuntimeError('BadRequestInterrupted', 'a new connection was asked for'))
  }

  get status(): DeviceStatus {
    const counters = this.#counters
    return {
      device: this.device.name,
      state: this.#state,
      stateTimestamp: this.#stateTimestamp,
      tagCount: this.#items.length,
      requestCount: this.#past.requestCount + (counters?.requestCount ?? 0),
      failedRequestCount: this.#past.failedRequestCount + (counters?.failedRequestCount ?? 0),
      updateCount: this.#updateCount,
      reconnectCount: this.#reconnectCount,
      lastLatencyMs: counters?.lastLatencyMs ?? null,
      meanLatencyMs: counters?.meanLatencyMs ?? null,
      maximumLatencyMs: counters?.maximumLatencyMs ?? null,
      lastGoodTimestamp: this.#lastGoodTimestamp,
      lastError: this.#lastError,
      nextAttemptTimestamp: this.#nextAttemptTimestamp,
      details: counters?.details ?? {},
      canBrowse: this.#canBrowse,
    }
  }

  /** Ends the connection for good; afterwards no callback comes. */
  async close(): Promise<void> {
    this.#closing.abort(new RuntimeError('BadShutdown', 'the connection is being closed'))
    this.#interrupt.abort(this.#closing.signal.reason)
    await this.#running
  }

  async #run(): Promise<void> {
    let waits = retryWaits(this.#options.retries ?? deviceRetries, this.#options.random)
    while (!this.#closing.signal.aborted) {
      this.#interrupt = new AbortController()
      const connectedMs = await this.#connectOnce(this.#interrupt.signal)
      if (this.#closing.signal.aborted) return
      if (connectedMs >= healthyAfterMs)
        waits = retryWaits(this.#options.retries ?? deviceRetries, this.#options.random)
      if (this.#interrupt.signal.aborted && isReconnectRequest(this.#interrupt.signal.reason)) continue
      await this.#wait(waits.next().value)
    }
  }

  /** One connection from connect to loss. Resolves with how long it was up, in ms; never throws. */
  async #connectOnce(interrupted: AbortSignal): Promise<number> {
    this.#enter('connecting')
    const driver = this.#createDriver(interrupted)
    let connectedAt: number | null = null
    try {
      await this.#connectInTime(driver, interrupted)
      interrupted.throwIfAborted()
      connectedAt = this.#clock.monotonic()
      this.#driver = driver
      this.#canBrowse = driver.browse !== undefined
      this.#enter('connected')
      await this.#enqueue((current) => current.watch(this.#items))
      await aborted(interrupted)
      throw interrupted.reason
    } catch (error) {
      const fault = asRuntimeError(error)
      this.#driver = null
      if (!this.#closing.signal.aborted) {
        this.#noteError(fault)
        this.#sayBad(fault)
        this.#enter('waiting')
      }
    }
    await this.#closeDriver(driver)
    return connectedAt === null ? 0 : this.#clock.monotonic() - connectedAt
  }

  #createDriver(interrupted: AbortSignal): Driver {
    const { createDriver, clock, logger, secret, folder, onValues } = this.#options
    const interrupt = this.#interrupt
    const driver = createDriver({
      device: this.device,
      clock,
      logger,
      secret,
      folder,
      onValues: (batch) => {
        if (interrupted.aborted || this.#closing.signal.aborted || batch.count === 0) return
        this.#updateCount += batch.count
        if (holdsUsable(batch)) this.#lastGoodTimestamp = clock.now()
        onValues(batch)
      },
      onLost: (error) => interrupt.abort(error),
    })
    this.#counters = driver.counters
    return driver
  }

  #lose(error: RuntimeError): void {
    this.#interrupt.abort(error)
  }

  /** Calls of the driver one after the other; the link may be gone when one's turn comes. */
  #enqueue<T>(run: (driver: Driver) => Promise<T>): Promise<T> {
    const turn = this.#queue.then(() => {
      const driver = this.#driver
      if (!driver) throw this.#notConnected()
      // A driver that hangs must not hang its callers: the link counts as lost.
      return unlessAborted(this.#interrupt.signal, run(driver))
    })
    this.#queue = turn.catch(() => undefined)
    return turn
  }

  /** The driver's own signal aborts at the device's time-out; a driver that ignores it is given up shortly after. */
  async #connectInTime(driver: Driver, interrupted: AbortSignal): Promise<void> {
    const { timeoutMs } = this.device
    const late = new RuntimeError('BadTimeout', this.#text(`no connection within ${timeoutMs} ms`))
    const polite = new AbortController()
    const hard = new AbortController()
    const interrupt = () => {
      polite.abort(interrupted.reason)
      hard.abort(interrupted.reason)
    }
    const timers = [
      this.#clock.after(timeoutMs, () => polite.abort(late)),
      this.#clock.after(timeoutMs + graceMs, () => hard.abort(late)),
    ]
    if (interrupted.aborted) interrupt()
    else interrupted.addEventListener('abort', interrupt, { once: true })
    try {
      await unlessAborted(hard.signal, driver.connect(polite.signal))
    } finally {
      for (const timer of timers) timer.cancel()
      interrupted.removeEventListener('abort', interrupt)
    }
  }

  async #closeDriver(driver: Driver): Promise<void> {
    const { requestCount, failedRequestCount } = driver.counters
    const done = driver
      .close()
      .catch((error: unknown) => this.#logger.warn(this.#text(`closing failed: ${messageOf(error)}`)))
    const late = new AbortController()
    await Promise.race([done, sleep(this.#clock, closeTimeoutMs, late.signal)])
    late.abort()
    this.#past.requestCount += requestCount
    this.#past.failedRequestCount += failedRequestCount
    if (this.#counters === driver.counters) this.#counters = null
  }

  async #wait(waitMs: number): Promise<void> {
    this.#interrupt = new AbortController()
    this.#nextAttemptTimestamp = this.#clock.now() + waitMs
    this.#options.onState()
    await sleep(this.#clock, waitMs, AbortSignal.any([this.#interrupt.signal, this.#closing.signal]))
    this.#nextAttemptTimestamp = null
    this.#reconnectCount++
  }

  #enter(state: DeviceState): void {
    if (this.#state !== state) {
      // What ended a connection is logged as such; every attempt of a device that is away would fill the disk.
      this.#logger[state === 'connected' ? 'info' : 'debug'](this.#text(state), { device: this.device.name, state })
      if (state === 'connected') this.#loggedError = null
      this.#state = state
      this.#stateTimestamp = this.#clock.now()
    }
    this.#options.onState()
  }

  #noteError(error: RuntimeError): void {
    this.#lastError = { timestamp: this.#clock.now(), statusCode: error.statusCode, message: error.message }
    const isNew = error.message !== this.#loggedError
    this.#loggedError = error.message
    this.#logger[isNew ? 'warn' : 'debug'](error.message, { device: this.device.name, code: error.code })
  }

  /** Every tag of the device says why it has no value: no old number may look alive. */
  #sayBad(error: RuntimeError): void {
    if (this.#items.length === 0) return
    const statusCode = isBad(error.statusCode) ? linkStatusCode(error) : StatusCodes.BadNoCommunication
    this.#options.onValues(
      badBatch(
        this.#items.map((item) => item.handle),
        statusCode,
        this.#clock.now(),
      ),
    )
  }

  #notConnected(): RuntimeError {
    const reason = this.#lastError ? `: ${this.#lastError.message}` : ''
    return new RuntimeError('BadNoCommunication', this.#text(`not connected${reason}`))
  }

  #text(what: string): string {
    return `Device "${this.device.name}" (${this.device.protocol} ${this.device.address}): ${what}`
  }
}

/** Refusals an engineer has to act on keep their own code; everything else is "no communication". */
function linkStatusCode(error: RuntimeError): number {
  const { statusCode } = error
  const telling: readonly number[] = [
    StatusCodes.BadConfigurationError,
    StatusCodes.BadCertificateUntrusted,
    StatusCodes.BadCertificateInvalid,
    StatusCodes.BadSecurityChecksFailed,
    StatusCodes.BadIdentityTokenRejected,
    StatusCodes.BadIdentityTokenInvalid,
    StatusCodes.BadUserAccessDenied,
  ]
  return telling.includes(statusCode) ? statusCode : StatusCodes.BadNoCommunication
}

function isReconnectRequest(reason: unknown): boolean {
  return reason instanceof RuntimeError && reason.code === 'BadRequestInterrupted'
}

function asRuntimeError(error: unknown): RuntimeError {
  return error instanceof RuntimeError ? error : new RuntimeError('BadCommunicationError', messageOf(error), error)
}

function holdsUsable(batch: ValueBatch): boolean {
  for (let row = 0; row < batch.count; row++) if (!isBad(batch.statusCode[row]!)) return true
  return false
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** The outcome of the work, or the signal's reason as soon as it aborts; a later failure of the work is dropped then. */
function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
