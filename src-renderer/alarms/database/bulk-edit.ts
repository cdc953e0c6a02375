// One change made to many entries of the master alarm database at once.
import type { AlarmPriority, ConsequenceSeverity, RationalisationStatus } from '../../../src-main/shared/alarm.ts'
import type { AlarmDatabaseEdit, AlarmDatabaseRow } from '../../../src-main/shared/alarm-database.ts'
import { presentValues, typedDuration } from './entry-draft.ts'

/** What is set; '' = stays as it is in each, `remove` = is taken out of each. */
export interface BulkChange {
  readonly status: RationalisationStatus | ''
  readonly severity: ConsequenceSeverity | 'remove' | ''
  readonly alarmClass: string
  /** Duration as typed; '' = stays. */
  readonly responseTime: string
  readonly reviewer: string
  /** A priority, that of the matrix, or the one the tag has. */
  readonly priority: AlarmPriority | 'matrix' | 'own' | 'remove' | ''
  readonly values: 'own' | 'remove' | ''
}

export const noBulkChange: BulkChange = {
  status: '',
  severity: '',
  alarmClass: '',
  responseTime: '',
  reviewer: '',
  priority: '',
  values: '',
}

/** Edits of these alarms; those that nothing is changed in are left out. A faulty duration must have been refused before. */
export function bulkEdits(
  rows: readonly AlarmDatabaseRow[],
  change: BulkChange,
  matrix: (
    row: AlarmDatabaseRow,
    severity: ConsequenceSeverity | null,
    responseTimeMs: number | null,
  ) => AlarmPriority | null,
): readonly AlarmDatabaseEdit[] {
  return rows.flatMap((row) => {
    const edit = bulkEdit(row, change, matrix)
    return Object.keys(edit).length > 1 ? [edit] : []
  })
}

function bulkEdit(
  row: AlarmDatabaseRow,
  change: BulkChange,
  matrix: Parameters<typeof bulkEdits>[2],
): AlarmDatabaseEdit {
  const edit: { -readonly [Key in keyof AlarmDatabaseEdit]: AlarmDatabaseEdit[Key] } = { id: row.definition.id }
  const entry = row.definition.rationalisation
  const responseTimeMs = typedDuration(change.responseTime)
  if (change.status !== '') edit.status = change.status
  if (change.severity !== '') edit.severity = change.severity === 'remove' ? null : change.severity
  if (change.alarmClass !== '') edit.alarmClass = change.alarmClass
  if (responseTimeMs !== null) edit.responseTimeMs = responseTimeMs
  if (change.reviewer.trim() !== '') edit.reviewer = change.reviewer.trim()
  const own = presentValues(row)
  if (change.priority !== '') {
    const severity = edit.severity === undefined ? (entry?.severity ?? null) : edit.severity
    const wanted =
      change.priority === 'matrix'
        ? matrix(row, severity, responseTimeMs ?? entry?.responseTimeMs ?? null)
        : change.priority === 'own'
          ? (own.priority ?? null)
          : change.priority
    // Without severity and response time the matrix says nothing: the approval stays.
    if (wanted === 'remove') edit['approved.priority'] = null
    else if (wanted !== null) edit['approved.priority'] = wanted
  }
  if (change.values !== '') {
    const isRemoved = change.values === 'remove'
    edit['approved.limit'] = isRemoved ? null : (own.limit ?? null)
    edit['approved.deadband'] = isRemoved ? null : (own.deadband ?? null)
    edit['approved.onDelayMs'] = isRemoved ? null : (own.onDelayMs ?? null)
    edit['approved.offDelayMs'] = isRemoved ? null : (own.offDelayMs ?? null)
  }
  return edit
}
