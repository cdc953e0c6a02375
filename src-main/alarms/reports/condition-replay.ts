// Recorded samples once more through the conditions of alarms, with other deadbands and delays than they had: by the engine's own code,
// with a clock that shows the source time of each sample.
import type { Clock, Timer } from '../../base/clock.ts'
import type { AlarmDefinition } from '../../shared/alarm.ts'
import type { DataValue, TagValue } from '../../shared/data-value.ts'
import { StatusCodes } from '../../shared/status-code.ts'
import type { TagDefinition } from '../../shared/tag.ts'
import { type ValueBatch, ValueBatchBuilder } from '../../shared/value-batch.ts'
import type { AlarmTagSource } from '../alarms.ts'
import { AlarmConditions } from '../engine/alarm-conditions.ts'
import { purposeOfDue, slotOfDue } from '../engine/alarm-dues.ts'
import { AlarmFormulas } from '../engine/alarm-formulas.ts'
import { DueTimes } from '../engine/due-times.ts'

/** One sample of one of the tags; `tag` is its place in the list of tags. ms since 1970-01-01 UTC. */
export interface ReplaySample {
  readonly tag: number
  readonly timestamp: number
  readonly value: TagValue
  readonly statusCode: number
}

/** One activation of a candidate; `end` null = still active at the end. ms since 1970-01-01 UTC. */
export interface ReplayedActivation {
  readonly start: number
  end: number | null
}

/** The time of the samples; nothing waits by it. */
class ReplayClock implements Clock {
  time = 0

  now(): number {
    return this.time
  }

  monotonic(): number {
    return this.time
  }

  after(): Timer {
    throw new Error('A replay waits for nothing')
  }

  every(): Timer {
    throw new Error('A replay waits for nothing')
  }
}

class ReplayTable implements AlarmTagSource {
  readonly #tags: readonly TagDefinition[]
  readonly #present: DataValue[]

  constructor(tags: readonly TagDefinition[]) {
    this.#tags = tags
    const { BadWaitingForInitialData: statusCode } = StatusCodes
    this.#present = tags.map(() => ({ value: null, statusCode, sourceTimestamp: 0, serverTimestamp: 0 }))
  }

  handleOf(name: string): number | undefined {
    const handle = this.#tags.findIndex((tag) => tag.name === name)
    return handle < 0 ? undefined : handle
  }

  definition(handle: number): TagDefinition | undefined {
    return this.#tags[handle]
  }

  read(handle: number): DataValue {
    return this.#present[handle]!
  }

  statusCode(handle: number): number {
    return this.#present[handle]!.statusCode
  }

  serverTimestamp(handle: number): number {
    return this.#present[handle]!.serverTimestamp
  }

  take({ tag, timestamp, value, statusCode }: ReplaySample): void {
    this.#present[tag] = { value, statusCode, sourceTimestamp: timestamp, serverTimestamp: timestamp }
  }
}

/** Candidates side by side: each sample goes through all of them. Every candidate begins as not active. */
export class ConditionReplay {
  readonly #clock = new ReplayClock()
  readonly #dues = new DueTimes()
  readonly #table: ReplayTable
  readonly #conditions: AlarmConditions
  readonly #activations: ReplayedActivation[][]

  /** `first`: the sample of each tag from before, as far as there is one; the replay begins at `from`. */
  constructor(
    candidates: readonly AlarmDefinition[],
    tags: readonly TagDefinition[],
    first: readonly ReplaySample[],
    from: number,
  ) {
    this.#clock.time = from
    this.#table = new ReplayTable(tags)
    for (const sample of first) this.#table.take(sample)
    const formulas = new AlarmFormulas(this.#table, () => this.#clock.time)
    this.#conditions = new AlarmConditions({
      table: this.#table,
      clock: this.#clock,
      formulas,
      dues: this.#dues,
      isHeld: () => false,
    })
    this.#activations = candidates.map(() => [])
    // Alone: with the other limits of the tag the candidates would be one exclusive group.
    const members = candidates.map((candidate, slot) => ({ slot, definition: { ...candidate, isExclusive: false } }))
    formulas.begin()
    for (const { slot, definition } of members) this.#conditions.define(slot, definition)
    formulas.finish()
    this.#conditions.finish(members)
    this.#note()
  }

  /** In order of time. */
  sample(sample: ReplaySample): void {
    this.advance(sample.timestamp)
    this.#table.take(sample)
    this.#conditions.changes(batchOf(sample))
    this.#note()
  }

  /** Time passes without a sample: delays run out. */
  advance(timestamp: number): void {
    for (;;) {
      const due = this.#dues.earliest
      if (due > timestamp) break
      const key = this.#dues.take(due)!
      this.#clock.time = Math.max(this.#clock.time, due)
      const purpose = purposeOfDue(key)
      if (purpose === 'delay' || purpose === 'rate' || purpose === 'pulse')
        this.#conditions.due(slotOfDue(key), purpose)
      this.#note()
    }
    this.#clock.time = Math.max(this.#clock.time, timestamp)
  }

  /** Activations of each candidate so far, in the order of the candidates. */
  get activations(): readonly (readonly ReplayedActivation[])[] {
    return this.#activations
  }

  #note(): void {
    for (const { slot, isTrue, timestamp } of this.#conditions.takeEdges()) {
      const own = this.#activations[slot]!
      if (isTrue) own.push({ start: timestamp, end: null })
      else {
        const last = own.at(-1)
        if (last !== undefined) last.end ??= timestamp
      }
    }
    this.#conditions.takeLimitChanges()
    this.#conditions.takeQualityChanges()
    this.#conditions.takeEvaluatedFormulas()
  }
}

function batchOf({ tag, timestamp, value, statusCode }: ReplaySample): ValueBatch {
  const builder = new ValueBatchBuilder(1)
  builder.add(tag, value, statusCode, timestamp)
  return builder.take()
}
