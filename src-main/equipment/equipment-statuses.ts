// State and health of every instance. Nothing is evaluated but what somebody watches or asks for: a change of a tag marks the instances
// that read it, and they are judged when the next rows are taken. Nested instances count for those they are part of.
import type { Clock, Timer } from '../base/clock.ts'
import type { Equipment, EquipmentStatusRow, HealthRule, PlantText } from '../shared/equipment.ts'
import type { CompiledExpression, ExpressionInput, ExpressionScope } from '../shared/expression.ts'
import { ExpressionCache } from '../shared/expression-cache.ts'
import { RuntimeError } from '../shared/runtime-error.ts'
import { isBad } from '../shared/status-code.ts'
import { type TagDefinition, valueTypeOf } from '../shared/tag.ts'
import type { ValueBatch } from '../shared/value-batch.ts'
import {
  type Instance,
  instancesOf,
  isSameRow,
  type Judge,
  markAllDue,
  markDue,
  type Reason,
  sorted,
  unknownRow,
} from './equipment-instance.ts'

/** What is needed of the tag table. */
export interface TagSource {
  handleOf(name: string): number | undefined
  read(handle: number): ExpressionInput
  statusCode(handle: number): number
}

export interface EquipmentStatusesParts {
  readonly table: TagSource
  readonly clock: Pick<Clock, 'now' | 'monotonic' | 'after'>
  /** Titles of the counters of an instance that are due: it needs maintenance. */
  readonly dueCounters: (equipment: string) => readonly PlantText[]
}

/** Somebody watches some instances. */
export interface StatusWatch {
  /**
   * Rows that changed since the last time, all at first; null when none did. Thousands come in several pieces: `notify` says that
   * there is another.
   */
  take(): readonly EquipmentStatusRow[] | null
  close(): void
}

/** No piece of work on many instances holds the thread for longer; ms. */
const sliceMs = 12

export class EquipmentStatuses {
  readonly #parts: EquipmentStatusesParts
  readonly #cache = new ExpressionCache()
  #scope: ExpressionScope = { tagType: () => null }
  #instances = new Map<string, Instance>()
  readonly #watches = new Set<Watch>()
  /** Handle → 1 when a watched instance reads it. */
  #isInput = new Uint8Array(0)
  readonly #readers = new Map<number, Set<Instance>>()
  /** Watched instances that change with time alone. */
  readonly #timed = new Set<Instance>()
  #version = 0
  /** How often watched instances were marked. */
  #changeCount = 0
  #evaluationCount = 0

  constructor(parts: EquipmentStatusesParts) {
    this.#parts = parts
  }

  /** For maintenance.health. */
  get counters(): { readonly watchedCount: number; readonly evaluationCount: number } {
    let watchedCount = 0
    for (const { watchCount } of this.#instances.values()) if (watchCount > 0) watchedCount++
    return { watchedCount, evaluationCount: this.#evaluationCount }
  }

  /** Exactly these instances from now on; the tag table knows the tags already. Watches go on under the same names. */
  configure(plant: { readonly tags: readonly TagDefinition[]; readonly equipment: readonly Equipment[] }): void {
    const types = new Map(plant.tags.map((tag) => [tag.name, tag]))
    this.#scope = {
      tagType: (name) => {
        const tag = types.get(name)
        return tag === undefined ? null : valueTypeOf(tag)
      },
      now: () => this.#parts.clock.now(),
    }
    this.#cache.begin()
    for (const watch of this.#watches) this.#leave(watch)
    this.#instances = instancesOf(plant.equipment)
    for (const watch of this.#watches) {
      this.#enter(watch)
      watch.notify()
    }
  }

  /** Present rows, one for each name in its order; a name that is no instance has no state and unknown health. */
  read(names: readonly string[]): readonly EquipmentStatusRow[] {
    return names.map((name) => {
      const instance = this.#instances.get(name)
      return instance ? this.#present(instance) : unknownRow(name)
    })
  }

  /** `notify` is called when `take` may have something again; often, so it has to be cheap. */
  watch(names: readonly string[], notify: () => void): StatusWatch {
    const watch: Watch = {
      names: [...new Set(names)],
      notify,
      instances: [],
      unknown: [],
      begunCount: 0,
      timer: null,
      isFirst: true,
      sent: new Float64Array(0),
      lookedAtCount: 0,
      changeCount: 0,
    }
    this.#watches.add(watch)
    this.#enter(watch)
    return {
      take: () => this.#take(watch),
      close: () => {
        if (this.#watches.delete(watch)) this.#leave(watch)
      },
    }
  }

  /** A batch of changes after the tag table took them; columns are only read. Costs nothing while nobody watches. */
  changes({ count, handle: handles }: ValueBatch): void {
    if (this.#readers.size === 0) return
    const isInput = this.#isInput
    let isNews = false
    for (let row = 0; row < count; row++) {
      const handle = handles[row]!
      if (isInput[handle] !== 1) continue
      for (const instance of this.#readers.get(handle)!) if (!instance.isDue) markDue(instance)
      isNews = true
    }
    if (isNews) this.#notifyAll()
  }

  /** To be called every second: rules that ask for the age of a value change with time alone. */
  secondPassed(): void {
    for (const instance of this.#timed) markDue(instance)
    if (this.#timed.size > 0) this.#notifyAll()
  }

  /** A counter of the instance became due, or is not any more. */
  dueChanged(equipment: string): void {
    const instance = this.#instances.get(equipment)
    if (!instance) return
    markDue(instance)
    this.#notifyAll()
  }

  #notifyAll(): void {
    this.#changeCount++
    for (const { notify } of this.#watches) notify()
  }

  #take(watch: Watch): readonly EquipmentStatusRow[] | null {
    const { instances } = watch
    if (watch.begunCount < instances.length) return null
    const from = watch.lookedAtCount
    const { isFirst, sent } = watch
    const rows: EquipmentStatusRow[] = isFirst ? watch.unknown.map(unknownRow) : []
    watch.isFirst = false
    if (from === 0) watch.changeCount = this.#changeCount
    const isOver = this.#slice()
    let isCut = false
    let at = from
    for (; at < instances.length && !isCut; at++) {
      const instance = instances[at]!
      if (instance.isStale) {
        this.#refresh(instance)
        isCut = isOver()
      }
      if (instance.version === sent[at]) continue
      sent[at] = instance.version
      rows.push(instance.row)
    }
    const isWhole = at === instances.length
    watch.lookedAtCount = isWhole ? 0 : at
    // What changed behind the look, while it was under way, is found by the next one.
    if (!isWhole || watch.changeCount !== this.#changeCount) watch.notify()
    return rows.length > 0 || isFirst ? rows : null
  }

  #enter(watch: Watch): void {
    watch.instances = watch.names.flatMap((name) => this.#instances.get(name) ?? [])
    watch.unknown = watch.names.filter((name) => !this.#instances.has(name))
    watch.isFirst = true
    watch.sent = new Float64Array(watch.instances.length).fill(-1)
    watch.lookedAtCount = 0
    watch.begunCount = 0
    this.#beginSome(watch)
  }

  /** Rules are compiled and judged now, as far as a slice of time goes; the rest follows by and by. */
  #beginSome(watch: Watch): void {
    const isLater = watch.timer !== null
    watch.timer = null
    const isOver = this.#slice()
    while (watch.begunCount < watch.instances.length) {
      if (watch.begunCount > 0 && isOver()) {
        watch.timer = this.#parts.clock.after(0, () => this.#beginSome(watch))
        return
      }
      const instance = watch.instances[watch.begunCount++]!
      this.#count(instance, 1)
      this.#refresh(instance)
    }
    if (isLater) watch.notify()
  }

  #leave(watch: Watch): void {
    watch.timer?.cancel()
    watch.timer = null
    for (const instance of watch.instances.slice(0, watch.begunCount)) this.#count(instance, -1)
    watch.instances = []
    watch.begunCount = 0
  }

  /** True when a slice that begins now is over. */
  #slice(): () => boolean {
    const end = this.#parts.clock.monotonic() + sliceMs
    return () => this.#parts.clock.monotonic() >= end
  }

  /** One watch more or less sees the instance and those nested in it. */
  #count(instance: Instance, by: 1 | -1): void {
    instance.watchCount += by
    if (by === 1 && instance.watchCount === 1) this.#begin(instance)
    if (by === -1 && instance.watchCount === 0) this.#end(instance)
    for (const child of instance.children) this.#count(child, by)
  }

  #begin(instance: Instance): void {
    const { handles, asksTime } = this.#judgeOf(instance)
    markDue(instance)
    if (asksTime) this.#timed.add(instance)
    for (const handle of handles) {
      if (handle >= this.#isInput.length) this.#isInput = grown(this.#isInput, handle)
      this.#isInput[handle] = 1
      const readers = this.#readers.get(handle)
      if (readers) readers.add(instance)
      else this.#readers.set(handle, new Set([instance]))
    }
  }

  #end(instance: Instance): void {
    this.#timed.delete(instance)
    for (const handle of this.#judgeOf(instance).handles) {
      const readers = this.#readers.get(handle)
      readers?.delete(instance)
      if (readers?.size !== 0) continue
      this.#readers.delete(handle)
      this.#isInput[handle] = 0
    }
  }

  #present(instance: Instance): EquipmentStatusRow {
    // Nobody told it of changes.
    if (instance.watchCount === 0) markAllDue(instance)
    this.#refresh(instance)
    return instance.row
  }

  #refresh(instance: Instance): void {
    if (!instance.isStale) return
    instance.isStale = false
    for (const child of instance.children) this.#refresh(child)
    if (instance.isDue) this.#evaluate(instance)
    const { equipment, children, state, ownReasons, isOwnUnknown } = instance
    const reasons = sorted([...ownReasons, ...children.flatMap(({ row }) => row.reasons)])
    instance.isUnknown = isOwnUnknown || children.some(({ isUnknown }) => isUnknown)
    const health = reasons[0]?.state ?? (instance.isUnknown ? 'unknown' : 'good')
    const row: EquipmentStatusRow = { equipment: equipment.name, state, health, reasons }
    if (instance.version > 0 && isSameRow(row, instance.row)) return
    instance.row = row
    instance.version = ++this.#version
  }

  /** The instance alone, without those nested in it. */
  #evaluate(instance: Instance): void {
    this.#evaluationCount++
    const { table, dueCounters } = this.#parts
    const judge = this.#judgeOf(instance)
    const { name } = instance.equipment
    instance.isDue = false
    let isUnknown = judge.members.some((handle) => isBad(table.statusCode(handle)))
    instance.state = null
    if (judge.stateHandle >= 0) {
      const { value, statusCode } = table.read(judge.stateHandle)
      if (isBad(statusCode)) isUnknown = true
      else instance.state = judge.states.get(Number(value)) ?? null
    }
    const reasons: Reason[] = []
    for (const { reason, expression, handles } of judge.rules) {
      const applies = expression === null ? null : this.#truth(expression, handles)
      if (applies === null) isUnknown = true
      if (applies === true) reasons.push(reason)
    }
    for (const title of dueCounters(name)) reasons.push({ equipment: name, state: 'maintenanceRequired', title })
    instance.ownReasons = reasons
    instance.isOwnUnknown = isUnknown
  }

  #truth(expression: CompiledExpression, handles: readonly number[]): boolean | null {
    try {
      const value = expression.evaluate((index) => this.#parts.table.read(handles[index]!))
      return typeof value === 'boolean' ? value : null
    } catch (error) {
      if (error instanceof RuntimeError) return null
      throw error
    }
  }

  #judgeOf(instance: Instance): Judge {
    instance.judge ??= this.#makeJudge(instance.equipment)
    return instance.judge
  }

  #makeJudge({ name, states, health, members }: Equipment): Judge {
    const handleOf = (tag: string) => this.#parts.table.handleOf(tag) ?? -1
    const rules = health.map((rule: HealthRule) => {
      const compiled = this.#cache.compile(rule.condition, this.#scope)
      const expression = compiled.ok ? compiled.expression : null
      return {
        reason: { equipment: name, state: rule.state, title: rule.title },
        expression,
        handles: (expression?.inputs ?? []).map(handleOf),
      }
    })
    const stateHandle = states === null ? -1 : handleOf(states.tag)
    const isBare = states === null && rules.length === 0
    const memberHandles = isBare ? Object.values(members).map(handleOf) : []
    const all = [stateHandle, ...memberHandles, ...rules.flatMap(({ handles }) => handles)]
    return {
      stateHandle,
      states: new Map(
        states?.states.map(({ value, name, title, kind }) => [Number(value), { name, title, kind }]) ?? [],
      ),
      rules,
      members: memberHandles,
      handles: [...new Set(all)].filter((handle) => handle >= 0),
      asksTime: rules.some(({ expression }) => expression?.asksTime === true),
    }
  }
}

interface Watch {
  readonly names: readonly string[]
  readonly notify: () => void
  instances: readonly Instance[]
  /** Names that are no instance. */
  unknown: readonly string[]
  /** So many of them, from the first on, are told of changes; the rest follow. */
  begunCount: number
  /** Goes on with them. */
  timer: Timer | null
  /** Nothing was taken yet. */
  isFirst: boolean
  /** Version of the row of each instance that was taken last; -1 = none. */
  sent: Float64Array<ArrayBuffer>
  /** So many were looked at, in a look through all of them that is not at its end. */
  lookedAtCount: number
  /** Of the statuses, when that look began. */
  changeCount: number
}

function grown(flags: Uint8Array<ArrayBuffer>, handle: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(1024, 2 * flags.length, handle + 1))
  larger.set(flags)
  return larger
}
