// Ways from a figure or a row to what it is about: the trend of that moment, the alarm in the list, its journal, its entry in the
// master alarm database, what came before it.
import { linkTo } from '../../ui/route.svelte.ts'
import { alarmListLink } from '../alarm-link.ts'

/** Shown before and after the moment in a trend; ms. */
const trendMarginMs = 15 * 60_000

/** Trend of a tag around a moment, with the ruler on it; not beyond `now`. Times in ms. */
export function trendAt(tag: string, timestamp: number, now: number): string {
  const timeText = (time: number) => new Date(time).toISOString()
  const parameters = {
    // As a pen is written in an address (trends/trend-link.ts): encoded, `~` begins its options.
    pens: encodeURIComponent(tag).replaceAll('~', '%7E'),
    from: timeText(timestamp - trendMarginMs),
    to: timeText(Math.max(timestamp + 60_000, Math.min(timestamp + trendMarginMs, now))),
    ruler: timeText(timestamp),
    marks: 'alarm',
  }
  return withParameters(linkTo('trend'), parameters)
}

/** The alarm in the list of alarms that are not normal. */
export function listOf(id: string): string {
  return alarmListLink({ tab: 'all', text: id, alarm: id })
}

/** What came before this occurrence; `eventId` 0 = the last one. */
export function beforeOf(id: string, eventId: number): string {
  return withParameters(linkTo('alarm-before', id), { event: eventId === 0 ? null : String(eventId) })
}

/** The alarm in the master alarm database, where its settings are changed. */
export function databaseOf(id: string): string {
  return linkTo('alarm-database', id)
}

/** An address with its parameters; null = left out. */
export function withParameters(address: string, parameters: Readonly<Record<string, string | null>>): string {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== null)
  return given.length === 0 ? address : `${address}?${new URLSearchParams(given)}`
}
