// Reads the history of a data folder from outside, beside a running station or without one; changes nothing. What is in no chunk
// yet is taken from a copy of the journal.
import { existsSync } from 'node:fs'
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chunkFileHeaderByteCount, recordTypes } from './files/chunk-file.ts'
import { ChunkFileReader } from './files/chunk-file-reader.ts'
import { ChunkIndex } from './files/chunk-index.ts'
import type { SeriesRow } from './files/history-catalog.ts'
import type { Coverage, SeriesDefinition } from './files/history-files.ts'
import { HistoryFilesError, ViewOutdated } from './files/history-files-error.ts'
import { HistoryViews } from './files/history-views.ts'
import {
  chunkFileName,
  indexFileName,
  listPartitions,
  type PartitionFiles,
  partitionsFolder,
} from './files/partition-name.ts'
import { SeriesCatalogReader } from './files/series-catalog.ts'
import type { HeadSource, Heads } from './head-source.ts'
import { HistoryReader, type HistoryReading } from './reader/history-reader.ts'
import type { Samples } from './samples.ts'
import { HeadSeries } from './writer/head-series.ts'
import { recoverHeads } from './writer/journal-recovery.ts'

/** A station that seals and compacts meanwhile makes a copy of its journal outdated now and then. */
const attemptCount = 5

/** Opens `<data>/history`. Throws HistoryFilesError. */
export async function openStoredHistory(folder: string): Promise<HistoryReading> {
  const stored = new StoredHistory(folder)
  await stored.refresh()
  return stored
}

class StoredHistory implements HistoryReading {
  readonly #folder: string
  readonly #views: HistoryViews
  readonly #reader: HistoryReader
  #heads: HeadSource = { heads: async () => ({ sealNumber: Number.POSITIVE_INFINITY, rows: [] }) }

  constructor(folder: string) {
    this.#folder = folder
    this.#views = new HistoryViews({ folder })
    this.#reader = new HistoryReader(this.#views, { heads: (series) => this.#heads.heads(series) })
  }

  read(...question: Parameters<HistoryReading['read']>): ReturnType<HistoryReading['read']> {
    return this.#ask(() => this.#reader.read(...question))
  }

  statistics(...question: Parameters<HistoryReading['statistics']>): ReturnType<HistoryReading['statistics']> {
    return this.#ask(() => this.#reader.statistics(...question))
  }

  seriesRows(...question: Parameters<HistoryReading['seriesRows']>): ReturnType<HistoryReading['seriesRows']> {
    return this.#ask(() => this.#reader.seriesRows(...question))
  }

  async close(): Promise<void> {
    await this.#reader.close()
    this.#views.close()
  }

  /** What the station holds in memory, as its journal tells at this moment. */
  async refresh(): Promise<void> {
    this.#heads = await journalHeads(this.#folder)
  }

  async #ask<T>(question: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await question()
      } catch (error) {
        if (!(error instanceof ViewOutdated) || attempt === attemptCount) throw error
        await this.refresh()
      }
    }
  }
}

/**
 * The journal is copied first, then it is asked which of its samples are in chunks, of those alone that a view with this seal number
 * sees: so nothing is seen twice, and nothing that was in the journal is missed.
 */
async function journalHeads(folder: string): Promise<HeadSource> {
  const copy = await mkdtemp(join(tmpdir(), 'lineside-journal-'))
  try {
    await copyJournal(join(folder, 'journal'), copy)
    const { sealNumber, coverage } = coverageOf(partitionsFolder(folder))
    const catalog = new SeriesCatalogReader(folder)
    const known = catalog.byName('', Number.MAX_SAFE_INTEGER, undefined).flat()
    catalog.close()
    const files = new KnownSeries(known, coverage)
    const series = new HeadSeries(files)
    recoverHeads(copy, files, series, false)
    return { heads: async (ids) => headsOf(series, ids, sealNumber) }
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

async function copyJournal(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return
  for (const name of (await readdir(from)).filter((file) => file.endsWith('.journal')).sort()) {
    try {
      await copyFile(join(from, name), join(to, name))
    } catch (error) {
      // Dropped since it was listed: all of it is in chunks by now.
      if ((error as { code?: unknown }).code !== 'ENOENT') throw error
    }
  }
}

/** What chunks say to a replay, of those up to the newest that an index knows. */
function coverageOf(folder: string): { readonly sealNumber: number; readonly coverage: readonly Coverage[] } {
  const partitions: { readonly files: PartitionFiles; readonly recentFrom: number }[] = []
  let sealNumber = 0
  for (const files of listPartitions(folder).partitions) {
    const index = openedIndex(folder, files)
    if (index === null) continue
    sealNumber = Math.max(sealNumber, index.sealNumber)
    partitions.push({ files, recentFrom: index.recentFrom })
    index.close()
  }
  const coverage: Coverage[] = []
  for (const { files, recentFrom } of partitions) {
    const reader = new ChunkFileReader(join(folder, chunkFileName(files, files.generation)))
    try {
      for (const { header, offset } of reader.heads(Math.max(recentFrom, chunkFileHeaderByteCount), reader.size)) {
        if (header.type === recordTypes.coverage) coverage.push(...reader.coverage(offset))
        if (header.type !== recordTypes.chunk || header.coveredBefore === 0 || header.sealNumber > sealNumber) continue
        const { series, journalPosition, coveredBefore: before } = header
        coverage.push({ series, journalPosition, from: files.from, before })
      }
    } finally {
      reader.close()
    }
  }
  return { sealNumber, coverage }
}

function openedIndex(folder: string, files: PartitionFiles): ChunkIndex | null {
  if (files.indexGeneration === 0)
    throw new HistoryFilesError(
      'damaged',
      `The partition ${chunkFileName(files, files.generation)} has no index; it is made anew when the station starts, or by a repair`,
    )
  try {
    return ChunkIndex.open(join(folder, indexFileName(files, files.generation, files.indexGeneration)))
  } catch (error) {
    // Dropped or rewritten since it was listed.
    if ((error as { code?: unknown }).code === 'ENOENT') return null
    throw error
  }
}

/** The catalog as it is; a series that only the journal knows gets a number that nobody asks for. */
class KnownSeries {
  readonly #rows: SeriesRow[]
  readonly #coverage: readonly Coverage[]

  constructor(rows: readonly SeriesRow[], coverage: readonly Coverage[]) {
    this.#rows = [...rows].sort((a, b) => a.id - b.id)
    this.#coverage = coverage
  }

  series(): readonly SeriesRow[] {
    return this.#rows
  }

  coverage(sincePosition: number): readonly Coverage[] {
    return this.#coverage.filter(({ journalPosition }) => journalPosition >= sincePosition)
  }

  defineSeries(definitions: readonly SeriesDefinition[]): readonly SeriesRow[] {
    return definitions.map(({ name, kind, attributes }) => {
      const present = this.#rows.find((row) => row.name === name && row.kind === kind)
      if (present) return present
      const row: SeriesRow = { id: (this.#rows.at(-1)?.id ?? 0) + 1, name, kind, ...attributes }
      this.#rows.push(row)
      return row
    })
  }
}

function headsOf(series: HeadSeries, ids: readonly number[], sealNumber: number): Heads {
  const rows: { series: number; samples: Samples }[] = []
  for (const id of ids) {
    const slot = series.slotOfId(id)
    const samples = slot === undefined ? null : series.headOf(slot)
    if (samples !== null && samples.count > 0) rows.push({ series: id, samples })
  }
  return { sealNumber, rows }
}
