// One row of mimics/navigation.yaml read, written anew or taken out; every other character of the file stays as it is.
import type { FileKind } from '../source/folder-scan.ts'
import { editList, readList } from '../source/yaml-list-edit.ts'

/** A row as it is to be. An empty title leaves the drawing's own `<title>`. */
export interface NavigationRow {
  /** Language → text. */
  readonly title: Readonly<Record<string, string>>
  /** 1 … 4. */
  readonly level: number
  /** The display above; null = none. */
  readonly parent: string | null
}

/** The file that new plants get. */
export const newNavigationFile = 'mimics/navigation.yaml'

/** Kind of the file, for who looks for it in the folder. */
export const navigationKind: FileKind = 'navigation'

/** Level of displays whose row names none. */
const unlistedLevel = 3

/** The row of a display as written, `languages[0]` standing for a title without language; null = there is none. */
export function navigationRow(text: string | null, name: string, languages: readonly string[]): NavigationRow | null {
  const row = text === null ? undefined : readList(text, 'mimics').find((entry) => entry.name === name)
  if (row === undefined) return null
  const { title, level, parent } = row
  return {
    title: titleOf(title, languages),
    level: typeof level === 'number' ? level : unlistedLevel,
    parent: typeof parent === 'string' ? parent : null,
  }
}

function titleOf(title: unknown, languages: readonly string[]): Readonly<Record<string, string>> {
  if (typeof title === 'string') return { [languages[0] ?? 'en']: title }
  if (typeof title !== 'object' || title === null) return {}
  return Object.fromEntries(
    Object.entries(title).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

/** The file with the row in it. Keys that say the same already stay as they are written. */
export function withNavigationRow(
  text: string | null,
  name: string,
  row: NavigationRow,
  languages: readonly string[],
): string {
  const present = navigationRow(text, name, languages)
  const keys: Record<string, unknown> = { name }
  const hasSameTitle = present !== null && JSON.stringify(present.title) === JSON.stringify(row.title)
  if (!hasSameTitle) keys.title = Object.keys(row.title).length === 0 ? null : row.title
  if (present === null || present.level !== row.level) keys.level = row.level
  if (present === null ? row.parent !== null : present.parent !== row.parent) keys.parent = row.parent
  if (present !== null && Object.keys(keys).length === 1) return text!
  return editList(text ?? '', 'mimics', { key: 'name', of: name, set: keys })
}

/** The file without the row; the same text when there is none. */
export function withoutNavigationRow(text: string, name: string): string {
  return readList(text, 'mimics').some((entry) => entry.name === name)
    ? editList(text, 'mimics', { key: 'name', of: name, set: null })
    : text
}

/** Displays that the file places below this one. */
export function childrenOf(text: string | null, name: string): readonly string[] {
  if (text === null) return []
  return readList(text, 'mimics')
    .filter((entry) => entry.parent === name)
    .map((entry) => String(entry.name))
}
