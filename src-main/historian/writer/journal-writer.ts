// What the writer says to its journal, frame by frame: rows, and before them which series they belong to. Every segment can be read
// without those before it.
import type { HeadSeries } from './head-series.ts'
import { Journal } from './journal.ts'
import { columnsOf, type RowColumns } from './journal-columns.ts'
import { FrameBuilder, FrameType } from './journal-frame.ts'
import type { JournalLayouts, Layout } from './journal-layouts.ts'

/** As much room as a batch needs, and a chunk. */
const probedByteCount = 65_536

export interface JournalWriterOptions {
  /** `<data>/history/journal`. */
  readonly folder: string
  readonly firstSegment: number
  readonly segmentByteCount: number
  readonly series: HeadSeries
  readonly layouts: JournalLayouts
  /** Newest server time stamp; ms. */
  readonly now: () => number
  /** The journal goes on with another segment. */
  readonly onLeft: (segment: number) => void
}

/** All methods throw HistoryFilesError; after `diskFull` nothing of the frame is in the journal, and they can be called again. */
export class JournalWriter {
  readonly #series: HeadSeries
  readonly #layouts: JournalLayouts
  readonly #now: () => number
  readonly #onLeft: (segment: number) => void
  readonly #journal: Journal
  readonly #frames = new FrameBuilder()
  #position = 0

  constructor(options: JournalWriterOptions) {
    this.#series = options.series
    this.#layouts = options.layouts
    this.#now = options.now
    this.#onLeft = options.onLeft
    this.#journal = new Journal(options)
    this.#series.heads.segment = this.#journal.segment
  }

  /** Of the last frame. */
  get position(): number {
    return this.#position
  }

  /** Segment being written. */
  get segment(): number {
    return this.#journal.segment
  }

  get segmentCount(): number {
    return this.#journal.segmentCount
  }

  get writtenByteCount(): number {
    return this.#journal.writtenByteCount
  }

  set segmentByteCount(byteCount: number) {
    this.#journal.segmentByteCount = byteCount
  }

  /** Rows of a layout. `serverTimestamp` 0: marks of the recorder itself. */
  rows(layout: Layout, columns: RowColumns, serverTimestamp: number): void {
    for (;;) {
      const { segment } = this.#journal
      this.#explain(layout, serverTimestamp > 0)
      // Explaining a series may have begun a segment, in which all have to be explained again.
      if (this.#journal.segment !== segment) continue
      const { number, saysSeries } = this.#layouts.place(layout, segment)
      const series = saysSeries ? layout.series : null
      const frame = this.#frames.rows({ layout: number, series, serverTimestamp, columns })
      if (!this.#journal.needsSegment(frame.length)) {
        this.#position = this.#journal.append(frame)
        return
      }
      this.#startSegment()
    }
  }

  /** Who these series are, and how they are filtered from here on. */
  announce(slots: readonly number[]): void {
    const { segment } = this.#journal
    const frame = this.#frames.json(
      FrameType.series,
      slots.map((slot) => this.#series.announcement(slot, segment)),
    )
    try {
      this.#write(frame)
    } catch (error) {
      for (const slot of slots) this.#series.forgetAnnouncement(slot)
      throw error
    }
    if (this.#journal.segment !== segment)
      for (const slot of slots) this.#series.announcement(slot, this.#journal.segment)
  }

  /** The station is alive. */
  heartbeat(timestamp: number): void {
    this.#write(this.#frames.instant(FrameType.heartbeat, timestamp))
  }

  /** The station stops in order. */
  end(timestamp: number): void {
    this.#write(this.#frames.instant(FrameType.end, timestamp))
  }

  /** Which series are recorded live in this run so far. */
  live(): void {
    this.#write(this.#frames.live(Uint32Array.from(this.#series.liveSlots(), (slot) => this.#series.id(slot))))
  }

  /** Samples with these time stamps were taken out of a head. */
  removal(slot: number, timestamps: Float64Array): void {
    this.#write(this.#frames.removal(this.#series.id(slot), timestamps))
  }

  /** Tries whether there is room for a batch. */
  probeRoom(): void {
    this.#write(this.#frames.json(FrameType.room, 'x'.repeat(probedByteCount)))
  }

  /** Writes a whole head, with what its filter remembers, into the segment being written. */
  carry(slot: number): void {
    this.#series.forgetAnnouncement(slot)
    this.announce([slot])
    const samples = this.#series.heads.rows(slot)
    if (samples.count > 0) {
      const frame = this.#frames.head(this.#series.id(slot), columnsOf(samples))
      if (this.#journal.needsSegment(frame.length)) {
        this.#startSegment()
        return this.carry(slot)
      }
      this.#position = this.#journal.append(frame)
    }
    this.#series.heads.carried(slot)
  }

  /** Resolves when everything written so far survives a power cut. */
  sync(): Promise<void> {
    return this.#journal.sync()
  }

  /** Removes segments before this one. */
  dropBefore(segment: number): Promise<void> {
    return this.#journal.dropBefore(segment)
  }

  close(): Promise<void> {
    return this.#journal.close()
  }

  #explain(layout: Layout, isLive: boolean): void {
    const { segment } = this.#journal
    if (layout.segment === segment) return
    const unknown = new Set<number>()
    for (const slot of layout.slots) {
      if (this.#series.needsAnnouncement(slot, segment)) unknown.add(slot)
      if (isLive) this.#series.setLive(slot, true)
    }
    if (unknown.size > 0) this.announce([...unknown])
  }

  /** Appends a frame, in a new segment when this one is full. */
  #write(frame: Uint8Array): void {
    if (this.#journal.needsSegment(frame.length)) {
      const kept = frame.slice()
      this.#startSegment()
      this.#position = this.#journal.append(kept)
    } else this.#position = this.#journal.append(frame)
  }

  #startSegment(): void {
    const { segment, segmentBytes } = this.#journal
    this.#journal.startSegment(this.#now())
    this.#series.heads.segment = this.#journal.segment
    if (segmentBytes === 0) return
    this.#onLeft(segment)
    this.live()
  }
}
