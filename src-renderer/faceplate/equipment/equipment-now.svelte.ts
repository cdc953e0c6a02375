// What is known of one instance while its faceplate is open: what it is (asked once for every plant), how it is (a feed), what it
// can be ordered to do and what keeps it from it (asked again and again, because conditions read values from all over the plant).
import { untrack } from 'svelte'
import type {
  CommandRow,
  ConditionRow,
  Equipment,
  EquipmentStatusRow,
  EquipmentType,
} from '../../../src-main/shared/equipment.ts'
import type { Station } from '../../station.ts'
import { type Resource, resource } from '../../ui/resource.svelte.ts'

/** How often the runtime is asked for commands and conditions; the answer is what a write would be told. ms */
const explainIntervalMs = 500

export interface Explanation {
  readonly commands: readonly CommandRow[]
  readonly conditions: readonly ConditionRow[]
}

export class EquipmentNow {
  readonly description: Resource<{ equipment: Equipment; type: EquipmentType }>
  readonly explanation: Resource<Explanation>
  #status = $state.raw<ReadonlyMap<string, EquipmentStatusRow>>(new Map())
  #statusProblem = $state.raw<Error | null>(null)

  /** For the component being made; `name` is read reactively. */
  constructor(station: Pick<Station, 'client' | 'connection' | 'plant'>, name: () => string) {
    const { client, connection, plant } = station
    this.description = resource(
      () => client.call('equipment.describe', { equipment: name() }),
      () => connection.isLive,
      () => [name(), plant.row?.revision],
    )
    this.explanation = resource(
      () => client.call('equipment.explain', { equipment: name() }),
      () => false,
    )
    $effect(() => this.#watch(client, [name(), ...Object.values(this.equipment(name())?.children ?? {})]))
    $effect(() => {
      const { equipment } = this.description.value ?? {}
      const isNeeded = connection.isLive && equipment && equipment.commands.length + equipment.conditions.length > 0
      return isNeeded ? untrack(() => this.#explainOnAndOn()) : undefined
    })
  }

  /** Reactive: what it is, once it is known of this very instance. */
  equipment(name: string): Equipment | null {
    const equipment = this.description.value?.equipment
    return equipment?.name === name ? equipment : null
  }

  /** Reactive: state and health of the instance or of one of its parts. */
  status(name: string): EquipmentStatusRow | null {
    return this.#status.get(name) ?? null
  }

  /** Reactive: why state and health are not told; null = they are. */
  get statusProblem(): Error | null {
    return this.#statusProblem
  }

  #watch(client: Station['client'], names: readonly string[]): () => void {
    untrack(() => {
      this.#status = new Map()
    })
    return client.watch(
      'equipment.watch',
      { equipment: [...names] },
      ({ rows }) => {
        this.#status = new Map([...this.#status, ...rows.map((row) => [row.equipment, row] as const)])
        this.#statusProblem = null
      },
      (error) => {
        this.#status = new Map()
        this.#statusProblem = error
      },
    )
  }

  #explainOnAndOn(): () => void {
    const ask = () => {
      // One question at a time: a slow link must not pile them up.
      if (!this.explanation.isLoading && !document.hidden) void this.explanation.load()
    }
    ask()
    const timer = setInterval(ask, explainIntervalMs)
    return () => clearInterval(timer)
  }
}
