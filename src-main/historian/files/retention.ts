// What may go: whole partitions by age and total size, and what is worth rewriting a partition for.
import type { RetentionSettings } from './history-files.ts'
import type { PartitionFiles } from './partition-name.ts'

/** A partition with what it costs. */
export interface SizedPartition extends PartitionFiles {
  readonly byteCount: number
}

/** Instant before which samples of a series may go; −Infinity = never. `retentionMs`: the series' own setting. */
export function cutoffOf(retentionMs: number | null, settings: RetentionSettings, now: number): number {
  const kept = retentionMs ?? settings.retentionMs
  return kept === null ? Number.NEGATIVE_INFINITY : now - kept
}

/** True when nothing of the partition is to be kept by age; `cutoffs`: of the series in it. */
export function isOutlived(partition: PartitionFiles, cutoffs: Iterable<number>): boolean {
  for (const cutoff of cutoffs) if (partition.to > cutoff) return false
  return true
}

/** Oldest partitions that have to go so that the rest is not larger than the limit; the newest always stays. */
export function beyondSize(partitions: readonly SizedPartition[], maximumByteCount: number | null): PartitionFiles[] {
  if (maximumByteCount === null) return []
  let total = partitions.reduce((sum, { byteCount }) => sum + byteCount, 0)
  const going: PartitionFiles[] = []
  for (const partition of partitions.slice(0, -1)) {
    if (total <= maximumByteCount) break
    going.push(partition)
    total -= partition.byteCount
  }
  return going
}
