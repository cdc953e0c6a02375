// The time axis in the plant's time zone: where its ticks stand and what they say, also over the change to and from summer time.

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** Distances of ticks: ms, or whole months of the calendar. */
const steps: readonly { readonly ms?: number; readonly months?: number; readonly approximateMs: number }[] = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500].map((ms) => ({ ms, approximateMs: ms })),
  ...[1, 2, 5, 10, 15, 30].map((n) => ({ ms: n * second, approximateMs: n * second })),
  ...[1, 2, 5, 10, 15, 30].map((n) => ({ ms: n * minute, approximateMs: n * minute })),
  ...[1, 2, 3, 6, 12].map((n) => ({ ms: n * hour, approximateMs: n * hour })),
  ...[1, 2, 7].map((n) => ({ ms: n * day, approximateMs: n * day })),
  ...[1, 3, 6, 12, 24, 60, 120].map((months) => ({ months, approximateMs: months * 30.44 * day })),
]

/** A tick: its instant and its words; the second line says the day where it is another than the tick's before. */
export interface TimeTick {
  readonly timestamp: number
  readonly label: string
  /** '' where the day is that of the tick before. */
  readonly dayLabel: string
}

/** Wall-clock time of a zone as ms of a calendar without zones. */
function wallTime(timestamp: number, timeZone: string): number {
  return timestamp + zoneOffset(timestamp, timeZone)
}

const offsetFormats = new Map<string, Intl.DateTimeFormat>()
/** Offsets by zone and quarter of an hour: the rules of no zone change at other instants. */
const offsets = new Map<string, number>()
const mostOffsets = 20_000
const quarter = 15 * minute

/** Zone's offset from UTC at an instant; ms, east positive. */
export function zoneOffset(timestamp: number, timeZone: string): number {
  const slot = Math.floor(timestamp / quarter)
  const key = `${slot} ${timeZone}`
  const known = offsets.get(key)
  if (known !== undefined) return known
  if (offsets.size >= mostOffsets) offsets.clear()
  const offset = computedOffset(slot * quarter, timeZone)
  offsets.set(key, offset)
  return offset
}

function computedOffset(timestamp: number, timeZone: string): number {
  let format = offsetFormats.get(timeZone)
  if (!format) {
    format = new Intl.DateTimeFormat('en', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      era: 'short',
    })
    offsetFormats.set(timeZone, format)
  }
  const parts = format.formatToParts(timestamp)
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((one) => one.type === type)?.value)
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return wall - Math.floor(timestamp / second) * second
}

/**
 * The instant of a wall-clock time (ms of a calendar without zones). A time that the clock skipped is taken an hour later;
 * of one that it showed twice the first is meant.
 */
export function instantOf(wall: number, timeZone: string): number {
  const offsetBefore = zoneOffset(wall - day, timeZone)
  const offsetAfter = zoneOffset(wall + day, timeZone)
  for (const offset of [offsetBefore, offsetAfter]) {
    const instant = wall - offset
    if (zoneOffset(instant, timeZone) === offset) return instant
  }
  return wall - offsetBefore
}

/** The same wall-clock time so many days earlier or later: 23 or 25 hours away over a change of summer time. */
export function shiftDays(timestamp: number, days: number, timeZone: string): number {
  return instantOf(wallTime(timestamp, timeZone) + days * day, timeZone)
}

/** Start of the day of an instant. */
export function startOfDay(timestamp: number, timeZone: string): number {
  return instantOf(Math.floor(wallTime(timestamp, timeZone) / day) * day, timeZone)
}

/** RFC 3339 with the zone's offset: `2026-11-22T14:09:25.250+01:00`. Sorts and parses everywhere, and is the plant's wall clock. */
export function localTimestamp(time: number, timeZone: string): string {
  const offset = zoneOffset(time, timeZone)
  const wall = new Date(time + offset).toISOString().slice(0, -1)
  const minutes = Math.abs(Math.round(offset / 60_000))
  const two = (number: number) => String(number).padStart(2, '0')
  return `${wall}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

/** The zone's day of an instant: `2026-11-22`. */
export function localDay(time: number, timeZone: string): string {
  return localTimestamp(time, timeZone).slice(0, 10)
}

/** Ticks in [from, to], at most about `most`. */
export function timeTicks(
  from: number,
  to: number,
  most: number,
  timeZone: string,
  locale: string,
): readonly TimeTick[] {
  const wanted = (to - from) / Math.max(1, most)
  const step = steps.find(({ approximateMs }) => approximateMs >= wanted) ?? steps.at(-1)!
  const instants =
    step.months === undefined
      ? evenInstants(from, to, step.ms!, timeZone)
      : monthInstants(from, to, step.months, timeZone)
  const ticks: TimeTick[] = []
  let lastDay = ''
  let lastOffset = zoneOffset(from, timeZone)
  for (const timestamp of instants) {
    const offset = zoneOffset(timestamp, timeZone)
    const dayLabel = step.approximateMs >= day ? '' : dateText(timestamp, timeZone, locale)
    const label = tickText(timestamp, step.approximateMs, timeZone, locale)
    // After a change of the clock the tick says which clock it means.
    const zone = offset === lastOffset ? '' : ` ${zoneName(timestamp, timeZone, locale)}`
    ticks.push({
      timestamp,
      label: `${label}${step.approximateMs < day ? zone : ''}`,
      dayLabel: dayLabel === lastDay ? '' : dayLabel,
    })
    lastDay = dayLabel
    lastOffset = offset
  }
  return ticks
}

/** Instants whose wall-clock time is a multiple of the step; over a change of the clock as the clock shows them. */
function evenInstants(from: number, to: number, step: number, timeZone: string): readonly number[] {
  const instants: number[] = []
  if (step >= day) {
    // Multiples of days count from a Monday, so that weeks begin as calendars do (1970-01-05).
    const origin = 4 * day
    let wall = origin + Math.ceil((wallTime(from, timeZone) - origin) / step) * step
    for (; instants.length < 1000; wall += step) {
      const instant = instantOf(wall, timeZone)
      if (instant > to) break
      if (instant >= from) instants.push(instant)
    }
    return instants
  }
  // Up to an hour the step divides every offset there is; longer ones look at each hour whether it is one.
  const fine = Math.min(step, hour)
  const offset = zoneOffset(from, timeZone)
  const shift = ((offset % fine) + fine) % fine
  for (let instant = Math.ceil((from + shift) / fine) * fine - shift; instant <= to; instant += fine) {
    if (step <= hour || wallTime(instant, timeZone) % step === 0) instants.push(instant)
  }
  return instants
}

function monthInstants(from: number, to: number, months: number, timeZone: string): readonly number[] {
  const start = new Date(wallTime(from, timeZone))
  const firstMonth = Math.floor((start.getUTCFullYear() * 12 + start.getUTCMonth()) / months) * months
  const instants: number[] = []
  for (let month = firstMonth; instants.length < 1000; month += months) {
    const instant = instantOf(Date.UTC(Math.floor(month / 12), month % 12, 1), timeZone)
    if (instant > to) break
    if (instant >= from) instants.push(instant)
  }
  return instants
}

function tickText(timestamp: number, stepMs: number, timeZone: string, locale: string): string {
  if (stepMs >= 360 * day) return format(locale, timeZone, { year: 'numeric' }).format(timestamp)
  if (stepMs >= 28 * day) return format(locale, timeZone, { year: 'numeric', month: 'short' }).format(timestamp)
  if (stepMs >= day) return dateText(timestamp, timeZone, locale)
  const withSeconds = stepMs < minute ? ({ second: '2-digit' } as const) : {}
  const withFraction = stepMs < second ? ({ fractionalSecondDigits: 3 } as const) : {}
  return format(locale, timeZone, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...withSeconds,
    ...withFraction,
  }).format(timestamp)
}

function dateText(timestamp: number, timeZone: string, locale: string): string {
  return format(locale, timeZone, { weekday: 'short', day: 'numeric', month: 'short' }).format(timestamp)
}

function zoneName(timestamp: number, timeZone: string, locale: string): string {
  const parts = format(locale, timeZone, { hour: 'numeric', timeZoneName: 'short' }).formatToParts(timestamp)
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
}

const formats = new Map<string, Intl.DateTimeFormat>()
function format(language: string, timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  // "22 Nov": the day first, as most of the world that reads English writes it.
  const locale = language === 'en' ? 'en-GB' : language
  const key = `${locale} ${timeZone} ${JSON.stringify(options)}`
  let known = formats.get(key)
  if (!known) {
    known = new Intl.DateTimeFormat(locale, { ...options, timeZone })
    formats.set(key, known)
  }
  return known
}
