// Moves samples from the heads into chunks, a few at a time, and lets go of journal segments when nothing in memory needs them.

import type { HistoryFilesWriter } from '../files/history-files.ts'
import { type HistorySettings, samplesPerChunk } from '../history-settings.ts'
import type { Samples } from '../samples.ts'
import type { HeadSeries } from './head-series.ts'
import { SealEncoder } from './seal-encoder.ts'

/** A slice of work ends here; the writer's longest pause is about twice this. */
const sliceMs = 3
/** Heads with fewer samples are written to the journal again rather than to a chunk of their own, while they are few. */
const usualCarryLimit = 512
/** Of a segment's bytes: as much may be carried over to the next one. */
const carriedShare = 0.25
const rowByteCount = 20
/** Heads to either side that are looked at for the scans of one with gaps; those with few rows add nothing. */
const neighbourCount = 32
const leastNeighbourRows = 32
/** Texts and the like may take so much memory over all heads; beyond it those with the most go before their time. */
const otherByteLimit = 32 * 1024 * 1024
/** Between two looks at whether samples of a past partition are left. */
const partitionLookMs = 60_000

/** What sealing needs of the writer. */
export interface SealContext {
  readonly files: HistoryFilesWriter
  readonly series: HeadSeries
  settings(): HistorySettings
  /** Position of the last frame of the journal. */
  position(): number
  /** Segment being written. */
  segment(): number
  /** Writes a whole head into the segment being written. */
  carry(slot: number): void
  /**
   * Makes carried heads and chunks safe from a power cut, then drops the segments before `segment`. Never rejects; false when
   * it could not be done now: it is tried again.
   */
  release(segment: number): Promise<boolean>
  monotonic(): number
}

/** A look at every head, a slice at a time. */
interface Sweep {
  readonly kind: 'segment' | 'partition' | 'all'
  /** Segments before this one are let go of at the end. */
  readonly segment: number
  /** Samples before this are sealed. */
  readonly before: number
  /** Heads that weigh less are carried over, or left. */
  readonly carryLimit: number
  slot: number
  /** Something was sealed in this round: what is left of it is looked at in the next. */
  hasSealed: boolean
}

/** Rows of a seal that is about to be appended. */
interface Taken {
  readonly slot: number
  readonly count: number
}

export class SealWork {
  readonly #context: SealContext
  readonly #encoder = new SealEncoder()
  #taken: Taken[] = []
  #sweep: Sweep | null = null
  #isReleasing = false
  /** Segments that were left, oldest first, and the server time of their last frame. */
  #left: { readonly segment: number; readonly endTimestamp: number }[] = []
  #nextPartitionLook = 0
  /** Newest server time stamp, and the latest that ever was: a clock that was set back does not hold sealing up. */
  #now = 0
  #latest = 0
  sealedCount = 0
  chunkCount = 0

  constructor(context: SealContext) {
    this.#context = context
  }

  /** The journal goes on with another segment; this one is let go of when its samples are in chunks. */
  leave(segment: number, endTimestamp: number): void {
    this.#left.push({ segment, endTimestamp })
  }

  /** There is something to seal, or to sweep. `now`: newest server time stamp. */
  isDue(now: number): boolean {
    this.#now = now
    this.#latest = Math.max(this.#latest, now)
    if (this.#sweep !== null) return true
    this.#startSweep()
    return this.#sweep !== null || this.#readySlot() >= 0
  }

  /** At most `sliceMs` of work, or `chunkLimit` chunks. Throws HistoryFilesError; then nothing of the slice has left the heads. */
  slice(chunkLimit = Number.POSITIVE_INFINITY): void {
    const { monotonic } = this.#context
    const end = monotonic() + sliceMs
    const { heads } = this.#context.series
    try {
      while (this.#taken.length < chunkLimit && monotonic() < end) {
        if (this.#sweep !== null ? !this.#sweepOne() : !this.#takeFilled()) break
      }
      this.#append()
    } catch (error) {
      for (const { slot } of this.#taken) heads.requeue(slot)
      if (this.#sweep !== null) this.#sweep.hasSealed = true
      throw error
    } finally {
      this.#encoder.clear()
      this.#taken = []
      heads.releaseRows()
    }
  }

  /** Seals everything, however little: before a backup, at the end of a bench. */
  sealAll(): void {
    this.#sweep = this.#sweepOf('all', 0, Number.POSITIVE_INFINITY, 0)
    while (this.#sweep !== null) this.slice()
  }

  /** ms after which samples are sealed; less when memory is short. */
  get watermarkMs(): number {
    const { watermarkMs, headSampleLimit } = this.#context.settings()
    const { heads } = this.#context.series
    const fill = Math.max(heads.rowCount / headSampleLimit, heads.otherByteCount / otherByteLimit)
    return watermarkMs * Math.min(1, Math.max(0, 2 - 2 * fill))
  }

  /** Slot whose oldest block may be sealed now; −1 = none. */
  #readySlot(): number {
    const { heads } = this.#context.series
    const slot = heads.nextFilled()
    if (slot < 0) return -1
    return heads.oldestSpan(slot)!.last <= this.#latest - this.watermarkMs || this.#isShort() ? slot : -1
  }

  #isShort(): boolean {
    const { heads } = this.#context.series
    return heads.rowCount > this.#context.settings().headSampleLimit || heads.otherByteCount > otherByteLimit
  }

  /** What a head weighs, in rows: texts and the like count as the rows they would take the place of. */
  #weight(slot: number): number {
    const { heads } = this.#context.series
    return heads.count(slot) + Math.ceil(heads.otherBytes(slot) / rowByteCount)
  }

  #takeFilled(): boolean {
    const slot = this.#readySlot()
    // A slot stands in line with each of its blocks; one append takes one block of each.
    if (slot < 0 || this.#isTaken(slot)) return false
    this.#take(slot, Number.POSITIVE_INFINITY)
    this.#context.series.heads.skipFilled()
    return true
  }

  #isTaken(slot: number): boolean {
    return this.#taken.some((taken) => taken.slot === slot)
  }

  /** Encodes the oldest rows of a head that are older than `before`; false when there are none. */
  #take(slot: number, before: number): boolean {
    const { heads } = this.#context.series
    const oldest = heads.oldest(slot)
    if (oldest === null) return false
    const end = Math.min(before, this.#context.files.partitionEnd(oldest.timestamp[0]!))
    let count = rowsBefore(oldest, end)
    let coveredBefore = Number.NaN
    if (count === oldest.count && heads.followingTimestamp(slot, count) === oldest.timestamp[count - 1]) {
      // All samples of one ms go together: coverage knows no halves.
      const whole = rowsBefore(oldest, oldest.timestamp[count - 1] ?? 0)
      if (whole > 0) count = whole
      // A ms with more samples than a chunk has: rather twice after a crash than not at all.
      else coveredBefore = oldest.timestamp[count - 1]!
    }
    if (count === 0) return false
    const placement = this.#encoder.place({ ...oldest, count }, () =>
      this.#neighbours(slot, oldest.timestamp[count - 1]!),
    )
    if (placement.count < count) {
      count = placement.count
      coveredBefore = Number.NaN
    }
    const samples = { ...oldest, count }
    if (Number.isNaN(coveredBefore)) coveredBefore = samples.timestamp[count - 1]! + 1
    this.#encoder.add(this.#context.series.id(slot), samples, false, coveredBefore, placement)
    this.#taken.push({ slot, count })
    return true
  }

  /** Time stamps of heads that may be of the same scan: tags of a device are mostly recorded side by side. */
  *#neighbours(slot: number, last: number): Generator<Float64Array> {
    const { heads } = this.#context.series
    const end = Math.min(heads.slotCount, slot + neighbourCount + 1)
    for (let other = Math.max(0, slot - neighbourCount); other < end; other++) {
      if (other === slot || heads.count(other) < leastNeighbourRows) continue
      if (heads.oldestSpan(other)!.first <= last) yield heads.rows(other).timestamp
    }
  }

  #append(): void {
    if (this.#taken.length === 0) return
    const { files, series } = this.#context
    files.append({ chunks: this.#encoder.chunks, journalPosition: this.#context.position() })
    for (const { slot, count } of this.#taken) {
      series.heads.drop(slot, count)
      if (count < samplesPerChunk) series.heads.requeue(slot)
      this.sealedCount += count
    }
    this.chunkCount += this.#taken.length
  }

  #startSweep(): void {
    if (this.#isReleasing) return
    const oldest = this.#left[0]
    if (oldest !== undefined && (oldest.endTimestamp <= this.#latest - this.watermarkMs || this.#isShort())) {
      // All that are old enough in one go.
      let upTo = oldest.segment
      for (const { segment, endTimestamp } of this.#left)
        if (endTimestamp <= this.#latest - this.watermarkMs) upTo = segment
      const before = this.#latest - this.watermarkMs
      this.#sweep = this.#sweepOf('segment', upTo + 1, before, this.#carryLimit(upTo + 1))
      return
    }
    const { heads } = this.#context.series
    if (this.#isShort() && heads.nextFilled() < 0) {
      // Many tags, each with little: those with the most go.
      const weight = heads.rowCount + heads.otherByteCount / rowByteCount
      this.#sweep = this.#sweepOf('all', 0, Number.POSITIVE_INFINITY, Math.ceil(weight / heads.slotCount))
      return
    }
    if (this.#now < this.#nextPartitionLook) return
    this.#nextPartitionLook = this.#now + partitionLookMs
    const partitionStart = this.#partitionStart(this.#now)
    // Late samples of the past partition have a while to come.
    if (this.#now - partitionStart < 2 * partitionLookMs) return
    this.#sweep = this.#sweepOf('partition', 0, partitionStart, 0)
  }

  #sweepOf(kind: Sweep['kind'], segment: number, before: number, carryLimit: number): Sweep {
    return { kind, segment, before, carryLimit, slot: 0, hasSealed: false }
  }

  /** One head; false when the append has to come first. The sweep ends itself. */
  #sweepOne(): boolean {
    const sweep = this.#sweep!
    const { heads } = this.#context.series
    const { slot } = sweep
    if (slot >= heads.slotCount) {
      if (this.#taken.length > 0) return false
      if (!sweep.hasSealed) this.#endSweep(sweep)
      sweep.slot = 0
      sweep.hasSealed = false
      return false
    }
    sweep.slot++
    if (!this.#concerns(sweep, slot) || this.#isTaken(slot)) return true
    // Few rows with large values: they do not go through the journal again, also when they are young.
    const before = heads.count(slot) >= sweep.carryLimit ? sweep.before : Number.POSITIVE_INFINITY
    if (this.#weight(slot) >= sweep.carryLimit && this.#take(slot, before)) sweep.hasSealed = true
    else if (sweep.kind === 'segment') this.#context.carry(slot)
    return true
  }

  /** True while the head has samples the sweep is about. */
  #concerns(sweep: Sweep, slot: number): boolean {
    const { heads, filter } = { heads: this.#context.series.heads, filter: this.#context.series.filter(slot) }
    if (sweep.kind === 'segment')
      return (
        heads.oldestSegment(slot) < sweep.segment ||
        (filter !== null && this.#context.series.needsAnnouncement(slot, this.#context.segment()))
      )
    return heads.count(slot) > 0 && heads.oldestSpan(slot)!.first < sweep.before
  }

  #endSweep(sweep: Sweep): void {
    this.#sweep = null
    if (sweep.kind !== 'segment') return
    this.#isReleasing = true
    const left = this.#left.filter(({ segment }) => segment < sweep.segment)
    this.#left = this.#left.filter(({ segment }) => segment >= sweep.segment)
    void this.#context.release(sweep.segment).then((isReleased) => {
      this.#isReleasing = false
      if (!isReleased) this.#left = [...left, ...this.#left]
    })
  }

  /** 512, or less where so many heads are small that carrying them would cost more than a quarter of a segment. */
  #carryLimit(segment: number): number {
    const { heads } = this.#context.series
    const room = (this.#context.settings().journalSegmentByteCount * carriedShare) / rowByteCount
    // Rows of heads with fewer than 2, 4, 8 … samples.
    const rowsBelow = new Float64Array(33)
    for (let slot = 0; slot < heads.slotCount; slot++) {
      if (heads.oldestSegment(slot) >= segment) continue
      const weight = this.#weight(slot)
      rowsBelow[32 - Math.clz32(weight)]! += weight
    }
    let carried = 0
    let limit = 1
    for (let bits = 1; limit < usualCarryLimit; bits++) {
      carried += rowsBelow[bits]!
      if (carried > room) break
      limit *= 2
    }
    return limit
  }

  #partitionStart(timestamp: number): number {
    // Partitions are at least a day: the one before ends where this one begins.
    const { files } = this.#context
    let start = timestamp - 31 * 86_400_000
    for (let end = files.partitionEnd(start); end <= timestamp; end = files.partitionEnd(start)) start = end
    return start
  }
}

/** Rows, in order of time, with a time stamp smaller than this. */
function rowsBefore({ timestamp, count }: Samples, before: number): number {
  if (count === 0 || timestamp[count - 1]! < before) return count
  let low = 0
  let high = count - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (timestamp[middle]! < before) low = middle + 1
    else high = middle
  }
  return low
}
