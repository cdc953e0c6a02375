// The equipment of a plant: its types, then its instances with all that is nested in them.
import type { Equipment } from '../../shared/equipment.ts'
import type { SimulationList } from '../simulation-list.ts'
import { type FileOrigin, type Origin, placeInWords } from '../source/origin.ts'
import type { PlantSources } from '../source/plant-sources.ts'
import { checkSchema } from '../source/schema-check.ts'
import type { DeviceTable } from '../tags/tag-build.ts'
import type { LostNames, TagList } from '../tags/tag-list.ts'
import { type BuiltInstance, buildInstance, layersOf } from './equipment-build.ts'
import { emptyTypeFile, equipmentFileSchema, equipmentTypeSchema, type InstanceEntry } from './equipment-file.ts'
import { noRows, type OwnRows, RowBuilder, type RowScope } from './equipment-rows.ts'
import type { KnownType, RulePart } from './equipment-type-merge.ts'
import { TypeList } from './equipment-types.ts'

export interface EquipmentListOptions {
  readonly sources: PlantSources
  readonly devices: DeviceTable
  readonly tags: TagList
  readonly simulation: SimulationList
  readonly lost: LostNames
  /** The one spelling of an identifier that is compared; '' = there is nothing in the text. */
  readonly spellingOf: (identifier: string) => string
}

interface ListedInstance {
  readonly built: BuiltInstance
  readonly own: OwnRows
  readonly origin: Origin
  /** What its name plate says. */
  readonly identifier: string | null
}

export class EquipmentList {
  readonly types = new TypeList()
  readonly #options: EquipmentListOptions
  readonly #instances = new Map<string, ListedInstance>()
  readonly #equipment = new Map<string, Equipment>()
  /** What name plates say → whose. */
  readonly #namePlates = new Map<string, string>()

  constructor(options: EquipmentListOptions) {
    this.#options = options
  }

  /** Reads the plant's own types. Those of libraries are added to {@link types} by who reads them. */
  async readTypes(): Promise<void> {
    const { sources } = this.#options
    for (const { file } of sources.of('equipmentType')) {
      const type = await sources.openAs(file, equipmentTypeSchema, emptyTypeFile)
      if (type === null) {
        this.types.isIncomplete = true
        continue
      }
      const { value: entry, origin } = type
      const symbolFile =
        sources.of('symbol').find((symbol) => symbol.file === `equipment/types/${entry.name}.svg`)?.file ?? null
      this.types.add({ entry, origin, library: null, libraryVersion: '', file, symbolFile })
    }
  }

  /** Reads the instances; their tags go to the list of tags. */
  async readInstances(): Promise<void> {
    const { sources, lost } = this.#options
    for (const { file } of sources.of('equipment')) {
      const faultsBefore = sources.faults.count
      const opened = await sources.open(file, null)
      const list = opened === null ? null : checkSchema(equipmentFileSchema, opened.value, opened.origin)
      if (sources.faults.count > faultsBefore) lost.files = true
      for (const [index, instance] of (list?.equipment ?? []).entries())
        this.#add(instance, opened!.origin.part(['equipment', index]))
    }
  }

  /** Fills in what needs all tags of the plant. */
  buildRows(scope: RowScope): void {
    const rows = new RowBuilder(scope)
    for (const [name, { built, own, identifier }] of this.#instances) {
      const equipment = rows.build(built, own)
      this.#equipment.set(name, identifier === null ? equipment : { ...equipment, identifier })
    }
  }

  /** Types that have an instance. */
  usedTypes(): ReadonlySet<string> {
    return new Set([...this.#instances.values()].map(({ built }) => built.spec.type.name))
  }

  /** All instances, parents before what is nested in them; after {@link buildRows}. */
  all(): ReadonlyMap<string, Equipment> {
    return this.#equipment
  }

  #add(instance: InstanceEntry, origin: FileOrigin): void {
    const { devices, lost, simulation } = this.#options
    if (this.#isTaken(instance.name, origin)) return
    const type = this.types.find(instance.type)
    if (type === undefined) {
      const message = this.types.missing(instance.type)
      if (message !== null) origin.at(['type'], message)
      lost.equipment.add(instance.name)
      return
    }
    const built = buildInstance(
      {
        ...instance,
        description: instance.description,
        type,
        parent: null,
        layers: layersOf(instance, origin),
        origin,
        note: ` (instance ${instance.name})`,
        outer: null,
      },
      { devices, findType: (name, library) => this.types.find(name, library) },
    )
    if (built === null || built.hasFaults) lost.equipment.add(instance.name)
    if (built === null) return
    this.#take(built, origin, ownRows(instance, origin), this.#namePlate(instance, origin))
    simulation.addInstance(built, ownRules(instance, origin))
  }

  #isTaken(name: string, origin: Origin): boolean {
    const first = this.#instances.get(name)
    if (first !== undefined)
      origin.at(['name'], `there is equipment named ${name} already: ${placeInWords(first.origin.where(['name']))}`)
    return first !== undefined
  }

  /** What the instance's name plate says, unless another one says it already; null = it has none. */
  #namePlate({ name, identifier }: InstanceEntry, origin: Origin): string | null {
    if (identifier === undefined) return null
    const spelling = this.#options.spellingOf(identifier)
    const twin = this.#namePlates.get(spelling)
    if (spelling === '') origin.at(['identifier'], `no scanner reads this as an identifier: "${identifier}"`)
    else if (twin !== undefined) origin.at(['identifier'], `the name plate of ${twin} says this already`)
    else this.#namePlates.set(spelling, name)
    return identifier
  }

  #take(built: BuiltInstance, origin: Origin, own: OwnRows, identifier: string | null): void {
    this.#instances.set(built.spec.name, { built, own, origin, identifier })
    for (const draft of built.drafts) this.#options.tags.add(draft)
    for (const inner of built.nested)
      if (!this.#isTaken(inner.spec.name, inner.spec.origin)) this.#take(inner, inner.spec.origin, noRows, null)
  }
}

/** Simulation rules that the instance's own entry gives. */
function ownRules(instance: InstanceEntry, origin: FileOrigin): KnownType['simulation'] {
  const rules = (part: 'hidden' | 'members'): ReadonlyMap<string, RulePart> =>
    new Map(
      Object.entries(instance.simulation?.[part] ?? {}).map(([name, rule]) => [
        name,
        { rule, origin: origin.part(['simulation', part, name]) },
      ]),
    )
  return { hidden: rules('hidden'), members: rules('members') }
}

function ownRows(instance: InstanceEntry, origin: FileOrigin): OwnRows {
  const rows = <Key extends 'permissives' | 'interlocks' | 'documents'>(key: Key) =>
    instance[key].map((entry, index) => ({
      entry: entry as InstanceEntry[Key][number],
      origin: origin.part([key, index]),
    }))
  if (instance.permissives.length + instance.interlocks.length + instance.documents.length === 0) return noRows
  const file = origin.fileOf([])
  const folder = file.slice(0, file.lastIndexOf('/') + 1)
  return {
    permissives: rows('permissives'),
    interlocks: rows('interlocks'),
    documents: rows('documents').map((row) => ({ ...row, folder })),
  }
}
