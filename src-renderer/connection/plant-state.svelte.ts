// The plant as the runtime has it now: name, displays, faults; kept up to date by its feed.
import type { EquipmentRow, PlantRow } from '../../src-main/shared/contract.ts'
import type { RuntimeClient } from './runtime-client.ts'

/** A display of the hierarchy as screens see it. */
export type Mimic = PlantRow['mimics'][number]

/** What of the client is needed here. */
type PlantClient = Pick<RuntimeClient, 'call' | 'watch'>

export class PlantState {
  readonly #client: PlantClient
  #row = $state.raw<PlantRow | null>(null)
  #equipment = $state.raw<readonly EquipmentRow[]>([])

  /** @param onChange called when another plant or another revision of it has come */
  constructor(client: PlantClient, onChange: () => void) {
    this.#client = client
    client.watch('plant.watch', {}, (row) => {
      const isOther = row.revision !== this.#row?.revision || row.name !== this.#row.name
      this.#row = row
      if (!isOther) return
      onChange()
      void this.#loadEquipment()
    })
  }

  /** Reactive; null until it has come. */
  get row(): PlantRow | null {
    return this.#row
  }

  /** Reactive: all equipment instances. */
  get equipment(): readonly EquipmentRow[] {
    return this.#equipment
  }

  /** Reactive: the display of this name. */
  mimic(name: string): Mimic | null {
    return this.#row?.mimics.find((mimic) => mimic.name === name) ?? null
  }

  /** Reactive: displays from the top of the hierarchy down to this one, itself last. */
  pathTo(name: string): readonly Mimic[] {
    const path: Mimic[] = []
    for (
      let mimic = this.mimic(name);
      mimic && !path.includes(mimic);
      mimic = mimic.parent ? this.mimic(mimic.parent) : null
    )
      path.unshift(mimic)
    return path
  }

  async #loadEquipment(): Promise<void> {
    try {
      this.#equipment = (await this.#client.call('plant.equipment', {})).equipment
    } catch {
      // The link broke in between; plant.watch delivers again with the next one, and so does this.
      this.#row = this.#row && { ...this.#row, revision: -1 }
    }
  }
}
