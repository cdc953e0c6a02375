// The report `before` of the journal's reader thread: the occurrence of an alarm, its first-out group, and what other alarms did in the
// time before it.
import { type AlarmEvent, alarmEventKinds } from '../shared/alarm.ts'
import type { FirstOutMember } from '../shared/alarm-report.ts'
import { RuntimeError } from '../shared/runtime-error.ts'
import type { JournalRows, ReportRow } from './journal-rows.ts'
import { cancelled } from './kpi-report.ts'

/** Plain values: they cross into the reader thread. Times in ms. */
export interface BeforeQuestion {
  readonly id: string
  /** Sequence of the `active` row; null = the last occurrence. */
  readonly eventId: number | null
  /** Members of its first-out group; empty = it has none. */
  readonly groupIds: readonly string[]
  /** How far back other alarms are looked for. */
  readonly spanMs: number
}

export interface BeforeRows {
  readonly occurrence: AlarmEvent
  readonly members: readonly FirstOutMember[]
  /** Of other alarms, newest first; at most 300. */
  readonly others: readonly AlarmEvent[]
}

const mostOthers = 300
/** Rows that are looked through; more in this time is a flood, of which the rows after so many say no more. */
const mostRows = 200_000
/** Rows of the alarm that are looked through for its last occurrence. */
const mostOwnRows = 2000
/** How long before and after an alarm its first-out group is followed; ms. */
const groupBeforeMs = 24 * 3600_000
const groupAfterMs = 3600_000
const telling = new Set<string>(alarmEventKinds.filter((kind) => kind !== 'comment' && kind !== 'changed'))

/**
 * RuntimeError BadNoData for an alarm that never was active as far as the journal goes back, BadEventIdUnknown where `eventId` is no
 * activation of it.
 */
export function beforeReport(rows: JournalRows, question: BeforeQuestion): BeforeRows {
  const occurrence = occurrenceOf(rows, question)
  return {
    occurrence,
    members: question.groupIds.length === 0 ? [] : firstOutMembers(rows, occurrence, question.groupIds),
    others: othersBefore(rows, occurrence, question.spanMs),
  }
}

function occurrenceOf(rows: JournalRows, { id, eventId }: BeforeQuestion): AlarmEvent {
  if (eventId !== null) {
    const event = rows.event(eventId)
    if (event?.id === id && event.event === 'active') return event
    throw new RuntimeError('BadEventIdUnknown', `Event ${eventId} of the journal is no activation of ${id}`)
  }
  const last = rows.eventsOf(id, Number.MAX_SAFE_INTEGER, mostOwnRows).find(({ event }) => event === 'active')
  if (last !== undefined) return last
  throw new RuntimeError('BadNoData', `${id} has not been active as far as the journal goes back`)
}

function othersBefore(rows: JournalRows, occurrence: AlarmEvent, spanMs: number): AlarmEvent[] {
  const { timestamp, sequence, id } = occurrence
  const found: ReportRow[] = []
  let count = 0
  for (const row of rows.rows(timestamp - spanMs, timestamp)) {
    if (++count > mostRows) break
    if (count % 8192 === 0 && rows.isCancelled) throw cancelled()
    if (row.id === id || row.isTest || row.sequence === sequence || !telling.has(row.event)) continue
    if (row.timestamp < timestamp - spanMs || row.timestamp > timestamp) continue
    found.push(row)
    if (found.length > 4 * mostOthers) keepNewest(found)
  }
  keepNewest(found)
  return found.flatMap((row) => rows.event(row.sequence) ?? [])
}

function keepNewest(found: ReportRow[]): void {
  found.sort((a, b) => b.timestamp - a.timestamp || b.sequence - a.sequence)
  found.length = Math.min(found.length, mostOthers)
}

/** Members of the group that became active since it was normal, with the occurrence among them, in order of source time. */
function firstOutMembers(rows: JournalRows, occurrence: AlarmEvent, groupIds: readonly string[]): FirstOutMember[] {
  const from = occurrence.timestamp - groupBeforeMs
  const members = new Set(groupIds)
  const abnormal = new Set<string>()
  /** `active` rows since the group was normal. */
  let activations: number[] = []
  for (const row of rows.lastBefore(from))
    if (members.has(row.id) && row.state !== 'normal') {
      abnormal.add(row.id)
      if (row.eventId !== 0) activations.push(row.eventId)
    }
  let isFound = false
  for (const row of rows.rows(from, occurrence.timestamp + groupAfterMs, groupIds)) {
    if (row.isTest) continue
    if (row.event === 'active') activations.push(row.sequence)
    isFound ||= row.sequence === occurrence.sequence
    if (row.state === 'normal') abnormal.delete(row.id)
    else abnormal.add(row.id)
    if (abnormal.size > 0) continue
    if (isFound) break
    activations = []
  }
  return membersOf(
    firstOfEach(
      activations.flatMap((sequence) => rows.event(sequence) ?? []),
      occurrence,
    ),
    occurrence,
  )
}

/** The first activation of each alarm; of the one that was asked about the one that was asked for. */
function firstOfEach(activations: readonly AlarmEvent[], occurrence: AlarmEvent): AlarmEvent[] {
  const firsts = new Map<string, AlarmEvent>([[occurrence.id, occurrence]])
  for (const event of activations) if (!firsts.has(event.id)) firsts.set(event.id, event)
  return [...firsts.values()].sort((a, b) => a.timestamp - b.timestamp || a.sequence - b.sequence)
}

function membersOf(ordered: readonly AlarmEvent[], occurrence: AlarmEvent): FirstOutMember[] {
  const first = ordered[0]!.timestamp
  return ordered.map((event, index) => ({
    id: event.id,
    eventId: event.sequence,
    timestamp: event.timestamp,
    message: event.message,
    priority: event.priority,
    isFirstOut: index === 0,
    isTie: [ordered[index - 1], ordered[index + 1]].some((other) => other?.timestamp === event.timestamp),
    isSubject: event.sequence === occurrence.sequence,
    afterMs: event.timestamp - first,
  }))
}
