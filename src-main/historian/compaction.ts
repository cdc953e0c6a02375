// Housekeeping of partitions beside recording: sorts indexes that grew a tail, drops what is too old or too much.
import { setImmediate } from 'node:timers/promises'
import type { Logger } from '../base/logger.ts'
import { ChunkIndex } from './chunk-index.ts'
import type { RetentionSettings } from './history-files.ts'
import { HistoryFilesError } from './history-files-error.ts'
import type { Partition } from './partition.ts'
import { sortIndex } from './partition-index.ts'
import type { PartitionFiles } from './partition-name.ts'
import { beyondSize, cutoffOf, isOutlived } from './retention.ts'

/** Work is done in slices of about so many ms; in between the writer does what it has to do. */
const sliceMs = 3
/** Rows of an unsorted tail from which the index is sorted. */
const leastTailRows = 8192
const mostTailRows = 65_536

/** What housekeeping needs of the folder it works in. */
export interface HousekeptFolder {
  readonly logger: Logger
  /** In order of time. */
  readonly partitions: readonly PartitionFiles[]
  readonly isClosed: boolean
  /** Bytes of chunk file and index. */
  sizesOf(partition: PartitionFiles): readonly [number, number]
  seriesRow(id: number): { readonly retentionMs: number | null } | undefined
  /** The partition, opened, and kept open until `release`; null when it is gone. */
  hold(from: number): Partition | null
  release(from: number): void
  /** True while it is this very partition that is written to. */
  isCurrent(partition: Partition): boolean
  commit(): Promise<void>
  /** One after the other, and not during a commit. */
  exclusively<Result>(step: () => Promise<Result>): Promise<Result>
  /** The files of an open partition have other names now. */
  renamed(partition: Partition): void
  /** Takes the place of the partition with the same beginning, which is closed; its files are the caller's to remove. */
  replace(fresh: Partition): void
  /** Removes a partition and its files; readers who have them open go on. */
  drop(files: PartitionFiles): void
  removeFile(name: string): void
}

export class Housekeeping {
  readonly #files: HousekeptFolder
  #sliceEnd = 0

  constructor(files: HousekeptFolder) {
    this.#files = files
  }

  /** Everything that is due. Does not reject for want of room or because a partition was dropped meanwhile. */
  async run(now: number, retention: RetentionSettings): Promise<void> {
    this.#sliceEnd = performance.now() + sliceMs
    await this.#dropOld(now, retention)
    for (const files of [...this.#files.partitions]) {
      if (this.#files.isClosed) return
      await this.#attempt(files, (partition) => this.#tend(partition))
      await this.#giveWay()
    }
  }

  async #dropOld(now: number, retention: RetentionSettings): Promise<void> {
    for (const files of [...this.#files.partitions]) {
      if (files.to > now) break
      await this.#attempt(files, async (partition) => {
        if (isOutlived(files, this.#cutoffsOf(partition, now, retention))) this.#files.drop(files)
      })
    }
    const sized = this.#files.partitions.map((files) => {
      const [chunks, index] = this.#files.sizesOf(files)
      return { ...files, byteCount: chunks + index }
    })
    for (const files of beyondSize(sized, retention.maximumByteCount)) this.#files.drop(files)
  }

  #cutoffsOf(partition: Partition, now: number, retention: RetentionSettings): number[] {
    const index = ChunkIndex.open(partition.indexFile)
    try {
      return index
        .seriesNumbers()
        .map((series) => cutoffOf(this.#files.seriesRow(series)?.retentionMs ?? null, retention, now))
    } finally {
      index.close()
    }
  }

  async #tend(partition: Partition): Promise<void> {
    const rowsBytes = partition.indexSize / 160
    const limit = Math.min(mostTailRows, Math.max(leastTailRows, rowsBytes / 4))
    if (partition.tailRowCount >= limit || partition.needsNewIndex) await this.#sortIndex(partition)
  }

  /** A new index whose sorted part knows all rows that are there now. */
  async #sortIndex(partition: Partition): Promise<void> {
    await this.#files.commit()
    const index = ChunkIndex.open(partition.indexFile)
    try {
      const fresh = await sortIndex(index, `${partition.indexFile}.making`, partition.recentFrom, () => this.#giveWay())
      await fresh.sync()
      await this.#files.exclusively(async () => {
        if (!this.#files.isCurrent(partition)) return fresh.discard()
        partition.replaceIndex(fresh, index.tailEnd)
        this.#files.renamed(partition)
      })
    } finally {
      index.close()
    }
  }

  /** Runs a step on a partition that is kept open for it. What goes wrong is logged: it is tried again the next time. */
  async #attempt(files: PartitionFiles, step: (partition: Partition) => Promise<void>): Promise<void> {
    try {
      const partition = this.#files.hold(files.from)
      if (partition) await step(partition)
    } catch (error) {
      if (!(error instanceof HistoryFilesError)) throw error
      this.#files.logger.warn(`Housekeeping of a partition of history was put off: ${error.message}`)
    } finally {
      this.#files.release(files.from)
    }
  }

  async #giveWay(): Promise<void> {
    if (performance.now() < this.#sliceEnd) return
    await setImmediate()
    this.#sliceEnd = performance.now() + sliceMs
  }
}
