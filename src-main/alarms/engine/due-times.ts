// Times that are waited for, earliest first: one heap instead of a timer for each of a hundred thousand alarms.

/** A binary heap with at most one time for each key; every change costs the logarithm of the number of times. */
export class DueTimes {
  #keys: number[] = []
  #times: number[] = []
  /** Key → place in the heap. */
  readonly #places = new Map<number, number>()

  get size(): number {
    return this.#keys.length
  }

  /** Earliest time; Infinity when nothing is waited for. */
  get earliest(): number {
    return this.#times[0] ?? Number.POSITIVE_INFINITY
  }

  /** Waits for `time`, instead of what this key waited for before. */
  set(key: number, time: number): void {
    let place = this.#places.get(key)
    if (place === undefined) {
      place = this.#keys.length
      this.#keys.push(key)
      this.#times.push(time)
      this.#places.set(key, place)
    } else this.#times[place] = time
    this.#sink(this.#rise(place))
  }

  /** True when it waited for something. */
  delete(key: number): boolean {
    const place = this.#places.get(key)
    if (place === undefined) return false
    this.#places.delete(key)
    const lastKey = this.#keys.pop()!
    const lastTime = this.#times.pop()!
    if (place < this.#keys.length) {
      this.#put(place, lastKey, lastTime)
      this.#sink(this.#rise(place))
    }
    return true
  }

  /** Time of this key; undefined when it waits for nothing. */
  get(key: number): number | undefined {
    const place = this.#places.get(key)
    return place === undefined ? undefined : this.#times[place]
  }

  /** Key of the earliest time that is not after `now`, which is waited for no longer; undefined when there is none. */
  take(now: number): number | undefined {
    if (!(this.earliest <= now)) return undefined
    const key = this.#keys[0]!
    this.delete(key)
    return key
  }

  #put(place: number, key: number, time: number): void {
    this.#keys[place] = key
    this.#times[place] = time
    this.#places.set(key, place)
  }

  #swap(a: number, b: number): void {
    const key = this.#keys[a]!
    const time = this.#times[a]!
    this.#put(a, this.#keys[b]!, this.#times[b]!)
    this.#put(b, key, time)
  }

  #rise(place: number): number {
    let at = place
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (this.#times[parent]! <= this.#times[at]!) break
      this.#swap(parent, at)
      at = parent
    }
    return at
  }

  #sink(place: number): void {
    const count = this.#keys.length
    let at = place
    for (;;) {
      const left = 2 * at + 1
      if (left >= count) return
      const right = left + 1
      const least = right < count && this.#times[right]! < this.#times[left]! ? right : left
      if (this.#times[at]! <= this.#times[least]!) return
      this.#swap(at, least)
      at = least
    }
  }
}
