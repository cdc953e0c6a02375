// Fields that are asked for before a label is printed, and what is wrong with what was entered.
import type { LabelField, LabelTemplate } from '../../../src-main/shared/label.ts'

/** Why a text does not do for a field; null = it does. */
export type FieldFault = 'missing' | 'pattern' | null

/** Fields a person fills in; the others the plant knows. */
export function askedFields(template: LabelTemplate): readonly LabelField[] {
  return template.fields.filter(({ value }) => value === null)
}

/** Defaults of the fields that are asked for. */
export function startValues(template: LabelTemplate): Readonly<Record<string, string>> {
  return Object.fromEntries(askedFields(template).map(({ name, defaultValue }) => [name, defaultValue ?? '']))
}

/** @param text as entered; '' = nothing, then the default counts */
export function faultOf(field: LabelField, text: string): FieldFault {
  const meant = text === '' ? field.defaultValue : text
  if (meant === null) return 'missing'
  return field.pattern === null || wholePattern(field.pattern).test(meant) ? null : 'pattern'
}

const patterns = new Map<string, RegExp>()

/** The whole text has to fit. The plant check has read the expression already. */
function wholePattern(pattern: string): RegExp {
  const known = patterns.get(pattern)
  if (known) return known
  const made = new RegExp(`^(?:${pattern})$`, 'u')
  patterns.set(pattern, made)
  return made
}

/** What is sent: only what was entered; for the rest the runtime has defaults. */
export function enteredFields(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).filter(([, text]) => text !== ''))
}
