// History of many series over a long span, page by page: what `lineside history export` writes. Never more than a page is in memory.
import type { HistoryMode, HistorySeries, RecordedSeriesRow } from '../../shared/history.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import type { HistoryReading } from '../reader/history-reader.ts'

/** Rows of one page: a megabyte or two. */
const rowsOfPage = 50_000
/** Series asked for at a time when names are looked up. */
const seriesOfPage = 10_000

export interface HistoryExport {
  /** Names, or patterns with `*` (any text) and `?` (one character). */
  readonly tags: readonly string[]
  /** ms since 1970-01-01 UTC; `to` is exclusive, of atTime inclusive. */
  readonly from: number
  readonly to: number
  readonly mode: HistoryMode
  /** Width of a bucket or distance of the instants; ms. Needed by every mode but raw. */
  readonly intervalMs: number | null
}

/** Where rows go; one call at a time. */
export interface ExportSink {
  /** Rows of one series; those of a series follow each other in order of time. */
  write(series: HistorySeries, row: RecordedSeriesRow): Promise<void>
  /** Nothing comes any more. */
  finish(): Promise<void>
}

export interface ExportProgress {
  readonly seriesIndex: number
  readonly seriesCount: number
  readonly tag: string
  readonly rowCount: number
  /** 0 to 1. */
  readonly share: number
}

/** The series that the names and patterns mean, by name. Throws RuntimeError BadNotFound for one that means nothing. */
export async function seriesToExport(
  history: Pick<HistoryReading, 'seriesRows'>,
  patterns: readonly string[],
): Promise<readonly RecordedSeriesRow[]> {
  const wanted = patterns.map((pattern) => ({ pattern, expression: expressionOf(pattern), isFound: false }))
  const found: RecordedSeriesRow[] = []
  let cursor: string | undefined
  do {
    const page = await history.seriesRows('', seriesOfPage, cursor)
    for (const row of page.rows) {
      const matching = wanted.filter(({ expression }) => expression.test(row.tag))
      for (const match of matching) match.isFound = true
      if (matching.length > 0) found.push(row)
    }
    cursor = page.cursor
  } while (cursor !== undefined)
  const missing = wanted.find(({ isFound }) => !isFound)
  if (missing) throw new RuntimeError('BadNotFound', `Nothing that is or was recorded is called "${missing.pattern}"`)
  return found
}

function expressionOf(pattern: string): RegExp {
  const escaped = pattern.replace(/[\\^$.|+()[\]{}]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'su')
}

/** Writes everything asked for into the sink; resolves with the number of rows. Rejects BadRequestInterrupted when aborted. */
export async function exportHistory(
  history: Pick<HistoryReading, 'seriesRows' | 'read'>,
  asked: HistoryExport,
  sink: ExportSink,
  signal: AbortSignal,
  onProgress: (progress: ExportProgress) => void,
): Promise<number> {
  const series = await seriesToExport(history, asked.tags)
  let rowCount = 0
  for (const [seriesIndex, row] of series.entries()) {
    const tell = (reached: number) => {
      const part = asked.to > asked.from ? (reached - asked.from) / (asked.to - asked.from) : 1
      const share = (seriesIndex + Math.min(1, Math.max(0, part))) / series.length
      onProgress({ seriesIndex, seriesCount: series.length, tag: row.tag, rowCount, share })
    }
    for await (const page of pagesOf(history, row.tag, asked, signal)) {
      if (signal.aborted) throw new RuntimeError('BadRequestInterrupted', 'The export was cancelled')
      await sink.write(page, row)
      rowCount += page.timestamps.length
      tell(page.timestamps.at(-1) ?? asked.from)
    }
    tell(asked.to)
  }
  await sink.finish()
  return rowCount
}

async function* pagesOf(
  history: Pick<HistoryReading, 'read'>,
  tag: string,
  { from, to, mode, intervalMs }: HistoryExport,
  signal: AbortSignal,
): AsyncGenerator<HistorySeries> {
  if (mode !== 'raw') return yield* slicesOf(history, tag, { from, to, mode, intervalMs: intervalMs! }, signal)
  let cursor: string | undefined
  do {
    const page = await history.read({ tags: [tag], from, to, mode, limit: rowsOfPage, cursor }, signal)
    yield* page.series
    cursor = page.cursor
  } while (cursor !== undefined)
}

/** Buckets do not depend on each other: a long span is asked for slice by slice. */
async function* slicesOf(
  history: Pick<HistoryReading, 'read'>,
  tag: string,
  { from, to, mode, intervalMs }: Pick<HistoryExport, 'from' | 'to' | 'mode'> & { readonly intervalMs: number },
  signal: AbortSignal,
): AsyncGenerator<HistorySeries> {
  const isInstants = mode === 'atTime'
  for (let begin = from; isInstants ? begin <= to : begin < to; begin += rowsOfPage * intervalMs) {
    const next = begin + rowsOfPage * intervalMs
    // Instants include their end: the next slice begins one step later.
    const end = Math.min(to, isInstants ? next - intervalMs : next)
    yield* (await history.read({ tags: [tag], from: begin, to: end, mode, intervalMs }, signal)).series
  }
}
