// Lineside's own historian in one process, as its threads use it: batches into the writer, which seals in its slices between them;
// questions to a reader over files and heads.
import { systemClock } from '../../../src-main/base/clock.ts'
import { silentLogger } from '../../../src-main/base/logger.ts'
import { HistoryFolder } from '../../../src-main/historian/files/history-folder.ts'
import { HistoryViews } from '../../../src-main/historian/files/history-views.ts'
import {
  defaultHistorySettings,
  type HistorySettings,
  type RecordedTag,
  recordedTag,
} from '../../../src-main/historian/history-settings.ts'
import { HistoryReader } from '../../../src-main/historian/reader/history-reader.ts'
import { HistoryWriter } from '../../../src-main/historian/writer/history-writer.ts'
import type { HistoryRequest } from '../../../src-main/shared/history.ts'
import type { TagDefinition } from '../../../src-main/shared/tag.ts'
import type { ValueBatch } from '../../../src-main/shared/value-batch.ts'
import { tagDefinition } from '../../fakes/tag-definition.ts'
import { MixedHour, yearTag } from '../historian-data.ts'
import {
  type Answer,
  bytesWrittenBy,
  folderBytes,
  type LoadFigures,
  type LoadSource,
  type Peer,
  timed,
} from './peer.ts'

const dayMs = 86_400_000
const tickMs = 1000
/** The writer's thread turns to its messages and syncs at least so often. */
const turnMs = 20
/** Batches that wait for their sync at once, as many callers would. */
const pendingSyncs = 64
const replayFrames = 300
const drainTurns = 20
const drainTurnMs = 50
const replayStepMs = 200

export interface LinesideHistory extends Peer {
  /** The cheap first answer of a plot. */
  firstPaint(handle: number, from: number, to: number, bucketCount: number): Promise<Answer>
  /** All tags at instants 200 ms apart, a window after the other: ms per frame of each window. */
  replay(from: number, leastRows: number): Promise<number[]>
  /** Opens everything anew: nothing is kept in this process. */
  forget(): Promise<void>
}

export const lineside = { open: async (folder: string): Promise<LinesideHistory> => new OwnHistory(folder) }

class OwnHistory implements LinesideHistory {
  readonly #folder: string
  #tagNames: readonly string[] = []
  #files: HistoryFolder | null = null
  #writer: HistoryWriter | null = null
  #views: HistoryViews | null = null
  #reader: HistoryReader | null = null

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Up to the clean stop, everything on the disk. Then what the partition gets when its time is over, which is not in the time. */
  async load(source: LoadSource): Promise<LoadFigures> {
    this.#tagNames = source.tagNames
    const batches = [...source.batches()]
    const written = bytesWrittenBy('self')
    const writer = openWriter(this.#folder, defaultHistorySettings, source.tagNames)
    const start = performance.now()
    let pointCount = 0
    let lastTurn = start
    let lastTick = start
    let newest = 0
    for (const [index, batch] of batches.entries()) {
      newest = batch.sourceTimestamp[batch.count - 1]!
      pointCount += batch.count
      writer.record(batch, newest)
      // The columns are given away: they must not fill the memory either.
      batches[index] = nothing
      writer.work()
      const now = performance.now()
      if (now - lastTick >= tickMs) {
        lastTick = now
        writer.tick(newest)
      }
      if (now - lastTurn < turnMs) continue
      await new Promise((resolve) => setImmediate(resolve))
      lastTurn = performance.now()
    }
    await writer.sealAll()
    await writer.close(newest)
    const seconds = (performance.now() - start) / 1000
    this.#open()
    await this.#drain()
    await this.#files!.housekeep(newest + 60 * dayMs, { retentionMs: null, maximumByteCount: null })
    return {
      pointCount,
      seconds,
      bytesOnDisk: folderBytes(this.#folder),
      bytesWritten: bytesWrittenBy('self') - written,
    }
  }

  /** Of a journal whose samples are all in chunks nothing stays once the next run has begun one of its own. */
  async #drain(): Promise<void> {
    for (let turn = 0; turn < drainTurns; turn++) {
      this.#writer!.tick()
      while (this.#writer!.work());
      await new Promise((resolve) => setTimeout(resolve, drainTurnMs))
    }
  }

  #open(): void {
    this.#files = HistoryFolder.open({ folder: this.#folder, logger: silentLogger })
    this.#writer = new HistoryWriter({
      folder: this.#folder,
      files: this.#files,
      settings: defaultHistorySettings,
      clock: systemClock,
    })
    const writer = this.#writer
    this.#views = new HistoryViews({ folder: this.#folder })
    this.#reader = new HistoryReader(this.#views, { heads: async (series) => writer.heads(series) })
  }

  raw(handle: number, from: number, to: number): Promise<Answer> {
    return this.#read({ tags: [this.#tagNames[handle]!], from, to, mode: 'raw', limit: 1_000_000 })
  }

  plot(handle: number, from: number, to: number, bucketCount: number): Promise<Answer> {
    return this.#read({ tags: [this.#tagNames[handle]!], from, to, mode: 'plot', buckets: bucketCount })
  }

  firstPaint(handle: number, from: number, to: number, bucketCount: number): Promise<Answer> {
    const tags = [this.#tagNames[handle]!]
    return this.#read({ tags, from, to, mode: 'plot', buckets: bucketCount, approximate: true })
  }

  snapshot(at: number): Promise<Answer> {
    return this.#read({ tags: this.#tagNames, from: at, to: at, mode: 'atTime', intervalMs: 1000 })
  }

  async replay(from: number, leastRows: number): Promise<number[]> {
    const perFrame: number[] = []
    for (let window = 0; window < 5; window++) {
      const start = from + window * replayFrames * replayStepMs
      const to = start + (replayFrames - 1) * replayStepMs
      const answer = await this.#read({
        tags: this.#tagNames,
        from: start,
        to,
        mode: 'atTime',
        intervalMs: replayStepMs,
      })
      if (answer.rowCount !== leastRows * replayFrames)
        throw new Error(`${answer.rowCount} values came back of a replay`)
      perFrame.push(answer.milliseconds / replayFrames)
    }
    return perFrame
  }

  #read(request: HistoryRequest): Promise<Answer> {
    const reader = this.#reader!
    return timed(async () => {
      const { series } = await reader.read(request)
      return series.reduce((sum, { timestamps }) => sum + timestamps.length, 0)
    })
  }

  async forget(): Promise<void> {
    await this.close()
    this.#open()
  }

  async close(): Promise<void> {
    await this.#reader?.close()
    this.#views?.close()
    await this.#writer?.close()
  }
}

const nothing: ValueBatch = {
  count: 0,
  handle: new Uint32Array(0),
  value: new Float64Array(0),
  statusCode: new Uint32Array(0),
  sourceTimestamp: new Float64Array(0),
  others: null,
}

export function openWriter(folder: string, settings: HistorySettings, tagNames: readonly string[]): HistoryWriter {
  const files = HistoryFolder.open({ folder, logger: silentLogger })
  const writer = new HistoryWriter({ folder, files, settings, clock: systemClock })
  writer.configure(recordedTags(tagNames), settings)
  return writer
}

/** The tags of the data set as the historian is told of them. */
export function recordedTags(tagNames: readonly string[]): RecordedTag[] {
  const known = new Map<string, TagDefinition>(
    [...new MixedHour({ seconds: 1 }).definitions(), yearTag].map((definition) => [definition.name, definition]),
  )
  return tagNames.map((name, handle) => {
    const definition = known.get(name) ?? tagDefinition(name)
    return recordedTag(handle, definition)!
  })
}

/** Points per second where every batch is on the disk before it is acknowledged; several wait for the same sync. */
export async function measureSyncedBatches(folder: string, source: LoadSource): Promise<number> {
  const settings = { ...defaultHistorySettings, syncIntervalMs: 0 }
  const batches = [...source.batches()]
  const writer = openWriter(folder, settings, source.tagNames)
  const start = performance.now()
  let pointCount = 0
  let newest = 0
  const pending = new Set<Promise<void>>()
  for (const [index, batch] of batches.entries()) {
    newest = batch.sourceTimestamp[batch.count - 1]!
    pointCount += batch.count
    writer.record(batch, newest)
    batches[index] = nothing
    const acknowledged: Promise<void> = writer.synced().then(() => {
      pending.delete(acknowledged)
    })
    pending.add(acknowledged)
    writer.work()
    if (pending.size >= pendingSyncs) await Promise.race(pending)
  }
  await Promise.all(pending)
  const seconds = (performance.now() - start) / 1000
  await writer.close(newest)
  return pointCount / seconds
}
