// Damaged and foreign bytes: a chunk or a column of the right length, or a RuntimeError BadDecodingError; never anything else,
// never long, never much memory.
import { deflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { ByteReader } from '../../../../src-main/historian/codec/byte-reader.ts'
import { ByteWriter } from '../../../../src-main/historian/codec/byte-writer.ts'
import { encodeChunk, openChunk } from '../../../../src-main/historian/codec/chunk-codec.ts'
import { readTexts } from '../../../../src-main/historian/codec/text-codec.ts'
import {
  decodeTimestamps,
  encodeTimestamps,
  openTimestamps,
} from '../../../../src-main/historian/codec/timestamp-codec.ts'
import { decodeTimestampSubset, encodeTimestampSubset } from '../../../../src-main/historian/codec/timestamp-subset.ts'
import { RuntimeError } from '../../../../src-main/shared/runtime-error.ts'
import { type Random, randomOf } from '../../../../src-main/simulation/random.ts'
import { limitHere } from '../../../fakes/busy-machine.ts'
import { goodSamples, samplesByName } from './chunk-samples.ts'

const inputCount = 100_000
/** Far more than any input may take on a busy machine. */
const longestMs = 2000

/** Bytes with a few of them changed, cut, repeated or put in; sometimes random ones. */
function mutated(original: Uint8Array, random: Random): Uint8Array {
  const whole = (limit: number) => Math.floor(random() * limit)
  if (random() < 0.05)
    return Uint8Array.from({ length: whole(200) }, (_, index) => (index === 0 && random() < 0.8 ? 1 : whole(256)))
  let bytes = Uint8Array.from(original)
  for (let change = whole(4); change >= 0; change--) {
    const at = random() < 0.5 ? whole(Math.min(60, bytes.length)) : whole(bytes.length)
    const kind = random()
    if (kind < 0.5) bytes[at] = whole(256)
    else if (kind < 0.7) bytes[at]! ^= 1 << whole(8)
    else if (kind < 0.8) bytes = bytes.slice(0, at)
    else if (kind < 0.9) bytes = Uint8Array.of(...bytes.subarray(0, at), 255, 255, 255, 255, 15, ...bytes.subarray(at))
    else bytes = Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(Math.min(bytes.length, at + whole(20))))
  }
  return bytes
}

/** What became of the inputs. `read` says that it got what it should, by throwing when not. */
function fuzz(
  originals: readonly Uint8Array[],
  read: (bytes: Uint8Array) => void,
): { answered: number; refused: number; longest: number } {
  const random = randomOf(1, 'fuzz')
  const result = { answered: 0, refused: 0, longest: 0 }
  for (let input = 0; input < inputCount; input++) {
    const bytes = mutated(originals[input % originals.length]!, random)
    const begin = performance.now()
    try {
      read(bytes)
      result.answered++
    } catch (error) {
      if (!(error instanceof RuntimeError) || error.code !== 'BadDecodingError') throw error
      result.refused++
    }
    result.longest = Math.max(result.longest, performance.now() - begin)
  }
  return result
}

test('damaged chunks are refused, or give as many samples as they say', () => {
  const originals = [...samplesByName().values()].map(
    (samples) => encodeChunk({ ...samples, count: Math.min(400, samples.count) }).bytes,
  )
  const result = fuzz(originals, (bytes) => {
    const chunk = openChunk(bytes)
    const all = chunk.decodeAll()
    expect([all.value.length, all.statusCode.length]).toEqual([chunk.count, chunk.count])
    const into = { value: new Float64Array(256), statusCode: new Uint32Array(256), others: null }
    const last = chunk.decodeBlock(chunk.blockCount - 1, into, 0)
    if (last !== chunk.count - 256 * (chunk.blockCount - 1)) throw new Error(`${last} rows in the last block`)
    if (chunk.blocks.count.reduce((sum, count) => sum + count, 0) !== chunk.count)
      throw new Error('blocks of other counts')
    if (into.value.length !== 256) throw new Error('the columns have changed')
  })
  expect(result.longest).toBeLessThan(limitHere(longestMs))
  expect(result.refused).toBeGreaterThan(inputCount / 4)
  expect(result.answered).toBeGreaterThan(inputCount / 100)
}, 300_000)

test('damaged columns of time stamps and their subsets are refused, or give as many as they say', () => {
  const random = randomOf(2, 'columns')
  const columns = [
    goodSamples(700, () => 1).timestamp,
    goodSamples(700, () => 1).timestamp.map((instant) => instant + Math.floor(random() * 7)),
    Float64Array.from({ length: 300 }, (_, row) => row * 2 ** 43 + (row % 3)),
  ]
  const shared = columns[1]!
  const subset = encodeTimestampSubset(shared.subarray(100, 300), 200, shared)!
  const originals = columns.map((column) => encodeTimestamps(column, column.length))
  const result = fuzz([...originals, subset], (bytes) => {
    if (bytes.length > 0 && bytes.length === subset.length && bytes[1] === subset[1]) {
      const found = decodeTimestampSubset(bytes, shared)
      if (!found.every((instant) => shared.includes(instant)))
        throw new Error('time stamps that the column does not have')
      return
    }
    const open = openTimestamps(bytes)
    expect(decodeTimestamps(bytes).length).toBe(open.count)
    const last = open.decodeBlock(open.blockCount - 1, new Float64Array(256), 0)
    if (last !== open.count - 256 * (open.blockCount - 1)) throw new Error(`${last} time stamps in the last block`)
  })
  expect(result.longest).toBeLessThan(limitHere(longestMs))
  expect(result.refused).toBeGreaterThan(inputCount / 10)
  expect(result.answered).toBeGreaterThan(inputCount / 100)
}, 300_000)

test('texts that inflate to more than they say, or to endless items, are refused before they fill the memory', () => {
  const bomb = encodeChunk({ ...goodSamples(1, () => Number.NaN), others: ['x'.repeat(1 << 24)] }).bytes
  expect(bomb.length).toBeLessThan(200_000)
  const before = process.memoryUsage().arrayBuffers
  for (let at = 0; at < 24; at++) {
    const bytes = Uint8Array.from(bomb)
    bytes[at] = 1
    try {
      openChunk(bytes).decodeAll()
    } catch (error) {
      expect(error).toMatchObject({ code: 'BadDecodingError' })
    }
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 30)
  // One array that says it has as many nulls as the body has bytes.
  const body = new Uint8Array(1 << 25)
  body.set([1, 9, 0xe0, 0xff, 0xff, 0x0f])
  const deflated = deflateRawSync(body)
  const input = new ByteWriter()
  input.varint(body.length)
  input.varint(deflated.length)
  input.append(deflated)
  expect(() => readTexts(new ByteReader(input.take()), 1)).toThrow(/more than 4194304 items/)
})
