// What reports (KPIs, shift report, what came before) read of the journal. They run in the journal's reader thread, on a state of the
// journal that does not change while they read.
import type { AlarmCondition, AlarmEvent, AlarmEventKind, AlarmPriority, AlarmState } from '../shared/alarm.ts'

/** What figures are made of: a row of the journal without its texts. Times in ms since 1970-01-01 UTC. */
export interface ReportRow {
  readonly sequence: number
  readonly id: string
  readonly tag: string
  readonly condition: AlarmCondition
  readonly event: AlarmEventKind
  readonly state: AlarmState
  readonly previousState: AlarmState
  readonly priority: AlarmPriority
  readonly timestamp: number
  readonly receivedTimestamp: number
  /** '' = the runtime itself. */
  readonly user: string
  readonly isActive: boolean
  /** Sequence of the `active` row of the occurrence; 0 = none. */
  readonly eventId: number
  readonly isFirstOut: boolean
  readonly isTest: boolean
  readonly alarmClass: string
  readonly area: string
  readonly equipment: string | null
}

export interface JournalRows {
  /**
   * Rows whose timestamp or receivedTimestamp lies in [from, to], by sequence, oldest first; about a million a second. `ids` null =
   * of every alarm.
   */
  rows(from: number, to: number, ids?: readonly string[] | null): Iterable<ReportRow>
  /** The last row received before `timestamp` of each alarm that has one: what the station looked like then. In no order. */
  lastBefore(timestamp: number): Iterable<ReportRow>
  /** One row with its texts and values; null when there is none (any more). */
  event(sequence: number): AlarmEvent | null
  /** Rows of one alarm with their texts, newest first, all of them before `beforeSequence` (not itself). */
  eventsOf(id: string, beforeSequence: number, limit: number): readonly AlarmEvent[]
  /** Rows of any alarm with their texts, newest first, before `beforeSequence` (not itself). */
  eventsBefore(beforeSequence: number, limit: number): readonly AlarmEvent[]
  /** receivedTimestamp of the oldest row still in the journal, null when it is empty: nothing is known of the time before. */
  readonly oldestTimestamp: number | null
  /** Set when nobody waits for the answer any more; long reports look at it now and then. */
  readonly isCancelled: boolean
}

/**
 * A report: a function of the rows and of what it was asked for, called in the reader thread (alarm-reports.ts names them). Input and
 * answer cross the thread: plain values. May throw a RuntimeError, which reaches the caller.
 */
export type AlarmReport<Input, Answer> = (rows: JournalRows, input: Input) => Answer | Promise<Answer>
