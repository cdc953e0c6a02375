// A spreadsheet's rows back into the plant folder. Tags that exist are edited where they are written, and only in the cells
// that differ from what an export says, so that comments and the order people chose stay; new tags go to the named file.

import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { type Document, isMap, isSeq, parseDocument } from 'yaml'
import { guarded } from '../../shared/csv-cell.ts'
import type { Plant, PlantFault } from '../../shared/plant.ts'
import type { PlantRules } from '../../shared/plant-rules.ts'
import type { ProtocolTable } from '../../shared/protocol.ts'
import { messageOf, RuntimeError } from '../../shared/runtime-error.ts'
import { checkFiles } from '../plant-check.ts'
import { writeFileAtomically } from '../source/atomic-file.ts'
import { FaultList } from '../source/fault-list.ts'
import { EditedFiles, FolderFiles, type PlantFileEntry } from '../source/folder-scan.ts'
import { type CsvRow, cellsOf, readTagCsv, separatorOf } from './tag-csv.ts'
import { exportContext } from './tag-export.ts'

/** What an import did. */
export interface TagImport {
  readonly faults: readonly PlantFault[]
  /** Tags that were changed or added; 0 when there are faults. */
  readonly tagCount: number
}

export interface TagImportRequest {
  /** Name of the file below tags/ for new tags, without extension. */
  readonly file: string
  readonly csv: string
  /** Absolute path of the plant folder. */
  readonly folder: string
  /** The accepted plant. */
  readonly plant: Plant
  readonly rules: PlantRules
}

/** Writes the rows, all or none. Throws RuntimeError when the files cannot be written. */
export async function importTagCsv({ file, csv, folder, plant, rules }: TagImportRequest): Promise<TagImport> {
  if (!/^[\w-]{1,64}$/.test(file))
    throw new RuntimeError(
      'BadInvalidArgument',
      `"${file}" is no name of a tag file: letters, digits, _ and - are expected`,
    )
  const faults = new FaultList()
  const files = new FolderFiles(folder)
  const target = await targetOf(file, files)
  const source = readTagCsv(target, csv.replace(/^\ufeff/, ''), faults)
  const edit = new TagEdit(files, plant, rules.protocols, faults, target)
  await edit.open()
  for (const row of source.rows) edit.put(row, (message) => faults.at(source, [...row.path, 'name'], message))
  const failed = (): TagImport => ({ faults: faults.sorted(), tagCount: 0 })
  if (faults.count > 0) return failed()
  const texts = edit.texts()
  const check = await checkFiles(new EditedFiles(files, texts), rules)
  // Faults that were there before, in files this import does not touch, are not its business.
  const own = check.faults.filter((fault) => texts.has(fault.file))
  if (own.length > 0) return { faults: own, tagCount: 0 }
  for (const [path, text] of texts) await write(join(folder, path), text)
  return { faults: [], tagCount: edit.tagCount }
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFileAtomically(path, text)
  } catch (error) {
    throw new RuntimeError('BadResourceUnavailable', `${path} cannot be written: ${messageOf(error)}`, error)
  }
}

/** An existing YAML file of that name, else a CSV file. */
async function targetOf(name: string, files: FolderFiles): Promise<string> {
  const present = await files.list(new FaultList())
  return (
    present.find(
      (entry) =>
        entry.kind === 'tag' &&
        /^tags\/[^/]+$/.test(entry.file) &&
        entry.file.replace(/\.ya?ml$/, '') === `tags/${name}`,
    )?.file ?? `tags/${name}.csv`
  )
}

/** A file that holds tags and can change them. */
interface EditableFile {
  readonly names: Iterable<string>
  change(name: string, cells: Readonly<Record<string, string>>, row: CsvRow): void
  add(row: CsvRow): void
  text(): string
}

class TagEdit {
  tagCount = 0
  readonly #files: FolderFiles
  readonly #plant: Plant
  readonly #context: ReturnType<typeof exportContext>
  readonly #faults: FaultList
  readonly #target: string
  readonly #editable = new Map<string, EditableFile>()
  readonly #fileOfTag = new Map<string, string>()
  readonly #changed = new Set<string>()
  readonly #definitions: ReadonlyMap<string, Plant['tags'][number]>
  readonly #seen = new Set<string>()

  constructor(files: FolderFiles, plant: Plant, protocols: ProtocolTable, faults: FaultList, target: string) {
    this.#files = files
    this.#plant = plant
    this.#context = exportContext(plant, protocols)
    this.#faults = faults
    this.#target = target
    this.#definitions = new Map(this.#plant.tags.map((tag) => [tag.name, tag]))
  }

  async open(): Promise<void> {
    const unread = new FaultList()
    for (const entry of await this.#files.list(unread)) await this.#open(entry, unread)
    if (!this.#editable.has(this.#target)) this.#editable.set(this.#target, new CsvFile(''))
  }

  async #open({ file, kind }: PlantFileEntry, unread: FaultList): Promise<void> {
    if (kind !== 'tag' && kind !== 'tagCsv') return
    const text = await this.#files.read(file, unread)
    if (text === null) return
    const editable = kind === 'tag' ? YamlFile.open(text) : new CsvFile(text)
    if (editable === null) {
      if (file === this.#target)
        this.#faults.add(file, { line: 1, column: 1 }, 'the file is faulty; repair it before tags are put into it')
      return
    }
    this.#editable.set(file, editable)
    for (const name of editable.names) this.#fileOfTag.set(name, file)
  }

  /** One row: changes the tag where it is written, or adds it. */
  put(row: CsvRow, refuse: (message: string) => void): void {
    const { name } = row.value
    if (typeof name !== 'string') return refuse('the row has no name')
    if (this.#seen.has(name)) return refuse(`tag ${name} stands in an earlier row already`)
    this.#seen.add(name)
    const definition = this.#definitions.get(name)
    const present = definition === undefined ? {} : cellsOf(definition, this.#context)
    const changes = Object.fromEntries(
      Object.entries(row.cells).filter(([column, cell]) => column !== 'name' && cell !== (present[column] ?? '')),
    )
    const file = this.#fileOfTag.get(name)
    if (definition !== undefined && file === undefined) {
      if (Object.keys(changes).length > 0)
        refuse(
          definition.equipment === null
            ? `tag ${name} is made by the station and cannot be changed`
            : `tag ${name} belongs to equipment ${definition.equipment}: change ${Object.keys(changes).join(', ')} in its type or its overrides`,
        )
      return
    }
    if (file !== undefined && Object.keys(changes).length === 0) return
    this.tagCount++
    this.#changed.add(file ?? this.#target)
    const editable = this.#editable.get(file ?? this.#target)!
    if (file === undefined) editable.add(row)
    else editable.change(name, changes, row)
  }

  /** The changed files as they are to be. */
  texts(): ReadonlyMap<string, string> {
    return new Map([...this.#changed].map((file) => [file, this.#editable.get(file)!.text()]))
  }
}

/** Columns of one group share a key of the YAML file: `limits.low` is in `limits`. */
function keyOf(column: string): string {
  return /^(scaling|limits|history)\./.exec(column)?.[1] ?? column
}

class YamlFile implements EditableFile {
  readonly #document: Document
  readonly #indexes = new Map<string, number>()

  private constructor(document: Document) {
    this.#document = document
    const tags = document.get('tags')
    if (!isSeq(tags)) return
    for (const [index, tag] of tags.items.entries()) {
      const name = isMap(tag) ? tag.get('name') : undefined
      if (typeof name === 'string') this.#indexes.set(name, index)
    }
  }

  static open(text: string): YamlFile | null {
    const document = parseDocument(text, { prettyErrors: false })
    return document.errors.length > 0 || (document.contents !== null && !isMap(document.contents))
      ? null
      : new YamlFile(document)
  }

  get names(): Iterable<string> {
    return this.#indexes.keys()
  }

  change(name: string, cells: Readonly<Record<string, string>>, row: CsvRow): void {
    const path = ['tags', this.#indexes.get(name)!]
    for (const key of new Set(Object.keys(cells).map(keyOf))) {
      const value = row.value[key]
      if (value === undefined) this.#document.deleteIn([...path, key])
      else this.#document.setIn([...path, key], this.#node(value))
    }
  }

  add(row: CsvRow): void {
    const tag = this.#document.createNode(
      Object.fromEntries(Object.entries(row.value).map(([key, value]) => [key, this.#node(value)])),
    )
    if (isSeq(this.#document.get('tags'))) this.#document.addIn(['tags'], tag)
    else this.#document.set('tags', this.#document.createNode([tag]))
  }

  /** Groups and lists stand in one line, as people write them. */
  #node(value: unknown): unknown {
    return typeof value === 'object' && value !== null ? this.#document.createNode(value, { flow: true }) : value
  }

  text(): string {
    return this.#document.toString({ lineWidth: 0 })
  }
}

class CsvFile implements EditableFile {
  readonly #separator: string
  readonly #header: string[]
  readonly #rows: string[][]

  constructor(text: string) {
    this.#separator = text === '' ? ',' : separatorOf(text)
    const records = parse(text, {
      delimiter: this.#separator,
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as string[][]
    this.#header = records[0] ?? ['name']
    this.#rows = records.slice(1)
  }

  get names(): Iterable<string> {
    const at = this.#header.indexOf('name')
    return this.#rows.map((row) => row[at] ?? '')
  }

  change(name: string, cells: Readonly<Record<string, string>>): void {
    const at = this.#header.indexOf('name')
    const row = this.#rows.find((candidate) => candidate[at] === name)!
    for (const [column, cell] of Object.entries(cells)) row[this.#columnOf(column)] = this.#written(cell)
  }

  add({ cells }: CsvRow): void {
    const row: string[] = []
    for (const [column, cell] of Object.entries(cells))
      if (cell !== '') row[this.#columnOf(column)] = this.#written(cell)
    this.#rows.push(row)
  }

  /** In a file with semicolons a number's point may be a comma, but need not. */
  #written(cell: string): string {
    return guarded(cell)
  }

  #columnOf(column: string): number {
    const at = this.#header.indexOf(column)
    return at >= 0 ? at : this.#header.push(column) - 1
  }

  text(): string {
    const rows = this.#rows.map((row) => this.#header.map((_, index) => row[index] ?? ''))
    return `\ufeff${stringify([this.#header, ...rows], { delimiter: this.#separator, record_delimiter: '\r\n' })}`
  }
}
