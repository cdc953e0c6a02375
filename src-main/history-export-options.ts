// What `lineside history export` takes on the command line.
import { type HistoryMode, historyModes } from './shared/history.ts'

export const exportFormats = ['csv', 'parquet'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** Ways to read that make sense in a file: a plot is for the eye. */
export const exportModes: readonly HistoryMode[] = historyModes.filter((mode) => mode !== 'plot')

/** As given on the command line. */
export interface ExportOptions {
  readonly data: string
  /** Names and patterns, with commas between them. */
  readonly tags: string
  readonly from: string
  readonly to: string
  readonly format: ExportFormat
  readonly mode: HistoryMode
  readonly interval?: string
  /** undefined = stdout. */
  readonly out?: string
}
