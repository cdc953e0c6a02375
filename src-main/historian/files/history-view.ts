// What the historian has on disk, from a reader's side: consistent views of series, summaries and chunks. Any thread, any process.

import type { TimestampColumn } from '../codec/timestamp-codec.ts'
import type { ChunkRows } from './chunk-rows.ts'
import type { SeriesRow } from './history-catalog.ts'

export interface HistoryViewsOptions {
  /** `<data>/history`, or a backup of it. */
  readonly folder: string
  /** Room for index rows and decoded time stamps that are kept between views; bytes. Default 48 MiB. */
  readonly cacheBytes?: number
}

/** Opens views; keeps files open and what it read between them. One for each reader thread. Throws HistoryFilesError. */
export interface HistoryViewSource {
  /**
   * The state of this moment; it stays as it is while the writer seals, compacts and deletes, until it is closed.
   *
   * `sealLimit`: chunks with a greater seal number are not seen. To see heads and files as one: ask the writer for the heads and its seal
   * number first, then open the view with that number.
   */
  open(sealLimit?: number): HistoryView
  close(): void
}

/** A chunk as it is stored. */
export interface StoredChunk {
  /** Values and status codes, for `openChunk`. Valid until the view is closed. */
  readonly bytes: Uint8Array
  /** One for each sample of the chunk; shared and cached: not to be changed. */
  timestamps(): Float64Array
  /** The same, opened but not decoded, to be read block by block; null where the chunk has only some of the column's time stamps. */
  readonly timestampColumn: TimestampColumn | null
}

/**
 * One consistent state. Everything is given in order of (first time stamp, seal number).
 *
 * How rows that overlap in time are merged (`ChunkRows.isAlone` is false): samples in order of time; those of one ms in order of their rows'
 * seal numbers (order of arrival), and samples of a back-fill row (`ChunkRows.isBackFill`) replace those of the same ms in rows with a
 * lower seal number.
 *
 * Any reading method throws {@link ViewOutdated} where a compaction joined a chunk below the seal limit with one above it: ask the heads
 * again and open a new view.
 */
export interface HistoryView {
  /** Series of this name, oldest first; a tag whose kind changed has several. Empty: never recorded. */
  series(name: string): readonly SeriesRow[]
  /** Names that begin with `prefix`, in order, after the name `after`; at most `limit`. Grouped by name, oldest first. */
  seriesByName(prefix: string, limit: number, after?: string): readonly (readonly SeriesRow[])[]
  /** First and last stored time stamp; null when there is none. */
  span(series: number): { readonly first: number; readonly last: number } | null
  /** Chunks that have or may have samples in [from, to). */
  chunks(series: number, from: number, to: number): ChunkRows
  /**
   * The same, with up to 64 neighbouring chunks as one row (`ChunkRows.isPage`) wherever they are stored so and nothing overlaps them:
   * a year at 1 Hz has about 150 rows. A page at an end of the span reaches beyond it.
   */
  pages(series: number, from: number, to: number): ChunkRows
  /** The chunks of the page in this row. */
  expand(rows: ChunkRows, row: number): ChunkRows
  /** An instant such that the latest stored sample older than `at` is in [it, at); −Infinity when there is none. */
  boundBefore(series: number, at: number): number
  /** An instant such that the earliest stored sample from `at` on is in [at, it]; Infinity when there is none. */
  boundAfter(series: number, at: number): number
  /**
   * For each series the chunks among which is its latest sample at or before `at`; empty rows where there is none. Much faster than
   * one by one.
   */
  chunksAt(series: ArrayLike<number>, at: number): readonly ChunkRows[]
  /** Chunks of the rows [begin, end), none of them a page, read in as few calls of the system as possible. */
  read(rows: ChunkRows, begin: number, end: number): readonly StoredChunk[]
  close(): void
}
