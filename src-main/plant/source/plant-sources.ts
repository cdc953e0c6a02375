// The files of a plant while it is checked: by kind, opened as YAML, with the faults they have.
import type * as v from 'valibot'
import type { PlantFault } from '../../shared/plant.ts'
import type { FaultList } from './fault-list.ts'
import type { FileKind, PlantFileEntry, PlantFiles } from './folder-scan.ts'
import { FileOrigin } from './origin.ts'
import { checkSchema } from './schema-check.ts'
import { YamlSource } from './yaml-source.ts'

/** A file's content and its place. */
export interface OpenedFile<Value = unknown> {
  readonly value: Value
  readonly origin: FileOrigin
}

export class PlantSources {
  readonly faults: FaultList
  readonly files: PlantFiles
  /** What is odd but stops nothing. */
  readonly hints: PlantFault[] = []
  #entries: readonly PlantFileEntry[] = []
  /** Files that something of the plant names: no more reason to hint at them. */
  readonly #named = new Set<string>()

  constructor(files: PlantFiles, faults: FaultList) {
    this.files = files
    this.faults = faults
  }

  async list(): Promise<void> {
    this.#entries = await this.files.list(this.faults)
  }

  /** The folder is a library's own: its files have the kinds they would have there. */
  asLibrary(kindOf: (file: string) => FileKind): void {
    this.#entries = this.#entries.map(({ file }) => ({ file, kind: kindOf(file) }))
  }

  /** Adds files from elsewhere: those of a library. */
  addEntries(entries: readonly PlantFileEntry[]): void {
    const present = new Set(entries.map(({ file }) => file))
    this.#entries = [...this.#entries.filter(({ file }) => !present.has(file)), ...entries]
  }

  /** Entries of a kind; of a folder when one is given (`libraries/standard/`). */
  of(kind: FileKind, folder = ''): readonly PlantFileEntry[] {
    return this.#entries.filter((entry) => entry.kind === kind && entry.file.startsWith(folder))
  }

  /** Is there such a file? Then it is no unknown one any more. */
  hasFile(file: string): boolean {
    this.#named.add(file)
    return this.#entries.some((entry) => entry.file === file)
  }

  hint(file: string, message: string, position = { line: 1, column: 1 }): void {
    this.hints.push({ file, ...position, message })
  }

  hintAtUnknownFiles(): void {
    for (const { file, kind } of this.#entries)
      if (kind === 'unknown' && !this.#named.has(file)) this.hint(file, 'no part of Lineside reads this file')
  }

  read(file: string): Promise<string | null> {
    return this.files.read(file, this.faults)
  }

  /** A file that is no text, null after its fault was listed. */
  readBytes(file: string): Promise<Uint8Array | null> {
    return this.files.readBytes(file, this.faults)
  }

  /** A file's content with its place, null when it is unreadable or empty (an empty file is a fault if `emptyFault` says so). */
  async open(file: string, emptyFault: string | null): Promise<OpenedFile | null> {
    const text = await this.read(file)
    return text === null ? null : this.parse(file, text, emptyFault)
  }

  parse(file: string, text: string, emptyFault: string | null): OpenedFile | null {
    const source = YamlSource.parse(file, text, this.faults)
    if (source === null) return null
    if (source.value === null || source.value === undefined) {
      if (emptyFault !== null) this.faults.add(file, { line: 1, column: 1 }, emptyFault)
      return null
    }
    return { value: source.value, origin: new FileOrigin(source, [], this.faults) }
  }

  /** A file that fits a schema; null after faults, and when it is empty (which is a fault if `emptyFault` says so). */
  async openAs<Schema extends v.GenericSchema>(
    file: string,
    schema: Schema,
    emptyFault: string | null = null,
  ): Promise<OpenedFile<v.InferOutput<Schema>> | null> {
    const opened = await this.open(file, emptyFault)
    const value = opened === null ? null : checkSchema(schema, opened.value, opened.origin)
    return opened === null || value === null ? null : { value, origin: opened.origin }
  }
}
