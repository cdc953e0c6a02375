// Occurrences of alarms as marks on trends: a span from active to returned.
import type { HistoryMarker } from '../../shared/history.ts'
import { eventMask, eventNumbers } from './journal-codec.ts'
import { searchJournal } from './journal-search.ts'
import type { JournalSource, StoredEvent } from './journal-source.ts'

const both = `(code & ${eventMask}) IN (${eventNumbers.active}, ${eventNumbers.returned})`
/** Longer messages are cut: a mark is a line beside a curve. */
const longestText = 200

/** Occurrences that overlap [from, to), the newest `limit`, newest first; `tags` null = of all. */
export function journalMarkers(
  source: JournalSource,
  from: number,
  to: number,
  tags: readonly string[] | null,
  limit: number,
): readonly HistoryMarker[] {
  const wanted = tags === null ? null : new Set(tags)
  const alarms = [...source.alarms().values()].filter(({ tag }) => wanted?.has(tag) ?? true)
  const starts = new Map<number, HistoryMarker>()
  const archived =
    source.database.prepare<[], { archived: number }>('SELECT archived_sequence AS archived FROM chain').get()
      ?.archived ?? 0
  const next = source.database.prepare<[number, number], StoredEvent>(
    `SELECT * FROM event WHERE alarm = ? AND sequence > ? AND ${both} ORDER BY sequence LIMIT 1`,
  )
  const numbersOf = Map.groupBy(source.alarms().values(), ({ id }) => id)
  const add = (row: StoredEvent) => {
    if (row.sequence <= archived || starts.has(row.sequence)) return
    // Its end may be under another number of the same alarm: its priority was changed meanwhile.
    const ends = (numbersOf.get(source.alarm(row.alarm).id) ?? [])
      .flatMap(({ number }) => next.get(number, row.sequence) ?? [])
      .sort((a, b) => a.sequence - b.sequence)
    const end = ends[0]?.timestamp ?? null
    if (row.timestamp >= to || (end !== null && end < from)) return
    starts.set(row.sequence, markerOf(source, row, end))
  }
  // Those that began within the span: by pages, for there may be many.
  let cursor: string | undefined
  do {
    const page = searchJournal(
      { from, to, events: ['active'], order: 'newest', limit: 1000, cursor, ...(tags === null ? {} : { tags }) },
      { source },
    )
    for (const { sequence } of page.events) {
      const row = source.row(sequence)
      if (row !== null) add(row)
    }
    cursor = starts.size > limit ? undefined : page.cursor
  } while (cursor !== undefined)
  // Those that began before: the last change of each alarm in front of the first row of the span.
  const bound = firstSequenceFrom(source, from)
  const before = source.database.prepare<[number, number], StoredEvent>(
    `SELECT * FROM event WHERE alarm = ? AND sequence < ? AND ${both} ORDER BY sequence DESC LIMIT 1`,
  )
  for (const { number } of alarms) {
    const row = before.get(number, bound)
    if (row !== undefined && (row.code & eventMask) === eventNumbers.active) add(row)
  }
  return [...starts.values()].sort((a, b) => b.timestamp - a.timestamp).slice(0, limit)
}

/** Sequence of the first row that was received at this instant or later; beyond the last one when there is none. */
function firstSequenceFrom(source: JournalSource, from: number): number {
  const block = source.database
    .prepare<[number], { number: number }>('SELECT number FROM block WHERE last_received >= ? ORDER BY number LIMIT 1')
    .get(from)
  if (block === undefined) return Number.MAX_SAFE_INTEGER
  const row = source.database
    .prepare<[number, number], { sequence: number }>(
      'SELECT sequence FROM event WHERE sequence > ? AND timestamp + lag >= ? ORDER BY sequence LIMIT 1',
    )
    .get(block.number * 1024, from)
  return row?.sequence ?? Number.MAX_SAFE_INTEGER
}

function markerOf(source: JournalSource, row: StoredEvent, endTimestamp: number | null): HistoryMarker {
  const event = source.eventOf(row)
  return {
    id: String(event.sequence),
    kind: 'alarm',
    timestamp: event.timestamp,
    endTimestamp,
    tag: event.tag,
    user: null,
    text: (event.message === '' ? event.id : event.message).slice(0, longestText),
    priority: event.priority,
    alarm: event.id,
    ...(event.isTest ? { isTest: true } : {}),
  }
}
