// Questions about history as screens and scripts ask them: refusals, pages, cancellation, and one consistent view while recording goes on.
import { afterEach, describe, expect, it } from 'vitest'
import { ViewOutdated } from '../../../../src-main/historian/files/history-files-error.ts'
import { HistoryReader } from '../../../../src-main/historian/reader/history-reader.ts'
import type { Samples } from '../../../../src-main/historian/samples.ts'
import type { HistoryRequest } from '../../../../src-main/shared/history.ts'
import { limitHere } from '../../../fakes/busy-machine.ts'
import { MemoryHistory } from '../../../fakes/memory-history.ts'
import { plainSamples, samplesOf } from '../writer/plain-samples.ts'
import type { PlainSample } from './history-reference.ts'

const begin = Date.UTC(2026, 0, 5)
let history = new MemoryHistory()

function ramp(from: number, count: number, stepMs = 1000): PlainSample[] {
  return Array.from({ length: count }, (_, row) => ({
    timestamp: begin + (from + row) * stepMs,
    value: from + row,
    statusCode: 0,
  }))
}

/** A tag with 100 samples, one a second, value = second: 60 sealed, 40 in the head. */
function recordTag(name = 'Tag'): number {
  const id = history.addSeries(name)
  history.seal(id, samplesOf(ramp(0, 60)))
  history.setHead(id, samplesOf(ramp(60, 40)))
  return id
}

function reader(): HistoryReader {
  return new HistoryReader(history, history)
}

const request = (more: Partial<HistoryRequest>): HistoryRequest => ({
  tags: ['Tag'],
  from: begin,
  to: begin + 100_000,
  mode: 'raw',
  ...more,
})

afterEach(() => {
  expect(history.openViewCount).toBe(0)
  history = new MemoryHistory()
})

describe('what cannot be answered is refused with the reason', () => {
  it.each<{ name: string; more: Partial<HistoryRequest>; code: string; sentence: RegExp }>([
    {
      name: 'a span that runs backwards',
      more: { from: begin + 1, to: begin },
      code: 'BadInvalidArgument',
      sentence: /from \(2026-01-05T00:00:00.001Z\) is later than to \(2026-01-05T00:00:00.000Z\)/,
    },
    { name: 'a time that is none', more: { to: Number.NaN }, code: 'BadInvalidArgument', sentence: /to is no instant/ },
    {
      name: 'an aggregate without buckets',
      more: { mode: 'average' },
      code: 'BadInvalidArgument',
      sentence: /average wants the number of buckets or their width/,
    },
    {
      name: 'instants without a distance',
      more: { mode: 'atTime' },
      code: 'BadInvalidArgument',
      sentence: /atTime wants intervalMs/,
    },
    {
      name: 'buckets of an empty span',
      more: { mode: 'count', buckets: 3, from: begin, to: begin },
      code: 'BadInvalidArgument',
      sentence: /the span is empty/i,
    },
    {
      name: 'both ways to say a width',
      more: { mode: 'plot', buckets: 3, intervalMs: 1000 },
      code: 'BadInvalidArgument',
      sentence: /Both buckets and intervalMs/,
    },
    {
      name: 'too many buckets',
      more: { mode: 'average', buckets: 100_001 },
      code: 'BadInvalidArgument',
      sentence: /buckets is 100001; whole numbers from 1 to 100000/,
    },
    {
      name: 'too narrow buckets',
      more: { mode: 'average', intervalMs: 0.5 },
      code: 'BadRequestTooLarge',
      sentence: /200000 rows of each tag/,
    },
    {
      name: 'too many rows over all tags',
      more: { mode: 'plot', buckets: 100_000, tags: Array.from({ length: 21 }, () => 'Tag') },
      code: 'BadRequestTooLarge',
      sentence: /21 tags with 100000 rows each/,
    },
    { name: 'a limit of nothing', more: { limit: 0 }, code: 'BadInvalidArgument', sentence: /limit is 0/ },
    {
      name: 'a negative width',
      more: { mode: 'plot', intervalMs: -1 },
      code: 'BadInvalidArgument',
      sentence: /intervalMs is -1/,
    },
    {
      name: 'a share beyond all',
      more: { mode: 'average', buckets: 1, configuration: { percentDataBad: 101 } },
      code: 'BadInvalidArgument',
      sentence: /percentDataBad is 101/,
    },
    { name: 'no tag', more: { tags: [] }, code: 'BadInvalidArgument', sentence: /No tag is named/ },
    {
      name: 'a tag that was never recorded',
      more: { tags: ['Tag', 'Tog'] },
      code: 'BadNotFound',
      sentence: /"Tog" has no history: it was never recorded/,
    },
    {
      name: 'a cursor that is none',
      more: { cursor: 'nonsense!' },
      code: 'BadInvalidArgument',
      sentence: /cursor is none/,
    },
  ])('$name', async ({ more, code, sentence }) => {
    recordTag()
    await expect(reader().read(request(more))).rejects.toMatchObject({ code, message: expect.stringMatching(sentence) })
  })

  it('figures of texts', async () => {
    const id = history.addSeries('Text', { kind: 'text', interpolation: 'stepped' })
    history.setHead(id, texts([[0, 'open']]))
    await expect(reader().read(request({ tags: ['Text'], mode: 'average', buckets: 1 }))).rejects.toMatchObject({
      code: 'BadTypeMismatch',
      message: '"Text" does not hold numbers: average of it cannot be formed',
    })
  })

  it('the cursor of another question', async () => {
    recordTag()
    const { cursor } = await reader().read(request({ limit: 10 }))
    expect(cursor).toBeDefined()
    await expect(reader().read(request({ limit: 10, cursor, to: begin + 99_000 }))).rejects.toMatchObject({
      code: 'BadInvalidArgument',
      message: expect.stringMatching(/belongs to another question/),
    })
  })
})

describe('raw pages', () => {
  it('go on where they ended while samples are recorded and sealed', async () => {
    const id = recordTag()
    const one = reader()
    const rows: PlainSample[] = []
    let cursor: string | undefined
    let turn = 0
    do {
      const page = await one.read(request({ limit: 7, cursor, to: begin + 1_000_000 }))
      rows.push(...plainSamples(page.series[0]!))
      cursor = page.cursor
      // Between two pages the head is sealed and new samples arrive.
      if (turn++ === 3) {
        history.seal(id, samplesOf(ramp(60, 40)))
        history.setHead(id, samplesOf(ramp(100, 20)))
      }
    } while (cursor !== undefined)
    expect(rows).toEqual(ramp(0, 120))
  })

  it('go through several tags one after the other and leave none out', async () => {
    recordTag('A')
    history.addSeries('Empty')
    recordTag('B')
    const seen = new Map<string, number>()
    let cursor: string | undefined
    do {
      const page = await reader().read(request({ tags: ['A', 'Empty', 'B'], limit: 30, cursor }))
      for (const { tag, timestamps } of page.series) seen.set(tag, (seen.get(tag) ?? 0) + timestamps.length)
      cursor = page.cursor
    } while (cursor !== undefined)
    expect([...seen]).toEqual([
      ['A', 100],
      ['Empty', 0],
      ['B', 100],
    ])
  })

  it('split samples of one ms without losing or doubling one', async () => {
    const id = history.addSeries('Tag')
    const same = Array.from({ length: 10 }, (_, value) => ({ timestamp: begin, value, statusCode: 0 }))
    history.setHead(id, samplesOf(same))
    const rows: PlainSample[] = []
    let cursor: string | undefined
    do {
      const page = await reader().read(request({ limit: 3, cursor }))
      rows.push(...plainSamples(page.series[0]!))
      cursor = page.cursor
    } while (cursor !== undefined)
    expect(rows).toEqual(same)
  })

  it('have nothing in a span of centuries without samples, and its bounds where they are asked for', async () => {
    recordTag()
    const far = request({ from: Date.UTC(2300, 0), to: Date.UTC(2900, 0) })
    expect((await reader().read(far)).series[0]!.timestamps).toHaveLength(0)
    const bounded = (await reader().read({ ...far, bounds: true })).series[0]!
    expect(plainSamples(bounded)).toEqual(ramp(99, 1))
  })
})

describe('one consistent view', () => {
  it('a seal between the answer of the writer and the look at the files shows no sample twice and loses none', async () => {
    const id = recordTag()
    history.onHeads = () => {
      history.onHeads = () => {}
      history.seal(id, samplesOf(ramp(60, 40)))
      history.setHead(id, null)
    }
    const { series } = await reader().read(request({}))
    expect(plainSamples(series[0]!)).toEqual(ramp(0, 100))
  })

  it('a view that a compaction overtook is opened anew', async () => {
    recordTag()
    let failures = 0
    history.onRead = () => {
      if (failures++ < 2) throw new ViewOutdated()
    }
    const { series } = await reader().read(request({}))
    expect(series[0]!.timestamps).toHaveLength(100)
    expect(failures).toBe(3)
  })

  it('a tag that changed its kind has the history of both', async () => {
    const number = history.addSeries('Tag')
    history.seal(number, samplesOf(ramp(0, 10)))
    const text = history.addSeries('Tag', { kind: 'text', interpolation: 'stepped' })
    history.setHead(
      text,
      texts([
        [10, 'ten'],
        [11, 'eleven'],
      ]),
    )
    const { series } = await reader().read(request({}))
    expect([...series[0]!.values]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, Number.NaN, Number.NaN])
    expect(series[0]!.others?.slice(10)).toEqual(['ten', 'eleven'])
  })

  it('a new kind of a tag is seen by a reader that knew the tag before', async () => {
    recordTag()
    const one = reader()
    await one.read(request({}))
    const text = history.addSeries('Tag', { kind: 'text', interpolation: 'stepped' })
    history.setHead(text, texts([[200, 'later']]))
    await new Promise((resolve) => setTimeout(resolve, 1100))
    const { series } = await one.read(request({ to: begin + 300_000 }))
    expect(series[0]!.others?.at(-1)).toBe('later')
  })
})

describe('cancellation', () => {
  it('a long question ends soon after its signal, and its view is closed', async () => {
    const id = history.addSeries('Tag')
    for (let chunk = 0; chunk < 400; chunk++) history.seal(id, samplesOf(ramp(chunk * 1000, 1000)))
    const cancellation = new AbortController()
    let readCount = 0
    history.onRead = () => {
      readCount++
      // A slow disk: the whole answer would take seconds.
      const end = performance.now() + 5
      while (performance.now() < end);
      if (readCount === 10) setTimeout(() => cancellation.abort(), 0)
    }
    const asked = performance.now()
    const answer = reader().read(request({ to: begin + 400_000_000 }), cancellation.signal)
    await expect(answer).rejects.toMatchObject({ code: 'BadRequestInterrupted' })
    expect(readCount).toBeLessThan(60)
    expect(performance.now() - asked).toBeLessThan(limitHere(1500))
  })

  it('a short question is answered while a long one runs', async () => {
    const long = history.addSeries('Long')
    for (let chunk = 0; chunk < 200; chunk++) history.seal(long, samplesOf(ramp(chunk * 1000, 1000)))
    recordTag()
    const order: string[] = []
    history.onRead = () => {
      const end = performance.now() + 3
      while (performance.now() < end);
    }
    const one = reader()
    const first = one.read(request({ tags: ['Long'], to: begin + 400_000_000 })).then(() => order.push('long'))
    const second = one.read(request({})).then(() => order.push('short'))
    await Promise.all([first, second])
    expect(order).toEqual(['short', 'long'])
  })
})

describe('plots and instants', () => {
  it('a plot of few samples gives them raw with their bounds, of many its buckets', async () => {
    recordTag()
    const few = await reader().read(
      request({ mode: 'plot', buckets: 10, from: begin + 10_000, to: begin + 20_000, rawUpTo: 10 }),
    )
    expect(few.series[0]!.mode).toBe('raw')
    expect(plainSamples(few.series[0]!)).toEqual(ramp(9, 12))
    const many = await reader().read(
      request({ mode: 'plot', buckets: 10, from: begin + 10_000, to: begin + 20_000, rawUpTo: 9 }),
    )
    expect(many.series[0]!.mode).toBe('plot')
    expect(many.series[0]!.timestamps).toHaveLength(10)
  })

  it('a rough plot has every sample in it and every extreme', async () => {
    const id = history.addSeries('Tag')
    for (let chunk = 0; chunk < 40; chunk++) history.seal(id, samplesOf(ramp(chunk * 500, 500)))
    const { series } = await reader().read(
      request({ mode: 'plot', buckets: 37, to: begin + 20_000_000, approximate: true }),
    )
    const { plot } = series[0]!
    expect(plot!.count.reduce((sum, count) => sum + count, 0)).toBe(20_000)
    expect(Math.min(...plot!.minimum.filter((value) => !Number.isNaN(value)))).toBe(0)
    expect(Math.max(...plot!.maximum.filter((value) => !Number.isNaN(value)))).toBe(19_999)
  })

  it('texts hold until the next one', async () => {
    const id = history.addSeries('Text', { kind: 'text', interpolation: 'stepped' })
    history.setHead(
      id,
      texts([
        [0, 'open'],
        [10, 'shut'],
      ]),
    )
    const { series } = await reader().read(
      request({ tags: ['Text'], mode: 'atTime', intervalMs: 5000, to: begin + 10_000 }),
    )
    expect(series[0]!.others).toEqual(['open', 'open', 'shut'])
    expect([...series[0]!.statusCodes]).toEqual([0, 0x402, 0])
  })

  it('one instant is asked for with from and to the same', async () => {
    recordTag()
    const instant = begin + 1500
    const { series } = await reader().read(request({ mode: 'atTime', from: instant, to: instant }))
    expect(plainSamples(series[0]!)).toEqual([{ timestamp: instant, value: 1.5, statusCode: 0x402 }])
  })

  it('booleans are never on a slope, whatever is asked', async () => {
    const id = history.addSeries('Flag', { kind: 'boolean', interpolation: 'stepped' })
    history.setHead(id, samplesOf([0, 1].map((value) => ({ timestamp: begin + value * 1000, value, statusCode: 0 }))))
    const { series } = await reader().read(
      request({
        tags: ['Flag'],
        mode: 'atTime',
        from: begin + 500,
        to: begin + 500,
        configuration: { interpolation: 'sloped' },
      }),
    )
    expect(series[0]!.values[0]).toBe(0)
  })

  it('statistics of a tag with states say how long each lasted', async () => {
    const id = history.addSeries('State', { states: {}, interpolation: 'stepped' })
    const rows = [
      [0, 1],
      [10, 2],
      [25, 1],
    ].map(([second, value]) => ({ timestamp: begin + second! * 1000, value: value!, statusCode: 0 }))
    history.setHead(id, samplesOf(rows))
    const [row] = await reader().statistics(['State'], begin + 5000, begin + 30_000)
    expect(row!.stateDurations).toEqual({ 1: 10_000, 2: 15_000 })
  })
})

describe('what is recorded', () => {
  it('is listed by name in pages with the times of the first and the last sample', async () => {
    for (const name of ['B', 'A', 'device:PLC1:state', 'Alone']) recordTag(name)
    const first = await reader().seriesRows('A', 1)
    expect(first.rows.map(({ tag }) => tag)).toEqual(['A'])
    const second = await reader().seriesRows('A', 10, first.cursor)
    expect(second.rows.map(({ tag }) => tag)).toEqual(['Alone'])
    expect(second.cursor).toBeUndefined()
    expect(second.rows[0]).toMatchObject({ firstTimestamp: begin, lastTimestamp: begin + 99_000, isRecorded: true })
  })
})

/** Seconds and texts. */
function texts(rows: readonly (readonly [number, string])[]): Samples {
  return {
    count: rows.length,
    timestamp: Float64Array.from(rows, ([second]) => begin + second * 1000),
    value: new Float64Array(rows.length).fill(Number.NaN),
    statusCode: new Uint32Array(rows.length),
    others: rows.map(([, text]) => text),
  }
}
