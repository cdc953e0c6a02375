// Samples that are written afterwards: sorted, cut into chunks and sealed at once; they take the place of what was there.

import type { TagValue } from '../../shared/data-value.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import type { HistoryFilesWriter } from '../files/history-files.ts'
import type { BackfillSeries } from '../history-input.ts'
import { samplesPerChunk } from '../history-settings.ts'
import { rowsWithin, withExactNumbers } from '../sample-admission.ts'
import { picked, type Samples } from '../samples.ts'
import { chunkValueBytes, refusalOf } from '../value-size.ts'
import type { HeadSeries } from './head-series.ts'
import { SealEncoder } from './seal-encoder.ts'
import { timeOrder } from './time-order.ts'

/** Chunks of one append. */
const chunksPerAppend = 32

export interface BackfillContext {
  readonly files: HistoryFilesWriter
  readonly series: HeadSeries
  position(): number
  /** Samples with these time stamps were taken out of a head: the journal has to know. */
  onRemoved(slot: number, timestamps: Float64Array): void
}

export class BackfillWork {
  readonly #context: BackfillContext
  readonly #encoder = new SealEncoder()
  /** Of the chunks that are encoded and not yet appended. */
  #sealed: { readonly slot: number; readonly timestamps: Float64Array }[] = []
  count = 0

  constructor(context: BackfillContext) {
    this.#context = context
  }

  /**
   * Seals checked samples; how many were given. Of samples of one series with the same time stamp the last counts. HistoryFilesError when
   * there is no room: what was sealed until then stays.
   */
  write(all: readonly BackfillSeries[]): number {
    const slots = this.#context.series.define(all.map(({ series }) => series))
    let count = 0
    for (const [index, given] of all.entries()) {
      if (given.timestamp.length > 0) this.#writeOne(slots[index]!, ordered(exactly(given)))
      count += given.timestamp.length
    }
    this.#append()
    this.count += count
    return count
  }

  #writeOne(slot: number, samples: Samples): void {
    const { files, series } = this.#context
    for (let from = 0; from < samples.count; ) {
      const to = endOfChunk(samples, from, files.partitionEnd(samples.timestamp[from]!))
      this.#encoder.add(series.id(slot), slice(samples, from, to), true, 0)
      this.#sealed.push({ slot, timestamps: samples.timestamp.slice(from, to) })
      from = to
      if (this.#sealed.length >= chunksPerAppend) this.#append()
    }
  }

  /** Stores what was encoded; live samples in whose place it comes go out of the heads. */
  #append(): void {
    if (this.#sealed.length === 0) return
    const { files, series } = this.#context
    const sealed = this.#sealed
    this.#sealed = []
    try {
      files.append({ chunks: this.#encoder.chunks, journalPosition: this.#context.position() })
    } finally {
      this.#encoder.clear()
    }
    for (const { slot, timestamps } of sealed)
      if (series.heads.remove(slot, timestamps) > 0) this.#context.onRemoved(slot, timestamps)
  }
}

/** Exact integers as numbers where that changes nothing. */
function exactly(given: BackfillSeries): BackfillSeries {
  const { value, others } = withExactNumbers({ ...given, count: given.timestamp.length })
  return { ...given, value, others }
}

/** RuntimeError BadInvalidArgument, with a sentence, for what is no sample or cannot be kept. */
export function checkBackfill({ series: { name }, timestamp, value, statusCode, others }: BackfillSeries): void {
  if (timestamp.length !== value.length || timestamp.length !== statusCode.length)
    throw new RuntimeError(
      'BadInvalidArgument',
      `Back-fill of "${name}": ${timestamp.length} time stamps, ${value.length} values and ${statusCode.length} status codes; as many of each are expected`,
    )
  for (const instant of timestamp)
    if (!Number.isSafeInteger(instant) || instant < 0)
      throw new RuntimeError(
        'BadInvalidArgument',
        `Back-fill of "${name}": ${instant} is no time in whole ms since 1970`,
      )
  for (let row = 0; others !== null && row < timestamp.length; row++) {
    const other = others[row]
    const reason = other === undefined || other === null ? null : refusalOf(other)
    if (reason !== null)
      throw new RuntimeError(
        'BadInvalidArgument',
        `Back-fill of "${name}": the value at ${new Date(timestamp[row]!).toISOString()} ${reason}`,
      )
  }
}

/** In order of time; of equal time stamps the last one given. */
function ordered({ timestamp, value, statusCode, others }: BackfillSeries): Samples {
  const count = timestamp.length
  const given: Samples = { count, timestamp, value, statusCode, others }
  const order = timeOrder(timestamp, count) ?? Uint32Array.from(timestamp, (_, row) => row)
  const kept: number[] = []
  for (let at = 0; at < count; at++)
    if (at + 1 === count || timestamp[order[at]!] !== timestamp[order[at + 1]!]) kept.push(order[at]!)
  return picked(given, kept)
}

function endOfChunk({ timestamp, count, others }: Samples, from: number, before: number): number {
  const most = Math.min(count, from + samplesPerChunk)
  let to = from + 1
  while (to < most && timestamp[to]! < before) to++
  return rowsWithin(others, from, to, chunkValueBytes)
}

function slice(samples: Samples, from: number, to: number): Samples {
  const others: (TagValue | undefined)[] | null = samples.others?.slice(from, to) ?? null
  return {
    count: to - from,
    timestamp: samples.timestamp.subarray(from, to),
    value: samples.value.subarray(from, to),
    statusCode: samples.statusCode.subarray(from, to),
    others: others?.some((other) => other !== undefined) ? others : null,
  }
}
