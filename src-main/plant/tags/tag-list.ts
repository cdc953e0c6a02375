// The tags of a plant while it is checked: of tags/*.yaml, tags/*.csv and of equipment, and the names that are missing only because
// of faults listed already.

import { isOwnSeriesName } from '../../shared/own-series.ts'
import type { TagDefinition } from '../../shared/tag.ts'
import { FileOrigin, type Origin, placeInWords } from '../source/origin.ts'
import type { PlantSources } from '../source/plant-sources.ts'
import { checkSchema } from '../source/schema-check.ts'
import { buildTag, type DeviceTable, type TagDraft } from './tag-build.ts'
import { readTagCsv } from './tag-csv.ts'
import { tagFileSchema } from './tag-file.ts'

/** Names that would exist but for a fault already listed: what refers to them is no further fault. */
export class LostNames {
  readonly tags = new Set<string>()
  readonly equipment = new Set<string>()
  /** A file that lists tags or equipment has faults: nobody knows which names it would have given. */
  files = false

  /** True when a tag is missing only because of a fault already listed. */
  hasTag(name: string): boolean {
    if (this.files || this.tags.has(name)) return true
    for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1))
      if (this.equipment.has(name.slice(0, dot))) return true
    return false
  }

  hasEquipment(name: string): boolean {
    return this.files || this.equipment.has(name)
  }
}

export class TagList {
  readonly #drafts = new Map<string, TagDraft>()
  readonly #sources: PlantSources
  readonly #devices: DeviceTable
  readonly #lost: LostNames

  constructor(sources: PlantSources, devices: DeviceTable, lost: LostNames) {
    this.#sources = sources
    this.#devices = devices
    this.#lost = lost
  }

  get drafts(): ReadonlyMap<string, TagDraft> {
    return this.#drafts
  }

  definitions(): readonly TagDefinition[] {
    return [...this.#drafts.values()].map(({ definition }) => definition)
  }

  /** There, or lost to a fault already listed. */
  has(name: string): boolean {
    return this.#drafts.has(name) || this.#lost.hasTag(name)
  }

  /** For "did you mean"; empty once that was asked too often. */
  namesForHint(): Iterable<string> {
    return this.#sources.faults.mayHint() ? this.#drafts.keys() : []
  }

  /** Reads the files of tags/. */
  async read(): Promise<void> {
    for (const { file } of this.#sources.of('tag')) await this.#readYaml(file)
    for (const { file } of this.#sources.of('tagCsv')) await this.#readCsv(file)
  }

  /** Adds a tag; a second one of its name is a fault. */
  add(draft: TagDraft): void {
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

  async #readYaml(file: string): Promise<void> {
    const { faults } = this.#sources
    const faultsBefore = faults.count
    const opened = await this.#sources.open(file, null)
    const list = opened === null ? null : checkSchema(tagFileSchema, opened.value, opened.origin)
    if (faults.count > faultsBefore) this.#lost.files = true
    if (opened === null) return
    for (const [index, tag] of (list?.tags ?? []).entries()) this.#build(tag, opened.origin.part(['tags', index]))
  }

  async #readCsv(file: string): Promise<void> {
    const text = await this.#sources.read(file)
    if (text === null) return
    const source = readTagCsv(file, text, this.#sources.faults)
    for (const { value, path } of source.rows) this.#build(value, new FileOrigin(source, path, this.#sources.faults))
  }

  #build(value: unknown, origin: Origin): void {
    const draft = buildTag(value, origin, this.#devices, null)
    if (draft !== null) this.add(draft)
    else if (typeof value === 'object' && value !== null && 'name' in value) this.#lost.tags.add(String(value.name))
  }
}
