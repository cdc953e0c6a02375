// Of several limits of one tag on one side only the outermost one is active (OPC 10000-9 section 5.8.19): high gives way to highHigh.
import type { AlarmCondition, AlarmDefinition } from '../../shared/alarm.ts'
import type { JsonValue } from '../../shared/data-value.ts'
import type { ConditionColumns } from './condition-columns.ts'

/** Outermost first. */
const depth: Partial<Record<AlarmCondition, number>> = { highHigh: 0, high: 1, lowLow: 0, low: 1 }

interface Member {
  readonly slot: number
  readonly definition: AlarmDefinition
}

export interface ExclusiveLimitsParts {
  readonly columns: ConditionColumns
  /** Shelved, suppressed or out of service: it takes no precedence over a limit inside it. */
  readonly isHeld: (slot: number) => boolean
  /** What the state machine is told; nothing happens when it was told so before. */
  readonly tell: (slot: number, next: 0 | 1, timestamp: number, value: JsonValue) => void
  readonly presentValue: (slot: number) => JsonValue
}

export class ExclusiveLimits {
  readonly #parts: ExclusiveLimitsParts
  #groups: readonly (readonly number[])[] = []
  /** Groups with a change that {@link resolve} has not looked at. */
  #changed: number[] = []
  /** Value of the sample that changed a group. */
  readonly #values = new Map<number, JsonValue>()

  constructor(parts: ExclusiveLimitsParts) {
    this.#parts = parts
  }

  configure(members: readonly Member[]): void {
    const { exclusiveGroup } = this.#parts.columns
    exclusiveGroup.fill(-1)
    this.#groups = exclusiveGroups(members)
    this.#changed = [...this.#groups.keys()]
    for (const [group, slots] of this.#groups.entries()) for (const slot of slots) exclusiveGroup[slot] = group
  }

  /** The condition of a limit turned; false when it is in no group. */
  settle(slot: number, timestamp: number, value: JsonValue): boolean {
    const { columns } = this.#parts
    const group = columns.exclusiveGroup[slot]!
    if (group < 0) return false
    columns.since[slot] = timestamp
    this.#values.set(group, value)
    this.#changed.push(group)
    return true
  }

  /** Its group is to be looked at; false when it is in none. */
  mark(slot: number): boolean {
    const group = this.#parts.columns.exclusiveGroup[slot]!
    if (group < 0) return false
    this.#changed.push(group)
    return true
  }

  /** In each group with a change: the outermost one that is true and not held counts, the held ones as they are. */
  resolve(earliest = 0): void {
    if (this.#changed.length === 0) return
    const { columns, isHeld, tell, presentValue } = this.#parts
    for (const group of new Set(this.#changed.splice(0))) {
      const slots = this.#groups[group]!
      const newest = slots.reduce((most, slot) => Math.max(most, columns.since[slot]!), earliest)
      const outermost = slots.find((slot) => columns.result[slot] === 1 && !isHeld(slot))
      const isWanted = (slot: number) => columns.result[slot] === 1 && (slot === outermost || isHeld(slot))
      const value = this.#values.get(group) ?? presentValue(slots[0]!)
      this.#values.delete(group)
      for (const slot of slots) if (!isWanted(slot)) tell(slot, 0, newest, value)
      for (const slot of slots) if (isWanted(slot)) tell(slot, 1, newest, value)
    }
  }
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
