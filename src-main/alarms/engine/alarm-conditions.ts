// Is the condition true? Samples, expressions and time go in, edges come out: with deadbands, delays, quality and exclusive limits,
// but without knowing anything of acknowledgement, shelving or suppression.
import type { Clock } from '../../base/clock.ts'
import type { AlarmCondition, AlarmDefinition } from '../../shared/alarm.ts'
import { type JsonValue, type TagValue, toJsonValue } from '../../shared/data-value.ts'
import { isBad, isUncertain, StatusCodes } from '../../shared/status-code.ts'
import { type ValueBatch, ValueBatchBuilder } from '../../shared/value-batch.ts'
import type { AlarmTagSource } from '../alarms.ts'
import { dueKey } from './alarm-dues.ts'
import type { AlarmFormulas, FormulaIndex } from './alarm-formulas.ts'
import { ConditionColumns, conditionKinds, isBoolean, isDynamic, usesUncertain } from './condition-columns.ts'
import type { DueTimes } from './due-times.ts'
import { DynamicConditions, type LimitChange } from './dynamic-conditions.ts'
import { ExclusiveLimits } from './exclusive-limits.ts'
import { TimedConditions } from './timed-conditions.ts'

/** The condition of an alarm became true or false, after its delays. */
export interface ConditionEdge {
  readonly slot: number
  readonly isTrue: boolean
  /** Source time of the sample that crossed plus the delay that ran; ms. */
  readonly timestamp: number
  readonly value: JsonValue
  readonly limit: JsonValue
  readonly statusCode: number
}

export interface AlarmConditionsParts {
  readonly table: AlarmTagSource
  readonly clock: Clock
  readonly formulas: AlarmFormulas
  /** Monotonic times. */
  readonly dues: DueTimes
  /** Shelved, suppressed or out of service: it takes no precedence over a limit inside it. */
  readonly isHeld: (slot: number) => boolean
}

const kindOf: Readonly<Record<AlarmCondition, number>> = {
  highHigh: conditionKinds.above,
  high: conditionKinds.above,
  low: conditionKinds.below,
  lowLow: conditionKinds.below,
  deviation: conditionKinds.deviation,
  rateOfChange: conditionKinds.rate,
  discrete: conditionKinds.discrete,
  changeOfState: conditionKinds.changeOfState,
  badQuality: conditionKinds.badQuality,
  stale: conditionKinds.stale,
  expression: conditionKinds.expression,
  deviceLost: conditionKinds.external,
  system: conditionKinds.external,
}

export class AlarmConditions {
  readonly columns = new ConditionColumns()
  readonly #table: AlarmTagSource
  readonly #clock: Clock
  readonly #formulas: AlarmFormulas
  readonly #dues: DueTimes
  /** Alarms of a handle: `#slots[#starts[handle]]` up to `#slots[#starts[handle + 1]]`. */
  #starts = new Uint32Array(1)
  #slots = new Uint32Array(0)
  readonly #exclusive: ExclusiveLimits
  readonly #dynamic: DynamicConditions
  readonly #timed: TimedConditions
  readonly #externalValues = new Map<number, JsonValue>()
  #edges: ConditionEdge[] = []
  #qualityChanges: number[] = []
  /** Limits, deviations, rates and the others that were evaluated since the start. */
  checkCount = 0

  constructor({ table, clock, formulas, dues, isHeld }: AlarmConditionsParts) {
    this.#table = table
    this.#clock = clock
    this.#formulas = formulas
    this.#dues = dues
    this.#exclusive = new ExclusiveLimits({
      columns: this.columns,
      isHeld,
      tell: (slot, next, timestamp, value) => this.#tell(slot, next, timestamp, value),
      presentValue: (slot) => this.presentValue(slot),
    })
    this.#dynamic = new DynamicConditions({
      clock,
      columns: this.columns,
      formulas,
      host: {
        check: (slot, number, other, code, timestamp) => this.#check(slot, number, other, code, timestamp),
        turn: (slot, next, timestamp, number, other) => this.#turn(slot, next, timestamp, number, other),
      },
    })
    this.#timed = new TimedConditions({
      table,
      clock,
      columns: this.columns,
      dues,
      host: {
        turn: (slot, next, timestamp, number, other) => this.#turn(slot, next, timestamp, number, other),
        settle: (slot, next, timestamp, value) => this.#settle(slot, next, timestamp, value),
        compare: (slot, measure) => this.#compare(slot, measure),
        json: (slot, number, other) => this.#json(slot, number, other),
        presentValue: (slot) => this.presentValue(slot),
      },
    })
  }

  /** Edges since the last call, in the order they came. */
  takeEdges(): readonly ConditionEdge[] {
    const edges = this.#edges
    if (edges.length > 0) this.#edges = []
    return edges
  }

  get hasEdges(): boolean {
    return this.#edges.length > 0
  }

  takeLimitChanges(): readonly LimitChange[] {
    return this.#dynamic.takeLimitChanges()
  }

  /** Alarms whose tag has another quality since the last call; a slot may come twice. */
  takeQualityChanges(): readonly number[] {
    const slots = this.#qualityChanges
    if (slots.length > 0) this.#qualityChanges = []
    return slots
  }

  /** Expressions that were evaluated since the last call; one may come twice. */
  takeEvaluatedFormulas(): readonly FormulaIndex[] {
    return this.#dynamic.takeEvaluatedFormulas()
  }

  /** Between `begin` and `finish` of the formulas. What was known of the slot stays. */
  define(slot: number, definition: AlarmDefinition): void {
    const { columns } = this
    columns.reserve(slot + 1)
    const kind = kindOf[definition.condition]
    const handle = kind === conditionKinds.external ? -1 : (this.#table.handleOf(definition.tag) ?? -1)
    const tag = handle < 0 ? undefined : this.#table.definition(handle)
    const dependsOnCel =
      typeof definition.limit === 'string' || kind === conditionKinds.expression || kind === conditionKinds.deviation
    columns.kind[slot] = kind
    columns.handle[slot] = handle
    columns.traits[slot] =
      (definition.usesUncertain ? usesUncertain : 0) |
      (dependsOnCel ? isDynamic : 0) |
      (tag?.dataType === 'bool' && tag.arrayLength === null ? isBoolean : 0)
    columns.deadband[slot] = definition.deadband
    columns.onDelay[slot] = definition.onDelayMs
    columns.offDelay[slot] = definition.offDelayMs
    columns.limitFormula[slot] = typeof definition.limit === 'string' ? this.#formulas.add(definition.limit) : -1
    columns.formula[slot] = dependsOnCel ? this.#formulas.add(definition.expression) : -1
    columns.inputRow[slot] = dependsOnCel ? this.#formulas.rowOf(definition.tag) : -1
    if (typeof definition.limit !== 'string')
      columns.setLimit(slot, definition.limit ?? (kind === conditionKinds.discrete ? 1 : Number.NaN))
    else columns.setLimit(slot, columns.limit[slot]!)
    this.#timed.defineRate(slot, kind === conditionKinds.rate ? definition.windowMs : null)
  }

  /** What the state machine knows from before the start: the condition is held until a value says otherwise. */
  restore(slot: number, isActive: boolean, since: number): void {
    const { columns } = this
    columns.reserve(slot + 1)
    columns.raw[slot] = columns.result[slot] = columns.effective[slot] = isActive ? 1 : 0
    columns.since[slot] = since
  }

  /** No longer evaluated. */
  forget(slot: number): void {
    const { columns } = this
    columns.kind[slot] = conditionKinds.none
    columns.handle[slot] = -1
    columns.exclusiveGroup[slot] = -1
    columns.limitFormula[slot] = columns.formula[slot] = columns.inputRow[slot] = -1
    columns.raw[slot] = columns.result[slot] = columns.effective[slot] = 0
    columns.pendingSince[slot] = Number.NaN
    this.#timed.forget(slot)
    this.#externalValues.delete(slot)
    this.#dues.delete(dueKey(slot, 'delay'))
  }

  /** After `finish` of the formulas: from now on values count; those that are there already are evaluated. */
  finish(members: readonly { readonly slot: number; readonly definition: AlarmDefinition }[]): void {
    const { columns } = this
    this.#layOut(members.map(({ slot }) => slot))
    this.#exclusive.configure(members)
    this.#dynamic.configure(members.map(({ slot }) => slot))
    const now = this.#clock.monotonic()
    for (const { slot } of members) {
      if (columns.kind[slot] === conditionKinds.stale) this.#timed.beginWatch(slot, now)
      else if (columns.kind[slot] === conditionKinds.changeOfState) this.#timed.resumePulse(slot, now)
    }
    this.#evaluate(this.#presentValues(), true)
  }

  /** Changes of the tag table, sample by sample in their order. */
  changes(batch: ValueBatch): void {
    this.#evaluate(batch, false)
  }

  /** Expressions with `age()` are evaluated again. */
  timePassed(): void {
    this.#formulas.timePassed()
    this.#endRound()
  }

  /** Told from outside; `timestamp` since when. */
  external(slot: number, isTrue: boolean, timestamp: number, value: JsonValue): void {
    if (this.columns.kind[slot] !== conditionKinds.external) return
    this.#externalValues.set(slot, value)
    this.#setStatus(slot, StatusCodes.Good)
    this.#turn(slot, isTrue ? 1 : 0, timestamp, Number.NaN, value as TagValue)
    this.#exclusive.resolve()
  }

  /** A due time of the purposes delay, stale, rate or pulse has come. */
  due(slot: number, purpose: 'delay' | 'stale' | 'rate' | 'pulse'): void {
    if (purpose === 'delay') this.#delayOver(slot)
    else if (purpose === 'stale') this.#timed.lookAtUpdates(slot)
    else if (purpose === 'rate') this.#timed.windowMoved(slot)
    else this.#timed.pulseOver(slot)
    this.#exclusive.resolve()
  }

  /** It is held now, or no longer: limits inside it may count again. */
  holdChanged(slot: number): void {
    if (this.#exclusive.mark(slot)) this.#exclusive.resolve(this.#clock.now())
  }

  /** The time without an update begins anew: its device has come back. */
  watchAgain(slot: number): void {
    this.#timed.watchAgain(slot)
  }

  /** Present value of what is watched. */
  presentValue(slot: number): JsonValue {
    const handle = this.columns.handle[slot]!
    return handle < 0 ? (this.#externalValues.get(slot) ?? null) : toJsonValue(this.#table.read(handle).value)
  }

  presentLimit(slot: number): JsonValue {
    const limit = this.columns.limit[slot]!
    return Number.isNaN(limit) ? null : limit
  }

  #layOut(slots: readonly number[]): void {
    const { handle } = this.columns
    const watched = slots.filter((slot) => handle[slot]! >= 0)
    const handleCount = watched.reduce((most, slot) => Math.max(most, handle[slot]! + 1), 0)
    const starts = new Uint32Array(handleCount + 1)
    for (const slot of watched) starts[handle[slot]! + 1]!++
    for (let at = 1; at <= handleCount; at++) starts[at]! += starts[at - 1]!
    const next = starts.slice()
    this.#slots = new Uint32Array(watched.length)
    for (const slot of watched) this.#slots[next[handle[slot]!]!++] = slot
    this.#starts = starts
  }

  #presentValues(): ValueBatch {
    const builder = new ValueBatchBuilder(this.#slots.length)
    for (let handle = 0; handle + 1 < this.#starts.length; handle++) {
      if (this.#starts[handle] === this.#starts[handle + 1]) continue
      const { value, statusCode, sourceTimestamp } = this.#table.read(handle)
      if (statusCode !== StatusCodes.BadWaitingForInitialData) builder.add(handle, value, statusCode, sourceTimestamp)
    }
    return builder.take()
  }

  #evaluate(batch: ValueBatch, isPresent: boolean): void {
    const { count, handle: handles, value: values, statusCode: codes } = batch
    const { kind: kinds, traits, raw, enter, leave, statusCode: heldCodes } = this.columns
    const starts = this.#starts
    const slots = this.#slots
    const formulas = this.#formulas
    const lastHandle = starts.length - 1
    for (let row = 0; row < count; row++) {
      const handle = handles[row]!
      const input = formulas.rowOfHandle(handle)
      if (input >= 0 && !isPresent) {
        if (formulas.isTaken(input)) this.#endRound()
        formulas.take(input, batch, row)
      }
      if (handle >= lastHandle) continue
      const end = starts[handle + 1]!
      for (let at = starts[handle]!; at < end; at++) {
        const slot = slots[at]!
        const code = codes[row]!
        if (heldCodes[slot] !== code) this.#setStatus(slot, code)
        const kind = kinds[slot]!
        const trait = traits[slot]!
        const value = values[row]!
        if (trait & isDynamic) this.#dynamic.mark(slot)
        else if (kind <= conditionKinds.below && !Number.isNaN(value)) {
          const severity = code >>> 30
          if (severity > 1 || (severity === 1 && !(trait & usesUncertain))) continue
          const measure = kind === conditionKinds.above ? value : -value
          const next = measure > (raw[slot] ? leave[slot]! : enter[slot]!) ? 1 : 0
          if (next !== raw[slot]) this.#turn(slot, next, batch.sourceTimestamp[row]!, value, undefined)
        } else if (!isPresent || kind !== conditionKinds.stale)
          this.#check(slot, value, batch.others?.[row], code, batch.sourceTimestamp[row]!)
      }
      this.#exclusive.resolve()
    }
    this.checkCount += count
    this.#endRound()
  }

  /** Every condition that is not a constant limit of a plain number. */
  #check(slot: number, number: number, other: TagValue | undefined, code: number, timestamp: number): void {
    const { columns } = this
    const kind = columns.kind[slot]!
    if (kind === conditionKinds.stale) return this.#timed.updated(slot, timestamp)
    if (kind === conditionKinds.badQuality) {
      if (code === StatusCodes.BadWaitingForInitialData) return
      const isTrue = isBad(code) || (isUncertain(code) && (columns.traits[slot]! & usesUncertain) !== 0)
      return this.#turn(slot, isTrue ? 1 : 0, timestamp, number, other)
    }
    if (!columns.isUsable(slot, code)) return
    if (kind === conditionKinds.changeOfState) return this.#timed.noteChange(slot, number, other, timestamp)
    const value = typeof other === 'bigint' ? Number(other) : number
    if (Number.isNaN(value)) return
    if (kind === conditionKinds.rate) return this.#timed.noteStep(slot, value, timestamp)
    const next = this.#compare(slot, value)
    if (next !== null) this.#turn(slot, next, timestamp, number, other)
  }

  /** null = cannot be said, because the limit or the reference is not known (yet). */
  #compare(slot: number, value: number): 0 | 1 | null {
    const { columns } = this
    const kind = columns.kind[slot]!
    if (Number.isNaN(columns.enter[slot]!)) return null
    if (kind === conditionKinds.discrete) return value === columns.limit[slot] ? 1 : 0
    const measure =
      kind === conditionKinds.deviation ? this.#deviation(slot, value) : kind === conditionKinds.below ? -value : value
    if (measure === null) return null
    return measure > (columns.raw[slot] ? columns.leave[slot]! : columns.enter[slot]!) ? 1 : 0
  }

  #deviation(slot: number, value: number): number | null {
    const { columns } = this
    const at = columns.formula[slot]!
    if (at < 0) return null
    const formula = this.#formulas.formula(at)
    if (!formula.isDecided || !columns.isUsable(slot, formula.statusCode)) return null
    const reference = Number(formula.value)
    return Number.isFinite(reference) ? Math.abs(value - reference) : null
  }

  #setStatus(slot: number, code: number): void {
    const { columns } = this
    if (columns.statusCode[slot] === code) return
    columns.statusCode[slot] = code
    columns.statusSince[slot] = this.#clock.monotonic()
    this.#qualityChanges.push(slot)
  }

  #endRound(): void {
    this.#dynamic.evaluate()
    this.#exclusive.resolve()
  }

  /** The evaluation without delays: starts, restarts and ends them. */
  #turn(slot: number, next: 0 | 1, timestamp: number, number: number, other: TagValue | undefined): void {
    const { columns } = this
    if (next === columns.raw[slot]) return
    columns.raw[slot] = next
    if (next === columns.result[slot]) {
      const since = columns.pendingSince[slot]!
      columns.pendingSince[slot] = Number.NaN
      this.#dues.delete(dueKey(slot, 'delay'))
      // By the source's clock the delay ran out before this sample was taken, although both came together.
      const delay = next ? columns.offDelay[slot]! : columns.onDelay[slot]!
      if (!(timestamp - since >= delay)) return
      this.#settle(slot, next ? 0 : 1, since + delay, this.#json(slot, number, other))
    }
    const delay = next ? columns.onDelay[slot]! : columns.offDelay[slot]!
    if (delay > 0) {
      columns.pendingSince[slot] = timestamp
      this.#dues.set(dueKey(slot, 'delay'), this.#clock.monotonic() + delay)
    } else this.#settle(slot, next, timestamp, this.#json(slot, number, other))
  }

  #delayOver(slot: number): void {
    const { columns } = this
    const since = columns.pendingSince[slot]!
    if (Number.isNaN(since)) return
    columns.pendingSince[slot] = Number.NaN
    const next = columns.raw[slot] ? 1 : 0
    const delay = next ? columns.onDelay[slot]! : columns.offDelay[slot]!
    this.#settle(slot, next, since + delay, this.presentValue(slot))
  }

  /** The condition after its delays. */
  #settle(slot: number, next: 0 | 1, timestamp: number, value: JsonValue): void {
    this.columns.result[slot] = next
    if (!this.#exclusive.settle(slot, timestamp, value)) this.#tell(slot, next, timestamp, value)
  }

  #tell(slot: number, next: 0 | 1, timestamp: number, value: JsonValue): void {
    const { columns } = this
    if (columns.effective[slot] === next) return
    columns.effective[slot] = next
    columns.since[slot] = timestamp
    const statusCode = columns.statusCode[slot]!
    this.#edges.push({ slot, isTrue: next === 1, timestamp, value, limit: this.presentLimit(slot), statusCode })
  }

  #json(slot: number, number: number, other: TagValue | undefined): JsonValue {
    if (other !== undefined) return toJsonValue(other)
    return this.columns.traits[slot]! & isBoolean ? number !== 0 : toJsonValue(number)
  }
}
