// The historian with its threads: what is handed over is kept, whatever happens to the writer's thread, or counted and marked.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemClock } from '../../../src-main/base/clock.ts'
import { silentLogger } from '../../../src-main/base/logger.ts'
import { type Historian, type HistorianOptions, openHistorian } from '../../../src-main/historian/historian.ts'
import { defaultHistorySettings, recordedTag } from '../../../src-main/historian/history-settings.ts'
import { StatusCodes } from '../../../src-main/shared/status-code.ts'
import { ValueBatchBuilder } from '../../../src-main/shared/value-batch.ts'
import { patience } from '../../fakes/busy-machine.ts'
import { tagDefinition } from '../../fakes/tag-definition.ts'

let folder = ''
let opened: Historian[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'historian-'))
})
afterEach(async () => {
  for (const historian of opened) await historian.close()
  opened = []
  rmSync(folder, { recursive: true, force: true })
})

const tags = [recordedTag(0, tagDefinition('Level'))!, recordedTag(1, tagDefinition('Speed', { dataType: 'int32' }))!]
const workerUrl = new URL('../../../src-main/historian/writer/historian-writer-worker.ts', import.meta.url)

function open(over: Partial<HistorianOptions> = {}): Historian {
  const settings = defaultHistorySettings
  const historian = openHistorian({ folder, settings, clock: systemClock, logger: silentLogger, ...over })
  opened.push(historian)
  historian.configure(tags, settings)
  return historian
}

function batch(rows: number, from: number) {
  const builder = new ValueBatchBuilder(rows)
  for (let row = 0; row < rows; row++) builder.addNumber(row % 2, row, 0, from + row)
  return builder.take()
}

const isRecording = (historian: Historian) =>
  vi.waitFor(() => expect(historian.health().state).toBe('recording'), patience)
const nothingWaits = (historian: Historian) =>
  vi.waitFor(() => expect(historian.health().waitingCount).toBe(0), patience)

test('batches given before the writer has started are kept, and can be read together with the runtime’s own series', async () => {
  const historian = open()
  const from = Date.now() - 10_000
  const given = batch(200, from)
  historian.record(given)
  historian.record(batch(10, from + 1000))
  historian.recordOwn({
    name: 'device:plc:state',
    description: 'State',
    dataType: 'uint8',
    value: 2,
    statusCode: 0,
    timestamp: from,
  })
  await isRecording(historian)
  await nothingWaits(historian)
  // Given away, not copied.
  expect(given.value.byteLength).toBe(0)
  const { series } = await historian.read({
    tags: ['Level', 'Speed', 'device:plc:state'],
    from: from - 1,
    to: from + 5000,
    mode: 'raw',
  })
  expect(series.map(({ values }) => values.length)).toEqual([105, 105, 1])
  expect(series[2]!.values[0]).toBe(2)
  const health = historian.health()
  expect(health).toMatchObject({ offeredCount: 211, storedCount: 211, lostCount: 0, state: 'recording' })
})

test('back-fill is acknowledged when it can be read', async () => {
  const historian = open()
  await isRecording(historian)
  const timestamp = Float64Array.from({ length: 5000 }, (_, row) => 1_700_000_000_000 + row * 1000)
  const written = await historian.write([
    {
      series: tags[0]!.series,
      timestamp,
      value: timestamp.map((_, row) => row),
      statusCode: new Uint32Array(5000),
      others: null,
    },
  ])
  expect(written).toBe(5000)
  const { series } = await historian.read({
    tags: ['Level'],
    from: 1_700_000_000_000,
    to: 1_700_000_002_001,
    mode: 'raw',
  })
  expect([...series[0]!.values]).toEqual([0, 1, 2])
})

test('a writer’s thread that dies is started again; what it acknowledged stays, the gap is marked and the values asked for again', async () => {
  const workers: Worker[] = []
  const resumed: (readonly number[] | null)[] = []
  const historian = open({
    startWorker: (workerData) => {
      const worker = new Worker(workerUrl, { workerData })
      workers.push(worker)
      return worker
    },
    onResumed: (handles) => resumed.push(handles),
  })
  await isRecording(historian)
  const from = Date.now()
  historian.record(batch(1000, from - 2000))
  await nothingWaits(historian)
  await workers[0]!.terminate()
  historian.record(batch(100, from))
  await vi.waitFor(() => expect(historian.health().restartCount).toBe(1), patience)
  await isRecording(historian)
  await nothingWaits(historian)
  expect(resumed).toEqual([null])
  const health = historian.health()
  expect(health.offeredCount).toBe(1100)
  expect(health.storedCount + health.lostCount).toBe(1100)
  expect(health.gaps.length).toBeGreaterThan(0)
  const { series } = await historian.read({ tags: ['Level'], from: from - 3000, to: from + 60_000, mode: 'raw' })
  const isMark = (code: number) => code === StatusCodes.BadNoData
  expect(series[0]!.statusCodes.filter((code) => !isMark(code)).length).toBe(550 - health.lostCount / 2)
  expect(series[0]!.statusCodes.some(isMark)).toBe(true)
})

test('a series without a colon in its name is refused as the runtime’s own', () => {
  const historian = open()
  const own = { name: 'Level', description: '', dataType: 'float64', value: 1, statusCode: 0, timestamp: 1 } as const
  expect(() => historian.recordOwn(own)).toThrow('has no colon')
})

test('after a clean stop everything is there at the next start, and ends with BadShutdown', async () => {
  const historian = open()
  const from = Date.now() - 5000
  historian.record(batch(300, from))
  await isRecording(historian)
  await historian.close()
  const again = open()
  await isRecording(again)
  const { series } = await again.read({ tags: ['Level'], from, to: Date.now() + 1000, mode: 'raw' })
  expect(series[0]!.values).toHaveLength(151)
  expect(series[0]!.statusCodes.at(-1)).toBe(StatusCodes.BadShutdown)
})
