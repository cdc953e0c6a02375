// The API of a fake runtime behind a real web server on a free loopback port, with an account for each role.
import { WebSocket } from 'ws'
import { ApiServer } from '../../src-main/api/api-server.ts'
import { startWebServer, type WebServer, type WebServerOptions } from '../../src-main/api/web-server.ts'
import { type Clock, systemClock } from '../../src-main/base/clock.ts'
import { silentLogger } from '../../src-main/base/logger.ts'
import type { ErrorBody } from '../../src-main/shared/link.ts'
import { type Role, roles } from '../../src-main/shared/permission.ts'
import { type FakeRuntime, fakeRuntime } from './api-parts.ts'

export const rolePassword = 'secret123'

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers as a script would
  readonly body: any
  readonly headers: Headers
}

export interface ApiOnLoopback {
  readonly runtime: FakeRuntime
  readonly api: ApiServer
  readonly web: WebServer
  /** Token of an account that has just this role and is called like it. */
  readonly tokens: Readonly<Record<Role, string>>
  post(name: string, input: unknown, token?: string | null): Promise<Answer>
  get(path: string, token?: string | null, headers?: Record<string, string>): Promise<Response>
  /** An open link; not logged in unless a token is given. */
  link(token?: string): Promise<TestScreen>
  close(): Promise<void>
}

export async function apiOnLoopback(
  over: Partial<WebServerOptions> = {},
  clock: Clock = systemClock,
): Promise<ApiOnLoopback> {
  const runtime = fakeRuntime(clock)
  const api = new ApiServer(runtime.parts)
  const web = await startWebServer({
    host: '127.0.0.1',
    port: 0,
    api,
    screensFolder: null,
    dataFolder: runtime.dataFolder,
    version: '1.2.3',
    logger: silentLogger,
    ...over,
  })
  const entries = await Promise.all(
    roles.map(async (role) => {
      const account = await runtime.access.accounts.add(role, rolePassword, [role])
      return [role, runtime.access.sessions.create(account, 'test').token] as const
    }),
  )
  const authorization = (token: string | null | undefined) => (token ? { Authorization: `Bearer ${token}` } : {})
  return {
    runtime,
    api,
    web,
    tokens: Object.fromEntries(entries) as Record<Role, string>,
    async post(name, input, token) {
      const response = await fetch(`${web.url}/api/v1/${name}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...authorization(token) },
        body: typeof input === 'string' ? input : JSON.stringify(input),
      })
      return { status: response.status, body: await response.json(), headers: response.headers }
    },
    get: (path, token, headers = {}) =>
      fetch(`${web.url}${path}`, { headers: { ...authorization(token), ...headers } }),
    async link(token) {
      const screen = await TestScreen.open(web.url)
      if (token) await screen.request({ type: 'authenticate', token })
      return screen
    },
    async close() {
      api.close()
      await web.close()
      runtime.close()
    },
  }
}

export interface ServerMessageLike {
  readonly type: string
  readonly id: number
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers as a screen would
  readonly value?: any
  readonly error?: ErrorBody
}

/** A screen on a WebSocket that keeps everything it got. */
export class TestScreen {
  readonly socket: WebSocket
  readonly messages: ServerMessageLike[] = []
  readonly frames: Buffer[] = []
  isClosed = false
  #nextId = 1
  readonly #waiting = new Set<() => void>()

  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.frames.push(data)
      else this.messages.push(JSON.parse(String(data)))
      for (const look of [...this.#waiting]) look()
    })
    socket.on('close', () => {
      this.isClosed = true
      for (const look of [...this.#waiting]) look()
    })
  }

  static open(url: string, headers: Record<string, string> = {}): Promise<TestScreen> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/link`, { headers })
      const screen = new TestScreen(socket)
      socket.on('open', () => resolve(screen))
      socket.on('error', reject)
    })
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message))
  }

  /** Sends with a fresh id and waits for its answer. */
  async request(message: object): Promise<ServerMessageLike> {
    const id = this.#nextId++
    this.send({ ...message, id })
    return this.until(() => this.messages.find((answer) => answer.id === id && answer.type !== 'item'))
  }

  /** Waits until `look` gives something; looks after every message. */
  until<T>(look: () => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const again = () => {
        const found = look()
        if (found === undefined) return
        this.#waiting.delete(again)
        resolve(found)
      }
      this.#waiting.add(again)
      again()
    })
  }
}
