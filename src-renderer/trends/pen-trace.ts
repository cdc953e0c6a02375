// What is known of one pen over the stretch on screen, as one run of rows: put together from the best tiles there are and from
// what came live since. Painter, ruler, lanes and export all read this.
import type { TagValue } from '../../src-main/shared/data-value.ts'
import { isBad, isUncertain } from '../../src-main/shared/status-code.ts'
import type { LiveRows } from './live-tail.ts'
import {
  coarsestLevel,
  finestLevel,
  lowerBound,
  type Tile,
  type TileCache,
  tileRange,
  tileSpan,
} from './trend-tiles.ts'

/** A true sample, a bucket of several, or: from here on nothing is known (it is still being loaded). */
export const rowKinds = { sample: 0, bucket: 1, hole: 2 } as const

/** Quality of a row: what the line does from it to the next. */
export const rowQualities = { good: 0, uncertain: 1, bad: 2 } as const

/** How many levels coarser a stand-in may be, and how many finer. */
const coarserStandIns = 9
const finerStandIns = 4

/** Rows as columns; `count` of them are filled. Reused from picture to picture, so that drawing makes no garbage. */
export class PenTrace {
  count = 0
  /** Of the sample, or the start of the bucket; ms. */
  time = new Float64Array(256)
  /** Of the bucket; 0 for samples; ms. */
  width = new Float64Array(256)
  /** The sample, or the average of the bucket; NaN: none. */
  value = new Float64Array(256)
  low = new Float64Array(256)
  high = new Float64Array(256)
  first = new Float64Array(256)
  last = new Float64Array(256)
  statusCode = new Uint32Array(256)
  /** Samples of the row. */
  sampleCount = new Uint32Array(256)
  kind = new Uint8Array(256)
  /** Quality from the row on until the next. */
  quality = new Uint8Array(256)
  /** 1 where a bucket has a Bad sample among others. */
  hasBad = new Uint8Array(256)
  /** Texts, exact integers and the like, by row. */
  others: (TagValue | undefined)[] = []
  /** What happened from here on is not known; ms. */
  knownUntil = Number.NEGATIVE_INFINITY
  /** True when every row of the stretch is a true sample. */
  isRaw = true
  /** True while a part of the stretch is rough or missing. */
  isProvisional = false

  clear(): void {
    this.count = 0
    this.others.length = 0
    this.knownUntil = Number.NEGATIVE_INFINITY
    this.isRaw = true
    this.isProvisional = false
  }

  /** When a row ends: where the bucket ends, for samples the sample itself. */
  endOf(row: number): number {
    return this.time[row]! + this.width[row]!
  }

  addSample(time: number, value: number, statusCode: number, other: TagValue | undefined): void {
    const row = this.#next(time, 0, rowKinds.sample)
    const usable = isBad(statusCode) ? Number.NaN : value
    this.value[row] = usable
    this.low[row] = usable
    this.high[row] = usable
    this.first[row] = usable
    this.last[row] = usable
    this.statusCode[row] = statusCode
    this.sampleCount[row] = 1
    this.quality[row] = qualityOf(statusCode)
    this.hasBad[row] = 0
    if (other !== undefined) this.others[row] = other
  }

  addBucket(tile: Tile, source: number, width: number): void {
    const { rows } = tile
    const plot = rows.plot!
    const row = this.#next(rows.timestamps[source]!, width, rowKinds.bucket)
    this.value[row] = rows.values[source]!
    this.low[row] = plot.minimum[source]!
    this.high[row] = plot.maximum[source]!
    this.first[row] = plot.first[source]!
    this.last[row] = plot.last[source]!
    this.statusCode[row] = rows.statusCodes[source]!
    this.sampleCount[row] = plot.count[source]!
    const bad = plot.hasBad[source]!
    this.hasBad[row] = bad === 0 ? 0 : 1
    this.quality[row] =
      bad === 2 || Number.isNaN(plot.last[source]!)
        ? rowQualities.bad
        : isUncertain(rows.statusCodes[source]!)
          ? rowQualities.uncertain
          : rowQualities.good
    const other = rows.others?.[source]
    if (other !== undefined) this.others[row] = other
    this.isRaw = false
  }

  addHole(time: number): void {
    this.dropFrom(time)
    const row = this.#next(time, 0, rowKinds.hole)
    this.value[row] = Number.NaN
    this.low[row] = Number.NaN
    this.high[row] = Number.NaN
    this.first[row] = Number.NaN
    this.last[row] = Number.NaN
    this.statusCode[row] = 0
    this.sampleCount[row] = 0
    this.quality[row] = rowQualities.good
    this.hasBad[row] = 0
    this.isProvisional = true
  }

  /** Takes off samples at or after a time: the one after a stretch, taken there for its line, comes again with the next. */
  dropFrom(time: number): void {
    while (this.count > 0 && this.kind[this.count - 1] === rowKinds.sample && this.time[this.count - 1]! >= time) {
      this.count--
      if (this.others.length > this.count) this.others.length = this.count
    }
  }

  /** The last row at or before a time; -1 before the first. */
  rowAt(time: number): number {
    let row = lowerBound(this.time, time, this.count)
    while (row < this.count && this.time[row] === time) row++
    return row - 1
  }

  #next(time: number, width: number, kind: number): number {
    if (this.count === this.time.length) this.#grow()
    const row = this.count++
    this.time[row] = time
    this.width[row] = width
    this.kind[row] = kind
    return row
  }

  #grow(): void {
    const grown = <T extends Float64Array | Uint32Array | Uint8Array>(from: T, to: T): T => {
      to.set(from as never)
      return to
    }
    const length = this.time.length * 2
    this.time = grown(this.time, new Float64Array(length))
    this.width = grown(this.width, new Float64Array(length))
    this.value = grown(this.value, new Float64Array(length))
    this.low = grown(this.low, new Float64Array(length))
    this.high = grown(this.high, new Float64Array(length))
    this.first = grown(this.first, new Float64Array(length))
    this.last = grown(this.last, new Float64Array(length))
    this.statusCode = grown(this.statusCode, new Uint32Array(length))
    this.sampleCount = grown(this.sampleCount, new Uint32Array(length))
    this.kind = grown(this.kind, new Uint8Array(length))
    this.quality = grown(this.quality, new Uint8Array(length))
    this.hasBad = grown(this.hasBad, new Uint8Array(length))
  }
}

function qualityOf(statusCode: number): number {
  if (isBad(statusCode)) return rowQualities.bad
  return isUncertain(statusCode) ? rowQualities.uncertain : rowQualities.good
}

/** Shorter than this nothing is missed between an answer and the first live value: the question was on its way; ms. */
export const longestBlindMs = 1500

/** What a trace is wanted of. */
export interface TraceWish {
  readonly tag: string
  readonly from: number
  readonly to: number
  readonly level: number
  /** The runtime's clock; ms. */
  readonly now: number
  /** What came live; null = nothing of it is wanted or there is none. */
  readonly live: LiveRows | null
  /** False where nothing was ever recorded, or it was refused: there is nothing to wait for. */
  readonly hasHistory?: boolean
}

/** Fills `trace` with what the cache has of the wish: exact tiles first, else coarser or finer stand-ins, else holes. */
export function assembleTrace(trace: PenTrace, cache: TileCache, wish: TraceWish): void {
  trace.clear()
  if (wish.hasHistory === false) {
    if (wish.live) addLive(trace, wish.live, wish.to)
    return
  }
  const { first, last } = tileRange(wish.from, wish.to, wish.level)
  // One tile more on the left: what was there is still valid where nothing new came.
  const before = cache.peek(wish.tag, wish.level, first - 1)
  if (before && before.rows.timestamps.length > 0) addTile(trace, before, before.from, before.to)
  for (let index = first; index <= last; index++) addStretch(trace, cache, wish, wish.level, index)
  if (wish.live) addLive(trace, wish.live, wish.to)
}

function addStretch(trace: PenTrace, cache: TileCache, wish: TraceWish, level: number, index: number): void {
  const span = tileSpan(level)
  const from = index * span
  const to = from + span
  // What has not been yet is no hole.
  if (from >= wish.now) return
  const exact = cache.get(wish.tag, level, index)
  if (exact) {
    if (exact.isApproximate) trace.isProvisional = true
    return addTile(trace, exact, from, to)
  }
  const complete = samplesAbove(cache, wish.tag, level, from)
  if (complete) return addTile(trace, complete, from, to)
  const coarser = coarserOf(cache, wish.tag, level, from)
  if (coarser) {
    trace.isProvisional = true
    return addTile(trace, coarser, from, to)
  }
  trace.isProvisional = true
  if (!addFiner(trace, cache, wish.tag, level, index, finerStandIns)) trace.addHole(from)
}

/** A coarser tile that has all samples serves every finer level exactly. */
export function samplesAbove(cache: TileCache, tag: string, level: number, from: number): Tile | undefined {
  for (let coarser = level + 1; coarser <= coarsestLevel; coarser++) {
    const tile = cache.peek(tag, coarser, Math.floor(from / tileSpan(coarser)))
    if (tile && tile.rows.plot === null) return cache.get(tag, coarser, tile.index)
  }
  return undefined
}

function coarserOf(cache: TileCache, tag: string, level: number, from: number): Tile | undefined {
  for (let coarser = level + 1; coarser <= Math.min(coarsestLevel, level + coarserStandIns); coarser++) {
    const tile = cache.peek(tag, coarser, Math.floor(from / tileSpan(coarser)))
    if (tile) return tile
  }
  return undefined
}

/** Two tiles of the next finer level, or of the ones below; false when there is nothing. */
function addFiner(
  trace: PenTrace,
  cache: TileCache,
  tag: string,
  level: number,
  index: number,
  depth: number,
): boolean {
  if (depth === 0 || level === finestLevel) return false
  const halves = [index * 2, index * 2 + 1]
  const start = trace.count
  let found = false
  for (const half of halves) {
    const tile = cache.peek(tag, level - 1, half)
    const span = tileSpan(level - 1)
    if (tile) {
      addTile(trace, tile, half * span, (half + 1) * span)
      found = true
    } else if (addFiner(trace, cache, tag, level - 1, half, depth - 1)) found = true
    else trace.addHole(half * span)
  }
  if (!found) trace.count = start
  return found
}

/** Rows of the tile in [from, to), with the sample before when it is the first, and the sample after for the line to go on to. */
function addTile(trace: PenTrace, tile: Tile, from: number, to: number): void {
  const { rows } = tile
  const width = 2 ** tile.level
  trace.knownUntil = Math.max(trace.knownUntil, Math.min(to, tile.knownUntil))
  let row = lowerBound(rows.timestamps, from)
  trace.dropFrom(from)
  if (rows.plot === null && row > 0) {
    // The sample before holds into the stretch, unless it is there already or lies beyond a hole.
    const last = trace.count - 1
    if (last < 0 || trace.time[last]! < rows.timestamps[row - 1]!) addRow(trace, tile, row - 1)
  }
  for (; row < rows.timestamps.length && rows.timestamps[row]! < to; row++) {
    if (rows.plot === null) addRow(trace, tile, row)
    else trace.addBucket(tile, row, width)
  }
  if (rows.plot === null && row < rows.timestamps.length) addRow(trace, tile, row)
}

function addRow(trace: PenTrace, tile: Tile, row: number): void {
  const { rows } = tile
  trace.addSample(rows.timestamps[row]!, rows.values[row]!, rows.statusCodes[row]!, rows.others?.[row])
}

/** What came live after the last row of history; and how far it is known. */
function addLive(trace: PenTrace, live: LiveRows, to: number): void {
  const last = trace.count - 1
  // A hole is being loaded: live values before its answer would stand alone at its end, which is what is known.
  const after = last < 0 || trace.kind[last] === rowKinds.hole ? trace.knownUntil : lastInstant(trace, last)
  // Between the answer and the first live value something may have happened (the link was away): no line across it.
  if (live.since > trace.knownUntil + longestBlindMs && Number.isFinite(trace.knownUntil)) {
    const wasProvisional = trace.isProvisional
    trace.addHole(trace.knownUntil)
    // Nothing is missing of a stretch that ends before.
    if (trace.knownUntil >= to) trace.isProvisional = wasProvisional
  }
  for (let row = 0; row < live.count; row++) {
    if (live.time[row]! <= after) continue
    trace.addSample(live.time[row]!, live.value[row]!, live.statusCode[row]!, live.others[row])
  }
  trace.knownUntil = Math.max(trace.knownUntil, live.knownUntil)
}

function lastInstant(trace: PenTrace, row: number): number {
  return trace.kind[row] === rowKinds.bucket ? Math.max(trace.endOf(row), trace.knownUntil) : trace.time[row]!
}
