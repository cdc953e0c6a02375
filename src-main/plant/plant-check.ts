// Reads a whole plant folder and checks it as a whole: every file fits its schema, every reference resolves, every
// expression type-checks. A folder without faults becomes a Plant.
import { resolve } from 'node:path'
import type { Plant, PlantFault } from '../shared/plant.ts'
import type { PlantRules } from '../shared/plant-rules.ts'
import { messageOf } from '../shared/runtime-error.ts'
import { simulationFileSchema } from '../shared/simulation.ts'
import { checkSimulation } from '../shared/simulation-rules.ts'
import type { SavedTrendGroup } from '../shared/trend-group.ts'
import { accessFileSchema } from './access-file.ts'
import { type CheckedAlarms, checkAlarms } from './alarms/alarm-check.ts'
import { alarmFileSchema } from './alarms/alarm-file.ts'
import type { OpenAlarmFile } from './alarms/alarm-philosophy.ts'
import { DeviceList } from './device-list.ts'
import { DrawingList } from './displays/drawing-list.ts'
import { typeOf } from './equipment/equipment-build.ts'
import { EquipmentList } from './equipment/equipment-list.ts'
import { TypeTrials } from './equipment/equipment-trial.ts'
import { type LibraryFolder, LibraryList } from './equipment/library-list.ts'
import { ExpressionCheck } from './expression-check.ts'
import { LabelList, type TemplateFile } from './labels/label-list.ts'
import { type PlantFile, plantFileSchema, plantHistoryOf } from './plant-file.ts'
import { SimulationList } from './simulation-list.ts'
import { FaultList } from './source/fault-list.ts'
import { FolderFiles, kindOf, type PlantFiles } from './source/folder-scan.ts'
import { type OpenedFile, PlantSources } from './source/plant-sources.ts'
import { checkSchema } from './source/schema-check.ts'
import { LostNames, TagList } from './tags/tag-list.ts'
import { buildTrend, trendFileSchema, trendNameOf } from './trends/trend-file.ts'
import { trendVersionOf } from './trends/trend-version.ts'

/** What a check found. */
export interface PlantCheck {
  /** null when there are faults, and for the folder of a library. */
  readonly plant: Plant | null
  /** By file, line and column. */
  readonly faults: readonly PlantFault[]
  /** What is odd but stops nothing: files that nobody reads. */
  readonly hints: readonly PlantFault[]
  /** Folders outside of the plant folder that its libraries come from, or should. */
  readonly libraryFolders: readonly LibraryFolder[]
  /** Where each label template is written. */
  readonly templateFiles: ReadonlyMap<string, TemplateFile>
}

/** How a folder is checked. */
export interface CheckOptions {
  /** It is the last good copy: it holds its libraries itself, and not its documents. */
  readonly isCopy: boolean
}

/** Reads and checks a plant folder, or the folder of a type library. Never throws: what cannot be read is a fault. */
export async function checkPlant(folder: string, rules: PlantRules): Promise<PlantCheck> {
  return checkFiles(new FolderFiles(resolve(folder)), rules)
}

/** The same for files from anywhere. */
export async function checkFiles(
  files: PlantFiles,
  rules: PlantRules,
  { isCopy }: CheckOptions = { isCopy: false },
): Promise<PlantCheck> {
  const faults = new FaultList()
  try {
    const sources = new PlantSources(files, faults)
    await sources.list()
    const check = new FolderCheck(sources, rules, isCopy)
    const plant = isLibrary(sources) ? await check.runLibrary() : await check.run()
    return {
      plant: faults.count === 0 ? plant : null,
      faults: faults.sorted(),
      hints: sources.hints,
      libraryFolders: check.libraryFolders,
      templateFiles: check.templateFiles,
    }
  } catch (error) {
    faults.add('plant.yaml', { line: 1, column: 1 }, `the plant folder cannot be checked: ${messageOf(error)}`)
    return { plant: null, faults: faults.sorted(), hints: [], libraryFolders: [], templateFiles: new Map() }
  }
}

/** A folder with library.yaml and without plant.yaml. */
function isLibrary(sources: PlantSources): boolean {
  return sources.of('plant').length === 0 && (sources.hasFile('library.yaml') || sources.hasFile('library.yml'))
}

class FolderCheck {
  libraryFolders: readonly LibraryFolder[] = []
  templateFiles: ReadonlyMap<string, TemplateFile> = new Map()
  readonly #sources: PlantSources
  readonly #faults: FaultList
  readonly #rules: PlantRules
  readonly #isCopy: boolean
  readonly #simulation = new SimulationList()
  readonly #lost = new LostNames()

  constructor(sources: PlantSources, rules: PlantRules, isCopy: boolean) {
    this.#sources = sources
    this.#faults = sources.faults
    this.#rules = rules
    this.#isCopy = isCopy
  }

  async run(): Promise<Plant | null> {
    const sources = this.#sources
    const plantFile = await this.#readPlantFile()
    const languages = plantFile?.value.languages ?? ['en']
    const parts = this.#partsFor(plantFile?.value.languages ?? null)
    const { devices, tags, equipment, libraries } = parts
    await devices.read()
    await tags.read()
    const labels = new LabelList(sources)
    await labels.read()
    this.templateFiles = labels.templateFiles
    for (const draft of labels.drafts(plantFile?.value.languages ?? null)) tags.add(draft)
    await equipment.readTypes()
    if (plantFile === null) equipment.types.isIncomplete = true
    else await libraries.read(plantFile.value.libraries, plantFile.origin.part(['libraries']))
    this.libraryFolders = libraries.folders
    equipment.types.resolve(({ file, origin }, message) => sources.hint(file, message, origin.where(['name'])))
    await equipment.readInstances()
    for (const { file } of sources.of('simulation')) await this.#readSimulation(file)
    const expressions = new ExpressionCheck(tags.drafts, this.#faults, (name) => this.#lost.hasTag(name))
    expressions.run()
    this.#simulation.check(
      (name) => tags.drafts.has(name),
      (name) => this.#lost.hasTag(name),
      () => tags.namesForHint(),
    )
    const drawings = this.#checkEquipment(parts, expressions)
    const alarms = await this.#checkAlarms(parts, expressions, plantFile?.value.languages ?? null)
    await drawings.read()
    const mimics = await drawings.list(languages)
    const roles = await this.#readAccess()
    const trends: SavedTrendGroup[] = []
    for (const { file } of sources.of('trend')) trends.push(...(await this.#readTrend(file, plantFile, parts)))
    this.#checkLabels(labels, parts, expressions, alarms, plantFile?.value ?? null)
    sources.hintAtUnknownFiles()
    if (plantFile === null) return null
    drawings.checkNamed(plantFile.value, plantFile.origin)
    const { value: file } = plantFile
    return this.#simulated({
      folder: sources.files.folder,
      name: file.name,
      line: file.line,
      site: file.site,
      description: file.description,
      languages: file.languages,
      timeZone: file.timeZone,
      startMimic: file.startMimic ?? mimics[0]?.name ?? null,
      windows: file.windows.map(({ mimic = null, monitor = null }) => ({ mimic, monitor })),
      devices: devices.definitions(),
      tags: tags.definitions(),
      equipment: [...equipment.all().values()],
      equipmentTypes: equipment.types.all().map((type) => typeOf(type, languages[0]!)),
      libraries: libraries.list(),
      mimics,
      history: plantHistoryOf(file),
      ...alarms,
      labels: labels.build(languages[0]!, file.labels?.requireApproval ?? false, this.#rules.labels),
      trends,
      simulation: this.#simulation.entries(),
      roles,
    })
  }

  /** A library's folder by itself: its types, their symbols, and what instances of them would be. */
  async runLibrary(): Promise<null> {
    const sources = this.#sources
    sources.asLibrary((file) => kindOf(`libraries/alone/${file}`))
    const parts = this.#partsFor(null)
    await parts.libraries.readAlone()
    parts.equipment.types.resolve(() => undefined)
    const expressions = new ExpressionCheck(parts.tags.drafts, this.#faults, () => false)
    const drawings = this.#checkEquipment(parts, expressions)
    await drawings.readSymbols()
    return null
  }

  /** `languages` null = not known: plant.yaml is faulty, or it is a library by itself. */
  #partsFor(languages: readonly string[] | null): PlantParts {
    const language = languages?.[0] ?? 'en'
    const sources = this.#sources
    const devices = new DeviceList(sources, this.#rules.protocols, language)
    const tags = new TagList(sources, devices, this.#lost)
    const equipment = new EquipmentList({
      sources,
      devices,
      tags,
      simulation: this.#simulation,
      lost: this.#lost,
      spellingOf: (identifier) => this.#rules.labels.spellingOf(identifier),
    })
    const libraries = new LibraryList({ sources, types: equipment.types, languages, isCopy: this.#isCopy })
    return { devices, tags, equipment, libraries }
  }

  /** Rows of instances; then types that have none, by trial instances. */
  #checkEquipment({ devices, tags, equipment }: PlantParts, expressions: ExpressionCheck): DrawingList {
    const scope = {
      drafts: tags.drafts,
      isLost: (name: string) => this.#lost.hasTag(name),
      mayHint: () => this.#faults.mayHint(),
      language: devices.language,
      hasFile: (file: string) => this.#sources.hasFile(file) || this.#isCopy,
    }
    equipment.buildRows({ ...scope, expressions })
    const { types } = equipment
    const { scope: plantTags } = expressions
    const trials = new TypeTrials({
      ...scope,
      types,
      devices,
      protocols: this.#rules.protocols,
      faults: this.#faults,
      scope: plantTags,
    })
    trials.run(equipment.usedTypes())
    return new DrawingList({
      sources: this.#sources,
      types,
      equipment: equipment.all(),
      trials: trials.equipment,
      expressions,
      trialExpressions: trials.expressions,
      isWritable: (tag) => trials.isWritable(tag),
      lost: this.#lost,
    })
  }

  async #readPlantFile(): Promise<OpenedFile<PlantFile> | null> {
    const [entry, second] = this.#sources.of('plant')
    if (entry === undefined) {
      if (this.#faults.count === 0)
        this.#faults.add(
          'plant.yaml',
          { line: 1, column: 1 },
          'there is no plant.yaml; the least is { name: …, line: …, site: … }',
        )
      return null
    }
    if (second !== undefined) this.#faults.add(second.file, { line: 1, column: 1 }, `there is ${entry.file} already`)
    const opened = await this.#sources.open(entry.file, 'the file is empty; the least is { name: …, line: …, site: … }')
    if (opened === null) return null
    const value = checkSchema(plantFileSchema, opened.value, opened.origin)
    return value === null ? null : { value, origin: opened.origin }
  }

  async #readSimulation(file: string): Promise<void> {
    const opened = await this.#sources.openAs(file, simulationFileSchema)
    if (opened === null) return
    for (const [name, rule] of Object.entries(opened.value.hidden))
      this.#simulation.add(name, true, rule, null, opened.origin.part(['hidden', name]))
    for (const [name, rule] of Object.entries(opened.value.tags))
      this.#simulation.add(name, false, rule, null, opened.origin.part(['tags', name]))
  }

  /** The rules' expressions are judged only when all else is right: they are about the plant as a whole. */
  #simulated(plant: Plant): Plant {
    if (this.#faults.count === 0 && plant.simulation.length > 0) this.#simulation.tell(checkSimulation(plant))
    return plant
  }

  async #readTrend(
    file: string,
    plantFile: OpenedFile<PlantFile> | null,
    { tags, devices }: PlantParts,
  ): Promise<readonly SavedTrendGroup[]> {
    const name = trendNameOf(file)
    if (name === null) {
      const rule = 'the name of a trend file is the name of its group: letters A to Z, digits, _ and -, at most 64'
      this.#faults.add(file, { line: 1, column: 1 }, rule)
      return []
    }
    const twin = this.#sources.of('trend').find((other) => other.file < file && trendNameOf(other.file) === name)
    if (twin !== undefined) this.#faults.add(file, { line: 1, column: 1 }, `there is ${twin.file} already`)
    const text = await this.#sources.read(file)
    const opened =
      text === null ? null : this.#sources.parse(file, text, 'the file is empty; the least is { title: …, pens: [] }')
    const entry = opened === null ? null : checkSchema(trendFileSchema, opened.value, opened.origin)
    if (text === null || opened === null || entry === null) return []
    return [
      buildTrend(name, trendVersionOf(text), entry, opened.origin, {
        languages: plantFile?.value.languages ?? Object.keys(entry.title),
        hasTag: (tag) => tags.has(tag),
        tagNames: () => tags.namesForHint(),
        hasDevice: (device) => devices.isIncomplete() || devices.get(device) !== undefined,
        deviceNames: () => devices.names(),
      }),
    ]
  }

  /** `languages` null = plant.yaml is faulty: then every language is right. */
  async #checkAlarms(
    { devices, tags, equipment }: PlantParts,
    expressions: ExpressionCheck,
    languages: readonly string[] | null,
  ): Promise<CheckedAlarms> {
    const files: OpenAlarmFile[] = []
    const texts = new Map<string, string>()
    const faultsBefore = this.#faults.count
    for (const { file } of this.#sources.of('alarm')) {
      const text = await this.#sources.read(file)
      if (text === null) continue
      texts.set(file, text)
      const opened = this.#sources.parse(file, text, null)
      const value = opened === null ? null : checkSchema(alarmFileSchema, opened.value, opened.origin)
      if (opened !== null && value !== null) files.push({ value, origin: opened.origin })
    }
    return checkAlarms({
      languages,
      tags: [...tags.drafts.values()],
      devices: devices.alarmed(),
      equipment: equipment.all(),
      membersOf: (type) => equipment.types.find(type)?.members.keys() ?? null,
      typeNames: () => equipment.types.names(),
      expressions,
      files,
      texts,
      hasLostFiles: this.#faults.count > faultsBefore,
      isLost: (name) => this.#lost.hasTag(name) || this.#lost.equipment.has(name),
      hasLostTypes: equipment.types.isIncomplete,
      hasLostDevices: devices.isIncomplete(),
      mayHint: () => this.#faults.mayHint(),
      hint: (hint) => this.#sources.hints.push(hint),
    })
  }

  #checkLabels(
    labels: LabelList,
    { tags, equipment }: PlantParts,
    expressions: ExpressionCheck,
    { alarms }: CheckedAlarms,
    plantFile: PlantFile | null,
  ): void {
    const instances = equipment.all()
    labels.check({
      rules: this.#rules.labels,
      languages: plantFile?.languages ?? null,
      requireApproval: plantFile?.labels?.requireApproval ?? false,
      tags: expressions.scope,
      check: (text, origin, path, types, scope) => expressions.check(text, origin, path, types, scope),
      tag: (name) => {
        const definition = tags.drafts.get(name)?.definition
        if (definition === undefined) return this.#lost.hasTag(name) ? 'lost' : null
        const { dataType, arrayLength, writable } = definition
        return { dataType, isArray: arrayLength !== null, writable }
      },
      tagNames: () => tags.namesForHint(),
      equipment: (name) => instances.get(name) ?? (this.#lost.hasEquipment(name) ? 'lost' : null),
      equipmentNames: () => (this.#faults.mayHint() ? instances.keys() : []),
      hasAlarm: (id) =>
        alarms.some((alarm) => alarm.id === id) || this.#lost.hasTag(id.slice(0, Math.max(0, id.lastIndexOf('/')))),
      alarmIds: () => (this.#faults.mayHint() ? alarms.map(({ id }) => id) : []),
      hint: (origin, path, message) => {
        const { file, ...position } = origin.where(path)
        this.#sources.hint(file, message, position)
      },
    })
  }

  async #readAccess(): Promise<Plant['roles']> {
    const [entry] = this.#sources.of('access')
    const opened = entry === undefined ? null : await this.#sources.openAs(entry.file, accessFileSchema)
    return Object.fromEntries(
      Object.entries(opened?.value.roles ?? {}).filter(
        (role): role is [string, NonNullable<(typeof role)[1]>] => role[1] !== undefined,
      ),
    )
  }
}

/** The lists a check is made of. */
interface PlantParts {
  readonly devices: DeviceList
  readonly tags: TagList
  readonly equipment: EquipmentList
  readonly libraries: LibraryList
}
