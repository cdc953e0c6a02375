// Spans of partitions and the names of their files; the folder's listing is the list of partitions.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { RuntimeError } from '../../shared/runtime-error.ts'
import type { PartitionLength } from './history-files.ts'

export const dayMs = 86_400_000
/** Samples from here on cannot be stored: 10000-01-01. */
export const endOfTime = Date.UTC(10_000, 0, 1)

/** Span of a partition; ms since 1970-01-01 UTC, whole days; `to` is exclusive. */
export interface PartitionSpan {
  readonly from: number
  readonly to: number
}

/** The files of a partition as they are now; the names change whenever one is written anew. */
export interface PartitionFiles extends PartitionSpan {
  /** Counts the rewritings of the chunk file. */
  readonly generation: number
  /** Counts the rewritings of the index of this generation; 0 = there is no index. */
  readonly indexGeneration: number
}

/** What else lies in the folder of partitions: overtaken generations and files that were being made. */
export interface PartitionListing {
  /** In order of time. */
  readonly partitions: readonly PartitionFiles[]
  readonly leftovers: readonly string[]
}

/** Where in `<data>/history` the partitions are. */
export function partitionsFolder(folder: string): string {
  return join(folder, 'partitions')
}

/** Span of the partition of this instant as the calendar has it (UTC). RuntimeError BadOutOfRange before 1970 and after 9999. */
export function calendarSpan(timestamp: number, length: PartitionLength): PartitionSpan {
  if (!(timestamp >= 0 && timestamp < endOfTime))
    throw new RuntimeError('BadOutOfRange', `The time stamp ${timestamp} is not between 1970 and 9999`)
  const day = Math.floor(timestamp / dayMs) * dayMs
  if (length === 'day') return { from: day, to: day + dayMs }
  const date = new Date(day)
  if (length === 'month') {
    const from = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
    return { from, to: Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) }
  }
  const monday = day - ((date.getUTCDay() + 6) % 7) * dayMs
  return { from: Math.max(0, monday), to: Math.min(endOfTime, monday + 7 * dayMs) }
}

/** The same, cut short where partitions of another length are already. */
export function freeSpan(timestamp: number, length: PartitionLength, taken: readonly PartitionSpan[]): PartitionSpan {
  let { from, to } = calendarSpan(timestamp, length)
  for (const other of taken) {
    if (other.to <= timestamp) from = Math.max(from, other.to)
    if (other.from > timestamp) to = Math.min(to, other.from)
  }
  return { from, to }
}

/** `2026-01-05_2026-01-12.1.chunks` */
export function chunkFileName(partition: PartitionSpan, generation: number): string {
  return `${dayOf(partition.from)}_${dayOf(partition.to)}.${generation}.chunks`
}

/** `2026-01-05_2026-01-12.1.2.index`: second index of the first generation. */
export function indexFileName(partition: PartitionSpan, generation: number, indexGeneration: number): string {
  return `${dayOf(partition.from)}_${dayOf(partition.to)}.${generation}.${indexGeneration}.index`
}

const namePattern = /^(\d{4,5}-\d\d-\d\d)_(\d{4,5}-\d\d-\d\d)\.(\d+)\.(?:(\d+)\.index|chunks)$/

/** The partitions of a folder. A folder that does not exist has none. */
export function listPartitions(folder: string): PartitionListing {
  const newest = new Map<number, PartitionFiles>()
  const indexes: (PartitionFiles & { readonly name: string })[] = []
  const leftovers: string[] = []
  const files = namesIn(folder)
  for (const name of files) {
    if (name.endsWith('.making')) leftovers.push(name)
    const match = namePattern.exec(name)
    if (!match) continue
    const [, from = '', to = '', generation, indexGeneration] = match
    const files = { from: dayNamed(from), to: dayNamed(to), generation: Number(generation) }
    if (indexGeneration !== undefined) indexes.push({ ...files, indexGeneration: Number(indexGeneration), name })
    else if ((newest.get(files.from)?.generation ?? 0) < files.generation)
      newest.set(files.from, { ...files, indexGeneration: 0 })
  }
  for (const index of indexes) {
    const partition = newest.get(index.from)
    if (partition?.generation === index.generation && partition.indexGeneration < index.indexGeneration)
      newest.set(index.from, { ...partition, indexGeneration: index.indexGeneration })
  }
  const partitions = [...newest.values()].sort((a, b) => a.from - b.from)
  const current = new Set(partitions.flatMap((partition) => fileNames(partition)))
  for (const name of files) if (namePattern.test(name) && !current.has(name)) leftovers.push(name)
  return { partitions, leftovers }
}

/** Chunk file and, where there is one, index. */
export function fileNames(partition: PartitionFiles): readonly string[] {
  const { generation, indexGeneration } = partition
  const chunks = chunkFileName(partition, generation)
  return indexGeneration === 0 ? [chunks] : [chunks, indexFileName(partition, generation, indexGeneration)]
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return []
    throw error
  }
}

function dayOf(timestamp: number): string {
  const date = new Date(timestamp)
  const two = (number: number) => String(number).padStart(2, '0')
  return `${String(date.getUTCFullYear()).padStart(4, '0')}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`
}

function dayNamed(name: string): number {
  const [year = 0, month = 0, day = 0] = name.split('-').map(Number)
  return Date.UTC(year, month - 1, day)
}
