// One maintenance counter while it runs: what its source says now, on top of what was kept.
import type { CounterRow, CounterSource, MaintenanceCounter } from '../shared/equipment.ts'
import type { CompiledExpression, ExpressionInput } from '../shared/expression.ts'
import { RuntimeError } from '../shared/runtime-error.ts'
import { isBad } from '../shared/status-code.ts'
import type { InputReader } from './counter-inputs.ts'
import type { KeptCounter } from './counter-store.ts'
import { type CountedMoment, Occurrences, RunningTime, Travel } from './counting.ts'

/** Time as a counter needs it. */
export interface CounterClock {
  /** ms since 1970-01-01 UTC. */
  now(): number
  /** ms; never goes back. */
  monotonic(): number
}

/** ms of one unit of running time; hours where a type gives a unit that is none of time. */
const unitMs: Readonly<Record<string, number>> = { s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 }
const hourMs = 3_600_000

export class Counter implements InputReader {
  readonly equipment: string
  readonly definition: MaintenanceCounter
  readonly #clock: CounterClock
  /** null: the source is a tag by itself, or its condition does not compile. */
  readonly #expression: CompiledExpression | null
  readonly #inputs: ExpressionInput[]
  #kept: KeptCounter
  readonly #time: RunningTime
  readonly #occurrences = new Occurrences()
  readonly #travel = new Travel()
  /** What the device shows; null = not known. */
  #shown: number | null = null
  /** It is due, as far as known. */
  isDue = false

  /** `inputs`: the present values of what it reads, in the order of the expression's inputs, or of the one tag. */
  constructor(
    equipment: string,
    definition: MaintenanceCounter,
    kept: KeptCounter,
    expression: CompiledExpression | null,
    inputs: readonly ExpressionInput[],
    clock: CounterClock,
  ) {
    this.equipment = equipment
    this.definition = definition
    this.#kept = kept
    this.#expression = expression
    this.#inputs = [...inputs]
    this.#clock = clock
    this.#time = new RunningTime(clock.monotonic())
    // A time stamp of 0 says nothing.
    const timestamp = Math.max(0, ...inputs.map(({ sourceTimestamp }) => sourceTimestamp)) || clock.now()
    this.#turn(timestamp, false)
  }

  /** Its condition changes with time alone. */
  get asksTime(): boolean {
    return this.#expression?.asksTime === true
  }

  take(input: number, value: ExpressionInput, isStepBack: boolean): void {
    this.#inputs[input] = value
    this.#turn(value.sourceTimestamp || this.#clock.now(), isStepBack)
  }

  /** To be called every second for a condition that changes with time alone. */
  secondPassed(): void {
    this.#turn(this.#clock.now(), false)
  }

  standstill(durationMs: number): void {
    this.#time.standstill(durationMs)
  }

  /** Since the last reset, in its unit; null while it is not known. */
  value(): number | null {
    if (this.definition.source.kind !== 'tag') return this.#total()
    return this.#shown === null ? null : this.#shown - this.#kept.zero
  }

  row(): CounterRow {
    const { name, title, unit, due } = this.definition
    const { resetTimestamp, resetBy } = this.#kept
    return { name, title, unit, value: this.value(), due, resetTimestamp, resetBy, dueTimestamp: this.#dueTimestamp() }
  }

  /** As it has to be kept now. */
  kept(): KeptCounter {
    return { ...this.#kept, total: this.#total() }
  }

  /** What is to be kept once it was set back by somebody; nothing changes yet. Throws BadInvalidState while its value is not known. */
  afterReset(user: string): KeptCounter {
    const { source, resetTag } = this.definition
    const now = this.#clock.now()
    const setBack = { ...this.#kept, total: 0, since: now, sinceValue: 0, resetTimestamp: now, resetBy: user }
    if (source.kind !== 'tag' || resetTag !== null) return { ...setBack, zero: 0 }
    if (this.#shown === null)
      throw new RuntimeError(
        'BadInvalidState',
        `${this.equipment}: the counter ${this.definition.name} cannot be set back while ${source.tag} has no value`,
      )
    return { ...setBack, zero: this.#shown }
  }

  /** It counts from what was kept. */
  begin(kept: KeptCounter): void {
    this.#kept = kept
    this.#time.reset(this.#clock.monotonic())
    this.#occurrences.reset()
    this.#travel.reset()
  }

  #total(): number {
    const { source, unit } = this.definition
    switch (source.kind) {
      case 'hours':
        return this.#kept.total + this.#time.total(this.#clock.monotonic()) / (unitMs[unit] ?? hourMs)
      case 'count':
        return this.#kept.total + this.#occurrences.total()
      case 'travel':
        return this.#kept.total + this.#travel.total()
      case 'tag':
        return 0
    }
  }

  #turn(timestamp: number, isStepBack: boolean): void {
    const { source } = this.definition
    switch (source.kind) {
      case 'hours': {
        const now = this.#clock.now()
        const moment: CountedMoment = { timestamp, isStepBack, now, monotonic: this.#clock.monotonic() }
        return this.#time.turn(this.#truth(), moment)
      }
      case 'count':
        return this.#occurrences.turn(this.#truth())
      case 'travel':
        return this.#travel.move(numberOf(this.#inputs[0]))
      case 'tag':
        return this.#show(numberOf(this.#inputs[0]))
    }
  }

  #show(value: number | null): void {
    this.#shown = value
    if (value === null) return
    // The device itself began again.
    if (value < this.#kept.zero) this.#kept = { ...this.#kept, zero: 0 }
    if (this.#kept.sinceValue === null) this.#kept = { ...this.#kept, sinceValue: value, since: this.#clock.now() }
  }

  #truth(): boolean | null {
    if (this.#expression === null) return null
    try {
      const value = this.#expression.evaluate((index) => this.#inputs[index]!)
      return typeof value === 'boolean' ? value : null
    } catch (error) {
      if (error instanceof RuntimeError) return null
      throw error
    }
  }

  /** At the pace since the last reset, or since it was first seen. */
  #dueTimestamp(): number | null {
    const { due } = this.definition
    const value = this.value()
    const { since, sinceValue } = this.#kept
    if (due === null || value === null || sinceValue === null) return null
    const now = this.#clock.now()
    const pace = (value - sinceValue) / (now - since)
    if (!Number.isFinite(pace) || pace <= 0) return null
    const timestamp = Math.round(now + (due - value) / pace)
    return Math.abs(timestamp) <= latestTimestamp ? timestamp : null
  }
}

/** Last time a Date can hold (ECMA-262 section 21.4.1.1). */
const latestTimestamp = 8.64e15

function numberOf(input: ExpressionInput | undefined): number | null {
  if (input === undefined || isBad(input.statusCode) || input.value === null) return null
  const value = Number(input.value)
  return Number.isFinite(value) ? value : null
}

/** What is kept of a counter that nobody has seen before. */
export function newlyKept(equipment: string, { name, source, unit }: MaintenanceCounter, now: number): KeptCounter {
  return {
    equipment,
    name,
    kind: source.kind,
    unit,
    total: 0,
    zero: 0,
    since: now,
    sinceValue: source.kind === 'tag' ? null : 0,
    resetTimestamp: null,
    resetBy: null,
  }
}

/** CEL of a source; null where it is a tag by itself. */
export function conditionOf(source: CounterSource): string | null {
  return source.kind === 'hours' || source.kind === 'count' ? source.condition : null
}
