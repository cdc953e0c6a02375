// The CEL of labels: what its elements may name besides tags, and what makes a text of theirs wrong. The station computes with it, the
// editor on screen says faults where they are typed.
import { type CompileResult, compileExpression, type ExpressionScope } from './expression.ts'
import { expressionTokens } from './expression-names.ts'
import type { TextFault } from './label-rules.ts'

/** Name → CEL type; they win over tags of the same name. */
export const labelVariables = {
  /** What the scheme of the template gives out; '' without one. */
  identifier: 'string',
  /** Fields of the template, all as texts. */
  fields: 'map<string, string>',
  /** Who asked for the label. */
  user: 'string',
  /** When the label was asked for. */
  now: 'google.protobuf.Timestamp',
} as const

/** Compiles the value of an element of a template that has these fields. Never throws. */
export function compileLabelText(
  text: string,
  scope: Omit<ExpressionScope, 'variables' | 'aliases'>,
  fieldNames: readonly string[],
): CompileResult {
  const result = compileExpression(text, { ...scope, variables: labelVariables })
  if (!result.ok) return result
  const fault = fieldFault(text, fieldNames) ?? typeFault(result.expression.type)
  return fault === null ? result : { ok: false, ...fault }
}

/** `fields.<name>` has to be a field of the template. */
function fieldFault(text: string, fieldNames: readonly string[]): TextFault | null {
  const tokens = expressionTokens(text)
  for (const [index, token] of tokens.entries()) {
    if (token.text !== 'fields' || token.kind !== 'name' || tokens[index - 1]?.text === '.') continue
    const name = tokens[index + 1]?.text === '.' ? tokens[index + 2] : undefined
    if (name?.kind !== 'name' || fieldNames.includes(name.text)) continue
    const known = fieldNames.join(', ')
    const message = `the template has no field "${name.text}"; it has ${known === '' ? 'none' : known}`
    return { message, offset: name.at }
  }
  return null
}

function typeFault(type: string): TextFault | null {
  if (['string', 'double', 'int', 'uint', 'bool', 'dyn'].includes(type)) return null
  const hint =
    type === 'google.protobuf.Timestamp'
      ? 'a time: format(now, "yyyy-MM-dd", "Europe/Berlin") makes a text of it'
      : type
  return { message: `a label takes texts and numbers, this is ${hint}`, offset: 0 }
}
