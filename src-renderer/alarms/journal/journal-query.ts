// What the journal is narrowed to: as the address says it, as the runtime is asked, and whether an event that has just come fits.
import {
  type AlarmEvent,
  type AlarmEventKind,
  type AlarmPriority,
  type AlarmState,
  alarmEventKinds,
  alarmPriorities,
  alarmStates,
} from '../../../src-main/shared/alarm.ts'
import type { InputOf } from '../../../src-main/shared/contract.ts'
import { isWithinArea } from '../../ui/areas.ts'
import {
  isRunning,
  type ReportSpan,
  readSpan,
  resolveSpan,
  type ShiftPattern,
  spanParameters,
} from '../span/report-span.ts'

/** '' and an empty list = not narrowed. */
export interface JournalQuery {
  readonly span: ReportSpan
  readonly area: string
  readonly priorities: readonly AlarmPriority[]
  readonly states: readonly AlarmState[]
  readonly events: readonly AlarmEventKind[]
  readonly user: string
  readonly text: string
  /** One alarm. */
  readonly id: string
}

export const wholeJournal: JournalQuery = {
  span: { kind: 'all' },
  area: '',
  priorities: [],
  states: [],
  events: [],
  user: '',
  text: '',
  id: '',
}

/** What a visit without parameters begins with. */
export const firstQuery: JournalQuery = { ...wholeJournal, span: { kind: '24h' } }

/** The query as parameters of an address; null takes one out. Not `tag`, `equipment`, `trend`: these open what stands beside a screen. */
export function queryParameters(query: JournalQuery): Readonly<Record<string, string | null>> {
  return {
    ...spanParameters(query.span),
    area: query.area || null,
    priorities: query.priorities.join(',') || null,
    states: query.states.join(',') || null,
    events: query.events.join(',') || null,
    user: query.user || null,
    text: query.text || null,
    id: query.id || null,
  }
}

/** The query of an address. What cannot be read is left out, so that a link typed half wrongly still shows the rest. */
export function readQuery(parameters: Readonly<Record<string, string>>): JournalQuery {
  return {
    span: readSpan(parameters, firstQuery.span),
    area: parameters.area ?? '',
    priorities: wordsOf(parameters.priorities, alarmPriorities),
    states: wordsOf(parameters.states, alarmStates),
    events: wordsOf(parameters.events, alarmEventKinds),
    user: parameters.user ?? '',
    text: parameters.text ?? '',
    id: parameters.id ?? '',
  }
}

function wordsOf<Word extends string>(text: string | undefined, known: readonly Word[]): readonly Word[] {
  const words = (text ?? '').split(',')
  return known.filter((word) => words.includes(word))
}

/** The end of an address, `?span=…&…`, with what differs from the whole journal. */
export function queryText(query: Partial<JournalQuery>): string {
  const given = Object.entries(queryParameters({ ...firstQuery, ...query })).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  )
  return `?${new URLSearchParams(given)}`
}

type JournalInput = InputOf<'alarms.journal'>

/** What the runtime is asked. A span that is still running has no end: a clock that goes ahead hides nothing. */
export function journalInput(
  query: JournalQuery,
  now: number,
  pattern: ShiftPattern,
  timeZone: string,
): JournalInput & { readonly order: 'newest' } {
  const { from, to } = resolveSpan(query.span, now, pattern, timeZone)
  return {
    ...(query.span.kind === 'all' ? {} : { from }),
    ...(isRunning(query.span) ? {} : { to }),
    ...(query.area === '' ? {} : { area: query.area }),
    ...(query.priorities.length === 0 ? {} : { priorities: [...query.priorities] }),
    ...(query.states.length === 0 ? {} : { states: [...query.states] }),
    ...(query.events.length === 0 ? {} : { events: [...query.events] }),
    ...(query.user === '' ? {} : { user: query.user }),
    ...(query.text === '' ? {} : { text: query.text }),
    ...(query.id === '' ? {} : { id: query.id }),
    order: 'newest',
  }
}

/** True when no row is left out but by time: between two rows that follow each other no number may be missing. */
export function isUnfiltered(query: JournalQuery): boolean {
  const { area, priorities, states, events, user, text, id } = query
  return [area, user, text, id].every((word) => word === '') && priorities.length + states.length + events.length === 0
}

/** Whether an event that has just come would be among the rows. The time is not looked at: it is now. */
export function fits(event: AlarmEvent, query: JournalQuery): boolean {
  const { area, priorities, states, events, user, id } = query
  const text = query.text.toLowerCase()
  return (
    isRunning(query.span) &&
    isWithinArea(event.area, area) &&
    (priorities.length === 0 || priorities.includes(event.priority)) &&
    (states.length === 0 || states.includes(event.state)) &&
    (events.length === 0 || events.includes(event.event)) &&
    (user === '' || event.user === user) &&
    (id === '' || event.id === id) &&
    (text === '' || [event.id, event.tag, event.message].some((part) => part.toLowerCase().includes(text)))
  )
}
