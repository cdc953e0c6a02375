// Label templates saved from the editor on screen: written into their file of labels/, comments and order stay, and only when the
// plant folder is without faults after it. What another person changed meanwhile is never overwritten.
import { isMap, parseDocument } from 'yaml'
import type { JsonValue } from '../../shared/data-value.ts'
import type { LabelTemplate } from '../../shared/label.ts'
import type { PlantFault } from '../../shared/plant.ts'
import type { PlantRules } from '../../shared/plant-rules.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { checkFiles } from '../plant-check.ts'
import { FaultList, type Path } from '../source/fault-list.ts'
import { finishFileSet, writeFileSet } from '../source/file-set.ts'
import { fileVersionOf } from '../source/file-version.ts'
import { EditedFiles, FolderFiles } from '../source/folder-scan.ts'
import type { Origin } from '../source/origin.ts'
import { otherFault } from '../source/other-fault.ts'
import { checkSchema } from '../source/schema-check.ts'
import { blockText, editList, readList } from '../source/yaml-list-edit.ts'
import { templateOf } from './label-build.ts'
import { templateSchema } from './label-file.ts'
import { templateDigest } from './template-digest.ts'

export interface TemplateSave {
  /** The plant folder. */
  readonly folder: string
  /** A row of `templates:` as people write it. */
  readonly document: JsonValue
  /** File of labels/ for a template that is new; undefined = labels/templates.yaml. */
  readonly file: string | undefined
  /** Of the file the edit was made from; null = the template must not exist yet; undefined = whatever is there. */
  readonly fileVersion: string | null | undefined
  /** Only says what would be found. */
  readonly dryRun: boolean
}

export interface TemplateSaved {
  /** Of the folder as it would be; then nothing was written. */
  readonly faults: readonly PlantFault[]
  /** Of the file as it is now; '' when there is none. */
  readonly fileVersion: string
}

export interface TemplateDelete {
  readonly folder: string
  readonly template: string
  readonly fileVersion: string | undefined
}

/** What a document is to be read with. */
export interface TemplateRead {
  readonly document: JsonValue
  /** The plant's first language. */
  readonly language: string
}

const newTemplatesFile = 'labels/templates.yaml'
const fileRule = /^labels\/(?:[\p{L}\p{N}_-][\p{L}\p{N}_. -]*\/)*[\p{L}\p{N}_-][\p{L}\p{N}_. -]*\.ya?ml$/u

/**
 * Writes a template. Throws RuntimeError BadInvalidArgument (no name, a file outside of labels/), BadEntryExists (another version),
 * BadInvalidState (the folder has other faults), BadResourceUnavailable (it cannot be written).
 */
export async function saveTemplateFile(save: TemplateSave, rules: PlantRules): Promise<TemplateSaved> {
  const { folder, document, dryRun } = save
  const row = rowOf(document)
  if (!dryRun) await finishFileSet(folder)
  const files = await TemplateFiles.read(folder)
  const present = files.fileOf(row.name)
  const file = present ?? fileFor(save.file)
  const before = files.texts.get(file) ?? null
  refuseOtherVersion(row.name, present, before, save.fileVersion)
  const after = withTemplate(before ?? '', row)
  const version = before === null ? '' : fileVersionOf(before)
  const faults = await faultsAfter(files.files, file, after, rules)
  if (faults.length > 0 || dryRun) return { faults, fileVersion: version }
  await writeFileSet(folder, [{ file, before, after }])
  return { faults: [], fileVersion: fileVersionOf(after) }
}

/** Deletes a template; what names it keeps it, and is listed. Throws RuntimeError BadNotFound and as {@link saveTemplateFile}. */
export async function deleteTemplateFile(job: TemplateDelete, rules: PlantRules): Promise<readonly PlantFault[]> {
  const { folder, template, fileVersion } = job
  await finishFileSet(folder)
  const files = await TemplateFiles.read(folder)
  const file = files.fileOf(template)
  if (file === null) throw new RuntimeError('BadNotFound', `There is no label template "${template}"`)
  const before = files.texts.get(file)!
  refuseOtherVersion(template, file, before, fileVersion)
  const after = editList(before, 'templates', { key: 'name', of: template, set: null })
  const faults = await faultsAfter(files.files, file, after, rules)
  if (faults.length === 0) await writeFileSet(folder, [{ file, before, after }])
  return faults
}

/**
 * A document as a template, as far as it can be told without the rest of the plant: for previews while it is drawn. Throws RuntimeError
 * BadConfigurationError with everything that is wrong with its form.
 */
export function readTemplateDocument({ document, language }: TemplateRead, rules: PlantRules): LabelTemplate {
  const origin = new DocumentOrigin()
  const entry = checkSchema(templateSchema, document, origin)
  if (entry === null) throw new RuntimeError('BadConfigurationError', origin.sentences.slice(0, 10).join('; '))
  const bare = templateOf(entry, language, (name) => rules.labels.symbology(name)?.isTwoDimensional ?? false)
  return { ...bare, digest: templateDigest(bare, null, () => null) }
}

interface TemplateRow {
  readonly name: string
  readonly [key: string]: unknown
}

function rowOf(document: JsonValue): TemplateRow {
  const name: unknown =
    typeof document === 'object' && document !== null && !Array.isArray(document)
      ? (document as { name?: unknown }).name
      : undefined
  if (typeof name !== 'string' || name === '')
    throw new RuntimeError('BadInvalidArgument', 'A template is expected: { name: …, size: …, elements: […] }')
  return document as unknown as TemplateRow
}

function fileFor(file: string | undefined): string {
  const wanted = file === undefined ? newTemplatesFile : file.startsWith('labels/') ? file : `labels/${file}`
  if (fileRule.test(wanted) && !wanted.includes('..')) return wanted
  throw new RuntimeError(
    'BadInvalidArgument',
    `Templates are written into files of labels/, as ${newTemplatesFile}, not into "${wanted}"`,
  )
}

function refuseOtherVersion(
  name: string,
  file: string | null,
  text: string | null,
  version: string | null | undefined,
): void {
  if (version === undefined) return
  if (version === null) {
    if (file === null) return
    throw new RuntimeError('BadEntryExists', `There is a label template "${name}" already, in ${file}`)
  }
  if (file === null)
    throw new RuntimeError(
      'BadEntryExists',
      `The label template "${name}" was deleted meanwhile; save it under a new name`,
    )
  if (text === null || fileVersionOf(text) !== version)
    throw new RuntimeError('BadEntryExists', `${file} was changed meanwhile; open the template again`)
}

/** The text with the template in it; only lines of what is different change. */
function withTemplate(text: string, row: TemplateRow): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n'
  const parsed = parseDocument(text, { prettyErrors: false })
  const hasList = isMap(parsed.contents) && parsed.contents.has('templates')
  if (parsed.errors.length === 0 && !hasList && (parsed.contents === null || isMap(parsed.contents))) {
    const head = text === '' || text.endsWith('\n') ? text : text + newline
    const written = blockText(row, true).replaceAll('\n', '\n    ')
    return head + `templates:\n  - ${written}\n`.replaceAll('\n', newline)
  }
  const present = readList(text, 'templates').find(({ name }) => name === row.name) ?? {}
  const gone = Object.fromEntries(Object.keys(present).map((key) => [key, null]))
  return editList(text, 'templates', { key: 'name', of: row.name, set: { ...gone, ...row } })
}

/** What the edit would break. Throws RuntimeError BadInvalidState when the folder is faulty elsewhere already. */
async function faultsAfter(
  files: FolderFiles,
  file: string,
  text: string,
  rules: PlantRules,
): Promise<readonly PlantFault[]> {
  const { faults } = await checkFiles(new EditedFiles(files, new Map([[file, text]])), rules)
  const own = faults.filter((fault) => fault.file === file)
  if (faults.length === 0 || own.length > 0) return own
  const before = await checkFiles(files, rules)
  const [other] = before.faults
  if (other !== undefined) throw otherFault(other, 'the template can be taken over')
  return faults
}

/** The files of labels/ as they are. */
class TemplateFiles {
  readonly files: FolderFiles
  readonly texts: ReadonlyMap<string, string>

  private constructor(files: FolderFiles, texts: ReadonlyMap<string, string>) {
    this.files = files
    this.texts = texts
  }

  static async read(folder: string): Promise<TemplateFiles> {
    const files = new FolderFiles(folder)
    const faults = new FaultList()
    const texts = new Map<string, string>()
    for (const { file, kind } of await files.list(faults)) {
      if (kind !== 'label') continue
      const text = await files.read(file, faults)
      if (text === null)
        throw new RuntimeError('BadInvalidState', `${file} cannot be read: ${faults.sorted()[0]?.message ?? ''}`)
      texts.set(file, text)
    }
    return new TemplateFiles(files, texts)
  }

  /** The file that has a template; null = none. */
  fileOf(name: string): string | null {
    for (const [file, text] of this.texts) if (readList(text, 'templates').some((row) => row.name === name)) return file
    return null
  }
}

/** A document that stands in no file: sentences say which part of it is meant. */
class DocumentOrigin implements Origin {
  readonly sentences: string[] = []

  at(path: Path, message: string): void {
    this.sentences.push(path.length === 0 ? message : `${path.join('.')}: ${message}`)
  }

  atKey(path: Path, message: string): void {
    this.at(path, message)
  }

  inText(path: Path, _offset: number, message: string): void {
    this.at(path, message)
  }

  where(_path: Path): { readonly file: string; readonly line: number; readonly column: number } {
    return { file: 'document', line: 1, column: 1 }
  }

  fileOf(_path: Path): string {
    return 'document'
  }
}
