import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TagValue } from '../../../src-main/shared/data-value.ts'
import { type HistoryResult, type HistorySeries, historyModes } from '../../../src-main/shared/history.ts'
import { callIdOfFrame, decodeHistoryFrame, encodeHistoryFrame } from '../../../src-main/shared/history-frame.ts'
import { RuntimeError } from '../../../src-main/shared/runtime-error.ts'
import { encodeTagFrame } from '../../../src-main/shared/tag-frame.ts'

const goldenFile = new URL('../../data/history-frame-v1.bin', import.meta.url)
const golden: HistoryResult = {
  series: [
    {
      tag: 'Filler.Level',
      mode: 'plot',
      timestamps: Float64Array.of(1_767_225_600_000, 1_767_225_601_000, 1_767_225_602_000),
      values: Float64Array.of(41.5, Number.NaN, -0),
      others: null,
      statusCodes: Uint32Array.of(0, 0x809b0000, 0x40000000),
      plot: {
        minimum: Float64Array.of(40, Number.NaN, -0),
        maximum: Float64Array.of(43, Number.NaN, 0),
        first: Float64Array.of(40, Number.NaN, 0),
        last: Float64Array.of(43, Number.NaN, -0),
        count: Uint32Array.of(12, 0, 2),
        hasBad: Uint8Array.of(0, 2, 1),
      },
    },
    {
      tag: '批次 1',
      mode: 'raw',
      timestamps: Float64Array.of(1, 2, 3, 4, 5, 6, 7),
      values: Float64Array.of(Number.NaN, Number.NaN, Number.NaN, 1, Number.NaN, Number.NaN, Number.NaN),
      others: [
        '灌装',
        9_007_199_254_740_993n,
        null,
        undefined,
        Uint8Array.of(1, 2, 255),
        [1, true, -0, Number.NaN],
        { a: { b: 'c' }, n: 1n },
      ],
      statusCodes: Uint32Array.of(0, 0, 0x80000000, 0, 0, 0, 0xffffffff),
      plot: null,
    },
  ],
  cursor: 'next',
}

const bigints = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })
const others: fc.Arbitrary<TagValue> = fc.oneof(
  fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
  bigints,
  fc.constant(null),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Uint8Array.from(bytes)),
  fc.array(fc.oneof(fc.double(), fc.boolean(), fc.string(), bigints)),
  fc
    .dictionary(fc.string(), fc.oneof(fc.double(), fc.string(), fc.array(fc.boolean())))
    .map((fields) => ({ ...fields })),
)

const row = fc.record({
  timestamp: fc.integer({ min: -8.64e15, max: 8.64e15 }),
  value: fc.double(),
  statusCode: fc.nat(0xffffffff),
  other: fc.option(others, { nil: undefined }),
  figures: fc.tuple(fc.double(), fc.double(), fc.double(), fc.double()),
  count: fc.nat(0xffffffff),
  hasBad: fc.nat(2),
})

const series: fc.Arbitrary<HistorySeries> = fc
  .record({
    tag: fc.string({ minLength: 1 }).map((text) => text.toWellFormed()),
    mode: fc.constantFrom(...historyModes),
    rows: fc.array(row, { maxLength: 50 }),
    hasOthers: fc.boolean(),
    hasPlot: fc.boolean(),
  })
  .map(({ tag, mode, rows, hasOthers, hasPlot }) => ({
    tag,
    mode,
    timestamps: Float64Array.from(rows, ({ timestamp }) => timestamp),
    values: Float64Array.from(rows, ({ value }) => value),
    statusCodes: Uint32Array.from(rows, ({ statusCode }) => statusCode),
    others: hasOthers ? rows.map(({ other }) => other) : null,
    plot: hasPlot
      ? {
          minimum: Float64Array.from(rows, ({ figures }) => figures[0]),
          maximum: Float64Array.from(rows, ({ figures }) => figures[1]),
          first: Float64Array.from(rows, ({ figures }) => figures[2]),
          last: Float64Array.from(rows, ({ figures }) => figures[3]),
          count: Uint32Array.from(rows, ({ count }) => count),
          hasBad: Uint8Array.from(rows, ({ hasBad }) => hasBad),
        }
      : null,
  }))

const results: fc.Arbitrary<HistoryResult> = fc
  .record({ series: fc.array(series, { maxLength: 5 }), cursor: fc.option(fc.string(), { nil: undefined }) })
  .map(({ series, cursor }) => (cursor === undefined ? { series } : { series, cursor: cursor.toWellFormed() }))

describe('history frame', () => {
  // A screen of last year must still read the runtime: the file is never written again.
  test('a frame of version 1 is byte for byte what it was when version 1 was made', () => {
    const bytes = encodeHistoryFrame(7, golden)
    expect(Buffer.from(bytes).equals(readFileSync(goldenFile))).toBe(true)
    expect(decodeHistoryFrame(readFileSync(goldenFile))).toEqual({ callId: 7, result: golden })
  })

  test('every answer comes back as it was sent, from whatever place in memory', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), results, fc.nat(8), (callId, result, shift) => {
        const bytes = encodeHistoryFrame(callId, result)
        const moved = new Uint8Array(bytes.length + shift)
        moved.set(bytes, shift)
        expect(callIdOfFrame(moved.subarray(shift))).toBe(callId)
        expect(decodeHistoryFrame(moved.subarray(shift))).toEqual({ callId, result })
      }),
    )
  })

  test('columns of an answer are parts of its bytes, so that a million rows are not copied', () => {
    const bytes = encodeHistoryFrame(1, golden)
    for (const { timestamps, values } of decodeHistoryFrame(bytes).result.series) {
      expect(timestamps.buffer).toBe(bytes.buffer)
      expect(values.buffer).toBe(bytes.buffer)
    }
  })

  test('a tag frame is no history frame, and neither is too little', () => {
    const none = { feedId: 7, count: 0, serverTimestamp: 1, others: new Map(), value: new Float64Array(0) }
    const columns = { sourceTimestamp: new Float64Array(0), index: new Uint32Array(0), statusCode: new Uint32Array(0) }
    expect(callIdOfFrame(encodeTagFrame({ ...none, ...columns }))).toBeNull()
    expect(callIdOfFrame(new Uint8Array(3))).toBeNull()
    expect(() => decodeHistoryFrame(new Uint8Array(3))).toThrow(RuntimeError)
  })

  test('foreign bytes are an answer or a RuntimeError, never anything else', () => {
    const valid = encodeHistoryFrame(7, golden)
    const mutated = fc
      .array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 })
      .map((changes) => {
        const bytes = valid.slice()
        for (const [at, byte] of changes) bytes[at] = byte
        return bytes
      })
    const cut = fc.nat(valid.length).map((length) => valid.slice(0, length))
    const random = fc.uint8Array({ maxLength: 200 }).map((bytes) => {
      const framed = Uint8Array.from(bytes)
      framed.set([7, 0, 0, 0, 1, 0, 2, 0].slice(0, framed.length))
      return framed
    })
    fc.assert(
      fc.property(fc.oneof(mutated, cut, random), (bytes) => {
        try {
          for (const { timestamps, values } of decodeHistoryFrame(bytes).result.series)
            if (timestamps.length !== values.length) throw new Error('columns of unequal length')
        } catch (error) {
          if (!(error instanceof RuntimeError) || error.code !== 'BadDecodingError') throw error
        }
      }),
      { numRuns: 20_000 },
    )
  })
})
