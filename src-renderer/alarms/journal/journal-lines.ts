// Rows of the journal with what has to be said between them: the clock was set back, summer time began or ended, numbers are
// missing. Newest first, as the screen shows them.
import type { AlarmEvent } from '../../../src-main/shared/alarm.ts'
import { zoneOffset } from '../../ui/time-axis.ts'

/** A line of the list. Of what stands between two rows, `above` is the newer one. */
export type JournalLine =
  | { readonly kind: 'event'; readonly event: AlarmEvent }
  /** The runtime's clock went back by so many ms at least: the row above was written later and carries an earlier time. */
  | { readonly kind: 'clockBack'; readonly byMs: number; readonly above: AlarmEvent }
  /** Another offset from UTC above than below; ms. */
  | { readonly kind: 'zone'; readonly from: number; readonly to: number; readonly above: AlarmEvent }
  /** Rows that are not there: archived, or taken out. */
  | { readonly kind: 'gap'; readonly first: number; readonly last: number; readonly above: AlarmEvent }

/**
 * Lines of a page.
 * @param before the row above the page; null at the top
 * @param isWhole nothing is filtered away, so that the numbers must follow each other
 */
export function linesOf(
  events: readonly AlarmEvent[],
  before: AlarmEvent | null,
  timeZone: string,
  isWhole: boolean,
): readonly JournalLine[] {
  const lines: JournalLine[] = []
  let above = before
  for (const event of events) {
    if (above) lines.push(...between(above, event, timeZone, isWhole))
    lines.push({ kind: 'event', event })
    above = event
  }
  return lines
}

function between(above: AlarmEvent, below: AlarmEvent, timeZone: string, isWhole: boolean): readonly JournalLine[] {
  const lines: JournalLine[] = []
  const back = below.receivedTimestamp - above.receivedTimestamp
  if (isWhole && back <= 0 && above.sequence - below.sequence > 1)
    lines.push({ kind: 'gap', first: below.sequence + 1, last: above.sequence - 1, above })
  if (back > 0) lines.push({ kind: 'clockBack', byMs: back, above })
  const from = zoneOffset(below.receivedTimestamp, timeZone)
  const to = zoneOffset(above.receivedTimestamp, timeZone)
  if (from !== to) lines.push({ kind: 'zone', from, to, above })
  return lines
}

/** `UTC+02:00`; offset in ms. */
export function offsetText(offset: number): string {
  const minutes = Math.round(Math.abs(offset) / 60_000)
  const two = (number: number) => String(number).padStart(2, '0')
  return `UTC${offset < 0 ? '−' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}
