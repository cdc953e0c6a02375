// The score of a display: 100 less what its findings cost. One rule broken a hundred times is one habit, not a hundred: the
// first findings of a rule cost most, and each rule at most a fixed part (docs/display-quality.md has the table).
import type { DisplayFinding, DisplayRule } from '../../shared/display-quality.ts'

/** Points of the first finding of a rule. */
export const firstCost: Readonly<Record<DisplayFinding['severity'], number>> = { error: 12, warning: 5, hint: 2 }
/** Most points that one rule may cost, by its worst finding. */
export const mostCost: Readonly<Record<DisplayFinding['severity'], number>> = { error: 30, warning: 15, hint: 6 }

/** 0 … 100, the same for the same findings in any order. Each further finding of a rule costs half of the one before. */
export function scoreOf(findings: readonly Pick<DisplayFinding, 'rule' | 'severity'>[]): number {
  const byRule = new Map<DisplayRule, DisplayFinding['severity'][]>()
  for (const { rule, severity } of findings) {
    const present = byRule.get(rule)
    if (present === undefined) byRule.set(rule, [severity])
    else present.push(severity)
  }
  let cost = 0
  for (const severities of byRule.values()) {
    const costs = severities.map((severity) => firstCost[severity]).sort((a, b) => b - a)
    const most = severities.reduce((worst, severity) => Math.max(worst, mostCost[severity]), 0)
    cost += Math.min(
      most,
      costs.reduce((sum, points, index) => sum + points / 2 ** index, 0),
    )
  }
  return Math.max(0, Math.round(100 - cost))
}
