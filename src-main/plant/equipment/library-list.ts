// The type libraries of a plant: found, read and checked for their version. Only libraries that plant.yaml names are read.
import { isAbsolute, join, resolve } from 'node:path'
import { version as linesideVersion } from '../../base/version.ts'
import type { TypeLibrary } from '../../shared/equipment.ts'
import type { FileOrigin } from '../source/origin.ts'
import type { PlantSources } from '../source/plant-sources.ts'
import { plantText } from '../source/plant-text.ts'
import { type EquipmentTypeEntry, emptyTypeFile, equipmentTypeSchema } from './equipment-file.ts'
import { isGroup } from './equipment-type-merge.ts'
import type { TypeList } from './equipment-types.ts'
import { isAtLeast, isCompatible, type LibraryFile, type LibraryUse, libraryFileSchema } from './library-file.ts'
import { shippedLibraries } from './library-search.ts'

/** Where a library is read from. */
export interface LibraryFolder {
  readonly name: string
  /** Absolute path. */
  readonly folder: string
  /** It came with Lineside: it changes with a new version only. */
  readonly isShipped: boolean
}

/** A library with what only the check needs to know. */
interface ReadLibrary {
  readonly library: Omit<TypeLibrary, 'types'>
  /** Names as their files say them. */
  readonly types: string[]
}

export interface LibraryOptions {
  readonly sources: PlantSources
  readonly types: TypeList
  /** Of the plant; null = not known, as for a library by itself. */
  readonly languages: readonly string[] | null
  /** True for the last good copy: it holds its libraries itself, whatever folders plant.yaml names. */
  readonly isCopy: boolean
}

export class LibraryList {
  readonly #options: LibraryOptions
  readonly #libraries: ReadLibrary[] = []
  /** Folders outside of the plant folder that its libraries come from, or should: they are watched. */
  readonly folders: LibraryFolder[] = []

  constructor(options: LibraryOptions) {
    this.#options = options
  }

  /** Reads the libraries that plant.yaml names; `origin`: its list. */
  async read(uses: readonly LibraryUse[], origin: FileOrigin): Promise<void> {
    const { sources } = this.#options
    for (const [index, use] of uses.entries()) {
      const place = origin.part([index])
      if (uses.findIndex(({ name }) => name === use.name) < index)
        place.at([], `the library ${use.name} is listed twice`)
      else if (!(await this.#readLibrary(use, place))) this.#options.types.isIncomplete = true
    }
    const used = new Set(uses.map(({ name }) => name))
    for (const { file } of sources.of('library')) {
      const name = file.split('/')[1]!
      if (!used.has(name))
        sources.hint(file, `plant.yaml does not use this library; it is used with libraries: [${name}]`)
    }
  }

  /** A library's folder by itself: its files stand directly in it. */
  async readAlone(): Promise<void> {
    await this.#readFiles('', 'plant', null, null)
  }

  /** In the order of plant.yaml, with the names of their types as instances write them. */
  list(): readonly TypeLibrary[] {
    return this.#libraries.map(({ library, types }) => ({
      ...library,
      types: types.flatMap((type) => this.#options.types.find(`${library.name}/${type}`)?.name ?? []),
    }))
  }

  /** false after a fault. */
  async #readLibrary(use: LibraryUse, place: FileOrigin): Promise<boolean> {
    const found = await this.#find(use, place)
    return found !== null && this.#readFiles(`libraries/${use.name}/`, found, use, place)
  }

  /** Finds the library's files; where it was found, null after a fault. */
  async #find(use: LibraryUse, place: FileOrigin): Promise<TypeLibrary['origin'] | null> {
    const { sources, isCopy } = this.#options
    const { name } = use
    const isInPlant = () => sources.of('library', `libraries/${name}/`).length > 0
    if (use.folder !== undefined && !isCopy) {
      const folder = isAbsolute(use.folder) ? use.folder : resolve(sources.files.folder, use.folder)
      if (await this.#mount(name, folder, false)) return 'folder'
      place.at(['folder'], `there is no folder ${use.folder} with a library.yaml, seen from the plant folder`)
      return null
    }
    if (isInPlant()) return 'plant'
    const shipped = isCopy ? null : shippedLibraries()
    if (shipped !== null && (await this.#mount(name, join(shipped, name), true))) return 'shipped'
    place.at(
      [],
      `there is no library "${name}": neither libraries/${name}/library.yaml in the plant folder nor one shipped with Lineside; folder: says where another one is`,
    )
    return null
  }

  /** Takes a library's folder in, when there is one. */
  async #mount(name: string, folder: string, isShipped: boolean): Promise<boolean> {
    const { sources } = this.#options
    this.folders.push({ name, folder, isShipped })
    const entries = await sources.files.mountLibrary(name, folder, sources.faults)
    if (entries === null || !entries.some(({ kind }) => kind === 'library')) return false
    sources.addEntries(entries)
    return true
  }

  async #readFiles(
    folder: string,
    origin: TypeLibrary['origin'],
    use: LibraryUse | null,
    place: FileOrigin | null,
  ): Promise<boolean> {
    const { sources, types, languages } = this.#options
    const [entry] = sources.of('library', folder)
    const opened = entry === undefined ? null : await sources.openAs(entry.file, libraryFileSchema)
    if (opened === null) {
      if (entry !== undefined && sources.faults.count === 0)
        sources.faults.add(
          entry.file,
          { line: 1, column: 1 },
          'the file is empty; the least is { name: …, version: "1.0.0" }',
        )
      return false
    }
    const library = opened.value
    if (use !== null && !checkUse(use, library, place!)) return false
    if (library.requires !== undefined && !isAtLeast(linesideVersion, library.requires))
      opened.origin.at(['requires'], `the library needs Lineside ${library.requires}; this is ${linesideVersion}`)
    const names: string[] = []
    for (const { file } of sources.of('libraryType', folder)) {
      const type = await sources.openAs(file, equipmentTypeSchema, emptyTypeFile)
      if (type === null) {
        types.isIncomplete = true
        continue
      }
      const symbol = `${file.slice(0, file.lastIndexOf('/') + 1)}${type.value.name}.svg`
      types.add({
        entry: languages === null ? type.value : inLanguagesOf(type.value, languages),
        origin: type.origin,
        library: library.name,
        libraryVersion: library.version,
        file,
        symbolFile: sources.of('librarySymbol', folder).some((each) => each.file === symbol) ? symbol : null,
      })
      names.push(type.value.name)
    }
    this.#libraries.push({
      library: {
        name: library.name,
        version: library.version,
        title: plantText(library.title ?? library.name, languages?.[0] ?? 'en'),
        origin,
      },
      types: names,
    })
    return true
  }
}

/** The library found is the one meant. */
function checkUse(use: LibraryUse, library: LibraryFile, place: FileOrigin): boolean {
  if (library.name !== use.name) {
    place.at([], `the library there calls itself ${library.name}, not ${use.name}`)
    return false
  }
  if (use.version === undefined || isCompatible(library.version, use.version)) return true
  place.at(
    ['version'],
    `the library ${use.name} has version ${library.version}; ${use.version} or a later one with the same first number is expected`,
  )
  return false
}

/**
 * A type without the languages that the plant does not speak where they would be a fault: in the messages of alarms. What has none of
 * the plant's languages is said in English, or as the library says it.
 */
function inLanguagesOf(type: EquipmentTypeEntry, languages: readonly string[]): EquipmentTypeEntry {
  return { ...type, members: type.members.map((member) => withMessagesIn(member, languages)) }
}

function withMessagesIn(member: unknown, languages: readonly string[]): unknown {
  if (!isGroup(member) || !Array.isArray(member.alarms)) return member
  const alarms = member.alarms.map((alarm: unknown) => {
    if (!isGroup(alarm) || !isGroup(alarm.message)) return alarm
    const spoken = Object.entries(alarm.message).filter(([language]) => languages.includes(language))
    const message =
      spoken.length > 0 ? Object.fromEntries(spoken) : (alarm.message.en ?? Object.values(alarm.message)[0])
    return { ...alarm, message }
  })
  return { ...member, alarms }
}
