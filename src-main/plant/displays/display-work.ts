// Work on displays and the equipment on them that costs time: saving one means checking the whole folder, judging them means
// reading every drawing. It is done where the other work on the folder is done (plant-work.ts).
import { resolve } from 'node:path'
import type { PlantDisplayQuality } from '../../shared/display-quality.ts'
import type { PlantRules } from '../../shared/plant-rules.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { type EquipmentSave, type EquipmentSaved, saveEquipmentFiles } from '../equipment/equipment-edit.ts'
import { checkFiles } from '../plant-check.ts'
import { FolderFiles } from '../source/folder-scan.ts'
import { qualityOfPlant } from './display-check.ts'
import { deleteMimicFile, type MimicDelete, type MimicSave, type MimicSaved, saveMimicFile } from './mimic-edit.ts'

/** Arguments and results are plain values. They reject with a RuntimeError as the files they stand in say. */
export interface DisplayWork {
  saveMimic(save: MimicSave): Promise<MimicSaved>
  deleteMimic(job: MimicDelete): Promise<null>
  saveEquipment(save: EquipmentSave): Promise<EquipmentSaved>
  /** Of the folder as it is. Rejects with BadInvalidState when it has faults. */
  displayQuality(folder: string): Promise<PlantDisplayQuality>
  /** Where a file of a library that the plant uses lies; never rejects. */
  findLibraryFile(wanted: LibraryFilePlace): Promise<LibraryFilePlace>
}

/** A file of a library: first as the plant calls it in its folder, then in the folder of the library itself. */
export interface LibraryFilePlace {
  readonly folder: string
  readonly file: string
}

/** The work done right here, on the thread that asks. */
export function displayWork(rules: PlantRules): DisplayWork {
  return {
    saveMimic: (save) => saveMimicFile(save, rules),
    deleteMimic: async (job) => {
      await deleteMimicFile(job)
      return null
    },
    saveEquipment: (save) => saveEquipmentFiles(save, rules),
    async displayQuality(folder) {
      const files = new FolderFiles(resolve(folder))
      const { plant, faults } = await checkFiles(files, rules)
      const [first] = faults
      if (plant === null)
        throw new RuntimeError(
          'BadInvalidState',
          `The plant folder has faults (${first?.file}:${first?.line}: ${first?.message}); displays are judged once they are repaired`,
        )
      return qualityOfPlant(plant, files)
    },
    async findLibraryFile({ folder, file }) {
      const files = new FolderFiles(resolve(folder))
      // The check finds the libraries that plant.yaml names, wherever they are.
      await checkFiles(files, rules)
      const inLibrary = file.replace(/^libraries\/[^/]+\//, '')
      const path = files.pathOf(file)
      return path.endsWith(inLibrary)
        ? { folder: path.slice(0, -inLibrary.length - 1), file: inLibrary }
        : { folder, file }
    },
  }
}
