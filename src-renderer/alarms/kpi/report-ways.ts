// What every list of the report needs of its alarms: what the plant calls them, the journal of a time, their cure.
import type { AlarmProposal } from '../../../src-main/shared/alarm-report.ts'
import type { JournalQuery } from '../journal/journal-query.ts'

export interface ReportWays {
  /** Message without the values of one occurrence; '' of an alarm that is no longer in the plant. */
  readonly messageOf: (id: string) => string
  /** Address of all of an alarm in the journal, in the span of the report. */
  readonly journalOf: (id: string) => string
  /** Address of the journal of the report's area, narrowed to this. */
  readonly journal: (change: Partial<JournalQuery>) => string
  /** The proposal to take; undefined where none was computed. */
  readonly cureOf: (id: string) => AlarmProposal | undefined
}
