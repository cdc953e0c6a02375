// Time stamps come back to the ms, whatever their distances; a regular scan takes a few bits for each, an exact one nothing.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  blockSampleCount,
  decodeTimestamps,
  encodeTimestamps,
  openTimestamps,
} from '../../../../src-main/historian/codec/timestamp-codec.ts'
import { decodeTimestampSubset, encodeTimestampSubset } from '../../../../src-main/historian/codec/timestamp-subset.ts'
import { gaussian, randomOf } from '../../../../src-main/simulation/random.ts'
import { startTimestamp } from './chunk-samples.ts'

/** Rising time stamps with these distances. */
function column(count: number, distance: (row: number) => number): Float64Array {
  const timestamp = new Float64Array(count)
  let instant = startTimestamp
  for (let row = 0; row < count; row++) {
    timestamp[row] = instant
    instant += distance(row)
  }
  return timestamp
}

/** Scans of a period with a jitter of some ms. */
function scans(count: number, periodMs: number): Float64Array {
  const random = randomOf(7, 'scans')
  return Float64Array.from({ length: count }, (_, row) =>
    Math.round(startTimestamp + row * periodMs + 2 * gaussian(random)),
  ).sort()
}

/** Encodes, decodes in both ways, compares. Returns the bytes. */
function expectLossless(timestamp: Float64Array): number {
  const bytes = encodeTimestamps(timestamp, timestamp.length)
  expect(decodeTimestamps(bytes)).toEqual(timestamp)
  const open = openTimestamps(bytes)
  expect(open.count).toBe(timestamp.length)
  expect([open.firstTimestamp, open.lastTimestamp]).toEqual([timestamp[0], timestamp.at(-1)])
  const into = new Float64Array(400)
  for (let block = open.blockCount - 1; block >= 0; block--) {
    const expected = timestamp.subarray(block * blockSampleCount, (block + 1) * blockSampleCount)
    expect(open.blockFirstTimestamp[block]).toBe(expected[0])
    expect(open.decodeBlock(block, into, 100)).toBe(expected.length)
    expect(into.subarray(100, 100 + expected.length)).toEqual(expected)
    for (const row of [0, expected.length >> 1, expected.length - 1])
      for (const at of [expected[row]! - 1, expected[row]!, expected[row]! + 1]) {
        const found = expected.findIndex((instant) => instant >= at)
        expect(open.rowFrom(block, at)).toBe(found < 0 ? expected.length : found)
      }
  }
  return bytes.length
}

describe('time stamps', () => {
  test('of an exact scan take no room, also when its period is no whole number of ms', () => {
    expect(expectLossless(column(4096, () => 1000))).toBeLessThan(16)
    const thirds = Float64Array.from({ length: 4000 }, (_, row) => Math.floor(startTimestamp + (row * 100) / 3 + 0.5))
    // The last one decides the period, so the column is exact only when it does.
    expect(expectLossless(thirds.subarray(0, 3001))).toBeLessThan(16)
  })

  test('of a scan with a jitter of 2 ms take little more than the 3.05 bits of the jitter', () => {
    for (const period of [100, 1000, 33.3333])
      expect((8 * expectLossless(scans(4096, period))) / 4096).toBeLessThan(3.35)
  })

  test('with gaps between scans stay small', () => {
    const timestamp = scans(4000, 1000).map((instant, row) => instant + Math.floor(row / 300) * 3_600_000)
    expect((8 * expectLossless(timestamp)) / 4000).toBeLessThan(4)
  })

  test('are lossless when equal, alone, at the beginning of time and at its end', () => {
    expectLossless(column(1, () => 0))
    expectLossless(column(2, () => 5))
    expectLossless(column(600, () => 0))
    expectLossless(column(600, (row) => (row % 3 === 0 ? 1000 : 0)))
    expectLossless(Float64Array.of(0, 0, 1, 2 ** 53 - 1))
    for (const odd of [0, 1])
      expectLossless(Float64Array.from({ length: 500 }, (_, row) => row * 2 ** 43 + odd * (row % 3)))
    expectLossless(column(500, (row) => (row % 100 === 99 ? 400 * 86_400_000 : 1)))
  })

  test('of any distances are lossless', () => {
    const distance = fc.oneof(
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 990, max: 1010 }),
      fc.integer({ min: 0, max: 2 ** 31 - 1 }),
      fc.integer({ min: 0, max: 2 ** 40 }),
      fc.constant(1000),
    )
    const run = fc.record({
      count: fc.integer({ min: 1, max: 300 }),
      distances: fc.array(distance, { minLength: 1, maxLength: 10 }),
    })
    fc.assert(
      fc.property(fc.array(run, { minLength: 1, maxLength: 10 }), (runs) => {
        const distances = runs.flatMap(({ count, distances }) =>
          Array.from({ length: count }, (_, row) => distances[row % distances.length]!),
        )
        expectLossless(column(distances.length, (row) => distances[row]!))
      }),
      { numRuns: 300 },
    )
  })

  test('that fall, are no whole ms, lie before 1970 or are too many are refused', () => {
    expect(() => encodeTimestamps(Float64Array.of(2, 1), 2)).toThrow(
      /Time stamp 1 of a column is 1; whole ms since 1970 in rising order/,
    )
    for (const wrong of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])
      expect(() => encodeTimestamps(Float64Array.of(wrong), 1)).toThrow(/Time stamp 0 of a column/)
    expect(() => encodeTimestamps(new Float64Array(5000), 4097)).toThrow(/A column of 4097 time stamps; 1 to 4096/)
    expect(() => encodeTimestamps(new Float64Array(5), 0)).toThrow(/A column of 0 time stamps/)
    expect(() => encodeTimestamps(new Float64Array(5), 6)).toThrow(/A column of 6 time stamps/)
  })
})

describe('a subset of a shared column', () => {
  const shared = scans(4096, 1000)

  test('takes a fraction of a byte for each time stamp', () => {
    const random = randomOf(9, 'subset')
    for (const [share, most] of [
      [0.5, 0.28],
      [0.1, 0.75],
      [0.01, 2.1],
    ] as const) {
      const some = shared.filter(() => random() < share)
      const bytes = encodeTimestampSubset(some, some.length, shared)!
      expect(decodeTimestampSubset(bytes, shared)).toEqual(some)
      expect(bytes.length / some.length).toBeLessThan(most)
    }
  })

  test('is lossless with equal time stamps in the column', () => {
    const doubled = Float64Array.of(5, 5, 5, 7, 7, 9)
    for (const some of [[5], [5, 5], [5, 5, 5, 7, 7, 9], [7, 9], [9]]) {
      const bytes = encodeTimestampSubset(Float64Array.from(some), some.length, doubled)!
      expect([...decodeTimestampSubset(bytes, doubled)]).toEqual(some)
    }
  })

  test('is none when a time stamp is not in the column, or not so often', () => {
    expect(encodeTimestampSubset(Float64Array.of(shared[3]! + 500), 1, shared)).toBeNull()
    expect(encodeTimestampSubset(Float64Array.of(5, 5), 2, Float64Array.of(5, 6))).toBeNull()
    expect(encodeTimestampSubset(Float64Array.of(shared.at(-1)! + 1), 1, shared)).toBeNull()
  })

  test('is refused with another column than its own', () => {
    const bytes = encodeTimestampSubset(shared, 10, shared)!
    expect(() => decodeTimestampSubset(bytes, shared.subarray(0, 100))).toThrow(
      /a subset of 4096 time stamps where the column has 100/,
    )
  })
})
