// A type with all it takes over from the one it extends: rows of the same name are put on top of each other key by key, `null`
// takes a key away, `without` a member or row. Every key keeps its place, so that faults lead to the file that says it.

import type * as v from 'valibot'
import { didYouMean } from '../../shared/closest-name.ts'
import type { SimulationRule } from '../../shared/simulation.ts'
import { type FileOrigin, LayeredOrigin, type Origin } from '../source/origin.ts'
import type { WrittenText } from '../source/plant-text.ts'
import { checkSchema } from '../source/schema-check.ts'
import {
  type CommandEntry,
  type ConditionEntry,
  type CounterEntry,
  commandSchema,
  conditionSchema,
  counterSchema,
  type DocumentEntry,
  type EquipmentTypeEntry,
  type FaceplatePart,
  faceplateParts,
  type HealthEntry,
  healthSchema,
  type NestedEntry,
  nestedSchema,
  type StatesEntry,
  statesSchema,
} from './equipment-file.ts'
import { checkStates } from './equipment-states.ts'

/** A type file and its name as instances write it. */
export interface TypeFile {
  readonly name: string
  readonly entry: EquipmentTypeEntry
  readonly origin: FileOrigin
  readonly library: string | null
  readonly libraryVersion: string
  readonly file: string
  readonly symbolFile: string | null
}

/** Keys with those of the types below, and where they stand. */
export interface TypePart {
  readonly value: Readonly<Record<string, unknown>>
  readonly origin: Origin
}

/** A member: the keys of a tag, or of a nested instance. */
export interface MemberPart extends TypePart {
  readonly name: string
  /** null = a tag. */
  readonly nested: NestedEntry | null
}

/** A row that fits its schema. */
export interface RowPart<Entry> {
  readonly entry: Entry
  readonly origin: Origin
}
type Rows<Entry> = ReadonlyMap<string, RowPart<Entry> & TypePart>

/** A simulation rule and where it is written. */
export interface RulePart {
  readonly rule: SimulationRule
  readonly origin: Origin
}

/** A checked type with everything it has from types it extends. */
export interface KnownType {
  /** As instances name it. */
  readonly name: string
  readonly library: string | null
  readonly version: string
  readonly file: string
  readonly symbolFile: string | null
  /** Of its own file. */
  readonly origin: FileOrigin
  readonly extends: KnownType | null
  readonly title: WrittenText
  readonly description: WrittenText
  readonly help: WrittenText
  readonly parameters: ReadonlyMap<
    string,
    { readonly standard: string | number | boolean | null; readonly title: WrittenText | undefined }
  >
  readonly members: ReadonlyMap<string, MemberPart>
  /** Members that `without` took away: what names them goes with them. */
  readonly removed: ReadonlySet<string>
  readonly states: (RowPart<StatesEntry> & TypePart) | null
  readonly commands: Rows<CommandEntry>
  readonly permissives: Rows<ConditionEntry>
  readonly interlocks: Rows<ConditionEntry>
  readonly health: Rows<HealthEntry>
  readonly counters: Rows<CounterEntry>
  readonly faceplate: ReadonlyMap<FaceplatePart, { readonly members: readonly string[]; readonly origin: Origin }>
  /** Own ones first; `folder`: of the file that names it. */
  readonly documents: readonly (RowPart<DocumentEntry> & { readonly folder: string })[]
  readonly simulation: {
    readonly hidden: ReadonlyMap<string, RulePart>
    readonly members: ReadonlyMap<string, RulePart>
  }
}

/** Puts a type on top of the one it extends. Faults go to where they are written; the type is there all the same. */
export function mergeType(file: TypeFile, base: KnownType | null): KnownType {
  const { entry, origin } = file
  const without = new Set(entry.without)
  const rows = { origin, without }
  const members = mergeParts('members', 'member', entry.members, base?.members, rows)
  const merged: KnownType = {
    name: file.name,
    library: file.library,
    version: entry.version ?? file.libraryVersion,
    file: file.file,
    symbolFile: file.symbolFile ?? base?.symbolFile ?? null,
    origin,
    extends: base,
    title: entry.title ?? entry.name,
    description: entry.description ?? base?.description ?? '',
    help: entry.help ?? base?.help ?? '',
    parameters: mergeParameters(entry, base),
    members: new Map([...members].map(([name, part]) => [name, memberOf(name, part)])),
    removed: new Set([...(base?.removed ?? []), ...entry.without.filter((name) => base?.members.has(name))]),
    states: mergeStates(file, base),
    commands: mergeRows('commands', 'command', commandSchema, entry.commands, base?.commands, rows),
    permissives: mergeRows('permissives', 'permissive', conditionSchema, entry.permissives, base?.permissives, rows),
    interlocks: mergeRows('interlocks', 'interlock', conditionSchema, entry.interlocks, base?.interlocks, rows),
    health: mergeRows('health', 'health rule', healthSchema, entry.health, base?.health, rows),
    counters: mergeRows('counters', 'counter', counterSchema, entry.counters, base?.counters, rows),
    faceplate: mergeFaceplate(file, base),
    documents: [
      ...entry.documents.map((document, index) => ({
        entry: document,
        origin: origin.part(['documents', index]),
        folder: file.file.slice(0, file.file.lastIndexOf('/') + 1),
      })),
      ...(base?.documents ?? []),
    ],
    simulation: {
      hidden: mergeRules('hidden', file, base, without),
      members: mergeRules('members', file, base, without),
    },
  }
  checkWithout(file, base)
  return merged
}

function mergeParameters(entry: EquipmentTypeEntry, base: KnownType | null): KnownType['parameters'] {
  const merged = new Map(base?.parameters ?? [])
  for (const [name, written] of Object.entries(entry.parameters)) {
    const isLong = typeof written === 'object' && written !== null
    const title = isLong ? written.title : undefined
    merged.set(name, { standard: isLong ? written.default : written, title: title ?? merged.get(name)?.title })
  }
  return merged
}

interface RowPlace {
  readonly origin: FileOrigin
  readonly without: ReadonlySet<string>
}

/** The rows of a list by name, those of the base first; rows without a name or with a name twice are faults. */
function mergeParts(
  key: string,
  what: string,
  list: readonly unknown[],
  base: ReadonlyMap<string, TypePart> | undefined,
  { origin, without }: RowPlace,
): Map<string, TypePart> {
  const merged = new Map([...(base ?? [])].filter(([name]) => !without.has(name)))
  const seen = new Map<string, number>()
  for (const [index, row] of list.entries()) {
    const path = [key, index]
    const name = isGroup(row) ? row.name : undefined
    if (!isGroup(row) || typeof name !== 'string' || name === '') {
      const example = key === 'members' ? '{ name: Speed, address: … }' : '{ name: … }'
      origin.at(path, `a ${what} is expected as ${example}`)
      continue
    }
    const first = seen.get(name)
    if (first !== undefined) {
      origin.at([...path, 'name'], `there is a ${what} ${name} already: line ${origin.where([key, first]).line}`)
      continue
    }
    seen.set(name, index)
    merged.set(name, layered(merged.get(name), row, origin.part(path)))
  }
  return merged
}

/** Keys put on top of others; null takes a key away. */
export function layered(
  below: TypePart | undefined,
  above: Readonly<Record<string, unknown>>,
  origin: Origin,
  showsAbove = true,
): TypePart {
  if (below === undefined) return { value: above, origin }
  const value = Object.fromEntries(Object.entries({ ...below.value, ...above }).filter(([, each]) => each !== null))
  return { value, origin: new LayeredOrigin(below.origin, origin, new Set(Object.keys(above)), showsAbove) }
}

function memberOf(name: string, part: TypePart): MemberPart {
  const nested = Object.hasOwn(part.value, 'type') ? checkSchema(nestedSchema, part.value, part.origin) : null
  return { name, ...part, nested }
}

function mergeRows<Schema extends v.GenericSchema>(
  key: string,
  what: string,
  schema: Schema,
  list: readonly unknown[],
  base: Rows<v.InferOutput<Schema>> | undefined,
  place: RowPlace,
): Rows<v.InferOutput<Schema>> {
  const merged = new Map<string, RowPart<v.InferOutput<Schema>> & TypePart>()
  for (const [name, part] of mergeParts(key, what, list, base, place)) {
    const known = base?.get(name)
    // What was taken over as it is was checked where it is written.
    const entry = known === part ? known.entry : checkSchema(schema, part.value, part.origin)
    if (entry !== null) merged.set(name, { ...part, entry })
  }
  return merged
}

function mergeStates({ entry, origin }: TypeFile, base: KnownType | null): KnownType['states'] {
  if (entry.states === null) return null
  if (entry.states === undefined) return base?.states ?? null
  const part = layered(base?.states ?? undefined, entry.states, origin.part(['states']))
  const states = checkSchema(statesSchema, part.value, part.origin)
  if (states === null || !checkStates(states, part.origin)) return null
  return { ...part, entry: states }
}

function mergeFaceplate({ entry, origin }: TypeFile, base: KnownType | null): KnownType['faceplate'] {
  const merged = new Map(base?.faceplate ?? [])
  for (const part of faceplateParts) {
    const members = entry.faceplate?.[part]
    if (members !== undefined) merged.set(part, { members, origin: origin.part(['faceplate', part]) })
  }
  return merged
}

function mergeRules(
  part: 'hidden' | 'members',
  { entry, origin }: TypeFile,
  base: KnownType | null,
  without: ReadonlySet<string>,
): ReadonlyMap<string, RulePart> {
  const merged = new Map([...(base?.simulation[part] ?? [])].filter(([name]) => !without.has(name)))
  for (const [name, rule] of Object.entries(entry.simulation?.[part] ?? {}))
    merged.set(name, { rule, origin: origin.part(['simulation', part, name]) })
  return merged
}

/** `without` names what the base has. */
function checkWithout({ entry, origin }: TypeFile, base: KnownType | null): void {
  if (entry.without.length === 0) return
  if (base === null) return origin.atKey(['without'], 'without is for what a type takes over; this one extends no type')
  const lists = [base.members, base.commands, base.permissives, base.interlocks, base.health, base.counters]
  const names = new Set([...lists.flatMap((list) => [...list.keys()]), ...base.simulation.hidden.keys()])
  for (const [index, name] of entry.without.entries())
    if (!names.has(name))
      origin.at(
        ['without', index],
        `type ${base.name} has neither a member nor a row ${name}${didYouMean(name, names)}`,
      )
}

/** A value with keys. */
export function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
