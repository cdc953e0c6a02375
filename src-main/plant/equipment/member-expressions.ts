// Conditions of equipment types, checked for every instance: what holds for one holds for the next whose members are of the same
// types, so that five thousand motors cost as much as one.
import { compileExpression, type ExpressionScope } from '../../shared/expression.ts'
import type { ExpressionCheck } from '../expression-check.ts'
import type { Path } from '../source/fault-list.ts'
import type { Origin } from '../source/origin.ts'
import type { MemberNames } from './equipment-members.ts'

/** More conditions than any plant's types have. */
const mostRemembered = 20_000

type TagType = NonNullable<ReturnType<ExpressionScope['tagType']>>

export class MemberExpressions {
  readonly #check: ExpressionCheck
  /** Conditions that were right, with what they read: name as written → its type. */
  readonly #right = new Map<string, readonly (readonly [string, TagType])[]>()

  constructor(check: ExpressionCheck) {
    this.#check = check
  }

  /** Is the text, with members named short, a condition? Faults go to the origin, at the place within the text as written. */
  isCondition(text: string, names: MemberNames, origin: Origin, path: Path): boolean {
    const { scope } = this.#check
    const tagType = (name: string) => scope.tagType(names.tagOf(name) ?? name)
    const inputs = this.#right.get(text)
    if (inputs?.every(([name, type]) => isSame(tagType(name), type)) === true) return true
    const own: ExpressionScope = {
      ...scope,
      tagType,
      *tagNames() {
        yield* Object.keys(names.members)
        yield* scope.tagNames?.() ?? []
      },
    }
    const compiled = compileExpression(text, own)
    if (!compiled.ok || (compiled.expression.type !== 'bool' && compiled.expression.type !== 'dyn'))
      return this.#check.check(text, origin, path, ['bool'], own) !== null
    if (this.#right.size > mostRemembered) this.#right.clear()
    this.#right.set(
      text,
      compiled.expression.inputs.map((name) => [name, tagType(name)!]),
    )
    return true
  }
}

function isSame(a: TagType | null, b: TagType): boolean {
  return a !== null && a.dataType === b.dataType && a.arrayLength === b.arrayLength
}
