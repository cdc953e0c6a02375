// Which of many changes most plausibly led to an alarm: how near the thing is, what kind of change it was, and how long before it
// happened, multiplied. The same changes always give the same ten (docs/alarm-kpis.md, "What came before").
import type { AlarmChange, AlarmRelation } from '../../shared/alarm-report.ts'

/** Changes that are shown. */
export const shownChangeCount = 10

const relationWeights: Readonly<Record<AlarmRelation, number>> = {
  // What the alarm's own tag did is on the screen already.
  sameTag: 0.6,
  input: 1,
  firstOutGroup: 0.9,
  sameEquipment: 0.8,
  sameDevice: 0.5,
  sameArea: 0.4,
  station: 0.5,
}

/** A change counts half as much for each two minutes it lies back. */
const halfLifeMs = 120_000

/** A change with how much of a change it was: 0 = hardly any, 1 = all there could be. */
export interface WeighedChange {
  readonly change: AlarmChange
  readonly size: number
}

/** Between 0 and 1. */
export function plausibility({ change, size }: WeighedChange): number {
  const recency = 2 ** (-change.beforeMs / halfLifeMs)
  return relationWeights[change.relation] * kindWeight(change) * size * recency
}

function kindWeight({ kind, event, changeCount }: AlarmChange): number {
  switch (kind) {
    case 'write':
    case 'device':
      return 1
    case 'operator':
      return 0.9
    case 'alarm':
      return event === 'active' ? 0.9 : event === 'returned' || event === 'acknowledged' ? 0.3 : 0.6
    case 'value':
      return changeCount === 1 ? 0.8 : 0.6
  }
}

/** The most plausible ones, newest first. Equal ones: the newer, then by what they are about. */
export function mostPlausible(changes: readonly WeighedChange[]): readonly AlarmChange[] {
  return changes
    .map((weighed) => ({ change: weighed.change, score: plausibility(weighed), about: aboutOf(weighed.change) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.change.beforeMs - b.change.beforeMs || compare(a.about, b.about))
    .slice(0, shownChangeCount)
    .sort((a, b) => b.change.timestamp - a.change.timestamp || b.score - a.score || compare(a.about, b.about))
    .map(({ change }) => change)
}

function aboutOf({ kind, tag, alarmId, action, target }: AlarmChange): string {
  return [kind, alarmId, tag, action, target].join('\n')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
