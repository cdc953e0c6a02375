// A chunk gives back every sample bit by bit, and says of its blocks what reading them would say.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type ChunkHint,
  encodeChunk,
  type OpenChunk,
  openChunk,
} from '../../../../src-main/historian/codec/chunk-codec.ts'
import { summarize } from '../../../../src-main/historian/codec/chunk-summary.ts'
import type { Samples } from '../../../../src-main/historian/samples.ts'
import type { TagValue } from '../../../../src-main/shared/data-value.ts'
import { StatusCodes } from '../../../../src-main/shared/status-code.ts'
import { goodSamples, numberOfBits, otherSamples, samplesByName } from './chunk-samples.ts'

const blockCount = 256

/** Encodes, opens, and compares everything that comes back with what was given. Returns the bytes for one sample. */
function expectLossless(samples: Samples, hint: ChunkHint | null = null): number {
  const { bytes, summary } = encodeChunk(samples, hint)
  const chunk = openChunk(bytes)
  expect(chunk.count).toBe(samples.count)
  expectRows(samples, chunk.decodeAll(), 0, samples.count, 0)
  const into = { value: new Float64Array(600), statusCode: new Uint32Array(600).fill(7), others: null }
  for (let block = chunk.blockCount - 1; block >= 0; block--) {
    const count = Math.min(blockCount, samples.count - blockCount * block)
    expect(chunk.decodeBlock(block, into, 300)).toBe(count)
    expectRows(samples, into, blockCount * block, count, 300)
    expectBlockSummary(samples, chunk, block)
  }
  expect(summary).toEqual(summarize(samples))
  return bytes.length / samples.count
}

function expectRows(
  samples: Samples,
  found: { value: Float64Array; statusCode: Uint32Array; others: readonly (TagValue | undefined)[] | null },
  from: number,
  count: number,
  at: number,
): void {
  expect(found.statusCode.slice(at, at + count)).toEqual(samples.statusCode.slice(from, from + count))
  const others = Array.from({ length: count }, (_, row) => found.others?.[at + row])
  expect(others).toEqual(Array.from({ length: count }, (_, row) => samples.others?.[from + row]))
  const value = samples.value.slice(from, from + count)
  // Beside null or a text the number does not count.
  for (let row = 0; row < count; row++) if (others[row] !== undefined) value[row] = Number.NaN
  const bits = (column: Float64Array) => new BigInt64Array(column.buffer)
  expect(bits(found.value.slice(at, at + count))).toEqual(bits(value))
}

function expectBlockSummary(samples: Samples, chunk: OpenChunk, block: number): void {
  const [from, to] = [block * blockCount, Math.min(samples.count, (block + 1) * blockCount)]
  const expected = summarize({
    count: to - from,
    timestamp: samples.timestamp.subarray(from, to),
    value: samples.value
      .map((value, row) => (samples.others?.[row] === undefined ? value : Number.NaN))
      .subarray(from, to),
    statusCode: samples.statusCode.subarray(from, to),
    others: null,
  })
  const { blocks } = chunk
  expect(blocks.count[block]).toBe(expected.count)
  expect(blocks.usableCount[block]).toBe(expected.usableCount)
  expect(blocks.goodCount[block]).toBe(expected.goodCount)
  expect(blocks.worstStatusCode[block]).toBe(expected.worstStatusCode)
  for (const figure of ['minimum', 'maximum', 'first', 'last'] as const)
    expect(blocks[figure][block], `${figure} of block ${block}`).toBe(expected[figure])
  const scale = Math.max(Math.abs(expected.minimum), Math.abs(expected.maximum)) * expected.count
  if (Number.isFinite(scale)) expect(Math.abs(blocks.sum[block]! - expected.sum)).toBeLessThanOrEqual(scale * 1e-14)
  else expect(blocks.sum[block]).toBe(expected.sum)
}

describe('every coder gives back what it was given', () => {
  for (const [name, samples] of samplesByName()) test(name, () => void expectLossless(samples))
})

describe('values that a float64 column must not change', () => {
  test('negative zero, also among zeros, as a constant, and Bad', () => {
    expectLossless(goodSamples(600, (row) => (row % 3 === 0 ? -0 : 0)))
    expectLossless(goodSamples(600, () => -0))
    const bad = goodSamples(600, (row) => (row < 300 ? -0 : row))
    bad.statusCode.fill(StatusCodes.BadSensorFailure)
    expectLossless(bad)
  })

  test('the bits of NaNs', () => {
    const quiet = numberOfBits(0x7ff8_0000_0000_0000n)
    const samples = goodSamples(600, () => 1)
    const bits = new BigInt64Array(samples.value.buffer)
    bits.set([0x7ff8_0000_0000_0001n, 0x7ff0_0000_0000_0001n, -1n, BigInt.asIntN(64, 0xfff8_0000_0000_0000n)], 20)
    samples.value.fill(quiet, 100, 120)
    expectLossless(samples)
  })

  test('infinities, the largest and the smallest numbers', () => {
    const extremes = [
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.MAX_VALUE,
      -Number.MAX_VALUE,
      5e-324,
      -5e-324,
      2 ** -1022,
    ]
    expectLossless(goodSamples(700, (row) => extremes[row % extremes.length]!))
    expectLossless(goodSamples(700, (row) => 5e-324 * row))
    expectLossless(
      goodSamples(700, (row) => (row % 2 === 0 ? Number.MAX_SAFE_INTEGER : -Number.MAX_SAFE_INTEGER) - (row % 7)),
    )
    expectLossless(goodSamples(700, (row) => 2 ** 53 + 2 * row))
  })

  test('whole numbers far apart, up to the ends of 32 bits', () => {
    expectLossless(goodSamples(700, (row) => (row % 2 === 0 ? -(2 ** 31) : 2 ** 31 - 1) + (row % 5)))
    expectLossless(goodSamples(700, (row) => (row * 2_654_435_761) % 2 ** 32))
    expectLossless(goodSamples(700, (row) => row ** 4))
  })

  test('a lattice through zero', () => {
    expectLossless(goodSamples(700, (row) => ((row * 37) % 101) * 0.1 - 5 * 0.1))
    expectLossless(goodSamples(700, (row) => (((row * 37) % 101) - 50) * (2.7 / 27_648)))
  })

  test('texts that are very long', () => {
    expectLossless(otherSamples(20, (row) => 'ab\u0000ü'.repeat(100_000) + row))
  })

  test('a structure with a field called __proto__', () => {
    const { bytes } = encodeChunk(otherSamples(1, () => JSON.parse('{"__proto__": {"a": 1}}') as TagValue))
    expect(JSON.stringify(openChunk(bytes).decodeAll().others?.[0])).toBe('{"__proto__":{"a":1}}')
  })

  test('integers of many digits', () => {
    expectLossless(otherSamples(300, (row) => (-1n) ** BigInt(row) * 2n ** BigInt(row)))
    expectLossless(otherSamples(300, () => 0n))
    expectLossless(otherSamples(300, (row) => [5n, 'five', 7n, 6n, 7n][row % 5]!))
  })
})

describe('any samples', () => {
  const someNumber = fc.oneof(
    fc.double(),
    fc.float(),
    fc.integer(),
    fc.integer({ min: -5, max: 5 }),
    fc.maxSafeInteger(),
    fc.integer({ min: -100_000, max: 100_000 }).map((whole) => whole / 100),
    fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY),
  )
  const someOther: fc.Arbitrary<TagValue> = fc.oneof(
    fc.constant(null),
    fc.string({ unit: 'binary' }),
    fc.bigInt(),
    fc.uint8Array({ maxLength: 10 }),
    fc.array(fc.oneof(fc.double(), fc.string(), fc.boolean())),
    fc.dictionary(fc.string(), fc.oneof(fc.double(), fc.string(), fc.constant(null))),
  )
  const someStatus = fc.constantFrom(
    0,
    0,
    0,
    StatusCodes.Bad,
    StatusCodes.BadNoData,
    StatusCodes.Uncertain,
    0xffff_ffff,
    1024,
  )
  const someRun = fc.record({
    length: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 300 })),
    statusCode: someStatus,
    numbers: fc.array(someNumber, { minLength: 1, maxLength: 20 }),
    other: fc.option(someOther, { nil: undefined, freq: 3 }),
  })
  const someSamples = fc.array(someRun, { minLength: 1, maxLength: 12 }).map((runs): Samples => {
    const rows = runs.flatMap(({ length, statusCode, numbers, other }) =>
      Array.from({ length }, (_, index) => ({ statusCode, number: numbers[index % numbers.length]!, other })),
    )
    return {
      count: rows.length,
      timestamp: Float64Array.from(rows, (_, row) => 1000 * row),
      value: Float64Array.from(rows, ({ number, other }) => (other === undefined ? number : Number.NaN)),
      statusCode: Uint32Array.from(rows, ({ statusCode }) => statusCode),
      others: rows.some(({ other }) => other !== undefined) ? rows.map(({ other }) => other) : null,
    }
  })

  test('come back bit by bit, with summaries that a look at each row confirms', () => {
    fc.assert(
      fc.property(someSamples, (samples) => void expectLossless(samples)),
      { numRuns: 300 },
    )
  })

  test('come back bit by bit whatever the chunk before them was like', () => {
    const hints = [...samplesByName().values()].map((samples) => encodeChunk(samples).hint)
    fc.assert(
      fc.property(someSamples, fc.constantFrom(...hints), (samples, hint) => void expectLossless(samples, hint)),
      { numRuns: 300 },
    )
    for (const samples of samplesByName().values()) for (const hint of hints) expectLossless(samples, hint)
  })
})

describe('size', () => {
  test('a temperature with two decimals takes less than half a byte, a resting value next to nothing', () => {
    const sizes = new Map([...samplesByName()].map(([name, samples]) => [name, expectLossless(samples)]))
    expect(sizes.get('decimal-dense')).toBeLessThan(0.5)
    expect(sizes.get('constant')).toBeLessThan(0.003)
    expect(sizes.get('decimal-sparse')).toBeLessThan(0.1)
    expect(sizes.get('lattice')).toBeLessThan(0.65)
    expect(sizes.get('float32')).toBeLessThan(2.5)
    expect(sizes.get('float64')).toBeLessThan(7.7)
    expect(sizes.get('ramp')).toBeLessThan(0.1)
  })
})

describe('what cannot be a chunk is refused', () => {
  test('no samples, and more than 4096', () => {
    expect(() => encodeChunk(goodSamples(0, () => 1))).toThrow(/A chunk of 0 samples; 1 to 4096 are possible/)
    expect(() => encodeChunk(goodSamples(4097, () => 1))).toThrow(/A chunk of 4097 samples/)
    expectLossless(goodSamples(1, () => 1))
    expectLossless(goodSamples(4096, (row) => row % 1000))
  })

  test('a value nested without end, a whole number of too many digits, too many items', () => {
    let value: TagValue = 1
    for (let depth = 0; depth < 100; depth++) value = [value]
    expect(() => encodeChunk(otherSamples(1, () => value))).toThrow(/nested more than 64 deep/)
    expect(() => encodeChunk(otherSamples(1, () => 1n << 40_000n))).toThrow(/a whole number has 5001 bytes/)
    expect(() => encodeChunk(otherSamples(50, () => new Array(100_000).fill(null)))).toThrow(/more than 4194304 items/)
    // Nothing of it stays behind.
    expectLossless(otherSamples(3, (row) => `row ${row}`))
  })
})
