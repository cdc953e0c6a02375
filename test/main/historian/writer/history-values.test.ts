// Values that are no plain numbers on their way through the historian: exact integers of counters, and the largest texts,
// structures and arrays that a device or a back-fill can hand over.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { encodeChunk, openChunk } from '../../../../src-main/historian/codec/chunk-codec.ts'
import { HistoryFolder } from '../../../../src-main/historian/files/history-folder.ts'
import { HistoryViews } from '../../../../src-main/historian/files/history-views.ts'
import {
  defaultHistorySettings,
  type HistorySettings,
  type RecordedTag,
  recordedTag,
} from '../../../../src-main/historian/history-settings.ts'
import { HistoryReader } from '../../../../src-main/historian/reader/history-reader.ts'
import { openStoredHistory } from '../../../../src-main/historian/stored-history.ts'
import { HistoryWriter } from '../../../../src-main/historian/writer/history-writer.ts'
import { type TagValue, toJsonValue } from '../../../../src-main/shared/data-value.ts'
import type { HistorySeries } from '../../../../src-main/shared/history.ts'
import { StatusCodes } from '../../../../src-main/shared/status-code.ts'
import type { TagDefinition } from '../../../../src-main/shared/tag.ts'
import { ValueBatchBuilder } from '../../../../src-main/shared/value-batch.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'
import { MemoryHistoryFiles } from '../../../fakes/memory-history-files.ts'
import { tagDefinition } from '../../../fakes/tag-definition.ts'

const start = Date.UTC(2026, 0, 7, 8)
let folder = ''
let clock = new FakeClock(start)
const closers: (() => Promise<void>)[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'history-values-'))
  clock = new FakeClock(start)
})
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
  rmSync(folder, { recursive: true, force: true })
})

const settings = (over: Partial<HistorySettings> = {}): HistorySettings => ({ ...defaultHistorySettings, ...over })

function tag(dataType: TagDefinition['dataType'], handle = 0): RecordedTag {
  return recordedTag(handle, tagDefinition(`Tag${handle}`, { dataType }))!
}

interface Refusal {
  readonly series: string
  readonly reason: string
}

function openWriter(over: Partial<HistorySettings> = {}, refusals: Refusal[] = []): HistoryWriter {
  const files = HistoryFolder.open({ folder })
  return new HistoryWriter({
    folder,
    files,
    settings: settings(over),
    clock,
    onRefused: (series, reason) => refusals.push({ series, reason }),
  })
}

function reader(writer: HistoryWriter): HistoryReader {
  const views = new HistoryViews({ folder })
  const made = new HistoryReader(views, { heads: async (ids, span) => writer.heads(ids, span) })
  closers.push(async () => {
    await made.close()
    views.close()
  })
  return made
}

async function rawRows(history: Pick<HistoryReader, 'read'>, name = 'Tag0'): Promise<HistorySeries> {
  const { series } = await history.read({
    tags: [name],
    from: start - 86_400_000,
    to: start + 86_400_000,
    mode: 'raw',
    limit: 100_000,
  })
  return series[0]!
}

const valuesOf = ({ values, others }: HistorySeries): TagValue[] =>
  Array.from(values, (value, row) => others?.[row] ?? value)

function record(writer: HistoryWriter, handle: number, values: readonly TagValue[], stepMs = 1000, from = start): void {
  const builder = new ValueBatchBuilder(values.length)
  values.forEach((value, row) => {
    builder.add(handle, value, 0, from + row * stepMs)
  })
  writer.record(builder.take(), from)
}

describe('counters of 64 bits', () => {
  const counts = Array.from({ length: 600 }, (_, row) => 9_000_000_000n + 3n * BigInt(row))

  test('are aggregated, before and after they are sealed', async () => {
    const writer = openWriter()
    closers.push(() => writer.close())
    writer.configure([tag('uint64')], settings())
    record(writer, 0, counts)
    const question = { tags: ['Tag0'], from: start, to: start + 600_000, buckets: 1 }
    const history = reader(writer)
    for (const isSealed of [false, true]) {
      if (isSealed) await writer.sealAll()
      const maximum = await history.read({ ...question, mode: 'maximum' })
      expect(maximum.series[0]!.values[0]).toBe(9_000_001_797)
      const average = await history.read({ ...question, mode: 'average' })
      expect(average.series[0]!.values[0]).toBe(9_000_000_898.5)
      const plot = await history.read({ ...question, mode: 'plot' })
      expect(plot.series[0]!.plot?.minimum[0]).toBe(9_000_000_000)
      const raw = await rawRows(history)
      expect(valuesOf(raw).map(toJsonValue)).toEqual(counts.map(toJsonValue))
    }
  })

  test('take less than two bytes a sample without time stamps', () => {
    const files = new MemoryHistoryFiles()
    const writer = new HistoryWriter({ folder, files, settings: settings(), clock })
    writer.configure([tag('int64')], settings())
    record(writer, 0, counts)
    void writer.sealAll()
    const bytes = files.batches.flatMap(({ batch }) => batch.chunks).reduce((sum, chunk) => sum + chunk.bytes.length, 0)
    expect(bytes).toBeLessThan(2 * counts.length)
  })

  test('come back exactly, whatever their size, also out of the journal, after sealing and after a back-fill', async () => {
    const anyInteger = fc.oneof(
      fc.bigInt({ min: -(1n << 63n), max: (1n << 64n) - 1n }),
      fc.bigInt({ min: 2n ** 53n - 4n, max: 2n ** 53n + 4n }),
      fc.bigInt({ min: -(2n ** 53n) - 4n, max: -(2n ** 53n) + 4n }),
      fc.bigInt({ min: -1000n, max: 1000n }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyInteger, { minLength: 1, maxLength: 40 }),
        fc.boolean(),
        async (integers, isBackFill) => {
          const where = mkdtempSync(join(folder, 'case-'))
          const open = () =>
            new HistoryWriter({
              folder: where,
              files: HistoryFolder.open({ folder: where }),
              settings: settings(),
              clock,
            })
          let writer = open()
          const recorded = tag('int64')
          writer.configure([recorded], settings())
          if (isBackFill)
            await writer.write([
              {
                series: recorded.series,
                timestamp: Float64Array.from(integers, (_, row) => start + row * 1000),
                value: new Float64Array(integers.length).fill(Number.NaN),
                statusCode: new Uint32Array(integers.length),
                others: [...integers],
              },
            ])
          else record(writer, 0, integers)
          const expected = integers.map(toJsonValue)
          const stored = await openStoredHistory(where)
          expect(valuesOf(await rawRows(stored)).map(toJsonValue)).toEqual(expected)
          await stored.close()
          await writer.sealAll()
          await writer.close()
          writer = open()
          await writer.close()
          const again = await openStoredHistory(where)
          const found = await rawRows(again)
          expect(valuesOf(found).slice(0, integers.length).map(toJsonValue)).toEqual(expected)
          await again.close()
          rmSync(where, { recursive: true })
        },
      ),
      { numRuns: 15 },
    )
  })

  test('beyond ±2^53 have no part in aggregates, the others of the series do', async () => {
    const writer = openWriter()
    closers.push(() => writer.close())
    writer.configure([tag('uint64')], settings())
    record(writer, 0, [10n, 1n << 63n, 30n])
    await writer.sealAll()
    const { series } = await reader(writer).read({
      tags: ['Tag0'],
      from: start,
      to: start + 3000,
      buckets: 1,
      mode: 'average',
    })
    expect(series[0]!.values[0]).toBe(20)
  })
})

describe('values that are large', () => {
  const megabyte = 'x'.repeat(1_000_000)
  let serial = 0
  const text = () => `${serial++}${megabyte}`
  const nested = (depth: number): TagValue => (depth === 0 ? 1 : [nested(depth - 1)])

  test('texts of a MB are sealed before their time: the heads do not hold hundreds of them', async () => {
    const files = new MemoryHistoryFiles()
    const writer = new HistoryWriter({ folder, files, settings: settings(), clock })
    writer.configure([tag('string')], settings())
    for (let row = 0; row < 120; row++) {
      record(writer, 0, [text()], 1, start + row)
      while (writer.work());
      expect(writer.figures.headByteCount).toBeLessThan(40 * 2 ** 20)
    }
    expect(files.samples('Tag0').length).toBeGreaterThan(90)
  })

  test('a head that waited with more than a chunk can have is sealed in several', async () => {
    const files = new MemoryHistoryFiles()
    const writer = new HistoryWriter({ folder, files, settings: settings(), clock })
    writer.configure([tag('string')], settings())
    for (let row = 0; row < 80; row++) record(writer, 0, [text()], 1, start + row)
    await writer.sealAll()
    expect(files.samples('Tag0')).toHaveLength(80)
    expect(writer.figures.headSampleCount).toBe(0)
    expect(writer.figures.headByteCount).toBeLessThan(2 ** 20)
  })

  test('a batch of many large texts of one instant is journaled in frames that can be read back', () => {
    const files = new MemoryHistoryFiles()
    const writer = new HistoryWriter({ folder, files, settings: settings(), clock })
    writer.configure([tag('string')], settings())
    // What JSON writes longest.
    const control = '\u0001'.repeat(1_000_000)
    record(
      writer,
      0,
      Array.from({ length: 40 }, () => control),
      0,
    )
    const again = new HistoryWriter({ folder, files, settings: settings(), clock })
    expect(again.recovery.faults).toEqual([])
    const { rows } = again.heads([1])
    const found = rows[0]!.samples.others!.filter((other) => typeof other === 'string')
    expect(found.length + files.samples('Tag0').length).toBeGreaterThanOrEqual(40)
    expect(found.every((other) => other === control)).toBe(true)
  })

  test.each([
    ['nested 40 deep', nested(40), 'nested more than 32 deep'],
    ['nested 100,000 deep', deepest(100_000), 'nested more than 32 deep'],
    ['an array of 300,000 numbers', new Array(300_000).fill(1), 'takes more than 8 MB|items'],
    ['arrays of arrays of 300,000 nulls', Array.from({ length: 600 }, () => new Array(500).fill(null)), 'items'],
    ['a text of 5 million characters', 'y'.repeat(5_000_000), 'takes more than 8 MB'],
    ['bytes of 9 MB', new Uint8Array(9_000_000), 'takes more than 8 MB'],
    ['a structure with a name of 5 million characters', { ['n'.repeat(5_000_000)]: 1 }, 'takes more than 8 MB'],
    ['an integer of 5000 bytes', 1n << 40_000n, 'more than 4096 bytes'],
    ['an array with a hole', [1, undefined, 3] as unknown as TagValue, 'of type undefined'],
    ['a date', [new Date()] as unknown as TagValue, 'no structure'],
  ])('%s is refused at the door: no value and the reason stand in its place', async (_, value, reason) => {
    const refusals: Refusal[] = []
    const writer = openWriter({}, refusals)
    closers.push(() => writer.close())
    const recorded = tag('structure')
    writer.configure([recorded], settings())
    record(writer, 0, [{ a: 1 }, value, { a: 2 }])
    await writer.sealAll()
    const found = await rawRows(reader(writer))
    expect([...found.statusCodes]).toEqual([0, StatusCodes.BadEncodingLimitsExceeded, 0])
    expect(found.others?.[2]).toEqual({ a: 2 })
    expect(refusals).toHaveLength(1)
    expect(refusals[0]!.series).toBe('Tag0')
    expect(refusals[0]!.reason).toMatch(new RegExp(reason))
    expect(writer.figures).toMatchObject({ refusedValueCount: 1, offeredCount: 3, storedCount: 3, lostCount: 0 })
    await expect(
      writer.write([
        {
          series: recorded.series,
          timestamp: Float64Array.of(start + 9000),
          value: Float64Array.of(Number.NaN),
          statusCode: Uint32Array.of(0),
          others: [value],
        },
      ]),
    ).rejects.toThrow(new RegExp(`Back-fill of "Tag0": the value at 2026-01-07T08:00:09.000Z .*(${reason})`))
  })

  test('everything the door lets in fits into a frame and a chunk', () => {
    const largest: TagValue[] = [
      '\u0001'.repeat(4_194_200),
      new Uint8Array(8_388_500),
      new Array(262_144).fill(-1.234567890123456e-300),
      (1n << 32_760n) - 1n,
      nested(32),
      Object.fromEntries(Array.from({ length: 150_000 }, (_, index) => [`\u0001${index}`, null])),
    ]
    for (const value of largest) {
      const files = new MemoryHistoryFiles()
      const where = mkdtempSync(join(folder, 'largest-'))
      const writer = new HistoryWriter({ folder: where, files, settings: settings(), clock })
      writer.configure([tag('structure')], settings())
      record(writer, 0, [value])
      expect(writer.figures.refusedValueCount).toBe(0)
      const again = new HistoryWriter({ folder: where, files, settings: settings(), clock })
      expect(again.recovery.faults).toEqual([])
      const { samples } = again.heads([1]).rows[0]!
      expect(samples.others?.[0]).toEqual(value)
      expect(openChunk(encodeChunk(samples).bytes).decodeAll().others?.[0]).toEqual(value)
    }
  })

  test('a back-fill of 100 texts of a MB is cut into chunks, and folded later', async () => {
    const writer = openWriter()
    const recorded = tag('string')
    writer.configure([recorded], settings())
    const past = start - 30 * 86_400_000
    const texts = Array.from({ length: 100 }, text)
    await writer.write([
      {
        series: recorded.series,
        timestamp: Float64Array.from(texts, (_, row) => past + row),
        value: new Float64Array(100).fill(Number.NaN),
        statusCode: new Uint32Array(100),
        others: texts,
      },
    ])
    await writer.close()
    const files = HistoryFolder.open({ folder })
    await files.housekeep(start, { retentionMs: null, maximumByteCount: null })
    await files.close()
    const stored = await openStoredHistory(folder)
    closers.push(() => stored.close())
    const { series } = await stored.read({ tags: ['Tag0'], from: past, to: past + 1000, mode: 'raw', limit: 1000 })
    expect(valuesOf(series[0]!)).toEqual(texts)
  })
})

/** Without recursion: as a parser that does not recurse may hand it over. */
function deepest(depth: number): TagValue {
  let value: TagValue = 1
  for (let level = 0; level < depth; level++) value = [value]
  return value
}
