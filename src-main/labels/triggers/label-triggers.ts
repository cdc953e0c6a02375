// What makes labels by itself: tags, states of equipment, alarms, times of day. Sees every change of a value in its order, so that an edge
// is never lost between two looks; what it saw is kept with the labels it made.

import type { AlarmEvent } from '../../shared/alarm.ts'
import { type JsonValue, toJsonValue } from '../../shared/data-value.ts'
import type { Equipment } from '../../shared/equipment.ts'
import {
  type CompiledExpression,
  compileExpression,
  type ExpressionInput,
  type ExpressionScope,
} from '../../shared/expression.ts'
import type { LabelTrigger } from '../../shared/label.ts'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import { isBad, StatusCodes } from '../../shared/status-code.ts'
import { integerRange, type TagDefinition } from '../../shared/tag.ts'
import { linearScaling } from '../../shared/tag-scaling.ts'
import type { ValueBatch } from '../../shared/value-batch.ts'
import { begun, happened, isBounce, type SeenValue, seenBy, type TriggerMarkState } from './trigger-mark.ts'
import { lastDue } from './trigger-schedule.ts'

/** Something happened that makes labels. */
export interface TriggerEvent {
  readonly trigger: LabelTrigger
  readonly labelCount: number
  /** Fields of the trigger, computed with the values of the event. */
  readonly fields: Readonly<Record<string, JsonValue>>
  /** Why the fields cannot be computed, as a sentence; '' = they are. */
  readonly fault: string
  /** Names the event for ever, also across restarts. */
  readonly id: string
  readonly mark: TriggerMarkState
}

/** What is needed of the tag table. */
export interface TriggerTags {
  handleOf(name: string): number | undefined
  definition(handle: number): TagDefinition | undefined
  read(handle: number): ExpressionInput
}

export interface LabelTriggersParts {
  readonly tags: TriggerTags
  readonly scope: ExpressionScope
  readonly now: () => number
  readonly onEvent: (event: TriggerEvent) => void
  /** Something was seen that makes no label. */
  readonly onMark: (trigger: string, mark: TriggerMarkState) => void
}

/** Changes that wait for the marks of the last run are this many at most; then the oldest values go, and only edges in between. */
const mostWaiting = 100_000

/** Labels of one order. */
const mostAtOnce = 10_000

/** A time of day that is noticed later than this was missed. */
const punctualMs = 60_000

/** A trigger over values. */
interface Watch {
  readonly trigger: LabelTrigger
  readonly condition: CompiledExpression
  readonly fields: readonly { readonly name: string; readonly expression: CompiledExpression }[]
  /** Where the one counter it names begins again; null = nobody knows. */
  readonly wrapsAt: number | null
}

type Row = { readonly handle: number; readonly input: ExpressionInput; readonly isRetold: boolean }

export class LabelTriggers {
  readonly #parts: LabelTriggersParts
  #triggers: readonly LabelTrigger[] = []
  #timeZone = 'UTC'
  #watches: readonly Watch[] = []
  /** Fields of triggers that are not over values. */
  #otherFields = new Map<string, Watch['fields']>()
  /** Handle → watches that read it. */
  #watchesOf = new Map<number, Watch[]>()
  #reportedHandles = new Set<number>()
  /** Values as the triggers saw them so far. */
  readonly #values = new Map<number, ExpressionInput>()
  /** By name, also of triggers that the plant has no more: one that comes back goes on. */
  readonly #marks = new Map<string, TriggerMarkState>()
  /** Until the marks of the last run are known. */
  #waiting: Row[] | null = []

  constructor(parts: LabelTriggersParts) {
    this.#parts = parts
  }

  /** The triggers of this plant; the tag table knows its tags already. Marks are kept by name. */
  configure(triggers: readonly LabelTrigger[], equipment: readonly Equipment[], timeZone: string): void {
    this.#triggers = triggers
    this.#timeZone = timeZone
    this.#watches = triggers.flatMap((trigger) => this.#watch(trigger, equipment) ?? [])
    this.#otherFields = new Map(triggers.map((trigger) => [trigger.name, this.#fieldsOf(trigger)]))
    this.#watchesOf = new Map()
    this.#reportedHandles = new Set()
    this.#values.clear()
    for (const watch of this.#watches)
      for (const name of watch.condition.inputs) {
        const handle = this.#parts.tags.handleOf(name)
        if (handle === undefined) continue
        this.#watchesOf.set(handle, [...(this.#watchesOf.get(handle) ?? []), watch])
        this.#values.set(handle, this.#parts.tags.read(handle))
        if (watch.trigger.on === 'update') this.#reportedHandles.add(handle)
      }
    if (this.#waiting === null) this.#begin()
  }

  /** How far the triggers were in the last run; they work from now on, with all that changed meanwhile. */
  restore(marks: Iterable<readonly [string, TriggerMarkState]>): void {
    for (const [name, mark] of marks) this.#marks.set(name, mark)
    const waiting = this.#waiting ?? []
    this.#waiting = null
    this.#begin()
    this.#take(waiting, false)
  }

  /** Triggers that made too many labels at once. */
  stopped(): readonly { readonly trigger: string; readonly message: string }[] {
    return this.#triggers.flatMap(({ name }) => {
      const stopped = this.#marks.get(name)?.stopped
      return stopped ? [{ trigger: name, message: stopped.message }] : []
    })
  }

  /**
   * Lets a trigger that stopped go on. `makesMissed`: with the labels it did not make, however many; else from what is now. Gives how many
   * labels it makes. Throws RuntimeError BadInvalidState when it did not stop, or the value it looks at is Bad and nobody can know.
   */
  goOn(name: string, makesMissed: boolean): number {
    const watch = this.#watches.find(({ trigger }) => trigger.name === name)
    const mark = this.#marks.get(name)
    if (watch === undefined || !mark?.stopped)
      throw new RuntimeError('BadInvalidState', `The trigger ${name} did not stop: there is nothing to let go on`)
    const seen = this.#seen(watch)
    if (seen === null)
      throw new RuntimeError(
        'BadInvalidState',
        `What the trigger ${name} looks at is Bad now: it cannot go on before that is known`,
      )
    const unbounded = { ...watch.trigger, catchUp: Number.MAX_SAFE_INTEGER }
    const going = seenBy(unbounded, { ...mark, stopped: null }, seen)
    if (makesMissed && going.labelCount > mostAtOnce)
      throw new RuntimeError(
        'BadInvalidState',
        `${going.labelCount} labels are more than can be made at once (${mostAtOnce}): let it go on without them`,
      )
    if (makesMissed && going.labelCount > 0) this.#fire(watch.trigger, going.labelCount, going.mark, watch)
    else this.#keep(name, { ...mark, value: seen.value, timestamp: seen.timestamp, stopped: null })
    return makesMissed ? going.labelCount : 0
  }

  /** The mark of a trigger as it is; null = it never saw anything. */
  mark(name: string): TriggerMarkState | null {
    return this.#marks.get(name) ?? null
  }

  /** Changes of values, in their order. */
  changes(batch: ValueBatch): void {
    if (this.#watchesOf.size === 0) return
    this.#take(
      this.#rows(batch, (handle) => this.#watchesOf.has(handle), false),
      false,
    )
  }

  /** Values as devices reported them, changed or not, after the tag table took them. */
  reported(batch: ValueBatch): void {
    if (this.#reportedHandles.size === 0) return
    this.#take(
      this.#rows(batch, (handle) => this.#reportedHandles.has(handle), true),
      true,
    )
  }

  /** Rows of the alarm journal, in their order. One that was seen already is passed over. */
  alarms(events: readonly AlarmEvent[]): void {
    for (const trigger of this.#triggers) {
      if (trigger.alarm === null || this.#waiting !== null) continue
      for (const event of events) {
        const before = this.#marks.get(trigger.name) ?? null
        if (event.id !== trigger.alarm || event.event !== 'active' || event.isTest) continue
        if (typeof before?.value === 'number' && event.sequence <= before.value) continue
        if (before !== null && isBounce(trigger, before, event.timestamp))
          this.#keep(trigger.name, { ...before, value: event.sequence })
        else this.#fire(trigger, 1, happened(before, event.sequence, event.timestamp), null)
      }
    }
  }

  /** The alarm journal ends there now: a trigger of an alarm that is new begins behind it. Gives the least that some trigger still has to see. */
  beginAlarms(lastSequence: number): number {
    let least = lastSequence
    for (const { name, alarm } of this.#triggers) {
      if (alarm === null) continue
      const mark = this.#marks.get(name)
      if (mark === undefined) this.#keep(name, begun(lastSequence, this.#parts.now()))
      else if (typeof mark.value === 'number') least = Math.min(least, mark.value)
    }
    return least
  }

  /** To be called every second: times of day. What was due while the station was down comes once. */
  secondPassed(): void {
    if (this.#waiting !== null) return
    const now = this.#parts.now()
    for (const trigger of this.#triggers) {
      if (trigger.schedule === null) continue
      const due = lastDue(trigger.schedule, this.#timeZone, now)
      const before = this.#marks.get(trigger.name) ?? null
      if (before === null) this.#keep(trigger.name, begun(now, now))
      else if (due !== null && due > Number(before.value)) {
        const mark = happened(before, due, now)
        const isMissed = trigger.catchUp === 0 && now - due > punctualMs
        if (isMissed) this.#keep(trigger.name, { ...mark, count: before.count })
        else this.#fire(trigger, 1, mark, null)
      }
    }
  }

  /** What is now, against what was seen last. */
  #begin(): void {
    for (const watch of this.#watches) if (watch.trigger.on !== 'update') this.#look(watch, true)
  }

  #take(rows: readonly Row[], isReport: boolean): void {
    if (this.#waiting !== null) {
      this.#waiting.push(...rows)
      if (this.#waiting.length > mostWaiting) this.#waiting.splice(0, this.#waiting.length - mostWaiting)
      return
    }
    // A tag that comes twice in a batch is two values, one after the other; different tags of a batch belong together.
    let round = new Map<number, boolean>()
    const end = () => {
      const touched = new Map<Watch, boolean>()
      for (const [handle, isRetold] of round)
        for (const watch of this.#watchesOf.get(handle) ?? [])
          touched.set(watch, isRetold && (touched.get(watch) ?? true))
      for (const [watch, isRetold] of touched)
        if ((watch.trigger.on === 'update') === isReport) this.#look(watch, isReport && isRetold, isRetold)
      round = new Map()
    }
    for (const { handle, input, isRetold } of rows) {
      if (round.has(handle)) end()
      this.#values.set(handle, input)
      round.set(handle, isRetold)
    }
    end()
  }

  #rows(
    { count, handle: handles, value, statusCode, sourceTimestamp, others, retold }: ValueBatch,
    isWatched: (handle: number) => boolean,
    isRaw: boolean,
  ): Row[] {
    const rows: Row[] = []
    for (let row = 0; row < count; row++) {
      const handle = handles[row]!
      if (!isWatched(handle)) continue
      const definition = this.#parts.tags.definition(handle)
      const { factor, offset } = linearScaling(isRaw ? (definition?.scaling ?? null) : null)
      const number = value[row]! * factor + offset
      const plain = Number.isNaN(number) ? null : definition?.dataType === 'bool' ? number !== 0 : number
      const input = {
        value: others?.[row] ?? plain,
        statusCode: statusCode[row]!,
        sourceTimestamp: sourceTimestamp[row]!,
      }
      rows.push({ handle, input, isRetold: retold?.has(row) ?? false })
    }
    return rows
  }

  #look(watch: Watch, isLate = false, isRetold = false): void {
    const { trigger } = watch
    const found = this.#seen(watch)
    if (found === null) return
    const seen = { ...found, isRetold }
    const before = this.#marks.get(trigger.name) ?? null
    const { mark, labelCount } = seenBy(trigger, before, seen, isLate)
    if (labelCount > 0) return this.#fire(trigger, labelCount, mark, watch)
    const isNews = before === null || mark.value !== before.value || mark.stopped !== before.stopped
    if (isNews) this.#keep(trigger.name, mark)
  }

  /** null = nothing can be said: a value is Bad, and that is no edge. */
  #seen({ condition, wrapsAt }: Watch): SeenValue | null {
    let timestamp = 0
    const read = (index: number) => {
      const input = this.#read(condition.inputs[index]!)
      timestamp = Math.max(timestamp, input.sourceTimestamp)
      return input
    }
    try {
      const value = toJsonValue(condition.evaluate(read))
      return { value, timestamp: timestamp || this.#parts.now(), wrapsAt }
    } catch {
      // CEL cannot decide: an input is Bad. The trigger waits for the next value.
      return null
    }
  }

  #fire(trigger: LabelTrigger, labelCount: number, mark: TriggerMarkState, watch: Watch | null): void {
    this.#marks.set(trigger.name, mark)
    const { fields, fault } = this.#computed(watch?.fields ?? this.#otherFields.get(trigger.name) ?? [])
    this.#parts.onEvent({ trigger, labelCount, fields, fault, id: `trigger:${trigger.name}:${mark.count}`, mark })
  }

  #computed(fields: Watch['fields']): { fields: Record<string, JsonValue>; fault: string } {
    const computed: Record<string, JsonValue> = {}
    for (const { name, expression } of fields)
      try {
        computed[name] = toJsonValue(expression.evaluate((index) => this.#read(expression.inputs[index]!)))
      } catch (error) {
        return { fields: computed, fault: `the field "${name}" has no value: ${messageOf(error)}` }
      }
    return { fields: computed, fault: '' }
  }

  #read(tag: string): ExpressionInput {
    const { tags } = this.#parts
    const handle = tags.handleOf(tag)
    if (handle === undefined) return { value: null, statusCode: noSuchTag, sourceTimestamp: 0 }
    const input = this.#values.get(handle) ?? tags.read(handle)
    return isBad(input.statusCode) ? { ...input, value: null } : input
  }

  #keep(trigger: string, mark: TriggerMarkState): void {
    this.#marks.set(trigger, mark)
    this.#parts.onMark(trigger, mark)
  }

  #watch(trigger: LabelTrigger, equipment: readonly Equipment[]): Watch | null {
    const text = trigger.when ?? stateCondition(trigger, equipment)
    const compiled = text === null ? null : compileExpression(text, this.#parts.scope)
    // What does not compile the plant check never lets through.
    if (!compiled?.ok) return null
    const { expression: condition } = compiled
    const [only] = condition.inputs
    const isCounter = trigger.on === 'increase' && condition.inputs.length === 1 && condition.text.trim() === only
    return { trigger, condition, fields: this.#fieldsOf(trigger), wrapsAt: isCounter ? this.#wrapOf(only!) : null }
  }

  #fieldsOf({ fields }: LabelTrigger): Watch['fields'] {
    return Object.entries(fields).flatMap(([name, text]) => {
      const compiled = compileExpression(text, this.#parts.scope)
      return compiled.ok ? [{ name, expression: compiled.expression }] : []
    })
  }

  #wrapOf(tag: string): number | null {
    const { tags } = this.#parts
    const handle = tags.handleOf(tag)
    const definition = handle === undefined ? undefined : tags.definition(handle)
    if (definition === undefined || definition.scaling !== null || definition.arrayLength !== null) return null
    const range = /^uint(8|16|32)$/.test(definition.dataType) ? integerRange(definition.dataType) : null
    return range === null ? null : Number(range.high) + 1
  }
}

const noSuchTag = StatusCodes.BadNodeIdUnknown

/** The state of equipment as a truth: it is in this state. Entering it is the edge. */
function stateCondition({ state }: LabelTrigger, equipment: readonly Equipment[]): string | null {
  if (state === null) return null
  const model = equipment.find(({ name }) => name === state.equipment)?.states
  const found = model?.states.find(({ name }) => name.toLowerCase() === state.state.toLowerCase())
  if (!model || !found) return null
  const tag = `tag(${JSON.stringify(model.tag)})`
  return typeof found.value === 'boolean' ? (found.value ? tag : `!${tag}`) : `${tag} == ${found.value}`
}
