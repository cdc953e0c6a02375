// CEL of alarms: conditions, references, limits and suppressions. Each text once, however many alarms use it; inputs stand in columns.
import type { TagValue } from '../../shared/data-value.ts'
import type { CompiledExpression, ExpressionInput } from '../../shared/expression.ts'
import { ExpressionCache } from '../../shared/expression-cache.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { isBad, StatusCodes } from '../../shared/status-code.ts'
import { valueTypeOf } from '../../shared/tag.ts'
import type { ValueBatch } from '../../shared/value-batch.ts'
import type { AlarmTagSource } from '../alarms.ts'

/** One expression and what it gave last. */
export class AlarmFormula {
  readonly expression: CompiledExpression
  /** Rows of the input columns. */
  readonly inputs: readonly number[]
  /** Last value that could be decided; null before the first. */
  value: TagValue = null
  /** False while an input is Bad or not there yet: `value` is held then. */
  isDecided = false
  /** Worst quality of the inputs it used. */
  statusCode: number = StatusCodes.BadWaitingForInitialData
  /** Newest source time of the inputs it used; 0 = it has none. */
  timestamp = 0
  isDue = true

  constructor(expression: CompiledExpression, inputs: readonly number[]) {
    this.expression = expression
    this.inputs = inputs
  }
}

/** Formula of {@link AlarmFormulas}, by its place; -1 = none. */
export type FormulaIndex = number

export class AlarmFormulas {
  readonly #table: AlarmTagSource
  readonly #cache = new ExpressionCache()
  readonly #now: () => number
  #byText = new Map<string, FormulaIndex>()
  #formulas: AlarmFormula[] = []
  /** Of the plant before, while a changed one is taken over. */
  #before = new Map<string, AlarmFormula>()
  /** Tag → row of the input columns. */
  #rows = new Map<string, number>()
  #rowOfHandle = new Int32Array(0)
  #dependents: FormulaIndex[][] = []
  #timed: AlarmFormula[] = []
  #due: FormulaIndex[] = []
  #value = new Float64Array(0)
  #statusCode = new Uint32Array(0)
  #sourceTimestamp = new Float64Array(0)
  #others: (TagValue | undefined)[] = []
  /** Round in which a row was last taken over: a second sample of one tag begins a new round. */
  #roundOf = new Uint32Array(0)
  #round = 1
  readonly #faults = new Map<string, string>()
  readonly #input: { value: TagValue; statusCode: number; sourceTimestamp: number } = {
    value: null,
    statusCode: 0,
    sourceTimestamp: 0,
  }
  #inputs: readonly number[] = []
  #worst = 0
  #newest = 0
  readonly #read = (index: number, asks: 'value' | 'quality' | 'time') => this.#readInput(index, asks)

  constructor(table: AlarmTagSource, now: () => number) {
    this.#table = table
    this.#now = now
  }

  /** Text → why it does not compile. */
  get faults(): ReadonlyMap<string, string> {
    return this.#faults
  }

  /** Some expression changes with time alone. */
  get hasTimed(): boolean {
    return this.#timed.length > 0
  }

  /** A changed plant begins: every expression that still counts is added anew, then {@link finish}. */
  begin(): void {
    this.#cache.begin()
    this.#before = new Map([...this.#byText].map(([text, index]) => [text, this.#formulas[index]!]))
    this.#byText = new Map()
    this.#formulas = []
    this.#rows = new Map()
    this.#faults.clear()
  }

  /** Place of an expression; -1 for none and for one that does not compile. */
  add(text: string | null): FormulaIndex {
    if (text === null) return -1
    const known = this.#byText.get(text)
    if (known !== undefined) return known
    const compiled = this.#cache.compile(text, { tagType: (name) => this.#tagType(name), now: this.#now })
    if (!compiled.ok) {
      this.#faults.set(text, compiled.message)
      return -1
    }
    const formula = new AlarmFormula(
      compiled.expression,
      compiled.expression.inputs.map((tag) => this.rowOf(tag)),
    )
    const before = this.#before.get(text)
    if (before !== undefined) formula.value = before.value
    this.#byText.set(text, this.#formulas.length)
    this.#formulas.push(formula)
    return this.#formulas.length - 1
  }

  /** Row of a tag in the input columns, made when there is none; only between {@link begin} and {@link finish}. */
  rowOf(tag: string): number {
    const row = this.#rows.get(tag) ?? this.#rows.size
    this.#rows.set(tag, row)
    return row
  }

  /** Columns with the present values of the table; every formula is due. */
  finish(): void {
    const count = this.#rows.size
    this.#value = new Float64Array(count).fill(Number.NaN)
    this.#statusCode = new Uint32Array(count).fill(StatusCodes.BadNodeIdUnknown)
    this.#sourceTimestamp = new Float64Array(count)
    this.#others = new Array(count).fill(null)
    this.#roundOf = new Uint32Array(count)
    this.#round = 1
    this.#before.clear()
    this.#dependents = Array.from({ length: count }, () => [])
    for (const [index, { inputs }] of this.#formulas.entries())
      for (const row of inputs) this.#dependents[row]!.push(index)
    const handles = [...this.#rows].map(([tag, row]) => ({ row, handle: this.#table.handleOf(tag) ?? -1 }))
    this.#rowOfHandle = new Int32Array(handles.reduce((most, { handle }) => Math.max(most, handle + 1), 0)).fill(-1)
    for (const { row, handle } of handles) {
      if (handle < 0) continue
      this.#rowOfHandle[handle] = row
      const { value, statusCode, sourceTimestamp } = this.#table.read(handle)
      const isNumber = typeof value === 'number' || typeof value === 'boolean'
      this.#value[row] = isNumber ? Number(value) : Number.NaN
      this.#others[row] = isNumber ? undefined : value
      this.#statusCode[row] = statusCode
      this.#sourceTimestamp[row] = sourceTimestamp
    }
    this.#timed = this.#formulas.filter(({ expression }) => expression.asksTime)
    this.#due = [...this.#formulas.keys()]
  }

  formula(index: FormulaIndex): AlarmFormula {
    return this.#formulas[index]!
  }

  valueOf(row: number): number {
    return this.#value[row]!
  }

  otherOf(row: number): TagValue | undefined {
    return this.#others[row]
  }

  statusCodeOf(row: number): number {
    return this.#statusCode[row]!
  }

  timestampOf(row: number): number {
    return this.#sourceTimestamp[row]!
  }

  /** Row of a handle; -1 when no expression reads it. */
  rowOfHandle(handle: number): number {
    return handle < this.#rowOfHandle.length ? this.#rowOfHandle[handle]! : -1
  }

  /** True when this row was taken over since the last {@link evaluate}: what is due must be evaluated first, sample by sample. */
  isTaken(row: number): boolean {
    return this.#roundOf[row] === this.#round
  }

  /** Takes one value of a batch over. */
  take(row: number, batch: ValueBatch, at: number): void {
    this.#value[row] = batch.value[at]!
    this.#others[row] = batch.others === null ? undefined : batch.others[at]
    this.#statusCode[row] = batch.statusCode[at]!
    this.#sourceTimestamp[row] = batch.sourceTimestamp[at]!
    this.#roundOf[row] = this.#round
    const dependents = this.#dependents[row]!
    for (let index = 0; index < dependents.length; index++) this.#markDue(dependents[index]!)
  }

  /** Expressions with `age()` are due again. */
  timePassed(): void {
    for (const [index, formula] of this.#formulas.entries()) if (formula.expression.asksTime) this.#markDue(index)
  }

  /** Evaluates what is due and says which formulas that were; a new round begins. Never throws. */
  evaluate(): readonly FormulaIndex[] {
    this.#round++
    const due = this.#due
    if (due.length === 0) return due
    this.#due = []
    for (let at = 0; at < due.length; at++) this.#compute(this.#formulas[due[at]!]!)
    return due
  }

  #markDue(index: FormulaIndex): void {
    const formula = this.#formulas[index]!
    if (formula.isDue) return
    formula.isDue = true
    this.#due.push(index)
  }

  #compute(formula: AlarmFormula): void {
    const { expression, inputs } = formula
    formula.isDue = false
    this.#inputs = inputs
    this.#worst = StatusCodes.Good
    this.#newest = 0
    if (!expression.asksQuality) {
      for (let at = 0; at < inputs.length; at++) this.#note(inputs[at]!)
      if (isBad(this.#worst)) return this.#undecided(formula, this.#worst)
    }
    try {
      formula.value = expression.evaluate(this.#read)
      formula.isDecided = true
      formula.statusCode = this.#worst
      formula.timestamp = expression.asksTime ? this.#now() : this.#newest
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error
      this.#undecided(formula, isBad(this.#worst) ? this.#worst : error.statusCode)
    }
  }

  #undecided(formula: AlarmFormula, statusCode: number): void {
    formula.isDecided = false
    formula.statusCode = statusCode
    formula.timestamp = this.#newest
  }

  #note(row: number): void {
    const statusCode = this.#statusCode[row]!
    if (statusCode >>> 30 > this.#worst >>> 30) this.#worst = statusCode
    if (this.#sourceTimestamp[row]! > this.#newest) this.#newest = this.#sourceTimestamp[row]!
  }

  #readInput(index: number, asks: 'value' | 'quality' | 'time'): ExpressionInput {
    const row = this.#inputs[index]!
    if (asks === 'value') this.#note(row)
    else if (this.#sourceTimestamp[row]! > this.#newest) this.#newest = this.#sourceTimestamp[row]!
    const other = this.#others[row]
    const input = this.#input
    input.value = other === undefined ? this.#value[row]! : other
    input.statusCode = this.#statusCode[row]!
    input.sourceTimestamp = this.#sourceTimestamp[row]!
    return input
  }

  #tagType(name: string): ReturnType<typeof valueTypeOf> | null {
    const handle = this.#table.handleOf(name)
    const definition = handle === undefined ? undefined : this.#table.definition(handle)
    return definition === undefined ? null : valueTypeOf(definition)
  }
}
