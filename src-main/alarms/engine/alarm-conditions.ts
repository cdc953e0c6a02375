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
import { exclusiveGroups } from './exclusive-limits.ts'
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

/** A limit that CEL gives is another one now. */
export interface LimitChange {
  readonly slot: number
  readonly before: number
  readonly after: number
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
  readonly #isHeld: (slot: number) => boolean
  /** Alarms of a handle: `#slots[#starts[handle]]` up to `#slots[#starts[handle + 1]]`. */
  #starts = new Uint32Array(1)
  #slots = new Uint32Array(0)
  #usersOfFormula: number[][] = []
  #groups: readonly (readonly number[])[] = []
  readonly #dirtyGroups: number[] = []
  /** Value of the sample that made a group dirty. */
  readonly #groupValues = new Map<number, JsonValue>()
  /** Dynamic alarms to be evaluated at the end of the round. */
  #dueSlots: number[] = []
  #isDueSlot = new Uint8Array(0)
  readonly #timed: TimedConditions
  readonly #externalValues = new Map<number, JsonValue>()
  #edges: ConditionEdge[] = []
  #limitChanges: LimitChange[] = []
  #qualityChanges: number[] = []
  #evaluatedFormulas: FormulaIndex[] = []
  /** Limits, deviations, rates and the others that were evaluated since the start. */
  checkCount = 0

  constructor({ table, clock, formulas, dues, isHeld }: AlarmConditionsParts) {
    this.#table = table
    this.#clock = clock
    this.#formulas = formulas
    this.#dues = dues
    this.#isHeld = isHeld
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
    const changes = this.#limitChanges
    if (changes.length > 0) this.#limitChanges = []
    return changes
  }

  /** Alarms whose tag has another quality since the last call; a slot may come twice. */
  takeQualityChanges(): readonly number[] {
    const slots = this.#qualityChanges
    if (slots.length > 0) this.#qualityChanges = []
    return slots
  }

  /** Expressions that were evaluated since the last call; one may come twice. */
  takeEvaluatedFormulas(): readonly FormulaIndex[] {
    const formulas = this.#evaluatedFormulas
    if (formulas.length > 0) this.#evaluatedFormulas = []
    return formulas
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
    columns.exclusiveGroup.fill(-1)
    this.#groups = exclusiveGroups(members)
    for (const [group, slots] of this.#groups.entries()) for (const slot of slots) columns.exclusiveGroup[slot] = group
    this.#usersOfFormula = []
    this.#isDueSlot = new Uint8Array(columns.capacity)
    this.#dueSlots = []
    const now = this.#clock.monotonic()
    for (const { slot } of members) {
      for (const formula of [columns.limitFormula[slot]!, columns.formula[slot]!]) {
        if (formula < 0) continue
        this.#usersOfFormula[formula] ??= []
        this.#usersOfFormula[formula].push(slot)
      }
      if (columns.traits[slot]! & isDynamic) this.#markDue(slot)
      if (columns.kind[slot] === conditionKinds.stale) this.#timed.beginWatch(slot, now)
      else if (columns.kind[slot] === conditionKinds.changeOfState) this.#timed.resumePulse(slot, now)
      if (columns.exclusiveGroup[slot]! >= 0) this.#dirtyGroups.push(columns.exclusiveGroup[slot]!)
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
    this.#resolveGroups()
  }

  /** A due time of the purposes delay, stale, rate or pulse has come. */
  due(slot: number, purpose: 'delay' | 'stale' | 'rate' | 'pulse'): void {
    if (purpose === 'delay') this.#delayOver(slot)
    else if (purpose === 'stale') this.#timed.lookAtUpdates(slot)
    else if (purpose === 'rate') this.#timed.windowMoved(slot)
    else this.#timed.pulseOver(slot)
    this.#resolveGroups()
  }

  /** It is held now, or no longer: limits inside it may count again. */
  holdChanged(slot: number): void {
    const group = this.columns.exclusiveGroup[slot]!
    if (group < 0) return
    this.#dirtyGroups.push(group)
    this.#resolveGroups(this.#clock.now())
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
        if (trait & isDynamic) this.#markDue(slot)
        else if (kind <= conditionKinds.below && !Number.isNaN(value)) {
          const severity = code >>> 30
          if (severity > 1 || (severity === 1 && !(trait & usesUncertain))) continue
          const measure = kind === conditionKinds.above ? value : -value
          const next = measure > (raw[slot] ? leave[slot]! : enter[slot]!) ? 1 : 0
          if (next !== raw[slot]) this.#turn(slot, next, batch.sourceTimestamp[row]!, value, undefined)
        } else if (!isPresent || kind !== conditionKinds.stale)
          this.#check(slot, value, batch.others?.[row], code, batch.sourceTimestamp[row]!)
      }
      if (this.#dirtyGroups.length > 0) this.#resolveGroups()
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
    if (!this.#isUsable(slot, code)) return
    if (kind === conditionKinds.changeOfState) return this.#timed.noteChange(slot, number, other, timestamp)
    const value = typeof other === 'bigint' ? Number(other) : number
    if (Number.isNaN(value)) return
    if (kind === conditionKinds.rate) return this.#timed.noteStep(slot, value, timestamp)
    const next = this.#compare(slot, value)
    if (next !== null) this.#turn(slot, next, timestamp, number, other)
  }

  /** What Bad is to all but badQuality: the last result is held. So is Uncertain, unless the alarm uses it. */
  #isUsable(slot: number, code: number): boolean {
    const severity = code >>> 30
    return severity === 0 || (severity === 1 && (this.columns.traits[slot]! & usesUncertain) !== 0)
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
    const at = this.columns.formula[slot]!
    if (at < 0) return null
    const formula = this.#formulas.formula(at)
    if (!formula.isDecided || !this.#isUsable(slot, formula.statusCode)) return null
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

  #markDue(slot: number): void {
    if (this.#isDueSlot[slot]) return
    this.#isDueSlot[slot] = 1
    this.#dueSlots.push(slot)
  }

  /** Expressions whose inputs changed, then the alarms that build on them. */
  #endRound(): void {
    const evaluated = this.#formulas.evaluate()
    for (let at = 0; at < evaluated.length; at++) {
      const formula = evaluated[at]!
      this.#evaluatedFormulas.push(formula)
      const users = this.#usersOfFormula[formula]
      if (users !== undefined) for (let user = 0; user < users.length; user++) this.#markDue(users[user]!)
    }
    const due = this.#dueSlots
    if (due.length > 0) {
      this.#dueSlots = []
      for (let at = 0; at < due.length; at++) {
        this.#isDueSlot[due[at]!] = 0
        this.#checkDynamic(due[at]!)
      }
    }
    if (this.#dirtyGroups.length > 0) this.#resolveGroups()
  }

  #checkDynamic(slot: number): void {
    const { columns } = this
    if (columns.kind[slot] === conditionKinds.expression) return this.#checkExpression(slot)
    const formulas = this.#formulas
    const row = columns.inputRow[slot]!
    let timestamp = formulas.timestampOf(row)
    const limitAt = columns.limitFormula[slot]!
    if (limitAt >= 0) {
      const limit = formulas.formula(limitAt)
      if (limit.timestamp > timestamp) timestamp = limit.timestamp
      if (limit.isDecided && this.#isUsable(slot, limit.statusCode)) this.#moveLimit(slot, Number(limit.value))
    }
    const at = columns.formula[slot]!
    if (at >= 0 && formulas.formula(at).timestamp > timestamp) timestamp = formulas.formula(at).timestamp
    const code = formulas.statusCodeOf(row)
    if (code !== StatusCodes.BadWaitingForInitialData)
      this.#check(slot, formulas.valueOf(row), formulas.otherOf(row), code, timestamp)
  }

  #moveLimit(slot: number, limit: number): void {
    const before = this.columns.limit[slot]!
    if (!Number.isFinite(limit) || limit === before) return
    this.columns.setLimit(slot, limit)
    if (!Number.isNaN(before)) this.#limitChanges.push({ slot, before, after: limit })
  }

  #checkExpression(slot: number): void {
    const at = this.columns.formula[slot]!
    if (at < 0) return
    const formulas = this.#formulas
    const formula = formulas.formula(at)
    if (!formula.isDecided || !this.#isUsable(slot, formula.statusCode)) return
    const next = formula.value === true || (typeof formula.value === 'number' && formula.value !== 0) ? 1 : 0
    const row = this.columns.inputRow[slot]!
    const timestamp = formula.timestamp === 0 ? this.#clock.now() : formula.timestamp
    this.#turn(slot, next, timestamp, formulas.valueOf(row), formulas.otherOf(row))
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
    const { columns } = this
    columns.result[slot] = next
    const group = columns.exclusiveGroup[slot]!
    if (group < 0) return this.#tell(slot, next, timestamp, value)
    columns.since[slot] = timestamp
    this.#groupValues.set(group, value)
    this.#dirtyGroups.push(group)
  }

  #tell(slot: number, next: 0 | 1, timestamp: number, value: JsonValue): void {
    const { columns } = this
    if (columns.effective[slot] === next) return
    columns.effective[slot] = next
    columns.since[slot] = timestamp
    const statusCode = columns.statusCode[slot]!
    this.#edges.push({ slot, isTrue: next === 1, timestamp, value, limit: this.presentLimit(slot), statusCode })
  }

  /** In each group with a change: the outermost one that is true and not held counts, the held ones as they are. */
  #resolveGroups(earliest = 0): void {
    if (this.#dirtyGroups.length === 0) return
    const { columns } = this
    for (const group of new Set(this.#dirtyGroups.splice(0))) {
      const slots = this.#groups[group]!
      const newest = slots.reduce((most, slot) => Math.max(most, columns.since[slot]!), earliest)
      const outermost = slots.find((slot) => columns.result[slot] === 1 && !this.#isHeld(slot))
      const isWanted = (slot: number) => columns.result[slot] === 1 && (slot === outermost || this.#isHeld(slot))
      const value = this.#groupValues.get(group) ?? this.presentValue(slots[0]!)
      this.#groupValues.delete(group)
      for (const slot of slots) if (!isWanted(slot)) this.#tell(slot, 0, newest, value)
      for (const slot of slots) if (isWanted(slot)) this.#tell(slot, 1, newest, value)
    }
  }

  #json(slot: number, number: number, other: TagValue | undefined): JsonValue {
    if (other !== undefined) return toJsonValue(other)
    return this.columns.traits[slot]! & isBoolean ? number !== 0 : toJsonValue(number)
  }
}
