// Times of day at which labels are made, in the plant's time zone. A time that a change of clocks leaves out comes when the clocks have
// gone on; one that comes twice counts once.
import type { LabelTrigger } from '../../shared/label.ts'

type Schedule = NonNullable<LabelTrigger['schedule']>

const dayMs = 86_400_000
/** A week and a day: with one day of the week there is always one among them. */
const daysBack = 8

/** The last time that was due at `now` or before, ms since 1970-01-01 UTC; null = the schedule has none. */
export function lastDue({ times, days }: Schedule, timeZone: string, now: number): number | null {
  const today = dateIn(timeZone, now)
  let latest: number | null = null
  for (let back = 0; back <= daysBack && latest === null; back++) {
    const day = new Date(Date.UTC(today.year, today.month - 1, today.day) - back * dayMs)
    // Sunday is 0 in JavaScript and 7 in the plant.
    if (days.length > 0 && !days.includes(day.getUTCDay() === 0 ? 7 : day.getUTCDay())) continue
    for (const time of times) {
      const due = instantOf(timeZone, day, time)
      if (due <= now && (latest === null || due > latest)) latest = due
    }
  }
  return latest
}

/** When it is `time` (`06:00`) there on that day: the first of two such instants, or the end of the hour that is left out. */
function instantOf(timeZone: string, day: Date, time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  const wanted = day.getTime() + (hour * 60 + minute) * 60_000
  const before = wanted - offsetAt(timeZone, wanted - dayMs)
  const after = wanted - offsetAt(timeZone, wanted + dayMs)
  // Both offsets around a change are tried: the earlier instant that shows this time wins.
  for (const candidate of [Math.min(before, after), Math.max(before, after)])
    if (candidate + offsetAt(timeZone, candidate) === wanted) return candidate
  return Math.max(before, after)
}

function offsetAt(timeZone: string, instant: number): number {
  const { year, month, day, hour, minute } = dateIn(timeZone, instant)
  return Date.UTC(year, month - 1, day, hour, minute) - Math.floor(instant / 60_000) * 60_000
}

const formats = new Map<string, Intl.DateTimeFormat>()

function dateIn(timeZone: string, instant: number) {
  let format = formats.get(timeZone)
  if (format === undefined) {
    const numeric = 'numeric' as const
    const parts = {
      year: numeric,
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
      hourCycle: 'h23' as const,
    }
    format = new Intl.DateTimeFormat('en-US', { timeZone, ...parts })
    formats.set(timeZone, format)
  }
  const found = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]))
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = found
  return { year, month, day, hour, minute }
}
