// What of the runtime is recorded besides tags, and what marks trends show of it.
import { beforeEach, describe, expect, test } from 'vitest'
import type { Historian, HistorianHealth } from '../../src-main/historian/historian.ts'
import type { BackfillSeries, OwnSample } from '../../src-main/historian/history-input.ts'
import type { RecordedTag } from '../../src-main/historian/history-settings.ts'
import { deviceMarkers, recorderMarkers } from '../../src-main/history-markers.ts'
import { historianHealth, isRecording, Recording } from '../../src-main/recording.ts'
import { alarmStates } from '../../src-main/shared/alarm.ts'
import type { HistoryRequest, HistoryResult } from '../../src-main/shared/history.ts'
import { subjectOfSeries } from '../../src-main/shared/own-series.ts'
import { defaultPlantHistory } from '../../src-main/shared/plant.ts'
import { StatusCodes } from '../../src-main/shared/status-code.ts'
import { ValueBatchBuilder } from '../../src-main/shared/value-batch.ts'
import { TagTable } from '../../src-main/tags/tag-table.ts'
import { alarmDefinition, alarmEvent } from '../fakes/alarm-transitions.ts'
import { deviceRow } from '../fakes/api-parts.ts'
import { emptyPlant } from '../fakes/empty-plant.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { tagDefinition } from '../fakes/tag-definition.ts'

const recordingHealth: HistorianHealth = {
  state: 'recording',
  message: '',
  offeredCount: 0,
  storedCount: 0,
  filteredCount: 0,
  waitingCount: 0,
  lostCount: 0,
  backfilledCount: 0,
  replacedTimestampCount: 0,
  refusedValueCount: 0,
  seriesCount: 0,
  headSampleCount: 0,
  journalByteCount: 0,
  storedByteCount: 0,
  writtenByteCount: 0,
  restartCount: 0,
  longestStallMs: 0,
  recoveryFaults: [],
  gaps: [],
}

/** A historian that keeps what it is given in lists. */
class ListedHistorian implements Historian {
  readonly own: OwnSample[] = []
  readonly batches: { readonly handle: number; readonly value: unknown; readonly statusCode: number }[][] = []
  readonly written: BackfillSeries[] = []
  tags: readonly RecordedTag[] = []
  present: HistorianHealth = recordingHealth

  configure(tags: readonly RecordedTag[]): void {
    this.tags = tags
  }
  record({ count, handle, value, statusCode, others }: Parameters<Historian['record']>[0]): void {
    const rows = Array.from({ length: count }, (_, row) => ({
      handle: handle[row]!,
      value: others?.[row] === undefined ? value[row]! : others[row],
      statusCode: statusCode[row]!,
    }))
    this.batches.push(rows)
  }
  recordOwn(sample: OwnSample): void {
    this.own.push(sample)
  }
  async write(series: readonly BackfillSeries[]): Promise<number> {
    this.written.push(...series)
    return series.reduce((sum, { timestamp }) => sum + timestamp.length, 0)
  }
  health(): HistorianHealth {
    return this.present
  }
  read(_request: HistoryRequest): Promise<HistoryResult> {
    throw new Error('nobody reads here')
  }
  statistics(): never {
    throw new Error('nobody reads here')
  }
  seriesRows(): never {
    throw new Error('nobody reads here')
  }
  async close(): Promise<void> {}
}

let clock: FakeClock
let table: TagTable
let historian: ListedHistorian
let recording: Recording

beforeEach(() => {
  clock = new FakeClock()
  table = new TagTable(clock)
  table.configure([
    tagDefinition('Level'),
    tagDefinition('Speed', { dataType: 'int16', unit: '1/min', states: { 0: 'Off' } }),
    tagDefinition('Recipe', { dataType: 'int16', arrayLength: 2 }),
    tagDefinition('Notes', { dataType: 'string', history: false }),
  ])
  historian = new ListedHistorian()
  recording = new Recording(historian, table, clock)
})

describe('what is recorded', () => {
  test('the tags that have history, with how they are filtered and kept', () => {
    recording.configure({ ...emptyPlant, history: defaultPlantHistory })
    expect(historian.tags.map(({ series }) => series.name)).toEqual(['Level', 'Speed', 'Recipe'])
    expect(historian.tags[0]).toMatchObject({
      series: { kind: 'number', attributes: { interpolation: 'sloped', isRecorded: true } },
      filter: { deadband: 0, compression: 0 },
    })
  })

  test('a state of a device when it changes, as a number with words; a device that leaves ends in no value', () => {
    recording.devices([deviceRow('plc', { state: 'connecting', stateTimestamp: 10 })])
    recording.devices([deviceRow('plc', { state: 'connecting', stateTimestamp: 10 })])
    recording.devices([deviceRow('plc', { state: 'connected', stateTimestamp: 20 })])
    recording.devices([])
    expect(historian.own.map(({ name, value, statusCode, timestamp }) => [name, value, statusCode, timestamp])).toEqual(
      [
        ['device:plc:state', 1, 0, 10],
        ['device:plc:state', 2, 0, 20],
        ['device:plc:state', null, StatusCodes.BadNoData, clock.now()],
      ],
    )
    expect(historian.own[0]!.states![3]).toEqual({ en: 'Waiting', 'zh-CN': '等待重连' })
  })

  test('states of alarms as numbers with words in both languages, none before the one it followed', () => {
    const definition = alarmDefinition('LT-101/high')
    recording.alarms([
      alarmEvent(1, definition, { timestamp: 100 }),
      alarmEvent(2, definition, {
        event: 'acknowledged',
        state: 'acknowledged',
        previousState: 'unacknowledged',
        timestamp: 500,
      }),
      alarmEvent(3, definition, {
        event: 'comment',
        state: 'acknowledged',
        previousState: 'acknowledged',
        timestamp: 600,
      }),
      // The device's clock is behind the station's.
      alarmEvent(4, definition, { event: 'returned', state: 'normal', previousState: 'acknowledged', timestamp: 400 }),
    ])
    expect(historian.own.map(({ name, value, timestamp }) => [name, value, timestamp])).toEqual([
      ['alarm:LT-101/high', 1, 100],
      ['alarm:LT-101/high', 2, 500],
      ['alarm:LT-101/high', 0, 500],
    ])
    expect(historian.own[0]!.states![2]).toEqual({ en: 'Active, acknowledged', 'zh-CN': '报警，已确认' })
    expect(Object.keys(historian.own[0]!.states!)).toHaveLength(alarmStates.length)
    expect(subjectOfSeries('alarm:LT-101/high')).toEqual({ tag: 'LT-101' })
    expect(subjectOfSeries('alarm:device:plc/deviceLost')).toEqual({ device: 'plc' })
  })

  test('states of alarms once more after a start: those that hold, at the present time, and never before what is recorded', () => {
    recording.alarms([alarmEvent(1, alarmDefinition('LT-101/high'), { timestamp: clock.now() + 5000 })])
    recording.presentAlarms([
      { id: 'LT-101/high', state: 'acknowledged' },
      { id: 'LT-102/high', state: 'normal' },
    ])
    expect(historian.own.map(({ name, value, timestamp }) => [name, value, timestamp])).toEqual([
      ['alarm:LT-101/high', 1, clock.now() + 5000],
      ['alarm:LT-101/high', 2, clock.now() + 5000],
      ['alarm:LT-102/high', 0, clock.now()],
    ])
  })

  test('a write with the value as the tag takes it and the answer of the device; nothing for a tag that is gone', () => {
    recording.written('Speed', '300', 50, { statusCode: StatusCodes.BadTimeout })
    recording.written('Recipe', [1, 2], 51, { statusCode: 0 })
    recording.written('Nope', 1, 52, { statusCode: 0 })
    expect(historian.own).toMatchObject([
      { name: 'write:Speed', value: 300, statusCode: StatusCodes.BadTimeout, timestamp: 50, unit: '1/min' },
      { name: 'write:Recipe', value: [1, 2], dataType: 'structure' },
    ])
  })

  test('present values once more after samples were lost, but none that never was', () => {
    const builder = new ValueBatchBuilder()
    builder.add(table.handleOf('Level')!, 5, 0, clock.now())
    table.apply(builder.take())
    recording.present(null)
    expect(historian.batches).toEqual([[{ handle: table.handleOf('Level')!, value: 5, statusCode: 0 }]])
  })

  test('a tag that is not recorded can be back-filled all the same', async () => {
    const definition = table.definition(table.handleOf('Notes')!)!
    const columns = { timestamp: Float64Array.of(1), value: Float64Array.of(Number.NaN), statusCode: Uint32Array.of(0) }
    const handle = table.handleOf('Notes')!
    expect(await recording.backfill([{ handle, definition, ...columns, others: ['x'] }])).toBe(1)
    expect(historian.written[0]!.series).toMatchObject({
      name: 'Notes',
      kind: 'text',
      attributes: { isRecorded: false },
    })
  })
})

describe('how the historian is', () => {
  test.each([
    ['recording', true],
    ['starting', true],
    ['full', false],
    ['down', false],
  ] as const)('%s: history is kept %s', (state, expected) => {
    historian.present = { ...recordingHealth, state }
    expect(isRecording(historian)).toBe(expected)
    expect(historianHealth(historian.health())).toMatchObject({ state, gaps: [] })
  })
})

describe('marks', () => {
  const raw = (tag: string, rows: readonly (readonly [number, number, number])[]) => ({
    tag,
    mode: 'raw' as const,
    timestamps: Float64Array.from(rows, ([timestamp]) => timestamp),
    values: Float64Array.from(rows, ([, value]) => value),
    others: null,
    statusCodes: Uint32Array.from(rows, ([, , statusCode]) => statusCode),
    plot: null,
  })
  const row = (tag: string) => ({
    tag,
    dataType: 'uint8' as const,
    unit: '',
    description: '',
    interpolation: 'stepped' as const,
    isRecorded: true,
    firstTimestamp: 0,
    lastTimestamp: 9,
  })

  test('times without a station and times of lost samples that touch the span', async () => {
    const gap = (from: number, to: number | null, lostCount: number) => ({ from, to, lostCount, reason: 'no room' })
    const bad = Number.NaN
    const source = recorderMarkers({
      gaps: () => [gap(0, 5, 1), gap(10, 20, 3), gap(11, 12, 0), gap(50, null, 1)],
      history: {
        seriesRows: async () => ({ rows: [row('runtime:running')] }),
        read: async () => ({
          series: [
            raw('runtime:running', [
              [8, bad, StatusCodes.BadShutdown],
              [14, 1, 0],
              [25, bad, StatusCodes.BadNoData],
              [30, 1, 0],
              [39, bad, StatusCodes.BadShutdown],
            ]),
          ],
        }),
      },
    })
    const marks = await source.read(12, 40, null, 10)
    expect(marks.map(({ timestamp, endTimestamp, text }) => [timestamp, endTimestamp, text])).toEqual([
      [39, null, 'The station was stopped'],
      [25, 30, 'The station did not end in order'],
      [10, 20, 'no room (3 samples lost)'],
      [8, 14, 'The station was stopped'],
    ])
  })

  test('states of the devices of the tags that are asked for, the newest first where there are too many', async () => {
    const asked: (readonly string[])[] = []
    const source = deviceMarkers({
      deviceOf: (tag) => (tag === 'Level' ? 'plc' : null),
      history: {
        seriesRows: async () => ({
          rows: ['device:broker:state', 'device:plc:state'].map(row),
        }),
        read: async ({ tags, cursor }) => {
          asked.push(tags)
          const begin = Number(cursor ?? 0)
          const series = tags.map((tag) =>
            raw(tag, [
              [begin + 1, 2, 0],
              [begin + 2, 3, 0],
              [begin + 3, Number.NaN, StatusCodes.BadShutdown],
            ]),
          )
          return begin < 20 ? { series, cursor: String(begin + 10) } : { series }
        },
      },
    })
    const marks = await source.read(0, 100, ['Level', 'Other'], 3)
    expect(asked).toEqual([['device:plc:state'], ['device:plc:state'], ['device:plc:state']])
    expect(marks.map(({ timestamp, text, tag }) => [timestamp, text, tag])).toEqual([
      [22, 'plc: waiting', 'device:plc:state'],
      [21, 'plc: connected', 'device:plc:state'],
      [12, 'plc: waiting', 'device:plc:state'],
    ])
    await source.read(0, 100, null, 100)
    expect(asked.at(-1)).toEqual(['device:broker:state', 'device:plc:state'])
  })
})
