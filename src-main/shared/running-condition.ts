// Permissives and interlocks as they are now: fulfilled, bypassed, or why not; and the same in a sentence for whoever is refused.
import { explainCondition, type ReadTag } from './condition-explain.ts'
import type { ConditionRow, ConditionTerm, EquipmentCondition, PlantText, TermInput } from './equipment.ts'
import type { ExpressionScope } from './expression.ts'
import { isBad, statusCodeName } from './status-code.ts'
import type { TagDefinition } from './tag.ts'

/** A condition with its present outcome. Never throws. */
export function conditionRow(condition: EquipmentCondition, scope: ExpressionScope, read: ReadTag): ConditionRow {
  const { kind, name, title, bypass } = condition
  const { isTrue, terms } = explainCondition(condition.condition, scope, read)
  return {
    kind,
    name,
    title,
    condition: condition.condition,
    isFulfilled: isTrue,
    isBypassed: bypass !== null && isSet(read(bypass)),
    reasons: isTrue === true ? [] : terms,
  }
}

/** It does not keep the equipment from starting. What cannot be decided does. */
export function isMet({ isFulfilled, isBypassed }: ConditionRow): boolean {
  return isFulfilled === true || isBypassed
}

/** A bypass whose value is Bad bypasses nothing. */
function isSet({ value, statusCode }: ReturnType<ReadTag>): boolean {
  return !isBad(statusCode) && (value === true || value === 1)
}

/** What of a tag its value is shown with. */
export type ShownTag = Pick<TagDefinition, 'unit' | 'decimals' | 'states'>

/**
 * `Tank1.Level is 8.2 %, Pump1.Ready is false`: the values that decide, each tag once; of undecided terms the Bad ones alone. Terms
 * without any tag stand as they are written.
 */
export function reasonsInWords(terms: readonly ConditionTerm[], tagOf: (tag: string) => ShownTag | undefined): string {
  const words = terms.flatMap((term) => {
    const bad = term.inputs.filter(({ statusCode }) => isBad(statusCode))
    const shown = term.isTrue === null && bad.length > 0 ? bad : term.inputs
    return shown.length > 0 ? shown.map((input) => inputInWords(input, tagOf(input.tag))) : [term.text]
  })
  return [...new Set(words)].join(', ')
}

function inputInWords({ tag, value, statusCode }: TermInput, shown: ShownTag | undefined): string {
  if (isBad(statusCode)) return `${tag} is ${statusCodeName(statusCode)}`
  return `${tag} is ${valueInWords(value, shown)}`
}

function valueInWords(value: TermInput['value'], shown: ShownTag | undefined): string {
  if (value === null) return 'without value'
  const state = shown?.states?.[String(Number(value))]
  const word = typeof state === 'string' ? state : state && englishOf(state)
  if (word !== undefined) return `${word} (${String(value)})`
  if (typeof value === 'number') return `${numberInWords(value, shown)}${unitText(shown?.unit ?? '')}`
  return typeof value === 'string' ? `"${value}"` : JSON.stringify(value)
}

function numberInWords(value: number, shown: ShownTag | undefined): string {
  const decimals = shown?.decimals ?? 3
  const rounded = value.toFixed(Math.min(decimals, 20))
  return shown?.decimals == null ? String(Number(rounded)) : rounded
}

function unitText(unit: string): string {
  return unit === '' || unit === '1' ? '' : ` ${unit}`
}

/** Refusals are said in English where the plant has it, else in its first language. */
export function englishOf(text: PlantText): string {
  return text.en ?? Object.values(text)[0] ?? ''
}
