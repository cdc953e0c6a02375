// A proposed cure as it is read: what is changed, what it would have spared, what to know before it is taken.
import type { AlarmProposal } from '../../../src-main/shared/alarm-report.ts'
import { durationText } from '../../ui/time-text.ts'
import { rateText, shareText } from './figure-text.ts'
import { t } from './texts.ts'

/** The best cure of each alarm; the first one of those that are said to be best. */
export function bestCures(proposals: readonly AlarmProposal[]): ReadonlyMap<string, AlarmProposal> {
  const best = new Map<string, AlarmProposal>()
  for (const proposal of proposals) {
    const known = best.get(proposal.id)
    if (known === undefined || (proposal.isBest && !known.isBest)) best.set(proposal.id, proposal)
  }
  return best
}

/** `Deadband 0 → 2.5 bar`. */
export function cureText({ kind, presentValue, proposedValue, unit }: AlarmProposal): string {
  const present = settingText(presentValue, unit)
  const proposed = settingText(proposedValue, unit)
  if (kind === 'suppress') return proposedValue === null ? t('cure.suppress') : t('cure.suppressBy', { proposed })
  if (kind === 'redesign' || kind === 'review') return t(`cure.${kind}`)
  return proposedValue === null ? t(`cure.${kind}Alone`) : t(`cure.${kind}`, { present, proposed })
}

/** `340 → 12 activations (−96 %)`; null where nothing was computed. */
export function reductionText({ activationCount, remainingCount }: AlarmProposal): string | null {
  if (remainingCount === null || activationCount === 0) return null
  const share = shareText(1 - remainingCount / activationCount)
  return t('reduction', { before: activationCount, after: remainingCount, share })
}

/** What has to be known of it, a sentence each. */
export function cautionTexts({ notes, detectionDelayMs, figures }: AlarmProposal): readonly string[] {
  return [
    ...(detectionDelayMs !== null && detectionDelayMs >= 1000
      ? [t('laterBy', { delay: durationText(detectionDelayMs) })]
      : []),
    ...notes.map((note) => t(`note.${note}`, { ...figures, span: durationText(figures.replayedSpanMs ?? 0) })),
  ]
}

function settingText(value: number | string | null, unit: string): string {
  if (value === null) return '–'
  if (typeof value === 'string') return value
  if (unit === 'ms') return t('seconds', { seconds: rateText(value / 1000) })
  const text = String(Number(value.toPrecision(6)))
  return unit === '' ? text : `${text} ${unit}`
}
