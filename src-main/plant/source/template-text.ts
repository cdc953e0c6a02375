// `${base + 1}` in the texts of an equipment type: CEL over the parameters of the instance.
import { type CompiledExpression, compileExpression } from '../../shared/expression.ts'
import { messageOf } from '../../shared/runtime-error.ts'

export type ParameterValue = string | number | boolean
export type Parameters = Readonly<Record<string, ParameterValue>>

/** Tells a template's fault where it is in the text. */
export class TemplateFault extends Error {
  readonly offset: number
  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

/** A text needs a parameter that nobody gave. */
export class MissingParameter extends TemplateFault {
  readonly parameter: string
  constructor(parameter: string, offset: number) {
    super(`no value for the parameter ${parameter}`, offset)
    this.parameter = parameter
  }
}

const nothingMissing: ReadonlySet<string> = new Set()

/** Compiled expressions of sets of parameters with the same names and types. */
type Compiled = Map<string, CompiledExpression>
const mostRemembered = 10_000
const tables = new Map<string, Compiled>()
/** Many texts are filled from one set of parameters. */
const tableOf = new WeakMap<Parameters, Compiled>()

function compiledFor(parameters: Parameters): Compiled {
  let table = tableOf.get(parameters)
  if (table !== undefined) return table
  const signature = Object.entries(parameters)
    .map(([name, value]) => `${name}:${celTypeOf(value)}`)
    .join(' ')
  table = tables.get(signature) ?? new Map()
  if (tables.size > mostRemembered) tables.clear()
  tables.set(signature, table)
  tableOf.set(parameters, table)
  return table
}

/**
 * The text with every `${…}` replaced by its value. A text that is nothing but one `${…}` gives the value itself, so that
 * `limits: { high: "${maximum}" }` is a number. `$${` stands for `${`. Throws {@link TemplateFault}; {@link MissingParameter}
 * when a name of `missing` stands in it.
 */
export function fillTemplate(
  text: string,
  parameters: Parameters,
  missing: ReadonlySet<string> = nothingMissing,
): ParameterValue {
  if (!text.includes('${')) return text
  let result = ''
  let at = 0
  while (at < text.length) {
    const start = text.indexOf('${', at)
    if (start < 0) return result + text.slice(at)
    if (text[start - 1] === '$' && start > at) {
      result += `${text.slice(at, start - 1)}\${`
      at = start + 2
      continue
    }
    const end = closingBrace(text, start + 2)
    const value = evaluate(text.slice(start + 2, end), start + 2, parameters, missing)
    if (start === 0 && end === text.length - 1) return value
    result += text.slice(at, start) + String(value)
    at = end + 1
  }
  return result
}

function closingBrace(text: string, from: number): number {
  let depth = 0
  let quote = ''
  for (let at = from; at < text.length; at++) {
    const character = text[at]!
    if (quote !== '') {
      if (character === quote) quote = ''
    } else if (character === '"' || character === "'") quote = character
    else if (character === '{') depth++
    else if (character === '}') {
      if (depth === 0) return at
      depth--
    }
  }
  throw new TemplateFault(`\${ has no } after it`, from - 2)
}

/** Value of CEL over parameters. `offset`: where it stands in its text, for faults. Throws as {@link fillTemplate}. */
export function evaluate(
  expression: string,
  offset: number,
  parameters: Parameters,
  missing: ReadonlySet<string> = nothingMissing,
): ParameterValue {
  const value = run(compile(expression, offset, parameters, missing), offset, parameters)
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value
  throw new TemplateFault(`"${expression.trim()}" gives no text, number or truth value`, offset)
}

function compile(
  expression: string,
  offset: number,
  parameters: Parameters,
  missing: ReadonlySet<string>,
): CompiledExpression {
  const compiled = compiledFor(parameters)
  const known = compiled.get(expression)
  if (known !== undefined) return known
  const result = compileExpression(expression, {
    tagType: () => null,
    variables: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, celTypeOf(value)])),
    tagNames: () => [],
  })
  if (!result.ok) {
    const name = /^[A-Za-z_]\w*/.exec(expression.slice(result.offset))?.[0] ?? ''
    if (missing.has(name)) throw new MissingParameter(name, offset + result.offset)
    throw new TemplateFault(result.message.replace('no tag named', 'no parameter named'), offset + result.offset)
  }
  if (compiled.size > mostRemembered) compiled.clear()
  compiled.set(expression, result.expression)
  return result.expression
}

function run(expression: CompiledExpression, offset: number, parameters: Parameters): unknown {
  try {
    return expression.evaluate(() => ({ value: null, statusCode: 0, sourceTimestamp: 0 }), parameters)
  } catch (error) {
    throw new TemplateFault(messageOf(error), offset)
  }
}

function celTypeOf(value: ParameterValue): string {
  return typeof value === 'number' ? 'double' : typeof value === 'boolean' ? 'bool' : 'string'
}
