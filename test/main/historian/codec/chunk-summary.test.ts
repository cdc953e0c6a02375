// What a chunk says of itself: extremes and sums of what is usable, and integrals over time for averages.
import { describe, expect, test } from 'vitest'
import { encodeChunk } from '../../../../src-main/historian/codec/chunk-codec.ts'
import { summarize, summarizeGood } from '../../../../src-main/historian/codec/chunk-summary.ts'
import type { Samples } from '../../../../src-main/historian/samples.ts'
import type { TagValue } from '../../../../src-main/shared/data-value.ts'
import { StatusCodes } from '../../../../src-main/shared/status-code.ts'
import { goodSamples } from './chunk-samples.ts'

/** Samples from rows of time stamp, value, status code. */
function samplesOf(...rows: readonly (readonly [number, TagValue, number?])[]): Samples {
  const isNumber = (value: TagValue) => typeof value === 'number'
  return {
    count: rows.length,
    timestamp: Float64Array.from(rows, ([timestamp]) => timestamp),
    value: Float64Array.from(rows, ([, value]) => (isNumber(value) ? Number(value) : Number.NaN)),
    statusCode: Uint32Array.from(rows, ([, , statusCode]) => statusCode ?? StatusCodes.Good),
    others: rows.every(([, value]) => isNumber(value))
      ? null
      : rows.map(([, value]) => (isNumber(value) ? undefined : value)),
  }
}

describe('a summary', () => {
  test('of Good numbers has their extremes, sum, ends and integrals', () => {
    const samples = samplesOf([1000, 10], [3000, 20], [4000, -5], [9000, 0])
    const expected = {
      count: 4,
      usableCount: 4,
      goodCount: 4,
      badCount: 0,
      uncertainCount: 0,
      firstTimestamp: 1000,
      lastTimestamp: 9000,
      minimum: -5,
      maximum: 20,
      sum: 25,
      first: 10,
      last: 0,
      worstStatusCode: StatusCodes.Good,
      firstStatusCode: StatusCodes.Good,
      lastStatusCode: StatusCodes.Good,
      startsUsable: true,
      endsUsable: true,
      // 10 × 2000 + 20 × 1000 − 5 × 5000
      steppedIntegral: 15_000,
      // 15 × 2000 + 7.5 × 1000 − 2.5 × 5000
      slopedIntegral: 25_000,
      usableDurationMs: 8000,
      goodDurationMs: 8000,
    }
    expect(summarize(samples)).toEqual(expected)
    expect(summarizeGood(samples)).toEqual(expected)
    expect(encodeChunk(samples).summary).toEqual(expected)
  })

  test('leaves Bad samples out, and holds the value before them instead of drawing a line to them', () => {
    const samples = samplesOf([0, 10], [1000, 99, StatusCodes.BadSensorFailure], [3000, 20], [4000, 30])
    expect(encodeChunk(samples).summary).toMatchObject({
      count: 4,
      usableCount: 3,
      goodCount: 3,
      badCount: 1,
      minimum: 10,
      maximum: 30,
      sum: 60,
      worstStatusCode: StatusCodes.BadSensorFailure,
      // 10 × 1000, nothing for 2000, 20 × 1000
      steppedIntegral: 30_000,
      // 10 × 1000, nothing for 2000, 25 × 1000
      slopedIntegral: 35_000,
      usableDurationMs: 2000,
      goodDurationMs: 2000,
    })
  })

  test('counts Uncertain samples as usable but not as Good', () => {
    const samples = samplesOf([0, 1], [1000, 3, StatusCodes.UncertainLastUsableValue], [3000, 5])
    expect(encodeChunk(samples).summary).toMatchObject({
      usableCount: 3,
      goodCount: 2,
      uncertainCount: 1,
      worstStatusCode: StatusCodes.UncertainLastUsableValue,
      steppedIntegral: 7000,
      usableDurationMs: 3000,
      goodDurationMs: 1000,
    })
  })

  test('of texts and nulls has no figures, but a good duration', () => {
    const samples = samplesOf([0, 'run'], [1000, null, StatusCodes.BadNoData], [4000, 'stop'], [6000, 'stop'])
    expect(encodeChunk(samples).summary).toMatchObject({
      count: 4,
      usableCount: 0,
      minimum: Number.NaN,
      sum: Number.NaN,
      first: Number.NaN,
      startsUsable: false,
      endsUsable: false,
      usableDurationMs: 0,
      goodDurationMs: 3000,
    })
  })

  test('does not count a number that stands beside a null or a text', () => {
    const samples = { ...goodSamples(3, (row) => row + 1), others: [undefined, null, 'x'] }
    expect(encodeChunk(samples).summary).toMatchObject({ usableCount: 1, sum: 1, maximum: 1 })
  })

  test('says at which end a chunk is usable, for the piece to its neighbour', () => {
    const samples = samplesOf([0, null, StatusCodes.BadNoData], [1000, 4], [2000, 5])
    expect(encodeChunk(samples).summary).toMatchObject({
      startsUsable: false,
      endsUsable: true,
      last: 5,
      firstStatusCode: StatusCodes.BadNoData,
      lastStatusCode: StatusCodes.Good,
    })
  })
})
