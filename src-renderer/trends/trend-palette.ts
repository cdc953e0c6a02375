// Colours of a trend as a canvas wants them: read from the page's tokens, so that theme, contrast and print are the page's.
import { type AlarmPriority, alarmPriorities } from '../../src-main/shared/alarm.ts'
import { penColorCount } from '../../src-main/shared/trend-group.ts'

/** Every colour as `rgb(…)`. */
export interface TrendPalette {
  /** By the pen's colour − 1. */
  readonly pens: readonly string[]
  readonly surface: string
  readonly raised: string
  readonly sunken: string
  readonly text: string
  readonly quiet: string
  readonly grid: string
  readonly line: string
  readonly accent: string
  readonly bad: string
  readonly stale: string
  readonly states: readonly string[]
  readonly alarms: Readonly<Record<AlarmPriority, string>>
  /** Text on a filled alarm colour. */
  readonly onAlarm: string
  readonly font: string
}

/** Fills of state bands, from dark to bright. */
const stateFillCount = 4

/**
 * Reads the tokens where `host` stands. `scheme` other than the page's (a picture to send, paper) is read as if it were.
 */
export function readPalette(host: HTMLElement, scheme?: 'light' | 'dark'): TrendPalette {
  const probe = document.createElement('span')
  probe.style.display = 'none'
  if (scheme) probe.style.colorScheme = scheme
  host.append(probe)
  const color = (token: string) => {
    probe.style.color = `var(--${token})`
    return getComputedStyle(probe).color
  }
  const palette: TrendPalette = {
    pens: Array.from({ length: penColorCount }, (_, index) => color(`pen-${index + 1}`)),
    surface: color('surface'),
    raised: color('surface-raised'),
    sunken: color('surface-sunken'),
    text: color('text'),
    quiet: color('text-quiet'),
    grid: color('line-quiet'),
    line: color('line'),
    accent: color('accent'),
    bad: color('bad'),
    stale: color('stale'),
    states: Array.from({ length: stateFillCount }, (_, index) => color(`state-${index + 1}`)),
    alarms: Object.fromEntries(alarmPriorities.map((one) => [one, color(`alarm-${one}`)])) as TrendPalette['alarms'],
    onAlarm: color('on-alarm'),
    font: getComputedStyle(host).fontFamily,
  }
  probe.remove()
  return palette
}
