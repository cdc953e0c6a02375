// What the contract's handlers need of the runtime: runtime.ts fulfils it, tests do it in memory.
import type { Access } from '../access/access.ts'
import type { Alarms } from '../alarms/alarms.ts'
import type { AlarmJournal } from '../alarms/journal/alarm-journal.ts'
import type { AlarmBoard } from '../alarms/list/alarm-board.ts'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import type { AlarmDatabase, AlarmDatabaseEdit, AlarmDatabaseSaved } from '../shared/alarm-database.ts'
import type { AlarmBefore, AlarmKpi, AlarmProposal } from '../shared/alarm-report.ts'
import type { BrowseRow, CallName, CertificateRow, DeviceRow, InputOf, ResultOf } from '../shared/contract.ts'
import type { DataValue, JsonValue, TagValue } from '../shared/data-value.ts'
import type { PlantDisplayQuality } from '../shared/display-quality.ts'
import type { CommandRow, ConditionRow, CounterRow, EquipmentStatusRow } from '../shared/equipment.ts'
import type {
  HistoryMarkerSource,
  HistoryRequest,
  HistoryResult,
  HistoryStatistics,
  RecordedSeriesRow,
} from '../shared/history.ts'
import type { LabelJob, PrinterStatusRow, ScanRow, TriggerTrouble } from '../shared/label.ts'
import type { InstanceEdit } from '../shared/mimic-calls.ts'
import type { Plant, PlantFault } from '../shared/plant.ts'
import type { DataType, TagDefinition } from '../shared/tag.ts'
import type { SavedTrendGroup, TrendGroup } from '../shared/trend-group.ts'

/** The tag table, as far as it is read (tags/tag-table.ts). */
export interface TagReader {
  handleOf(name: string): number | undefined
  definition(handle: number): TagDefinition | undefined
  /** Present value in engineering units. */
  read(handle: number): DataValue
  /** Sorted ascending by code unit. */
  names(): readonly string[]
}

/** Outcome of a write that was not refused (tags/tag-writer.ts). */
export interface WriteOutcome {
  readonly statusCode: number
  /** True when the device reported the written value back in time. */
  readonly confirmed: boolean
  /** Present value after the write. */
  readonly value: TagValue
  /** Why it was not confirmed, as a sentence. */
  readonly refusal?: string | undefined
}

/** Devices and their tools (drivers/driver-host.ts). Throws RuntimeError; BadNotFound for a device that does not exist. */
export interface Devices {
  list(): readonly DeviceRow[]
  reconnect(device: string): unknown
  browse(device: string, path: string): Promise<readonly BrowseRow[]>
  readTest(device: string, address: string, dataType?: DataType, arrayLength?: number): Promise<ReadTestOutcome>
  callMethod(device: string, path: string, inputs: readonly unknown[]): Promise<MethodOutcome>
  certificates(): Promise<readonly CertificateRow[]>
  setCertificateTrust(thumbprint: string, trusted: boolean): Promise<void>
}

export interface ReadTestOutcome {
  readonly value: TagValue
  readonly statusCode: number
  readonly sourceTimestamp: number
  readonly latencyMs: number
}

export interface MethodOutcome {
  readonly statusCode: number
  readonly outputs: readonly TagValue[]
}

/** The plant folder (plant/plant-store.ts). */
export interface PlantSource {
  readonly plant: Plant
  readonly revision: number
  readonly faults: readonly PlantFault[]
  reload(): Promise<void>
  /** SVG text as on disk. Throws RuntimeError BadNotFound. */
  mimicSvg(name: string): Promise<string>
  symbolSvg(type: string): Promise<string>
  exportTags(): Promise<string>
  importTags(file: string, csv: string): Promise<{ readonly faults: readonly PlantFault[]; readonly tagCount: number }>
  /** Trend groups of the accepted plant. */
  trends(): readonly SavedTrendGroup[]
  /**
   * Writes a trend group; `version`: of the state it was made from, null = there must be none yet, undefined = whatever is there.
   * With faults nothing is written. Throws RuntimeError BadEntryExists when the file is of another version.
   */
  saveTrend(
    group: TrendGroup,
    version: string | null | undefined,
  ): Promise<{ readonly version: string; readonly faults: readonly PlantFault[] }>
  /** Of the accepted plant. */
  alarmDatabase(): AlarmDatabase
  /**
   * Changes entries in the files of alarms/; with faults nothing is written, with `dryRun` never. Throws RuntimeError BadEntryExists
   * when the database is of another version than the one given.
   */
  saveAlarmDatabase(
    edits: readonly AlarmDatabaseEdit[],
    options: { readonly version: string | undefined; readonly dryRun: boolean },
  ): Promise<AlarmDatabaseSaved>
  exportAlarmDatabase(): Promise<string>
  importAlarmDatabase(csv: string, options: { readonly dryRun: boolean }): Promise<AlarmDatabaseSaved>
  /** Throws RuntimeError BadNotFound; BadEntryExists when the file is of another version. */
  deleteTrend(name: string, version: string | undefined): Promise<void>
  /** A display as in the folder now. Throws RuntimeError BadNotFound. */
  mimicSource(name: string): Promise<ResultOf<'plant.mimicSource'>>
  /**
   * Writes a display and, if given, its row of navigation.yaml as one step; with faults nothing is written. `version` as for trends;
   * throws RuntimeError BadEntryExists.
   */
  saveMimic(
    name: string,
    svg: string,
    options: Pick<InputOf<'plant.saveMimic'>, 'version' | 'entry'> & { readonly dryRun: boolean },
  ): Promise<ResultOf<'plant.saveMimic'>>
  /** Throws RuntimeError BadNotFound, BadEntryExists, BadInvalidState while others lead to it. */
  deleteMimic(name: string, version: string | null | undefined): Promise<void>
  displayQuality(): Promise<PlantDisplayQuality>
  /** All of them as one step, or none. */
  saveEquipment(
    instances: readonly InstanceEdit[],
    options: { readonly file: string | undefined; readonly dryRun: boolean },
  ): Promise<ResultOf<'plant.saveEquipment'>>
  /** A document that a type or instance lists. Throws RuntimeError BadNotFound. */
  document(file: string): Promise<{ readonly mediaType: string; readonly bytes: Buffer }>
}

/** Rows to put into history; whoever takes them owns the columns. */
export interface BackfillColumns {
  readonly handle: number
  readonly definition: TagDefinition
  /** Whole ms since 1970-01-01 UTC, in any order. */
  readonly timestamp: Float64Array
  /** NaN where the value stands in `others`. */
  readonly value: Float64Array
  readonly statusCode: Uint32Array
  readonly others: (TagValue | undefined)[] | null
}

/** The historian (historian/historian.ts). Throws RuntimeError; BadNotFound for what was never recorded. */
export interface History {
  /** False while history is not kept: no room, or it failed. */
  readonly isRecording: boolean
  read(request: HistoryRequest, signal?: AbortSignal): Promise<HistoryResult>
  statistics(
    tags: readonly string[],
    from: number,
    to: number,
    signal?: AbortSignal,
  ): Promise<readonly HistoryStatistics[]>
  /** Recorded series whose name begins with `prefix`, by name. */
  seriesRows(
    prefix: string,
    limit: number,
    cursor?: string,
  ): Promise<{ readonly rows: readonly RecordedSeriesRow[]; readonly cursor?: string | undefined }>
  /** How many samples were written; they can be read and survive a power cut when it resolves. */
  write(series: readonly BackfillColumns[]): Promise<number>
}

/** Alarms: the engine takes commands, the board has what is shown, the journal what happened. */
export interface AlarmParts {
  readonly engine: Pick<
    Alarms,
    | 'acknowledge'
    | 'shelve'
    | 'unshelve'
    | 'outOfService'
    | 'returnToService'
    | 'reset'
    | 'comment'
    | 'test'
    | 'definition'
    | 'definitions'
    | 'load'
    | 'isJournalled'
  >
  readonly board: AlarmBoard
  /** The board shows all that happened so far. */
  readonly isTold: () => boolean
  /** Resolves when it does; rejects with RuntimeError BadResourceUnavailable while the journal cannot be written. */
  readonly told: () => Promise<void>
  readonly journal: Pick<AlarmJournal, 'eventsSince' | 'query' | 'exportCsv' | 'verify'>
  readonly reports: AlarmReportSource
}

/** Reports over the journal. Throw RuntimeError; BadNodeIdUnknown for an alarm that is none. */
export interface AlarmReportSource {
  before(id: string, eventId: number | undefined, signal: AbortSignal): Promise<AlarmBefore>
  kpi(from: number, to: number, area: string | null, signal: AbortSignal): Promise<AlarmKpi>
  /** `ids` null = of every alarm. */
  proposals(ids: readonly string[] | null, signal: AbortSignal): Promise<readonly AlarmProposal[]>
}

/** Equipment while it runs (equipment/). Throws RuntimeError BadNotFound for an instance or counter that does not exist. */
export interface EquipmentParts {
  /** One row for each name, in its order; a name that is no instance has no state and unknown health. */
  status(names: readonly string[]): readonly EquipmentStatusRow[]
  /** `notify` is called when `take` may have something again. */
  watch(names: readonly string[], notify: () => void): EquipmentWatch
  /** Commands and conditions now. */
  explain(equipment: string): { readonly commands: readonly CommandRow[]; readonly conditions: readonly ConditionRow[] }
  /** Of an instance, or of all that have any. */
  counters(equipment?: string): readonly (CounterRow & { readonly equipment: string })[]
  /** Sets a counter back. RuntimeError as tags.write where the device counts itself and refuses. */
  resetCounter(equipment: string, counter: string, user: string): Promise<CounterRow>
}

export interface EquipmentWatch {
  /** Rows that changed since the last time, all at first; null when none did. */
  take(): readonly EquipmentStatusRow[] | null
  close(): void
}

/** Answers of rows of the contract, without what the API itself sees to: `user` is who asks. */
type Answers<Name extends CallName> = {
  readonly [N in Name]: (input: InputOf<N>, user: string, signal: AbortSignal) => ResultOf<N> | Promise<ResultOf<N>>
}

/**
 * Labels as they are made (station-labels.ts). Throws RuntimeError: BadNotFound for a template, printer or job that does not exist,
 * BadEntryExists for the requestId of another request, anything else for a refusal.
 */
export interface LabelParts {
  readonly answers: Answers<Extract<CallName, `labels.${string}`>>
  /** `notify` is called when `take` may have something again. */
  watch(notify: () => void): LabelWatch
}

export interface LabelWatch {
  /** Printers and jobs that changed since the last time, all printers and the newest jobs at first; null when none did. `printers`, `triggers`: null = as they were. */
  take(): {
    readonly printers: readonly PrinterStatusRow[] | null
    readonly triggers: readonly TriggerTrouble[] | null
    readonly jobs: readonly LabelJob[]
  } | null
  close(): void
}

/** Identifiers and scans (station-identifiers.ts). Throws RuntimeError as {@link LabelParts}. */
export interface IdentifierParts {
  readonly answers: Answers<Exclude<Extract<CallName, `identifiers.${string}` | `scans.${string}`>, 'scans.report'>>
  /** `isLookOnly`: it says what the text is and does nothing by it. */
  report(input: InputOf<'scans.report'>, by: { readonly user: string; readonly isLookOnly: boolean }): Promise<ScanRow>
  /** Each scan from now on, once it is kept. Gives back how to end it. */
  onScan(take: (scan: ScanRow) => void): () => void
}

export interface ApiParts {
  readonly clock: Clock
  readonly logger: Logger
  /** The Lineside version. */
  readonly version: string
  readonly tags: TagReader
  /** Throws RuntimeError BadNotFound for an unknown tag; BadTypeMismatch, BadOutOfRange, BadNotWritable … for a refusal. */
  readonly writeTag: (name: string, value: unknown) => Promise<WriteOutcome>
  readonly equipment: EquipmentParts
  readonly devices: Devices
  readonly plantStore: PlantSource
  readonly history: History
  /** Where marks on trends come from. */
  readonly historyMarkers: readonly HistoryMarkerSource[]
  readonly alarms: AlarmParts
  readonly labels: LabelParts
  readonly identifiers: IdentifierParts
  readonly access: Access
  /** State and counters of every part, one object per part (maintenance/health.ts). */
  readonly health: () => Promise<Readonly<Record<string, JsonValue>>>
}
