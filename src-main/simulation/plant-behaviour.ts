// A simulated plant without any wire: the values of all tags and hidden values, moved on step by step by the rules of the
// plant folder. Time and chance are handed in, so a shift can be played in a second, and twice the same.
import type { TagValue } from '../shared/data-value.ts'
import type { ExpressionInput, ReadInput } from '../shared/expression.ts'
import { messageOf, RuntimeError } from '../shared/runtime-error.ts'
import { packmlStates } from '../shared/simulation.ts'
import {
  type CompiledRule,
  type CompiledSimulation,
  previousSlots,
  type SimulationSlot,
  type SlotExpression,
  stepSlot,
  timeSlot,
  valueClass,
} from '../shared/simulation-rules.ts'
import { StatusCodes } from '../shared/status-code.ts'
import { dataTypes, integerRange, isNumericType } from '../shared/tag.ts'
import { gaussian, type Random, randomOf } from './random.ts'
import { createBehaviour, type RuleBehaviour, type RuleSurroundings } from './rule-behaviour.ts'

export interface PlantBehaviourOptions {
  readonly simulation: CompiledSimulation
  /** The same seed gives the same course of events. */
  readonly seed: number
  /** A rule could not be evaluated; it keeps its last value. Told once for each rule. */
  readonly onFault: (ruleName: string, message: string) => void
}

/** Smallest and largest value of the integer types. */
const wholeRanges: ReadonlyMap<string, { readonly low: number; readonly high: number }> = new Map(
  dataTypes.flatMap((dataType) => {
    const range = integerRange(dataType)
    return range === null ? [] : [[dataType, { low: Number(range.low), high: Number(range.high) }] as const]
  }),
)

/** Noise is drawn anew so often, in s: a transmitter's, not the wire's rhythm. */
const noiseSeconds = 1

interface RunningRule {
  readonly rule: CompiledRule
  /** null: only remembers, or a `value` rule. */
  readonly behaviour: RuleBehaviour | null
  readonly around: RuleSurroundings
  readonly previousSlot: number
  /** A sum shown as a whole number: what is not yet whole waits. A hair is allowed for sums of many small steps. */
  readonly isTotal: boolean
  /** Of a `value` rule: true when it may change though no input did. */
  readonly isRestless: boolean
  /** Change count of the plant when a `value` rule was last evaluated. */
  evaluatedAt: number
  hasFailed: boolean
}

export class PlantBehaviour {
  readonly #simulation: CompiledSimulation
  readonly #onFault: PlantBehaviourOptions['onFault']
  readonly #values: TagValue[]
  /** Grows with every change of a value; `#changedAt[slot]` is what it was at the slot's last change. */
  #changeCount = 0
  readonly #changedAt: number[]
  readonly #slotOfName = new Map<string, number>()
  readonly #states: RunningRule[]
  readonly #valueRules: RunningRule[]
  /** Rules by the slot they drive, and those that want to know of writes to a slot. */
  readonly #ruleOfSlot = new Map<number, RunningRule>()
  readonly #listeners = new Map<number, { readonly running: RunningRule; readonly link: string }>()
  readonly #noise: Noise
  readonly #evaluations = new Map<SlotExpression, () => TagValue>()
  /** Reused for every input that is read. */
  readonly #input: { value: TagValue; statusCode: number; sourceTimestamp: number } = {
    value: null,
    statusCode: StatusCodes.Good,
    sourceTimestamp: 1,
  }

  constructor({ simulation, seed, onFault }: PlantBehaviourOptions) {
    this.#simulation = simulation
    this.#onFault = onFault
    this.#values = simulation.slots.map((slot) => slot.constant ?? emptyValue(slot))
    this.#changedAt = simulation.slots.map(() => 0)
    for (const [index, slot] of simulation.slots.entries())
      if (slot.constant === undefined && index > previousSlots.string) this.#slotOfName.set(slot.name, index)
    const noisy = [...simulation.states, ...simulation.values].filter((rule) => rule.noise > 0)
    const deviations = new Map(noisy.map((rule) => [rule.slot, rule.noise]))
    this.#noise = new Noise(deviations, randomOf(seed, 'noise'))
    this.#states = simulation.states.map((rule) => this.#start(rule, seed))
    this.#valueRules = simulation.values.map((rule) => this.#start(rule, seed))
    for (const running of [...this.#states, ...this.#valueRules]) {
      this.#ruleOfSlot.set(running.rule.slot, running)
      for (const [link, slot] of running.rule.links) this.#listeners.set(slot, { running, link })
    }
    this.#evaluateValues()
  }

  /** Moves the plant on by this many seconds (more than 0, at most a few). */
  step(seconds: number): void {
    this.#values[timeSlot] = this.time + seconds
    this.#values[stepSlot] = seconds
    // All rules with a memory step from the same values: the new ones are put in place only when the last has stepped.
    const results = this.#states.map((running) => this.#stepState(running, seconds))
    for (const [index, running] of this.#states.entries()) {
      const result = results[index]!
      if (result !== null) this.#set(running.rule.slot, running.isTotal ? Math.floor(Number(result) + 1e-9) : result)
    }
    this.#evaluateValues()
    this.#noise.step(seconds)
  }

  /** Seconds since the start. */
  get time(): number {
    return this.#values[timeSlot] as number
  }

  /** Slot of a tag or hidden value, undefined when there is none. */
  slotOf(name: string): number | undefined {
    return this.#slotOfName.get(name)
  }

  /** True value of a slot, engineering units. */
  value(slot: number): TagValue {
    return this.#values[slot]!
  }

  /** Value of a slot as its transmitter measures it: with noise, which alone does not leave the tag's limits. */
  measured(slot: number): TagValue {
    const value = this.#values[slot]!
    const noise = this.#noise.of(slot)
    if (noise === 0 || typeof value !== 'number') return value
    const { low, high } = this.#simulation.slots[slot]!.tag?.limits ?? { low: null, high: null }
    return Math.min(Math.max(value + noise, Math.min(low ?? -Infinity, value)), Math.max(high ?? Infinity, value))
  }

  /** A client wrote a tag; engineering units. A rule may take it over (set-points, commands) or say otherwise. */
  write(slot: number, value: TagValue): void {
    this.#set(slot, value)
    const running = this.#ruleOfSlot.get(slot)
    running?.behaviour?.write(value)
    if (running) running.evaluatedAt = -1
    const listener = this.#listeners.get(slot)
    listener?.running.behaviour?.writeLink?.(listener.link, Number(value))
  }

  #start(rule: CompiledRule, seed: number): RunningRule {
    const { entry, slot } = rule
    const target = this.#simulation.slots[slot]!
    const running: RunningRule = {
      rule,
      behaviour: createBehaviour(rule, this.#initialOf(rule), randomOf(seed, entry.name)),
      around: this.#surroundings(rule),
      previousSlot: previousSlots[valueClass(target)],
      isTotal: rule.kind === 'integrate' && wholeRanges.has(target.dataType),
      isRestless: rule.kind === 'value' && isRestless(rule),
      evaluatedAt: -1,
      hasFailed: false,
    }
    this.#set(slot, this.#initialOf(rule))
    return running
  }

  #initialOf(rule: CompiledRule): TagValue {
    if (rule.initial !== null) return rule.initial
    const { packml, sequence, randomWalk } = rule.entry.rule
    if (packml !== undefined)
      return Number(Object.entries(packmlStates).find(([, state]) => state === packml.initial)![0])
    if (sequence !== undefined) return sequence.rest
    if (randomWalk !== undefined) return (this.#numberAt(rule, 'low', 0) + this.#numberAt(rule, 'high', 0)) / 2
    return this.#values[rule.slot]!
  }

  #surroundings(rule: CompiledRule): RuleSurroundings {
    return {
      number: (path, otherwise) => this.#numberAt(rule, path, otherwise),
      isTrue: (path) => {
        const expression = rule.expressions.get(path)
        return expression !== undefined && this.#evaluate(expression) === true
      },
      drive: (link, value) => {
        const slot = rule.links.get(link)
        if (slot !== undefined) this.#set(slot, value)
      },
    }
  }

  #numberAt(rule: CompiledRule, path: string, otherwise: number): number {
    const expression = rule.expressions.get(path)
    return expression === undefined ? otherwise : Number(this.#evaluate(expression))
  }

  #stepState(running: RunningRule, seconds: number): number | boolean | null {
    if (running.behaviour === null) return null
    const { behaviour, around } = running
    this.#values[running.previousSlot] = this.#values[running.rule.slot]!
    return this.#attempt(running, () => behaviour.step(seconds, around))
  }

  #evaluateValues(): void {
    for (const running of this.#valueRules) {
      if (!this.#mayHaveChanged(running)) continue
      running.evaluatedAt = this.#changeCount
      this.#values[running.previousSlot] = this.#values[running.rule.slot]!
      const value = this.#attempt(running, () => this.#evaluate(running.rule.expressions.get('')!))
      if (value !== null) this.#set(running.rule.slot, value)
    }
  }

  #mayHaveChanged({ rule, isRestless, evaluatedAt }: RunningRule): boolean {
    if (isRestless || evaluatedAt < 0) return true
    return rule.expressions.get('')!.inputSlots.some((slot) => this.#changedAt[slot]! > evaluatedAt)
  }

  /** A rule that cannot be evaluated keeps its value, and says so once. */
  #attempt<T>(running: RunningRule, evaluate: () => T): T | null {
    try {
      return evaluate()
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error
      if (!running.hasFailed) this.#onFault(running.rule.entry.name, messageOf(error))
      running.hasFailed = true
      return null
    }
  }

  #evaluate(slotExpression: SlotExpression): TagValue {
    let evaluation = this.#evaluations.get(slotExpression)
    if (evaluation === undefined) {
      evaluation = this.#prepare(slotExpression)
      this.#evaluations.set(slotExpression, evaluation)
    }
    return evaluation()
  }

  /** What reads nothing but parameters gives the same for ever. */
  #prepare({ expression, inputSlots }: SlotExpression): () => TagValue {
    const read: ReadInput = (index) => this.#read(inputSlots[index]!)
    const isFixed = inputSlots.every((slot) => this.#simulation.slots[slot]!.constant !== undefined)
    if (!isFixed || expression.asksTime) return () => expression.evaluate(read)
    const value = expression.evaluate(read)
    return () => value
  }

  #read(slot: number): ExpressionInput {
    this.#input.value = this.#values[slot]!
    this.#input.sourceTimestamp = 1 + this.time * 1000
    return this.#input
  }

  #set(slot: number, value: TagValue): void {
    const next = fitted(value, this.#simulation.slots[slot]!)
    if (Object.is(next, this.#values[slot])) return
    this.#values[slot] = next
    this.#changedAt[slot] = ++this.#changeCount
  }
}

/** Reads time or its own last value. */
function isRestless(rule: CompiledRule): boolean {
  return rule.expressions.get('')!.inputSlots.some((slot) => slot <= previousSlots.string)
}

/** Measuring noise of the rules that have some. */
class Noise {
  readonly #random: Random
  readonly #deviations: ReadonlyMap<number, number>
  readonly #present = new Map<number, number>()
  #elapsed = 0

  /** Standard deviations by slot. */
  constructor(deviations: ReadonlyMap<number, number>, random: Random) {
    this.#random = random
    this.#deviations = deviations
  }

  step(seconds: number): void {
    this.#elapsed += seconds
    if (this.#elapsed < noiseSeconds) return
    this.#elapsed = 0
    for (const [slot, deviation] of this.#deviations) this.#present.set(slot, deviation * gaussian(this.#random))
  }

  /** What it adds at present; 0 where there is none. */
  of(slot: number): number {
    return this.#present.get(slot) ?? 0
  }
}

/** What a slot holds before anything is known of it. */
function emptyValue({ dataType, arrayLength }: SimulationSlot): TagValue {
  const one = emptyElement(dataType)
  return arrayLength === null ? one : Array.from({ length: arrayLength }, () => one)
}

function emptyElement(dataType: SimulationSlot['dataType']): TagValue {
  switch (dataType) {
    case 'bool':
      return false
    case 'string':
      return ''
    case 'bytes':
      return new Uint8Array(0)
    case 'structure':
      return {}
    case 'int64':
    case 'uint64':
      return 0n
    default:
      return 0
  }
}

/** A value as the slot's data type holds it: whole numbers are rounded and kept in range. */
export function fitted(value: TagValue, slot: Pick<SimulationSlot, 'dataType' | 'arrayLength'>): TagValue {
  if (slot.arrayLength === null) return fittedElement(value, slot.dataType)
  const elements = Array.isArray(value) ? value : []
  return Array.from({ length: slot.arrayLength }, (_, index) => fittedElement(elements[index] ?? 0, slot.dataType))
}

function fittedElement(value: TagValue, dataType: SimulationSlot['dataType']): TagValue {
  if (dataType === 'float64') return Number(value)
  if (dataType === 'bool') return value === true || value === 1
  const range = wholeRanges.get(dataType)
  if (range === undefined) return isNumericType(dataType) ? Number(value) : value
  if (dataType === 'int64' || dataType === 'uint64')
    return typeof value === 'bigint' ? value : BigInt(Math.round(Number(value)))
  return Math.min(Math.max(Math.round(Number(value)), range.low), range.high)
}
