// What one client may have going at a time, whatever the way in: nobody takes the runtime from the others.
import type { Session } from '../access/sessions.ts'
import { type ApiError, tooManyRequests } from './api-error.ts'
import type { FeedForm, Origin } from './call-handlers.ts'

/** An open feed as its way in sees it. */
export interface OpenFeed {
  /** The client took the last item. */
  ready(): void
  close(): void
}

/** Where the items and the end of a feed go. */
export interface FeedOutlet {
  readonly form: FeedForm
  item(value: unknown): void
  /** The runtime ended it; `close` need not be called any more. */
  end(error: ApiError): void
}

/** Calls of one client that are not answered yet. A screen has a handful; scripts that need more wait for answers. */
export const mostCallsInFlight = 64
/** Open feeds of one client. */
export const mostFeeds = 64
/** Watched tags of all feeds of one client. */
export const mostWatchedTags = 200_000

/** A link, or all HTTP requests of one session. */
export class Client {
  readonly origin: Origin
  session: Session | null
  #callCount = 0
  #feedCount = 0
  #watchedTagCount = 0

  constructor(origin: Origin, session: Session | null) {
    this.origin = origin
    this.session = session
  }

  get isIdle(): boolean {
    return this.#callCount === 0 && this.#feedCount === 0
  }

  /** Room for a call, or ApiError 429. End it with `endCall`. */
  beginCall(): void {
    if (this.#callCount >= mostCallsInFlight)
      throw tooManyRequests(`${mostCallsInFlight} calls of this client are not answered yet; wait for an answer`)
    this.#callCount++
  }

  endCall(): void {
    this.#callCount--
  }

  /** Room for a feed that watches so many tags, or ApiError 429. */
  beginFeed(tagCount: number): void {
    if (this.#feedCount >= mostFeeds) throw tooManyRequests(`this client has ${mostFeeds} feeds open; close one`)
    if (this.#watchedTagCount + tagCount > mostWatchedTags)
      throw tooManyRequests(`this client would watch more than ${mostWatchedTags} tags; close a feed`)
    this.#feedCount++
    this.#watchedTagCount += tagCount
  }

  endFeed(tagCount: number): void {
    this.#feedCount--
    this.#watchedTagCount -= tagCount
  }
}
