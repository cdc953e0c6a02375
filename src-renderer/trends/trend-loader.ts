// Brings the tiles a trend needs: what is seen first, rough before exact for long spans, what lies beside it last; questions
// that are no longer wanted are given up. Nobody waits for it: the picture is drawn from what is there.
import type { HistoryRequest } from '../../src-main/shared/history.ts'
import { CallError } from '../connection/call-error.ts'
import type { HistorySource } from './history-source.ts'
import { longestBlindMs, samplesAbove } from './pen-trace.ts'
import { cutIntoTiles, type TileCache, tileBucketCount, tileRange, tileSpan } from './trend-tiles.ts'

/** Questions on the way at once; more would only wait in the runtime. */
const mostRequests = 4
/** From this span on a rough answer is asked first; ms. */
const roughFromMs = 6 * 3_600_000
/** Complete stretches are asked again after this time: somebody may have back-filled; ms. */
const oldAfterMs = 300_000
/** The stretch that is still growing is asked again after so many of its buckets, within these bounds; ms. */
const growBuckets = 4
const shortestGrowMs = 4000
const longestGrowMs = 60_000
/** A tag that was refused is asked again after this time, and sooner where the runtime was only not able to answer; ms. */
const retryMs = 10_000
const soonMs = 2000
/** Samples arrive in the recorder a little after their time stamp; until then they are not known to be missing; ms. */
const arrivalMs = 1000

/** A stretch of some pens at one resolution. */
export interface TrendNeed {
  readonly tags: readonly string[]
  readonly from: number
  readonly to: number
  readonly level: number
  /** Not seen, only likely to be wanted next: waits until nothing that is seen is on its way, and gives way to it. */
  readonly isAhead?: boolean
}

interface Question {
  readonly tags: readonly string[]
  readonly level: number
  readonly first: number
  readonly last: number
  readonly isRough: boolean
  readonly keys: readonly string[]
}

interface Running extends Question {
  readonly controller: AbortController
  /** Nothing of it is seen as yet. */
  isAhead: boolean
}

export interface TrendLoaderOptions {
  readonly source: Pick<HistorySource, 'read'>
  readonly cache: TileCache
  /** The runtime's clock; ms. */
  readonly now: () => number
  /** Since when a tag's values come live without a break; ms; undefined = they do not. */
  readonly liveSince?: (tag: string) => number | undefined
  /** Something came, or was refused. */
  readonly onChange: () => void
}

/** Owned by one trend; {@link TrendLoader.close} gives up what is on its way. */
export class TrendLoader {
  readonly #options: TrendLoaderOptions
  #needs: readonly TrendNeed[] = []
  readonly #running = new Set<Running>()
  /** Tags whose question was refused: asked alone, so that they do not take others with them. */
  readonly #suspects = new Set<string>()
  readonly #problems = new Map<string, { readonly error: Error; readonly timestamp: number }>()
  #isClosed = false

  constructor(options: TrendLoaderOptions) {
    this.#options = options
  }

  /** True while something that is seen is on its way. */
  get isLoading(): boolean {
    return this.#active().some(({ isAhead }) => !isAhead)
  }

  /** Why the history of a tag did not come; undefined when it did. */
  problem(tag: string): Error | undefined {
    return this.#problems.get(tag)?.error
  }

  /** Says what is needed now, the most important first; what was needed before and is not among it is given up. */
  need(needs: readonly TrendNeed[]): void {
    this.#needs = needs
    const seen = keysOf(needs.filter(({ isAhead }) => !isAhead))
    const wanted = keysOf(needs)
    for (const running of this.#running) {
      running.isAhead = !running.keys.some((key) => seen.has(key))
      if (!running.keys.some((key) => wanted.has(key))) running.controller.abort()
    }
    this.#ask()
  }

  /** After the link came back: what was refused is asked again at once. */
  retry(): void {
    this.#problems.clear()
    this.#suspects.clear()
    this.#ask()
  }

  close(): void {
    this.#isClosed = true
    for (const running of this.#running) running.controller.abort()
  }

  #ask(): void {
    if (this.#isClosed) return
    for (const need of this.#needs) {
      const isAhead = need.isAhead ?? false
      if (isAhead && this.isLoading) return
      for (const question of this.#missing(need)) {
        if (!isAhead) this.#giveWay()
        if (this.#active().length >= mostRequests) return
        void this.#run(question, isAhead)
      }
    }
  }

  /** What is only fetched ahead would share the recorder's time with what is waited for. */
  #giveWay(): void {
    for (const running of this.#running) if (running.isAhead) running.controller.abort()
  }

  /** On their way and not given up. */
  #active(): readonly Running[] {
    return [...this.#running].filter(({ controller }) => !controller.signal.aborted)
  }

  /** Questions for the tiles of a need that are not there, are no longer true, and are not on their way. */
  #missing(need: TrendNeed): readonly Question[] {
    const now = this.#options.now()
    const { first, last } = tileRange(need.from, Math.min(need.to, now), need.level)
    if (need.from >= now) return []
    const asked = new Set(this.#active().flatMap(({ keys }) => keys))
    const byStretch = new Map<string, { first: number; last: number; tags: string[]; isNew: boolean }>()
    for (const tag of need.tags) {
      if (this.#isRefused(tag, now)) continue
      // One question for each run of tiles: what lies between two of them is there.
      for (let index = first; index <= last; index++) {
        const begin = index
        let isNew = false
        for (; index <= last && !asked.has(keyOf(tag, need.level, index)); index++) {
          const state = this.#stateOf(tag, need.level, index, now)
          if (state === 'fresh') break
          if (state === 'missing') isNew = true
        }
        if (index === begin) continue
        const key = `${begin} ${index}${this.#suspects.has(tag) ? ` ${tag}` : ''}`
        const stretch = byStretch.get(key) ?? { first: begin, last: index - 1, tags: [], isNew: false }
        stretch.tags.push(tag)
        stretch.isNew ||= isNew
        byStretch.set(key, stretch)
      }
    }
    return [...byStretch.values()].map(({ first, last, tags, isNew }) => ({
      tags,
      level: need.level,
      first,
      last,
      // The exact one is asked for when the rough one is there: side by side both would take as long as the two together.
      isRough: isNew && (last - first + 1) * tileSpan(need.level) >= roughFromMs,
      keys: tags.flatMap((tag) =>
        Array.from({ length: last - first + 1 }, (_, step) => keyOf(tag, need.level, first + step)),
      ),
    }))
  }

  #stateOf(tag: string, level: number, index: number, now: number): 'fresh' | 'old' | 'rough' | 'missing' {
    const { cache } = this.#options
    const span = tileSpan(level)
    const tile = cache.peek(tag, level, index) ?? samplesAbove(cache, tag, level, index * span)
    if (!tile) return 'missing'
    if (tile.isApproximate) return 'rough'
    const isComplete = tile.knownUntil >= Math.min((index + 1) * span, tile.to)
    if (isComplete) return now - tile.loadedTimestamp > oldAfterMs ? 'old' : 'fresh'
    // What came between the answer and the first live value nobody has: it is asked for at once, not when the stretch has grown.
    const since = this.#options.liveSince?.(tag) ?? Number.POSITIVE_INFINITY
    const isBroken = Number.isFinite(since) && tile.knownUntil + longestBlindMs < Math.min(since, now)
    if (isBroken && now - tile.loadedTimestamp > arrivalMs) return 'old'
    const grow = Math.min(longestGrowMs, Math.max(shortestGrowMs, growBuckets * 2 ** level))
    return now - tile.loadedTimestamp > grow ? 'old' : 'fresh'
  }

  #isRefused(tag: string, now: number): boolean {
    const problem = this.#problems.get(tag)
    if (problem === undefined) return false
    const isForNow = problem.error instanceof CallError && problem.error.httpStatus >= 500
    return now - problem.timestamp < (isForNow ? soonMs : retryMs)
  }

  async #run(question: Question, isAhead: boolean): Promise<void> {
    const running: Running = { ...question, controller: new AbortController(), isAhead }
    this.#running.add(running)
    try {
      await this.#read(running)
    } catch (error) {
      if (!running.controller.signal.aborted) this.#refused(running, error as Error)
    } finally {
      this.#running.delete(running)
      if (!this.#isClosed) {
        this.#options.onChange()
        this.#ask()
      }
    }
  }

  async #read({ tags, level, first, last, isRough, controller }: Running): Promise<void> {
    const { source, cache, now } = this.#options
    const span = tileSpan(level)
    const buckets = (last - first + 1) * tileBucketCount
    const request: HistoryRequest = {
      tags,
      from: first * span,
      to: (last + 1) * span,
      mode: 'plot',
      buckets,
      // True samples as long as they are not many more than the buckets: finer zooms then need no question.
      rawUpTo: buckets * 2,
      ...(isRough ? { approximate: true } : {}),
    }
    const askedTimestamp = now()
    const { series } = await source.read(request, controller.signal)
    const answer = {
      knownUntil: askedTimestamp - arrivalMs,
      loadedTimestamp: askedTimestamp,
      isApproximate: isRough,
    }
    for (const one of series) {
      // Samples are true also when the rest of the answer is rough.
      const isApproximate = isRough && one.plot !== null
      for (const tile of cutIntoTiles(one, level, first, last, { ...answer, isApproximate })) cache.put(tile)
      this.#problems.delete(one.tag)
    }
  }

  #refused(running: Running, error: Error): void {
    const isOfOneTag = error instanceof CallError && error.httpStatus < 500 && error.httpStatus !== 401
    if (isOfOneTag && running.tags.length > 1) {
      for (const tag of running.tags) this.#suspects.add(tag)
      return
    }
    for (const tag of running.tags) this.#problems.set(tag, { error, timestamp: this.#options.now() })
  }
}

function keysOf(needs: readonly TrendNeed[]): ReadonlySet<string> {
  const keys = new Set<string>()
  for (const { tags, from, to, level } of needs) {
    const { first, last } = tileRange(from, to, level)
    for (const tag of tags) for (let index = first; index <= last; index++) keys.add(keyOf(tag, level, index))
  }
  return keys
}

function keyOf(tag: string, level: number, index: number): string {
  return `${level} ${index} ${tag}`
}
