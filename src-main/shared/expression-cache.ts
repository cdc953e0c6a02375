// Compiled expressions of a plant, kept over a change of the plant: only what is new, or now means something else, is compiled.
import { type CompileResult, compileExpression, type ExpressionScope } from './expression.ts'

interface Kept {
  readonly result: CompileResult
  /** Every name that was looked up, and what it was: the same answers give the same expression. */
  readonly answers: ReadonlyMap<string, string>
}

/** For one kind of expression: all its scopes have the same variables, aliases and clock. */
export class ExpressionCache {
  #kept = new Map<string, Kept>()
  #present = new Map<string, Kept>()

  /** A new round begins: what it does not ask for is forgotten with the next one. */
  begin(): void {
    this.#kept = this.#present
    this.#present = new Map()
  }

  /** As compileExpression. */
  compile(text: string, scope: ExpressionScope): CompileResult {
    const before = this.#present.get(text) ?? this.#kept.get(text)
    const kept = before && isUnchanged(before, scope) ? before : compileNoting(text, scope)
    this.#present.set(text, kept)
    return kept.result
  }
}

function isUnchanged({ answers }: Kept, scope: ExpressionScope): boolean {
  for (const [name, answer] of answers) if (inWords(scope.tagType(name)) !== answer) return false
  return true
}

function compileNoting(text: string, scope: ExpressionScope): Kept {
  const answers = new Map<string, string>()
  const tagType: ExpressionScope['tagType'] = (name) => {
    const type = scope.tagType(name)
    answers.set(name, inWords(type))
    return type
  }
  return { result: compileExpression(text, { ...scope, tagType }), answers }
}

function inWords(type: ReturnType<ExpressionScope['tagType']>): string {
  return type === null ? 'no tag' : `${type.dataType}[${type.arrayLength ?? ''}]`
}
