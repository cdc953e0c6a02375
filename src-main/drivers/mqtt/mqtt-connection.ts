// One connection to a broker, as both drivers of this folder need it: connect or say why not, notice within a second
// plus the time-out that the broker is silent, subscribe and publish with every wait bounded. Never reconnects by itself.

import type { ConnectionOptions as TlsOptions } from 'node:tls'
import mqtt, { type IClientOptions, type IConnackPacket, type IPublishPacket, type MqttClient } from 'mqtt'
import { writeToStream } from 'mqtt-packet'
import type { Clock, Timer } from '../../base/clock.ts'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import { type StatusCodeName, StatusCodes } from '../../shared/status-code.ts'
import type { BrokerSettings } from './broker-settings.ts'
import { reasonOf, reasonOfError, reasonStatus } from './mqtt-reason.ts'

// The library would keep a table of all 65,536 packet numbers: 10 MB for what two bytes written anew cost nothing.
writeToStream.cacheNumbers = false

export type Qos = 0 | 1 | 2

/** A message of the station itself. */
export interface Announcement {
  readonly topic: string
  readonly payload: string | Buffer
  readonly qos: Qos
  readonly retain: boolean
}

export interface ConnectionOptions {
  readonly deviceName: string
  readonly settings: BrokerSettings
  readonly timeoutMs: number
  readonly clock: Clock
  /** What the broker publishes when the station vanishes. */
  readonly will: Announcement | null
  /** One call for each message, in order. The payload may be part of a larger buffer: copy what is kept. */
  readonly onMessage: (topic: string, payload: Buffer, isRetained: boolean) => void
  /** The link is dead; at most once, never after `close`. */
  readonly onLost: (error: RuntimeError) => void
}

/** With nothing heard for this long the broker is asked for a sign of life. */
const idleBeforePingMs = 1000
const watchIntervalMs = 250
/** Topics of one SUBSCRIBE; keeps packets below the 64 KiB that small brokers take. */
const topicsPerRequest = 200
/** How long the last words of an orderly close may take. */
const farewellMs = 300

export class MqttConnection {
  readonly #options: ConnectionOptions
  readonly #client: MqttClient
  readonly #watch: Timer
  #isOver = false
  #heard = true
  #lastHeard: number
  #pingSince: number | null = null
  #endReason: string | null = null
  /** Ends the waits for answers that will not come any more. */
  readonly #waits = new Set<() => void>()

  /**
   * Connects. Throws a RuntimeError that names device, address and reason; the signal ends the attempt. With protocol
   * version `auto` a broker that refuses MQTT 5 is asked again with 3.1.1.
   */
  static async open(options: ConnectionOptions, signal: AbortSignal): Promise<MqttConnection> {
    const { protocolVersion } = options.settings
    if (protocolVersion !== 'auto')
      return new MqttConnection(options, await openClient(options, protocolVersion, signal))
    try {
      return new MqttConnection(options, await openClient(options, 5, signal))
    } catch (error) {
      if (!(error instanceof RuntimeError) || error.code !== 'BadNotSupported') throw error
      return new MqttConnection(options, await openClient(options, 4, signal))
    }
  }

  private constructor(options: ConnectionOptions, client: MqttClient) {
    this.#options = options
    this.#client = client
    this.#lastHeard = options.clock.monotonic()
    client.on('message', (topic, payload, packet: IPublishPacket) => {
      if (!this.#isOver) options.onMessage(topic, payload, packet.retain)
    })
    client.on('error', (error) => this.#lose(reasonOfError(error).code, reasonOfError(error).text))
    client.on('disconnect', (packet) => {
      this.#endReason = reasonOf(packet.reasonCode ?? 0).text
    })
    client.on('close', () => this.#lose('BadConnectionClosed', this.#endReason ?? 'the broker closed the connection'))
    client.stream.on('data', () => {
      this.#heard = true
    })
    this.#watch = options.clock.every(watchIntervalMs, () => this.#checkLife())
    if (!client.connected) queueMicrotask(() => this.#lose('BadConnectionClosed', 'the broker closed the connection'))
  }

  /** True once the link is lost or closed. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** `MQTT 5` or `MQTT 3.1.1`. */
  get protocol(): string {
    return this.#client.options.protocolVersion === 5 ? 'MQTT 5' : 'MQTT 3.1.1'
  }

  /**
   * Subscribes; the broker sends what it has retained, also when the topic was subscribed before.
   * @returns status code of each topic, Good where granted
   */
  async subscribe(topics: ReadonlyMap<string, Qos>): Promise<ReadonlyMap<string, number>> {
    const granted = new Map<string, number>()
    for (const qos of [0, 1, 2] as const) {
      const ofQos = [...topics].filter(([, wanted]) => wanted === qos).map(([topic]) => topic)
      for (let from = 0; from < ofQos.length; from += topicsPerRequest)
        await this.#subscribeSome(ofQos.slice(from, from + topicsPerRequest), qos, granted)
    }
    return granted
  }

  /** Ends subscriptions; a failure is of no consequence and ignored. */
  async unsubscribe(topics: readonly string[]): Promise<void> {
    for (let from = 0; from < topics.length; from += topicsPerRequest) {
      const some = topics.slice(from, from + topicsPerRequest)
      await this.#bounded<void>((done) => this.#client.unsubscribe(some, () => done()), undefined)
    }
  }

  /** Publishes and resolves with the broker's answer: Good when taken (qos 0: when sent), BadTimeout when none came. */
  publish(message: Announcement): Promise<number> {
    if (this.#isOver) return Promise.resolve(StatusCodes.BadNotConnected)
    const { topic, payload, qos, retain } = message
    return this.#bounded<number>((done) => {
      this.#client.publish(topic, payload, { qos, retain }, (error) =>
        done(error ? statusOfError(error) : StatusCodes.Good),
      )
    }, StatusCodes.BadTimeout)
  }

  /** Says farewell (bounded, for a frozen broker), disconnects. No callback comes afterwards. */
  async close(farewell: Announcement | null): Promise<void> {
    const wasOver = this.#isOver
    this.#isOver = true
    this.#watch.cancel()
    if (!wasOver && this.#client.connected) {
      const orderly = new Promise<void>((resolve) => {
        const end = () => this.#client.end(false, {}, () => resolve())
        if (farewell) this.#client.publish(farewell.topic, farewell.payload, farewell, () => end())
        else end()
      })
      await this.#atMost(farewellMs, orderly)
    }
    this.#endWaits()
    endAtOnce(this.#client)
  }

  #endWaits(): void {
    for (const giveUp of this.#waits) giveUp()
  }

  async #subscribeSome(topics: readonly string[], qos: Qos, granted: Map<string, number>): Promise<void> {
    const answer = await this.#bounded<readonly number[] | number>((done) => {
      this.#client.subscribe([...topics], { qos }, (error, _granted, packet) => {
        const codes = packet?.granted as readonly number[] | undefined
        if (codes && codes.length === topics.length) done(codes)
        else done(error ? statusOfError(error) : StatusCodes.BadUnknownResponse)
      })
    }, StatusCodes.BadTimeout)
    for (const [index, topic] of topics.entries())
      granted.set(topic, typeof answer === 'number' ? answer : reasonStatus(answer[index]!))
  }

  /** Resolves with what `start` is done with, or with `otherwise` when the device's time-out passed first. */
  #bounded<T>(start: (done: (value: T) => void) => void, otherwise: T): Promise<T> {
    return new Promise((resolve) => {
      const finish = (value: T) => {
        timer.cancel()
        this.#waits.delete(giveUp)
        resolve(value)
      }
      const giveUp = () => finish(otherwise)
      const timer = this.#options.clock.after(this.#options.timeoutMs, giveUp)
      this.#waits.add(giveUp)
      start(finish)
    })
  }

  #atMost(limitMs: number, work: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#options.clock.after(limitMs, resolve)
      void work.then(() => {
        timer.cancel()
        resolve()
      })
    })
  }

  #checkLife(): void {
    const { clock, timeoutMs } = this.#options
    const now = clock.monotonic()
    if (this.#heard) {
      this.#heard = false
      this.#lastHeard = now
      this.#pingSince = null
    } else if (this.#pingSince === null) {
      if (now - this.#lastHeard < idleBeforePingMs - watchIntervalMs) return
      this.#pingSince = now
      this.#client.sendPing()
    } else if (now - this.#pingSince >= timeoutMs) {
      // This thread itself may have been held up: what waits in the socket is read before the broker is called dead.
      setImmediate(() => {
        if (!this.#heard) this.#lose('BadTimeout', `no answer to a ping within ${timeoutMs} ms`)
      })
    }
  }

  #lose(code: StatusCodeName, reason: string): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#watch.cancel()
    this.#endWaits()
    endAtOnce(this.#client)
    this.#options.onLost(connectionError(this.#options, code, `the connection was lost: ${reason}`))
  }
}

/** A client that the broker has accepted. */
function openClient(options: ConnectionOptions, version: 5 | 4, signal: AbortSignal): Promise<MqttClient> {
  return new Promise((resolve, reject) => {
    const fail = (code: StatusCodeName, reason: string, cause?: unknown) => {
      settle()
      if (client) endAtOnce(client)
      reject(connectionError(options, code, reason, cause))
    }
    const abort = () => fail('BadTimeout', `no answer to CONNECT within ${options.timeoutMs} ms`)
    const settle = () => {
      signal.removeEventListener('abort', abort)
      client?.removeAllListeners('connect')
      client?.removeAllListeners('close')
    }
    let client: MqttClient | null = null
    if (signal.aborted) return abort()
    try {
      client = mqtt.connect(clientOptions(options, version))
    } catch (error) {
      return fail('BadConfigurationError', messageOf(error), error)
    }
    signal.addEventListener('abort', abort, { once: true })
    // Stays for good: an error that comes after the end must not find nobody listening.
    client.on('error', () => undefined)
    client.once('error', (error) => {
      if (messageOf(error) === 'connack timeout') return abort()
      const reason = reasonOfError(error)
      fail(reason.code, reason.text, error)
    })
    // Old brokers hang up on a version they do not know.
    client.once('close', () =>
      fail(
        version === 5 ? 'BadNotSupported' : 'BadConnectionClosed',
        'the broker closed the connection without a word',
      ),
    )
    client.once('connect', (packet: IConnackPacket) => {
      settle()
      if (packet.properties?.serverKeepAlive !== undefined) client.options.keepalive = packet.properties.serverKeepAlive
      resolve(client)
    })
  })
}

function clientOptions({ settings, timeoutMs, will }: ConnectionOptions, version: 5 | 4): IClientOptions {
  const { tls } = settings
  const options: IClientOptions & TlsOptions = {
    protocol: settings.scheme,
    host: settings.host,
    port: settings.port,
    protocolVersion: version,
    protocolId: 'MQTT',
    clientId: settings.clientId,
    clean: true,
    keepalive: settings.keepAliveS,
    reconnectPeriod: 0,
    connectTimeout: timeoutMs,
    resubscribe: false,
    queueQoSZero: false,
    // The library formats a dozen lines for each message otherwise.
    log: () => undefined,
  }
  if (settings.path !== '') options.path = settings.path
  if (settings.user !== undefined) options.username = settings.user
  if (settings.password !== undefined) options.password = settings.password
  if (will) options.will = { topic: will.topic, payload: Buffer.from(will.payload), qos: will.qos, retain: will.retain }
  if (version === 5) options.properties = { sessionExpiryInterval: 0, topicAliasMaximum: 100 }
  if (tls) {
    options.rejectUnauthorized = true
    options.minVersion = 'TLSv1.2'
    if (tls.ca !== undefined) options.ca = tls.ca
    if (tls.certificate !== undefined) options.cert = tls.certificate
    if (tls.key !== undefined) options.key = tls.key
    if (tls.passphrase !== undefined) options.passphrase = tls.passphrase
    if (tls.serverName !== undefined) options.servername = tls.serverName
    if (settings.scheme === 'wss') options.wsOptions = secureWebSocket(tls)
  }
  return options
}

function secureWebSocket(tls: NonNullable<BrokerSettings['tls']>): NonNullable<IClientOptions['wsOptions']> {
  return {
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
  }
}

function connectionError(
  { deviceName, settings }: ConnectionOptions,
  code: StatusCodeName,
  reason: string,
  cause?: unknown,
): RuntimeError {
  return new RuntimeError(code, `Device "${deviceName}" (${settings.address}): ${reason}`, cause)
}

function statusOfError(error: unknown): number {
  return StatusCodes[reasonOfError(error).code]
}

function endAtOnce(client: MqttClient): void {
  client.end(true)
  client.stream?.destroy()
}
