// What persons did, from the audit trail, in the form the figures of alarm performance ask for: did anybody act on an alarm, and was a
// suppression or a change of an alarm commanded by somebody who may (conformance A52).

/** Plain values: they cross into the journal's reader thread. Times in ms since 1970-01-01 UTC. */
export interface OperatorActions {
  /** Writes and other work on the plant, with the tag and the equipment they concern; '' = none. */
  readonly operations: readonly { readonly timestamp: number; readonly tag: string; readonly equipment: string }[]
  /** Successful commands that put alarms away. */
  readonly commands: readonly { readonly timestamp: number; readonly user: string; readonly action: string }[]
  readonly refusedAttemptCount: number
}

/** A command is in the audit trail a moment after or before its row is in the journal; ms. */
const commandWindowMs = 60_000
/** Commands that put alarms away. */
const holdingActions = { shelved: 'alarms.shelve', outOfService: 'alarms.outOfService' } as const

/** Instants, ascending, looked up by bisection. */
class Instants {
  readonly #timestamps: number[] = []

  add(timestamp: number): void {
    this.#timestamps.push(timestamp)
  }

  sort(): void {
    this.#timestamps.sort((a, b) => a - b)
  }

  /** True when one lies in [from, to]. */
  hasWithin(from: number, to: number): boolean {
    let low = 0
    let high = this.#timestamps.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#timestamps[middle]! < from) low = middle + 1
      else high = middle
    }
    return low < this.#timestamps.length && this.#timestamps[low]! <= to
  }
}

/** {@link OperatorActions} by tag, equipment and user. */
export class ActionIndex {
  readonly #instants = new Map<string, Instants>()

  constructor({ operations, commands }: OperatorActions) {
    for (const { timestamp, tag, equipment } of operations) {
      if (tag !== '') this.#add(`tag ${tag}`, timestamp)
      if (equipment !== '') this.#add(`equipment ${equipment}`, timestamp)
    }
    for (const { timestamp, user, action } of commands) this.#add(`command ${action} ${user}`, timestamp)
    for (const instants of this.#instants.values()) instants.sort()
  }

  /** True when somebody wrote to the tag or worked on the equipment in [from, to]. */
  hasOperation(tag: string, equipment: string | null, from: number, to: number): boolean {
    return this.#has(`tag ${tag}`, from, to) || (equipment !== null && this.#has(`equipment ${equipment}`, from, to))
  }

  /** True when that person commanded it, within a minute. */
  isCommanded(event: keyof typeof holdingActions, user: string, timestamp: number): boolean {
    const key = `command ${holdingActions[event]} ${user}`
    return user !== '' && this.#has(key, timestamp - commandWindowMs, timestamp + commandWindowMs)
  }

  #add(key: string, timestamp: number): void {
    let instants = this.#instants.get(key)
    if (instants === undefined) {
      instants = new Instants()
      this.#instants.set(key, instants)
    }
    instants.add(timestamp)
  }

  #has(key: string, from: number, to: number): boolean {
    return this.#instants.get(key)?.hasWithin(from, to) ?? false
  }
}
