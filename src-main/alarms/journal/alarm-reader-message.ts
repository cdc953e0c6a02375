// What the runtime's thread and the reader thread of the alarm journal say to each other.
import type { JournalFilter, JournalQuery } from './journal-query.ts'

/** Handed to the thread at its start. */
export interface AlarmReaderStart {
  /** `<data>/alarms.sqlite`. */
  readonly file: string
  /** `<data>/alarm-archive`. */
  readonly archiveFolder: string
}

export type AlarmQuestion =
  | { readonly type: 'query'; readonly query: JournalQuery }
  | {
      readonly type: 'csv'
      readonly filter: JournalFilter & Pick<JournalQuery, 'order' | 'cursor'>
      /** Most rows of the piece. */
      readonly room: number
    }
  | { readonly type: 'since'; readonly sequence: number; readonly limit: number }
  | {
      readonly type: 'markers'
      readonly from: number
      readonly to: number
      readonly tags: readonly string[] | null
      readonly limit: number
    }
  | { readonly type: 'verify' }
  | { readonly type: 'archive'; readonly cutoff: number }
  | { readonly type: 'report'; readonly name: string; readonly input: unknown }

export interface ToAlarmReader {
  readonly id: number
  readonly question: AlarmQuestion
  /** Int32Array(1): 1 when nobody waits any more. */
  readonly cancelled: SharedArrayBuffer
}

/** Answer to `csv`: lines, and where to go on. */
export interface CsvPiece {
  readonly text: string
  readonly rowCount: number
  readonly cursor?: string
}
