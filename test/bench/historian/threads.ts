// H7 and H10: the historian as a station runs it, with its threads, while another thread plays the drivers: what recording costs the
// main thread and its event loop, how long the writer ever stalls, and how fast pens are answered meanwhile.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Worker } from 'node:worker_threads'
import { systemClock } from '../../../src-main/base/clock.ts'
import { silentLogger } from '../../../src-main/base/logger.ts'
import { type Historian, openHistorian } from '../../../src-main/historian/historian.ts'
import { defaultHistorySettings, recordedTag } from '../../../src-main/historian/history-settings.ts'
import type { ValueBatch } from '../../../src-main/shared/value-batch.ts'
import { MixedHour } from '../historian-data.ts'
import type { ReportFigure } from './figures.ts'
import type { ProducerOrder } from './producer-device.ts'

const hourMs = 3_600_000
const fullRate = 1_000_000
const quietRate = 100_000
const penCount = 8
const penBuckets = 1000
const rounds = 3

interface LoadOnMain {
  /** Share of one core the main thread used. */
  readonly mainShare: number
  readonly delayP99Ms: number
  readonly pointCount: number
  readonly seconds: number
}

export async function measureThreads(seconds: number, folder: string, figure: ReportFigure): Promise<void> {
  const bare: LoadOnMain[] = []
  const recording: LoadOnMain[] = []
  const stalls: number[] = []
  for (let round = 0; round < rounds; round++) {
    bare.push(await underLoad({ rate: fullRate, dataSeconds: seconds, endTimestamp: Date.now() }, () => undefined))
    const historian = await start(join(folder, `threads-${round}`))
    historian.health()
    recording.push(
      await underLoad({ rate: fullRate, dataSeconds: seconds, endTimestamp: Date.now() }, (batch) =>
        historian.record(batch),
      ),
    )
    const stallMs = await settled(historian)
    const health = historian.health()
    if (health.storedCount !== recording.at(-1)!.pointCount)
      throw new Error(
        `of ${recording.at(-1)!.pointCount} points ${health.storedCount} were stored: ${JSON.stringify(health)}`,
      )
    stalls.push(Math.max(stallMs, health.longestStallMs))
    await historian.close()
  }
  const last = recording.at(-1)!
  figure('H10 points per second offered', last.pointCount / last.seconds, '1/s')
  const share = median(recording.map(({ mainShare }) => mainShare))
  const bareShare = median(bare.map(({ mainShare }) => mainShare))
  figure('H10 main thread, receiving and recording', 100 * share, '%')
  figure('H10 beside: main thread, receiving alone', 100 * bareShare, '%')
  figure('H10 main thread, recording alone', 100 * (share - bareShare), '%')
  figure('H10 event-loop delay p99', median(recording.map(({ delayP99Ms }) => delayP99Ms)), 'ms')
  figure(
    'H10 beside: event-loop delay p99 without the historian',
    median(bare.map(({ delayP99Ms }) => delayP99Ms)),
    'ms',
  )
  figure('H10 longest stall of the writer, median of runs', median(stalls), 'ms')
  figure('H10 longest stall of the writer, worst run', Math.max(...stalls), 'ms')
  await measurePens(join(folder, 'pens'), figure)
}

/** H7: eight pens over an hour again and again, while 100,000 points/s are recorded. */
async function measurePens(folder: string, figure: ReportFigure): Promise<void> {
  const historian = await start(folder)
  const pens = new MixedHour({ seconds: 1 }).tags
    .filter((tag) => tag.scanIntervalMs === 1000)
    .slice(0, penCount)
    .map(({ name }) => name)
  const begin = Date.now()
  await underLoad({ rate: 0, dataSeconds: 3600, endTimestamp: begin }, (batch) => historian.record(batch))
  await settled(historian)
  const times: number[] = []
  const load = underLoad({ rate: quietRate, dataSeconds: 600, endTimestamp: begin + 600_000 }, (batch) =>
    historian.record(batch),
  )
  let isOver = false
  void load.then(() => {
    isOver = true
  })
  while (!isOver) {
    const start = performance.now()
    const { series } = await historian.read({
      tags: pens,
      from: begin - hourMs,
      to: begin,
      mode: 'plot',
      buckets: penBuckets,
    })
    times.push(performance.now() - start)
    if (series.length !== penCount || series.some(({ timestamps }) => timestamps.length < penBuckets - 10))
      throw new Error('a pen came back empty')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  times.sort((a, b) => a - b)
  figure('H7 8 pens of 1 h while 100,000 points/s are recorded, median', times[times.length >> 1]!, 'ms')
  figure('H7 8 pens of 1 h while 100,000 points/s are recorded, p99', times[Math.floor(times.length * 0.99)]!, 'ms')
  await historian.close()
}

async function start(folder: string): Promise<Historian> {
  mkdirSync(folder, { recursive: true })
  const historian = await openHistorian({
    folder,
    settings: defaultHistorySettings,
    clock: systemClock,
    logger: silentLogger,
  })
  const tags = new MixedHour({ seconds: 1 }).definitions().map((definition, handle) => recordedTag(handle, definition))
  historian.configure(
    tags.filter((tag) => tag !== null),
    defaultHistorySettings,
  )
  return historian
}

/** Waits until everything handed over was acknowledged; the writer's longest stall since the last look, which each look forgets; ms. */
async function settled(historian: Historian): Promise<number> {
  let longestStallMs = 0
  for (;;) {
    const health = historian.health()
    longestStallMs = Math.max(longestStallMs, health.longestStallMs)
    if (health.waitingCount === 0) return longestStallMs
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Batches from another thread, each given to `take`; what that costs this thread. */
async function underLoad(order: ProducerOrder, take: (batch: ValueBatch) => void): Promise<LoadOnMain> {
  const producer = new Worker(new URL('./producer-device.ts', import.meta.url))
  const delay = monitorEventLoopDelay({ resolution: 1 })
  let begin = 0
  let cpu = process.threadCpuUsage()
  let pointCount = 0
  await new Promise<void>((resolve, reject) => {
    producer.on('error', reject)
    producer.on('message', (message: ValueBatch | 'ready' | 'done') => {
      if (message === 'ready') {
        begin = performance.now()
        cpu = process.threadCpuUsage()
        delay.enable()
      } else if (message === 'done') resolve()
      else {
        pointCount += message.count
        take(message)
      }
    })
    producer.postMessage(order)
  })
  const seconds = (performance.now() - begin) / 1000
  const { user, system } = process.threadCpuUsage(cpu)
  delay.disable()
  await producer.terminate()
  return { mainShare: (user + system) / 1e6 / seconds, delayP99Ms: delay.percentile(99) / 1e6, pointCount, seconds }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!
}
