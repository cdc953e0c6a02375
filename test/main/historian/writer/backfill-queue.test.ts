// Calls of history.write that overlap: stored together, each answered for itself.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BackfillSeries } from '../../../../src-main/historian/history-input.ts'
import { defaultHistorySettings, recordedTag } from '../../../../src-main/historian/history-settings.ts'
import { BackfillQueue } from '../../../../src-main/historian/writer/backfill-queue.ts'
import { HistoryWriter } from '../../../../src-main/historian/writer/history-writer.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'
import { MemoryHistoryFiles } from '../../../fakes/memory-history-files.ts'
import { tagDefinition } from '../../../fakes/tag-definition.ts'

const start = Date.UTC(2026, 0, 7, 8)
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'backfill-queue-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const tagOf = (handle: number) => recordedTag(handle, tagDefinition(`Tag${handle}`))!

function samples(rows: readonly (readonly [timestamp: number, value: number | string])[], handle = 0): BackfillSeries {
  return {
    series: tagOf(handle).series,
    timestamp: Float64Array.from(rows, ([timestamp]) => timestamp),
    value: Float64Array.from(rows, ([, value]) => (typeof value === 'number' ? value : Number.NaN)),
    statusCode: new Uint32Array(rows.length),
    others: rows.some(([, value]) => typeof value === 'string')
      ? rows.map(([, value]) => (typeof value === 'string' ? value : undefined))
      : null,
  }
}

function open(files: MemoryHistoryFiles): HistoryWriter {
  return new HistoryWriter({ folder, files, settings: defaultHistorySettings, clock: new FakeClock(start) })
}

test('a thousand calls under way leave a few chunks and commit points', async () => {
  const files = new MemoryHistoryFiles()
  const writer = open(files)
  const counts = await Promise.all(
    Array.from({ length: 1000 }, (_, row) => writer.write([samples([[start + row, row]])])),
  )
  expect(counts.every((count) => count === 1)).toBe(true)
  expect(files.samples('Tag0')).toHaveLength(1000)
  expect(files.batches.flatMap(({ batch }) => batch.chunks).length).toBeLessThan(5)
  expect(files.commitCount).toBeLessThan(5)
  expect(writer.figures.backfilledCount).toBe(1000)
})

test('of overlapping calls with the same time stamp the last one counts, of whatever kind its value is', async () => {
  const files = new MemoryHistoryFiles()
  const writer = open(files)
  await Promise.all([
    writer.write([
      samples([
        [start, 1],
        [start + 1, 'old'],
      ]),
      samples([[start, 5]], 1),
    ]),
    writer.write([
      samples([
        [start + 1, 7],
        [start, 'new'],
      ]),
    ]),
  ])
  expect(files.samples('Tag0').map(({ value }) => value)).toEqual(['new', 7])
  expect(files.samples('Tag1').map(({ value }) => value)).toEqual([5])
})

test('a call that is refused takes no other along', async () => {
  const files = new MemoryHistoryFiles()
  const writer = open(files)
  const results = await Promise.allSettled([
    writer.write([samples([[start, 1]])]),
    writer.write([samples([[-1, 1]])]),
    writer.write([samples([[start + 1, 2]])]),
  ])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(files.samples('Tag0')).toHaveLength(2)
})

test('calls that could not be stored are all rejected, and later ones go on', async () => {
  const files = new MemoryHistoryFiles()
  const writer = open(files)
  files.isFull = true
  const failed = await Promise.allSettled([
    writer.write([samples([[start, 1]])]),
    writer.write([samples([[start + 1, 1]])]),
  ])
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  files.isFull = false
  expect(await writer.write([samples([[start, 2]])])).toBe(1)
  expect(files.samples('Tag0').map(({ value }) => value)).toEqual([2])
})

test('samples of many series in one call are one append', async () => {
  const files = new MemoryHistoryFiles()
  await open(files).write(Array.from({ length: 20 }, (_, handle) => samples([[start, handle]], handle)))
  expect(files.batches).toHaveLength(1)
})

test('a large back-fill is not put together with others', async () => {
  const sizes: number[] = []
  const queue = new BackfillQueue(async (series) => {
    sizes.push(...series.map(({ timestamp }) => timestamp.length))
    return 0
  })
  const rows = (count: number) => [samples(Array.from({ length: count }, (_, row) => [start + row, row] as const))]
  await Promise.all([queue.write(rows(3)), queue.write(rows(100_000)), queue.write(rows(4)), queue.write(rows(5))])
  expect(sizes).toEqual([3, 100_000, 9])
  await queue.idle()
})

test('closing waits for calls under way', async () => {
  const files = new MemoryHistoryFiles()
  const writer = open(files)
  const written = writer.write([samples([[start, 1]])])
  await writer.close()
  expect(await written).toBe(1)
  expect(files.samples('Tag0').length).toBeGreaterThan(0)
})
