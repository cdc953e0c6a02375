// What is asked of the alarm journal, and how it answers.
import type { AlarmEvent, AlarmEventKind, AlarmFilter } from '../../shared/alarm.ts'

/** Which rows; absent = all. `states` are those after the event, `text` is looked for in id, tag, message and comment. */
export interface JournalFilter extends AlarmFilter {
  /** Inclusive, ms. A row fits when its timestamp or its receivedTimestamp lies in [from, to]. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly id?: string | undefined
  readonly events?: readonly AlarmEventKind[] | undefined
  readonly user?: string | undefined
  /** Only rows that were received before the row in front of them: the station's clock was set back there. */
  readonly isClockSetBack?: boolean | undefined
}

export interface JournalQuery extends JournalFilter {
  /** By sequence; oldest first unless asked otherwise. */
  readonly order?: 'oldest' | 'newest' | undefined
  /** 1 to {@link mostJournalRows}; {@link usualJournalRows} when absent. */
  readonly limit?: number | undefined
  /** Of the page before; the filter and order have to be the same. */
  readonly cursor?: string | undefined
}

/** Rows for a file; any number of them. */
export interface JournalExport extends JournalFilter, Pick<JournalQuery, 'order'> {
  readonly limit?: number | undefined
}

export const usualJournalRows = 1000
export const mostJournalRows = 10_000

export interface JournalPage {
  readonly events: readonly AlarmEvent[]
  /**
   * There may be more: ask again with it. A search that takes long ends its page early, with fewer rows than asked for, even none,
   * so that no page takes a second.
   */
  readonly cursor?: string
}

export interface JournalVerdict {
  readonly ok: boolean
  /** First row that is missing, changed or not chained to the one before. */
  readonly firstBrokenSequence?: number
}
