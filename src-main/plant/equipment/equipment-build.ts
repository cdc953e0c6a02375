// Instances of equipment types become tags: the type's members with parameters filled in and overrides put on top, nested
// instances with them.
import { didYouMean } from '../../shared/closest-name.ts'
import type { EquipmentType } from '../../shared/equipment.ts'
import { NotedOrigin, type Origin, RedirectedOrigin } from '../source/origin.ts'
import { plantText, type WrittenText } from '../source/plant-text.ts'
import { checkSchema } from '../source/schema-check.ts'
import type { ParameterValue } from '../source/template-text.ts'
import { buildTag, type DeviceTable, type TagDraft } from '../tags/tag-build.ts'
import { type NestedEntry, nestedSchema } from './equipment-file.ts'
import { MemberFiller, MemberNames } from './equipment-members.ts'
import { type InstanceParameters, PlacedFault, parametersOf } from './equipment-parameters.ts'
import { isGroup, type KnownType, layered, type MemberPart, type TypePart } from './equipment-type-merge.ts'
import { ParameterOrigin } from './parameter-origin.ts'

/** More members than any instance has: types that nest ten of each other eight times over. */
export const mostMembers = 20_000

/** What is put on top of a member; false takes it away. */
export interface Override {
  readonly value: false | Readonly<Record<string, unknown>>
  readonly origin: Origin
}

/** Overrides by member; those of nested instances as `Drive.Speed`. */
export type OverrideLayer = ReadonlyMap<string, Override>

/** An instance as written. */
export interface InstanceSpec {
  readonly name: string
  readonly type: KnownType
  readonly place: string
  readonly parent: string | null
  readonly description: WrittenText | undefined
  readonly parameters: Readonly<Record<string, ParameterValue>>
  /** Lowest first. */
  readonly layers: readonly OverrideLayer[]
  /** Where it is written. */
  readonly origin: Origin
  /** Behind sentences about its type: ` (instance Filler.Pump)`. */
  readonly note: string
  /** Of the instance it is nested in. */
  readonly outer: InstanceParameters | null
}

/** An instance with its tags. */
export interface BuiltInstance {
  readonly spec: InstanceSpec
  readonly parameters: InstanceParameters
  readonly names: MemberNames
  /** Member name → name of the nested instance. */
  readonly children: Readonly<Record<string, string>>
  /** Of its own members, without those of nested instances. */
  readonly drafts: readonly TagDraft[]
  readonly nested: readonly BuiltInstance[]
  /** True when a member could not be built. */
  readonly hasFaults: boolean
}

/** What instances are built from. */
export interface BuildScope {
  readonly devices: DeviceTable
  findType(name: string, library: string | null): KnownType | undefined
}

/** `overrides` and `addresses` of an entry, lowest first. */
export function layersOf(
  entry: Pick<NestedEntry, 'overrides' | 'addresses'>,
  origin: { part(path: readonly string[]): Origin } | Origin,
): readonly OverrideLayer[] {
  const at = (path: readonly string[]): Origin =>
    'part' in origin ? origin.part(path) : new RedirectedOrigin(origin, (rest) => [...path, ...rest])
  const layers: OverrideLayer[] = []
  const { overrides, addresses } = entry
  if (Object.keys(overrides).length > 0)
    layers.push(
      new Map(
        Object.entries(overrides).map(([member, value]) => [member, { value, origin: at(['overrides', member]) }]),
      ),
    )
  if (Object.keys(addresses).length > 0)
    layers.push(
      new Map(
        Object.entries(addresses).map(([member, address]) => [
          member,
          {
            value: address === false ? false : { address },
            origin: new RedirectedOrigin(at(['addresses', member]), (path) =>
              path[0] === 'address' ? path.slice(1) : path,
            ),
          },
        ]),
      ),
    )
  return layers
}

/** Builds an instance and all that is nested in it; faults go to where the wrong thing is written, null when it cannot be built. */
export function buildInstance(spec: InstanceSpec, scope: BuildScope): BuiltInstance | null {
  const budget = { left: mostMembers }
  const built = build(spec, scope, budget)
  if (budget.left < 0)
    spec.origin.at([], `instance ${spec.name} would have more than ${mostMembers} members; its types nest too deeply`)
  return budget.left < 0 ? null : built
}

function build(spec: InstanceSpec, scope: BuildScope, budget: { left: number }): BuiltInstance | null {
  const { name, type } = spec
  const parameters = parametersOf({ ...spec, instance: name, given: spec.parameters })
  if (parameters === null) return null
  const told = new Set<string>()
  checkOverrides(spec)
  const absent = new Set(type.removed)
  const members: Record<string, string> = {}
  const children: Record<string, string> = {}
  const nested: BuiltInstance[] = []
  const parts: { readonly member: string; readonly part: TypePart }[] = []
  let hasFaults = false
  let isDecided = true
  for (const member of type.members.values()) {
    const part = overridden(member, spec, told)
    const isWanted = part === null ? false : isThere(part, parameters)
    if (isWanted === null) isDecided = false
    if (part === null || isWanted !== true) {
      absent.add(member.name)
      continue
    }
    if (--budget.left < 0) return null
    if (member.nested === null) {
      members[member.name] = `${name}.${member.name}`
      parts.push({ member: member.name, part })
      continue
    }
    const inner = buildNested(member, part, spec, parameters, scope, budget)
    if (inner === null || inner.hasFaults) hasFaults = true
    children[member.name] = `${name}.${member.name}`
    if (inner === null) continue
    nested.push(inner)
    for (const [each, tag] of Object.entries(inner.names.members)) members[`${member.name}.${each}`] = tag
    for (const each of inner.names.absent) absent.add(`${member.name}.${each}`)
  }
  // Which members it has is not known: whatever else is found would only be about that.
  if (!isDecided) return null
  const names = new MemberNames(members, absent)
  const filler = new MemberFiller(names, parameters, scope.devices)
  const drafts: TagDraft[] = []
  for (const { member, part } of parts) {
    const filled = filler.fill(part)
    const draft =
      filled === null ? null : buildTag({ ...filled.keys, name: members[member] }, filled.origin, scope.devices, name)
    if (draft !== null) drafts.push(draft)
  }
  return { spec, parameters, names, children, drafts, nested, hasFaults: hasFaults || drafts.length < parts.length }
}

/** The member with what the instance puts on top; null when it takes the member away. */
function overridden(member: MemberPart, spec: InstanceSpec, told: Set<string>): TypePart | null {
  const { layers, type, note } = spec
  const noted = note === '' ? member.origin : new NotedOrigin(member.origin, note)
  const gift = {
    given: spec.parameters,
    instance: spec.origin,
    isLibrary: type.library !== null,
    note: ` (member ${member.name} of type ${type.name})`,
    told,
  }
  let part: TypePart = { value: member.value, origin: new ParameterOrigin(noted, member.value, gift) }
  for (const layer of layers) {
    const override = layer.get(member.name)
    if (override === undefined) continue
    if (override.value === false) return null
    const { parameters } = override.value
    const value = isGroup(parameters)
      ? { ...override.value, parameters: { ...(part.value.parameters as object | undefined), ...parameters } }
      : override.value
    part = layered(part, value, override.origin, false)
  }
  return part
}

/** Does the instance have the member? null after a fault. */
function isThere({ value, origin }: TypePart, parameters: InstanceParameters): boolean | null {
  const { when } = value
  if (when === undefined || typeof when === 'boolean') return when ?? true
  try {
    return parameters.decide(String(when), ['when'])
  } catch (error) {
    if (!(error instanceof PlacedFault)) throw error
    error.tell(origin)
    return null
  }
}

function buildNested(
  member: MemberPart,
  part: TypePart,
  outer: InstanceSpec,
  parameters: InstanceParameters,
  scope: BuildScope,
  budget: { left: number },
): BuiltInstance | null {
  const entry = part.value === member.value ? member.nested : checkSchema(nestedSchema, part.value, part.origin)
  if (entry === null) return null
  const type = scope.findType(entry.type, outer.type.library)
  // A type that is missing is a fault of the outer type, listed once.
  if (type === undefined) return null
  const prefix = `${member.name}.`
  const inner = outer.layers
    .map(
      (layer) =>
        new Map(
          [...layer]
            .filter(([name]) => name.startsWith(prefix))
            .map(([name, each]) => [name.slice(prefix.length), each]),
        ),
    )
    .filter((layer) => layer.size > 0)
  return build(
    {
      name: `${outer.name}.${member.name}`,
      type,
      place: outer.place,
      parent: outer.name,
      description: filledText(entry.description, parameters, part.origin),
      parameters: entry.parameters,
      layers: [...layersOf(entry, part.origin), ...inner],
      origin: part.origin,
      note: outer.note,
      outer: parameters,
    },
    scope,
    budget,
  )
}

function filledText(
  text: WrittenText | undefined,
  parameters: InstanceParameters,
  origin: Origin,
): WrittenText | undefined {
  try {
    return text === undefined ? undefined : (parameters.fillAll(text, ['description']) as WrittenText)
  } catch (error) {
    if (!(error instanceof PlacedFault)) throw error
    error.tell(origin)
    return undefined
  }
}

/** Overrides are about members that the type has. */
function checkOverrides({ type, layers }: InstanceSpec): void {
  for (const layer of layers)
    for (const [name, { origin }] of layer) {
      if (type.members.has(name)) continue
      const isInner = [...type.members.values()].some(
        (each) => each.nested !== null && name.startsWith(`${each.name}.`),
      )
      if (!isInner) origin.atKey([], `type ${type.name} has no member ${name}${didYouMean(name, type.members.keys())}`)
    }
}

/** The type as screens need it. */
export function typeOf(known: KnownType, language: string): EquipmentType {
  const { name, library, version, file, symbolFile, parameters, members, documents } = known
  return {
    name,
    title: plantText(known.title, language),
    description: plantText(known.description, language),
    help: plantText(known.help, language),
    extends: known.extends?.name ?? null,
    library,
    version,
    file,
    symbolFile,
    parameters: [...parameters].map(([parameter, { standard, title }]) => ({
      name: parameter,
      title: plantText(title ?? parameter, language),
      standard,
    })),
    members: [...members.values()].map((member) => ({
      name: member.name,
      title: plantText(titleOf(member), language),
      type: member.nested?.type ?? null,
      isOptional: member.value.when !== undefined,
    })),
    documents: documents.map(({ entry, folder }) => ({
      title: plantText(entry.title, language),
      file: entry.file === undefined ? null : documentPath(folder, entry.file),
      url: entry.url ?? null,
    })),
  }
}

/** What the member is, as far as its type says so in plain words. */
function titleOf({ name, value: { description } }: MemberPart): WrittenText {
  const texts = isGroup(description) ? Object.values(description) : [description]
  const isPlain =
    texts.length > 0 && texts.every((text) => typeof text === 'string' && text !== '' && !text.includes('${'))
  return isPlain ? (description as WrittenText) : name
}

/** A file named relative to a folder (`a/b/`), relative to the plant folder; `..` goes up. */
export function documentPath(folder: string, file: string): string {
  const steps: string[] = []
  for (const step of `${folder}${file}`.split('/'))
    if (step === '..') steps.pop()
    else if (step !== '' && step !== '.') steps.push(step)
  return steps.join('/')
}
