// Messages between the historian's face in the runtime's thread and its writer's thread.
import type { MessagePort } from 'node:worker_threads'
import type { StatusCodeName } from '../shared/status-code.ts'
import type { ValueBatch } from '../shared/value-batch.ts'
import type { HistoryFilesSize } from './files/history-files.ts'
import type { BackfillSeries, OwnSample } from './history-input.ts'
import type { HistorySettings, RecordedTag } from './history-settings.ts'
import type { WriterFigures } from './writer/history-writer.ts'

/** `workerData` of the writer's thread. */
export interface HistorianWriterStart {
  /** `<data>/history`. */
  readonly folder: string
  readonly settings: HistorySettings
}

/** One thing to record, in the order of its arrival. */
export type RecordItem =
  | { readonly batch: ValueBatch; readonly serverTimestamp: number }
  | { readonly own: OwnSample; readonly serverTimestamp: number }
  | { readonly lost: Uint32Array; readonly timestamp: number; readonly count: number; readonly reason: string }

export type ToHistorianWriter =
  | { readonly type: 'configure'; readonly tags: readonly RecordedTag[]; readonly settings: HistorySettings }
  | { readonly type: 'record'; readonly sequence: number; readonly items: readonly RecordItem[] }
  | { readonly type: 'write'; readonly id: number; readonly series: readonly BackfillSeries[] }
  | { readonly type: 'heads'; readonly port: MessagePort }
  | { readonly type: 'ping' }
  | { readonly type: 'close' }

/** The writer's figures with those of its files and its thread. */
export interface HistorianWriterFigures extends WriterFigures {
  readonly size: HistoryFilesSize
  readonly longestStallMs: number
}

/** What became of the samples so far. */
export type SampleCounts = Pick<WriterFigures, 'storedCount' | 'filteredCount' | 'lostCount'>

export type FromHistorianWriter =
  | { readonly type: 'ready'; readonly faults: readonly string[] }
  /** All items up to this message are acknowledged: journaled, and synced where that is set. */
  | { readonly type: 'taken'; readonly sequence: number; readonly counts: SampleCounts }
  | { readonly type: 'figures'; readonly figures: HistorianWriterFigures }
  | { readonly type: 'resumed'; readonly handles: readonly number[] }
  | { readonly type: 'written'; readonly id: number; readonly count: number }
  | { readonly type: 'refusal'; readonly id: number; readonly code: StatusCodeName; readonly message: string }
  | { readonly type: 'closed'; readonly figures: HistorianWriterFigures }
