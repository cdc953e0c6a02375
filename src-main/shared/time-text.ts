// A time as people write it: 2026-11-23, 23.11.26 06:00, day 327 of the year.
import { RuntimeError } from './runtime-error.ts'

interface Clock {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

const formats = new Map<string, Intl.DateTimeFormat>()

/**
 * `yyyy yy MM dd DDD` (day of the year) `HH mm ss` of a time zone (`Europe/Berlin`); text between `'…'` and everything that is no letter stays as it
 * is. Throws RuntimeError BadOutOfRange for another letter, another zone or no time.
 */
export function timeText(time: Date, pattern: string, timeZone: string): string {
  if (Number.isNaN(time.getTime())) throw new RuntimeError('BadOutOfRange', 'format: this is no time')
  if (pattern.length > 100) throw new RuntimeError('BadOutOfRange', 'format: the pattern is longer than 100 characters')
  const clock = clockIn(time, timeZone)
  return pattern.replaceAll(
    /'([^']*)'|([A-Za-z])\2*/g,
    (word, quoted: string | undefined) => quoted ?? part(word, clock),
  )
}

function part(word: string, { year, month, day, hour, minute, second }: Clock): string {
  switch (word) {
    case 'yyyy':
      return padded(year, 4)
    case 'yy':
      return padded(year % 100, 2)
    case 'MM':
      return padded(month, 2)
    case 'dd':
      return padded(day, 2)
    case 'DDD':
      return padded((Date.UTC(year, month - 1, day) - Date.UTC(year, 0, 1)) / 86_400_000 + 1, 3)
    case 'HH':
      return padded(hour, 2)
    case 'mm':
      return padded(minute, 2)
    case 'ss':
      return padded(second, 2)
    default:
      throw new RuntimeError(
        'BadOutOfRange',
        `format: "${word}" is no part of a time; there are yyyy yy MM dd DDD HH mm ss, other letters stand between '…'`,
      )
  }
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, '0')
}

function clockIn(time: Date, timeZone: string): Clock {
  const parts: Record<string, number> = {}
  for (const { type, value } of formatFor(timeZone).formatToParts(time)) parts[type] = Number(value)
  const { year, month, day, hour, minute, second } = parts
  return { year: year!, month: month!, day: day!, hour: hour!, minute: minute!, second: second! }
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone)
  if (format === undefined) {
    format = newFormat(timeZone)
    if (formats.size > 100) formats.clear()
    formats.set(timeZone, format)
  }
  return format
}

function newFormat(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch (error) {
    throw new RuntimeError('BadOutOfRange', `format: "${timeZone}" is no time zone, as Europe/Berlin is`, error)
  }
}
