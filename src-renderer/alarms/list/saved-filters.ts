// Filters of the list that a user keeps under names (`access.preferences`).
import * as v from 'valibot'
import type { JsonValue } from '../../../src-main/shared/data-value.ts'
import type { AlarmListView } from '../alarm-link.ts'
import { alarmParameters, readAlarmParameters } from '../alarm-link.ts'

/** Name of the preference. */
export const savedFiltersName = 'alarm-filters'
export const mostSavedFilters = 50
export const longestFilterName = 60

export interface SavedFilter {
  readonly name: string
  readonly view: AlarmListView
}

const savedSchema = v.array(v.object({ name: v.string(), view: v.record(v.string(), v.string()) }))

/** What was kept; what cannot be read (another version wrote it) is left out. */
export function readSavedFilters(kept: JsonValue | undefined): readonly SavedFilter[] {
  const parsed = v.safeParse(savedSchema, kept)
  if (!parsed.success) return []
  return parsed.output.map(({ name, view }) => ({ name, view: readAlarmParameters(view) }))
}

/** As it is kept: the same words as in the address. */
export function savedFiltersValue(filters: readonly SavedFilter[]): JsonValue {
  return filters.map(({ name, view }) => {
    const parameters = Object.entries(alarmParameters({ ...view, alarm: undefined }))
    return { name, view: Object.fromEntries(parameters.filter(([, text]) => text !== null)) as Record<string, string> }
  })
}

/** With a filter under a name; one of the same name gives way. In order of names. */
export function withFilter(filters: readonly SavedFilter[], added: SavedFilter): readonly SavedFilter[] {
  return [...filters.filter(({ name }) => name !== added.name), added].sort((a, b) => a.name.localeCompare(b.name))
}
