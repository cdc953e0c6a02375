// History that an old version wrote is read for ever: the files in test/data/historian are never written anew.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { encodeChunk, openChunk } from '../../../../src-main/historian/codec/chunk-codec.ts'
import { decodeTimestamps } from '../../../../src-main/historian/codec/timestamp-codec.ts'
import { decodeTimestampSubset } from '../../../../src-main/historian/codec/timestamp-subset.ts'
import { goodSamples, samplesByName } from './chunk-samples.ts'
import { goldenColumns, goldenFolder, goldenVersion, rowsText, timestampsText } from './golden-chunks.ts'

const files = readdirSync(goldenFolder).filter((file) => /^(chunk|timestamps|subset)-v\d+-.*\.bin$/.test(file))
const read = (file: string) => readFileSync(new URL(file, goldenFolder))

describe('what old versions wrote is read as it was meant', () => {
  for (const file of files)
    test(file, () => {
      const bytes = new Uint8Array(read(file))
      const expected = read(file.replace(/bin$/, 'txt')).toString()
      expect(bytes[0]).toBe(Number(/-v(\d+)-/.exec(file)![1]))
      if (file.startsWith('chunk')) {
        const { value, statusCode, others } = openChunk(bytes).decodeAll()
        expect(rowsText(value, statusCode, others)).toBe(expected)
      } else if (file.startsWith('timestamps')) expect(timestampsText(decodeTimestamps(bytes))).toBe(expected)
      else {
        const column = read(`timestamps-v${bytes[0]}-grid.txt`).toString().trim().split('\n').map(Number)
        expect(timestampsText(decodeTimestampSubset(bytes, Float64Array.from(column)))).toBe(expected)
      }
    })
})

test('there is a file for each way in which this version stores values and time stamps', () => {
  for (const name of samplesByName().keys()) expect(files).toContain(`chunk-v${goldenVersion}-${name}.bin`)
  for (const name of goldenColumns().keys()) expect(files).toContain(`timestamps-v${goldenVersion}-${name}.bin`)
  expect(encodeChunk(goodSamples(1, () => 1)).bytes[0]).toBe(goldenVersion)
})
