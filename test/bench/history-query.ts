// Tuning bench of reading history: the questions of TARGETS H4 to H8 against files of a year at 1 Hz and of an hour of 1,000 tags,
// in process, one thread. `node test/bench/history-query.ts [days]`. The figures to publish are made by historian.ts.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { HistoryFilesWriter } from '../../src-main/historian/files/history-files.ts'
import { HistoryFolder } from '../../src-main/historian/files/history-folder.ts'
import { HistoryViews } from '../../src-main/historian/files/history-views.ts'
import { HistoryReader } from '../../src-main/historian/reader/history-reader.ts'
import type { Samples } from '../../src-main/historian/samples.ts'
import { SealEncoder } from '../../src-main/historian/writer/seal-encoder.ts'
import type { HistoryMode, HistoryRequest } from '../../src-main/shared/history.ts'
import { yearOfOneTag } from './historian-data.ts'

const days = Number(process.argv[2] ?? 365)
const dayMs = 86_400_000
const hourMs = 3_600_000
/** Kept between runs when it is named: `LINESIDE_BENCH_FOLDER`. */
const keptFolder = process.env.LINESIDE_BENCH_FOLDER
const folder = keptFolder ?? mkdtempSync(join(tmpdir(), 'lineside-history-query-'))
const only = process.env.LINESIDE_BENCH_ONLY ?? ''
const chunkLength = 4096

function define(files: HistoryFilesWriter, names: readonly string[]): number[] {
  const attributes = {
    dataType: 'float64',
    unit: '',
    description: '',
    interpolation: 'sloped',
    states: null,
    isRecorded: true,
    retentionMs: null,
  } as const
  return files.defineSeries(names.map((name) => ({ name, kind: 'number', attributes }))).map(({ id }) => id)
}

function slices(samples: Samples, files: HistoryFilesWriter): Samples[] {
  const parts: Samples[] = []
  for (let begin = 0; begin < samples.count; ) {
    const end = Math.min(samples.count, begin + chunkLength)
    const limit = files.partitionEnd(samples.timestamp[begin]!)
    let stop = begin
    while (stop < end && samples.timestamp[stop]! < limit) stop++
    parts.push({
      count: stop - begin,
      timestamp: samples.timestamp.slice(begin, stop),
      value: samples.value.slice(begin, stop),
      statusCode: samples.statusCode.slice(begin, stop),
      others: null,
    })
    begin = stop
  }
  return parts
}

let firstTimestamp = 0
let lastTimestamp = 0

async function fill(): Promise<void> {
  if (keptFolder && existsSync(join(keptFolder, 'filled'))) {
    const [first, last] = readFileSync(join(keptFolder, 'filled'), 'utf8').split(' ').map(Number)
    firstTimestamp = first!
    lastTimestamp = last!
    return
  }
  const files = HistoryFolder.open({ folder })
  const [year] = define(files, ['Year'])
  const encoder = new SealEncoder()
  let sampleCount = 0
  for (const samples of yearOfOneTag({ days })) {
    if (sampleCount === 0) firstTimestamp = samples.timestamp[0]!
    sampleCount += samples.count
    lastTimestamp = samples.timestamp[samples.count - 1]!
    encoder.clear()
    for (const part of slices(samples, files)) encoder.add(year!, part, false, part.timestamp[part.count - 1]!)
    files.append({ chunks: encoder.chunks, journalPosition: 0 } as never)
  }
  const ids = define(
    files,
    Array.from({ length: 1000 }, (_, index) => `Tag${index}`),
  )
  const start = lastTimestamp + dayMs
  for (let device = 0; device < 50; device++) {
    encoder.clear()
    const timestamp = Float64Array.from({ length: 3600 }, (_, row) => start + row * 1000 + ((row * 7 + device) % 5))
    for (let tag = 0; tag < 20; tag++) {
      const value = Float64Array.from({ length: 3600 }, (_, row) => Math.round(Math.sin(row / 50 + tag) * 1000) / 100)
      const samples = { count: 3600, timestamp, value, statusCode: new Uint32Array(3600), others: null }
      encoder.add(ids[device * 20 + tag]!, samples, false, timestamp[3599]!)
    }
    files.append({ chunks: encoder.chunks, journalPosition: 0 } as never)
  }
  await files.commit()
  if (process.argv.includes('--compact'))
    await files.housekeep(Date.now(), { retentionMs: null, maximumByteCount: null })
  await files.close()
  if (keptFolder) writeFileSync(join(keptFolder, 'filled'), `${firstTimestamp} ${lastTimestamp}`)
  console.log(`${sampleCount} samples of a year, 1,000 tags of an hour`)
}

async function time(name: string, run: () => Promise<unknown>, repeats = 15): Promise<void> {
  if (!name.includes(only)) return
  const times: number[] = []
  const processor = process.threadCpuUsage()
  for (let turn = 0; turn < repeats; turn++) {
    const begin = performance.now()
    await run()
    times.push(performance.now() - begin)
  }
  const { user, system } = process.threadCpuUsage(processor)
  times.sort((a, b) => a - b)
  const show = (ms: number) => ms.toFixed(2).padStart(8)
  console.log(
    `${name.padEnd(52)} first ${show(times.at(-1)!)} median ${show(times[repeats >> 1]!)} min ${show(times[0]!)} ms, ${show((user + system) / 1000 / repeats)} ms of the thread`,
  )
}

await fill()
const begin = performance.now()
const views = new HistoryViews({ folder })
const reader = new HistoryReader(views, { heads: async () => ({ sealNumber: Number.POSITIVE_INFINITY, rows: [] }) })
const end = lastTimestamp
const year = (mode: HistoryMode, from: number, more: Partial<HistoryRequest> = {}) =>
  reader.read({ tags: ['Year'], from, to: end, mode, ...more })
await year('raw', end - hourMs)
console.log(`open and first answer ${(performance.now() - begin).toFixed(1)} ms`)

await time('H4 raw 1 h @1 Hz', () => year('raw', end - hourMs), 200)
await time('H5 plot 30 d → 2000', () => year('plot', end - 30 * dayMs, { buckets: 2000 }))
await time('H6 plot year → 2000', () => year('plot', firstTimestamp, { buckets: 2000 }))
/** The same span moved by a third of a bucket with each repeat, as one pans: no edge of a bucket is where it was. */
const moving = (mode: HistoryMode, spanMs: number, more: Partial<HistoryRequest> = {}) => {
  let turn = 0
  return () => {
    const shift = (++turn / 3) * (spanMs / 2000) + turn * 1009
    return reader.read({ tags: ['Year'], from: end - spanMs - shift, to: end - shift, mode, buckets: 2000, ...more })
  }
}
const yearMs = end - firstTimestamp - 2 * dayMs
let rawTurn = 0
await time(
  'H4 raw 1 h @1 Hz, moving',
  () => {
    const from = end - hourMs * (1 + ++rawTurn * 1.3)
    return reader.read({ tags: ['Year'], from, to: from + hourMs, mode: 'raw' })
  },
  100,
)
await time('H5 plot 30 d → 2000, moving', moving('plot', 30 * dayMs), 30)
await time('   plot 30 d → 2000 approximate, moving', moving('plot', 30 * dayMs, { approximate: true }), 30)
await time('H6 plot year → 2000, moving', moving('plot', yearMs), 30)
await time('   plot year → 2000 approximate, moving', moving('plot', yearMs, { approximate: true }), 30)
for (const mode of ['average', 'minimum', 'count', 'delta', 'durationGood', 'timeAverage', 'interpolative'] as const)
  await time(`   ${mode} year → 2000, moving`, moving(mode, yearMs), 7)
await time('   average year → 365', () => year('average', firstTimestamp, { buckets: 365 }), 7)
await time('   timeAverage year → 12', () => year('timeAverage', firstTimestamp, { buckets: 12 }), 7)
await time('   statistics of 1 day', () => reader.statistics(['Year'], end - dayMs, end))
const tags = Array.from({ length: 1000 }, (_, index) => `Tag${index}`)
const hour = lastTimestamp + dayMs
await time('H7 plot 8 pens × 1 h → 2000', () =>
  reader.read({ tags: tags.slice(0, 8), from: hour, to: hour + hourMs, mode: 'plot', buckets: 2000, rawUpTo: 4000 }),
)
let instant = hour + 600_000
await time(
  'H8 1,000 tags at one instant',
  () => {
    instant += 1000
    return reader.read({ tags, from: instant, to: instant, mode: 'atTime' })
  },
  60,
)
let far = hour
await time(
  '   1,000 tags at an instant elsewhere in the hour',
  () => {
    far = hour + ((far - hour + 797_003) % hourMs)
    return reader.read({ tags, from: far, to: far, mode: 'atTime' })
  },
  60,
)
await time('   replay: 1,000 tags at 60 instants, all frames', () =>
  reader.read({ tags, from: instant, to: instant + 59_000, mode: 'atTime', intervalMs: 1000 }),
)
views.close()
if (!keptFolder) rmSync(folder, { recursive: true, force: true })
