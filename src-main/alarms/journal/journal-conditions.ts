// What a filter of the journal means for its rows: a mask for whole blocks, a condition in SQL for single rows, and, where an index
// leads there, the few places to look at.
import type { AlarmPriority } from '../../shared/alarm.ts'
import type { BlockSummary } from './journal-blocks.ts'
import {
  eventMask,
  eventNumbers,
  flagShift,
  flags,
  priorityNumbers,
  stateMask,
  stateNumbers,
  stateShift,
} from './journal-codec.ts'
import { hasJoinedFigures, textFit } from './journal-message.ts'
import type { JournalFilter } from './journal-query.ts'
import type { AlarmAttributes, JournalSource, StoredEvent } from './journal-source.ts'

/** Rows that an index finds: those of one alarm, user or comment. */
export interface IndexedRows {
  readonly column: 'alarm' | 'user' | 'comment'
  readonly number: number
}

export interface JournalConditions {
  /** Nothing can fit: an alarm, user or text that no row has. */
  readonly isEmpty: boolean
  /** Whether a block can contain what is looked for. */
  fitsBlock(block: BlockSummary): boolean
  /** `AND …` for the WHERE clause of single rows; its parameters are bound by name. */
  readonly sql: string
  readonly parameters: Readonly<Record<string, number | string>>
  /** For what SQL does not see: a text within the numbers of a message. null = nothing more to ask. */
  readonly fitsRow: ((row: StoredEvent) => boolean) | null
  /** Every row that fits is among these; null when no index helps. */
  readonly indexed: readonly IndexedRows[] | null
}

const no = { sql: '', parameters: {}, fitsRow: null, indexed: null } as const

export function conditionsOf(filter: JournalFilter, source: JournalSource): JournalConditions {
  const sql: string[] = []
  const parameters: Record<string, number | string> = {}
  const from = filter.from ?? Number.MIN_SAFE_INTEGER
  const to = filter.to ?? Number.MAX_SAFE_INTEGER
  if (filter.from !== undefined || filter.to !== undefined) {
    sql.push('(timestamp BETWEEN @from AND @to OR timestamp + lag BETWEEN @from AND @to)')
    Object.assign(parameters, { from, to })
  }
  const events = maskOf(filter.events, eventNumbers)
  if (events !== null) sql.push(`(1 << (code & ${eventMask})) & ${events}`)
  const states = maskOf(filter.states, stateNumbers)
  if (states !== null) sql.push(`(1 << ((code >> ${stateShift}) & ${stateMask})) & ${states}`)
  if (filter.isClockSetBack === true) sql.push(`(code >> ${flagShift}) & ${flags.isClockSetBack}`)
  const priorities = maskOf(filter.priorities, priorityNumbers)
  let indexed: IndexedRows[] | null = null
  const alarms = alarmsOf(filter, source)
  if (alarms !== null) {
    sql.push('alarm IN (SELECT value FROM json_each(@alarms))')
    parameters.alarms = JSON.stringify(alarms)
    indexed = alarms.map((number) => ({ column: 'alarm', number }))
  }
  const user = filter.user === undefined ? null : source.wordNumber(filter.user)
  if (filter.user !== undefined) {
    sql.push('user = @user')
    parameters.user = user ?? -1
    if (user !== null && user > 0) indexed = [{ column: 'user', number: user }]
  }
  const text = filter.text === undefined || filter.text === '' ? null : textRows(filter.text, source)
  if (text !== null) {
    sql.push(text.sql)
    Object.assign(parameters, text.parameters)
    if (indexed === null || indexed.length > text.indexed.length) indexed = [...text.indexed]
  }
  const isEmpty = from > to || indexed?.length === 0 || (filter.user !== undefined && user === null)
  if (isEmpty) return { ...no, isEmpty, fitsBlock: () => false }
  return {
    isEmpty,
    fitsBlock: (block) =>
      block.firstTime <= to &&
      block.lastTime >= from &&
      (events === null || (block.events & events) !== 0) &&
      (states === null || (block.states & states) !== 0) &&
      (priorities === null || (block.priorities & priorities) !== 0) &&
      (filter.isClockSetBack !== true || (block.flags & flags.isClockSetBack) !== 0),
    sql: sql.map((condition) => ` AND ${condition}`).join(''),
    parameters,
    fitsRow: text?.fitsRow ?? null,
    indexed,
  }
}

/** Bits of the numbers of these words; null = all. */
function maskOf<Word extends string>(
  words: readonly Word[] | undefined,
  numbers: Readonly<Record<Word, number>>,
): number | null {
  return words === undefined ? null : words.reduce((mask, word) => mask | (1 << numbers[word]), 0)
}

/** Numbers of the alarms that fit; null when every alarm does. */
function alarmsOf(filter: JournalFilter, source: JournalSource): number[] | null {
  const { id, area, equipment, priorities, classes, conditions, tags } = filter
  const questions: ((alarm: AlarmAttributes) => boolean)[] = []
  if (id !== undefined) questions.push((alarm) => alarm.id === id)
  if (area !== undefined && area !== '')
    questions.push((alarm) => alarm.area === area || alarm.area.startsWith(`${area}/`))
  if (equipment !== undefined) questions.push((alarm) => alarm.equipment === equipment)
  const among = (wanted: readonly string[] | undefined, of: (alarm: AlarmAttributes) => string) => {
    if (wanted === undefined) return
    const set = new Set(wanted)
    questions.push((alarm) => set.has(of(alarm)))
  }
  among(priorities satisfies readonly AlarmPriority[] | undefined, (alarm) => alarm.priority)
  among(classes, (alarm) => alarm.alarmClass)
  among(conditions, (alarm) => alarm.condition)
  among(tags, (alarm) => alarm.tag)
  if (questions.length === 0) return null
  const found: number[] = []
  for (const alarm of source.alarms().values())
    if (questions.every((question) => question(alarm))) found.push(alarm.number)
  return found
}

/** Rows with a text in id, tag, message or comment, upper or lower case. */
function textRows(text: string, source: JournalSource) {
  const wanted = text.toLowerCase()
  const alarms = new Set<number>()
  for (const { number, id, tag } of source.alarms().values())
    if (id.toLowerCase().includes(wanted) || tag.toLowerCase().includes(wanted)) alarms.add(number)
  const sure: number[] = []
  /** Messages that fit when one of their numbers does; the second ones have to be put together to know. */
  const byFigure: number[] = []
  const perhaps = new Set<number>()
  const isNumber = /^\d+(\.\d+)?$/.test(wanted)
  for (const { number, text: word } of source.database
    .prepare<[], { number: number; text: string }>('SELECT number, text FROM word')
    .iterate()) {
    const fit = textFit(word, wanted)
    if (fit === 'all') sure.push(number)
    else if (fit === 'some' && isNumber && !hasJoinedFigures(word)) byFigure.push(number)
    else if (fit === 'some') perhaps.add(number)
  }
  const parameters: Record<string, string> = {
    textAlarms: JSON.stringify([...alarms]),
    sureWords: JSON.stringify(sure),
    words: JSON.stringify([...sure, ...perhaps]),
    byFigure: JSON.stringify(byFigure),
    wanted,
  }
  const listed = (column: string, name: string) => `${column} IN (SELECT value FROM json_each(@${name}))`
  const sql = `(${listed('alarm', 'textAlarms')} OR ${listed('message', 'words')} OR ${listed('comment', 'sureWords')}
    OR (instr(figures, @wanted) > 0 AND ${listed('message', 'byFigure')}))`
  const withMessage = source.database
    .prepare<[string], { alarm: number }>(
      'SELECT DISTINCT alarm FROM alarm_message WHERE word IN (SELECT value FROM json_each(?))',
    )
    .all(JSON.stringify([...sure, ...byFigure, ...perhaps]))
  const indexed: IndexedRows[] = [...new Set([...alarms, ...withMessage.map(({ alarm }) => alarm)])].map((number) => ({
    column: 'alarm',
    number,
  }))
  // Of all words only comments lead to rows here; users and messages among them find none.
  const commented = source.database
    .prepare<[string], { comment: number }>(
      `SELECT words.value AS comment FROM json_each(?) AS words
       WHERE EXISTS (SELECT 1 FROM event WHERE event.comment = words.value AND event.comment <> 0)`,
    )
    .all(parameters.sureWords!)
  for (const { comment } of commented) indexed.push({ column: 'comment', number: comment })
  const isSure = new Set(sure)
  const isFigure = new Set(byFigure)
  const fitsRow =
    perhaps.size === 0
      ? null
      : (row: StoredEvent) =>
          alarms.has(row.alarm) ||
          isSure.has(row.message) ||
          isSure.has(row.comment) ||
          isFigure.has(row.message) ||
          (perhaps.has(row.message) && source.message(row).toLowerCase().includes(wanted))
  return { sql, parameters, indexed, fitsRow }
}
