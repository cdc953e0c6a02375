// One secured session with an OPC UA server (OPC 10000-4 sections 5.5, 5.6, 6.7): made, watched every second, taken up
// again after a short cut. The library keeps the session through cuts; this file decides when the link counts as broken,
// when it is back, and when it is given up and the supervisor starts anew.

import {
  coerceNodeId,
  type NodeId,
  type OPCUAClient,
  OPCUAClientBase,
  setErrorLogger,
  setWarningLogger,
} from 'node-opcua-client'
import type { Clock, Timer } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import type { DriverCounters, DriverEnvironment } from '../driver.ts'
import { formatAddress, type OpcUaAddress } from './opcua-address.ts'
import { type BatchKind, inBatches, limitNodeIds, OperationLimits } from './opcua-batches.ts'
import { faultOf } from './opcua-fault.ts'
import { deviceText, firstRetryMs, Opening, patienceMs, type Session } from './opcua-opening.ts'
import type { OpcUaDeviceOptions } from './opcua-protocol.ts'

export interface LinkListener {
  /** The link just broke: every value is Bad until {@link restored}. */
  broken(reason: string): void
  /** The session answers again; true when it is a new one. Rejects when the subscriptions cannot be taken up. */
  restored(isNewSession: boolean): Promise<void>
  /** The link stays broken; called once, nothing follows. */
  dead(error: RuntimeError): void
}

/** A silent link is asked for a sign of life this often; with the device's time-out it bounds how long a cut goes unseen. */
const pingIntervalMs = 1000
/** The server's clock is compared this often. */
const clockCheckIntervalMs = 10_000
/** A server's clock that is further off is worth a warning (C17): its source timestamps order events wrongly. */
const clockToleranceMs = 5000
/** Closing a session politely may take this long. */
const closeTimeoutMs = 1500

const namespaceArray = 'i=2255'
const currentTime = 'i=2258'
const serverState = 'i=2259'
const serverStates = ['Running', 'Failed', 'No configuration', 'Suspended', 'Shutdown', 'Test', 'Communication fault']

OPCUAClientBase.retryDelay = firstRetryMs

export class OpcUaLink {
  readonly limits = new OperationLimits()
  readonly #environment: DriverEnvironment
  readonly #options: OpcUaDeviceOptions
  readonly #listener: LinkListener
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #counters: DriverCounters
  #client: OPCUAClient | null = null
  #session: Session | null = null
  #sessionId = ''
  #namespaces: readonly string[] = []
  #isUp = false
  #isClosed = false
  #restoring = 0
  #lastHeard = 0
  #lastClockCheck = Number.NEGATIVE_INFINITY
  #isPinging = false
  #patientCount = 0
  #ping: Timer | null = null
  #recovery: Timer | null = null
  #breakCount = 0
  #isClockWarned = false

  constructor(
    environment: DriverEnvironment,
    options: OpcUaDeviceOptions,
    counters: DriverCounters,
    listener: LinkListener,
  ) {
    this.#environment = environment
    this.#options = options
    this.#counters = counters
    this.#listener = listener
    this.#clock = environment.clock
    this.#logger = environment.logger
  }

  /** True while requests make sense. */
  get isUp(): boolean {
    return this.#isUp
  }

  /** The session; throws a RuntimeError while the link is broken. */
  get session(): Session {
    if (!this.#session || !this.#isUp)
      throw new RuntimeError('BadNoCommunication', this.text('the link is broken, no session is active'))
    return this.#session
  }

  get namespaces(): readonly string[] {
    return this.#namespaces
  }

  /** Bound of one request in ms. */
  get timeoutMs(): number {
    return this.#environment.device.timeoutMs
  }

  text(what: string): string {
    return deviceText(this.#environment, what)
  }

  /** Makes channel and session. Throws a RuntimeError whose sentence says what to do. */
  async connect(signal: AbortSignal): Promise<void> {
    const aborted = new Promise<never>((_, reject) => {
      const abort = () => reject(abortReason(signal, this.text('no session within the time-out')))
      if (signal.aborted) abort()
      else signal.addEventListener('abort', abort, { once: true })
    })
    const opening = this.#open()
    try {
      await Promise.race([opening, aborted])
    } catch (error) {
      opening.catch(() => undefined) // its failure after the abort adds nothing
      await this.close()
      throw faultOf(this.text('cannot connect'), error)
    }
  }

  async #open(): Promise<void> {
    const opening = new Opening(this.#environment, this.#options, this.#counters, (client) => {
      this.#throwIfClosed()
      this.#listen(client)
      this.#client = client
    })
    this.#session = await opening.open()
    this.#throwIfClosed()
    this.#session.on('session_restored', () => this.#restore())
    this.#sessionId = this.#session.sessionId.toString()
    await this.#learnServer()
    this.#throwIfClosed()
    this.#isUp = true
    this.#lastHeard = this.#clock.monotonic()
    this.#describe()
    this.#ping = this.#clock.every(pingIntervalMs / 2, () => this.#watchLink())
    await this.#checkServer()
  }

  #throwIfClosed(): void {
    if (this.#isClosed) throw new RuntimeError('BadShutdown', this.text('closed while connecting'))
  }

  #listen(client: OPCUAClient): void {
    const logLibrary = (...parts: unknown[]) =>
      this.#logger.debug(() => parts.map(String).join(' '), { library: 'node-opcua' })
    setWarningLogger(logLibrary)
    setErrorLogger(logLibrary)
    client.on('receive_response', () => {
      this.#counters.requestCount++
      this.#lastHeard = this.#clock.monotonic()
    })
    client.on('timed_out_request', () => this.#counters.failedRequestCount++)
    client.on('connection_lost', () => this.#break('the connection was closed'))
    client.on('connection_reestablished', () => this.#restore())
    client.on('close', () => this.#break('the connection was closed'))
  }

  /** Namespaces and limits; again after every new session, because a server may come back another. */
  async #learnServer(): Promise<void> {
    const session = this.#session!
    const kinds = Object.keys(limitNodeIds) as BatchKind[]
    const nodesToRead = [namespaceArray, ...kinds.map((kind) => limitNodeIds[kind])].map((nodeId) => ({ nodeId }))
    // Some servers take fewer nodes at once than it takes to ask how many they take.
    const values = await this.inBatches('read', nodesToRead, (batch) => session.read(batch))
    const names: unknown = values[0]?.value.value
    this.#namespaces = Array.isArray(names) ? names.map(String) : ['http://opcfoundation.org/UA/']
    for (const [index, kind] of kinds.entries()) {
      const value = values[index + 1]
      this.limits.take(kind, value?.statusCode.isGood() ? value.value.value : null)
    }
  }

  /** The node of an address in this session; null when the server does not have its namespace. */
  nodeId(address: OpcUaAddress): NodeId | null {
    const { namespace, kind, identifier } = address
    const index = typeof namespace === 'number' ? namespace : this.#namespaces.indexOf(namespace)
    return index < 0
      ? null
      : coerceNodeId(formatAddress({ namespace: index, kind, identifier }).replace(/^(?=[isgb]=)/, 'ns=0;'))
  }

  /** Batches after the server's operation limits. Monitoring may take the server longer than a read. */
  inBatches<T, R>(kind: BatchKind, all: readonly T[], send: (batch: T[]) => Promise<readonly R[]>): Promise<R[]> {
    return inBatches(this.limits, kind, all, async (batch) => {
      try {
        return await (kind === 'monitor' ? this.#patiently(send(batch)) : this.inTime(send(batch)))
      } catch (error) {
        this.#counters.failedRequestCount++
        throw error
      }
    })
  }

  /** The library bounds every request itself; this is for those it holds back while it reconnects. */
  inTime<T>(work: Promise<T>): Promise<T> {
    return this.#bound(work, this.timeoutMs + pingIntervalMs)
  }

  /** Bound in ms of a request that makes a small PLC work for seconds. */
  get patienceMs(): number {
    return patienceMs(this.timeoutMs)
  }

  /** Meanwhile no sign of life is asked for: a server that answers one request after the other could not give it. */
  async #patiently<T>(work: Promise<T>): Promise<T> {
    this.#patientCount++
    try {
      return await this.#bound(work, this.patienceMs + pingIntervalMs)
    } finally {
      this.#patientCount--
    }
  }

  #bound<T>(work: Promise<T>, limitMs: number): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const timer = this.#clock.after(limitMs, () =>
        reject(new RuntimeError('BadTimeout', this.text(`no answer within ${limitMs} ms`))),
      )
      work.then(resolve, reject).finally(() => timer.cancel())
    })
  }

  /** Asks for a sign of life at once: an answer looked as if the server had lost the session. */
  checkNow(): void {
    if (this.#isUp && !this.#isPinging) void this.#checkServer()
  }

  /** Every half second: a link that has been silent for a second is asked whether it still lives. */
  #watchLink(): void {
    if (!this.#isUp || this.#isPinging || this.#patientCount > 0) return
    const now = this.#clock.monotonic()
    const isSilent = now - this.#lastHeard >= pingIntervalMs
    if (isSilent || now - this.#lastClockCheck >= clockCheckIntervalMs) void this.#checkServer()
  }

  async #checkServer(): Promise<void> {
    const session = this.#session!
    const started = this.#clock.monotonic()
    this.#isPinging = true
    this.#lastClockCheck = started
    const answer = session.read([{ nodeId: currentTime }, { nodeId: serverState }])
    const limit = this.#clock.after(this.timeoutMs, () => this.#fail(`no answer within ${this.timeoutMs} ms`))
    try {
      const [time, state] = await answer
      const latencyMs = this.#clock.monotonic() - started
      this.#counters.lastLatencyMs = latencyMs
      this.#noteClock(time?.value.value, latencyMs)
      const stateNumber: unknown = state?.value.value
      if (typeof stateNumber === 'number')
        this.#counters.details['Server state'] = serverStates[stateNumber] ?? `state ${stateNumber}`
    } catch (error) {
      if (this.#isUp && session === this.#session) this.#fail(messageOf(error))
    } finally {
      limit.cancel()
      this.#isPinging = false
    }
  }

  #noteClock(serverTime: unknown, latencyMs: number): void {
    if (!(serverTime instanceof Date)) return
    const differenceMs = Math.round(serverTime.getTime() - (this.#clock.now() - latencyMs / 2))
    const isOff = Math.abs(differenceMs) > clockToleranceMs
    this.#counters.details['Server clock difference'] = `${differenceMs} ms${isOff ? ' (check the clocks)' : ''}`
    if (isOff && !this.#isClockWarned)
      this.#logger.warn(this.text(`the server's clock differs by ${differenceMs} ms from this station's`))
    this.#isClockWarned = isOff
  }

  /** The link is dead although the socket may look alive: say so at once, then let the library make a new socket. */
  #fail(reason: string): void {
    if (!this.#isUp) return
    this.#counters.failedRequestCount++
    this.#break(reason)
    const channel = (this.#client as unknown as { _secureChannel?: { forceConnectionBreak(): void } } | null)
      ?._secureChannel
    if (channel) channel.forceConnectionBreak()
    else this.#die(`${reason}, and there is no channel to renew`)
  }

  #break(reason: string): void {
    if (!this.#isUp || this.#isClosed) return
    this.#isUp = false
    this.#restoring++
    this.#breakCount++
    this.#counters.details.Session = `broken: ${reason}`
    this.#counters.details['Link breaks'] = String(this.#breakCount)
    const { recoveryTimeMs } = this.#options
    this.#recovery = this.#clock.after(recoveryTimeMs, () =>
      this.#die(`${reason}; it did not come back within ${recoveryTimeMs} ms`),
    )
    this.#logger.warn(this.text(`the link broke: ${reason}`))
    this.#listener.broken(reason)
  }

  /** The library has the session back, possibly a new one. Called by its events, also twice for one recovery. */
  #restore(): void {
    if (this.#isClosed || !this.#session) return
    const sessionId = this.#session.sessionId.toString()
    const isNewSession = sessionId !== this.#sessionId
    // A session the server forgot is replaced by the library without any break of the connection.
    if (this.#isUp && isNewSession) this.#break('the server ended the session')
    if (this.#isUp) return
    const attempt = ++this.#restoring
    void this.#takeUp(attempt, sessionId, isNewSession)
  }

  async #takeUp(attempt: number, sessionId: string, isNewSession: boolean): Promise<void> {
    try {
      await this.inTime(this.#learnServer())
      if (attempt !== this.#restoring || this.#isClosed) return
      this.#isUp = true
      this.#lastHeard = this.#clock.monotonic()
      await this.#listener.restored(isNewSession)
      if (attempt !== this.#restoring || this.#isClosed) return
      this.#sessionId = sessionId
      this.#recovery?.cancel()
      this.#recovery = null
      this.#counters.details.Session = isNewSession ? 'active (new after a break)' : 'active (kept through a break)'
      this.#logger.info(this.text(isNewSession ? 'a new session was made' : 'the session was taken up again'))
    } catch (error) {
      if (attempt === this.#restoring && !this.#isClosed)
        this.#die(`the session came back but not its subscriptions: ${messageOf(error)}`)
    }
  }

  /** Gives the link up; the supervisor will start anew. */
  #die(reason: string): void {
    if (this.#isClosed) return
    this.#isUp = false
    this.#recovery?.cancel()
    this.#ping?.cancel()
    this.#isClosed = true
    this.#listener.dead(new RuntimeError('BadConnectionClosed', this.text(`the link broke: ${reason}`)))
  }

  /** A fault that only a new connection can mend. */
  giveUp(reason: string): void {
    this.#die(reason)
  }

  #describe(): void {
    const { details } = this.#counters
    details.Session = 'active'
    details['Session time-out'] = `${Math.round(this.#session?.timeout ?? 0)} ms`
    details['Operation limits'] = (Object.keys(limitNodeIds) as BatchKind[])
      .map((kind) => `${kind} ${this.limits.of(kind)}`)
      .join(', ')
  }

  /** Ends session and channel, in every state and within bounded time. */
  async close(): Promise<void> {
    this.#isClosed = true
    const wasUp = this.#isUp
    this.#isUp = false
    this.#restoring++
    this.#ping?.cancel()
    this.#recovery?.cancel()
    const client = this.#client
    const session = this.#session
    this.#client = null
    this.#session = null
    if (!client) return
    await this.#bounded(
      (async () => {
        if (wasUp && session) await session.close(true)
        await client.disconnect()
      })(),
    )
    client.removeAllListeners()
  }

  async #bounded(work: Promise<void>): Promise<void> {
    const ended = work.catch((error: unknown) => this.#logger.debug(() => this.text(`closing: ${messageOf(error)}`)))
    await new Promise<void>((resolve) => {
      const timer = this.#clock.after(closeTimeoutMs, () => resolve())
      void ended.then(() => {
        timer.cancel()
        resolve()
      })
    })
  }
}

function abortReason(signal: AbortSignal, otherwise: string): unknown {
  return signal.reason instanceof RuntimeError ? signal.reason : new RuntimeError('BadTimeout', otherwise)
}
