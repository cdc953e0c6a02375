// Instances added to a file of equipment/, or changed where they are written; comments, order and the way the file is written stay.
import type { InstanceEdit } from '../../shared/mimic-calls.ts'
import type { PlantFault } from '../../shared/plant.ts'
import type { PlantRules } from '../../shared/plant-rules.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { checkFiles } from '../plant-check.ts'
import { FaultList } from '../source/fault-list.ts'
import { finishFileSet, writeFileSet } from '../source/file-set.ts'
import { EditedFiles, FolderFiles } from '../source/folder-scan.ts'
import { otherFault } from '../source/other-fault.ts'
import { editList, readList } from '../source/yaml-list-edit.ts'

export interface EquipmentSave {
  /** The plant folder. */
  readonly folder: string
  /** In the order in which new ones are written; one step, all of them or none. */
  readonly instances: readonly InstanceEdit[]
  /** File of equipment/ without ending, for new instances. */
  readonly file: string | undefined
  /** Only says what would be found. */
  readonly dryRun: boolean
}

export interface EquipmentSaved {
  /** Of the folder as it would be; then nothing was written. */
  readonly faults: readonly PlantFault[]
  /** Where the first of them stands now, relative to the plant folder. */
  readonly file: string
}

/** Where new instances go when nobody says. */
const newInstancesFile = 'equipment'

/**
 * Adds or changes instances. Throws RuntimeError BadInvalidArgument (one is of another type or stands twice), BadInvalidState (the folder has other
 * faults), BadEntryExists (the file changed meanwhile), BadResourceUnavailable (it cannot be written).
 */
export async function saveEquipmentFiles(save: EquipmentSave, rules: PlantRules): Promise<EquipmentSaved> {
  const { folder, instances, dryRun } = save
  if (!dryRun) await finishFileSet(folder)
  const files = new FolderFiles(folder)
  const texts = await equipmentTexts(files)
  const target = targetFile(texts, save.file)
  const edited = new Map<string, string>()
  const places: string[] = []
  const names = new Set<string>()
  for (const instance of instances) {
    if (names.has(instance.name))
      throw new RuntimeError('BadInvalidArgument', `${instance.name} stands twice among what is to be saved`)
    names.add(instance.name)
    const file = fileOf(texts, instance.name) ?? target
    const text = edited.get(file) ?? texts.get(file) ?? ''
    edited.set(file, withInstance(text, instance, file))
    places.push(file)
  }
  const before = await checkFiles(files, rules)
  const [other] = before.faults
  if (other !== undefined) throw otherFault(other, 'equipment can be added and changed')
  const check = await checkFiles(new EditedFiles(files, edited), rules)
  const file = places[0]!
  if (check.faults.length > 0 || dryRun) return { faults: check.faults, file }
  const changes = [...edited].map(([name, after]) => ({ file: name, before: texts.get(name) ?? null, after }))
  await writeFileSet(folder, changes)
  return { faults: [], file }
}

/** The text of a file with an instance added, or changed where it stands. */
function withInstance(text: string, instance: InstanceEdit, file: string): string {
  const row = rowOf(text, instance.name)
  if (row !== undefined && row.type !== instance.type)
    throw new RuntimeError(
      'BadInvalidArgument',
      `${instance.name} is of type ${String(row.type)} (${file}), not ${instance.type}; a type is changed in the file`,
    )
  return editList(text, 'equipment', { key: 'name', of: instance.name, set: keysOf(instance, row) })
}

/** All files with instances. */
async function equipmentTexts(files: FolderFiles): Promise<ReadonlyMap<string, string>> {
  const faults = new FaultList()
  const texts = new Map<string, string>()
  for (const entry of await files.list(faults)) {
    if (entry.kind !== 'equipment') continue
    const text = await files.read(entry.file, faults)
    if (text === null)
      throw new RuntimeError('BadInvalidState', `${entry.file} cannot be read: ${faults.sorted()[0]?.message ?? ''}`)
    texts.set(entry.file, text)
  }
  return texts
}

/** The file that has the instance. */
function fileOf(texts: ReadonlyMap<string, string>, name: string): string | undefined {
  for (const [file, text] of texts) {
    // Names stand in the text as they are, but for the rare quoted ones with escapes.
    if ((text.includes(name) || text.includes('\\')) && rowOf(text, name) !== undefined) return file
  }
  return undefined
}

/** The file that takes new instances. */
function targetFile(texts: ReadonlyMap<string, string>, file: string | undefined): string {
  const stem = `equipment/${file ?? newInstancesFile}`
  return [`${stem}.yaml`, `${stem}.yml`].find((known) => texts.has(known)) ?? `${stem}.yaml`
}

function rowOf(text: string, name: string): Readonly<Record<string, unknown>> | undefined {
  return readList(text, 'equipment').find((row) => row.name === name)
}

/** Keys to write, in the order in which people write them. */
function keysOf(
  { name, type, description, place, parameters }: InstanceEdit,
  row: Readonly<Record<string, unknown>> | undefined,
): Readonly<Record<string, unknown>> {
  const present = row?.parameters
  const merged = { ...(typeof present === 'object' ? present : {}), ...parameters }
  return {
    name,
    type,
    ...(description === undefined ? {} : { description: description === '' ? null : description }),
    ...(place === undefined ? {} : { place: place === '' ? null : place }),
    ...(parameters === undefined || Object.keys(merged).length === 0 ? {} : { parameters: merged }),
  }
}
