// The entries of the master alarm database put to the alarms they are about: an entry of an equipment type serves all its
// instances, an entry of an alarm itself wins attribute by attribute (ISA-18.2-2016 clause 8).
import type { AlarmDefinition, ApprovedAlarmValues, Rationalisation } from '../../shared/alarm.ts'
import { approvedAttributes, missingAttributes } from '../../shared/alarm-database.ts'
import { didYouMean } from '../../shared/closest-name.ts'
import type { Equipment } from '../../shared/equipment.ts'
import type { AlarmSource } from '../../shared/plant.ts'
import { type FileOrigin, placeInWords } from '../source/origin.ts'
import type { ExpressionChecker } from './alarm-build.ts'
import type { DatabaseEntry } from './alarm-file.ts'
import type { OpenAlarmFile } from './alarm-philosophy.ts'
import { checkLanguages, type Languages } from './alarm-words.ts'

/** An entry and where it stands. */
export interface PlacedEntry {
  readonly entry: DatabaseEntry
  readonly origin: FileOrigin
}

/** What entries refer to. */
export interface RationalisationScope {
  readonly languages: Languages
  readonly expressions: ExpressionChecker
  readonly equipment: Iterable<Equipment>
  /** Member names of an equipment type; null when there is none. */
  membersOf(type: string): Iterable<string> | null
  typeNames(): Iterable<string>
  /** True for an id that is missing only because of a fault already listed. */
  isLostAlarm(id: string): boolean
  readonly hasLostTypes: boolean
  /** False when so many hints were given already. */
  mayHint(): boolean
  classFault(name: string): string | null
  readonly enforceApproved: boolean
}

/** An alarm with its source, before the database knows it. */
export interface BuiltAlarm {
  readonly definition: AlarmDefinition
  readonly file: string
}

export interface RationalisedAlarms {
  readonly alarms: readonly AlarmDefinition[]
  readonly sources: readonly AlarmSource[]
}

/** Puts every entry to its alarms. Faults go to the entries. */
export function rationalise(
  built: readonly BuiltAlarm[],
  files: readonly OpenAlarmFile[],
  scope: RationalisationScope,
): RationalisedAlarms {
  const places = typePlaces(scope.equipment)
  const definitions = new Map(built.map(({ definition }) => [definition.id, definition]))
  const ofType = new Map<string, AlarmDefinition>()
  for (const { definition } of built) {
    const key = typeKeyOf(definition, places)
    if (key !== null && !ofType.has(key)) ofType.set(key, definition)
  }
  const entries = listEntries(files)
  for (const [key, placed] of entries) checkEntry(key, placed, definitions, ofType, scope)
  const sources = new SourceTable()
  const known = new RationalisationTable()
  const alarms = built.map(({ definition, file }) => {
    const key = typeKeyOf(definition, places)
    const shared = key === null ? undefined : entries.get(key)
    const own = entries.get(definition.id)
    if (shared === undefined && own === undefined) {
      sources.add(file, null, null, null)
      return definition
    }
    const entry = mergedEntry(shared?.entry, own?.entry)
    const rationalisation = known.of(entry)
    const rationalised = rationalisedAlarm(definition, entry, rationalisation, scope.enforceApproved)
    checkApproval(rationalised, own, shared)
    sources.add(
      file,
      (own ?? shared)!.origin.fileOf([]),
      shared === undefined ? null : places.get(definition.tag)!.type,
      scope.enforceApproved ? ownValues(definition, rationalised) : null,
    )
    return rationalised
  })
  return { alarms, sources: sources.list }
}

/** Tag of a member → type and member. */
export function typePlaces(
  equipment: Iterable<Equipment>,
): ReadonlyMap<string, { readonly type: string; readonly member: string }> {
  const places = new Map<string, { readonly type: string; readonly member: string }>()
  for (const { type, members } of equipment)
    for (const [member, tag] of Object.entries(members)) places.set(tag, { type, member })
  return places
}

/** Key under which an entry of a type is kept; no id begins like it: control characters are in no name. */
export function typeEntryKey(type: string, alarm: string): string {
  return `${type}\u0000${alarm}`
}

/** Key of the type's entry that serves an alarm; null when it is no member of equipment. */
export function typeKeyOf(
  { id, tag }: AlarmDefinition,
  places: ReadonlyMap<string, { readonly type: string; readonly member: string }>,
): string | null {
  const place = places.get(tag)
  return place === undefined ? null : typeEntryKey(place.type, place.member + id.slice(tag.length))
}

/** All entries by id, or by type and member; the first one counts, a second one is a fault. */
function listEntries(files: readonly OpenAlarmFile[]): ReadonlyMap<string, PlacedEntry> {
  const entries = new Map<string, PlacedEntry>()
  for (const { value, origin } of files)
    for (const [index, entry] of value.alarms.entries()) {
      const key = entry.type === undefined ? entry.alarm : typeEntryKey(entry.type, entry.alarm)
      const placed = { entry, origin: origin.part(['alarms', index]) }
      const first = entries.get(key)
      if (first === undefined) entries.set(key, placed)
      else
        placed.origin.at(
          ['alarm'],
          `there is an entry for ${entry.type === undefined ? '' : `type ${entry.type} `}${entry.alarm} already: ${placeInWords(first.origin.where(['alarm']))}`,
        )
    }
  return entries
}

function checkEntry(
  key: string,
  { entry, origin }: PlacedEntry,
  known: ReadonlyMap<string, AlarmDefinition>,
  ofType: ReadonlyMap<string, AlarmDefinition>,
  scope: RationalisationScope,
): void {
  const definition = known.get(key) ?? ofType.get(key) ?? null
  if (definition === null) checkUnknown(entry, origin, known, ofType, scope)
  for (const attribute of ['consequence', 'cause', 'action'] as const) {
    const given = entry[attribute]
    if (given !== undefined) checkLanguages(given, origin, [attribute], scope.languages)
  }
  const classFault = entry.class === undefined ? null : scope.classFault(entry.class)
  if (classFault !== null) origin.at(['class'], classFault)
  const { approved } = entry
  if (approved?.limit !== undefined && definition !== null && definition.limit === null)
    origin.atKey(['approved', 'limit'], `the condition ${definition.condition} takes no limit`)
  if (typeof approved?.limit === 'string') {
    if (entry.type !== undefined)
      origin.at(
        ['approved', 'limit'],
        'an approved limit of a type is a number; expressions are approved for each instance',
      )
    else scope.expressions.check(approved.limit, origin, ['approved', 'limit'], ['double', 'int'])
  }
}

function checkUnknown(
  entry: DatabaseEntry,
  origin: FileOrigin,
  known: ReadonlyMap<string, AlarmDefinition>,
  ofType: ReadonlyMap<string, AlarmDefinition>,
  scope: RationalisationScope,
): void {
  const { type, alarm } = entry
  if (type === undefined) {
    if (scope.isLostAlarm(alarm)) return
    origin.at(['alarm'], `there is no alarm "${alarm}"${scope.mayHint() ? didYouMean(alarm, known.keys()) : ''}`)
    return
  }
  const members = scope.membersOf(type)
  if (members === null) {
    if (!scope.hasLostTypes)
      origin.at(['type'], `there is no equipment type "${type}"${didYouMean(type, scope.typeNames())}`)
    return
  }
  const start = typeEntryKey(type, '')
  const names = [...ofType.keys()].filter((other) => other.startsWith(start)).map((other) => other.slice(start.length))
  // A type without instances: only the member can be known.
  const isMember = [...members].includes(alarm.slice(0, Math.max(0, alarm.lastIndexOf('/'))))
  if (names.length === 0 && isMember) return
  origin.at(['alarm'], `type ${type} has no alarm "${alarm}"${didYouMean(alarm, names)}`)
}

/** The instance's attributes over those of its type. */
export function mergedEntry(shared: DatabaseEntry | undefined, own: DatabaseEntry | undefined): DatabaseEntry {
  if (own === undefined || shared === undefined) return (own ?? shared)!
  const { type: _, ...inherited } = shared
  const approved =
    shared.approved === undefined && own.approved === undefined
      ? {}
      : { approved: { ...shared.approved, ...own.approved } }
  return { ...inherited, ...own, ...approved }
}

/** What screens and the engine know of an entry. */
export function rationalisationOf(entry: DatabaseEntry): Rationalisation {
  return {
    status: entry.status ?? 'draft',
    consequence: entry.consequence ?? null,
    severity: entry.severity ?? null,
    cause: entry.cause ?? null,
    action: entry.action ?? null,
    responseTimeMs: entry.responseTime ?? null,
    reviewer: entry.reviewer ?? null,
    date: entry.date ?? null,
    revision: entry.revision ?? 1,
    approved: approvedOf(entry),
  }
}

function approvedOf({ approved }: DatabaseEntry): ApprovedAlarmValues | null {
  if (approved === undefined) return null
  const { priority, limit, deadband, onDelay, offDelay } = approved
  const values: ApprovedAlarmValues = {
    ...(priority === undefined ? {} : { priority }),
    ...(limit === undefined ? {} : { limit }),
    ...(deadband === undefined ? {} : { deadband }),
    ...(onDelay === undefined ? {} : { onDelayMs: onDelay }),
    ...(offDelay === undefined ? {} : { offDelayMs: offDelay }),
  }
  return Object.keys(values).length === 0 ? null : values
}

function rationalisedAlarm(
  definition: AlarmDefinition,
  entry: DatabaseEntry,
  rationalisation: Rationalisation,
  enforceApproved: boolean,
): AlarmDefinition {
  // A change sets an entry back to reviewed; what runs must not jump to the tag's own values because a text was corrected.
  const isInForce = rationalisation.status !== 'draft' && rationalisation.status !== 'retired'
  const running = enforceApproved && isInForce ? rationalisation.approved : null
  return {
    ...definition,
    alarmClass: entry.class ?? definition.alarmClass,
    priority: running?.priority ?? definition.priority,
    limit: running?.limit ?? definition.limit,
    deadband: running?.deadband ?? definition.deadband,
    onDelayMs: running?.onDelayMs ?? definition.onDelayMs,
    offDelayMs: running?.offDelayMs ?? definition.offDelayMs,
    rationalisation,
  }
}

/** What the tag says, where the alarm runs with other values; null when it runs with the tag's. */
function ownValues(definition: AlarmDefinition, running: AlarmDefinition): ApprovedAlarmValues | null {
  if (approvedAttributes.every((attribute) => definition[attribute] === running[attribute])) return null
  const { priority, limit, deadband, onDelayMs, offDelayMs } = definition
  return { priority, ...(limit === null ? {} : { limit }), deadband, onDelayMs, offDelayMs }
}

const attributeKeys: Readonly<Record<string, string>> = { responseTimeMs: 'responseTime' }

/** Approved and implemented entries are complete (conformance/ALARMS.md A20). */
function checkApproval(
  { id, rationalisation }: AlarmDefinition,
  own: PlacedEntry | undefined,
  shared: PlacedEntry | undefined,
): void {
  const status = rationalisation?.status
  if (status !== 'approved' && status !== 'implemented') return
  const missing = missingAttributes(rationalisation)
  if (missing.length === 0) return
  // The entry that says so is the one to repair: of a type once, not for each of its instances.
  const { entry, origin } = own?.entry.status === undefined && shared !== undefined ? shared : own!
  const name = entry.type === undefined ? id : `type ${entry.type} ${entry.alarm}`
  const keys = missing.map((attribute) => attributeKeys[attribute] ?? attribute).join(', ')
  origin.at(['status'], `${name} is ${status}, but ${keys} ${missing.length === 1 ? 'is' : 'are'} missing`)
}

/** What an entry says, once: all instances of a type share it. */
class RationalisationTable {
  readonly #known = new Map<DatabaseEntry, Rationalisation>()

  of(entry: DatabaseEntry): Rationalisation {
    const known = this.#known.get(entry) ?? rationalisationOf(entry)
    this.#known.set(entry, known)
    return known
  }
}

/** Sources in the order of the alarms; equal ones are one object, so that a hundred thousand cross threads as a few. */
class SourceTable {
  readonly list: AlarmSource[] = []
  readonly #known = new Map<string, AlarmSource>()

  add(file: string, entryFile: string | null, inheritedFrom: string | null, own: ApprovedAlarmValues | null): void {
    if (own !== null) {
      this.list.push({ file, entryFile, inheritedFrom, own })
      return
    }
    const key = `${file}\u0000${entryFile}\u0000${inheritedFrom}`
    const known = this.#known.get(key) ?? { file, entryFile, inheritedFrom, own }
    this.#known.set(key, known)
    this.list.push(known)
  }
}
