// Conditions that depend on CEL: limits that are expressions, deviations from a reference, expressions themselves. They are evaluated once
// for all samples of a round.
import type { Clock } from '../../base/clock.ts'
import type { TagValue } from '../../shared/data-value.ts'
import { StatusCodes } from '../../shared/status-code.ts'
import type { AlarmFormulas, FormulaIndex } from './alarm-formulas.ts'
import { type ConditionColumns, conditionKinds, isDynamic } from './condition-columns.ts'

/** A limit that CEL gives is another one now. */
export interface LimitChange {
  readonly slot: number
  readonly before: number
  readonly after: number
}

/** What is needed of alarm-conditions.ts. */
export interface DynamicConditionsHost {
  check(slot: number, number: number, other: TagValue | undefined, code: number, timestamp: number): void
  turn(slot: number, next: 0 | 1, timestamp: number, number: number, other: TagValue | undefined): void
}

export interface DynamicConditionsParts {
  readonly clock: Clock
  readonly columns: ConditionColumns
  readonly formulas: AlarmFormulas
  readonly host: DynamicConditionsHost
}

export class DynamicConditions {
  readonly #clock: Clock
  readonly #columns: ConditionColumns
  readonly #formulas: AlarmFormulas
  readonly #host: DynamicConditionsHost
  #usersOfFormula: number[][] = []
  /** To be evaluated at the end of the round. */
  #dueSlots: number[] = []
  #isDueSlot = new Uint8Array(0)
  #limitChanges: LimitChange[] = []
  #evaluatedFormulas: FormulaIndex[] = []

  constructor({ clock, columns, formulas, host }: DynamicConditionsParts) {
    this.#clock = clock
    this.#columns = columns
    this.#formulas = formulas
    this.#host = host
  }

  /** All alarms of the plant, after `finish` of the formulas; all of them are evaluated with the next round. */
  configure(slots: readonly number[]): void {
    const { capacity, limitFormula, formula, traits } = this.#columns
    this.#usersOfFormula = []
    this.#isDueSlot = new Uint8Array(capacity)
    this.#dueSlots = []
    for (const slot of slots) {
      for (const index of [limitFormula[slot]!, formula[slot]!]) {
        if (index < 0) continue
        this.#usersOfFormula[index] ??= []
        this.#usersOfFormula[index].push(slot)
      }
      if (traits[slot]! & isDynamic) this.mark(slot)
    }
  }

  takeLimitChanges(): readonly LimitChange[] {
    const changes = this.#limitChanges
    if (changes.length > 0) this.#limitChanges = []
    return changes
  }

  /** Expressions that were evaluated since the last call; one may come twice. */
  takeEvaluatedFormulas(): readonly FormulaIndex[] {
    const formulas = this.#evaluatedFormulas
    if (formulas.length > 0) this.#evaluatedFormulas = []
    return formulas
  }

  /** The tag of this alarm has a new sample. */
  mark(slot: number): void {
    if (this.#isDueSlot[slot]) return
    this.#isDueSlot[slot] = 1
    this.#dueSlots.push(slot)
  }

  /** Ends a round: expressions whose inputs changed, then the alarms that build on them. */
  evaluate(): void {
    const evaluated = this.#formulas.evaluate()
    for (let at = 0; at < evaluated.length; at++) {
      const formula = evaluated[at]!
      this.#evaluatedFormulas.push(formula)
      const users = this.#usersOfFormula[formula]
      if (users !== undefined) for (let user = 0; user < users.length; user++) this.mark(users[user]!)
    }
    const due = this.#dueSlots
    if (due.length === 0) return
    this.#dueSlots = []
    for (let at = 0; at < due.length; at++) {
      this.#isDueSlot[due[at]!] = 0
      this.#check(due[at]!)
    }
  }

  #check(slot: number): void {
    const columns = this.#columns
    if (columns.kind[slot] === conditionKinds.expression) return this.#checkExpression(slot)
    const formulas = this.#formulas
    const row = columns.inputRow[slot]!
    let timestamp = formulas.timestampOf(row)
    const limitAt = columns.limitFormula[slot]!
    if (limitAt >= 0) {
      const limit = formulas.formula(limitAt)
      if (limit.timestamp > timestamp) timestamp = limit.timestamp
      if (limit.isDecided && columns.isUsable(slot, limit.statusCode)) this.#moveLimit(slot, Number(limit.value))
    }
    const at = columns.formula[slot]!
    if (at >= 0 && formulas.formula(at).timestamp > timestamp) timestamp = formulas.formula(at).timestamp
    const code = formulas.statusCodeOf(row)
    if (code !== StatusCodes.BadWaitingForInitialData)
      this.#host.check(slot, formulas.valueOf(row), formulas.otherOf(row), code, timestamp)
  }

  #moveLimit(slot: number, limit: number): void {
    const before = this.#columns.limit[slot]!
    if (!Number.isFinite(limit) || limit === before) return
    this.#columns.setLimit(slot, limit)
    if (!Number.isNaN(before)) this.#limitChanges.push({ slot, before, after: limit })
  }

  #checkExpression(slot: number): void {
    const columns = this.#columns
    const at = columns.formula[slot]!
    if (at < 0) return
    const formulas = this.#formulas
    const formula = formulas.formula(at)
    if (!formula.isDecided || !columns.isUsable(slot, formula.statusCode)) return
    const next = formula.value === true || (typeof formula.value === 'number' && formula.value !== 0) ? 1 : 0
    const row = columns.inputRow[slot]!
    const timestamp = formula.timestamp === 0 ? this.#clock.now() : formula.timestamp
    this.#host.turn(slot, next, timestamp, formulas.valueOf(row), formulas.otherOf(row))
  }
}
