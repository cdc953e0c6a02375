// One journal of each version of its format, forever: what older stations left has to be read. And foreign bytes harm nobody.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { defaultHistorySettings, recordedTag } from '../../../../src-main/historian/history-settings.ts'
import { HistoryWriter } from '../../../../src-main/historian/writer/history-writer.ts'
import { ValueBatchBuilder } from '../../../../src-main/shared/value-batch.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'
import { MemoryHistoryFiles } from '../../../fakes/memory-history-files.ts'
import { tagDefinition } from '../../../fakes/tag-definition.ts'

const golden = new URL('../../../data/historian/journal-v1.journal', import.meta.url).pathname
const start = Date.UTC(2026, 0, 7, 8)
const settings = defaultHistorySettings
const tags = [
  recordedTag(0, tagDefinition('Level'))!,
  recordedTag(1, tagDefinition('State', { dataType: 'string' }))!,
  recordedTag(
    2,
    tagDefinition('Flow', { history: { deadband: 0.5, compression: 1, retentionMs: null, interpolation: 'sloped' } }),
  )!,
]
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-golden-'))
  mkdirSync(join(folder, 'journal'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = (files = new MemoryHistoryFiles()) =>
  new HistoryWriter({ folder, files, settings, clock: new FakeClock(start) })

/** Frames of every form: rows with and without a layout, runs and single time stamps, texts, marks, heads, removals. */
async function write(): Promise<void> {
  const writer = open()
  writer.configure(tags, settings)
  for (let scan = 0; scan < 70; scan++) {
    const builder = new ValueBatchBuilder(20)
    for (let row = 0; row < 20; row++)
      builder.addNumber(row % 3 === 1 ? 0 : row % 3, scan + row / 10, 0, start + scan * 1000)
    writer.record(builder.take(), start + scan * 1000 + 3)
  }
  const builder = new ValueBatchBuilder(4)
  builder.add(1, 'läuft', 0, start + 70_001)
  builder.add(1, null, 0x80310000, start + 70_002)
  builder.add(0, -0, 0x40000000, start + 70_003)
  builder.add(0, 7, 0, start + 70_003)
  writer.record(builder.take(), start + 70_004)
  writer.tick(start + 71_000)
  await writer.write([
    {
      series: tags[0]!.series,
      timestamp: Float64Array.of(start + 2000),
      value: Float64Array.of(99),
      statusCode: new Uint32Array(1),
      others: null,
    },
  ])
  writer.configure([tags[0]!, { ...tags[2]!, filter: { deadband: 0, compression: 0 } }], settings)
  writer.tick(start + 72_000)
}

function heads(writer: HistoryWriter): readonly object[] {
  return writer.heads([1, 2, 3]).rows.map(({ series, samples: { timestamp, value, statusCode, others } }) => ({
    series,
    timestamp: [...timestamp].map((instant) => instant - start),
    value: [...value].map((number) => (Number.isNaN(number) ? 'NaN' : number)),
    statusCode: [...statusCode],
    others: others && [...others],
  }))
}

test('a journal of version 1 is read as it was recorded', async () => {
  if (process.env.LINESIDE_WRITE_GOLDEN === '1') {
    await write()
    cpSync(join(folder, 'journal', '0000000001.journal'), golden)
  }
  cpSync(golden, join(folder, 'journal', '0000000001.journal'))
  const writer = open()
  expect(writer.recovery).toMatchObject({ lastSegment: 1, aliveTimestamp: start + 72_000, isClosed: false, faults: [] })
  await expect(
    `${heads(writer)
      .map((head) => JSON.stringify(head))
      .join('\n')}\n`,
  ).toMatchFileSnapshot('../../../data/historian/journal-v1.txt')
})

test('damaged journals are read as far as they go: an answer or a fault, never a crash', () => {
  const bytes = readFileSync(golden)
  const file = join(folder, 'journal', '0000000001.journal')
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 12 }),
      fc.nat(bytes.length),
      (changes, length) => {
        const damaged = Uint8Array.from(bytes.subarray(0, length))
        for (const [at, byte] of changes) if (at < length) damaged[at] = byte
        rmSync(join(folder, 'journal'), { recursive: true })
        mkdirSync(join(folder, 'journal'))
        writeFileSync(file, damaged)
        const writer = open()
        expect(writer.figures.headSampleCount).toBeLessThan(2000)
      },
    ),
    { numRuns: 150 },
  )
})
