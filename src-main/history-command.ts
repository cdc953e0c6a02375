// lineside history export: the history of a data folder as a file, beside a running station or without one.
import { createWriteStream, existsSync } from 'node:fs'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Writable } from 'node:stream'
import type { ExportProgress, ExportSink, HistoryExport } from './historian/history-export.ts'
import type { HistoryReading } from './historian/history-reader.ts'
import { parseDuration } from './shared/duration.ts'
import { type HistoryMode, historyModes } from './shared/history.ts'
import { messageOf, RuntimeError } from './shared/runtime-error.ts'

/** How often a person sees the progress, and how often a log does; ms. */
const terminalIntervalMs = 200
const logIntervalMs = 5000

export const exportFormats = ['csv', 'parquet'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** Ways to read that make sense in a file: a plot is for the eye. */
export const exportModes: readonly HistoryMode[] = historyModes.filter((mode) => mode !== 'plot')

/** As given on the command line. */
export interface ExportOptions {
  readonly data: string
  /** Names and patterns, with commas between them. */
  readonly tags: string
  readonly from: string
  readonly to: string
  readonly format: ExportFormat
  readonly mode: HistoryMode
  readonly interval?: string
  /** undefined = stdout. */
  readonly out?: string
}

/** `<data>/history`. Throws RuntimeError BadNotFound when there is none. */
export function historyFolder(data: string): string {
  const folder = join(resolve(data), 'history')
  if (!existsSync(folder)) throw new RuntimeError('BadNotFound', `There is no history in ${resolve(data)}`)
  return folder
}

/** Writes the file; resolves with the exit code. `signal`: aborted by Ctrl+C; then no half file is left. */
export async function runExport(
  options: ExportOptions,
  openHistory: (folder: string) => Promise<HistoryReading>,
  signal: AbortSignal,
): Promise<number> {
  const asked = askedOf(options)
  const history = await openHistory(historyFolder(options.data))
  const output = await openOutput(options.out)
  const progress = new ProgressLines(process.stderr)
  try {
    const sink = await sinkOf(options.format, (bytes) => output.write(bytes))
    const { exportHistory } = await import('./historian/history-export.ts')
    const rowCount = await exportHistory(history, asked, sink, signal, (state) => progress.show(state))
    await output.keep()
    progress.end(`${rowCount} rows`)
    return 0
  } catch (error) {
    await output.discard()
    progress.end(signal.aborted ? 'cancelled; nothing is left' : '')
    // 128 + SIGINT, as shells have it.
    if (signal.aborted) return 130
    throw error
  } finally {
    await history.close()
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

/** RFC 3339 text with its offset, a date (midnight UTC), ms since 1970, or `now`. */
function timeOf(option: string, text: string): number {
  if (text === 'now') return Date.now()
  if (/^-?\d{1,16}$/.test(text)) return Number(text)
  const isTime = /^\d{4}-\d{2}-\d{2}([Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:\d{2}))?$/.test(text)
  const time = isTime ? Date.parse(text) : Number.NaN
  if (Number.isNaN(time))
    refuse(`${option}: a time is expected, as 2026-03-01, 2026-03-01T06:00:00+01:00 or now, not "${text}"`)
  return time
}

function refuse(message: string): never {
  throw new RuntimeError('BadInvalidArgument', message)
}

async function sinkOf(format: ExportFormat, write: (bytes: Uint8Array) => Promise<void>): Promise<ExportSink> {
  if (format === 'csv') return (await import('./historian/export-csv.ts')).csvSink(write)
  return (await import('./historian/export-parquet.ts')).parquetSink(write)
}

/** Where the bytes go. */
interface Output {
  write(bytes: Uint8Array): Promise<void>
  /** All of it is there. */
  keep(): Promise<void>
  /** It was not finished: nothing stays. */
  discard(): Promise<void>
}

/** A file gets its name when it is whole; until then it is called `<name>.part`. */
async function openOutput(path: string | undefined): Promise<Output> {
  if (path === undefined) return streamOutput(process.stdout)
  const target = resolve(path)
  if ((await stat(target).catch(() => null))?.isDirectory()) refuse(`--out: ${target} is a folder`)
  const part = `${target}.part`
  await mkdir(dirname(target), { recursive: true })
  const stream = createWriteStream(part)
  const output = streamOutput(stream)
  const end = () => new Promise<void>((resolve) => stream.end(resolve))
  return {
    write: (bytes) => output.write(bytes),
    async keep() {
      await end()
      const file = await open(part, 'r+')
      await file.sync()
      await file.close()
      await rename(part, target)
    },
    async discard() {
      await end()
      await rm(part, { force: true })
    },
  }
}

function streamOutput(stream: Writable): Output {
  let failure: Error | null = null
  stream.on('error', (error) => {
    failure = error
  })
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        const failed = (error: Error) =>
          reject(new RuntimeError('BadResourceUnavailable', `The export cannot be written: ${messageOf(error)}`, error))
        if (failure) return failed(failure)
        // One piece under way at a time: a slow reader of a pipe makes the export slow, not large.
        stream.write(bytes, (error) => (error ? failed(error) : resolve()))
      }),
    keep: async () => undefined,
    discard: async () => undefined,
  }
}

/** One line that changes on a terminal, a line now and then elsewhere. */
class ProgressLines {
  readonly #stream: NodeJS.WriteStream
  #shownAt = Number.NEGATIVE_INFINITY
  #isShown = false

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
  }

  show({ share, rowCount, tag, seriesIndex, seriesCount }: ExportProgress): void {
    const now = performance.now()
    if (now - this.#shownAt < (this.#stream.isTTY ? terminalIntervalMs : logIntervalMs)) return
    this.#shownAt = now
    this.#isShown = true
    const text = `${Math.floor(share * 100)} %  ${rowCount} rows  ${seriesIndex + 1}/${seriesCount} ${tag}`
    this.#stream.write(this.#stream.isTTY ? `\r\x1b[2K${text}` : `${text}\n`)
  }

  end(text: string): void {
    if (this.#isShown && this.#stream.isTTY) this.#stream.write('\r\x1b[2K')
    if (text !== '') this.#stream.write(`${text}\n`)
  }
}
