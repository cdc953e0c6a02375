// All samples of one tag in order of time, as pieces of which most need not be read: chunks that nothing overlaps are left as they
// are stored, and only where chunks, back-fill or the head overlap are samples merged.
import type { ChunkRows } from '../files/chunk-rows.ts'
import type { HistoryView } from '../files/history-view.ts'
import { firstRowFrom, type MergeInput, mergeSamples, sliceSamples } from '../sample-merge.ts'
import type { Samples } from '../samples.ts'
import type { OpenedChunk, OpenedChunks } from './history-source.ts'

/** A stored series that makes up a part of a tag's history, and what the writer still has of it in memory. */
export interface TimelineSource {
  readonly seriesId: number
  /** Ordered by time; null when there is none. */
  readonly head: Samples | null
}

/** Rows [begin, end) of an index: chunks, or pages of chunks, that nothing overlaps. */
export interface ChunkSegment {
  readonly rows: ChunkRows
  readonly begin: number
  readonly end: number
}

/** Samples that had to be merged or are in memory. */
export interface SampleSegment {
  readonly rows: null
  /** No sample is older, none newer. */
  readonly firstTimestamp: number
  readonly lastTimestamp: number
  /** Upper limit of the samples; there may be none. */
  readonly count: number
  read(): Samples
}

export type Segment = ChunkSegment | SampleSegment

/** A run that overlaps another one. */
interface Item {
  readonly first: number
  readonly last: number
  /** Order of arrival: the source, then the seal number; the head last. */
  readonly source: number
  readonly seal: number
  readonly replaces: boolean
  readonly rows: ChunkRows | null
  readonly row: number
  readonly samples: Samples | null
}

/** So many decoded chunks of those that overlap are kept while a question is answered. */
const decodedLimit = 16
/** And so many merged pieces. */
const mergedLimit = 4
/** Groups of at most so many that overlap are looked at closely before anything is read: some pieces then need no merging. */
const closelyLookedLimit = 64

/** One tag within one view. Not to be used after the view was closed. */
export class SampleTimeline {
  readonly view: HistoryView
  readonly sources: readonly TimelineSource[]
  readonly #decoded = new Map<Item, Samples>()
  readonly #merged = new Map<SampleSegment, Samples>()
  readonly #chunks: OpenedChunks
  /** Series of rows, where there are several series. */
  readonly #seriesOf = new Map<ChunkRows, number>()

  /** `sources`: oldest series first. */
  constructor(view: HistoryView, sources: readonly TimelineSource[], chunks: OpenedChunks) {
    this.view = view
    this.#chunks = chunks
    this.sources = sources
  }

  /** Pieces that together hold every sample of [from, to) once, in order, and perhaps more at both ends. Pages only where asked for. */
  segments(from: number, to: number, withPages: boolean): readonly Segment[] {
    if (this.sources.length === 1) {
      const source = this.sources[0]!
      const rows = withPages ? this.view.pages(source.seriesId, from, to) : this.view.chunks(source.seriesId, from, to)
      return this.#oneSource(source, rows, from, to)
    }
    const items: Item[] = []
    for (const [index, source] of this.sources.entries()) {
      const rows = this.view.chunks(source.seriesId, from, to)
      this.#seriesOf.set(rows, source.seriesId)
      this.#addItems(items, index, rows, 0, rows.count)
      this.#addHead(items, source, index, from, to)
    }
    return this.#untangle(items)
  }

  /** Reads and opens a chunk, or gives the opened one. */
  open(rows: ChunkRows, row: number): OpenedChunk {
    return this.#chunks.open(this.view, this.#seriesOf.get(rows) ?? this.sources[0]!.seriesId, rows, row)
  }

  /** The latest instant from which on everything older than `at` is found: at least one sample is in [it, at), unless it is −Infinity. */
  boundBefore(at: number): number {
    let bound = Number.NEGATIVE_INFINITY
    for (const { seriesId, head } of this.sources) {
      bound = Math.max(bound, this.view.boundBefore(seriesId, at))
      if (!head || head.count === 0) continue
      const row = firstRowFrom(head.timestamp, head.count, at)
      if (row > 0) bound = Math.max(bound, head.timestamp[row - 1]!)
    }
    return bound
  }

  /** The soonest instant such that a sample is in [at, it], unless it is Infinity. */
  boundAfter(at: number): number {
    let bound = Number.POSITIVE_INFINITY
    for (const { seriesId, head } of this.sources) {
      bound = Math.min(bound, this.view.boundAfter(seriesId, at))
      if (!head || head.count === 0) continue
      const row = firstRowFrom(head.timestamp, head.count, at)
      if (row < head.count) bound = Math.min(bound, head.timestamp[row]!)
    }
    return bound
  }

  #oneSource(source: TimelineSource, rows: ChunkRows, from: number, to: number): Segment[] {
    const segments: Segment[] = []
    const { head } = source
    const headRow = head ? firstRowFrom(head.timestamp, head.count, from) : 0
    const headFirst = head && headRow < head.count ? head.timestamp[headRow]! : Number.POSITIVE_INFINITY
    let tangled: Item[] = []
    const untangle = () => {
      if (tangled.length > 0) segments.push(...this.#untangle(tangled))
      tangled = []
    }
    let row = 0
    while (row < rows.count) {
      const begin = row
      while (row < rows.count && rows.isAlone(row) && rows.lastTimestamp(row) <= headFirst) row++
      if (row > begin) {
        untangle()
        segments.push({ rows, begin, end: row })
        continue
      }
      this.#addItems(tangled, 0, rows, row, row + 1)
      row++
    }
    this.#addHead(tangled, source, 0, from, to)
    untangle()
    return segments
  }

  #addItems(items: Item[], index: number, rows: ChunkRows, begin: number, end: number): void {
    for (let row = begin; row < end; row++) {
      if (rows.isPage(row)) {
        const chunks = this.view.expand(rows, row)
        this.#addItems(items, index, chunks, 0, chunks.count)
        continue
      }
      items.push({
        first: rows.firstTimestamp(row),
        last: rows.lastTimestamp(row),
        source: index,
        seal: rows.sealNumber(row),
        replaces: rows.isBackFill(row),
        rows,
        row,
        samples: null,
      })
    }
  }

  #addHead(items: Item[], source: TimelineSource, index: number, from: number, to: number): void {
    const { head } = source
    if (!head) return
    const begin = firstRowFrom(head.timestamp, head.count, from)
    const end = firstRowFrom(head.timestamp, head.count, to)
    if (begin >= end) return
    const samples = sliceSamples(head, begin, end)
    items.push({
      first: samples.timestamp[0]!,
      last: samples.timestamp[samples.count - 1]!,
      source: index,
      seal: Number.POSITIVE_INFINITY,
      replaces: false,
      rows: null,
      row: 0,
      samples,
    })
  }

  /** Items in any order that may overlap → segments that do not. */
  #untangle(items: Item[]): Segment[] {
    items.sort((a, b) => a.first - b.first || a.source - b.source || a.seal - b.seal)
    const segments: Segment[] = []
    let begin = 0
    while (begin < items.length) {
      let end = begin + 1
      let last = items[begin]!.last
      while (end < items.length && items[end]!.first <= last) {
        last = Math.max(last, items[end]!.last)
        end++
      }
      if (end - begin === 1) segments.push(this.#whole(items[begin]!))
      else this.#windows(items.slice(begin, end), segments)
      begin = end
    }
    return segments
  }

  /**
   * Cuts a group at the beginnings of its items, so that no more than one piece is in memory at a time, and that a long sparse item does not
   * make all others be read. In a large group the time stamps are looked at only when a piece is read.
   */
  #windows(group: readonly Item[], segments: Segment[]): void {
    const cuts = [...new Set(group.map(({ first }) => first))]
    const isLarge = group.length > closelyLookedLimit
    let active: Item[] = []
    let next = 0
    for (const [index, cut] of cuts.entries()) {
      const end = cuts[index + 1] ?? Number.POSITIVE_INFINITY
      active = active.filter(({ last }) => last >= cut)
      for (; next < group.length && group[next]!.first === cut; next++) active.push(group[next]!)
      const items = isLarge ? [...active] : active.filter((item) => this.#hasRows(item, cut, end))
      const only = items.length === 1 ? items[0]! : null
      if (only && only.first >= cut && only.last < end) segments.push(this.#whole(only))
      else if (items.length > 0) segments.push(this.#piece(items, cut, end))
    }
  }

  /** Samples of the items in [from, to), merged when they are read. */
  #piece(items: readonly Item[], from: number, to: number): SampleSegment {
    const inOrder = [...items].sort((a, b) => a.source - b.source || a.seal - b.seal)
    const segment: SampleSegment = {
      rows: null,
      firstTimestamp: from,
      lastTimestamp: Math.min(to - 1, Math.max(...items.map(({ last }) => last))),
      count: items.reduce((sum, { rows, row, samples }) => sum + (samples?.count ?? rows!.sampleCount(row)), 0),
      read: () => {
        let merged = this.#merged.get(segment)
        if (!merged) {
          merged = this.#merge(inOrder, from, to)
          if (this.#merged.size >= mergedLimit) this.#merged.delete(this.#merged.keys().next().value as SampleSegment)
          this.#merged.set(segment, merged)
        }
        return merged
      },
    }
    return segment
  }

  #whole(item: Item): Segment {
    if (item.rows) return { rows: item.rows, begin: item.row, end: item.row + 1 }
    const samples = item.samples!
    return {
      rows: null,
      firstTimestamp: item.first,
      lastTimestamp: item.last,
      count: samples.count,
      read: () => samples,
    }
  }

  /** True when an item has a sample in [from, to). */
  #hasRows(item: Item, from: number, to: number): boolean {
    const timestamp = item.samples?.timestamp ?? this.open(item.rows!, item.row).timestamps()
    const count = item.samples?.count ?? timestamp.length
    const row = firstRowFrom(timestamp, count, from)
    return row < count && timestamp[row]! < to
  }

  #samplesOf(item: Item): Samples {
    if (item.samples) return item.samples
    let samples = this.#decoded.get(item)
    if (!samples) {
      samples = this.open(item.rows!, item.row).decodeAll()
      if (this.#decoded.size >= decodedLimit) this.#decoded.delete(this.#decoded.keys().next().value as Item)
      this.#decoded.set(item, samples)
    }
    return samples
  }

  /** Items in order of arrival. Back-fill replaces samples of its own series alone. */
  #merge(items: readonly Item[], from: number, to: number): Samples {
    const ofSeries: Samples[] = []
    let at = 0
    while (at < items.length) {
      const inputs: MergeInput[] = []
      const { source } = items[at]!
      for (; at < items.length && items[at]!.source === source; at++) {
        const samples = this.#samplesOf(items[at]!)
        const begin = firstRowFrom(samples.timestamp, samples.count, from)
        const end = firstRowFrom(samples.timestamp, samples.count, to)
        inputs.push({ samples: sliceSamples(samples, begin, end), replaces: items[at]!.replaces })
      }
      ofSeries.push(mergeSamples(inputs))
    }
    if (ofSeries.length === 1) return ofSeries[0]!
    return mergeSamples(ofSeries.map((samples) => ({ samples, replaces: false })))
  }
}
