// Time stamps of scans that were stored lately. A tag of which only changes are recorded has samples at most, but not all, scans of its
// device: its chunk says which rows of the scans' column it has, and is cut where the column ends so that the next begins with the next.

import { encodeTimestamps, largestColumnCount } from '../codec/timestamp-codec.ts'
import { encodeTimestampSubset } from '../codec/timestamp-subset.ts'
import type { TimestampColumn } from '../files/history-files.ts'
import { firstRowFrom } from '../sample-merge.ts'
import type { Samples } from '../samples.ts'

/** Columns that are remembered, 32 kB each. */
const keptColumnCount = 128
/** A chunk is not cut to fewer samples for the sake of a column: its head would cost more than its time stamps save. */
const leastCutCount = 1024
/** Fewer samples are not worth looking at other tags. */
const leastGappedCount = 512
/** Time stamps of another tag that are looked at, and how many of them have to be this one's for both to be of one scan. */
const probeCount = 16
const leastCommonCount = 6
/** Steps that are looked at to find how long a scan is, and how many more scans than samples are gaps. */
const stepSampleCount = 64
const gapShare = 1.03
/** Another tag's samples may be so many steps older than the first of this one and still begin the same column. */
const earlierSteps = 8

interface KnownColumn {
  readonly timestamp: Float64Array
  readonly column: TimestampColumn
}

/** Where the time stamps of a chunk stand. */
export interface Placement {
  /** The chunk has so many of the samples, the oldest ones. */
  readonly count: number
  readonly column: TimestampColumn
  /** null: it has all rows of the column. */
  readonly selection: Uint8Array | null
}

/** Time stamps, in order, of tags that may be scanned together with one. */
export type Neighbours = () => Iterable<Float64Array>

/** Finds columns for chunks; nothing it gives back refers to the samples' own columns. */
export class ScanColumns {
  /** Newest last. */
  #known: KnownColumn[] = []

  /**
   * A column that has the time stamps of these samples: one that is known, else a new one. With `neighbours` the chunk may be cut, and a
   * new column of a tag with gaps has the time stamps of those of its scan as well.
   */
  place(samples: Samples, neighbours: Neighbours | null): Placement {
    const { timestamp, count } = samples
    const known = this.#placeInKnown(timestamp, count, neighbours !== null)
    if (known !== null) return known
    if (neighbours !== null && count >= leastGappedCount && hasGaps(timestamp, count)) {
      const scans = scansOf(timestamp, count, neighbours())
      const placed = scans === null ? null : placedIn(scans, timestamp, count, true)
      if (scans !== null && placed !== null) {
        this.#remember(scans)
        return placed
      }
    }
    const own = knownColumn(timestamp.slice(0, count))
    this.#remember(own)
    return { count, column: own.column, selection: null }
  }

  #placeInKnown(timestamp: Float64Array, count: number, mayCut: boolean): Placement | null {
    for (let index = this.#known.length - 1; index >= 0; index--) {
      const placed = placedIn(this.#known[index]!, timestamp, count, mayCut)
      if (placed !== null) return placed
    }
    return null
  }

  #remember(column: KnownColumn): void {
    this.#known.push(column)
    if (this.#known.length > 2 * keptColumnCount) this.#known = this.#known.slice(-keptColumnCount)
  }
}

function knownColumn(timestamp: Float64Array): KnownColumn {
  const count = timestamp.length
  return { timestamp, column: { bytes: encodeTimestamps(timestamp, count), count } }
}

/** The samples, or as many as reach to the end of the column, as rows of it; null when they are not, or too few. */
function placedIn(
  { timestamp: column, column: stored }: KnownColumn,
  timestamp: Float64Array,
  count: number,
  mayCut: boolean,
): Placement | null {
  const last = column[column.length - 1]!
  if (timestamp[0]! < column[0]! || timestamp[0]! > last) return null
  if (count === column.length && isSame(column, timestamp, count)) return { count, column: stored, selection: null }
  const cut = timestamp[count - 1]! <= last ? count : firstRowFrom(timestamp, count, last + 1)
  if (cut < count && (!mayCut || cut < leastCutCount)) return null
  if (!has(column, timestamp[0]!) || !has(column, timestamp[cut >> 1]!) || !has(column, timestamp[cut - 1]!))
    return null
  if (cut === column.length && isSame(column, timestamp, cut)) return { count: cut, column: stored, selection: null }
  const selection = encodeTimestampSubset(timestamp, cut, column)
  return selection === null ? null : { count: cut, column: stored, selection }
}

function isSame(a: Float64Array, b: Float64Array, count: number): boolean {
  if (a[0] !== b[0] || a[count - 1] !== b[count - 1]) return false
  for (let row = 0; row < count; row++) if (a[row] !== b[row]) return false
  return true
}

function has(column: Float64Array, instant: number): boolean {
  return column[firstRowFrom(column, column.length, instant)] === instant
}

/** Between the first and the last time stamp are clearly more scans than samples. */
function hasGaps(timestamp: Float64Array, count: number): boolean {
  if (count <= stepSampleCount) return false
  const steps = new Float64Array(stepSampleCount)
  for (let index = 0; index < stepSampleCount; index++) {
    // Eight at eight places: single ones at equal distances might always meet the same gap.
    const row = (index & 7) + Math.floor(((index >> 3) * (count - 9)) / 8)
    steps[index] = timestamp[row + 1]! - timestamp[row]!
  }
  steps.sort()
  const step = steps[stepSampleCount >> 2]!
  return step > 0 && (timestamp[count - 1]! - timestamp[0]!) / step > gapShare * count
}

/** The time stamps of a tag and of all neighbours that are of its scan; null when there is none such. */
function scansOf(timestamp: Float64Array, count: number, neighbours: Iterable<Float64Array>): KnownColumn | null {
  const own = timestamp.subarray(0, count)
  const from = own[0]! - (earlierSteps * (own[count - 1]! - own[0]!)) / count
  let scans = own
  for (const other of neighbours) {
    const begin = firstRowFrom(other, other.length, from)
    const end = firstRowFrom(other, other.length, own[count - 1]! + 1)
    if (!isOfScan(own, other, begin, end)) continue
    scans = united(scans, other.subarray(begin, end))
  }
  return scans === own ? null : knownColumn(scans.slice(0, largestColumnCount))
}

function isOfScan(own: Float64Array, other: Float64Array, begin: number, end: number): boolean {
  if (end - begin < probeCount) return false
  let common = 0
  for (let probe = 0; probe < probeCount; probe++) {
    const row = begin + (probe & 3) + Math.floor(((probe >> 2) * (end - begin - 4)) / 4)
    if (has(own, other[row]!)) common++
  }
  return common >= leastCommonCount
}

/** All instants of both, each as often as where it stands more often. */
function united(a: Float64Array, b: Float64Array): Float64Array {
  const all = new Float64Array(a.length + b.length)
  let count = 0
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const left = i < a.length ? a[i]! : Number.POSITIVE_INFINITY
    const right = j < b.length ? b[j]! : Number.POSITIVE_INFINITY
    if (left <= right) i++
    if (right <= left) j++
    all[count++] = Math.min(left, right)
  }
  return all.subarray(0, count)
}
