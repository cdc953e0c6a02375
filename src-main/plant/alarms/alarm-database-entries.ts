// Entries of the master alarm database attribute by attribute: what an edit makes of them, and what that changes.
import type { AlarmDefinition, PlantWords } from '../../shared/alarm.ts'
import {
  type AlarmDatabaseAttribute,
  type AlarmDatabaseChange,
  type AlarmDatabaseEdit,
  alarmDatabaseAttributes,
} from '../../shared/alarm-database.ts'
import { formatDuration } from '../../shared/duration.ts'
import type { DatabaseEntry } from './alarm-file.ts'
import { mergedEntry } from './rationalisation.ts'

/** A value of an attribute as edits and changes have it; durations in ms. */
export type AttributeValue = PlantWords | number

/** Keys of each attribute in the file; two for a part of `approved`. */
export const attributePaths: Readonly<Record<AlarmDatabaseAttribute, readonly [string] | readonly [string, string]>> = {
  status: ['status'],
  consequence: ['consequence'],
  severity: ['severity'],
  cause: ['cause'],
  action: ['action'],
  responseTimeMs: ['responseTime'],
  alarmClass: ['class'],
  reviewer: ['reviewer'],
  date: ['date'],
  revision: ['revision'],
  'approved.priority': ['approved', 'priority'],
  'approved.limit': ['approved', 'limit'],
  'approved.deadband': ['approved', 'deadband'],
  'approved.onDelayMs': ['approved', 'onDelay'],
  'approved.offDelayMs': ['approved', 'offDelay'],
}

/** Value of an attribute in an entry; null = it says nothing of it. */
function attributeOf(entry: DatabaseEntry | undefined, attribute: AlarmDatabaseAttribute): AttributeValue | null {
  let value: unknown = entry
  for (const key of attributePaths[attribute]) value = (value as Record<string, unknown> | undefined)?.[key]
  return (value as AttributeValue | undefined) ?? null
}

/** As the file writes it: durations with their unit. */
export function writtenValue(attribute: AlarmDatabaseAttribute, value: AttributeValue): AttributeValue {
  return attribute.endsWith('Ms') && typeof value === 'number' ? formatDuration(value) : value
}

/** What is known of an alarm before an edit. */
export interface EditedAlarm {
  readonly definition: AlarmDefinition
  readonly own: DatabaseEntry | undefined
  /** Of its equipment type. */
  readonly shared: DatabaseEntry | undefined
}

/** What an edit comes to. */
export interface AppliedEdit {
  /** Attributes of the alarm's own entry that are set (or taken away: null); null = the entry goes. */
  readonly set: ReadonlyMap<AlarmDatabaseAttribute, AttributeValue | null> | null
  readonly changes: readonly AlarmDatabaseChange[]
}

/** Attributes whose change is no change of what was approved. */
const lifeAttributes: ReadonlySet<AlarmDatabaseAttribute> = new Set(['status', 'reviewer', 'date', 'revision'])

/** Applies an edit with the rules of approval. `today`: ISO date. A sentence when it cannot be done. */
export function applyEdit(edit: AlarmDatabaseEdit, alarm: EditedAlarm, today: string): AppliedEdit | string {
  const { definition, own, shared } = alarm
  if (edit.status === null) {
    if (own === undefined)
      return shared === undefined
        ? `${edit.id} has no entry`
        : `${edit.id} has no entry of its own; the one of its equipment type serves it`
    return { set: null, changes: changesOf(definition, merged(shared, own), shared) }
  }
  const set = new Map<AlarmDatabaseAttribute, AttributeValue | null>()
  for (const attribute of alarmDatabaseAttributes) {
    const value = edit[attribute]
    const [present, effective] = [attributeOf(own, attribute), attributeOf(merged(shared, own), attribute)]
    if (value === undefined || isSame(value, effective)) continue
    if (value === null && present === null)
      return `${attribute} of ${edit.id} comes from the entry of its equipment type; it can be changed here, not taken away`
    set.set(attribute, value)
  }
  const before = merged(shared, own)
  addRules(edit, set, before, alarm, today)
  const after = merged(shared, entryWith(definition.id, own, set))
  return { set, changes: changesOf(definition, before, after) }
}

/** Revision, status and date that follow from the edit. */
function addRules(
  edit: AlarmDatabaseEdit,
  set: Map<AlarmDatabaseAttribute, AttributeValue | null>,
  before: DatabaseEntry | undefined,
  { own, shared }: EditedAlarm,
  today: string,
): void {
  if (set.size === 0) return
  const status = before?.status ?? (before === undefined ? null : 'draft')
  const isApproved = status === 'approved' || status === 'implemented'
  if (isApproved && [...set.keys()].some((attribute) => !lifeAttributes.has(attribute))) {
    if (edit.revision === undefined) set.set('revision', (before?.revision ?? 1) + 1)
    if (edit.status === undefined) set.set('status', 'reviewed')
  }
  if (own === undefined && shared === undefined && !set.has('status')) set.set('status', 'draft')
  if (edit.date === undefined && set.has('status') && set.get('status') !== status) set.set('date', today)
}

/** The entry with attributes set or taken away. */
function entryWith(
  id: string,
  own: DatabaseEntry | undefined,
  set: ReadonlyMap<AlarmDatabaseAttribute, AttributeValue | null>,
): DatabaseEntry {
  const entry: Record<string, unknown> = { alarm: id, ...own, approved: { ...own?.approved } }
  for (const [attribute, value] of set) {
    const [key, inner] = attributePaths[attribute]
    const group = inner === undefined ? entry : (entry[key] as Record<string, unknown>)
    if (value === null) delete group[inner ?? key]
    else group[inner ?? key] = value
  }
  return entry as unknown as DatabaseEntry
}

function merged(shared: DatabaseEntry | undefined, own: DatabaseEntry | undefined): DatabaseEntry | undefined {
  return shared === undefined && own === undefined ? undefined : mergedEntry(shared, own)
}

function changesOf(
  definition: AlarmDefinition,
  before: DatabaseEntry | undefined,
  after: DatabaseEntry | undefined,
): readonly AlarmDatabaseChange[] {
  return alarmDatabaseAttributes.flatMap((attribute): AlarmDatabaseChange[] => {
    const [old, next] = [shownValue(before, attribute), shownValue(after, attribute)]
    if (isSame(old, next)) return []
    // Without a class in the entry the alarm has that of its tag.
    const shown = attribute === 'alarmClass' && old === null ? definition.alarmClass : old
    return [{ id: definition.id, attribute, old: shown, new: next }]
  })
}

/** An entry that does not say them is a draft of revision 1. */
function shownValue(entry: DatabaseEntry | undefined, attribute: AlarmDatabaseAttribute): AttributeValue | null {
  const value = attributeOf(entry, attribute)
  if (value !== null || entry === undefined) return value
  return attribute === 'revision' ? 1 : attribute === 'status' ? 'draft' : null
}

/** Texts by language are the same whatever their order. */
export function isSame(a: AttributeValue | null, b: AttributeValue | null): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key])
}
