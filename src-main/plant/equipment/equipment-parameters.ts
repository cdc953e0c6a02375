// The parameters of one instance: filled into texts of its type. A parameter without a value is a fault only where it is needed.
import { didYouMean } from '../../shared/closest-name.ts'
import type { Path } from '../source/fault-list.ts'
import type { Origin } from '../source/origin.ts'
import {
  evaluate,
  fillTemplate,
  MissingParameter,
  type ParameterValue,
  TemplateFault,
} from '../source/template-text.ts'
import type { KnownType } from './equipment-type-merge.ts'

/** A fault at a place within a thing. */
export class PlacedFault extends Error {
  readonly path: Path
  readonly offset: number
  /** For a parameter that nobody gave: lists that fault, where the instance is written. */
  readonly missing: (() => void) | null
  constructor(message: string, path: Path, offset: number, missing: (() => void) | null = null) {
    super(message)
    this.path = path
    this.offset = offset
    this.missing = missing
  }

  /** Lists it. */
  tell(origin: Origin): void {
    if (this.missing !== null) this.missing()
    else origin.inText(this.path, this.offset, this.message)
  }
}

export class InstanceParameters {
  readonly values: Readonly<Record<string, ParameterValue>>
  /** Names without a value → what lists that as a fault. */
  readonly #missing: ReadonlyMap<string, () => void>
  readonly #missingNames: ReadonlySet<string>

  constructor(values: Readonly<Record<string, ParameterValue>>, missing: ReadonlyMap<string, () => void> = new Map()) {
    this.values = values
    this.#missing = missing
    this.#missingNames = new Set(missing.keys())
  }

  /** A text with parameters filled in. Throws {@link PlacedFault} for the value at `path`. */
  fill(text: string, path: Path): ParameterValue {
    if (!text.includes('${')) return text
    return this.#placed(path, () => fillTemplate(text, this.values, this.#missingNames))
  }

  /** All texts in a value filled in; the value itself when there is nothing to fill in. Throws {@link PlacedFault}. */
  fillAll(value: unknown, path: Path): unknown {
    if (typeof value === 'string') return this.fill(value, path)
    if (Array.isArray(value)) {
      const filled = value.map((element, index) => this.fillAll(element, [...path, index]))
      return filled.every((element, index) => element === value[index]) ? value : filled
    }
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value)
    const filled = entries.map(([key, each]) => [key, this.fillAll(each, [...path, key])] as const)
    return filled.every(([, each], index) => each === entries[index]![1]) ? value : Object.fromEntries(filled)
  }

  /** Outcome of a condition over parameters. Throws {@link PlacedFault}. */
  decide(condition: string, path: Path): boolean {
    const value = this.#placed(path, () => evaluate(condition, 0, this.values, this.#missingNames))
    if (typeof value === 'boolean') return value
    const isName = Object.hasOwn(this.values, condition.trim())
    const got = typeof value === 'string' ? `the text "${value.slice(0, 40)}"` : String(value)
    throw new PlacedFault(
      isName
        ? `${condition.trim()}: true or false is expected, not ${got}`
        : `a condition over parameters (true or false) is expected; this one gives ${got}`,
      path,
      0,
    )
  }

  #placed<Result>(path: Path, work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof TemplateFault)) throw error
      const missing = error instanceof MissingParameter ? this.#missing.get(error.parameter) : undefined
      throw new PlacedFault(error.message, path, error.offset, missing ?? null)
    }
  }
}

/** Who gives parameters to an instance of a type. */
export interface ParameterGiver {
  readonly instance: string
  readonly place: string
  readonly type: KnownType
  readonly given: Readonly<Record<string, ParameterValue>>
  /** Where the instance is written. */
  readonly origin: Origin
  /** Parameters of the instance it is nested in: fill the given texts. */
  readonly outer: InstanceParameters | null
}

/** Defaults of the type with the given values on top, `name` and `place`; null when one is given that the type does not have. */
export function parametersOf({
  instance,
  place,
  type,
  given,
  origin,
  outer,
}: ParameterGiver): InstanceParameters | null {
  let isRight = true
  for (const name of Object.keys(given)) {
    if (type.parameters.has(name)) continue
    isRight = false
    origin.atKey(
      ['parameters', name],
      `type ${type.name} has no parameter ${name}${didYouMean(name, type.parameters.keys())}`,
    )
  }
  const values: Record<string, ParameterValue> = { name: instance, place }
  const missing = new Map<string, () => void>()
  for (const [name, { standard }] of type.parameters) {
    const written = Object.hasOwn(given, name) ? given[name]! : standard
    if (written === null) {
      missing.set(name, () =>
        origin.at([], `instance ${instance} has to give the parameter ${name} of type ${type.name}`),
      )
      continue
    }
    try {
      const isFilled = outer !== null && typeof written === 'string' && Object.hasOwn(given, name)
      values[name] = isFilled ? outer.fill(written, ['parameters', name]) : written
    } catch (error) {
      if (!(error instanceof PlacedFault)) throw error
      // What the outer instance lacks counts only where this one needs it.
      if (error.missing !== null) missing.set(name, error.missing)
      else {
        isRight = false
        error.tell(origin)
      }
    }
  }
  return isRight ? new InstanceParameters(values, missing) : null
}
