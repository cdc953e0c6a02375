// The work on a plant folder in a thread that is started for it: checking forty files takes half a second and a hundred megabytes,
// which neither the value path nor the station's memory should see. It ends with the work, but waits a while for who is
// drawing or editing: their next edit is checked in a third of the time by a thread that has done it before.
import type { Clock } from './base/clock.ts'
import type { Logger } from './base/logger.ts'
import { type ThreadErrors, ThreadOnDemand } from './base/thread-on-demand.ts'
import { startWorkerThread } from './base/worker-thread.ts'
import type { AlarmDatabaseSave } from './plant/alarms/alarm-database-edit.ts'
import type { DisplayWork } from './plant/displays/display-work.ts'
import type { TemplateDelete, TemplateRead, TemplateSave, TemplateSaved } from './plant/labels/template-edit.ts'
import type { CheckOptions } from './plant/plant-check.ts'
import type { AlarmImportJob, FolderReading, PlantWork, TagImportJob } from './plant/plant-work.ts'
import type { TagImport } from './plant/tags/tag-import.ts'
import type { TrendDelete, TrendSave, TrendSaved } from './plant/trends/trend-edit.ts'
import type { AlarmDatabaseSaved } from './shared/alarm-database.ts'
import type { LabelTemplate } from './shared/label.ts'
import type { Plant, PlantFault } from './shared/plant.ts'
import { messageOf, RuntimeError } from './shared/runtime-error.ts'

/** The largest plants take seconds; a thread that works longer hangs. */
const jobLimitMs = 120_000
/** So long after an edit the thread waits for the next one; ms. */
const editPauseMs = 30_000

/** Much is made and thrown away in a short time: room for it saves a third of the time. */
const resourceLimits = { maxYoungGenerationSizeMb: 48 }

/** A piece of work. */
export type PlantJob =
  | { readonly kind: 'read'; readonly folder: string; readonly options: CheckOptions | undefined }
  | { readonly kind: 'export'; readonly plant: Plant }
  | { readonly kind: 'import'; readonly import: TagImportJob }
  | { readonly kind: 'saveTrend'; readonly save: TrendSave }
  | { readonly kind: 'deleteTrend'; readonly delete: TrendDelete }
  | { readonly kind: 'saveAlarms'; readonly save: AlarmDatabaseSave }
  | { readonly kind: 'exportAlarms'; readonly plant: Plant }
  | { readonly kind: 'importAlarms'; readonly import: AlarmImportJob }
  | { readonly kind: 'saveTemplate'; readonly save: TemplateSave }
  | { readonly kind: 'deleteTemplate'; readonly delete: TemplateDelete }
  | { readonly kind: 'readTemplate'; readonly read: TemplateRead }
  | DisplayJob

/** A call of {@link DisplayWork}. */
export type DisplayJob = {
  [Name in keyof DisplayWork]: { readonly kind: Name; readonly input: Parameters<DisplayWork[Name]>[0] }
}[keyof DisplayWork]

/** What the thread is sent; it posts a ThreadAnswer for each. */
export interface ToPlantWorker {
  readonly id: number
  readonly job: PlantJob
}

const errors: ThreadErrors = {
  closed: () => new RuntimeError('BadShutdown', 'The station is stopping'),
  cancelled: () => new RuntimeError('BadRequestInterrupted', 'The work on the plant folder was cancelled'),
  tooMany: (count) =>
    new RuntimeError('BadTooManyOperations', `${count} pieces of work on the plant folder wait already`),
  ended: () => new RuntimeError('BadInternalError', 'the thread that works on the plant folder ended without a result'),
  refused: (code, message) => new RuntimeError(code, message),
}

/** Plant work for the station. */
export class PlantThread implements PlantWork {
  readonly #thread: ThreadOnDemand
  readonly #clock: Clock
  #lastEditTimestamp = Number.NEGATIVE_INFINITY
  #jobCount = 0

  constructor({ clock, logger }: { readonly clock: Clock; readonly logger: Logger }) {
    this.#clock = clock
    this.#thread = new ThreadOnDemand({
      start: () => startWorkerThread(import.meta.url, './plant-worker', { resourceLimits }),
      errors,
      onFailure: (error) => logger.error(`The thread that works on the plant folder failed: ${messageOf(error)}`),
      clock,
      idleMs: editPauseMs,
    })
  }

  /** True while the thread runs. */
  get isRunning(): boolean {
    return this.#thread.worker !== null
  }

  async read(folder: string, options?: CheckOptions): Promise<FolderReading> {
    try {
      return (await this.#run({ kind: 'read', folder, options })) as FolderReading
    } catch (error) {
      const message = `the plant folder cannot be checked: ${messageOf(error)}`
      return {
        plant: null,
        faults: [{ file: 'plant.yaml', line: 1, column: 1, message }],
        texts: new Map(),
        digest: '',
        libraryFolders: [],
        images: new Map(),
        templateFiles: new Map(),
      }
    }
  }

  async exportTags(plant: Plant): Promise<string> {
    return (await this.#run({ kind: 'export', plant })) as string
  }

  async importTags(job: TagImportJob): Promise<TagImport> {
    return (await this.#run({ kind: 'import', import: job })) as TagImport
  }

  async saveTrend(save: TrendSave): Promise<TrendSaved> {
    return (await this.#run({ kind: 'saveTrend', save })) as TrendSaved
  }

  async deleteTrend(job: TrendDelete): Promise<void> {
    await this.#run({ kind: 'deleteTrend', delete: job })
  }

  async saveAlarms(save: AlarmDatabaseSave): Promise<AlarmDatabaseSaved> {
    return (await this.#run({ kind: 'saveAlarms', save })) as AlarmDatabaseSaved
  }

  async exportAlarms(plant: Plant): Promise<string> {
    return (await this.#run({ kind: 'exportAlarms', plant })) as string
  }

  async importAlarms(job: AlarmImportJob): Promise<AlarmDatabaseSaved> {
    return (await this.#run({ kind: 'importAlarms', import: job })) as AlarmDatabaseSaved
  }

  async saveTemplate(save: TemplateSave): Promise<TemplateSaved> {
    return (await this.#run({ kind: 'saveTemplate', save })) as TemplateSaved
  }

  async deleteTemplate(job: TemplateDelete): Promise<readonly PlantFault[]> {
    return (await this.#run({ kind: 'deleteTemplate', delete: job })) as readonly PlantFault[]
  }

  async readTemplate(job: TemplateRead): Promise<LabelTemplate> {
    return (await this.#run({ kind: 'readTemplate', read: job })) as LabelTemplate
  }

  readonly saveMimic = this.#display('saveMimic')
  readonly deleteMimic = this.#display('deleteMimic')
  readonly saveEquipment = this.#display('saveEquipment')
  readonly displayQuality = this.#display('displayQuality')
  readonly findLibraryFile = this.#display('findLibraryFile')

  /** What is under way fails; nothing is worked on any more. */
  close(): Promise<void> {
    return this.#thread.close()
  }

  #display<Name extends keyof DisplayWork>(kind: Name): DisplayWork[Name] {
    return (async (input: Parameters<DisplayWork[Name]>[0]) => {
      const answer = await this.#run({ kind, input } as DisplayJob)
      return answer
    }) as DisplayWork[Name]
  }

  /** Rejects with a RuntimeError: the work's own, or BadInternalError when the thread failed or did not end in time. */
  async #run(job: PlantJob): Promise<unknown> {
    if (job.kind !== 'read') this.#lastEditTimestamp = this.#clock.now()
    this.#jobCount++
    const timer = this.#clock.after(jobLimitMs, () => void this.#thread.restart())
    try {
      return await this.#thread.ask(
        (id) => ({ id, job }) satisfies ToPlantWorker,
        undefined,
        () => undefined,
      )
    } finally {
      timer.cancel()
      this.#jobCount--
      const isEditing = this.#clock.now() - this.#lastEditTimestamp < editPauseMs
      if (this.#jobCount === 0 && !isEditing) void this.#thread.restart()
    }
  }
}
