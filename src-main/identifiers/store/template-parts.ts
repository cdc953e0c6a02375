// Reads the text of an identifier template into its parts: `(01)09521234543213(21){counter:08}`.
import { type CheckAlgorithm, checkAlgorithms } from '../schemes/check-character.ts'

export type TemplatePart =
  | { readonly kind: 'literal'; readonly offset: number; readonly text: string }
  /** Width 0: as many digits as it takes. */
  | { readonly kind: 'counter'; readonly offset: number; readonly width: number; readonly radix: 10 | 36 }
  | { readonly kind: 'date'; readonly offset: number; readonly format: readonly DatePiece[] }
  | { readonly kind: 'shift'; readonly offset: number }
  | { readonly kind: 'field'; readonly offset: number; readonly name: string }
  | { readonly kind: 'tag'; readonly offset: number; readonly name: string }
  | { readonly kind: 'check'; readonly offset: number; readonly algorithm: CheckAlgorithm }

/** Letters of a date format; DDD is the day of the year. */
export const dateLetters = ['yyyy', 'yy', 'MM', 'DDD', 'dd', 'HH', 'mm'] as const
export type DateLetters = (typeof dateLetters)[number]
export type DatePiece = { readonly letters: DateLetters } | { readonly text: string }

/** What is wrong in a template, and where: characters from its beginning. */
export interface TemplateFault {
  readonly offset: number
  readonly message: string
}

/** Counter values stay exact as numbers. */
const widestCounter: Readonly<Record<10 | 36, number>> = { 10: 15, 36: 10 }

/** The parts of a template in their order, as far as they can be read, and what could not be. */
export function readTemplate(template: string): { parts: readonly TemplatePart[]; faults: readonly TemplateFault[] } {
  const parts: TemplatePart[] = []
  const faults: TemplateFault[] = []
  let literal = ''
  let literalOffset = 0
  const endLiteral = () => {
    if (literal !== '') parts.push({ kind: 'literal', offset: literalOffset, text: literal })
    literal = ''
  }
  const addText = (text: string, offset: number) => {
    if (literal === '') literalOffset = offset
    literal += text
  }
  let at = 0
  while (at < template.length) {
    const character = template[at]!
    if ((character === '{' || character === '}') && template[at + 1] === character) {
      addText(character, at)
      at += 2
    } else if (character === '}') {
      faults.push({
        offset: at,
        message: 'this } closes nothing; a brace that is meant as a character is written twice',
      })
      at++
    } else if (character === '{') {
      const end = template.indexOf('}', at)
      if (end < 0) {
        faults.push({
          offset: at,
          message: 'this { is not closed; a brace that is meant as a character is written twice',
        })
        break
      }
      endLiteral()
      const part = readPart(template.slice(at + 1, end), at, faults)
      if (part) parts.push(part)
      at = end + 1
    } else {
      addText(character, at)
      at++
    }
  }
  endLiteral()
  return { parts, faults }
}

function readPart(text: string, offset: number, faults: TemplateFault[]): TemplatePart | null {
  const colon = text.indexOf(':')
  const word = colon < 0 ? text : text.slice(0, colon)
  const rest = colon < 0 ? '' : text.slice(colon + 1)
  const refuse = (message: string) => {
    faults.push({ offset, message })
    return null
  }
  switch (word) {
    case 'counter':
      return readCounter(rest, offset, faults)
    case 'date': {
      const format = readDateFormat(rest)
      if (typeof format === 'string') return refuse(format)
      return { kind: 'date', offset, format }
    }
    case 'shift':
      return rest === '' ? { kind: 'shift', offset } : refuse('{shift} stands alone')
    case 'field':
    case 'tag':
      return rest === '' ? refuse(`{${word}:…} names a ${word}`) : { kind: word, offset, name: rest }
    case 'check': {
      const algorithm = checkAlgorithms.find((known) => known === (rest || 'mod10'))
      return algorithm
        ? { kind: 'check', offset, algorithm }
        : refuse(`no check characters are made by ${rest}; known are ${checkAlgorithms.join(', ')}`)
    }
    default:
      return refuse(`{${text}} is not known; there are counter, date, shift, field, tag and check`)
  }
}

function readCounter(rest: string, offset: number, faults: TemplateFault[]): TemplatePart | null {
  const match = /^(\d{0,3})(?::(base10|base36))?$/.exec(rest)
  if (!match) {
    faults.push({ offset, message: 'a counter is written {counter:08} or {counter:06:base36}, with its width' })
    return null
  }
  const radix = match[2] === 'base36' ? 36 : 10
  const width = Number(match[1])
  if (width > widestCounter[radix]) {
    faults.push({ offset, message: `a counter has at most ${widestCounter[radix]} places in base ${radix}` })
    return null
  }
  return { kind: 'counter', offset, width, radix }
}

/** The pieces of a date format, or what is wrong with it. */
function readDateFormat(text: string): readonly DatePiece[] | string {
  const pieces: DatePiece[] = []
  let at = 0
  while (at < text.length) {
    const letters = dateLetters.find((known) => text.startsWith(known, at))
    if (letters) pieces.push({ letters })
    else if (/[A-Za-z]/.test(text[at]!))
      return `the date has ${JSON.stringify(text[at])} where ${dateLetters.join(', ')} or a sign is expected`
    else pieces.push({ text: text[at]! })
    at += letters?.length ?? 1
  }
  return pieces.some((piece) => 'letters' in piece)
    ? pieces
    : `a date is written {date:yyMMdd}, with ${dateLetters.join(', ')}`
}
