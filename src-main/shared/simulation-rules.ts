// From the simulation rules of a checked plant to compiled ones: names become slots, texts become checked expressions.
// The folder check reports the faults, `lineside simulate` runs the rules.
import type { TagValue } from './data-value.ts'
import { type CompiledExpression, compileExpression, type ExpressionScope } from './expression.ts'
import type { Plant } from './plant.ts'
import { messageOf } from './runtime-error.ts'
import type { RuleKind, SimulationEntry, SimulationFault, SimulationRule } from './simulation.ts'
import { ruleKindNames } from './simulation.ts'
import { StatusCodes } from './status-code.ts'
import type { DataType, TagDefinition } from './tag.ts'

/** What rules may read and drive: a tag, a hidden value, or a parameter of an instance. */
export interface SimulationSlot {
  /** Full name; parameters are `<instance>.<parameter>`. */
  readonly name: string
  readonly dataType: DataType
  readonly arrayLength: number | null
  /** The tag, null for hidden values and parameters. */
  readonly tag: TagDefinition | null
  /** Fixed value of a parameter; undefined for all else. */
  readonly constant?: TagValue
}

/** Numbers of the values every expression may name beside slots: seconds since the start, length of the step in s. */
export const timeSlot = 0
export const stepSlot = 1
/** The rule's own value before this step, by type. */
export const previousSlots = { number: 2, bool: 3, string: 4 } as const

const builtInSlots: readonly SimulationSlot[] = [
  { name: 'time', dataType: 'float64', arrayLength: null, tag: null },
  { name: 'dt', dataType: 'float64', arrayLength: null, tag: null },
  { name: 'previous', dataType: 'float64', arrayLength: null, tag: null },
  { name: 'previous', dataType: 'bool', arrayLength: null, tag: null },
  { name: 'previous', dataType: 'string', arrayLength: null, tag: null },
]

/** An expression of a rule with the slots its inputs are read from: `inputSlots[i]` belongs to `inputs[i]`. */
export interface SlotExpression {
  readonly expression: CompiledExpression
  readonly inputSlots: readonly number[]
}

/** A rule ready to run. */
export interface CompiledRule {
  readonly entry: SimulationEntry
  /** null: only remembers what is written. */
  readonly kind: RuleKind | null
  /** Slot it drives. */
  readonly slot: number
  /** By path within the kind: `to`, `rate`, `steps.2.until`; '' for the expression of `value`. */
  readonly expressions: ReadonlyMap<string, SlotExpression>
  /** Value at the start; null where nothing is said. */
  readonly initial: TagValue
  /** Standard deviation of the measuring noise; 0 = none. */
  readonly noise: number
  /** Slots of the names in `elapsed`, `command`, `faultCode`. */
  readonly links: ReadonlyMap<string, number>
}

export interface CompiledSimulation {
  readonly slots: readonly SimulationSlot[]
  /** All rules but `value`: each takes its step from the values of the step before. */
  readonly states: readonly CompiledRule[]
  /** The `value` rules, each behind those it reads. */
  readonly values: readonly CompiledRule[]
  /** In the order of the entries; empty when all is well. */
  readonly faults: readonly SimulationFault[]
}

type SimulatedPlant = Pick<Plant, 'tags' | 'equipment' | 'simulation'>
type Wanted = 'bool' | 'number' | 'target'

/** Compiles all rules of a plant; a faulty rule is left out and reported. Never throws. */
export function compileSimulation(plant: SimulatedPlant): CompiledSimulation {
  return new SimulationCompiler(plant).run()
}

/** Faults of all rules, for the check of the plant folder. */
export function checkSimulation(plant: SimulatedPlant): readonly SimulationFault[] {
  return compileSimulation(plant).faults
}

/** A rule's expressions: path, text, and what it has to give. */
function* expressionsOf(rule: SimulationRule, kind: RuleKind): Generator<[string, string | number | boolean, Wanted]> {
  const given = rule[kind]
  if (kind === 'value') yield ['', rule.value!, 'target']
  else if (kind === 'sequence' && rule.sequence) {
    const { start, abort, hold, steps } = rule.sequence
    yield ['start', start, 'bool']
    if (abort !== undefined) yield ['abort', abort, 'bool']
    if (hold !== undefined) yield ['hold', hold, 'bool']
    for (const [index, step] of steps.entries())
      if (step.until !== undefined) yield [`steps.${index}.until`, step.until, 'bool']
  } else {
    for (const [key, wanted] of Object.entries(expressionKeys)) {
      const text = (given as Readonly<Record<string, unknown>>)[key]
      if (text !== undefined) yield [key, text as string | number | boolean, wanted]
    }
  }
}

/** Keys of kinds that hold expressions, and what those give. */
const expressionKeys: Readonly<Record<string, Wanted>> = {
  to: 'number',
  rate: 'number',
  low: 'number',
  high: 'number',
  reset: 'bool',
  of: 'number',
  by: 'number',
  set: 'bool',
  when: 'bool',
  step: 'number',
  suspendWhen: 'bool',
  holdWhen: 'bool',
  abortWhen: 'bool',
  completeWhen: 'bool',
}

/** Kinds that give true or false; the others give numbers, `value` and memory what the tag holds. */
const boolKinds: ReadonlySet<RuleKind> = new Set(['latch', 'event'])

class SimulationCompiler {
  readonly #plant: SimulatedPlant
  readonly #slots: SimulationSlot[] = [...builtInSlots]
  /** Tags and hidden values by full name. */
  readonly #slotOfName = new Map<string, number>()
  /** Parameters by `<instance>.<parameter>`: apart, since a member may have the same name. */
  readonly #slotOfParameter = new Map<string, number>()
  readonly #equipment: ReadonlyMap<string, Plant['equipment'][number]>
  readonly #calculated: number[] = []
  readonly #faults: SimulationFault[] = []

  constructor(plant: SimulatedPlant) {
    this.#plant = plant
    this.#equipment = new Map(plant.equipment.map((instance) => [instance.name, instance]))
    // Behind a scaling stands a fraction, whatever whole number the device holds.
    for (const tag of plant.tags) this.#addSlot({ ...tag, dataType: tag.scaling ? 'float64' : tag.dataType, tag })
    for (const entry of plant.simulation)
      if (entry.hidden && !this.#slotOfName.has(entry.name))
        this.#addSlot({ name: entry.name, dataType: hiddenType(entry.rule), arrayLength: null, tag: null })
  }

  run(): CompiledSimulation {
    const driven = new Set<string>()
    const rules: CompiledRule[] = []
    for (const entry of this.#plant.simulation) {
      if (driven.has(entry.name)) this.#fault(entry, '', `${entry.name} has more than one rule`)
      driven.add(entry.name)
      const rule = this.#compileEntry(entry)
      if (rule !== null) rules.push(rule)
    }
    this.#checkLinks(rules)
    const values = rules.filter((rule) => rule.kind === 'value')
    values.push(...this.#compileCalculated())
    return {
      slots: this.#slots,
      states: rules.filter((rule) => rule.kind !== 'value'),
      values: this.#inOrder(values),
      faults: this.#faults,
    }
  }

  #addSlot(from: SimulationSlot): number {
    const { name, dataType, arrayLength, tag } = from
    this.#slotOfName.set(name, this.#slots.length)
    return this.#slots.push({ name, dataType, arrayLength, tag }) - 1
  }

  #compileEntry(entry: SimulationEntry): CompiledRule | null {
    const slot = this.#slotOfName.get(entry.name)
    if (slot === undefined) return this.#fault(entry, '', `no tag named ${entry.name}`)
    const target = this.#slots[slot]!
    if (target.tag?.expression != null)
      return this.#fault(entry, '', `${entry.name} is calculated by Lineside, it has no device to simulate`)
    const kind = ruleKindNames.find((name) => entry.rule[name] !== undefined) ?? null
    const expressions = new Map<string, SlotExpression>()
    if (kind !== null) {
      const misfit = kindFault(kind, target)
      if (misfit !== null) return this.#fault(entry, kind, misfit)
      for (const [path, text, wanted] of expressionsOf(entry.rule, kind)) {
        const compiled = this.#compile(entry, [kind, path].filter(Boolean).join('.'), String(text), wanted, target)
        if (compiled === null) return null
        expressions.set(path, compiled)
      }
    }
    const initial = this.#compileFixed(entry, 'initial', 'target', target)
    const noise = this.#compileFixed(entry, 'noise', 'number', target)
    if (initial === undefined || noise === undefined) return null
    return { entry, kind, slot, expressions, initial, noise: Number(noise ?? 0), links: this.#linksOf(entry) }
  }

  /** Value of an expression over parameters alone; null when there is none, undefined when it is faulty. */
  #compileFixed(
    entry: SimulationEntry,
    key: 'initial' | 'noise',
    wanted: Wanted,
    target: SimulationSlot,
  ): TagValue | undefined {
    const text = entry.rule[key]
    if (text === undefined) return null
    const compiled = this.#compile(entry, key, String(text), wanted, target, true)
    if (compiled === null) return undefined
    const read = (index: number) => ({
      value: this.#slots[compiled.inputSlots[index]!]!.constant ?? null,
      statusCode: StatusCodes.Good,
      sourceTimestamp: 0,
    })
    try {
      return compiled.expression.evaluate(read)
    } catch (error) {
      this.#fault(entry, key, messageOf(error))
      return undefined
    }
  }

  #linksOf(entry: SimulationEntry): ReadonlyMap<string, number> {
    const links = new Map<string, number>()
    const { packml, sequence } = entry.rule
    const names = { command: packml?.command, faultCode: packml?.faultCode, elapsed: sequence?.elapsed }
    for (const [key, name] of Object.entries(names)) {
      if (name === undefined) continue
      const slot = this.#lookUp(name, entry, null)
      const found = slot === null ? null : this.#slots[slot]!
      if (found === null || found.constant !== undefined || !isNumber(found))
        this.#fault(entry, `${packml ? 'packml' : 'sequence'}.${key}`, `${name} is no number that could be driven`)
      else links.set(key, slot!)
    }
    return links
  }

  /** What a machine or sequence drives must not have a rule of its own. */
  #checkLinks(rules: readonly CompiledRule[]): void {
    const kinds = new Map(rules.map((rule) => [rule.slot, rule.kind]))
    for (const rule of rules)
      for (const [key, slot] of rule.links)
        if (kinds.get(slot) != null)
          this.#fault(rule.entry, key, `${this.#slots[slot]!.name} has a rule of its own already (${kinds.get(slot)})`)
  }

  #compile(
    entry: SimulationEntry,
    path: string,
    text: string,
    wanted: Wanted,
    target: SimulationSlot,
    isInitial = false,
  ): SlotExpression | null {
    const compiled = compileExpression(text, this.#scopeOf(entry, target, isInitial))
    if (!compiled.ok) return this.#fault(entry, path, compiled.message)
    const misfit = typeFault(compiled.expression.type, wanted, target)
    if (misfit !== null) return this.#fault(entry, path, misfit)
    const inputSlots = compiled.expression.inputs.map((name) => this.#lookUp(name, entry, target)!)
    for (const slot of inputSlots) this.#needCalculated(slot)
    return { expression: compiled.expression, inputSlots }
  }

  #scopeOf(entry: SimulationEntry, target: SimulationSlot, isInitial: boolean): ExpressionScope {
    return {
      tagType: (name) => {
        const slot = this.#lookUp(name, entry, target)
        const found = slot === null ? null : this.#slots[slot]!
        return found === null || (isInitial && found.constant === undefined) ? null : found
      },
      tagNames: () => this.#slotOfName.keys(),
    }
  }

  /** Meaning of a name: built-in, parameter, member or hidden value of the instance, tag or hidden value of the plant. */
  #lookUp(name: string, entry: SimulationEntry, target: SimulationSlot | null): number | null {
    if (name === 'time') return timeSlot
    if (name === 'dt') return stepSlot
    if (name === 'previous' && target) return previousSlots[valueClass(target)]
    const instance = entry.equipment === null ? undefined : this.#equipment.get(entry.equipment)
    if (instance !== undefined) {
      const parameter = this.#parameterSlot(instance, name)
      if (parameter !== null) return parameter
      const own = this.#slotOfName.get(instance.members[name] ?? `${instance.name}.${name}`)
      if (own !== undefined) return own
    }
    return this.#slotOfName.get(name) ?? null
  }

  #parameterSlot(instance: Plant['equipment'][number], name: string): number | null {
    if (!Object.hasOwn(instance.parameters, name)) return null
    const fullName = `${instance.name}.${name}`
    const known = this.#slotOfParameter.get(fullName)
    if (known !== undefined) return known
    const constant = instance.parameters[name]!
    const dataType = typeof constant === 'number' ? 'float64' : typeof constant === 'boolean' ? 'bool' : 'string'
    const slot = this.#slots.push({ name: fullName, dataType, arrayLength: null, tag: null, constant }) - 1
    this.#slotOfParameter.set(fullName, slot)
    return slot
  }

  #needCalculated(slot: number): void {
    if (this.#slots[slot]!.tag?.expression != null && !this.#calculated.includes(slot)) this.#calculated.push(slot)
  }

  /** Calculated tags that rules read become `value` rules here; the list grows while those need others. */
  #compileCalculated(): CompiledRule[] {
    const rules: CompiledRule[] = []
    for (let index = 0; index < this.#calculated.length; index++) {
      const slot = this.#calculated[index]!
      const target = this.#slots[slot]!
      const value = target.tag!.expression!
      const entry: SimulationEntry = { name: target.name, hidden: false, equipment: null, rule: { value } }
      const compiled = compileExpression(value, {
        tagType: (name) => this.#slots[this.#slotOfName.get(name) ?? -1] ?? null,
      })
      // A faulty calculated tag is the folder check's fault, not one of the simulation.
      if (!compiled.ok) continue
      const inputSlots = compiled.expression.inputs.map((name) => this.#slotOfName.get(name)!)
      for (const input of inputSlots) this.#needCalculated(input)
      const expressions = new Map([['', { expression: compiled.expression, inputSlots }]])
      rules.push({ entry, kind: 'value', slot, expressions, initial: null, noise: 0, links: new Map() })
    }
    return rules
  }

  /** `value` rules so that each stands behind those it reads; a circle is a fault. */
  #inOrder(rules: readonly CompiledRule[]): CompiledRule[] {
    const ruleOfSlot = new Map(rules.map((rule) => [rule.slot, rule]))
    const ordered: CompiledRule[] = []
    const done = new Set<CompiledRule>()
    const path: CompiledRule[] = []
    const visit = (rule: CompiledRule): void => {
      if (done.has(rule)) return
      const at = path.indexOf(rule)
      if (at >= 0) {
        const names = [...path.slice(at), rule].map((member) => member.entry.name)
        this.#fault(rule.entry, 'value', `goes in a circle: ${names.join(' → ')}; a lag or integrate in it breaks it`)
        return
      }
      path.push(rule)
      for (const slot of rule.expressions.get('')!.inputSlots) {
        const needed = ruleOfSlot.get(slot)
        if (needed !== undefined) visit(needed)
      }
      path.pop()
      done.add(rule)
      ordered.push(rule)
    }
    for (const rule of rules) visit(rule)
    return ordered
  }

  #fault(entry: SimulationEntry, path: string, message: string): null {
    const where = path === '' ? '' : `, ${path}`
    this.#faults.push({
      index: this.#plant.simulation.indexOf(entry),
      message: `simulation of ${entry.name}${where}: ${message}`,
    })
    return null
  }
}

function hiddenType(rule: SimulationRule): DataType {
  return rule.dataType ?? (rule.latch || rule.event ? 'bool' : 'float64')
}

function isNumber(slot: SimulationSlot): boolean {
  return slot.arrayLength === null && valueClass(slot) === 'number'
}

/** What `previous` is for a rule that drives this slot. */
export function valueClass(slot: SimulationSlot): keyof typeof previousSlots {
  if (slot.dataType === 'bool') return 'bool'
  return ['string', 'bytes', 'structure'].includes(slot.dataType) ? 'string' : 'number'
}

function kindFault(kind: RuleKind, target: SimulationSlot): string | null {
  if (kind === 'value') return null
  if (target.arrayLength !== null) return 'arrays can only have value rules'
  if (kind === 'pulse' && target.dataType === 'bool') return null
  if (boolKinds.has(kind))
    return target.dataType === 'bool' ? null : `gives true or false, ${target.name} is ${target.dataType}`
  return isNumber(target) ? null : `gives a number, ${target.name} is ${target.dataType}`
}

function typeFault(type: string, wanted: Wanted, target: SimulationSlot): string | null {
  if (type === 'dyn') return null
  const isNumeric = type === 'double' || type === 'int' || type === 'uint'
  if (wanted === 'bool') return type === 'bool' ? null : `true or false is expected, not a ${type}`
  if (wanted === 'number') return isNumeric ? null : `a number is expected, not a ${type}`
  if (target.arrayLength !== null)
    return type.startsWith('list')
      ? null
      : `a list of ${target.arrayLength} ${target.dataType} is expected, not a ${type}`
  const fits =
    target.dataType === 'bool'
      ? type === 'bool'
      : target.dataType === 'string'
        ? type === 'string'
        : target.dataType === 'datetime'
          ? isNumeric || type.endsWith('Timestamp')
          : valueClass(target) === 'number'
            ? isNumeric
            : true
  const hint = target.tag === null && type === 'bool' ? ' (add dataType: bool)' : ''
  return fits ? null : `${target.dataType} is expected, not a ${type}${hint}`
}
