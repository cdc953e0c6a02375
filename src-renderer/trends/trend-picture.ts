// Everything one picture of a trend shows. Made anew for each picture from the view and what is cached; the plot only draws it.

import type { TagValue } from '../../src-main/shared/data-value.ts'
import type { HistoryMarker } from '../../src-main/shared/history.ts'
import type { AlarmLimit } from './alarm-limits.ts'
import type { Pen, PenLook } from './pen.ts'
import type { PenTrace } from './pen-trace.ts'
import type { ValueScale } from './value-scales.ts'

/** A pen as it is drawn. */
export interface PenPicture {
  readonly pen: Pen
  /** Its place among the pens: line style and lane. */
  readonly index: number
  readonly letter: string
  readonly look: PenLook
  readonly isStepped: boolean
  readonly trace: PenTrace
  /** Of its value axis; '' for lanes. */
  readonly scaleKey: string
  /** The words of a value, for lanes. */
  readonly words: (value: number, other: TagValue | undefined) => string
}

/** Where knowledge ends on the right. */
export interface TrendEdge {
  readonly timestamp: number
  /** Said beside it; '' = nothing. */
  readonly label: string
  /** The link is lost: what lies beyond is hatched. */
  readonly isStale: boolean
}

export interface TrendPicture {
  readonly from: number
  readonly to: number
  readonly pens: readonly PenPicture[]
  /** Tag of the pen whose axis stands next to the lines; null = the first. */
  readonly chosen: string | null
  /** The same pens over another span, drawn lighter; their times are moved by `overlayShiftMs` to stand in this one. */
  readonly overlay: readonly PenPicture[]
  readonly overlayShiftMs: number
  readonly scales: ReadonlyMap<string, ValueScale>
  readonly markers: readonly HistoryMarker[]
  /** Limits of alarms on the axes of their pens. */
  readonly limits: readonly AlarmLimit[]
  /** The brushed span; null = none. */
  readonly selection: { readonly from: number; readonly to: number } | null
  readonly edge: TrendEdge
  readonly timeZone: string
  readonly locale: string
  /** Said where a bucket holds several states. */
  readonly severalText: string
}

/** Where things stand, all in canvas pixels. */
export interface PaintArea {
  readonly left: number
  readonly width: number
  /** Of the strip with the flags. */
  readonly top: number
  /** Of the lines. */
  readonly linesTop: number
  readonly linesHeight: number
  /** Of the lanes below them. */
  readonly lanesTop: number
  readonly laneHeight: number
  readonly bottom: number
  /** Canvas pixels of one CSS px. */
  readonly ratio: number
}
