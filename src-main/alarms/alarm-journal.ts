// The alarm journal: every transition of every alarm and the state it left, durable before anybody sees it (ISA-18.2 clause 16,
// docs/alarm-journal.md). `<data>/alarms.sqlite`, rows chained by hashes.
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import type { AlarmEvent } from '../shared/alarm.ts'
import type { HistoryMarker } from '../shared/history.ts'
import type { AlarmReportAnswer, AlarmReportInput, AlarmReportName } from './alarm-reports.ts'
import type { AlarmRecorder } from './alarm-transition.ts'
import type { JournalFilter, JournalPage, JournalQuery, JournalVerdict } from './journal-query.ts'

export interface AlarmJournalOptions {
  readonly dataFolder: string
  readonly clock: Clock
  readonly logger: Logger
  /** Rows that are on the disk now, in order of their sequence; each is told once. */
  readonly onCommitted: (events: readonly AlarmEvent[]) => void
  /** The journal cannot be written any more, or can again. */
  readonly onWritingChanged?: (isWriting: boolean) => void
  /** How long rows are kept before they move to an archive file; null = for ever. Asked at each round. */
  readonly retentionMs?: () => number | null
}

/** The journal of a running station. */
export interface AlarmJournal extends AlarmRecorder {
  /**
   * Committed rows after `sequence`, oldest first: for feeds that catch up. From memory while they are recent, else from the disk.
   * Rows that were archived meanwhile are left out.
   */
  eventsSince(sequence: number, limit: number): Promise<readonly AlarmEvent[]>
  /** A page; less than a second whatever is asked. Throws RuntimeError BadInvalidArgument for a query that makes no sense. */
  query(query: JournalQuery, signal?: AbortSignal): Promise<JournalPage>
  /** All rows that fit as CSV (RFC 4180, UTF-8, header line), piece by piece. */
  exportCsv(filter: JournalFilter & Pick<JournalQuery, 'order'>, signal?: AbortSignal): AsyncIterable<string>
  /** Checks the chain of every row, archive files included; about 100,000 rows a second, beside everything else. */
  verify(signal?: AbortSignal): Promise<JournalVerdict>
  /** Marks for trends: each occurrence that overlaps [from, to), as a span; newest `limit`. `tags` null = of every tag. */
  markers(from: number, to: number, tags: readonly string[] | null, limit: number): Promise<readonly HistoryMarker[]>
  /** Runs a report of alarm-reports.ts in the reader thread. */
  report<Name extends AlarmReportName>(
    name: Name,
    input: AlarmReportInput<Name>,
    signal?: AbortSignal,
  ): Promise<AlarmReportAnswer<Name>>
  /** For maintenance.health and /metrics. */
  health(): AlarmJournalHealth
  /** Writes what waits, then ends. */
  close(): Promise<void>
}

export interface AlarmJournalHealth {
  readonly isWriting: boolean
  readonly lastSequence: number
  /** Rows that wait to be written. */
  readonly queuedCount: number
  /** Rows of this run that could not be kept: the disk refused for so long that the memory for waiting rows was full. */
  readonly lostCount: number
  /** The last refusal of the disk; null when there was none. */
  readonly lastFault: string | null
  /** Where a damaged journal was put aside at this start; null when it was whole. */
  readonly damagedFile: string | null
  readonly oldestTimestamp: number | null
  readonly byteCount: number
  readonly archivedCount: number
}
