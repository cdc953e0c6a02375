// Reads a whole plant folder and checks it as a whole: every file fits its schema, every reference resolves, every
// expression type-checks. A folder without faults becomes a Plant.
import { resolve } from 'node:path'
import type * as v from 'valibot'
import { didYouMean } from '../shared/closest-name.ts'
import { sharedPlace } from '../shared/display-search.ts'
import type { Equipment } from '../shared/equipment.ts'
import { isOwnSeriesName } from '../shared/own-series.ts'
import type { DeviceDefinition, Plant, PlantFault } from '../shared/plant.ts'
import type { ProtocolKeys, ProtocolTable } from '../shared/protocol.ts'
import { messageOf } from '../shared/runtime-error.ts'
import { simulationFileSchema } from '../shared/simulation.ts'
import { checkSimulation } from '../shared/simulation-rules.ts'
import type { SavedTrendGroup } from '../shared/trend-group.ts'
import { type AccessFile, accessFileSchema } from './access-file.ts'
import { type AlarmedDevice, type CheckedAlarms, checkAlarms } from './alarm-check.ts'
import { alarmFileSchema } from './alarm-file.ts'
import type { OpenAlarmFile } from './alarm-philosophy.ts'
import { type DeviceEntry, deviceEntries, deviceListSchema, deviceSchema } from './device-file.ts'
import { buildInstance, type KnownType, listMembers, typeOf } from './equipment-build.ts'
import { equipmentFileSchema, equipmentTypeSchema, type InstanceEntry } from './equipment-file.ts'
import { ExpressionCheck } from './expression-check.ts'
import { FaultList } from './fault-list.ts'
import { type FileKind, FolderFiles, type PlantFileEntry, type PlantFiles } from './folder-scan.ts'
import { checkDrawing, type MimicScope } from './mimic-check.ts'
import { type DrawingFile, listMimics } from './mimic-list.ts'
import { type NavigationFile, navigationFileSchema } from './navigation-file.ts'
import { FileOrigin, type Origin, placeInWords } from './origin.ts'
import { type PlantFile, plantFileSchema, plantHistoryOf } from './plant-file.ts'
import { checkSchema, keysAt, unknownKey } from './schema-check.ts'
import { SimulationList } from './simulation-list.ts'
import { buildTag, type KnownDevice, type TagDraft } from './tag-build.ts'
import { readTagCsv } from './tag-csv.ts'
import { tagFileSchema } from './tag-file.ts'
import { buildTrend, trendFileSchema, trendNameOf } from './trend-file.ts'
import { trendVersionOf } from './trend-version.ts'
import { YamlSource } from './yaml-source.ts'

/** What a check found. */
export interface PlantCheck {
  /** null when there are faults. */
  readonly plant: Plant | null
  /** By file, line and column. */
  readonly faults: readonly PlantFault[]
  /** What is odd but stops nothing: files that nobody reads. */
  readonly hints: readonly PlantFault[]
}

/** Reads and checks a plant folder. Never throws: what cannot be read is a fault. */
export async function checkPlant(folder: string, protocols: ProtocolTable): Promise<PlantCheck> {
  return checkFiles(new FolderFiles(resolve(folder)), protocols)
}

/** The same for files from anywhere. */
export async function checkFiles(files: PlantFiles, protocols: ProtocolTable): Promise<PlantCheck> {
  const faults = new FaultList()
  try {
    const check = new FolderCheck(files, protocols, faults)
    const plant = await check.run()
    return { plant: faults.count === 0 ? plant : null, faults: faults.sorted(), hints: check.hints }
  } catch (error) {
    faults.add('plant.yaml', { line: 1, column: 1 }, `the plant folder cannot be checked: ${messageOf(error)}`)
    return { plant: null, faults: faults.sorted(), hints: [] }
  }
}

/** A device with what its file says of its alarm. */
interface FiledDevice extends KnownDevice {
  readonly alarm: DeviceEntry['alarm']
}

class FolderCheck {
  readonly hints: PlantFault[] = []
  readonly #source: PlantFiles
  readonly #protocols: ProtocolTable
  readonly #faults: FaultList
  #files: readonly PlantFileEntry[] = []
  readonly #devices = new Map<string, FiledDevice & { readonly origin: Origin }>()
  #hasLostDevices = false
  readonly #drafts = new Map<string, TagDraft>()
  readonly #types = new Map<string, KnownType>()
  readonly #equipment = new Map<string, { readonly equipment: Equipment; readonly origin: Origin }>()
  readonly #simulation = new SimulationList()
  /** Names that would exist but for a fault already listed: what refers to them is no further fault. */
  readonly #lost = { tags: new Set<string>(), equipment: new Set<string>(), types: false, files: false }

  constructor(source: PlantFiles, protocols: ProtocolTable, faults: FaultList) {
    this.#source = source
    this.#protocols = protocols
    this.#faults = faults
  }

  async run(): Promise<Plant | null> {
    this.#files = await this.#source.list(this.#faults)
    this.#listUnknownFiles()
    const plantFile = await this.#readPlantFile()
    for (const { file } of this.#of('device')) await this.#readDevices(file)
    for (const { file } of this.#of('tag')) await this.#readTags(file)
    for (const { file } of this.#of('tagCsv')) await this.#readCsv(file)
    for (const { file } of this.#of('equipmentType')) await this.#readType(file)
    for (const { file } of this.#of('equipment')) await this.#readEquipment(file)
    for (const { file } of this.#of('simulation')) await this.#readSimulation(file)
    const expressions = new ExpressionCheck(this.#drafts, this.#faults, (name) => this.#isLost(name))
    expressions.run()
    this.#simulation.check(
      (name) => this.#drafts.has(name) || this.#isLost(name),
      () => (this.#faults.mayHint() ? this.#drafts.keys() : []),
    )
    const alarms = await this.#checkAlarms(expressions, plantFile?.file.languages ?? null)
    const drawings = await this.#checkDrawings(expressions)
    const { navigation, origin } = await this.#readNavigation()
    const mimics = listMimics(drawings, navigation, origin, plantFile?.file.languages ?? ['en'])
    const roles = await this.#readAccess()
    const trends: SavedTrendGroup[] = []
    for (const { file } of this.#of('trend')) trends.push(...(await this.#readTrend(file, plantFile)))
    if (plantFile === null) return null
    this.#checkNamedMimics(plantFile, drawings)
    return this.#simulated({
      folder: this.#source.folder,
      name: plantFile.file.name,
      line: plantFile.file.line,
      site: plantFile.file.site,
      description: plantFile.file.description,
      languages: plantFile.file.languages,
      timeZone: plantFile.file.timeZone,
      startMimic: plantFile.file.startMimic ?? mimics[0]?.name ?? null,
      windows: plantFile.file.windows.map(({ mimic = null, monitor = null }) => ({ mimic, monitor })),
      devices: [...this.#devices.values()].map((device) => device.definition),
      tags: [...this.#drafts.values()].map((draft) => draft.definition),
      equipment: [...this.#equipment.values()].map(({ equipment }) => equipment),
      equipmentTypes: [...this.#types.values()].map(typeOf),
      libraries: [],
      mimics,
      history: plantHistoryOf(plantFile.file),
      ...alarms,
      trends,
      simulation: this.#simulation.entries(),
      roles,
    })
  }

  #of(kind: FileKind): readonly PlantFileEntry[] {
    return this.#files.filter((entry) => entry.kind === kind)
  }

  #listUnknownFiles(): void {
    for (const { file, kind } of this.#files)
      if (kind === 'unknown')
        this.hints.push({ file, line: 1, column: 1, message: 'no part of Lineside reads this file' })
  }

  /** A file's content with its place, null when it is unreadable or empty (an empty file is a fault if `isNeeded`). */
  async #open(file: string, emptyFault: string | null): Promise<{ value: unknown; origin: FileOrigin } | null> {
    const text = await this.#source.read(file, this.#faults)
    return text === null ? null : this.#parse(file, text, emptyFault)
  }

  #parse(file: string, text: string, emptyFault: string | null): { value: unknown; origin: FileOrigin } | null {
    const source = YamlSource.parse(file, text, this.#faults)
    if (source === null) return null
    if (source.value === null || source.value === undefined) {
      if (emptyFault !== null) this.#faults.add(file, { line: 1, column: 1 }, emptyFault)
      return null
    }
    return { value: source.value, origin: new FileOrigin(source, [], this.#faults) }
  }

  async #readPlantFile(): Promise<{ file: PlantFile; origin: FileOrigin } | null> {
    const [entry, second] = this.#of('plant')
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
    const opened = await this.#open(entry.file, 'the file is empty; the least is { name: …, line: …, site: … }')
    if (opened === null) return null
    const file = checkSchema(plantFileSchema, opened.value, opened.origin)
    return file === null ? null : { file, origin: opened.origin }
  }

  async #readDevices(file: string): Promise<void> {
    const opened = await this.#open(file, null)
    if (opened === null) {
      this.#hasLostDevices = true
      return
    }
    const { value, origin } = opened
    if (typeof value !== 'object' || !Object.hasOwn(value as object, 'devices')) return this.#addDevice(value, origin)
    const list = checkSchema(deviceListSchema, value, origin)
    if (list === null) this.#hasLostDevices = true
    for (const [index, device] of (list?.devices ?? []).entries())
      this.#addDevice(device, origin.part(['devices', index]))
  }

  #addDevice(value: unknown, origin: FileOrigin): void {
    const device = this.#buildDevice(value, origin)
    if (device === null) {
      this.#hasLostDevices = true
      return
    }
    const { name } = device.definition
    const first = this.#devices.get(name)
    if (first !== undefined)
      return origin.at(
        ['name'],
        `there is a device named ${name} already: ${placeInWords(first.origin.where(['name']))}`,
      )
    this.#devices.set(name, { ...device, origin })
  }

  #buildDevice(value: unknown, origin: FileOrigin): FiledDevice | null {
    const entry = checkSchema(deviceSchema, value, origin)
    if (entry === null) return null
    const protocol = this.#protocols.get(entry.protocol)
    if (protocol === undefined) {
      const names = [...this.#protocols.keys()]
      origin.at(
        ['protocol'],
        `there is no protocol "${entry.protocol}"${didYouMean(entry.protocol, names) || `; there are ${names.join(', ')}`}`,
      )
      return null
    }
    const options = deviceOptions(entry, protocol, origin)
    const addressFault = protocol.checkDeviceAddress(entry.address)
    if (addressFault !== null) origin.at(['address'], addressFault)
    if (options === null) return null
    const definition: DeviceDefinition = {
      name: entry.name,
      description: entry.description,
      protocol: entry.protocol,
      address: entry.address,
      timeoutMs: entry.timeout,
      scanRates: { normal: 1000, ...entry.scanRates },
      enabled: entry.enabled,
      options,
    }
    return { definition, protocol, alarm: entry.alarm }
  }

  /** A file that lists tags or equipment; after a fault nobody knows which names it would have given. */
  async #openList<Schema extends v.GenericSchema>(
    file: string,
    schema: Schema,
  ): Promise<{ value: v.InferOutput<Schema>; origin: FileOrigin } | null> {
    const faultsBefore = this.#faults.count
    const opened = await this.#open(file, null)
    const value = opened === null ? null : checkSchema(schema, opened.value, opened.origin)
    if (this.#faults.count > faultsBefore) this.#lost.files = true
    return opened === null || value === null ? null : { value, origin: opened.origin }
  }

  async #readTags(file: string): Promise<void> {
    const list = await this.#openList(file, tagFileSchema)
    for (const [index, tag] of (list?.value.tags ?? []).entries())
      this.#buildTag(tag, list!.origin.part(['tags', index]))
  }

  async #readCsv(file: string): Promise<void> {
    const text = await this.#source.read(file, this.#faults)
    if (text === null) return
    const source = readTagCsv(file, text, this.#faults)
    for (const { value, path } of source.rows) this.#buildTag(value, new FileOrigin(source, path, this.#faults))
  }

  #buildTag(value: unknown, origin: Origin): void {
    const draft = buildTag(value, origin, this.#deviceTable, null)
    if (draft !== null) this.#addDraft(draft)
    else if (typeof value === 'object' && value !== null && 'name' in value) this.#lost.tags.add(String(value.name))
  }

  /** True when a name is missing only because of a fault already listed. */
  #isLost(name: string): boolean {
    if (this.#lost.files || this.#lost.tags.has(name)) return true
    for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1))
      if (this.#lost.equipment.has(name.slice(0, dot))) return true
    return false
  }

  readonly #deviceTable = {
    get: (name: string) => this.#devices.get(name),
    names: () => this.#devices.keys(),
    isIncomplete: () => this.#hasLostDevices,
  }

  #addDraft(draft: TagDraft): void {
    const { name } = draft.definition
    if (isOwnSeriesName(name))
      draft.origin.at(
        ['name'],
        `names that begin with "${name.slice(0, name.indexOf(':') + 1)}" are series of the runtime`,
      )
    const first = this.#drafts.get(name)
    if (first === undefined) this.#drafts.set(name, draft)
    else
      draft.origin.at(['name'], `there is a tag named ${name} already: ${placeInWords(first.origin.where(['name']))}`)
  }

  async #readType(file: string): Promise<void> {
    const opened = await this.#open(file, null)
    const entry = opened === null ? null : checkSchema(equipmentTypeSchema, opened.value, opened.origin)
    if (opened === null || entry === null) {
      this.#lost.types = true
      return
    }
    const first = this.#types.get(entry.name)
    if (first !== undefined)
      return opened.origin.at(
        ['name'],
        `there is a type named ${entry.name} already: ${placeInWords(first.origin.where(['name']))}`,
      )
    const symbolFile =
      this.#of('symbol').find((symbol) => symbol.file === `equipment/types/${entry.name}.svg`)?.file ?? null
    this.#types.set(entry.name, {
      entry,
      origin: opened.origin,
      members: listMembers(entry, opened.origin),
      symbolFile,
    })
  }

  async #readEquipment(file: string): Promise<void> {
    const list = await this.#openList(file, equipmentFileSchema)
    for (const [index, instance] of (list?.value.equipment ?? []).entries())
      this.#addInstance(instance, list!.origin.part(['equipment', index]))
  }

  #addInstance(instance: InstanceEntry, origin: FileOrigin): void {
    const first = this.#equipment.get(instance.name)
    if (first !== undefined)
      return origin.at(
        ['name'],
        `there is equipment named ${instance.name} already: ${placeInWords(first.origin.where(['name']))}`,
      )
    const type = this.#types.get(instance.type)
    const built = type === undefined ? null : buildInstance(instance, origin, type, this.#deviceTable)
    if (type === undefined && !this.#lost.types)
      origin.at(
        ['type'],
        `there is no equipment type "${instance.type}"${didYouMean(instance.type, this.#types.keys())}`,
      )
    if (type === undefined || built === null || built.hasFaults) this.#lost.equipment.add(instance.name)
    if (type === undefined || built === null) return
    this.#equipment.set(instance.name, { equipment: built.equipment, origin })
    for (const draft of built.drafts) this.#addDraft(draft)
    const places = [type.origin, origin] as const
    for (const part of ['hidden', 'members'] as const) {
      const [fromType, fromInstance] = [type.entry, instance].map((entry, index) => ({
        rules: entry.simulation?.[part] ?? {},
        origin: places[index]!.part(['simulation', part]),
      }))
      this.#simulation.addInstance(instance.name, part === 'hidden', fromType!, fromInstance!)
    }
  }

  async #readSimulation(file: string): Promise<void> {
    const opened = await this.#open(file, null)
    if (opened === null) return
    const entries = checkSchema(simulationFileSchema, opened.value, opened.origin)
    if (entries === null) return
    for (const [name, rule] of Object.entries(entries.hidden))
      this.#simulation.add(name, true, rule, null, opened.origin.part(['hidden', name]))
    for (const [name, rule] of Object.entries(entries.tags))
      this.#simulation.add(name, false, rule, null, opened.origin.part(['tags', name]))
  }

  /** The rules' expressions are judged only when all else is right: they are about the plant as a whole. */
  #simulated(plant: Plant): Plant {
    if (this.#faults.count === 0 && plant.simulation.length > 0)
      for (const fault of checkSimulation(plant)) this.#faults.add(fault.file, fault, fault.message)
    return plant
  }

  /** Equipment type → connection points of its symbol. */
  readonly #symbolPorts = new Map<string, ReadonlySet<string>>()

  async #checkDrawings(expressions: ExpressionCheck): Promise<readonly DrawingFile[]> {
    const mimics = this.#of('mimic').map(({ file }) => ({ file, name: file.slice('mimics/'.length, -'.svg'.length) }))
    const names = new Set(mimics.map(({ name }) => name))
    const scope: MimicScope = {
      tags: expressions.scope,
      isWritable: (tag) => this.#drafts.get(tag)?.definition.writable ?? this.#isLost(tag),
      hasEquipment: (name) => this.#equipment.has(name) || this.#lost.files || this.#lost.equipment.has(name),
      equipmentNames: () => this.#equipment.keys(),
      hasMimic: (name) => names.has(name),
      mimicNames: () => names,
      members: null,
      portsOf: (name) => this.#symbolPorts.get(this.#equipment.get(name)?.equipment.type ?? '') ?? null,
    }
    await this.#checkSymbols(scope)
    const drawings: DrawingFile[] = []
    for (const { file, name } of mimics) {
      const text = await this.#source.read(file, this.#faults)
      if (text === null) continue
      const checked = checkDrawing(file, text, scope, this.#faults)
      const places = checked.equipment.map((shown) => this.#equipment.get(shown)?.equipment.place ?? '')
      drawings.push({ name, file, ...checked, area: sharedPlace(places) })
    }
    return drawings
  }

  /** A symbol is checked with the members of an instance of its type; without one, members may be of any type. */
  async #checkSymbols(scope: MimicScope): Promise<void> {
    for (const { file } of this.#of('symbol')) {
      const text = await this.#source.read(file, this.#faults)
      if (text === null) continue
      const type = [...this.#types.values()].find((known) => known.symbolFile === file)
      if (type === undefined) {
        this.hints.push({
          file,
          line: 1,
          column: 1,
          message: 'no equipment type has this name: the symbol is not used',
        })
        continue
      }
      const { ports } = checkDrawing(file, text, this.#symbolScope(type, scope), this.#faults)
      this.#symbolPorts.set(type.entry.name, new Set(ports))
    }
  }

  #symbolScope(type: KnownType, scope: MimicScope): MimicScope {
    const instance = [...this.#equipment.values()].find(
      ({ equipment }) => equipment.type === type.entry.name,
    )?.equipment
    // Without a prototype: `self.constructor` is no member.
    const members: Record<string, string> = Object.create(null)
    for (const member of type.members.keys()) members[member] = instance?.members[member] ?? `?${member}`
    const anyType = { dataType: 'structure', arrayLength: null } as const
    return {
      ...scope,
      members,
      tags: {
        ...scope.tags,
        tagType: (name) =>
          name.startsWith('?') && type.members.has(name.slice(1)) ? anyType : scope.tags.tagType(name),
      },
      isWritable: (tag) => tag.startsWith('?') || scope.isWritable(tag),
    }
  }

  async #readNavigation(): Promise<{ navigation: NavigationFile | null; origin: FileOrigin | null }> {
    const [entry] = this.#of('navigation')
    const opened = entry === undefined ? null : await this.#open(entry.file, null)
    if (opened === null) return { navigation: null, origin: null }
    return { navigation: checkSchema(navigationFileSchema, opened.value, opened.origin), origin: opened.origin }
  }

  async #readTrend(file: string, plantFile: { file: PlantFile } | null): Promise<readonly SavedTrendGroup[]> {
    const name = trendNameOf(file)
    if (name === null) {
      const rule = 'the name of a trend file is the name of its group: letters A to Z, digits, _ and -, at most 64'
      this.#faults.add(file, { line: 1, column: 1 }, rule)
      return []
    }
    const twin = this.#of('trend').find((other) => other.file < file && trendNameOf(other.file) === name)
    if (twin !== undefined) this.#faults.add(file, { line: 1, column: 1 }, `there is ${twin.file} already`)
    const text = await this.#source.read(file, this.#faults)
    const opened =
      text === null ? null : this.#parse(file, text, 'the file is empty; the least is { title: …, pens: [] }')
    const entry = opened === null ? null : checkSchema(trendFileSchema, opened.value, opened.origin)
    if (text === null || opened === null || entry === null) return []
    return [
      buildTrend(name, trendVersionOf(text), entry, opened.origin, {
        languages: plantFile?.file.languages ?? Object.keys(entry.title),
        hasTag: (tag) => this.#drafts.has(tag) || this.#isLost(tag),
        tagNames: () => (this.#faults.mayHint() ? this.#drafts.keys() : []),
        hasDevice: (device) => this.#hasLostDevices || this.#devices.has(device),
        deviceNames: () => this.#devices.keys(),
      }),
    ]
  }

  /** `languages` null = plant.yaml is faulty: then every language is right. */
  async #checkAlarms(expressions: ExpressionCheck, languages: readonly string[] | null): Promise<CheckedAlarms> {
    const files: OpenAlarmFile[] = []
    const texts = new Map<string, string>()
    const faultsBefore = this.#faults.count
    for (const { file } of this.#of('alarm')) {
      const text = await this.#source.read(file, this.#faults)
      if (text === null) continue
      texts.set(file, text)
      const opened = this.#parse(file, text, null)
      const value = opened === null ? null : checkSchema(alarmFileSchema, opened.value, opened.origin)
      if (opened !== null && value !== null) files.push({ value, origin: opened.origin })
    }
    return checkAlarms({
      languages,
      tags: [...this.#drafts.values()],
      devices: this.#alarmedDevices(),
      equipment: new Map([...this.#equipment].map(([name, { equipment }]) => [name, equipment])),
      membersOf: (type) => this.#types.get(type)?.members.keys() ?? null,
      typeNames: () => this.#types.keys(),
      expressions,
      files,
      texts,
      hasLostFiles: this.#faults.count > faultsBefore,
      isLost: (name) => this.#isLost(name) || this.#lost.equipment.has(name),
      hasLostTypes: this.#lost.types,
      hasLostDevices: this.#hasLostDevices,
      mayHint: () => this.#faults.mayHint(),
      hint: (hint) => this.hints.push(hint),
    })
  }

  #alarmedDevices(): readonly AlarmedDevice[] {
    return [...this.#devices.values()]
      .filter(({ definition }) => definition.enabled)
      .map(({ definition, alarm, origin }) => ({ name: definition.name, alarm, origin }))
  }

  async #readAccess(): Promise<Plant['roles']> {
    const [entry] = this.#of('access')
    const opened = entry === undefined ? null : await this.#open(entry.file, null)
    const access: AccessFile | null =
      opened === null ? null : checkSchema(accessFileSchema, opened.value, opened.origin)
    return Object.fromEntries(
      Object.entries(access?.roles ?? {}).filter(
        (role): role is [string, NonNullable<(typeof role)[1]>] => role[1] !== undefined,
      ),
    )
  }

  #checkNamedMimics({ file, origin }: { file: PlantFile; origin: FileOrigin }, drawings: readonly DrawingFile[]): void {
    const names = drawings.map(({ name }) => name)
    const check = (mimic: string | undefined, path: readonly (string | number)[]) => {
      if (mimic !== undefined && !names.includes(mimic))
        origin.at(path, `there is no mimics/${mimic}.svg${didYouMean(mimic, names)}`)
    }
    check(file.startMimic, ['startMimic'])
    for (const [index, { mimic }] of file.windows.entries()) check(mimic, ['windows', index, 'mimic'])
  }
}

const commonDeviceKeys: readonly string[] = Object.keys(deviceEntries)

/** The protocol's own keys of a device, defaults filled in; null after faults. */
function deviceOptions(
  entry: Readonly<Record<string, unknown>>,
  protocol: ProtocolKeys,
  origin: Origin,
): Readonly<Record<string, unknown>> | null {
  const allowed = keysAt(protocol.deviceOptions, [])
  const own = Object.fromEntries(Object.entries(entry).filter(([key]) => !commonDeviceKeys.includes(key)))
  const unknown = Object.keys(own).filter((key) => !allowed.includes(key))
  for (const key of unknown)
    origin.atKey([key], `${unknownKey(key, [...commonDeviceKeys, ...allowed])} (protocol ${protocol.name})`)
  return unknown.length > 0 ? null : checkSchema(protocol.deviceOptions, own, origin)
}
