// A display saved from the editor: mimics/<name>.svg exactly as given and its row of navigation.yaml, both or none, and only when
// the plant folder is without faults after it. What another person changed meanwhile is never overwritten.
import type { DisplayQuality } from '../../shared/display-quality.ts'
import type { PlantFault } from '../../shared/plant.ts'
import type { PlantRules } from '../../shared/plant-rules.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { checkFiles } from '../plant-check.ts'
import { FaultList } from '../source/fault-list.ts'
import { finishFileSet, pathInside, writeFileSet } from '../source/file-set.ts'
import { fileVersionOf } from '../source/file-version.ts'
import { EditedFiles, FolderFiles } from '../source/folder-scan.ts'
import { otherFault } from '../source/other-fault.ts'
import { qualityOfDisplay } from './display-check.ts'
import {
  childrenOf,
  type NavigationRow,
  navigationRow,
  newNavigationFile,
  withNavigationRow,
  withoutNavigationRow,
} from './navigation-edit.ts'
import { drawingLinks } from './svg-links.ts'

/** Which display of which folder. */
export interface MimicPlace {
  /** The plant folder. */
  readonly folder: string
  /** File name without `.svg`. */
  readonly name: string
  /** Of the accepted plant: a title without language is in the first one. */
  readonly languages: readonly string[]
}

/** A display as it is in the folder now. */
export interface MimicSource {
  readonly name: string
  /** Relative to the plant folder. */
  readonly file: string
  readonly svg: string
  readonly version: string
  /** Row of navigation.yaml; null = none. */
  readonly entry: NavigationRow | null
}

export interface MimicSave extends MimicPlace {
  readonly svg: string
  /** Of the state the edit was made from; null = it must not exist yet; undefined = whatever is there. */
  readonly version: string | null | undefined
  /** undefined = navigation.yaml stays as it is. */
  readonly entry: NavigationRow | undefined
  /** Only says what would be found. */
  readonly dryRun: boolean
}

export interface MimicSaved {
  /** Of the display as it is now; '' with faults and after a dry run of a display that is not there yet. */
  readonly version: string
  /** Of the display; then nothing was written. */
  readonly faults: readonly PlantFault[]
  /** null with faults. */
  readonly quality: DisplayQuality | null
}

export interface MimicDelete extends MimicPlace {
  readonly version: string | null | undefined
  /** `startMimic` of the accepted plant. */
  readonly startMimic: string | null
}

/** Names that Windows keeps for devices. */
const deviceName = /^(con|prn|aux|nul|com\d|lpt\d)$/i
const nameRule = /^[\p{L}\p{N}_-]{1,64}$/u

/** Throws RuntimeError BadNotFound, BadInvalidArgument (the name), BadInvalidState (the file is no text). */
export async function readMimicSource({ folder, name, languages }: MimicPlace): Promise<MimicSource> {
  const state = await MimicState.read(folder, name, languages)
  if (state.svg === null) throw new RuntimeError('BadNotFound', `There is no display "${name}"`)
  return { name, file: state.file, svg: state.svg, version: state.version, entry: state.row }
}

/**
 * Writes a display and its row. Throws RuntimeError BadEntryExists (another version), BadInvalidArgument (the name), BadInvalidState
 * (the folder has other faults), BadResourceUnavailable (it cannot be written).
 */
export async function saveMimicFile(save: MimicSave, rules: PlantRules): Promise<MimicSaved> {
  const { folder, name, languages, svg, version, entry, dryRun } = save
  if (!dryRun) await finishFileSet(folder)
  const state = await MimicState.read(folder, name, languages)
  state.refuseOtherVersion(version)
  await state.refuseTwin()
  const wrong = placeOfLoneSurrogate(svg)
  if (wrong !== null)
    return { version: '', faults: [{ file: state.file, ...wrong, message: loneSurrogate }], quality: null }
  const navigation =
    entry === undefined ? state.navigation : withNavigationRow(state.navigation, name, entry, languages)
  const edits = new Map([[state.file, svg]])
  if (navigation !== null && navigation !== state.navigation) edits.set(state.navigationFile, navigation)
  const edited = new EditedFiles(state.files, edits)
  const check = await checkFiles(edited, rules)
  const own = check.faults.filter((fault) => edits.has(fault.file))
  if (own.length > 0) return { version: '', faults: own, quality: null }
  const [other] = check.faults
  if (check.plant === null || other !== undefined) throw otherFault(other, 'the display can be saved')
  const quality = await qualityOfDisplay(name, check.plant, edited)
  if (dryRun) return { version: state.svg === null ? '' : state.version, faults: [], quality }
  // The drawing first: a row without its drawing would be a fault to whoever reads in between.
  await writeFileSet(folder, [
    { file: state.file, before: state.svg, after: svg },
    { file: state.navigationFile, before: state.navigation, after: navigation },
  ])
  return { version: versionOf(svg, navigationRow(navigation, name, languages)), faults: [], quality }
}

/**
 * Deletes a display and its row. Throws RuntimeError BadNotFound, BadEntryExists (another version), BadInvalidState while others lead
 * to it, BadResourceUnavailable (it cannot be deleted).
 */
export async function deleteMimicFile({ folder, name, languages, version, startMimic }: MimicDelete): Promise<void> {
  await finishFileSet(folder)
  const state = await MimicState.read(folder, name, languages)
  if (state.svg === null) throw new RuntimeError('BadNotFound', `There is no display "${name}"`)
  state.refuseOtherVersion(version)
  const leads = await state.whatLeadsHere(startMimic)
  if (leads.length > 0)
    throw new RuntimeError(
      'BadInvalidState',
      `The display "${name}" cannot be deleted: ${leads.slice(0, 5).join('; ')}${leads.length > 5 ? `; and ${leads.length - 5} more` : ''}`,
    )
  const navigation = state.navigation === null ? null : withoutNavigationRow(state.navigation, name)
  // The row first: a row without its drawing would be a fault to whoever reads in between.
  await writeFileSet(folder, [
    { file: state.navigationFile, before: state.navigation, after: navigation },
    { file: state.file, before: state.svg, after: null },
  ])
}

function versionOf(svg: string, row: NavigationRow | null): string {
  return fileVersionOf(svg, row === null ? null : JSON.stringify(row))
}

/** What the folder says of one display. */
class MimicState {
  readonly files: FolderFiles
  readonly file: string
  readonly navigationFile: string
  /** null = there is none. */
  readonly svg: string | null
  readonly navigation: string | null
  readonly row: NavigationRow | null
  readonly version: string
  readonly #name: string
  readonly #others: readonly string[]
  readonly #symbols: readonly string[]

  private constructor(
    files: FolderFiles,
    name: string,
    languages: readonly string[],
    found: {
      readonly svg: string | null
      readonly navigation: { readonly file: string; readonly text: string | null }
      readonly others: readonly string[]
      readonly symbols: readonly string[]
    },
  ) {
    this.files = files
    this.#name = name
    this.file = `mimics/${name}.svg`
    this.svg = found.svg
    this.navigationFile = found.navigation.file
    this.navigation = found.navigation.text
    this.row = navigationRow(this.navigation, name, languages)
    this.version = this.svg === null ? '' : versionOf(this.svg, this.row)
    this.#others = found.others
    this.#symbols = found.symbols
  }

  static async read(folder: string, name: string, languages: readonly string[]): Promise<MimicState> {
    if (!nameRule.test(name))
      throw new RuntimeError(
        'BadInvalidArgument',
        `"${name.slice(0, 80)}" is no name of a display: letters, digits, _ and -, at most 64`,
      )
    const files = new FolderFiles(folder)
    const listed = await files.list(new FaultList())
    const file = `mimics/${name}.svg`
    const mimics = listed.filter(({ kind }) => kind === 'mimic').map((entry) => entry.file)
    const navigationFile = listed.find(({ kind }) => kind === 'navigation')?.file
    // A link that leads out is not listed; it is not to be taken for a free name either.
    await pathInside(folder, file)
    await pathInside(folder, navigationFile ?? newNavigationFile)
    return new MimicState(files, name, languages, {
      svg: mimics.includes(file) ? await textOf(files, file) : null,
      navigation: {
        file: navigationFile ?? newNavigationFile,
        text: navigationFile === undefined ? null : await textOf(files, navigationFile),
      },
      others: mimics.filter((other) => other !== file),
      symbols: listed.filter(({ kind }) => kind === 'symbol').map((entry) => entry.file),
    })
  }

  refuseOtherVersion(wanted: string | null | undefined): void {
    if (wanted === undefined) return
    const refuse = (message: string) => new RuntimeError('BadEntryExists', message)
    if (wanted === null && this.svg !== null) throw refuse(`There is a display "${this.#name}" already`)
    if (wanted !== null && this.svg === null)
      throw refuse(`The display "${this.#name}" was deleted meanwhile; save it under a new name`)
    if (wanted !== null && wanted !== this.version)
      throw refuse(`The display "${this.#name}" was changed meanwhile; open it again or save under a new name`)
  }

  /** `Filler` and `filler` are one file on Windows and macOS. */
  async refuseTwin(): Promise<void> {
    if (this.svg !== null) return
    if (deviceName.test(this.#name))
      throw new RuntimeError(
        'BadInvalidArgument',
        `"${this.#name}" cannot be the name of a file on Windows; take another`,
      )
    const twin = this.#others.find((other) => other.toLowerCase() === this.file.toLowerCase())
    if (twin !== undefined)
      throw new RuntimeError(
        'BadInvalidArgument',
        `There is ${twin}; a name that differs only in capitals is the same file on Windows`,
      )
  }

  /** A sentence for each thing that leads to the display. */
  async whatLeadsHere(startMimic: string | null): Promise<readonly string[]> {
    const leads = childrenOf(this.navigation, this.#name).map(
      (child) => `it is the parent of ${child} in navigation.yaml`,
    )
    if (startMimic === this.#name) leads.push('plant.yaml names it as startMimic')
    for (const file of [...this.#others, ...this.#symbols])
      for (const link of drawingLinks(await textOf(this.files, file)))
        if (link.mimic === this.#name) leads.push(`${file}:${link.line} opens it`)
    return leads
  }
}

/** Throws RuntimeError BadInvalidState for a file that is no text. */
async function textOf(files: FolderFiles, file: string): Promise<string> {
  const faults = new FaultList()
  const text = await files.read(file, faults)
  if (text === null)
    throw new RuntimeError('BadInvalidState', `${file} cannot be read: ${faults.sorted()[0]?.message ?? ''}`)
  return text
}

const loneSurrogate = 'half of a character stands here (a lone UTF-16 surrogate); it cannot be written as UTF-8'

function placeOfLoneSurrogate(text: string): { readonly line: number; readonly column: number } | null {
  if (text.isWellFormed()) return null
  const at = text.search(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/)
  const before = text.slice(0, at).split('\n')
  return { line: before.length, column: before.at(-1)!.length + 1 }
}
