// Journal rows in memory, as reports read them: JournalRows over a plain list.
import type { JournalRows, ReportRow } from '../../src-main/alarms/journal-rows.ts'
import type { AlarmEvent } from '../../src-main/shared/alarm.ts'

export class MemoryJournalRows implements JournalRows {
  readonly events: readonly AlarmEvent[]
  isCancelled = false

  /** Sorted by sequence. */
  constructor(events: readonly AlarmEvent[]) {
    this.events = events
  }

  get oldestTimestamp(): number | null {
    return this.events[0]?.receivedTimestamp ?? null
  }

  *rows(from: number, to: number, ids: readonly string[] | null = null): Iterable<ReportRow> {
    const isWithin = (timestamp: number) => timestamp >= from && timestamp <= to
    for (const event of this.events)
      if ((isWithin(event.timestamp) || isWithin(event.receivedTimestamp)) && (ids === null || ids.includes(event.id)))
        yield event
  }

  *lastBefore(timestamp: number): Iterable<ReportRow> {
    const last = new Map<string, AlarmEvent>()
    for (const event of this.events) if (event.receivedTimestamp < timestamp) last.set(event.id, event)
    yield* last.values()
  }

  event(sequence: number): AlarmEvent | null {
    return this.events.find((event) => event.sequence === sequence) ?? null
  }

  eventsOf(id: string, beforeSequence: number, limit: number): readonly AlarmEvent[] {
    return this.eventsBefore(beforeSequence, Number.POSITIVE_INFINITY)
      .filter((event) => event.id === id)
      .slice(0, limit)
  }

  eventsBefore(beforeSequence: number, limit: number): readonly AlarmEvent[] {
    return [...this.events]
      .reverse()
      .filter(({ sequence }) => sequence < beforeSequence)
      .slice(0, limit)
  }
}
