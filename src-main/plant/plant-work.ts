// What costs time with a plant folder: reading and checking it, and its tags as a spreadsheet. The station has it done in a
// thread of its own (plant-thread.ts), so that values flow on while forty files are checked.
import { resolve } from 'node:path'
import type { AlarmDatabaseSaved } from '../shared/alarm-database.ts'
import type { LabelTemplate } from '../shared/label.ts'
import type { Plant, PlantFault } from '../shared/plant.ts'
import type { PlantRules } from '../shared/plant-rules.ts'
import type { TagDefinition } from '../shared/tag.ts'
import { readAlarmCsv, writeAlarmCsv } from './alarms/alarm-database-csv.ts'
import { type AlarmDatabaseSave, saveAlarmDatabase } from './alarms/alarm-database-edit.ts'
import { type DisplayWork, displayWork } from './displays/display-work.ts'
import type { LibraryFolder } from './equipment/library-list.ts'
import type { TemplateFile } from './labels/label-list.ts'
import {
  deleteTemplateFile,
  readTemplateDocument,
  saveTemplateFile,
  type TemplateDelete,
  type TemplateRead,
  type TemplateSave,
  type TemplateSaved,
} from './labels/template-edit.ts'
import { digestOf } from './last-good-copy.ts'
import { type CheckOptions, checkFiles } from './plant-check.ts'
import { FaultList } from './source/fault-list.ts'
import { FolderFiles } from './source/folder-scan.ts'
import { writeTagCsv } from './tags/tag-csv.ts'
import { exportContext } from './tags/tag-export.ts'
import { importTagCsv, type TagImport } from './tags/tag-import.ts'
import {
  deleteTrendFile,
  saveTrendFile,
  type TrendDelete,
  type TrendSave,
  type TrendSaved,
} from './trends/trend-edit.ts'

/** A plant folder as it was found. */
export interface FolderReading {
  /** null when there are faults. */
  readonly plant: Plant | null
  /** By file, line and column. */
  readonly faults: readonly PlantFault[]
  /** Everything that was read, by file: what was checked is what is kept. */
  readonly texts: ReadonlyMap<string, string>
  /** Of the texts and images: the same digest = the same plant. */
  readonly digest: string
  /** Folders outside of the plant folder that its libraries come from, or should. */
  readonly libraryFolders: readonly LibraryFolder[]
  /** Images of labels, by file. */
  readonly images: ReadonlyMap<string, Uint8Array>
  /** Where each label template is written. */
  readonly templateFiles: ReadonlyMap<string, TemplateFile>
}

/** What an import needs to know. */
export interface TagImportJob {
  /** Name of the file below tags/ for new tags, without extension. */
  readonly file: string
  readonly csv: string
  /** The plant folder. */
  readonly folder: string
  /** The accepted plant. */
  readonly plant: Plant
}

/** What an import of the master alarm database needs to know. */
export interface AlarmImportJob extends Omit<AlarmDatabaseSave, 'edits'> {
  readonly csv: string
}

/** Arguments and results are plain values, so that they can cross to another thread. */
export interface PlantWork extends DisplayWork {
  /** Reads and checks a folder, or the last good copy of one. Never rejects: what cannot be read is a fault. */
  read(folder: string, options?: CheckOptions): Promise<FolderReading>
  /** All tags as CSV for spreadsheets (docs/plant-folder.md). */
  exportTags(plant: Plant): Promise<string>
  /** Writes the rows of a CSV into the plant folder, all or none. Rejects with a RuntimeError when files cannot be written. */
  importTags(job: TagImportJob): Promise<TagImport>
  /** Writes a trend group into the plant folder. Rejects with a RuntimeError (trend-edit.ts). */
  saveTrend(save: TrendSave): Promise<TrendSaved>
  deleteTrend(job: TrendDelete): Promise<void>
  /** Changes entries of the master alarm database, all or none. Rejects with a RuntimeError (alarm-database-edit.ts). */
  saveAlarms(save: AlarmDatabaseSave): Promise<AlarmDatabaseSaved>
  /** The master alarm database as CSV for spreadsheets (docs/alarm-configuration.md). */
  exportAlarms(plant: Plant): Promise<string>
  /** Takes the cells of a CSV that differ from an export, all or none. Rejects as `saveAlarms` does. */
  importAlarms(job: AlarmImportJob): Promise<AlarmDatabaseSaved>
  /** Writes a label template into the plant folder. Rejects with a RuntimeError (template-edit.ts). */
  saveTemplate(save: TemplateSave): Promise<TemplateSaved>
  deleteTemplate(job: TemplateDelete): Promise<readonly PlantFault[]>
  /** A label template as a document says it. */
  readTemplate(job: TemplateRead): Promise<LabelTemplate>
}

/** Tags of printers are made by the station; no file says them. */
function isWritten({ device, expression }: TagDefinition): boolean {
  return device !== null || expression !== null
}

/** The work done right here, on the thread that asks. */
export function plantWork(rules: PlantRules): PlantWork {
  return {
    ...displayWork(rules),
    async read(folder, options) {
      const files = new FolderFiles(resolve(folder))
      const { plant, faults, libraryFolders, templateFiles } = await checkFiles(files, rules, options)
      const { texts, images } = files
      const digest = digestOf(texts, images)
      return { plant, faults, texts, images, digest, libraryFolders, templateFiles }
    },
    exportTags: async (plant) => writeTagCsv(plant.tags.filter(isWritten), exportContext(plant, rules.protocols)),
    importTags: (job) => importTagCsv({ ...job, rules }),
    saveTrend: (save) => saveTrendFile(save, rules),
    deleteTrend: deleteTrendFile,
    saveAlarms: (save) => saveAlarmDatabase(save, rules),
    exportAlarms: async (plant) => writeAlarmCsv(plant),
    saveTemplate: (save) => saveTemplateFile(save, rules),
    deleteTemplate: (job) => deleteTemplateFile(job, rules),
    readTemplate: async (job) => readTemplateDocument(job, rules),
    async importAlarms({ csv, ...job }) {
      const faults = new FaultList()
      const { edits, placeOf } = readAlarmCsv('alarms.csv', csv, job.plant, faults)
      if (faults.count > 0) return { changes: [], faults: faults.sorted(), version: job.plant.alarmDatabase.version }
      return saveAlarmDatabase({ ...job, edits }, rules, placeOf)
    },
  }
}
