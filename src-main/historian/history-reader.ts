// Answers every question about history: picks the series of the asked tags, one consistent view of files and heads, and the way to read.
import type { HistoryRequest, HistoryResult, HistoryStatistics, RecordedSeriesRow } from '../shared/history.ts'

/** One page of {@link HistoryReader.seriesRows}. */
export interface SeriesPage {
  readonly rows: readonly RecordedSeriesRow[]
  /** Where to go on; absent when these were all. */
  readonly cursor?: string | undefined
}

/**
 * Reads history. Usable in the reader worker and, in tests and tools, in process. Questions may overlap; each sees one
 * consistent state. Every question that cannot be answered is refused with a RuntimeError: BadInvalidArgument (spans, widths,
 * cursors), BadRequestTooLarge (more rows than one answer may have), BadNotFound (a tag that was never recorded),
 * BadTypeMismatch (an aggregate of numbers asked of texts), BadRequestInterrupted (`signal` was aborted; noticed within 20 ms).
 */
export interface HistoryReading {
  read(request: HistoryRequest, signal?: AbortSignal): Promise<HistoryResult>
  /** Figures of each tag over [from, to); ms since 1970-01-01 UTC. */
  statistics(
    tags: readonly string[],
    from: number,
    to: number,
    signal?: AbortSignal,
  ): Promise<readonly HistoryStatistics[]>
  /** Recorded series whose name begins with `prefix`, by name; `limit` 1 to 10,000. */
  seriesRows(prefix: string, limit: number, cursor?: string): Promise<SeriesPage>
  close(): Promise<void>
}
