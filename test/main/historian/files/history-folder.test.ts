import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SealedBatch } from '../../../../src-main/historian/files/history-files.ts'
import { HistoryFolder } from '../../../../src-main/historian/files/history-folder.ts'
import { HistoryViews } from '../../../../src-main/historian/files/history-views.ts'
import { columnOf, numberSeries, sealed, storedSamples, type TestSample } from './history-plant.ts'

const monday = Date.UTC(2026, 0, 5)
const week = 7 * 86_400_000

let folder: string
let files: HistoryFolder
let views: HistoryViews
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lineside-history-'))
  files = HistoryFolder.open({ folder })
  views = new HistoryViews({ folder })
})
afterEach(async () => {
  views.close()
  await files.close()
  rmSync(folder, { recursive: true, force: true })
})

/** `count` samples, one each second from `from` on. */
const seconds = (from: number, count: number): TestSample[] =>
  Array.from({ length: count }, (_, index) => ({ timestamp: from + index * 1000, value: index / 4 }))
const batch = (...chunks: SealedBatch['chunks']): SealedBatch => ({ chunks, journalPosition: 0 })
const define = (name: string) => files.defineSeries([numberSeries(name)])[0]!.id
async function reopen() {
  views.close()
  await files.close()
  files = HistoryFolder.open({ folder })
  views = new HistoryViews({ folder })
}

describe('the history folder', () => {
  test('what was appended is read back by every view opened later, also after a restart', async () => {
    const level = define('Filler.Level')
    const rows = seconds(monday, 5000)
    files.append(batch(sealed(level, rows.slice(0, 4000))))
    files.append(batch(sealed(level, rows.slice(4000))))
    expect(storedSamples(views.open(), level)).toEqual(rows)
    await reopen()
    expect(storedSamples(views.open(), level)).toEqual(rows)
    expect(
      views
        .open()
        .series('Filler.Level')
        .map((row) => row.id),
    ).toEqual([level])
  })

  test('one batch may span more partitions than are kept open', async () => {
    const level = define('Filler.Level')
    const weeks = Array.from({ length: 60 }, (_, index) => seconds(monday + index * week, 3))
    files.append(batch(...weeks.map((rows) => sealed(level, rows))))
    files.append(
      batch(
        ...weeks.map((rows) =>
          sealed(
            level,
            rows.map((row) => ({ ...row, timestamp: row.timestamp + 10_000 })),
          ),
        ),
      ),
    )
    expect(storedSamples(views.open(), level)).toHaveLength(360)
    await files.commit()
    await reopen()
    expect(storedSamples(views.open(), level)).toHaveLength(360)
  })

  test('a view goes on as it was while the writer appends', () => {
    const level = define('Filler.Level')
    files.append(batch(sealed(level, seconds(monday, 10))))
    const view = views.open()
    expect(storedSamples(view, level)).toHaveLength(10)
    files.append(batch(sealed(level, seconds(monday + 60_000, 10))))
    expect(storedSamples(view, level)).toHaveLength(10)
    expect(storedSamples(views.open(), level)).toHaveLength(20)
  })

  test('chunks beyond the seal limit are not seen: the heads still have their samples', () => {
    const level = define('Filler.Level')
    const limit = files.append(batch(sealed(level, seconds(monday, 10))))
    files.append(batch(sealed(level, seconds(monday + 60_000, 10))))
    expect(storedSamples(views.open(limit), level)).toHaveLength(10)
  })

  test('time stamps that several chunks share are stored once, also by those that have only some of them', () => {
    const scan = seconds(monday, 4000)
    const decoded = Float64Array.from(scan, (row) => row.timestamp)
    const column = { stored: columnOf(decoded), decoded }
    const all = define('a')
    const some = define('b')
    const odd = scan.filter((_, index) => index % 3 === 1)
    const before = files.size().chunkByteCount
    files.append(batch(sealed(all, scan, { column }), sealed(some, odd, { column })))
    const shared = files.size().chunkByteCount - before
    files.append(batch(sealed(all, seconds(monday + week, 4000)), sealed(some, odd)))
    expect(files.size().chunkByteCount - before - shared).toBeGreaterThan(shared)
    const view = views.open()
    expect(storedSamples(view, some, monday, monday + week).length).toBe(2 * odd.length)
    expect(storedSamples(view, all, monday, monday + week)).toEqual(scan)
  })

  test('a partition ends on Monday 00:00 UTC and a chunk that reaches beyond is refused', () => {
    const level = define('Filler.Level')
    expect(files.partitionEnd(monday + 5)).toBe(monday + week)
    expect(files.partitionEnd(monday - 1)).toBe(monday)
    expect(() => files.append(batch(sealed(level, seconds(monday + week - 2000, 5))))).toThrow('next partition')
    expect(files.size().chunkByteCount).toBeLessThan(200)
  })

  test('a plant of many tags has partitions of a day; a set length is kept beside partitions of another', async () => {
    files.defineSeries(Array.from({ length: 10_001 }, (_, index) => numberSeries(`tag${index}`)))
    expect(files.partitionEnd(monday)).toBe(monday + week / 7)
    const level = define('tag0')
    files.append(batch(sealed(level, seconds(monday + week / 7, 10))))
    views.close()
    await files.close()
    files = HistoryFolder.open({ folder, partitionLength: 'month' })
    views = new HistoryViews({ folder })
    expect(files.partitionEnd(monday)).toBe(monday + week / 7)
    expect(files.partitionEnd(monday + week / 7)).toBe(monday + (2 * week) / 7)
    expect(files.partitionEnd(monday + week)).toBe(Date.UTC(2026, 1, 1))
  })

  test('what readers keep of a series is let go when it is too much, and read again', () => {
    const ids = Array.from({ length: 30 }, (_, index) => define(`tag${index}`))
    for (const id of ids) files.append(batch(sealed(id, seconds(monday, 100))))
    const small = new HistoryViews({ folder, cacheBytes: 40_000 })
    for (let round = 0; round < 2; round++)
      for (const id of ids) expect(storedSamples(small.open(), id)).toHaveLength(100)
    small.close()
  })

  test('coverage says which samples of the journal are stored, until it is forgotten', async () => {
    const level = define('Filler.Level')
    const at = (position: number, from: number) =>
      files.append({
        chunks: [sealed(level, seconds(from, 10), { coveredBefore: from + 10_000 })],
        journalPosition: position,
      })
    at(7, monday)
    at(9, monday + 10_000)
    const rows = [
      { series: level, journalPosition: 7, from: monday, before: monday + 10_000 },
      { series: level, journalPosition: 9, from: monday, before: monday + 20_000 },
    ]
    expect(files.coverage(0)).toEqual(rows)
    await reopen()
    expect(files.coverage(0)).toEqual(rows)
    expect(files.coverage(8)).toEqual(rows.slice(1))
    files.forgetCoverage(8)
    expect(files.coverage(0)).toEqual(rows.slice(1))
    files.forgetCoverage(10)
    await reopen()
    expect(files.coverage(0)).toEqual([])
  })

  test('seal numbers go on rising after a restart', async () => {
    const level = define('Filler.Level')
    const before = files.append(batch(sealed(level, seconds(monday, 10))))
    await reopen()
    expect(files.sealNumber).toBe(before)
    expect(files.append(batch(sealed(level, seconds(monday + 60_000, 10))))).toBe(before + 1)
  })
})
