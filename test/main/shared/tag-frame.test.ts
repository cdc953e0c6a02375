import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonValue } from '../../../src-main/shared/data-value.ts'
import { RuntimeError } from '../../../src-main/shared/runtime-error.ts'
import { decodeTagFrame, encodeTagFrame, type TagFrame } from '../../../src-main/shared/tag-frame.ts'

const goldenFile = new URL('../../data/tag-frame-v1.bin', import.meta.url)
const golden: TagFrame = {
  feedId: 7,
  count: 3,
  serverTimestamp: 1_767_225_600_000,
  value: Float64Array.of(42.5, Number.NaN, -1),
  sourceTimestamp: Float64Array.of(1_767_225_599_000, 0, 1_767_225_599_500),
  index: Uint32Array.of(0, 2, 1),
  statusCode: Uint32Array.of(0, 0x80340000, 0x40940000),
  others: new Map<number, JsonValue>([[1, null]]),
}

const frames = fc
  .array(
    fc.record({
      value: fc.double(),
      sourceTimestamp: fc.double({ noNaN: true }),
      index: fc.nat(0xffffffff),
      statusCode: fc.nat(0xffffffff),
      other: fc.option(fc.jsonValue() as fc.Arbitrary<JsonValue>, { nil: undefined }),
    }),
  )
  .map((rows): TagFrame => {
    const others = rows.flatMap((row, at): [number, JsonValue][] => (row.other === undefined ? [] : [[at, row.other]]))
    return {
      feedId: 1,
      count: rows.length,
      serverTimestamp: 1,
      value: Float64Array.from(rows, (row) => row.value),
      sourceTimestamp: Float64Array.from(rows, (row) => row.sourceTimestamp),
      index: Uint32Array.from(rows, (row) => row.index),
      statusCode: Uint32Array.from(rows, (row) => row.statusCode),
      others: new Map(others),
    }
  })

describe('tag frame', () => {
  // A screen of last year must still read the runtime, and the other way round: the file is never written again.
  test('a frame of version 1 is byte for byte what it was when version 1 was made', () => {
    expect(Buffer.from(encodeTagFrame(golden)).equals(readFileSync(goldenFile))).toBe(true)
    expect(decodeTagFrame(readFileSync(goldenFile))).toEqual(golden)
  })

  test('every frame comes back as it was sent', () => {
    fc.assert(
      fc.property(frames, (frame) => {
        const back = decodeTagFrame(encodeTagFrame(frame))
        expect(Array.from(back.value)).toEqual(Array.from(frame.value))
        expect(back.index).toEqual(frame.index)
        expect(back.statusCode).toEqual(frame.statusCode)
        expect(JSON.stringify([...back.others])).toBe(JSON.stringify([...frame.others]))
      }),
    )
  })

  // A WebSocket library hands over a view into a larger buffer, at any offset.
  test('a frame is read from any offset of a larger Node buffer', () => {
    const bytes = encodeTagFrame(golden)
    for (let offset = 0; offset < 8; offset++) {
      const larger = Buffer.alloc(bytes.length + 16)
      larger.set(bytes, offset)
      expect(decodeTagFrame(larger.subarray(offset, offset + bytes.length))).toEqual(golden)
    }
  })

  test('foreign bytes are refused with BadDecodingError, never read beyond their end', () => {
    const bytes = encodeTagFrame(golden)
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.nat(bytes.length),
        fc.integer({ min: 1, max: 255 }),
        (noise, at, flip) => {
          const changed = Uint8Array.from(bytes)
          if (at < changed.length) changed[at]! ^= flip
          for (const foreign of [noise, changed, bytes.subarray(0, at)]) {
            try {
              expect(decodeTagFrame(foreign).count).toBeLessThanOrEqual(foreign.length / 24)
            } catch (error) {
              expect(error).toBeInstanceOf(RuntimeError)
              expect((error as RuntimeError).code).toBe('BadDecodingError')
            }
          }
        },
      ),
      { numRuns: 2000 },
    )
  })
})
