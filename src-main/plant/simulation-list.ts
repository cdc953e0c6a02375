// Gathers the rules of simulated tags and hidden values from types, instances and simulation/*.yaml; shared/simulation-rules.ts
// judges what they say.
import { didYouMean } from '../shared/closest-name.ts'
import type { SimulationEntry, SimulationRule } from '../shared/simulation.ts'
import type { Origin } from './origin.ts'
import { placeInWords } from './origin.ts'

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
    this.#entries.set(name, { entry: { name, hidden, equipment, rule, ...origin.where([]) }, origin })
  }

  /** Rules must drive a tag that is there; hidden values must not be one. */
  check(hasTag: (name: string) => boolean, tagNames: () => Iterable<string>): void {
    for (const { entry, origin } of this.#entries.values()) {
      if (entry.hidden && hasTag(entry.name)) origin.atKey([], `${entry.name} is a tag, so it is no hidden value`)
      if (!entry.hidden && !hasTag(entry.name))
        origin.atKey([], `there is no tag ${entry.name} to simulate${didYouMean(entry.name, tagNames())}`)
    }
  }
}
