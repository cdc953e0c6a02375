// Equipment of the plant as the editor offers it: instances by place, types with their symbols, and what stands on no display yet.
import type { EquipmentRow } from '../../../src-main/shared/contract.ts'
import type { EquipmentType } from '../../../src-main/shared/equipment.ts'
import type { PlantState } from '../../connection/plant-state.svelte.ts'
import type { RuntimeClient } from '../../connection/runtime-client.ts'

/** Side of a symbol whose type has none; units of the drawing. */
const plainSide = 48

export class EquipmentCatalog {
  readonly client: Pick<RuntimeClient, 'call'>
  readonly #plant: PlantState
  #types = $state.raw<readonly EquipmentType[]>([])
  #symbols = $state.raw<ReadonlyMap<string, string>>(new Map())
  #shown = $state.raw<ReadonlySet<string> | null>(null)
  #fresh = $state.raw<ReadonlyMap<string, EquipmentRow>>(new Map())
  readonly #asked = new Set<string>()

  constructor(client: Pick<RuntimeClient, 'call'>, plant: PlantState) {
    this.client = client
    this.#plant = plant
  }

  /** Reactive: all instances that are no member of another, and those just made. */
  get equipment(): readonly EquipmentRow[] {
    const known = this.#plant.equipment
    const names = new Set(known.map(({ name }) => name))
    return [...known, ...[...this.#fresh.values()].filter(({ name }) => !names.has(name))]
  }

  get types(): readonly EquipmentType[] {
    return this.#types
  }

  /** Reactive: type → SVG text, for the types that are drawn or offered. */
  get symbols(): ReadonlyMap<string, string> {
    return this.#symbols
  }

  /** Reactive: languages of the plant. */
  get languages(): readonly string[] {
    return this.#plant.row?.languages ?? ['en']
  }

  row(name: string): EquipmentRow | null {
    return this.equipment.find((row) => row.name === name) ?? null
  }

  typeOf(name: string): string | null {
    return this.row(name)?.type ?? null
  }

  /** Reactive: true when no display of the plant shows it; null while that is not known. */
  isOnNoDisplay(name: string): boolean | null {
    return this.#shown && !this.#shown.has(name)
  }

  /** Asks for types and for what the displays show. Rejects with what the runtime says. */
  async load(): Promise<void> {
    const [{ types }] = await Promise.all([this.client.call('equipment.types', {}), this.#findShown()])
    this.#types = types
  }

  /** Asks for symbols that are not here yet; a type without one is left out. */
  async loadSymbols(types: Iterable<string>): Promise<void> {
    const missing = [...new Set(types)].filter((type) => !this.#asked.has(type))
    if (missing.length === 0) return
    for (const type of missing) this.#asked.add(type)
    const answers = await Promise.allSettled(missing.map((type) => this.client.call('plant.symbol', { type })))
    const symbols = new Map(this.#symbols)
    for (const [index, answer] of answers.entries())
      if (answer.status === 'fulfilled') symbols.set(missing[index]!, answer.value.svg)
    this.#symbols = symbols
  }

  /** An instance that was made just now: it can be placed before the plant has told of it. */
  addFresh(row: EquipmentRow): void {
    this.#fresh = new Map(this.#fresh).set(row.name, row)
  }

  /** Size of a type's symbol as it was drawn; units of a drawing. */
  sizeOf(type: string): { width: number; height: number } {
    const svg = this.#symbols.get(type) ?? ''
    const box = /viewBox\s*=\s*["']\s*[-\d.e]+[\s,]+[-\d.e]+[\s,]+([\d.e]+)[\s,]+([\d.e]+)/.exec(svg)
    if (!box) return { width: plainSide, height: plainSide }
    return { width: Number(box[1]), height: Number(box[2]) }
  }

  async #findShown(): Promise<void> {
    const shown = new Set<string>()
    const mimics = this.#plant.row?.mimics ?? []
    const answers = await Promise.allSettled(mimics.map(({ name }) => this.client.call('plant.mimic', { name })))
    for (const answer of answers)
      if (answer.status === 'fulfilled')
        for (const [, name] of answer.value.svg.matchAll(/:equipment\s*=\s*["']([^"']+)["']/g)) shown.add(name!.trim())
    this.#shown = shown
  }
}
