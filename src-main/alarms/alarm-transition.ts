// What passes between the alarm engine and the journal: each change of an alarm, and what of it must survive a kill.
import type { AlarmDefinition, AlarmEvent, AlarmHold } from '../shared/alarm.ts'
import type { JsonValue } from '../shared/data-value.ts'

/** Regions of one alarm that run beside each other (OPC 10000-9 section 5.8); the state shown is derived. Times in ms. */
export interface AlarmRegions {
  readonly isActive: boolean
  readonly isAcknowledged: boolean
  /** Waits for a reset although the condition may be gone. */
  readonly isLatched: boolean
  readonly shelved: (AlarmHold & { readonly until: number; readonly isOneShot: boolean }) | null
  /** By an expression or rule of the plant, by a lost device, or by its Bad value; `reason` names it. */
  readonly suppressed: AlarmHold | null
  readonly outOfService: AlarmHold | null
}

/** What is kept of one alarm over restarts. Alarms without a row here are normal. */
export interface StoredAlarm {
  readonly id: string
  readonly regions: AlarmRegions
  readonly activeTimestamp: number | null
  readonly returnedTimestamp: number | null
  readonly acknowledgedTimestamp: number | null
  readonly acknowledgedBy: string | null
  /** Value and message of the present occurrence, as they were. */
  readonly value: JsonValue
  readonly message: string
  readonly messages: Readonly<Record<string, string>> | null
  readonly eventId: number
  readonly occurrenceCount: number
  readonly reAlarmCount: number
  readonly isFirstOut: boolean
  readonly isFirstOutTie: boolean
  readonly isTest: boolean
  /** Left the plant folder. One that was not acknowledged by then is listed until it is. */
  readonly isRemoved: boolean
  /** As it was at the last event: an alarm whose definition is gone can still be shown and acknowledged. */
  readonly definition: AlarmDefinition
}

/** One step: the row of the journal, and what is known of the alarm after it. */
export interface AlarmTransition {
  readonly event: AlarmEvent
  readonly stored: StoredAlarm
}

/** The journal as the engine sees it (alarm-journal.ts). */
export interface AlarmRecorder {
  /** Sequence of the last row, 0 = none. The engine numbers on from here. */
  readonly lastSequence: number
  /** Alarms as they were when the station ended, however it ended. */
  load(): readonly StoredAlarm[]
  /**
   * Takes transitions in order of their sequence; they are on the disk within milliseconds. Never throws: while the disk refuses,
   * they wait and `isWriting` is false.
   */
  append(transitions: readonly AlarmTransition[]): void
  /**
   * Resolves when everything appended so far, or the rows up to `sequence`, are on the disk; rejects with RuntimeError
   * BadResourceUnavailable when it cannot be written.
   */
  flushed(sequence?: number): Promise<void>
  readonly isWriting: boolean
}
