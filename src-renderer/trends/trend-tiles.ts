// History in tiles: each holds 512 buckets of one tag at one resolution (buckets of 2^level ms), or all samples of that stretch
// where they are few. Kept up to a number of bytes, the least used go first: the memory of the page stays flat.
import type { HistorySeries } from '../../src-main/shared/history.ts'

/** Buckets of one tile. */
export const tileBucketCount = 512
/** Finest level: buckets of 1 ms. */
export const finestLevel = 0
/** Coarsest: buckets of 2^32 ms (50 days); a tile of them is 70 years. */
export const coarsestLevel = 32

/** One tag over [from, to) at one resolution. */
export interface Tile {
  readonly tag: string
  readonly level: number
  readonly index: number
  readonly from: number
  readonly to: number
  /** Rows in order of time. Samples: also the last one before `from` and the first from `to` on. Buckets: empty ones are left out. */
  readonly rows: TileRows
  /** What happened from here on the answer did not know yet; ms. `to` when the tile is complete. */
  readonly knownUntil: number
  /** When it was answered; ms of the runtime's clock. */
  readonly loadedTimestamp: number
  /** From summaries alone; the exact one follows. */
  readonly isApproximate: boolean
}

/** Columns of a tile; `plot` null = true samples. */
export type TileRows = Pick<HistorySeries, 'timestamps' | 'values' | 'statusCodes' | 'others' | 'plot'>

/** ms of one tile of a level. */
export function tileSpan(level: number): number {
  return tileBucketCount * 2 ** level
}

/** The level whose buckets are at most one pixel wide, and more than half of one. */
export function levelFor(spanMs: number, widthPx: number): number {
  const level = Math.floor(Math.log2(spanMs / Math.max(1, widthPx)))
  return Math.min(coarsestLevel, Math.max(finestLevel, level))
}

/** First and last index of the tiles that meet [from, to). */
export function tileRange(from: number, to: number, level: number): { readonly first: number; readonly last: number } {
  const span = tileSpan(level)
  return { first: Math.floor(from / span), last: Math.max(Math.floor(from / span), Math.ceil(to / span) - 1) }
}

export class TileCache {
  readonly #limit: number
  /** In order of last use. */
  readonly #tiles = new Map<string, Tile>()
  #byteCount = 0

  /** @param limit most bytes kept */
  constructor(limit: number) {
    this.#limit = limit
  }

  get byteCount(): number {
    return this.#byteCount
  }

  get tileCount(): number {
    return this.#tiles.size
  }

  /** The tile, which counts as used now. */
  get(tag: string, level: number, index: number): Tile | undefined {
    const key = keyOf(tag, level, index)
    const tile = this.#tiles.get(key)
    if (!tile) return undefined
    this.#tiles.delete(key)
    this.#tiles.set(key, tile)
    return tile
  }

  /** The tile; looking does not count as use. */
  peek(tag: string, level: number, index: number): Tile | undefined {
    return this.#tiles.get(keyOf(tag, level, index))
  }

  /** A rough tile never takes the place of an exact one. */
  put(tile: Tile): void {
    const key = keyOf(tile.tag, tile.level, tile.index)
    const known = this.#tiles.get(key)
    if (known && tile.isApproximate && !known.isApproximate) return
    if (known) this.#remove(key, known)
    this.#tiles.set(key, tile)
    this.#byteCount += byteCountOf(tile)
    for (const [oldKey, old] of this.#tiles) {
      if (this.#byteCount <= this.#limit || oldKey === key) break
      this.#remove(oldKey, old)
    }
  }

  clear(): void {
    this.#tiles.clear()
    this.#byteCount = 0
  }

  #remove(key: string, tile: Tile): void {
    this.#tiles.delete(key)
    this.#byteCount -= byteCountOf(tile)
  }
}

/** Cuts an answer for one tag over whole tiles into them; copies, so that no tile holds the bytes of its neighbours. */
export function cutIntoTiles(
  series: HistorySeries,
  level: number,
  first: number,
  last: number,
  answer: Pick<Tile, 'knownUntil' | 'loadedTimestamp' | 'isApproximate'>,
): readonly Tile[] {
  const span = tileSpan(level)
  const tiles: Tile[] = []
  for (let index = first; index <= last; index++) {
    const from = index * span
    const to = from + span
    const start = lowerBound(series.timestamps, from)
    const end = lowerBound(series.timestamps, to)
    const rows = series.plot === null ? samplesOf(series, start, end) : bucketsOf(series, start, end)
    const knownUntil = Math.min(to, answer.knownUntil)
    tiles.push({ ...answer, tag: series.tag, level, index, from, to, rows, knownUntil })
  }
  return tiles
}

function samplesOf(series: HistorySeries, start: number, end: number): TileRows {
  const first = Math.max(0, start - 1)
  const last = Math.min(series.timestamps.length, end + 1)
  return {
    timestamps: series.timestamps.slice(first, last),
    values: series.values.slice(first, last),
    statusCodes: series.statusCodes.slice(first, last),
    others: series.others?.slice(first, last) ?? null,
    plot: null,
  }
}

function bucketsOf(series: HistorySeries, start: number, end: number): TileRows {
  const plot = series.plot!
  const rows: number[] = []
  for (let row = start; row < end; row++) if (plot.count[row]! > 0) rows.push(row)
  const pick = (column: Float64Array) => Float64Array.from(rows, (row) => column[row]!)
  return {
    timestamps: pick(series.timestamps),
    values: pick(series.values),
    statusCodes: Uint32Array.from(rows, (row) => series.statusCodes[row]!),
    others: series.others ? rows.map((row) => series.others![row]) : null,
    plot: {
      minimum: pick(plot.minimum),
      maximum: pick(plot.maximum),
      first: pick(plot.first),
      last: pick(plot.last),
      count: Uint32Array.from(rows, (row) => plot.count[row]!),
      hasBad: Uint8Array.from(rows, (row) => plot.hasBad[row]!),
    },
  }
}

/** First row whose time is at or after `time`. */
export function lowerBound(timestamps: Float64Array, time: number, end = timestamps.length): number {
  let low = 0
  let high = end
  while (low < high) {
    const middle = (low + high) >>> 1
    if (timestamps[middle]! < time) low = middle + 1
    else high = middle
  }
  return low
}

/** What a tile costs besides its rows. */
const tileOverhead = 400
/** What a row costs where it is a text, array or structure; a guess that is rather too much. */
const otherCost = 120

function byteCountOf({ rows }: Tile): number {
  const count = rows.timestamps.length
  return tileOverhead + count * (rows.plot === null ? 20 : 57) + (rows.others ? count * otherCost : 0)
}

function keyOf(tag: string, level: number, index: number): string {
  return `${level} ${index} ${tag}`
}
