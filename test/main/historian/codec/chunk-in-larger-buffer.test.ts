// Chunks as files give them: somewhere within a larger buffer, at any address.
import { describe, expect, test } from 'vitest'
import { encodeChunk, openChunk } from '../../../../src-main/historian/codec/chunk-codec.ts'
import type { Samples } from '../../../../src-main/historian/samples.ts'
import { StatusCodes } from '../../../../src-main/shared/status-code.ts'

describe('a chunk within a larger buffer', () => {
  // Without its own copy a Buffer's slice is the whole buffer behind it: other samples' bytes would be read as this one's values.
  test('gives back values kept beside Bad quality, NaN bits included', () => {
    const count = 600
    const samples: Samples = {
      count,
      timestamp: Float64Array.from({ length: count }, (_, row) => row * 1000),
      value: Float64Array.from({ length: count }, (_, row) => (row === 7 ? Number.NaN : row / 7)),
      statusCode: Uint32Array.from({ length: count }, (_, row) =>
        row > 300 && row < 320 ? StatusCodes.BadSensorFailure : StatusCodes.Good,
      ),
      others: null,
    }
    const { bytes } = encodeChunk(samples)
    for (let offset = 0; offset < 8; offset++) {
      const file = Buffer.alloc(bytes.length + 40, 0xee)
      file.set(bytes, offset)
      const all = openChunk(file.subarray(offset, offset + bytes.length)).decodeAll()
      expect(all.value.subarray(0, count)).toEqual(samples.value)
      expect(all.statusCode.subarray(0, count)).toEqual(samples.statusCode)
    }
  })
})
