// The date at the plant: what a label says and by which counters begin again, in the plant's time zone.

/** A moment as a wall clock at the plant shows it. */
export interface PlantTime {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
}

export type ResetPeriod = 'never' | 'day' | 'month' | 'year'

/** Wall-clock times of one time zone. Making a formatter is slow, so that one is kept. */
export class PlantCalendar {
  readonly #format: Intl.DateTimeFormat

  /** An IANA name, as Asia/Shanghai. Throws RangeError when there is none of that name. */
  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    })
  }

  /** What the wall clock shows at a time stamp (ms since 1970). */
  at(timestamp: number): PlantTime {
    const time = { year: 0, month: 0, day: 0, hour: 0, minute: 0 }
    for (const { type, value } of this.#format.formatToParts(timestamp))
      if (type in time) time[type as keyof typeof time] = Number(value)
    return time
  }
}

/** The text of the period a counter counts in: `2026-11-23`, `2026-11`, `2026`, or '' for ever. */
export function periodOf(reset: ResetPeriod, time: Pick<PlantTime, 'year' | 'month' | 'day'>): string {
  const year = String(time.year).padStart(4, '0')
  if (reset === 'never') return ''
  if (reset === 'year') return year
  const month = `${year}-${String(time.month).padStart(2, '0')}`
  return reset === 'month' ? month : `${month}-${String(time.day).padStart(2, '0')}`
}

/** Day of the year, 1 to 366. */
export function dayOfYear(time: Pick<PlantTime, 'year' | 'month' | 'day'>): number {
  return Math.round((Date.UTC(time.year, time.month - 1, time.day) - Date.UTC(time.year, 0, 1)) / 86_400_000) + 1
}
