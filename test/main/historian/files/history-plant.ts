// A small plant's history for tests: seals samples into files and keeps a plain copy to compare with.
import { encodeChunk, openChunk } from '../../../../src-main/historian/codec/chunk-codec.ts'
import { encodeTimestamps } from '../../../../src-main/historian/codec/timestamp-codec.ts'
import { encodeTimestampSubset } from '../../../../src-main/historian/codec/timestamp-subset.ts'
import type { ChunkRows } from '../../../../src-main/historian/files/chunk-rows.ts'
import type {
  SealedChunk,
  SeriesDefinition,
  TimestampColumn,
} from '../../../../src-main/historian/files/history-files.ts'
import type { HistoryView } from '../../../../src-main/historian/files/history-view.ts'
import { mergeSamples } from '../../../../src-main/historian/sample-merge.ts'
import type { Samples } from '../../../../src-main/historian/samples.ts'

export interface TestSample {
  readonly timestamp: number
  readonly value: number
}

export function numberSeries(name: string, retentionMs: number | null = null): SeriesDefinition {
  return {
    name,
    kind: 'number',
    attributes: {
      dataType: 'float64',
      unit: 'bar',
      description: `pressure ${name}`,
      interpolation: 'sloped',
      states: null,
      isRecorded: true,
      retentionMs,
    },
  }
}

export function samplesOf(rows: readonly TestSample[]): Samples {
  return {
    count: rows.length,
    timestamp: Float64Array.from(rows, (row) => row.timestamp),
    value: Float64Array.from(rows, (row) => row.value),
    statusCode: new Uint32Array(rows.length),
    others: null,
  }
}

export function columnOf(timestamp: Float64Array): TimestampColumn {
  return { bytes: encodeTimestamps(timestamp, timestamp.length), count: timestamp.length }
}

export interface SealExtras {
  readonly isBackFill?: boolean
  readonly coveredBefore?: number
  /** A column that has all of the chunk's time stamps and its decoded form. */
  readonly column?: { readonly stored: TimestampColumn; readonly decoded: Float64Array }
}

/** Rows in order of time, as a chunk ready to be appended. */
export function sealed(series: number, rows: readonly TestSample[], extras: SealExtras = {}): SealedChunk {
  const samples = samplesOf(rows)
  const { bytes, summary } = encodeChunk(samples)
  const { column } = extras
  const isWhole = column !== undefined && column.decoded.length === rows.length
  return {
    series,
    bytes,
    summary,
    timestamps: column?.stored ?? columnOf(samples.timestamp),
    selection: column && !isWhole ? encodeTimestampSubset(samples.timestamp, rows.length, column.decoded) : null,
    isBackFill: extras.isBackFill ?? false,
    coveredBefore: extras.coveredBefore ?? 0,
  }
}

/** Every sample of these rows, merged as a reader merges them. */
export function samplesIn(view: HistoryView, rows: ChunkRows): TestSample[] {
  const order = Array.from({ length: rows.count }, (_, row) => row).sort(
    (a, b) => rows.sealNumber(a) - rows.sealNumber(b),
  )
  const stored = view.read(rows, 0, rows.count)
  const inputs = order.map((row) => {
    const chunk = stored[row]!
    const { value, statusCode, others } = openChunk(chunk.bytes).decodeAll()
    return {
      samples: { count: value.length, timestamp: chunk.timestamps(), value, statusCode, others },
      replaces: rows.isBackFill(row),
    }
  })
  const merged = mergeSamples(inputs)
  return Array.from({ length: merged.count }, (_, row) => ({
    timestamp: merged.timestamp[row]!,
    value: merged.value[row]!,
  }))
}

/** All samples of a series in [from, to). */
export function storedSamples(
  view: HistoryView,
  series: number,
  from = Number.NEGATIVE_INFINITY,
  to = Number.POSITIVE_INFINITY,
): TestSample[] {
  return samplesIn(view, view.chunks(series, from, to)).filter(({ timestamp }) => timestamp >= from && timestamp < to)
}

/** What the files should have, as plainly as it can be kept. */
export class HistoryModel {
  readonly #samples = new Map<number, TestSample[]>()

  append(series: number, rows: readonly TestSample[], isBackFill: boolean): void {
    const stamps = new Set(isBackFill ? rows.map((row) => row.timestamp) : [])
    const kept = (this.#samples.get(series) ?? []).filter(({ timestamp }) => !stamps.has(timestamp))
    // Array.sort keeps the order of equals: that of arrival.
    this.#samples.set(
      series,
      [...kept, ...rows].sort((a, b) => a.timestamp - b.timestamp),
    )
  }

  samples(series: number): readonly TestSample[] {
    return this.#samples.get(series) ?? []
  }

  dropBefore(timestamp: number): void {
    for (const [series, rows] of this.#samples)
      this.#samples.set(
        series,
        rows.filter((row) => row.timestamp >= timestamp),
      )
  }
}
