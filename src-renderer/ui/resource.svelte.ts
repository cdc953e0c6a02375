// Something a screen asks the runtime for once: loading, there, or refused; asked again when the link comes back.
import { untrack } from 'svelte'

/** Reactive state of an answer. The last good one stays while a newer is on its way. */
export class Resource<T> {
  #value = $state.raw<T | null>(null)
  #error = $state.raw<Error | null>(null)
  #isLoading = $state(false)
  #turn = 0
  readonly #ask: () => Promise<T>

  /** @param ask is asked anew by every {@link load} */
  constructor(ask: () => Promise<T>) {
    this.#ask = ask
  }

  get value(): T | null {
    return this.#value
  }

  get error(): Error | null {
    return this.#error
  }

  get isLoading(): boolean {
    return this.#isLoading
  }

  /** Asks again; an answer that was overtaken by a later question is dropped. */
  async load(): Promise<void> {
    const turn = ++this.#turn
    this.#isLoading = true
    try {
      const value = await this.#ask()
      if (turn !== this.#turn) return
      this.#value = value
      this.#error = null
    } catch (error) {
      if (turn !== this.#turn) return
      this.#error = error as Error
    }
    this.#isLoading = false
  }
}

/** A resource of the component being made: loaded when `isLive` becomes true and whenever what `key` reads changes. */
export function resource<T>(
  ask: () => Promise<T>,
  isLive: () => boolean,
  key: () => unknown = () => undefined,
): Resource<T> {
  const answer = new Resource(ask)
  $effect(() => {
    key()
    if (isLive()) untrack(() => void answer.load())
  })
  return answer
}
