// What is set for the historian and for each series: how it is filtered, how long it is kept, how soon it is on the disk.
import { defaultPlantHistory, type PlantHistory } from '../shared/plant.ts'
import { type DataType, type TagDefinition, valueTypeOf } from '../shared/tag.ts'
import type { SeriesKind } from './files/history-catalog.ts'
import type { SeriesDefinition } from './files/history-files.ts'

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
  ...defaultPlantHistory,
  journalSegmentByteCount: 64 * 1024 * 1024,
  watermarkMs: 60_000,
  headSampleLimit: 6_000_000,
  timestampAheadLimitMs: 3_600_000,
}

/** Kind of the samples of a value type; `other`: bytes, structures, arrays. Exact integers and date-times are numbers. */
export function seriesKindOf(dataType: DataType, arrayLength: number | null): SeriesKind {
  if (arrayLength !== null || dataType === 'bytes' || dataType === 'structure') return 'other'
  if (dataType === 'bool') return 'boolean'
  return dataType === 'string' ? 'text' : 'number'
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

/** How a tag is recorded; null when it is not. */
export function recordedTag(handle: number, tag: TagDefinition): RecordedTag | null {
  const { history } = tag
  if (history === false) return null
  const { dataType, arrayLength } = valueTypeOf(tag)
  return {
    handle,
    series: {
      name: tag.name,
      kind: seriesKindOf(dataType, arrayLength),
      attributes: {
        dataType,
        unit: tag.unit,
        description: tag.description,
        interpolation: history.interpolation,
        states: tag.states,
        isRecorded: true,
        retentionMs: history.retentionMs,
      },
    },
    filter: { deadband: history.deadband, compression: history.compression },
  }
}
