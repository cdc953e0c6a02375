// One instance added to a file of equipment/, or changed where it is written; comments, order and the way the file is written stay.
import type { PlantFault } from '../../shared/plant.ts'
import type { ProtocolTable } from '../../shared/protocol.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { checkFiles } from '../plant-check.ts'
import { FaultList } from '../source/fault-list.ts'
import { finishFileSet, writeFileSet } from '../source/file-set.ts'
import { EditedFiles, FolderFiles } from '../source/folder-scan.ts'
import { otherFault } from '../source/other-fault.ts'
import { editList, readList } from '../source/yaml-list-edit.ts'

/** An instance as far as the screens write it; what is absent stays as it is written, or is not written. */
export interface InstanceEdit {
  readonly name: string
  readonly type: string
  /** '' takes the key away. */
  readonly place?: string | undefined
  readonly description?: string | undefined
  /** Merged into those that are written. */
  readonly parameters?: Readonly<Record<string, string | number | boolean>> | undefined
}

export interface EquipmentSave {
  /** The plant folder. */
  readonly folder: string
  readonly instance: InstanceEdit
  /** File of equipment/ without ending, for a new instance. */
  readonly file: string | undefined
  /** Only says what would be found. */
  readonly dryRun: boolean
}

export interface EquipmentSaved {
  /** Of the folder as it would be; then nothing was written. */
  readonly faults: readonly PlantFault[]
  /** Where the instance stands now, relative to the plant folder. */
  readonly file: string
}

/** Where new instances go when nobody says. */
const newInstancesFile = 'equipment'

/**
 * Adds or changes an instance. Throws RuntimeError BadInvalidArgument (it is of another type), BadInvalidState (the folder has other
 * faults), BadEntryExists (the file changed meanwhile), BadResourceUnavailable (it cannot be written).
 */
export async function saveEquipmentFile(save: EquipmentSave, protocols: ProtocolTable): Promise<EquipmentSaved> {
  const { folder, instance, dryRun } = save
  if (!dryRun) await finishFileSet(folder)
  const files = new FolderFiles(folder)
  const place = await placeOf(files, instance.name, save.file)
  const row = place.text === null ? undefined : rowOf(place.text, instance.name)
  if (row !== undefined && row.type !== instance.type)
    throw new RuntimeError(
      'BadInvalidArgument',
      `${instance.name} is of type ${String(row.type)} (${place.file}), not ${instance.type}; a type is changed in the file`,
    )
  const text = editList(place.text ?? '', 'equipment', { key: 'name', of: instance.name, set: keysOf(instance, row) })
  const before = await checkFiles(files, protocols)
  const [other] = before.faults
  if (other !== undefined) throw otherFault(other, 'equipment can be added and changed')
  const check = await checkFiles(new EditedFiles(files, new Map([[place.file, text]])), protocols)
  if (check.faults.length > 0 || dryRun) return { faults: check.faults, file: place.file }
  await writeFileSet(folder, [{ file: place.file, before: place.text, after: text }])
  return { faults: [], file: place.file }
}

/** The file that has the instance, or the one that takes it. */
async function placeOf(
  files: FolderFiles,
  name: string,
  file: string | undefined,
): Promise<{ readonly file: string; readonly text: string | null }> {
  const faults = new FaultList()
  const texts = new Map<string, string>()
  for (const entry of await files.list(faults)) {
    if (entry.kind !== 'equipment') continue
    const text = await files.read(entry.file, faults)
    if (text === null)
      throw new RuntimeError('BadInvalidState', `${entry.file} cannot be read: ${faults.sorted()[0]?.message ?? ''}`)
    texts.set(entry.file, text)
    // Names stand in the text as they are, but for the rare quoted ones with escapes.
    if ((text.includes(name) || text.includes('\\')) && rowOf(text, name) !== undefined)
      return { file: entry.file, text }
  }
  const stem = `equipment/${file ?? newInstancesFile}`
  const present = [`${stem}.yaml`, `${stem}.yml`].find((known) => texts.has(known))
  return { file: present ?? `${stem}.yaml`, text: present === undefined ? null : texts.get(present)! }
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
