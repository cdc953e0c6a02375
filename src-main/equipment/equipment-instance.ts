// What is kept of an instance while its state and health are looked at.
import { type Equipment, type EquipmentStatusRow, healthStates } from '../shared/equipment.ts'
import type { CompiledExpression } from '../shared/expression.ts'

/** Why an instance is not in good health. */
export type Reason = EquipmentStatusRow['reasons'][number]
/** State an instance is in; null = none, or not known. */
export type StateRow = EquipmentStatusRow['state']

/** What an instance is judged by, compiled when it is first asked for. */
export interface Judge {
  readonly stateHandle: number
  /** Value as a number → state. */
  readonly states: ReadonlyMap<number, StateRow>
  readonly rules: readonly {
    readonly reason: Reason
    /** null when it does not compile, which the plant check never lets through. */
    readonly expression: CompiledExpression | null
    readonly handles: readonly number[]
  }[]
  /** Tags whose quality alone is looked at: the members of an instance that has neither state model nor rules. */
  readonly members: readonly number[]
  /** All of the above, each once. */
  readonly handles: readonly number[]
  readonly asksTime: boolean
}

/** One instance at work, with those nested in it. */
export interface Instance {
  readonly equipment: Equipment
  readonly children: Instance[]
  parent: Instance | null
  judge: Judge | null
  /** Watches that see it, those of its parents too. */
  watchCount: number
  /** Its own inputs changed. */
  isDue: boolean
  /** Its own inputs changed, or those of one nested in it. */
  isStale: boolean
  state: StateRow
  ownReasons: readonly Reason[]
  isOwnUnknown: boolean
  isUnknown: boolean
  row: EquipmentStatusRow
  /** Number of the change that made `row`. */
  version: number
}

/** By name, each under its parent. */
export function instancesOf(all: readonly Equipment[]): Map<string, Instance> {
  const instances = new Map(all.map((equipment) => [equipment.name, newInstance(equipment)]))
  for (const instance of instances.values()) {
    const { parent } = instance.equipment
    instance.parent = (parent !== null && instances.get(parent)) || null
    instance.parent?.children.push(instance)
  }
  return instances
}

function newInstance(equipment: Equipment): Instance {
  return {
    equipment,
    children: [],
    parent: null,
    judge: null,
    watchCount: 0,
    isDue: true,
    isStale: true,
    state: null,
    ownReasons: [],
    isOwnUnknown: true,
    isUnknown: true,
    row: unknownRow(equipment.name),
    version: 0,
  }
}

/** Of a name that is no instance, or of one that was not judged yet. */
export function unknownRow(equipment: string): EquipmentStatusRow {
  return { equipment, state: null, health: 'unknown', reasons: [] }
}

/** Its own inputs changed. */
export function markDue(instance: Instance): void {
  instance.isDue = true
  for (let at: Instance | null = instance; at !== null && !at.isStale; at = at.parent) at.isStale = true
}

/** And those nested in it. */
export function markAllDue(instance: Instance): void {
  for (const child of instance.children) markAllDue(child)
  markDue(instance)
}

/** Worst first; equally bad ones as they come. */
export function sorted(reasons: Reason[]): readonly Reason[] {
  return reasons.sort((a, b) => healthStates.indexOf(a.state) - healthStates.indexOf(b.state))
}

/** Nobody would see a difference. */
export function isSameRow(a: EquipmentStatusRow, b: EquipmentStatusRow): boolean {
  return (
    a.state === b.state &&
    a.health === b.health &&
    a.reasons.length === b.reasons.length &&
    a.reasons.every(
      ({ equipment, title }, index) => equipment === b.reasons[index]!.equipment && title === b.reasons[index]!.title,
    )
  )
}
