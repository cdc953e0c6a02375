// When rows of the journal are said to be on the disk: not before it has them, whatever happens meanwhile.
import { existsSync, mkdtempSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { checkJournal } from '../../../../src-main/alarms/journal/journal-check.ts'
import { openJournal } from '../../../../src-main/alarms/journal/journal-opening.ts'
import { JournalRecorder } from '../../../../src-main/alarms/journal/journal-recorder.ts'
import { JournalSource } from '../../../../src-main/alarms/journal/journal-source.ts'
import { systemClock } from '../../../../src-main/base/clock.ts'
import { silentLogger } from '../../../../src-main/base/logger.ts'
import { DatabaseError } from '../../../../src-main/storage/database.ts'
import { alarmDefinition, alarmTransition } from '../../../fakes/alarm-transitions.ts'
import { patience } from '../../../fakes/busy-machine.ts'

/** Says which file a descriptor is of. */
const hasProc = existsSync('/proc/self/fd')

/** A disk that answers when the test says so. */
class FakeDisk {
  readonly #asked: { resolve: () => void; reject: (error: Error) => void }[] = []
  /** Files in the order they were asked for. */
  readonly files: string[] = []
  isQuick = false

  readonly sync = (descriptor: number): Promise<void> => {
    this.files.push(hasProc ? basename(readlinkSync(`/proc/self/fd/${descriptor}`)) : '')
    if (this.isQuick) return Promise.resolve()
    return new Promise((resolve, reject) => this.#asked.push({ resolve, reject }))
  }

  /** Answers until it is asked for this file. */
  async answerUntil(file: string): Promise<void> {
    while (this.files.at(-1) !== file) await this.answer()
  }

  async answer(error?: Error): Promise<void> {
    await vi.waitFor(() => expect(this.#asked.length).toBeGreaterThan(0), patience)
    const { resolve, reject } = this.#asked.shift()!
    if (error === undefined) resolve()
    else reject(error)
    await new Promise((done) => setTimeout(done, 5))
  }
}

let folder = ''
let disk = new FakeDisk()
let told: number[] = []
/** Each change of `isWriting`, and how many rows were told then. */
let writing: [boolean, number][] = []
let recorder: JournalRecorder
const file = () => join(folder, 'alarms.sqlite')
const level = alarmDefinition('LT-101/high')
const rows = (first: number, last: number, length = 0) =>
  Array.from({ length: last - first + 1 }, (_, index) =>
    alarmTransition(first + index, level, { comment: String(first + index).padStart(length, 'x') }),
  )
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)
const logSize = () => statSync(`${file()}-wal`).size
const turns = () => new Promise((resolve) => setTimeout(resolve, 60))

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alarm-journal-log-'))
  disk = new FakeDisk()
  told = []
  writing = []
  recorder = opened()
})
afterEach(() => {
  recorder.close()
  rmSync(folder, { recursive: true, force: true })
})

function opened(): JournalRecorder {
  return new JournalRecorder({
    file: file(),
    opened: openJournal(file(), systemClock, silentLogger, disk.sync),
    clock: systemClock,
    logger: silentLogger,
    onCommitted: (events) => told.push(...events.map(({ sequence }) => sequence)),
    onWritingChanged: (isWriting) => writing.push([isWriting, told.length]),
    onRenewed: () => undefined,
  })
}

async function checked() {
  recorder.close()
  return checkJournal(file(), join(folder, 'alarm-archive'))
}

describe('a row is told', () => {
  test('when the disk has it, and what was committed meanwhile with the next answer', async () => {
    recorder.append(rows(1, 10))
    let isFlushed = false
    void recorder.flushed().then(() => {
      isFlushed = true
    })
    await turns()
    recorder.append(rows(11, 12))
    await turns()
    expect([told, isFlushed, recorder.committedSequence, recorder.queuedCount]).toEqual([[], false, 0, 12])
    await disk.answer()
    expect([told, isFlushed, recorder.committedSequence]).toEqual([upTo(10), true, 10])
    await disk.answer()
    expect(told).toEqual(upTo(12))
    expect(disk.files).toHaveLength(2)
  })

  test('at the end of the station even when the disk has not answered yet', async () => {
    recorder.append(rows(1, 10))
    await turns()
    recorder.append(rows(11, 20))
    expect(await checked()).toMatchObject({ ok: true, rowCount: 20 })
    expect(told).toEqual(upTo(20))
    await disk.answer()
    expect(told).toEqual(upTo(20))
  })
})

describe('a disk that refuses what was committed', () => {
  test('makes commands fail and rows wait; they are told once and in order when it takes them again', async () => {
    recorder.append(rows(1, 10))
    const refused = expect(recorder.flushed()).rejects.toMatchObject({
      code: 'BadResourceUnavailable',
      message: expect.stringMatching(/EIO/),
    })
    await turns()
    recorder.append(rows(11, 12))
    await disk.answer(new Error('EIO: i/o error, fdatasync'))
    await refused
    disk.isQuick = true
    await vi.waitFor(() => expect(recorder.isIdle).toBe(true), patience)
    expect([told, recorder.lostCount]).toEqual([upTo(12), 0])
    expect(writing).toEqual([
      [false, 0],
      [true, 0],
    ])
    recorder.append(rows(13, 14))
    await recorder.flushed()
    expect(await checked()).toMatchObject({ ok: true, rowCount: 14 })
  })
})

describe('a file that breaks before the disk answered', () => {
  test('is put aside: rows that nobody was told of go to the new one', async () => {
    disk.isQuick = true
    recorder.append(rows(1, 5))
    await recorder.flushed()
    disk.isQuick = false
    recorder.append(rows(6, 8))
    await turns()
    vi.spyOn(recorder.store, 'write').mockImplementationOnce(() => {
      throw new DatabaseError('corrupt', 'a page of the alarm journal is damaged')
    })
    recorder.append(rows(9, 10))
    await vi.waitFor(() => expect(recorder.damagedFile).not.toBeNull(), patience)
    // The answer is about the file of before.
    await disk.answer()
    await vi.waitFor(() => expect(recorder.isIdle).toBe(true), patience)
    expect(told).toEqual(upTo(10))
    expect(await checked()).toMatchObject({ ok: true, rowCount: 5, firstSequence: 6, gaps: [{ first: 1, last: 5 }] })
  })
})

describe('a log that became long', () => {
  const length = 4000

  test.skipIf(!hasProc)('is emptied: nothing is committed until log and database are on the disk', async () => {
    recorder.append(rows(1, 3000, length))
    await disk.answerUntil('alarms.sqlite')
    const [count, size] = [told.length, logSize()]
    expect(size).toBeGreaterThan(4 << 20)
    expect(recorder.committedSequence).toBe(count)
    recorder.append(rows(3001, 3010))
    await turns()
    expect([told.length, logSize()]).toEqual([count, size])
    // The database is on the disk: the log is emptied, and that is on the disk before it is written again.
    await disk.answer()
    await turns()
    expect([disk.files.at(-1), told.length, logSize()]).toEqual(['alarms.sqlite-wal', count, 0])
    disk.isQuick = true
    await disk.answer()
    await vi.waitFor(() => expect(recorder.isIdle).toBe(true), patience)
    expect(told).toEqual(upTo(3010))
    expect(logSize()).toBeLessThan(5 << 20)
    expect(await checked()).toMatchObject({ ok: true, rowCount: 3010 })
  })

  test.skipIf(!hasProc)('that the disk refuses to empty keeps every row, and is tried again', async () => {
    recorder.append(rows(1, 3000, length))
    await disk.answerUntil('alarms.sqlite')
    const count = told.length
    await disk.answer(new Error('EIO: i/o error, fdatasync'))
    expect(writing).toContainEqual([false, count])
    disk.isQuick = true
    await vi.waitFor(() => expect(recorder.isIdle).toBe(true), patience)
    expect(told).toEqual(upTo(3000))
    expect(await checked()).toMatchObject({ ok: true, rowCount: 3000 })
  })

  test('is emptied also while others read, as far as they let it', async () => {
    disk.isQuick = true
    recorder.append(rows(1, 10))
    await recorder.flushed()
    const reading = JournalSource.open(file())
    const page = reading.database.prepare('SELECT sequence FROM event').iterate()
    page.next()
    recorder.append(rows(11, 4000, length))
    await recorder.flushed()
    const kept = logSize()
    page.return?.()
    recorder.append(rows(4001, 8000, length))
    await recorder.flushed()
    await vi.waitFor(() => expect(recorder.isIdle).toBe(true), patience)
    expect(told).toEqual(upTo(8000))
    expect(kept).toBeGreaterThan(8 << 20)
    expect(logSize()).toBeLessThan(5 << 20)
    reading.close()
    expect(await checked()).toMatchObject({ ok: true, rowCount: 8000 })
  })
})
