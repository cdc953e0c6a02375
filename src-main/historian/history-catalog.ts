// Which series there are and what is known of them: catalog.db, written by the writer thread, read by readers of their own.
import type { SeriesDefinition } from './history-settings.ts'

/** A series as the catalog has it. */
export interface SeriesRow extends SeriesDefinition {
  /** 1 to 2³² − 1; greater = younger. Never reused. */
  readonly id: number
  /** False when only its past is kept. */
  readonly isRecorded: boolean
}
