// Makes a damaged history usable again as far as it goes: chunks that are whole are kept, indexes and the catalog are made anew
// from them. What was damaged is put aside, never deleted.
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import {
  chunkFileHeaderByteCount,
  encodeFileHeader,
  encodeRecordHeader,
  headByteCount,
  recordTypes,
} from './chunk-file.ts'
import { ChunkFileReader, isDamaged, type NamedSeries, type PlacedRecord } from './chunk-file-reader.ts'
import type { SeriesKind, SeriesRow } from './history-catalog.ts'
import { checkHistory, type HistoryProblem } from './history-check.ts'
import { PartitionFile, syncFolder } from './partition-file.ts'
import { rowOfRecord, scanIntoIndex } from './partition-index.ts'
import {
  chunkFileName,
  fileNames,
  indexFileName,
  listPartitions,
  type PartitionFiles,
  partitionsFolder,
} from './partition-name.ts'
import { catalogFile, SeriesCatalog } from './series-catalog.ts'

export interface HistoryRepairReport {
  /** What was wrong before. */
  readonly problems: readonly HistoryProblem[]
  /** What was done, one sentence each. */
  readonly steps: readonly string[]
  /** Where the damaged files are; within the history folder. Empty when nothing had to be put aside. */
  readonly kept: readonly string[]
}

/**
 * Repairs `<data>/history`. No station may be running on it (the caller holds the lock of the data folder). Nothing is deleted: damaged files go to
 * `damaged/` in the history folder. RuntimeError BadNotFound (there is none); HistoryFilesError `tooNew` (nothing was touched), `diskFull`.
 */
export async function repairHistory(folder: string): Promise<HistoryRepairReport> {
  const { problems } = await checkHistory(folder)
  const repair = new FolderRepair(folder)
  for (const files of listPartitions(partitionsFolder(folder)).partitions) {
    const faults = problemsOf(problems, files)
    if (faults.some((problem) => problem.kind === 'chunks')) await repair.chunks(files)
    else if (faults.length > 0) repair.index(files)
  }
  repair.catalog(
    problems.some((problem) => problem.kind === 'catalog' && !problem.text.includes('does not know series')),
  )
  await syncFolder(partitionsFolder(folder))
  await syncFolder(folder)
  return { problems, steps: repair.steps, kept: repair.kept }
}

class FolderRepair {
  readonly steps: string[] = []
  readonly kept: string[] = []
  readonly #folder: string
  readonly #partitions: string

  constructor(folder: string) {
    this.#folder = folder
    this.#partitions = partitionsFolder(folder)
  }

  /** Copies the whole records into a new generation of the file; the damaged one is put aside. */
  async chunks(files: PartitionFiles): Promise<void> {
    const name = chunkFileName(files, files.generation)
    const fresh: PartitionFiles = { ...files, generation: files.generation + 1, indexGeneration: 1 }
    const freshName = chunkFileName(files, fresh.generation)
    const target = new PartitionFile(join(this.#partitions, `${freshName}.making`), true)
    const source = new ChunkFileReader(join(this.#partitions, name))
    try {
      const saved = await copyWhole(source, target, fresh)
      await target.sync()
      const copy = new ChunkFileReader(target.file, target.descriptor)
      scanIntoIndex(copy, join(this.#partitions, indexFileName(files, fresh.generation, 1)), fresh)
      target.rename(join(this.#partitions, freshName))
      target.close()
      this.steps.push(`${name}: ${saved.chunkCount} whole chunks were kept, ${saved.lostCount} could not be read`)
    } catch (error) {
      target.discard()
      throw error
    } finally {
      source.close()
    }
    for (const old of fileNames(files)) this.#putAside(join(this.#partitions, old))
  }

  /** Makes the index anew; the chunks are whole. */
  index(files: PartitionFiles): void {
    const { generation, indexGeneration } = files
    const name = chunkFileName(files, generation)
    const source = new ChunkFileReader(join(this.#partitions, name))
    try {
      const fresh = join(this.#partitions, indexFileName(files, generation, indexGeneration + 1))
      const { chunkCount } = scanIntoIndex(source, fresh, files)
      this.steps.push(`${name}: the index was made anew from ${chunkCount} chunks`)
    } finally {
      source.close()
    }
    if (indexGeneration > 0) this.#putAside(join(this.#partitions, indexFileName(files, generation, indexGeneration)))
  }

  /** Puts a damaged catalog aside, and makes sure that every series in a chunk is in the catalog. */
  catalog(isDamaged: boolean): void {
    const file = catalogFile(this.#folder)
    if (isDamaged) for (const part of [file, `${file}-wal`, `${file}-shm`]) if (existsSync(part)) this.#putAside(part)
    const catalog = new SeriesCatalog(this.#folder)
    try {
      const named = this.#seriesInChunks()
      let count = 0
      for (const row of named) {
        if (catalog.row(row.id)) continue
        catalog.restore(row)
        count++
      }
      if (count > 0) this.steps.push(`The catalog got ${count} series back from the chunks that name them`)
    } finally {
      catalog.close()
    }
  }

  /** Every series that has chunks; one that no record names is called by its number. */
  #seriesInChunks(): readonly SeriesRow[] {
    const names = new Map<number, NamedSeries>()
    const numbers = new Set<number>()
    for (const files of listPartitions(this.#partitions).partitions) {
      const reader = new ChunkFileReader(join(this.#partitions, chunkFileName(files, files.generation)))
      try {
        const size = reader.size
        for (const { header, offset } of reader.records(Math.min(size, chunkFileHeaderByteCount), size)) {
          if (header === null) continue
          if (header.type === recordTypes.chunk) numbers.add(header.series)
          if (header.type !== recordTypes.series) continue
          for (const series of reader.namedSeries(offset)) names.set(series.id, series)
        }
      } finally {
        reader.close()
      }
    }
    return [...new Set([...numbers, ...names.keys()])].sort((a, b) => a - b).map((id) => seriesRowOf(id, names.get(id)))
  }

  #putAside(file: string): void {
    const aside = join(this.#folder, 'damaged')
    mkdirSync(aside, { recursive: true, mode: 0o700 })
    let name = basename(file)
    for (let number = 1; existsSync(join(aside, name)); number++) name = `${basename(file)}.${number}`
    renameSync(file, join(aside, name))
    this.kept.push(`damaged/${name}`)
  }
}

function problemsOf(problems: readonly HistoryProblem[], files: PartitionFiles): HistoryProblem[] {
  const names = new Set(fileNames(files).map((name) => `partitions/${name}`))
  return problems.filter((problem) => names.has(problem.file))
}

/** Copies every record that is whole and can be read, in the same order. */
async function copyWhole(
  source: ChunkFileReader,
  target: PartitionFile,
  files: PartitionFiles,
): Promise<{ readonly chunkCount: number; readonly lostCount: number }> {
  const { from, to, generation } = files
  target.append([encodeFileHeader({ from, to, generation, isClustered: false })])
  const columns = new Map<number, number>()
  let chunkCount = 0
  let lostCount = 0
  const size = source.size
  const copy = (record: PlacedRecord, timestampsOffset: number) => {
    const payload = source.record(record.offset).subarray(headByteCount(record.header.type))
    const at = target.size
    target.append([encodeRecordHeader({ ...record.header, timestampsOffset }, [payload]), payload])
    return at
  }
  for (const record of source.records(Math.min(size, chunkFileHeaderByteCount), size)) {
    await setImmediate()
    if (isDamaged(record)) continue
    if (record.header.type !== recordTypes.chunk) {
      const at = copy(record, 0)
      if (record.header.type === recordTypes.timestamps) columns.set(record.offset, at)
      continue
    }
    const timestampsOffset = columns.get(record.header.timestampsOffset)
    if (timestampsOffset === undefined || !rowOfRecord(source, record)) {
      lostCount++
      continue
    }
    copy(record, timestampsOffset)
    chunkCount++
  }
  return { chunkCount, lostCount }
}

function seriesRowOf(id: number, named: NamedSeries | undefined): SeriesRow {
  return {
    id,
    name: named?.name ?? `recovered:${id}`,
    kind: (named?.kind ?? 'other') as SeriesKind,
    dataType: (named?.dataType ?? 'float64') as SeriesRow['dataType'],
    unit: named?.unit ?? '',
    description: '',
    interpolation: (named?.interpolation ?? 'stepped') as SeriesRow['interpolation'],
    states: null,
    isRecorded: false,
    retentionMs: null,
  }
}
