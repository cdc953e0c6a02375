// The scanners that stand at the line: those the station connects to, those that connect to it, and those on serial lines. A connection
// that is lost is made again, for as long as the plant has the scanner.
import { createServer, type Server, Socket } from 'node:net'
import type { Clock, Timer } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import { deviceRetries, retryWaits } from '../base/retry-schedule.ts'
import { openSerialLine, type SerialLine } from '../base/serial-line.ts'
import type { LineScanner } from '../shared/label.ts'
import { messageOf } from '../shared/runtime-error.ts'
import { ScanFrames } from './scan-frames.ts'

/** How a scanner stands. */
export interface ScannerStanding {
  readonly scanner: string
  readonly isConnected: boolean
  /** As a sentence; '' = nothing to say. */
  readonly message: string
}

export interface LineScannersOptions {
  readonly clock: Clock
  readonly logger: Logger
  /** A scan as it was sent, terminator cut off. */
  readonly onScan: (scanner: LineScanner, text: string) => void
  readonly onStanding: () => void
}

const connectLimitMs = 5000
/** Scanners that connect to one listening address. */
const mostClients = 16

/** One scanner while the plant has it. */
interface RunningScanner {
  readonly standing: ScannerStanding
  close(): void
}

export class LineScanners {
  readonly #options: LineScannersOptions
  readonly #running = new Map<string, { readonly key: string; readonly scanner: RunningScanner }>()

  constructor(options: LineScannersOptions) {
    this.#options = options
  }

  /** Exactly these from now on; those that did not change are not disturbed. Tags as scanners are not ours. */
  configure(scanners: readonly LineScanner[]): void {
    const wanted = new Map(
      scanners.filter(({ connection }) => !connection.startsWith('tag:')).map((one) => [one.name, one]),
    )
    for (const [name, { key, scanner }] of this.#running)
      if (key !== JSON.stringify(wanted.get(name))) {
        scanner.close()
        this.#running.delete(name)
      }
    for (const [name, definition] of wanted)
      if (!this.#running.has(name))
        this.#running.set(name, { key: JSON.stringify(definition), scanner: openScanner(definition, this.#options) })
    this.#options.onStanding()
  }

  standings(): readonly ScannerStanding[] {
    return [...this.#running.values()].map(({ scanner }) => scanner.standing)
  }

  close(): void {
    for (const { scanner } of this.#running.values()) scanner.close()
    this.#running.clear()
  }
}

function openScanner(definition: LineScanner, options: LineScannersOptions): RunningScanner {
  const { protocol } = new URL(definition.connection)
  if (protocol === 'tcp-listen:') return new ListeningScanner(definition, options)
  return new ConnectingScanner(definition, options, protocol === 'serial:' ? openSerial : openSocket)
}

/** An open connection to a scanner. */
interface ScannerLink {
  close(): void
}

type OpenLink = (
  connection: URL,
  events: {
    readonly onOpen: () => void
    readonly onBytes: (bytes: Uint8Array) => void
    readonly onEnd: (why: string) => void
  },
) => ScannerLink

/** The station connects, and connects again. */
class ConnectingScanner implements RunningScanner {
  readonly #definition: LineScanner
  readonly #options: LineScannersOptions
  readonly #open: OpenLink
  readonly #frames: ScanFrames
  #waits = retryWaits(deviceRetries)
  #link: ScannerLink | null = null
  #timer: Timer | null = null
  #isConnected = false
  #message = ''
  #isClosed = false

  constructor(definition: LineScanner, options: LineScannersOptions, open: OpenLink) {
    this.#definition = definition
    this.#options = options
    this.#open = open
    this.#frames = framesOf(definition, options)
    this.#connect()
  }

  get standing(): ScannerStanding {
    return { scanner: this.#definition.name, isConnected: this.#isConnected, message: this.#message }
  }

  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
    this.#frames.reset()
    this.#link?.close()
  }

  #connect(): void {
    this.#timer = null
    this.#link = this.#open(new URL(this.#definition.connection), {
      onOpen: () => {
        this.#waits = retryWaits(deviceRetries)
        this.#stand(true, '')
      },
      onBytes: (bytes) => this.#frames.take(bytes),
      onEnd: (why) => this.#lost(why),
    })
  }

  #lost(why: string): void {
    if (this.#isClosed || this.#timer !== null) return
    this.#link?.close()
    this.#link = null
    this.#frames.reset()
    this.#stand(false, why)
    this.#timer = this.#options.clock.after(this.#waits.next().value, () => this.#connect())
  }

  #stand(isConnected: boolean, message: string): void {
    if (this.#isConnected === isConnected && this.#message === message) return
    this.#isConnected = isConnected
    this.#message = message
    const { name } = this.#definition
    if (isConnected) this.#options.logger.info(`the scanner ${name} is connected`)
    else this.#options.logger.warn(`the scanner ${name} is not connected: ${message}`)
    this.#options.onStanding()
  }
}

const openSocket: OpenLink = (connection, { onOpen, onBytes, onEnd }) => {
  const socket = new Socket()
  // Only while connecting: a scanner may say nothing for a whole shift.
  socket.setTimeout(connectLimitMs, () => socket.destroy(new Error('it does not answer')))
  socket.on('connect', () => {
    socket.setTimeout(0)
    socket.setKeepAlive(true, 10_000)
    onOpen()
  })
  socket.on('data', onBytes)
  socket.on('error', (error) => onEnd(messageOf(error)))
  socket.on('close', () => onEnd('the scanner closed the connection'))
  socket.connect({ host: connection.hostname.replace(/^\[|\]$/g, ''), port: Number(connection.port) })
  return { close: () => socket.destroy() }
}

const openSerial: OpenLink = (connection, { onOpen, onBytes, onEnd }) => {
  const cancelled = new AbortController()
  let line: SerialLine | null = null
  const path = decodeURIComponent(connection.pathname)
  openSerialLine(path, serialSettings(connection.searchParams), cancelled.signal).then(
    (opened) => {
      if (cancelled.signal.aborted) return void opened.destroy()
      line = opened
      opened.onBytes = onBytes
      opened.onEnd = onEnd
      onOpen()
    },
    (error) => onEnd(messageOf(error)),
  )
  return {
    close: () => {
      cancelled.abort()
      void line?.destroy()
    },
  }
}

const parities = ['none', 'even', 'odd'] as const

/** `?baud=9600&parity=even&dataBits=7&stopBits=1`; 9600 8N1 where nothing is said. */
function serialSettings(query: URLSearchParams) {
  return {
    baudRate: Number(query.get('baud') ?? 9600),
    parity: parities.find((parity) => parity === query.get('parity')) ?? 'none',
    dataBits: query.get('dataBits') === '7' ? 7 : 8,
    stopBits: query.get('stopBits') === '2' ? 2 : 1,
  } as const
}

/** The scanner connects to the station. */
class ListeningScanner implements RunningScanner {
  readonly #definition: LineScanner
  readonly #options: LineScannersOptions
  readonly #clients = new Set<Socket>()
  #server: Server | null = null
  #waits = retryWaits(deviceRetries)
  #timer: Timer | null = null
  #message = ''
  #isClosed = false

  constructor(definition: LineScanner, options: LineScannersOptions) {
    this.#definition = definition
    this.#options = options
    this.#listen()
  }

  /** Waiting for a scanner is no fault; one that cannot be waited for is. */
  get standing(): ScannerStanding {
    return { scanner: this.#definition.name, isConnected: this.#message === '', message: this.#message }
  }

  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
    this.#server?.close()
    for (const client of this.#clients) client.destroy()
  }

  #listen(): void {
    this.#timer = null
    const { hostname, port } = new URL(this.#definition.connection)
    const server = createServer((socket) => this.#serve(socket))
    this.#server = server
    server.maxConnections = mostClients
    server.on('listening', () => {
      this.#waits = retryWaits(deviceRetries)
      this.#stand('')
    })
    server.on('error', (error) => {
      if (this.#isClosed) return
      this.#stand(`it cannot be listened to: ${messageOf(error)}`)
      this.#timer ??= this.#options.clock.after(this.#waits.next().value, () => this.#listen())
    })
    server.listen(Number(port), hostname.replace(/^\[|\]$/g, ''))
  }

  #serve(socket: Socket): void {
    const frames = framesOf(this.#definition, this.#options)
    this.#clients.add(socket)
    socket.setKeepAlive(true, 10_000)
    socket.on('data', (bytes) => frames.take(bytes))
    socket.on('error', (error) =>
      this.#options.logger.debug(`a scanner left ${this.#definition.name}: ${messageOf(error)}`),
    )
    socket.on('close', () => {
      frames.reset()
      this.#clients.delete(socket)
    })
  }

  #stand(message: string): void {
    if (this.#message === message) return
    this.#message = message
    if (message !== '') this.#options.logger.warn(`the scanner ${this.#definition.name}: ${message}`)
    this.#options.onStanding()
  }
}

function framesOf(definition: LineScanner, { clock, onScan }: LineScannersOptions): ScanFrames {
  return new ScanFrames({ terminator: definition.terminator, clock, onScan: (text) => onScan(definition, text) })
}
