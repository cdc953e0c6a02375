// Backup, check and repair: what is damaged on purpose is found, what is whole is saved.
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { backupHistory } from '../../../../src-main/historian/files/history-backup.ts'
import { checkHistory } from '../../../../src-main/historian/files/history-check.ts'
import { HistoryFolder } from '../../../../src-main/historian/files/history-folder.ts'
import { repairHistory } from '../../../../src-main/historian/files/history-repair.ts'
import { HistoryViews } from '../../../../src-main/historian/files/history-views.ts'
import { HistoryReader } from '../../../../src-main/historian/reader/history-reader.ts'
import { StatusCodes } from '../../../../src-main/shared/status-code.ts'
import { columnOf, numberSeries, sealed, storedSamples, type TestSample } from './history-plant.ts'

const monday = Date.UTC(2026, 0, 5)
const week = 7 * 86_400_000
const keepAll = { retentionMs: null, maximumByteCount: null }

let root: string
let folder: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lineside-history-'))
  folder = join(root, 'history')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const seconds = (from: number, count: number): TestSample[] =>
  Array.from({ length: count }, (_, index) => ({ timestamp: from + index * 1000, value: index / 4 }))

const chunkCount = 12
const chunkSamples = 50

/** Two series that share their time stamps, `chunkCount` chunks each; and one of its own in the next week. */
async function recordSome(): Promise<readonly [number, number, number]> {
  const files = HistoryFolder.open({ folder })
  const [a, b, c] = files.defineSeries([numberSeries('Line.A'), numberSeries('Line.B'), numberSeries('Line.C')])
  for (let chunk = 0; chunk < chunkCount; chunk++) {
    const rows = seconds(monday + chunk * chunkSamples * 1000, chunkSamples)
    const decoded = Float64Array.from(rows, (row) => row.timestamp)
    const column = { stored: columnOf(decoded), decoded }
    files.append({ chunks: [sealed(a!.id, rows, { column }), sealed(b!.id, rows, { column })], journalPosition: 0 })
  }
  files.append({ chunks: [sealed(c!.id, seconds(monday + week, 10))], journalPosition: 0 })
  await files.close()
  return [a!.id, b!.id, c!.id]
}

function samplesAt(place: string, series: number): TestSample[] {
  const views = new HistoryViews({ folder: place })
  const view = views.open()
  const samples = storedSamples(view, series)
  view.close()
  views.close()
  return samples
}

const fileEnding = (ending: string, number = 0) =>
  join(
    folder,
    'partitions',
    readdirSync(join(folder, 'partitions'))
      .filter((name) => name.endsWith(ending))
      .sort()[number]!,
  )

function flip(file: string, at: number): void {
  const bytes = readFileSync(file)
  bytes[at]! ^= 0x41
  writeFileSync(file, bytes)
}

describe('the check', () => {
  test('finds nothing in what was written, rewritten and reopened', async () => {
    await recordSome()
    const report = await checkHistory(folder)
    expect(report).toMatchObject({ partitionCount: 2, seriesCount: 3, chunkCount: 2 * chunkCount + 1, problems: [] })
    expect(report.sampleCount).toBe(2 * chunkCount * chunkSamples + 10)
    const files = HistoryFolder.open({ folder })
    await files.housekeep(monday + 3 * week, keepAll)
    expect((await checkHistory(folder)).problems).toEqual([])
    await files.close()
  })

  test('finds every flipped byte, wherever it is', async () => {
    await recordSome()
    const pristine = join(root, 'pristine')
    cpSync(folder, pristine, { recursive: true })
    const names = readdirSync(join(folder, 'partitions'))
    let missed = 0
    for (const name of names) {
      const size = statSync(join(folder, 'partitions', name)).size
      const stride = Math.max(1, Math.floor(size / 20))
      for (let at = 0; at < size; at += stride) {
        flip(join(folder, 'partitions', name), at)
        const { problems } = await checkHistory(folder)
        if (problems.length === 0) missed++
        cpSync(join(pristine, 'partitions', name), join(folder, 'partitions', name))
      }
    }
    // Behind the last row of an index stand marks of the writer, which say nothing of samples.
    expect(missed).toBeLessThanOrEqual(names.length * 2)
  })

  test('says which samples of which series are lost', async () => {
    const [a] = await recordSome()
    const file = fileEnding('.chunks')
    truncateSync(file, statSync(file).size - 200)
    const { problems } = await checkHistory(folder)
    expect(problems.map((problem) => problem.text).join('\n')).toMatch(
      /is lost: 50 samples of series \d from 2026-01-05T00/,
    )
    expect(a).toBe(1)
  })
})

describe('the repair', () => {
  test('saves every chunk that is whole, whatever byte is damaged, and puts the damaged file aside', async () => {
    const [a, b, c] = await recordSome()
    const pristine = join(root, 'pristine')
    cpSync(folder, pristine, { recursive: true })
    const whole = samplesAt(folder, a)
    const name = fileEnding('.chunks')
    const size = statSync(name).size
    for (let at = 0; at < size; at += Math.floor(size / 12)) {
      rmSync(folder, { recursive: true })
      cpSync(pristine, folder, { recursive: true })
      flip(name, at)
      const report = await repairHistory(folder)
      expect(report.problems.length, `byte ${at}`).toBeGreaterThan(0)
      expect(report.kept.some((file) => file.endsWith('.chunks'))).toBe(true)
      expect((await checkHistory(folder)).problems).toEqual([])
      const left = samplesAt(folder, a)
      // One chunk of one of the two series, or of both when the byte is in their time stamps; names may be the damaged record.
      expect(left.length + samplesAt(folder, b).length).toBeGreaterThanOrEqual(2 * (whole.length - chunkSamples))
      expect(whole).toEqual(expect.arrayContaining(left))
      expect(samplesAt(folder, c)).toHaveLength(10)
    }
  })

  test('makes lost and damaged indexes anew', async () => {
    const [a, , c] = await recordSome()
    const whole = samplesAt(folder, a)
    rmSync(fileEnding('.index', 0))
    flip(fileEnding('.index', 0), 10)
    const report = await repairHistory(folder)
    expect(report.steps).toHaveLength(2)
    expect((await checkHistory(folder)).problems).toEqual([])
    expect(samplesAt(folder, a)).toEqual(whole)
    expect(samplesAt(folder, c)).toHaveLength(10)
  })

  test('makes a lost catalog anew from the chunks, with the old numbers', async () => {
    const [a] = await recordSome()
    const whole = samplesAt(folder, a)
    for (const ending of ['', '-wal', '-shm']) rmSync(join(folder, `catalog.db${ending}`), { force: true })
    await repairHistory(folder)
    const files = HistoryFolder.open({ folder })
    expect(files.series().map(({ id, name, unit }) => ({ id, name, unit }))).toEqual([
      { id: 1, name: 'Line.A', unit: 'bar' },
      { id: 2, name: 'Line.B', unit: 'bar' },
      { id: 3, name: 'Line.C', unit: 'bar' },
    ])
    expect(files.defineSeries([numberSeries('Line.A')])[0]!.id).toBe(a)
    await files.close()
    expect(samplesAt(folder, a)).toEqual(whole)
  })

  test('puts a damaged catalog aside', async () => {
    const [a] = await recordSome()
    writeFileSync(join(folder, 'catalog.db'), 'no database at all, but long enough for one. '.repeat(200))
    const report = await repairHistory(folder)
    expect(report.kept).toContain('damaged/catalog.db')
    expect(samplesAt(folder, a)).toHaveLength(chunkCount * chunkSamples)
    expect((await checkHistory(folder)).problems).toEqual([])
  })

  test('files of a newer Lineside are refused and not touched', async () => {
    await recordSome()
    const file = fileEnding('.chunks')
    const bytes = readFileSync(file)
    bytes.writeUInt16LE(99, 6)
    const { crc32 } = await import('node:zlib')
    bytes.writeUInt32LE(crc32(bytes.subarray(0, 60)), 60)
    writeFileSync(file, bytes)
    await expect(checkHistory(folder)).rejects.toThrow('newer Lineside')
    await expect(repairHistory(folder)).rejects.toThrow('newer Lineside')
    expect(() => HistoryFolder.open({ folder })).toThrow('newer Lineside')
    expect(readFileSync(file).equals(bytes)).toBe(true)
    expect(existsSync(join(folder, 'damaged'))).toBe(false)
  })
})

describe('the writer at its start', () => {
  test('reads past any damaged byte, and never loses a committed chunk but the damaged one', async () => {
    const [a, b] = await recordSome()
    const pristine = join(root, 'pristine')
    cpSync(folder, pristine, { recursive: true })
    for (const ending of ['.chunks', '.index']) {
      const name = fileEnding(ending)
      const size = statSync(name).size
      for (let at = 0; at < size; at += Math.floor(size / 12)) {
        rmSync(folder, { recursive: true })
        cpSync(pristine, folder, { recursive: true })
        flip(name, at)
        const files = HistoryFolder.open({ folder })
        files.append({ chunks: [sealed(a, seconds(monday + 3_600_000, 5))], journalPosition: 0 })
        await files.close()
        const views = new HistoryViews({ folder })
        const view = views.open()
        let readable = 0
        for (const series of [a, b]) {
          const rows = view.chunks(series, 0, Number.POSITIVE_INFINITY)
          for (let row = 0; row < rows.count; row++) {
            try {
              view.read(rows, row, row + 1)[0]!.timestamps()
              readable++
            } catch (error) {
              expect(String(error)).toContain('damaged')
            }
          }
        }
        views.close()
        expect(readable, `${ending} byte ${at}`).toBeGreaterThanOrEqual(2 * chunkCount - 1)
      }
    }
  })

  test('a file that was cut short by a power cut loses only what was cut, and goes on', async () => {
    const [a] = await recordSome()
    const file = fileEnding('.chunks')
    const size = statSync(file).size
    for (const cut of [1, 100, 1000, size - 64, size]) {
      const place = join(root, `cut-${cut}`)
      cpSync(folder, place, { recursive: true })
      truncateSync(file.replace(folder, place), size - cut)
      const files = HistoryFolder.open({ folder: place })
      files.append({ chunks: [sealed(a, seconds(monday + 3_600_000, 5))], journalPosition: 0 })
      await files.housekeep(monday, keepAll)
      await files.close()
      const samples = samplesAt(place, a)
      expect(samples.slice(-5)).toEqual(seconds(monday + 3_600_000, 5))
      expect(samples.length % chunkSamples).toBe(5)
      expect(samples.length).toBeGreaterThanOrEqual(
        Math.floor((chunkCount * chunkSamples * (size - cut)) / size / 50) * 50 - 50,
      )
    }
  })
})

describe('the backup', () => {
  test('is a state that was, taken while chunks are appended and partitions rewritten, and opens by itself', async () => {
    const [a] = await recordSome()
    const files = HistoryFolder.open({ folder })
    let isRunning = true
    let appended = 0
    const recording = (async () => {
      while (isRunning) {
        files.append({ chunks: [sealed(a, seconds(monday + 3_600_000 + appended++ * 10_000, 10))], journalPosition: 0 })
        if (appended % 20 === 0) await files.housekeep(monday + 3 * week, keepAll)
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    })()
    for (let number = 0; number < 5; number++) {
      const to = join(root, `backup-${number}`)
      const least = appended
      await backupHistory(folder, to)
      expect((await checkHistory(to)).problems).toEqual([])
      const samples = samplesAt(to, a)
      expect(samples.length).toBeGreaterThanOrEqual(chunkCount * chunkSamples + least * 10)
      expect(samples).toEqual(samplesAt(folder, a).slice(0, samples.length))
    }
    isRunning = false
    await recording
    await files.close()
    expect(readdirSync(root).filter((name) => name.endsWith('.making'))).toEqual([])
  })

  test('does not write over anything, and leaves nothing behind when it is broken off', async () => {
    await recordSome()
    const to = join(root, 'backup')
    await expect(backupHistory(folder, folder)).rejects.toThrow('exists already')
    const abort = new AbortController()
    abort.abort()
    await expect(backupHistory(folder, to, { signal: abort.signal })).rejects.toThrow('broken off')
    expect(readdirSync(root)).toEqual(['history'])
    renameSync(folder, join(root, 'elsewhere'))
    await expect(backupHistory(folder, to)).rejects.toThrow('There is no history')
  })
})

test('a question over a damaged chunk is answered: BadDataLost stands at both ends of its span, the rest is there', async () => {
  const [, second] = await recordSome()
  const partitions = join(folder, 'partitions')
  const [first] = readdirSync(partitions)
    .filter((name) => name.endsWith('.chunks'))
    .sort()
  const file = join(partitions, first!)
  const views = new HistoryViews({ folder })
  const view = views.open()
  const rows = view.chunks(second, monday, monday + week)
  const lastByte = rows.offset(rows.count - 1) + rows.length(rows.count - 1) - 1
  view.close()
  views.close()
  const bytes = readFileSync(file)
  bytes[lastByte]! ^= 0xff
  writeFileSync(file, bytes)
  const reader = new HistoryReader(new HistoryViews({ folder }), null)
  const to = monday + chunkCount * chunkSamples * 1000
  const lostFrom = to - chunkSamples * 1000
  const request = { tags: ['Line.A', 'Line.B'], from: monday, to, mode: 'raw' } as const
  const [whole, damaged] = (await reader.read(request)).series
  expect(whole!.timestamps.length).toBe(chunkCount * chunkSamples)
  expect(damaged!.timestamps.length).toBe((chunkCount - 1) * chunkSamples + 2)
  expect([...damaged!.timestamps.slice(-2)]).toEqual([lostFrom, to - 1000])
  expect([...damaged!.statusCodes.slice(-3)]).toEqual([0, StatusCodes.BadDataLost, StatusCodes.BadDataLost])
  expect(damaged!.values.at(-1)).toBeNaN()
  const plot = (await reader.read({ ...request, mode: 'plot', buckets: 7 })).series[1]!
  expect(plot.plot!.minimum[0]).toBe(0)
  reader.close()
})
