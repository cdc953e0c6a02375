// H1 to H10: the historian on the mixed data set of historian-data.ts, in the same run beside other places one could keep the same
// samples in. Flags: --quick (five minutes of data, a month instead of a year), --full (every peer gets everything), --alone (no peers).
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { duckDb } from './historian/duckdb.ts'
import { entropyBound } from './historian/entropy.ts'
import type { ReportFigure } from './historian/figures.ts'
import { influxDb } from './historian/influxdb.ts'
import { lineside, measureSyncedBatches } from './historian/lineside.ts'
import {
  type Answer,
  evictFiles,
  type LoadFigures,
  type LoadSource,
  type Peer,
  type PeerKind,
} from './historian/peer.ts'
import { postgreSql } from './historian/postgresql.ts'
import { measureReopening } from './historian/reopening.ts'
import { rowsInSqlite } from './historian/rows-in-sqlite.ts'
import { measureThreads } from './historian/threads.ts'
import { victoriaMetrics } from './historian/victoria-metrics.ts'
import { MixedHour, yearBatches, yearDays, yearStartTimestamp, yearTag } from './historian-data.ts'
import type { Report } from './run.ts'

const dayMs = 86_400_000
const hourMs = 3_600_000
const bucketCount = 2000
const loadRounds = 3
const queryRounds = 7

/** How much is measured. */
interface Scale {
  readonly hourSeconds: number
  readonly days: number
  /** Peers that get the hour of 1,000 tags. */
  readonly hourPeers: readonly PeerKind[]
  /** Peers that get the long time of one tag, and how many days of it: the slow ones are only asked about a month. */
  readonly longPeers: readonly (readonly [PeerKind, days: number])[]
}

const indexedRows = rowsInSqlite('indexed')
const clusteredRows = rowsInSqlite('clustered')

function scaleOf(flags: ReadonlySet<string>): Scale {
  const isQuick = flags.has('--quick')
  const isFull = flags.has('--full')
  const days = isQuick ? 30 : yearDays
  const isAlone = flags.has('--alone')
  const slowDays = isFull ? days : 30
  return {
    hourSeconds: isQuick ? 300 : 3600,
    days,
    hourPeers: isAlone
      ? []
      : [victoriaMetrics, influxDb, duckDb, postgreSql, ...(isFull ? [clusteredRows] : []), indexedRows],
    longPeers: isAlone
      ? []
      : [
          [victoriaMetrics, days],
          [duckDb, days],
          [indexedRows, days],
          [influxDb, slowDays],
          ...(isFull
            ? ([
                [postgreSql, days],
                [clusteredRows, days],
              ] as const)
            : []),
        ],
  }
}

export async function run(report: Report, flags: ReadonlySet<string>): Promise<void> {
  const figure = (name: string, value: number, unit: string): void => {
    if (Number.isFinite(value)) report({ bench: 'historian', figure: name, value: rounded(value), unit })
  }
  const scale = scaleOf(flags)
  const folder = mkdtempSync(join(tmpdir(), 'lineside-bench-history-'))
  try {
    await measureHour(scale, folder, figure)
    await measureLongTime(scale, folder, figure)
    await measureReopening(scale.hourSeconds, folder, figure)
    await measureThreads(scale.hourSeconds, folder, figure)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** H1 to H3 and H8: everything the line gives in an hour. */
async function measureHour(scale: Scale, folder: string, figure: ReportFigure): Promise<void> {
  const hour = new MixedHour({ seconds: scale.hourSeconds })
  const source: LoadSource = { tagNames: hour.tags.map(({ name }) => name), batches: () => hour.batches() }
  const at = hour.startTimestamp + (hour.endTimestamp - hour.startTimestamp) * 0.7
  const loads: LoadFigures[] = []
  let snapshots: Answer[] = []
  let frames: number[] = []
  for (let round = 0; round < loadRounds; round++)
    await inFolder(folder, async (place) => {
      const history = await lineside.open(place)
      loads.push(await history.load(source))
      if (round === loadRounds - 1) {
        snapshots = await askedWarm(() => history.snapshot(at), hour.tags.length)
        frames = await history.replay(at, hour.tags.length)
      }
      await history.close()
    })
  const own = {
    rate: medianOf(loads.map(({ pointCount, seconds }) => pointCount / seconds)),
    bytes: medianOf(loads.map(({ pointCount, bytesOnDisk }) => bytesOnDisk / pointCount)),
    written: medianOf(loads.map(({ pointCount, bytesWritten }) => bytesWritten / pointCount)),
    snapshot: medianOf(snapshots.map(({ milliseconds }) => milliseconds)),
  }
  figure('H1 durable ingest, batches of 2,800, synced every second', own.rate, '1/s')
  const synced: number[] = []
  for (let round = 0; round < loadRounds; round++)
    await inFolder(folder, async (place) => {
      synced.push(await measureSyncedBatches(place, source))
    })
  figure('H1 durable ingest, every batch of 2,800 synced before it is acknowledged', medianOf(synced), '1/s')
  figure('H2 bytes per point on disk, everything', own.bytes, 'B')
  const bound = entropyBound(hour)
  figure('H2 beside: entropy bound', bound, 'B')
  figure('H2 ratio to the entropy bound', own.bytes / bound, '1')
  figure('H3 bytes written per point', own.written, 'B')
  figure('H8 snapshot of 1,000 tags, warm median', own.snapshot, 'ms')
  figure('H8 frame of a replay of 1,000 tags, median', medianOf(frames), 'ms')
  for (const kind of scale.hourPeers)
    await beside(kind, folder, async (peer) => {
      const load = await peer.load(source)
      const rate = load.pointCount / load.seconds
      figure(`H1 beside: ${kind.name}`, rate, '1/s')
      figure(`H1 ratio to ${kind.name}`, own.rate / rate, '1')
      figure(`H2 beside: ${kind.name}`, load.bytesOnDisk / load.pointCount, 'B')
      figure(`H2 ratio to ${kind.name}`, own.bytes / (load.bytesOnDisk / load.pointCount), '1')
      figure(`H3 beside: ${kind.name}`, load.bytesWritten / load.pointCount, 'B')
      figure(`H3 ratio: ${kind.name} writes more, times`, load.bytesWritten / load.pointCount / own.written, '1')
      const asked = await askedWarm(() => peer.snapshot(at), hour.tags.length)
      const milliseconds = medianOf(asked.map((answer) => answer.milliseconds))
      figure(`H8 beside: snapshot, ${kind.name}, warm median`, milliseconds, 'ms')
      figure(`H8 ratio to ${kind.name}`, milliseconds / own.snapshot, '1')
    })
}

/** A question about the one tag: what is asked and how many rows must come back at least. */
interface Question {
  readonly name: string
  readonly days: number
  readonly ask: (peer: Peer) => Promise<Answer>
  readonly leastRows: number
}

function questionsOf(days: number): Question[] {
  const end = yearStartTimestamp + days * dayMs
  const midday = end - 10 * dayMs + 12 * hourMs
  const questions: Question[] = [
    { name: 'H4 raw, 1 h at 1 Hz', days: 1, ask: (peer) => peer.raw(0, midday, midday + hourMs), leastRows: 3500 },
    {
      name: 'H5 plot of 30 days to 2,000 buckets',
      days: 30,
      ask: (peer) => peer.plot(0, end - 30 * dayMs, end, bucketCount),
      leastRows: bucketCount - 10,
    },
  ]
  if (days === yearDays)
    questions.push({
      name: 'H6 plot of 365 days to 2,000 buckets',
      days,
      ask: (peer) => peer.plot(0, yearStartTimestamp, end, bucketCount),
      leastRows: bucketCount - 10,
    })
  return questions
}

/** H4 to H6: one tag at 1 Hz for a long time. */
async function measureLongTime(scale: Scale, folder: string, figure: ReportFigure): Promise<void> {
  const own = new Map<string, number>()
  await inFolder(folder, async (place) => {
    const history = await lineside.open(place)
    const load = await history.load(longSource(scale.days))
    figure(`H1 ${scale.days} days of one tag at 1 Hz`, load.pointCount / load.seconds, '1/s')
    figure(`H2 bytes per point on disk, ${scale.days} days of one tag`, load.bytesOnDisk / load.pointCount, 'B')
    for (const { name, ask, leastRows } of questionsOf(scale.days)) {
      const answers = await askedWarm(() => ask(history), leastRows)
      own.set(name, medianOf(answers.map(({ milliseconds }) => milliseconds)))
      figure(`${name}, warm median`, own.get(name)!, 'ms')
      const cold: number[] = []
      for (let round = 0; round < loadRounds; round++) {
        await history.forget()
        evictFiles(place)
        cold.push((await ask(history)).milliseconds)
      }
      figure(`${name}, cold (files evicted, fresh connections)`, medianOf(cold), 'ms')
    }
    const end = yearStartTimestamp + scale.days * dayMs
    const first = await askedWarm(() => history.firstPaint(0, yearStartTimestamp, end, bucketCount), bucketCount - 10)
    figure(
      `H6 first paint of ${scale.days} days, warm median`,
      medianOf(first.map(({ milliseconds }) => milliseconds)),
      'ms',
    )
    await history.close()
  })
  for (const [kind, days] of scale.longPeers)
    await beside(kind, folder, async (peer) => {
      const load = await peer.load(longSource(days))
      figure(`H2 beside: ${days} days of one tag, ${kind.name}`, load.bytesOnDisk / load.pointCount, 'B')
      for (const question of questionsOf(scale.days)) {
        // A peer with a month is asked about its own month.
        const asked = questionsOf(days).find(({ name }) => name === question.name)
        if (asked === undefined) continue
        const times = (await askedWarm(() => asked.ask(peer), asked.leastRows)).map(({ milliseconds }) => milliseconds)
        figure(`${asked.name} beside: ${kind.name}, median`, medianOf(times), 'ms')
        figure(`${asked.name} beside: ${kind.name}, best`, Math.min(...times), 'ms')
        figure(`${asked.name} ratio to ${kind.name}, medians`, medianOf(times) / own.get(asked.name)!, '1')
        figure(`${asked.name} ratio to the best of ${kind.name}`, Math.min(...times) / own.get(asked.name)!, '1')
      }
    })
}

function longSource(days: number): LoadSource {
  return { tagNames: [yearTag.name], batches: () => yearBatches({ days }) }
}

/** Answers to the same question again and again, the first ones not counted; fewer for one that takes long. */
async function askedWarm(ask: () => Promise<Answer>, leastRows: number): Promise<Answer[]> {
  const first = await ask()
  if (first.rowCount < leastRows) throw new Error(`${first.rowCount} rows came back instead of ${leastRows}`)
  const rounds = first.milliseconds > 2000 ? loadRounds : queryRounds
  if (first.milliseconds < 500) for (let round = 0; round < 10; round++) await ask()
  const answers: Answer[] = []
  for (let round = 0; round < rounds; round++) answers.push(await ask())
  return answers
}

async function beside(kind: PeerKind, folder: string, work: (peer: Peer) => Promise<void>): Promise<void> {
  const missing = kind.missing()
  if (missing !== null) {
    process.stderr.write(`${kind.name}: ${missing}\n`)
    return
  }
  process.stderr.write(`historian: beside ${kind.name} …\n`)
  await inFolder(folder, async (place) => {
    const peer = await kind.open(place)
    try {
      await work(peer)
    } finally {
      await peer.close()
    }
  })
}

/** Work in an empty folder that is gone afterwards. */
async function inFolder(parent: string, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(parent, 'place-'))
  try {
    await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

/** Four digits that count. */
function rounded(value: number): number {
  return Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(4))
}
