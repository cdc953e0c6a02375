// The words of Lineside's expressions beside CEL's own: arithmetic over mixed numbers, functions of engineers, texts.
// docs/expressions.md lists them for people; this table is what runs.
import { Environment } from '@marcbachmann/cel-js'
import { RuntimeError } from './runtime-error.ts'
import { qualityOf } from './status-code.ts'
import { timeText } from './time-text.ts'

/** Hostile or runaway expressions end here, at compile time. */
const limits = { maxAstNodes: 1500, maxDepth: 48, maxListElements: 300, maxMapEntries: 100, maxCallArguments: 12 }

/** Longest text a pattern is tried on: patterns may take time that grows with its square. */
const longestMatched = 1000
/** Longest text an expression may build. */
const longestText = 10_000

type Signature = readonly [signature: string, implementation: (...values: never[]) => unknown]

const number = (value: number | bigint) => Number(value)

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
}

function refuse(message: string): never {
  throw new RuntimeError('BadOutOfRange', message)
}

function asIndex(value: number): bigint {
  if (!Number.isInteger(value)) refuse(`an index is a whole number from 0, not ${value}`)
  return BigInt(value)
}

function bit(value: number | bigint, position: number | bigint): boolean {
  const index = Number(position)
  if (!Number.isInteger(index) || index < 0 || index > 63) refuse(`bit ${position}: bits are counted from 0 to 63`)
  return ((whole(value) >> BigInt(index)) & 1n) === 1n
}

function whole(value: number | bigint): bigint {
  if (typeof value === 'bigint') return value
  if (!Number.isInteger(value)) refuse(`${value} has no bits: it is not a whole number`)
  return BigInt(value)
}

function fixed(value: number | bigint, decimals: number): string {
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > 20)
    refuse(`format: ${decimals} decimals; 0 to 20 are possible`)
  return typeof value === 'bigint' && decimals === 0 ? value.toString() : Number(value).toFixed(decimals)
}

function roundTo(value: number, decimals: number): number {
  if (!Number.isInteger(decimals) || Math.abs(decimals) > 15)
    refuse(`round: ${decimals} decimals; -15 to 15 are possible`)
  const factor = 10 ** decimals
  return roundHalfAway(value * factor) / factor
}

/** 2.5 → 3 and -2.5 → -3, as on a calculator. */
function roundHalfAway(value: number): number {
  return value < 0 ? -Math.round(-value) : Math.round(value)
}

function clamp(value: number, low: number, high: number): number {
  if (low > high) refuse(`clamp: the lower bound ${low} is above the upper bound ${high}`)
  return Math.min(Math.max(value, low), high)
}

function listOf(values: readonly (number | bigint)[], what: string): number[] {
  if (values.length === 0) refuse(`${what} of an empty list`)
  return values.map(Number)
}

function bounded(text: string): string {
  if (text.length > longestText) refuse(`the text has ${text.length} characters; ${longestText} are the most`)
  return text
}

const patterns = new Map<string, RegExp>()

/**
 * Why a pattern is not taken, or null. Repeated groups, back references and many open repetitions are refused: on a text
 * made for it they take hours.
 */
export function patternFault(pattern: string): string | null {
  if (pattern.length > 200) return 'the pattern is longer than 200 characters'
  const bare = pattern
    .replaceAll(/\\[\s\S]/g, (escaped) => (/\\[1-9k]/.test(escaped) ? '\u0001' : '_'))
    .replaceAll(/\[[^\]]*\]/g, '_')
  if (bare.includes('\u0001')) return 'the pattern refers back to a group'
  if (/\)[*+{?]/.test(bare)) return 'the pattern repeats a group'
  if ((bare.match(/[*+]|\{\d*,\}/g) ?? []).length > 3)
    return 'the pattern has more than three open repetitions (* or +)'
  try {
    new RegExp(pattern, 'u')
    return null
  } catch {
    return 'the pattern is not a regular expression'
  }
}

function matches(text: string, pattern: string): boolean {
  if (text.length > longestMatched)
    refuse(`matches: the text has ${text.length} characters; ${longestMatched} are the most`)
  let compiled = patterns.get(pattern)
  if (compiled === undefined) {
    const fault = patternFault(pattern)
    if (fault !== null) throw new RuntimeError('BadInvalidArgument', `matches(${JSON.stringify(pattern)}): ${fault}`)
    if (patterns.size > 1000) patterns.clear()
    compiled = new RegExp(pattern, 'u')
    patterns.set(pattern, compiled)
  }
  return compiled.test(text)
}

const functions: readonly Signature[] = [
  ['atIndex(double): int', asIndex],
  ['atIndex(int): int', (value: bigint) => value],
  ['atIndex(string): string', (value: string) => value],
  ['isGood__(double): bool', (statusCode: number) => qualityOf(statusCode) === 'Good'],
  ['isUncertain__(double): bool', (statusCode: number) => qualityOf(statusCode) === 'Uncertain'],
  ['isBad__(double): bool', (statusCode: number) => qualityOf(statusCode) === 'Bad'],
  ['quality__(double): string', qualityOf],
  ['abs(double): double', Math.abs],
  ['abs(int): int', (value: bigint) => (value < 0n ? -value : value)],
  ['sign(double): double', Math.sign],
  ['round(double): double', roundHalfAway],
  ['round(double, double): double', roundTo],
  ['floor(double): double', Math.floor],
  ['ceil(double): double', Math.ceil],
  ['trunc(double): double', Math.trunc],
  ['sqrt(double): double', Math.sqrt],
  ['pow(double, double): double', Math.pow],
  ['exp(double): double', Math.exp],
  ['ln(double): double', Math.log],
  ['log10(double): double', Math.log10],
  ['sin(double): double', Math.sin],
  ['cos(double): double', Math.cos],
  ['tan(double): double', Math.tan],
  ['atan2(double, double): double', Math.atan2],
  ['clamp(double, double, double): double', clamp],
  [
    'min(list): double',
    (values: readonly number[]) => listOf(values, 'min').reduce((least, value) => Math.min(least, value)),
  ],
  [
    'max(list): double',
    (values: readonly number[]) => listOf(values, 'max').reduce((most, value) => Math.max(most, value)),
  ],
  ['sum(list): double', (values: readonly number[]) => values.map(Number).reduce((sum, value) => sum + value, 0)],
  [
    'average(list): double',
    (values: readonly number[]) => listOf(values, 'average').reduce((sum, value) => sum + value, 0) / values.length,
  ],
  ['bit(double, double): bool', bit],
  ['bit(int, double): bool', bit],
  ['bitAnd(double, double): double', (a: number, b: number) => number(whole(a) & whole(b))],
  ['bitOr(double, double): double', (a: number, b: number) => number(whole(a) | whole(b))],
  ['bitXor(double, double): double', (a: number, b: number) => number(whole(a) ^ whole(b))],
  ['shiftLeft(double, double): double', (a: number, count: number) => number(whole(a) << BigInt(clamp(count, 0, 63)))],
  ['shiftRight(double, double): double', (a: number, count: number) => number(whole(a) >> BigInt(clamp(count, 0, 63)))],
  ['format(double, double): string', fixed],
  ['format(int, double): string', fixed],
  ['format(google.protobuf.Timestamp, string, string): string', timeText],
  ['string(google.protobuf.Timestamp): string', (time: Date) => time.toISOString()],
  ['double(bool): double', (value: boolean) => (value ? 1 : 0)],
  ['double(google.protobuf.Timestamp): double', (time: Date) => time.getTime() / 1000],
  ['double(google.protobuf.Duration): double', (duration: { valueOf(): number }) => duration.valueOf() / 1000],
  ['bool(double): bool', (value: number) => value !== 0],
  ['timestamp(double): google.protobuf.Timestamp', (seconds: number) => new Date(seconds * 1000)],
  ['upper(string): string', (text: string) => text.toUpperCase()],
  ['lower(string): string', (text: string) => text.toLowerCase()],
  ['trim(string): string', (text: string) => text.trim()],
  [
    'string.replace(string, string): string',
    (text: string, from: string, to: string) => bounded(text.replaceAll(from, () => to)),
  ],
  [
    'string.padStart(double, string): string',
    (text: string, size: number, fill: string) => text.padStart(clamp(size, 0, 1000), fill),
  ],
  ['string.substring(double): string', (text: string, start: number) => text.substring(start)],
  [
    'string.substring(double, double): string',
    (text: string, start: number, end: number) => text.substring(start, end),
  ],
  ['string.indexOf(string, double): double', (text: string, part: string, start: number) => text.indexOf(part, start)],
  ['string.matchesText(string): bool', matches],
  [
    'bytes.at(double): double',
    (bytes: Uint8Array, index: number) => bytes[index] ?? refuse(`byte ${index} of ${bytes.length}`),
  ],
]

const operators: readonly Signature[] = [
  ['double % double: double', (a: number, b: number) => a % b],
  ['int == double: bool', (a: bigint, b: number) => numericallyEqual(a, b)],
  ['string + double: string', (a: string, b: number) => a + b],
  ['string + int: string', (a: string, b: bigint) => a + b],
  ['string + bool: string', (a: string, b: boolean) => a + b],
  ['double + string: string', (a: number, b: string) => a + b],
  ['int + string: string', (a: bigint, b: string) => a + b],
  ['bool + string: string', (a: boolean, b: string) => a + b],
]

/** Exact comparison of a 64-bit integer with a number. */
function numericallyEqual(a: bigint, b: number): boolean {
  return Number.isInteger(b) && BigInt(b) === a
}

/** A CEL environment with Lineside's words and no variables yet. */
export function createEnvironment(): Environment {
  const environment = new Environment({ homogeneousAggregateLiterals: false, limits })
  for (const [signature, implementation] of functions) environment.registerFunction(signature, implementation as never)
  for (const name of ['min', 'max'] as const)
    for (const count of [2, 3, 4, 5, 6])
      environment.registerFunction(`${name}(${Array(count).fill('double').join(', ')}): double`, Math[name] as never)
  for (const [signature, implementation] of operators) environment.registerOperator(signature, implementation as never)
  for (const [operator, compute] of Object.entries(arithmetic))
    for (const [left, right] of [
      ['int', 'double'],
      ['double', 'int'],
    ] as const)
      environment.registerOperator(`${left} ${operator} ${right}: double`, ((a: number | bigint, b: number | bigint) =>
        compute(Number(a), Number(b))) as never)
  return environment
}

const typeWords: Readonly<Record<string, string>> = {
  double: 'number',
  int: 'whole number',
  uint: 'whole number',
  string: 'text',
  bool: 'true or false',
  bytes: 'bytes',
  null: 'null',
  dyn: 'any value',
  'google.protobuf.Timestamp': 'time',
  'google.protobuf.Duration': 'duration',
}

/** A CEL type as an installer calls it. */
export function typeInWords(type: string): string {
  const list = /^list<(.*)>$/.exec(type)
  if (list) return `list of ${typeInWords(list[1]!)}`
  return typeWords[type] ?? type
}

/** A message of the CEL library as a sentence an installer can act on. */
export function celFaultInWords(code: string, summary: string): string {
  const types = "([a-zA-Z_.]+(?:<[^']*?>)?)"
  const operator = new RegExp(`^no such overload: ${types} (\\S+) ${types}$`).exec(summary)
  if (operator)
    return `'${operator[2]}' does not work between ${typeInWords(operator[1]!)} and ${typeInWords(operator[3]!)}`
  const unary = new RegExp(`^no such overload: ([!-])${types}$`).exec(summary)
  if (unary) return `'${unary[1]}' does not work on ${typeInWords(unary[2]!)}`
  const call = /^found no matching overload for '(?:(.*)\.)?(\w+)\((.*)\)'$/.exec(summary)
  if (call) return callFault(call[1], call[2]!, call[3]!)
  const logical = /^Logical operator requires bool operands, got '(.*)'$/.exec(summary)
  if (logical) return `'&&' and '||' join conditions (true or false), not ${typeInWords(logical[1]!)}`
  const condition = /^Ternary condition must be bool, got '(.*)'$/.exec(summary)
  if (condition) return `before '?' stands a condition (true or false), not ${typeInWords(condition[1]!)}`
  const branches = /^Ternary branches must have the same type, got '(.*)' and '(.*)'$/.exec(summary)
  if (branches)
    return `both results of '? :' are of one type, not ${typeInWords(branches[1]!)} and ${typeInWords(branches[2]!)}`
  const token = /^(?:Unexpected token: |Expected (\w+), got )(\w+)$/.exec(summary)
  if (token) return token[2] === 'EOF' ? 'the expression ends too early' : 'this is not expected here'
  if (code === 'unexpected_character') return 'this is not expected here'
  if (code === 'limit_exceeded') return `the expression is too large (${summary})`
  return summary
}

function callFault(receiver: string | undefined, name: string, types: string): string {
  const shown = name === 'matchesText' ? 'matches' : name
  if (shown === 'atIndex') return 'an index is a number from 0, or a text for a structure'
  const given = types === '' ? '' : splitTypes(types).map(typeInWords).join(', ')
  const of = receiver === undefined ? '' : ` of ${typeInWords(receiver)}`
  return `there is no function ${shown}(${given})${of}`
}

/** Splits `double, map<string, dyn>` at its outer commas. */
function splitTypes(types: string): string[] {
  return types.split(/, (?![^<]*>)/)
}
