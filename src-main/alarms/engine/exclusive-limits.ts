// Of several limits of one tag on one side only the outermost one is active (OPC 10000-9 section 5.8.19): high gives way to highHigh.
import type { AlarmCondition, AlarmDefinition } from '../../shared/alarm.ts'

/** Outermost first. */
const depth: Partial<Record<AlarmCondition, number>> = { highHigh: 0, high: 1, lowLow: 0, low: 1 }

interface Member {
  readonly slot: number
  readonly definition: AlarmDefinition
}

/** Groups of slots, each with its outermost limit first; alarms that are alone on their side have no group. */
export function exclusiveGroups(members: Iterable<Member>): readonly (readonly number[])[] {
  const groups = new Map<string, Member[]>()
  for (const member of members) {
    const { definition } = member
    if (!definition.isExclusive || depth[definition.condition] === undefined) continue
    const side = definition.condition.startsWith('high') ? 'high' : 'low'
    const key = `${side} ${definition.tag}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [member])
    else group.push(member)
  }
  return [...groups.values()]
    .filter((group) => group.length > 1)
    .map((group) => group.sort((a, b) => compare(a.definition, b.definition)).map(({ slot }) => slot))
}

function compare(a: AlarmDefinition, b: AlarmDefinition): number {
  const byDepth = depth[a.condition]! - depth[b.condition]!
  if (byDepth !== 0 || typeof a.limit !== 'number' || typeof b.limit !== 'number') return byDepth
  return a.condition.startsWith('high') ? b.limit - a.limit : a.limit - b.limit
}
