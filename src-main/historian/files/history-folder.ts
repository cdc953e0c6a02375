// The history folder as its one writer has it: the catalog, the partitions that are open, commit points and housekeeping.
import { mkdirSync, statSync, truncateSync, unlinkSync } from 'node:fs'
import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { type Logger, silentLogger } from '../../base/logger.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { Housekeeping, type HousekeptFolder } from './compaction.ts'
import type { SeriesRow } from './history-catalog.ts'
import type {
  Coverage,
  HistoryFilesOptions,
  HistoryFilesSize,
  HistoryFilesWriter,
  PartitionLength,
  RetentionSettings,
  SealedBatch,
  SealedChunk,
  SeriesDefinition,
} from './history-files.ts'
import { Partition, type PartitionPlace, type WrittenChunks } from './partition.ts'
import { asFilesError, syncFolder, written } from './partition-file.ts'
import {
  endOfTime,
  fileNames,
  freeSpan,
  listPartitions,
  type PartitionFiles,
  partitionsFolder,
} from './partition-name.ts'
import { cutoffOf } from './retention.ts'
import { catalogFile, SeriesCatalog } from './series-catalog.ts'

/** Partitions the writer keeps open; each has two files. */
const openPartitionLimit = 16
const dayPartitionSeriesCount = 10_000

/** See {@link HistoryFilesWriter}. */
export class HistoryFolder implements HistoryFilesWriter, PartitionPlace, HousekeptFolder {
  readonly folder: string
  readonly logger: Logger
  readonly #catalog: SeriesCatalog
  readonly #historyFolder: string
  readonly #setLength: PartitionLength | undefined
  /** All there are, in order of time. */
  #partitions: PartitionFiles[] = []
  /** Those that are open, by beginning; the one used last is last. */
  readonly #open = new Map<number, Partition>()
  /** Partitions whose coverage a replay may still ask for. */
  readonly #recent = new Set<number>()
  /** Not to be closed: they are being compacted. */
  readonly #busy = new Set<number>()
  #isAppending = false
  #sealNumber = 0
  #isFolderDirty = false
  /** Steps that must not overlap: commits, and going over to new files. */
  #queue: Promise<unknown> = Promise.resolve()
  #nextCommit: Promise<void> | null = null
  #housekeeping: Promise<void> | null = null
  readonly #housekeeper: Housekeeping
  #isClosed = false

  /**
   * Opens or makes the folder, and brings in order what a crash left. Damaged records are passed over and reported to the log; a damaged
   * index is made anew. Throws HistoryFilesError: `damaged` (the catalog), `tooNew`.
   */
  static open(options: HistoryFilesOptions): HistoryFolder {
    return new HistoryFolder(options)
  }

  private constructor({ folder, partitionLength, logger = silentLogger }: HistoryFilesOptions) {
    this.#historyFolder = folder
    this.folder = partitionsFolder(folder)
    this.logger = logger
    this.#setLength = partitionLength
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 })
    } catch (error) {
      throw asFilesError(error, `making the folder ${this.folder}`)
    }
    this.#catalog = new SeriesCatalog(folder)
    this.#housekeeper = new Housekeeping(this)
    try {
      this.#openPartitions()
    } catch (error) {
      for (const partition of this.#open.values()) partition.close()
      this.#catalog.close()
      throw error
    }
  }

  defineSeries(definitions: readonly SeriesDefinition[]): readonly SeriesRow[] {
    return this.#catalog.define(definitions)
  }

  series(): readonly SeriesRow[] {
    return this.#catalog.rows()
  }

  /** Of one series; undefined when there is none with this number. */
  seriesRow(id: number): SeriesRow | undefined {
    return this.#catalog.row(id)
  }

  nameSeries(id: number) {
    const row = this.#catalog.row(id)
    return (
      row && {
        id,
        kind: row.kind,
        name: row.name,
        dataType: row.dataType,
        interpolation: row.interpolation,
        unit: row.unit,
      }
    )
  }

  partitionEnd(timestamp: number): number {
    return (this.#listed(timestamp) ?? freeSpan(timestamp, this.#length, this.#partitions)).to
  }

  get sealNumber(): number {
    return this.#sealNumber
  }

  append(batch: SealedBatch): number {
    if (batch.chunks.length === 0) return this.#sealNumber
    const sealNumber = this.#sealNumber + 1
    const written: [Partition, WrittenChunks][] = []
    let published = 0
    // A batch may span more partitions than are kept open: none of them is closed before its end.
    this.#isAppending = true
    try {
      for (const [partition, chunks] of this.#byPartition(batch.chunks))
        written.push([partition, partition.write(chunks, sealNumber, batch.journalPosition)])
      for (const [partition, chunks] of written) {
        partition.publish(chunks)
        published++
      }
    } catch (error) {
      for (const [partition, chunks] of written.slice(0, published)) partition.unpublish(chunks)
      for (const [partition, chunks] of written) partition.takeBack(chunks)
      throw error
    } finally {
      this.#isAppending = false
    }
    this.#closeSpare()
    for (const [partition] of written) this.#recent.add(partition.from)
    this.#sealNumber = sealNumber
    return sealNumber
  }

  commit(): Promise<void> {
    this.#nextCommit ??= this.exclusively(async () => {
      this.#nextCommit = null
      for (const partition of [...this.#open.values()]) if (partition.isDirty) await partition.commit()
      if (!this.#isFolderDirty) return
      this.#isFolderDirty = false
      try {
        await syncFolder(this.folder)
      } catch (error) {
        this.#isFolderDirty = true
        throw error
      }
    })
    return this.#nextCommit
  }

  coverage(sincePosition: number): readonly Coverage[] {
    return [...this.#recent].flatMap((from) => this.#partitionFrom(from)?.coverage(sincePosition) ?? [])
  }

  forgetCoverage(beforePosition: number): void {
    for (const from of [...this.#recent]) {
      const partition = this.#partitionFrom(from)
      partition?.forgetCoverage(beforePosition)
      if (!partition || partition.recentFrom === partition.chunks.size) this.#recent.delete(from)
    }
  }

  size(): HistoryFilesSize {
    let chunkByteCount = 0
    let indexByteCount = 0
    for (const partition of this.#partitions) {
      const [chunks = 0, index = 0] = this.sizesOf(partition)
      chunkByteCount += chunks
      indexByteCount += index
    }
    const catalog = catalogFile(this.#historyFolder)
    return {
      partitionCount: this.#partitions.length,
      chunkByteCount,
      indexByteCount,
      catalogByteCount: sizeOf(catalog) + sizeOf(`${catalog}-wal`),
      writtenByteCount: written.byteCount,
    }
  }

  housekeep(now: number, retention: RetentionSettings): Promise<void> {
    this.#housekeeping ??= this.#housekeeper.run(now, retention).finally(() => {
      this.#housekeeping = null
    })
    return this.#housekeeping
  }

  dropOldest(): boolean {
    const [oldest, next] = this.#partitions
    if (!oldest || !next) return false
    const names = this.#forget(oldest)
    try {
      // Emptied first: a reader who still has it open must not keep the room, or one partition after the other would have to go.
      for (const name of names.filter((file) => file.endsWith('.chunks'))) truncateSync(join(this.folder, name))
      for (const name of names) unlinkSync(join(this.folder, name))
    } catch (error) {
      throw asFilesError(error, `removing the partition ${names[0]}`)
    }
    return true
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#housekeeping
    await this.commit()
    for (const partition of this.#open.values()) partition.close()
    this.#open.clear()
    this.#catalog.close()
  }

  // For housekeeping.

  get partitions(): readonly PartitionFiles[] {
    return this.#partitions
  }

  /** Housekeeping ends at the next pause. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Bytes of chunk file and index. */
  sizesOf(partition: PartitionFiles): readonly [number, number] {
    const open = this.#open.get(partition.from)
    if (open) return [open.chunks.size, open.indexSize]
    const [chunks, index] = fileNames(partition).map((name) => sizeOf(join(this.folder, name)))
    return [chunks ?? 0, index ?? 0]
  }

  shortestRetention(now: number, retention: RetentionSettings): number {
    let cutoff = cutoffOf(null, retention, now)
    for (const { retentionMs } of this.#catalog.rows()) cutoff = Math.max(cutoff, cutoffOf(retentionMs, retention, now))
    return cutoff
  }

  /** The partition, opened, and kept open until `release`; null when it is gone. */
  hold(from: number): Partition | null {
    const partition = this.#partitionFrom(from)
    if (partition) this.#busy.add(from)
    return partition
  }

  release(from: number): void {
    this.#busy.delete(from)
  }

  /** True while it is this very partition that is written to. */
  isCurrent(partition: Partition): boolean {
    return this.#open.get(partition.from) === partition
  }

  /** The files of an open partition have other names now. */
  renamed(partition: Partition): void {
    this.#isFolderDirty = true
    this.#partitions = this.#partitions.map((files) => (files.from === partition.from ? partition.files : files))
  }

  /** Goes over to the next generation of the partition, whose files have their names by now; the old files are the caller's to remove. */
  replace(partition: Partition): void {
    const fresh = Partition.open(this, { ...partition.files, generation: partition.generation + 1, indexGeneration: 1 })
    partition.close()
    this.#open.set(fresh.from, fresh)
    this.renamed(fresh)
  }

  /** Removes a partition and its files; readers who have them open go on. */
  async drop(files: PartitionFiles): Promise<void> {
    for (const name of this.#forget(files)) await this.removeFile(name)
  }

  /** Off the thread: freeing a large file takes its time. */
  async removeFile(name: string): Promise<void> {
    try {
      await unlink(join(this.folder, name))
    } catch (error) {
      this.logger.warn(`${name} could not be removed; it is tried again at the next start`, { error })
    }
  }

  /** One after the other. */
  exclusively<Result>(step: () => Promise<Result>): Promise<Result> {
    const result = this.#queue.then(step)
    this.#queue = result.catch(() => undefined)
    return result
  }

  /** From now on it is not there any more; the names of its files. */
  #forget(files: PartitionFiles): readonly string[] {
    const open = this.#open.get(files.from)
    this.#partitions = this.#partitions.filter((other) => other.from !== files.from)
    for (const set of [this.#recent, this.#busy]) set.delete(files.from)
    this.#open.delete(files.from)
    this.#isFolderDirty = true
    open?.close()
    return fileNames(open?.files ?? files)
  }

  #openPartitions(): void {
    const { partitions, leftovers } = listPartitions(this.folder)
    for (const name of leftovers) unlinkSync(join(this.folder, name))
    if (leftovers.length > 0) this.#isFolderDirty = true
    for (const files of partitions) {
      this.#partitions.push(files)
      const partition = this.#partitionFrom(files.from)
      if (!partition) continue
      this.#sealNumber = Math.max(this.#sealNumber, partition.sealNumber)
      if (partition.recentFrom < partition.chunks.size) this.#recent.add(files.from)
    }
  }

  #byPartition(chunks: readonly SealedChunk[]): Map<Partition, SealedChunk[]> {
    const groups = new Map<Partition, SealedChunk[]>()
    for (const chunk of chunks) {
      const { firstTimestamp, lastTimestamp } = chunk.summary
      const partition = this.#partitionAt(firstTimestamp)
      if (lastTimestamp >= partition.to)
        throw new RuntimeError(
          'BadInvalidArgument',
          `A chunk of series ${chunk.series} reaches into the next partition`,
        )
      const group = groups.get(partition)
      if (group) group.push(chunk)
      else groups.set(partition, [chunk])
    }
    return groups
  }

  /** So long that tags that seldom change fill their chunks, so short that an index of many tags stays small enough to be sorted. */
  get #length(): PartitionLength {
    return this.#setLength ?? (this.#catalog.recordedCount > dayPartitionSeriesCount ? 'day' : 'week')
  }

  #listed(timestamp: number): PartitionFiles | undefined {
    return this.#partitions.find((files) => files.from <= timestamp && timestamp < files.to)
  }

  #partitionAt(timestamp: number): Partition {
    if (!(timestamp >= 0 && timestamp < endOfTime))
      throw new RuntimeError('BadOutOfRange', `The time stamp ${timestamp} is not between 1970 and 9999`)
    const listed = this.#listed(timestamp)
    const present = listed && this.#partitionFrom(listed.from)
    if (present) return present
    const partition = Partition.create(this, freeSpan(timestamp, this.#length, this.#partitions))
    this.#isFolderDirty = true
    this.#partitions = [...this.#partitions, partition.files].sort((a, b) => a.from - b.from)
    this.#use(partition)
    return partition
  }

  /** Opens it when it is not; null when there is none that begins there. Throws HistoryFilesError. */
  #partitionFrom(from: number): Partition | null {
    const open = this.#open.get(from)
    if (open) {
      this.#use(open)
      return open
    }
    const files = this.#partitions.find((listed) => listed.from === from)
    if (!files) return null
    const partition = Partition.open(this, files)
    this.#partitions = this.#partitions.map((listed) => (listed.from === from ? partition.files : listed))
    this.#use(partition)
    return partition
  }

  /** Marks as used last; when there are too many, others are closed. */
  #use(partition: Partition): void {
    this.#open.delete(partition.from)
    this.#open.set(partition.from, partition)
    this.#closeSpare(partition)
  }

  /** Closes those not used for longest, but not `used`, as far as that is possible now. */
  #closeSpare(used: Partition | null = null): void {
    if (this.#isAppending) return
    for (const [from, partition] of this.#open) {
      if (this.#open.size <= openPartitionLimit) return
      if (partition === used || partition.isDirty || this.#busy.has(from)) continue
      partition.close()
      this.#open.delete(from)
    }
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}
