// An entry of the master alarm database while somebody edits it: fields as they are typed, and the edit that comes of them.
import type {
  AlarmPriority,
  ApprovedAlarmValues,
  ConsequenceSeverity,
  PlantWords,
  RationalisationStatus,
} from '../../../src-main/shared/alarm.ts'
import type { AlarmDatabaseEdit, AlarmDatabaseRow } from '../../../src-main/shared/alarm-database.ts'
import { formatDuration, parseDuration } from '../../../src-main/shared/duration.ts'

/** Attributes that have a text in every language of the plant. */
export const wordAttributes = ['consequence', 'cause', 'action'] as const
export type WordAttribute = (typeof wordAttributes)[number]

/** Fields as they stand on screen; '' = nothing. Durations as text (`10 min`), words by language. */
export interface EntryDraft {
  readonly status: RationalisationStatus | ''
  readonly severity: ConsequenceSeverity | ''
  readonly responseTime: string
  readonly alarmClass: string
  readonly reviewer: string
  readonly date: string
  readonly words: Readonly<Record<WordAttribute, Readonly<Record<string, string>>>>
  readonly priority: AlarmPriority | ''
  readonly limit: string
  readonly deadband: string
  readonly onDelay: string
  readonly offDelay: string
}

/** Fields that cannot be taken as they are typed. */
export type DraftFault = 'responseTime' | 'deadband' | 'onDelay' | 'offDelay' | 'date'

/** The entry as it is now. `languages`: of the plant, the first is the default. */
export function draftOf(row: AlarmDatabaseRow, languages: readonly string[]): EntryDraft {
  const { definition } = row
  const entry = definition.rationalisation
  const approved = entry?.approved ?? null
  return {
    status: entry?.status ?? '',
    severity: entry?.severity ?? '',
    responseTime: durationOf(entry?.responseTimeMs),
    alarmClass: definition.alarmClass,
    reviewer: entry?.reviewer ?? '',
    date: entry?.date ?? '',
    words: {
      consequence: byLanguage(entry?.consequence ?? null, languages),
      cause: byLanguage(entry?.cause ?? null, languages),
      action: byLanguage(entry?.action ?? null, languages),
    },
    priority: approved?.priority ?? '',
    limit: approved?.limit === undefined ? '' : String(approved.limit),
    deadband: approved?.deadband === undefined ? '' : String(approved.deadband),
    onDelay: durationOf(approved?.onDelayMs),
    offDelay: durationOf(approved?.offDelayMs),
  }
}

/** What the tag itself says of the values an approval may fix, whatever the alarm runs with. */
export function presentValues({ definition, source }: AlarmDatabaseRow): ApprovedAlarmValues {
  const { priority, limit, deadband, onDelayMs, offDelayMs } = definition
  return { priority, ...(limit === null ? {} : { limit }), deadband, onDelayMs, offDelayMs, ...source.own }
}

/** Fields of the draft that are no value. */
export function draftFaults(draft: EntryDraft): readonly DraftFault[] {
  const faults: DraftFault[] = []
  for (const field of ['responseTime', 'onDelay', 'offDelay'] as const)
    if (draft[field].trim() !== '' && typedDuration(draft[field]) === null) faults.push(field)
  if (draft.deadband.trim() !== '' && !(typedNumber(draft.deadband)! >= 0)) faults.push('deadband')
  if (draft.date !== '' && !/^\d{4}-\d{2}-\d{2}$/.test(draft.date)) faults.push('date')
  return faults
}

/** What changed between two drafts of one alarm, as an edit; null = nothing. Faulty fields must have been refused before. */
export function editOf(id: string, before: EntryDraft, after: EntryDraft): AlarmDatabaseEdit | null {
  const edit: { -readonly [Key in keyof AlarmDatabaseEdit]: AlarmDatabaseEdit[Key] } = { id }
  const orNull = <T extends string>(text: T | ''): T | null => (text === '' ? null : text)
  if (after.status !== before.status) edit.status = orNull(after.status)
  if (after.severity !== before.severity) edit.severity = orNull(after.severity)
  if (after.alarmClass !== before.alarmClass) edit.alarmClass = orNull(after.alarmClass)
  if (after.reviewer.trim() !== before.reviewer.trim()) edit.reviewer = orNull(after.reviewer.trim())
  if (after.date !== before.date) edit.date = orNull(after.date)
  if (after.priority !== before.priority) edit['approved.priority'] = orNull(after.priority)
  if (after.limit.trim() !== before.limit.trim()) edit['approved.limit'] = typedLimit(after.limit)
  if (after.deadband.trim() !== before.deadband.trim()) edit['approved.deadband'] = typedNumber(after.deadband)
  if (typedDuration(after.responseTime) !== typedDuration(before.responseTime))
    edit.responseTimeMs = typedDuration(after.responseTime)
  if (typedDuration(after.onDelay) !== typedDuration(before.onDelay))
    edit['approved.onDelayMs'] = typedDuration(after.onDelay)
  if (typedDuration(after.offDelay) !== typedDuration(before.offDelay))
    edit['approved.offDelayMs'] = typedDuration(after.offDelay)
  for (const attribute of wordAttributes) {
    const [old, wanted] = [wordsOf(before.words[attribute]), wordsOf(after.words[attribute])]
    if (JSON.stringify(old) !== JSON.stringify(wanted)) edit[attribute] = wanted
  }
  return Object.keys(edit).length === 1 ? null : edit
}

/** ms of what was typed (`10 min`, `90s`); null = nothing, or no duration. */
export function typedDuration(text: string): number | null {
  return parseDuration(text.trim().replace(',', '.'))
}

/** A number typed with decimal point or comma; null = nothing, or none. */
export function typedNumber(text: string): number | null {
  const plain = text.trim().replace(',', '.')
  return plain === '' || !Number.isFinite(Number(plain)) ? null : Number(plain)
}

/** A limit is a number, or CEL that gives one. */
function typedLimit(text: string): number | string | null {
  return text.trim() === '' ? null : (typedNumber(text) ?? text.trim())
}

function durationOf(durationMs: number | null | undefined): string {
  return durationMs === null || durationMs === undefined ? '' : formatDuration(durationMs)
}

function byLanguage(words: PlantWords | null, languages: readonly string[]): Readonly<Record<string, string>> {
  if (words === null) return Object.fromEntries(languages.map((language) => [language, '']))
  if (typeof words === 'string')
    return Object.fromEntries(languages.map((language, at) => [language, at === 0 ? words : '']))
  return Object.fromEntries(
    [...new Set([...languages, ...Object.keys(words)])].map((language) => [language, words[language] ?? '']),
  )
}

function wordsOf(byLanguageTag: Readonly<Record<string, string>>): Readonly<Record<string, string>> | null {
  const given = Object.entries(byLanguageTag)
    .map(([language, text]) => [language, text.trim()] as const)
    .filter(([, text]) => text !== '')
  return given.length === 0 ? null : Object.fromEntries(given)
}
