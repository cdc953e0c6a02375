// The screen's end of the contract: typed calls and feeds over one link, which is opened again whenever it is lost. Each feed
// then starts with the full present state, so nothing has to be replayed. A call is never sent later than it was made: a
// command that waits for a cable to be plugged in would act on a plant that has moved on.
import type { CallName, FeedName, InputOf, ResultOf, SessionRow } from '../../src-main/shared/contract.ts'
import { callIdOfFrame, decodeHistoryFrame } from '../../src-main/shared/history-frame.ts'
import type { ClientMessage, Link, LinkMessage, ServerMessage } from '../../src-main/shared/link.ts'
import { decodeTagFrame, type TagFrame } from '../../src-main/shared/tag-frame.ts'
import { CallError } from './call-error.ts'
import type { OpenLink } from './open-link.ts'

/** Longest wait for an answer; writes wait for their read-back, which the runtime bounds itself. ms */
const callTimeoutMs = 30_000
/** A silent link is asked whether it lives after this time; ms. */
const heartbeatAfterMs = 900
/** Without an answer to that for so long, the values on screen are not live; ms. Silence to banner with two looks: at most 1.9 s. */
const staleAfterMs = 800
/** And after so long the link is given up and opened anew; ms. */
const dropAfterMs = 4000
/** How often silence is looked for; ms. */
const watchdogIntervalMs = 100
/** Waits between attempts: doubling, less up to a third of jitter, so that forty screens do not knock at once; ms. */
const firstRetryMs = 300
const retryCeilingMs = 5000
const retryJitter = 0.33
/** A feed that was refused or ended on a live link is asked for again after this time; ms. */
const feedRetryMs = 3000

const endedWithoutReason = { code: 'BadShutdown', message: 'The runtime ended the feed.', httpStatus: 503 } as const

/** What a feed hands over: the decoded frame for tags, the contract's result for all others. */
export type FeedItem<N extends FeedName> = N extends 'tags.watch' ? TagFrame : ResultOf<N>

/** connecting (never yet open) → live ⇄ stale (open but silent) → lost (waiting for the next attempt) → live … */
export type LinkPhase = 'connecting' | 'live' | 'stale' | 'lost'

export interface LinkStatus {
  readonly phase: LinkPhase
  /** When the last message came; ms, this screen's clock; null before the first. */
  readonly lastMessageTimestamp: number | null
  /** When the link is tried again; null unless lost. */
  readonly nextAttemptTimestamp: number | null
}

/** Where the token outlives a reload of the page: sessionStorage. */
export interface TokenStore {
  get(): string | null
  set(token: string | null): void
}

export interface RuntimeClientOptions {
  readonly openLink: OpenLink
  readonly tokens: TokenStore
  /** [0, 1) for the jitter. */
  readonly random?: () => number
}

interface PendingCall {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: CallError) => void
  readonly timer: ReturnType<typeof setTimeout>
  /** Nobody listens for its cancellation any more. */
  readonly settled: () => void
}

interface Feed {
  readonly name: FeedName
  readonly input: unknown
  readonly onItem: (item: never) => void
  readonly onError: ((error: CallError) => void) | undefined
  /** Id on the present link; null while not open. */
  id: number | null
}

export class RuntimeClient {
  readonly #openLink: OpenLink
  readonly #tokens: TokenStore
  readonly #random: () => number
  #link: Link | null = null
  #closed = false
  #authenticated = false
  #nextId = 1
  #retryMs = firstRetryMs
  #retryTimer: ReturnType<typeof setTimeout> | undefined
  #watchdogTimer: ReturnType<typeof setInterval> | undefined
  #heartbeatTimestamp: number | null = null
  #status: LinkStatus = { phase: 'connecting', lastMessageTimestamp: null, nextAttemptTimestamp: null }
  readonly #calls = new Map<number, PendingCall>()
  readonly #feeds = new Set<Feed>()
  readonly #feedsById = new Map<number, Feed>()
  readonly #statusListeners = new Set<(status: LinkStatus) => void>()
  readonly #sessionListeners = new Set<(session: SessionRow | null) => void>()

  constructor(options: RuntimeClientOptions) {
    this.#openLink = options.openLink
    this.#tokens = options.tokens
    this.#random = options.random ?? Math.random
  }

  get status(): LinkStatus {
    return this.#status
  }

  /** Opens the link and keeps it open until {@link close}. */
  start(): void {
    this.#watchdogTimer = setInterval(() => this.#watch(), watchdogIntervalMs)
    void this.#connect()
  }

  /** Ends the link for good; pending calls fail. */
  close(): void {
    this.#closed = true
    clearInterval(this.#watchdogTimer)
    clearTimeout(this.#retryTimer)
    this.#link?.close()
  }

  /** Called at once with the present status and on every change. Returns the way to stop. */
  onStatus(listener: (status: LinkStatus) => void): () => void {
    this.#statusListeners.add(listener)
    listener(this.#status)
    return () => this.#statusListeners.delete(listener)
  }

  /** Called whenever it becomes known who is logged in here (null = nobody). Returns the way to stop. */
  onSession(listener: (session: SessionRow | null) => void): () => void {
    this.#sessionListeners.add(listener)
    return () => this.#sessionListeners.delete(listener)
  }

  /**
   * One call. Rejects with {@link CallError}; at once when the link is not open. When `signal` is aborted it rejects with
   * BadRequestInterrupted at once, and the runtime stops working on it.
   */
  call<N extends CallName>(name: N, input: InputOf<N>, signal?: AbortSignal): Promise<ResultOf<N>> {
    return this.#request({ type: 'call', id: this.#nextId++, name, input }, signal) as Promise<ResultOf<N>>
  }

  /**
   * A feed: `onItem` gets the full present state first, again after every reconnect, then changes. `onError` gets the
   * reason when the runtime refuses or ends it; it is then tried again every few seconds. Returns the way to stop.
   */
  watch<N extends FeedName>(
    name: N,
    input: InputOf<N>,
    onItem: (item: FeedItem<N>) => void,
    onError?: (error: CallError) => void,
  ): () => void {
    const feed: Feed = { name, input, onItem, onError, id: null }
    this.#feeds.add(feed)
    this.#openFeed(feed)
    return () => {
      this.#feeds.delete(feed)
      if (feed.id === null) return
      this.#feedsById.delete(feed.id)
      this.#send({ type: 'close', id: feed.id })
    }
  }

  /** Logs in here; rejects with the runtime's sentence. */
  async login(user: string, password: string): Promise<void> {
    const { token } = await this.call('access.login', { user, password })
    this.#tokens.set(token)
    await this.#authenticate(token)
  }

  /** Ends the session; the screen forgets the token even when the runtime cannot be reached. */
  async logout(): Promise<void> {
    try {
      if (this.#authenticated) await this.call('access.logout', {})
    } finally {
      this.#forgetSession()
    }
  }

  /** Asks again who is logged in (after the own account changed). */
  async refreshSession(): Promise<void> {
    this.#announceSession(await this.call('access.session', {}))
  }

  async #connect(): Promise<void> {
    try {
      const link = await this.#openLink()
      if (this.#closed) return link.close()
      this.#takeLink(link)
    } catch {
      // Why an attempt failed the browser does not tell; the banner shows that it did and when the next one is.
      this.#retryLater()
    }
  }

  #takeLink(link: Link): void {
    this.#link = link
    this.#heartbeatTimestamp = null
    link.onMessage((message) => {
      if (link === this.#link) this.#receive(message)
    })
    link.onClose(() => {
      if (link === this.#link) this.#lose()
    })
    const token = this.#tokens.get()
    if (token === null) {
      this.#retryMs = firstRetryMs
      this.#setStatus({ phase: 'live', lastMessageTimestamp: Date.now(), nextAttemptTimestamp: null })
      this.#announceSession(null)
      return
    }
    this.#authenticate(token).catch((error: CallError) => {
      // Refused: the session is over (forgotten in #request). Anything else: this link is no use, take another.
      if (!error.isUnauthorized) link.close()
    })
  }

  async #authenticate(token: string): Promise<void> {
    await this.#request({ type: 'authenticate', id: this.#nextId++, token })
    this.#authenticated = true
    const session = await this.call('access.session', {})
    this.#retryMs = firstRetryMs
    this.#setStatus({ phase: 'live', lastMessageTimestamp: Date.now(), nextAttemptTimestamp: null })
    this.#announceSession(session)
    for (const feed of this.#feeds) if (feed.id === null) this.#openFeed(feed)
  }

  #request(message: Extract<ClientMessage, { type: 'call' | 'authenticate' }>, signal?: AbortSignal): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(interrupted())
      if (!this.#link) {
        reject(new CallError({ code: 'BadNotConnected', message: 'No connection to the runtime.', httpStatus: 503 }))
        return
      }
      const giveUp = (error: CallError) => {
        if (!this.#takeCall(message.id)) return
        this.#send({ type: 'cancel', id: message.id })
        reject(error)
      }
      const timer = setTimeout(
        () => giveUp(new CallError({ code: 'BadTimeout', message: 'No answer from the runtime.', httpStatus: 504 })),
        callTimeoutMs,
      )
      const onAbort = () => giveUp(interrupted())
      signal?.addEventListener('abort', onAbort, { once: true })
      const settled = () => signal?.removeEventListener('abort', onAbort)
      this.#calls.set(message.id, { resolve, reject, timer, settled })
      this.#send(message)
    })
  }

  #openFeed(feed: Feed): void {
    if (!this.#link || !this.#authenticated) return
    feed.id = this.#nextId++
    this.#feedsById.set(feed.id, feed)
    this.#send({ type: 'open', id: feed.id, name: feed.name, input: feed.input })
  }

  #send(message: ClientMessage): void {
    this.#link?.send(message)
  }

  #receive(message: LinkMessage): void {
    this.#heartbeatTimestamp = null
    if (this.#status.phase === 'stale' || this.#status.phase === 'live')
      this.#setStatus({ phase: 'live', lastMessageTimestamp: Date.now(), nextAttemptTimestamp: null })
    if (message instanceof Uint8Array) return this.#receiveFrame(message)
    const answer = message as ServerMessage
    switch (answer.type) {
      case 'item':
        return this.#receiveItem(answer.id, answer.value)
      case 'result':
        this.#takeCall(answer.id)?.resolve(answer.value)
        return
      case 'error':
        return this.#receiveError(answer.id, new CallError(answer.error))
      case 'end':
        return this.#endFeed(answer.id, new CallError(answer.error ?? endedWithoutReason))
    }
  }

  #receiveFrame(bytes: Uint8Array): void {
    try {
      const callId = callIdOfFrame(bytes)
      if (callId !== null) {
        // An answer nobody waits for any more is not worth decoding.
        if (!this.#calls.has(callId)) return
        const { result } = decodeHistoryFrame(bytes)
        this.#takeCall(callId)?.resolve(result)
        return
      }
      const frame = decodeTagFrame(bytes)
      this.#receiveItem(frame.feedId, frame)
    } catch (error) {
      // Bytes that are no frame mean the two ends no longer understand each other: start over, and say it.
      reportError(error)
      this.#link?.close()
    }
  }

  #receiveItem(id: number, item: unknown): void {
    const feed = this.#feedsById.get(id)
    if (!feed) return
    feed.onItem(item as never)
    this.#send({ type: 'ack', id })
  }

  #receiveError(id: number, error: CallError): void {
    const call = this.#takeCall(id)
    if (!call) return this.#endFeed(id, error)
    this.#noteRefusal(error)
    call.reject(error)
  }

  /** A feed the runtime refused or ended: its reader is told, and it is tried again while somebody wants it. */
  #endFeed(id: number, error: CallError): void {
    const feed = this.#feedsById.get(id)
    if (!feed) return
    this.#feedsById.delete(id)
    feed.id = null
    feed.onError?.(error)
    this.#noteRefusal(error)
    setTimeout(() => {
      if (this.#feeds.has(feed) && feed.id === null) this.#openFeed(feed)
    }, feedRetryMs)
  }

  #noteRefusal(error: CallError): void {
    if (error.isUnauthorized && this.#tokens.get() !== null) this.#forgetSession()
  }

  #takeCall(id: number): PendingCall | undefined {
    const call = this.#calls.get(id)
    if (!call) return undefined
    this.#calls.delete(id)
    clearTimeout(call.timer)
    call.settled()
    return call
  }

  #forgetSession(): void {
    this.#tokens.set(null)
    this.#authenticated = false
    for (const feed of this.#feeds) {
      if (feed.id !== null) this.#send({ type: 'close', id: feed.id })
      feed.id = null
    }
    this.#feedsById.clear()
    if (this.#link) this.#setStatus({ phase: 'live', lastMessageTimestamp: Date.now(), nextAttemptTimestamp: null })
    this.#announceSession(null)
  }

  #lose(): void {
    this.#link = null
    this.#authenticated = false
    this.#heartbeatTimestamp = null
    this.#feedsById.clear()
    for (const feed of this.#feeds) feed.id = null
    const pending = [...this.#calls.values()]
    this.#calls.clear()
    for (const call of pending) {
      clearTimeout(call.timer)
      call.settled()
      call.reject(
        new CallError({
          code: 'BadConnectionClosed',
          message: 'The connection to the runtime was lost.',
          httpStatus: 503,
        }),
      )
    }
    this.#retryLater()
  }

  #retryLater(): void {
    if (this.#closed) return
    const wait = this.#retryMs * (1 - retryJitter * this.#random())
    this.#retryMs = Math.min(this.#retryMs * 2, retryCeilingMs)
    this.#setStatus({ ...this.#status, phase: 'lost', nextAttemptTimestamp: Date.now() + wait })
    this.#retryTimer = setTimeout(() => void this.#connect(), wait)
  }

  /** Notices a link that is open but dead (cable pulled, runtime hung). Judged by an unanswered question, not by the clock
   * alone: a page in the background has slow timers. */
  #watch(): void {
    const link = this.#link
    if (!link || !this.#authenticated) return
    const now = Date.now()
    if (this.#heartbeatTimestamp === null) {
      if (now - (this.#status.lastMessageTimestamp ?? 0) < heartbeatAfterMs) return
      this.#heartbeatTimestamp = now
      // Its answer, also a refusal, shows that the link lives; #lose and #receive do the rest.
      this.call('access.session', {}).catch(() => {})
      return
    }
    const silentMs = now - this.#heartbeatTimestamp
    if (silentMs >= dropAfterMs) {
      link.close()
      // A dead socket may take long to report its end; do not wait for it.
      if (link === this.#link) this.#lose()
    } else if (silentMs >= staleAfterMs && this.#status.phase === 'live') {
      this.#setStatus({ ...this.#status, phase: 'stale' })
    }
  }

  #setStatus(status: LinkStatus): void {
    this.#status = status
    for (const listener of this.#statusListeners) listener(status)
  }

  #announceSession(session: SessionRow | null): void {
    for (const listener of this.#sessionListeners) listener(session)
  }
}

function interrupted(): CallError {
  return new CallError({ code: 'BadRequestInterrupted', message: 'The call was cancelled.', httpStatus: 503 })
}

/** Keeps the token until the window or tab is closed. */
export const sessionTokens: TokenStore = {
  get: () => sessionStorage.getItem('lineside-token'),
  set(token) {
    if (token === null) sessionStorage.removeItem('lineside-token')
    else sessionStorage.setItem('lineside-token', token)
  },
}
