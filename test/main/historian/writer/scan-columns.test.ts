// Tags of one device of which only changes are recorded: their chunks share the time stamps of the scans, and nothing is lost by it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { decodeTimestamps } from '../../../../src-main/historian/codec/timestamp-codec.ts'
import { decodeTimestampSubset } from '../../../../src-main/historian/codec/timestamp-subset.ts'
import { HistoryFolder } from '../../../../src-main/historian/files/history-folder.ts'
import { defaultHistorySettings, recordedTag } from '../../../../src-main/historian/history-settings.ts'
import type { Samples } from '../../../../src-main/historian/samples.ts'
import { openStoredHistory } from '../../../../src-main/historian/stored-history.ts'
import { HistoryWriter } from '../../../../src-main/historian/writer/history-writer.ts'
import { type Placement, ScanColumns } from '../../../../src-main/historian/writer/scan-columns.ts'
import { ValueBatchBuilder } from '../../../../src-main/shared/value-batch.ts'
import { randomOf } from '../../../../src-main/simulation/random.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'
import { MemoryHistoryFiles } from '../../../fakes/memory-history-files.ts'
import { tagDefinition } from '../../../fakes/tag-definition.ts'

const start = Date.UTC(2026, 0, 7, 8)
const tagCount = 12
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scan-columns-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const tags = Array.from({ length: tagCount }, (_, handle) => recordedTag(handle, tagDefinition(`Tag${handle}`))!)

/** Scans each second with a little jitter, in which each tag changes with its own probability (55 to 95 %); every scan changes some tag. */
function* changes(scanCount: number, random: () => number): Generator<{ timestamp: number; rows: [number, number][] }> {
  for (let scan = 0; scan < scanCount; scan++) {
    const rows: [number, number][] = []
    for (let handle = 0; handle < tagCount; handle++)
      if (random() < 0.55 + (0.4 * handle) / tagCount) rows.push([handle, Math.round(random() * 1000)])
    if (rows.length > 0) yield { timestamp: start + scan * 1000 + Math.round(random() * 6), rows }
  }
}

function record(writer: HistoryWriter, scanCount: number): Map<string, string[]> {
  const expected = new Map(tags.map(({ series }) => [series.name, [] as string[]]))
  for (const { timestamp, rows } of changes(scanCount, randomOf(7, 'changes'))) {
    const builder = new ValueBatchBuilder(rows.length)
    for (const [handle, value] of rows) {
      builder.addNumber(handle, value, 0, timestamp)
      expected.get(`Tag${handle}`)!.push(`${timestamp} ${value}`)
    }
    writer.record(builder.take(), timestamp)
    while (writer.work());
  }
  return expected
}

test('time stamps of tags that changed in most scans take less than 0.25 bytes a sample', async () => {
  const files = new MemoryHistoryFiles()
  const writer = new HistoryWriter({ folder, files, settings: defaultHistorySettings, clock: new FakeClock(start) })
  writer.configure(tags, defaultHistorySettings)
  const expected = record(writer, 20_000)
  await writer.sealAll()
  const chunks = files.batches.flatMap(({ batch }) => batch.chunks)
  const columns = new Set(chunks.map(({ timestamps }) => timestamps))
  const bytes =
    [...columns].reduce((sum, column) => sum + column.bytes.length, 0) +
    chunks.reduce((sum, { selection }) => sum + (selection?.length ?? 0), 0)
  const count = chunks.reduce((sum, { summary }) => sum + summary.count, 0)
  expect(bytes / count).toBeLessThan(0.25)
  expect(count / chunks.length).toBeGreaterThan(1500)
  for (const [name, rows] of expected)
    expect(files.samples(name).map(({ timestamp, value }) => `${timestamp} ${value}`)).toEqual(rows)
})

test('what was stored as rows of a column is read back, before and after housekeeping', async () => {
  const clock = new FakeClock(start)
  const writer = new HistoryWriter({
    folder,
    files: HistoryFolder.open({ folder, partitionLength: 'day' }),
    settings: defaultHistorySettings,
    clock,
  })
  writer.configure(tags, defaultHistorySettings)
  const expected = record(writer, 9000)
  await writer.sealAll()
  await writer.close(start + 9_001_000)
  const readsBack = async () => {
    const stored = await openStoredHistory(folder)
    for (const [name, rows] of expected) {
      const { series } = await stored.read({
        tags: [name],
        from: start,
        to: start + 9_000_500,
        mode: 'raw',
        limit: 100_000,
      })
      const { timestamps, values } = series[0]!
      expect(Array.from(timestamps, (timestamp, row) => `${timestamp} ${values[row]}`)).toEqual(rows)
    }
    await stored.close()
  }
  await readsBack()
  const files = HistoryFolder.open({ folder, partitionLength: 'day' })
  await files.housekeep(start + 3 * 86_400_000, { retentionMs: null, maximumByteCount: null })
  await files.close()
  await readsBack()
})

test('a placement gives exactly the time stamps of the samples it is for, whatever was placed before', () => {
  const scan = fc.array(fc.nat(9), { minLength: 1, maxLength: 60 })
  const samplesOf = (steps: readonly number[]): Samples => {
    let at = start
    const timestamp = Float64Array.from(steps, (step) => (at += step))
    const count = steps.length
    return { count, timestamp, value: new Float64Array(count), statusCode: new Uint32Array(count), others: null }
  }
  const stampsOf = ({ column, selection }: Placement) => {
    const all = decodeTimestamps(column.bytes)
    return selection === null ? all : decodeTimestampSubset(selection, all)
  }
  fc.assert(
    fc.property(fc.array(fc.tuple(scan, fc.boolean()), { minLength: 1, maxLength: 12 }), (tries) => {
      const columns = new ScanColumns()
      const before: Float64Array[] = []
      for (const [steps, mayCut] of tries) {
        const samples = samplesOf(steps)
        const placement = columns.place(samples, mayCut ? () => before : null)
        expect(placement.count).toBe(samples.count)
        expect([...stampsOf(placement)]).toEqual([...samples.timestamp])
        before.push(samples.timestamp)
      }
    }),
  )
})

test('a chunk is cut where the column of its scans ends, and not to a few samples', () => {
  const columns = new ScanColumns()
  const grid = Float64Array.from({ length: 12_000 }, (_, row) => start + row * 1000)
  const every = (timestamp: Float64Array): Samples => ({
    count: Math.min(4096, timestamp.length),
    timestamp,
    value: new Float64Array(timestamp.length),
    statusCode: new Uint32Array(timestamp.length),
    others: null,
  })
  const half = grid.filter((_, row) => row % 3 !== 0)
  const otherHalf = grid.filter((_, row) => row % 3 !== 1)
  const first = columns.place(every(half), () => [otherHalf])
  expect(first).toMatchObject({ column: { count: 4096 } })
  expect(first.count).toBeGreaterThan(2700)
  expect(first.count).toBeLessThan(2735)
  const second = columns.place(every(otherHalf), () => [])
  expect(second.column).toBe(first.column)
  expect(second.count).toBeLessThan(2735)
  // 300 samples before the end of the column: the chunk gets time stamps of its own rather than be that small.
  const late = columns.place(every(half.slice(first.count - 300)), () => [])
  expect(late.count).toBe(4096)
  expect(late.selection).toBeNull()
})
