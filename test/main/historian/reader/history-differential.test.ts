// Whatever was recorded, and however it lies in chunks, late pieces, back-fill and heads: the fast way gives what the plain one gives.
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { HistoryReader } from '../../../../src-main/historian/reader/history-reader.ts'
import {
  type AggregateConfiguration,
  type HistoryMode,
  type HistorySeries,
  type Interpolation,
  interpolations,
} from '../../../../src-main/shared/history.ts'
import { MemoryHistory } from '../../../fakes/memory-history.ts'
import { plainSamples, samplesOf } from '../writer/plain-samples.ts'
import {
  type Arrival,
  arranged,
  type PlainRow,
  type PlainSample,
  plainQuality,
  Reference,
} from './history-reference.ts'

// The plain reference looks at every sample for every row, and the machine may have other work.
vi.setConfig({ testTimeout: 120_000 })

const begin = Date.UTC(2026, 0, 5)
const statusCodes = [0, 0, 0, 0, 0, 0, 0, 0, 0x40000000, 0x40910000, 0x80000000, 0x80310000, 0x809b0000]

/** Values whose sums are exact in any order. */
const value = fc.integer({ min: -64, max: 64 }).map((whole) => whole / 4)

function sampleRun(count: { min: number; max: number }, widestStep: number): fc.Arbitrary<PlainSample[]> {
  return fc
    .tuple(
      fc.integer({ min: 0, max: 20_000 }),
      fc.boolean(),
      fc.array(
        fc.record({
          step: fc.integer({ min: 0, max: widestStep }),
          value,
          statusCode: fc.constantFrom(...statusCodes),
        }),
        { minLength: count.min, maxLength: count.max },
      ),
    )
    .map(([start, isAllGood, steps]) => {
      let timestamp = begin + start
      return steps.map((step) => {
        timestamp += step.step
        const statusCode = isAllGood ? 0 : step.statusCode
        const hasValue = statusCode >>> 31 === 0 && (isAllGood || step.value !== 0.25)
        return { timestamp, value: hasValue ? step.value : Number.NaN, statusCode }
      })
    })
}

interface Recorded {
  readonly history: MemoryHistory
  readonly all: readonly PlainSample[]
}

/** Live samples in chunks of some length, pieces that came late, back-fill, and a head that may begin before the last chunk ends. */
function recorded(
  count: { min: number; max: number },
  chunkLength: { min: number; max: number },
): fc.Arbitrary<Recorded> {
  const piece = sampleRun({ min: 1, max: 30 }, 900)
  return fc
    .record({
      live: sampleRun(count, 60),
      cuts: fc.array(fc.integer(chunkLength), { minLength: 1, maxLength: 40 }),
      headCount: fc.integer({ min: 0, max: 60 }),
      pieces: fc.array(fc.record({ samples: piece, isBackFill: fc.boolean() }), { maxLength: 3 }),
      lateHead: fc.option(piece, { freq: 5 }),
      hasColumns: fc.boolean(),
    })
    .map(({ live, cuts, headCount, pieces, lateHead, hasColumns }) => {
      const history = new MemoryHistory()
      history.hasColumns = hasColumns
      const id = history.addSeries('Tag')
      const arrivals: Arrival[] = []
      const seal = (samples: readonly PlainSample[], isBackFill: boolean) => {
        history.seal(id, samplesOf(samples), isBackFill)
        arrivals.push({ samples, isBackFill })
      }
      const sealedCount = Math.max(0, live.length - headCount)
      let at = 0
      for (let turn = 0; at < sealedCount; turn++) {
        const end = Math.min(sealedCount, at + cuts[turn % cuts.length]!)
        seal(live.slice(at, end), false)
        at = end
        const extra = pieces[turn]
        if (extra && turn < pieces.length) seal(onceEach(extra), extra.isBackFill)
      }
      const head = [...live.slice(sealedCount), ...(lateHead ?? [])].sort((a, b) => a.timestamp - b.timestamp)
      history.setHead(id, head.length > 0 ? samplesOf(head) : null)
      arrivals.push({ samples: head, isBackFill: false })
      return { history, all: arranged(arrivals) }
    })
}

/** Live chunks, all of them overlapped by back-fill that was written later: more than are looked at closely. */
const overlapped = fc
  .record({
    live: sampleRun({ min: 200, max: 300 }, 60),
    backFill: sampleRun({ min: 200, max: 300 }, 60),
    length: fc.integer({ min: 3, max: 5 }),
  })
  .map(({ live, backFill, length }) => {
    const history = new MemoryHistory()
    const id = history.addSeries('Tag')
    const arrivals: Arrival[] = []
    for (const run of [
      { samples: live, isBackFill: false },
      { samples: backFill, isBackFill: true },
    ])
      for (let at = 0; at < run.samples.length; at += length) {
        const samples = onceEach({ ...run, samples: run.samples.slice(at, at + length) })
        history.seal(id, samplesOf(samples), run.isBackFill)
        arrivals.push({ samples, isBackFill: run.isBackFill })
      }
    return { history, all: arranged(arrivals) }
  })

/** Back-fill has each time stamp once. */
function onceEach({ samples, isBackFill }: Arrival): PlainSample[] {
  if (!isBackFill) return [...samples]
  return samples.filter((sample, row) => row === 0 || sample.timestamp !== samples[row - 1]!.timestamp)
}

/** The same but for the last bits: rounding both would tell two apart that lie at the edge of a decimal. */
function near(value: number | null): unknown {
  return value === null || Number.isNaN(value) ? value : expect.closeTo(value, 6)
}

const small = recorded({ min: 0, max: 120 }, { min: 1, max: 40 })
const large = recorded({ min: 400, max: 1500 }, { min: 200, max: 900 })
const span = fc
  .tuple(fc.integer({ min: -2000, max: 30_000 }), fc.integer({ min: 1, max: 40_000 }))
  .map(([from, width]) => ({
    from: begin + from,
    to: begin + from + width,
  }))
const configuration = fc.record<AggregateConfiguration>({
  treatUncertainAsBad: fc.boolean(),
  percentDataBad: fc.constantFrom(100, 50, 10),
  percentDataGood: fc.constantFrom(100, 50, 90),
  useSlopedExtrapolation: fc.boolean(),
  interpolation: fc.constantFrom<Interpolation>(...interpolations),
})
const aggregates: readonly HistoryMode[] = [
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
]

function rowsOf({ values, statusCodes: codes }: HistorySeries): PlainRow[] {
  return Array.from(values, (number, row) => ({ value: Number.isNaN(number) ? null : number, statusCode: codes[row]! }))
}

/** The same status, and the same value but for the order in which sums were formed. */
function expectSame(rows: readonly PlainRow[], expected: readonly PlainRow[]): void {
  const near = (row: PlainRow | undefined, other: PlainRow) =>
    row && row.value !== null && other.value !== null && Math.abs(row.value - other.value) < 1e-7
      ? other.value
      : row?.value
  const shown = (statusCode: number | undefined) => statusCode?.toString(16)
  expect(rows.map((row) => ({ value: row.value, status: shown(row.statusCode) }))).toEqual(
    expected.map((other, index) => ({
      value: near(other, rows[index] ?? other),
      status: shown(other.statusCode),
    })),
  )
}

describe.each([
  { name: 'small chunks', arbitrary: small, runs: 1000 },
  { name: 'everything overlapped by back-fill', arbitrary: overlapped, runs: 100 },
  { name: 'chunks of several blocks', arbitrary: large, runs: 100 },
])('against the plain reference, $name', ({ arbitrary, runs }) => {
  it.each(aggregates)('%s of every bucket is the same', async (mode) => {
    await fc.assert(
      fc.asyncProperty(
        arbitrary,
        span,
        fc.integer({ min: 1, max: 25 }),
        configuration,
        async ({ history, all }, { from, to }, buckets, settings) => {
          const width = Math.ceil((to - from) / buckets)
          const reader = new HistoryReader(history, history)
          const { series } = await reader.read({
            tags: ['Tag'],
            from,
            to,
            mode,
            intervalMs: width,
            configuration: settings,
          })
          const reference = new Reference(all, settings.interpolation === 'stepped', settings)
          expectSame(rowsOf(series[0]!), reference.buckets(mode, from, to, width))
          expect(history.openViewCount).toBe(0)
        },
      ),
      { numRuns: Math.ceil(runs / 5) },
    )
  })

  it('the value at instants is the same, the last instant included', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitrary,
        span,
        fc.integer({ min: 1, max: 25 }),
        configuration,
        async ({ history, all }, { from, to }, steps, settings) => {
          const intervalMs = Math.ceil((to - from) / steps)
          const reader = new HistoryReader(history, history)
          const { series } = await reader.read({
            tags: ['Tag'],
            from,
            to,
            mode: 'atTime',
            intervalMs,
            configuration: settings,
          })
          const reference = new Reference(all, settings.interpolation === 'stepped', settings)
          const instants: number[] = []
          for (let instant = from; instant <= to; instant += intervalMs) instants.push(instant)
          expect([...series[0]!.timestamps]).toEqual(instants)
          expectSame(
            rowsOf(series[0]!),
            instants.map((instant) => reference.at(instant)),
          )
        },
      ),
      { numRuns: Math.ceil(runs / 5) },
    )
  })

  it('raw pages put together are all samples, once and in order, with and without bounds', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitrary,
        span,
        fc.integer({ min: 1, max: 400 }),
        fc.boolean(),
        async ({ history, all }, { from, to }, limit, bounds) => {
          const reader = new HistoryReader(history, history)
          const rows: PlainSample[] = []
          let cursor: string | undefined
          do {
            const page = await reader.read({ tags: ['Tag'], from, to, mode: 'raw', limit, bounds, cursor })
            expect(page.series[0]!.timestamps.length).toBeLessThanOrEqual(limit)
            rows.push(...plainSamples(page.series[0]!))
            cursor = page.cursor
          } while (cursor !== undefined)
          expect(rows).toEqual(new Reference(all, false).raw(from, to, bounds))
        },
      ),
      { numRuns: Math.ceil(runs / 5) },
    )
  })

  it('a plot keeps every extreme, count, first and last of each bucket', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitrary,
        span,
        fc.integer({ min: 1, max: 40 }),
        async ({ history, all }, { from, to }, buckets) => {
          const reader = new HistoryReader(history, history)
          const { series } = await reader.read({ tags: ['Tag'], from, to, mode: 'plot', buckets })
          const { timestamps, values, plot, statusCodes: codes } = series[0]!
          const width = (to - from) / buckets
          for (let bucket = 0; bucket < buckets; bucket++) {
            const end = bucket + 1 === buckets ? to : from + (bucket + 1) * width
            const inside = all.filter(({ timestamp }) => timestamp >= from + bucket * width && timestamp < end)
            const usable = inside
              .filter((sample) => sample.statusCode >>> 31 === 0 && !Number.isNaN(sample.value))
              .map((sample) => sample.value)
            const bad = inside.map(({ statusCode }) => statusCode >>> 31 === 1)
            expect({
              timestamp: timestamps[bucket],
              count: plot!.count[bucket],
              minimum: plot!.minimum[bucket],
              maximum: plot!.maximum[bucket],
              first: plot!.first[bucket],
              last: plot!.last[bucket],
              average: values[bucket],
              hasBad: plot!.hasBad[bucket],
              severity: codes[bucket]! >>> 30,
            }).toEqual({
              timestamp: from + bucket * width,
              count: inside.length,
              minimum: usable.length === 0 ? Number.NaN : Math.min(...usable),
              maximum: usable.length === 0 ? Number.NaN : Math.max(...usable),
              first: usable[0] ?? Number.NaN,
              last: usable.at(-1) ?? Number.NaN,
              average: near(usable.reduce((sum, one) => sum + one, 0) / usable.length),
              hasBad: bad.at(-1) ? 2 : bad.includes(true) ? 1 : 0,
              severity:
                inside.length === 0 ? 2 : Math.max(...inside.map(({ statusCode }) => Math.min(2, statusCode >>> 30))),
            })
          }
        },
      ),
      { numRuns: Math.ceil(runs / 5) },
    )
  })

  it('the statistics of a span are those of its samples', async () => {
    await fc.assert(
      fc.asyncProperty(arbitrary, span, async ({ history, all }, { from, to }) => {
        const [row] = await new HistoryReader(history, history).statistics(['Tag'], from, to)
        const inside = all.filter(({ timestamp }) => timestamp >= from && timestamp < to)
        const goods = inside.filter((sample) => plainQuality(sample) === 'good')
        const numbers = goods.map((sample) => sample.value)
        const average = numbers.reduce((sum, one) => sum + one, 0) / numbers.length
        const squares = numbers.reduce((sum, one) => sum + (one - average) ** 2, 0)
        const timeAverage = new Reference(all, false).bucket('timeAverage', from, to, to, false).value
        const least = numbers.length === 0 ? null : Math.min(...numbers)
        const most = numbers.length === 0 ? null : Math.max(...numbers)
        expect(row).toEqual({
          tag: 'Tag',
          count: inside.length,
          goodCount: goods.length,
          minimum: least,
          minimumTimestamp: goods.find((sample) => sample.value === least)?.timestamp ?? null,
          maximum: most,
          maximumTimestamp: goods.find((sample) => sample.value === most)?.timestamp ?? null,
          average: numbers.length === 0 ? null : near(average),
          timeAverage: near(timeAverage),
          standardDeviation:
            numbers.length === 0 ? null : near(Math.sqrt(numbers.length > 1 ? squares / (numbers.length - 1) : 0)),
          first: numbers[0] ?? null,
          last: numbers.at(-1) ?? null,
          durationGoodMs: goodTime(all, from, to),
          stateDurations: null,
        })
      }),
      { numRuns: Math.ceil(runs / 5) },
    )
  })
})

/** ms of [from, to) under Good samples, each until the next. */
function goodTime(all: readonly PlainSample[], from: number, to: number): number {
  let sum = 0
  for (const [row, sample] of all.entries()) {
    const start = Math.max(from, sample.timestamp)
    const end = Math.min(to, all[row + 1]?.timestamp ?? to)
    if (plainQuality(sample) === 'good' && end > start) sum += end - start
  }
  return sum
}
