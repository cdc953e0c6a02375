// What a list is narrowed to, as a question to a row; the text that is searched is asked for beside it (alarm-list.ts).
import type { AlarmListFilter, AlarmRow } from '../../shared/alarm.ts'

/** Whether a row fits all of the filter except its text; null when every row does. */
export function alarmFilter(filter: AlarmListFilter): ((row: AlarmRow) => boolean) | null {
  const questions: ((row: AlarmRow) => boolean)[] = []
  const { area = '', exactArea = false, equipment } = filter
  among(questions, filter.states, (row) => row.state)
  among(questions, filter.priorities, (row) => row.priority)
  among(questions, filter.conditions, (row) => row.condition)
  among(questions, filter.classes, (row) => row.alarmClass)
  among(questions, filter.tags, (row) => row.tag)
  if (exactArea) questions.push((row) => row.area === area)
  else if (area !== '') {
    const below = `${area}/`
    questions.push((row) => row.area === area || row.area.startsWith(below))
  }
  if (equipment !== undefined) questions.push((row) => (row.equipment ?? '') === equipment)
  if (questions.length === 0) return null
  const only = questions.length === 1 ? questions[0] : undefined
  return only ?? ((row) => questions.every((question) => question(row)))
}

function among<Value extends string>(
  questions: ((row: AlarmRow) => boolean)[],
  wanted: readonly Value[] | undefined,
  of: (row: AlarmRow) => Value,
): void {
  if (wanted === undefined) return
  const values = new Set(wanted)
  questions.push((row) => values.has(of(row)))
}

/** Id, tag and messages in lower case. */
export function searchedTextOf({ id, tag, message, messages }: AlarmRow): string {
  const name = id.startsWith(tag) ? id : `${id}\n${tag}`
  if (messages === undefined) return `${name}\n${message}`.toLowerCase()
  return [name, message, ...Object.values(messages)].join('\n').toLowerCase()
}
