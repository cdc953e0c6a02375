// What the station proposes for an alarm, in sentences; and the edit that takes it over.
import type { AlarmDatabaseEdit } from '../../../src-main/shared/alarm-database.ts'
import type { AlarmProposal } from '../../../src-main/shared/alarm-report.ts'
import { formatNumber } from '../../tags/format-value.ts'
import { unitText } from '../../tags/unit-text.ts'
import { language } from '../../ui/i18n.svelte.ts'
import { exactDuration } from './database-words.ts'
import { t } from './texts.ts'

const isDelay = ({ kind }: AlarmProposal) => kind === 'onDelay' || kind === 'offDelay'

/** What should be changed: `Deadband 1 % → 2.5 %`. */
export function proposalText(proposal: AlarmProposal): string {
  const { kind, presentValue, proposedValue } = proposal
  if (kind === 'redesign' || kind === 'review') return t(`kind.${kind}`)
  if (kind === 'suppress')
    return proposedValue === null ? t('kind.suppressUnknown') : t('kind.suppress', { new: String(proposedValue) })
  const text = (value: number | string | null) => proposedText(proposal, value)
  return t(`kind.${kind}`, { old: text(presentValue), new: text(proposedValue) })
}

/** A value as the proposal means it: a duration, or a number with its unit. */
function proposedText(proposal: AlarmProposal, value: number | string | null): string {
  if (value === null) return t('none')
  if (typeof value === 'string') return value
  if (isDelay(proposal)) return exactDuration(value)
  const unit = unitText(proposal.unit)
  const number = formatNumber(value, undefined, language.current)
  return unit === '' ? number : `${number} ${unit}`
}

/** Why: the sentence of its reason with its figures. */
export function reasonText({ reason, figures }: AlarmProposal): string {
  const figure = (name: string) => figures[name] ?? 0
  return t(`reason.${reason}`, {
    ...figures,
    window: rounded(figure('windowMs')),
    average: rounded(figure('averageMs')),
    longest: rounded(figure('longestMs')),
    gap: rounded(figure('medianGapMs')),
    perDay: Math.round(figure('perDay') * 10) / 10,
    share: `${formatNumber(figure('share') * 100, 0, language.current)} %`,
  })
}

/** What a replay of the recorded samples says; '' where nothing was replayed. */
export function effectText({ activationCount, remainingCount, detectionDelayMs, from, to }: AlarmProposal): string {
  if (remainingCount === null) return ''
  const effect = t('effect', { span: rounded(to - from), count: activationCount, remaining: remainingCount })
  if (detectionDelayMs === null || detectionDelayMs <= 0) return effect
  return `${effect} ${t('effectDelay', { delay: rounded(detectionDelayMs) })}`
}

/** The edit that approves the proposed value; null where it is not a value an approval can fix. */
export function proposalEdit({ id, kind, proposedValue }: AlarmProposal): AlarmDatabaseEdit | null {
  if (proposedValue === null) return null
  switch (kind) {
    case 'limit':
      return { id, 'approved.limit': proposedValue }
    case 'deadband':
      return typeof proposedValue === 'number' ? { id, 'approved.deadband': proposedValue } : null
    case 'onDelay':
      return typeof proposedValue === 'number' ? { id, 'approved.onDelayMs': proposedValue } : null
    case 'offDelay':
      return typeof proposedValue === 'number' ? { id, 'approved.offDelayMs': proposedValue } : null
    default:
      return null
  }
}

/** A measured duration with one unit and one decimal at most: `3.5 s`, `2 d`. */
function rounded(durationMs: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
  ] as const
  const [unit, ms] = units.find(([, size]) => durationMs >= 2 * size) ?? (durationMs >= 1000 ? units[3]! : ['ms', 1])
  const value = durationMs / ms
  return t(unit, { value: formatNumber(value, value < 10 && !Number.isInteger(value) ? 1 : 0, language.current) })
}
