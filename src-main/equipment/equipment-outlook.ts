// What an instance can be ordered to do now, and what keeps it from starting: asked for by a faceplate, never kept.
import { type ConditionOutcome, explainCondition, type ReadTag } from '../shared/condition-explain.ts'
import type { CommandRow, ConditionRow, Equipment, EquipmentCommand } from '../shared/equipment.ts'
import type { ExpressionScope } from '../shared/expression.ts'
import { conditionRow, isMet } from '../shared/running-condition.ts'

export interface EquipmentOutlook {
  readonly commands: readonly CommandRow[]
  readonly conditions: readonly ConditionRow[]
}

/** Commands in the order of the type, conditions likewise. Never throws. */
export function equipmentOutlook(equipment: Equipment, scope: ExpressionScope, read: ReadTag): EquipmentOutlook {
  const conditions = equipment.conditions.map((condition) => conditionRow(condition, scope, read))
  const mayStart = conditions.every(isMet)
  const commands = equipment.commands.map((command) => commandRow(command, mayStart, scope, read))
  return { commands, conditions }
}

function commandRow(command: EquipmentCommand, mayStart: boolean, scope: ExpressionScope, read: ReadTag): CommandRow {
  const { name, title, tag, value, starts, consequence, when } = command
  const { isTrue, terms }: ConditionOutcome =
    when === null ? { isTrue: true, terms: [] } : explainCondition(when, scope, read)
  return {
    name,
    title,
    tag,
    value,
    starts,
    consequence,
    isOffered: isTrue,
    reasons: isTrue === true ? [] : terms,
    isAllowed: !starts || mayStart,
  }
}
