// Conditions that depend on time beside the value: changes of state, rates of change, values that stay without an update.
import type { Clock } from '../../base/clock.ts'
import type { JsonValue, TagValue } from '../../shared/data-value.ts'
import type { AlarmTagSource } from '../alarms.ts'
import { dueKey } from './alarm-dues.ts'
import type { ConditionColumns } from './condition-columns.ts'
import type { DueTimes } from './due-times.ts'
import { RateOfChange } from './rate-of-change.ts'

/** What AlarmConditions does with the outcome. */
export interface ConditionHost {
  /** The evaluation without delays. */
  turn(slot: number, next: 0 | 1, timestamp: number, number: number, other: TagValue | undefined): void
  /** The condition after its delays. */
  settle(slot: number, next: 0 | 1, timestamp: number, value: JsonValue): void
  /** null = cannot be said. */
  compare(slot: number, measure: number): 0 | 1 | null
  json(slot: number, number: number, other: TagValue | undefined): JsonValue
  presentValue(slot: number): JsonValue
}

export interface TimedConditionsParts {
  readonly table: AlarmTagSource
  readonly clock: Clock
  readonly columns: ConditionColumns
  /** Monotonic times. */
  readonly dues: DueTimes
  readonly host: ConditionHost
}

/** An unchanged update of a stale tag is noticed by looking; ms. */
const staleLookMs = 1000

export class TimedConditions {
  readonly #table: AlarmTagSource
  readonly #clock: Clock
  readonly #columns: ConditionColumns
  readonly #dues: DueTimes
  readonly #host: ConditionHost
  readonly #rates = new Map<number, RateOfChange>()
  /** changeOfState: what the last value was, where it is no number. */
  readonly #heldOthers = new Map<number, TagValue>()

  constructor({ table, clock, columns, dues, host }: TimedConditionsParts) {
    this.#table = table
    this.#clock = clock
    this.#columns = columns
    this.#dues = dues
    this.#host = host
  }

  /** Rate of change over this window from now on; null = none. What was seen stays. */
  defineRate(slot: number, windowMs: number | null): void {
    const rate = this.#rates.get(slot)
    if (windowMs === null) this.#rates.delete(slot)
    else if (rate === undefined) this.#rates.set(slot, new RateOfChange(windowMs))
    else rate.windowMs = windowMs
  }

  forget(slot: number): void {
    this.#rates.delete(slot)
    this.#heldOthers.delete(slot)
    for (const purpose of ['stale', 'rate', 'pulse'] as const) this.#dues.delete(dueKey(slot, purpose))
  }

  /** The time without an update begins anew: its device has come back. */
  watchAgain(slot: number): void {
    const columns = this.#columns
    columns.held[slot] = this.#clock.monotonic()
    columns.seen[slot] = this.#table.serverTimestamp(columns.handle[slot]!)
    this.#dues.set(dueKey(slot, 'stale'), columns.held[slot]! + Math.max(columns.onDelay[slot]!, 1))
    this.#host.settle(slot, 0, this.#clock.now(), this.#host.presentValue(slot))
  }

  /** changeOfState: a sample. */
  noteChange(slot: number, number: number, other: TagValue | undefined, timestamp: number): void {
    const columns = this.#columns
    const before = this.#heldOthers.get(slot)
    const heldNumber = columns.held[slot]!
    const isKnown = before !== undefined || !Number.isNaN(heldNumber)
    const isSame = other === undefined ? number === heldNumber : other === before
    columns.held[slot] = other === undefined ? number : Number.NaN
    if (other === undefined) this.#heldOthers.delete(slot)
    else this.#heldOthers.set(slot, other)
    if (!isKnown || isSame) return
    const offDelay = columns.offDelay[slot]!
    const value = this.#host.json(slot, number, other)
    if (columns.result[slot] === 1 && timestamp - columns.at[slot]! >= offDelay)
      this.#host.settle(slot, 0, columns.at[slot]! + offDelay, value)
    columns.at[slot] = timestamp
    columns.raw[slot] = 1
    this.#host.settle(slot, 1, timestamp, value)
    if (offDelay > 0) this.#dues.set(dueKey(slot, 'pulse'), this.#clock.monotonic() + offDelay)
    else this.#endPulse(slot, timestamp, value)
  }

  /** changeOfState: the off-delay after the last change has passed. */
  pulseOver(slot: number): void {
    this.#endPulse(slot, this.#columns.at[slot]! + this.#columns.offDelay[slot]!, this.#host.presentValue(slot))
  }

  /** changeOfState: one that was active before the start, or left the plant and came back, still ends after its off-delay. */
  resumePulse(slot: number, now: number): void {
    const columns = this.#columns
    const key = dueKey(slot, 'pulse')
    if (columns.result[slot] === 0 || this.#dues.get(key) !== undefined) return
    columns.at[slot] = columns.since[slot]!
    const offDelay = columns.offDelay[slot]!
    const left = columns.at[slot]! + offDelay - this.#clock.now()
    this.#dues.set(key, now + Math.max(1, Math.min(left, offDelay)))
  }

  #endPulse(slot: number, timestamp: number, value: JsonValue): void {
    this.#columns.raw[slot] = 0
    this.#host.settle(slot, 0, timestamp, value)
  }

  /** rateOfChange: a sample. */
  noteStep(slot: number, value: number, timestamp: number): void {
    const rate = this.#rates.get(slot)
    if (rate === undefined) return
    // Samples that come together: the window moved past steps before this one was taken.
    const { at } = this.#columns
    for (let time = rate.nextTimeAfter(at[slot]!); time < timestamp; time = rate.nextTimeAfter(time))
      this.#judgeRate(slot, rate, time, rate.newestValue)
    rate.add(timestamp, value)
    this.#judgeRate(slot, rate, rate.newestTime, value)
  }

  /** No sample came, but the window moved past a step. */
  windowMoved(slot: number): void {
    const rate = this.#rates.get(slot)
    if (rate === undefined) return
    const value = this.#host.presentValue(slot)
    this.#judgeRate(
      slot,
      rate,
      rate.nextTimeAfter(this.#columns.at[slot]!),
      typeof value === 'number' ? value : Number.NaN,
    )
  }

  #judgeRate(slot: number, rate: RateOfChange, time: number, value: number): void {
    if (!Number.isFinite(time)) return
    const columns = this.#columns
    columns.at[slot] = time
    const next = this.#host.compare(slot, Math.abs(rate.rateAt(time)))
    if (next !== null) this.#host.turn(slot, next, time, value, undefined)
    const nextTime = rate.nextTimeAfter(time)
    const key = dueKey(slot, 'rate')
    if (Number.isFinite(nextTime)) this.#dues.set(key, this.#clock.monotonic() + Math.max(nextTime - time, 1))
    else this.#dues.delete(key)
  }

  /** Watching begins, or goes on over a change of the plant. */
  beginWatch(slot: number, now: number): void {
    const columns = this.#columns
    const key = dueKey(slot, 'stale')
    if (columns.handle[slot]! < 0) {
      this.#dues.delete(key)
      return
    }
    if (this.#dues.get(key) === undefined) {
      columns.seen[slot] = this.#table.serverTimestamp(columns.handle[slot]!)
      columns.held[slot] = now - Math.max(0, Math.min(this.#clock.now() - columns.seen[slot]!, columns.onDelay[slot]!))
    }
    this.#dues.set(key, Math.max(now + 1, columns.held[slot]! + columns.onDelay[slot]!))
  }

  /** A changed value is an update; the due time is only looked at when it comes. */
  updated(slot: number, timestamp: number): void {
    const columns = this.#columns
    columns.held[slot] = this.#clock.monotonic()
    if (columns.result[slot] === 0) return
    columns.seen[slot] = this.#table.serverTimestamp(columns.handle[slot]!)
    this.#fresh(slot, timestamp)
  }

  #fresh(slot: number, timestamp: number): void {
    const columns = this.#columns
    columns.raw[slot] = 0
    this.#dues.set(dueKey(slot, 'stale'), columns.held[slot]! + Math.max(columns.onDelay[slot]!, 1))
    this.#host.settle(slot, 0, timestamp, this.#host.presentValue(slot))
  }

  /** The table knows of updates that changed nothing. Its clock may have been set meanwhile: only "another one" counts. */
  lookAtUpdates(slot: number): void {
    const columns = this.#columns
    const now = this.#clock.monotonic()
    const updated = this.#table.serverTimestamp(columns.handle[slot]!)
    if (updated !== columns.seen[slot]) {
      columns.seen[slot] = updated
      const age = Math.max(0, this.#clock.now() - updated)
      columns.held[slot] = Math.max(columns.held[slot]!, now - Math.min(age, columns.onDelay[slot]! || staleLookMs))
      if (columns.result[slot] === 1 && now - columns.held[slot]! < Math.max(columns.onDelay[slot]!, 1))
        return this.#fresh(slot, updated)
    }
    const staleAt = columns.held[slot]! + columns.onDelay[slot]!
    if (now < staleAt) {
      this.#dues.set(dueKey(slot, 'stale'), staleAt)
      return
    }
    this.#dues.set(dueKey(slot, 'stale'), now + staleLookMs)
    columns.raw[slot] = 1
    this.#host.settle(slot, 1, this.#clock.now() - (now - staleAt), this.#host.presentValue(slot))
  }
}
