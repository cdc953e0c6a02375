import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HistorySeries } from '../../../src-main/shared/history.ts'
import { assembleTrace, PenTrace, rowKinds } from '../../../src-renderer/trends/pen-trace.ts'
import {
  cutIntoTiles,
  levelFor,
  TileCache,
  tileBucketCount,
  tileRange,
  tileSpan,
} from '../../../src-renderer/trends/trend-tiles.ts'

const answer = { knownUntil: Number.POSITIVE_INFINITY, loadedTimestamp: 0, isApproximate: false }

function samples(tag: string, times: readonly number[], value = (time: number) => time): HistorySeries {
  return {
    tag,
    mode: 'raw',
    timestamps: Float64Array.from(times),
    values: Float64Array.from(times, value),
    statusCodes: new Uint32Array(times.length),
    others: null,
    plot: null,
  }
}

function buckets(tag: string, from: number, width: number, counts: readonly number[]): HistorySeries {
  const column = (value: (index: number) => number) =>
    Float64Array.from(counts, (count, index) => (count === 0 ? Number.NaN : value(index)))
  return {
    tag,
    mode: 'plot',
    timestamps: Float64Array.from(counts, (_, index) => from + index * width),
    values: column((index) => index),
    statusCodes: new Uint32Array(counts.length),
    others: null,
    plot: {
      minimum: column((index) => index - 1),
      maximum: column((index) => index + 1),
      first: column((index) => index),
      last: column((index) => index),
      count: Uint32Array.from(counts),
      hasBad: new Uint8Array(counts.length),
    },
  }
}

describe('resolution', () => {
  it('has a bucket for every pixel, and never two pixels for one bucket', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 3000, max: 1e12, noNaN: true }),
        fc.integer({ min: 200, max: 3000 }),
        (span, width) => {
          const bucket = 2 ** levelFor(span, width)
          expect(bucket).toBeLessThanOrEqual(Math.max(1, span / width))
          expect(bucket).toBeGreaterThan(span / width / 2 - 1)
        },
      ),
    )
  })

  it('meets a span with whole tiles and no more', () => {
    const span = tileSpan(3)
    expect(tileRange(0, span, 3)).toEqual({ first: 0, last: 0 })
    expect(tileRange(1, span + 1, 3)).toEqual({ first: 0, last: 1 })
    expect(tileRange(-1, 1, 3)).toEqual({ first: -1, last: 0 })
  })
})

describe('tiles cut from an answer', () => {
  it('have every sample once, and the neighbours of their stretch besides', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -600, max: 2700 }), { maxLength: 200 }), (given) => {
        const times = [...new Set(given)].sort((a, b) => a - b)
        const tiles = cutIntoTiles(samples('A', times), 0, 0, 3, answer)
        const inside = tiles.flatMap((tile) =>
          [...tile.rows.timestamps].filter((time) => time >= tile.from && time < tile.to),
        )
        expect(inside).toEqual(times.filter((time) => time >= 0 && time < 4 * tileBucketCount))
        for (const { rows, from, to } of tiles) {
          const before = times.filter((time) => time < from).at(-1)
          const after = times.find((time) => time >= to)
          if (before !== undefined) expect(rows.timestamps[0]).toBe(before)
          if (after !== undefined) expect(rows.timestamps.at(-1)).toBe(after)
        }
      }),
    )
  })

  it('leave empty buckets out', () => {
    const [first, second] = cutIntoTiles(buckets('A', 0, 1, [1, 0, 0, 2, ...new Array(1020).fill(0)]), 0, 0, 1, answer)
    expect([...first!.rows.timestamps]).toEqual([0, 3])
    expect([...first!.rows.plot!.count]).toEqual([1, 2])
    expect(second!.rows.timestamps.length).toBe(0)
  })

  it('are known only as far as the answer was', () => {
    const tiles = cutIntoTiles(samples('A', [1]), 0, 0, 1, { ...answer, knownUntil: 600 })
    expect(tiles.map(({ knownUntil }) => knownUntil)).toEqual([512, 600])
  })
})

describe('the cache', () => {
  const tile = (index: number, isApproximate = false) =>
    cutIntoTiles(
      samples(
        'A',
        Array.from({ length: 512 }, (_, at) => index * 512 + at),
      ),
      0,
      index,
      index,
      {
        ...answer,
        isApproximate,
      },
    )[0]!

  it('never holds more bytes than it may, and gives up what was used least lately', () => {
    const cache = new TileCache(60_000)
    for (let index = 0; index < 5; index++) cache.put(tile(index))
    cache.get('A', 0, 0)
    for (let index = 5; index < 1000; index++) {
      cache.put(tile(index))
      cache.get('A', 0, 0)
      expect(cache.byteCount).toBeLessThanOrEqual(60_000)
    }
    expect(cache.peek('A', 0, 0)).toBeDefined()
    expect(cache.peek('A', 0, 500)).toBeUndefined()
    expect(cache.tileCount).toBeLessThan(8)
  })

  it('never takes a rough tile for an exact one', () => {
    const cache = new TileCache(1_000_000)
    cache.put(tile(1))
    cache.put(tile(1, true))
    expect(cache.peek('A', 0, 1)!.isApproximate).toBe(false)
  })

  it('counts nothing twice when a tile is replaced', () => {
    const cache = new TileCache(1_000_000)
    cache.put(tile(1, true))
    const once = cache.byteCount
    cache.put(tile(1))
    expect(cache.byteCount).toBe(once)
  })
})

describe('a trace', () => {
  const now = 1e9
  const wish = (over: object) => ({ tag: 'A', from: 0, to: 1024, level: 0, now, live: null, ...over })
  const times = (trace: PenTrace) => [...trace.time.subarray(0, trace.count)]

  it('joins tiles without a seam: each sample once, in order, with one before and one after', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -300, max: 2400 }), { maxLength: 150 }), (given) => {
        const all = [...new Set(given)].sort((a, b) => a - b)
        const cache = new TileCache(10_000_000)
        for (const tile of cutIntoTiles(samples('A', all), 0, 0, 1, answer)) cache.put(tile)
        const trace = new PenTrace()
        assembleTrace(trace, cache, wish({}))
        const before = all.filter((time) => time < 0).at(-1)
        const after = all.find((time) => time >= 1024)
        const inside = all.filter((time) => time >= 0 && time < 1024)
        expect(times(trace)).toEqual([before, ...inside, after].filter((time) => time !== undefined))
      }),
    )
  })

  it('takes true samples of a coarser tile as exact', () => {
    const cache = new TileCache(10_000_000)
    for (const tile of cutIntoTiles(samples('A', [10, 700, 3000]), 3, 0, 0, answer)) cache.put(tile)
    const trace = new PenTrace()
    assembleTrace(trace, cache, wish({}))
    expect(times(trace)).toEqual([10, 700, 3000])
    expect(trace.isProvisional).toBe(false)
  })

  it('stands in coarser or finer buckets while the exact ones are on their way, and says so', () => {
    const cache = new TileCache(10_000_000)
    for (const tile of cutIntoTiles(buckets('A', 0, 4, new Array(512).fill(1)), 2, 0, 0, answer)) cache.put(tile)
    const finer = new PenTrace()
    assembleTrace(finer, cache, wish({}))
    expect(finer.count).toBe(256)
    expect(finer.isProvisional).toBe(true)
    const coarser = new PenTrace()
    assembleTrace(coarser, cache, wish({ level: 3, to: 4096 }))
    expect(times(coarser).filter((time) => time < 2048)).toHaveLength(512)
    expect(coarser.kind[coarser.count - 1]).toBe(rowKinds.hole)
    expect(coarser.isProvisional).toBe(true)
  })

  it('has a hole where nothing is known, and no sample of the tile before behind it', () => {
    const cache = new TileCache(10_000_000)
    for (const tile of cutIntoTiles(samples('A', [100, 900]), 0, 0, 0, answer)) cache.put(tile)
    const trace = new PenTrace()
    assembleTrace(trace, cache, wish({}))
    expect(times(trace)).toEqual([100, 512])
    expect(trace.kind[1]).toBe(rowKinds.hole)
  })

  it('goes on with what came live since, and leaves a hole where the link was away in between', () => {
    const cache = new TileCache(10_000_000)
    for (const tile of cutIntoTiles(samples('A', [100, 400]), 0, 0, 0, { ...answer, knownUntil: 450 })) cache.put(tile)
    const live = (since: number) => ({
      count: 2,
      time: Float64Array.of(400, since + 1000),
      value: Float64Array.of(1, 2),
      statusCode: new Uint32Array(2),
      others: [],
      since,
      knownUntil: since + 2000,
    })
    const joined = new PenTrace()
    assembleTrace(joined, cache, wish({ to: 512, now: 500, live: live(500) }))
    expect(times(joined)).toEqual([100, 400, 1500])
    expect(joined.knownUntil).toBe(2500)
    const away = new PenTrace()
    assembleTrace(away, cache, wish({ to: 512, now: 500, live: live(60_000) }))
    expect(times(away)).toEqual([100, 400, 450, 61_000])
    expect(away.kind[2]).toBe(rowKinds.hole)
  })
})
