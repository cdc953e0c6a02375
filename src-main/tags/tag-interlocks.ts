// Interlocks of writable tags: a CEL expression that has to be true for a write. Lineside refuses politely what the PLC
// would refuse anyway; it is no safety function.
import type { CompiledExpression } from '../shared/expression.ts'
import { ExpressionCache } from '../shared/expression-cache.ts'
import { messageOf } from '../shared/runtime-error.ts'
import { type TagDefinition, valueTypeOf } from '../shared/tag.ts'
import type { TagTable } from './tag-table.ts'

export class TagInterlocks {
  readonly #table: TagTable
  readonly #cache = new ExpressionCache()
  #expressions = new Map<string, CompiledExpression>()

  constructor(table: TagTable) {
    this.#table = table
  }

  /** Interlocks of these tags from now on; they were checked with the plant. */
  configure(tags: readonly TagDefinition[]): void {
    this.#expressions = new Map()
    this.#cache.begin()
    const types = new Map(tags.map((tag) => [tag.name, valueTypeOf(tag)]))
    for (const { name, interlock } of tags) {
      if (interlock === null) continue
      const compiled = this.#cache.compile(interlock, { tagType: (other) => types.get(other) ?? null })
      if (compiled.ok) this.#expressions.set(name, compiled.expression)
    }
  }

  /** Why a write to the tag is refused now, as a sentence without the tag's name; null when it is allowed. */
  refusal(tag: TagDefinition): string | null {
    if (tag.interlock === null) return null
    const expression = this.#expressions.get(tag.name)
    if (!expression) return `its interlock cannot be evaluated: ${tag.interlock}`
    const { inputs } = expression
    try {
      const allowed = expression.evaluate((index) => this.#table.read(this.#table.handleOf(inputs[index]!) ?? -1))
      return allowed === true ? null : `the interlock is not fulfilled: ${tag.interlock}`
    } catch (error) {
      return `its interlock cannot be decided: ${messageOf(error)}`
    }
  }
}
