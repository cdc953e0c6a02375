// A trend group: pens that belong together, saved under a name in the plant folder (trends/<name>.yaml), the same for every screen.
import type { HistoryMarker } from './history.ts'

/** Colours of the pen palette; a pen names one of 1 … this many. */
export const penColorCount = 12
/** Value axes of one trend; pens with the same number share one. */
export const trendAxisCount = 8
/** A group of more pens is a table, not a picture. */
export const mostPens = 32

/** How a pen is drawn: on the straight line, holding each value until the next, samples alone, or filled down to the axis. */
export const penStyles = ['line', 'step', 'points', 'area'] as const
export type PenStyle = (typeof penStyles)[number]

export const markerKinds = [
  'write',
  'operator',
  'device',
  'alarm',
  'identifier',
  'recorder',
] as const satisfies readonly HistoryMarker['kind'][]
export type MarkerKind = (typeof markerKinds)[number]

/** One curve. */
export interface TrendPen {
  /** A tag, or a series of the runtime itself (`device:PLC1:state`). */
  readonly tag: string
  /** Place in the palette from 1; null = the next one that is free. */
  readonly color: number | null
  /** Number of its value axis from 1; null = its own. */
  readonly axis: number | null
  /** Range of its axis in engineering units; null = from the tag's limits or from what is seen. */
  readonly low: number | null
  readonly high: number | null
  /** null = as the tag's interpolation says. */
  readonly style: PenStyle | null
}

export interface TrendGroup {
  /** File name without `.yaml`: letters A to Z, digits, `_` and `-`, at most 64. */
  readonly name: string
  /** One text for each language (BCP 47). */
  readonly title: Readonly<Record<string, string>>
  /** Width of the window at the first look; ms. */
  readonly spanMs: number
  readonly pens: readonly TrendPen[]
  /** Marks that are drawn. */
  readonly markers: readonly MarkerKind[]
}

/** A group as it is on disk now; `version` tells two states of the file apart. */
export interface SavedTrendGroup extends TrendGroup {
  readonly version: string
}

export const defaultTrendSpanMs = 3_600_000
