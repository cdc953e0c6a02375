// The report `before` of the journal's reader thread: the occurrence of an alarm, its first-out group, and what other alarms did in the
// time before it.
import { type AlarmEvent, type AlarmState, alarmEventKinds } from '../../shared/alarm.ts'
import type { FirstOutMember } from '../../shared/alarm-report.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import type { JournalRows, ReportRow } from '../journal-rows.ts'
import { isHeld } from './alarm-kpi-row.ts'
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
/** Rows of each member of its first-out group that are looked at, and for how long after it; ms. */
const mostGroupRows = 200
const groupAfterMs = 600_000
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

/** Counts for its group: in alarm, and not held back. */
function isOpen(state: AlarmState): boolean {
  return state !== 'normal' && !isHeld(state)
}

/** Members of the group that became active since it was normal, with the occurrence among them, in order of source time. */
function firstOutMembers(rows: JournalRows, occurrence: AlarmEvent, groupIds: readonly string[]): FirstOutMember[] {
  const { timestamp, sequence } = occurrence
  const before = groupIds.flatMap((id) => rows.eventsOf(id, sequence, mostGroupRows))
  const after = [...rows.rows(timestamp, timestamp + groupAfterMs, groupIds)].filter((row) => row.sequence >= sequence)
  const ordered: ReportRow[] = [...before, ...after].sort((a, b) => a.sequence - b.sequence)
  const open = new Set<string>()
  for (const row of [...ordered].reverse())
    if (!isOpen(row.previousState)) open.delete(row.id)
    else open.add(row.id)
  /** `active` rows since the group was normal. */
  let activations: number[] = []
  let isFound = false
  for (const row of ordered) {
    if (row.isTest) continue
    if (row.event === 'active') activations.push(row.sequence)
    isFound ||= row.sequence === sequence
    if (!isOpen(row.state)) open.delete(row.id)
    else open.add(row.id)
    if (open.size > 0) continue
    if (isFound) break
    activations = []
  }
  return membersOf(
    firstOfEach(
      activations.flatMap((active) => rows.event(active) ?? []),
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
    isFirstOut: event.timestamp === first,
    isTie: [ordered[index - 1], ordered[index + 1]].some((other) => other?.timestamp === event.timestamp),
    isSubject: event.sequence === occurrence.sequence,
    afterMs: event.timestamp - first,
  }))
}
