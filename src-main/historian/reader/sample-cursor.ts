// Finds single samples of a tag's history: the one at or before an instant, its neighbours, the nearest usable one.

import type { TagValue } from '../../shared/data-value.ts'
import type { ChunkRows } from '../files/chunk-rows.ts'
import { firstRowFrom, noSamples } from '../sample-merge.ts'
import type { Samples } from '../samples.ts'
import type { Pace } from './query-pace.ts'
import type { SampleTimeline, Segment } from './sample-timeline.ts'

/** One sample, taken out of its columns. */
export interface Sample {
  readonly timestamp: number
  readonly value: number
  readonly statusCode: number
  readonly other: TagValue | undefined
}

/** A chunk, or samples in memory. */
interface Piece {
  readonly first: number
  readonly rows: ChunkRows | null
  readonly row: number
  readonly samples: (() => Samples) | null
}

/** Stands on one sample of a span and goes to and fro. */
export class SampleCursor {
  readonly #timeline: SampleTimeline
  readonly #pieces: Piece[] = []
  #piece = -1
  #block = 0
  #row = 0
  #blockCount = 0
  #samples: Samples = noSamples

  /** `segments` without pages. */
  constructor(timeline: SampleTimeline, segments: readonly Segment[]) {
    this.#timeline = timeline
    for (const segment of segments) {
      if (!segment.rows) {
        if (segment.count > 0)
          this.#pieces.push({ first: segment.firstTimestamp, rows: null, row: 0, samples: () => segment.read() })
        continue
      }
      for (let row = segment.begin; row < segment.end; row++)
        this.#pieces.push({ first: segment.rows.firstTimestamp(row), rows: segment.rows, row, samples: null })
    }
  }

  get timestamp(): number {
    return this.#samples.timestamp[this.#row]!
  }
  get value(): number {
    return this.#samples.value[this.#row]!
  }
  get statusCode(): number {
    return this.#samples.statusCode[this.#row]!
  }
  get other(): TagValue | undefined {
    return this.#samples.others?.[this.#row]
  }

  /** Of the sample after, where {@link advance} said that it is at hand. */
  get nextTimestamp(): number {
    return this.#samples.timestamp[this.#row + 1]!
  }
  get nextValue(): number {
    return this.#samples.value[this.#row + 1]!
  }
  get nextStatusCode(): number {
    return this.#samples.statusCode[this.#row + 1]!
  }

  /**
   * Goes on to the last sample at or before `at` where it and the one after are numbers in the block on which the cursor stands; false, and it
   * stays, where not: then {@link seek}.
   */
  advance(at: number): boolean {
    const { timestamp, count, others } = this.#samples
    if (this.#piece < 0 || others !== null) return false
    let row = this.#row
    if (row < 0 || !(timestamp[row]! <= at) || !(timestamp[count - 1]! > at)) return false
    while (timestamp[row + 1]! <= at) row++
    this.#row = row
    return true
  }

  sample(): Sample {
    return { timestamp: this.timestamp, value: this.value, statusCode: this.statusCode, other: this.other }
  }

  /** Goes to the last sample at or before `at`. False, and nowhere, when there is none. */
  seek(at: number): boolean {
    let low = 0
    let high = this.#pieces.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#pieces[middle]!.first <= at) low = middle + 1
      else high = middle
    }
    if (low === 0) {
      this.#piece = -1
      return false
    }
    // A piece may begin later than it says.
    for (let piece = low - 1; piece >= 0; piece--) if (this.#seekIn(piece, at)) return true
    this.#piece = -1
    return false
  }

  #seekIn(piece: number, at: number): boolean {
    const { rows, row } = this.#pieces[piece]!
    let block = 0
    if (rows) {
      const chunk = this.#timeline.open(rows, row)
      while (block + 1 < chunk.blockCount && chunk.blockFirstTimestamp[block + 1]! <= at) block++
    }
    this.#load(piece, block)
    this.#row = firstRowFrom(this.#samples.timestamp, this.#samples.count, at)
    while (this.#row < this.#samples.count && this.#samples.timestamp[this.#row]! <= at) this.#row++
    this.#row--
    return this.#row >= 0
  }

  /** Goes to the first sample of all. False when there is none. */
  toStart(): boolean {
    for (let piece = 0; piece < this.#pieces.length; piece++) {
      this.#load(piece, 0)
      this.#row = 0
      if (this.#samples.count > 0) return true
    }
    this.#piece = -1
    return false
  }

  /** Where the cursor is, for {@link returnTo}. */
  place(): readonly [number, number, number] {
    return [this.#piece, this.#block, this.#row]
  }

  returnTo([piece, block, row]: readonly [number, number, number]): void {
    this.#load(piece, block)
    this.#row = row
  }

  /** Goes to the sample after. False, and it stays, when this is the last. */
  next(): boolean {
    if (this.#row + 1 < this.#samples.count) {
      this.#row++
      return true
    }
    const place = this.place()
    while (this.#block + 1 < this.#blockCount || this.#piece + 1 < this.#pieces.length) {
      if (this.#block + 1 < this.#blockCount) this.#load(this.#piece, this.#block + 1)
      else this.#load(this.#piece + 1, 0)
      this.#row = 0
      if (this.#samples.count > 0) return true
    }
    this.returnTo(place)
    return false
  }

  /** Goes to the sample before. False, and it stays, when this is the first. */
  previous(): boolean {
    if (this.#row > 0) {
      this.#row--
      return true
    }
    const place = this.place()
    while (this.#block > 0 || this.#piece > 0) {
      if (this.#block > 0) this.#load(this.#piece, this.#block - 1)
      else this.#load(this.#piece - 1, -1)
      this.#row = this.#samples.count - 1
      if (this.#row >= 0) return true
    }
    this.returnTo(place)
    return false
  }

  /** `block` −1: the last one of the piece. */
  #load(piece: number, wantedBlock: number): void {
    const { rows, row, samples } = this.#pieces[piece]!
    const chunk = rows ? this.#timeline.open(rows, row) : null
    this.#blockCount = chunk ? chunk.blockCount : 1
    const block = wantedBlock < 0 ? this.#blockCount - 1 : wantedBlock
    this.#piece = piece
    this.#block = block
    this.#samples = chunk ? chunk.columns(block) : samples!()
  }
}

/** What was found, and whether samples that did not fit lie between it and the instant. */
export interface Found {
  readonly sample: Sample
  readonly passedOthers: boolean
}

/** Says of a sample whether it is looked for. */
export type Accept = (statusCode: number, value: number, other: TagValue | undefined) => boolean

/** First reach of a search beyond the nearest sample; ms. It doubles with each step. */
const firstReachMs = 60_000

/** The latest accepted sample before `at`; null when there is none. */
export function* findBefore(
  timeline: SampleTimeline,
  at: number,
  accept: Accept,
  pace: Pace,
): Generator<void, Found | null> {
  let passedOthers = false
  let end = at
  for (let reach = firstReachMs; ; reach *= 2) {
    const bound = timeline.boundBefore(end)
    if (bound === Number.NEGATIVE_INFINITY) return null
    const begin = passedOthers ? Math.min(bound, end - reach) : bound
    const cursor = new SampleCursor(timeline, timeline.segments(begin, end, false))
    let isOn = cursor.seek(end)
    while (isOn && cursor.timestamp >= end) isOn = cursor.previous()
    while (isOn && cursor.timestamp >= begin) {
      if (accept(cursor.statusCode, cursor.value, cursor.other)) return { sample: cursor.sample(), passedOthers }
      passedOthers = true
      isOn = cursor.previous()
      if (pace.isDue()) yield
    }
    end = begin
  }
}

/** The soonest accepted sample at or after `at`; null when there is none. */
export function* findAfter(
  timeline: SampleTimeline,
  at: number,
  accept: Accept,
  pace: Pace,
): Generator<void, Found | null> {
  let passedOthers = false
  let begin = at
  for (let reach = firstReachMs; ; reach *= 2) {
    const bound = timeline.boundAfter(begin)
    if (bound === Number.POSITIVE_INFINITY) return null
    // The end does not count any more, so it lies one step of a number after the last instant that is looked at.
    const end = (passedOthers ? Math.max(bound, begin + reach) : bound) + 1
    const cursor = new SampleCursor(timeline, timeline.segments(begin, end, false))
    let isOn = cursor.seek(begin) || cursor.toStart()
    // Several samples may have the time stamp `begin`: from the first of them.
    while (isOn && cursor.timestamp >= begin && cursor.previous());
    while (isOn && cursor.timestamp < begin) isOn = cursor.next()
    while (isOn && cursor.timestamp < end) {
      if (accept(cursor.statusCode, cursor.value, cursor.other)) return { sample: cursor.sample(), passedOthers }
      passedOthers = true
      isOn = cursor.next()
      if (pace.isDue()) yield
    }
    begin = end
  }
}
