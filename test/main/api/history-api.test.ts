// history.read, history.write and their neighbours as screens and scripts meet them, on a history in memory.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { HistoryMarker } from '../../../src-main/shared/history.ts'
import { decodeHistoryFrame } from '../../../src-main/shared/history-frame.ts'
import { type ApiOnLoopback, apiOnLoopback } from '../../fakes/api-on-loopback.ts'
import { limitHere, patience } from '../../fakes/busy-machine.ts'

let station: ApiOnLoopback
beforeEach(async () => {
  station = await apiOnLoopback()
  const { tags } = station.runtime
  tags.add('Level', 1)
  tags.add('Running', true, { dataType: 'bool' })
  tags.add('Batch', 'B1', { dataType: 'string' })
  tags.add('Total', 1n, { dataType: 'int64' })
})
afterEach(() => station.close())

const as = (role: 'viewer' | 'operator' | 'engineer') => station.tokens[role]
const from = 1_767_225_600_000
const write = (series: unknown, role: 'operator' | 'engineer' = 'engineer') =>
  station.post('history.write', { series }, as(role))
const read = (input: object) =>
  station.post('history.read', { from, to: from + 1000, mode: 'raw', ...input }, as('viewer'))

describe('history.write', () => {
  test('rows arrive as columns of the type of their tag; times may be texts', async () => {
    const answer = await write([
      { tag: 'Level', timestamps: ['2026-01-01T00:00:00Z', from + 1.4], values: [1.5, null] },
      { tag: 'Running', timestamps: [from, from + 1], values: [true, 0], statusCodes: [0, 0x40000000] },
      { tag: 'Batch', timestamps: [from], values: ['B7'] },
      { tag: 'Total', timestamps: [from, from], values: ['9007199254740993', 5] },
    ])
    expect(answer).toMatchObject({ status: 200, body: { written: 7 } })
    const { written } = station.runtime.history
    expect(written.get('Level')).toMatchObject({
      timestamp: Float64Array.of(from, from + 1),
      value: Float64Array.of(1.5, Number.NaN),
      statusCode: Uint32Array.of(0, 0x809b0000),
      others: [undefined, null],
    })
    expect(written.get('Running')).toMatchObject({
      value: Float64Array.of(1, 0),
      statusCode: Uint32Array.of(0, 0x40000000),
      others: null,
    })
    expect(written.get('Batch')!.others).toEqual(['B7'])
    expect(written.get('Total')!.others).toEqual([9_007_199_254_740_993n, 5n])
  })

  test('a scaled integer is a real number in history as everywhere', async () => {
    station.runtime.tags.add('Scaled', 0, {
      dataType: 'int16',
      scaling: { rawLow: 0, rawHigh: 32_000, low: 0, high: 100 },
    })
    expect((await write([{ tag: 'Scaled', timestamps: [from], values: [12.25] }])).status).toBe(200)
    expect(station.runtime.history.written.get('Scaled')!.value).toEqual(Float64Array.of(12.25))
  })

  test('an unknown tag is 404 and nothing of the call is written', async () => {
    const answer = await write([
      { tag: 'Level', timestamps: [from], values: [1] },
      { tag: 'Nope', timestamps: [from], values: [1] },
    ])
    expect(answer).toMatchObject({ status: 404, body: { error: { code: 'BadNotFound' } } })
    expect(station.runtime.history.written.size).toBe(0)
  })

  test.each([
    ['columns of unequal length', { tag: 'Level', timestamps: [from], values: [1, 2] }, 'series[0]'],
    ['status codes of unequal length', { tag: 'Level', timestamps: [from], values: [1], statusCodes: [] }, 'series[0]'],
    ['a value of another type', { tag: 'Level', timestamps: [from, from], values: [1, 'x'] }, 'series[0].values[1]'],
    ['an integer that is not whole', { tag: 'Total', timestamps: [from], values: [1.5] }, 'series[0].values[0]'],
    ['a time that is none', { tag: 'Level', timestamps: ['yesterday'], values: [1] }, 'series.0.timestamps.0'],
    [
      'a date that does not exist',
      { tag: 'Level', timestamps: ['2026-13-01T00:00:00Z'], values: [1] },
      'series.0.timestamps.0',
    ],
    [
      'a status code beyond 32 bits',
      { tag: 'Level', timestamps: [from], values: [1], statusCodes: [2 ** 32] },
      'series.0.statusCodes.0',
    ],
  ])('%s is 400 and says where', async (_, series, path) => {
    expect(await write([series])).toMatchObject({ status: 400, body: { error: { code: 'InvalidInput', path } } })
  })

  test('is for engineers, and stands in the audit trail with how much was written', async () => {
    const series = [{ tag: 'Level', timestamps: [from], values: [1] }]
    expect((await write(series, 'operator')).status).toBe(403)
    expect((await write(series)).status).toBe(200)
    const [done, refused] = station.runtime.access.audit.read({ limit: 2 })
    expect(done).toMatchObject({ user: 'engineer', action: 'history.write', target: 'Level', newValue: { written: 1 } })
    expect(refused).toMatchObject({ user: 'operator', action: 'history.write', statusCode: 0x801f0000 })
  })

  test('100,000 rows of one call are taken within a second', async () => {
    const timestamps = Array.from({ length: 100_000 }, (_, row) => from + row)
    const values = timestamps.map((_, row) => row / 10)
    const start = performance.now()
    expect((await write([{ tag: 'Level', timestamps, values }])).body).toEqual({ written: 100_000 })
    expect(performance.now() - start).toBeLessThan(limitHere(1000))
  })

  test('a body beyond its limit is 413 before it is read', async () => {
    const response = await fetch(`${station.web.url}/api/v1/history.write`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${as('engineer')}` },
      body: Buffer.alloc((32 << 20) + 1, ' '),
    }).catch((error: Error) => error)
    // The server need not wait for a body it refuses: the connection may be reset while the client still sends.
    if (response instanceof Response) expect(response.status).toBe(413)
    expect(station.runtime.history.written.size).toBe(0)
  })
})

describe('history.read', () => {
  test('over HTTP rows are JSON: null for no value, true and false for booleans, exact integers as text', async () => {
    await write([
      { tag: 'Level', timestamps: [from, from + 1, from + 2], values: [1.5, null, 0] },
      { tag: 'Running', timestamps: [from, from + 1, from + 2], values: [true, false, null] },
      { tag: 'Batch', timestamps: [from], values: ['a "quoted" 批次'] },
      { tag: 'Total', timestamps: [from, from + 1], values: ['9007199254740993', 5] },
    ])
    station.runtime.history.written.get('Level')!.value[2] = -0
    const { status, body } = await read({ tags: ['Level', 'Running', 'Batch', 'Total'] })
    expect(status).toBe(200)
    expect(body).toEqual({
      series: [
        {
          tag: 'Level',
          mode: 'raw',
          timestamps: [from, from + 1, from + 2],
          values: [1.5, null, -0],
          statusCodes: [0, 0x809b0000, 0],
        },
        {
          tag: 'Running',
          mode: 'raw',
          timestamps: [from, from + 1, from + 2],
          values: [true, false, null],
          statusCodes: [0, 0, 0x809b0000],
        },
        { tag: 'Batch', mode: 'raw', timestamps: [from], values: ['a "quoted" 批次'], statusCodes: [0] },
        {
          tag: 'Total',
          mode: 'raw',
          timestamps: [from, from + 1],
          values: ['9007199254740993', 5],
          statusCodes: [0, 0],
        },
      ],
    })
  })

  test('an aggregate of a boolean is a number', async () => {
    await write([{ tag: 'Running', timestamps: [from], values: [true] }])
    expect((await read({ tags: ['Running'], mode: 'average', buckets: 1 })).body.series[0].values).toEqual([1])
  })

  test('on a link the same answer is bytes', async () => {
    await write([
      { tag: 'Level', timestamps: [from], values: [1.5] },
      { tag: 'Total', timestamps: [from], values: ['9007199254740993'] },
    ])
    const screen = await station.link(as('viewer'))
    const input = { tags: ['Level', 'Total'], from, to: from + 1, mode: 'raw' }
    screen.socket.send(JSON.stringify({ type: 'call', id: 77, name: 'history.read', input }))
    await vi.waitUntil(() => screen.frames.length > 0, patience)
    const { callId, result } = decodeHistoryFrame(screen.frames[0]!)
    expect(callId).toBe(77)
    expect(result.series[0]).toMatchObject({ tag: 'Level', values: Float64Array.of(1.5) })
    expect(result.series[1]!.others).toEqual([9_007_199_254_740_993n])
    screen.socket.terminate()
  })

  test('half a million rows come whole, and the station answers others meanwhile', async () => {
    const count = 500_000
    const timestamp = Float64Array.from({ length: count }, (_, row) => from + row)
    const value = Float64Array.from({ length: count }, (_, row) => row / 8)
    const { history, tags } = station.runtime
    const handle = tags.handleOf('Level')!
    const definition = tags.definition(handle)!
    await history.write([{ handle, definition, timestamp, value, statusCode: new Uint32Array(count), others: null }])
    const response = await fetch(`${station.web.url}/api/v1/history.read`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${as('viewer')}` },
      body: JSON.stringify({ tags: ['Level'], from, to: from + count, mode: 'raw' }),
    })
    const pieces: Uint8Array[] = []
    const reader = response.body!.getReader()
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      pieces.push(piece.value)
      // Most of the answer is not made yet: it waits until this client takes it.
      if (pieces.length === 1) expect((await station.get('/health')).status).toBe(200)
    }
    expect(pieces.length).toBeGreaterThan(20)
    const text = Buffer.concat(pieces).toString()
    const [series] = JSON.parse(text).series
    expect(series.values).toHaveLength(count)
    expect(series.values[count - 1]).toBe((count - 1) / 8)
    expect(series.timestamps[count - 1]).toBe(from + count - 1)
  })

  test.each([
    ['a span that ends before it begins', { from: 10, to: 9 }, 400],
    ['no tag', { tags: [] }, 400],
    ['a mode that does not exist', { mode: 'mean' }, 400],
    ['buckets and intervalMs at once', { mode: 'average', buckets: 10, intervalMs: 10 }, 400],
    ['no bucket', { mode: 'average', buckets: 0 }, 400],
    ['a width of nothing', { mode: 'average', intervalMs: 0 }, 400],
    ['a limit of nothing', { limit: 0 }, 400],
    ['a time beyond all calendars', { to: 8.65e15 }, 400],
    ['a tag that was never recorded', { tags: ['Nope'] }, 404],
  ])('%s is refused', async (_, input, status) => {
    await write([{ tag: 'Level', timestamps: [from], values: [1] }])
    const answer = await read({ tags: ['Level'], ...input })
    expect(answer.status).toBe(status)
    expect(answer.body.error.message.length).toBeGreaterThan(10)
  })

  test('a cancelled call on a link ends at once and makes room for the next', async () => {
    await write([{ tag: 'Level', timestamps: [from], values: [1] }])
    const { history } = station.runtime
    history.waiting = new Promise(() => undefined)
    const screen = await station.link(as('viewer'))
    const input = { tags: ['Level'], from, to: from + 1, mode: 'raw' }
    for (let id = 100; id < 164; id++)
      screen.socket.send(JSON.stringify({ type: 'call', id, name: 'history.read', input }))
    await vi.waitUntil(() => history.requests.length === 64, patience)
    expect(history.interruptedCount).toBe(0)
    for (let id = 100; id < 164; id++) screen.socket.send(JSON.stringify({ type: 'cancel', id }))
    await vi.waitUntil(
      () => screen.messages.filter(({ id, type }) => id >= 100 && type === 'error').length === 64,
      patience,
    )
    expect(history.interruptedCount).toBe(64)
    expect(screen.messages.at(-1)?.error?.code).toBe('BadRequestInterrupted')
    history.waiting = Promise.resolve()
    screen.socket.send(JSON.stringify({ type: 'call', id: 200, name: 'history.read', input }))
    await vi.waitUntil(() => screen.frames.length > 0, patience)
    screen.socket.terminate()
  })

  test('a link that goes away and an HTTP client that goes away give up what they asked', async () => {
    await write([{ tag: 'Level', timestamps: [from], values: [1] }])
    const { history } = station.runtime
    history.waiting = new Promise(() => undefined)
    const input = { tags: ['Level'], from, to: from + 1, mode: 'raw' }
    const screen = await station.link(as('viewer'))
    screen.socket.send(JSON.stringify({ type: 'call', id: 1000, name: 'history.read', input }))
    const leaving = new AbortController()
    const answer = fetch(`${station.web.url}/api/v1/history.read`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${as('viewer')}` },
      body: JSON.stringify(input),
      signal: leaving.signal,
    }).catch((error: Error) => error.name)
    await vi.waitUntil(() => history.requests.length === 2, patience)
    screen.socket.terminate()
    leaving.abort()
    expect(await answer).toBe('AbortError')
    await vi.waitUntil(() => history.interruptedCount === 2, patience)
  })
})

describe('history.markers', () => {
  const mark = (kind: HistoryMarker['kind'], timestamp: number): HistoryMarker => ({
    id: `${kind}${timestamp}`,
    kind,
    timestamp,
    endTimestamp: null,
    tag: null,
    user: null,
    text: kind,
  })

  test('marks of all sources come in order of time; beyond the limit the newest, and it is said', async () => {
    const marks = { write: [mark('write', 5), mark('write', 1)], device: [mark('device', 3)] }
    for (const [kind, found] of Object.entries(marks))
      (station.runtime.parts.historyMarkers as unknown[]).push({
        kind,
        read: async (_from: number, _to: number, _tags: unknown, limit: number) => found.slice(0, limit),
      })
    const all = await station.post('history.markers', { from: 0, to: 10 }, as('viewer'))
    expect(all.body).toEqual({ markers: [mark('write', 1), mark('device', 3), mark('write', 5)], isComplete: true })
    const two = await station.post('history.markers', { from: 0, to: 10, limit: 2 }, as('viewer'))
    expect(two.body).toEqual({ markers: [mark('device', 3), mark('write', 5)], isComplete: false })
    const writes = await station.post('history.markers', { from: 0, to: 10, kinds: ['write'] }, as('viewer'))
    expect(writes.body.markers).toHaveLength(2)
    expect((await station.post('history.markers', { from: 2, to: 1 }, as('viewer'))).status).toBe(400)
  })
})
