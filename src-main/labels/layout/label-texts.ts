// What the elements of a template say: their CEL, compiled once, evaluated for each label.
import type { JsonValue, TagValue } from '../../shared/data-value.ts'
import type { CompiledExpression, ExpressionInput, ExpressionScope } from '../../shared/expression.ts'
import type { LabelTemplate } from '../../shared/label.ts'
import { compileLabelText } from '../../shared/label-expression.ts'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import { hasControls, isIso15434, printable } from '../symbols/letters.ts'

/** Values of `labelVariables` (shared/label-expression.ts). */
export interface LabelVariables {
  readonly identifier: string
  readonly fields: Readonly<Record<string, string>>
  readonly user: string
  /** ms since 1970-01-01 UTC. */
  readonly now: number
}

/** A fault in the CEL of an element. */
export interface LabelTextFault {
  /** Index in the template's elements. */
  readonly element: number
  readonly message: string
  /** In the CEL text, from 0. */
  readonly offset: number
}

export interface CompiledLabel {
  /** Tags that elements read, each once. */
  readonly inputs: readonly string[]
  /**
   * Text of each element ('' where it has none). `read` gives the value of a tag. Throws RuntimeError naming the element: a tag is Bad, CEL
   * cannot decide, the value is no text or number, or has control characters (line breaks in text elements excepted).
   */
  evaluate(read: (tag: string) => ExpressionInput, variables: LabelVariables): readonly string[]
}

export type CompileLabelResult =
  | { readonly ok: true; readonly label: CompiledLabel }
  | { readonly ok: false; readonly faults: readonly LabelTextFault[] }

/** Compiles all elements of a template. `scope` knows the tags. Never throws. */
export function compileLabel(
  template: Pick<LabelTemplate, 'elements' | 'fields'>,
  scope: Omit<ExpressionScope, 'variables' | 'aliases'>,
): CompileLabelResult {
  const faults: LabelTextFault[] = []
  const fieldNames = template.fields.map(({ name }) => name)
  const expressions = template.elements.map((element, index): CompiledExpression | null => {
    if (!('value' in element)) return null
    const result = compileLabelText(element.value, scope, fieldNames)
    if (result.ok) return result.expression
    faults.push({ element: index, message: result.message, offset: result.offset })
    return null
  })
  if (faults.length > 0) return { ok: false, faults }
  return {
    ok: true,
    label: {
      inputs: [...new Set(expressions.flatMap((expression) => expression?.inputs ?? []))],
      evaluate(read, variables) {
        for (const [name, text] of Object.entries(variables.fields)) refuseControls(text, `the field "${name}"`)
        return expressions.map((expression, index) =>
          expression === null ? '' : elementText(template, index, expression, read, variables),
        )
      },
    },
  }
}

function elementText(
  { elements }: Pick<LabelTemplate, 'elements'>,
  index: number,
  expression: CompiledExpression,
  read: (tag: string) => ExpressionInput,
  { now, ...variables }: LabelVariables,
): string {
  const element = elements[index]!
  const name = `element ${index + 1} (${element.type})`
  let value: TagValue
  try {
    value = expression.evaluate((input) => withoutControls(expression.inputs[input]!, read), {
      ...variables,
      now: new Date(now),
    })
  } catch (error) {
    const code = error instanceof RuntimeError ? error.code : 'BadInternalError'
    throw new RuntimeError(code, `${name}: ${messageOf(error)}`, error)
  }
  const text = textOf(value)
  if (text === null)
    throw new RuntimeError(
      'BadTypeMismatch',
      `${name}: ${element.type} takes a text or a number, not a list or structure`,
    )
  const lines = element.type === 'text' ? text.replaceAll('\n', '') : text
  if (hasControls(lines) && !(element.type === 'barcode' && isIso15434(text)))
    throw new RuntimeError('BadOutOfRange', `${name}: the text "${printable(text)}" has control characters`)
  return text
}

/** Line breaks are the template's to make, not a tag's. */
function withoutControls(tag: string, read: (tag: string) => ExpressionInput): ExpressionInput {
  const input = read(tag)
  if (typeof input.value === 'string') refuseControls(input.value, tag)
  return input
}

function refuseControls(text: string, where: string): void {
  if (hasControls(text) && !isIso15434(text))
    throw new RuntimeError('BadOutOfRange', `${where} is "${printable(text)}", which has control characters`)
}

/** A value as it stands on a label; null = it is none that can. */
export function textOf(value: TagValue | JsonValue): string | null {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      // Ten digits are more than any sensor has and hide what binary fractions add (0.1 + 0.2).
      return Number.isSafeInteger(value) ? String(value) : String(Number(value.toPrecision(10)))
    case 'bigint':
    case 'boolean':
      return String(value)
    default:
      return null
  }
}
