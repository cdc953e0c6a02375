// All files of labels/ together: what they say, held against each other and the rest of the plant, and what it means.

import { createHash } from 'node:crypto'
import type { JsonValue } from '../../shared/data-value.ts'
import type { LabelTemplate, PlantLabels } from '../../shared/label.ts'
import type { LabelRules } from '../../shared/label-rules.ts'
import { fileVersionOf } from '../source/file-version.ts'
import type { FileOrigin } from '../source/origin.ts'
import { placeInWords } from '../source/origin.ts'
import type { PlantSources } from '../source/plant-sources.ts'
import { checkSchema } from '../source/schema-check.ts'
import type { TagDraft } from '../tags/tag-build.ts'
import { printerOf, scannerOf, templateOf, trackingOf, triggerOf } from './label-build.ts'
import { type LabelFile, labelFileSchema, type TemplateEntry } from './label-file.ts'
import type { LabelScope, Row } from './label-scope.ts'
import { checkPrinter, checkScanner } from './printer-check.ts'
import { printerDrafts } from './printer-tags.ts'
import { type CheckedScheme, checkSchemes } from './scheme-check.ts'
import { checkTemplate } from './template-check.ts'
import { templateDigest } from './template-digest.ts'
import { checkTracking, checkTrigger } from './trigger-check.ts'

type ListName = keyof LabelFile
type Rows = { readonly [Name in ListName]: Row<LabelFile[Name][number]>[] }
type AnyRow = Row<LabelFile[ListName][number]>

const words: Readonly<Record<Exclude<ListName, 'tracking'>, string>> = {
  schemes: 'a scheme',
  printers: 'a printer',
  templates: 'a template',
  triggers: 'a trigger',
  scanners: 'a scanner',
}

/** The file of a template, and its text's version. */
export interface TemplateFile {
  readonly file: string
  readonly fileVersion: string
  /** The template as written, with the keys of the file. */
  readonly document: JsonValue
}

export class LabelList {
  readonly #sources: PlantSources
  readonly #rows: Rows = { schemes: [], printers: [], templates: [], triggers: [], scanners: [], tracking: [] }
  /** Where each template is written. */
  readonly templateFiles = new Map<string, TemplateFile>()
  /** By file, relative to labels/. */
  readonly #images = new Map<string, Uint8Array>()
  /** A file could not be read: nobody knows which names it would have given. */
  #isIncomplete = false
  #schemes: ReadonlyMap<string, CheckedScheme> = new Map()

  constructor(sources: PlantSources) {
    this.#sources = sources
  }

  /** Reads the files and the images that templates name. */
  async read(): Promise<void> {
    for (const { file } of this.#sources.of('label')) {
      const faultsBefore = this.#sources.faults.count
      const text = await this.#sources.read(file)
      const parsed = text === null ? null : this.#sources.parse(file, text, null)
      const value = parsed === null ? null : checkSchema(labelFileSchema, parsed.value, parsed.origin)
      if (this.#sources.faults.count > faultsBefore) this.#isIncomplete = true
      if (text === null || parsed === null || value === null) continue
      for (const name of Object.keys(this.#rows) as ListName[]) this.#add(name, value[name], parsed.origin)
      const place = { file, fileVersion: fileVersionOf(text) }
      const { templates: written = [] } = parsed.value as { templates?: readonly JsonValue[] }
      for (const [index, { name }] of value.templates.entries())
        this.templateFiles.set(name, { ...place, document: written[index]! })
    }
    const files = new Set(this.#sources.of('labelImage').map(({ file }) => file))
    for (const { entry } of this.#rows.templates)
      for (const element of entry.elements)
        if (element.type === 'image' && files.delete(`labels/${element.file}`)) await this.#readImage(element.file)
  }

  async #readImage(file: string): Promise<void> {
    const bytes = await this.#sources.readBytes(`labels/${file}`)
    if (bytes !== null) this.#images.set(file, bytes)
  }

  #add(name: ListName, entries: readonly LabelFile[ListName][number][], origin: FileOrigin): void {
    const rows = this.#rows[name] as AnyRow[]
    for (const [index, entry] of entries.entries()) {
      const row = { entry, origin: origin.part([name, index]) }
      if (name !== 'tracking') refuseTwin(rows as NamedRow[], row as NamedRow, words[name])
      rows.push(row)
    }
  }

  /** Tags of printers: what the station knows of them. */
  drafts(languages: readonly string[] | null): readonly TagDraft[] {
    const names = new Set<string>()
    const printers = this.#rows.printers.filter(({ entry }) => !names.has(entry.name) && names.add(entry.name))
    return printers.flatMap(({ entry, origin }) => printerDrafts(entry.name, origin, languages))
  }

  /** Holds everything against each other and the plant; faults go to where the wrong thing is written. */
  check(plant: Omit<LabelScope, 'image' | 'imageFiles'>): void {
    const scope: LabelScope = {
      ...plant,
      image: (file) => this.#images.get(file) ?? null,
      imageFiles: () => this.#sources.of('labelImage').map(({ file }) => file.slice('labels/'.length)),
    }
    const { printers, templates, triggers, scanners, tracking } = this.#rows
    const isIncomplete = this.#isIncomplete
    this.#schemes = checkSchemes(this.#rows.schemes, scope)
    for (const row of printers) checkPrinter(row, { printers, scanners, isIncomplete }, scope)
    for (const row of scanners) checkScanner(row, scope)
    const dpis = new Map(printers.map(({ entry }) => [entry.name, entry.dpi]))
    for (const row of templates) checkTemplate(row, { schemes: this.#schemes, printers: dpis, isIncomplete }, scope)
    const near = {
      templates: new Map(templates.map(({ entry }) => [entry.name, entry])),
      printers: [...dpis.keys()],
      schemes: [...this.#schemes.keys()],
      isIncomplete,
    }
    for (const row of triggers) checkTrigger(row, near, scope)
    for (const row of tracking) checkTracking(row, near, scope)
  }

  /** What a checked plant has; after {@link check}. */
  build(language: string, requireApproval: boolean, rules: LabelRules): PlantLabels {
    const { printers, templates, triggers, scanners, tracking } = this.#rows
    return {
      schemes: [...this.#schemes.values()].map(({ scheme }) => scheme),
      printers: printers.map(({ entry }) => printerOf(entry)),
      templates: templates.map(({ entry }) => this.#template(entry, language, rules)),
      triggers: triggers.map(({ entry }) => triggerOf(entry)),
      scanners: scanners.map(({ entry }) => scannerOf(entry)),
      tracking: tracking.map(({ entry }) => trackingOf(entry)),
      requireApproval,
    }
  }

  #template(entry: TemplateEntry, language: string, rules: LabelRules): LabelTemplate {
    const bare = templateOf(entry, language, (name) => rules.symbology(name)?.isTwoDimensional ?? false)
    const scheme = this.#schemes.get(bare.scheme ?? '')?.scheme ?? null
    return { ...bare, digest: templateDigest(bare, scheme, (file) => this.#imageHash(file)) }
  }

  #imageHash(file: string): string | null {
    const bytes = this.#images.get(file)
    return bytes === undefined ? null : createHash('sha256').update(bytes).digest('hex')
  }
}

type NamedRow = Row<{ readonly name: string }>

/** Names are unique over all files. */
function refuseTwin(rows: readonly NamedRow[], { entry, origin }: NamedRow, what: string): void {
  const twin = rows.find((other) => other.entry.name === entry.name)
  if (twin !== undefined)
    origin.at(['name'], `there is ${what} "${entry.name}" already: ${placeInWords(twin.origin.where(['name']))}`)
}
