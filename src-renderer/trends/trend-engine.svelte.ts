// One trend at work: asks for what the view needs, keeps it, and makes pictures of it. The screen, the small trend of a faceplate
// and the benchmark use it alike.
import { untrack } from 'svelte'
import type { TagRow } from '../../src-main/shared/contract.ts'
import type { TagValue } from '../../src-main/shared/data-value.ts'
import type { HistoryMarker, RecordedSeriesRow } from '../../src-main/shared/history.ts'
import type { TagFrame } from '../../src-main/shared/tag-frame.ts'
import { formatValue, stateWordsIn } from '../tags/format-value.ts'
import { type AlarmLimit, type LoadLimits, ShownLimits } from './alarm-limits.ts'
import type { HistorySource } from './history-source.ts'
import { LiveTail } from './live-tail.ts'
import { lookOf, type Pen, type PenLook, penLetter } from './pen.ts'
import { assembleTrace, PenTrace } from './pen-trace.ts'
import { TrendLoader, type TrendNeed } from './trend-loader.ts'
import type { PenPicture, TrendEdge, TrendPicture } from './trend-picture.ts'
import { levelFor, TileCache } from './trend-tiles.ts'
import type { TrendView } from './trend-view.svelte.ts'
import { scaleKeyOf, type ValueScale, valueScales } from './value-scales.ts'

/** Most bytes of history kept by one trend. */
const cacheByteLimit = 24_000_000
/** Marks are asked again while following; ms. */
const markerRefreshMs = 5000
/** A series without history is looked for again after this time: it may have begun; ms. */
const describeAgainMs = 20_000

/** What of the station a trend needs. */
export interface TrendSurroundings {
  readonly source: HistorySource
  /** Limits of alarms; absent where they are not shown. */
  readonly limits?: LoadLimits | undefined
  readonly liveTags: {
    watch(names: readonly string[], onFrame: (frame: TagFrame) => void): () => void
    now(): number
    readonly isLive: boolean
    readonly staleSince: number | null
  }
  readonly catalog: { row(name: string): TagRow | null | undefined }
  readonly timeZone: () => string
  readonly locale: () => string
  readonly words: () => {
    readonly on: string
    readonly off: string
    readonly several: string
    readonly lastValue: (timestamp: number) => string
  }
}

/** What is known of a pen's series: undefined = not asked yet, null = nothing was ever recorded of it. */
export type SeriesKnowledge = RecordedSeriesRow | null | undefined

export class TrendEngine {
  readonly view: TrendView
  readonly #around: TrendSurroundings
  readonly #cache = new TileCache(cacheByteLimit)
  readonly #loader: TrendLoader
  readonly #limits: ShownLimits
  #tail: LiveTail | null = null
  #tailNames = ''
  readonly #series = new Map<string, { readonly row: RecordedSeriesRow | null; readonly timestamp: number }>()
  #describing = ''
  readonly #traces = new Map<string, PenTrace>()
  readonly #overlayTraces = new Map<string, PenTrace>()
  #scales: ReadonlyMap<string, ValueScale> = new Map()
  #markers: readonly HistoryMarker[] = []
  #markerKey = ''
  #markerRange = { from: 0, to: 0, timestamp: 0 }
  #markerAbort: AbortController | null = null
  /** Grows with every picture and answer: what shows values reads it. */
  #version = $state(0)
  #markerProblem = $state.raw<Error | null>(null)
  #areMarkersComplete = $state(true)
  #describeProblem = $state.raw<Error | null>(null)
  readonly #onChange: () => void

  /** @param onChange something came that the picture should show */
  constructor(view: TrendView, around: TrendSurroundings, onChange: () => void) {
    this.view = view
    this.#around = around
    this.#onChange = onChange
    this.#loader = new TrendLoader({
      source: around.source,
      cache: this.#cache,
      now: () => around.liveTags.now(),
      liveSince: (tag) => this.#tail?.rows(tag)?.since,
      onChange: () => this.#changed(),
    })
    this.#limits = new ShownLimits(around.limits, () => this.#changed())
  }

  /** Reactive: changes with every picture. */
  get version(): number {
    return this.#version
  }

  get cache(): TileCache {
    return this.#cache
  }

  get isLoading(): boolean {
    return this.#loader.isLoading
  }

  /** Reactive. */
  get markerProblem(): Error | null {
    return this.#markerProblem
  }

  /** Reactive: false when there were more marks than could be given. */
  get areMarkersComplete(): boolean {
    return this.#areMarkersComplete
  }

  /** Reactive: why it is not known what is recorded; null = it is. */
  get describeProblem(): Error | null {
    return this.#describeProblem
  }

  /** Why limits of alarms are not drawn although they should be; changes with {@link version}. */
  get limitsProblem(): Error | null {
    return this.view.limits ? this.#limits.problem : null
  }

  /** Marks in the present window, oldest first. */
  get markers(): readonly HistoryMarker[] {
    const { from, to } = this.view
    return this.#markers.filter((mark) => mark.timestamp <= to && (mark.endTimestamp ?? mark.timestamp) >= from)
  }

  /** What is known of the series of a pen. */
  series(tag: string): SeriesKnowledge {
    return this.#series.get(tag)?.row
  }

  /** Why the history of a tag did not come. */
  problem(tag: string): Error | undefined {
    return this.#loader.problem(tag)
  }

  /** The rows of a pen in the present picture. */
  trace(tag: string): PenTrace | undefined {
    return this.#traces.get(tag)
  }

  get now(): number {
    return this.#around.liveTags.now()
  }

  /** The link came back: live values begin anew, refused questions are asked again. */
  reconnected(): void {
    this.#closeTail()
    this.#series.clear()
    this.#describing = ''
    this.#loader.retry()
    this.#limits.forget()
    this.#changed()
  }

  close(): void {
    this.#loader.close()
    this.#closeTail()
    this.#markerAbort?.abort()
    this.#cache.clear()
  }

  /** The picture of the present view, `width` CSS px wide; asks for what it lacks. */
  picture(width: number): TrendPicture {
    return untrack(() => {
      const { view } = this
      this.#prepare()
      const level = levelFor(view.span, width)
      const shown = this.#shownPens()
      this.#loader.need(this.#needs(shown, level))
      this.#loadMarkers()
      const pens = shown.map(({ pen, index }) => this.#penPicture(pen, index, level, 0, this.#traces))
      const overlayMs = view.overlayMs ?? 0
      const overlay =
        overlayMs === 0
          ? []
          : shown.map(({ pen, index }) => this.#penPicture(pen, index, level, overlayMs, this.#overlayTraces))
      const limits = view.limits
        ? this.#limits.of(
            view.pens.map(({ tag }) => tag),
            this.#around.liveTags.isLive,
          )
        : []
      this.#scales = this.#valueScales(pens, overlay, overlayMs, limits)
      this.#version++
      return {
        from: view.from,
        to: view.to,
        pens,
        chosen: view.chosen,
        overlay,
        overlayShiftMs: overlayMs,
        scales: this.#scales,
        markers: this.#markers,
        limits,
        selection: view.selection,
        edge: this.#edge(),
        timeZone: this.#around.timeZone(),
        locale: this.#around.locale(),
        severalText: this.#around.words().several,
      }
    })
  }

  /** How a pen is drawn; by what is recorded, else by what the tag is. */
  look(tag: string): PenLook {
    const described = this.series(tag) ?? this.#around.catalog.row(tag)
    return described ? lookOf(described) : 'line'
  }

  /** UCUM code. */
  unit(tag: string): string {
    return this.series(tag)?.unit ?? this.#around.catalog.row(tag)?.unit ?? ''
  }

  /** A value of a pen as text, without its unit. */
  valueText(tag: string, value: number, other: TagValue | undefined): string {
    const row = this.#around.catalog.row(tag)
    const series = this.series(tag)
    const { on, off } = this.#around.words()
    const locale = this.#around.locale()
    const states = row?.states ?? series?.states
    const words = states?.[String(Number.isNaN(value) ? other : value)]
    if (words !== undefined) return stateWordsIn(words, locale)
    const dataType = series?.dataType ?? row?.dataType ?? 'float64'
    if (dataType === 'bool' && !Number.isNaN(value)) return value === 0 ? off : on
    const shown = other === undefined ? value : typeof other === 'bigint' ? String(other) : other
    if (shown instanceof Uint8Array) return `${shown.length} B`
    const format = row ?? { dataType, ...(states ? { states } : {}) }
    return formatValue(shown as never, 0, format, locale, { on, off })
  }

  #prepare(): void {
    const tags = this.view.pens.map(({ tag }) => tag)
    const now = this.now
    const names = tags.filter((tag) => !tag.includes(':')).join('\n')
    if (this.#around.liveTags.isLive) {
      if (names !== this.#tailNames) {
        this.#closeTail()
        this.#tailNames = names
        this.#tail = new LiveTail(this.#around.liveTags, names === '' ? [] : names.split('\n'), () => this.#onChange())
      }
      this.#tail?.alive(now)
    }
    for (const tag of this.#traces.keys()) if (!tags.includes(tag)) this.#traces.delete(tag)
    for (const tag of this.#overlayTraces.keys()) if (!tags.includes(tag)) this.#overlayTraces.delete(tag)
    const unknown = tags.filter((tag) => {
      const known = this.#series.get(tag)
      return !known || (known.row === null && now - known.timestamp > describeAgainMs)
    })
    if (unknown.length > 0) void this.#describe(unknown)
  }

  async #describe(tags: readonly string[]): Promise<void> {
    const key = tags.join('\n')
    if (key === this.#describing || !this.#around.liveTags.isLive) return
    this.#describing = key
    try {
      const rows = await this.#around.source.describe(tags)
      const found = new Map(rows.map((row) => [row.tag, row]))
      for (const tag of tags) this.#series.set(tag, { row: found.get(tag) ?? null, timestamp: this.now })
      this.#describeProblem = null
      this.#changed()
    } catch (error) {
      this.#describeProblem = error as Error
    } finally {
      if (this.#describing === key) this.#describing = ''
    }
  }

  #shownPens(): readonly { readonly pen: Pen; readonly index: number }[] {
    const { pens, solo } = this.view
    return pens
      .map((pen, index) => ({ pen, index }))
      .filter(({ pen }) => (solo === null ? !pen.isHidden : pen.tag === solo))
  }

  #needs(shown: readonly { readonly pen: Pen }[], level: number): readonly TrendNeed[] {
    const tags = shown.map(({ pen }) => pen.tag).filter((tag) => this.series(tag))
    if (tags.length === 0) return []
    const { from, to, span, overlayMs } = this.view
    const needs: TrendNeed[] = [{ tags, from, to, level }]
    if (overlayMs !== null) needs.push({ tags, from: from - overlayMs, to: to - overlayMs, level })
    // What lies beside and one zoom out comes while nothing else is asked.
    needs.push({ tags, from: from - span * 0.6, to: to + span * 0.6, level, isAhead: true })
    needs.push({ tags, from: from - span / 2, to: to + span / 2, level: level + 1, isAhead: true })
    return needs
  }

  #penPicture(pen: Pen, index: number, level: number, shift: number, traces: Map<string, PenTrace>): PenPicture {
    const trace = traces.get(pen.tag) ?? new PenTrace()
    traces.set(pen.tag, trace)
    const { from, to } = this.view
    const now = this.now
    const live = to - shift >= now - 120_000 ? (this.#tail?.rows(pen.tag) ?? null) : null
    const hasHistory = this.series(pen.tag) !== null && this.problem(pen.tag) === undefined
    assembleTrace(trace, this.#cache, {
      tag: pen.tag,
      from: from - shift,
      to: to - shift,
      level,
      now,
      live,
      hasHistory,
    })
    const look = this.look(pen.tag)
    const unit = this.unit(pen.tag)
    return {
      pen,
      index,
      letter: penLetter(index),
      look,
      isStepped: this.series(pen.tag)?.interpolation === 'stepped',
      trace,
      scaleKey: look === 'line' ? scaleKeyOf(pen, unit, this.view.ownAxes) : '',
      words: (value, other) => this.valueText(pen.tag, value, other),
    }
  }

  #valueScales(
    pens: readonly PenPicture[],
    overlay: readonly PenPicture[],
    overlayMs: number,
    limits: readonly AlarmLimit[],
  ): ReadonlyMap<string, ValueScale> {
    const { from, to } = this.view
    const lines = pens.filter(({ look }) => look === 'line')
    return valueScales(
      lines.map((picture) => {
        const over = overlay.find(({ pen }) => pen.tag === picture.pen.tag)
        return {
          pen: picture.pen,
          letter: picture.letter,
          unit: this.unit(picture.pen.tag),
          traces: [
            { trace: picture.trace, from, to },
            ...(over ? [{ trace: over.trace, from: from - overlayMs, to: to - overlayMs }] : []),
          ],
          also: limits.filter(({ tag }) => tag === picture.pen.tag).map(({ value }) => value),
        }
      }),
      this.view.ownAxes,
      this.#scales,
    )
  }

  /** Where knowledge ends: now, or when the link was lost. */
  #edge(): TrendEdge {
    const { liveTags } = this.#around
    if (liveTags.isLive || liveTags.staleSince === null) return { timestamp: liveTags.now(), label: '', isStale: false }
    const timestamp = liveTags.staleSince + liveTags.now() - Date.now()
    return { timestamp, label: this.#around.words().lastValue(timestamp), isStale: true }
  }

  #loadMarkers(): void {
    const { view } = this
    const key = `${view.markers.join()} ${view.pens.map(({ tag }) => tag).join('\n')}`
    if (view.markers.length === 0) {
      this.#markers = []
      this.#markerKey = key
      this.#markerRange = { from: 0, to: 0, timestamp: 0 }
      return
    }
    const now = this.now
    const range = this.#markerRange
    const isCovered = key === this.#markerKey && range.from <= view.from && range.to >= Math.min(view.to, now)
    const isFresh = view.to < now || now - range.timestamp < markerRefreshMs
    if (isCovered && isFresh) return
    if (!this.#around.liveTags.isLive) return
    this.#markerKey = key
    this.#markerRange = { from: view.from - view.span, to: view.to + view.span, timestamp: now }
    void this.#askMarkers(this.#markerRange)
  }

  async #askMarkers(range: { readonly from: number; readonly to: number }): Promise<void> {
    this.#markerAbort?.abort()
    const controller = new AbortController()
    this.#markerAbort = controller
    try {
      const tags = this.view.pens.map(({ tag }) => tag)
      const kinds = this.view.markers
      const { markers, isComplete } = await this.#around.source.markers(
        Math.max(0, Math.floor(range.from)),
        Math.ceil(range.to),
        tags,
        kinds,
        controller.signal,
      )
      this.#markers = markers
      this.#areMarkersComplete = isComplete
      this.#markerProblem = null
      this.#changed()
    } catch (error) {
      if (!controller.signal.aborted) this.#markerProblem = error as Error
    }
  }

  #closeTail(): void {
    this.#tail?.close()
    this.#tail = null
    this.#tailNames = ''
  }

  #changed(): void {
    this.#version++
    this.#onChange()
  }
}
