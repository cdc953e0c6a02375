// Answers every question about history: picks the series of the asked tags, one consistent view of files and heads, and the way to read.

import { performance } from 'node:perf_hooks'
import type { HistoryRequest, HistoryResult, HistoryStatistics, RecordedSeriesRow } from '../../shared/history.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import type { SeriesRow } from '../files/history-catalog.ts'
import { ViewOutdated } from '../files/history-files-error.ts'
import type { HistoryView, HistoryViewSource } from '../files/history-view.ts'
import type { HeadSource, HeadSpan } from '../head-source.ts'
import type { Samples } from '../samples.ts'
import { type AskedTag, answerRequest, answerStatistics, checkRequest, checkSpan } from './history-query.ts'
import { OpenedChunks } from './history-source.ts'
import { inSlices, Pace } from './query-pace.ts'
import { SampleTimeline } from './sample-timeline.ts'

/** One page of {@link HistoryReader.seriesRows}. */
export interface SeriesPage {
  readonly rows: readonly RecordedSeriesRow[]
  /** Where to go on; absent when these were all. */
  readonly cursor?: string | undefined
}

/**
 * Reads history. Usable in the reader worker and, in tests and tools, in process. Questions may overlap; each sees one
 * consistent state. Every question that cannot be answered is refused with a RuntimeError: BadInvalidArgument (spans, widths,
 * cursors), BadRequestTooLarge (more rows than one answer may have), BadNotFound (a tag that was never recorded),
 * BadTypeMismatch (an aggregate of numbers asked of texts), BadRequestInterrupted (`signal` was aborted; noticed within 20 ms).
 */
export interface HistoryReading {
  read(request: HistoryRequest, signal?: AbortSignal): Promise<HistoryResult>
  /** Figures of each tag over [from, to); ms since 1970-01-01 UTC. */
  statistics(
    tags: readonly string[],
    from: number,
    to: number,
    signal?: AbortSignal,
  ): Promise<readonly HistoryStatistics[]>
  /** Recorded series whose name begins with `prefix`, by name; `limit` 1 to 10,000. */
  seriesRows(prefix: string, limit: number, cursor?: string): Promise<SeriesPage>
  close(): Promise<void>
}

/** Most series of one page of {@link HistoryReading.seriesRows}. */
const largestPageCount = 10_000

/** Looking up a thousand names takes longer than reading them; what is known of a series is believed for so long. ms. */
const nameLifeMs = 1000
const largestNameCount = 20_000

/** A view that a compaction overtook is opened anew at most so many times. */
const largestAttemptCount = 8

/** Reads files and the writer's heads as one. Closes neither of them. */
export class HistoryReader implements HistoryReading {
  readonly #views: HistoryViewSource
  readonly #heads: HeadSource | null
  readonly #chunks = new OpenedChunks()
  /** Series by name, as a view of the last second knew them. */
  readonly #seriesByName = new Map<string, readonly SeriesRow[]>()
  #namesKnownAt = Number.NEGATIVE_INFINITY

  /** `heads`: null where no writer runs (a backup, a closed data folder). */
  constructor(views: HistoryViewSource, heads: HeadSource | null) {
    this.#views = views
    this.#heads = heads
  }

  async read(request: HistoryRequest, signal?: AbortSignal): Promise<HistoryResult> {
    checkRequest(request)
    return this.#inView(request.tags, request, signal, (asked, pace) => answerRequest(request, asked, pace))
  }

  async statistics(
    tags: readonly string[],
    from: number,
    to: number,
    signal?: AbortSignal,
  ): Promise<readonly HistoryStatistics[]> {
    checkSpan(from, to)
    return this.#inView(tags, { from, to }, signal, function* (asked, pace) {
      const rows: HistoryStatistics[] = []
      for (const one of asked) rows.push(yield* answerStatistics(one, from, to, pace))
      return rows
    })
  }

  async seriesRows(prefix: string, limit: number, cursor?: string): Promise<SeriesPage> {
    if (!Number.isInteger(limit) || limit < 1 || limit > largestPageCount)
      throw new RuntimeError('BadInvalidArgument', `limit is ${limit}; 1 to ${largestPageCount} are possible`)
    return this.#withView(
      (view) => view.seriesByName(prefix, limit, cursor),
      async (view, _groups, heads) => {
        const groups = view.seriesByName(prefix, limit + 1, cursor)
        const rows = groups.slice(0, limit).map((group) => recordedRow(view, group, heads))
        return groups.length > limit ? { rows, cursor: rows.at(-1)!.tag } : { rows }
      },
    )
  }

  async close(): Promise<void> {
    this.#seriesByName.clear()
  }

  async #inView<T>(
    names: readonly string[],
    { from, to }: HeadSpan,
    signal: AbortSignal | undefined,
    work: (asked: readonly AskedTag[], pace: Pace) => Generator<void, T>,
  ): Promise<T> {
    return this.#withView(
      (view) => names.map((name) => this.#seriesOf(view, name)),
      async (view, groups, heads) => {
        const asked = names.map((name, index) => askedTag(view, name, groups[index]!, heads, this.#chunks))
        const pace = new Pace()
        return inSlices(work(asked, pace), pace, signal)
      },
      names,
      { from, to },
    )
  }

  /**
   * Heads first, then the view: what the writer sealed in between has a greater seal number than it told and is not seen twice.
   * `groupsOf`: the series of each name; with `names`, those known from earlier say which heads to ask for.
   */
  async #withView<T>(
    groupsOf: (view: HistoryView) => readonly (readonly SeriesRow[])[],
    work: (
      view: HistoryView,
      groups: readonly (readonly SeriesRow[])[],
      heads: ReadonlyMap<number, Samples>,
    ) => Promise<T>,
    names: readonly string[] | null = null,
    span?: HeadSpan,
  ): Promise<T> {
    this.#forgetOldNames()
    let known = names?.map((name) => this.#seriesByName.get(name))
    for (let attempt = 1; ; attempt++) {
      const wanted = this.#heads ? seriesIds(known?.every(isDefined) ? known : this.#briefly(groupsOf)) : []
      const answer = this.#heads && wanted.length > 0 ? await this.#heads.heads(wanted, span) : null
      const view = this.#views.open(answer?.sealNumber)
      try {
        const groups = groupsOf(view)
        const asked = new Set(wanted)
        // A tag changed its kind since: its new series has a head that was not asked for.
        const isNews = this.#heads !== null && names !== null && seriesIds(groups).some((id) => !asked.has(id))
        if (!isNews || attempt === largestAttemptCount)
          return await work(view, groups, new Map(answer?.rows.map(({ series, samples }) => [series, samples])))
        known = [...groups]
      } catch (error) {
        if (!(error instanceof ViewOutdated) || attempt === largestAttemptCount) throw error
      } finally {
        view.close()
      }
    }
  }

  #seriesOf(view: HistoryView, name: string): readonly SeriesRow[] {
    let series = this.#seriesByName.get(name)
    if (!series) {
      series = view.series(name)
      if (series.length > 0) this.#seriesByName.set(name, series)
    }
    return series
  }

  /** What is known of a series may change: a tag that changes its kind goes on in another one. */
  #forgetOldNames(): void {
    const now = performance.now()
    if (now - this.#namesKnownAt < nameLifeMs && this.#seriesByName.size < largestNameCount) return
    this.#seriesByName.clear()
    this.#namesKnownAt = now
  }

  #briefly<T>(look: (view: HistoryView) => T): T {
    const view = this.#views.open()
    try {
      return look(view)
    } finally {
      view.close()
    }
  }
}

function seriesIds(groups: readonly (readonly SeriesRow[])[]): number[] {
  return groups.flatMap((group) => group.map(({ id }) => id))
}

function isDefined<T>(value: T | undefined): value is T {
  return value !== undefined
}

function askedTag(
  view: HistoryView,
  tag: string,
  series: readonly SeriesRow[],
  heads: ReadonlyMap<number, Samples>,
  chunks: OpenedChunks,
): AskedTag {
  const newest = series.at(-1)
  if (!newest) throw new RuntimeError('BadNotFound', `"${tag}" has no history: it was never recorded`)
  const timeline = new SampleTimeline(
    view,
    series.map(({ id }) => ({
      seriesId: id,
      head: heads.get(id) ?? null,
    })),
    chunks,
  )
  return {
    tag,
    timeline,
    interpolation: newest.interpolation,
    isNumeric: newest.kind === 'number' || newest.kind === 'boolean',
    isBoolean: newest.kind === 'boolean',
    hasStates: newest.states !== null,
  }
}

function recordedRow(
  view: HistoryView,
  group: readonly SeriesRow[],
  heads: ReadonlyMap<number, Samples>,
): RecordedSeriesRow {
  const newest = group.at(-1)!
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (const { id } of group) {
    const span = view.span(id)
    if (span) {
      first = Math.min(first, span.first)
      last = Math.max(last, span.last)
    }
    const head = heads.get(id)
    if (!head || head.count === 0) continue
    first = Math.min(first, head.timestamp[0]!)
    last = Math.max(last, head.timestamp[head.count - 1]!)
  }
  return {
    tag: newest.name,
    dataType: newest.dataType,
    unit: newest.unit,
    description: newest.description,
    interpolation: newest.interpolation,
    ...(newest.states ? { states: newest.states } : {}),
    isRecorded: newest.isRecorded,
    firstTimestamp: first === Number.POSITIVE_INFINITY ? null : first,
    lastTimestamp: last === Number.NEGATIVE_INFINITY ? null : last,
  }
}
