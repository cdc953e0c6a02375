// The work on a plant folder in a thread that is started for it and ends with it: checking forty files takes half a second
// and a hundred megabytes, which neither the value path nor the station's memory should see.
import { startWorkerThread } from './base/worker-thread.ts'
import type { AlarmDatabaseSave } from './plant/alarms/alarm-database-edit.ts'
import type { DisplayWork } from './plant/displays/display-work.ts'
import type { CheckOptions } from './plant/plant-check.ts'
import type { AlarmImportJob, FolderReading, PlantWork, TagImportJob } from './plant/plant-work.ts'
import type { TagImport } from './plant/tags/tag-import.ts'
import type { TrendDelete, TrendSave, TrendSaved } from './plant/trends/trend-edit.ts'
import type { AlarmDatabaseSaved } from './shared/alarm-database.ts'
import type { Plant } from './shared/plant.ts'
import { messageOf, RuntimeError } from './shared/runtime-error.ts'
import type { StatusCodeName } from './shared/status-code.ts'

/** The largest plants take seconds; a thread that works longer hangs. */
const jobLimitMs = 120_000

/** Much is made and thrown away in a short time: room for it saves a third of the time. */
const resourceLimits = { maxYoungGenerationSizeMb: 48 }

/** What the thread is started with. */
export type PlantJob =
  | { readonly kind: 'read'; readonly folder: string; readonly options: CheckOptions | undefined }
  | { readonly kind: 'export'; readonly plant: Plant }
  | { readonly kind: 'import'; readonly import: TagImportJob }
  | { readonly kind: 'saveTrend'; readonly save: TrendSave }
  | { readonly kind: 'deleteTrend'; readonly delete: TrendDelete }
  | { readonly kind: 'saveAlarms'; readonly save: AlarmDatabaseSave }
  | { readonly kind: 'exportAlarms'; readonly plant: Plant }
  | { readonly kind: 'importAlarms'; readonly import: AlarmImportJob }
  | DisplayJob

/** A call of {@link DisplayWork}. */
export type DisplayJob = {
  [Name in keyof DisplayWork]: { readonly kind: Name; readonly input: Parameters<DisplayWork[Name]>[0] }
}[keyof DisplayWork]

/** What it answers with, once. */
export type PlantJobResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: StatusCodeName; readonly message: string }

/** Plant work for the station: one thread for each piece of it. */
export const plantThread: PlantWork = {
  async read(folder, options) {
    try {
      return (await run({ kind: 'read', folder, options })) as FolderReading
    } catch (error) {
      const message = `the plant folder cannot be checked: ${messageOf(error)}`
      return {
        plant: null,
        faults: [{ file: 'plant.yaml', line: 1, column: 1, message }],
        texts: new Map(),
        digest: '',
        libraryFolders: [],
      }
    }
  },
  exportTags: async (plant) => (await run({ kind: 'export', plant })) as string,
  importTags: async (job) => (await run({ kind: 'import', import: job })) as TagImport,
  saveTrend: async (save) => (await run({ kind: 'saveTrend', save })) as TrendSaved,
  deleteTrend: async (job) => {
    await run({ kind: 'deleteTrend', delete: job })
  },
  saveAlarms: async (save) => (await run({ kind: 'saveAlarms', save })) as AlarmDatabaseSaved,
  exportAlarms: async (plant) => (await run({ kind: 'exportAlarms', plant })) as string,
  importAlarms: async (job) => (await run({ kind: 'importAlarms', import: job })) as AlarmDatabaseSaved,
  saveMimic: async (input) =>
    (await run({ kind: 'saveMimic', input })) as Awaited<ReturnType<DisplayWork['saveMimic']>>,
  deleteMimic: async (input) => (await run({ kind: 'deleteMimic', input })) as null,
  saveEquipment: async (input) =>
    (await run({ kind: 'saveEquipment', input })) as Awaited<ReturnType<DisplayWork['saveEquipment']>>,
  displayQuality: async (input) =>
    (await run({ kind: 'displayQuality', input })) as Awaited<ReturnType<DisplayWork['displayQuality']>>,
  findLibraryFile: async (input) =>
    (await run({ kind: 'findLibraryFile', input })) as Awaited<ReturnType<DisplayWork['findLibraryFile']>>,
}

/** Rejects with a RuntimeError: the work's own, or BadInternalError when the thread failed or did not end in time. */
function run(job: PlantJob): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const worker = startWorkerThread(import.meta.url, './plant-worker', { workerData: job, resourceLimits })
    const failed = (message: string) => reject(new RuntimeError('BadInternalError', message))
    const timer = setTimeout(() => {
      failed(`it took longer than ${jobLimitMs / 1000} s`)
      void worker.terminate()
    }, jobLimitMs)
    worker.once('message', (result: PlantJobResult) => {
      if (result.ok) resolve(result.value)
      else reject(new RuntimeError(result.code, result.message))
    })
    worker.once('error', (error) => failed(messageOf(error)))
    worker.once('exit', (code) => {
      clearTimeout(timer)
      failed(`its thread ended with code ${code} and without a result`)
    })
  })
}
