// History as both processes speak of it: what can be asked, and the answers as columns. Aggregates are those of OPC 10000-13.
import type { AlarmPriority } from './alarm.ts'
import type { TagValue } from './data-value.ts'
import type { DataType, StateWords } from './tag.ts'

/**
 * How a span is read.
 * - `raw`: every stored sample; `atTime`: the value at instants; `plot`: one row for each bucket with its extremes
 * - all others: one row for each bucket, as the aggregate of that name in OPC 10000-13 section 5.4.3
 */
export const historyModes = [
  'raw',
  'plot',
  'atTime',
  'average',
  'timeAverage',
  'minimum',
  'maximum',
  'count',
  'range',
  'delta',
  'durationGood',
  'percentGood',
  'interpolative',
] as const
export type HistoryMode = (typeof historyModes)[number]

/** What a value is between two samples: on the straight line (`sloped`), or the earlier one until the later (`stepped`). */
export const interpolations = ['sloped', 'stepped'] as const
export type Interpolation = (typeof interpolations)[number]

/** How samples of doubtful quality count in aggregates (OPC 10000-13 section 4.2.1.2 AggregateConfiguration). */
export interface AggregateConfiguration {
  /** Uncertain samples are left out like Bad ones. */
  readonly treatUncertainAsBad: boolean
  /** From this share of Bad on the result is Bad; %. */
  readonly percentDataBad: number
  /** From this share of Good on the result is Good; %. */
  readonly percentDataGood: number
  /** Beyond the last sample the slope goes on; otherwise the last value is held. */
  readonly useSlopedExtrapolation: boolean
  /** null = as the tag says. */
  readonly interpolation: Interpolation | null
}

export const defaultAggregateConfiguration: AggregateConfiguration = {
  treatUncertainAsBad: false,
  percentDataBad: 100,
  percentDataGood: 100,
  useSlopedExtrapolation: false,
  interpolation: null,
}

/** A checked question. Times in ms since 1970-01-01 UTC; `from` ≤ `to`. */
export interface HistoryRequest {
  readonly tags: readonly string[]
  /** First instant that counts. */
  readonly from: number
  /** raw, buckets: first instant that does not count any more. atTime: last instant that counts. */
  readonly to: number
  readonly mode: HistoryMode
  /** Buckets of equal width over the span; the alternative is `intervalMs`. 1 to 100,000. */
  readonly buckets?: number | undefined
  /** Width of a bucket or distance of the instants; ms, > 0. The last bucket may reach beyond `to` and is cut there. */
  readonly intervalMs?: number | undefined
  /** raw: most rows of one answer over all tags; more come with the cursor. */
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
  /** raw: also the last sample before `from` and the first one from `to` on (OPC 10000-11 returnBounds). */
  readonly bounds?: boolean | undefined
  /** plot: answer raw samples, with bounds, where a tag has at most so many in the span. */
  readonly rawUpTo?: number | undefined
  /** plot: at once and roughly, from summaries alone; a bucket may contain samples of its neighbours. */
  readonly approximate?: boolean | undefined
  readonly configuration?: Partial<AggregateConfiguration> | undefined
}

/** Columns of one tag. Rows in order of time; samples with the same time stamp in order of their arrival. */
export interface HistorySeries {
  readonly tag: string
  /** What the rows are: `raw` also where `rawUpTo` was met. */
  readonly mode: HistoryMode
  /** ms since 1970-01-01 UTC: of the sample, of the instant, or the start of the bucket. */
  readonly timestamps: Float64Array
  /** NaN: no value, or it stands in `others`. Booleans are 0 and 1. plot: the average of the samples that are not Bad. */
  readonly values: Float64Array
  /** Texts, exact integers, bytes, arrays, structures, by row; null when there are none. */
  readonly others: readonly (TagValue | undefined)[] | null
  /** Aggregates: with the information bits of OPC 10000-13 (calculated, interpolated, partial). plot: the worst of the bucket. */
  readonly statusCodes: Uint32Array
  /** Only of `plot` rows that are buckets. NaN in an empty bucket. */
  readonly plot: PlotColumns | null
}

/** What a plot keeps of each bucket; extremes, first and last are those of the good and uncertain samples. */
export interface PlotColumns {
  readonly minimum: Float64Array
  readonly maximum: Float64Array
  readonly first: Float64Array
  readonly last: Float64Array
  /** Samples of any quality. */
  readonly count: Uint32Array
  /** 0 no sample of Bad quality; 1 the bucket has one; 2 its last sample is Bad, so what follows is a gap until the next sample. */
  readonly hasBad: Uint8Array
}

export interface HistoryResult {
  readonly series: readonly HistorySeries[]
  /** raw: where to go on; absent when everything was given. */
  readonly cursor?: string | undefined
}

/** One thing that is or was recorded: a tag, or a series the runtime itself writes (`device:PLC1:state`). */
export interface RecordedSeriesRow {
  readonly tag: string
  /** Of its newest samples. */
  readonly dataType: DataType
  readonly unit: string
  readonly description: string
  readonly interpolation: Interpolation
  readonly states?: Readonly<Record<string, StateWords>>
  /** False when only its past is kept: the tag is gone or is not recorded any more. */
  readonly isRecorded: boolean
  /** null while there is no sample. */
  readonly firstTimestamp: number | null
  readonly lastTimestamp: number | null
}

/** Figures of a brushed span of one tag; null where there is no good sample. */
export interface HistoryStatistics {
  readonly tag: string
  readonly count: number
  readonly goodCount: number
  readonly minimum: number | null
  readonly minimumTimestamp: number | null
  readonly maximum: number | null
  readonly maximumTimestamp: number | null
  readonly average: number | null
  readonly timeAverage: number | null
  readonly standardDeviation: number | null
  readonly first: number | null
  readonly last: number | null
  /** ms of the span with good quality. */
  readonly durationGoodMs: number
  /** For tags with states and booleans: ms in each state, by value. */
  readonly stateDurations: Readonly<Record<string, number>> | null
}

/** Something that happened, drawn as a mark on trends. Alarms and identifiers add their own kinds with their parts of the runtime. */
export interface HistoryMarker {
  /** Unique within its kind. */
  readonly id: string
  readonly kind: 'write' | 'operator' | 'device' | 'alarm' | 'identifier' | 'recorder'
  readonly timestamp: number
  /** null = an instant. */
  readonly endTimestamp: number | null
  readonly tag: string | null
  readonly user: string | null
  readonly text: string
  /** Of alarms. */
  readonly priority?: AlarmPriority
  /** Of alarms: its id; `id` of the mark is the event id of the occurrence (`alarms.before`). */
  readonly alarm?: string
  /** Of alarms: raised by `alarms.test`, not by the process. */
  readonly isTest?: boolean
}

/** Where marks come from; each part of the runtime that knows of events gives one. */
export interface HistoryMarkerSource {
  readonly kind: HistoryMarker['kind']
  /** Marks in [from, to), newest first when more than `limit`; `tags` null = of everything. */
  read(from: number, to: number, tags: readonly string[] | null, limit: number): Promise<readonly HistoryMarker[]>
}
