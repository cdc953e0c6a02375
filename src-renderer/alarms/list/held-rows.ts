// Rows that keep their places while the list goes on changing: those in view stand as they stood; above them come the rows that
// precede them in the present list, below them those that follow. What came in between waits. No row is shown twice.
import type { AlarmRow } from '../../../src-main/shared/alarm.ts'

/** A row in its place; `isGone` = it has left the list since, and is shown as it last was. */
export interface PlacedRow {
  readonly row: AlarmRow
  readonly isGone: boolean
}

export interface HeldRows {
  /** Place of the first. */
  readonly start: number
  readonly rows: readonly PlacedRow[]
  /** In the present list, rows before this index stand above the held ones. */
  readonly above: number
  /** Rows from this index on stand below them. */
  readonly below: number
  /** Where the held ones themselves stand in the present list, as far as it is known; ascending. */
  readonly indices: readonly number[]
  /** Rows of the present list that do not stand below. */
  readonly skippedBelow: number
  /** Rows that came in above or between the held ones, less those that left. */
  readonly waitingCount: number
  /** The present list differs from what is shown. */
  readonly hasChanged: boolean
}

/** Nothing held yet: from this place on everything stands as in the list. */
export function emptyHold(start: number): HeldRows {
  return {
    start,
    rows: [],
    above: start,
    below: start,
    indices: [],
    skippedBelow: start,
    waitingCount: 0,
    hasChanged: false,
  }
}

/**
 * Rows held from a place on. `indices[i]` is where row i stands in the present list, undefined = not known (gone, or far away).
 * Those that still follow each other mark where above ends and below begins; when none is left `before` goes on.
 */
export function heldRows(
  start: number,
  rows: readonly PlacedRow[],
  indices: readonly (number | undefined)[],
  before: HeldRows | null,
): HeldRows {
  const stayed = longestRise(indices.filter((index) => index !== undefined))
  const above = stayed[0] ?? before?.above ?? start
  const below = stayed.length > 0 ? stayed.at(-1)! + 1 : Math.max(above, before?.below ?? start)
  const known = indices.filter((index) => index !== undefined).sort((a, b) => a - b)
  const countAfter = known.filter((index) => index >= below).length
  const waitingCount = below - known.filter((index) => index < below).length - start
  return {
    start,
    rows,
    above,
    below,
    indices: known,
    skippedBelow: below + countAfter,
    waitingCount,
    hasChanged: waitingCount !== 0 || stayed.length < rows.length,
  }
}

/** Index in the present list of the row at a place that is not held; of a held one about where it stood. Negative = there is none. */
export function indexAt({ start, rows, above, below, indices }: HeldRows, place: number): number {
  if (place < start) {
    let index = above - (start - place)
    for (const held of indices.toReversed()) if (held < above && held >= index) index--
    return index
  }
  let index = below + place - (start + rows.length)
  if (place < start + rows.length) return index
  for (const held of indices) if (held >= below && held <= index) index++
  return index
}

/** The longest part of the numbers, in their order, that rises. */
function longestRise(numbers: readonly number[]): readonly number[] {
  const lengths: number[] = []
  const previous: number[] = []
  for (const [index, number] of numbers.entries()) {
    lengths[index] = 1
    previous[index] = -1
    for (let earlier = 0; earlier < index; earlier++)
      if (numbers[earlier]! < number && lengths[earlier]! + 1 > lengths[index]) {
        lengths[index] = lengths[earlier]! + 1
        previous[index] = earlier
      }
  }
  const rise: number[] = []
  let at = lengths.indexOf(Math.max(0, ...lengths))
  for (; at >= 0; at = previous[at]!) rise.unshift(numbers[at]!)
  return rise
}
