// What keeps a writable tag from being written: its interlock, a CEL expression that has to be true for every write, and the conditions
// of equipment, for the values that start it. Lineside refuses politely what the PLC would refuse anyway; it is no safety function.
import { type ExplainedCondition, explainedCondition, type ReadTag } from '../shared/condition-explain.ts'
import type { WriteCondition } from '../shared/equipment.ts'
import type { ExpressionScope } from '../shared/expression.ts'
import { conditionRow, englishOf, isMet, reasonsInWords } from '../shared/running-condition.ts'
import { type TagDefinition, valueTypeOf } from '../shared/tag.ts'
import type { TagTable } from './tag-table.ts'

/** Is it this value that is about to be written? In engineering units. */
export type IsWritten = (value: WriteCondition['value']) => boolean

export class TagInterlocks {
  readonly #table: TagTable
  readonly #scope: ExpressionScope
  readonly #read: ReadTag
  /** Interlock of a tag, compiled when it is first asked for. */
  #interlocks = new Map<string, ExplainedCondition | null>()

  constructor(table: TagTable) {
    this.#table = table
    this.#scope = {
      tagType: (name) => {
        const tag = this.#definition(name)
        return tag === undefined ? null : valueTypeOf(tag)
      },
    }
    this.#read = (name) => table.read(table.handleOf(name) ?? -1)
  }

  /** The table has other tags from now on: expressions may mean something else. */
  configure(): void {
    this.#interlocks = new Map()
  }

  /** Why a write to the tag is refused now, as a sentence that names it; null when it is allowed. */
  refusal(tag: TagDefinition, isWritten: IsWritten): string | null {
    return this.#interlockRefusal(tag) ?? this.#equipmentRefusal(tag.writeConditions ?? [], isWritten)
  }

  #interlockRefusal({ name, interlock }: TagDefinition): string | null {
    if (interlock === null) return null
    const condition = this.#interlockOf(name, interlock)
    if (condition === null) return `${name}: its interlock cannot be evaluated: ${interlock}`
    const { isTrue, terms } = condition.explain(this.#read)
    if (isTrue === true) return null
    const what = isTrue === null ? 'its interlock cannot be decided' : 'the interlock is not fulfilled'
    return `${name}: ${what}: ${interlock}${this.#inBrackets(terms)}`
  }

  #interlockOf(name: string, interlock: string): ExplainedCondition | null {
    const known = this.#interlocks.get(name)
    if (known !== undefined) return known
    const result = explainedCondition(interlock, this.#scope)
    const condition = result.ok ? result.condition : null
    this.#interlocks.set(name, condition)
    return condition
  }

  /** What cannot be decided, or does not compile, refuses. */
  #equipmentRefusal(conditions: readonly WriteCondition[], isWritten: IsWritten): string | null {
    const unmet = conditions
      .filter(({ value }) => isWritten(value))
      .map(({ equipment, condition }) => ({ equipment, row: conditionRow(condition, this.#scope, this.#read) }))
      .filter(({ row }) => !isMet(row))
    if (unmet.length === 0) return null
    const reasons = unmet.map(({ row }) => `${englishOf(row.title)}${this.#inBrackets(row.reasons)}`)
    return `${unmet[0]!.equipment} may not start: ${[...new Set(reasons)].join('; ')}`
  }

  #inBrackets(terms: Parameters<typeof reasonsInWords>[0]): string {
    const words = reasonsInWords(terms, (name) => this.#definition(name))
    return words === '' ? '' : ` (${words})`
  }

  #definition(name: string): TagDefinition | undefined {
    const handle = this.#table.handleOf(name)
    return handle === undefined ? undefined : this.#table.definition(handle)
  }
}
