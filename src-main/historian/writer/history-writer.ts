// The writing side of the historian, in one thread: every batch goes to the journal first, then to the heads of its series, and
// from there in chunks to the files. Everything a killed process acknowledged is found again at the next start, once.

import { join } from 'node:path'
import type { Clock } from '../../base/clock.ts'
import { messageOf } from '../../shared/runtime-error.ts'
import { StatusCodes } from '../../shared/status-code.ts'
import type { ValueBatch } from '../../shared/value-batch.ts'
import type { HistoryFilesWriter } from '../files/history-files.ts'
import { HistoryFilesError } from '../files/history-files-error.ts'
import type { HeadSpan, Heads } from '../head-source.ts'
import type { BackfillSeries, HistorianGap, OwnSample } from '../history-input.ts'
import { type HistorySettings, keepsEverything, type RecordedTag } from '../history-settings.ts'
import { admitted } from '../sample-admission.ts'
import { neededSamples } from '../sample-merge.ts'
import { BackfillQueue } from './backfill-queue.ts'
import { HeadSeries } from './head-series.ts'
import { forEachRow, type RowColumns } from './journal-columns.ts'
import { rowsPerFrame } from './journal-frame.ts'
import { JournalLayouts, type Layout } from './journal-layouts.ts'
import { recoverHeads } from './journal-recovery.ts'
import type { JournalOutcome } from './journal-replay.ts'
import { type BatchColumns, JournalRows } from './journal-rows.ts'
import { JournalWriter } from './journal-writer.ts'
import { frameParts, ownRow, ownSeries, rowsOfBatch } from './offered-rows.ts'
import { SampleKeeping } from './sample-keeping.ts'
import { SampleLosses } from './sample-losses.ts'
import { BackfillWork, checkBackfill } from './seal-backfill.ts'
import { SealWork } from './seal-work.ts'

/** How often it is tried whether there is room again. */
const roomProbeMs = 1000
const housekeepingMs = 60_000
const sizeLookMs = 10_000
/** The oldest partition goes at most so often for one batch. */
const roomAttempts = 8

export interface HistoryWriterOptions {
  /** `<data>/history`. */
  readonly folder: string
  /** Open on the same folder; the writer closes it. */
  readonly files: HistoryFilesWriter
  readonly settings: HistorySettings
  readonly clock: Clock
  /** After samples of these tags were lost: their present values are wanted. */
  readonly onResumed?: (handles: readonly number[]) => void
  /** A value of this series was too large to be kept: a sample without value stands in its place. `reason` ends "The value …". */
  readonly onRefused?: (series: string, reason: string) => void
}

/** Figures of the writer since it was opened. offered = stored + filtered + lost. */
export interface WriterFigures {
  readonly offeredCount: number
  readonly storedCount: number
  readonly filteredCount: number
  readonly lostCount: number
  readonly backfilledCount: number
  readonly replacedTimestampCount: number
  /** Values too large to be kept; of the stored samples, those without a value for this reason. */
  readonly refusedValueCount: number
  readonly seriesCount: number
  readonly headSampleCount: number
  readonly headByteCount: number
  readonly sealedCount: number
  readonly chunkCount: number
  readonly journalByteCount: number
  readonly journalSegmentCount: number
  /** null while it records. */
  readonly fullMessage: string | null
  /** Why chunks cannot be written while the journal can; null = they can. */
  readonly sealMessage: string | null
  readonly gaps: readonly HistorianGap[]
}

/** What recovery found at the start. */
export type Recovery = JournalOutcome

/** See the head of this file. All methods from one thread; those that cannot do their work for want of room go on without it. */
export class HistoryWriter {
  readonly recovery: Recovery
  readonly #files: HistoryFilesWriter
  readonly #clock: Clock
  readonly #onResumed: (handles: readonly number[]) => void
  readonly #onRefused: (series: string, reason: string) => void
  readonly #series: HeadSeries
  readonly #layouts: JournalLayouts
  readonly #journal: JournalWriter
  readonly #losses = new SampleLosses()
  readonly #keeping: SampleKeeping
  readonly #rows = new JournalRows()
  readonly #seals: SealWork
  readonly #backfill: BackfillWork
  readonly #backfillQueue = new BackfillQueue((series) => this.#storeBackfill(series))
  #settings: HistorySettings
  #tags: readonly RecordedTag[] = []
  /** What could not be configured for want of room. */
  #wantedTags: readonly RecordedTag[] | null = null
  #handleOfSlot = new Map<number, number>()
  #serverTimestamp: number
  #lastSync = 0
  #fullMessage: string | null = null
  #lastProbe = 0
  #offeredCount = 0
  #refusedValueCount = 0
  #syncing: Promise<void> | null = null
  #sealMessage: string | null = null
  #sealAgainAt = 0
  #nextHousekeeping = 0
  #isHousekeeping = false
  #nextSizeLook = 0

  /** Opens and recovers: reads the journal back, marks what a crash left open. Blocks while it reads. */
  constructor(options: HistoryWriterOptions) {
    this.#files = options.files
    this.#settings = options.settings
    this.#clock = options.clock
    this.#onResumed = options.onResumed ?? (() => undefined)
    this.#onRefused = options.onRefused ?? (() => undefined)
    this.#serverTimestamp = options.clock.now()
    this.#series = new HeadSeries(options.files)
    this.#layouts = new JournalLayouts(this.#series)
    this.#keeping = new SampleKeeping(this.#series)
    const folder = join(options.folder, 'journal')
    this.recovery = recoverHeads(folder, options.files, this.#series, true)
    this.#journal = new JournalWriter({
      folder,
      firstSegment: this.recovery.lastSegment + 1,
      segmentByteCount: options.settings.journalSegmentByteCount,
      series: this.#series,
      layouts: this.#layouts,
      now: () => this.#serverTimestamp,
      onLeft: (segment) => this.#seals.leave(segment, this.#serverTimestamp),
    })
    this.#seals = new SealWork({
      files: options.files,
      series: this.#series,
      settings: () => this.#settings,
      position: () => this.#journal.position,
      segment: () => this.#journal.segment,
      carry: (slot) => this.#journal.carry(slot),
      release: (segment) => this.#release(segment),
      monotonic: () => options.clock.monotonic(),
    })
    this.#backfill = new BackfillWork({
      files: options.files,
      series: this.#series,
      position: () => this.#journal.position,
      onRemoved: (slot, timestamps) => this.#journal.removal(slot, timestamps),
    })
    if (this.recovery.lastSegment > 0) this.#seals.leave(this.recovery.lastSegment, this.recovery.aliveTimestamp)
    this.#begin()
  }

  /** What became of the samples: the part of the figures that costs nothing. */
  get counts(): Pick<WriterFigures, 'storedCount' | 'filteredCount' | 'lostCount'> {
    return {
      storedCount: this.#keeping.storedCount,
      filteredCount: this.#keeping.filteredCount,
      lostCount: this.#losses.count,
    }
  }

  get figures(): WriterFigures {
    const { heads } = this.#series
    return {
      offeredCount: this.#offeredCount,
      storedCount: this.#keeping.storedCount,
      filteredCount: this.#keeping.filteredCount,
      lostCount: this.#losses.count,
      backfilledCount: this.#backfill.count,
      replacedTimestampCount: this.#rows.replacedTimestampCount,
      refusedValueCount: this.#refusedValueCount,
      seriesCount: this.#series.count,
      headSampleCount: heads.rowCount,
      headByteCount: heads.byteCount,
      sealedCount: this.#seals.sealedCount,
      chunkCount: this.#seals.chunkCount,
      journalByteCount: this.#journal.writtenByteCount,
      journalSegmentCount: this.#journal.segmentCount,
      fullMessage: this.#fullMessage,
      sealMessage: this.#sealMessage,
      gaps: this.#losses.gaps,
    }
  }

  /**
   * Exactly these tags are recorded from now on; a series that is not any more ends with a mark. Without room for it recording stops, and
   * it is done when there is some.
   */
  configure(tags: readonly RecordedTag[], settings: HistorySettings): void {
    this.#settings = settings
    this.#journal.segmentByteCount = settings.journalSegmentByteCount
    this.#wantedTags = this.#attempt(() => this.#configure(tags)) ? null : tags
  }

  #configure(tags: readonly RecordedTag[]): void {
    const before = this.#tags
    const slots = this.#series.define(tags.map((tag) => tag.series))
    this.#tags = tags
    const isRecorded = new Set(slots)
    this.#endSeries(before.map((tag) => this.#slotOfTag(tag)).filter((slot) => !isRecorded.has(slot)))
    let most = -1
    for (const { handle } of tags) if (handle > most) most = handle
    const slotOfHandle = new Int32Array(most + 1).fill(-1)
    this.#handleOfSlot = new Map()
    for (const [index, tag] of tags.entries()) {
      const slot = slots[index]!
      slotOfHandle[tag.handle] = slot
      this.#handleOfSlot.set(slot, tag.handle)
      this.#setFilter(slot, tag)
    }
    this.#layouts.configure(slotOfHandle)
  }

  /**
   * Journals the batch and puts it into the heads. It is written when this returns: only a power cut can take it, until `synced`.
   * Without room it is counted as lost, and the series are marked. Never throws for want of room.
   */
  record(given: ValueBatch, serverTimestamp: number): void {
    if (given.count === 0) return
    const batch = admitted(given, (row, reason) => this.#refuse(this.#layouts.slotOfHandle(given.handle[row]!), reason))
    for (const part of frameParts(batch)) {
      const layout = this.#layouts.of(part.handle, part.count)
      if (layout.slots.length === 0) continue
      this.#store(layout, layout.rows === null ? part : rowsOfBatch(part, layout.rows), serverTimestamp, true)
    }
  }

  /** Records one sample of one of the runtime's own series. */
  recordOwn(sample: OwnSample, serverTimestamp: number): void {
    const series = ownSeries(sample)
    let slot = this.#series.slotOfName(series.name, series.kind)
    if (slot === undefined) this.#attempt(() => ([slot] = this.#series.define([series])))
    if (slot === undefined) {
      this.#offeredCount++
      return this.#losses.add(1, sample.timestamp, this.#fullMessage ?? '')
    }
    const own = slot
    const kept = admitted(ownRow(sample), (_row, reason) => this.#refuse(own, reason))
    this.#store(this.#layouts.ofSlots([slot]), kept, serverTimestamp, true)
  }

  /** Samples of these tags were lost on their way here: counted, and marked from that time on. */
  lost(handles: ArrayLike<number>, timestamp: number, count: number, reason: string): void {
    this.#offeredCount += count
    this.#losses.add(count, timestamp, reason)
    for (let row = 0; row < handles.length; row++) {
      const slot = this.#layouts.slotOfHandle(handles[row]!)
      if (slot >= 0) this.#series.lost(slot, timestamp)
    }
    if (this.#fullMessage === null) this.#resume(StatusCodes.BadNoData)
  }

  /** Back-fills; resolves with the number of samples when they survive a power cut. RuntimeError as `Historian.write`. */
  async write(series: readonly BackfillSeries[]): Promise<number> {
    for (const each of series) checkBackfill(each)
    return this.#backfillQueue.write(series)
  }

  async #storeBackfill(series: readonly BackfillSeries[]): Promise<number> {
    const count = this.#writeWithRoom(series)
    await Promise.all([this.#files.commit(), this.#journal.sync()])
    return count
  }

  /** Writing again what was written already does no harm: it takes its own place. */
  #writeWithRoom(series: readonly BackfillSeries[]): number {
    for (let attempt = 0; ; attempt++) {
      try {
        return this.#backfill.write(series)
      } catch (error) {
        if (attempt >= roomAttempts || !this.#madeRoom(error)) throw error
      }
    }
  }

  /** What is in memory of these series (numbers of the catalog), as far as a question about `span` can need it. */
  heads(ids: readonly number[], span?: HeadSpan): Heads {
    const rows = []
    for (const id of ids) {
      const slot = this.#series.slotOfId(id)
      if (slot === undefined) continue
      const head = this.#series.headOf(slot)
      const samples = span ? neededSamples(head, span.from, span.to) : head
      if (samples.count > 0) rows.push({ series: id, samples })
    }
    return { sealNumber: this.#files.sealNumber, rows }
  }

  /** Resolves when everything recorded so far survives a power cut. */
  synced(): Promise<void> {
    return this.#journal.sync()
  }

  /** To be called about once a second: sign of life in the journal, sync when it is due, look for room. Never throws for want of room. */
  tick(now = this.#clock.now()): void {
    this.#serverTimestamp = now
    if (this.#fullMessage !== null) return this.#probe()
    this.#attempt(() => this.#journal.heartbeat(now))
    const { syncIntervalMs } = this.#settings
    const isDue = this.#clock.monotonic() - this.#lastSync >= syncIntervalMs - 50
    if (isDue && this.#syncing === null) this.#syncSoon()
    this.#lookAtSize()
    this.#housekeepSoon(now)
  }

  /** Seals for at most about 5 ms, where something is due; true when there is more. */
  work(chunkLimit?: number): boolean {
    if (this.#fullMessage !== null || this.#clock.monotonic() < this.#sealAgainAt) return false
    if (!this.#seals.isDue(this.#serverTimestamp)) return false
    try {
      this.#seals.slice(chunkLimit)
      this.#sealMessage = null
    } catch (error) {
      if (this.#madeRoom(error)) return true
      if (!(error instanceof HistoryFilesError)) throw error
      // The journal may still have room: samples wait in memory until there is some for chunks.
      this.#sealMessage = error.message
      this.#sealAgainAt = this.#clock.monotonic() + roomProbeMs
      if (this.#series.heads.rowCount > 2 * this.#settings.headSampleLimit) this.#stopFor(error)
      return false
    }
    return this.#seals.isDue(this.#serverTimestamp)
  }

  /** Blocks of samples that wait to be sealed. */
  get backlog(): number {
    return this.#series.heads.filledCount
  }

  /** Seals every head, however small, and makes all durable. */
  async sealAll(): Promise<void> {
    this.#seals.sealAll()
    await this.#files.commit()
  }

  /** Marks the end of all series recorded live, makes everything durable and closes the files. */
  async close(now = this.#clock.now()): Promise<void> {
    await this.#backfillQueue.idle()
    this.#attempt(() => {
      this.#mark(this.#series.liveSlots(), now, StatusCodes.BadShutdown)
      this.#journal.end(now)
    })
    try {
      await this.#journal.close()
    } finally {
      await this.#files.close()
    }
  }

  #slotOfTag(tag: RecordedTag): number {
    return this.#series.slotOfName(tag.series.name, tag.series.kind)!
  }

  #setFilter(slot: number, tag: RecordedTag): void {
    const present = this.#series.filter(slot)?.settings ?? keepsEverything
    if (present.deadband === tag.filter.deadband && present.compression === tag.filter.compression) return
    this.#flushFilter(slot)
    this.#series.setFilter(slot, tag.filter)
    this.#series.forgetAnnouncement(slot)
    // Announced at once: frames before and after it are filtered differently when they are read back.
    this.#attempt(() => this.#journal.announce([slot]))
  }

  /** What the filter still decides on becomes a sample of the head; the head goes to the journal, which has it in no other way. */
  #flushFilter(slot: number): void {
    const filter = this.#series.filter(slot)
    if (!filter?.pending) return
    filter.flush((timestamp, value, code) => this.#series.heads.append(slot, timestamp, value, code, undefined))
    this.#attempt(() => this.#journal.carry(slot))
  }

  /** A value was not let in. */
  #refuse(slot: number, reason: string): void {
    if (slot < 0) return
    this.#refusedValueCount++
    this.#onRefused(this.#series.row(slot).name, reason)
  }

  #store(layout: Layout, batch: BatchColumns, serverTimestamp: number, isLive: boolean): void {
    this.#serverTimestamp = serverTimestamp
    this.#offeredCount += batch.count
    const columns = this.#rows.of(
      batch,
      layout.slots,
      this.#series,
      serverTimestamp,
      this.#settings.timestampAheadLimitMs,
    )
    if (this.#fullMessage !== null) return this.#loseRows(layout, columns)
    if (!this.#journalRows(layout, columns, isLive ? serverTimestamp : 0)) return this.#loseRows(layout, columns)
    this.#keeping.keep(layout, columns)
  }

  /** False when there is no room for it. */
  #journalRows(layout: Layout, columns: RowColumns, serverTimestamp: number): boolean {
    return this.#attempt(
      () => this.#journal.rows(layout, columns, serverTimestamp),
      () => {
        layout.segment = 0
      },
    )
  }

  #loseRows(layout: Layout, columns: RowColumns): void {
    let first = Number.POSITIVE_INFINITY
    forEachRow(columns, (row, timestamp) => {
      this.#series.lost(layout.slots[row]!, timestamp)
      if (timestamp < first) first = timestamp
    })
    this.#losses.add(columns.count, first, this.#fullMessage ?? '')
  }

  /** Series that lost samples get a mark where the first was lost; the present values are asked for. */
  #resume(statusCode: number): void {
    const lost = this.#series.lostSlots
    if (lost.size > 0) {
      const marks = [...lost].map(([slot, timestamp]) => ({
        slot,
        timestamp: Math.max(timestamp, this.#series.heads.latest(slot)),
      }))
      if (!this.#markAt(marks, statusCode)) return
      const handles = [...lost.keys()]
        .map((slot) => this.#handleOfSlot.get(slot))
        .filter((handle) => handle !== undefined)
      this.#series.forgetLost()
      this.#onResumed(handles)
    }
    this.#losses.end(this.#serverTimestamp)
  }

  #mark(slots: readonly number[], timestamp: number, statusCode: number): boolean {
    return this.#markAt(
      slots.map((slot) => ({ slot, timestamp: Math.max(timestamp, this.#series.heads.latest(slot)) })),
      statusCode,
    )
  }

  /** Samples without a value that say: from here on nothing is known. False when there is no room for them. */
  #markAt(marks: readonly { readonly slot: number; readonly timestamp: number }[], statusCode: number): boolean {
    for (let from = 0; from < marks.length; from += rowsPerFrame) {
      const part = marks.slice(from, from + rowsPerFrame)
      const layout = this.#layouts.ofSlots(part.map(({ slot }) => slot))
      const batch: BatchColumns = {
        count: part.length,
        value: new Float64Array(part.length).fill(Number.NaN),
        statusCode: new Uint32Array(part.length).fill(statusCode),
        sourceTimestamp: Float64Array.from(part, ({ timestamp }) => timestamp),
        others: null,
      }
      const columns = this.#rows.of(batch, layout.slots, this.#series, this.#serverTimestamp, Number.POSITIVE_INFINITY)
      if (!this.#journalRows(layout, columns, 0)) return false
      this.#keeping.keepMarks(layout, columns)
    }
    return true
  }

  /** Series that are not recorded any more. */
  #endSeries(slots: readonly number[]): void {
    const live = slots.filter((slot) => this.#series.isLive(slot))
    if (live.length > 0) this.#mark(live, this.#clock.now(), StatusCodes.BadNoData)
    for (const slot of slots) this.#series.setLive(slot, false)
    const ended = slots.map((slot) => this.#series.row(slot))
    if (ended.length === 0) return
    this.#series.define(
      ended.map((row) => ({ name: row.name, kind: row.kind, attributes: { ...row, isRecorded: false } })),
    )
    this.#attempt(() => this.#journal.live())
  }

  /** The first frames of this run: marks for those a crash cut off, then that nothing is live yet. */
  #begin(): void {
    const { isClosed, aliveTimestamp } = this.recovery
    const cut = isClosed || aliveTimestamp === 0 ? [] : this.#series.liveSlots()
    this.#attempt(() => {
      if (cut.length > 0) this.#mark(cut, aliveTimestamp, StatusCodes.BadNoData)
      this.#series.clearLive()
      this.#journal.live()
    })
    if (cut.length > 0)
      this.#losses.addAbsence(aliveTimestamp, this.#serverTimestamp, 'The station did not end in order')
  }

  async #release(segment: number): Promise<boolean> {
    try {
      await this.#journal.sync()
      await this.#files.commit()
      await this.#journal.dropBefore(segment)
      this.#files.forgetCoverage(segment * 2 ** 26)
      return true
    } catch (error) {
      this.#stopFor(error)
      return false
    }
  }

  /** Runs what writes. Without room: makes some where that is allowed, else stops recording. False when it was not done. */
  #attempt(run: () => void, undo: () => void = () => undefined): boolean {
    for (let attempt = 0; ; attempt++) {
      try {
        run()
        return true
      } catch (error) {
        undo()
        if (attempt < roomAttempts && this.#madeRoom(error)) continue
        this.#stopFor(error)
        return false
      }
    }
  }

  #madeRoom(error: unknown): boolean {
    const isFull = error instanceof HistoryFilesError && error.kind === 'diskFull'
    return isFull && this.#settings.whenFull === 'dropOldest' && this.#files.dropOldest()
  }

  /** Recording stops until {@link #probe} finds that it can go on. Bugs are thrown on. */
  #stopFor(error: unknown): void {
    if (!(error instanceof HistoryFilesError)) throw error
    this.#fullMessage ??= messageOf(error)
    this.#lastProbe = this.#clock.monotonic()
  }

  #probe(): void {
    const now = this.#clock.monotonic()
    if (now - this.#lastProbe < roomProbeMs - 50) return
    this.#lastProbe = now
    const message = this.#fullMessage
    this.#fullMessage = null
    // As much room as a batch needs, and a chunk: else it would stop again at once.
    if (!this.#attempt(() => this.#journal.probeRoom())) {
      this.#fullMessage = message
      return
    }
    if (this.#wantedTags !== null) this.configure(this.#wantedTags, this.#settings)
    if (this.#fullMessage === null) this.#resume(StatusCodes.BadResourceUnavailable)
  }

  /** A total size that must not be exceeded and does not make the oldest go stops recording. */
  #lookAtSize(): void {
    const { maximumByteCount, whenFull } = this.#settings
    const now = this.#clock.monotonic()
    if (whenFull !== 'stop' || maximumByteCount === null || now < this.#nextSizeLook) return
    this.#nextSizeLook = now + sizeLookMs
    const { chunkByteCount, indexByteCount, catalogByteCount } = this.#files.size()
    const byteCount = chunkByteCount + indexByteCount + catalogByteCount
    if (byteCount >= maximumByteCount)
      this.#stopFor(
        new HistoryFilesError(
          'diskFull',
          `history has ${byteCount} bytes; ${maximumByteCount} are allowed and the oldest must stay`,
        ),
      )
  }

  /** Retention and compaction, as often as the files ask for it. */
  #housekeepSoon(now: number): void {
    if (this.#isHousekeeping || this.#clock.monotonic() < this.#nextHousekeeping) return
    this.#isHousekeeping = true
    this.#nextHousekeeping = this.#clock.monotonic() + housekeepingMs
    const { retentionMs, maximumByteCount, whenFull } = this.#settings
    const limit = whenFull === 'dropOldest' ? maximumByteCount : null
    this.#files
      .housekeep(now, { retentionMs, maximumByteCount: limit })
      .catch((error: unknown) => {
        if (!(error instanceof HistoryFilesError)) throw error
        this.#sealMessage = error.message
      })
      .finally(() => {
        this.#isHousekeeping = false
      })
  }

  #syncSoon(): void {
    this.#lastSync = this.#clock.monotonic()
    this.#syncing = this.#journal.sync().then(
      () => {
        this.#syncing = null
      },
      (error: unknown) => {
        this.#syncing = null
        this.#stopFor(error)
      },
    )
  }
}
