// Reads the journal back, frame by frame in the order of writing: after a start, and for tools that look at a folder.
import { closeSync, fstatSync, openSync, readSync, truncateSync } from 'node:fs'
import { basename } from 'node:path'
import { messageOf } from '../../shared/runtime-error.ts'
import type { DataType } from '../../shared/tag.ts'
import type { SeriesKind } from '../files/history-catalog.ts'
import type { SampleFilterSettings } from '../history-settings.ts'
import { journalPosition, journalSegments, readSegmentHeader, segmentHeaderByteCount } from './journal.ts'
import type { RowColumns } from './journal-columns.ts'
import { FrameType } from './journal-frame.ts'
import {
  decodeHead,
  decodeInstant,
  decodeJson,
  decodeLive,
  decodeRemoval,
  decodeRows,
  type FoundFrame,
  readFrames,
} from './journal-frame-reader.ts'
import type { SampleFilterState } from './sample-filter.ts'

/** A series as the journal explains it before its first sample in a segment. */
export interface JournaledSeries {
  readonly id: number
  readonly name: string
  readonly kind: SeriesKind
  readonly dataType: DataType
  /** null: every sample is kept. */
  readonly filter: SampleFilterSettings | null
  /** What the filter remembered at this moment. */
  readonly state: SampleFilterState | null
}

/** What happened, in order. Columns are valid until `replayJournal` returns. */
export interface JournalVisitor {
  onSeries(series: readonly JournaledSeries[]): void
  /** `series`: the same array for all frames of one layout. `isLive` false: marks of the recorder itself. */
  onRows(position: number, series: Uint32Array, columns: RowColumns, isLive: boolean): void
  /** The head of this series is these rows, whatever came before. */
  onHead(position: number, series: number, columns: RowColumns): void
  /** Back-fill replaced the samples with these time stamps. */
  onRemoval(series: number, timestamps: Float64Array): void
  /** These series and no others were recorded live in this run so far. */
  onLive(series: Uint32Array): void
}

export interface JournalOutcome {
  /** Number of the newest segment; 0 = there was none. */
  readonly lastSegment: number
  readonly segmentCount: number
  /** The last instant the writer is known to have been alive; 0 = unknown. */
  readonly aliveTimestamp: number
  /** The last run was closed; false also where there was none. */
  readonly isClosed: boolean
  readonly rowCount: number
  /** What could not be read, one sentence each. */
  readonly faults: readonly string[]
}

/**
 * Replays all segments of a folder. A torn last frame of the newest segment is cut off where `repairs`, any other part that cannot be
 * read is passed over and reported. Never throws for damaged contents.
 */
export function replayJournal(folder: string, visitor: JournalVisitor, repairs: boolean): JournalOutcome {
  const segments = journalSegments(folder)
  const replay = new Replay(visitor)
  for (const segment of segments) {
    const isLast = segment === segments.at(-1)
    const bytes = readWhole(segment.file)
    const end = replay.segment(bytes, segment.number, basename(segment.file), isLast)
    if (isLast && repairs && end < bytes.length) truncateSync(segment.file, end)
  }
  return {
    lastSegment: segments.at(-1)?.number ?? 0,
    segmentCount: segments.length,
    aliveTimestamp: replay.aliveTimestamp,
    isClosed: replay.isClosed,
    rowCount: replay.rowCount,
    faults: replay.faults,
  }
}

class Replay {
  readonly #visitor: JournalVisitor
  aliveTimestamp = 0
  isClosed = false
  rowCount = 0
  readonly faults: string[] = []

  constructor(visitor: JournalVisitor) {
    this.#visitor = visitor
  }

  /** Offset after the last whole frame. */
  segment(bytes: Uint8Array, number: number, name: string, isLast: boolean): number {
    if (bytes.length === 0) return 0
    try {
      readSegmentHeader(bytes)
    } catch (error) {
      this.faults.push(`${name}: ${messageOf(error)}`)
    }
    const frames: FoundFrame[] = []
    const end = readFrames(
      bytes,
      Math.min(segmentHeaderByteCount, bytes.length),
      (frame) => frames.push(frame),
      (part) => this.faults.push(`${name}: ${part.byteCount} bytes from ${part.offset} on cannot be read`),
    )
    if (end < bytes.length && !isLast)
      this.faults.push(`${name}: ${bytes.length - end} bytes from ${end} on cannot be read`)
    const layouts = this.#layouts(frames, name)
    for (const frame of frames) {
      try {
        this.#frame(frame, number, layouts)
      } catch (error) {
        this.faults.push(`${name}: the frame at ${frame.offset} is left out: ${messageOf(error)}`)
      }
    }
    return end
  }

  /** Which series each layout of the segment is, wherever it is said: a damaged frame must not take those after it along. */
  #layouts(frames: readonly FoundFrame[], _name: string): Map<number, Uint32Array> {
    const layouts = new Map<number, Uint32Array>()
    for (const { type, payload } of frames) {
      if (type !== FrameType.rows || payload.length < 16) continue
      const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
      const layout = view.getUint32(0, true)
      const count = view.getUint32(4, true)
      if (layout === 0 || count === 0 || layouts.has(layout) || 16 + count * 4 > payload.length) continue
      layouts.set(layout, new Uint32Array(payload.buffer, payload.byteOffset + 16, count))
    }
    return layouts
  }

  #frame({ type, offset, payload }: FoundFrame, segment: number, layouts: ReadonlyMap<number, Uint32Array>): void {
    const position = journalPosition(segment, offset)
    switch (type) {
      case FrameType.rows: {
        const frame = decodeRows(payload)
        const series = frame.layout === 0 ? frame.series : (layouts.get(frame.layout) ?? null)
        if (series === null || series.length !== frame.columns.count)
          throw new Error('which series it belongs to stood in a part that cannot be read')
        if (frame.serverTimestamp > 0) this.#alive(frame.serverTimestamp)
        this.rowCount += series.length
        return this.#visitor.onRows(position, series, frame.columns, frame.serverTimestamp > 0)
      }
      case FrameType.series:
        return this.#visitor.onSeries(decodeJson(payload) as JournaledSeries[])
      case FrameType.head: {
        const { series, columns } = decodeHead(payload)
        return this.#visitor.onHead(position, series, columns)
      }
      case FrameType.removal: {
        const { series, timestamps } = decodeRemoval(payload)
        return this.#visitor.onRemoval(series, timestamps)
      }
      case FrameType.heartbeat:
        return this.#alive(decodeInstant(payload))
      case FrameType.live:
        this.isClosed = false
        return this.#visitor.onLive(decodeLive(payload))
      case FrameType.room:
        return
      case FrameType.end:
        this.isClosed = true
        return
      default:
        throw new Error(`type ${type} is unknown`)
    }
  }

  #alive(timestamp: number): void {
    this.aliveTimestamp = timestamp
    this.isClosed = false
  }
}

/** The whole file in a buffer that columns can be viewed in. */
function readWhole(file: string): Uint8Array {
  const descriptor = openSync(file, 'r')
  try {
    const bytes = new Uint8Array(new ArrayBuffer(fstatSync(descriptor).size))
    let count = 0
    while (count < bytes.length) {
      const read = readSync(descriptor, bytes, count, bytes.length - count, count)
      if (read === 0) break
      count += read
    }
    return count === bytes.length ? bytes : bytes.subarray(0, count)
  } finally {
    closeSync(descriptor)
  }
}
