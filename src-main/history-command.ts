// lineside history …: the history of a data folder as a file, checked, backed up, brought back, repaired.
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import {
  cancellable,
  cancelledExitCode,
  interruption,
  openOutput,
  ProgressLines,
  refuse,
  timeOf,
} from './command-output.ts'
import type { ExportProgress, ExportSink, HistoryExport } from './historian/export/history-export.ts'
import type { ExportFormat, ExportOptions } from './history-export-options.ts'
import { parseDuration } from './shared/duration.ts'
import { RuntimeError } from './shared/runtime-error.ts'

/** `<data>/history`. Throws RuntimeError BadNotFound when there is none. */
function historyFolder(data: string): string {
  const folder = join(resolve(data), 'history')
  if (!existsSync(folder)) throw new RuntimeError('BadNotFound', `There is no history in ${resolve(data)}`)
  return folder
}

/** Writes the file, beside a running station or without one; resolves with the exit code. No half file is left by Ctrl+C. */
export async function runExport(options: ExportOptions): Promise<number> {
  const asked = askedOf(options)
  const { openStoredHistory } = await import('./historian/stored-history.ts')
  const signal = interruption()
  const history = await openStoredHistory(historyFolder(options.data))
  const output = await openOutput(options.out)
  const progress = new ProgressLines(process.stderr)
  try {
    const sink = await sinkOf(options.format, (bytes) => output.write(bytes))
    const { exportHistory } = await import('./historian/export/history-export.ts')
    const rowCount = await exportHistory(history, asked, sink, signal, (state) => progress.say(progressText(state)))
    await output.keep()
    progress.end(`${rowCount} rows`)
    return 0
  } catch (error) {
    await output.discard()
    progress.end(signal.aborted ? 'cancelled; nothing is left' : '')
    if (signal.aborted) return cancelledExitCode
    throw error
  } finally {
    await history.close()
  }
}

/** Every file of the history, beside a running station or without one; exit code 1 when something is damaged. */
export async function runCheck(data: string): Promise<number> {
  const { checkHistory } = await import('./historian/files/history-check.ts')
  const signal = interruption()
  return cancellable(signal, async (progress) => {
    const report = await checkHistory(historyFolder(data), {
      signal,
      onProgress: (checked, partitions) => progress.say(`${checked} of ${partitions} partitions`),
    })
    for (const { file, text } of report.problems) process.stdout.write(`${file}: ${text}\n`)
    const { seriesCount, sampleCount, chunkCount, byteCount } = report
    const what = `${sampleCount} samples of ${seriesCount} series in ${chunkCount} chunks, ${byteCount} bytes`
    progress.end(report.problems.length === 0 ? `everything is as it was written: ${what}` : what)
    return report.problems.length === 0 ? 0 : 1
  })
}

/** A copy of the history as it is now, beside a running station or without one. */
export async function runBackup(data: string, out: string): Promise<number> {
  const { backupHistory } = await import('./historian/files/history-backup.ts')
  const signal = interruption()
  return cancellable(signal, async (progress) => {
    const { byteCount, partitionCount } = await backupHistory(historyFolder(data), resolve(out), {
      signal,
      onProgress: (copied) => progress.say(`${Math.floor(copied / 1e6)} MB`),
    })
    progress.end(`${partitionCount} partitions, ${byteCount} bytes`)
    return 0
  })
}

/** A backup in the place of the history; what was there is kept beside it. No station may run on the data folder. */
export async function runRestore(data: string, from: string): Promise<number> {
  const source = resolve(from)
  const { backupHistory } = await import('./historian/files/history-backup.ts')
  const signal = interruption()
  await mkdir(resolve(data), { recursive: true, mode: 0o700 })
  return withLock(data, () =>
    cancellable(signal, async (progress) => {
      const folder = join(resolve(data), 'history')
      const fresh = `${folder}.restored`
      await rm(fresh, { recursive: true, force: true })
      const { byteCount } = await backupHistory(source, fresh, {
        signal,
        onProgress: (copied) => progress.say(`${Math.floor(copied / 1e6)} MB`),
      })
      const kept = existsSync(folder) ? `${folder}.before-${new Date().toISOString().replace(/[:.]/g, '-')}` : null
      if (kept !== null) await rename(folder, kept)
      await rename(fresh, folder)
      progress.end(`${byteCount} bytes are back${kept === null ? '' : `; what was there is kept in ${kept}`}`)
      return 0
    }),
  )
}

/** Mends what is damaged as far as it goes; damaged files are kept. No station may run on the data folder. */
export async function runRepair(data: string): Promise<number> {
  const { repairHistory } = await import('./historian/files/history-repair.ts')
  const folder = historyFolder(data)
  return withLock(data, async () => {
    const { problems, steps, kept } = await repairHistory(folder)
    for (const { file, text } of problems) process.stdout.write(`${file}: ${text}\n`)
    for (const step of steps) process.stderr.write(`${step}\n`)
    if (kept.length > 0) process.stderr.write(`Damaged files are kept: ${kept.join(', ')}\n`)
    if (problems.length === 0) process.stderr.write('Nothing had to be repaired\n')
    return 0
  })
}

/** With the data folder to ourselves. Throws RuntimeError BadResourceUnavailable when a station runs on it. */
async function withLock(data: string, work: () => Promise<number>): Promise<number> {
  const { lockDataFolder } = await import('./storage/data-folder-lock.ts')
  const lock = lockDataFolder(resolve(data))
  try {
    return await work()
  } finally {
    lock.close()
  }
}

function askedOf({ tags, from, to, mode, interval }: ExportOptions): HistoryExport {
  const patterns = tags
    .split(',')
    .map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== '')
  if (patterns.length === 0) refuse('--tags names no tag')
  const span = { from: timeOf('--from', from), to: timeOf('--to', to) }
  if (span.from > span.to) refuse('--from is later than --to')
  const intervalMs = interval === undefined ? null : parseDuration(interval)
  if (interval !== undefined && (intervalMs === null || intervalMs < 1))
    refuse(`--interval: a duration is expected, as 10s, 1 min or 8 h, not "${interval}"`)
  if (mode === 'raw' && intervalMs !== null) refuse('--interval goes with a --mode other than raw')
  if (mode !== 'raw' && intervalMs === null) refuse(`--mode ${mode} needs an --interval`)
  return { tags: patterns, ...span, mode, intervalMs }
}

async function sinkOf(format: ExportFormat, write: (bytes: Uint8Array) => Promise<void>): Promise<ExportSink> {
  if (format === 'csv') return (await import('./historian/export/export-csv.ts')).csvSink(write)
  return (await import('./historian/export/export-parquet.ts')).parquetSink(write)
}

function progressText({ share, rowCount, tag, seriesIndex, seriesCount }: ExportProgress): string {
  return `${Math.floor(share * 100)} %  ${rowCount} rows  ${seriesIndex + 1}/${seriesCount} ${tag}`
}
