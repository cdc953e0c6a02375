// Reads an identifier back into the counter and the period it was made with.

import type { IdentifierScheme } from '../../shared/identifier.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { bracketed, readElements } from '../gs1/gs1-elements.ts'
import { hasRightCheck } from '../schemes/check-character.ts'
import { convertIdentifier } from '../schemes/convert-identifier.ts'
import { checkedText, type IdentifierTemplate } from './identifier-template.ts'
import { periodOf } from './plant-calendar.ts'
import type { DateLetters, TemplatePart } from './template-parts.ts'

export interface TemplateMatch {
  readonly counter: number
  /** '' for a counter that never begins again. */
  readonly period: string
}

const widthOf: Readonly<Record<DateLetters, number>> = { yyyy: 4, yy: 2, MM: 2, DDD: 3, dd: 2, HH: 2, mm: 2 }

/** Compiled once for a template. */
export class TemplateReader {
  readonly #template: IdentifierTemplate
  readonly #pattern: RegExp
  /** What each group of the pattern is. */
  readonly #groups: readonly (TemplatePart | DateLetters)[]

  constructor(template: IdentifierTemplate) {
    const groups: (TemplatePart | DateLetters)[] = []
    this.#template = template
    this.#pattern = new RegExp(`^${template.parts.map((part) => patternOf(part, groups)).join('')}$`, 'ds')
    this.#groups = groups
  }

  /** Of an identifier in its one spelling; null = the template does not make it. */
  read(identifier: string): TemplateMatch | null {
    const text = this.#asWritten(identifier)
    const match = text === null ? null : this.#pattern.exec(text)
    if (text === null || !match) return null
    const { scheme } = this.#template
    let counter = 0
    const date = { year: 0, month: 1, day: 1 }
    for (const [at, group] of this.#groups.entries()) {
      const found = match[at + 1]!
      if (typeof group === 'string') readDate(date, group, Number(found))
      else if (group.kind === 'counter') counter = Number.parseInt(found, group.radix)
      else if (group.kind === 'check') {
        const end = match.indices![at + 1]![1]
        const checked = checkedText(scheme.kind, text.slice(0, end - found.length)) + found
        if (!hasRightCheck(group.algorithm, checked)) return null
      }
    }
    return { counter, period: periodOf(scheme.reset, date) }
  }

  /** The elements of GS1 stand in an order of their own in the one spelling, which Digital Links and EPC share. */
  #asWritten(identifier: string): string | null {
    const { scheme, applicationIdentifiers } = this.#template
    if (scheme.kind === 'gs1-dl' || scheme.kind === 'epc') return asLinkOrUrn(scheme, identifier)
    if (scheme.kind !== 'gs1') return identifier
    const { elements } = readElements(identifier)
    const ordered = applicationIdentifiers.flatMap((ai) => elements.find((element) => element.ai === ai) ?? [])
    return ordered.length === elements.length && ordered.length === applicationIdentifiers.length
      ? bracketed(ordered)
      : null
  }
}

/** null = it cannot be written so: it is not of this scheme. */
function asLinkOrUrn({ kind, template }: IdentifierScheme, identifier: string): string | null {
  try {
    if (kind === 'gs1-dl')
      return convertIdentifier(identifier, 'digitalLink', { resolver: /^https?:\/\/[^/]+/.exec(template)?.[0] ?? '' })
    const companyPrefixLength = /^urn:epc:id:[a-z0-9-]+:(\d{6,12})\./.exec(template)?.[1]?.length
    return companyPrefixLength === undefined ? null : convertIdentifier(identifier, 'epcUrn', { companyPrefixLength })
  } catch (error) {
    if (error instanceof RuntimeError) return null
    throw error
  }
}

function readDate(date: { year: number; month: number; day: number }, letters: DateLetters, value: number): void {
  if (letters === 'yyyy') date.year = value
  else if (letters === 'yy') date.year = 2000 + value
  else if (letters === 'MM') date.month = value
  else if (letters === 'dd') date.day = value
  else if (letters === 'DDD') {
    const day = new Date(Date.UTC(date.year, 0, value))
    date.month = day.getUTCMonth() + 1
    date.day = day.getUTCDate()
  }
}

function patternOf(part: TemplatePart, groups: (TemplatePart | DateLetters)[]): string {
  switch (part.kind) {
    case 'literal':
      return escaped(part.text)
    case 'counter': {
      groups.push(part)
      const digits = part.radix === 36 ? '[0-9A-Z]' : '[0-9]'
      const first = part.radix === 36 ? '[1-9A-Z]' : '[1-9]'
      return part.width > 0 ? `(${digits}{${part.width}})` : `(0|${first}${digits}{0,15})`
    }
    case 'date':
      return part.format
        .map((piece) => {
          if ('text' in piece) return escaped(piece.text)
          groups.push(piece.letters)
          return `([0-9]{${widthOf[piece.letters]}})`
        })
        .join('')
    case 'check':
      groups.push(part)
      return `(.{${part.algorithm === 'mod97-10' ? 2 : 1}})`
    case 'shift':
    case 'field':
    case 'tag':
      groups.push(part)
      return '(.+?)'
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
