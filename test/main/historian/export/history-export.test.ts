// History as files for other programs, page by page from whatever answers questions about history.
import { parquetReadObjects } from 'hyparquet'
import { describe, expect, test } from 'vitest'
import { csvSink } from '../../../../src-main/historian/export/export-csv.ts'
import { parquetSink } from '../../../../src-main/historian/export/export-parquet.ts'
import { type ExportSink, exportHistory, seriesToExport } from '../../../../src-main/historian/export/history-export.ts'
import type { TagValue } from '../../../../src-main/shared/data-value.ts'
import type { HistoryRequest, HistoryResult, RecordedSeriesRow } from '../../../../src-main/shared/history.ts'
import type { DataType } from '../../../../src-main/shared/tag.ts'

interface StoredSeries {
  readonly dataType: DataType
  readonly rows: readonly (readonly [timestamp: number, value: TagValue, statusCode?: number])[]
}

/** Answers raw questions with pages of the rows; aggregates with one row for each bucket or instant that holds its time. */
function historyOf(series: Readonly<Record<string, StoredSeries>>, pageLength = 3) {
  const requests: HistoryRequest[] = []
  return {
    requests,
    async seriesRows(prefix: string, limit: number, cursor?: string) {
      const names = Object.keys(series)
        .sort()
        .filter((name) => name.startsWith(prefix) && (cursor === undefined || name > cursor))
      const rows = names.slice(0, Math.min(limit, 2)).map((tag) => rowOf(tag, series[tag]!.dataType))
      return rows.length < names.length ? { rows, cursor: rows.at(-1)!.tag } : { rows }
    },
    async read(request: HistoryRequest): Promise<HistoryResult> {
      requests.push(request)
      const tag = request.tags[0]!
      if (request.mode !== 'raw') return { series: [columns(tag, request.mode, instantsOf(request))] }
      const all = series[tag]!.rows.filter(([time]) => time >= request.from && time < request.to)
      const first = Number(request.cursor ?? 0)
      const page = columns(tag, 'raw', all.slice(first, first + pageLength))
      return first + pageLength < all.length
        ? { series: [page], cursor: String(first + pageLength) }
        : { series: [page] }
    },
  }
}

function instantsOf({ from, to, intervalMs, mode }: HistoryRequest): [number, TagValue][] {
  const rows: [number, TagValue][] = []
  for (let time = from; mode === 'atTime' ? time <= to : time < to; time += intervalMs!) rows.push([time, time])
  return rows
}

function columns(tag: string, mode: HistoryRequest['mode'], rows: readonly (readonly [number, TagValue, number?])[]) {
  const isPlain = (value: TagValue) => typeof value === 'number' || typeof value === 'boolean'
  return {
    tag,
    mode,
    timestamps: Float64Array.from(rows, ([time]) => time),
    values: Float64Array.from(rows, ([, value]) => (isPlain(value) ? Number(value) : Number.NaN)),
    statusCodes: Uint32Array.from(rows, ([, , statusCode]) => statusCode ?? 0),
    others: rows.some(([, value]) => !isPlain(value))
      ? rows.map(([, value]) => (isPlain(value) ? undefined : value))
      : null,
    plot: null,
  }
}

function rowOf(tag: string, dataType: DataType): RecordedSeriesRow {
  const shared = { unit: '', description: '', interpolation: 'stepped', isRecorded: true } as const
  return { tag, dataType, ...shared, firstTimestamp: null, lastTimestamp: null }
}

const start = Date.UTC(2026, 2, 29, 0, 30)
const plant: Readonly<Record<string, StoredSeries>> = {
  'Filler.Level': {
    dataType: 'float64',
    rows: [
      [start, 1.5],
      [start + 1, -0],
      [start + 2, null, 0x80310000],
      [start + 2, 1e21, 0x40000000],
      [start + 3, 0.1],
    ],
  },
  'Filler.Run': {
    dataType: 'bool',
    rows: [
      [start, true],
      [start + 1, false],
      [start + 2, null, 0x809b0000],
    ],
  },
  'Line.Batch': {
    dataType: 'string',
    rows: [
      [start, 'B "7", 滨河'],
      [start + 1, '=1+1'],
      [start + 2, 'two\nlines'],
    ],
  },
  'Line.Total': {
    dataType: 'int64',
    rows: [
      [start, 9_007_199_254_740_993n],
      [start + 1, 5],
    ],
  },
  'Line.Values': { dataType: 'int16', rows: [[start, [1, 2]]] },
  'device:plc:state': { dataType: 'uint8', rows: [[start, 2]] },
}
const everything = { tags: ['*'], from: start, to: start + 1000, mode: 'raw', intervalMs: null } as const
const never = new AbortController().signal

/** What an export writes, as one piece. */
async function bytesOf(
  sinkOf: (write: (bytes: Uint8Array) => Promise<void>) => ExportSink,
  series = plant,
  asked: Parameters<typeof exportHistory>[1] = everything,
): Promise<{ bytes: Buffer; rowCount: number }> {
  const pieces: Uint8Array[] = []
  const sink = sinkOf(async (bytes) => {
    pieces.push(bytes)
  })
  const rowCount = await exportHistory(historyOf(series), asked, sink, never, () => undefined)
  return { bytes: Buffer.concat(pieces), rowCount }
}

describe('which series are meant', () => {
  const names = async (...patterns: string[]) =>
    (await seriesToExport(historyOf(plant), patterns)).map(({ tag }) => tag)

  test('names, patterns, and own series of the runtime, each once', async () => {
    expect(await names('Filler.*', 'Filler.Run', 'Line.T?tal')).toEqual(['Filler.Level', 'Filler.Run', 'Line.Total'])
    expect(await names('device:*')).toEqual(['device:plc:state'])
    expect(await names('*')).toHaveLength(6)
  })

  test('a dot is a dot, and a name that means nothing is an error before anything is written', async () => {
    await expect(names('Filler.Level', 'FillerxRun')).rejects.toMatchObject({ code: 'BadNotFound' })
    await expect(names('Nope*')).rejects.toThrow('"Nope*"')
  })
})

describe('CSV', () => {
  test('one row for each sample, exact, with gaps and quality, safe for spreadsheets', async () => {
    const { bytes, rowCount } = await bytesOf(csvSink)
    expect(bytes.toString()).toBe(
      [
        'tag,timestamp,value,statusCode,quality',
        'Filler.Level,2026-03-29T00:30:00.000Z,1.5,0,Good',
        'Filler.Level,2026-03-29T00:30:00.001Z,-0,0,Good',
        'Filler.Level,2026-03-29T00:30:00.002Z,,2150694912,Bad',
        'Filler.Level,2026-03-29T00:30:00.002Z,1e+21,1073741824,Uncertain',
        'Filler.Level,2026-03-29T00:30:00.003Z,0.1,0,Good',
        'Filler.Run,2026-03-29T00:30:00.000Z,true,0,Good',
        'Filler.Run,2026-03-29T00:30:00.001Z,false,0,Good',
        'Filler.Run,2026-03-29T00:30:00.002Z,,2157641728,Bad',
        'Line.Batch,2026-03-29T00:30:00.000Z,"B ""7"", 滨河",0,Good',
        "Line.Batch,2026-03-29T00:30:00.001Z,'=1+1,0,Good",
        'Line.Batch,2026-03-29T00:30:00.002Z,"two\nlines",0,Good',
        'Line.Total,2026-03-29T00:30:00.000Z,9007199254740993,0,Good',
        'Line.Total,2026-03-29T00:30:00.001Z,5,0,Good',
        'Line.Values,2026-03-29T00:30:00.000Z,"[1,2]",0,Good',
        'device:plc:state,2026-03-29T00:30:00.000Z,2,0,Good',
        '',
      ].join('\r\n'),
    )
    expect(rowCount).toBe(15)
  })

  test('a span without a sample is a file with its header', async () => {
    const { bytes } = await bytesOf(csvSink, plant, { ...everything, from: 0, to: 1 })
    expect(bytes.toString()).toBe('tag,timestamp,value,statusCode,quality\r\n')
  })
})

describe('Parquet', () => {
  test('another reader finds the same rows with their types', async () => {
    const { bytes } = await bytesOf(parquetSink)
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
    const rows = await parquetReadObjects({ file })
    expect(rows).toHaveLength(15)
    const at = (offset: number) => new Date(start + offset)
    const row = (tag: string, offset: number, value: number | null, text: string | null, statusCode = 0) => ({
      tag,
      timestamp: at(offset),
      value: value ?? undefined,
      text: text ?? undefined,
      statusCode,
    })
    expect(rows.map((found) => ({ ...found, value: found.value ?? undefined, text: found.text ?? undefined }))).toEqual(
      [
        row('Filler.Level', 0, 1.5, null),
        row('Filler.Level', 1, -0, null),
        row('Filler.Level', 2, null, null, 0x80310000),
        row('Filler.Level', 2, 1e21, null, 0x40000000),
        row('Filler.Level', 3, 0.1, null),
        row('Filler.Run', 0, 1, null),
        row('Filler.Run', 1, 0, null),
        row('Filler.Run', 2, null, null, 0x809b0000),
        row('Line.Batch', 0, null, 'B "7", 滨河'),
        row('Line.Batch', 1, null, '=1+1'),
        row('Line.Batch', 2, null, 'two\nlines'),
        row('Line.Total', 0, 9_007_199_254_740_992, '9007199254740993'),
        row('Line.Total', 1, 5, null),
        row('Line.Values', 0, null, '[1,2]'),
        row('device:plc:state', 0, 2, null),
      ],
    )
  })

  test('a long export is written in row groups while it goes on', async () => {
    const rows = Array.from({ length: 600_000 }, (_, index) => [start + index, index / 4] as const)
    const pieces: number[] = []
    const sink = parquetSink(async (bytes) => {
      pieces.push(bytes.length)
    })
    const history = historyOf({ Long: { dataType: 'float64', rows } }, 50_000)
    const asked = { ...everything, to: start + 600_000 }
    expect(await exportHistory(history, asked, sink, never, () => undefined)).toBe(600_000)
    expect(pieces).toHaveLength(7)
    for (const length of pieces.slice(0, 6)) expect(length).toBeGreaterThan(50_000)
    expect(pieces.at(-1)).toBeLessThan(10_000)
  })

  test('a file without rows is a file', async () => {
    const { bytes } = await bytesOf(parquetSink, plant, { ...everything, from: 0, to: 1 })
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
    expect(await parquetReadObjects({ file })).toEqual([])
  })
})

describe('aggregates', () => {
  const nothing: ExportSink = { write: async () => undefined, finish: async () => undefined }

  test('a long span is asked for in slices that meet exactly', async () => {
    const history = historyOf({ A: { dataType: 'float64', rows: [] } })
    const asked = { tags: ['A'], from: 0, to: 120_000, mode: 'average', intervalMs: 1 } as const
    expect(await exportHistory(history, asked, nothing, never, () => undefined)).toBe(120_000)
    expect(history.requests.map(({ from, to }) => [from, to])).toEqual([
      [0, 50_000],
      [50_000, 100_000],
      [100_000, 120_000],
    ])
  })

  test('instants include the end and none comes twice', async () => {
    const history = historyOf({ A: { dataType: 'float64', rows: [] } })
    const seen: number[] = []
    const sink: ExportSink = {
      write: async ({ timestamps }) => void seen.push(...timestamps),
      finish: async () => undefined,
    }
    const asked = { tags: ['A'], from: 0, to: 100_000, mode: 'atTime', intervalMs: 1 } as const
    await exportHistory(history, asked, sink, never, () => undefined)
    expect(seen).toEqual(Array.from({ length: 100_001 }, (_, index) => index))
  })
})

describe('progress and cancellation', () => {
  test('the share grows to 1 over all series', async () => {
    const shares: number[] = []
    const sink = csvSink(async () => undefined)
    await exportHistory(historyOf(plant), everything, sink, never, ({ share }) => shares.push(share))
    expect(shares).toEqual([...shares].sort((a, b) => a - b))
    expect(shares.at(-1)).toBe(1)
  })

  test('a cancelled export stops at the next page', async () => {
    const leaving = new AbortController()
    let pages = 0
    const sink: ExportSink = {
      async write() {
        pages++
        leaving.abort()
      },
      finish: async () => {
        throw new Error('a cancelled export is not finished')
      },
    }
    await expect(
      exportHistory(historyOf(plant), everything, sink, leaving.signal, () => undefined),
    ).rejects.toMatchObject({ code: 'BadRequestInterrupted' })
    expect(pages).toBe(1)
  })
})
