// Samples as tests write them ↔ columns.
import type { Samples } from '../../../../src-main/historian/samples.ts'
import type { HistorySeries } from '../../../../src-main/shared/history.ts'
import type { PlainSample } from '../reader/history-reference.ts'

/** Columns of samples that are in order of time. */
export function samplesOf(samples: readonly PlainSample[]): Samples {
  return {
    count: samples.length,
    timestamp: Float64Array.from(samples, ({ timestamp }) => timestamp),
    value: Float64Array.from(samples, ({ value }) => value),
    statusCode: Uint32Array.from(samples, ({ statusCode }) => statusCode),
    others: null,
  }
}

/** Rows of an answer. */
export function plainSamples({ timestamps, values, statusCodes }: HistorySeries): PlainSample[] {
  return Array.from(timestamps, (timestamp, row) => ({ timestamp, value: values[row]!, statusCode: statusCodes[row]! }))
}
