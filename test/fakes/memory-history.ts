// The historian's files and the writer's heads in memory: chunks as the real codec makes them, laid out however a test wants.
import { encodeChunk } from '../../src-main/historian/codec/chunk-codec.ts'
import { summarize } from '../../src-main/historian/codec/chunk-summary.ts'
import { encodeTimestamps, openTimestamps } from '../../src-main/historian/codec/timestamp-codec.ts'
import { ChunkRows, rowFlags, rowLayout, rowWords } from '../../src-main/historian/files/chunk-rows.ts'
import type { SeriesKind, SeriesRow } from '../../src-main/historian/files/history-catalog.ts'
import type { HistoryView, HistoryViewSource, StoredChunk } from '../../src-main/historian/files/history-view.ts'
import type { HeadSource, HeadSpan, Heads } from '../../src-main/historian/head-source.ts'
import { neededSamples } from '../../src-main/historian/sample-merge.ts'
import type { Samples } from '../../src-main/historian/samples.ts'
import type { Interpolation } from '../../src-main/shared/history.ts'

interface MemoryChunk {
  readonly samples: Samples
  readonly bytes: Uint8Array
  readonly timestampBytes: Uint8Array
  readonly sealNumber: number
  readonly isBackFill: boolean
}

interface MemorySeries {
  readonly row: SeriesRow
  chunks: MemoryChunk[]
  head: Samples | null
}

export interface SeriesOptions {
  readonly kind?: SeriesKind
  readonly interpolation?: Interpolation
  readonly states?: SeriesRow['states']
}

/** Chunks of one page when `withPages` is set. */
const pageLength = 4

/** Both what a reader opens views of and whom it asks for heads. */
export class MemoryHistory implements HistoryViewSource, HeadSource {
  readonly #series: MemorySeries[] = []
  #sealNumber = 0
  /** Called whenever heads are asked for, before the answer is made. */
  onHeads: () => void = () => {}
  /** Called whenever a chunk is read. */
  onRead: () => void = () => {}
  openViewCount = 0
  /** Without selections, time stamps are read block by block; with them, only as a whole. */
  hasColumns = true

  /** A series; its number. */
  addSeries(name: string, options: SeriesOptions = {}): number {
    const id = this.#series.length + 1
    const kind = options.kind ?? 'number'
    this.#series.push({
      row: {
        id,
        name,
        kind,
        dataType: kind === 'boolean' ? 'bool' : kind === 'text' ? 'string' : 'float64',
        unit: '',
        description: '',
        interpolation: options.interpolation ?? 'sloped',
        states: options.states ?? null,
        isRecorded: true,
        retentionMs: null,
      },
      chunks: [],
      head: null,
    })
    return id
  }

  /** Seals a chunk. */
  seal(id: number, samples: Samples, isBackFill = false): void {
    this.#sealNumber++
    this.#of(id).chunks.push({
      samples,
      bytes: encodeChunk(samples).bytes,
      timestampBytes: encodeTimestamps(samples.timestamp, samples.count),
      sealNumber: this.#sealNumber,
      isBackFill,
    })
  }

  setHead(id: number, head: Samples | null): void {
    this.#of(id).head = head
  }

  async heads(series: readonly number[], span?: HeadSpan): Promise<Heads> {
    const rows = series.flatMap((id) => {
      const { head } = this.#of(id)
      if (!head || head.count === 0) return []
      if (!span) return [{ series: id, samples: head }]
      const samples = neededSamples(head, span.from, span.to)
      return samples.count > 0 ? [{ series: id, samples }] : []
    })
    const answer = { sealNumber: this.#sealNumber, rows }
    this.onHeads()
    return answer
  }

  open(sealLimit = Number.POSITIVE_INFINITY): HistoryView {
    this.openViewCount++
    const state = this.#series.map(({ row, chunks }) => ({
      row,
      chunks: chunks
        .filter(({ sealNumber }) => sealNumber <= sealLimit)
        .sort((a, b) => a.samples.timestamp[0]! - b.samples.timestamp[0]! || a.sealNumber - b.sealNumber),
    }))
    return new MemoryView(this, state, () => this.openViewCount--)
  }

  close(): void {}

  #of(id: number): MemorySeries {
    return this.#series[id - 1]!
  }
}

interface SeriesState {
  readonly row: SeriesRow
  readonly chunks: readonly MemoryChunk[]
}

class MemoryView implements HistoryView {
  readonly #history: MemoryHistory
  readonly #series: readonly SeriesState[]
  readonly #onClose: () => void
  readonly #chunksOf = new Map<ChunkRows, readonly (readonly MemoryChunk[])[]>()

  constructor(history: MemoryHistory, series: readonly SeriesState[], onClose: () => void) {
    this.#history = history
    this.#series = series
    this.#onClose = onClose
  }

  series(name: string): readonly SeriesRow[] {
    return this.#series.map(({ row }) => row).filter((row) => row.name === name)
  }

  seriesByName(prefix: string, limit: number, after = ''): readonly (readonly SeriesRow[])[] {
    const names = [...new Set(this.#series.map(({ row }) => row.name))].sort()
    return names
      .filter((name) => name.startsWith(prefix) && name > after)
      .slice(0, limit)
      .map((name) => this.series(name))
  }

  span(series: number): { first: number; last: number } | null {
    const { chunks } = this.#of(series)
    if (chunks.length === 0) return null
    return {
      first: Math.min(...chunks.map(({ samples }) => samples.timestamp[0]!)),
      last: Math.max(...chunks.map(lastOf)),
    }
  }

  chunks(series: number, from: number, to: number): ChunkRows {
    return this.#rows(this.#within(series, from, to).map((chunk) => [chunk]))
  }

  pages(series: number, from: number, to: number): ChunkRows {
    const chunks = this.#within(series, from, to)
    const groups: MemoryChunk[][] = []
    for (let row = 0; row < chunks.length; ) {
      let end = row
      while (end < chunks.length && end < row + pageLength && isAlone(chunks, end)) end++
      groups.push(end - row > 1 ? chunks.slice(row, end) : [chunks[row]!])
      row = Math.max(end, row + 1)
    }
    return this.#rows(groups, chunks)
  }

  expand(rows: ChunkRows, row: number): ChunkRows {
    return this.#rows(this.#chunksOf.get(rows)![row]!.map((chunk) => [chunk]))
  }

  boundBefore(series: number, at: number): number {
    let bound = Number.NEGATIVE_INFINITY
    for (const { samples } of this.#of(series).chunks)
      for (let row = 0; row < samples.count; row++)
        if (samples.timestamp[row]! < at) bound = Math.max(bound, samples.timestamp[row]!)
    return bound
  }

  boundAfter(series: number, at: number): number {
    let bound = Number.POSITIVE_INFINITY
    for (const { samples } of this.#of(series).chunks)
      for (let row = 0; row < samples.count; row++)
        if (samples.timestamp[row]! >= at) bound = Math.min(bound, samples.timestamp[row]!)
    return bound
  }

  chunksAt(series: ArrayLike<number>, at: number): readonly ChunkRows[] {
    return Array.from(series, (id) => {
      const bound = this.boundBefore(id, at + 0.5)
      return this.chunks(id, bound === Number.NEGATIVE_INFINITY ? at : bound, at + 0.5)
    })
  }

  read(rows: ChunkRows, begin: number, end: number): readonly StoredChunk[] {
    return this.#chunksOf
      .get(rows)!
      .slice(begin, end)
      .map(([chunk]) => {
        this.#history.onRead()
        const column = openTimestamps(chunk!.timestampBytes)
        return {
          bytes: chunk!.bytes,
          timestamps: () => chunk!.samples.timestamp.slice(0, chunk!.samples.count),
          timestampColumn: this.#history.hasColumns ? column : null,
        }
      })
  }

  close(): void {
    this.#onClose()
  }

  #of(id: number): SeriesState {
    return this.#series[id - 1]!
  }

  #within(series: number, from: number, to: number): MemoryChunk[] {
    return this.#of(series).chunks.filter((chunk) => lastOf(chunk) >= from && chunk.samples.timestamp[0]! < to)
  }

  #rows(groups: readonly (readonly MemoryChunk[])[], among: readonly MemoryChunk[] = groups.flat()): ChunkRows {
    const numbers = new Float64Array(groups.length * rowWords)
    const words = new Uint32Array(numbers.buffer)
    const alone = new Uint8Array(groups.length)
    for (const [row, group] of groups.entries()) {
      const summary = summarize(joined(group))
      for (const name of Object.keys(rowLayout.numbers) as (keyof typeof rowLayout.numbers)[])
        if (name in summary) numbers[row * rowWords + rowLayout.numbers[name]] = summary[name as 'sum']
      for (const name of Object.keys(rowLayout.words) as (keyof typeof rowLayout.words)[])
        if (name in summary) words[row * 2 * rowWords + rowLayout.words[name]] = summary[name as 'usableCount']
      words[row * 2 * rowWords + rowLayout.words.count] = summary.count
      numbers[row * rowWords + rowLayout.numbers.sealNumber] = Math.max(...group.map((chunk) => chunk.sealNumber))
      numbers[row * rowWords + rowLayout.numbers.offset] = group[0]!.sealNumber
      const flags =
        (group.length > 1 ? rowFlags.page : 0) |
        (group[0]!.isBackFill ? rowFlags.backFill : 0) |
        (summary.startsUsable ? rowFlags.startsUsable : 0) |
        (summary.endsUsable ? rowFlags.endsUsable : 0)
      words[row * 2 * rowWords + rowLayout.words.lengthAndFlags] = ((group.length << 5) | flags) >>> 0
      alone[row] = group.length > 1 || isAlone(among, among.indexOf(group[0]!)) ? 1 : 0
    }
    const rows = new ChunkRows(groups.length, numbers, new Int32Array(groups.length), alone)
    this.#chunksOf.set(rows, groups)
    return rows
  }
}

function joined(chunks: readonly MemoryChunk[]): Samples {
  const count = chunks.reduce((sum, { samples }) => sum + samples.count, 0)
  const all = {
    count,
    timestamp: new Float64Array(count),
    value: new Float64Array(count),
    statusCode: new Uint32Array(count),
    others: null,
  }
  let at = 0
  for (const { samples } of chunks) {
    all.timestamp.set(samples.timestamp.subarray(0, samples.count), at)
    all.value.set(samples.value.subarray(0, samples.count), at)
    all.statusCode.set(samples.statusCode.subarray(0, samples.count), at)
    at += samples.count
  }
  return all
}

function lastOf({ samples }: MemoryChunk): number {
  return samples.timestamp[samples.count - 1]!
}

function isAlone(chunks: readonly MemoryChunk[], row: number): boolean {
  const chunk = chunks[row]!
  return chunks.every(
    (other) =>
      other === chunk || lastOf(other) < chunk.samples.timestamp[0]! || other.samples.timestamp[0]! > lastOf(chunk),
  )
}
