// One tag on screen: its present value with its proof, received only while something on screen reads it.
import { createSubscriber } from 'svelte/reactivity'
import type { JsonValue } from '../../src-main/shared/data-value.ts'
import { type Quality, qualityOf, StatusCodes } from '../../src-main/shared/status-code.ts'

/** Makes {@link LiveTag}s count their readers; see {@link LiveTag}. */
export interface LiveTagOwner {
  /** The first reader came. */
  subscribe(tag: LiveTag): void
  /** The last reader left. */
  unsubscribe(tag: LiveTag): void
}

/**
 * Every getter is reactive, and reading one in a template or effect is what subscribes the tag. Before the first frame the
 * quality is Bad (BadWaitingForInitialData) and the value null. When the link dies the last values stay readable here;
 * `LiveTags.isLive` says that they are no longer true, and whoever draws them must draw that.
 */
export class LiveTag {
  readonly name: string
  #value: JsonValue = null
  #statusCode: number = StatusCodes.BadWaitingForInitialData
  #sourceTimestamp = 0
  #serverTimestamp = 0
  #isSubscribed = false
  readonly #subscribe: () => void
  #update = () => {}

  constructor(name: string, owner: LiveTagOwner) {
    this.name = name
    this.#subscribe = createSubscriber((update) => {
      this.#update = update
      this.#isSubscribed = true
      owner.subscribe(this)
      return () => {
        this.#isSubscribed = false
        this.#update = () => {}
        owner.unsubscribe(this)
      }
    })
  }

  /** JSON form; booleans are booleans, int64 beyond 2^53 decimal text, bytes base64. Null = no usable value. */
  get value(): JsonValue {
    this.#subscribe()
    return this.#value
  }

  /** OPC UA status code, unsigned 32 bit. */
  get statusCode(): number {
    this.#subscribe()
    return this.#statusCode
  }

  get quality(): Quality {
    return qualityOf(this.statusCode)
  }

  /** When the device took the value; ms since 1970-01-01 UTC, 0 = unknown. */
  get sourceTimestamp(): number {
    this.#subscribe()
    return this.#sourceTimestamp
  }

  /** When the runtime sent it; ms since 1970-01-01 UTC, 0 = never yet. */
  get serverTimestamp(): number {
    this.#subscribe()
    return this.#serverTimestamp
  }

  /** True while something on screen reads it. Not reactive. */
  get isSubscribed(): boolean {
    return this.#isSubscribed
  }

  /** For {@link LiveTags} only: a row of a frame. */
  apply(value: JsonValue, statusCode: number, sourceTimestamp: number, serverTimestamp: number): void {
    this.#value = value
    this.#statusCode = statusCode
    this.#sourceTimestamp = sourceTimestamp
    this.#serverTimestamp = serverTimestamp
    this.#update()
  }
}
