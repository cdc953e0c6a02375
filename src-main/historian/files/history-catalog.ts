// A series as the catalog keeps it: which number stands for which name, and what is known of it.
import type { Interpolation } from '../../shared/history.ts'
import type { DataType, StateWords } from '../../shared/tag.ts'

/** What a series' samples are stored as; a tag whose kind changes gets a new series with the same name. */
export const seriesKinds = ['number', 'boolean', 'text', 'other'] as const
export type SeriesKind = (typeof seriesKinds)[number]

/** What may change of a series without a new one. */
export interface SeriesAttributes {
  readonly dataType: DataType
  readonly unit: string
  readonly description: string
  readonly interpolation: Interpolation
  readonly states: Readonly<Record<string, StateWords>> | null
  /** False when only its past is kept. */
  readonly isRecorded: boolean
  /** Age at which samples go, ms; null = only by the total size. */
  readonly retentionMs: number | null
}

export interface SeriesRow extends SeriesAttributes {
  /** 1 to 2³² − 1; greater = younger. Never reused. */
  readonly id: number
  readonly name: string
  readonly kind: SeriesKind
}
