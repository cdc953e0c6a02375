// What the journal does while the disk refuses, when it breaks, and how old rows leave it.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  type AlarmJournal,
  type AlarmJournalOptions,
  openAlarmJournal,
} from '../../../../src-main/alarms/journal/alarm-journal.ts'
import { AlarmReaderThread } from '../../../../src-main/alarms/journal/alarm-reader-thread.ts'
import { writeArchive } from '../../../../src-main/alarms/journal/journal-archive.ts'
import { checkJournal } from '../../../../src-main/alarms/journal/journal-check.ts'
import { openJournal } from '../../../../src-main/alarms/journal/journal-opening.ts'
import { JournalRecorder } from '../../../../src-main/alarms/journal/journal-recorder.ts'
import { JournalRetention } from '../../../../src-main/alarms/journal/journal-retention.ts'
import { JournalSource } from '../../../../src-main/alarms/journal/journal-source.ts'
import { systemClock } from '../../../../src-main/base/clock.ts'
import { silentLogger } from '../../../../src-main/base/logger.ts'
import { DatabaseError } from '../../../../src-main/storage/database.ts'
import { alarmDefinition, alarmTransition } from '../../../fakes/alarm-transitions.ts'
import { patience } from '../../../fakes/busy-machine.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'

/** True where this user may mount a small file system. */
const canMount = (() => {
  const place = mkdtempSync(join(tmpdir(), 'lineside-mount-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place], { stdio: 'ignore' })
    execFileSync('umount', [place], { stdio: 'ignore' })
    return true
  } catch {
    return false
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
})()

let disk = ''
const open: AlarmJournal[] = []
beforeEach(() => {
  disk = mkdtempSync(join(tmpdir(), 'alarm-journal-disk-'))
  if (canMount) execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', disk])
})
afterEach(async () => {
  for (const journal of open.splice(0)) await journal.close()
  if (canMount) execFileSync('umount', ['-l', disk])
  rmSync(disk, { recursive: true, force: true })
})

const level = alarmDefinition('LT-101/high')
const rows = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => alarmTransition(first + index, level))

function opened(more: Partial<AlarmJournalOptions> = {}): AlarmJournal {
  const journal = openAlarmJournal({ dataFolder: disk, clock: systemClock, logger: silentLogger, ...more })
  open.push(journal)
  return journal
}

/** Everything that is left of the disk. */
function fillDisk(): void {
  for (const size of [1 << 20, 1 << 16, 4096])
    for (let count = 0; ; count++)
      try {
        writeFileSync(join(disk, `ballast-${size}-${count}`), Buffer.alloc(size))
      } catch {
        break
      }
}

function freeDisk(): void {
  for (const name of readdirSync(disk)) if (name.startsWith('ballast')) rmSync(join(disk, name))
}

describe('a full disk', () => {
  test.skipIf(!canMount)(
    'makes rows wait, commands say that they are not journalled, and all of them are there in order when it has room (needs the right to mount)',
    async () => {
      const told: number[] = []
      const writing: boolean[] = []
      const journal = opened({
        onCommitted: (events) => told.push(...events.map(({ sequence }) => sequence)),
        onWritingChanged: (isWriting) => writing.push(isWriting),
      })
      journal.append(rows(1, 100))
      await journal.flushed()
      fillDisk()
      journal.append(rows(101, 4000))
      await expect(journal.flushed()).rejects.toMatchObject({ code: 'BadResourceUnavailable' })
      expect(journal.isWriting).toBe(false)
      expect(journal.health()).toMatchObject({
        isWriting: false,
        lostCount: 0,
        lastFault: expect.stringContaining('full'),
      })
      journal.append(rows(4001, 4010))
      await expect(journal.flushed()).rejects.toMatchObject({ code: 'BadResourceUnavailable' })
      freeDisk()
      await vi.waitFor(() => expect(journal.isWriting).toBe(true), patience)
      await vi.waitFor(() => expect(journal.health().queuedCount).toBe(0), patience)
      await journal.flushed()
      expect(told).toEqual(Array.from({ length: 4010 }, (_, index) => index + 1))
      expect(writing).toEqual([false, true])
      expect(await journal.verify()).toEqual({ ok: true })
      expect(journal.health().lastSequence).toBe(4010)
    },
  )

  test.skipIf(!canMount)(
    'for longer than memory lasts loses the newest rows, names them as a gap, and loses no state (needs the right to mount)',
    async () => {
      const file = join(disk, 'alarms.sqlite')
      const recorder = new JournalRecorder({
        file,
        opened: openJournal(file, systemClock, silentLogger),
        clock: systemClock,
        logger: silentLogger,
        onCommitted: () => undefined,
        onWritingChanged: () => undefined,
        onRenewed: () => undefined,
        mostQueued: 3000,
      })
      recorder.append(rows(1, 10))
      await recorder.flushed()
      fillDisk()
      recorder.append(rows(11, 2999))
      await expect(recorder.flushed()).rejects.toThrow()
      const other = alarmDefinition('PT-7/low')
      recorder.append([
        ...rows(3000, 3500),
        alarmTransition(3501, other, { state: 'shelved' }, { occurrenceCount: 42 }),
      ])
      expect(recorder.lostCount).toBeGreaterThan(400)
      freeDisk()
      await vi.waitFor(() => expect(recorder.isIdle).toBe(true), patience)
      recorder.append(rows(3502, 3510))
      await recorder.flushed()
      recorder.close()
      const check = await checkJournal(file, join(disk, 'alarm-archive'))
      expect(check).toMatchObject({
        ok: true,
        lastSequence: 3510,
        gaps: [{ last: 3501, reason: expect.stringContaining('memory') }],
      })
      expect(check.rowCount + recorder.lostCount).toBe(3510)
      const again = opened()
      expect(again.load().find(({ id }) => id === other.id)).toMatchObject({ occurrenceCount: 42 })
    },
  )
})

describe('at the start', () => {
  test.skipIf(!canMount)(
    'a disk without room is no reason to put a good journal aside (needs the right to mount)',
    async () => {
      const journal = opened()
      journal.append(rows(1, 10))
      await journal.flushed()
      await journal.close()
      fillDisk()
      expect(() => opened()).toThrow(/SQLITE_(IOERR|FULL)/)
      expect(readdirSync(disk).filter((name) => name.includes('damaged'))).toEqual([])
      freeDisk()
      expect(opened().lastSequence).toBe(10)
    },
  )
})

describe('a journal that breaks while the station runs', () => {
  test('is put aside; what waited and all states go to a new one, numbers go on', async () => {
    const file = join(disk, 'alarms.sqlite')
    const onRenewed = vi.fn()
    const recorder = new JournalRecorder({
      file,
      opened: openJournal(file, systemClock, silentLogger),
      clock: systemClock,
      logger: silentLogger,
      onCommitted: () => undefined,
      onWritingChanged: () => undefined,
      onRenewed,
    })
    const other = alarmDefinition('PT-7/low')
    recorder.append([...rows(1, 9), alarmTransition(10, other)])
    await recorder.flushed()
    vi.spyOn(recorder.store, 'write').mockImplementationOnce(() => {
      throw new DatabaseError('corrupt', 'a page of the alarm journal is damaged')
    })
    recorder.append(rows(11, 20))
    await expect(recorder.flushed()).rejects.toThrow('damaged')
    await vi.waitFor(() => expect(recorder.isIdle).toBe(true), patience)
    expect(onRenewed).toHaveBeenCalledOnce()
    recorder.append(rows(21, 25))
    await recorder.flushed()
    expect(recorder.damagedFile).toContain('damaged')
    recorder.close()
    expect(await checkJournal(file, join(disk, 'alarm-archive'))).toMatchObject({
      ok: true,
      rowCount: 15,
      firstSequence: 11,
      lastSequence: 25,
      gaps: [{ first: 1, last: 10 }],
    })
    const again = opened()
    expect(
      again
        .load()
        .map(({ id }) => id)
        .sort(),
    ).toEqual([level.id, other.id])
  })
})

describe('a slow disk', () => {
  test('never has more than about a third of the thread, and every row comes through', async () => {
    const file = join(disk, 'alarms.sqlite')
    const committed: number[] = []
    const recorder = new JournalRecorder({
      file,
      opened: openJournal(file, systemClock, silentLogger),
      clock: systemClock,
      logger: silentLogger,
      onCommitted: (events) => committed.push(events.length),
      onWritingChanged: () => undefined,
      onRenewed: () => undefined,
    })
    const commit = recorder.store.commit.bind(recorder.store)
    let inCommitMs = 0
    vi.spyOn(recorder.store, 'commit').mockImplementation(() => {
      const begin = performance.now()
      while (performance.now() - begin < 40);
      commit()
      inCommitMs += performance.now() - begin
    })
    const begin = performance.now()
    let sequence = 0
    while (performance.now() - begin < 1500) {
      recorder.append([alarmTransition(++sequence, level)])
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    const took = performance.now() - begin
    // A station that is as busy has no more to lose than a quiet one: the share is of the time that passed.
    expect(inCommitMs / took).toBeLessThan(0.45)
    vi.restoreAllMocks()
    await recorder.flushed()
    expect(committed.reduce((sum, count) => sum + count, 0)).toBe(sequence)
    recorder.close()
  })
})

describe('a row that is numbered wrongly', () => {
  test('is refused and counted; those after it are kept', async () => {
    const journal = opened()
    journal.append([...rows(1, 3), alarmTransition(3, level), alarmTransition(2, level), ...rows(4, 5)])
    await journal.flushed()
    expect((await journal.query({})).events.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5])
    expect(journal.health().lostCount).toBe(2)
  })

  test('with a gap in front is kept; the check says where something is missing', async () => {
    const journal = opened()
    journal.append([...rows(1, 3), ...rows(5, 6)])
    await journal.flushed()
    expect(await journal.verify()).toEqual({ ok: false, firstBrokenSequence: 4 })
  })
})

describe('rows that are old enough (A65)', () => {
  const day = 86_400_000
  const begin = Date.UTC(2026, 10, 22)

  async function archived(count: number, nowOffset: number) {
    const clock = new FakeClock(begin + nowOffset)
    const file = join(disk, 'alarms.sqlite')
    const archiveFolder = join(disk, 'alarm-archive')
    const recorder = new JournalRecorder({
      file,
      opened: openJournal(file, systemClock, silentLogger),
      clock: systemClock,
      logger: silentLogger,
      onCommitted: () => undefined,
      onWritingChanged: () => undefined,
      onRenewed: () => undefined,
    })
    recorder.append(rows(recorder.lastSequence + 1, count))
    await recorder.flushed()
    const reader = new AlarmReaderThread({ file, archiveFolder, clock: systemClock, logger: silentLogger })
    const retention = new JournalRetention({
      recorder,
      reader,
      clock: { ...systemClock, now: () => clock.now() },
      logger: silentLogger,
      retentionMs: () => day,
    })
    const archive = await retention.round()
    return {
      file,
      archiveFolder,
      recorder,
      reader,
      retention,
      archive,
      close: async () => {
        retention.close()
        recorder.close()
        await reader.close()
      },
    }
  }

  test('move to an archive file; the chain goes over the cut; the rest is in the journal', async () => {
    // Row n is received n seconds after the begin; a day and 3000 s later the first 2999 are older than a day.
    const parts = await archived(5000, day + 3_000_000)
    expect(parts.archive).toMatchObject({ first: 1, last: 2048 })
    expect(readdirSync(parts.archiveFolder)).toEqual(['1-2048.sqlite'])
    const page = (await parts.reader.ask({ type: 'query', query: { limit: 1 } })) as { events: { sequence: number }[] }
    expect(page.events[0]?.sequence).toBe(2049)
    expect(parts.recorder.figures.archivedCount).toBe(2048)
    expect(await checkJournal(parts.file, parts.archiveFolder)).toMatchObject({
      ok: true,
      rowCount: 5000,
      archiveCount: 1,
      firstSequence: 1,
    })
    await parts.close()
    const more = await archived(9000, day + 8_000_000)
    expect(more.archive).toMatchObject({ first: 2049, last: 7168 })
    expect(await checkJournal(more.file, more.archiveFolder)).toMatchObject({
      ok: true,
      rowCount: 9000,
      archiveCount: 2,
    })
    // A file that is whole in itself, but of another journal.
    const other = mkdtempSync(join(tmpdir(), 'alarm-journal-other-'))
    const foreign = opened({ dataFolder: other })
    foreign.append(rows(1, 3000).map(({ event, stored }) => ({ event: { ...event, comment: 'other' }, stored })))
    await foreign.flushed()
    const source = JournalSource.open(join(other, 'alarms.sqlite'))
    writeArchive(source, other, 2048)
    source.close()
    const own = join(more.archiveFolder, '1-2048.sqlite')
    renameSync(own, `${own}.own`)
    copyFileSync(join(other, '1-2048.sqlite'), own)
    expect(await checkJournal(more.file, more.archiveFolder)).toMatchObject({ ok: false, firstBrokenSequence: 2049 })
    renameSync(`${own}.own`, own)
    await foreign.close()
    rmSync(other, { recursive: true })
    rmSync(join(more.archiveFolder, '2049-7168.sqlite'))
    expect(await checkJournal(more.file, more.archiveFolder)).toMatchObject({ ok: false, firstBrokenSequence: 2049 })
    await more.close()
  })

  test('stay while the newest block is young, and archive files may be carried away from the oldest on', async () => {
    const parts = await archived(5000, day + 500_000)
    expect(parts.archive).toBeNull()
    await parts.close()
    const more = await archived(6000, day + 3_000_000)
    rmSync(join(more.archiveFolder, '1-2048.sqlite'))
    expect(await checkJournal(more.file, more.archiveFolder)).toMatchObject({ ok: true, firstSequence: 2049 })
    await more.close()
  })

  test('are moved by the next round where a kill came between copying, marking and removing', async () => {
    const parts = await archived(5000, 0)
    expect(parts.archive).toBeNull()
    const source = JournalSource.open(parts.file)
    writeArchive(source, parts.archiveFolder, 1024)
    source.close()
    await parts.close()
    // Copied, not marked: the file is made anew.
    const second = await archived(5000, day + 3_000_000)
    expect(readdirSync(second.archiveFolder)).toEqual(['1-2048.sqlite'])
    const again = JournalSource.open(second.file)
    writeArchive(again, second.archiveFolder, 3072)
    again.close()
    // Marked, not removed: rows are in the archive file alone for whoever asks, and go in the next round.
    second.recorder.store.markArchived(3072)
    const page = (await second.reader.ask({ type: 'query', query: { limit: 1 } })) as { events: { sequence: number }[] }
    expect(page.events[0]?.sequence).toBe(3073)
    expect(await checkJournal(second.file, second.archiveFolder)).toMatchObject({ ok: true, rowCount: 5000 })
    await second.close()
    const third = await archived(5000, 0)
    const left = JournalSource.open(third.file)
    expect(left.row(3072)).toBeNull()
    expect(left.row(3073)).not.toBeNull()
    left.close()
    expect(await checkJournal(third.file, third.archiveFolder)).toMatchObject({
      ok: true,
      rowCount: 5000,
      archiveCount: 2,
    })
    await third.close()
  })
})
