import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { HistoryRequest, HistoryResult } from '../../../src-main/shared/history.ts'
import { CallError } from '../../../src-renderer/connection/call-error.ts'
import { TrendLoader } from '../../../src-renderer/trends/trend-loader.ts'
import { TileCache, tileSpan } from '../../../src-renderer/trends/trend-tiles.ts'

interface Asked {
  readonly request: HistoryRequest
  readonly signal: AbortSignal
  readonly answer: (result?: HistoryResult) => void
  readonly refuse: (error: Error) => void
}

const level = 10
const span = tileSpan(level)
const start = 1_800_000_000_000
let now = start
let asked: Asked[] = []
let cache: TileCache
let loader: TrendLoader
let changes = 0
let since: number | undefined

const first = Math.floor(start / span) * span - 20 * span
const need = (tags: readonly string[], from = first, to = first + 3 * span, at = level) => ({
  tags,
  from,
  to,
  level: at,
})
const emptyPlot = ({ tags, from, to, buckets = 1 }: HistoryRequest): HistoryResult => ({
  series: tags.map((tag) => {
    const column = () => new Float64Array(buckets)
    return {
      tag,
      mode: 'plot',
      timestamps: Float64Array.from({ length: buckets }, (_, index) => from + (index * (to - from)) / buckets),
      values: column(),
      statusCodes: new Uint32Array(buckets),
      others: null,
      plot: {
        minimum: column(),
        maximum: column(),
        first: column(),
        last: column(),
        count: new Uint32Array(buckets).fill(9),
        hasBad: new Uint8Array(buckets),
      },
    }
  }),
})
/** Lets the promises of an answer run. */
const settle = async () => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve()
}

beforeEach(() => {
  now = start
  asked = []
  changes = 0
  cache = new TileCache(50_000_000)
  since = undefined
  loader = new TrendLoader({
    cache,
    liveSince: () => since,
    now: () => now,
    onChange: () => changes++,
    source: {
      read: (request, signal) =>
        new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason))
          asked.push({
            request,
            signal,
            answer: (result = emptyPlot(request)) => resolve(result),
            refuse: reject,
          })
        }),
    },
  })
})
afterEach(() => {
  loader.close()
  vi.restoreAllMocks()
})

describe('what a trend asks for', () => {
  it('is one question for all pens over whole tiles, with a bucket for every pixel and true samples where they are few', () => {
    loader.need([need(['A', 'B'], first + 10, first + 2 * span + 5)])
    expect(asked).toHaveLength(1)
    expect(asked[0]!.request).toEqual({
      tags: ['A', 'B'],
      from: first,
      to: first + 3 * span,
      mode: 'plot',
      buckets: 3 * 512,
      rawUpTo: 6 * 512,
    })
  })

  it('is nothing while it is there, or on its way', async () => {
    loader.need([need(['A'])])
    loader.need([need(['A'])])
    expect(asked).toHaveLength(1)
    asked[0]!.answer()
    await settle()
    loader.need([need(['A'])])
    expect(asked).toHaveLength(1)
    expect(changes).toBe(1)
    expect(loader.isLoading).toBe(false)
  })

  it('is only the missing stretch when the window moves', async () => {
    loader.need([need(['A'])])
    asked[0]!.answer()
    await settle()
    loader.need([need(['A'], first + span, first + 4 * span)])
    expect(asked[1]!.request).toMatchObject({ from: first + 3 * span, to: first + 4 * span, buckets: 512 })
  })

  it('is rough first, then exact, for long spans; the rough answer is taken until the exact one is there', async () => {
    const long = 16
    const longSpan = tileSpan(long)
    const from = Math.floor(start / longSpan) * longSpan - 2 * longSpan
    loader.need([need(['A'], from, from + longSpan, long)])
    // Not both at once: they would share the recorder's time.
    expect(asked.map(({ request }) => request.approximate ?? false)).toEqual([true])
    asked[0]!.answer()
    await settle()
    expect(cache.peek('A', long, from / longSpan)!.isApproximate).toBe(true)
    expect(asked.map(({ request }) => request.approximate ?? false)).toEqual([true, false])
    asked[1]!.answer()
    await settle()
    expect(cache.peek('A', long, from / longSpan)!.isApproximate).toBe(false)
    expect(asked).toHaveLength(2)
  })

  it('is given up when the window has moved on', () => {
    loader.need([need(['A'])])
    loader.need([need(['A'], first + 10 * span, first + 12 * span)])
    expect(asked[0]!.signal.aborted).toBe(true)
    expect(asked[1]!.signal.aborted).toBe(false)
  })

  it('goes on while a part of it is still wanted', () => {
    loader.need([need(['A'])])
    loader.need([need(['A'], first + 2 * span, first + 4 * span)])
    expect(asked[0]!.signal.aborted).toBe(false)
  })

  it('is never of what has not been yet', () => {
    loader.need([need(['A'], now + span, now + 3 * span)])
    expect(asked).toHaveLength(0)
  })

  it('is asked again while it is still growing, and after a while when it is complete', async () => {
    loader.need([need(['A'], now - span, now)])
    asked[0]!.answer()
    await settle()
    now += 3000
    loader.need([need(['A'], now - span, now)])
    expect(asked).toHaveLength(1)
    now += 10_000
    loader.need([need(['A'], now - span, now)])
    expect(asked).toHaveLength(2)
    loader.need([need(['B'])])
    asked[2]!.answer()
    await settle()
    now += 301_000
    loader.need([need(['B'])])
    expect(asked).toHaveLength(4)
  })

  it('is each missing stretch by itself, not what lies between them', async () => {
    loader.need([need(['A'], first + span, first + 2 * span)])
    asked[0]!.answer()
    await settle()
    loader.need([need(['A'])])
    expect(asked.slice(1).map(({ request }) => [(request.from - first) / span, (request.to - first) / span])).toEqual([
      [0, 1],
      [2, 3],
    ])
  })

  it('is what lies ahead only when all that is seen is there', async () => {
    const ahead = { ...need(['A'], first - 2 * span, first + 3 * span), isAhead: true }
    loader.need([need(['A']), ahead])
    expect(asked).toHaveLength(1)
    expect(loader.isLoading).toBe(true)
    asked[0]!.answer()
    await settle()
    expect(asked[1]!.request).toMatchObject({ from: first - 2 * span, to: first })
    expect(loader.isLoading).toBe(false)
  })

  it('gives way from ahead to what is seen, unless that is what is on its way', async () => {
    const ahead = { ...need(['A'], first - 2 * span, first), isAhead: true }
    loader.need([need(['A']), ahead])
    asked[0]!.answer()
    await settle()
    loader.need([need(['A'], first - span, first + span), ahead])
    expect(asked).toHaveLength(2)
    expect(loader.isLoading).toBe(true)
    loader.need([need(['A']), ahead])
    loader.need([need(['A']), need(['B']), ahead])
    expect(asked[1]!.signal.aborted).toBe(true)
    expect(asked[2]!.request.tags).toEqual(['B'])
    asked[2]!.answer()
    await settle()
    expect(asked[3]!.request).toMatchObject({ tags: ['A'], from: first - 2 * span, to: first })
  })

  it('is asked again at once where live values began anew after the answer', async () => {
    const coarse = 14
    const needed = [need(['A'], now - tileSpan(coarse), now, coarse)]
    loader.need(needed)
    while (loader.isLoading) {
      for (const one of asked) one.answer()
      await settle()
    }
    const count = asked.length
    now += 20_000
    loader.need(needed)
    expect(asked).toHaveLength(count)
    since = now - 500
    loader.need(needed)
    expect(asked).toHaveLength(count + 1)
    asked.at(-1)!.answer()
    await settle()
    loader.need(needed)
    now += 5000
    loader.need(needed)
    expect(asked).toHaveLength(count + 1)
  })

  it('does not crowd the runtime: at most four questions at once', () => {
    loader.need(
      Array.from({ length: 10 }, (_, index) =>
        need([`T${index}`], first - index * 10 * span, first - index * 10 * span + span),
      ),
    )
    expect(asked.length).toBe(4)
  })
})

describe('a refusal', () => {
  const unknown = () =>
    new CallError({ code: 'BadNotFound', message: 'nothing was ever recorded of B', httpStatus: 404 })

  it('of one tag does not take the others with it', async () => {
    loader.need([need(['A', 'B'])])
    asked[0]!.refuse(unknown())
    await settle()
    expect(asked.slice(1).map(({ request }) => request.tags)).toEqual([['A'], ['B']])
    asked[1]!.answer()
    asked[2]!.refuse(unknown())
    await settle()
    expect(loader.problem('A')).toBeUndefined()
    expect(loader.problem('B')?.message).toBe('nothing was ever recorded of B')
    expect(asked).toHaveLength(3)
  })

  it('is asked about again after a while, and at once when the link is back', async () => {
    loader.need([need(['A'])])
    asked[0]!.refuse(new CallError({ code: 'BadConnectionClosed', message: 'lost', httpStatus: 503 }))
    await settle()
    expect(asked).toHaveLength(1)
    loader.retry()
    expect(asked).toHaveLength(2)
    expect(loader.problem('A')).toBeUndefined()
    asked[1]!.refuse(unknown())
    await settle()
    now += 11_000
    loader.need([need(['A'])])
    expect(asked).toHaveLength(3)
  })

  it('by giving up is no refusal', async () => {
    loader.need([need(['A'])])
    loader.need([])
    await settle()
    expect(asked[0]!.signal.aborted).toBe(true)
    expect(loader.problem('A')).toBeUndefined()
  })
})
