// The displays of the plant: every mimics/*.svg, placed in the hierarchy by mimics/navigation.yaml.
import { didYouMean } from '../../shared/closest-name.ts'
import type { MimicEntry } from '../../shared/plant.ts'
import type { FileOrigin } from '../source/origin.ts'
import type { CheckedDrawing } from './mimic-check.ts'
import type { NavigationFile } from './navigation-file.ts'

/** A drawing as found in the folder. */
export interface DrawingFile extends CheckedDrawing {
  readonly name: string
  readonly file: string
  /** See {@link MimicEntry.area}. */
  readonly area: string | null
}

/** Level of mimics that navigation.yaml does not mention. */
const unlistedLevel = 3

/** Entries in the order of navigation.yaml, then the others by name. Faults of the hierarchy go to the origin. */
export function listMimics(
  drawings: readonly DrawingFile[],
  navigation: NavigationFile | null,
  origin: FileOrigin | null,
  languages: readonly string[],
): readonly MimicEntry[] {
  const left = new Map(drawings.map((drawing) => [drawing.name, drawing]))
  const listed = new Map<string, MimicEntry>()
  for (const [index, entry] of (navigation?.mimics ?? []).entries()) {
    const drawing = left.get(entry.name)
    if (listed.has(entry.name)) origin?.at(['mimics', index, 'name'], `mimic ${entry.name} is listed twice`)
    else if (drawing === undefined) {
      const names = drawings.map(({ name }) => name)
      origin?.at(['mimics', index, 'name'], `there is no mimics/${entry.name}.svg${didYouMean(entry.name, names)}`)
    } else {
      left.delete(entry.name)
      listed.set(entry.name, {
        name: entry.name,
        title: titlesOf(entry.title ?? drawing.title ?? entry.name, languages),
        level: entry.level ?? unlistedLevel,
        parent: entry.parent ?? null,
        ...foundIn(drawing),
      })
    }
  }
  if (navigation !== null && origin !== null) checkHierarchy(navigation, listed, left, origin, languages)
  const others = [...left.values()].map((drawing): MimicEntry => {
    const title = titlesOf(drawing.title ?? drawing.name, languages)
    return { name: drawing.name, title, level: unlistedLevel, parent: null, ...foundIn(drawing) }
  })
  return [...listed.values(), ...others]
}

function foundIn({
  file,
  tags,
  equipment,
  area,
}: DrawingFile): Pick<MimicEntry, 'file' | 'tags' | 'equipment' | 'area'> {
  return { file, tags, equipment, area }
}

function titlesOf(
  title: string | Readonly<Record<string, string>>,
  languages: readonly string[],
): Readonly<Record<string, string>> {
  return typeof title === 'string' ? { [languages[0] ?? 'en']: title } : title
}

function checkHierarchy(
  navigation: NavigationFile,
  listed: ReadonlyMap<string, MimicEntry>,
  unlisted: ReadonlyMap<string, DrawingFile>,
  origin: FileOrigin,
  languages: readonly string[],
): void {
  for (const [index, { name, parent, title }] of navigation.mimics.entries()) {
    const path = ['mimics', index]
    if (typeof title === 'object')
      for (const language of Object.keys(title))
        if (!languages.includes(language))
          origin.atKey(
            [...path, 'title', language],
            `plant.yaml does not list the language "${language}"; it has ${languages.join(', ')}`,
          )
    if (parent === undefined) continue
    const above = listed.get(parent)
    const own = listed.get(name)
    if (above === undefined) {
      const hint = unlisted.has(parent)
        ? `mimic ${parent} is not listed here`
        : `there is no mimic ${parent}${didYouMean(parent, listed.keys())}`
      origin.at([...path, 'parent'], hint)
    } else if (own !== undefined && above.level >= own.level)
      origin.at(
        [...path, 'parent'],
        `a mimic of level ${own.level} stands below one of a smaller level; ${parent} has level ${above.level}`,
      )
  }
}
