// The maintenance counters of all equipment: fed with every change, kept on disk at least every few seconds, set back when the work is
// done. They count whether somebody looks or not.
import type { Clock, Timer } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import type { JsonValue } from '../shared/data-value.ts'
import type { CounterRow, Equipment, MaintenanceCounter, PlantText } from '../shared/equipment.ts'
import type { CompiledExpression, ExpressionInput, ExpressionScope } from '../shared/expression.ts'
import { ExpressionCache } from '../shared/expression-cache.ts'
import { messageOf, RuntimeError } from '../shared/runtime-error.ts'
import { isBad, StatusCodes, statusCodeName } from '../shared/status-code.ts'
import { type TagDefinition, valueTypeOf } from '../shared/tag.ts'
import type { ValueBatch } from '../shared/value-batch.ts'
import { Counter, type CounterClock, conditionOf, newlyKept } from './counter.ts'
import { CounterInputs } from './counter-inputs.ts'
import type { CounterStore, KeptCounter } from './counter-store.ts'

export interface MaintenanceCountersParts {
  readonly table: { handleOf(name: string): number | undefined; read(handle: number): ExpressionInput }
  readonly clock: CounterClock & Pick<Clock, 'after'>
  readonly logger: Logger
  /** null: it could not be opened; then they count, but nothing is kept. */
  readonly store: CounterStore | null
  /** The ordinary write path. */
  readonly writeTag: (
    tag: string,
    value: unknown,
  ) => Promise<{ readonly statusCode: number; readonly refusal?: string | undefined }>
  /** A counter of this equipment became due, or is not any more. */
  readonly onDue: (equipment: string) => void
}

/** A counter is on disk so many seconds after it changed, at the latest. */
const saveSeconds = 5
/** So many are looked at in one go: some milliseconds. */
const sliceCount = 1000
/** Longer without a second passing: the station stood still. ms. */
const standstillMs = 60_000

interface Running {
  readonly counter: Counter
  /** What it reads, as it was compiled: while that stays the counter goes on. */
  readonly expression: CompiledExpression | null
  readonly handles: readonly number[]
  /** As on disk. */
  saved: KeptCounter | null
}

export class MaintenanceCounters {
  readonly #parts: MaintenanceCountersParts
  readonly #cache = new ExpressionCache()
  readonly #inputs = new CounterInputs()
  /** Equipment and counter → what was kept, also of those the plant has no more. */
  readonly #kept = new Map<string, KeptCounter>()
  #running: readonly Running[] = []
  #byEquipment = new Map<string, readonly Running[]>()
  #second = 0
  /** Goes on with the look of this second. */
  #sliceTimer: Timer | null = null
  #lastSecond: number
  #saveFailure: string | null = null

  constructor(parts: MaintenanceCountersParts) {
    this.#parts = parts
    this.#lastSecond = parts.clock.monotonic()
    for (const kept of parts.store?.kept ?? []) this.#kept.set(keyOf(kept.equipment, kept.name), kept)
  }

  /** The counters of this plant from now on; the tag table knows its tags already. What stays the same goes on counting. */
  configure(plant: { readonly tags: readonly TagDefinition[]; readonly equipment: readonly Equipment[] }): void {
    const types = new Map(plant.tags.map((tag) => [tag.name, tag]))
    const scope: ExpressionScope = {
      tagType: (name) => {
        const tag = types.get(name)
        return tag === undefined ? null : valueTypeOf(tag)
      },
      now: () => this.#parts.clock.now(),
    }
    const before = new Map(
      this.#running.map((running) => [keyOf(running.counter.equipment, running.counter.definition.name), running]),
    )
    this.#sliceTimer?.cancel()
    this.#sliceTimer = null
    for (const [key, { counter }] of before) this.#kept.set(key, counter.kept())
    this.#cache.begin()
    this.#inputs.clear()
    const running = plant.equipment.flatMap(({ name, counters }) =>
      counters.map((definition) => this.#runningOf(name, definition, before.get(keyOf(name, definition.name)), scope)),
    )
    // Those that go on are kept in their turn.
    const goingOn = new Set(running)
    this.#save(this.#running.filter((gone) => !goingOn.has(gone)))
    this.#running = running
    this.#byEquipment = Map.groupBy(running, ({ counter }) => counter.equipment)
    for (const { counter, handles } of running)
      for (const [input, handle] of handles.entries()) this.#inputs.add(handle, counter, input)
    this.#lookAtDue(running)
  }

  /** A batch of changes, after the tag table took them; columns are only read. */
  changes(batch: ValueBatch): void {
    if (this.#running.length === 0) return
    this.#noteStandstill()
    this.#inputs.spread(batch)
  }

  /** To be called every second. */
  secondPassed(): void {
    this.#noteStandstill()
    this.#lastSecond = this.#parts.clock.monotonic()
    // A look that is still under way comes first: on a busy machine every counter has its turn.
    if (this.#sliceTimer !== null) return
    this.#second++
    this.#lookAtSlice(0)
  }

  /** Thousands are looked at in slices: others have work on this thread too. */
  #lookAtSlice(from: number): void {
    this.#sliceTimer = null
    const some = this.#running.slice(from, from + sliceCount)
    for (const { counter } of some) if (counter.asksTime) counter.secondPassed()
    this.#lookAtDue(some)
    this.#save(some.filter((_, index) => (from + index) % saveSeconds === this.#second % saveSeconds))
    const next = from + sliceCount
    if (next < this.#running.length) this.#sliceTimer = this.#parts.clock.after(0, () => this.#lookAtSlice(next))
  }

  /** Of one instance, or of all that have any, in the order of the plant. */
  rows(equipment?: string): readonly (CounterRow & { readonly equipment: string })[] {
    const wanted = equipment === undefined ? this.#running : (this.#byEquipment.get(equipment) ?? [])
    return wanted.map(({ counter }) => ({ equipment: counter.equipment, ...counter.row() }))
  }

  /** Titles of the counters of an instance that are due. */
  due(equipment: string): readonly PlantText[] {
    const due = (this.#byEquipment.get(equipment) ?? []).filter(({ counter }) => counter.isDue)
    return due.map(({ counter }) => counter.definition.title)
  }

  /**
   * Sets a counter back to zero, at the device where that counts; what is answered is on disk. Throws RuntimeError BadNotFound, as
   * writing its reset tag, or DatabaseError when it cannot be kept; then it counts on.
   */
  async reset(equipment: string, name: string, user: string): Promise<CounterRow> {
    const running = this.#find(equipment, name)
    const { resetTag } = running.counter.definition
    if (resetTag !== null) {
      const { statusCode, refusal } = await this.#parts.writeTag(resetTag, 1)
      if (isBad(statusCode)) throw refused(statusCode, refusal ?? `${resetTag} was not written`)
    }
    // The plant may have changed while the device was asked.
    const present = this.#find(equipment, name)
    const kept = present.counter.afterReset(user)
    this.#parts.store?.save([kept])
    present.counter.begin(kept)
    present.saved = kept
    this.#lookAtDue([present])
    return present.counter.row()
  }

  /** For maintenance.health. */
  health(): { readonly [field: string]: JsonValue } {
    const { store } = this.#parts
    const dueCount = this.#running.filter(({ counter }) => counter.isDue).length
    const isKept = store !== null && this.#saveFailure === null
    return { counterCount: this.#running.length, dueCounterCount: dueCount, isKept, lastFailure: this.#saveFailure }
  }

  /** All is on disk. */
  close(): void {
    this.#sliceTimer?.cancel()
    this.#save(this.#running)
    this.#parts.store?.close()
  }

  /** A process that was stopped for minutes and goes on has counted nothing meanwhile. */
  #noteStandstill(): void {
    const monotonic = this.#parts.clock.monotonic()
    const passed = monotonic - this.#lastSecond
    if (passed <= standstillMs) return
    this.#lastSecond = monotonic
    for (const { counter } of this.#running) counter.standstill(passed)
  }

  #runningOf(
    equipment: string,
    definition: MaintenanceCounter,
    before: Running | undefined,
    scope: ExpressionScope,
  ): Running {
    const { table, clock } = this.#parts
    const condition = conditionOf(definition.source)
    const compiled = condition === null ? null : this.#cache.compile(condition, scope)
    const expression = compiled?.ok ? compiled.expression : null
    const handles = tagsOf(definition, expression).map((tag) => table.handleOf(tag) ?? -1)
    if (before && isSame(before, definition, expression, handles)) return before
    const kept = this.#keptOf(equipment, definition)
    const counter = new Counter(
      equipment,
      definition,
      kept,
      expression,
      handles.map((handle) => table.read(handle)),
      clock,
    )
    return { counter, expression, handles, saved: null }
  }

  /** One that counts something else, or in another unit, begins anew. */
  #keptOf(equipment: string, definition: MaintenanceCounter): KeptCounter {
    const kept = this.#kept.get(keyOf(equipment, definition.name))
    const isUsable = kept?.kind === definition.source.kind && kept.unit === definition.unit
    return isUsable ? kept : newlyKept(equipment, definition, this.#parts.clock.now())
  }

  #find(equipment: string, name: string): Running {
    const counters = this.#byEquipment.get(equipment) ?? []
    const found = counters.find(({ counter }) => counter.definition.name === name)
    if (found) return found
    const names = counters.map(({ counter }) => counter.definition.name).join(', ')
    const known = names === '' ? 'it has none' : `it has ${names}`
    throw new RuntimeError('BadNotFound', `${equipment} has no counter "${name}": ${known}`)
  }

  #lookAtDue(some: readonly Running[]): void {
    for (const { counter } of some) {
      const { due } = counter.definition
      if (due === null) continue
      const value = counter.value()
      // What is not known for a moment stays as it was.
      if (value === null || counter.isDue === value >= due) continue
      counter.isDue = value >= due
      this.#parts.onDue(counter.equipment)
    }
  }

  #save(some: readonly Running[]): void {
    const { store, logger } = this.#parts
    if (store === null) return
    const changed = some
      .map((running) => ({ running, kept: running.counter.kept() }))
      .filter(({ running, kept }) => !isSameKept(running.saved, kept))
    if (changed.length === 0) return
    try {
      store.save(changed.map(({ kept }) => kept))
      for (const { running, kept } of changed) running.saved = kept
      this.#saveFailure = null
    } catch (error) {
      if (this.#saveFailure === null) logger.error(`maintenance counters cannot be kept: ${messageOf(error)}`)
      this.#saveFailure = messageOf(error)
    }
  }
}

function keyOf(equipment: string, name: string): string {
  return `${equipment}\n${name}`
}

function tagsOf({ source }: MaintenanceCounter, expression: CompiledExpression | null): readonly string[] {
  return source.kind === 'tag' || source.kind === 'travel' ? [source.tag] : (expression?.inputs ?? [])
}

/** It counts the same from the same tags. */
function isSame(
  before: Running,
  definition: MaintenanceCounter,
  expression: CompiledExpression | null,
  handles: readonly number[],
): boolean {
  return (
    JSON.stringify(before.counter.definition) === JSON.stringify(definition) &&
    before.expression === expression &&
    before.handles.length === handles.length &&
    before.handles.every((handle, index) => handle === handles[index])
  )
}

function isSameKept(a: KeptCounter | null, b: KeptCounter): boolean {
  return a !== null && a.total === b.total && a.zero === b.zero && a.since === b.since && a.sinceValue === b.sinceValue
}

function refused(statusCode: number, message: string): RuntimeError {
  const name = statusCodeName(statusCode)
  return new RuntimeError(Object.hasOwn(StatusCodes, name) ? (name as keyof typeof StatusCodes) : 'Bad', message)
}
