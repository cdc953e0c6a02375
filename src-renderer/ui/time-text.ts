// Times and durations as text: times in the plant's time zone, so that two people on the phone read the same figure.
import { defineTexts, language } from './i18n.svelte.ts'

const t = defineTexts({
  en: {
    milliseconds: '{value} ms',
    seconds: '{value} s',
    minutes: '{value} min',
    hours: '{value} h',
    days: '{value} d',
    never: 'never',
  },
  'zh-CN': {
    milliseconds: '{value} 毫秒',
    seconds: '{value} 秒',
    minutes: '{value} 分钟',
    hours: '{value} 小时',
    days: '{value} 天',
    never: '从未',
  },
})

/** Texts of this file, for the completeness test. */
export const timeTexts = t

/** A duration with one unit, rounded down: `12 s`, `3 min`, `2 h`. Negative counts as 0. */
export function durationText(durationMs: number): string {
  const seconds = Math.max(0, Math.floor(durationMs / 1000))
  if (seconds < 120) return t('seconds', { value: seconds })
  if (seconds < 7200) return t('minutes', { value: Math.floor(seconds / 60) })
  if (seconds < 172_800) return t('hours', { value: Math.floor(seconds / 3600) })
  return t('days', { value: Math.floor(seconds / 86_400) })
}

/** A latency: `0.8 ms`, `12 ms`. */
export function latencyText(durationMs: number | null): string {
  if (durationMs === null) return '–'
  return t('milliseconds', { value: durationMs < 10 ? Math.round(durationMs * 10) / 10 : Math.round(durationMs) })
}

/**
 * `2026-11-22 14:09:25`, with milliseconds if asked; `never` for 0 and null. In `timeZone` (IANA) or the screen's own. The
 * same in every language: 11/12 is two days apart for two readers.
 */
export function timestampText(
  timestamp: number | null,
  timeZone: string | undefined,
  withMilliseconds = false,
): string {
  if (timestamp === null || timestamp === 0) return t('never')
  const parts = format('en', timeZone, 'full').formatToParts(timestamp)
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? ''
  const seconds = `${part('second')}${withMilliseconds ? `.${part('fractionalSecond')}` : ''}`
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}:${seconds}`
}

/** Time of day with the zone's short name, for the clock in the top bar. */
export function clockText(timestamp: number, timeZone: string | undefined): string {
  return format(language.current, timeZone, 'clock').format(timestamp)
}

type Precision = 'clock' | 'full'
const formats = new Map<string, Intl.DateTimeFormat>()

function format(locale: string, timeZone: string | undefined, precision: Precision): Intl.DateTimeFormat {
  const key = `${locale} ${timeZone} ${precision}`
  const known = formats.get(key)
  if (known) return known
  const made = make(locale, timeZone, precision)
  formats.set(key, made)
  return made
}

function make(locale: string, timeZone: string | undefined, precision: Precision): Intl.DateTimeFormat {
  const time = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const
  const zone = timeZone === undefined ? {} : { timeZone }
  if (precision === 'clock') return new Intl.DateTimeFormat(locale, { ...time, timeZoneName: 'short', ...zone })
  const date = { year: 'numeric', month: '2-digit', day: '2-digit', fractionalSecondDigits: 3 } as const
  return new Intl.DateTimeFormat(locale, { ...date, ...time, ...zone })
}
