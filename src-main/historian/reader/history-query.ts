// One question about history, checked and answered tag by tag.

import {
  type AggregateConfiguration,
  defaultAggregateConfiguration,
  type HistoryRequest,
  type HistoryResult,
  type HistorySeries,
  type HistoryStatistics,
  historyModes,
  type Interpolation,
} from '../../shared/history.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import type { Samples } from '../samples.ts'
import { type Buckets, bucketCount, bucketsOf } from './aggregate-buckets.ts'
import { acceptUsable, valuesAt } from './aggregate-instants.ts'
import { codeBad, infoBits, isNoData } from './aggregate-status.ts'
import { DurationGoodGatherer, TimeAverageGatherer, type TimeBounds } from './aggregate-time.ts'
import { type AggregateColumns, ExtremeTimes, isValueAggregate, ValueGatherer } from './aggregate-values.ts'
import { walkBuckets } from './aggregate-walk.ts'
import { PlotGatherer, plotRoughly } from './plot.ts'
import type { Pace } from './query-pace.ts'
import { rawCursor, rawPlace, readRaw } from './raw-read.ts'
import { type Accept, findAfter, findBefore } from './sample-cursor.ts'
import type { SampleTimeline } from './sample-timeline.ts'
import { StatisticsGatherer } from './statistics.ts'

/** A tag of a question: where its samples are, and how they are to be understood. */
export interface AskedTag {
  readonly tag: string
  readonly timeline: SampleTimeline
  /** As the tag says; booleans, texts and the like are stepped whatever is asked. */
  readonly interpolation: Interpolation
  /** Its samples are numbers or booleans, now at least. */
  readonly isNumeric: boolean
  readonly isBoolean: boolean
  readonly hasStates: boolean
}

/** Most buckets or instants of a tag. */
export const largestBucketCount = 100_000
/** Most rows of one answer over all tags: buckets, instants; and of raw samples. */
export const largestRowCount = 2_000_000
export const largestRawRowCount = 10_000_000
/** Raw samples of one answer when no limit is given. */
const defaultRawLimit = 1_000_000

/** Refuses what cannot be answered, whatever is stored. RuntimeError BadInvalidArgument or BadRequestTooLarge, with the reason. */
export function checkRequest(request: HistoryRequest): void {
  const { tags, from, to, mode, buckets, intervalMs, limit, rawUpTo } = request
  if (tags.length === 0) refuse('No tag is named')
  if (!historyModes.includes(mode)) refuse(`"${String(mode)}" is no way to read history`)
  checkSpan(from, to)
  checkNumber('buckets', buckets, 1, largestBucketCount, true)
  checkNumber('intervalMs', intervalMs, Number.MIN_VALUE, Number.MAX_VALUE, false)
  checkNumber('limit', limit, 1, largestRawRowCount, true)
  checkNumber('rawUpTo', rawUpTo, 0, largestRawRowCount, true)
  checkConfiguration(request.configuration)
  if (request.cursor !== undefined && mode !== 'raw') refuse(`A cursor goes with mode raw, not with ${mode}`)
  if (mode === 'raw') return
  if (buckets !== undefined && intervalMs !== undefined)
    refuse('Both buckets and intervalMs are given; one of them is wanted')
  if (mode === 'atTime') {
    if (buckets === undefined && intervalMs === undefined && from !== to)
      refuse('atTime wants intervalMs, the distance of the instants, unless from and to are the same')
  } else {
    if (buckets === undefined && intervalMs === undefined)
      refuse(`${mode} wants the number of buckets or their width intervalMs`)
    if (from === to)
      refuse(`The span is empty: from and to are both ${instant(from)}, and ${mode} wants from before to`)
  }
  const rows = mode === 'atTime' ? instantCount(request) : bucketCount(request)
  if (!(rows <= largestBucketCount))
    tooLarge(
      `${rows} rows of each tag were asked for; at most ${largestBucketCount} are possible. Make intervalMs greater`,
    )
  if (rows * tags.length > largestRowCount)
    tooLarge(
      `${tags.length} tags with ${rows} rows each were asked for; at most ${largestRowCount} rows in one answer are possible`,
    )
}

/** Refuses a span that runs backwards or is none. RuntimeError BadInvalidArgument. */
export function checkSpan(from: number, to: number): void {
  for (const [name, time] of Object.entries({ from, to }))
    if (!Number.isFinite(time) || Math.abs(time) > 8.64e15) refuse(`${name} is no instant: ${time}`)
  if (from > to) refuse(`from (${instant(from)}) is later than to (${instant(to)})`)
}

/** Answers a checked request. `tags` in the order of the request. */
export function* answerRequest(
  request: HistoryRequest,
  tags: readonly AskedTag[],
  pace: Pace,
): Generator<void, HistoryResult> {
  if (request.mode === 'raw') return yield* answerRaw(request, tags, pace)
  const series: HistorySeries[] = []
  for (const asked of tags) {
    if (pace.isDue()) yield
    series.push(yield* answerTag(request, asked, pace))
  }
  return { series }
}

/** Figures of [from, to) of one tag. */
export function* answerStatistics(
  asked: AskedTag,
  from: number,
  to: number,
  pace: Pace,
): Generator<void, HistoryStatistics> {
  const configuration = defaultAggregateConfiguration
  const buckets: Buckets = { count: 1, edges: Float64Array.of(from, to), from, to, widthMs: Math.max(to - from, 1) }
  const isStepped = steppedOf(asked, configuration)
  const bounds = yield* timeBounds(asked.timeline, from, to, configuration, pace)
  const gatherer = new StatisticsGatherer(buckets, isStepped, asked.hasStates || asked.isBoolean, configuration, bounds)
  yield* walkBuckets(asked.timeline, asked.timeline.segments(from, to, false), buckets, gatherer, pace)
  return gatherer.result(asked.tag, bounds)
}

function* answerRaw(request: HistoryRequest, tags: readonly AskedTag[], pace: Pace): Generator<void, HistoryResult> {
  const { from, to } = request
  const start =
    request.cursor === undefined ? { tagIndex: 0, timestamp: null, given: 0 } : rawPlace(request, request.cursor)
  const series: HistorySeries[] = []
  let left = request.limit ?? defaultRawLimit
  let place: { timestamp: number | null; given: number } = start
  for (let index = start.tagIndex; index < tags.length; index++) {
    const { tag, timeline } = tags[index]!
    if (left === 0) return { series, cursor: rawCursor(request, { tagIndex: index, ...place }) }
    const page = yield* readRaw(timeline, from, to, place, left, request.bounds === true, pace)
    series.push(rawSeries(tag, page.samples))
    left -= page.samples.count
    if (!page.isComplete) {
      const { count, timestamp } = page.samples
      const next = { timestamp: timestamp[count - 1]!, given: page.givenOfLast }
      return { series, cursor: rawCursor(request, { tagIndex: index, ...next }) }
    }
    place = { timestamp: null, given: 0 }
  }
  return { series }
}

function rawSeries(tag: string, { timestamp, value, statusCode, others }: Samples): HistorySeries {
  return { tag, mode: 'raw', timestamps: timestamp, values: value, others, statusCodes: statusCode, plot: null }
}

function* answerTag(request: HistoryRequest, asked: AskedTag, pace: Pace): Generator<void, HistorySeries> {
  const { mode } = request
  const configuration = { ...defaultAggregateConfiguration, ...request.configuration }
  if (mode === 'plot') return yield* answerPlot(request, asked, pace)
  const isStepped = steppedOf(asked, configuration)
  if (mode === 'atTime' || mode === 'interpolative') {
    const timestamps = mode === 'atTime' ? instantsOf(request) : bucketStarts(bucketsOf(request))
    const columns = yield* valuesAt(asked.timeline, timestamps, isStepped, configuration, pace)
    return { tag: asked.tag, mode, timestamps, plot: null, ...columns }
  }
  if (!asked.isNumeric && mode !== 'count' && mode !== 'durationGood' && mode !== 'percentGood')
    throw new RuntimeError('BadTypeMismatch', `"${asked.tag}" does not hold numbers: ${mode} of it cannot be formed`)
  const buckets = bucketsOf(request)
  const begin = yield* dataBegin(asked.timeline, buckets.from, pace)
  const columns = isValueAggregate(mode)
    ? yield* valueColumns(mode, asked.timeline, buckets, begin, configuration, pace)
    : yield* timeColumns(mode, asked.timeline, buckets, begin, isStepped, configuration, pace)
  // The average never is partial (OPC 10000-13 table 53).
  if (mode !== 'average') yield* markPartial(asked.timeline, columns, buckets, begin, mode === 'timeAverage', pace)
  return { tag: asked.tag, mode, timestamps: bucketStarts(buckets), others: null, plot: null, ...columns }
}

function* valueColumns(
  mode: Parameters<ValueGatherer['result']>[0],
  timeline: SampleTimeline,
  buckets: Buckets,
  begin: number,
  configuration: AggregateConfiguration,
  pace: Pace,
): Generator<void, AggregateColumns> {
  const segments = timeline.segments(buckets.from, buckets.to, true)
  const values = new ValueGatherer(buckets, begin)
  yield* walkBuckets(timeline, segments, buckets, values, pace)
  const columns = values.result(mode, configuration)
  if (mode === 'minimum' || mode === 'maximum') {
    const times = new ExtremeTimes(mode, values, buckets.count)
    yield* walkBuckets(timeline, segments, buckets, times, pace)
    times.apply(columns, buckets.edges)
  }
  return columns
}

function* timeColumns(
  mode: HistoryRequest['mode'],
  timeline: SampleTimeline,
  buckets: Buckets,
  begin: number,
  isStepped: boolean,
  configuration: AggregateConfiguration,
  pace: Pace,
): Generator<void, AggregateColumns> {
  const { from, to } = buckets
  const segments = timeline.segments(from, to, mode !== 'timeAverage')
  if (mode === 'timeAverage') {
    const bounds = yield* timeBounds(timeline, from, to, configuration, pace)
    const gatherer = new TimeAverageGatherer(buckets, isStepped, configuration, bounds)
    yield* walkBuckets(timeline, segments, buckets, gatherer, pace)
    gatherer.finish(bounds)
    return gatherer.result()
  }
  const before = (yield* findBefore(timeline, from, anySample, pace))?.sample ?? null
  const gatherer = new DurationGoodGatherer(buckets, isStepped, before, begin)
  yield* walkBuckets(timeline, segments, buckets, gatherer, pace)
  gatherer.finish((yield* findAfter(timeline, to, anySample, pace))?.sample ?? null)
  return gatherer.result(mode === 'percentGood')
}

function* timeBounds(
  timeline: SampleTimeline,
  from: number,
  to: number,
  configuration: AggregateConfiguration,
  pace: Pace,
): Generator<void, TimeBounds> {
  const accept = acceptUsable(configuration)
  const usableBefore = yield* findBefore(timeline, from, accept, pace)
  const usableAfter = yield* findAfter(timeline, to, accept, pace)
  const wantsSecond = configuration.useSlopedExtrapolation && usableBefore !== null
  const second = wantsSecond ? yield* findBefore(timeline, usableBefore.sample.timestamp, accept, pace) : null
  const anyBefore = yield* findBefore(timeline, from, anySample, pace)
  const anyAfter = yield* findAfter(timeline, to, anySample, pace)
  return {
    usableBefore,
    usableAfter,
    secondBefore: second?.sample ?? null,
    anyBefore: anyBefore?.sample ?? null,
    anyAfter: anyAfter?.sample ?? null,
  }
}

/** When the tag's data begin, if not before the span; −Infinity if so. Marks that there is no data yet are none. */
function* dataBegin(timeline: SampleTimeline, from: number, pace: Pace): Generator<void, number> {
  if (yield* findBefore(timeline, from, notMark, pace)) return Number.NEGATIVE_INFINITY
  return (yield* findAfter(timeline, from, notMark, pace))?.sample.timestamp ?? Number.POSITIVE_INFINITY
}

/**
 * The partial bit of buckets that are not whole (OPC 10000-13 section 5.3.3.2): the one in which the tag's history begins, the one in
 * which it ends so far unless it was extrapolated, and the last one when the end of the span cuts it.
 */
function* markPartial(
  timeline: SampleTimeline,
  { values, statusCodes }: AggregateColumns,
  { count, edges, from, to, widthMs }: Buckets,
  dataBegin: number,
  isExtrapolated: boolean,
  pace: Pace,
): Generator<void, void> {
  const hasLater = timeline.boundAfter(to) !== Number.POSITIVE_INFINITY
  const last = hasLater ? to : ((yield* findBefore(timeline, to, anySample, pace))?.sample.timestamp ?? from)
  for (let bucket = 0; bucket < count; bucket++) {
    if (Number.isNaN(values[bucket]!) || statusCodes[bucket] === codeBad) continue
    const start = edges[bucket]!
    const end = edges[bucket + 1]!
    const isBeginning = dataBegin > start && dataBegin < end
    const isEnd = !isExtrapolated && last >= start && last < end
    const isCut = bucket === count - 1 && end - start < widthMs * (1 - 1e-9)
    if (isBeginning || isEnd || isCut) statusCodes[bucket] = (statusCodes[bucket]! | infoBits.partial) >>> 0
  }
}

function* answerPlot(request: HistoryRequest, { tag, timeline }: AskedTag, pace: Pace): Generator<void, HistorySeries> {
  const { from, to, rawUpTo } = request
  const segments = timeline.segments(from, to, true)
  if (rawUpTo !== undefined) {
    const raw = yield* fewSamples(timeline, segments, from, to, rawUpTo, pace)
    if (raw) return rawSeries(tag, raw)
  }
  const buckets = bucketsOf(request)
  const gatherer = new PlotGatherer(buckets.count)
  if (request.approximate) yield* plotRoughly(timeline, segments, buckets, gatherer, pace)
  else yield* walkBuckets(timeline, segments, buckets, gatherer, pace)
  return { tag, mode: 'plot', timestamps: bucketStarts(buckets), others: null, ...gatherer.result() }
}

/** The samples of the span with their bounds when there are at most `limit` within it; else null. */
function* fewSamples(
  timeline: SampleTimeline,
  segments: ReturnType<SampleTimeline['segments']>,
  from: number,
  to: number,
  limit: number,
  pace: Pace,
): Generator<void, Samples | null> {
  let surely = 0
  for (const segment of segments) {
    if (!segment.rows) continue
    for (let row = segment.begin; row < segment.end; row++) {
      const { rows } = segment
      if (rows.firstTimestamp(row) >= from && rows.lastTimestamp(row) < to) surely += rows.sampleCount(row)
    }
    if (surely > limit) return null
  }
  const start = { timestamp: null, given: 0 }
  const inside = yield* readRaw(timeline, from, to, start, limit, false, pace)
  if (!inside.isComplete) return null
  return (yield* readRaw(timeline, from, to, start, limit + 2, true, pace)).samples
}

const anySample: Accept = () => true

const notMark: Accept = (statusCode) => !isNoData(statusCode)

function steppedOf({ interpolation, isNumeric, isBoolean }: AskedTag, configuration: AggregateConfiguration): boolean {
  return !isNumeric || isBoolean || (configuration.interpolation ?? interpolation) === 'stepped'
}

function bucketStarts({ edges, count }: Buckets): Float64Array {
  return edges.slice(0, count)
}

/** Instants from `from` to `to`, both included. */
function instantsOf(request: HistoryRequest): Float64Array {
  const { from, to } = request
  const instants = new Float64Array(instantCount(request))
  const step = stepOf(request)
  for (let index = 0; index < instants.length; index++) instants[index] = Math.min(to, from + index * step)
  return instants
}

function instantCount(request: HistoryRequest): number {
  const { from, to } = request
  return from === to ? 1 : Math.floor((to - from) / stepOf(request) + 1e-9) + 1
}

function stepOf({ from, to, intervalMs, buckets }: HistoryRequest): number {
  return intervalMs ?? (buckets === undefined ? 0 : (to - from) / buckets)
}

function checkNumber(name: string, value: number | undefined, least: number, most: number, isWhole: boolean): void {
  if (value === undefined) return
  if (!Number.isFinite(value) || value < least || value > most || (isWhole && !Number.isInteger(value)))
    refuse(
      isWhole
        ? `${name} is ${value}; whole numbers from ${least} to ${most} are possible`
        : `${name} is ${value}; it must be greater than 0`,
    )
}

function checkConfiguration(configuration: HistoryRequest['configuration']): void {
  for (const name of ['percentDataBad', 'percentDataGood'] as const) {
    const percent = configuration?.[name]
    if (percent !== undefined && !(percent >= 0 && percent <= 100))
      refuse(`${name} is ${percent}; 0 to 100 % are possible`)
  }
}

function instant(timestamp: number): string {
  return new Date(timestamp).toISOString()
}

function refuse(reason: string): never {
  throw new RuntimeError('BadInvalidArgument', `History cannot be read so: ${reason}`)
}

function tooLarge(reason: string): never {
  throw new RuntimeError('BadRequestTooLarge', `History cannot be read so: ${reason}`)
}
