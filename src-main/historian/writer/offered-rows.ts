// What is offered to be recorded, brought into the shape the journal takes: whole frames, recorded rows only, own samples as a batch.
import type { TagValue } from '../../shared/data-value.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import type { ValueBatch } from '../../shared/value-batch.ts'
import type { SeriesDefinition } from '../files/history-files.ts'
import type { OwnSample } from '../history-input.ts'
import { seriesKindOf } from '../history-settings.ts'
import { rowsWithin } from '../sample-admission.ts'
import { rowsPerFrame } from './journal-frame.ts'
import type { BatchColumns } from './journal-rows.ts'

/** Rough bytes of texts and the like in one frame: a third of what a frame may have at most, and of what one value may. */
const frameValueBytes = 4 * 1024 * 1024

/** The batch in parts of which each fits into a frame of the journal; itself when it does as a whole. */
export function frameParts(batch: ValueBatch): readonly ValueBatch[] {
  if (endOfFrame(batch, 0) === batch.count) return [batch]
  const parts: ValueBatch[] = []
  for (let from = 0, to = 0; from < batch.count; from = to) {
    to = endOfFrame(batch, from)
    parts.push({
      count: to - from,
      handle: batch.handle.subarray(from, to),
      value: batch.value.subarray(from, to),
      statusCode: batch.statusCode.subarray(from, to),
      sourceTimestamp: batch.sourceTimestamp.subarray(from, to),
      others: batch.others?.slice(from, to) ?? null,
    })
  }
  return parts
}

function endOfFrame({ count, others }: ValueBatch, from: number): number {
  return rowsWithin(others, from, Math.min(count, from + rowsPerFrame), frameValueBytes)
}

/** These rows of a batch. */
export function rowsOfBatch(batch: ValueBatch, rows: Uint32Array): BatchColumns {
  const count = rows.length
  const value = new Float64Array(count)
  const statusCode = new Uint32Array(count)
  const sourceTimestamp = new Float64Array(count)
  const others: (TagValue | undefined)[] | null = batch.others ? [] : null
  for (let row = 0; row < count; row++) {
    const from = rows[row]!
    value[row] = batch.value[from]!
    statusCode[row] = batch.statusCode[from]!
    sourceTimestamp[row] = batch.sourceTimestamp[from]!
    const other = batch.others?.[from]
    if (other !== undefined) others![row] = other
  }
  return { count, value, statusCode, sourceTimestamp, others }
}

/** One sample of the runtime's own as a batch. */
export function ownRow({ value, statusCode, timestamp }: OwnSample): BatchColumns {
  const isNumber = typeof value === 'number' || typeof value === 'boolean'
  return {
    count: 1,
    value: Float64Array.of(isNumber ? Number(value) : Number.NaN),
    statusCode: Uint32Array.of(statusCode),
    sourceTimestamp: Float64Array.of(timestamp),
    others: isNumber ? null : [value],
  }
}

/** The series a sample of the runtime's own belongs to. RuntimeError BadInvalidArgument for a name that could be a tag's. */
export function ownSeries(sample: OwnSample): SeriesDefinition {
  if (!sample.name.includes(':'))
    throw new RuntimeError('BadInvalidArgument', `The name of the runtime's own series "${sample.name}" has no colon`)
  const isFloat = sample.dataType === 'float32' || sample.dataType === 'float64'
  return {
    name: sample.name,
    kind: seriesKindOf(sample.dataType, null),
    attributes: {
      dataType: sample.dataType,
      unit: sample.unit ?? '',
      description: sample.description,
      interpolation: isFloat ? 'sloped' : 'stepped',
      states: sample.states ?? null,
      isRecorded: true,
      retentionMs: null,
    },
  }
}
