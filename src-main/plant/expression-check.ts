// Every expression of the plant's tags is compiled here, before the line depends on it: types fit, names exist, no tag is
// calculated from itself.

import { sortByDependency } from '../shared/dependency-order.ts'
import { compileExpression, type ExpressionScope } from '../shared/expression.ts'
import { type DataType, valueTypeOf } from '../shared/tag.ts'
import type { FaultList, Path } from './source/fault-list.ts'
import type { Origin } from './source/origin.ts'
import { checkNumbers, type TagDraft } from './tags/tag-build.ts'

/** Data type of a calculated tag whose file does not say one. */
const dataTypeOfCel: Readonly<Record<string, DataType>> = {
  double: 'float64',
  bool: 'bool',
  string: 'string',
  int: 'int64',
  bytes: 'bytes',
  'google.protobuf.Timestamp': 'datetime',
  'google.protobuf.Duration': 'float64',
}

/** Of a tag that is missing because of a fault already listed. */
const anyType = { dataType: 'structure', arrayLength: null } as const

export class ExpressionCheck {
  readonly #drafts: ReadonlyMap<string, TagDraft>
  readonly #isLost: (name: string) => boolean
  readonly #inputs = new Map<string, readonly string[]>()
  readonly #open = new Set<string>()
  /** Scope of the plant's tags, for whoever else has expressions to check. */
  readonly scope: ExpressionScope

  /** `outer`: where tags are looked up that are not among these. */
  constructor(
    drafts: ReadonlyMap<string, TagDraft>,
    faults: FaultList,
    isLost: (name: string) => boolean,
    outer: ExpressionScope | null = null,
  ) {
    this.#drafts = drafts
    this.#isLost = (name) => !drafts.has(name) && isLost(name)
    this.scope = {
      tagType: (name) => this.#typeOf(name) ?? outer?.tagType(name) ?? (isLost(name) ? anyType : null),
      *tagNames() {
        if (!faults.mayHint()) return
        yield* drafts.keys()
        yield* outer?.tagNames?.() ?? []
      },
    }
  }

  /** Compiles everything and refuses rings of calculated tags. */
  run(): void {
    for (const draft of this.#drafts.values()) {
      if (draft.definition.expression !== null) this.#calculated(draft)
      if (draft.definition.interlock !== null)
        this.check(draft.definition.interlock, draft.origin, ['interlock'], ['bool'])
    }
    this.#refuseRings()
  }

  /** Compiles one expression; its CEL type, or null after a fault. `types` = what it may give, `dyn` always may. */
  check(text: string, origin: Origin, path: Path, types: readonly string[] | null, scope = this.scope): string | null {
    const result = compileExpression(text, scope)
    if (!result.ok) {
      origin.inText(path, result.offset, result.message)
      return null
    }
    const { type } = result.expression
    if (types === null || types.includes(type) || type === 'dyn') return type
    const wanted = types.includes('bool')
      ? 'a condition (true or false)'
      : types.includes('double')
        ? 'a number'
        : types.join(' or ')
    origin.at(path, `${wanted} is expected; this expression gives ${type === 'double' ? 'a number' : type}`)
    return null
  }

  #typeOf(name: string): { dataType: DataType; arrayLength: number | null } | null {
    const draft = this.#drafts.get(name)
    if (draft === undefined) return null
    if (!draft.hasType) this.#calculated(draft)
    return valueTypeOf(draft.definition)
  }

  /** Compiles a calculated tag once; finds its type if the file does not say one. */
  #calculated(draft: TagDraft): void {
    const { name, expression } = draft.definition
    if (expression === null || this.#inputs.has(name) || this.#open.has(name)) return
    if (this.#open.size > 500)
      return draft.origin.at(
        ['expression'],
        'more than 500 tags are calculated one from the other; give some of them a dataType',
      )
    this.#open.add(name)
    const result = compileExpression(expression, this.scope)
    this.#open.delete(name)
    if (!result.ok) {
      this.#inputs.set(name, [])
      draft.hasType = true
      return draft.origin.inText(['expression'], result.offset, result.message)
    }
    this.#inputs.set(name, result.expression.inputs)
    if (draft.hasType) this.#fits(draft, result.expression.type)
    // Of what is computed from a tag that is lost to a fault already listed nothing is known, and nothing is wrong with it.
    else if (result.expression.type === 'dyn' && result.expression.inputs.some(this.#isLost)) {
      draft.hasType = true
      draft.setType(anyType.dataType)
    } else this.#infer(draft, result.expression.type)
  }

  #infer(draft: TagDraft, celType: string): void {
    draft.hasType = true
    const dataType = dataTypeOfCel[celType]
    if (dataType === undefined)
      return draft.origin.at(
        ['expression'],
        `tag ${draft.definition.name} needs a dataType: its expression gives ${celType}`,
      )
    draft.setType(dataType)
    checkNumbers(draft)
  }

  /** The declared type can hold what the expression gives. */
  #fits(draft: TagDraft, celType: string): void {
    const { dataType, arrayLength } = draft.definition
    if (celType === 'dyn') return
    const element =
      arrayLength === null ? celType : (/^list<(.*)>$/.exec(celType)?.[1] ?? (celType === 'list' ? 'dyn' : ''))
    const isNumber = element === 'double' || element === 'int' || element === 'google.protobuf.Duration'
    const fits =
      element === 'dyn' ||
      (dataType === 'structure' && element.startsWith('map')) ||
      dataTypeOfCel[element] === dataType ||
      (isNumber && /^(u?int|float)/.test(dataType))
    if (!fits)
      draft.origin.at(
        ['expression'],
        `the tag is ${dataType}${arrayLength === null ? '' : `[${arrayLength}]`}, but its expression gives ${celType}`,
      )
  }

  #refuseRings(): void {
    const calculated = new Set(this.#inputs.keys())
    for (let most = 20; most > 0; most--) {
      const sorted = sortByDependency(calculated, (name) =>
        (this.#inputs.get(name) ?? []).filter((input) => calculated.has(input)),
      )
      if (sorted.ok) return
      const [first] = sorted.cycle
      const draft = this.#drafts.get(first!)!
      const ring = [...sorted.cycle, first].join(' → ')
      draft.origin.at(['expression'], `tags are calculated from themselves: ${ring}`)
      for (const name of sorted.cycle) calculated.delete(name)
    }
  }
}
