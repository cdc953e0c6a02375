// Gathers the rules of simulated tags and hidden values from types, instances and simulation/*.yaml; shared/simulation-rules.ts
// judges what they say.
import { didYouMean } from '../shared/closest-name.ts'
import type { SimulationEntry, SimulationFault, SimulationRule } from '../shared/simulation.ts'
import type { BuiltInstance } from './equipment/equipment-build.ts'
import { PlacedFault } from './equipment/equipment-parameters.ts'
import type { KnownType } from './equipment/equipment-type-merge.ts'
import type { Origin } from './source/origin.ts'
import { placeInWords } from './source/origin.ts'

const noRules: KnownType['simulation'] = { hidden: new Map(), members: new Map() }

export class SimulationList {
  readonly #entries = new Map<string, { entry: SimulationEntry; origin: Origin }>()

  /** All rules in the order they were found. */
  entries(): readonly SimulationEntry[] {
    return [...this.#entries.values()].map(({ entry }) => entry)
  }

  /** One rule; a second one for the same name is a fault. */
  add(name: string, hidden: boolean, rule: SimulationRule, equipment: string | null, origin: Origin): void {
    const known = this.#entries.get(name)
    if (known !== undefined)
      return origin.atKey([], `${name} is simulated already: ${placeInWords(known.origin.where([]))}`)
    this.#entries.set(name, { entry: { name, hidden, equipment, rule }, origin })
  }

  /** The rules of an instance and of all that is nested in it: its type's, `own` ones of the instance in their place, name by name. */
  addInstance(built: BuiltInstance, own: KnownType['simulation'] = noRules): void {
    const { name, type } = built.spec
    for (const part of ['hidden', 'members'] as const) {
      // A rule of the type for a member that the instance does not have, or calculates where the type does not, goes with the member.
      const ofType = [...type.simulation[part]]
        .filter(([member]) => part === 'hidden' || !(built.names.isAbsent(member) || isCalculatedHere(member, built)))
        .flatMap(([member, { rule, origin }]) => {
          const filled = filledRule(rule, built, origin)
          return filled === null ? [] : [[member, { rule: filled, origin }] as const]
        })
      for (const [member, { rule, origin }] of new Map([...ofType, ...own[part]]))
        this.add(`${name}.${member}`, part === 'hidden', rule, name, origin)
    }
    for (const inner of built.nested) this.addInstance(inner)
  }

  /** Puts faults of the entries where they are written. */
  tell(faults: readonly SimulationFault[]): void {
    if (faults.length === 0) return
    const entries = [...this.#entries.values()]
    for (const { index, message } of faults) entries[index]!.origin.at([], message)
  }

  /** Rules must drive a tag that is there; hidden values must not be one. */
  check(hasTag: (name: string) => boolean, isLost: (name: string) => boolean, tagNames: () => Iterable<string>): void {
    for (const { entry, origin } of this.#entries.values()) {
      if (entry.hidden && hasTag(entry.name)) origin.atKey([], `${entry.name} is a tag, so it is no hidden value`)
      if (!entry.hidden && !hasTag(entry.name) && !isLost(entry.name))
        origin.atKey([], `there is no tag ${entry.name} to simulate${didYouMean(entry.name, tagNames())}`)
    }
  }
}

/** Does an override make a calculated tag of a member that the type reads from a device? */
function isCalculatedHere(member: string, { spec, drafts }: BuiltInstance): boolean {
  if (spec.type.members.get(member)?.value.expression !== undefined) return false
  return drafts.some(({ definition }) => definition.name === `${spec.name}.${member}` && definition.expression !== null)
}

/** A rule of the type with the instance's parameters filled in; null after a fault. */
function filledRule(rule: SimulationRule, { parameters }: BuiltInstance, origin: Origin): SimulationRule | null {
  try {
    return parameters.fillAll(rule, []) as SimulationRule
  } catch (error) {
    if (!(error instanceof PlacedFault)) throw error
    error.tell(origin)
    return null
  }
}
