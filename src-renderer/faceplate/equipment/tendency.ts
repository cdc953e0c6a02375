// Which way a value goes: over the last minute, as far as it has been watched, against its own range.

/** How far back is looked; ms. */
const lookBackMs = 60_000
/** Less watched time than this tells nothing; ms. */
const leastMs = 5_000
/** A change by less than this share of the range in a minute counts as none: noise has no direction. */
const leastShare = 0.01

export class Tendency {
  readonly tag: string
  #samples: { readonly timestamp: number; readonly value: number }[] = []

  constructor(tag: string) {
    this.tag = tag
  }

  /** Forgets what was seen; there is no direction. */
  clear(): 0 {
    this.#samples = []
    return 0
  }

  /**
   * Takes a value of this time (ms since 1970-01-01 UTC) and says the direction since the oldest one of the last minute.
   * `span` is the width of the range; 0 = none is known, then what the value is counts as its range.
   */
  add(timestamp: number, value: number, span: number): -1 | 0 | 1 {
    const last = this.#samples.at(-1)
    if (last && timestamp < last.timestamp) this.clear()
    this.#samples = this.#samples.filter((sample) => sample.timestamp > timestamp - lookBackMs)
    this.#samples.push({ timestamp, value })
    const first = this.#samples[0]!
    if (timestamp - first.timestamp < leastMs) return 0
    const change = value - first.value
    const scale = span > 0 ? span : Math.max(Math.abs(value), Math.abs(first.value))
    if (Math.abs(change) < leastShare * scale || change === 0) return 0
    return change > 0 ? 1 : -1
  }
}
