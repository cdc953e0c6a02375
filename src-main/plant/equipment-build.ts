// Instances of equipment types become tags: the type's members with parameters filled in and overrides put on top.
import { didYouMean } from '../shared/closest-name.ts'
import type { Equipment, EquipmentType } from '../shared/equipment.ts'
import { ExpressionFault, type NameMeaning, qualifyNames } from '../shared/expression-names.ts'
import type { EquipmentTypeEntry, InstanceEntry } from './equipment-file.ts'
import type { Path } from './fault-list.ts'
import { type FileOrigin, MemberOrigin, type Origin } from './origin.ts'
import { buildTag, type DeviceTable, type TagDraft } from './tag-build.ts'
import { fillTemplate, type Parameters, type ParameterValue, TemplateFault } from './template-text.ts'

/** A checked type file. */
export interface KnownType {
  readonly entry: EquipmentTypeEntry
  readonly origin: FileOrigin
  /** Member name → index in the file. */
  readonly members: ReadonlyMap<string, number>
  readonly symbolFile: string | null
}

/** What an instance adds to the plant. */
export interface BuiltInstance {
  readonly equipment: Equipment
  readonly drafts: readonly TagDraft[]
  /** True when a member could not be built. */
  readonly hasFaults: boolean
}

/** The type's members by name; members without a name or with a name twice are faults. */
export function listMembers(entry: EquipmentTypeEntry, origin: FileOrigin): ReadonlyMap<string, number> {
  const members = new Map<string, number>()
  for (const [index, member] of entry.members.entries()) {
    const path: Path = ['members', index]
    const name = isGroup(member) ? member.name : undefined
    if (typeof name !== 'string' || name === '') origin.at(path, 'a member is expected as { name: Speed, address: … }')
    else if (members.has(name)) {
      const first = origin.where(['members', members.get(name)!])
      origin.at([...path, 'name'], `there is a member ${name} already: line ${first.line}`)
    } else members.set(name, index)
  }
  return members
}

/** The type as screens need it. */
export function typeOf(known: KnownType): EquipmentType {
  const { name, description, parameters } = known.entry
  return {
    name,
    title: { en: name },
    description: description === '' ? {} : { en: description },
    help: {},
    extends: null,
    library: null,
    version: '',
    file: known.origin.where([]).file,
    symbolFile: known.symbolFile,
    parameters: Object.entries(parameters).map(([parameter, standard]) => ({
      name: parameter,
      title: { en: parameter },
      standard,
    })),
    members: [...known.members.keys()].map((member) => ({
      name: member,
      title: { en: member },
      type: null,
      isOptional: false,
    })),
    documents: [],
  }
}

/** Builds the tags of one instance; faults go to where the wrong thing is written, in the type's or the instance's file. */
export function buildInstance(
  instance: InstanceEntry,
  origin: FileOrigin,
  type: KnownType,
  devices: DeviceTable,
): BuiltInstance | null {
  const parameters = parametersOf(instance, origin, type)
  if (parameters === null) return null
  const left = new Set([...type.members.keys()].filter((member) => instance.overrides[member] !== false))
  for (const member of Object.keys(instance.overrides))
    if (!type.members.has(member))
      origin.atKey(
        ['overrides', member],
        `type ${type.entry.name} has no member ${member}${didYouMean(member, type.members.keys())}`,
      )
  const members = Object.fromEntries([...left].map((member) => [member, `${instance.name}.${member}`]))
  const filler = new MemberFiller(instance.name, left, parameters)
  const drafts: TagDraft[] = []
  for (const member of left) {
    const memberOrigin = originOf(member, instance, origin, type)
    const filled = filler.fill(mergedMember(member, instance, type), memberOrigin)
    if (filled === null) continue
    const draft = buildTag({ ...filled, name: members[member] }, memberOrigin, devices, instance.name)
    if (draft !== null) drafts.push(draft)
  }
  const place = instance.place
  const equipment: Equipment = {
    name: instance.name,
    type: type.entry.name,
    description: { en: instance.description ?? type.entry.description },
    place,
    parent: null,
    members,
    children: {},
    states: null,
    commands: [],
    conditions: [],
    health: [],
    counters: [],
    faceplate: { overview: [], setpoints: [], trend: [], details: [] },
    documents: [],
    parameters: Object.fromEntries(
      Object.keys(type.entry.parameters).map((parameter) => [parameter, parameters[parameter]!]),
    ),
  }
  return { equipment, drafts, hasFaults: drafts.length < left.size }
}

function mergedMember(member: string, instance: InstanceEntry, type: KnownType): Record<string, unknown> {
  const written = type.entry.members[type.members.get(member)!] as Record<string, unknown>
  const override = Object.hasOwn(instance.overrides, member) ? instance.overrides[member] : undefined
  if (!isGroup(override)) return written
  const merged = { ...written, ...override }
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null))
}

function originOf(member: string, instance: InstanceEntry, origin: FileOrigin, type: KnownType): Origin {
  const inType = type.origin.part(['members', type.members.get(member)!], ` (instance ${instance.name})`)
  const override = Object.hasOwn(instance.overrides, member) ? instance.overrides[member] : undefined
  if (!isGroup(override)) return inType
  return new MemberOrigin(inType, origin.part(['overrides', member]), new Set(Object.keys(override)))
}

/** Defaults of the type with the instance's values on top, `name` and `place`; null when one is missing. */
function parametersOf(instance: InstanceEntry, origin: FileOrigin, type: KnownType): Parameters | null {
  const defaults = type.entry.parameters
  let isComplete = true
  for (const name of Object.keys(instance.parameters)) {
    if (Object.hasOwn(defaults, name)) continue
    isComplete = false
    origin.atKey(
      ['parameters', name],
      `type ${type.entry.name} has no parameter ${name}${didYouMean(name, Object.keys(defaults))}`,
    )
  }
  const values: Record<string, ParameterValue> = { name: instance.name, place: instance.place }
  for (const [name, standard] of Object.entries(defaults)) {
    const value = Object.hasOwn(instance.parameters, name) ? instance.parameters[name]! : standard
    if (value === null) {
      isComplete = false
      origin.at([], `instance ${instance.name} has to give the parameter ${name} of type ${type.entry.name}`)
    } else values[name] = value
  }
  return isComplete ? values : null
}

/** Keys of a member that hold CEL, in which the names of sibling members are written short. */
const expressionKeys: ReadonlySet<string> = new Set(['expression', 'interlock', 'limit', 'suppressedWhen'])

/** Fills parameters into all texts of a member and writes the names of its siblings in full. */
class MemberFiller {
  readonly #instance: string
  readonly #members: ReadonlySet<string>
  readonly #parameters: Parameters

  constructor(instance: string, members: ReadonlySet<string>, parameters: Parameters) {
    this.#instance = instance
    this.#members = members
    this.#parameters = parameters
  }

  fill(member: Record<string, unknown>, origin: Origin): Record<string, unknown> | null {
    const filled: Record<string, unknown> = {}
    let isRight = true
    for (const [key, value] of Object.entries(member)) {
      try {
        filled[key] = this.#value(value, [key])
      } catch (error) {
        if (!(error instanceof PlacedFault)) throw error
        isRight = false
        origin.inText(error.path, error.offset, error.message)
      }
    }
    return isRight ? filled : null
  }

  #value(value: unknown, path: Path): unknown {
    if (typeof value === 'string') return this.#text(value, path)
    if (Array.isArray(value)) return value.map((element, index) => this.#value(element, [...path, index]))
    if (!isGroup(value)) return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.#value(inner, [...path, key])]))
  }

  #text(text: string, path: Path): ParameterValue {
    try {
      const filled = fillTemplate(text, this.#parameters)
      if (typeof filled !== 'string' || !expressionKeys.has(String(path.at(-1)))) return filled
      return qualifyNames(filled, (segments) => this.#sibling(segments))
    } catch (error) {
      if (!(error instanceof TemplateFault || error instanceof ExpressionFault)) throw error
      throw new PlacedFault(error.message, path, error.offset)
    }
  }

  #sibling(segments: readonly string[]): NameMeaning {
    for (let count = segments.length; count > 0; count--) {
      const member = segments.slice(0, count).join('.')
      if (this.#members.has(member)) return { kind: 'tag', tag: `${this.#instance}.${member}`, segments: count }
    }
    return { kind: 'unknown' }
  }
}

class PlacedFault extends Error {
  readonly path: Path
  readonly offset: number
  constructor(message: string, path: Path, offset: number) {
    super(message)
    this.path = path
    this.offset = offset
  }
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
