// Which alarms of the master alarm database are looked at, and in which order.
import {
  type AlarmDefinition,
  alarmPriorities,
  type RationalisationStatus,
  rationalisationStatuses,
} from '../../../src-main/shared/alarm.ts'
import type { AlarmDatabaseRow } from '../../../src-main/shared/alarm-database.ts'
import { isWithinArea } from '../../ui/areas.ts'

/** What has to be done with an alarm: its entry is missing or not complete, it drifted, its priority is not the matrix's. */
export const databaseNeeds = ['unrationalised', 'drifted', 'otherPriority'] as const
export type DatabaseNeed = (typeof databaseNeeds)[number]

/** '' = whatever it is. */
export interface DatabaseFilter {
  readonly need: DatabaseNeed | ''
  /** `none`: without an entry. */
  readonly status: RationalisationStatus | 'none' | ''
  /** The area itself and everything below it. */
  readonly area: string
  readonly alarmClass: string
  /** Part of id, tag or message, upper or lower case. */
  readonly text: string
}

export const wholeDatabase: DatabaseFilter = { need: '', status: '', area: '', alarmClass: '', text: '' }

export const databaseColumns = [
  'id',
  'condition',
  'limit',
  'priority',
  'alarmClass',
  'severity',
  'responseTime',
  'status',
  'drift',
] as const
export type DatabaseColumn = (typeof databaseColumns)[number]

export interface DatabaseSort {
  readonly column: DatabaseColumn
  readonly isDescending: boolean
}

/** True when the alarm needs this. */
export function needs(row: AlarmDatabaseRow, need: DatabaseNeed): boolean {
  switch (need) {
    case 'unrationalised':
      return !row.isRationalised && row.definition.rationalisation?.status !== 'retired'
    case 'drifted':
      return row.drift.length > 0
    case 'otherPriority':
      return row.matrixPriority !== null && row.matrixPriority !== row.definition.priority
  }
}

/** Rows that fit, in the order of the sort; rows that are equal in it stay in the order of the plant. */
export function filteredRows(
  rows: readonly AlarmDatabaseRow[],
  filter: DatabaseFilter,
  sort: DatabaseSort,
): readonly AlarmDatabaseRow[] {
  const text = filter.text.trim().toLowerCase()
  const found = rows.filter((row) => fits(row, filter, text))
  const compare = comparisons[sort.column]
  const sign = sort.isDescending ? -1 : 1
  return found.sort((a, b) => sign * compare(a, b))
}

function fits(row: AlarmDatabaseRow, filter: DatabaseFilter, text: string): boolean {
  const { definition } = row
  if (filter.need !== '' && !needs(row, filter.need)) return false
  if (filter.status !== '' && (definition.rationalisation?.status ?? 'none') !== filter.status) return false
  if (!isWithinArea(definition.area, filter.area)) return false
  if (filter.alarmClass !== '' && definition.alarmClass !== filter.alarmClass) return false
  return text === '' || wordsOf(definition).includes(text)
}

function wordsOf({ id, tag, message }: AlarmDefinition): string {
  const messages = typeof message === 'string' ? [message] : Object.values(message)
  return [id, tag, ...messages].join('\n').toLowerCase()
}

type Compare = (a: AlarmDatabaseRow, b: AlarmDatabaseRow) => number
const byNumber =
  (figure: (row: AlarmDatabaseRow) => number): Compare =>
  (a, b) =>
    figure(a) - figure(b)
const byText =
  (text: (row: AlarmDatabaseRow) => string): Compare =>
  (a, b) =>
    collator.compare(text(a), text(b))
/** `Tank2` before `Tank10`. */
const collator = new Intl.Collator('en', { numeric: true })
/** What is missing comes last. */
const last = Number.MAX_VALUE
const severityRank = { severe: 0, major: 1, minor: 2 } as const

const comparisons: Readonly<Record<DatabaseColumn, Compare>> = {
  id: byText(({ definition }) => definition.id),
  condition: byText(({ definition }) => definition.condition),
  limit: byNumber(({ definition }) => (typeof definition.limit === 'number' ? definition.limit : last)),
  // The most urgent ones first.
  priority: byNumber(({ definition }) => -alarmPriorities.indexOf(definition.priority)),
  alarmClass: byText(({ definition }) => definition.alarmClass),
  severity: byNumber(({ definition }) => {
    const severity = definition.rationalisation?.severity ?? null
    return severity === null ? last : severityRank[severity]
  }),
  responseTime: byNumber(({ definition }) => definition.rationalisation?.responseTimeMs ?? last),
  status: byNumber(({ definition }) =>
    definition.rationalisation === null ? -1 : rationalisationStatuses.indexOf(definition.rationalisation.status),
  ),
  drift: byNumber(({ drift }) => -drift.length),
}
