// Every stored sample of a span, in pages: what is asked once too often is given once, also while recording goes on.
import type { TagValue } from '../../shared/data-value.ts'
import { fromBase64, toBase64 } from '../../shared/data-value.ts'
import type { HistoryRequest } from '../../shared/history.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import { firstRowFrom } from '../sample-merge.ts'
import type { Samples } from '../samples.ts'
import type { OpenedChunk } from './history-source.ts'
import type { Pace } from './query-pace.ts'
import { findAfter, findBefore, type Sample } from './sample-cursor.ts'
import type { SampleTimeline } from './sample-timeline.ts'

/** Where a page of a raw answer ended. */
export interface RawPlace {
  /** Which of the asked tags. */
  readonly tagIndex: number
  /** Of the last sample that was given; null when none of this tag. */
  readonly timestamp: number | null
  /** Samples with that time stamp that were given. */
  readonly given: number
}

/** Rows of one tag; `isComplete` false: there are more. */
export interface RawPage {
  readonly samples: Samples
  readonly isComplete: boolean
  /** Samples with the last one's time stamp that were given, on this page and before. */
  readonly givenOfLast: number
}

/** At most `limit` samples of [from, to) after `place`; `bounds`: and the last before and the first from `to` on. */
export function* readRaw(
  timeline: SampleTimeline,
  from: number,
  to: number,
  place: { readonly timestamp: number | null; readonly given: number },
  limit: number,
  bounds: boolean,
  pace: Pace,
): Generator<void, RawPage> {
  const begin = place.timestamp ?? from
  const rows = new GrowingSamples()
  if (bounds && place.timestamp === null) {
    const before = yield* findBefore(timeline, from, anySample, pace)
    if (before) rows.add(before.sample)
  }
  // Samples with the time stamp of the place come first: some of them were given.
  let skip = place.timestamp !== null && place.timestamp >= from ? place.given : 0
  const start = Math.max(begin, from)
  const stopAt = limit + 1
  for (const segment of timeline.segments(start, to, false)) {
    if (rows.count >= stopAt) break
    if (pace.isDue()) yield
    if (!segment.rows) {
      skip = rows.addRange(segment.read(), start, to, skip)
      continue
    }
    for (let row = segment.begin; row < segment.end && rows.count < stopAt + skip; row++) {
      if (segment.rows.lastTimestamp(row) < start || segment.rows.firstTimestamp(row) >= to) continue
      skip = rows.addChunk(timeline.open(segment.rows, row), start, to, skip, stopAt)
      if (pace.isDue()) yield
    }
  }
  if (rows.count <= limit && bounds) {
    const after = yield* findAfter(timeline, to, anySample, pace)
    if (after) rows.add(after.sample)
  }
  const isComplete = rows.count <= limit
  const samples = rows.take(Math.min(limit, rows.count))
  return { samples, isComplete, givenOfLast: givenOfLast(samples, place) }
}

const anySample = () => true

function givenOfLast({ count, timestamp }: Samples, place: { timestamp: number | null; given: number }): number {
  if (count === 0) return place.given
  const last = timestamp[count - 1]!
  const first = firstRowFrom(timestamp, count, last)
  return count - first + (first === 0 && place.timestamp === last ? place.given : 0)
}

/** Columns that grow while chunks are decoded straight into them. */
class GrowingSamples {
  count = 0
  #timestamp = new Float64Array(0)
  #value = new Float64Array(0)
  #statusCode = new Uint32Array(0)
  #others: (TagValue | undefined)[] | null = null

  add({ timestamp, value, statusCode, other }: Sample): void {
    this.#reserve(1)
    this.#timestamp[this.count] = timestamp
    this.#value[this.count] = value
    this.#statusCode[this.count] = statusCode
    if (other !== undefined) {
      this.#others ??= []
      this.#others[this.count] = other
    }
    this.count++
  }

  /** Rows of [from, to) but the first `skip`; what of `skip` is left. */
  addRange(samples: Samples, from: number, to: number, skip: number): number {
    const first = firstRowFrom(samples.timestamp, samples.count, from)
    const end = firstRowFrom(samples.timestamp, samples.count, to)
    const begin = Math.min(end, first + skip)
    const left = skip - (begin - first)
    this.#reserve(end - begin)
    this.#timestamp.set(samples.timestamp.subarray(begin, end), this.count)
    this.#value.set(samples.value.subarray(begin, end), this.count)
    this.#statusCode.set(samples.statusCode.subarray(begin, end), this.count)
    for (let row = begin; samples.others && row < end; row++) {
      const other = samples.others[row]
      if (other === undefined) continue
      this.#others ??= []
      this.#others[this.count + row - begin] = other
    }
    this.count += end - begin
    return left
  }

  addChunk(chunk: OpenedChunk, from: number, to: number, skip: number, stopAt: number): number {
    let left = skip
    for (let block = 0; block < chunk.blockCount && this.count < stopAt + left; block++) {
      const next = block + 1 < chunk.blockCount ? chunk.blockFirstTimestamp[block + 1]! : chunk.lastTimestamp
      if (next < from) continue
      if (chunk.blockFirstTimestamp[block]! >= to) break
      left = this.#addBlock(chunk, block, from, to, left)
    }
    return left
  }

  /** The first `count` rows. */
  take(count: number): Samples {
    return {
      count,
      timestamp: fitting(this.#timestamp, count),
      value: fitting(this.#value, count),
      statusCode: fitting(this.#statusCode, count),
      others: this.#others ? this.#others.slice(0, count) : null,
    }
  }

  #addBlock(chunk: OpenedChunk, block: number, from: number, to: number, skip: number): number {
    this.#reserve(chunk.blocks.count[block]!)
    const at = this.count
    const columns = { value: this.#value, statusCode: this.#statusCode, others: this.#others }
    const count = chunk.decodeTimestamps(block, this.#timestamp, at)
    chunk.decodeValues(block, columns, at)
    this.#others = columns.others
    const timestamps = this.#timestamp.subarray(at, at + count)
    const first = firstRowFrom(timestamps, count, from)
    const end = timestamps[count - 1]! < to ? count : firstRowFrom(timestamps, count, to)
    const begin = Math.min(end, first + skip)
    if (begin > 0 && begin < end) {
      this.#timestamp.copyWithin(at, at + begin, at + end)
      this.#value.copyWithin(at, at + begin, at + end)
      this.#statusCode.copyWithin(at, at + begin, at + end)
      if (this.#others) {
        // Only as far as the block has any: without its full length the rows before `begin` would keep theirs.
        this.#others.length = at + count
        this.#others.copyWithin(at, at + begin, at + end)
      }
    }
    this.count += end - begin
    if (this.#others && this.#others.length > this.count) this.#others.length = this.count
    return skip - (begin - first)
  }

  #reserve(more: number): void {
    const wanted = this.count + more
    if (wanted <= this.#timestamp.length) return
    const room = Math.max(wanted, this.#timestamp.length * 2, 4096)
    this.#timestamp = moved(this.#timestamp, new Float64Array(room))
    this.#value = moved(this.#value, new Float64Array(room))
    this.#statusCode = moved(this.#statusCode, new Uint32Array(room))
  }
}

function moved<T extends Float64Array | Uint32Array>(from: T, to: T): T {
  to.set(from as never)
  return to
}

/** A column of exactly `count` rows; a copy where the room is much larger, so that answers do not hold on to it. */
function fitting<T extends Float64Array | Uint32Array>(column: T, count: number): T {
  return (column.length === count ? column : column.slice(0, count)) as T
}

/** The cursor of a raw answer. It belongs to its request: another one's is refused. */
export function rawCursor(request: HistoryRequest, place: RawPlace): string {
  const text = JSON.stringify([1, fingerprint(request), place.tagIndex, place.timestamp, place.given])
  return toBase64(new TextEncoder().encode(text))
}

/** The place a cursor means. RuntimeError BadInvalidArgument when it is none, or one of another request. */
export function rawPlace(request: HistoryRequest, cursor: string): RawPlace {
  const parts = parsed(cursor)
  if (!parts) throw new RuntimeError('BadInvalidArgument', 'The cursor is none of a history answer')
  const [version, mark, tagIndex, timestamp, given] = parts
  if (version !== 1 || mark !== fingerprint(request))
    throw new RuntimeError(
      'BadInvalidArgument',
      'The cursor belongs to another question: tags, span, mode and bounds must be those it was given for',
    )
  if (
    !Number.isInteger(tagIndex) ||
    (tagIndex as number) < 0 ||
    (tagIndex as number) >= request.tags.length ||
    !(timestamp === null || Number.isFinite(timestamp)) ||
    !Number.isInteger(given) ||
    (given as number) < 0
  )
    throw new RuntimeError('BadInvalidArgument', 'The cursor is none of a history answer')
  return { tagIndex: tagIndex as number, timestamp: timestamp as number | null, given: given as number }
}

function parsed(cursor: string): unknown[] | null {
  const bytes = fromBase64(cursor)
  if (!bytes) return null
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return Array.isArray(value) && value.length === 5 ? value : null
  } catch {
    return null
  }
}

/** FNV-1a over what a cursor depends on. */
function fingerprint({ tags, from, to, mode, bounds }: HistoryRequest): number {
  const text = JSON.stringify([tags, from, to, mode, bounds === true])
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0
  return hash
}
