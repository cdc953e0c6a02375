// CEL (Common Expression Language) over tags: one language for calculated tags, interlocks, mimic bindings, permissions.
// Tag names are written as they are (`Filler.Level > 90`); names CEL cannot spell as `tag("Tank-1/Level")`.
// docs/expressions.md describes the language for installers.
import type { Environment, ParseResult } from '@marcbachmann/cel-js'
import type { TagValue } from './data-value.ts'
import { celFaultInWords, createEnvironment, typeInWords } from './expression-functions.ts'
import {
  ExpressionFault,
  type NameLookup,
  type NameMeaning,
  rewriteExpression,
  type TagQuestion,
} from './expression-names.ts'
import { messageOf, RuntimeError } from './runtime-error.ts'
import { isBad, type StatusCodeName, StatusCodes, statusCodeName } from './status-code.ts'
import type { DataType } from './tag.ts'

/** What an expression may refer to besides tags: name → CEL type (`double`, `bool`, `string`, `dyn` …). */
export type ExpressionVariables = Readonly<Record<string, string>>

/** Where names are looked up while an expression is compiled. */
export interface ExpressionScope {
  /** Type of a tag, null when no such tag exists. */
  readonly tagType: (tagName: string) => { readonly dataType: DataType; readonly arrayLength: number | null } | null
  /** Names that are not tags; they win over tags of the same name. */
  readonly variables?: ExpressionVariables
  /**
   * Names that stand for a tag (`value` in a mimic element with `ls:tag`), so that `isBad(value)` works too; they win over
   * tags of the same name. `inputs` names the tag.
   */
  readonly aliases?: Readonly<Record<string, string>>
  /** All tag names, for "did you mean …?"; asked only when a name is not found. */
  readonly tagNames?: () => Iterable<string>
  /** Present time for `age()`, ms since 1970-01-01 UTC; the system clock when left out. */
  readonly now?: () => number
}

/** What a tag reads as while an expression is evaluated. */
export interface ExpressionInput {
  readonly value: TagValue
  readonly statusCode: number
  readonly sourceTimestamp: number
}

/**
 * Present value of `inputs[inputIndex]`; `asks` says what for: its value, or only its quality or time. Booleans may be
 * given as 0 and 1.
 */
export type ReadInput = (inputIndex: number, asks: 'value' | 'quality' | 'time') => ExpressionInput

/** A checked expression. Immutable; may be evaluated from anywhere, any number of times. */
export interface CompiledExpression {
  readonly text: string
  /** Tags it reads, each once, in the order of `read`'s index. */
  readonly inputs: readonly string[]
  /** CEL type of the result: `double`, `bool`, `string`, `int`, `bytes`, `dyn`, `list<double>`, `google.protobuf.Timestamp` … */
  readonly type: string
  /** True when it asks for the quality of an input, so that a Bad input need not make the result Bad. */
  readonly asksQuality: boolean
  /** True when it uses `age()`: its value changes with time alone. */
  readonly asksTime: boolean
  /**
   * Value for these inputs; `variables` are the values of the scope's variables. Numbers come as `number` (a 64-bit result
   * beyond 2^53 as bigint), times as ms since 1970-01-01 UTC, durations as s. Throws RuntimeError when CEL cannot decide:
   * a needed input is Bad, a number that is not finite, an index outside a list.
   */
  evaluate(read: ReadInput, variables?: Readonly<Record<string, unknown>>): TagValue
}

export type CompileResult =
  | { readonly ok: true; readonly expression: CompiledExpression }
  /** `offset`: position in the text, from 0. */
  | { readonly ok: false; readonly message: string; readonly offset: number }

/**
 * Compiles and type-checks. Numbers of all tags are CEL `double`, those of int64 and uint64 tags CEL `int` (exact); whole
 * numbers in the text are doubles, so `7 / 2` is 3.5 and `Level * 2 > 90` needs no conversion. Never throws.
 */
export function compileExpression(text: string, scope: ExpressionScope): CompileResult {
  try {
    return { ok: true, expression: compile(text, scope) }
  } catch (error) {
    if (error instanceof ExpressionFault) return { ok: false, message: error.message, offset: error.offset }
    return { ok: false, message: `the expression is too large or too deep (${messageOf(error)})`, offset: 0 }
  }
}

/** One CEL environment for each set of variables; inputs are registered in it once, as `in_<index>_<type>`. */
interface Vocabulary {
  readonly environment: Environment
  readonly registered: Set<string>
  /** Rewritten text → what it is: a rule of an equipment type is parsed once, however many instances have it. */
  readonly parsed: Map<string, Parsed>
}

interface Parsed {
  readonly run: ParseResult
  /** CEL type of the result. */
  readonly type: string
}

/** Expressions of one shape are kept up to so many shapes. */
const mostParsed = 5000

const vocabularies = new Map<string, Vocabulary>()

function vocabularyFor(variables: ExpressionVariables): Vocabulary {
  const key = JSON.stringify(Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1)))
  let vocabulary = vocabularies.get(key)
  if (vocabulary === undefined) {
    if (vocabularies.size > 100) vocabularies.clear()
    const environment = createEnvironment()
    for (const [name, type] of Object.entries(variables)) environment.registerVariable(name, type)
    vocabulary = { environment, registered: new Set(), parsed: new Map() }
    vocabularies.set(key, vocabulary)
  }
  return vocabulary
}

/** How a data type reads in CEL. */
const celTypes: Readonly<Record<DataType, string>> = {
  bool: 'bool',
  int8: 'double',
  uint8: 'double',
  int16: 'double',
  uint16: 'double',
  int32: 'double',
  uint32: 'double',
  int64: 'int',
  uint64: 'int',
  float32: 'double',
  float64: 'double',
  string: 'string',
  datetime: 'google.protobuf.Timestamp',
  bytes: 'bytes',
  structure: 'dyn',
}

/** CEL type of a tag's value. */
export function celTypeOf(dataType: DataType, arrayLength: number | null): string {
  return arrayLength === null ? celTypes[dataType] : `list<${celTypes[dataType]}>`
}

interface Input {
  readonly tag: string
  readonly dataType: DataType
  readonly isArray: boolean
}

type Getter = (evaluation: Evaluation) => unknown

/** Collects the inputs of one expression while its names are rewritten. */
class InputList implements NameLookup {
  readonly inputs: Input[] = []
  /** CEL name → what it reads. */
  readonly getters = new Map<string, Getter>()
  asksQuality = false
  asksTime = false
  readonly #scope: ExpressionScope
  readonly #vocabulary: Vocabulary

  constructor(scope: ExpressionScope, vocabulary: Vocabulary) {
    this.#scope = scope
    this.#vocabulary = vocabulary
  }

  resolve(segments: readonly string[]): NameMeaning {
    const root = segments[0]!
    if (this.#scope.variables !== undefined && Object.hasOwn(this.#scope.variables, root)) return { kind: 'variable' }
    const aliases = this.#scope.aliases
    if (aliases !== undefined && Object.hasOwn(aliases, root))
      return this.#accept(aliases[root]!, 1, segments.length) ?? { kind: 'unknown' }
    for (let count = segments.length; count > 0; count--) {
      const meaning = this.#accept(segments.slice(0, count).join('.'), count, segments.length)
      if (meaning !== null) return meaning
    }
    return { kind: 'unknown' }
  }

  /** The tag, if it exists and can have the fields that follow its name. */
  #accept(tag: string, segments: number, segmentCount: number): NameMeaning | null {
    const type = this.#scope.tagType(tag)
    if (type === null) return null
    const hasFields = type.dataType === 'structure' && type.arrayLength === null
    return segments === segmentCount || hasFields ? { kind: 'tag', tag, segments } : null
  }

  resolveQuoted(name: string): string | null {
    return this.#scope.tagType(name) === null ? null : name
  }

  *names(): Iterable<string> {
    yield* Object.keys(this.#scope.variables ?? {})
    yield* Object.keys(this.#scope.aliases ?? {})
    yield* this.#scope.tagNames?.() ?? []
  }

  replaceTag(tag: string, question: TagQuestion | null): string {
    const index = this.#indexOf(tag)
    const input = this.inputs[index]!
    if (question === null)
      return this.#register(
        `in_${index}_`,
        celTypeOf(input.dataType, input.isArray ? 1 : null),
        valueGetter(input, index),
      )
    this.asksQuality = true
    if (question === 'age' || question === 'timestamp') {
      if (question === 'age') this.asksTime = true
      const now = this.#scope.now ?? Date.now
      return question === 'age'
        ? this.#register(
            `age_${index}_`,
            'double',
            (evaluation) => Math.max(0, now() - timeOf(evaluation, tag, index)) / 1000,
          )
        : this.#register(`time_${index}_`, celTypes.datetime, (evaluation) => new Date(timeOf(evaluation, tag, index)))
    }
    const status = this.#register(
      `status_${index}_`,
      'double',
      (evaluation) => evaluation.read(index, 'quality').statusCode,
    )
    return `${question}__( ${status} )`
  }

  #indexOf(tag: string): number {
    const known = this.inputs.findIndex((input) => input.tag === tag)
    if (known >= 0) return known
    const type = this.#scope.tagType(tag)!
    this.inputs.push({ tag, dataType: type.dataType, isArray: type.arrayLength !== null })
    return this.inputs.length - 1
  }

  #register(prefix: string, type: string, getter: Getter): string {
    const name = prefix + type.replaceAll(/\W/g, '_')
    if (!this.#vocabulary.registered.has(name)) {
      this.#vocabulary.environment.registerVariable(name, type)
      this.#vocabulary.registered.add(name)
    }
    this.getters.set(name, getter)
    return name
  }
}

/** When a tag got its value; a tag that never had one has no age. */
function timeOf(evaluation: Evaluation, tag: string, index: number): number {
  const { sourceTimestamp } = evaluation.read(index, 'time')
  if (sourceTimestamp === 0)
    throw new RuntimeError('BadWaitingForInitialData', `${tag} has no value yet, so it has no time`)
  return sourceTimestamp
}

function valueGetter(input: Input, index: number): Getter {
  const convert = input.isArray ? listConversion(input.dataType) : conversions[input.dataType]
  return (evaluation) => {
    const { value, statusCode } = evaluation.read(index, 'value')
    if (isBad(statusCode)) throw badInput(input.tag, statusCode)
    if (value === null) throw new RuntimeError('BadUnexpectedError', `${input.tag} has no value`)
    return convert === undefined ? value : convert(value)
  }
}

function badInput(tag: string, statusCode: number): RuntimeError {
  const name = statusCodeName(statusCode)
  const code: StatusCodeName = Object.hasOwn(StatusCodes, name) ? (name as StatusCodeName) : 'Bad'
  return new RuntimeError(code, `${tag} is ${name}`)
}

const toWhole = (value: TagValue) => (typeof value === 'number' ? BigInt(value) : value)

/** Only where a tag's value is not yet what CEL takes. */
const conversions: Partial<Record<DataType, (value: TagValue) => unknown>> = {
  bool: (value) => value === true || value === 1,
  int64: toWhole,
  uint64: toWhole,
  datetime: (value) => new Date(value as number),
}

function listConversion(dataType: DataType): ((value: TagValue) => unknown) | undefined {
  const convert = conversions[dataType]
  return convert === undefined ? undefined : (value) => (value as readonly TagValue[]).map(convert)
}

/** What CEL reads while one expression is evaluated; one object for each expression, used again and again. */
class Evaluation extends Map<string, unknown> {
  read: ReadInput = noInputs
  variables: Readonly<Record<string, unknown>> = {}
  readonly #getters: ReadonlyMap<string, Getter>
  /** What was read last: most expressions read one thing, over and over. */
  #name = ''
  #getter: Getter | undefined

  constructor(getters: ReadonlyMap<string, Getter>) {
    super()
    this.#getters = getters
  }

  override get(name: string): unknown {
    if (name !== this.#name) {
      this.#name = name
      this.#getter = this.#getters.get(name)
    }
    return this.#getter === undefined ? this.variables[name] : this.#getter(this)
  }
}

const noInputs: ReadInput = () => {
  throw new RuntimeError('BadInvalidState', 'an expression read an input outside its evaluation')
}
const noVariables = {}

function compile(text: string, scope: ExpressionScope): CompiledExpression {
  const vocabulary = vocabularyFor(scope.variables ?? {})
  const list = new InputList(scope, vocabulary)
  const rewritten = rewriteExpression(text, list)
  const place = (offset: number) => Math.max(0, Math.min(text.length, rewritten.originalOffset(offset)))
  const { run, type } = parsedOnce(vocabulary, rewritten.text, place)
  const evaluation = new Evaluation(list.getters)
  return {
    text,
    inputs: list.inputs.map((input) => input.tag),
    type,
    asksQuality: list.asksQuality,
    asksTime: list.asksTime,
    evaluate(read, variables = noVariables) {
      const { read: outerRead, variables: outerVariables } = evaluation
      evaluation.read = read
      evaluation.variables = variables
      try {
        return toTagValue(run(evaluation), text)
      } catch (error) {
        throw evaluationError(error, text)
      } finally {
        evaluation.read = outerRead
        evaluation.variables = outerVariables
      }
    },
  }
}

interface CelError {
  readonly code: string
  readonly summary: string
  readonly range?: { readonly start: number }
}

function isCelError(error: unknown): error is CelError {
  return error instanceof Error && typeof (error as Partial<CelError>).summary === 'string'
}

function parsedOnce({ environment, parsed }: Vocabulary, text: string, place: (offset: number) => number): Parsed {
  const known = parsed.get(text)
  if (known !== undefined) return known
  const fresh = parseAndCheck(environment, text, place)
  if (parsed.size >= mostParsed) parsed.clear()
  parsed.set(text, fresh)
  return fresh
}

/** Parses and type-checks; faults come with the place in the text as written. */
function parseAndCheck(environment: Environment, text: string, place: (offset: number) => number): Parsed {
  const fail = (error: unknown): never => {
    if (!isCelError(error)) throw error
    throw new ExpressionFault(celFaultInWords(error.code, error.summary), place(error.range?.start ?? 0))
  }
  let run: ParseResult
  try {
    run = environment.parse(text)
  } catch (error) {
    return fail(error)
  }
  const checked = run.check()
  if (!checked.valid) return fail(checked.error)
  const type = checked.type ?? 'dyn'
  if (/^(type|optional|CelNamespace)/.test(type))
    throw new ExpressionFault(`the result is a ${typeInWords(type)}, which is no value`, 0)
  return { run, type }
}

function evaluationError(error: unknown, text: string): RuntimeError {
  if (error instanceof RuntimeError) return error
  const reason = isCelError(error) ? celFaultInWords(error.code, error.summary) : messageOf(error)
  return new RuntimeError('BadInvalidArgument', `Expression "${shorten(text)}" cannot be evaluated: ${reason}`, error)
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}

/** What CEL gives as what a tag can hold. */
function toTagValue(value: unknown, text: string): TagValue {
  switch (typeof value) {
    case 'number':
      if (Number.isFinite(value)) return value
      throw new RuntimeError('BadOutOfRange', `Expression "${shorten(text)}" gives no number (division by zero?)`)
    case 'boolean':
    case 'string':
      return value
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : value
    case 'object':
      return objectToTagValue(value, text)
    default:
      throw new RuntimeError('BadTypeMismatch', `Expression "${shorten(text)}" gives no value`)
  }
}

function objectToTagValue(value: object | null, text: string): TagValue {
  if (value === null || value instanceof Uint8Array) return value
  if (Array.isArray(value)) return value.map((element) => toTagValue(element, text))
  if (value instanceof Date) return value.getTime()
  if (value.constructor?.name === 'Duration') return Number(value.valueOf()) / 1000
  if (value.constructor?.name === 'UnsignedInt') return toTagValue(value.valueOf(), text)
  return Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, toTagValue(inner, text)]))
}
