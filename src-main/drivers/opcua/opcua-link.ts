// One secured session with an OPC UA server (OPC 10000-4 sections 5.5, 5.6, 6.7): made, watched every second, taken up
// again after a short cut. The library keeps the session through cuts; this file decides when the link counts as broken,
// when it is back, and when it is given up and the supervisor starts anew.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type ClientSession,
  type CreateMonitoredItemsRequestOptions,
  type CreateMonitoredItemsResponse,
  type CreateSubscriptionRequestOptions,
  type CreateSubscriptionResponse,
  coerceNodeId,
  type DeleteMonitoredItemsRequestOptions,
  type DeleteMonitoredItemsResponse,
  type DeleteSubscriptionsRequestOptions,
  type DeleteSubscriptionsResponse,
  type EndpointDescription,
  MessageSecurityMode,
  type NodeId,
  OPCUAClient,
  OPCUAClientBase,
  type OPCUAClientOptions,
  type PublishRequest,
  type PublishResponse,
  type RepublishRequest,
  type RepublishResponse,
  SecurityPolicy,
  setErrorLogger,
  setWarningLogger,
  type TransferSubscriptionsRequestOptions,
  type TransferSubscriptionsResponse,
  StatusCodes as UaStatusCodes,
  type UserIdentityInfo,
  UserTokenType,
} from 'node-opcua-client'
import type { Clock, Timer } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import { StatusCodes } from '../../shared/status-code.ts'
import type { DriverCounters, DriverEnvironment } from '../driver.ts'
import { formatAddress, formatEndpoint, type OpcUaAddress, parseEndpoint } from './opcua-address.ts'
import { inBatches, limitNodeIds, OperationLimits } from './opcua-batches.ts'
import {
  checkServerCertificate,
  type OwnCertificate,
  ownCertificate,
  type TrustDecision,
} from './opcua-certificates.ts'
import { codeOf, faultOf, nameOfStatus, statusOf } from './opcua-fault.ts'
import type { OpcUaDeviceOptions } from './opcua-protocol.ts'

/** A session with the services the subscriptions use; the library has them all, its type for a session not. */
export interface Session extends ClientSession {
  createSubscription(request: CreateSubscriptionRequestOptions): Promise<CreateSubscriptionResponse>
  deleteSubscriptions(request: DeleteSubscriptionsRequestOptions): Promise<DeleteSubscriptionsResponse>
  transferSubscriptions(request: TransferSubscriptionsRequestOptions): Promise<TransferSubscriptionsResponse>
  createMonitoredItems(request: CreateMonitoredItemsRequestOptions): Promise<CreateMonitoredItemsResponse>
  deleteMonitoredItems(request: DeleteMonitoredItemsRequestOptions): Promise<DeleteMonitoredItemsResponse>
  publish(request: PublishRequest, callback: (error: Error | null, response?: PublishResponse) => void): void
  republish(request: RepublishRequest, callback: (error: Error | null, response?: RepublishResponse) => void): void
}

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
const firstRetryMs = 200
const retryCeilingMs = 1000

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
    return `Device "${this.#environment.device.name}" (OPC UA ${this.#environment.device.address}): ${what}`
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
    const endpoint = parseEndpoint(this.#environment.device.address)
    if (typeof endpoint === 'string') throw new RuntimeError('BadConfigurationError', this.text(endpoint))
    const url = formatEndpoint(endpoint)
    const own = await ownCertificate(this.#environment.folder)
    const identity = await this.#identity()
    const isSecured = this.#securityMode() !== MessageSecurityMode.None
    const chosen = isSecured ? await this.#discover(url, own) : null
    this.#throwIfClosed()
    const client = OPCUAClient.create(this.#clientOptions(own, chosen))
    this.#client = client
    this.#listen(client)
    await client.connect(url)
    if (identity.type === UserTokenType.UserName && !isSecured) await this.#checkPasswordIsHidden(client, url)
    this.#throwIfClosed()
    this.#session = (await client.createSession(identity).catch((error: unknown) => {
      throw this.#refusedSession(error, identity)
    })) as unknown as Session
    this.#throwIfClosed()
    this.#session.on('session_restored', () => this.#restore())
    this.#sessionId = this.#session.sessionId.toString()
    await this.#learnServer()
    this.#throwIfClosed()
    this.#isUp = true
    this.#lastHeard = this.#clock.monotonic()
    this.#describe(own)
    this.#ping = this.#clock.every(pingIntervalMs / 2, () => this.#watchLink())
    await this.#checkServer()
  }

  #throwIfClosed(): void {
    if (this.#isClosed) throw new RuntimeError('BadShutdown', this.text('closed while connecting'))
  }

  #securityMode(): MessageSecurityMode {
    return MessageSecurityMode[this.#options.security?.mode ?? 'None']
  }

  #securityPolicy(): SecurityPolicy {
    if (this.#securityMode() === MessageSecurityMode.None) return SecurityPolicy.None
    return SecurityPolicy[this.#options.security?.policy ?? 'Basic256Sha256'] as SecurityPolicy
  }

  #clientOptions(own: OwnCertificate, endpoint: EndpointDescription | null): OPCUAClientOptions {
    return {
      applicationName: 'Lineside',
      applicationUri: own.applicationUri,
      clientName: `Lineside ${this.#environment.device.name}`,
      certificateKeyPairProvider: {
        getCertificate: () => own.der,
        getCertificateChain: () => [own.der],
        getPrivateKey: () => ({ hidden: own.privateKeyPem }),
      },
      clientCertificateManager: this.#trustStore(),
      securityMode: endpoint ? this.#securityMode() : MessageSecurityMode.None,
      securityPolicy: endpoint ? this.#securityPolicy() : SecurityPolicy.None,
      ...(endpoint ? { serverCertificate: endpoint.serverCertificate } : {}),
      // The address that was dialled counts, not the name the server advertises, which may not resolve here (C1).
      endpointMustExist: false,
      connectionStrategy: {
        maxRetry: 0,
        initialDelay: firstRetryMs,
        maxDelay: retryCeilingMs,
        randomisationFactor: 0.1,
      },
      keepSessionAlive: false,
      requestedSessionTimeout: this.#options.sessionTimeoutMs,
      defaultTransactionTimeout: this.timeoutMs,
      transportTimeout: this.timeoutMs,
    }
  }

  /** Asks over an unsecured channel which endpoints there are, and checks the server's certificate before using it. */
  async #discover(url: string, own: OwnCertificate): Promise<EndpointDescription> {
    const client = OPCUAClient.create(this.#clientOptions(own, null))
    this.#client = client
    let endpoints: EndpointDescription[]
    try {
      await client.connect(url)
      endpoints = await client.getEndpoints({ endpointUrl: url })
    } finally {
      await client.disconnect()
    }
    const mode = this.#securityMode()
    const policy = this.#securityPolicy()
    const found = endpoints.find((one) => one.securityMode === mode && one.securityPolicyUri === policy)
    if (!found) {
      const offered = [...new Set(endpoints.map(describeEndpoint))].join(', ') || 'nothing'
      throw new RuntimeError(
        'BadSecurityChecksFailed',
        this.text(
          `the server does not offer ${MessageSecurityMode[mode]} with ${policyName(policy)}; it offers ${offered}: change "security" of the device file`,
        ),
      )
    }
    const decision = await checkServerCertificate(this.#environment.folder, found.serverCertificate)
    if (decision.code !== 'Good') throw this.#untrusted(decision)
    return found
  }

  /** Without security the password is encrypted only when the server's token policy says so (OPC 10000-4 section 7.41). */
  async #checkPasswordIsHidden(client: OPCUAClient, url: string): Promise<void> {
    const endpoints = await client.getEndpoints({ endpointUrl: url })
    const open = endpoints.find(({ securityMode }) => securityMode === MessageSecurityMode.None)
    const tokens = (open?.userIdentityTokens ?? []).filter(({ tokenType }) => tokenType === UserTokenType.UserName)
    const isHidden = tokens.some(
      ({ securityPolicyUri }) => securityPolicyUri && securityPolicyUri !== SecurityPolicy.None,
    )
    if (isHidden || tokens.length === 0) return
    if (this.#options.security === undefined)
      throw new RuntimeError(
        'BadSecurityChecksFailed',
        this.text(
          'the password would travel unencrypted: choose "security" with mode SignAndEncrypt, or write mode None to allow it',
        ),
      )
    this.#counters.details['Password'] = 'sent unencrypted'
    this.#logger.warn(this.text('the password is sent unencrypted, as the device file allows'))
  }

  #untrusted({ code, reason }: TrustDecision): RuntimeError {
    const advice =
      code === 'BadCertificateUntrusted'
        ? '. It is now among the rejected certificates: compare the thumbprint with the server and trust it there, then the connection comes by itself'
        : ''
    return new RuntimeError(code, this.text(`${reason}${advice}`))
  }

  /** The library asks it when a server comes back with another certificate. */
  #trustStore(): NonNullable<OPCUAClientOptions['clientCertificateManager']> {
    const { folder } = this.#environment
    const notHere = async () => {
      throw new Error('certificates are trusted on the certificate page only')
    }
    return {
      referenceCounter: 0,
      initialize: async () => undefined,
      dispose: async () => undefined,
      checkCertificate: async (certificate: Buffer | Buffer[]) => {
        const decision = await checkServerCertificate(folder, firstOf(certificate))
        return UaStatusCodes[decision.code]
      },
      // Asked for the own certificate only.
      verifyCertificate: async () => 'Good',
      getTrustStatus: async () => UaStatusCodes.Good,
      trustCertificate: notHere,
      rejectCertificate: notHere,
      addIssuer: notHere,
      addRevocationList: notHere,
    } as unknown as NonNullable<OPCUAClientOptions['clientCertificateManager']>
  }

  async #identity(): Promise<UserIdentityInfo> {
    const { user, passwordSecret, userCertificate, userPrivateKey } = this.#options
    if (user !== undefined && passwordSecret !== undefined) {
      const password = this.#environment.secret(passwordSecret)
      if (password === null)
        throw new RuntimeError(
          'BadConfigurationError',
          this.text(`there is no secret "${passwordSecret}": store it with \`lineside secret set ${passwordSecret}\``),
        )
      return { type: UserTokenType.UserName, userName: user, password }
    }
    if (userCertificate !== undefined && userPrivateKey !== undefined) {
      const [certificate, key] = await Promise.all([this.#userFile(userCertificate), this.#userFile(userPrivateKey)])
      return { type: UserTokenType.Certificate, certificateData: derOf(certificate), privateKey: key.toString('utf8') }
    }
    return { type: UserTokenType.Anonymous }
  }

  async #userFile(name: string): Promise<Buffer> {
    try {
      return await readFile(join(this.#environment.folder, name))
    } catch (error) {
      throw new RuntimeError(
        'BadConfigurationError',
        this.text(`cannot read the user's file "${name}" in the OPC UA folder of the data folder: ${messageOf(error)}`),
        error,
      )
    }
  }

  #refusedSession(error: unknown, identity: UserIdentityInfo): RuntimeError {
    const statusCode = statusOf(error)
    const identityCodes: readonly number[] = [
      StatusCodes.BadIdentityTokenInvalid,
      StatusCodes.BadIdentityTokenRejected,
      StatusCodes.BadUserAccessDenied,
      0x80210000,
    ]
    const isIdentity = identityCodes.includes(statusCode) || /userIdentityInfo|token policy/i.test(messageOf(error))
    if (!isIdentity) return faultOf(this.text('the server refuses a session'), error)
    const who =
      identity.type === UserTokenType.UserName
        ? `user "${identity.userName}" with the password of secret "${this.#options.passwordSecret}"`
        : identity.type === UserTokenType.Certificate
          ? `the user certificate "${this.#options.userCertificate}"`
          : 'an anonymous user: give "user" and "passwordSecret" in the device file'
    const name = nameOfStatus(statusCode)
    const code = identityCodes.includes(statusCode) ? codeOf(statusCode) : 'BadIdentityTokenRejected'
    return new RuntimeError(code, this.text(`the server refuses ${who} (${name})`), error)
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
    const kinds = Object.keys(limitNodeIds) as (keyof typeof limitNodeIds)[]
    const nodesToRead = [namespaceArray, ...kinds.map((kind) => limitNodeIds[kind])].map((nodeId) => ({ nodeId }))
    const values = await session.read(nodesToRead)
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

  /** Batches after the server's operation limits. */
  inBatches<T, R>(
    kind: keyof typeof limitNodeIds,
    all: readonly T[],
    send: (batch: T[]) => Promise<readonly R[]>,
  ): Promise<R[]> {
    return inBatches(this.limits, kind, all, async (batch) => {
      try {
        return await this.inTime(send(batch))
      } catch (error) {
        this.#counters.failedRequestCount++
        throw error
      }
    })
  }

  /** The library bounds every request itself; this is for those it holds back while it reconnects. */
  inTime<T>(work: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const limitMs = this.timeoutMs + pingIntervalMs
      const timer = this.#clock.after(limitMs, () =>
        reject(new RuntimeError('BadTimeout', this.text(`no answer within ${limitMs} ms`))),
      )
      work.then(resolve, reject).finally(() => timer.cancel())
    })
  }

  /** Every half second: a link that has been silent for a second is asked whether it still lives. */
  #watchLink(): void {
    if (!this.#isUp || this.#isPinging) return
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
    this.#counters.details['Session'] = `broken: ${reason}`
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
      this.#counters.details['Session'] = isNewSession ? 'active (new after a break)' : 'active (kept through a break)'
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

  #describe(own: OwnCertificate): void {
    const { details } = this.#counters
    const mode = this.#securityMode()
    details['Session'] = 'active'
    details['Security'] =
      mode === MessageSecurityMode.None
        ? 'None: neither signed nor encrypted'
        : `${MessageSecurityMode[mode]}, ${policyName(this.#securityPolicy())}`
    details['User'] =
      this.#options.user ??
      (this.#options.userCertificate ? `certificate ${this.#options.userCertificate}` : 'anonymous')
    details['Application URI'] = own.applicationUri
    details['Session time-out'] = `${Math.round(this.#session?.timeout ?? 0)} ms`
    details['Operation limits'] = (Object.keys(limitNodeIds) as (keyof typeof limitNodeIds)[])
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

function describeEndpoint({ securityMode, securityPolicyUri }: EndpointDescription): string {
  return `${MessageSecurityMode[securityMode]}/${policyName(securityPolicyUri ?? '')}`
}

/** What stands after the `#` of a policy's URI. */
function policyName(uri: string): string {
  return uri.slice(uri.indexOf('#') + 1)
}

function firstOf(certificate: Buffer | Buffer[]): Buffer {
  return Array.isArray(certificate) ? certificate[0]! : certificate
}

/** DER of a PEM or DER certificate file. */
function derOf(bytes: Buffer): Buffer {
  const text = /-----BEGIN CERTIFICATE-----([\s\S]*?)-----END/.exec(bytes.toString('latin1'))?.[1]
  return text === undefined ? bytes : Buffer.from(text, 'base64')
}
