// Alarms that come and go faster than anybody can answer them (ISA-18.2 clause 16.5.4).

/** `chatteringCount` activations within `chatteringWindowMs` make an alarm chatter. */
export interface ChatteringLimits {
  readonly chatteringCount: number
  readonly chatteringWindowMs: number
}

export class Chattering {
  limits: ChatteringLimits
  /** The last activations of each alarm, at most as many as are needed to judge. */
  readonly #activations = new Map<number, number[]>()
  readonly #chattering = new Set<number>()

  constructor(limits: ChatteringLimits) {
    this.limits = limits
  }

  isChattering(slot: number): boolean {
    return this.#chattering.has(slot)
  }

  /** An activation at this source time. When it chatters: for how long at least, ms; else null. */
  activate(slot: number, timestamp: number): number | null {
    const { chatteringCount, chatteringWindowMs } = this.limits
    const times = this.#activations.get(slot) ?? []
    this.#activations.set(slot, times)
    times.push(timestamp)
    while (times.length > chatteringCount) times.shift()
    const span = timestamp - times[0]!
    if (times.length < chatteringCount || span < 0 || span >= chatteringWindowMs) return null
    this.#chattering.add(slot)
    return chatteringWindowMs - span
  }

  /** The time that {@link activate} gave has passed without another activation. */
  end(slot: number): void {
    this.#chattering.delete(slot)
  }
}
