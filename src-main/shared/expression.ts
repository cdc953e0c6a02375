// CEL (Common Expression Language) over tags: one language for calculated tags, interlocks, mimic bindings, permissions.
// Tag names are written as they are (`Filler.Level > 90`); names CEL cannot spell as `tag("Tank-1/Level")`.
import type { TagValue } from './data-value.ts'
import type { DataType } from './tag.ts'

/** What an expression may refer to besides tags: name → CEL type (`double`, `bool`, `string`, `dyn` …). */
export type ExpressionVariables = Readonly<Record<string, string>>

/** Where names are looked up while an expression is compiled. */
export interface ExpressionScope {
  /** Type of a tag, null when no such tag exists. */
  readonly tagType: (tagName: string) => { readonly dataType: DataType; readonly arrayLength: number | null } | null
  readonly variables?: ExpressionVariables
}

/** What a tag reads as while an expression is evaluated. */
export interface ExpressionInput {
  readonly value: TagValue
  readonly statusCode: number
  readonly sourceTimestamp: number
}

/** A checked expression. Immutable; may be evaluated from anywhere, any number of times. */
export interface CompiledExpression {
  readonly text: string
  /** Tags it reads, each once, in the order of `read`'s index. */
  readonly inputs: readonly string[]
  /** CEL type of the result. */
  readonly type: string
  /**
   * Value for these inputs. `read(i)` gives the present value of `inputs[i]`; `variables` the values of the scope's
   * variables. Throws RuntimeError when CEL cannot decide (division by zero, missing value of a needed input).
   */
  evaluate(read: (inputIndex: number) => ExpressionInput, variables?: Readonly<Record<string, unknown>>): TagValue
}

export type CompileResult =
  | { readonly ok: true; readonly expression: CompiledExpression }
  /** `offset`: position in the text, from 0. */
  | { readonly ok: false; readonly message: string; readonly offset: number }
