// The writer against a plain list: whatever is recorded, sealed, cut off by a crash and read back, every sample is there once.
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  defaultHistorySettings,
  type HistorySettings,
  type RecordedTag,
  recordedTag,
} from '../../../../src-main/historian/history-settings.ts'
import { HistoryWriter } from '../../../../src-main/historian/writer/history-writer.ts'
import type { TagValue } from '../../../../src-main/shared/data-value.ts'
import { StatusCodes } from '../../../../src-main/shared/status-code.ts'
import type { TagDefinition } from '../../../../src-main/shared/tag.ts'
import { ValueBatchBuilder } from '../../../../src-main/shared/value-batch.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'
import { inOrder, MemoryHistoryFiles, type StoredSample } from '../../../fakes/memory-history-files.ts'
import { tagDefinition } from '../../../fakes/tag-definition.ts'

const start = Date.UTC(2026, 0, 7, 8)
let folder = ''
let clock = new FakeClock(start)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'history-writer-'))
  clock = new FakeClock(start)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const tags = (count: number, over: Partial<TagDefinition> = {}): RecordedTag[] =>
  Array.from({ length: count }, (_, handle) => recordedTag(handle, tagDefinition(`Tag${handle}`, over))!)

const settings = (over: Partial<HistorySettings> = {}): HistorySettings => ({ ...defaultHistorySettings, ...over })

function open(files: MemoryHistoryFiles, over: Partial<HistorySettings> = {}, where = folder): HistoryWriter {
  return new HistoryWriter({ folder: where, files, settings: settings(over), clock })
}

type Row = readonly [handle: number, value: TagValue, timestamp: number, statusCode?: number]

function batch(rows: readonly Row[]) {
  const builder = new ValueBatchBuilder(rows.length)
  for (const [handle, value, timestamp, statusCode] of rows) builder.add(handle, value, statusCode ?? 0, timestamp)
  return builder.take()
}

/** Everything a reader would see of a series: chunks, then the head on top. */
function stored(writer: HistoryWriter, files: MemoryHistoryFiles, name: string): StoredSample[] {
  const ids = files.rows.filter((row) => row.name === name).map((row) => row.id)
  const head = writer.heads(ids).rows.flatMap(({ samples }) =>
    Array.from(samples.timestamp, (timestamp, row) => ({
      timestamp,
      value: samples.others?.[row] ?? samples.value[row]!,
      statusCode: samples.statusCode[row]!,
    })),
  )
  return inOrder([...files.samples(name), ...head])
}

const times = (samples: readonly StoredSample[]) => samples.map(({ timestamp }) => timestamp)
const good = (samples: readonly StoredSample[]) => samples.filter(({ statusCode }) => statusCode === 0)
const newestSegment = () => join(folder, 'journal', readdirSync(join(folder, 'journal')).sort().at(-1)!)

test('what was recorded is found again after the process was killed, and marked at the last sign of life', () => {
  const files = new MemoryHistoryFiles()
  const writer = open(files)
  writer.configure(tags(2), settings())
  writer.record(
    batch([
      [0, 1.5, start],
      [1, 7, start + 1],
    ]),
    start + 2,
  )
  writer.tick(start + 900)
  const again = open(files)
  expect(stored(again, files, 'Tag0')).toEqual([
    { timestamp: start, value: 1.5, statusCode: 0 },
    { timestamp: start + 900, value: Number.NaN, statusCode: StatusCodes.BadNoData },
  ])
  expect(again.recovery.faults).toEqual([])
})

test('after a clean stop each series recorded live ends with BadShutdown, and the next start marks nothing', async () => {
  const files = new MemoryHistoryFiles()
  const writer = open(files)
  writer.configure(tags(2), settings())
  writer.record(batch([[0, 1, start]]), start)
  await writer.close(start + 5000)
  const again = open(files)
  expect(stored(again, files, 'Tag0').at(-1)).toEqual({
    timestamp: start + 5000,
    value: Number.NaN,
    statusCode: StatusCodes.BadShutdown,
  })
  expect(stored(again, files, 'Tag1')).toEqual([])
})

test('a tag that is not recorded any more ends with a mark', () => {
  const files = new MemoryHistoryFiles()
  const writer = open(files)
  writer.configure(tags(2), settings())
  writer.record(
    batch([
      [0, 1, start],
      [1, 1, start],
    ]),
    start,
  )
  clock.jump(1000)
  writer.configure(tags(1), settings())
  expect(stored(writer, files, 'Tag1').at(-1)?.statusCode).toBe(StatusCodes.BadNoData)
  expect(stored(writer, files, 'Tag0')).toHaveLength(1)
  expect(files.rows[1]!.isRecorded).toBe(false)
})

test('source times of nothing and of the far future are replaced by the clock and counted', () => {
  const files = new MemoryHistoryFiles()
  const writer = open(files)
  writer.configure(tags(1), settings())
  writer.record(
    batch([
      [0, 1, 0],
      [0, 2, start + 3_600_001],
      [0, 3, start + 3_600_000],
      [0, 4, start + 0.4],
    ]),
    start,
  )
  expect(times(stored(writer, files, 'Tag0'))).toEqual([start, start, start, start + 3_600_000])
  expect(writer.figures.replacedTimestampCount).toBe(2)
})

test('a device that is back is known good only from now, not from its last change', () => {
  const files = new MemoryHistoryFiles()
  const writer = open(files)
  writer.configure(tags(1), settings())
  writer.record(batch([[0, 1, start]]), start)
  writer.record(batch([[0, null, start + 1000, StatusCodes.BadNoCommunication]]), start + 1000)
  writer.record(batch([[0, 1, start]]), start + 5000)
  expect(times(stored(writer, files, 'Tag0'))).toEqual([start, start + 1000, start + 5000])
})

test('samples of one millisecond are all kept in order of arrival, and a clock set back keeps all of both times', () => {
  const files = new MemoryHistoryFiles()
  const writer = open(files)
  writer.configure(tags(1), settings())
  writer.record(
    batch([
      [0, 1, start],
      [0, 2, start],
      [0, 3, start],
    ]),
    start,
  )
  const back = start - 3_600_000
  for (let second = 0; second < 5; second++)
    writer.record(batch([[0, 10 + second, back + second * 1000]]), back + second * 1000)
  const values = stored(writer, files, 'Tag0').map(({ value }) => value)
  expect(values).toEqual([10, 11, 12, 13, 14, 1, 2, 3])
})

test('back-fill takes the place of samples in chunks and in memory, also after a crash', async () => {
  const files = new MemoryHistoryFiles()
  const writer = open(files)
  const [tag] = tags(1)
  writer.configure([tag!], settings())
  for (let row = 0; row < 10; row++) writer.record(batch([[0, row, start + row * 1000]]), start + row * 1000)
  const written = await writer.write([
    {
      series: tag!.series,
      timestamp: Float64Array.of(start + 3000, start - 500, start + 3000),
      value: Float64Array.of(-1, -2, -3),
      statusCode: new Uint32Array(3),
      others: null,
    },
  ])
  expect(written).toBe(3)
  const expected = [-2, 0, 1, 2, -3, 4, 5, 6, 7, 8, 9]
  expect(stored(writer, files, 'Tag0').map(({ value }) => value)).toEqual(expected)
  const again = open(files)
  expect(good(stored(again, files, 'Tag0')).map(({ value }) => value)).toEqual(expected)
  await expect(
    again.write([
      {
        ...{ series: tag!.series, others: null },
        timestamp: Float64Array.of(1.5),
        value: new Float64Array(1),
        statusCode: new Uint32Array(1),
      },
    ]),
  ).rejects.toThrow('1.5 is no time in whole ms')
})

test('texts, exact integers, bytes, arrays and structures come back from the journal as they were', () => {
  const files = new MemoryHistoryFiles()
  const writer = open(files)
  writer.configure(tags(1, { dataType: 'structure' }), settings())
  const values: TagValue[] = ['Läuft', 2n ** 63n, Uint8Array.of(0, 255), [1, -0, null, 'x'], { a: { b: [true] } }, '']
  for (const [row, value] of values.entries()) writer.record(batch([[0, value, start + row]]), start)
  const again = open(files)
  expect(good(stored(again, files, 'Tag0')).map(({ value }) => value)).toEqual(values)
})

test('only the last frame is lost where the end of the journal is torn, and the file is cut there', () => {
  const files = new MemoryHistoryFiles()
  const writer = open(files)
  writer.configure(tags(1), settings())
  for (let row = 0; row < 5; row++) writer.record(batch([[0, row, start + row]]), start + row)
  const file = newestSegment()
  const size = readFileSync(file).length
  truncateSync(file, size - 3)
  const again = open(files)
  expect(good(stored(again, files, 'Tag0')).map(({ value }) => value)).toEqual([0, 1, 2, 3])
  expect(readFileSync(file).length).toBeLessThan(size - 3)
})

test('a damaged frame in the middle costs that frame alone and is reported', () => {
  const files = new MemoryHistoryFiles()
  const writer = open(files)
  writer.configure(tags(40), settings())
  for (let row = 0; row < 5; row++)
    writer.record(batch(Array.from({ length: 40 }, (_, handle) => [handle, row, start + row] as Row)), start + row)
  const file = newestSegment()
  const bytes = readFileSync(file)
  // The frame that numbers the layout is the second one; those after it refer to it.
  const starts = [...bytes.toString('latin1').matchAll(/LSFR/g)].map((match) => match.index)
  bytes[starts.at(-3)! + 100]! ^= 1
  writeFileSync(file, bytes)
  const again = open(files)
  expect(good(stored(again, files, 'Tag7')).map(({ value }) => value)).toEqual([0, 1, 3, 4])
  expect(again.recovery.faults).toEqual([expect.stringMatching(/bytes from \d+ on cannot be read/)])
})

test('full heads are sealed once the watermark has passed, and a segment goes when nothing in memory needs it', async () => {
  const files = new MemoryHistoryFiles()
  const small = { journalSegmentByteCount: 65_536, watermarkMs: 10_000 }
  const writer = open(files, small)
  writer.configure(tags(4), settings(small))
  for (let row = 0; row < 12_000; row++) {
    const now = start + row * 100
    writer.record(batch([0, 1, 2, 3].map((handle) => [handle, row, now + handle] as Row)), now)
    writer.work()
    if (row % 100 === 0) {
      clock.jump(1000)
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }
  expect(files.batches.length).toBeGreaterThan(2)
  const segmentCount = () => readdirSync(join(folder, 'journal')).length
  for (let turn = 0; turn < 500 && segmentCount() >= 6; turn++) {
    while (writer.work());
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  expect(segmentCount()).toBeLessThan(6)
  expect(files.forgottenBefore).toBeGreaterThan(0)
  expect(stored(writer, files, 'Tag2').map(({ value }) => value)).toEqual(
    Array.from({ length: 12_000 }, (_, row) => row),
  )
  const again = open(files, small)
  expect(good(stored(again, files, 'Tag2')).map(({ value }) => value)).toEqual(
    Array.from({ length: 12_000 }, (_, row) => row),
  )
})

test('without room for chunks samples wait in memory and in the journal; nothing is lost', () => {
  const files = new MemoryHistoryFiles()
  const writer = open(files, { watermarkMs: 0 })
  writer.configure(tags(1), settings({ watermarkMs: 0 }))
  files.isFull = true
  for (let row = 0; row < 9000; row++) writer.record(batch([[0, row, start + row]]), start + row)
  for (let turn = 0; turn < 3; turn++) writer.work()
  expect(writer.figures.sealMessage).toBe('there is no room')
  expect(writer.figures.lostCount).toBe(0)
  files.isFull = false
  expect(stored(writer, files, 'Tag0')).toHaveLength(9000)
})

/** What the model test does in one step. */
const steps = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('record' as const),
        tag: fc.nat(3),
        count: fc.integer({ min: 1, max: 700 }),
        jitter: fc.nat(40),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('scan' as const), count: fc.integer({ min: 1, max: 60 }) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('work' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('sealAll' as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('crash' as const), torn: fc.nat(3000), garbles: fc.boolean() }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('backfill' as const),
        tag: fc.nat(3),
        at: fc.nat(2000),
        count: fc.integer({ min: 1, max: 20 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('jump' as const),
        byMs: fc.integer({ min: -100_000, max: 100_000_000 }),
      }),
    },
  ),
  { maxLength: 25 },
)

test('every acknowledged sample is there exactly once, whatever is sealed, torn off or replayed', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (plan) => {
      const where = mkdtempSync(join(folder, 'run-'))
      const over = { journalSegmentByteCount: 16_384, watermarkMs: 1000, headSampleLimit: 9000 }
      const files = new MemoryHistoryFiles()
      const list = tags(4)
      let writer = open(files, over, where)
      writer.configure(list, settings(over))
      let model: StoredSample[][] = [[], [], [], []]
      let now = start
      let value = 0
      for (const step of plan) {
        switch (step.kind) {
          case 'record': {
            const rows: Row[] = []
            for (let row = 0; row < step.count; row++)
              rows.push([step.tag, ++value, now + row * 5 - (row % 7 === 0 ? step.jitter : 0)])
            for (const [handle, sample, timestamp] of rows)
              model[handle]!.push({ timestamp, value: sample, statusCode: 0 })
            now += step.count * 5
            writer.record(batch(rows), now)
            break
          }
          case 'scan':
            for (let row = 0; row < step.count; row++) {
              writer.record(batch([0, 1, 2, 3].map((handle) => [handle, ++value, now] as Row)), now)
              for (let handle = 0; handle < 4; handle++)
                model[handle]!.push({ timestamp: now, value: value - 3 + handle, statusCode: 0 })
              now += 10
            }
            break
          case 'work':
            writer.work()
            await Promise.resolve()
            break
          case 'sealAll':
            await writer.sealAll()
            break
          case 'backfill': {
            const timestamp = Float64Array.from({ length: step.count }, (_, row) => now - step.at + row * 5)
            const values = timestamp.map(() => ++value)
            await writer.write([
              {
                series: list[step.tag]!.series,
                timestamp,
                value: values,
                statusCode: new Uint32Array(step.count),
                others: null,
              },
            ])
            const replaced = new Set(timestamp)
            model[step.tag] = [
              ...model[step.tag]!.filter((sample) => !replaced.has(sample.timestamp)),
              ...Array.from(timestamp, (instant, row) => ({ timestamp: instant, value: values[row]!, statusCode: 0 })),
            ]
            break
          }
          case 'jump':
            now += step.byMs
            break
          case 'crash': {
            // What follows the last whole frame: half a frame, or bytes of another file.
            await writer.synced()
            // Values older than the mark of a crash would be taken for those of a device that is back: another test has that.
            now = Math.max(now, ...model.flat().map(({ timestamp }) => timestamp)) + 100
            const journal = join(where, 'journal')
            const file = join(journal, readdirSync(journal).sort().at(-1)!)
            const bytes = readFileSync(file)
            const lastFrame = bytes.lastIndexOf('LSFR')
            const tail = step.garbles
              ? Uint8Array.from({ length: step.torn }, (_, row) => row * 31)
              : bytes.subarray(lastFrame, Math.min(lastFrame + step.torn, bytes.length - 1))
            writeFileSync(file, tail, { flag: 'a' })
            writer = open(files, over, where)
            writer.configure(list, settings(over))
            break
          }
        }
      }
      await writer.synced()
      writer = open(files, over, where)
      model = model.map(inOrder)
      for (let handle = 0; handle < 4; handle++)
        expect(good(stored(writer, files, `Tag${handle}`))).toEqual(model[handle])
      await writer.close()
    }),
    { numRuns: 100 },
  )
})
