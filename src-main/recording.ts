// What of the runtime is recorded: every change of the tags that have history, and as series of its own the state of each device
// and alarm and every write. Names of own series contain a colon, so that they are never a tag's.
import type { BackfillColumns, WriteOutcome } from './api/api-parts.ts'
import type { Clock } from './base/clock.ts'
import type { Historian, HistorianHealth } from './historian/historian.ts'
import type { BackfillSeries, HistorianGap, OwnSample } from './historian/history-input.ts'
import {
  defaultHistorySettings,
  type HistorySettings,
  recordedTag,
  seriesKindOf,
} from './historian/history-settings.ts'
import { type AlarmEvent, type AlarmState, alarmStateValues } from './shared/alarm.ts'
import type { DeviceRow, DeviceState } from './shared/contract.ts'
import type { JsonValue } from './shared/data-value.ts'
import { alarmSeriesName, deviceSeriesName, runningSeriesName, writeSeriesName } from './shared/own-series.ts'
import type { Plant } from './shared/plant.ts'
import { StatusCodes } from './shared/status-code.ts'
import { coerceValue, type StateWords, type TagDefinition, usualTagHistory, valueTypeOf } from './shared/tag.ts'
import { type ValueBatch, ValueBatchBuilder } from './shared/value-batch.ts'
import type { TagTable } from './tags/tag-table.ts'

/** Numbers of the states of a device in history. They stay: what is stored refers to them. */
export const deviceStateValues: Readonly<Record<DeviceState, number>> = {
  disabled: 0,
  connecting: 1,
  connected: 2,
  waiting: 3,
  failed: 4,
}

/** Words of {@link deviceStateValues}. */
export const deviceStateWords: Readonly<Record<string, StateWords>> = {
  0: { en: 'Disabled', 'zh-CN': '已停用' },
  1: { en: 'Connecting', 'zh-CN': '正在连接' },
  2: { en: 'Connected', 'zh-CN': '已连接' },
  3: { en: 'Waiting', 'zh-CN': '等待重连' },
  4: { en: 'Failed', 'zh-CN': '故障' },
}

const alarmStateWords: Readonly<Record<AlarmState, StateWords>> = {
  normal: { en: 'Normal', 'zh-CN': '正常' },
  unacknowledged: { en: 'Active, unacknowledged', 'zh-CN': '报警，未确认' },
  acknowledged: { en: 'Active, acknowledged', 'zh-CN': '报警，已确认' },
  returnedUnacknowledged: { en: 'Returned, unacknowledged', 'zh-CN': '已恢复，未确认' },
  latchedUnacknowledged: { en: 'Latched, unacknowledged', 'zh-CN': '锁存，未确认' },
  latchedAcknowledged: { en: 'Latched, acknowledged', 'zh-CN': '锁存，已确认' },
  shelved: { en: 'Shelved', 'zh-CN': '已搁置' },
  suppressedByDesign: { en: 'Suppressed by design', 'zh-CN': '按设计抑制' },
  outOfService: { en: 'Out of service', 'zh-CN': '停用' },
}
const alarmValueWords: Readonly<Record<string, StateWords>> = Object.fromEntries(
  Object.entries(alarmStateWords).map(([state, words]) => [alarmStateValues[state as AlarmState], words]),
)

export class Recording {
  readonly #historian: Historian
  readonly #table: TagTable
  readonly #clock: Clock
  /** Device → the state that was recorded last. */
  #deviceStates = new Map<string, DeviceState>()
  /** Alarm → time of the state that was recorded last. */
  readonly #alarmTimestamps = new Map<string, number>()

  constructor(historian: Historian, table: TagTable, clock: Clock) {
    this.#historian = historian
    this.#table = table
    this.#clock = clock
  }

  /** The station runs from now on; the historian itself says when it does not any more. To be called once. */
  started(): void {
    this.#historian.recordOwn({
      name: runningSeriesName,
      description: 'The station runs',
      dataType: 'bool',
      value: true,
      statusCode: StatusCodes.Good,
      timestamp: this.#clock.now(),
    })
  }

  /** The tags of this plant that have history are recorded from now on, those and no others. */
  configure(plant: Plant): void {
    const tags = [...this.#table.entries()].flatMap(({ handle, definition }) => recordedTag(handle, definition) ?? [])
    this.#historian.configure(tags, settingsOf(plant))
  }

  /** A batch of changes, after everybody else has seen it: its columns are given away. */
  changes(batch: ValueBatch): void {
    if (batch.count > 0) this.#historian.record(batch)
  }

  /** The present values of tags once more; null = of all. */
  present(handles: readonly number[] | null): void {
    const all = handles ?? [...this.#table.entries()].map(({ handle }) => handle)
    const builder = new ValueBatchBuilder(Math.max(1, all.length))
    for (const handle of all) {
      const { value, statusCode } = this.#table.read(handle)
      // A tag without any value yet has none to be known again; the source's time stamp may lie before what was lost.
      if (statusCode !== StatusCodes.BadWaitingForInitialData) builder.add(handle, value, statusCode, this.#clock.now())
    }
    this.changes(builder.take())
  }

  /** The devices as they are now; those whose state changed are recorded. */
  devices(rows: readonly DeviceRow[]): void {
    const states = new Map<string, DeviceState>()
    for (const { device, description, state, stateTimestamp } of rows) {
      states.set(device, state)
      if (this.#deviceStates.get(device) !== state)
        this.#recordState(device, description, deviceStateValues[state], StatusCodes.Good, stateTimestamp)
    }
    for (const device of this.#deviceStates.keys())
      if (!states.has(device)) this.#recordState(device, '', null, StatusCodes.BadNoData, this.#clock.now())
    this.#deviceStates = states
  }

  #recordState(device: string, description: string, value: number | null, statusCode: number, timestamp: number): void {
    this.#historian.recordOwn({
      name: deviceSeriesName(device),
      description: description === '' ? `State of device ${device}` : `State of device ${device}: ${description}`,
      dataType: 'uint8',
      states: deviceStateWords,
      value,
      statusCode,
      timestamp,
    })
  }

  /**
   * Rows of the alarm journal, in their order: the states of each alarm become its series. Sources and the runtime have clocks of their
   * own; a state never stands before the one it followed.
   */
  alarms(events: readonly AlarmEvent[]): void {
    for (const { id, state, previousState, timestamp } of events)
      if (state !== previousState) this.#recordAlarm(id, state, timestamp)
  }

  /** The states of alarms once more: after a start, and after samples were lost, nothing else says them until they change. */
  presentAlarms(states: Iterable<{ readonly id: string; readonly state: AlarmState }>): void {
    const now = this.#clock.now()
    for (const { id, state } of states) this.#recordAlarm(id, state, now)
  }

  #recordAlarm(id: string, state: AlarmState, timestamp: number): void {
    const ordered = Math.max(timestamp, this.#alarmTimestamps.get(id) ?? timestamp)
    this.#alarmTimestamps.set(id, ordered)
    this.#historian.recordOwn({
      name: alarmSeriesName(id),
      description: `State of alarm ${id}`,
      dataType: 'uint8',
      states: alarmValueWords,
      value: alarmStateValues[state],
      statusCode: StatusCodes.Good,
      timestamp: ordered,
    })
  }

  /** A write that was sent: what was asked for, when, and the device's answer. `input` was taken by the tag's type already. */
  written(name: string, input: unknown, timestamp: number, { statusCode }: Pick<WriteOutcome, 'statusCode'>): void {
    const handle = this.#table.handleOf(name)
    const tag = handle === undefined ? undefined : this.#table.definition(handle)
    if (tag === undefined) return
    const { dataType, arrayLength } = valueTypeOf(tag)
    const coerced = coerceValue(input, dataType, arrayLength)
    if (!coerced.ok) return
    this.#historian.recordOwn({
      ...writeSeriesOf(tag),
      // Arrays are kept as a whole, like structures.
      dataType: arrayLength === null ? dataType : 'structure',
      value: coerced.value,
      statusCode,
      timestamp,
    })
  }

  /** Rows of scripts and back-fills. Resolves with their number when they are kept. */
  backfill(series: readonly BackfillColumns[]): Promise<number> {
    return this.#historian.write(series.map(backfillSeriesOf))
  }

  /** Times in which samples were lost, newest last. */
  gaps(): readonly HistorianGap[] {
    return this.#historian.health().gaps
  }
}

function settingsOf({ history }: Plant): HistorySettings {
  return { ...defaultHistorySettings, ...history }
}

function writeSeriesOf({
  name,
  description,
  unit,
  states,
}: TagDefinition): Pick<OwnSample, 'name' | 'description' | 'unit' | 'states'> {
  return {
    name: writeSeriesName(name),
    description: description === '' ? `Writes to ${name}` : `Writes to ${name}: ${description}`,
    unit,
    ...(states === null ? {} : { states }),
  }
}

/** A tag that is not recorded live can be filled all the same. */
function backfillSeriesOf({ definition, timestamp, value, statusCode, others }: BackfillColumns): BackfillSeries {
  const { name, unit, description, states, scaling, history } = definition
  const { dataType, arrayLength } = valueTypeOf(definition)
  const { interpolation, retentionMs } = history === false ? usualTagHistory(definition.dataType, scaling) : history
  const isRecorded = history !== false
  const attributes = { dataType, unit, description, interpolation, states, isRecorded, retentionMs }
  const series = { name, kind: seriesKindOf(dataType, arrayLength), attributes }
  return { series, timestamp, value, statusCode, others }
}

/** False while history is not kept: no room, or the writer is away. */
export function isRecording(historian: Historian): boolean {
  const { state } = historian.health()
  return state === 'recording' || state === 'starting' || state === 'closed'
}

/** The counters of the historian as maintenance.health shows them. */
export function historianHealth({ gaps, ...health }: HistorianHealth): JsonValue {
  return {
    ...health,
    recoveryFaults: [...health.recoveryFaults],
    gaps: gaps.map(({ from, to, lostCount, reason }) => ({ fromTimestamp: from, toTimestamp: to, lostCount, reason })),
  }
}
