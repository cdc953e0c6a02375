// A plant of a few tags for simulation tests, written as rules by name.
import type { Plant } from '../../../src-main/shared/plant.ts'
import type { SimulationEntry, SimulationRule } from '../../../src-main/shared/simulation.ts'
import { compileSimulation } from '../../../src-main/shared/simulation-rules.ts'
import type { DataType, TagDefinition } from '../../../src-main/shared/tag.ts'
import { PlantBehaviour } from '../../../src-main/simulation/plant-behaviour.ts'
import { emptyPlant } from '../../fakes/empty-plant.ts'
import { tagDefinition } from '../../fakes/tag-definition.ts'

export function tag(name: string, dataType: DataType = 'float64', rest: Partial<TagDefinition> = {}): TagDefinition {
  return tagDefinition(name, { address: `a/${name}`, dataType, writable: false, history: false, ...rest })
}

/** Rules by name; names without a tag are hidden values. */
export function plantOf(
  tags: readonly TagDefinition[],
  rules: Readonly<Record<string, SimulationRule>>,
  equipment: Plant['equipment'] = [],
): Plant {
  const names = new Set(tags.map(({ name }) => name))
  const simulation = Object.entries(rules).map(
    ([name, rule]): SimulationEntry => ({
      name,
      hidden: !names.has(name),
      equipment: equipment.find((instance) => name.startsWith(`${instance.name}.`))?.name ?? null,
      rule,
    }),
  )
  return { ...emptyPlant, startMimic: null, mimics: [], tags, equipment, simulation }
}

/** A running small plant, read and written by tag name. */
export class SmallPlant {
  readonly behaviour: PlantBehaviour
  readonly failures: string[] = []

  constructor(plant: Plant, seed = 1) {
    const simulation = compileSimulation(plant)
    if (simulation.faults.length > 0) throw new Error(simulation.faults.map(({ message }) => message).join('\n'))
    this.behaviour = new PlantBehaviour({
      simulation,
      seed,
      onFault: (rule, message) => this.failures.push(`${rule}: ${message}`),
    })
  }

  read(name: string) {
    return this.behaviour.value(this.behaviour.slotOf(name)!)
  }

  number(name: string): number {
    return Number(this.read(name))
  }

  write(name: string, value: number | boolean | string): void {
    this.behaviour.write(this.behaviour.slotOf(name)!, value)
  }

  /** Lets this many seconds pass in steps; `each` looks at the plant after every step. */
  run(seconds: number, stepSeconds = 0.2, each: () => void = () => undefined): void {
    for (let step = 0; step < Math.round(seconds / stepSeconds); step++) {
      this.behaviour.step(stepSeconds)
      each()
    }
  }
}
