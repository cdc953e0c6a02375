// The contract over plain HTTP: POST /api/v1/<call>, feeds as Server-Sent Events (WHATWG HTML section 9.2).
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../base/clock.ts'
import { contract, type RowName } from '../shared/contract.ts'
import { type ApiError, asApiError, shuttingDown } from './api-error.ts'
import type { ApiServer } from './api-server.ts'
import type { Origin } from './call-handlers.ts'
import type { Client, OpenFeed } from './client.ts'
import { ColumnAnswer } from './column-answer.ts'
import {
  answerError,
  answerInPieces,
  answerJson,
  bearerToken,
  largestBody,
  largestOpenBody,
  plainError,
  readJsonBody,
} from './http-answer.ts'
import { queryInput } from './query-input.ts'

/** Proxies and browsers see that the stream lives. */
const heartbeatMs = 15_000
/** A client that took nothing for so long is gone. */
const stalledMs = 120_000

export class HttpApi {
  readonly #server: ApiServer
  readonly #clock: Clock
  readonly #streams = new Set<ServerResponse>()

  constructor(server: ApiServer, clock: Clock) {
    this.#server = server
    this.#clock = clock
  }

  /** Answers a request of a row of the contract; `name` as it stands in the URL. */
  async answer(
    request: IncomingMessage,
    response: ServerResponse,
    name: string,
    query: URLSearchParams,
  ): Promise<void> {
    try {
      const client = this.client(request)
      const row = this.#server.authorise(client, name)
      const { kind } = contract[row]
      const allowed = kind === 'call' ? ['POST'] : ['GET', 'POST']
      if (!allowed.includes(request.method ?? '')) {
        response.setHeader('Allow', allowed.join(', '))
        throw plainError(405, 'MethodNotAllowed', `"${name}" is a ${kind}: use ${allowed.join(' or ')}`)
      }
      const input =
        request.method === 'GET'
          ? queryInput(row, query)
          : await readJsonBody(request, client.session ? largestBody : largestOpenBody)
      if (kind === 'call') await this.#answerCall(client, name, input, response)
      else this.#stream(client, row, input, response)
    } catch (error) {
      answerError(response, asApiError(error))
      // An unread body is not worth reading on.
      if (!request.complete) request.destroy()
    }
  }

  /** Who asks. A token that is none is the same as no token. */
  client(request: IncomingMessage): Client {
    const token = bearerToken(request)
    const origin: Origin = { station: stationOf(request) }
    return this.#server.httpClient(token === null ? null : this.#server.authenticate(token), origin)
  }

  /** Ends all streams and says why. */
  close(): void {
    for (const response of this.#streams) response.end(endEvent(shuttingDown()))
  }

  async #answerCall(client: Client, name: string, input: unknown, response: ServerResponse): Promise<void> {
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const answer = await this.#server.call(client, name, input, gone.signal)
    if (answer instanceof ColumnAnswer) await answerInPieces(response, answer.jsonPieces())
    else answerJson(response, 200, answer)
  }

  #stream(client: Client, name: RowName, input: unknown, response: ServerResponse): void {
    let feed: OpenFeed | null = null
    let isTaken = true
    let takenMonotonic = this.#clock.monotonic()
    const taken = () => {
      isTaken = true
      takenMonotonic = this.#clock.monotonic()
      feed?.ready()
    }
    const write = (text: string) => {
      if (!response.headersSent) startStream(response)
      return response.write(text)
    }
    const end = () => {
      heartbeat.cancel()
      feed?.close()
      this.#streams.delete(response)
    }
    const heartbeat = this.#clock.every(heartbeatMs, () => {
      if (isTaken) write(': alive\n\n')
      else if (this.#clock.monotonic() - takenMonotonic > stalledMs) response.destroy()
    })
    response.on('close', end)
    this.#streams.add(response)
    try {
      // The first item may come before `openFeed` returns: then `ready` waits until the feed is known.
      let isFirstTaken = false
      feed = this.#server.openFeed(client, name, input, {
        form: { frameFeedId: null },
        item: (value) => {
          isTaken = write(`data: ${JSON.stringify(value)}\n\n`)
          if (!isTaken) response.once('drain', taken)
          else if (feed) taken()
          else isFirstTaken = true
        },
        end: (error) => {
          write(endEvent(error))
          response.end()
        },
      })
      if (!response.headersSent) startStream(response)
      if (isFirstTaken) feed.ready()
    } catch (error) {
      end()
      throw error
    }
  }
}

function endEvent(error: ApiError): string {
  return `event: end\ndata: ${JSON.stringify({ error: error.body })}\n\n`
}

function startStream(response: ServerResponse): void {
  response.setHeader('Content-Type', 'text/event-stream; charset=utf-8')
  response.setHeader('Cache-Control', 'no-store')
  response.setHeader('X-Accel-Buffering', 'no')
  response.writeHead(200)
  response.flushHeaders()
}

/** Where a request came from, for the audit trail; IPv4 also when it came through an IPv6 socket. */
export function stationOf(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? 'unknown').replace(/^::ffff:/, '')
}
