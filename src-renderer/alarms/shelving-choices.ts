// For how long an alarm may be shelved: the usual spans up to the longest one of its class (ISA-18.2 clause 12.3).
import { t } from './texts.ts'

const minute = 60_000
const hour = 60 * minute
const usual = [5 * minute, 15 * minute, 30 * minute, hour, 2 * hour, 4 * hour, 8 * hour, 12 * hour, 24 * hour]

/** Spans to choose from, shortest first, the longest allowed one last; ms. */
export function shelvingChoices(longestMs: number): readonly number[] {
  return [...usual.filter((span) => span < longestMs), longestMs]
}

/** `30 min`, `8 h`, `1 h 30 min`. */
export function shelvingText(span: number): string {
  const hours = Math.floor(span / hour)
  const minutes = Math.round((span % hour) / minute)
  const parts = [hours > 0 ? t('hours', { count: hours }) : '', minutes > 0 ? t('minutes', { count: minutes }) : '']
  return parts.filter((part) => part !== '').join(' ') || t('minutes', { count: 0 })
}
