// Why a condition is true, false or undecided, in its own words: the comparisons, calls and tags that decide it. Of `a && b` the
// false ones, of `a || b` all of them, behind `!` and inside `? :` the terms there. Runtime and screens explain with the same code.
import { toJsonValue } from './data-value.ts'
import type { ConditionTerm, TermInput } from './equipment.ts'
import { type CompiledExpression, compileExpression, type ExpressionInput, type ExpressionScope } from './expression.ts'
import { type ExpressionToken, expressionTokens } from './expression-names.ts'
import { RuntimeError } from './runtime-error.ts'
import { isBad } from './status-code.ts'

/** Present value of a tag. Booleans may be given as 0 and 1. */
export type ReadTag = (tag: string) => ExpressionInput

/** Outcome of a condition and what decides it. */
export interface ConditionOutcome {
  /** null = cannot be decided: a value that is needed is Bad, or the condition gives no truth. */
  readonly isTrue: boolean | null
  /**
   * The terms that decide, in the order of the text: with these as they are the outcome is what it is, whatever the others become.
   * Of an undecided condition those that cannot be decided.
   */
  readonly terms: readonly ConditionTerm[]
}

/** A condition that compiled; immutable, explains itself any number of times. */
export interface ExplainedCondition {
  readonly expression: CompiledExpression
  /** Never throws. */
  explain(read: ReadTag): ConditionOutcome
  /** Outcome alone; never throws. */
  isTrue(read: ReadTag): boolean | null
}

export type ExplainedResult =
  | { readonly ok: true; readonly condition: ExplainedCondition }
  /** `offset`: position in the text, from 0. */
  | { readonly ok: false; readonly message: string; readonly offset: number }

/** Compiles a condition over tags so that it can be explained. Never throws. */
export function explainedCondition(text: string, scope: ExpressionScope): ExplainedResult {
  const compiled = compileExpression(text, scope)
  if (!compiled.ok) return compiled
  return { ok: true, condition: new TagCondition(compiled.expression, scope) }
}

/** Outcome of a condition now; one that does not compile is undecided by itself. Never throws. */
export function explainCondition(text: string, scope: ExpressionScope, read: ReadTag): ConditionOutcome {
  const result = explainedCondition(text, scope)
  return result.ok ? result.condition.explain(read) : { isTrue: null, terms: [{ text, isTrue: null, inputs: [] }] }
}

/** How a condition is put together. A term is what `&&`, `||`, `!` and `? :` join. */
type Logic =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Logic[] }
  | { readonly kind: 'not'; readonly part: Logic }
  | { readonly kind: 'choice'; readonly question: Logic; readonly yes: Logic; readonly no: Logic }
  | { readonly kind: 'term'; readonly text: string; compiled: CompiledExpression | null | undefined }

/** What a part of the condition comes to, with the terms that decide it. */
interface Verdict {
  readonly isTrue: boolean | null
  readonly terms: readonly ConditionTerm[]
}

class TagCondition implements ExplainedCondition {
  readonly expression: CompiledExpression
  readonly #scope: ExpressionScope
  #logic: Logic | null = null

  constructor(expression: CompiledExpression, scope: ExpressionScope) {
    this.expression = expression
    this.#scope = scope
  }

  isTrue(read: ReadTag): boolean | null {
    return truthOf(this.expression, read)
  }

  explain(read: ReadTag): ConditionOutcome {
    this.#logic ??= new LogicReader(this.expression.text).read()
    const isTrue = this.isTrue(read)
    const { terms } = this.#judge(this.#logic, read)
    return { isTrue, terms: withoutRepeats(terms) }
  }

  #judge(logic: Logic, read: ReadTag): Verdict {
    switch (logic.kind) {
      case 'term':
        return this.#term(logic, read)
      case 'not': {
        const { isTrue, terms } = this.#judge(logic.part, read)
        return { isTrue: isTrue === null ? null : !isTrue, terms }
      }
      case 'choice':
        return this.#choice(logic, read)
      default: {
        // One part that is false decides `&&`, one that is true `||`, whether the others can be decided or not.
        const decisive = logic.kind === 'or'
        const verdicts = logic.parts.map((part) => this.#judge(part, read))
        for (const wanted of [decisive, null]) {
          const deciding = verdicts.filter(({ isTrue }) => isTrue === wanted)
          if (deciding.length > 0) return { isTrue: wanted, terms: deciding.flatMap(({ terms }) => terms) }
        }
        return { isTrue: !decisive, terms: verdicts.flatMap(({ terms }) => terms) }
      }
    }
  }

  #choice(logic: Extract<Logic, { readonly kind: 'choice' }>, read: ReadTag): Verdict {
    const question = this.#judge(logic.question, read)
    if (question.isTrue === null) return question
    const chosen = this.#judge(question.isTrue ? logic.yes : logic.no, read)
    // What cannot be decided is named alone: the question was answered.
    if (chosen.isTrue === null) return chosen
    return { isTrue: chosen.isTrue, terms: [...question.terms, ...chosen.terms] }
  }

  #term(logic: Extract<Logic, { readonly kind: 'term' }>, read: ReadTag): Verdict {
    if (logic.compiled === undefined) {
      const compiled = compileExpression(logic.text, this.#scope)
      logic.compiled = compiled.ok ? compiled.expression : null
    }
    const { compiled, text } = logic
    const isTrue = compiled === null ? null : truthOf(compiled, read)
    const inputs = (compiled ?? this.expression).inputs.map((tag) => termInput(tag, read(tag), this.#scope))
    return { isTrue, terms: [{ text, isTrue, inputs }] }
  }
}

function truthOf(expression: CompiledExpression, read: ReadTag): boolean | null {
  try {
    const value = expression.evaluate((index) => read(expression.inputs[index]!))
    return typeof value === 'boolean' ? value : null
  } catch (error) {
    if (error instanceof RuntimeError) return null
    throw error
  }
}

function termInput(tag: string, { value, statusCode }: ExpressionInput, scope: ExpressionScope): TermInput {
  const isBool = typeof value === 'number' && scope.tagType(tag)?.dataType === 'bool'
  const shown = isBool ? value !== 0 : value
  return { tag, value: isBad(statusCode) ? null : toJsonValue(shown), statusCode }
}

/** A term that stands in the text twice is said once. */
function withoutRepeats(terms: readonly ConditionTerm[]): readonly ConditionTerm[] {
  const seen = new Set<string>()
  return terms.filter(({ text }) => !seen.has(text) && seen.add(text))
}

const comparing: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%', 'in'])
const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/**
 * Reads what joins the terms, in CEL's order: `? :` binds loosest, then `||`, `&&`, `!`. The text is known to compile, so brackets
 * close and operators have their operands.
 */
class LogicReader {
  readonly #text: string
  readonly #tokens: readonly ExpressionToken[]
  /** Position of an opening bracket → of the one that closes it. */
  readonly #close = new Map<number, number>()

  constructor(text: string) {
    this.#text = text
    this.#tokens = expressionTokens(text)
    const open: number[] = []
    for (const [index, { kind, text: mark }] of this.#tokens.entries()) {
      if (kind !== 'mark') continue
      if (mark in closing) open.push(index)
      else if (')]}'.includes(mark)) this.#close.set(open.pop()!, index)
    }
  }

  read(): Logic {
    return this.#logic(0, this.#tokens.length)
  }

  /** The tokens from `start` to before `end`. */
  #logic(start: number, end: number): Logic {
    const question = this.#find(start, end, '?')
    if (question >= 0) return this.#choice(start, question, end)
    for (const [mark, kind] of [
      ['||', 'or'],
      ['&&', 'and'],
    ] as const) {
      const parts = this.#split(start, end, mark)
      if (parts.length > 1) return { kind, parts: parts.map(([from, to]) => this.#logic(from, to)) }
    }
    if (this.#isWrapped(start, end)) return this.#logic(start + 1, end - 1)
    if (this.#isMark(start, '!') && !this.#compares(start + 1, end))
      return { kind: 'not', part: this.#logic(start + 1, end) }
    return { kind: 'term', text: this.#written(start, end), compiled: undefined }
  }

  /** `question ? yes : no`; a question mark inside `yes` has a colon of its own. */
  #choice(start: number, question: number, end: number): Logic {
    let colon = question + 1
    for (let open = 1; ; colon = this.#after(colon)) {
      if (this.#isMark(colon, '?')) open++
      else if (this.#isMark(colon, ':')) open--
      if (open === 0) break
    }
    return {
      kind: 'choice',
      question: this.#logic(start, question),
      yes: this.#logic(question + 1, colon),
      no: this.#logic(colon + 1, end),
    }
  }

  #split(start: number, end: number, mark: string): [number, number][] {
    const parts: [number, number][] = []
    let from = start
    for (let at = this.#find(start, end, mark); at >= 0; at = this.#find(from, end, mark)) {
      parts.push([from, at])
      from = at + 1
    }
    return [...parts, [from, end]]
  }

  /** First mark of this kind outside brackets, -1 without. */
  #find(start: number, end: number, mark: string): number {
    for (let at = start; at < end; at = this.#after(at)) if (this.#isMark(at, mark)) return at
    return -1
  }

  /** `!a == b` asks whether !a equals b. */
  #compares(start: number, end: number): boolean {
    for (let at = start; at < end; at = this.#after(at)) {
      const { kind, text } = this.#tokens[at]!
      const isMember = at > start && this.#isMark(at - 1, '.')
      if (kind !== 'string' && !isMember && comparing.has(text)) return true
    }
    return false
  }

  #isWrapped(start: number, end: number): boolean {
    return this.#isMark(start, '(') && this.#close.get(start) === end - 1
  }

  /** The token behind this one, or behind the bracket that opens here. */
  #after(at: number): number {
    return (this.#close.get(at) ?? at) + 1
  }

  #isMark(at: number, mark: string): boolean {
    const token = this.#tokens[at]
    return token?.kind === 'mark' && token.text === mark
  }

  #written(start: number, end: number): string {
    const last = this.#tokens[end - 1]!
    return this.#text.slice(this.#tokens[start]!.at, last.at + last.text.length)
  }
}
