// The drawings of a plant: symbols of equipment types, then mimics, each with its bindings checked.
import { didYouMean } from '../../shared/closest-name.ts'
import { sharedPlace } from '../../shared/display-search.ts'
import type { Equipment } from '../../shared/equipment.ts'
import type { MimicEntry } from '../../shared/plant.ts'
import { mostMembers } from '../equipment/equipment-build.ts'
import type { KnownType } from '../equipment/equipment-type-merge.ts'
import type { TypeList } from '../equipment/equipment-types.ts'
import type { ExpressionCheck } from '../expression-check.ts'
import type { PlantFile } from '../plant-file.ts'
import type { FileOrigin } from '../source/origin.ts'
import type { PlantSources } from '../source/plant-sources.ts'
import type { LostNames } from '../tags/tag-list.ts'
import { checkDrawing, type MimicScope } from './mimic-check.ts'
import { type DrawingFile, listMimics } from './mimic-list.ts'
import { navigationFileSchema } from './navigation-file.ts'

/** What drawings refer to. */
export interface DrawingOptions {
  readonly sources: PlantSources
  readonly types: TypeList
  readonly equipment: ReadonlyMap<string, Equipment>
  /** Trial instances of types that have none, by type. */
  readonly trials: ReadonlyMap<string, Equipment>
  readonly expressions: ExpressionCheck
  /** Tags of trial instances, then those of the plant. */
  readonly trialExpressions: ExpressionCheck
  isWritable(tag: string): boolean
  readonly lost: LostNames
}

/** Of members that no instance tells the type of. */
const anyType = { dataType: 'structure', arrayLength: null } as const

export class DrawingList {
  readonly #options: DrawingOptions
  readonly #scope: MimicScope
  #drawings: readonly DrawingFile[] = []
  /** Equipment type → connection points of its symbol. */
  readonly #ports = new Map<string, ReadonlySet<string>>()

  constructor(options: DrawingOptions) {
    this.#options = options
    const { sources, equipment, expressions, lost } = options
    const names = new Set(sources.of('mimic').map(({ file }) => mimicNameOf(file)))
    this.#scope = {
      tags: expressions.scope,
      isWritable: (tag) => options.isWritable(tag),
      hasEquipment: (name) => equipment.has(name) || lost.hasEquipment(name),
      equipmentNames: () => equipment.keys(),
      hasMimic: (name) => names.has(name),
      mimicNames: () => names,
      members: null,
      portsOf: (name) => this.#ports.get(equipment.get(name)?.type ?? '') ?? null,
    }
  }

  /** Checks all symbols and mimics. */
  async read(): Promise<void> {
    await this.readSymbols()
    const { sources, equipment } = this.#options
    const drawings: DrawingFile[] = []
    for (const { file } of sources.of('mimic')) {
      const text = await sources.read(file)
      if (text === null) continue
      const checked = checkDrawing(file, text, this.#scope, sources.faults)
      const places = checked.equipment.map((shown) => equipment.get(shown)?.place ?? '')
      drawings.push({ name: mimicNameOf(file), file, ...checked, area: sharedPlace(places) })
    }
    this.#drawings = drawings
  }

  /** The mimics in the order of navigation.yaml. */
  async list(languages: readonly string[]): Promise<readonly MimicEntry[]> {
    const { sources } = this.#options
    const [entry] = sources.of('navigation')
    const opened = entry === undefined ? null : await sources.openAs(entry.file, navigationFileSchema)
    return listMimics(this.#drawings, opened?.value ?? null, opened?.origin ?? null, languages)
  }

  /** Mimics that plant.yaml names are there. */
  checkNamed(file: PlantFile, origin: FileOrigin): void {
    const names = this.#drawings.map(({ name }) => name)
    const check = (mimic: string | undefined, path: readonly (string | number)[]) => {
      if (mimic !== undefined && !names.includes(mimic))
        origin.at(path, `there is no mimics/${mimic}.svg${didYouMean(mimic, names)}`)
    }
    check(file.startMimic, ['startMimic'])
    for (const [index, { mimic }] of file.windows.entries()) check(mimic, ['windows', index, 'mimic'])
  }

  /** A symbol is checked with the members of an instance of its type. */
  async readSymbols(): Promise<void> {
    const { sources, types } = this.#options
    // A symbol that is taken over is checked with the type whose file it stands beside.
    const owners = new Map<string, KnownType>()
    for (const type of types.all())
      if (type.symbolFile !== null && type.symbolFile !== type.extends?.symbolFile) owners.set(type.symbolFile, type)
    const used = new Set([...types.all()].map(({ symbolFile }) => symbolFile))
    for (const { file } of [...sources.of('symbol'), ...sources.of('librarySymbol')]) {
      const owner = owners.get(file)
      if (owner === undefined && file.startsWith('libraries/') && !used.has(file)) continue
      const text = await sources.read(file)
      if (text === null) continue
      if (owner === undefined) {
        if (!types.isIncomplete) sources.hint(file, 'no equipment type has this name: the symbol is not used')
        continue
      }
      const { ports } = checkDrawing(file, text, this.#symbolScope(owner), sources.faults)
      for (const type of types.all()) if (type.symbolFile === file) this.#ports.set(type.name, new Set(ports))
    }
  }

  #symbolScope(type: KnownType): MimicScope {
    const { equipment, trials, trialExpressions } = this.#options
    // The instance with the most members knows the types of the optional ones too.
    let instance = trials.get(type.name)
    for (const each of equipment.values())
      if (each.type === type.name && (instance === undefined || memberCount(each) > memberCount(instance)))
        instance = each
    const known = this.#membersOf(type, '')
    // Without a prototype: `self.constructor` is no member.
    const members: Record<string, string> = Object.create(null)
    for (const member of known.tags) members[member] = instance?.members[member] ?? `?${member}`
    const isUnknown = (name: string) => name.startsWith('?') && known.tags.has(name.slice(1))
    const portsOf = (name: string) =>
      name.startsWith('self.')
        ? (this.#ports.get(known.nested.get(name.slice('self.'.length)) ?? '') ?? null)
        : (this.#scope.portsOf?.(name) ?? null)
    return {
      ...this.#scope,
      members,
      nested: new Set(known.nested.keys()),
      portsOf,
      tags: {
        ...trialExpressions.scope,
        tagType: (name) => (isUnknown(name) ? anyType : trialExpressions.scope.tagType(name)),
      },
      isWritable: (tag) => tag.startsWith('?') || this.#scope.isWritable(tag),
    }
  }

  /** Tags and nested equipment that instances of a type may have, with what is nested in them; member → type. */
  #membersOf(
    type: KnownType,
    prefix: string,
    budget = { left: mostMembers },
  ): { tags: Set<string>; nested: Map<string, string> } {
    const found = { tags: new Set<string>(), nested: new Map<string, string>() }
    for (const { name, nested } of type.members.values()) {
      if (--budget.left < 0) break
      const inner = nested === null ? undefined : this.#options.types.find(nested.type, type.library)
      if (nested === null) found.tags.add(prefix + name)
      else found.nested.set(prefix + name, inner?.name ?? '')
      if (inner === undefined) continue
      const below = this.#membersOf(inner, `${prefix}${name}.`, budget)
      for (const tag of below.tags) found.tags.add(tag)
      for (const [member, each] of below.nested) found.nested.set(member, each)
    }
    return found
  }
}

function memberCount({ members }: Equipment): number {
  return Object.keys(members).length
}

function mimicNameOf(file: string): string {
  return file.slice('mimics/'.length, -'.svg'.length)
}
