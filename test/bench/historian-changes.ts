// Bytes for each sample where only changes are recorded, as a real plant does: the mixed hour without the values that are as the one
// before. `node test/bench/historian-changes.ts [seconds of data]`
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src-main/base/clock.ts'
import { HistoryFolder } from '../../src-main/historian/files/history-folder.ts'
import { defaultHistorySettings, recordedTag } from '../../src-main/historian/history-settings.ts'
import { HistoryWriter } from '../../src-main/historian/writer/history-writer.ts'
import type { ValueBatch } from '../../src-main/shared/value-batch.ts'
import { MixedHour } from './historian-data.ts'

export interface ChangeFigures {
  readonly scannedCount: number
  readonly pointCount: number
  readonly chunkCount: number
  readonly chunkBytesPerPoint: number
  readonly diskBytesPerPoint: number
  /** After the partition was closed and rewritten. */
  readonly rewrittenBytesPerPoint: number
  readonly cpuNsPerPoint: number
}

export async function recordChanges(seconds: number): Promise<ChangeFigures> {
  const hour = new MixedHour({ seconds })
  const tags = hour.definitions().map((tag, handle) => recordedTag(handle, tag)!)
  const folder = mkdtempSync(join(tmpdir(), 'historian-bench-'))
  try {
    const files = HistoryFolder.open({ folder })
    const writer = new HistoryWriter({ folder, files, settings: defaultHistorySettings, clock: systemClock })
    writer.configure(tags, defaultHistorySettings)
    const changesOf = changeFilter(tags.length)
    let pointCount = 0
    let second = 0
    const cpu = process.threadCpuUsage()
    for (const batch of hour.batches(1000)) {
      const changes = changesOf(batch)
      pointCount += changes.count
      writer.record(changes, hour.startTimestamp + ++second * 1000)
      while (writer.work());
      if (second % 32 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await writer.sealAll()
    const { user, system } = process.threadCpuUsage(cpu)
    const { chunkByteCount, indexByteCount } = files.size()
    const { chunkCount } = writer.figures
    await writer.close()
    const later = HistoryFolder.open({ folder })
    await later.housekeep(hour.endTimestamp + 30 * 86_400_000, { retentionMs: null, maximumByteCount: null })
    const rewritten = later.size()
    await later.close()
    return {
      scannedCount: hour.pointCount,
      pointCount,
      chunkCount,
      chunkBytesPerPoint: chunkByteCount / pointCount,
      diskBytesPerPoint: (chunkByteCount + indexByteCount) / pointCount,
      rewrittenBytesPerPoint: (rewritten.chunkByteCount + rewritten.indexByteCount) / pointCount,
      cpuNsPerPoint: ((user + system) * 1000) / pointCount,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The rows of a batch whose value or status is another than the tag's last one. */
function changeFilter(tagCount: number): (batch: ValueBatch) => ValueBatch {
  const lastValue = new Float64Array(tagCount).fill(Number.POSITIVE_INFINITY)
  const lastStatus = new Uint32Array(tagCount)
  return (batch) => {
    const rows: number[] = []
    for (let row = 0; row < batch.count; row++) {
      const handle = batch.handle[row]!
      const value = batch.value[row]!
      const isSame = Object.is(lastValue[handle], value) && lastStatus[handle] === batch.statusCode[row]
      if (isSame) continue
      lastValue[handle] = value
      lastStatus[handle] = batch.statusCode[row]!
      rows.push(row)
    }
    return {
      count: rows.length,
      handle: Uint32Array.from(rows, (row) => batch.handle[row]!),
      value: Float64Array.from(rows, (row) => batch.value[row]!),
      statusCode: Uint32Array.from(rows, (row) => batch.statusCode[row]!),
      sourceTimestamp: Float64Array.from(rows, (row) => batch.sourceTimestamp[row]!),
      others: batch.others === null ? null : rows.map((row) => batch.others![row]),
    }
  }
}

if (process.argv[1]?.endsWith('historian-changes.ts')) console.log(await recordChanges(Number(process.argv[2] ?? 3600)))
