// What is set for the historian and for each series: how it is filtered, how long it is kept, how soon it is on the disk.
import type { Interpolation } from '../shared/history.ts'
import type { PlantHistory } from '../shared/plant.ts'
import type { DataType, StateWords, TagDefinition, TagHistory } from '../shared/tag.ts'

/** A chunk has at most so many samples; a head is sealed from here on. */
export const samplesPerChunk = 4096

/** What the plant file says of history (`history:` in plant.yaml) and what only tests and tools set. */
export interface HistorySettings extends PlantHistory {
  /** Bytes of the journal's files before the next is begun. */
  readonly journalSegmentByteCount: number
  /** Samples may come so late and still lie in order in their chunk; ms. */
  readonly watermarkMs: number
  /** Samples held in memory over all series; beyond it the fullest are sealed before their time. 20 bytes each. */
  readonly headSampleLimit: number
  /** A source time stamp further ahead of the clock than this is not believed; ms. */
  readonly timestampAheadLimitMs: number
}

export const defaultHistorySettings: HistorySettings = {
  retentionMs: null,
  maximumByteCount: null,
  whenFull: 'dropOldest',
  syncIntervalMs: 1000,
  journalSegmentByteCount: 64 * 1024 * 1024,
  watermarkMs: 60_000,
  headSampleLimit: 6_000_000,
  timestampAheadLimitMs: 3_600_000,
}

/** What the samples of a series are made of. A tag that changes it goes on in a new series under the same name. */
export const seriesKinds = ['float', 'integer', 'boolean', 'text', 'other'] as const
export type SeriesKind = (typeof seriesKinds)[number]

/** Kind of the samples of a value type; `other`: bytes, structures, arrays. A datetime is an integer (ms). */
export function seriesKindOf(dataType: DataType, arrayLength: number | null): SeriesKind {
  if (arrayLength !== null) return 'other'
  switch (dataType) {
    case 'float32':
    case 'float64':
      return 'float'
    case 'bool':
      return 'boolean'
    case 'string':
      return 'text'
    case 'bytes':
    case 'structure':
      return 'other'
    default:
      return 'integer'
  }
}

/** A series as the catalog keeps it. Name and kind are its identity, the rest may change. */
export interface SeriesDefinition {
  /** A tag's name, or one of the runtime's own with a colon: `device:PLC1:state`. */
  readonly name: string
  readonly kind: SeriesKind
  readonly dataType: DataType
  readonly unit: string
  readonly description: string
  readonly interpolation: Interpolation
  readonly states: Readonly<Record<string, StateWords>> | null
  /** How long its samples are kept; ms; null = as the historian's setting says. */
  readonly retentionMs: number | null
}

/** How samples of one series are thinned out before they are kept. */
export interface SampleFilterSettings {
  /** A change by less than this is not kept; engineering units; 0 = every change is. */
  readonly deadband: number
  /** Swinging door: half its width; engineering units; 0 = off. */
  readonly compression: number
}

export const keepsEverything: SampleFilterSettings = { deadband: 0, compression: 0 }

/** A tag that is recorded. The handle is that of the tag table, valid for this start of the runtime. */
export interface RecordedTag {
  readonly handle: number
  readonly series: SeriesDefinition
  readonly filter: SampleFilterSettings
}

/** A tag as it is recorded; null when it is not. `valueType`: of the tag's value in engineering units. */
export function recordedTag(
  handle: number,
  tag: TagDefinition,
  valueType: { readonly dataType: DataType; readonly arrayLength: number | null },
): RecordedTag | null {
  const history: TagHistory | false = tag.history
  if (history === false) return null
  return {
    handle,
    series: {
      name: tag.name,
      kind: seriesKindOf(valueType.dataType, valueType.arrayLength),
      dataType: valueType.dataType,
      unit: tag.unit,
      description: tag.description,
      interpolation: history.interpolation,
      states: tag.states,
      retentionMs: history.retentionMs,
    },
    filter: { deadband: history.deadband, compression: history.compression },
  }
}
