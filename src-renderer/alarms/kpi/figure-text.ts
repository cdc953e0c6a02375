// Figures as they are written: counts whole, rates with as many decimals as they are worth, shares in percent.
import { language } from '../../ui/i18n.svelte.ts'
import { durationText, latencyText } from '../../ui/time-text.ts'
import type { KpiFigure } from './kpi-figures.ts'

/** `1,234`. */
export function countText(count: number): string {
  return format({ maximumFractionDigits: 0 }).format(count)
}

/** `0.42`, `6.27`, `150.4`: so many decimals that a figure just above its target does not look like the target. */
export function rateText(rate: number): string {
  const size = Math.abs(rate)
  return format({ maximumFractionDigits: size < 10 ? 2 : size < 1000 ? 1 : 0 }).format(rate)
}

/** `0.4 %`, `12 %`; of 0 to 1. A share that is there is never written as 0 %. */
export function shareText(share: number): string {
  const percent = share * 100
  if (percent > 0 && percent < 0.1) return `< ${format({}).format(0.1)} %`
  return `${format({ maximumFractionDigits: percent < 10 ? 1 : 0 }).format(percent)} %`
}

/** A duration as short as it is: `260 ms`, `12 s`, `3 min`; `–` where there is none. */
export function lengthText(ms: number | null): string {
  return ms === null ? '–' : ms < 1000 ? latencyText(ms) : durationText(ms)
}

/** A figure, or `–` where there is none. */
export function figureText(value: number | null, unit: KpiFigure['unit']): string {
  if (value === null) return '–'
  return unit === 'count' ? countText(value) : unit === 'rate' ? rateText(value) : shareText(value)
}

const formats = new Map<string, Intl.NumberFormat>()
function format(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${language.current} ${JSON.stringify(options)}`
  const known = formats.get(key) ?? new Intl.NumberFormat(language.current, options)
  formats.set(key, known)
  return known
}
