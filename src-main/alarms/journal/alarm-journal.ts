// The alarm journal: every transition of every alarm and the state it left, durable before anybody sees it (ISA-18.2 clause 16,
// docs/alarm-journal.md). `<data>/alarms.sqlite`, rows chained by hashes.
import { join } from 'node:path'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import type { AlarmEvent } from '../../shared/alarm.ts'
import type { HistoryMarker } from '../../shared/history.ts'
import type { AlarmRecorder, AlarmTransition, StoredAlarm } from '../alarm-transition.ts'
import type { AlarmReportAnswer, AlarmReportInput, AlarmReportName } from '../reports/alarm-reports.ts'
import type { CsvPiece } from './alarm-reader-message.ts'
import { AlarmReaderThread } from './alarm-reader-thread.ts'
import { journalCsvHeader } from './journal-csv.ts'
import { archiveFolderName, journalFileName } from './journal-files.ts'
import { openJournal } from './journal-opening.ts'
import type { JournalExport, JournalPage, JournalQuery, JournalVerdict } from './journal-query.ts'
import { JournalRecorder } from './journal-recorder.ts'
import { JournalRetention } from './journal-retention.ts'

export interface AlarmJournalOptions {
  readonly dataFolder: string
  readonly clock: Clock
  readonly logger: Logger
  /** Rows that are on the disk now, in order of their sequence; each is told once. */
  readonly onCommitted?: (events: readonly AlarmEvent[]) => void
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
  /** Rows that fit as CSV (RFC 4180, UTF-8, header line), piece by piece; all of them, or the first `limit`. */
  exportCsv(filter: JournalExport, signal?: AbortSignal): AsyncIterable<string>
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

/**
 * Opens or makes the journal. A damaged one is put aside and a new one begun. Throws DatabaseError when none can be written at all: no
 * room, no permission, or it was made by a newer Lineside.
 */
export function openAlarmJournal(options: AlarmJournalOptions): AlarmJournal {
  return new StoredAlarmJournal(options)
}

class StoredAlarmJournal implements AlarmJournal {
  readonly #recorder: JournalRecorder
  readonly #reader: AlarmReaderThread
  readonly #retention: JournalRetention

  constructor({ dataFolder, clock, logger, onCommitted, onWritingChanged, retentionMs }: AlarmJournalOptions) {
    const file = join(dataFolder, journalFileName)
    const archiveFolder = join(dataFolder, archiveFolderName)
    this.#reader = new AlarmReaderThread({ file, archiveFolder, clock, logger })
    this.#recorder = new JournalRecorder({
      file,
      opened: openJournal(file, clock, logger),
      clock,
      logger,
      onCommitted: onCommitted ?? ignore,
      onWritingChanged: onWritingChanged ?? ignore,
      onRenewed: () => void this.#reader.restart(),
    })
    this.#retention = new JournalRetention({
      recorder: this.#recorder,
      reader: this.#reader,
      clock,
      logger,
      retentionMs: retentionMs ?? (() => null),
    })
  }

  get lastSequence(): number {
    return this.#recorder.lastSequence
  }

  get isWriting(): boolean {
    return this.#recorder.isWriting
  }

  load(): readonly StoredAlarm[] {
    return this.#recorder.load()
  }

  append(transitions: readonly AlarmTransition[]): void {
    this.#recorder.append(transitions)
  }

  flushed(sequence?: number): Promise<void> {
    return this.#recorder.flushed(sequence)
  }

  async eventsSince(sequence: number, limit: number): Promise<readonly AlarmEvent[]> {
    const recent = this.#recorder.recent(sequence, limit)
    if (recent !== null) return recent
    return (await this.#reader.ask({ type: 'since', sequence, limit })) as readonly AlarmEvent[]
  }

  async query(query: JournalQuery, signal?: AbortSignal): Promise<JournalPage> {
    return (await this.#reader.ask({ type: 'query', query }, signal)) as JournalPage
  }

  async *exportCsv(
    { limit = Number.POSITIVE_INFINITY, ...filter }: JournalExport,
    signal?: AbortSignal,
  ): AsyncGenerator<string, void> {
    yield journalCsvHeader
    let cursor: string | undefined
    for (let room = limit; room > 0; ) {
      const question = { type: 'csv', filter: { ...filter, cursor }, room } as const
      const piece = (await this.#reader.ask(question, signal)) as CsvPiece
      yield piece.text
      if (piece.cursor === undefined) return
      cursor = piece.cursor
      room -= piece.rowCount
    }
  }

  async verify(signal?: AbortSignal): Promise<JournalVerdict> {
    const { ok, firstBrokenSequence } = (await this.#reader.ask({ type: 'verify' }, signal)) as JournalVerdict
    return firstBrokenSequence === undefined ? { ok } : { ok, firstBrokenSequence }
  }

  async markers(
    from: number,
    to: number,
    tags: readonly string[] | null,
    limit: number,
  ): Promise<readonly HistoryMarker[]> {
    return (await this.#reader.ask({ type: 'markers', from, to, tags, limit })) as readonly HistoryMarker[]
  }

  async report<Name extends AlarmReportName>(
    name: Name,
    input: AlarmReportInput<Name>,
    signal?: AbortSignal,
  ): Promise<AlarmReportAnswer<Name>> {
    return (await this.#reader.ask({ type: 'report', name, input }, signal)) as AlarmReportAnswer<Name>
  }

  health(): AlarmJournalHealth {
    const { isWriting, committedSequence, queuedCount, lostCount, lastFault, damagedFile, figures } = this.#recorder
    return { isWriting, lastSequence: committedSequence, queuedCount, lostCount, lastFault, damagedFile, ...figures }
  }

  async close(): Promise<void> {
    this.#retention.close()
    this.#recorder.close()
    await this.#reader.close()
  }
}

function ignore(): void {
  // Nobody asked to be told.
}
