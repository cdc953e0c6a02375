// The runtime on the network: calls, feeds, the WebSocket of the screens, and the screens themselves. Plain HTTP exists on
// loopback only; any other host is TLS with the station's certificate.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { type Clock, systemClock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import { messageOf, RuntimeError } from '../shared/runtime-error.ts'
import { asApiError, unauthorized } from './api-error.ts'
import type { ApiServer } from './api-server.ts'
import { answerError, answerJson, answerText, plainError } from './http-answer.ts'
import { HttpApi, stationOf } from './http-api.ts'
import { metricsText } from './metrics.ts'
import { isAllowedOrigin, isLoopbackHost, setSecurityHeaders } from './security-headers.ts'
import { serverCertificate } from './self-signed-certificate.ts'
import { StaticFiles } from './static-files.ts'
import { webSocketLink } from './web-socket-link.ts'

export interface WebServerOptions {
  /** 127.0.0.1, ::1 or localhost for plain HTTP; anything else is served over TLS only. */
  readonly host: string
  /** 0 = any free. */
  readonly port: number
  readonly api: ApiServer
  /** The built screens; null when there are none: `GET /` then says so. */
  readonly screensFolder: string | null
  /** Where the certificate lives. */
  readonly dataFolder: string
  readonly version: string
  readonly clock?: Clock
  readonly logger: Logger
  /** Origins besides the own one whose pages may talk to this server (a development server). */
  readonly allowedOrigins?: readonly string[]
}

export interface WebServer {
  /** As a browser on this machine would open it, without a trailing slash. */
  readonly url: string
  readonly port: number
  /** SHA-256 of the certificate, null for plain HTTP. */
  readonly fingerprint: string | null
  /** Ends everything that is open, within two seconds. */
  close(): Promise<void>
}

/** Slow senders must not hold sockets (slowloris): header and body within these times. */
const headersTimeoutMs = 10_000
const requestTimeoutMs = 60_000
const keepAliveTimeoutMs = 15_000
/** The query of a feed names its tags. */
const largestHeaderBytes = 128 << 10
const mostConnections = 1024
const mostLinks = 256
/** One station has a few windows; nobody keeps the others out by opening links. */
const mostLinksOfSource = 64
/** One message of a screen, read before it is known who sent it; the largest watches 100,000 tags. Larger CSV goes by HTTP. */
const largestMessageBytes = 8 << 20
/** Open connections get this long to end by themselves when the server closes. */
const closeGraceMs = 1000

/** Listens when it resolves. Throws RuntimeError when host and port cannot be had. */
export async function startWebServer(options: WebServerOptions): Promise<WebServer> {
  const isLoopback = isLoopbackAddress(options.host)
  const certificate = isLoopback
    ? null
    : await serverCertificate(options.dataFolder, (options.clock ?? systemClock).now())
  const routes = new Routes(options, isLoopback, certificate !== null)
  const shared = { maxHeaderSize: largestHeaderBytes, connectionsCheckingInterval: 5000 }
  // Not by import statements: those would load Node's HTTP client of browsers too, which node:http offers by a getter (10 MB).
  const { createServer } = process.getBuiltinModule('node:http')
  const server: Server = certificate
    ? process
        .getBuiltinModule('node:https')
        .createServer({ ...shared, cert: certificate.certificate, key: certificate.privateKey, minVersion: 'TLSv1.2' })
    : createServer(shared)
  server.headersTimeout = headersTimeoutMs
  server.requestTimeout = requestTimeoutMs
  server.keepAliveTimeout = keepAliveTimeoutMs
  server.maxConnections = mostConnections
  server.on('request', (request, response) => void routes.answer(request, response))
  server.on('upgrade', (request, socket, head) => routes.upgrade(request, socket, head))
  await listen(server, options)
  const { port } = server.address() as AddressInfo
  return {
    url: `${certificate ? 'https' : 'http'}://${hostInUrl(options.host)}:${port}`,
    port,
    fingerprint: certificate?.fingerprint ?? null,
    close: () => closeServer(server, routes),
  }
}

class Routes {
  readonly #options: WebServerOptions
  readonly #isLoopback: boolean
  readonly #isSecure: boolean
  readonly #http: HttpApi
  readonly #files: StaticFiles | null
  readonly #clock: Clock
  readonly #startMonotonic: number
  readonly #linksOfSource = new Map<string, number>()
  readonly sockets: WebSocketServer

  constructor(options: WebServerOptions, isLoopback: boolean, isSecure: boolean) {
    this.#options = options
    this.#isLoopback = isLoopback
    this.#isSecure = isSecure
    this.#clock = options.clock ?? systemClock
    this.#http = new HttpApi(options.api, this.#clock)
    this.#files = options.screensFolder === null ? null : new StaticFiles(options.screensFolder)
    this.#startMonotonic = this.#clock.monotonic()
    this.sockets = new WebSocketServer({ noServer: true, maxPayload: largestMessageBytes, perMessageDeflate: false })
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A client that goes away in the middle is no event.
    response.on('error', () => undefined)
    try {
      setSecurityHeaders(request, response, this.#isSecure)
      const refusal = this.#refusal(request)
      if (refusal) return answerError(response, refusal)
      const target = targetOf(request)
      if (!target) throw plainError(400, 'InvalidInput', 'the address of this request cannot be read')
      await this.#route(request, response, target.pathname, target.searchParams)
    } catch (error) {
      const known = asApiError(error)
      if (known.body.httpStatus === 500)
        this.#options.logger.error(`${request.method} ${request.url?.split('?')[0]} failed: ${messageOf(error)}`)
      answerError(response, known)
    }
  }

  /** The WebSocket of the screens; anything else is refused with an HTTP answer. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy())
    if (targetOf(request)?.pathname !== '/api/v1/link') return refuseUpgrade(socket, 404, 'Not Found')
    if (this.#refusal(request) || !isAllowedOrigin(request, this.#isSecure, this.#options.allowedOrigins ?? []))
      return refuseUpgrade(socket, 403, 'Forbidden')
    if (this.sockets.clients.size >= mostLinks) return refuseUpgrade(socket, 503, 'Service Unavailable')
    const station = stationOf(request)
    const linkCount = this.#linksOfSource.get(station) ?? 0
    if (linkCount >= mostLinksOfSource) return refuseUpgrade(socket, 429, 'Too Many Requests')
    this.sockets.handleUpgrade(request, socket, head, (webSocket) => {
      this.#linksOfSource.set(station, linkCount + 1)
      webSocket.on('close', () => this.#forgetLink(station))
      this.#options.api.serve(webSocketLink(webSocket, this.#clock), { station })
    })
  }

  #forgetLink(station: string): void {
    const left = (this.#linksOfSource.get(station) ?? 1) - 1
    if (left > 0) this.#linksOfSource.set(station, left)
    else this.#linksOfSource.delete(station)
  }

  close(): void {
    this.#http.close()
    for (const socket of this.sockets.clients) socket.close(1001)
  }

  terminate(): void {
    for (const socket of this.sockets.clients) socket.terminate()
  }

  async #route(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    query: URLSearchParams,
  ): Promise<void> {
    const isReading = request.method === 'GET' || request.method === 'HEAD'
    if (path.startsWith('/api/')) return this.#api(request, response, path, query)
    if (path === '/health' && isReading) return this.#health(response)
    if (path === '/metrics' && isReading) return this.#metrics(request, response)
    if (!isReading) throw plainError(405, 'MethodNotAllowed', 'only GET and HEAD are answered here')
    if (this.#files && (await this.#files.serve(request, response, path))) return
    if (path !== '/') throw plainError(404, 'BadNotFound', `there is no file "${path.slice(0, 200)}"`)
    answerText(
      response,
      503,
      'text/plain; charset=utf-8',
      'The runtime is up, but the screens are not built. Run "npm run build" and start again.\n',
    )
  }

  async #api(request: IncomingMessage, response: ServerResponse, path: string, query: URLSearchParams): Promise<void> {
    if (!isAllowedOrigin(request, this.#isSecure, this.#options.allowedOrigins ?? []))
      throw plainError(403, 'Forbidden', 'pages of other origins may not use this server')
    const name = /^\/api\/v1\/([^/]+)$/.exec(path)?.[1] ?? ''
    if (name === 'openapi.json' && request.method === 'GET') {
      if (!this.#http.client(request).session) throw unauthorized()
      const { openApiText } = await import('./openapi.ts')
      return answerText(response, 200, 'application/json; charset=utf-8', openApiText(this.#options.version))
    }
    await this.#http.answer(request, response, name, query)
  }

  #health(response: ServerResponse): void {
    answerJson(response, 200, {
      status: 'ok',
      uptimeMs: Math.round(this.#clock.monotonic() - this.#startMonotonic),
      version: this.#options.version,
      firstStart: this.#options.api.isFirstStart,
    })
  }

  async #metrics(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const health = await this.#options.api.call(this.#http.client(request), 'maintenance.health', {})
    answerText(
      response,
      200,
      'text/plain; version=0.0.4; charset=utf-8',
      metricsText(health as Parameters<typeof metricsText>[0]),
    )
  }

  /** On loopback a browser must have asked for loopback: a foreign name that resolves to it is an attack (DNS rebinding). */
  #refusal(request: IncomingMessage) {
    if (!this.#isLoopback || isLoopbackHost(request.headers.host)) return null
    return plainError(421, 'Forbidden', 'this server answers to localhost only')
  }
}

/** Path and query; null when they cannot be read. Of an address in absolute form the host does not count. */
function targetOf(request: IncomingMessage): URL | null {
  const text = request.url ?? '/'
  return URL.parse(text.startsWith('/') ? `http://lineside${text}` : text)
}

/** 127.0.0.0/8, ::1 or localhost. */
export function isLoopbackAddress(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)
}

function hostInUrl(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}

function refuseUpgrade(socket: Duplex, status: number, reason: string): void {
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

function listen(server: Server, { host, port, logger }: WebServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(
        new RuntimeError('BadResourceUnavailable', `listening on ${host}:${port} failed: ${messageOf(error)}`, error),
      )
    })
    server.listen(port, host, () => {
      server.removeAllListeners('error')
      server.on('error', (error) => logger.error(`the web server reports: ${messageOf(error)}`))
      resolve()
    })
  })
}

function closeServer(server: Server, routes: Routes): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => {
      routes.terminate()
      server.closeAllConnections()
    }, closeGraceMs)
    server.close(() => {
      clearTimeout(force)
      resolve()
    })
    routes.close()
    server.closeIdleConnections()
  })
}
