// Templates of identifiers: compiled once, then each identifier is made from them, and read back into its counter and period.

import type { IdentifierKind, IdentifierScheme } from '../../shared/identifier.ts'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import { readElements } from '../gs1/gs1-elements.ts'
import { checkCharacter } from '../schemes/check-character.ts'
import { parseIdentifier } from '../schemes/parse-identifier.ts'
import { dayOfYear, type PlantTime } from './plant-calendar.ts'
import { type DateLetters, readTemplate, type TemplateFault, type TemplatePart } from './template-parts.ts'

/** What a template is filled with. */
export interface TemplateValues {
  readonly counter: number
  readonly time: PlantTime
  /** Name of the shift; null = the plant has none now. */
  readonly shift: string | null
  readonly fields: Readonly<Record<string, string>>
  /** By their names. */
  readonly tags: Readonly<Record<string, string>>
}

export interface CompileOptions {
  /** The plant has shifts, so that {shift} means something. */
  readonly hasShifts?: boolean
}

/** A template without faults. */
export class IdentifierTemplate {
  readonly scheme: IdentifierScheme
  readonly parts: readonly TemplatePart[]
  /** Names of {field:…}, each once. */
  readonly fields: readonly string[]
  /** Names of {tag:…}, each once. */
  readonly tags: readonly string[]
  readonly usesShift: boolean
  /** Application identifiers a template of kind gs1 writes, in its order; empty for other kinds. */
  readonly applicationIdentifiers: readonly string[]
  /** Largest counter that is given out: the scheme's `last`, or what fits in the width. */
  readonly last: number

  constructor(scheme: IdentifierScheme, parts: readonly TemplatePart[]) {
    this.scheme = scheme
    this.parts = parts
    this.fields = namesOf(parts, 'field')
    this.tags = namesOf(parts, 'tag')
    this.usesShift = parts.some((part) => part.kind === 'shift')
    this.applicationIdentifiers = scheme.kind === 'gs1' ? applicationIdentifiersOf(parts) : []
    this.last = Math.min(scheme.last, greatestCounter(parts))
  }

  /** Everything in it is known beforehand. */
  get isComplete(): boolean {
    return this.fields.length === 0 && this.tags.length === 0 && !this.usesShift
  }

  /**
   * The identifier in its one spelling. Throws RuntimeError BadInvalidArgument when a field, tag or shift is missing, a check character
   * cannot be made, or the identifier does not keep every rule of its kind.
   */
  identifier(values: TemplateValues): string {
    const { kind, name } = this.scheme
    const text = this.write(values)
    const { valid, identifier, faults } = parseIdentifier(text, { scheme: kind })
    if (!valid)
      throw new RuntimeError(
        'BadInvalidArgument',
        `No identifier is given out by ${name}: ${text} breaks the rules of ${kind}: ${faults.join(' ')}`,
      )
    if (kind === 'gs1' && !hasElements(identifier, this.applicationIdentifiers))
      throw new RuntimeError(
        'BadInvalidArgument',
        `No identifier is given out by ${name}: a field or tag brings application identifiers of its own into ${text}.`,
      )
    return identifier
  }

  /**
   * The text as the template writes it, not yet in its one spelling. Throws RuntimeError BadInvalidArgument when a field, tag or shift is
   * missing or a check character cannot be made.
   */
  write(values: TemplateValues): string {
    const { kind } = this.scheme
    let text = ''
    for (const part of this.parts) {
      if (part.kind === 'check') text += checkOf(part.algorithm, checkedText(kind, text))
      else
        text += kind === 'gs1' && part.kind !== 'literal' ? withoutBrackets(textOf(part, values)) : textOf(part, values)
    }
    return text
  }

  /** As far as it is known: for a template with fields or tags, whose check characters are not known either. */
  sketch(values: TemplateValues): string {
    return this.parts.map((part) => (part.kind === 'check' ? '{check}' : textOf(part, values))).join('')
  }
}

export interface CompiledTemplate {
  /** null with faults. */
  readonly template: IdentifierTemplate | null
  readonly faults: readonly TemplateFault[]
}

/** Compiles the template of a scheme; says all that is wrong with it, with offsets. */
export function compileTemplate(scheme: IdentifierScheme, options: CompileOptions = {}): CompiledTemplate {
  const { parts, faults: readFaults } = readTemplate(scheme.template)
  const faults = [...readFaults]
  const counters = parts.filter((part) => part.kind === 'counter')
  if (counters.length === 0 && readFaults.length === 0)
    faults.push({ offset: 0, message: 'there is no {counter} in it: every identifier would be the same' })
  for (const part of counters.slice(1)) faults.push({ offset: part.offset, message: 'there is a {counter} already' })
  const shift = parts.find((part) => part.kind === 'shift')
  if (shift && options.hasShifts === false)
    faults.push({ offset: shift.offset, message: '{shift} is used, and the plant has no shifts' })
  const missing = missingForReset(scheme.reset, parts)
  if (missing) faults.push({ offset: 0, message: missing })
  const greatest = greatestCounter(parts)
  if (scheme.first > Math.min(scheme.last, greatest))
    faults.push({
      offset: counters[0]?.offset ?? 0,
      message: `the counter begins with ${scheme.first} and ends with ${Math.min(scheme.last, greatest)}: nothing can be given out`,
    })
  if (faults.length > 0) return { template: null, faults }
  const template = new IdentifierTemplate(scheme, parts)
  const broken = brokenRule(template)
  return broken === null ? { template, faults } : { template: null, faults: [{ offset: 0, message: broken }] }
}

/** Why the first or the last identifier would not keep the rules of its kind; null = they do, or it depends on what it is filled with. */
function brokenRule(template: IdentifierTemplate): string | null {
  if (!template.isComplete) return null
  const time = { year: 2026, month: 11, day: 23, hour: 13, minute: 45 }
  for (const counter of [template.scheme.first, template.last])
    try {
      template.identifier({ counter, time, shift: null, fields: {}, tags: {} })
    } catch (error) {
      return messageOf(error).replace(/^No identifier is given out: /, '')
    }
  return null
}

function applicationIdentifiersOf(parts: readonly TemplatePart[]): readonly string[] {
  const found: string[] = []
  for (const part of parts)
    if (part.kind === 'literal') for (const [, ai] of part.text.matchAll(/(?<!\\)\((\d{2,4})\)/g)) found.push(ai!)
  return found
}

function hasElements(identifier: string, wanted: readonly string[]): boolean {
  const found = readElements(identifier).elements.map(({ ai }) => ai)
  return found.length === wanted.length && wanted.every((ai) => found.includes(ai))
}

/** The largest counter whose digits fit. */
function greatestCounter(parts: readonly TemplatePart[]): number {
  for (const part of parts) if (part.kind === 'counter' && part.width > 0) return part.radix ** part.width - 1
  return Number.MAX_SAFE_INTEGER
}

/** Which letters of the date a counter that begins again needs, in words; null = they are there. */
function missingForReset(reset: IdentifierScheme['reset'], parts: readonly TemplatePart[]): string | null {
  if (reset === 'never') return null
  const letters = new Set<DateLetters>()
  for (const part of parts)
    if (part.kind === 'date') for (const piece of part.format) if ('letters' in piece) letters.add(piece.letters)
  const hasYear = letters.has('yyyy') || letters.has('yy')
  const hasMonth = letters.has('MM') || letters.has('DDD')
  const hasDay = letters.has('DDD') || (letters.has('MM') && letters.has('dd'))
  if (hasYear && (reset === 'year' || (reset === 'month' ? hasMonth : hasDay))) return null
  const wanted = { year: 'the year', month: 'year and month', day: 'year, month and day' }[reset]
  return `the counter begins again every ${reset}, so that identifiers would repeat: ${wanted} have to stand in the template, as {date:yyMMdd}`
}

function namesOf(parts: readonly TemplatePart[], kind: 'field' | 'tag'): readonly string[] {
  const names = new Set<string>()
  for (const part of parts) if (part.kind === kind) names.add(part.name)
  return [...names]
}

function textOf(part: Exclude<TemplatePart, { kind: 'check' }>, values: TemplateValues): string {
  switch (part.kind) {
    case 'literal':
      return part.text
    case 'counter':
      return values.counter.toString(part.radix).toUpperCase().padStart(part.width, '0')
    case 'date':
      return part.format.map((piece) => ('text' in piece ? piece.text : dateText(piece.letters, values.time))).join('')
    case 'shift':
      return given(values.shift ?? undefined, 'the shift is not known now')
    case 'field':
      return given(values.fields[part.name], `the field ${part.name} is not given`)
    case 'tag':
      return given(values.tags[part.name], `the tag ${part.name} has no value`)
  }
}

function given(text: string | undefined, otherwise: string): string {
  if (text === undefined || text === '')
    throw new RuntimeError('BadInvalidArgument', `No identifier is given out: ${otherwise}.`)
  return text
}

function dateText(letters: DateLetters, time: PlantTime): string {
  const two = (value: number) => String(value).padStart(2, '0')
  switch (letters) {
    case 'yyyy':
      return String(time.year).padStart(4, '0')
    case 'yy':
      return two(time.year % 100)
    case 'MM':
      return two(time.month)
    case 'dd':
      return two(time.day)
    case 'DDD':
      return String(dayOfYear(time)).padStart(3, '0')
    case 'HH':
      return two(time.hour)
    case 'mm':
      return two(time.minute)
  }
}

/** What a check character stands for: the value of the application identifier so far, the suffix so far, or all. */
export function checkedText(kind: IdentifierKind, text: string): string {
  if (kind === 'gs1') return text.replace(/^.*\(\d{2,4}\)/s, '')
  if (kind === 'vaa' || kind === 'handle') return text.slice(text.indexOf('/') + 1)
  return text.slice(text.lastIndexOf('/') + 1)
}

/** A value of GS1 that would be taken for an application identifier has a backslash before its bracket. */
function withoutBrackets(value: string): string {
  return value.replace(/\((?=\d{2,4}\))/g, '\\(')
}

function checkOf(algorithm: Parameters<typeof checkCharacter>[0], text: string): string {
  try {
    return checkCharacter(algorithm, text)
  } catch (error) {
    throw new RuntimeError('BadInvalidArgument', `No identifier is given out: ${messageOf(error)}`, error)
  }
}
