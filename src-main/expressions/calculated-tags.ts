// Tags whose value is CEL over other tags. Only what a change touches is computed again, each tag once and after all it is
// calculated from; quality and time come from the inputs.
import type { TagValue } from '../shared/data-value.ts'
import { sortByDependency } from '../shared/dependency-order.ts'
import type { CompiledExpression, ExpressionInput } from '../shared/expression.ts'
import { ExpressionCache } from '../shared/expression-cache.ts'
import { RuntimeError } from '../shared/runtime-error.ts'
import { isBad, StatusCodes } from '../shared/status-code.ts'
import { type TagDefinition, valueTypeOf } from '../shared/tag.ts'
import { type ValueBatch, ValueBatchBuilder } from '../shared/value-batch.ts'
import { fitResult } from './result-fit.ts'

/** What is needed of the tag table. */
export interface TagSource {
  handleOf(name: string): number | undefined
  read(handle: number): ExpressionInput
}

export interface CalculatedTagsParts {
  readonly table: TagSource
  /** Present time, ms since 1970-01-01 UTC. */
  readonly clock: { now(): number }
}

/** Expressions with `age()` change with time alone; they are computed again when this much of it has passed. */
const timeStepMs = 1000

/** One calculated tag. `slot` and `inputs` are indexes into the columns. */
interface Calculation {
  readonly definition: TagDefinition
  readonly handle: number
  readonly slot: number
  /** null when the expression does not compile, which the plant check never lets through. */
  readonly expression: CompiledExpression | null
  readonly inputs: readonly number[]
}

/**
 * Used for every batch on its way up:
 *
 *     const changes = tagTable.apply(batch)
 *     const calculated = tagTable.applyCalculated(calculatedTags.evaluate(changes))
 *
 * `configure` marks every calculated tag as due; the next `evaluate` computes them all, so call it with an empty batch
 * after configuring, and once a second where expressions use `age()`.
 *
 * Quality: the result is as bad as the worst input and carries that input's status code. An expression that asks for quality
 * itself (`isBad(…)`) is judged only by the inputs whose values it used. What cannot be computed is Bad with the reason
 * (BadOutOfRange for a division by zero, BadInvalidArgument …). The source timestamp is the newest input's.
 */
export class CalculatedTags {
  readonly #table: TagSource
  readonly #clock: { now(): number }
  readonly #now = () => this.#clock.now()
  readonly #cache = new ExpressionCache()
  /** In dependency order. */
  #calculations: readonly Calculation[] = []
  #timed: readonly number[] = []
  #nextTimeStep = 0
  /** Handle → slot, -1 for tags that no expression reads. */
  #slotOfHandle = new Int32Array(0)
  /** Slot → positions in `#calculations` that read it. */
  #dependents: readonly (readonly number[])[] = []
  #isDue = new Uint8Array(0)
  /** Present inputs, one row for each slot, as in a ValueBatch. */
  #value = new Float64Array(0)
  #statusCode = new Uint32Array(0)
  #sourceTimestamp = new Float64Array(0)
  #others: (TagValue | undefined)[] = []
  /** The one object expressions read inputs through. */
  readonly #input: { value: TagValue; statusCode: number; sourceTimestamp: number } = {
    value: null,
    statusCode: 0,
    sourceTimestamp: 0,
  }
  /** Of the evaluation under way. */
  #inputs: readonly number[] = []
  #worstStatus = 0
  #newestTimestamp = 0
  readonly #read = (index: number, asks: 'value' | 'quality' | 'time') => this.#readInput(index, asks)

  constructor({ table, clock }: CalculatedTagsParts) {
    this.#table = table
    this.#clock = clock
  }

  /** Number of calculated tags. */
  get count(): number {
    return this.#calculations.length
  }

  /** Exactly these tags from now on; the table must know them already. All calculated ones are due. */
  configure(tags: readonly TagDefinition[]): void {
    const byName = new Map(tags.map((tag) => [tag.name, tag]))
    this.#cache.begin()
    const compiled = compileAll(tags, byName, this.#cache, this.#now)
    const order = orderOf(compiled)
    const slots = new Map<string, number>()
    const slotOf = (name: string): number => {
      const slot = slots.get(name) ?? slots.size
      slots.set(name, slot)
      return slot
    }
    this.#calculations = order.map((name) => {
      const expression = compiled.get(name) ?? null
      const inputs = (expression?.inputs ?? []).map(slotOf)
      return {
        definition: byName.get(name)!,
        handle: this.#table.handleOf(name) ?? -1,
        slot: slotOf(name),
        expression,
        inputs,
      }
    })
    this.#layOut(slots)
    this.#timed = [...this.#calculations.keys()].filter((at) => this.#calculations[at]!.expression?.asksTime === true)
    this.#nextTimeStep = 0
  }

  /**
   * Takes over what changed and gives the new values of the calculated tags that build on it, in dependency order and in
   * engineering units. Never throws.
   */
  evaluate(changes: ValueBatch): ValueBatch {
    this.#takeOver(changes)
    if (this.#timed.length > 0) this.#dueByTime()
    const results = new ValueBatchBuilder(16)
    for (let position = this.#isDue.indexOf(1); position >= 0; position = this.#isDue.indexOf(1, position + 1)) {
      this.#isDue[position] = 0
      this.#compute(this.#calculations[position]!, results)
    }
    return results.take()
  }

  /** Columns for all slots, filled with the present values of the table. */
  #layOut(slots: ReadonlyMap<string, number>): void {
    const count = slots.size
    this.#value = new Float64Array(count).fill(Number.NaN)
    this.#statusCode = new Uint32Array(count).fill(StatusCodes.BadWaitingForInitialData)
    this.#sourceTimestamp = new Float64Array(count)
    this.#others = new Array(count).fill(null)
    const dependents: number[][] = Array.from({ length: count }, () => [])
    for (const [position, { inputs }] of this.#calculations.entries())
      for (const input of inputs) dependents[input]!.push(position)
    this.#dependents = dependents
    this.#isDue = new Uint8Array(this.#calculations.length).fill(1)
    const calculated = new Set(this.#calculations.map(({ slot }) => slot))
    const sources = [...slots].filter(([, slot]) => !calculated.has(slot))
    const handles = sources.map(([name, slot]) => ({ slot, handle: this.#table.handleOf(name) ?? -1 }))
    this.#slotOfHandle = new Int32Array(handles.reduce((most, { handle }) => Math.max(most, handle + 1), 0)).fill(-1)
    for (const { slot, handle } of handles) {
      if (handle < 0) continue
      this.#slotOfHandle[handle] = slot
      const { value, statusCode, sourceTimestamp } = this.#table.read(handle)
      this.#store(slot, value, statusCode, sourceTimestamp)
    }
  }

  #store(slot: number, value: TagValue, statusCode: number, sourceTimestamp: number): void {
    const isNumber = typeof value === 'number' || typeof value === 'boolean'
    this.#value[slot] = isNumber ? Number(value) : Number.NaN
    this.#others[slot] = isNumber ? undefined : value
    this.#statusCode[slot] = statusCode
    this.#sourceTimestamp[slot] = sourceTimestamp
  }

  #takeOver({ count, handle: handles, value, statusCode, sourceTimestamp, others }: ValueBatch): void {
    const slotOfHandle = this.#slotOfHandle
    for (let row = 0; row < count; row++) {
      const slot = slotOfHandle[handles[row]!]
      if (slot === undefined || slot < 0) continue
      this.#value[slot] = value[row]!
      this.#others[slot] = others === null ? undefined : others[row]
      this.#statusCode[slot] = statusCode[row]!
      this.#sourceTimestamp[slot] = sourceTimestamp[row]!
      this.#markDependents(slot)
    }
  }

  #markDependents(slot: number): void {
    const dependents = this.#dependents[slot]!
    for (let index = 0; index < dependents.length; index++) this.#isDue[dependents[index]!] = 1
  }

  #dueByTime(): void {
    const now = this.#clock.now()
    // A clock that was set back must not stop time for the difference.
    if (now < this.#nextTimeStep && now > this.#nextTimeStep - 2 * timeStepMs) return
    this.#nextTimeStep = now + timeStepMs
    for (const position of this.#timed) this.#isDue[position] = 1
  }

  #compute(calculation: Calculation, results: ValueBatchBuilder): void {
    const { expression, inputs, definition } = calculation
    if (expression === null)
      return this.#result(calculation, null, StatusCodes.BadConfigurationError, this.#clock.now(), results)
    this.#inputs = inputs
    this.#worstStatus = StatusCodes.Good
    this.#newestTimestamp = 0
    if (!expression.asksQuality) {
      for (let index = 0; index < inputs.length; index++) this.#noteInput(inputs[index]!)
      if (isBad(this.#worstStatus))
        return this.#result(calculation, null, this.#worstStatus, this.#timestamp(), results)
    }
    try {
      const value = fitResult(expression.evaluate(this.#read), definition)
      this.#result(calculation, value, this.#worstStatus, this.#timestamp(), results)
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error
      const statusCode = isBad(this.#worstStatus) ? this.#worstStatus : error.statusCode
      this.#result(
        calculation,
        null,
        isBad(statusCode) ? statusCode : StatusCodes.BadInternalError,
        this.#timestamp(),
        results,
      )
    }
  }

  /** Newest input's time; now for an expression without inputs. */
  #timestamp(): number {
    return this.#newestTimestamp === 0 ? this.#clock.now() : this.#newestTimestamp
  }

  /** The worst quality and the newest time so far, this input included. Of equally bad inputs the first counts. */
  #noteInput(slot: number): void {
    const statusCode = this.#statusCode[slot]!
    if (statusCode >>> 30 > this.#worstStatus >>> 30) this.#worstStatus = statusCode
    if (this.#sourceTimestamp[slot]! > this.#newestTimestamp) this.#newestTimestamp = this.#sourceTimestamp[slot]!
  }

  #readInput(index: number, asks: 'value' | 'quality' | 'time'): ExpressionInput {
    const slot = this.#inputs[index]!
    if (asks === 'value') this.#noteInput(slot)
    else if (this.#sourceTimestamp[slot]! > this.#newestTimestamp) this.#newestTimestamp = this.#sourceTimestamp[slot]!
    const other = this.#others[slot]
    const input = this.#input
    input.value = other === undefined ? this.#value[slot]! : other
    input.statusCode = this.#statusCode[slot]!
    input.sourceTimestamp = this.#sourceTimestamp[slot]!
    return input
  }

  #result(
    calculation: Calculation,
    value: TagValue,
    statusCode: number,
    sourceTimestamp: number,
    results: ValueBatchBuilder,
  ): void {
    const { slot, handle } = calculation
    const isSame = this.#isSame(slot, value, statusCode)
    this.#store(slot, value, statusCode, sourceTimestamp)
    if (handle >= 0) results.add(handle, value, statusCode, sourceTimestamp)
    if (!isSame) this.#markDependents(slot)
  }

  /** Only plain values are compared; a list or structure counts as changed. */
  #isSame(slot: number, value: TagValue, statusCode: number): boolean {
    if (statusCode !== this.#statusCode[slot]) return false
    if (typeof value === 'number' || typeof value === 'boolean')
      return this.#others[slot] === undefined && this.#value[slot] === Number(value)
    return value === this.#others[slot]
  }
}

/** Every calculated tag with its expression, null where it does not compile. */
function compileAll(
  tags: readonly TagDefinition[],
  byName: ReadonlyMap<string, TagDefinition>,
  cache: ExpressionCache,
  now: () => number,
): Map<string, CompiledExpression | null> {
  const scope = {
    tagType: (name: string) => {
      const tag = byName.get(name)
      return tag === undefined ? null : valueTypeOf(tag)
    },
    now,
  }
  const compiled = new Map<string, CompiledExpression | null>()
  for (const { name, expression } of tags) {
    if (expression === null) continue
    const result = cache.compile(expression, scope)
    compiled.set(name, result.ok ? result.expression : null)
  }
  return compiled
}

/** Dependency order. Tags of a ring lose their expression, so that they show BadConfigurationError. */
function orderOf(compiled: Map<string, CompiledExpression | null>): readonly string[] {
  for (;;) {
    const sorted = sortByDependency(compiled.keys(), (name) => compiled.get(name)?.inputs ?? [])
    if (sorted.ok) return sorted.order
    for (const name of sorted.cycle) compiled.set(name, null)
  }
}
