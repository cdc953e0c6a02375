// How many alarms of a place there are, by priority, and how many of them nobody is told of.
import { type AlarmCounts, type AlarmPriority, type AlarmRow, alarmPriorities } from '../../shared/alarm.ts'
import { isUnacknowledged } from '../alarm-order.ts'

/** Counts that rows are added to and taken from. */
export class AlarmTally {
  readonly #unacknowledged = emptyPriorities()
  readonly #active = emptyPriorities()
  readonly #held = { shelved: 0, suppressedByDesign: 0, outOfService: 0 }
  #size = 0
  #counts: AlarmCounts | null = null

  get isEmpty(): boolean {
    return this.#size === 0
  }

  /** Rows counted. */
  get size(): number {
    return this.#size
  }

  /** The same object until something changes. */
  get counts(): AlarmCounts {
    this.#counts ??= { unacknowledged: { ...this.#unacknowledged }, active: { ...this.#active }, ...this.#held }
    return this.#counts
  }

  add({ state, priority, isActive }: AlarmRow, step: 1 | -1): void {
    this.#counts = null
    this.#size += step
    if (state === 'shelved' || state === 'suppressedByDesign' || state === 'outOfService') this.#held[state] += step
    else if (isActive) this.#active[priority] += step
    if (isUnacknowledged(state)) this.#unacknowledged[priority] += step
  }
}

function emptyPriorities(): Record<AlarmPriority, number> {
  return Object.fromEntries(alarmPriorities.map((priority) => [priority, 0])) as Record<AlarmPriority, number>
}
