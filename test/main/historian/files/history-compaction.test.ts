// What housekeeping does: rewriting closed partitions, retention, and that it holds up neither readers nor the writer.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkHistory } from '../../../../src-main/historian/files/history-check.ts'
import type { RetentionSettings } from '../../../../src-main/historian/files/history-files.ts'
import { HistoryFolder } from '../../../../src-main/historian/files/history-folder.ts'
import { HistoryViews } from '../../../../src-main/historian/files/history-views.ts'
import { limitHere } from '../../../fakes/busy-machine.ts'
import { columnOf, numberSeries, sealed, storedSamples, type TestSample } from './history-plant.ts'

const monday = Date.UTC(2026, 0, 5)
const dayMs = 86_400_000
const week = 7 * dayMs
const keepAll: RetentionSettings = { retentionMs: null, maximumByteCount: null }

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

const seconds = (from: number, count: number, step = 1000): TestSample[] =>
  Array.from({ length: count }, (_, index) => ({ timestamp: from + index * step, value: index / 4 }))
const append = (series: number, rows: TestSample[], isBackFill = false) =>
  files.append({ chunks: [sealed(series, rows, { isBackFill })], journalPosition: 0 })
const define = (name: string, retentionMs: number | null = null) =>
  files.defineSeries([numberSeries(name, retentionMs)])[0]!.id
const names = () => readdirSync(join(folder, 'partitions')).sort()
const chunkCount = (series: number) => views.open().chunks(series, 0, Number.POSITIVE_INFINITY).count

describe('a closed partition', () => {
  test('is rewritten once: one series in one piece, overlapping and small chunks made one', async () => {
    const ids = [define('a'), define('b'), define('c')]
    for (let hour = 0; hour < 30; hour++) for (const id of ids) append(id, seconds(monday + hour * 3_600_000, 1000))
    append(ids[0]!, seconds(monday + 500, 100))
    const before = ids.map((id) => storedSamples(views.open(), id))
    expect(chunkCount(ids[0]!)).toBe(31)
    await files.housekeep(monday + dayMs, keepAll)
    expect(names()[0]).toContain('.1.1.index')
    await files.housekeep(monday + 2 * week, keepAll)
    expect(names()).toEqual(['2026-01-05_2026-01-12.2.1.index', '2026-01-05_2026-01-12.2.chunks'])
    expect(ids.map((id) => storedSamples(views.open(), id))).toEqual(before)
    expect(chunkCount(ids[0]!)).toBe(8)
    const view = views.open()
    const rows = ids.map((id) => view.chunks(id, 0, Number.POSITIVE_INFINITY))
    for (const [index, series] of rows.entries())
      expect(series.offset(0)).toBeGreaterThan(index === 0 ? 0 : rows[index - 1]!.offset(rows[index - 1]!.count - 1))
    await files.housekeep(monday + 2 * week, keepAll)
    expect(names()[0]).toContain('.2.1.index')
    expect((await checkHistory(folder)).problems).toEqual([])
  })

  test('gives pages of up to 64 chunks whose summaries are those of their samples', async () => {
    const id = define('a')
    const all: TestSample[] = []
    for (let chunk = 0; chunk < 140; chunk++) {
      const rows = seconds(monday + chunk * 4_096_000, 4096)
      all.push(...rows)
      append(id, rows)
    }
    await files.housekeep(monday + 2 * week, keepAll)
    const view = views.open()
    const pages = view.pages(id, 0, Number.POSITIVE_INFINITY)
    expect(Array.from({ length: pages.count }, (_, row) => pages.length(row))).toEqual([64, 64, 12])
    const part = all.slice(0, 64 * 4096)
    expect(pages.sampleCount(0)).toBe(part.length)
    expect(pages.sum(0)).toBe(part.reduce((sum, row) => sum + row.value, 0))
    expect(pages.steppedIntegral(0)).toBeCloseTo(
      part.slice(0, -1).reduce((sum, row) => sum + row.value * 1000, 0),
      0,
    )
    expect(pages.usableDurationMs(0)).toBe((part.length - 1) * 1000)
    expect(view.expand(pages, 1).count).toBe(64)
    expect(view.expand(pages, 1).firstTimestamp(0)).toBe(pages.firstTimestamp(1))
    // A late chunk within the second page: that page says nothing any more, the others do.
    append(id, [{ timestamp: all[100 * 4096]!.timestamp + 1, value: 5 }])
    const mixed = views.open().pages(id, 0, Number.POSITIVE_INFINITY)
    expect(
      Array.from({ length: mixed.count }, (_, row) => (mixed.isPage(row) ? mixed.length(row) : 1)).filter((n) => n > 1),
    ).toEqual([64, 12])
    expect(mixed.count).toBe(2 + 65)
    expect(
      Array.from({ length: mixed.count }, (_, row) => mixed.isAlone(row)).filter((isAlone) => !isAlone),
    ).toHaveLength(2)
  })

  test('views opened before go on reading the old files, also in the midst of it', async () => {
    const id = define('a')
    for (let chunk = 0; chunk < 50; chunk++) append(id, seconds(monday + chunk * 300_000, 200))
    const view = views.open()
    const before = storedSamples(view, id)
    const rows = view.chunks(id, 0, Number.POSITIVE_INFINITY)
    await files.housekeep(monday + 2 * week, keepAll)
    expect(names()[0]).toContain('.2.1.index')
    expect(view.read(rows, 0, rows.count)).toHaveLength(50)
    expect(storedSamples(view, id)).toEqual(before)
    view.close()
    expect(storedSamples(views.open(), id)).toEqual(before)
  })

  test('chunks that come while it is rewritten are there afterwards', async () => {
    const id = define('a')
    for (let chunk = 0; chunk < 60; chunk++) append(id, seconds(monday + chunk * 300_000, 2500, 100))
    const done = files.housekeep(monday + 2 * week, keepAll)
    let late = 0
    let isDone = false
    void done.then(() => {
      isDone = true
    })
    while (!isDone && late < 1000) {
      append(id, [{ timestamp: monday + 5 * dayMs + late++, value: late }])
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    await done
    await files.housekeep(monday + 2 * week, keepAll)
    expect(names()[0]).toMatch(/\.[23]\.\d\.index/)
    expect(storedSamples(views.open(), id)).toHaveLength(60 * 2500 + late)
    expect((await checkHistory(folder)).problems).toEqual([])
  })

  test('a view is outdated, not wrong, when chunks on both sides of its limit were made one', async () => {
    const id = define('a')
    const limit = append(id, seconds(monday, 10))
    append(id, seconds(monday + 500, 10))
    expect(storedSamples(views.open(limit), id)).toHaveLength(10)
    await files.housekeep(monday + 2 * week, keepAll)
    expect(() => storedSamples(views.open(limit), id)).toThrow('read it again')
    expect(storedSamples(views.open(files.sealNumber), id)).toHaveLength(20)
  })

  test('its coverage stays what it was', async () => {
    const id = define('a')
    files.append({ chunks: [sealed(id, seconds(monday, 10), { coveredBefore: monday + 10_000 })], journalPosition: 3 })
    files.append({
      chunks: [sealed(id, seconds(monday + 5500, 10), { coveredBefore: monday + 20_000 })],
      journalPosition: 4,
    })
    const before = files.coverage(0)
    expect(before).toHaveLength(2)
    await files.housekeep(monday + 2 * week, keepAll)
    expect(files.coverage(0)).toEqual(before)
    views.close()
    await files.close()
    files = HistoryFolder.open({ folder })
    views = new HistoryViews({ folder })
    expect(files.coverage(0)).toEqual(before)
    files.forgetCoverage(5)
    expect(files.coverage(0)).toEqual([])
  })

  test('shared time stamps are still shared after the rewriting', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => define(`tag${index}`))
    for (let chunk = 0; chunk < 3; chunk++) {
      const rows = seconds(monday + chunk * 4_096_000, 4096).map((row, index) => ({
        ...row,
        timestamp: row.timestamp + ((index * 7919) % 5),
      }))
      const decoded = Float64Array.from(rows, (row) => row.timestamp)
      const column = { stored: columnOf(decoded), decoded }
      files.append({ chunks: ids.map((id) => sealed(id, rows, { column })), journalPosition: 0 })
    }
    const before = files.size().chunkByteCount
    await files.housekeep(monday + 2 * week, keepAll)
    expect(names()[0]).toContain('.2.1.index')
    expect(files.size().chunkByteCount).toBeLessThanOrEqual(before + 200)
  })

  test('holds up the writer for a few milliseconds at a time', async () => {
    const ids = Array.from({ length: 10 }, (_, index) => define(`tag${index}`))
    for (let chunk = 0; chunk < 40; chunk++) for (const id of ids) append(id, seconds(monday + chunk * 4_096_000, 1500))
    const stalls: number[] = []
    let last = performance.now()
    const timer = setInterval(() => {
      stalls.push(performance.now() - last)
      last = performance.now()
    }, 1)
    await files.housekeep(monday + 2 * week, keepAll)
    clearInterval(timer)
    stalls.sort((a, b) => a - b)
    expect(stalls.length).toBeGreaterThan(20)
    // The machine of a test is shared: the median speaks of the slices, the longest of the neighbours.
    expect(stalls[Math.floor(stalls.length / 2)]).toBeLessThan(limitHere(10))
  })
})

describe('retention', () => {
  test('partitions that are too old go, whole; the others stay', async () => {
    const id = define('a')
    for (let number = 0; number < 5; number++) append(id, seconds(monday + number * week, 10))
    await files.housekeep(monday + 5 * week, { retentionMs: 3 * week, maximumByteCount: null })
    expect(files.size().partitionCount).toBe(3)
    expect(storedSamples(views.open(), id)[0]?.timestamp).toBe(monday + 2 * week)
  })

  test('a series with a shorter time of its own loses its old chunks, the others keep theirs', async () => {
    const short = define('short', dayMs)
    const long = define('long')
    append(short, seconds(monday, 3000))
    append(long, seconds(monday, 3000))
    append(short, seconds(monday + week, 10))
    await files.housekeep(monday + week + 5 * dayMs, keepAll)
    expect(storedSamples(views.open(), short)).toHaveLength(10)
    expect(storedSamples(views.open(), long)).toHaveLength(3000)
    expect((await checkHistory(folder)).problems).toEqual([])
  })

  test('what becomes too old after a rewriting goes with the next one', async () => {
    const short = define('short', 30 * dayMs)
    const long = define('long')
    append(short, seconds(monday, 3000))
    append(long, seconds(monday, 3000))
    await files.housekeep(monday + 2 * week, keepAll)
    expect(storedSamples(views.open(), short)).toHaveLength(3000)
    await files.housekeep(monday + 10 * week, keepAll)
    expect(storedSamples(views.open(), short)).toEqual([])
    expect(storedSamples(views.open(), long)).toHaveLength(3000)
  })

  test('the oldest go when all are too large, but never the newest', async () => {
    const id = define('a')
    for (let number = 0; number < 4; number++) append(id, seconds(monday + number * week, 2000))
    const { chunkByteCount, indexByteCount } = files.size()
    const limit = Math.ceil((chunkByteCount + indexByteCount) / 2) + 50
    await files.housekeep(monday, { retentionMs: null, maximumByteCount: limit })
    expect(files.size().partitionCount).toBe(2)
    await files.housekeep(monday, { retentionMs: null, maximumByteCount: 1 })
    expect(files.size().partitionCount).toBe(1)
    expect(storedSamples(views.open(), id)[0]?.timestamp).toBe(monday + 3 * week)
    expect(files.dropOldest()).toBe(false)
  })

  test('a view goes on with a partition that was too old, and is outdated by one that had to make room', async () => {
    const id = define('a')
    for (let number = 0; number < 3; number++) append(id, seconds(monday + number * week, 10))
    const view = views.open()
    expect(storedSamples(view, id)).toHaveLength(30)
    await files.housekeep(monday + 3 * week, { retentionMs: 2 * week, maximumByteCount: null })
    expect(files.size().partitionCount).toBe(2)
    expect(storedSamples(view, id)).toHaveLength(30)
    view.close()
    const next = views.open()
    expect(storedSamples(next, id)).toHaveLength(20)
    expect(files.dropOldest()).toBe(true)
    expect(() => storedSamples(next, id)).toThrow('read it again')
    next.close()
    expect(storedSamples(views.open(), id)).toHaveLength(10)
  })
})

describe('a folder of the first format', () => {
  const golden = join(import.meta.dirname, '../../../data/historian/folder-v1')

  test('is read, checked and written to as it was', async () => {
    const place = join(folder, 'golden')
    cpSync(golden, place, { recursive: true })
    const expected = JSON.parse(readFileSync(join(golden, 'samples.json'), 'utf8')) as Record<
      string,
      [number, number][]
    >
    const goldenViews = new HistoryViews({ folder: place })
    const view = goldenViews.open()
    for (const [name, rows] of Object.entries(expected)) {
      const [series] = view.series(name)
      const samples = storedSamples(view, series!.id).map(({ timestamp, value }) => [timestamp, value])
      expect(samples).toEqual(rows)
    }
    goldenViews.close()
    expect((await checkHistory(place)).problems).toEqual([])
    const goldenFiles = HistoryFolder.open({ folder: place })
    expect(goldenFiles.sealNumber).toBe(7)
    expect(goldenFiles.coverage(0).map((row) => row.journalPosition)).toEqual([5, 5, 5, 5])
    expect(goldenFiles.append({ chunks: [sealed(1, seconds(monday + 2 * week, 5))], journalPosition: 8 })).toBe(8)
    await goldenFiles.close()
  })
})
