// A disk without room: nothing that is stored is harmed, what is not kept is counted and marked, and recording goes on by itself.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { HistoryFilesError } from '../../../../src-main/historian/files/history-files-error.ts'
import { HistoryFolder } from '../../../../src-main/historian/files/history-folder.ts'
import { defaultHistorySettings, recordedTag } from '../../../../src-main/historian/history-settings.ts'
import { HistoryWriter } from '../../../../src-main/historian/writer/history-writer.ts'
import { StatusCodes } from '../../../../src-main/shared/status-code.ts'
import { ValueBatchBuilder } from '../../../../src-main/shared/value-batch.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'
import { MemoryHistoryFiles } from '../../../fakes/memory-history-files.ts'
import { tagDefinition } from '../../../fakes/tag-definition.ts'

const start = Date.UTC(2026, 0, 7, 8)
const tag = recordedTag(0, tagDefinition('Level'))!
const settings = { ...defaultHistorySettings, whenFull: 'stop' as const }
let folder = ''

/** A file system of 2 MiB; only root may make one. */
function isMounted(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const canMount = process.platform === 'linux' && process.getuid?.() === 0

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'history-full-'))
})
afterEach(() => {
  try {
    execFileSync('umount', ['-l', folder], { stdio: 'ignore' })
  } catch {
    // It was not mounted.
  }
  rmSync(folder, { recursive: true, force: true })
})

function rows(from: number, count: number) {
  const builder = new ValueBatchBuilder(count)
  for (let row = 0; row < count; row++) builder.addNumber(0, from + row, StatusCodes.Good, start + from + row)
  return builder.take()
}

test.skipIf(!canMount)(
  'a full disk stops recording; it goes on when there is room, with a mark in between (needs root for a small file system)',
  async (context) => {
    if (!isMounted()) return context.skip('this root may not mount')
    const clock = new FakeClock(start)
    const resumed: (readonly number[])[] = []
    const files = new MemoryHistoryFiles()
    const history = join(folder, 'history')
    mkdirSync(history)
    const writer = new HistoryWriter({
      folder: history,
      files,
      settings,
      clock,
      onResumed: (handles) => resumed.push(handles),
    })
    writer.configure([tag], settings)
    writer.record(rows(0, 1000), start + 1000)
    // Something else fills the disk.
    for (let part = 0, isFull = false; !isFull; part++)
      try {
        writeFileSync(join(folder, `other-${part}`), new Uint8Array(100_000))
      } catch {
        isFull = true
      }
    writer.record(rows(1000, 60_000), start + 61_000)
    expect(writer.figures.fullMessage).toContain('ENOSPC')
    expect(writer.figures).toMatchObject({ offeredCount: 61_000, storedCount: 1000, lostCount: 60_000 })
    await clock.advance(1000)
    writer.tick(start + 62_000)
    expect(writer.figures.fullMessage).not.toBeNull()
    for (let part = 0; part < 10; part++) rmSync(join(folder, `other-${part}`), { force: true })
    await clock.advance(1000)
    writer.tick(start + 63_000)
    expect(writer.figures.fullMessage).toBeNull()
    expect(resumed).toEqual([[0]])
    writer.record(rows(70_000, 10), start + 70_010)
    const again = new HistoryWriter({ folder: history, files, settings, clock })
    const { samples } = again.heads([1]).rows[0]!
    expect(again.recovery.faults).toEqual([])
    expect(samples.count).toBe(1000 + 1 + 10 + 1)
    expect([samples.timestamp[1000], samples.statusCode[1000]]).toEqual([
      start + 1000,
      StatusCodes.BadResourceUnavailable,
    ])
    expect(writer.figures.gaps).toMatchObject([{ from: start + 1000, to: start + 63_000, lostCount: 60_000 }])
  },
)

test.skipIf(!canMount)(
  'where the oldest may go it makes room, and nothing new is lost (needs root for a small file system)',
  async (context) => {
    if (!isMounted()) return context.skip('this root may not mount')
    const dropping = { ...settings, whenFull: 'dropOldest' as const }
    class Files extends MemoryHistoryFiles {
      droppedCount = 0
      override dropOldest(): boolean {
        rmSync(join(folder, `other-${this.droppedCount++}`), { force: true })
        return true
      }
    }
    const files = new Files()
    const writer = new HistoryWriter({
      folder: join(folder, 'history'),
      files,
      settings: dropping,
      clock: new FakeClock(start),
    })
    writer.configure([tag], dropping)
    for (let part = 0, isFull = false; !isFull; part++)
      try {
        writeFileSync(join(folder, `other-${part}`), new Uint8Array(100_000))
      } catch {
        isFull = true
      }
    for (let from = 0; from < 40_000; from += 1000) writer.record(rows(from, 1000), start + from + 1000)
    expect(writer.figures).toMatchObject({ storedCount: 40_000, lostCount: 0, fullMessage: null })
    expect(files.droppedCount).toBeGreaterThan(0)
  },
)

test('a total size that is reached stops recording where the oldest must stay', () => {
  const files = HistoryFolder.open({ folder })
  const clock = new FakeClock(start)
  const limited = { ...settings, maximumByteCount: 1 }
  const writer = new HistoryWriter({ folder, files, settings: limited, clock })
  writer.configure([tag], limited)
  writer.record(rows(0, 10), start + 10)
  writer.tick(start + 1000)
  writer.record(rows(10, 10), start + 1010)
  expect(writer.figures.fullMessage).toMatch(/history has \d+ bytes; 1 are allowed and the oldest must stay/)
  expect(writer.figures).toMatchObject({ storedCount: 10, lostCount: 10 })
})

test('a plant that changes while the catalog has no room is recorded when there is some', async () => {
  class Files extends MemoryHistoryFiles {
    override defineSeries(definitions: Parameters<MemoryHistoryFiles['defineSeries']>[0]) {
      if (this.isFull) throw new HistoryFilesError('diskFull', 'no room for the catalog')
      return super.defineSeries(definitions)
    }
  }
  const files = new Files()
  const clock = new FakeClock(start)
  const writer = new HistoryWriter({ folder, files, settings, clock })
  files.isFull = true
  writer.configure([tag], settings)
  expect(writer.figures.fullMessage).toBe('no room for the catalog')
  const own = {
    name: 'device:plc:state',
    description: '',
    dataType: 'uint8',
    value: 1,
    statusCode: 0,
    timestamp: start,
  } as const
  writer.recordOwn(own, start)
  expect(writer.figures).toMatchObject({ offeredCount: 1, lostCount: 1 })
  files.isFull = false
  await clock.advance(1000)
  writer.tick(start + 1000)
  writer.record(rows(0, 5), start + 1000)
  expect(writer.figures).toMatchObject({ storedCount: 5, fullMessage: null })
})
