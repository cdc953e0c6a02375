// A term of a condition in words: "Tank1.Level is 8.2 %, has to be above 10 %". Reads the CEL that was written, so the words are
// about the very comparison that decides; what is too involved for a sentence is quoted with its values.
import type { ConditionTerm, TermInput } from '../../../src-main/shared/equipment.ts'
import { isBad } from '../../../src-main/shared/status-code.ts'
import { statusText } from '../../tags/status-texts.ts'
import { findComparison, type Operator, opposite, readOperand, turned } from './term-reader.ts'
import { t } from './texts.ts'

/** How values are written here: with unit and the words of states, in the language of the screen. */
export interface ValueWords {
  /** A value of this tag. */
  readonly value: (tag: string, value: TermInput['value'], statusCode: number) => string
  /** A number, text or truth value that the tag is compared with: 2 → `Running`. */
  readonly bound: (tag: string, bound: number | string | boolean) => string
}

/** A piece of a sentence; a tag leads to its faceplate. */
export type SentencePart = { readonly tag: string } | { readonly text: string }

/**
 * What keeps a condition from being fulfilled, as one sentence; of one that is fulfilled, what it asks for.
 */
export function termWords(term: ConditionTerm, isFulfilled: boolean, words: ValueWords): string {
  return term.isTrue === null ? undecidedWords(term) : decidedWords(term, term.isTrue === isFulfilled, words)
}

/** The sentence with its tags set apart, so that each can be a link. */
export function sentenceParts(sentence: string, tags: readonly string[]): readonly SentencePart[] {
  // Longer names first: `Tank1` is no part of `Tank1.Level`.
  const longestFirst = [...new Set(tags)].sort((a, b) => b.length - a.length)
  let parts: readonly SentencePart[] = [{ text: sentence }]
  for (const tag of longestFirst)
    parts = parts.flatMap((part) => {
      if ('tag' in part) return [part]
      const pieces = part.text.split(tag)
      return pieces.flatMap((text, index): SentencePart[] => [
        ...(index > 0 ? [{ tag }] : []),
        ...(text === '' ? [] : [{ text }]),
      ])
    })
  return parts
}

function undecidedWords(term: ConditionTerm): string {
  const bad = term.inputs.filter(({ statusCode }) => isBad(statusCode))
  if (bad.length === 0) return t('termUndecided', { text: term.text })
  const sentences = bad.map(({ tag, statusCode }) => t('termNoValue', { tag, reason: statusText(statusCode) }))
  return sentences.join(' ')
}

/** @param wanted what the term has to become */
function decidedWords(term: ConditionTerm, wanted: boolean, words: ValueWords): string {
  const plain = withoutNot(term.text)
  const isWanted = plain.isTurned ? !wanted : wanted
  const single = readOperand(plain.text)
  if (single?.kind === 'tag') return booleanWords(term, single.tag, isWanted, words)
  if (single?.kind === 'quality') return qualityWords(single.tag, single.question, isWanted)
  const comparison = findComparison(plain.text)
  const sentence = comparison && comparisonWords(term, comparison, isWanted, words)
  return sentence ?? quotedWords(term, wanted, words)
}

/** `!Tripped` → `Tripped`, turned. */
function withoutNot(text: string): { readonly text: string; readonly isTurned: boolean } {
  let rest = text.trim()
  let isTurned = false
  for (;;) {
    const inner = rest.startsWith('!') ? rest.slice(1).trim() : null
    // `!A == B` is about B as much as about A: it stays as it is.
    if (inner !== null && (inner.startsWith('!') || isBracketed(inner) || readOperand(inner) !== null)) {
      rest = inner
      isTurned = !isTurned
    } else if (isBracketed(rest)) rest = rest.slice(1, -1).trim()
    else return { text: rest, isTurned }
  }
}

/** True when one pair of brackets holds everything. */
function isBracketed(text: string): boolean {
  if (!text.startsWith('(') || !text.endsWith(')')) return false
  let depth = 0
  for (let index = 0; index < text.length - 1; index++) {
    if (text[index] === '(') depth++
    if (text[index] === ')' && --depth === 0) return false
  }
  return true
}

function inputOf(term: ConditionTerm, tag: string): TermInput | undefined {
  return term.inputs.find((input) => input.tag === tag)
}

function presentText(term: ConditionTerm, tag: string, words: ValueWords): string | null {
  const input = inputOf(term, tag)
  return input === undefined ? null : words.value(tag, input.value, input.statusCode)
}

function booleanWords(term: ConditionTerm, written: string, wanted: boolean, words: ValueWords): string {
  const tag = fullName(term, written)
  const value = presentText(term, tag, words)
  const bound = words.bound(tag, wanted)
  return value === null ? t('wantedOnly', { tag, bound }) : t('hasToBe', { tag, value, bound })
}

function qualityWords(tag: string, question: 'isGood' | 'isUncertain' | 'isBad', wanted: boolean): string {
  if (question === 'isGood') return t(wanted ? 'notGoodYet' : 'goodButMustNot', { tag })
  if (question === 'isBad') return t(wanted ? 'notBadYet' : 'badValue', { tag })
  return t(wanted ? 'notUncertainYet' : 'uncertainValue', { tag })
}

interface Comparison {
  readonly left: string
  readonly operator: Operator
  readonly right: string
}

function comparisonWords(term: ConditionTerm, found: Comparison, wanted: boolean, words: ValueWords): string | null {
  const { left, operator, right } = tagOnTheLeft(found)
  const subject = readOperand(left)
  const needed = wanted ? operator : opposite[operator]
  if (subject?.kind === 'choice' || subject?.kind === 'quality') return null
  if (subject?.kind === 'tag') {
    const tag = fullName(term, subject.tag)
    const value = presentText(term, tag, words)
    const bound = boundText(term, tag, right, words)
    return value === null || bound === null ? null : t(hasTo[needed], { tag, value, bound })
  }
  // Arithmetic: said as written, with the values it is made of.
  const bound = boundText(term, null, right, words)
  if (bound === null || term.inputs.length === 0) return null
  return t('withValues', { sentence: t(expression[needed], { text: left, bound }), values: valuesText(term, words) })
}

const hasTo = {
  '>': 'hasToBeAbove',
  '>=': 'hasToBeAtLeast',
  '<': 'hasToBeBelow',
  '<=': 'hasToBeAtMost',
  '==': 'hasToBe',
  '!=': 'mustNotBe',
  in: 'hasToBeOneOf',
  notIn: 'mustNotBeOneOf',
} as const

const expression = {
  '>': 'expressionAbove',
  '>=': 'expressionAtLeast',
  '<': 'expressionBelow',
  '<=': 'expressionAtMost',
  '==': 'expressionEqual',
  '!=': 'expressionNotEqual',
  in: 'expressionOneOf',
  notIn: 'expressionNoneOf',
} as const

/** `10 < Level` is `Level > 10`. */
function tagOnTheLeft(comparison: Comparison): Comparison {
  const { left, operator, right } = comparison
  if (operator === 'in' || operator === 'notIn') return comparison
  const isLiteral = readOperand(left)?.kind === 'literal'
  return isLiteral ? { left: right, operator: turned[operator], right: left } : comparison
}

/** What the tag is compared with; null = too involved. */
function boundText(term: ConditionTerm, tag: string | null, text: string, words: ValueWords): string | null {
  const operand = readOperand(text)
  const literal = (value: number | string | boolean) => (tag === null ? String(value) : words.bound(tag, value))
  switch (operand?.kind) {
    case 'literal':
      return literal(operand.value)
    case 'choice':
      return operand.values.map(literal).join(t('listSeparator'))
    case 'tag': {
      const other = fullName(term, operand.tag)
      const value = presentText(term, other, words)
      return value === null ? null : t('otherTag', { tag: other, value })
    }
    default: {
      // Arithmetic on the other side: as written.
      const inputs = term.inputs.filter((input) => input.tag !== tag)
      return inputs.length === 0 ? null : t('otherTag', { tag: text, value: listText(inputs, words) })
    }
  }
}

/** `Level` as a type writes it, where the inputs have `Tank1.Level`. */
function fullName(term: ConditionTerm, written: string): string {
  if (inputOf(term, written)) return written
  return term.inputs.find(({ tag }) => tag.endsWith(`.${written}`))?.tag ?? written
}

function quotedWords(term: ConditionTerm, wanted: boolean, words: ValueWords): string {
  const sentence = t(wanted ? 'hasToBecomeTrue' : 'hasToBecomeFalse', { text: term.text })
  return term.inputs.length === 0 ? sentence : t('withValues', { sentence, values: valuesText(term, words) })
}

function valuesText(term: ConditionTerm, words: ValueWords): string {
  return listText(term.inputs, words)
}

function listText(inputs: readonly TermInput[], words: ValueWords): string {
  return inputs
    .map(({ tag, value, statusCode }) => t('tagValue', { tag, value: words.value(tag, value, statusCode) }))
    .join(t('listSeparator'))
}
