// Signs of verdicts. No colour: alarm colours are for alarms, and a printed page is grey.
import type { AlarmVerdict } from '../../../src-main/shared/alarm-report.ts'

/** Beside the word, for who looks over many of them. */
export const verdictSigns: Readonly<Record<AlarmVerdict, string>> = { good: '✓', warning: '△', bad: '✕' }
