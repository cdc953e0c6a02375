// The plant the station runs on: read from the plant folder, watched, and replaced only by a folder without faults. A faulty
// folder never takes the line down; its faults are shown and the last good plant stays.
import { resolve } from 'node:path'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import { defaultAlarmPhilosophy } from '../shared/alarm.ts'
import type { AlarmDatabase, AlarmDatabaseEdit, AlarmDatabaseSaved } from '../shared/alarm-database.ts'
import type { JsonValue } from '../shared/data-value.ts'
import type { PlantDisplayQuality } from '../shared/display-quality.ts'
import { type LabelTemplate, noLabels } from '../shared/label.ts'
import type { InstanceEdit } from '../shared/mimic-calls.ts'
import { defaultPlantHistory, type Plant, type PlantFault } from '../shared/plant.ts'
import { messageOf, RuntimeError } from '../shared/runtime-error.ts'
import type { SavedTrendGroup, TrendGroup } from '../shared/trend-group.ts'
import { databaseRows } from './alarms/alarm-database-csv.ts'
import type { AlarmDatabaseSave } from './alarms/alarm-database-edit.ts'
import { type MimicSave, type MimicSaved, type MimicSource, readMimicSource } from './displays/mimic-edit.ts'
import { type PlantDocument, readDocument } from './equipment/document-file.ts'
import type { EquipmentSaved } from './equipment/equipment-edit.ts'
import type { LibraryFolder } from './equipment/library-list.ts'
import { appearanceOf, FolderWatch } from './folder-watch.ts'
import type { TemplateFile } from './labels/label-list.ts'
import type { TemplateSaved } from './labels/template-edit.ts'
import { LastGoodCopy } from './last-good-copy.ts'
import type { FolderReading, PlantWork } from './plant-work.ts'
import { finishFileSet } from './source/file-set.ts'
import type { TagImport } from './tags/tag-import.ts'
import type { TrendSaved } from './trends/trend-edit.ts'

export interface PlantStoreOptions {
  /** The plant folder. */
  readonly folder: string
  /** Where the last good copy is kept; exists. */
  readonly dataFolder: string
  /** Reads and checks, on this thread or another. */
  readonly work: PlantWork
  readonly clock: Clock
  readonly logger: Logger
  /** The plant or its faults changed; `plant` and `faults` are the new ones already. Not called before the store is open. */
  readonly onChange: () => void
}

/** How the master alarm database is changed. */
export interface AlarmEditOptions {
  /** Of the state the change was made from; undefined = whatever is there. */
  readonly version?: string | undefined
  /** Only says what would change. */
  readonly dryRun: boolean
}

/** How a display is saved. */
export type MimicEditOptions = Pick<MimicSave, 'version' | 'entry' | 'dryRun'>

/** A label template as the editor saves it (`labels.saveTemplate`). */
export interface LabelTemplateEdit {
  readonly document: JsonValue
  readonly file?: string | undefined
  readonly fileVersion?: string | null | undefined
  readonly dryRun?: boolean
}

/** A folder that changes while it is read is read so often at most. */
const mostReadings = 5

/** Reads the folder, or the last good copy when the folder is faulty, and watches it from now on. */
export async function openPlantStore(options: PlantStoreOptions): Promise<PlantStore> {
  const store = new PlantStore(options)
  await store.open()
  return store
}

/** Made by {@link openPlantStore}. */
export class PlantStore {
  readonly #options: PlantStoreOptions
  readonly #folder: string
  readonly #copy: LastGoodCopy
  #plant: Plant
  #revision = 0
  #faults: readonly PlantFault[] = []
  /** Texts of the drawings of the accepted plant, by file. */
  #drawings: ReadonlyMap<string, string> = new Map()
  /** Images of labels of the accepted plant, by file relative to labels/. */
  #images: ReadonlyMap<string, Uint8Array> = new Map()
  /** Where label templates are written, as the folder was last read. */
  #templateFiles: ReadonlyMap<string, TemplateFile> = new Map()
  #digest = ''
  /** Of libraries outside of the plant folder, as the folder was last read. */
  #libraryFolders: readonly LibraryFolder[] = []
  #watch: FolderWatch | null = null
  /** The reading under way; the next one waits for it. */
  #reading: Promise<void> = Promise.resolve()
  /** The edit under way; the next one waits for it. */
  #editing: Promise<unknown> = Promise.resolve()

  constructor(options: PlantStoreOptions) {
    this.#options = options
    this.#folder = resolve(options.folder)
    this.#copy = new LastGoodCopy(options.dataFolder)
    this.#plant = emptyPlant(this.#folder)
  }

  /** The accepted plant: the folder's, or the last good one. */
  get plant(): Plant {
    return this.#plant
  }

  /** Grows with every plant accepted in this run; 0 = none yet (faulty folder, no copy). */
  get revision(): number {
    return this.#revision
  }

  /** Of the folder as it is now; empty when the accepted plant is the folder's. */
  get faults(): readonly PlantFault[] {
    return this.#faults
  }

  /** For {@link openPlantStore}. */
  async open(): Promise<void> {
    await this.#finishEdits()
    const hasCopy = await this.#recoverCopy()
    const { accepted, seen } = await this.#read()
    if (this.#revision === 0 && hasCopy) await this.#fallBack()
    if (this.#faults.length > 0)
      this.#options.logger.error(
        () => `The plant folder has ${this.#faults.length} faults; first: ${inWords(this.#faults[0]!)}`,
      )
    if (accepted !== null) await this.#keep(accepted)
    const { clock, logger } = this.#options
    this.#watch = await FolderWatch.start({ folder: this.#folder, clock, logger, onRest: () => this.reload() }, seen)
    this.#watch.setLibraries(this.#watchedLibraries())
  }

  /** Reads the folder now; resolves when the new plant is accepted or its faults are known. */
  reload(): Promise<void> {
    const next = this.#reading.then(async () => {
      const before = { plant: this.#plant, faults: JSON.stringify(this.#faults) }
      const { accepted, seen } = await this.#read()
      this.#watch?.saw(seen)
      if (this.#plant !== before.plant || JSON.stringify(this.#faults) !== before.faults) this.#options.onChange()
      if (accepted !== null) await this.#keep(accepted)
    })
    this.#reading = next.catch(() => undefined)
    return next
  }

  /** Text of a mimic of the accepted plant. Throws RuntimeError BadNotFound. */
  async mimicSvg(name: string): Promise<string> {
    const entry = this.#plant.mimics.find((mimic) => mimic.name === name)
    return this.#drawing(entry?.file ?? null, `There is no mimic "${name}"`)
  }

  /** Text of the symbol of an equipment type of the accepted plant. Throws RuntimeError BadNotFound. */
  async symbolSvg(type: string): Promise<string> {
    const entry = this.#plant.equipmentTypes.find((known) => known.name === type)
    return this.#drawing(entry?.symbolFile ?? null, `There is no symbol of an equipment type "${type}"`)
  }

  /** All tags of the accepted plant as CSV for spreadsheets (docs/plant-folder.md). */
  exportTags(): Promise<string> {
    return this.#options.work.exportTags(this.#plant)
  }

  /**
   * Puts the rows of a CSV into the plant folder: tags that exist are changed where they are written, new ones go to
   * tags/`file`. Nothing is written when the folder would be faulty after it; then the faults come back and `tagCount` is 0.
   */
  async importTags(file: string, csv: string): Promise<TagImport> {
    const result = await this.#options.work.importTags({ file, csv, folder: this.#folder, plant: this.#plant })
    if (result.faults.length === 0) await this.reload()
    return result
  }

  /** Trend groups of the accepted plant. */
  trends(): readonly SavedTrendGroup[] {
    return this.#plant.trends
  }

  /**
   * Writes a trend group into the folder and takes it over. `version`: of the state it was made from, null = there must be none
   * yet, undefined = whatever is there. With faults nothing is written. Throws RuntimeError BadEntryExists when the file is of
   * another version, BadInvalidState when the folder has other faults, BadResourceUnavailable when it cannot be written.
   */
  saveTrend(group: TrendGroup, version: string | null | undefined): Promise<TrendSaved> {
    return this.#edit(async () => {
      const saved = await this.#options.work.saveTrend({ folder: this.#folder, group, version })
      if (saved.faults.length === 0) await this.reload()
      return saved
    })
  }

  /** Deletes a trend group's file. Throws RuntimeError BadNotFound; BadEntryExists when the file is of another version. */
  deleteTrend(name: string, version: string | undefined): Promise<void> {
    return this.#edit(async () => {
      await this.#options.work.deleteTrend({ folder: this.#folder, name, version })
      await this.reload()
    })
  }

  /** The master alarm database of the accepted plant. */
  alarmDatabase(): AlarmDatabase {
    const { alarmPhilosophy, alarmDatabase } = this.#plant
    return { rows: databaseRows(this.#plant), version: alarmDatabase.version, philosophy: alarmPhilosophy }
  }

  /**
   * Changes entries of the master alarm database where they are written, and takes them over; new ones go to alarms/database.yaml.
   * With faults nothing is written. Throws RuntimeError BadEntryExists when the database is of another version than the one given,
   * BadInvalidState when the folder has other faults, BadResourceUnavailable when a file cannot be written.
   */
  saveAlarmDatabase(edits: readonly AlarmDatabaseEdit[], options: AlarmEditOptions): Promise<AlarmDatabaseSaved> {
    return this.#editAlarms(options, (job) => this.#options.work.saveAlarms({ ...job, edits }))
  }

  /** The master alarm database of the accepted plant as CSV (docs/alarm-configuration.md). */
  exportAlarmDatabase(): Promise<string> {
    return this.#options.work.exportAlarms(this.#plant)
  }

  /** The same as {@link saveAlarmDatabase} with the cells of a CSV that differ from an export. */
  importAlarmDatabase(csv: string, options: AlarmEditOptions): Promise<AlarmDatabaseSaved> {
    return this.#editAlarms(options, (job) => this.#options.work.importAlarms({ ...job, csv }))
  }

  /** A display as it is in the folder now. Throws RuntimeError BadNotFound. */
  mimicSource(name: string): Promise<MimicSource> {
    return readMimicSource({ folder: this.#folder, name, languages: this.#plant.languages })
  }

  /**
   * Writes a display, and its row of navigation.yaml if given, as one step, and takes it over. With faults nothing is written. Throws
   * RuntimeError BadEntryExists when it is of another version than the one given (mimic-edit.ts).
   */
  saveMimic(name: string, svg: string, options: MimicEditOptions): Promise<MimicSaved> {
    return this.#edit(async () => {
      const { languages } = this.#plant
      const saved = await this.#options.work.saveMimic({ folder: this.#folder, name, languages, svg, ...options })
      if (!options.dryRun && saved.faults.length === 0) await this.reload()
      return saved
    })
  }

  /** Deletes a display and its row. Throws RuntimeError BadNotFound, BadEntryExists, BadInvalidState while others lead to it. */
  deleteMimic(name: string, version: string | null | undefined): Promise<void> {
    return this.#edit(async () => {
      const { languages, startMimic } = this.#plant
      await this.#options.work.deleteMimic({ folder: this.#folder, name, languages, version, startMimic })
      await this.reload()
    })
  }

  /** Image of a label template of the accepted plant, by its file relative to labels/; null = there is none. */
  labelImage(file: string): Uint8Array | null {
    return this.#images.get(file) ?? null
  }

  /** Where each label template is written, and of which version that file is. */
  labelTemplateFiles(): ReadonlyMap<string, TemplateFile> {
    return this.#templateFiles
  }

  /**
   * Writes a label template into its file and takes it over; with faults nothing is written. Throws RuntimeError BadEntryExists when the
   * file is of another version than the one given, and as template-edit.ts says.
   */
  saveLabelTemplate({ document, file, fileVersion, dryRun = false }: LabelTemplateEdit): Promise<TemplateSaved> {
    return this.#edit(async () => {
      const saved = await this.#options.work.saveTemplate({
        folder: this.#folder,
        document,
        file,
        fileVersion,
        dryRun,
      })
      if (!dryRun && saved.faults.length === 0) await this.reload()
      return saved
    })
  }

  /** Takes a label template out of its file; with faults nothing is written. Throws RuntimeError BadNotFound, BadEntryExists. */
  deleteLabelTemplate({
    template,
    fileVersion,
  }: {
    readonly template: string
    readonly fileVersion?: string | undefined
  }): Promise<{ readonly faults: readonly PlantFault[] }> {
    return this.#edit(async () => {
      const faults = await this.#options.work.deleteTemplate({ folder: this.#folder, template, fileVersion })
      if (faults.length === 0) await this.reload()
      return { faults }
    })
  }

  /** A label template as a document says it, for previews. Throws RuntimeError BadConfigurationError with what is wrong with it. */
  readLabelTemplate(document: JsonValue): Promise<LabelTemplate> {
    return this.#options.work.readTemplate({ document, language: this.#plant.languages[0] ?? 'en' })
  }

  /** What the display check says of the folder now. Throws RuntimeError BadInvalidState when it has faults. */
  displayQuality(): Promise<PlantDisplayQuality> {
    return this.#options.work.displayQuality(this.#folder)
  }

  /** Adds instances to a file of equipment/, or changes them where they are written; with faults nothing is written (equipment-edit.ts). */
  saveEquipment(
    instances: readonly InstanceEdit[],
    options: { readonly file: string | undefined; readonly dryRun: boolean },
  ): Promise<EquipmentSaved> {
    return this.#edit(async () => {
      const saved = await this.#options.work.saveEquipment({ folder: this.#folder, instances, ...options })
      if (!options.dryRun && saved.faults.length === 0) await this.reload()
      return saved
    })
  }

  /** A document that a type or instance of the accepted plant lists. Throws RuntimeError BadNotFound and as document-file.ts says. */
  async document(file: string): Promise<PlantDocument> {
    const { equipment, equipmentTypes } = this.#plant
    const isListed = [...equipment, ...equipmentTypes].some(({ documents }) =>
      documents.some((document) => document.file === file),
    )
    if (!isListed) throw new RuntimeError('BadNotFound', `No equipment has a document "${file.slice(0, 200)}"`)
    const library = this.#libraryFolders.find(({ name }) => file.startsWith(`libraries/${name}/`))
    if (library === undefined) return readDocument(this.#folder, file)
    const inside = file.slice(`libraries/${library.name}/`.length)
    return { ...(await readDocument(library.folder, inside)), file }
  }

  /** Folders of libraries that people may change; those shipped with Lineside change with its version. */
  #watchedLibraries(): readonly string[] {
    return this.#libraryFolders.filter(({ isShipped }) => !isShipped).map(({ folder }) => folder)
  }

  #editAlarms(
    { version, dryRun }: AlarmEditOptions,
    work: (job: Omit<AlarmDatabaseSave, 'edits'>) => Promise<AlarmDatabaseSaved>,
  ): Promise<AlarmDatabaseSaved> {
    return this.#edit(async () => {
      const plant = this.#plant
      const today = dateIn(plant.timeZone, this.#options.clock.now())
      const saved = await work({ folder: this.#folder, plant, version, dryRun, today })
      if (!dryRun && saved.faults.length === 0 && saved.changes.length > 0) await this.reload()
      return saved
    })
  }

  /** One after the other: two that began with the same version must not both succeed. */
  #edit<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#editing.then(work)
    this.#editing = result.catch(() => undefined)
    return result
  }

  async close(): Promise<void> {
    await this.#watch?.close()
    await this.#editing
    await this.#reading
  }

  #drawing(file: string | null, otherwise: string): string {
    const text = file === null ? undefined : this.#drawings.get(file)
    if (text === undefined) throw new RuntimeError('BadNotFound', otherwise)
    return text
  }

  /** Reads the folder: `accepted` are its files when they are a new plant, which is then accepted, `seen` is how it looked before. */
  async #read(): Promise<{ accepted: AcceptedFiles | null; seen: string }> {
    const { seen, reading } = await this.#readWhole()
    const { plant, faults, texts, images, digest, libraryFolders } = reading
    this.#faults = faults
    this.#libraryFolders = libraryFolders
    this.#templateFiles = reading.templateFiles
    this.#watch?.setLibraries(this.#watchedLibraries())
    if (plant === null || digest === this.#digest) return { accepted: null, seen }
    this.#accept(plant, reading, digest)
    return { accepted: new Map<string, string | Uint8Array>([...texts, ...images]), seen }
  }

  /**
   * The folder as it was at one moment. Who saves a file may empty it first: a plant read in between would have lost what is in it, so
   * a folder that changed while it was read is read again; one that never stops changing counts as it was found last.
   */
  async #readWhole(): Promise<{ seen: string; reading: FolderReading }> {
    for (let attempt = 1; ; attempt++) {
      const libraries = this.#watchedLibraries()
      const seen = await appearanceOf(this.#folder, libraries)
      const reading = await this.#options.work.read(this.#folder)
      if (attempt === mostReadings || (await appearanceOf(this.#folder, libraries)) === seen) return { seen, reading }
    }
  }

  #accept(plant: Plant, { texts, images }: Pick<FolderReading, 'texts' | 'images'>, digest: string): void {
    this.#plant = keepUnchanged(this.#plant, plant)
    this.#drawings = new Map([...texts].filter(([file]) => file.endsWith('.svg')))
    this.#images = new Map([...images].map(([file, bytes]) => [file.slice('labels/'.length), bytes]))
    this.#digest = digest
    this.#revision++
  }

  /** An edit that a power cut or a kill interrupted is ended before anybody reads the folder. */
  async #finishEdits(): Promise<void> {
    try {
      await finishFileSet(this.#folder)
    } catch (error) {
      this.#options.logger.error(`An interrupted edit of the plant folder could not be ended: ${messageOf(error)}`)
    }
  }

  async #recoverCopy(): Promise<boolean> {
    try {
      return await this.#copy.recover()
    } catch (error) {
      this.#options.logger.error(`The last good plant in ${this.#copy.folder} cannot be reached: ${messageOf(error)}`)
      return false
    }
  }

  /** A station whose data folder is full still takes the new plant over; it only cannot fall back to it. */
  async #keep(files: AcceptedFiles): Promise<void> {
    try {
      await this.#copy.keep(files, this.#digest)
    } catch (error) {
      this.#options.logger.error(`The last good plant could not be kept in ${this.#copy.folder}: ${messageOf(error)}`)
    }
  }

  /** The folder is faulty at start: run on the copy. Its faults, if any, are of no use to anybody. */
  async #fallBack(): Promise<void> {
    const reading = await this.#options.work.read(this.#copy.folder, { isCopy: true })
    const { plant } = reading
    if (plant === null) return
    // The folder's own digest stays unknown, so that the same plant is accepted again once the folder is repaired.
    this.#accept({ ...plant, folder: this.#folder }, reading, '')
  }
}

/** Texts and images of a plant that was accepted. */
type AcceptedFiles = ReadonlyMap<string, string | Uint8Array>

/** Definitions that did not change stay the same objects, so that whoever compares sees at once what is new. */
function keepUnchanged(before: Plant, after: Plant): Plant {
  const known = new Map(before.tags.map((tag) => [tag.name, tag]))
  const tags = after.tags.map((tag) => {
    const same = known.get(tag.name)
    return same !== undefined && JSON.stringify(same) === JSON.stringify(tag) ? same : tag
  })
  const isSame = tags.length === before.tags.length && tags.every((tag, index) => tag === before.tags[index])
  return { ...after, tags: isSame ? before.tags : tags, alarms: keptAlarms(before.alarms, after.alarms) }
}

function keptAlarms(before: Plant['alarms'], after: Plant['alarms']): Plant['alarms'] {
  const known = new Map(before.map((alarm) => [alarm.id, alarm]))
  const alarms = after.map((alarm) => {
    const same = known.get(alarm.id)
    return same !== undefined && isSameValue(same, alarm) ? same : alarm
  })
  return alarms.length === before.length && alarms.every((alarm, index) => alarm === before[index]) ? before : alarms
}

/** Plain values with the same content. */
function isSameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => isSameValue((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  )
}

/** ISO date of a moment at a place. */
function dateIn(timeZone: string, timestamp: number): string {
  // Swedish writes dates as ISO 8601 does.
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(timestamp)
}

/** What a station without any good plant runs on: nothing, so that its screens can show the faults. */
function emptyPlant(folder: string): Plant {
  return {
    folder,
    name: 'No plant',
    line: '',
    site: '',
    description: '',
    languages: ['en', 'zh-CN'],
    timeZone: 'UTC',
    startMimic: null,
    windows: [],
    devices: [],
    tags: [],
    equipment: [],
    equipmentTypes: [],
    libraries: [],
    labels: noLabels,
    mimics: [],
    history: defaultPlantHistory,
    alarms: [],
    alarmPhilosophy: defaultAlarmPhilosophy,
    alarmDatabase: { version: '', sources: [] },
    trends: [],
    simulation: [],
    roles: {},
  }
}

function inWords({ file, line, column, message }: PlantFault): string {
  return `${file}:${line}:${column}: ${message}`
}
