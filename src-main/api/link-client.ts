// One screen on one link (WebSocket or MessagePort): its messages in, answers, items and ends out. Foreign input: whatever
// arrives is answered or ends the link, and a screen that stops reading costs a bounded amount of memory.
import * as v from 'valibot'
import type { Session } from '../access/sessions.ts'
import type { ClientMessage, ErrorBody, Link, LinkMessage, ServerMessage } from '../shared/link.ts'
import { type ApiError, asApiError, invalidInput, tooManyRequests, unauthorized } from './api-error.ts'
import type { Origin } from './call-handlers.ts'
import { Client, type FeedOutlet, type OpenFeed } from './client.ts'
import { ColumnAnswer } from './column-answer.ts'

const messageId = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff))
const callName = v.pipe(v.string(), v.maxLength(128))
const clientMessage = v.variant('type', [
  v.object({ type: v.literal('authenticate'), id: messageId, token: v.pipe(v.string(), v.maxLength(512)) }),
  v.object({ type: v.literal('call'), id: messageId, name: callName, input: v.unknown() }),
  v.object({ type: v.literal('open'), id: messageId, name: callName, input: v.unknown() }),
  v.object({ type: v.literal('cancel'), id: messageId }),
  v.object({ type: v.literal('ack'), id: messageId }),
  v.object({ type: v.literal('close'), id: messageId }),
]) satisfies v.GenericSchema<unknown, ClientMessage>

/** A screen with more than this unread gets no new answers. */
const mostUnreadBytes = 16 << 20
/** A screen with more than this unread is gone. */
const deadUnreadBytes = 64 << 20
/** Messages without sense before the link is closed. */
const mostGarbage = 100

/** What a link asks of the server (api-server.ts). */
export interface LinkServer {
  authenticate(token: string): Session | null
  isAlive(session: Session): boolean
  call(
    client: Client,
    name: string,
    input: unknown,
    signal: AbortSignal,
    adopt: (session: Session | null) => void,
  ): Promise<unknown>
  openFeed(client: Client, name: string, input: unknown, outlet: FeedOutlet): OpenFeed
}

export class LinkClient {
  readonly #server: LinkServer
  readonly #link: Link
  readonly #client: Client
  readonly #feeds = new Map<number, OpenFeed>()
  /** Calls that are not answered yet, by id. */
  readonly #calls = new Map<number, AbortController>()
  #garbageCount = 0

  constructor(server: LinkServer, link: Link, origin: Origin) {
    this.#server = server
    this.#link = link
    this.#client = new Client(origin, null)
    link.onMessage((message) => this.#received(message))
  }

  /** Ends the link from our side. */
  close(): void {
    this.#link.close()
  }

  /** The link ended, from whichever side. */
  closed(): void {
    for (const feed of this.#feeds.values()) feed.close()
    this.#feeds.clear()
    for (const call of this.#calls.values()) call.abort()
  }

  /** Forgets a session that ended. */
  checkSession(): void {
    if (this.#client.session && !this.#server.isAlive(this.#client.session)) this.#adopt(null)
  }

  #received(message: LinkMessage): void {
    const parsed = v.safeParse(clientMessage, message)
    if (!parsed.success) return this.#garbage(message)
    const request = parsed.output
    switch (request.type) {
      case 'authenticate':
        return this.#authenticate(request.id, request.token)
      case 'call':
        void this.#call(request.id, request.name, request.input)
        return
      case 'open':
        return this.#open(request.id, request.name, request.input)
      case 'cancel':
        // The answer may be under way already.
        this.#calls.get(request.id)?.abort()
        return
      case 'ack':
        // The feed may have ended while the acknowledgement was under way.
        this.#feeds.get(request.id)?.ready()
        return
      case 'close':
        this.#feeds.get(request.id)?.close()
        this.#feeds.delete(request.id)
    }
  }

  #authenticate(id: number, token: string): void {
    const session = this.#server.authenticate(token)
    this.#adopt(session)
    if (session)
      this.#send({ type: 'result', id, value: { user: session.user, expiresTimestamp: session.expiresTimestamp } })
    else this.#refuse(id, unauthorized())
  }

  async #call(id: number, name: string, input: unknown): Promise<void> {
    const controller = new AbortController()
    try {
      this.#checkRoom()
      if (this.#calls.has(id)) throw invalidInput(`the call id ${id} is in use on this link`)
      this.#calls.set(id, controller)
      const adopt = (session: Session | null) => this.#adopt(session)
      const value = await this.#server.call(this.#client, name, input, controller.signal, adopt)
      if (value instanceof ColumnAnswer) this.#sendBytes(value.frame(id))
      else this.#send({ type: 'result', id, value })
    } catch (error) {
      this.#refuse(id, asApiError(error))
    } finally {
      if (this.#calls.get(id) === controller) this.#calls.delete(id)
    }
  }

  #open(id: number, name: string, input: unknown): void {
    try {
      if (this.#feeds.has(id)) throw invalidInput(`the feed id ${id} is in use on this link`)
      // The first item may come before `openFeed` returns; the screen knows the id, it chose it.
      const feed = this.#server.openFeed(this.#client, name, input, {
        form: { frameFeedId: id },
        item: (value) => this.#item(id, value),
        end: (error) => {
          this.#feeds.delete(id)
          this.#send({ type: 'end', id, error: error.body })
        },
      })
      this.#feeds.set(id, feed)
    } catch (error) {
      this.#refuse(id, asApiError(error))
    }
  }

  #item(id: number, value: unknown): void {
    if (value instanceof Uint8Array) this.#sendBytes(value)
    else this.#send({ type: 'item', id, value })
  }

  /** Another person on the same screen starts without the feeds of the one before. */
  #adopt(session: Session | null): void {
    const isOther = this.#client.session !== null && this.#client.session.id !== session?.id
    this.#client.session = session
    if (!isOther) return
    const error = unauthorized('the session of this feed ended')
    for (const [id, feed] of [...this.#feeds]) {
      feed.close()
      this.#feeds.delete(id)
      this.#send({ type: 'end', id, error: error.body })
    }
  }

  #checkRoom(): void {
    if (this.#link.pendingByteCount > mostUnreadBytes)
      throw tooManyRequests('this screen has not read the answers it was sent; read them first')
  }

  #garbage(message: LinkMessage): void {
    this.#garbageCount++
    const id = 'id' in message && v.is(messageId, message.id) ? message.id : 0
    this.#refuse(
      id,
      invalidInput(
        'this is not a message of the Lineside link: authenticate, call, cancel, open, ack or close with an id',
      ),
    )
    if (this.#garbageCount >= mostGarbage) this.#link.close()
  }

  #refuse(id: number, error: ApiError): void {
    this.#send({ type: 'error', id, error: error.body satisfies ErrorBody })
  }

  #send(message: ServerMessage): void {
    if (this.#link.pendingByteCount > deadUnreadBytes) return this.#link.close()
    this.#link.send(message)
  }

  #sendBytes(bytes: Uint8Array): void {
    if (this.#link.pendingByteCount > deadUnreadBytes) return this.#link.close()
    this.#link.send(bytes)
  }
}
