// What the runtime's thread and the reader thread of history say to each other.
import type { MessagePort } from 'node:worker_threads'
import type { HistoryRequest } from '../../shared/history.ts'

/** Handed to the thread at its start. */
export interface ReaderThreadStart {
  /** `<data>/history`. */
  readonly folder: string
}

/** A question; `id` is told with its answer. */
export type ReaderQuestion =
  | { readonly type: 'read'; readonly id: number; readonly request: HistoryRequest }
  | {
      readonly type: 'statistics'
      readonly id: number
      readonly tags: readonly string[]
      readonly from: number
      readonly to: number
    }
  | {
      readonly type: 'series'
      readonly id: number
      readonly prefix: string
      readonly limit: number
      readonly cursor: string | undefined
    }

export type ToReaderThread =
  | ReaderQuestion
  | { readonly type: 'cancel'; readonly id: number }
  /** Where the writer answers for its heads (head-source.ts); null while there is none. Takes the place of the one before. */
  | { readonly type: 'heads'; readonly port: MessagePort | null }
