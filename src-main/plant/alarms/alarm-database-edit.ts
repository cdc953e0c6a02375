// The master alarm database changed from a screen or a spreadsheet: entries are edited where they are written, comments and order
// stay, new ones go to alarms/database.yaml, and what another person changed meanwhile is never overwritten.
import { join } from 'node:path'
import { type Document, isMap, isNode, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml'
import type { AlarmDefinition } from '../../shared/alarm.ts'
import {
  type AlarmDatabaseAttribute,
  type AlarmDatabaseChange,
  type AlarmDatabaseEdit,
  type AlarmDatabaseSaved,
  alarmDatabaseAttributes,
} from '../../shared/alarm-database.ts'
import { didYouMean } from '../../shared/closest-name.ts'
import type { Plant, PlantFault } from '../../shared/plant.ts'
import type { PlantRules } from '../../shared/plant-rules.ts'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import { checkFiles } from '../plant-check.ts'
import { writeFileAtomically } from '../source/atomic-file.ts'
import { FaultList } from '../source/fault-list.ts'
import { EditedFiles, FolderFiles } from '../source/folder-scan.ts'
import { FileOrigin } from '../source/origin.ts'
import { otherFault } from '../source/other-fault.ts'
import { checkSchema } from '../source/schema-check.ts'
import { YamlSource } from '../source/yaml-source.ts'
import { alarmFilesVersion } from './alarm-check.ts'
import { type AttributeValue, applyEdit, attributePaths, writtenValue } from './alarm-database-entries.ts'
import { alarmFileSchema, type DatabaseEntry } from './alarm-file.ts'
import { typeEntryKey, typeKeyOf, typePlaces } from './rationalisation.ts'

/** Where entries go that have no place yet. */
const newEntriesFile = 'alarms/database.yaml'

/** What a save needs to know. */
export interface AlarmDatabaseSave {
  /** The plant folder. */
  readonly folder: string
  /** The accepted plant. */
  readonly plant: Plant
  readonly edits: readonly AlarmDatabaseEdit[]
  /** Of the database the edits were made from; undefined = whatever is there. */
  readonly version: string | undefined
  /** Only says what would change. */
  readonly dryRun: boolean
  /** ISO date for entries whose status changes. */
  readonly today: string
}

/** Where the fault of an edit is shown; without it at the head of the file that takes new entries. */
export type EditPlace = (index: number) => Omit<PlantFault, 'message'>

/**
 * Writes the edits, all or none. Throws RuntimeError BadEntryExists (another version), BadInvalidState (the folder has other faults,
 * or was changed and is not taken over yet), BadResourceUnavailable (a file cannot be written).
 */
export async function saveAlarmDatabase(
  save: AlarmDatabaseSave,
  rules: PlantRules,
  placeOf: EditPlace = () => ({ file: newEntriesFile, line: 1, column: 1 }),
): Promise<AlarmDatabaseSaved> {
  const { folder, plant, edits, dryRun, today } = save
  const files = new FolderFiles(folder)
  const database = await DatabaseFiles.open(files)
  database.refuseOtherVersion(save.version, plant)
  const { version } = database
  const faults: PlantFault[] = []
  const changes: AlarmDatabaseChange[] = []
  const alarms = new Map(plant.alarms.map((definition) => [definition.id, definition]))
  const places = typePlaces(plant.equipment)
  const seen = new Set<string>()
  for (const [index, edit] of edits.entries()) {
    const refuse = (message: string) => faults.push({ ...placeOf(index), message })
    const definition = alarms.get(edit.id)
    if (definition === undefined) {
      refuse(`there is no alarm "${edit.id}"${faults.length < 20 ? didYouMean(edit.id, alarms.keys()) : ''}`)
      continue
    }
    if (seen.has(edit.id)) refuse(`there are two edits of ${edit.id}`)
    seen.add(edit.id)
    const [own, shared] = [database.entry(edit.id), database.entry(typeKeyOf(definition, places))]
    const applied = applyEdit(edit, { definition, own, shared }, today)
    if (typeof applied === 'string') {
      refuse(applied)
      continue
    }
    changes.push(...applied.changes)
    if (applied.set === null) database.remove(edit.id)
    else if (applied.set.size > 0) database.set(definition, applied.set)
  }
  if (faults.length > 0) return { changes: [], faults, version }
  const texts = database.texts()
  if (texts.size === 0) return { changes, faults, version }
  const found = await faultsAfter(files, texts, rules)
  if (found.length > 0 || dryRun) return { changes, faults: found, version }
  for (const [file, text] of texts) await write(folder, file, text)
  return { changes, faults: [], version: database.versionWith(texts) }
}

/** Faults of the edited files as they would be. Throws RuntimeError BadInvalidState when others are faulty. */
async function faultsAfter(
  files: FolderFiles,
  texts: ReadonlyMap<string, string>,
  rules: PlantRules,
): Promise<readonly PlantFault[]> {
  const check = await checkFiles(new EditedFiles(files, texts), rules)
  const own = check.faults.filter((fault) => texts.has(fault.file))
  const [other] = check.faults
  if (own.length > 0 || other === undefined) return own
  throw otherFault(other, 'the alarms can be changed')
}

async function write(folder: string, file: string, text: string): Promise<void> {
  try {
    await writeFileAtomically(join(folder, file), text)
  } catch (error) {
    throw new RuntimeError('BadResourceUnavailable', `${file} cannot be written: ${messageOf(error)}`, error)
  }
}

/** The files of alarms/ with their entries. */
class DatabaseFiles {
  readonly version: string
  readonly #texts: ReadonlyMap<string, string>
  readonly #entries = new Map<string, { readonly entry: DatabaseEntry; readonly file: string }>()
  readonly #edited = new Map<string, DatabaseDocument>()

  private constructor(texts: ReadonlyMap<string, string>) {
    this.#texts = texts
    this.version = alarmFilesVersion(texts)
    const faults = new FaultList()
    for (const [file, text] of texts) {
      const source = YamlSource.parse(file, text, faults)
      const value =
        source === null || source.value === null
          ? null
          : checkSchema(alarmFileSchema, source.value, new FileOrigin(source, [], faults))
      for (const entry of value?.alarms ?? [])
        this.#entries.set(entry.type === undefined ? entry.alarm : typeEntryKey(entry.type, entry.alarm), {
          entry,
          file,
        })
    }
  }

  static async open(files: FolderFiles): Promise<DatabaseFiles> {
    const faults = new FaultList()
    const texts = new Map<string, string>()
    for (const { file, kind } of await files.list(faults)) {
      if (kind !== 'alarm') continue
      const text = await files.read(file, faults)
      if (text !== null) texts.set(file, text)
    }
    return new DatabaseFiles(texts)
  }

  /** Edits are made from what the accepted plant says; the files have to say the same. */
  refuseOtherVersion(wanted: string | undefined, { alarmDatabase }: Plant): void {
    if (wanted !== undefined && wanted !== this.version)
      throw new RuntimeError(
        'BadEntryExists',
        'The master alarm database was changed meanwhile; look at it again, then repeat the change',
      )
    if (alarmDatabase.version !== this.version)
      throw new RuntimeError(
        'BadInvalidState',
        'The files of alarms/ were changed and are not taken over yet, or are faulty; look at the faults of the plant folder, then repeat the change',
      )
  }

  /** The entry of an id, or of a type's alarm. */
  entry(key: string | null): DatabaseEntry | undefined {
    return key === null ? undefined : this.#entries.get(key)?.entry
  }

  set({ id }: AlarmDefinition, attributes: ReadonlyMap<AlarmDatabaseAttribute, AttributeValue | null>): void {
    this.#document(id).set(id, attributes)
  }

  remove(id: string): void {
    this.#document(id).remove(id)
  }

  /** The edited files. */
  texts(): ReadonlyMap<string, string> {
    return new Map([...this.#edited].map(([file, document]) => [file, document.text()]))
  }

  versionWith(texts: ReadonlyMap<string, string>): string {
    return alarmFilesVersion(new Map([...this.#texts, ...texts]))
  }

  #document(id: string): DatabaseDocument {
    const file = this.#entries.get(id)?.file ?? newEntriesFile
    const known = this.#edited.get(file) ?? new DatabaseDocument(this.#texts.get(file) ?? '')
    this.#edited.set(file, known)
    return known
  }
}

/** One file of alarms/ under edit; comments and order stay. */
class DatabaseDocument {
  readonly #document: Document
  readonly #list: YAMLSeq
  readonly #rows = new Map<string, YAMLMap>()

  constructor(text: string) {
    this.#document = parseDocument(text, { prettyErrors: false })
    if (!isMap(this.#document.contents)) this.#document.contents = this.#document.createNode({})
    const present = this.#document.get('alarms', true)
    this.#list = isSeq(present) ? present : (this.#document.createNode([]) as YAMLSeq)
    if (!isSeq(present)) this.#document.set('alarms', this.#list)
    const [first] = this.#list.items
    // The parser gives a comment above the first row to the list; it belongs to that row.
    if (isNode(first) && this.#list.commentBefore) {
      first.commentBefore ??= this.#list.commentBefore
      this.#list.commentBefore = null
    }
    for (const item of this.#list.items)
      if (isMap(item) && !item.has('type')) this.#rows.set(String(item.get('alarm')), item)
  }

  set(id: string, attributes: ReadonlyMap<AlarmDatabaseAttribute, AttributeValue | null>): void {
    const row = this.#rows.get(id) ?? this.#add(id)
    for (const attribute of alarmDatabaseAttributes) {
      const value = attributes.get(attribute)
      if (value === undefined) continue
      const [key, inner] = attributePaths[attribute]
      const group = inner === undefined ? row : this.#approved(row, value !== null)
      if (value === null) group?.delete(inner ?? key)
      else if (group !== null) this.#put(group, inner ?? key, writtenValue(attribute, value))
    }
    const approved = row.get('approved', true)
    if (isMap(approved) && approved.items.length === 0) row.delete('approved')
    // Nothing left but the id: what the equipment type says holds again.
    if (row.items.length === 1) this.remove(id)
  }

  remove(id: string): void {
    const row = this.#rows.get(id)
    this.#list.items = this.#list.items.filter((item) => item !== row)
    this.#rows.delete(id)
    if (this.#list.items.length === 0) this.#list.flow = true
  }

  text(): string {
    return this.#document.toString({ lineWidth: 0 })
  }

  #add(id: string): YAMLMap {
    const row = this.#document.createNode({ alarm: id }) as YAMLMap
    if (this.#list.items.length === 0) this.#list.flow = false
    this.#list.items.push(row)
    this.#rows.set(id, row)
    return row
  }

  #approved(row: YAMLMap, isNeeded: boolean): YAMLMap | null {
    const present = row.get('approved', true)
    if (isMap(present)) return present
    if (!isNeeded) return null
    const made = this.#document.createNode({}, { flow: true }) as YAMLMap
    row.set('approved', made)
    return made
  }

  /** A text keeps its way of writing and its comment; texts by language are written anew only where they differ. */
  #put(group: YAMLMap, key: string, value: AttributeValue): void {
    const present = group.get(key, true)
    if (typeof value !== 'object') {
      group.set(key, value)
      return
    }
    if (!isMap(present)) {
      group.set(key, this.#document.createNode(value))
      return
    }
    for (const item of [...present.items]) if (!Object.hasOwn(value, String(item.key))) present.delete(item.key)
    for (const [language, text] of Object.entries(value))
      if (present.get(language) !== text) present.set(language, text)
  }
}
