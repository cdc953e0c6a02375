// Alarms of the station as the other parts use them: values, devices and commands go in, transitions that are on the disk come out.
// Made by `openAlarms` (alarm-engine.ts).
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import type {
  AlarmDefinition,
  AlarmEvent,
  AlarmOperator,
  AlarmPhilosophy,
  AlarmPriority,
  AlarmResult,
  AlarmRow,
} from '../shared/alarm.ts'
import type { DeviceState } from '../shared/contract.ts'
import type { DataValue, JsonValue } from '../shared/data-value.ts'
import type { TagDefinition } from '../shared/tag.ts'
import type { ValueBatch } from '../shared/value-batch.ts'
import type { AlarmRecorder } from './alarm-transition.ts'

/** What is needed of the tag table; a handle stays valid until the next `configure`. */
export interface AlarmTagSource {
  handleOf(name: string): number | undefined
  definition(handle: number): Pick<TagDefinition, 'dataType' | 'arrayLength' | 'scaling'> | undefined
  read(handle: number): DataValue
  statusCode(handle: number): number
  /** When the tag was last reported, changed or not; ms since 1970-01-01 UTC, 0 for a handle that is no tag. */
  serverTimestamp(handle: number): number
}

/** What is needed of a row of `devices.list`. */
export interface AlarmDevice {
  readonly device: string
  readonly state: DeviceState
  /** Since when; ms since 1970-01-01 UTC. */
  readonly stateTimestamp: number
}

/** What screens, feeds and history may be told: it is on the disk, or `isJournalled` of the alarms is false. */
export interface CommittedAlarms {
  /** In the order of their sequence; empty when only a row changed (the quality of a tag, the chattering mark). */
  readonly events: readonly AlarmEvent[]
  /** Alarms whose row is another now, each once; {@link Alarms.row} gives the new one, null when it is normal or gone. */
  readonly ids: readonly string[]
}

export interface AlarmsParts {
  readonly clock: Clock
  readonly logger: Logger
  readonly table: AlarmTagSource
  readonly recorder: AlarmRecorder
  /** Never called from inside a call of this part, except while {@link Alarms.close} runs. */
  readonly onCommitted: (committed: CommittedAlarms) => void
}

/** Everything that a changed plant brings. The tag table must know the plant's tags already. */
export interface AlarmConfiguration {
  /** All alarms: of tags, of devices (`deviceLost`), of the station itself (`system`). Ids are unique. */
  readonly definitions: readonly AlarmDefinition[]
  readonly philosophy: AlarmPhilosophy
  /** BCP 47, the first is that of {@link AlarmRow.message}. */
  readonly languages: readonly string[]
  /** False for the empty plant of a station without any good one: alarms that are missing stay as they are. */
  readonly removesMissing: boolean
}

export interface AcknowledgeOptions {
  readonly comment?: string | undefined
  /** Which occurrence is meant, in the order of the ids; absent = the present one. */
  readonly eventIds?: readonly number[] | undefined
}

export interface ShelveOptions {
  /** Why; refused without. */
  readonly comment?: string | undefined
  /** Refused without, unless it is a one-shot: that ends with the longest time of the class. */
  readonly durationMs?: number | undefined
  /** Ends when the alarm returns to normal, at the latest after `durationMs`. */
  readonly oneShot?: boolean | undefined
}

/** What is known of one system alarm; see {@link Alarms.systemCondition}. */
export interface SystemCondition {
  /** Since when; the clock when absent; ms since 1970-01-01 UTC. */
  readonly timestamp?: number
  /** For `{value}` of the message. */
  readonly value?: JsonValue
}

/** Load of the operator, after ISA-18.2 clause 16 and EEMUA 191. */
export interface AnnunciationLoad {
  /** Rises with every annunciation since the station started. */
  readonly annunciationCount: number
  /** Priority of the last one; null before the first. */
  readonly annunciatedPriority: AlarmPriority | null
  /** Since when there is a flood; null = there is none; ms. */
  readonly floodTimestamp: number | null
  /** Annunciated in the last ten minutes. */
  readonly rate: number
}

/** Counters since the station started; `transitionCount` = `committedCount` + `pendingCount` at any time. */
export interface AlarmLedger {
  readonly transitionCount: number
  readonly committedCount: number
  /** Waits for the disk. */
  readonly pendingCount: number
  /** Commands to one alarm each, taken and refused. */
  readonly commandCount: number
  readonly refusedCount: number
  readonly definitionCount: number
  /** Delays, re-alarms, shelvings and other times that are being waited for. */
  readonly timerCount: number
  /** Expressions that do not compile; the plant check lets none through. */
  readonly faultyExpressionCount: number
}

/**
 * All alarms of the plant. Values and devices never throw and never wait. Every command answers one result per id, in their order,
 * once what it did is on the disk; where the journal cannot be written the results say BadResourceUnavailable although it is done.
 * Rows are always those of transitions that are on the disk; what was made and is not there yet is awaited with {@link Alarms.flushed}.
 */
export interface Alarms {
  /** Exactly these alarms from now on. An alarm whose id stays keeps its state. Expressions that stay are not compiled again. */
  configure(configuration: AlarmConfiguration): void
  /** Changes of the tag table, right after `apply` and `applyCalculated`. The columns are only read, and only during the call. */
  changes(batch: ValueBatch): void
  /** All connections, whenever one changed its state. */
  devices(rows: readonly AlarmDevice[]): void
  /** Condition of an alarm that the station raises of itself (`system`); unknown ids are kept until the next plant has them. */
  systemCondition(id: string, isTrue: boolean, condition?: SystemCondition): void

  acknowledge(
    ids: readonly string[],
    operator: AlarmOperator,
    options?: AcknowledgeOptions,
  ): Promise<readonly AlarmResult[]>
  shelve(ids: readonly string[], operator: AlarmOperator, options: ShelveOptions): Promise<readonly AlarmResult[]>
  unshelve(ids: readonly string[], operator: AlarmOperator, comment?: string): Promise<readonly AlarmResult[]>
  /** The comment is the reason (permit, reference of the change) and must not be empty. */
  outOfService(ids: readonly string[], operator: AlarmOperator, comment: string): Promise<readonly AlarmResult[]>
  returnToService(ids: readonly string[], operator: AlarmOperator, comment?: string): Promise<readonly AlarmResult[]>
  reset(ids: readonly string[], operator: AlarmOperator, comment?: string): Promise<readonly AlarmResult[]>
  comment(ids: readonly string[], operator: AlarmOperator, comment: string): Promise<readonly AlarmResult[]>
  /** Raises normal alarms for a time, marked as a test in the journal; the process condition is masked meanwhile. */
  test(ids: readonly string[], operator: AlarmOperator, durationMs: number): Promise<readonly AlarmResult[]>

  /** Rows of every alarm that is not normal, in no order. */
  rows(): Iterable<AlarmRow>
  /** null when it is normal, or when there is no such alarm. */
  row(id: string): AlarmRow | null
  definition(id: string): AlarmDefinition | undefined
  /** Of the present plant, in its order; alarms that were removed and wait for acknowledgement are not among them. */
  definitions(): readonly AlarmDefinition[]
  /** What is not durable yet has become so; rejects with BadResourceUnavailable when the journal cannot be written. */
  flushed(): Promise<void>
  load(): AnnunciationLoad
  ledger(): AlarmLedger
  /** False while the journal cannot be written. */
  readonly isJournalled: boolean
  /** Timers end; nothing is evaluated any more. What was appended to the journal is the journal's. */
  close(): void
}
