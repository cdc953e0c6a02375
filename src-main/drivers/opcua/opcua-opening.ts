// Opening a session with an OPC UA server: which endpoint, is its certificate trusted, who logs in (OPC 10000-4 sections
// 5.4 to 5.6, SECURITY of docs/drivers/opcua.md). Every refusal is a sentence that says what to do.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type ClientSession,
  type CreateMonitoredItemsRequestOptions,
  type CreateMonitoredItemsResponse,
  type CreateSubscriptionRequestOptions,
  type CreateSubscriptionResponse,
  DataTypeExtractStrategy,
  type DeleteMonitoredItemsRequestOptions,
  type DeleteMonitoredItemsResponse,
  type DeleteSubscriptionsRequestOptions,
  type DeleteSubscriptionsResponse,
  type EndpointDescription,
  MessageSecurityMode,
  OPCUAClient,
  type OPCUAClientOptions,
  type PublishRequest,
  type PublishResponse,
  type RepublishRequest,
  type RepublishResponse,
  SecurityPolicy,
  type TransferSubscriptionsRequestOptions,
  type TransferSubscriptionsResponse,
  StatusCodes as UaStatusCodes,
  type UserIdentityInfo,
  UserTokenType,
} from 'node-opcua-client'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import { StatusCodes } from '../../shared/status-code.ts'
import type { DriverCounters, DriverEnvironment } from '../driver.ts'
import { formatEndpoint, parseEndpoint } from './opcua-address.ts'
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

/** Waits between the attempts to renew a broken channel. */
export const firstRetryMs = 200
const retryCeilingMs = 1000

/** Beyond every time-out of a request, so that it never comes before an unanswered sign of life. */
const idleMarginMs = 3000
/** Creating hundreds of monitored items takes small PLCs seconds. */
const leastPatienceMs = 10_000

/** Bound in ms of a request that makes a small PLC work for seconds. */
export function patienceMs(timeoutMs: number): number {
  return Math.max(leastPatienceMs, timeoutMs)
}

/** One attempt to open a session. */
export class Opening {
  readonly #environment: DriverEnvironment
  readonly #options: OpcUaDeviceOptions
  readonly #counters: DriverCounters
  readonly #onClient: (client: OPCUAClient) => void

  /** `onClient` hears of every client before it connects, to listen to it or to end it; it throws to end the attempt. */
  constructor(
    environment: DriverEnvironment,
    options: OpcUaDeviceOptions,
    counters: DriverCounters,
    onClient: (client: OPCUAClient) => void,
  ) {
    this.#environment = environment
    this.#options = options
    this.#counters = counters
    this.#onClient = onClient
  }

  get #timeoutMs(): number {
    return this.#environment.device.timeoutMs
  }

  #text(what: string): string {
    return deviceText(this.#environment, what)
  }

  /** Channel and session. Throws a RuntimeError, or what the library throws when there is no connection. */
  async open(): Promise<Session> {
    const endpoint = parseEndpoint(this.#environment.device.address)
    if (typeof endpoint === 'string') throw new RuntimeError('BadConfigurationError', this.#text(endpoint))
    const url = formatEndpoint(endpoint)
    const own = await ownCertificate(this.#environment.folder)
    const identity = await this.#identity()
    const isSecured = this.#securityMode() !== MessageSecurityMode.None
    const chosen = isSecured ? await this.#discover(url, own) : null
    const client = OPCUAClient.create(this.#clientOptions(own, chosen))
    this.#onClient(client)
    await client.connect(url)
    if (identity.type === UserTokenType.UserName && !isSecured) await this.#checkPasswordIsHidden(client, url)
    const session = await client.createSession(identity).catch((error: unknown) => {
      throw this.#refusedSession(error, identity)
    })
    this.#describe(own)
    return session as unknown as Session
  }

  #securityMode(): MessageSecurityMode {
    return MessageSecurityMode[this.#options.security?.mode ?? 'None']
  }

  #securityPolicy(): SecurityPolicy {
    if (this.#securityMode() === MessageSecurityMode.None) return SecurityPolicy.None
    return SecurityPolicy[this.#options.security?.policy ?? 'Basic256Sha256'] as SecurityPolicy
  }

  #clientOptions(own: OwnCertificate, endpoint: EndpointDescription | null, isDiscovery = false): OPCUAClientOptions {
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
      // Without a retry the library would not renew a broken channel either.
      connectionStrategy: {
        maxRetry: isDiscovery ? 0 : 1,
        initialDelay: firstRetryMs,
        maxDelay: retryCeilingMs,
        randomisationFactor: 0.1,
      },
      // Types of structures are asked for when one is met, not all of a server's at once.
      dataTypeExtractStrategy: DataTypeExtractStrategy.Lazy,
      keepSessionAlive: false,
      requestedSessionTimeout: this.#options.sessionTimeoutMs,
      defaultTransactionTimeout: this.#timeoutMs,
      // The library breaks a socket that is idle for this long; signs of life are asked for every second or so.
      transportTimeout: patienceMs(this.#timeoutMs) + idleMarginMs,
    }
  }

  /** Asks over an unsecured channel which endpoints there are, and checks the server's certificate before using it. */
  async #discover(url: string, own: OwnCertificate): Promise<EndpointDescription> {
    const client = OPCUAClient.create(this.#clientOptions(own, null, true))
    this.#onClient(client)
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
        this.#text(
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
        this.#text(
          'the password would travel unencrypted: choose "security" with mode SignAndEncrypt, or write mode None to allow it',
        ),
      )
    this.#counters.details.Password = 'sent unencrypted'
    this.#environment.logger.warn(this.#text('the password is sent unencrypted, as the device file allows'))
  }

  #untrusted({ code, reason }: TrustDecision): RuntimeError {
    const advice =
      code === 'BadCertificateUntrusted'
        ? '. It is now among the rejected certificates: compare the thumbprint with the server and trust it there, then the connection comes by itself'
        : ''
    return new RuntimeError(code, this.#text(`${reason}${advice}`))
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
          this.#text(`there is no secret "${passwordSecret}": store it with \`lineside secret set ${passwordSecret}\``),
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
        this.#text(
          `cannot read the user's file "${name}" in the OPC UA folder of the data folder: ${messageOf(error)}`,
        ),
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
    if (!isIdentity) return faultOf(this.#text('the server refuses a session'), error)
    const who =
      identity.type === UserTokenType.UserName
        ? `user "${identity.userName}" with the password of secret "${this.#options.passwordSecret}"`
        : identity.type === UserTokenType.Certificate
          ? `the user certificate "${this.#options.userCertificate}"`
          : 'an anonymous user: give "user" and "passwordSecret" in the device file'
    const name = nameOfStatus(statusCode)
    const code = identityCodes.includes(statusCode) ? codeOf(statusCode) : 'BadIdentityTokenRejected'
    return new RuntimeError(code, this.#text(`the server refuses ${who} (${name})`), error)
  }

  #describe(own: OwnCertificate): void {
    const { details } = this.#counters
    const mode = this.#securityMode()
    details.Security =
      mode === MessageSecurityMode.None
        ? 'None: neither signed nor encrypted'
        : `${MessageSecurityMode[mode]}, ${policyName(this.#securityPolicy())}`
    details.User =
      this.#options.user ??
      (this.#options.userCertificate ? `certificate ${this.#options.userCertificate}` : 'anonymous')
    details['Application URI'] = own.applicationUri
  }
}

/** A sentence that names the device. */
export function deviceText({ device }: DriverEnvironment, what: string): string {
  return `Device "${device.name}" (OPC UA ${device.address}): ${what}`
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
