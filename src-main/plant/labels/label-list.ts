// All files of labels/ together: what they say, checked and with what it means.
import type { PlantLabels } from '../../shared/label.ts'
import type { FileOrigin } from '../source/origin.ts'
import { placeInWords } from '../source/origin.ts'
import type { PlantSources } from '../source/plant-sources.ts'
import { printerOf, scannerOf, schemeOf, templateOf, trackingOf, triggerOf } from './label-build.ts'
import { type LabelFile, labelFileSchema } from './label-file.ts'
import { templateDigest } from './template-digest.ts'

/** A row with its place. */
interface Row<Entry> {
  readonly entry: Entry
  readonly origin: FileOrigin
}

type ListName = keyof LabelFile
type RowOf<Name extends ListName> = Row<LabelFile[Name][number]>

const words: Readonly<Record<Exclude<ListName, 'tracking'>, string>> = {
  schemes: 'a scheme',
  printers: 'a printer',
  templates: 'a template',
  triggers: 'a trigger',
  scanners: 'a scanner',
}

/** Rows of all files, by list; names are unique over all of them. */
export class LabelList {
  readonly #sources: PlantSources
  readonly #rows: { readonly [Name in ListName]: RowOf<Name>[] } = {
    schemes: [],
    printers: [],
    templates: [],
    triggers: [],
    scanners: [],
    tracking: [],
  }

  constructor(sources: PlantSources) {
    this.#sources = sources
  }

  async read(): Promise<void> {
    for (const { file } of this.#sources.of('label')) {
      const opened = await this.#sources.openAs(file, labelFileSchema)
      if (opened === null) continue
      for (const name of Object.keys(this.#rows) as ListName[]) this.#add(name, opened.value[name], opened.origin)
    }
  }

  #add(name: ListName, entries: readonly LabelFile[ListName][number][], origin: FileOrigin): void {
    const rows = this.#rows[name] as Row<LabelFile[ListName][number]>[]
    for (const [index, entry] of entries.entries()) {
      const row = { entry, origin: origin.part([name, index]) }
      if (name !== 'tracking') this.#refuseTwin(rows as Row<{ name: string }>[], row as Row<{ name: string }>, name)
      rows.push(row)
    }
  }

  #refuseTwin(rows: readonly Row<{ name: string }>[], row: Row<{ name: string }>, list: keyof typeof words): void {
    const { name } = row.entry
    const twin = rows.find((other) => other.entry.name === name)
    if (twin !== undefined)
      row.origin.at(['name'], `there is ${words[list]} "${name}" already: ${placeInWords(twin.origin.where(['name']))}`)
  }

  build(language: string, requireApproval: boolean): PlantLabels {
    const { schemes, printers, templates, triggers, scanners, tracking } = this.#rows
    const known = schemes.map(({ entry }) => schemeOf(entry, widthOf(entry.template)))
    return {
      schemes: known,
      printers: printers.map(({ entry }) => printerOf(entry)),
      templates: templates.map(({ entry }) => {
        const bare = templateOf(entry, language, () => false)
        const scheme = known.find(({ name }) => name === bare.scheme) ?? null
        return { ...bare, digest: templateDigest(bare, scheme, () => null) }
      }),
      triggers: triggers.map(({ entry }) => triggerOf(entry)),
      scanners: scanners.map(({ entry }) => scannerOf(entry)),
      tracking: tracking.map(({ entry }) => trackingOf(entry)),
      requireApproval,
    }
  }
}

/** Largest value a counter of a fixed width has room for. */
function widthOf(template: string): number | null {
  const width = /\{counter:0?(\d{1,2})\}/.exec(template)?.[1]
  return width === undefined ? null : Math.min(10 ** Number(width) - 1, Number.MAX_SAFE_INTEGER)
}
