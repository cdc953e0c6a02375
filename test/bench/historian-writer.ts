// How fast the historian takes samples: the mixed hour through writer and files in one thread, batches of 2,800 rows as they
// come from drivers. `node test/bench/historian-writer.ts [seconds of data]`
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src-main/base/clock.ts'
import { HistoryFolder } from '../../src-main/historian/files/history-folder.ts'
import { defaultHistorySettings, recordedTag } from '../../src-main/historian/history-settings.ts'
import { HistoryWriter } from '../../src-main/historian/writer/history-writer.ts'
import { MixedHour } from './historian-data.ts'

/** Batches whose sync is still on its way, where each is waited for. */
const pipelineDepth = 16

export interface IngestFigures {
  readonly pointCount: number
  readonly pointsPerSecond: number
  /** Of the writing thread; less moved by what else the machine does. */
  readonly cpuNsPerPoint: number
  /** Longest time in which the thread did nothing but one batch and its share of sealing; ms. */
  readonly longestStallMs: number
  readonly diskBytesPerPoint: number
  readonly writtenBytesPerPoint: number
  readonly reopenMs: number
}

/** Records the whole hour and closes; `syncsEach`: a batch counts when it is on the disk. */
export async function ingest(seconds: number, syncsEach: boolean): Promise<IngestFigures> {
  const hour = new MixedHour({ seconds })
  const tags = hour.definitions().map((tag, handle) => recordedTag(handle, tag)!)
  const batches = [...hour.batches(1000)]
  const folder = mkdtempSync(join(tmpdir(), 'historian-bench-'))
  const options = { folder, settings: defaultHistorySettings, clock: systemClock }
  try {
    const files = HistoryFolder.open({ folder })
    const writer = new HistoryWriter({ ...options, files })
    writer.configure(tags, defaultHistorySettings)
    await files.commit()
    const waiting: Promise<void>[] = []
    let longestStallMs = 0
    let lastTick = 0
    const cpu = process.threadCpuUsage()
    const begin = performance.now()
    for (const [index, batch] of batches.entries()) {
      const before = performance.now()
      writer.record(batch, hour.startTimestamp + (index + 1) * 1000)
      if (writer.backlog >= 16) writer.work()
      else if (index % 8 === 0) writer.work()
      if (before - lastTick > 1000) {
        writer.tick(hour.startTimestamp + (index + 1) * 1000)
        lastTick = before
      }
      longestStallMs = Math.max(longestStallMs, performance.now() - before)
      if (syncsEach) {
        waiting.push(writer.synced())
        if (waiting.length >= pipelineDepth) await waiting.shift()
      } else if (index % 32 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await Promise.all(waiting)
    await writer.synced()
    const seconds1 = (performance.now() - begin) / 1000
    const { user, system } = process.threadCpuUsage(cpu)
    const { figures } = writer
    while (writer.work()) await new Promise((resolve) => setImmediate(resolve))
    const afterwards = performance.now()
    const again = HistoryFolder.open({ folder })
    const reopened = new HistoryWriter({ ...options, folder, files: again })
    const reopenMs = performance.now() - afterwards
    await reopened.sealAll()
    await reopened.synced()
    const written = figures.journalByteCount + files.size().writtenByteCount + again.size().writtenByteCount
    await reopened.close()
    return {
      pointCount: hour.pointCount,
      pointsPerSecond: hour.pointCount / seconds1,
      cpuNsPerPoint: ((user + system) * 1000) / hour.pointCount,
      longestStallMs,
      diskBytesPerPoint: bytesOf(join(folder, 'partitions')) / hour.pointCount,
      writtenBytesPerPoint: written / hour.pointCount,
      reopenMs,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function bytesOf(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
}

if (process.argv[1]?.endsWith('historian-writer.ts')) {
  const seconds = Number(process.argv[2] ?? 3600)
  console.log('synced each second', await ingest(seconds, false))
  console.log('synced each batch', await ingest(Math.min(seconds, 1200), true))
}
