// Housekeeping of partitions beside recording: sorts indexes that grew a tail, drops what is too old or too much.
import { setImmediate } from 'node:timers/promises'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { ChunkIndex, tailEntryByteCount } from './chunk-index.ts'
import { rowByteCount, rowLayout, rowWords } from './chunk-rows.ts'
import type { RetentionSettings } from './history-files.ts'
import { HistoryFilesError } from './history-files-error.ts'
import type { Partition, PartitionPlace } from './partition.ts'
import { syncFolder } from './partition-file.ts'
import { sortIndex } from './partition-index.ts'
import { fileNames, type PartitionFiles } from './partition-name.ts'
import { PartitionRewrite } from './partition-rewrite.ts'
import { beyondSize, cutoffOf, isOutlived } from './retention.ts'

/** Work is done in slices of about so many ms; in between the writer does what it has to do. */
const sliceMs = 3
/** Rows of an unsorted tail from which the index is sorted. */
const leastTailRows = 8192
const mostTailRows = 65_536
/** A partition is closed so long after its end: heads have been sealed. */
const closedAfterMs = 3_600_000
/** Share of rows that came after a rewriting, and of rows that are too old, from which a partition is rewritten again. */
const mostLateShare = 0.02
const mostOldShare = 0.25
const mostCopyAttempts = 5

/** The partition was dropped, or appended to without end, while it was rewritten: it is left as it is. */
class Overtaken extends Error {}

/** What housekeeping needs of the folder it works in. */
export interface HousekeptFolder extends PartitionPlace {
  /** In order of time. */
  readonly partitions: readonly PartitionFiles[]
  readonly isClosed: boolean
  /** Bytes of chunk file and index. */
  sizesOf(partition: PartitionFiles): readonly [number, number]
  /** Instant before which samples of some series may go; −Infinity = of none. */
  shortestRetention(now: number, retention: RetentionSettings): number
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
  /** Goes over to the next generation of the partition, whose files have their names by now; the old files are the caller's to remove. */
  replace(partition: Partition): void
  /** Removes a partition and its files; readers who have them open go on. */
  drop(files: PartitionFiles): Promise<void>
  removeFile(name: string): Promise<void>
}

export class Housekeeping {
  readonly #files: HousekeptFolder
  #sliceEnd = 0
  /** Partitions that could not be read: it is said once. */
  readonly #damaged = new Set<number>()

  constructor(files: HousekeptFolder) {
    this.#files = files
  }

  /** Everything that is due. Does not reject for want of room or because a partition was dropped meanwhile. */
  async run(now: number, retention: RetentionSettings): Promise<void> {
    this.#sliceEnd = performance.now() + sliceMs
    await this.#dropOld(now, retention)
    for (const files of [...this.#files.partitions]) {
      if (this.#files.isClosed) return
      await this.#attempt(files, (partition) => this.#tend(partition, now, retention))
      await this.#giveWay()
    }
  }

  async #dropOld(now: number, retention: RetentionSettings): Promise<void> {
    for (const files of [...this.#files.partitions]) {
      if (files.to > this.#files.shortestRetention(now, retention)) break
      await this.#attempt(files, async (partition) => {
        if (isOutlived(files, this.#cutoffsOf(partition, now, retention))) await this.#files.drop(files)
      })
    }
    const sized = this.#files.partitions.map((files) => {
      const [chunks, index] = this.#files.sizesOf(files)
      return { ...files, byteCount: chunks + index }
    })
    for (const files of beyondSize(sized, retention.maximumByteCount)) await this.#files.drop(files)
  }

  #cutoffsOf(partition: Partition, now: number, retention: RetentionSettings): number[] {
    const index = ChunkIndex.open(partition.indexFile)
    try {
      return index.seriesNumbers().map((series) => this.#cutoffOf(series, now, retention))
    } finally {
      index.close()
    }
  }

  async #tend(partition: Partition, now: number, retention: RetentionSettings): Promise<void> {
    if (this.#isDue(partition, now, retention)) return this.#rewrite(partition, now, retention)
    const rowCount = partition.indexSize / tailEntryByteCount
    const limit = Math.min(mostTailRows, Math.max(leastTailRows, rowCount / 4))
    if (partition.tailRowCount >= limit || partition.needsNewIndex) await this.#sortIndex(partition)
  }

  /** A closed partition is rewritten once, and again when enough was added late or enough of it is too old. */
  #isDue(partition: Partition, now: number, retention: RetentionSettings): boolean {
    if (partition.to + closedAfterMs > now) return false
    if (partition.sealNumber === 0) return false
    if (!partition.isClustered || partition.tailRowCount > mostLateShare * (partition.indexSize / rowByteCount))
      return true
    return (
      partition.from < this.#files.shortestRetention(now, retention) &&
      this.#oldShare(partition, now, retention) > mostOldShare
    )
  }

  /** Share of the chunks' bytes that is too old. */
  #oldShare(partition: Partition, now: number, retention: RetentionSettings): number {
    const index = ChunkIndex.open(partition.indexFile)
    try {
      let all = 0
      let old = 0
      for (const series of index.seriesNumbers()) {
        const cutoff = this.#cutoffOf(series, now, retention)
        const entry = index.entryOf(series)
        all += entry?.rowCount ?? 0
        if (!entry || cutoff <= partition.from) continue
        const rows = index.rows(entry)
        for (let word = rowLayout.numbers.lastTimestamp; word < rows.length; word += rowWords)
          if ((rows[word] as number) < cutoff) old++
      }
      return all === 0 ? 0 : old / all
    } finally {
      index.close()
    }
  }

  #cutoffOf(series: number, now: number, retention: RetentionSettings): number {
    return cutoffOf(this.#files.seriesRow(series)?.retentionMs ?? null, retention, now)
  }

  /** New files beside the old ones, synced, then renamed; the old ones go when the new names are on the disk. */
  async #rewrite(partition: Partition, now: number, retention: RetentionSettings): Promise<void> {
    await this.#files.commit()
    const rewrite = new PartitionRewrite(this.#files, partition)
    try {
      await rewrite.write(
        (series) => this.#cutoffOf(series, now, retention),
        async () => {
          await this.#giveWay()
          if (this.#files.isClosed || !this.#files.isCurrent(partition)) throw new Overtaken()
        },
      )
      for (let attempt = 0; await rewrite.copyAppended(); attempt++)
        if (attempt === mostCopyAttempts) throw new Overtaken()
      await this.#files.exclusively(async () => {
        if (!this.#files.isCurrent(partition) || !rewrite.isComplete) throw new Overtaken()
        rewrite.takeOver()
        this.#files.replace(partition)
        // Whatever happens to the power: either these names are on the disk, or the old files still are.
        await syncFolder(this.#files.folder)
        for (const name of fileNames(partition.files)) await this.#files.removeFile(name)
      })
    } catch (error) {
      rewrite.discard()
      if (!(error instanceof Overtaken)) throw error
    }
  }

  /** A new index whose sorted part knows all rows that are there now. */
  async #sortIndex(partition: Partition): Promise<void> {
    await this.#files.commit()
    const index = ChunkIndex.openHead(partition.indexFile)
    try {
      while (index.refreshSome()) await this.#giveWay()
      const fresh = await sortIndex(index, `${partition.indexFile}.making`, partition.recentFrom, () => this.#giveWay())
      try {
        await fresh.sync()
      } catch (error) {
        fresh.discard()
        throw error
      }
      await this.#files.exclusively(async () => {
        if (!this.#files.isCurrent(partition)) return fresh.discard()
        const old = partition.replaceIndex(fresh, index.tailEnd)
        this.#files.renamed(partition)
        await this.#files.removeFile(old)
      })
    } finally {
      index.close()
    }
  }

  /** Runs a step on a partition that is kept open for it. What goes wrong is logged: it is tried again the next time. */
  async #attempt(files: PartitionFiles, step: (partition: Partition) => Promise<void>): Promise<void> {
    if (this.#damaged.has(files.from)) return
    try {
      const partition = this.#files.hold(files.from)
      if (partition) await step(partition)
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error
      const isDamaged = !(error instanceof HistoryFilesError) || error.kind === 'damaged'
      if (isDamaged) this.#damaged.add(files.from)
      const next = isDamaged ? 'is left as it is until it is repaired' : 'is tried again'
      this.#files.logger.warn(`Housekeeping of a partition of history ${next}: ${error.message}`)
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
